"""WS-Discovery (April 2005), the way ONVIF devices are found: messages in and out, no network here.

The types and addresses of a camera name only what it really serves. Without an ONVIF device service it is still there for whoever looks
for anything at all, with its name, model and serial number as scopes, but it does not claim to be an ONVIF device.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote, unquote, urlsplit
from xml.etree.ElementTree import Element
from xml.sax.saxutils import escape

from panocam.discovery.announcement import Announcement
from panocam.errors import RemoteProtocolError
from panocam.events.metadata import clean
from panocam.markup import parse

GROUP, PORT = "239.255.255.250", 3702

SOAP = "http://www.w3.org/2003/05/soap-envelope"
WSA = "http://schemas.xmlsoap.org/ws/2004/08/addressing"
WSD = "http://schemas.xmlsoap.org/ws/2005/04/discovery"
NETWORK = "http://www.onvif.org/ver10/network/wsdl"
DEVICE = "http://www.onvif.org/ver10/device/wsdl"

EVERYBODY = "urn:schemas-xmlsoap-org:ws:2005:04:discovery"
SENDER = f"{WSA}/role/anonymous"
PREFIXES = f"{WSD}/rfc3986"
EXACT = f"{WSD}/strcmp0"
"""How scopes are compared, when the probe says how; the first is what counts when it does not."""

TRANSMITTER, ONVIF_DEVICE = f"{{{NETWORK}}}NetworkVideoTransmitter", f"{{{DEVICE}}}Device"
"""What ONVIF clients look for: the first is of Profile S and older clients, the second of all others."""

SCOPE = "onvif://www.onvif.org"
LONGEST = 16 * 1024
"""Bytes of a message that is read."""


@dataclass(frozen=True)
class Probe:
    """Somebody looks for devices of all these types with all these scopes; ``rule`` is how scopes are compared."""

    message: str
    types: frozenset[str]
    scopes: tuple[str, ...]
    rule: str


@dataclass(frozen=True)
class Resolve:
    """Somebody has the endpoint's address and wants to know where it is."""

    message: str
    endpoint: str


@dataclass(frozen=True)
class Match:
    """A device that answered, or announced itself."""

    endpoint: str
    types: frozenset[str]
    scopes: tuple[str, ...]
    addresses: tuple[str, ...]

    def scope(self, *categories: str) -> str:
        """The value of the first ONVIF scope of a category; empty if there is none."""
        for scope in self.scopes:
            category, _, value = scope.removeprefix(f"{SCOPE}/").partition("/")
            if scope.startswith(SCOPE) and category.lower() in categories:
                return unquote(value.rpartition("/")[2])
        return ""


class Target:
    """One camera as an endpoint. Messages are numbered since ``instance``, a number that grows with each start."""

    def __init__(self, announcement: Announcement, instance: int) -> None:
        self._announcement, self._instance = announcement, instance
        self._number = 0

    @property
    def endpoint(self) -> str:
        """The same for ever and on all interfaces."""
        return uuid.uuid5(uuid.NAMESPACE_URL, f"urn:panocam:{self._announcement.serial}").urn

    @property
    def types(self) -> frozenset[str]:
        """What it serves, by qualified name."""
        return frozenset((TRANSMITTER, ONVIF_DEVICE)) if self._announcement.device_service else frozenset()

    @property
    def scopes(self) -> tuple[str, ...]:
        """What it is."""
        camera = self._announcement
        rows = (("name", camera.title), ("hardware", camera.model), ("MacAddress", camera.serial), ("SerialNumber", camera.serial))
        return tuple(f"{SCOPE}/{category}/{quote(clean(value), safe='')}" for category, value in rows)

    def hello(self, address: str) -> bytes:
        """I am here; ``address`` is this host's on the network that is told."""
        return self._message("Hello", EVERYBODY, "", f"<d:Hello>{self._facts(address)}</d:Hello>")

    def bye(self) -> bytes:
        """I am gone."""
        return self._message("Bye", EVERYBODY, "", f"<d:Bye>{self._reference()}</d:Bye>")

    def answer(self, asked: Probe | Resolve, address: str) -> bytes | None:
        """What to say to the one who asked, who reaches this host at ``address``; None is silence."""
        if not self._meant(asked):
            return None
        name = "ProbeMatch" if isinstance(asked, Probe) else "ResolveMatch"
        body = f"<d:{name}es><d:{name}>{self._facts(address)}</d:{name}></d:{name}es>"
        return self._message(f"{name}es", SENDER, f"<a:RelatesTo>{escape(asked.message)}</a:RelatesTo>", body)

    def _meant(self, asked: Probe | Resolve) -> bool:
        if isinstance(asked, Resolve):
            return asked.endpoint == self.endpoint
        return asked.types <= self.types and all(any(_fits(wanted, scope, asked.rule) for scope in self.scopes) for wanted in asked.scopes)

    def _facts(self, address: str) -> str:
        camera = self._announcement
        types = "<d:Types>dn:NetworkVideoTransmitter tds:Device</d:Types>" if self.types else ""
        service = camera.url(address).rstrip("/") + camera.device_service if camera.device_service else ""
        where = f"<d:XAddrs>{escape(service)}</d:XAddrs>" if service else ""
        scopes = escape(" ".join(self.scopes))
        return f"{self._reference()}{types}<d:Scopes>{scopes}</d:Scopes>{where}<d:MetadataVersion>{self._version()}</d:MetadataVersion>"

    def _version(self) -> int:
        """A number that changes with what is told."""
        return 1 + int(uuid.uuid5(uuid.NAMESPACE_URL, repr(self._announcement)).hex[:6], 16)

    def _reference(self) -> str:
        return f"<a:EndpointReference><a:Address>{self.endpoint}</a:Address></a:EndpointReference>"

    def _message(self, action: str, to: str, relates: str, body: str) -> bytes:
        self._number += 1
        sequence = f'<d:AppSequence InstanceId="{self._instance}" MessageNumber="{self._number}"/>'
        return _envelope(action, to, relates + sequence, body)


def probe(*types: str) -> bytes:
    """The question for devices of a type, ``dn:NetworkVideoTransmitter`` or ``tds:Device``; without one for everything."""
    return _envelope("Probe", EVERYBODY, "", f"<d:Probe><d:Types>{' '.join(types)}</d:Types></d:Probe>")


def read(data: bytes) -> Probe | Resolve | list[Match] | None:
    """What a datagram says; None for what is not for us or cannot be understood."""
    if len(data) > LONGEST:
        return None
    try:
        root = parse(data, {f"{{{WSD}}}Types"})
    except RemoteProtocolError:
        return None
    header, body = root.find(f"{{{SOAP}}}Header"), root.find(f"{{{SOAP}}}Body")
    if header is None or body is None or not len(body):
        return None
    action = (header.findtext(f"{{{WSA}}}Action") or "").strip()
    message = (header.findtext(f"{{{WSA}}}MessageID") or "").strip()
    first = body[0]
    match action.removeprefix(f"{WSD}/"), first.tag.removeprefix(f"{{{WSD}}}"):
        case "Probe", "Probe" if message:
            scopes = first.find(f"{{{WSD}}}Scopes")
            rule = PREFIXES if scopes is None else scopes.get("MatchBy", PREFIXES)
            return Probe(message, _types(first), _words(first, "Scopes"), rule)
        case "Resolve", "Resolve" if message:
            return Resolve(message, _endpoint(first))
        case ("ProbeMatches", "ProbeMatches") | ("Hello", "Hello"):
            found = [first] if first.tag.endswith("}Hello") else first.findall(f"{{{WSD}}}ProbeMatch")
            return [Match(_endpoint(each), _types(each), _words(each, "Scopes"), _words(each, "XAddrs")) for each in found]
    return None


def _fits(wanted: str, scope: str, rule: str) -> bool:
    """Whether a scope of ours answers a wanted one: by whole segments of the path, or letter for letter. Other rules match nothing."""
    if rule == EXACT:
        return wanted == scope
    if rule != PREFIXES:
        return False
    try:
        want, have = urlsplit(wanted), urlsplit(scope)
    except ValueError:
        return False
    parts, there = want.path.rstrip("/").split("/"), have.path.split("/")
    same_place = (want.scheme.lower(), want.netloc.lower()) == (have.scheme.lower(), have.netloc.lower())
    return same_place and there[: len(parts)] == parts


def _types(element: Element) -> frozenset[str]:
    return frozenset(_words(element, "Types"))


def _words(element: Element, name: str) -> tuple[str, ...]:
    return tuple((element.findtext(f"{{{WSD}}}{name}") or "").split())


def _endpoint(element: Element) -> str:
    return (element.findtext(f"{{{WSA}}}EndpointReference/{{{WSA}}}Address") or "").strip()


def _envelope(action: str, to: str, more: str, body: str) -> bytes:
    spaces: Sequence[tuple[str, str]] = (("s", SOAP), ("a", WSA), ("d", WSD), ("dn", NETWORK), ("tds", DEVICE))
    declared = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in spaces)
    head = f"<a:Action>{WSD}/{action}</a:Action><a:MessageID>{uuid.uuid4().urn}</a:MessageID><a:To>{to}</a:To>{more}"
    text = f'<?xml version="1.0" encoding="UTF-8"?><s:Envelope {declared}><s:Header>{head}</s:Header><s:Body>{body}</s:Body></s:Envelope>'
    return text.encode()

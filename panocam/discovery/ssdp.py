"""SSDP, the way UPnP devices are found (UPnP Device Architecture 1.0 §1): texts in and out, no network here.

A camera is a UPnP root device of the type *Basic*, which has no services: what is to be known of it stands in its description, an XML
document that it serves over HTTP at ``LOCATION``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from panocam import __version__

GROUP, PORT = "239.255.255.250", 1900
PATH = "/rootdesc1.xml"
"""Where the description is served."""

MAX_AGE_S = 1800
"""How long others may remember the camera without hearing of it."""

LONGEST = 4096
"""Bytes of a message that is read."""

LONGEST_DELAY_S = 5
"""UPnP: a control point that allows more is asking for less."""

BASIC = "urn:schemas-upnp-org:device:Basic:1"
ROOT = "upnp:rootdevice"
SERVER = f"panocam/{__version__} UPnP/1.0 panocam/{__version__}"

_SERIAL = re.compile(r"uuid:Upnp-BasicDevice-1_0-([0-9A-Fa-f]{12})\b")


@dataclass(frozen=True)
class Search:
    """Somebody looks for ``target``, and wants answers spread over ``delay`` seconds."""

    target: str
    delay: int


@dataclass(frozen=True)
class Sighting:
    """A device that answered or announced itself. ``gone``: it says goodbye."""

    name: str
    location: str
    gone: bool = False

    @property
    def serial(self) -> str:
        """The serial number that cameras of this family have in their name; empty for others."""
        found = _SERIAL.search(self.name)
        return found[1].upper() if found else ""


@dataclass(frozen=True)
class UpnpDevice:
    """What one camera says. ``location`` is the address of its description, as seen from whom it is told."""

    serial: str

    @property
    def udn(self) -> str:
        """The unique device name, of the shape that this camera family has."""
        return f"uuid:Upnp-BasicDevice-1_0-{self.serial}"

    @property
    def targets(self) -> tuple[tuple[str, str], ...]:
        """Everything that it can be looked for as, with the unique service name (USN) of each."""
        return ((ROOT, f"{self.udn}::{ROOT}"), (self.udn, self.udn), (BASIC, f"{self.udn}::{BASIC}"))

    def answers(self, search: Search, location: str) -> Iterator[bytes]:
        """What to say to a search; nothing if it is for something else."""
        for target, usn in self.targets:
            if search.target in ("ssdp:all", target):
                lines = (f"CACHE-CONTROL: max-age={MAX_AGE_S}", "EXT:", f"LOCATION: {location}", f"SERVER: {SERVER}")
                yield _text("HTTP/1.1 200 OK", *lines, f"ST: {target}", f"USN: {usn}")

    def alive(self, location: str) -> Iterator[bytes]:
        """I am here."""
        for target, usn in self.targets:
            lines = (f"CACHE-CONTROL: max-age={MAX_AGE_S}", f"LOCATION: {location}", f"SERVER: {SERVER}")
            yield _notify("ssdp:alive", target, usn, *lines)

    def goodbye(self) -> Iterator[bytes]:
        """I am gone."""
        for target, usn in self.targets:
            yield _notify("ssdp:byebye", target, usn)


def search(target: str, delay: int) -> bytes:
    """The question for devices of a type."""
    return _text("M-SEARCH * HTTP/1.1", f"HOST: {GROUP}:{PORT}", 'MAN: "ssdp:discover"', f"MX: {delay}", f"ST: {target}")


def read(data: bytes) -> Search | Sighting | None:
    """What a datagram says; None for what is not for us or cannot be understood."""
    if len(data) > LONGEST:
        return None
    first, *lines = data.decode("latin-1").split("\r\n")
    fields = {name.strip().upper(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    if first == "M-SEARCH * HTTP/1.1":
        if fields.get("MAN") != '"ssdp:discover"' or not (target := fields.get("ST", "")):
            return None
        delay = fields.get("MX", "1")
        whole = int(delay) if delay.isascii() and delay.isdigit() and len(delay) < 9 else 1
        return Search(target, min(max(whole, 0), LONGEST_DELAY_S))
    notice = first == "NOTIFY * HTTP/1.1"
    if (notice or first.startswith("HTTP/1.1 200")) and (usn := fields.get("USN", "")):
        return Sighting(usn.partition("::")[0], fields.get("LOCATION", ""), notice and fields.get("NTS") == "ssdp:byebye")
    return None


def _notify(kind: str, target: str, usn: str, *more: str) -> bytes:
    return _text("NOTIFY * HTTP/1.1", f"HOST: {GROUP}:{PORT}", *more, f"NT: {target}", f"NTS: {kind}", f"USN: {usn}")


def _text(*lines: str) -> bytes:
    return "\r\n".join((*lines, "", "")).encode()

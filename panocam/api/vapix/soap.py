"""SOAP 1.2 services that clients ask for the events that can happen: one door, the request's first element says which."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from xml.etree.ElementTree import Element, SubElement, tostring

from starlette.responses import Response

from panocam.api.endpoint import Call, Discovery, vapix
from panocam.errors import PanocamError, RemoteProtocolError
from panocam.events.names import NAMESPACES, Declaration, Declared, declared
from panocam.markup import parse
from panocam.settings import Role

ENVELOPE = "http://www.w3.org/2003/05/soap-envelope"
OLD_ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"
EVENT = "http://www.axis.com/vapix/ws/event1"
TOPICS = "http://docs.oasis-open.org/wsn/t-1"
TYPE = "application/soap+xml; charset=utf-8"


async def service(call: Call[None]) -> Response:
    """Answer one request; what cannot be answered is a fault."""
    try:
        name = _operation(call.raw)
        answer = OPERATIONS.get(name)
        if answer is None:
            raise RemoteProtocolError(f"{name}: this service answers {', '.join(OPERATIONS)}")
        body = answer(call)
    except PanocamError as problem:
        return _envelope(_fault(str(problem)), 400)
    return _envelope(body, 200)


def _operation(raw: bytes) -> str:
    """The local name of the first element in the envelope's body. Raises RemoteProtocolError."""
    root = parse(raw)
    if root.tag not in (f"{{{ENVELOPE}}}Envelope", f"{{{OLD_ENVELOPE}}}Envelope"):
        raise RemoteProtocolError("the request is no SOAP envelope")
    body = next((child for child in root if child.tag.endswith("}Body")), None)
    if body is None or not len(body):
        raise RemoteProtocolError("the SOAP body is empty")
    return body[0].tag.rpartition("}")[2]


def event_instances(call: Call[None]) -> Element:
    """Every event that can happen, as a tree of topics (OASIS WS-Topics) with the items of its messages."""
    answer = Element(f"{{{EVENT}}}GetEventInstancesResponse")
    tree = SubElement(answer, f"{{{TOPICS}}}TopicSet")
    for topic in declared(call.services.bus.states()):
        leaf = tree
        for tag in _tags(topic.path):
            found = next((child for child in leaf if child.tag == tag), None)
            leaf = SubElement(leaf, tag) if found is None else found
        _describe(leaf, topic)
    return answer


def _tags(path: str) -> Iterator[str]:
    """The path's parts as tags; one without a prefix has no namespace (WS-Topics §7)."""
    for part in path.split("/"):
        prefix, colon, name = part.rpartition(":")
        yield f"{{{NAMESPACES[prefix]}}}{name}" if colon else name


def _describe(leaf: Element, topic: Declared) -> None:
    leaf.set(f"{{{TOPICS}}}topic", "true")
    leaf.set(f"{{{EVENT}}}NiceName", topic.title)
    message = SubElement(leaf, f"{{{EVENT}}}MessageInstance", {f"{{{EVENT}}}isProperty": "true"} if topic.stateful else {})
    for kind, items, is_data in (("SourceInstance", topic.source, False), ("DataInstance", topic.data, True)):
        if items:
            _items(SubElement(message, f"{{{EVENT}}}{kind}"), items, topic.stateful and is_data)


def _items(parent: Element, items: Iterable[Declaration], first_is_state: bool) -> None:
    for number, item in enumerate(items):
        attributes = {f"{{{EVENT}}}NiceName": item.title, "Type": item.type, "Name": item.name}
        if first_is_state and number == 0:
            attributes["isPropertyState"] = "true"
        made = SubElement(parent, f"{{{EVENT}}}SimpleItemInstance", attributes)
        for value in item.values:
            SubElement(made, f"{{{EVENT}}}Value").text = value


OPERATIONS: Mapping[str, Callable[[Call[None]], Element]] = {"GetEventInstances": event_instances}


def _fault(words: str) -> Element:
    fault = Element(f"{{{ENVELOPE}}}Fault")
    SubElement(SubElement(fault, f"{{{ENVELOPE}}}Code"), f"{{{ENVELOPE}}}Value").text = "SOAP-ENV:Sender"
    reason = SubElement(SubElement(fault, f"{{{ENVELOPE}}}Reason"), f"{{{ENVELOPE}}}Text")
    reason.set("{http://www.w3.org/XML/1998/namespace}lang", "en")
    reason.text = words
    return fault


def _envelope(content: Element, status: int) -> Response:
    envelope = Element(f"{{{ENVELOPE}}}Envelope")
    SubElement(envelope, f"{{{ENVELOPE}}}Body").append(content)
    return Response(tostring(envelope, encoding="UTF-8", xml_declaration=True), status, media_type=TYPE)


ENDPOINTS = (
    vapix(
        "/vapix/services",
        "The events that can happen, by SOAP",
        service,
        Role.OPERATOR,
        methods=("POST",),
        discovery=Discovery("event-declaration", "1.0", "Event declarations"),
    ),
)

"""The SOAP services at /vapix/services: what can happen, schedules, action rules, pull points.

One door; the first element of the body says what is asked. A pull point has an address of its own below that door.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from html import escape
from xml.etree.ElementTree import Element, SubElement, register_namespace, tostring

from starlette.responses import Response

from panocam.api.endpoint import Call, Discovery, Kind, vapix
from panocam.api.guard import is_secure
from panocam.api.soap.pullpoints import Answer, Operation, PullPointService
from panocam.api.soap.reply import ACTION, SoapFault, envelope, refusal
from panocam.api.soap.request import Request, read
from panocam.api.vapix import actions, scheduledevents
from panocam.errors import Denied, PanocamError, RemoteProtocolError
from panocam.events.metadata import NOTIFICATION
from panocam.events.names import NAMESPACES, Declaration, Declared, declared
from panocam.settings import Role

TOPICS = "http://docs.oasis-open.org/wsn/t-1"
DOOR = "/vapix/services"
EVENT = scheduledevents.EVENT
for _prefix, _uri in {"aev": EVENT, "aa": ACTION, "wstop": TOPICS, "wsnt": NOTIFICATION, **NAMESPACES}.items():
    register_namespace(_prefix, _uri)  # there are clients that look for names with the usual prefixes


async def service(call: Call[None]) -> Response:
    """Answer one request; what cannot be answered is a fault."""
    request = None
    try:
        request = read(call.raw)
        operation = OPERATIONS.get(request.operation)
        if operation is None:
            known = ", ".join(name.rpartition("}")[2] for name in OPERATIONS)
            raise SoapFault("Sender", f"{request.operation[:200]}: this service answers {known}", "ter:UnknownAction")
        answer = await operation(call, request)
    except SoapFault as fault:
        return refusal(fault, request.id if request else "")
    except RemoteProtocolError as problem:
        return refusal(SoapFault("Sender", str(problem), "ter:WellFormed"))
    except Denied:
        raise
    except PanocamError as problem:
        return refusal(SoapFault("Sender", str(problem), "ter:InvalidArgVal"))
    return envelope(answer.body, action=answer.action, answers=request.id)


def _address(call: Call[None], id: str) -> str:
    """Where the client will find its pull point: by the name that it knows us by."""
    host = escape(call.connection.headers.get("host", "localhost"))
    return f"{'https' if is_secure(call.connection) else 'http'}://{host}{DOOR}/{id}"


def _which(call: Call[None]) -> str:
    return str(call.connection.path_params.get("subscription", ""))


async def _instances(call: Call[None], _request: Request) -> Answer:
    return Answer(tostring(event_instances(call), encoding="unicode"), "")


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


PULL_POINTS = PullPointService(_address, _which, truth={})

OPERATIONS: Mapping[str, Operation] = {
    f"{{{EVENT}}}GetEventInstances": _instances,
    **scheduledevents.OPERATIONS,
    **actions.OPERATIONS,
    **PULL_POINTS.operations,
}

ENDPOINTS = (
    vapix(
        DOOR,
        "The events that can happen, schedules, action rules, and pull points, by SOAP",
        service,
        Role.OPERATOR,
        methods=("POST",),
        reply=Kind.SOAP,
        discovery=Discovery("event-declaration", "1.0", "Event declarations"),
    ),
    vapix(DOOR + "/{subscription}", "One pull point, by SOAP", service, Role.OPERATOR, methods=("POST",), reply=Kind.SOAP),
)

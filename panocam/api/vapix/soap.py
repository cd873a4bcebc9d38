"""The SOAP services at /vapix/services: what can happen, schedules, action rules, pull points.

One door; the first element of the body says what is asked. A pull point has an address of its own below that door.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from html import escape
from xml.etree.ElementTree import Element, SubElement, register_namespace, tostring

from starlette.responses import Response

from panocam.api import schedules
from panocam.api.endpoint import Call, Discovery, Kind, vapix
from panocam.api.guard import is_secure
from panocam.api.soap.pullpoints import Answer, Operation, PullPointService
from panocam.api.soap.reply import ACTION, SoapFault, envelope, refusal
from panocam.api.soap.request import Request, read
from panocam.api.vapix import actions, scheduledevents
from panocam.errors import Denied, PanocamError, RemoteProtocolError
from panocam.events.event import Event
from panocam.events.metadata import NOTIFICATION
from panocam.events.names import NAMESPACES, Declaration, Declared, declared
from panocam.events.topics import SCHEDULE_PULSE
from panocam.ports import INPUTS, Step
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
    for topic in declared((*call.services.bus.states(), *_pulses(call))):
        leaf = tree
        for tag in _tags(topic.path):
            found = next((child for child in leaf if child.tag == tag), None)
            leaf = SubElement(leaf, tag) if found is None else found
        _describe(leaf, topic)
    return answer


def _pulses(call: Call[None]) -> Iterator[Event]:
    """As which schedules there are pulses; a moment leaves no state behind that would tell."""
    for schedule in schedules.schedules(call.services):
        if schedule.kind == "pulse":
            yield Event(SCHEDULE_PULSE, {}, 0, {"schedule": schedule.id})


async def _change_input(call: Call[None], request: Request) -> Answer:
    """A virtual input becomes active or not."""
    port, active = (request.element.findtext(f"{{{EVENT}}}{name}", "").strip() for name in ("port", "active"))
    if not (port.isascii() and port.isdigit() and 1 <= int(port[:4]) <= INPUTS):
        raise SoapFault("Sender", f"port {port[:20]!r}: virtual inputs have the numbers 1 to {INPUTS}", "ter:InvalidArgVal")
    if active not in ("0", "1", "true", "false"):
        raise SoapFault("Sender", f"active {active[:20]!r}: use true or false", "ter:InvalidArgVal")
    changed = call.services.board.run_input(int(port), (Step(active in ("1", "true")),))
    answer = Element(f"{{{EVENT}}}ChangeVirtualInputStateResponse")
    SubElement(answer, f"{{{EVENT}}}stateChanged").text = str(changed).lower()
    return Answer(tostring(answer, encoding="unicode"), "")


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
    f"{{{EVENT}}}ChangeVirtualInputState": _change_input,
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

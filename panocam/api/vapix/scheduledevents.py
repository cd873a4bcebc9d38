"""Schedules by SOAP, as the VAPIX event service has them: scheduled events, each with a few lines of iCalendar."""

from __future__ import annotations

from collections.abc import Mapping
from xml.etree.ElementTree import Element, SubElement, tostring

from panocam.api import schedules
from panocam.api.endpoint import Call
from panocam.api.soap.pullpoints import Answer, Operation
from panocam.api.soap.reply import SoapFault
from panocam.api.soap.request import Request
from panocam.api.vapix import icalendar
from panocam.errors import NotFound
from panocam.events.names import schedule_id, schedule_name
from panocam.events.recurrence import shown
from panocam.settings import Role
from panocam.settings.schedules import LONGEST_NAME, Schedule

EVENT = "http://www.axis.com/vapix/ws/event1"
DIALECT = "http://www.axis.com/vapix/ws/ical1"
KINDS = {"Interval": "schedule", "Pulse": "pulse"}
"""Our kind by the type that clients filter by."""


def _tag(name: str) -> str:
    return f"{{{EVENT}}}{name}"


def _answer(element: Element) -> Answer:
    return Answer(tostring(element, encoding="unicode"), "")


async def listed(call: Call[None], request: Request) -> Answer:
    """All schedules, or those of a type."""
    call.caller.demand(Role.ADMINISTRATOR)
    wanted = request.element.findtext(f".//{_tag('ScheduleType')}", "").strip()
    if wanted and wanted not in KINDS:
        raise SoapFault("Sender", f"ScheduleType {wanted[:40]!r}: use {' or '.join(KINDS)}", "ter:InvalidArgVal")
    answer = Element(_tag("GetScheduledEventsResponse"))
    events = SubElement(answer, _tag("ScheduledEvents"))
    for schedule in schedules.schedules(call.services):
        if not wanted or schedule.kind == KINDS[wanted]:
            _describe(SubElement(events, _tag("ScheduledEvent")), schedule)
    return _answer(answer)


def _describe(parent: Element, schedule: Schedule) -> None:
    SubElement(parent, _tag("EventID")).text = schedule_name(schedule.id)
    SubElement(parent, _tag("Name")).text = schedule.name
    calendar = SubElement(SubElement(parent, _tag("Schedule")), _tag("ICalendar"), {"Dialect": DIALECT})
    calendar.text = icalendar.tell(schedule)


async def add(call: Call[None], request: Request) -> Answer:
    """Make a schedule; a client may choose its id."""
    call.caller.demand(Role.ADMINISTRATOR)
    new = request.element.find(_tag("NewScheduledEvent"))
    calendar = None if new is None else new.find(f"{_tag('Schedule')}/{_tag('ICalendar')}")
    if new is None or calendar is None:
        raise SoapFault("Sender", "NewScheduledEvent with a Schedule/ICalendar is missing", "ter:InvalidArgVal")
    if calendar.get("Dialect", DIALECT) != DIALECT:
        raise SoapFault("Sender", f"this camera reads schedules of the dialect {DIALECT}", "ter:InvalidArgVal")
    today = shown(call.services.clock.wall_ns(), call.services.clock.zone).date()
    id = schedule_id(new.findtext(_tag("EventID"), "").strip())
    name = new.findtext(_tag("Name"), "").strip() or id[:LONGEST_NAME] or "Schedule"
    wanted = {"id": id, "name": name, **icalendar.read(calendar.text or "", today)}
    made = await schedules.add(call.services, wanted, call.caller)
    answer = Element(_tag("AddScheduledEventResponse"))
    SubElement(answer, _tag("EventID")).text = schedule_name(made.id)
    return _answer(answer)


async def remove(call: Call[None], request: Request) -> Answer:
    """Forget a schedule."""
    call.caller.demand(Role.ADMINISTRATOR)
    name = request.element.findtext(_tag("EventID"), "").strip()
    try:
        await schedules.remove(call.services, schedule_id(name), call.caller)
    except NotFound:
        raise SoapFault("Sender", f"there is no scheduled event {name[:80]!r}", "ter:InvalidArgVal") from None
    return _answer(Element(_tag("RemoveScheduledEventResponse")))


OPERATIONS: Mapping[str, Operation] = {
    _tag("GetScheduledEvents"): listed,
    _tag("AddScheduledEvent"): add,
    _tag("RemoveScheduledEvent"): remove,
}

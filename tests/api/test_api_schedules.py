"""Schedules over REST and by SOAP: made, changed, removed, told with their words or as iCalendar; and what is refused."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from xml.etree.ElementTree import Element

import httpx
import pytest
from api_kit import Side
from hypothesis import given
from hypothesis import strategies as st

from panocam.api.vapix import icalendar
from panocam.errors import InvalidValue
from panocam.markup import parse
from panocam.settings import Role
from panocam.settings.schedules import ANCHOR, READY_MADE, Hours, Schedule

PATH = "/api/v1/schedules"
NIGHT = {"name": "Night", "rule": {"repeat": "daily", "start": "22:00", "end": "06:00"}}


async def listed(side: Side) -> dict[str, dict[str, Any]]:
    async with side.client(Role.ADMINISTRATOR) as client:
        reply = await client.get(PATH)
    assert reply.status_code == 200, reply.text
    assert reply.json()["most"] == 100
    return {each["id"]: each for each in reply.json()["schedules"]}


async def test_four_come_with_the_camera(side: Side) -> None:
    found = await listed(side)
    assert list(found) == ["weekdays", "weekends", "office_hours", "after_hours"]
    assert all(each["ready_made"] for each in found.values())
    assert found["office_hours"]["words"] == "Every Monday to Friday from 08:00 to 17:00"
    assert found["office_hours"]["rule"] == {
        "repeat": "weekly", "every": 1, "days": [0, 1, 2, 3, 4], "week": None, "day": 1, "month": 1, "start": "08:00", "end": "17:00",
        "more_days": 0, "first": None, "last": None,
    }  # fmt: skip


async def test_a_schedule_is_made_changed_and_removed(side: Side) -> None:
    async with side.client(Role.ADMINISTRATOR) as client:
        assert (await client.patch("/api/v1/settings", json={"time.zone": "UTC"})).status_code == 200
        made = (await client.post(PATH, json=NIGHT)).json()
        assert (made["id"], made["kind"], made["ready_made"], made["active"]) == ("schedule1", "schedule", False, True)  # it is 22:13
        assert made["next_ms"] == 1_700_028_000_000
        changed = await client.patch(f"{PATH}/schedule1", json={"rule": {"repeat": "daily", "start": "23:00", "end": "06:00"}})
        assert (changed.json()["name"], changed.json()["active"]) == ("Night", False)
        changed = await client.patch(f"{PATH}/schedule1", json={"name": "Late"})
        assert changed.json()["words"] == "Every day from 23:00 to 06:00 of the next day"
        pulse = (await client.post(PATH, json={"name": "Tick", "kind": "pulse", "rule": {"every_s": 60}})).json()
        assert (pulse["id"], pulse["active"], pulse["rule"]) == ("schedule2", False, {"every_s": 60, "after_s": 0})
        assert pulse["next_ms"] == 1_700_000_040_000
        for id in ("schedule1", "weekends"):
            assert (await client.delete(f"{PATH}/{id}")).status_code == 204
            assert (await client.delete(f"{PATH}/{id}")).status_code == 404
    assert list(await listed(side)) == ["weekdays", "office_hours", "after_hours", "schedule2"]


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ({**NIGHT, "rule": {"repeat": "daily", "start": "25:00"}}, "such as 08:00"),
        ({**NIGHT, "rule": {"repeat": "weekly"}}, "at least one of the days"),
        ({**NIGHT, "rule": {"every_s": 60}}, "an interval is for a pulse"),
        ({**NIGHT, "kind": "pulse", "rule": {"every_s": 31 * 86_400 + 1}}, "less than or equal to 2678400"),
        ({**NIGHT, "rule": {"repeat": "daily", "begin": "08:00"}}, "begin"),
        ({**NIGHT, "name": ""}, "name"),
        ({**NIGHT, "name": "a\nb"}, "1 to 64 characters"),
        ({"name": "Night"}, "rule"),
        ({**NIGHT, "rule": []}, "rule"),
    ],
)
async def test_what_makes_no_sense_is_refused_and_says_why(side: Side, body: dict[str, Any], says: str) -> None:
    async with side.client(Role.ADMINISTRATOR) as client:
        for reply in (await client.post(PATH, json=body), await client.patch(f"{PATH}/weekdays", json=body) if len(body) > 1 else None):
            assert reply is None or reply.status_code == 400, reply.text
            assert reply is None or says in reply.json()["error"]["message"]
    assert len(await listed(side)) == 4


async def test_what_rules_use_stays_and_stays_what_it_is(side: Side) -> None:
    tour = {"number": 1, "area": 1, "name": "Round", "steps": [{"preset": 1}]}
    wish = {"conditions": [{"topic": "Schedule/Active", "where": {"schedule": "weekends"}}],
            "action": {"kind": "tour.active", "parameters": {"tour": 1}}}  # fmt: skip
    await side.services.settings.patch({"ptz.tours": [tour]})
    async with side.client(Role.ADMINISTRATOR) as client:
        rule = (await client.post("/api/v1/rules", json={**wish, "name": "Weekend round"})).json()
        assert "Weekends" in rule["words"]
        reply = await client.delete(f"{PATH}/weekends")
        assert (reply.status_code, "Weekend round" in reply.text) == (400, True)
        reply = await client.patch(f"{PATH}/weekends", json={"kind": "pulse"})
        assert (reply.status_code, "Weekend round" in reply.text) == (400, True)
        assert (await soap(client, remove("com.axis.schedules.weekends")))[0] == 400
        assert (await client.patch(f"{PATH}/weekends", json={"name": "Closed"})).status_code == 200
        assert (await client.delete(f"/api/v1/rules/{rule['id']}")).status_code == 204
        assert (await client.delete(f"{PATH}/weekends")).status_code == 204


async def test_a_removed_ready_made_one_comes_back_as_what_it_was(side: Side) -> None:
    async with side.client(Role.ADMINISTRATOR) as client:
        before = (await client.get("/api/v1/schedules")).json()["schedules"]
        gone = before[1]
        assert (await client.delete(f"/api/v1/schedules/{gone['id']}")).status_code == 204
        wish = {key: gone[key] for key in ("id", "name", "kind", "rule")}
        made = (await client.post("/api/v1/schedules", json=wish)).json()
        assert (made["id"], made["ready_made"]) == (gone["id"], True)
        assert [each["id"] for each in (await client.get("/api/v1/schedules")).json()["schedules"]] == [each["id"] for each in before]
        again = await client.post("/api/v1/schedules", json=wish)
        assert (again.status_code, "already exists" in again.text) == (400, True)
        assert (await client.post("/api/v1/schedules", json={**wish, "id": "no blanks"})).status_code == 400


async def test_a_hundred_are_enough(side: Side) -> None:
    async with side.client(Role.ADMINISTRATOR) as client:
        rows = [{"id": f"s{n}", **NIGHT} for n in range(100)]
        assert (await client.patch("/api/v1/settings", json={"schedules.items": rows})).status_code == 200
        reply = await client.post(PATH, json=NIGHT)
        assert (reply.status_code, "at most 100" in reply.text) == (400, True)
        twice = await client.patch("/api/v1/settings", json={"schedules.items": [rows[0], rows[0]]})
        assert (twice.status_code, "called 's0'" in twice.text) == (400, True)
    async with side.client(Role.OPERATOR) as client:
        assert "schedules.items" not in (await client.get("/api/v1/settings")).json()["values"]


# --- iCalendar

TODAY = date(2026, 6, 15)


def calendar(text: str) -> dict[str, Any]:
    """What was read, without what is as it is anyway."""
    found = icalendar.read(text, TODAY)
    made = Schedule.model_validate({"id": "one", "name": "One", **found})
    return {"kind": made.kind, **made.rule.model_dump(mode="json", exclude_defaults=True)}


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("DTSTART:20111212T06:00 DTEND:20111212T09:00 RRULE:FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR",
         {"kind": "schedule", "repeat": "weekly", "days": [0, 1, 2, 3, 4], "start": "06:00", "end": "09:00"}),
        ("DTSTART:19700101T080000\nDTEND:19700101T230000\nRRULE:FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR,SA,SU",
         {"kind": "schedule", "repeat": "weekly", "days": [0, 1, 2, 3, 4, 5, 6], "start": "08:00", "end": "23:00"}),
        ("DTSTART:19700101T000000\nRRULE:FREQ=MINUTELY;INTERVAL=1", {"kind": "pulse", "every_s": 60}),
        ("DTSTART:19700101T001500\r\nRRULE:FREQ=HOURLY", {"kind": "pulse", "every_s": 3600, "after_s": 900}),
        ("DTSTART:19700101T120000 RRULE:FREQ=DAILY", {"kind": "pulse", "repeat": "daily", "start": "12:00"}),
        ("DTSTART:20260103T000000 DTEND:20260105T000000 RRULE:FREQ=WEEKLY",
         {"kind": "schedule", "repeat": "weekly", "days": [5], "more_days": 1}),
        ("dtstart:20260131T220000 dtend:20260201T060000 rrule:freq=monthly",
         {"kind": "schedule", "repeat": "monthly", "day": 31, "start": "22:00", "end": "06:00"}),
        ("DTSTART:20260105T080000 DTEND:20260105T090000 RRULE:FREQ=MONTHLY;BYDAY=1MO,1TU",
         {"kind": "schedule", "repeat": "monthly", "days": [0, 1], "week": 1, "start": "08:00", "end": "09:00"}),
        ("DTSTART:20261224T180000 DTEND:20261227T080000 RRULE:FREQ=YEARLY",
         {"kind": "schedule", "repeat": "yearly", "day": 24, "month": 12, "start": "18:00", "end": "08:00", "more_days": 2,
          "first": "2026-12-24"}),
        ("DTSTART:20260601T080000 DTEND:20260601T090000 RRULE:FREQ=DAILY;INTERVAL=2;UNTIL=20260630T070000",
         {"kind": "schedule", "repeat": "daily", "every": 2, "start": "08:00", "end": "09:00",
          "first": "2026-06-01", "last": "2026-06-29"}),
        ("DTSTART:20260620T080000 DTEND:20260620T090000",
         {"kind": "schedule", "repeat": "daily", "start": "08:00", "end": "09:00", "first": "2026-06-20", "last": "2026-06-20"}),
    ],
)  # fmt: skip
def test_what_clients_write_is_read(text: str, read: dict[str, Any]) -> None:
    assert calendar(text) == read


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "DTSTART"),
        ("RRULE:FREQ=DAILY", "DTSTART"),
        ("DTSTART:20260615", "local date and time"),
        ("DTSTART:20260631T080000", "local date and time"),
        ("DTSTART:20260615T080000Z", "local date and time"),
        ("DTSTART:20260615T080000 DTEND:20260615T080000", "after DTSTART"),
        ("DTSTART:20260615T080000 DTSTART:20260615T080000", "each once"),
        ("DTSTART:20260615T080000 SUMMARY:x", "each once"),
        ("DTSTART:20260615T080000 RRULE:FREQ=FORTNIGHTLY", "DAILY"),
        ("DTSTART:20260615T080000 RRULE:FREQ=DAILY;COUNT=3", "COUNT"),
        ("DTSTART:20260615T080000 RRULE:FREQ=DAILY;INTERVAL=0", "INTERVAL"),
        ("DTSTART:20260615T080000 RRULE:FREQ=WEEKLY;BYDAY=1MO", "BYDAY"),
        ("DTSTART:20260615T080000 RRULE:FREQ=MONTHLY;BYDAY=1MO,2TU", "same week"),
        ("DTSTART:20260615T080000 RRULE:FREQ=MONTHLY;BYDAY=-2MO", "same week"),
        ("DTSTART:20260615T080000 RRULE:FREQ=YEARLY;BYMONTH=1,2", "BYMONTH"),
        ("DTSTART:20260615T080000 DTEND:20260615T090000 RRULE:FREQ=HOURLY", "leave out DTEND"),
        ("DTSTART:20260615T080000 RRULE:FREQ=SECONDLY;BYDAY=MO", "BYDAY"),
        ("DTSTART:20260615T080000 RRULE:FREQ=WEEKLY;WKST=SU", "Monday"),
    ],
)
def test_what_cannot_be_said_is_refused_by_name(text: str, says: str) -> None:
    with pytest.raises(InvalidValue, match=says):
        icalendar.read(text, TODAY)


def possible(**fields: Any) -> Hours | None:
    """None for hours that never come."""
    try:
        return Hours(**fields)
    except ValueError:
        return None


hours = st.builds(
    possible,
    repeat=st.sampled_from(["daily", "weekly", "monthly", "yearly"]),
    every=st.integers(1, 3),
    days=st.sets(st.integers(0, 6), min_size=1).map(tuple),
    week=st.sampled_from([None, 1, 3, -1]),
    day=st.integers(1, 28),
    month=st.integers(1, 12),
    start=st.times().map(lambda at: at.strftime("%H:%M:%S")),
    end=st.times().map(lambda at: at.strftime("%H:%M")),
    more_days=st.integers(0, 3),
    first=st.none() | st.dates(date(2025, 1, 1), date(2025, 12, 31)),
    last=st.none() | st.dates(date(2026, 1, 1), date(2026, 12, 31)),
).filter(bool)


@given(hours, st.sampled_from(["schedule", "pulse"]))
def test_what_is_told_is_read_as_the_same_days_and_hours(rule: Hours, kind: str) -> None:
    told = icalendar.tell(Schedule(id="one", name="One", kind=kind, rule=rule))
    again = Schedule.model_validate({"id": "one", "name": "One", **icalendar.read(told, ANCHOR)})
    assert (again.kind, type(again.rule)) == (kind, Hours)
    assert isinstance(again.rule, Hours)
    assert again.rule.start == rule.start
    assert kind == "pulse" or again.rule.length == rule.length
    days = [date(2025, 1, 1) + timedelta(days=n) for n in range(800)]
    assert [day for day in days if again.rule.begins_on(day)] == [day for day in days if rule.begins_on(day)]


@given(st.integers(1, 31 * 86_400), st.integers(0, 31 * 86_400))
def test_intervals_are_told_and_read_alike(every: int, after: int) -> None:
    rule = {"every_s": every, "after_s": after % every}
    told = icalendar.tell(Schedule.model_validate({"id": "one", "name": "One", "kind": "pulse", "rule": rule}))
    assert icalendar.read(told, TODAY) == {"kind": "pulse", "rule": rule}


words = st.sampled_from(
    ["DTSTART:", "DTEND:", "RRULE:", "FREQ=", "WEEKLY", "BYDAY=", "MO", ";", ",", "=", "INTERVAL=", "-1", "UNTIL=", " "]
)
pieces = st.lists(words | st.datetimes().map(lambda at: at.strftime("%Y%m%dT%H%M%S ")) | st.text(max_size=5)).map("".join)


@given(pieces)
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        found = icalendar.read(text, TODAY)
    except InvalidValue:
        return
    assert found["kind"] in ("schedule", "pulse")


# --- SOAP

AEV = "{http://www.axis.com/vapix/ws/event1}"


async def soap(client: httpx.AsyncClient, body: str) -> tuple[int, Element]:
    envelope = (
        '<?xml version="1.0" encoding="UTF-8"?><SOAP-ENV:Envelope xmlns:SOAP-ENV="http://www.w3.org/2003/05/soap-envelope"><SOAP-ENV:Header/>'
        f'<SOAP-ENV:Body xmlns:aev="http://www.axis.com/vapix/ws/event1">{body}</SOAP-ENV:Body></SOAP-ENV:Envelope>'
    )
    reply = await client.post("/vapix/services", content=envelope)
    return reply.status_code, parse(reply.content) if reply.status_code != 403 else Element("refused")


def new(text: str, more: str = "<aev:Name>Doors</aev:Name>", dialect: str = "http://www.axis.com/vapix/ws/ical1") -> str:
    calendar = f'<aev:Schedule><aev:ICalendar Dialect="{dialect}">{text}</aev:ICalendar></aev:Schedule>'
    return f"<aev:AddScheduledEvent><aev:NewScheduledEvent>{more}{calendar}</aev:NewScheduledEvent></aev:AddScheduledEvent>"


def remove(id: str) -> str:
    return f"<aev:RemoveScheduledEvent><aev:EventID>{id}</aev:EventID></aev:RemoveScheduledEvent>"


def told(root: Element) -> dict[str, tuple[str, str]]:
    events = root.iter(f"{AEV}ScheduledEvent")
    return {
        each.findtext(f"{AEV}EventID", ""): (each.findtext(f"{AEV}Name", ""), each.findtext(f"{AEV}Schedule/{AEV}ICalendar", ""))
        for each in events
    }


WORK = "DTSTART:20111212T06:00 DTEND:20111212T09:00 RRULE:FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"


async def test_scheduled_events_from_beginning_to_end(side: Side) -> None:
    async with side.client(Role.ADMINISTRATOR) as client:
        status, root = await soap(client, "<aev:GetScheduledEvents/>")
        assert status == 200
        assert told(root) == {
            "com.axis.schedules.weekdays": (
                "Weekdays", "DTSTART:19700105T000000\nDTEND:19700106T000000\nRRULE:FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"),
            "com.axis.schedules.weekends": (
                "Weekends", "DTSTART:19700110T000000\nDTEND:19700111T000000\nRRULE:FREQ=WEEKLY;BYDAY=SA,SU"),
            "com.axis.schedules.office_hours": (
                "Office Hours", "DTSTART:19700105T080000\nDTEND:19700105T170000\nRRULE:FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"),
            "com.axis.schedules.after_hours": (
                "After Hours", "DTSTART:19700105T170000\nDTEND:19700106T080000\nRRULE:FREQ=DAILY"),
        }  # fmt: skip
        status, root = await soap(client, new(WORK))
        assert (status, root.findtext(f".//{AEV}EventID")) == (200, "schedule1")
        status, root = await soap(
            client, new("DTSTART:19700101T000000\nRRULE:FREQ=MINUTELY;INTERVAL=5", "<aev:EventID>my.pulse</aev:EventID>")
        )
        assert (status, root.findtext(f".//{AEV}EventID")) == (200, "my.pulse")
        filter = "<aev:ScheduleFilter><aev:ScheduleType>Pulse</aev:ScheduleType></aev:ScheduleFilter>"
        asked = f"<aev:GetScheduledEvents>{filter}</aev:GetScheduledEvents>"
        assert told((await soap(client, asked))[1]) == {"my.pulse": ("my.pulse", "DTSTART:19700105T000000\nRRULE:FREQ=MINUTELY;INTERVAL=5")}
        for id in ("schedule1", "my.pulse"):
            assert (await soap(client, remove(id)))[0] == 200
            assert (await soap(client, remove(id)))[0] == 400
    assert len(await listed(side)) == 4


async def test_a_ready_made_one_is_replaced_as_clients_do(side: Side) -> None:
    again = new("DTSTART:19700101T0700\nDTEND:19700101T1900\nRRULE:FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR,SA,SU",
                "<aev:Name>daily</aev:Name><aev:EventID>com.axis.schedules.after_hours</aev:EventID>")  # fmt: skip
    async with side.client(Role.ADMINISTRATOR) as client:
        status, root = await soap(client, again)
        assert (status, "already exists" in "".join(root.itertext())) == (400, True)
        assert (await soap(client, remove("com.axis.schedules.after_hours")))[0] == 200
        status, root = await soap(client, again)
        assert (status, root.findtext(f".//{AEV}EventID")) == (200, "com.axis.schedules.after_hours")
    found = (await listed(side))["after_hours"]
    assert (found["name"], found["ready_made"], found["words"]) == ("daily", True, "Every Monday to Sunday from 07:00 to 19:00")


@pytest.mark.parametrize(
    "body",
    [
        new("DTSTART:20260615T080000 RRULE:FREQ=DAILY;COUNT=3"),
        new(WORK, dialect="urn:other"),
        new(WORK, "<aev:EventID>two words</aev:EventID>"),
        "<aev:AddScheduledEvent/>",
        "<aev:GetScheduledEvents><aev:ScheduleType>Cron</aev:ScheduleType></aev:GetScheduledEvents>",
        remove(""),
    ],
)
async def test_what_soap_cannot_mean_is_one_fault(side: Side, body: str) -> None:
    async with side.client(Role.ADMINISTRATOR) as client:
        status, root = await soap(client, body)
    assert status == 400
    assert root.find(".//{http://www.w3.org/2003/05/soap-envelope}Fault") is not None
    assert len(await listed(side)) == len(READY_MADE)


async def test_pulses_are_among_the_events_that_can_happen(side: Side) -> None:
    async with side.client(Role.ADMINISTRATOR) as client:
        await soap(client, new("DTSTART:19700101T000000 RRULE:FREQ=HOURLY", "<aev:EventID>my.pulse</aev:EventID>"))
        _, root = await soap(client, "<aev:GetEventInstances/>")
    pulse = root.find(".//{http://www.axis.com/2009/event/topics}Recurring/Pulse")
    assert pulse is not None
    assert [each.text for each in pulse.iter(f"{AEV}Value")] == ["my.pulse"]
    assert "isProperty" not in str(pulse[0].attrib)


async def test_virtual_inputs_change_by_soap(side: Side) -> None:
    def change(port: object, active: object) -> str:
        return f"<aev:ChangeVirtualInputState><aev:port>{port}</aev:port><aev:active>{active}</aev:active></aev:ChangeVirtualInputState>"

    async with side.client(Role.OPERATOR) as client:
        for active, changed in ((1, "true"), (1, "false"), ("false", "true")):
            status, root = await soap(client, change(3, active))
            assert (status, root.findtext(f".//{AEV}stateChanged")) == (200, changed)
        for bad in (change(0, 1), change(65, 1), change("", 1), change(1, "on"), change(1, "")):
            assert (await soap(client, bad))[0] == 400
    async with side.client(Role.VIEWER) as client:
        assert (await soap(client, change(3, 1)))[0] == 403


async def test_schedules_by_soap_are_the_administrators(side: Side) -> None:
    async with side.client(Role.OPERATOR) as client:
        for body in ("<aev:GetScheduledEvents/>", new(WORK), remove("com.axis.schedules.weekdays")):
            assert (await soap(client, body))[0] == 403
    assert len(await listed(side)) == 4

"""Schedules against a model that looks at the clock minute by minute, through daylight saving time and jumps of the clock."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from panocam.clock import NS, CameraClock, ManualClock
from panocam.events.bus import Bus
from panocam.events.event import Event
from panocam.events.names import named, schedule_id, schedule_name
from panocam.events.recurrence import moment, shown, standing
from panocam.events.schedules import Scheduler
from panocam.events.topics import CLOCK_SET, SCHEDULE_ACTIVE, SCHEDULE_PULSE
from panocam.settings.schedules import READY_MADE, Hours, Interval, Schedule
from panocam.settings.schedulewords import words

STOCKHOLM = ZoneInfo("Europe/Stockholm")
ZONES = [
    STOCKHOLM,
    ZoneInfo("America/New_York"),
    ZoneInfo("Australia/Lord_Howe"),
    ZoneInfo("America/Havana"),
    ZoneInfo("Asia/Kolkata"),
    UTC,
]
"""Clocks put forward and back at night, by half an hour, at midnight, and never."""

MINUTE = 60 * NS


def hours(**rule: Any) -> Schedule:
    return Schedule(id="one", name="One", rule=Hours(**{"repeat": "daily", **rule}))


def pulse(**rule: Any) -> Schedule:
    return Schedule(id="one", name="One", kind="pulse", rule=rule)


def at(text: str, zone: Any = STOCKHOLM) -> int:
    """The first moment at which clocks show it."""
    return round(datetime.fromisoformat(text).replace(tzinfo=zone).timestamp()) * NS


def spans(schedule: Schedule, since: str, count: int = 3, zone: Any = STOCKHOLM) -> list[str]:
    """What it becomes and when, as clocks show it."""
    now, told = at(since, zone), []
    for _ in range(count):
        found = standing(schedule, now, zone)
        if found.next_ns is None:
            break
        now = found.next_ns
        told.append(f"{'-+'[standing(schedule, now, zone).active]}{shown(now, zone):%m-%d %H:%M}")
    return told


# --- the model: no arithmetic of moments, only what the clock shows


def first_shown(wall: datetime, minutes: list[datetime]) -> int | None:
    return next((number for number, seen in enumerate(minutes) if seen >= wall), None)


def model(rule: Hours, start_ns: int, count: int, zone: Any) -> list[bool]:
    """Whether it is active in each of ``count`` minutes."""
    back = 60 * 24 * (3 + rule.more_days)
    minutes = [shown(start_ns + n * MINUTE, zone) for n in range(-back, count)]
    active = [False] * len(minutes)
    day = minutes[0].date() - timedelta(days=1)
    while day <= minutes[-1].date():
        if rule.begins_on(day):
            begin = datetime.combine(day, datetime.min.time()) + timedelta(hours=int(rule.start[:2]), minutes=int(rule.start[3:]))
            first, last = first_shown(begin, minutes), first_shown(begin + rule.length, minutes)
            for number in range(len(minutes) if first is None else first, len(minutes) if last is None else last):
                active[number] = True
        day += timedelta(days=1)
    return active[back:]


times = st.builds("{:02}:{:02}".format, st.integers(0, 23), st.sampled_from([0, 1, 15, 30, 59]))
rules = st.builds(
    Hours,
    repeat=st.sampled_from(["daily", "weekly", "monthly", "yearly"]),
    every=st.sampled_from([1, 1, 2, 3]),
    days=st.sets(st.integers(0, 6), min_size=1).map(tuple),
    week=st.sampled_from([None, None, 1, 2, 5, -1]),
    day=st.integers(1, 28),
    month=st.sampled_from([3, 4, 10, 11]),
    start=times,
    end=times,
    more_days=st.sampled_from([0, 0, 0, 1, 2]),
    first=st.none() | st.dates(date(2026, 1, 1), date(2026, 12, 31)),
)
moments = st.builds(
    lambda day, minute: day * 86_400 * NS + minute * MINUTE,
    st.sampled_from(
        [(date(2026, m, d) - date(1970, 1, 1)).days for m, d in ((3, 8), (3, 28), (4, 4), (6, 15), (10, 3), (10, 24), (11, 1))]
    ),
    st.integers(0, 1439),
)


@given(rules, moments, st.sampled_from(ZONES))
def test_a_schedule_is_what_the_clock_shows_minute_by_minute(rule: Hours, start: int, zone: Any) -> None:
    schedule, count = Schedule(id="one", name="One", rule=rule), 60 * 40
    expected = model(rule, start, count, zone)
    now = 0
    while now < count:  # from change to change
        found = standing(schedule, start + now * MINUTE, zone)
        until = count if found.next_ns is None else min(count, (found.next_ns - start) // MINUTE)
        assert until > now
        assert expected[now:until] == [found.active] * (until - now), shown(start + now * MINUTE, zone)
        assert until == count or expected[until] is not found.active
        now = until


@given(st.integers(1, 200_000), st.integers(0, 10**6), moments, st.sampled_from(ZONES))
def test_pulses_come_at_equal_intervals_whatever_the_clock_is_put_to(every: int, after: int, start: int, zone: Any) -> None:
    rule = Interval(every_s=every, after_s=after % every)
    schedule = Schedule(id="one", name="One", kind="pulse", rule=rule)
    now, seen = start, []
    for _ in range(5):
        found = standing(schedule, now, zone)
        assert not found.active
        assert found.next_ns is not None
        seen.append(found.next_ns)
        now = found.next_ns
    assert start < seen[0] <= start + every * NS
    assert {b - a for a, b in pairwise(seen)} == {every * NS}


@given(moments, st.integers(-200_000, 200_000), st.sampled_from(ZONES))
def test_a_time_of_the_clock_is_the_first_moment_that_shows_it(near: int, seconds: int, zone: Any) -> None:
    wall = shown(near, zone) + timedelta(seconds=seconds)
    found = moment(wall, zone)
    assert shown(found, zone) >= wall
    assert shown(found - NS, zone) < wall


# --- by example


@pytest.mark.parametrize(
    ("rule", "since", "expected"),
    [
        ({"start": "08:00", "end": "17:00"}, "2026-06-15 07:00", ["+06-15 08:00", "-06-15 17:00", "+06-16 08:00"]),
        ({"start": "22:00", "end": "06:00"}, "2026-06-15 03:00", ["-06-15 06:00", "+06-15 22:00", "-06-16 06:00"]),
        ({"repeat": "weekly", "days": [5, 6]}, "2026-06-15 12:00", ["+06-20 00:00", "-06-22 00:00", "+06-27 00:00"]),
        ({"repeat": "monthly", "day": 31, "start": "12:00", "end": "13:00"}, "2026-04-01", ["+05-31 12:00", "-05-31 13:00"]),
        ({"repeat": "monthly", "days": [4], "week": -1}, "2026-06-01", ["+06-26 00:00", "-06-27 00:00", "+07-31 00:00"]),
        ({"repeat": "yearly", "day": 24, "month": 12, "end": "12:00", "more_days": 2}, "2026-06-01", ["+12-24 00:00", "-12-26 12:00"]),
        ({"repeat": "yearly", "day": 29, "month": 2}, "2026-06-01", ["+02-29 00:00", "-03-01 00:00", "+02-29 00:00"]),
        ({"every": 2, "first": "2026-06-10", "end": "09:00"}, "2026-06-01", ["+06-10 00:00", "-06-10 09:00", "+06-12 00:00"]),
        ({"repeat": "weekly", "every": 2, "days": [0], "first": "2026-06-10"}, "2026-06-01", ["+06-22 00:00", "-06-23 00:00"]),
        ({"repeat": "monthly", "every": 3, "first": "2026-06-10", "end": "09:00"}, "2026-06-01", ["+09-01 00:00", "-09-01 09:00"]),
        ({"repeat": "yearly", "every": 2, "first": "2026-06-10", "end": "09:00"}, "2026-06-12", ["+01-01 00:00", "-01-01 09:00"]),
        ({"first": "2026-06-10", "last": "2026-06-10", "start": "08:00", "end": "09:00"}, "2026-06-01", ["+06-10 08:00", "-06-10 09:00"]),
        ({"start": "02:00", "end": "03:00"}, "2026-03-28 12:00", ["+03-30 02:00"]),  # there is no such hour on the 29th
        ({"start": "02:30", "end": "04:00"}, "2026-03-28 12:00", ["+03-29 03:00", "-03-29 04:00"]),
        ({"start": "02:30", "end": "04:00"}, "2026-10-24 12:00", ["+10-25 02:30", "-10-25 04:00", "+10-26 02:30"]),  # once
        ({"start": "02:45", "end": "02:15"}, "2026-03-29 01:00", ["-03-30 02:15", "+03-30 02:45"]),  # the pause falls into the gap
        ({}, "2026-06-01", []),  # day after day
    ],
)  # fmt: skip
def test_examples(rule: dict[str, Any], since: str, expected: list[str]) -> None:
    assert spans(hours(**rule), since, max(1, len(expected))) == expected


def test_the_ready_made_ones_are_a_whole_week() -> None:
    """Monday morning, a weekday's noon, a night, a Saturday's noon: office hours, nights and weekends leave nothing out."""
    for hour in range(24 * 7):
        now = at("2026-06-15 00:00") + hour * 60 * MINUTE
        active = {id for id, each in READY_MADE.items() if standing(each, now, STOCKHOLM).active}
        assert active & {"office_hours", "after_hours", "weekends"}, shown(now, STOCKHOLM)
        assert not {"office_hours", "after_hours"} <= active
        assert len(active & {"weekdays", "weekends"}) == 1


def test_an_hourly_pulse_comes_on_the_hour_where_standard_time_is_half_an_hour_off() -> None:
    now = at("2026-06-15 07:13", ZoneInfo("Asia/Kolkata"))
    found = standing(pulse(every_s=3600), now, ZoneInfo("Asia/Kolkata")).next_ns
    assert found == at("2026-06-15 08:00", ZoneInfo("Asia/Kolkata"))
    assert standing(pulse(every_s=7 * 86_400, after_s=3600), now, UTC).next_ns == at("2026-06-22 01:00", UTC)  # Mondays


def test_a_pulse_can_have_hours() -> None:
    daily = pulse(repeat="daily", start="12:00")
    noon = standing(daily, at("2026-03-28 13:00"), STOCKHOLM).next_ns
    assert noon == at("2026-03-29 12:00")  # by the clock, an hour earlier than the day before
    assert standing(daily, noon, STOCKHOLM).next_ns == at("2026-03-30 12:00")


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"rule": {"repeat": "weekly"}}, "at least one of the days"),
        ({"rule": {"repeat": "weekly", "days": [7]}}, "less than or equal to 6"),
        ({"rule": {"repeat": "monthly", "week": 2}}, "days of that week"),
        ({"rule": {"repeat": "monthly", "week": 0, "days": [1]}}, "-1 for the last"),
        ({"rule": {"repeat": "yearly", "day": 30, "month": 2}}, "has no day 30"),
        ({"rule": {"repeat": "daily", "start": "24:00"}}, "such as 08:00"),
        ({"rule": {"repeat": "daily", "start": "8:00"}}, "such as 08:00"),
        ({"rule": {"repeat": "daily", "first": "2026-06-02", "last": "2026-06-01"}}, "before the first"),
        ({"rule": {"repeat": "weekly", "days": [0], "first": "2026-06-02", "last": "2026-06-07"}}, "never comes"),
        ({"rule": {"repeat": "hourly"}}, "daily"),
        ({"rule": {"repeat": "daily", "minutes": 3}}, "not permitted"),
        ({"rule": {"every_s": 60}}, "for a pulse"),
        ({"rule": {"every_s": 0}, "kind": "pulse"}, "greater than or equal to 1"),
        ({"rule": {"every_s": 60, "after_s": 60}, "kind": "pulse"}, "less than every_s"),
        ({"rule": {}}, "required"),
        ({"rule": None}, "valid dict"),
        ({"id": "two words", "rule": {"repeat": "daily"}}, "letters, digits"),
        ({"name": "<b>", "rule": {"repeat": "daily"}}, "none of them"),
    ],
)
def test_what_never_comes_or_cannot_be_said_is_refused(fields: dict[str, Any], says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        Schedule.model_validate({"id": "one", "name": "One", **fields})


@pytest.mark.parametrize(
    ("schedule", "said"),
    [
        (READY_MADE["office_hours"], "Every Monday to Friday from 08:00 to 17:00"),
        (READY_MADE["after_hours"], "Every day from 17:00 to 08:00 of the next day"),
        (READY_MADE["weekends"], "Every Saturday and Sunday all day"),
        (hours(repeat="weekly", days=[0, 2, 4], every=2, start="08:00", end="09:00"),
         "Every Monday, Wednesday and Friday, every 2 weeks from 08:00 to 09:00"),
        (hours(repeat="monthly", days=[1], week=2), "On the second Tuesday of the month all day"),
        (hours(repeat="monthly", day=1, end="06:00"), "Every month on day 1 from 00:00 to 06:00"),
        (hours(repeat="yearly", day=24, month=12, start="18:00", end="08:00", more_days=2),
         "Every year on 24 December from 18:00 to 08:00, 3 days later"),
        (hours(start="18:00", end="20:00", more_days=1), "Every day from 18:00 to 20:00, 1 day later"),
        (hours(first="2026-06-10", last="2026-06-10"), "Every day all day on 2026-06-10 only"),
        (hours(every=3, first="2026-06-10"), "Every 3 days all day from 2026-06-10 on"),
        (pulse(every_s=300), "A pulse every 5 minutes"),
        (pulse(every_s=3600), "A pulse every hour"),
        (pulse(repeat="daily", start="12:00"), "A pulse every day at 12:00"),
    ],
)  # fmt: skip
def test_words(schedule: Schedule, said: str) -> None:
    assert words(schedule) == said


# --- the clock-driven task


class Running:
    """A scheduler whose clock the test moves; ``told`` is what the bus heard."""

    def __init__(self, wall: str, *schedules: Schedule) -> None:
        self.machine = ManualClock(wall_ns=at(wall))
        self.clock = CameraClock(self.machine)
        self.clock.zone = STOCKHOLM
        self.bus = Bus(self.clock)
        self.told: list[str] = []
        self.bus.subscribe(self._hear, "Schedule")
        self.scheduler = Scheduler(self.clock, self.bus)
        self.scheduler.apply(schedules)

    def _hear(self, event: Event) -> None:
        sign = "!" if event.topic is SCHEDULE_PULSE else "x" if event.operation == "Deleted" else "-+"[event.state]
        self.told.append(f"{sign}{event.source['schedule']} {shown(self.clock.wall_ns(), STOCKHOLM):%H:%M:%S}")

    def go(self, seconds: float) -> list[str]:
        """Time passes as the task sees it: from look to look. What was told meanwhile."""
        self.told.clear()
        end = self.machine.monotonic_ns() + round(seconds * NS)
        while (left := (end - self.machine.monotonic_ns()) / NS) > 0:
            self.machine.advance(min(self.scheduler.due_s(), left))
            self.scheduler.look()
        return list(self.told)


OFFICE = Schedule(id="office", name="Office", rule=Hours(repeat="daily", start="08:00", end="17:00"))
TICK = Schedule(id="tick", name="Tick", kind="pulse", rule=Interval(every_s=20))


@pytest.mark.feature("EVT-04")
async def test_states_and_pulses_come_when_their_time_comes() -> None:
    running = Running("2026-06-15 07:59:30", OFFICE, TICK)
    assert running.told == ["-office 07:59:30"]
    assert running.go(40) == ["!tick 07:59:40", "+office 08:00:00", "!tick 08:00:00"]
    states = [event for event in running.bus.states() if event.topic is SCHEDULE_ACTIVE]
    assert [(each.source["schedule"], each.state) for each in states] == [("office", True)]


@pytest.mark.parametrize("announced", [True, False])
async def test_a_clock_that_is_set_changes_states_at_once_and_makes_up_no_pulse(announced: bool) -> None:
    """By a person or a server, which is told; or by the machine, which the next look sees."""
    running = Running("2026-06-15 07:30:10", OFFICE, TICK)
    for jump, expected in ((3600, ["+office 08:30:10"]), (12 * 3600, ["-office 20:30:10"]), (-10 * 3600, ["+office 10:30:10"])):
        running.told.clear()
        running.machine.jump_wall(jump)
        if announced:
            running.bus.emit(CLOCK_SET, seconds=float(jump), by="ntp")
        else:
            running.scheduler.look()
        assert running.told == expected
    assert running.go(15) == ["!tick 10:30:20"]


async def test_a_clock_that_is_slewed_makes_no_pulse_twice() -> None:
    running = Running("2026-06-15 10:00:10", TICK)
    running.clock.slew(-NS // 10)
    assert [each.split()[0] for each in running.go(100)] == ["!tick"] * 5


async def test_another_zone_and_other_schedules_count_at_once() -> None:
    running = Running("2026-06-15 07:30:00", OFFICE)
    running.told.clear()
    running.clock.zone = ZoneInfo("Europe/Helsinki")
    running.scheduler.look()
    assert running.told == ["+office 07:30:00"]
    running.told.clear()
    running.scheduler.apply((OFFICE.model_copy(update={"rule": Hours(repeat="daily", start="12:00", end="13:00")}), TICK))
    assert running.told == ["-office 07:30:00"]
    running.told.clear()
    running.scheduler.apply((TICK,))
    assert running.told == ["xoffice 07:30:00"]


async def test_what_a_slow_machine_slept_through_is_one_pulse() -> None:
    running = Running("2026-06-15 10:00:10", TICK)
    running.told.clear()
    running.machine.advance(75)
    running.scheduler.look()
    running.scheduler.look()
    assert running.told == ["!tick 10:01:25"]


async def test_the_task_wakes_for_other_schedules() -> None:
    machine = ManualClock(wall_ns=at("2026-06-15 10:00:00"))
    bus = Bus(machine)
    async with Scheduler(machine, bus) as scheduler, bus.stream("Schedule") as events:
        scheduler.apply((TICK,))
        machine.advance(20)
        scheduler.apply((OFFICE, TICK))
        machine.advance(20)
        heard = []
        async for event in events:
            heard.append(event.topic)
            if event.topic is SCHEDULE_PULSE:
                break
    assert SCHEDULE_ACTIVE in heard


def test_names_outside() -> None:
    event = Event(SCHEDULE_ACTIVE, {"active": True}, 0, {"schedule": "office_hours"})
    (told,) = named(event)
    assert told.topic == "tns1:UserAlarm/tnsaxis:Recurring/Interval"
    assert (told.source, told.data) == ({"id": "com.axis.schedules.office_hours"}, {"active": "1"})
    (told,) = named(Event(SCHEDULE_PULSE, {}, 0, {"schedule": "schedule1"}))
    assert (told.topic, told.source) == ("tns1:UserAlarm/tnsaxis:Recurring/Pulse", {"id": "schedule1"})
    for id in ("office_hours", "schedule1", "com.axis.schedules.genid.id-0"):
        assert schedule_id(schedule_name(id)) == id

"""Settings of schedules: times that come again, by the clock that people see, and pulses, moments that come at an interval.

Days are counted from Monday, 0. Four schedules come with the camera; they may be changed and removed like any other.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, time, timedelta
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Discriminator, Field, Tag, field_validator, model_validator

from panocam.settings.declare import Section, setting
from panocam.settings.role import Role

MOST = 100
LONGEST_NAME = 64
LONGEST_EVERY_S = 31 * 86_400
DAY = timedelta(days=1)
LONGEST_LOOK = 800
ANCHOR = date(1970, 1, 5)
"""A Monday. What comes every second day, week or month, or at an interval, is counted from here unless it says otherwise."""

LONGEST_MONTH = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_CLOCK = re.compile(r"([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?", re.ASCII)
ID_PATTERN = r"^[A-Za-z0-9._-]{1,64}$"
_ID = re.compile(r"[A-Za-z0-9._-]{1,64}", re.ASCII)
_NAME = re.compile(rf"[^\x00-\x1f\x7f<>\"]{{1,{LONGEST_NAME}}}")


def clock(text: str) -> time:
    """The time of day that ``HH:MM`` or ``HH:MM:SS`` says. Raises ValueError."""
    found = _CLOCK.fullmatch(text)
    if found is None:
        raise ValueError("should be a time of day such as 08:00")
    hour, minute, second = (int(part or 0) for part in found.groups())
    return time(hour, minute, second)


def _clock(text: str) -> str:
    at = clock(text)
    return at.isoformat("seconds" if at.second else "minutes")


ClockTime = Annotated[str, AfterValidator(_clock)]
Weekday = Annotated[int, Field(ge=0, le=6)]


class Hours(Section):
    """From ``start`` to ``end`` on each day that the rest names; with an end that is not after the start, to the next day.

    ``daily`` is every day, ``weekly`` the ``days``, ``monthly`` the ``day`` of the month or, with ``week``, the first (1) to fifth or last
    (-1) of each of the ``days`` in it, ``yearly`` the ``day`` of the ``month``. ``every`` 2 is every second of them. ``more_days``: the end
    is so many days later. ``first`` and ``last``: days before and after which nothing begins.
    """

    repeat: Literal["daily", "weekly", "monthly", "yearly"]
    every: int = Field(default=1, ge=1, le=99)
    days: tuple[Weekday, ...] = ()
    week: int | None = Field(default=None, ge=-1, le=5)
    day: int = Field(default=1, ge=1, le=31)
    month: int = Field(default=1, ge=1, le=12)
    start: ClockTime = "00:00"
    end: ClockTime = "00:00"
    more_days: int = Field(default=0, ge=0, le=366)
    first: date | None = None
    last: date | None = None

    @field_validator("days")
    @classmethod
    def _in_order(cls, value: tuple[int, ...]) -> tuple[int, ...]:
        return tuple(sorted(set(value)))

    @model_validator(mode="after")
    def _comes_at_all(self) -> Hours:
        if self.week == 0:
            raise ValueError("week should be 1 to 5, or -1 for the last of the month")
        if self.repeat == "weekly" and not self.days:
            raise ValueError("name at least one of the days, 0 (Monday) to 6 (Sunday)")
        if self.repeat == "monthly" and self.week is not None and not self.days:
            raise ValueError("name the days of that week, 0 (Monday) to 6 (Sunday)")
        if self.repeat == "yearly" and self.day > LONGEST_MONTH[self.month - 1]:
            raise ValueError(f"month {self.month} has no day {self.day}")
        if self.first and self.last:
            if self.last < self.first:
                raise ValueError("the last day is before the first")
            days = (self.last - self.first).days
            if days < LONGEST_LOOK and not any(self.begins_on(self.first + day * DAY) for day in range(days + 1)):
                raise ValueError("it never comes between the first day and the last")
        return self

    @property
    def length(self) -> timedelta:
        """From start to end, as clocks show it."""
        begins, ends = (timedelta(hours=at.hour, minutes=at.minute, seconds=at.second) for at in (clock(self.start), clock(self.end)))
        return ends - begins + (DAY if ends <= begins else timedelta()) + self.more_days * DAY

    def begins_on(self, day: date) -> bool:
        """Whether it begins on that day."""
        if (self.first and day < self.first) or (self.last and day > self.last):
            return False
        return self._named(day) and self._counted(day) % self.every == 0

    def _named(self, day: date) -> bool:
        match self.repeat:
            case "daily":
                return True
            case "weekly":
                return day.weekday() in self.days
            case "yearly":
                return (day.month, day.day) == (self.month, self.day)
        if self.week is None:
            return day.day == self.day
        in_week = (day + 7 * DAY).month != day.month if self.week == -1 else (day.day - 1) // 7 + 1 == self.week
        return in_week and day.weekday() in self.days

    def _counted(self, day: date) -> int:
        """How many days, weeks, months or years after the first one."""
        first = self.first or ANCHOR
        match self.repeat:
            case "daily":
                return (day - first).days
            case "weekly":
                return (day - first + first.weekday() * DAY).days // 7
            case "monthly":
                return (day.year - first.year) * 12 + day.month - first.month
        return day.year - first.year


class Interval(Section):
    """A moment every so many seconds, counted from midnight (standard time) of a Monday, ``after_s`` later."""

    every_s: int = Field(ge=1, le=LONGEST_EVERY_S)
    after_s: int = Field(default=0, ge=0)

    @model_validator(mode="after")
    def _within_one_round(self) -> Interval:
        if self.after_s >= self.every_s:
            raise ValueError(f"after_s should be less than every_s ({self.every_s})")
        return self


def _which(rule: Any) -> str:
    return "interval" if isinstance(rule, Interval) or (isinstance(rule, Mapping) and "every_s" in rule) else "hours"


Rule = Annotated[Annotated[Hours, Tag("hours")] | Annotated[Interval, Tag("interval")], Discriminator(_which)]


class Schedule(Section):
    """A named schedule. A ``schedule`` lasts from the start to the end of its hours; a ``pulse`` is a moment: at each interval, or where
    its hours begin."""

    id: str
    name: str
    kind: Literal["schedule", "pulse"] = "schedule"
    rule: Rule

    @field_validator("id")
    @classmethod
    def _can_be_named(cls, value: str) -> str:
        if not _ID.fullmatch(value):
            raise ValueError("a schedule's id has 1 to 64 letters, digits and . - _")
        return value

    @field_validator("name")
    @classmethod
    def _can_be_shown(cls, value: str) -> str:
        if not _NAME.fullmatch(value):
            raise ValueError(f"a schedule's name has 1 to {LONGEST_NAME} characters, none of them < > or \"")
        return value

    @model_validator(mode="after")
    def _lasts_or_not(self) -> Schedule:
        if self.kind == "schedule" and isinstance(self.rule, Interval):
            raise ValueError("an interval is for a pulse; a schedule has hours: say repeat, start and end")
        return self


def _ready_made(id: str, name: str, **hours: Any) -> Schedule:
    return Schedule(id=id, name=name, rule=Hours(**hours))


_WORKDAYS, _WEEKEND = (0, 1, 2, 3, 4), (5, 6)
READY_MADE: Mapping[str, Schedule] = {
    each.id: each
    for each in (
        _ready_made("weekdays", "Weekdays", repeat="weekly", days=_WORKDAYS),
        _ready_made("weekends", "Weekends", repeat="weekly", days=_WEEKEND),
        _ready_made("office_hours", "Office Hours", repeat="weekly", days=_WORKDAYS, start="08:00", end="17:00"),
        _ready_made("after_hours", "After Hours", repeat="daily", start="17:00", end="08:00"),
    )
}
"""By id. After hours are the nights, of weekends too; with office hours and weekends that is the whole week."""


class Schedules(Section):
    """When things may happen."""

    items: tuple[Schedule, ...] = setting(
        tuple(READY_MADE.values()),
        "Schedules",
        f"Named times that come again, and pulses, up to {MOST}; see the schedules page.",
        read=Role.ADMINISTRATOR,
        write=Role.ADMINISTRATOR,
        max_length=MOST,
    )

    @field_validator("items")
    @classmethod
    def _each_once(cls, items: tuple[Schedule, ...]) -> tuple[Schedule, ...]:
        ids = [item.id for item in items]
        twice = next((id for id in ids if ids.count(id) > 1), None)
        if twice is not None:
            raise ValueError(f"should have each id once; two schedules are called {twice!r}")
        return items

    def find(self, id: str) -> Schedule | None:
        """The schedule of that id."""
        return next((item for item in self.items if item.id == id), None)

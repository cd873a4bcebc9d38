"""Schedules over REST."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from panocam.api import schedules
from panocam.api.endpoint import Call, Kind, Reply, Wish, rest
from panocam.clock import NS
from panocam.settings.role import Role
from panocam.settings.schedules import ID_PATTERN, LONGEST_NAME, MOST, READY_MADE, Rule, Schedule
from panocam.settings.schedulewords import words


class ScheduleWish(Wish):
    """A schedule lasts from the start to the end of its hours; a pulse is a moment, at an interval or where its hours begin.

    Without an ``id`` it gets a free one; that of a schedule which was removed makes it the same one again, for the rules that name it."""

    id: str | None = Field(None, pattern=ID_PATTERN)
    name: str = Field(min_length=1, max_length=LONGEST_NAME)
    kind: Literal["schedule", "pulse"] = "schedule"
    rule: Rule


class ScheduleChange(Wish):
    """What to change; what is left out stays. A rule is given whole."""

    name: str | None = Field(None, min_length=1, max_length=LONGEST_NAME)
    kind: Literal["schedule", "pulse"] | None = None
    rule: Rule | None = None


class ScheduleReply(Reply):
    """A schedule. ``active`` is how it stands now, ``next_ms`` (UTC, since 1970) when that changes or the next pulse comes; null: not in
    sight. ``words`` says it in English."""

    id: str
    name: str
    kind: Literal["schedule", "pulse"]
    ready_made: bool
    rule: Rule
    active: bool
    next_ms: int | None
    words: str


class SchedulesReply(Reply):
    """All schedules, and how many there can be."""

    most: int
    schedules: list[ScheduleReply]


async def read(call: Call[None]) -> SchedulesReply:
    """All schedules."""
    return SchedulesReply(most=MOST, schedules=[_shown(call, each) for each in schedules.schedules(call.services)])


async def add(call: Call[ScheduleWish]) -> ScheduleReply:
    """Make a schedule."""
    return _shown(call, await schedules.add(call.services, call.wish.model_dump(), call.caller))


async def change(call: Call[ScheduleChange]) -> ScheduleReply:
    """Change a schedule; whatever depends on it follows at once."""
    wanted = call.wish.model_dump(exclude_none=True)
    if call.wish.rule is not None:
        wanted["rule"] = call.wish.rule.model_dump()
    return _shown(call, await schedules.change(call.services, call.path("schedule"), wanted, call.caller))


async def remove(call: Call[None]) -> None:
    """Forget a schedule."""
    await schedules.remove(call.services, call.path("schedule"), call.caller)


def _shown(call: Call[object], schedule: Schedule) -> ScheduleReply:
    stands = schedules.stands(call.services, schedule)
    return ScheduleReply(
        id=schedule.id,
        name=schedule.name,
        kind=schedule.kind,
        ready_made=schedule.id in READY_MADE,
        rule=schedule.rule,
        active=stands.active,
        next_ms=None if stands.next_ns is None else stands.next_ns * 1000 // NS,
        words=words(schedule),
    )


_ALL, _ONE, _ADMIN = "/api/v1/schedules", "/api/v1/schedules/{schedule}", Role.ADMINISTRATOR

ENDPOINTS = (
    rest(_ALL, "All schedules", read, _ADMIN, reply=SchedulesReply),
    rest(_ALL, "Make a schedule", add, _ADMIN, methods=("POST",), request=ScheduleWish, reply=ScheduleReply),
    rest(_ONE, "Change a schedule", change, _ADMIN, methods=("PATCH",), request=ScheduleChange, reply=ScheduleReply),
    rest(_ONE, "Remove a schedule", remove, _ADMIN, methods=("DELETE",), reply=Kind.NOTHING),
)

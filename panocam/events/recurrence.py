"""When a schedule is active and when it changes next: the clock that people see, on the one that runs evenly.

A schedule's start and end are what clocks show in the camera's zone; each stands for *the first moment at which the clock shows that
time, or has skipped it*. So where clocks are put forward, what begins in the missing hour begins right after it; where they are put back,
the first of the two counts, and everything happens once. As start and end follow one law, what ends at five and what begins at five meet
in every night of the year. Intervals of pulses are of equal length always.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from time import timezone
from typing import Any, TypeVar

from panocam.clock import NS
from panocam.settings.schedules import ANCHOR, DAY, Hours, Interval, Schedule, clock

EPOCH = datetime(1970, 1, 1)
SECOND = timedelta(seconds=1)
T = TypeVar("T", datetime, int)
FARTHEST = 10 * 366
"""Days that are searched for what comes next: the 29th of February is at most eight years away."""

LONGEST_SPAN = 500 * DAY
"""What goes on for longer is told without an end. One time alone is shorter: a year and two days at most."""


@dataclass(frozen=True)
class Standing:
    """How a schedule stands at a moment. ``next_ns`` (UTC) is when it changes, or pulses; None: not in sight."""

    active: bool
    next_ns: int | None


def standing(schedule: Schedule, at_ns: int, zone: tzinfo | None) -> Standing:
    """How ``schedule`` stands at ``at_ns`` (UTC); clocks show the time of ``zone``, None is the machine's."""
    rule = schedule.rule
    if isinstance(rule, Interval):
        return Standing(False, _next_round(rule, at_ns, zone))
    if schedule.kind == "pulse":
        begins = (moment(begin, zone) for begin in _begins(rule, at_ns, zone))
        return Standing(False, next((begin for begin in begins if begin > at_ns), None))
    for start, end in _spans(rule, at_ns, zone):
        if start > at_ns:
            return Standing(False, start)
        if end > at_ns:
            return Standing(True, end if end - start <= LONGEST_SPAN // SECOND * NS else None)
    return Standing(False, None)


def shown(at_ns: int, zone: tzinfo | None) -> datetime:
    """What the clock shows, without a zone, to the second."""
    return datetime.fromtimestamp(at_ns // NS, UTC).astimezone(zone).replace(tzinfo=None)


def moment(wall: datetime, zone: tzinfo | None) -> int:
    """The first moment (UTC, ns) at which the clock shows ``wall``, or has skipped it."""
    first = _utc(wall, zone, fold=0)
    if shown(first * NS, zone) == wall:
        return first * NS
    before, after = sorted((first, _utc(wall, zone, fold=1)))  # one of them is before the clock was put forward, the other behind it
    while after - before > 1:
        middle = (before + after) // 2
        before, after = (before, middle) if shown(middle * NS, zone) >= wall else (middle, after)
    return after * NS


def _utc(wall: datetime, zone: tzinfo | None, fold: int) -> int:
    at = wall.replace(fold=fold)
    return round((at.replace(tzinfo=zone) if zone else at).timestamp())


def _begins(rule: Hours, at_ns: int, zone: tzinfo | None) -> Iterator[datetime]:
    """When it begins, as clocks show it, from what may still last at that moment on."""
    back = rule.length.days + 2
    day, start = shown(at_ns, zone).date() - back * DAY, clock(rule.start)
    for _ in range(FARTHEST + back):
        if rule.last and day > rule.last:
            return
        if rule.begins_on(day):
            yield datetime.combine(day, start)
        day += DAY


def _spans(rule: Hours, at_ns: int, zone: tzinfo | None) -> Iterator[tuple[int, int]]:
    """From when to when it is active, in order."""
    length = rule.length
    walls = _merged(((begin, begin + length) for begin in _begins(rule, at_ns, zone)), LONGEST_SPAN)
    return _merged(((moment(start, zone), moment(end, zone)) for start, end in walls), LONGEST_SPAN // SECOND * NS)


def _merged(spans: Iterable[tuple[T, T]], longest: Any) -> Iterator[tuple[T, T]]:
    """``spans``, which are in order, without the empty ones; those that touch are one, at least until it is ``longest``."""
    begun: tuple[T, T] | None = None
    for start, end in spans:
        if start >= end:
            continue
        if begun is not None and start > begun[1]:
            yield begun
            begun = None
        begun = (start, end) if begun is None else (begun[0], max(begun[1], end))
        if begun[1] - begun[0] > longest:
            break
    if begun is not None:
        yield begun


def _next_round(rule: Interval, at_ns: int, zone: tzinfo | None) -> int:
    zero = (datetime.combine(ANCHOR, datetime.min.time()) - EPOCH) // SECOND + rule.after_s - _standard_offset(at_ns, zone)
    return ((at_ns // NS - zero) // rule.every_s + 1) * rule.every_s * NS + zero * NS


def _standard_offset(at_ns: int, zone: tzinfo | None) -> int:
    """Seconds that standard time is ahead of UTC."""
    if zone is None:
        return -timezone
    at = datetime.fromtimestamp(at_ns // NS, UTC).astimezone(zone)
    return ((at.utcoffset() or timedelta()) - (at.dst() or timedelta())) // SECOND

"""The law by which view areas move: where a head looks at any moment, as a value that is computed once, when the move begins.

Theory. A head has three axes: pan and tilt in degrees, and zoom as the logarithm of the magnification, so that zooming looks equally fast
everywhere. Each follows a ``Course`` (the theory of one axis is there). A *journey* goes the shorter way round in pan and stretches the
quicker axes until all arrive together. A *drive* keeps the asked speed in each axis by itself
until it is told otherwise or reaches a limit, where it comes to rest. Either takes over place and speed of whatever the head did before,
so speed never jumps; only ``Rest`` (a move that lands at once) does that, on purpose.

Nobody runs a timer: whoever draws a frame asks ``at`` for its own moment, so a move is as smooth as the stream and costs nothing unwatched.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from panocam.clock import NS
from panocam.errors import InvalidValue
from panocam.optics.course import Course, Start, braked, travelled
from panocam.optics.pose import Limits, Pose, wrap

FULL_TURN = 150.0
"""Degrees a second at speed 100."""

FULL_ZOOM = 2.0
"""Natural logarithm of the magnification a second at speed 100: 7.4 times."""

RAMP_S = 0.4
"""From rest to full speed; less for less."""

LEAST = 0.1
"""A smaller part of the full speed, in percent, is none: a joystick's tremble."""

REFERENCE_HFOV = 90.0
"""At this field a proportional drive is as fast as the degrees say; at half the field it is half as fast, so the picture moves alike."""

Speeds = tuple[float, float, float]
"""Of pan and tilt in degrees a second and of zoom in the logarithm a second."""

STILL: Speeds = (0.0, 0.0, 0.0)


class Movement(Protocol):
    """Where a head looks over time (monotonic nanoseconds)."""

    @property
    def end_ns(self) -> int | None:
        """When it comes to rest; None for never."""

    @property
    def goal(self) -> Pose | None:
        """Where it will rest; None if nobody can say."""

    def at(self, t_ns: int) -> Pose: ...
    def speeds(self, t_ns: int) -> Speeds: ...


@dataclass(frozen=True)
class Rest:
    """Looking at one place: what a move that lands at once leaves behind."""

    pose: Pose

    @property
    def end_ns(self) -> int | None:
        return 0

    @property
    def goal(self) -> Pose | None:
        return self.pose

    def at(self, _t_ns: int) -> Pose:
        return self.pose

    def speeds(self, _t_ns: int) -> Speeds:
        return STILL


@dataclass(frozen=True)
class Motion:
    """A journey or a drive. ``goal`` is the exact pose at its end, None without one."""

    start_ns: int
    pan: Course
    tilt: Course
    zoom: Course
    goal: Pose | None

    @property
    def end_ns(self) -> int | None:
        end = max(self.pan.end, self.tilt.end, self.zoom.end)
        return self.start_ns + math.ceil(end * NS) if math.isfinite(end) else None

    def at(self, t_ns: int) -> Pose:
        """The pose at a moment; the start's before it, the goal from the end on."""
        end = self.end_ns
        if self.goal is not None and end is not None and t_ns >= end:
            return self.goal
        t = (t_ns - self.start_ns) / NS
        return _pose(self.pan.at(t)[0], self.tilt.at(t)[0], self.zoom.at(t)[0])

    def speeds(self, t_ns: int) -> Speeds:
        """How fast it moves at a moment."""
        t = (t_ns - self.start_ns) / NS
        return self.pan.at(t)[1], self.tilt.at(t)[1], self.zoom.at(t)[1]


@dataclass(frozen=True)
class Replay:
    """A recorded movement: ``poses[i]`` at ``times[i]`` seconds (rising from 0), straight lines between, kept inside ``limits``.

    ``offset`` seconds of it have been shown already when it begins at ``start_ns``.
    """

    start_ns: int
    times: Sequence[float]
    poses: Sequence[Pose]
    limits: Limits
    offset: float = 0.0

    def __post_init__(self) -> None:
        if not self.times or len(self.times) != len(self.poses):
            raise InvalidValue("recording", len(self.times), "a recording has one pose for each of its moments, and at least one")

    @property
    def end_ns(self) -> int | None:
        return self.start_ns + math.ceil((self.times[-1] - self.offset) * NS)

    @property
    def goal(self) -> Pose | None:
        return self.limits.nearest(self.poses[-1])

    def at(self, t_ns: int) -> Pose:
        t = self.position(t_ns)
        after = bisect_right(self.times, t)
        if after == 0 or after == len(self.times):
            return self.limits.nearest(self.poses[min(after, len(self.times) - 1)])
        a, b = self.poses[after - 1], self.poses[after]
        part = (t - self.times[after - 1]) / (self.times[after] - self.times[after - 1])
        za, zb = _zoom(a), _zoom(b)
        return self.limits.nearest(_pose(a.pan + part * wrap(b.pan - a.pan), a.tilt + part * (b.tilt - a.tilt), za + part * (zb - za)))

    def position(self, t_ns: int) -> float:
        """Seconds of the recording that are over at a moment."""
        return max(0.0, (t_ns - self.start_ns) / NS) + self.offset

    def speeds(self, t_ns: int) -> Speeds:
        """From one hundredth of a second before to now."""
        before, now = self.at(t_ns - NS // 100), self.at(t_ns)
        return 100 * wrap(now.pan - before.pan), 100 * (now.tilt - before.tilt), 100 * (_zoom(now) - _zoom(before))


def journey(now_ns: int, before: Movement, target: Pose, limits: Limits, speed: float = 100.0) -> Motion:
    """From where ``before`` is now to ``target``, as far as ``limits`` let, at ``speed`` 1..100. All axes arrive together."""
    part = checked_speed(speed) / 100
    goal, starts = limits.nearest(target), _starts(now_ns, before, limits)
    here = starts[0].place
    pan = here + wrap(goal.pan - here) if limits.turns else _unwrapped(goal.pan, limits)
    ends = (pan, goal.tilt, _zoom(goal))
    paces = [(cruise * part, pull) for cruise, pull in _PACES]
    courses = [travelled(start, end, *pace) for start, end, pace in zip(starts, ends, paces, strict=True)]
    last = max(course.end for course in courses)
    together = [travelled(start, end, *pace, last) for start, end, pace in zip(starts, ends, paces, strict=True)]
    return Motion(now_ns, together[0], together[1], together[2], goal)


def drive(now_ns: int, before: Movement, wish: Speeds, limits: Limits, *, proportional: bool = True) -> Motion:
    """Keep moving: ``wish`` is -100..100 for pan (right), tilt (up) and zoom (in); 0 brings that axis to rest.

    ``proportional``: turn slower the further the head is zoomed in.
    """
    pose = before.at(now_ns)
    scale = min(1.0, pose.hfov / REFERENCE_HFOV) if proportional else 1.0
    courses = []
    for index, (start, amount, (cruise, pull)) in enumerate(zip(_starts(now_ns, before, limits), wish, _PACES, strict=True)):
        if not -100 <= amount <= 100:
            raise InvalidValue("speed", amount, "give -100 to 100")
        if abs(amount) < LEAST:
            courses.append(braked(start, pull))
            continue
        bound = start.bounds[1] if amount > 0 else start.bounds[0]
        courses.append(travelled(start, bound, abs(amount) / 100 * cruise * (scale if index < 2 else 1.0), pull))
    motion = Motion(now_ns, courses[0], courses[1], courses[2], None)
    if motion.end_ns is None:
        return motion
    return Motion(now_ns, courses[0], courses[1], courses[2], limits.nearest(_pose(*(course.rest for course in courses))))


def checked_speed(speed: float) -> float:
    """``speed`` if it is 1..100. Raises InvalidValue."""
    if not 1 <= speed <= 100:
        raise InvalidValue("speed", speed, "give 1 (slow) to 100")
    return speed


_PACES = ((FULL_TURN, FULL_TURN / RAMP_S), (FULL_TURN, FULL_TURN / RAMP_S), (FULL_ZOOM, FULL_ZOOM / RAMP_S))
"""Full speed and acceleration of each axis."""


def _starts(now_ns: int, before: Movement, limits: Limits) -> tuple[Start, Start, Start]:
    pose, (pan, tilt, zoom) = limits.nearest(before.at(now_ns)), before.speeds(now_ns)
    turning = (-math.inf, math.inf) if limits.turns else limits.pan
    place = pose.pan if limits.turns else _unwrapped(pose.pan, limits)
    wide, tele = (_zoom(Pose(hfov=hfov)) for hfov in reversed(limits.hfov))
    return Start(place, pan, turning), Start(pose.tilt, tilt, limits.tilt), Start(_zoom(pose), zoom, (wide, tele))


def _unwrapped(pan: float, limits: Limits) -> float:
    """``pan`` as a number between the limits, which may lie beyond the seam at 180."""
    middle = sum(limits.pan) / 2
    return min(max(wrap(pan - middle) + middle, limits.pan[0]), limits.pan[1])


def _zoom(pose: Pose) -> float:
    return math.log(pose.magnification)


def _pose(pan: float, tilt: float, zoom: float) -> Pose:
    return Pose(wrap(pan), min(max(tilt, -90.0), 90.0)).magnified(math.exp(zoom))

"""Where the view areas look right now. State, not settings: a pose is forgotten when the program ends.

The event loop moves a head; workers ask it once a frame where it looks at the frame's own moment. What a head does is one immutable value
(``optics.motion``), so replacing the reference is all the synchronisation there is, and a move shows on the next frame.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from panocam.clock import Clock, SystemClock
from panocam.errors import InvalidValue
from panocam.optics.motion import Movement, Replay, Rest, Speeds, drive, journey
from panocam.optics.pose import Limits, Pose
from panocam.pipeline.freeze import Freeze

LATE_NS = 2_000_000_000
"""Workers draw pictures that are younger than this."""


@dataclass(frozen=True)
class Reached:
    """A preset position that an area has arrived at and not been moved away from by more than it takes to say so."""

    number: int
    name: str


class PtzHead:
    """One view area's direction and field, always inside ``limits``. ``moves`` counts the changes.

    ``reached`` is the preset position that was last arrived at, for overlays and clients; who moves the head keeps it. ``freezes``: the
    picture stands still on the way to a kept place.
    """

    def __init__(self, home: Pose, limits: Limits, clock: Clock | None = None) -> None:
        self._clock = clock or SystemClock()
        self._limits = limits
        self._home = limits.nearest(home)
        self._movement: Movement = Rest(self._home)
        self._freeze: Freeze | None = None
        self.freezes = False
        self.reached: Reached | None = None
        self.moves = 0

    @property
    def pose(self) -> Pose:
        """Where it looks now."""
        return self.at(self._clock.monotonic_ns())

    def at(self, t_ns: int) -> Pose:
        """Where it looks at a moment (monotonic), as far as is known now. Called by any thread."""
        return self._movement.at(t_ns)

    def held(self, t_ns: int) -> Freeze | None:
        """The picture that is shown at a moment in place of what it looks at; None for what it looks at. Called by any thread."""
        freeze = self._freeze
        return freeze if self.freezes and freeze is not None and freeze.movement is self._movement and freeze.lasts(t_ns) else None

    def shown(self, t_ns: int) -> Pose:
        """Where its picture looks at a moment: not on its way while that is frozen."""
        freeze = self.held(t_ns)
        return self.at(t_ns) if freeze is None else freeze.pose

    @property
    def movement(self) -> Movement:
        """What it is doing."""
        return self._movement

    @property
    def moving(self) -> bool:
        end = self._movement.end_ns
        return end is None or self._clock.monotonic_ns() < end

    @property
    def home(self) -> Pose:
        return self._home

    @property
    def limits(self) -> Limits:
        return self._limits

    def restrict(self, limits: Limits, home: Pose | None = None) -> None:
        """New limits (and home). What it was doing ends, and it looks at the nearest place inside; with the old limits it goes on."""
        same = limits == self._limits
        self._limits = limits
        self._home = limits.nearest(home or self._home)
        if not same:
            self.set_pose(self.pose)

    def set_pose(self, pose: Pose) -> Pose:
        """Look there from the next frame on, as far as the limits let; returns what it became."""
        nearest = self._limits.nearest(pose)
        self.moves += nearest != self.pose
        self._movement = Rest(nearest)
        return nearest

    def travel(self, pose: Pose, speed: float) -> Pose:
        """Go there at ``speed`` 1..100; returns where it will arrive."""
        motion = journey(self._clock.monotonic_ns(), self._movement, pose, self._limits, speed)
        self.moves += motion.goal != self.pose
        self._movement = motion
        return self._limits.nearest(pose)

    def visit(self, pose: Pose, speed: float) -> Pose:
        """Go to a place that somebody has kept: as ``travel``, and where it is so set the picture stands still until it is there."""
        now = self._clock.monotonic_ns()
        frozen, here = self.held(now), self.at(now)
        goal = self.travel(pose, speed)
        if self.freezes:
            self._freeze = Freeze(here, self._movement, now) if frozen is None else frozen.after(self._movement)
        return goal

    @property
    def thaws_ns(self) -> int | None:
        """When ``thaw`` lets go of a picture; None for never."""
        end = self._movement.end_ns
        return None if self._freeze is None or end is None else end + LATE_NS

    def thaw(self) -> None:
        """Let go of the picture of a movement that is over, once nobody draws pictures of that time any more."""
        due, freeze = self.thaws_ns, self._freeze
        if freeze is not None and due is not None and self._clock.monotonic_ns() >= due:
            freeze.forget()
            self._freeze = None

    def drive(self, wish: Speeds, *, proportional: bool = True) -> None:
        """Keep moving with -100..100 in pan, tilt and zoom; all 0 comes to rest."""
        self._movement = drive(self._clock.monotonic_ns(), self._movement, wish, self._limits, proportional=proportional)
        self.moves += 1

    def replay(self, times: Sequence[float], poses: Sequence[Pose], offset: float = 0.0) -> None:
        """Repeat a recorded movement from ``offset`` seconds on."""
        self._movement = Replay(self._clock.monotonic_ns(), times, poses, self._limits, offset)
        self.moves += 1

    def move(self, law: Callable[[Pose], Pose]) -> Pose:
        """Apply ``law`` to the present pose (such as ``lambda p: centred(p, size, point)``)."""
        return self.set_pose(law(self.pose))

    def absolute(self, pan: float | None = None, tilt: float | None = None, zoom: float | None = None) -> Pose:
        """Go to ``pan`` and ``tilt`` in degrees and ``zoom`` 0 (widest) .. 1 (narrowest); None leaves a part as it is."""
        return self.set_pose(directed(self.pose, pan, tilt, zoom))

    def relative(self, pan: float = 0.0, tilt: float = 0.0, zoom: float = 0.0) -> Pose:
        """Turn by degrees and zoom by a part of the whole way; beyond the limits it stops at them."""
        return self.set_pose(shifted(self.pose, pan, tilt, zoom))

    def go_home(self) -> Pose:
        return self.set_pose(self._home)


def directed(pose: Pose, pan: float | None = None, tilt: float | None = None, zoom: float | None = None) -> Pose:
    """``pose`` with another pan and tilt in degrees and another ``zoom`` 0..1 where they are given. Raises InvalidValue."""
    pose = Pose(pose.pan if pan is None else _finite("pan", pan), pose.tilt if tilt is None else _finite("tilt", tilt), pose.hfov)
    return pose if zoom is None else pose.zoomed(min(max(_finite("zoom", zoom), 0.0), 1.0))


def shifted(pose: Pose, pan: float = 0.0, tilt: float = 0.0, zoom: float = 0.0) -> Pose:
    """``pose`` turned by degrees and zoomed by a part of the whole way. Raises InvalidValue."""
    position = None if zoom == 0 else pose.zoom + _finite("rzoom", zoom)
    return directed(pose, pose.pan + _finite("rpan", pan), pose.tilt + _finite("rtilt", tilt), position)


def _finite(name: str, value: float) -> float:
    if not math.isfinite(value):
        raise InvalidValue(name, value, "give a finite number")
    return value

"""Where the view areas look right now. State, not settings: a pose is forgotten when the program ends.

The event loop moves a head; workers read its pose once a frame. A pose is one immutable value, so replacing the reference is
all the synchronisation there is, and a move shows on the next frame.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from panocam.errors import InvalidValue
from panocam.optics.pose import Limits, Pose


class PtzHead:
    """One view area's direction and field, always inside ``limits``. ``moves`` counts the changes."""

    def __init__(self, home: Pose, limits: Limits) -> None:
        self._limits = limits
        self._home = self._pose = limits.clamp(home)
        self.moves = 0

    @property
    def pose(self) -> Pose:
        return self._pose

    @property
    def home(self) -> Pose:
        return self._home

    @property
    def limits(self) -> Limits:
        return self._limits

    def restrict(self, limits: Limits, home: Pose | None = None) -> None:
        """New limits (and home): the pose moves inside them."""
        self._limits = limits
        self._home = limits.clamp(home or self._home)
        self.set_pose(self._pose)

    def set_pose(self, pose: Pose) -> Pose:
        """Look there from the next frame on, as far as the limits let; returns what it became."""
        clamped = self._limits.clamp(pose)
        self.moves += clamped != self._pose
        self._pose = clamped
        return clamped

    def move(self, law: Callable[[Pose], Pose]) -> Pose:
        """Apply ``law`` to the present pose (such as ``lambda p: centred(p, size, point)``)."""
        return self.set_pose(law(self._pose))

    def absolute(self, pan: float | None = None, tilt: float | None = None, zoom: float | None = None) -> Pose:
        """Go to ``pan`` and ``tilt`` in degrees and ``zoom`` 0 (widest) .. 1 (narrowest); None leaves a part as it is."""
        pose = self._pose
        pose = Pose(pose.pan if pan is None else _finite("pan", pan), pose.tilt if tilt is None else _finite("tilt", tilt), pose.hfov)
        return self.set_pose(pose if zoom is None else pose.zoomed(min(max(_finite("zoom", zoom), 0.0), 1.0)))

    def relative(self, pan: float = 0.0, tilt: float = 0.0, zoom: float = 0.0) -> Pose:
        """Turn by degrees and zoom by a part of the whole way; beyond the limits it stops at them."""
        pose = self._pose
        position = None if zoom == 0 else pose.zoom + _finite("rzoom", zoom)
        return self.absolute(pose.pan + _finite("rpan", pan), pose.tilt + _finite("rtilt", tilt), position)

    def go_home(self) -> Pose:
        return self.set_pose(self._home)


def _finite(name: str, value: float) -> float:
    if not math.isfinite(value):
        raise InvalidValue(name, value, "give a finite number")
    return value

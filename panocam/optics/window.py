"""A rectangle of directions: from a lower left corner to an upper right one, in pan and tilt.

Pan runs clockwise from ``left`` to ``right`` and may pass the seam at 180: from 170 to -170 are 20 degrees, from 10 to 0 are 350.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from panocam.errors import InvalidValue
from panocam.optics.aim import direction, pan_tilt
from panocam.optics.mount import Mount, camera_from_world
from panocam.optics.pose import wrap

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Window:
    """In degrees, its edges included. Raises InvalidValue for corners that enclose nothing."""

    left: float
    down: float
    right: float
    up: float

    def __post_init__(self) -> None:
        if not (-180 <= self.left <= 180 and -180 <= self.right <= 180 and -90 <= self.down <= 90 and -90 <= self.up <= 90):
            raise InvalidValue("corners", self.corners, "give pan from -180 to 180 and tilt from -90 to 90")
        if self.down >= self.up:
            raise InvalidValue("corners", self.corners, "the upper right corner should lie above the lower left one: give down below up")
        if self.width == 0:
            raise InvalidValue("corners", self.corners, "the corners stand above each other: give another pan to one of left and right")

    @property
    def corners(self) -> tuple[float, float, float, float]:
        """Pan and tilt of the lower left corner, then of the upper right one."""
        return self.left, self.down, self.right, self.up

    @property
    def width(self) -> float:
        """Degrees of pan, 360 all the way round."""
        return 360.0 if self.right - self.left == 360 else (self.right - self.left) % 360

    @property
    def size(self) -> float:
        """Steradians: how much of the world it is, the same for a window near the pole as for one on the horizon."""
        return math.radians(self.width) * (math.sin(math.radians(self.up)) - math.sin(math.radians(self.down)))

    @property
    def centre(self) -> tuple[float, float]:
        """Pan and tilt of its middle."""
        return wrap(self.left + self.width / 2), (self.down + self.up) / 2

    def border(self, step: float = 1.0) -> Floats:
        """World directions (n, 3) all round its edge, at most ``step`` degrees from one to the next, the first one again at the end."""
        across = self.left + np.linspace(0, self.width, max(2, math.ceil(self.width / step) + 1))
        along = np.linspace(self.down, self.up, max(2, math.ceil((self.up - self.down) / step) + 1))
        pan = np.radians(np.concatenate((across, np.full_like(along, across[-1]), across[::-1], np.full_like(along, across[0]))))
        low, high = np.full_like(across, self.down), np.full_like(across, self.up)
        tilt = np.radians(np.concatenate((low, along, high, along[::-1])))
        return np.stack((np.cos(tilt) * np.sin(pan), np.cos(tilt) * np.cos(pan), np.sin(tilt)), axis=-1)

    def holds(self, pan: float, tilt: float) -> bool:
        """Whether a direction lies in it."""
        return self.down <= tilt <= self.up and (self.width == 360 or (pan - self.left) % 360 <= self.width)


def turned(rays: Floats, mount: Mount, then: float, now: float) -> Floats:
    """World directions (n, 3) at roll ``now`` of things that were in these at roll ``then``."""
    return rays if then == now else rays @ camera_from_world(mount, then).T @ camera_from_world(mount, now)


def rolled(pan: float, tilt: float, mount: Mount, then: float, now: float) -> tuple[float, float]:
    """Where a thing is at roll ``now`` that was at pan and tilt at roll ``then``."""
    if then == now:
        return pan, tilt
    return pan_tilt(camera_from_world(mount, now).T @ camera_from_world(mount, then) @ direction(pan, tilt))

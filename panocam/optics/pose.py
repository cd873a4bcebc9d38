"""Where a view area looks: pan, tilt and horizontal field, how far they may go, and the moves that start from a picture.

Zoom has three spellings that mean the same: the horizontal field ``hfov`` in degrees (kept), the ``magnification`` relative to the
widest field (1 = widest; what "300 %" of a client means), and the ``zoom`` position 0..1 (equal steps magnify equally, as on a real
zoom lens). A picture narrower than 4:3 shows the height that a 4:3 picture would show, and less width.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from panocam.errors import InvalidValue
from panocam.optics.lens import DEFAULT_FOV
from panocam.optics.mount import Mount

WIDEST = 120.0
NARROWEST = 10.0
"""Horizontal field of a view area in degrees."""

WIDE = math.tan(math.radians(WIDEST / 2))
STRONGEST = WIDE / math.tan(math.radians(NARROWEST / 2))
"""Magnification at the narrowest field."""


@dataclass(frozen=True)
class Pose:
    """Pan (clockwise from north), tilt (up positive) and horizontal field of a 4:3 or wider picture, all in degrees."""

    pan: float = 0.0
    tilt: float = 0.0
    hfov: float = 90.0

    def __post_init__(self) -> None:
        if not (math.isfinite(self.pan) and math.isfinite(self.tilt)):
            raise InvalidValue("pose", (self.pan, self.tilt), "pan and tilt are finite degrees")
        if not 0 < self.hfov < 180:
            raise InvalidValue("hfov", self.hfov, f"give {NARROWEST:g} to {WIDEST:g} degrees")

    @property
    def magnification(self) -> float:
        """1 at the widest field, about 20 at the narrowest."""
        return WIDE / math.tan(math.radians(self.hfov / 2))

    @property
    def zoom(self) -> float:
        """0 at the widest field, 1 at the narrowest."""
        return math.log(self.magnification) / math.log(STRONGEST)

    def magnified(self, magnification: float) -> Pose:
        """The same direction at another magnification."""
        return replace(self, hfov=math.degrees(2 * math.atan(WIDE / magnification)))

    def zoomed(self, zoom: float) -> Pose:
        """The same direction at the zoom position 0..1."""
        return self.magnified(STRONGEST**zoom)

    def axes(self) -> NDArray[np.float64]:
        """Rows: the picture's right, down and forward as world directions ``(3, 3)``. Right is always level, so people stand upright."""
        p, t = math.radians(self.pan), math.radians(self.tilt)
        sp, cp, st, ct = math.sin(p), math.cos(p), math.sin(t), math.cos(t)
        return np.array([(cp, -sp, 0.0), (st * sp, st * cp, -ct), (ct * sp, ct * cp, st)])

    def focal(self, size: tuple[int, int]) -> float:
        """Output pixels per unit of tangent in a picture of ``size`` (width, height)."""
        return max(size[0] / 2, size[1] * 2 / 3) / math.tan(math.radians(self.hfov / 2))


@dataclass(frozen=True)
class Limits:
    """Inclusive bounds in degrees. Where pan spans the full turn it wraps around instead of stopping."""

    pan: tuple[float, float] = (-180.0, 180.0)
    tilt: tuple[float, float] = (-90.0, 90.0)
    hfov: tuple[float, float] = (NARROWEST, WIDEST)

    @property
    def turns(self) -> bool:
        """True when pan goes round and round."""
        return self.pan[1] - self.pan[0] >= 360.0

    def clamp(self, pose: Pose) -> Pose:
        """The nearest pose inside; its pan is in -180..180, or between limits that lie beyond the seam."""
        pan = wrap(pose.pan)
        if not self.turns:
            middle = sum(self.pan) / 2
            pan = wrap(pan - middle) + middle
            pan = min(max(pan, self.pan[0]), self.pan[1])
        return Pose(pan, min(max(pose.tilt, self.tilt[0]), self.tilt[1]), min(max(pose.hfov, self.hfov[0]), self.hfov[1]))

    def nearest(self, pose: Pose) -> Pose:
        """The same with pan in -180..180, as people are told it."""
        inside = self.clamp(pose)
        return inside if -180 < inside.pan <= 180 else replace(inside, pan=wrap(inside.pan))


@dataclass(frozen=True)
class Stops:
    """Limits that a person has set, in degrees; None where nothing is set.

    ``left`` to ``right`` is clockwise and may pass the seam at 180; one of them alone leaves the other at the seam. ``wide`` and ``tele``
    are the largest and the smallest field.
    """

    left: float | None = None
    right: float | None = None
    down: float | None = None
    up: float | None = None
    wide: float | None = None
    tele: float | None = None

    def within(self, whole: Limits) -> Limits:
        """``whole`` made narrower. A stop that would leave nothing of an axis (it was set on another mounting) does not count there."""
        pan = whole.pan
        if self.left is not None or self.right is not None:
            left = whole.pan[0] if self.left is None else self.left
            right = whole.pan[1] if self.right is None else self.right
            pan = _common(whole.pan, (left, right)) if left <= right else ((left, right + 360.0) if whole.turns else whole.pan)
        hfov = (NARROWEST if self.tele is None else self.tele, WIDEST if self.wide is None else self.wide)
        tilt = (-90.0 if self.down is None else self.down, 90.0 if self.up is None else self.up)
        return Limits(pan, _common(whole.tilt, tilt), _common(whole.hfov, hfov))


def _common(whole: tuple[float, float], wanted: tuple[float, float]) -> tuple[float, float]:
    """The part of ``whole`` that is in ``wanted``; all of it when there is none."""
    low, high = max(whole[0], wanted[0]), min(whole[1], wanted[1])
    return (low, high) if low <= high else whole


@lru_cache(maxsize=16)
def limits(mount: Mount, fov: float = DEFAULT_FOV) -> Limits:
    """What a lens of ``fov`` degrees sees on this mount: the middle of a view area never leaves the picture."""
    half = fov / 2
    if mount is Mount.CEILING:
        return Limits(tilt=(-90.0, min(half - 90.0, 90.0)))
    if mount is Mount.DESK:
        return Limits(tilt=(max(90.0 - half, -90.0), 90.0))
    return Limits(pan=(-min(half, 180.0), min(half, 180.0)), tilt=(-min(half, 90.0), min(half, 90.0)))


def default_poses(mount: Mount) -> tuple[Pose, Pose, Pose, Pose]:
    """Where the four view areas look until somebody moves them.

    Ceiling and desk: one per direction, tilted so that the horizon is the edge of a 4:3 picture. Wall: ahead, left, right, down;
    left and right meet ahead and end at the picture's rim.
    """
    if mount is Mount.WALL:
        return Pose(0, 0), Pose(-45, 0), Pose(45, 0), Pose(0, -45)
    tilt = -37.0 if mount is Mount.CEILING else 37.0
    return Pose(0, tilt), Pose(90, tilt), Pose(180, tilt), Pose(-90, tilt)


def wrap(pan: float) -> float:
    """The same direction in -180 (exclusive) .. 180 (inclusive)."""
    return 180.0 - (180.0 - pan) % 360.0  # never -0.0


def centred(pose: Pose, size: tuple[int, int], point: tuple[float, float]) -> Pose:
    """Look at what is at the pixel ``point`` of the area's picture of ``size``, at the same field."""
    x, y = point[0] - (size[0] - 1) / 2, point[1] - (size[1] - 1) / 2
    right, down, forward = pose.axes()
    ray = x * right + y * down + pose.focal(size) * forward
    return aimed(ray, pose)


def aimed(ray: NDArray[np.floating], pose: Pose) -> Pose:
    """Look along a world direction ``(3,)`` of any length, at the field of ``pose``; straight up or down keeps its pan."""
    x, y, z = (float(v) for v in ray)
    level = math.hypot(x, y)
    pan = math.degrees(math.atan2(x, y)) if level > 1e-9 * abs(z) else pose.pan
    return Pose(pan, math.degrees(math.atan2(z, level)), pose.hfov)


def area_zoom(pose: Pose, size: tuple[int, int], point: tuple[float, float], percent: float) -> Pose:
    """Centre on ``point`` and magnify: 100 leaves the field, 300 shows a third of it, 50 twice of it (VAPIX ``areazoom``)."""
    if not percent > 0:
        raise InvalidValue("areazoom", percent, "give a zoom above 0; 100 leaves it unchanged")
    return centred(pose, size, point).magnified(pose.magnification * percent / 100)


def framed(pose: Pose, size: tuple[int, int], corner: tuple[float, float], opposite: tuple[float, float]) -> Pose:
    """Look at the rectangle between two corner pixels so that all of it just fills the picture."""
    width, height = abs(opposite[0] - corner[0]), abs(opposite[1] - corner[1])
    if width < 1 and height < 1:
        raise InvalidValue("rectangle", (corner, opposite), "drag a rectangle of at least one pixel")
    percent = 100 / max(width / size[0], height / size[1])
    return area_zoom(pose, size, ((corner[0] + opposite[0]) / 2, (corner[1] + opposite[1]) / 2), percent)

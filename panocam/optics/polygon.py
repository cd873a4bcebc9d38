"""A polygon on the sphere of directions: what a privacy mask covers, whatever lens, view or size it is looked at through.

Theory. Corners are directions in *camera* coordinates (z along the optical axis), before digital roll: what is hidden stays on the same
place of the sensor however the picture is turned or the mount is named. Neighbouring corners are joined by the shorter great circle, so an
edge is a straight line in every flat view and the right curve in every other. The seam of a panorama and the pole of a compass are places
like any other here.

A closed line parts the sphere in two. The inside is the part *without* ``BEHIND``, the direction opposite to the one the camera looks in,
which no mask may touch. Seen as a map around the optical axis, ``BEHIND`` is the whole edge of the map, so the inside is the bounded side,
as on paper; a mask may still be larger than half the sphere and cover everything that the lens sees. Whether a direction lies inside is a
question of parity: how often the great circle from there to ``BEHIND`` crosses the edges.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from panocam.errors import InvalidValue

Floats = NDArray[np.float64]

FEWEST, MOST = 3, 10
"""Corners of a polygon."""

BEHIND = np.array((0.0, 0.0, -1.0))
FARTHEST = 170.0
"""Degrees from the optical axis: no corner lies farther out."""

GUARD = 2.0
"""Degrees that edges keep from ``BEHIND``."""

CLOSEST = 0.02
"""Degrees between neighbouring corners."""

STRAIGHT = 179.0
"""An edge is shorter than this, in degrees; which way round would it go otherwise?"""

SHARPEST = math.radians(0.05)
"""Two edges that meet at a smaller angle lie on each other."""

_ALMOST_BEHIND = np.array((1.2e-3, 0.7e-3, -1.0)) / math.sqrt(1 + 1.2e-3**2 + 0.7e-3**2)
"""Where parity is counted to: inside the guard, but on no plane through the axis and a likely corner."""


@dataclass(frozen=True)
class Polygon:
    """``corners``: pairs (azimuth, off) in degrees. ``azimuth`` is clockwise from the top of the sensor picture, any number; ``off`` is 0
    to ``FARTHEST`` from the optical axis. Raises InvalidValue that says which corner is wrong and what would be right."""

    corners: tuple[tuple[float, float], ...]

    def __post_init__(self) -> None:
        corners = self.corners
        if not FEWEST <= len(corners) <= MOST:
            raise InvalidValue("corners", len(corners), f"a mask has {FEWEST} to {MOST} corners")
        for number, (azimuth, off) in enumerate(corners, 1):
            if not (math.isfinite(azimuth) and 0 <= off <= FARTHEST):
                raise _wrong(number, (azimuth, off), f"a corner lies 0 to {FARTHEST:g} degrees from the optical axis")
        self._check_edges()
        self._check_crossings()

    @classmethod
    def of_rays(cls, rays: Iterable[ArrayLike]) -> Polygon:
        """From camera rays ``(3,)`` of any length. What lies farther out than ``FARTHEST`` is drawn in to it."""
        return cls(tuple(corner_of(ray) for ray in rays))

    @cached_property
    def rays(self) -> Floats:
        """The corners as unit camera rays ``(n, 3)``."""
        azimuth, off = np.radians(np.array(self.corners, dtype=np.float64)).T
        return np.stack((np.sin(off) * np.sin(azimuth), -np.sin(off) * np.cos(azimuth), np.cos(off)), axis=-1)

    @cached_property
    def edges(self) -> tuple[Floats, Floats]:
        """Where each edge begins and ends, ``(n, 3)`` each."""
        return self.rays, np.roll(self.rays, -1, axis=0)

    def outline(self, step: float = 0.5) -> Floats:
        """The border as unit camera rays ``(n, 3)``, corners included, at most ``step`` degrees apart; the last one meets the first."""
        return np.concatenate([arc(a, b, step)[:-1] for a, b in zip(*self.edges, strict=True)])

    def contains(self, rays: ArrayLike) -> NDArray[np.bool_]:
        """Which camera rays ``(..., 3)`` lie inside."""
        p = np.asarray(rays, dtype=np.float64)
        m = np.cross(p, _ALMOST_BEHIND)
        inside = np.zeros(p.shape[:-1], dtype=np.bool_)
        for a, b in zip(*self.edges, strict=True):
            inside ^= _crosses(a, b, p, m)
        return inside

    def seen_within(self, half: float) -> bool:
        """Whether any of it lies within ``half`` radians of the optical axis."""
        nearest = float(self.outline(0.5)[:, 2].max())
        return math.acos(min(max(nearest, -1.0), 1.0)) < half or bool(self.contains(-BEHIND))

    def middle(self) -> Floats:
        """A unit camera ray ``(3,)`` to look at it along: the mean of the outline, or its opposite, if that lies inside; else a corner."""
        mean = self.outline(1.0).mean(axis=0)
        mean = mean / max(float(np.linalg.norm(mean)), 1e-9)
        return next((ray for ray in (mean, -mean) if self.contains(ray)), self.rays[0])

    def reach(self, ray: ArrayLike) -> float:
        """The greatest angle in degrees between the unit ``ray`` and any of it (of its border, that is)."""
        return math.degrees(math.acos(min(max(float((self.outline(1.0) @ np.asarray(ray)).min()), -1.0), 1.0)))

    def moved(self, grabbed: ArrayLike, target: ArrayLike) -> Polygon:
        """Turned so that what was in the direction ``grabbed`` is in the direction ``target`` (unit camera rays, not opposite)."""
        a, b = np.asarray(grabbed, dtype=np.float64), np.asarray(target, dtype=np.float64)
        cross, dot = np.cross(a, b), float(a @ b)
        rays = self.rays  # Rodrigues' rotation about the normal of both; 1 / (1 + cos) is (1 - cos) / sin^2
        return Polygon.of_rays(rays * dot + np.cross(cross, rays) + np.outer(rays @ cross, cross) / max(1 + dot, 1e-9))

    def _check_edges(self) -> None:
        for number, (a, b) in enumerate(zip(*self.edges, strict=True), 1):
            span = _angle(a, b)
            if span < CLOSEST:
                raise _wrong(number, self.corners[number - 1], "the next corner lies in the same place; leave one of them out")
            if span > STRAIGHT:
                raise _wrong(number, self.corners[number - 1], "the next corner lies opposite to it; put another corner between them")
            if _distance(BEHIND, a, b) < GUARD:
                raise _wrong(
                    number, self.corners[number - 1], "the edge to the next corner passes behind the lens; put a corner between them"
                )

    def _check_crossings(self) -> None:
        begin, end = self.edges
        count = len(begin)
        for i in range(count):
            if _folded(begin[i - 1], begin[i], end[i]):
                raise _wrong(i + 1, self.corners[i], "the border runs back on itself there; leave the corner out")
            for j in range(i + 2, count - (i == 0)):
                if _meet(begin[i], end[i], begin[j], end[j]):
                    remedy = f"the border crosses itself: edge {i + 1} meets edge {j + 1}; give the corners in the order of the border"
                    raise InvalidValue("corners", f"edges {i + 1} and {j + 1}", remedy)


def corner_of(ray: ArrayLike) -> tuple[float, float]:
    """(azimuth -180..180, off) in degrees of a camera ray ``(3,)``; to a hundred-thousandth, and at most ``FARTHEST`` off the axis."""
    x, y, z = (float(v) for v in np.asarray(ray, dtype=np.float64))
    azimuth, off = math.degrees(math.atan2(x, -y)), math.degrees(math.atan2(math.hypot(x, y), z))
    return round(azimuth, 5), min(round(off, 5), FARTHEST)


def arc(a: Floats, b: Floats, step: float) -> Floats:
    """The great circle from ``a`` to ``b`` (unit, not opposite) as unit rays ``(n, 3)``, at most ``step`` degrees apart."""
    span = math.radians(_angle(a, b))
    parts = max(1, math.ceil(math.degrees(span) / step))
    t = np.linspace(0.0, 1.0, parts + 1)[:, None]
    rays: Floats = (np.sin((1 - t) * span) * a + np.sin(t * span) * b) / math.sin(span)
    return rays


def _crosses(a: Floats, b: Floats, p: Floats, m: Floats) -> NDArray[np.bool_]:
    """Whether the way from ``p`` to ``_ALMOST_BEHIND`` (normal ``m``) crosses the edge from ``a`` to ``b``."""
    n = np.cross(a, b)
    x = np.cross(n, m)  # one of the two points where the great circles meet
    in_edge = (np.cross(a, x) @ n, np.cross(x, b) @ n)
    in_way = (np.einsum("...i,...i", np.cross(p, x), m), np.einsum("...i,...i", np.cross(x, _ALMOST_BEHIND), m))
    found: NDArray[np.bool_] = np.zeros(p.shape[:-1], dtype=np.bool_)
    for sign in (1, -1):
        found |= (sign * in_edge[0] > 0) & (sign * in_edge[1] >= 0) & (sign * in_way[0] > 0) & (sign * in_way[1] > 0)
    return found


def _meet(a: Floats, b: Floats, c: Floats, d: Floats) -> bool:
    """Whether two edges touch or cross."""
    x = np.cross(np.cross(a, b), np.cross(c, d))
    length = float(np.linalg.norm(x))
    if length > 1e-12:
        for point in (x / length, -x / length):
            if _distance(point, a, b) < CLOSEST / 4 and _distance(point, c, d) < CLOSEST / 4:
                return True
    return min(_distance(c, a, b), _distance(d, a, b), _distance(a, c, d), _distance(b, c, d)) < CLOSEST / 4


def _folded(before: Floats, corner: Floats, after: Floats) -> bool:
    """Whether the two edges at ``corner`` lie on each other."""
    u, v = (ray - (ray @ corner) * corner for ray in (before, after))
    return bool(math.atan2(float(np.linalg.norm(np.cross(u, v))), float(u @ v)) < SHARPEST)


def _distance(p: Floats, a: Floats, b: Floats) -> float:
    """Degrees from ``p`` to the edge between ``a`` and ``b``."""
    n = np.cross(a, b)
    n = n / np.linalg.norm(n)
    if np.cross(n, a) @ p >= 0 and np.cross(b, n) @ p >= 0:
        return math.degrees(math.asin(min(1.0, abs(float(n @ p)))))
    return min(_angle(p, a), _angle(p, b))


def _angle(a: Floats, b: Floats) -> float:
    """Degrees between two unit rays."""
    return math.degrees(math.atan2(float(np.linalg.norm(np.cross(a, b))), float(a @ b)))


def _wrong(number: int, corner: Sequence[float], remedy: str) -> InvalidValue:
    return InvalidValue(f"corner {number}", tuple(round(v, 3) for v in corner), remedy)

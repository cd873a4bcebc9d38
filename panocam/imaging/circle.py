"""Where the image circle of a fisheye picture lies, found from luma alone.

Theory. Around the circle the sensor sees nothing: the picture is as dark there as it gets, and only noise. Coming from the frame's edge
along rows and columns, the first sample clearly brighter than the corners is a point of the rim, unless the scene is dark there
(the point then lies too deep), the frame cuts the circle (no point), or something is printed outside (the point lies too far
out). So a circle through three random points that most points agree with is sought first, and then refined: along rays from its
centre the rim is where luma falls through the middle between inside and outside, which blur does not move; a geometric fit with
weights that forget outliers takes the rest. A circle is believed if points agree on it all around and nearly everything outside is dark.

Noise shrinks and dark corners of the scene light up over time, so ``CircleFinder`` looks at the mean of the frames it was given.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from panocam.errors import InvalidValue
from panocam.media.planes import Plane
from panocam.optics.lens import Circle

Floats = NDArray[np.float64]
Image = NDArray[np.float32]

WORK = 1024
"""The longer side of the picture that is searched; a circle found there is good to a few hundredths of a pixel of it."""

TOLERANCE = 0.006
"""Distance from the circle, in radii, up to which a point agrees with it."""

GLOW = 0.25
"""Lens barrels glow faintly around the circle: only more than this share of the scene's own luma counts as seen."""

DIRECTIONS = 36
ENOUGH_DIRECTIONS = 14
"""Of 36 directions from the centre, how many must hold a point that agrees; a circle cut on two sides still has 20."""

TRIES = 400
SMALLEST = 16
"""A picture with a shorter side than this holds no circle worth finding."""


@dataclass(frozen=True)
class _Dark:
    """What the picture is like outside: its level and the luma above which something is seen."""

    level: float
    limit: float


class CircleFinder:
    """Looks for the circle in the mean of the frames given so far."""

    def __init__(self) -> None:
        self._sum: Image | None = None
        self._count = 0
        self._size = (0, 0)

    def update(self, y: Plane) -> Circle | None:
        """Add a frame's luma plane ``(height, width)`` and look again; a plane of another size starts anew."""
        if y.ndim != 2 or y.size == 0:
            raise InvalidValue("y", y.shape, "give a luma plane, (height, width)")
        if y.shape != self._size:
            self._sum, self._count, self._size = None, 0, (y.shape[0], y.shape[1])
        small = _shrunk(y)
        self._sum = small if self._sum is None else self._sum + small
        self._count += 1
        return self._find(self._sum / np.float32(self._count))

    def _find(self, mean: Image) -> Circle | None:
        if min(mean.shape) < SMALLEST:
            return None
        found = _search(mean)
        if found is None:
            return None
        sx, sy = self._size[1] / mean.shape[1], self._size[0] / mean.shape[0]
        return Circle(float((found[0] + 0.5) * sx - 0.5), float((found[1] + 0.5) * sy - 0.5), float(found[2] * (sx + sy) / 2))


def find_circle(y: Plane) -> Circle | None:
    """The image circle of one picture, or None if it has none that can be believed: a flat picture, darkness, a full-frame fisheye."""
    return CircleFinder().update(y)


def _shrunk(y: Plane) -> Image:
    """Luma with its longer side at most ``WORK``, slightly smoothed."""
    factor = min(1.0, WORK / max(y.shape))
    size = max(1, round(y.shape[1] * factor)), max(1, round(y.shape[0] * factor))
    small = cv2.resize(y, size, interpolation=cv2.INTER_AREA) if factor < 1 else y
    return np.asarray(cv2.GaussianBlur(np.asarray(small, np.float32), (0, 0), 1.0), np.float32)


def _search(image: Image) -> Floats | None:
    """(cx, cy, radius) in pixels of ``image``."""
    dark = _darkness(image)
    points = _outline(image > dark.limit)
    if len(points) < 3 * DIRECTIONS:
        return None
    circle = _agreed(points, min(image.shape))
    if circle is None:
        return None
    for reach in (0.06, 0.03):
        rim = _rim(image, circle, dark, reach)
        if len(rim) < 3 * DIRECTIONS:
            return None
        circle = _fitted(rim, circle)
    return circle if _alone(image, circle, dark) and _around(rim, circle) else None


def _darkness(image: Image) -> _Dark:
    """From the two darkest corners."""
    side = max(4, round(0.03 * min(image.shape)))
    corners = [image[r, c] for r in (slice(side), slice(-side, None)) for c in (slice(side), slice(-side, None))]
    darkest = np.concatenate([c.ravel() for c in sorted(corners, key=lambda c: float(np.median(c)))[:2]])
    level = float(np.median(darkest))
    spread = 1.4826 * float(np.median(np.abs(darkest - level)))
    scene = float(np.quantile(image, 0.6)) - level
    return _Dark(level, level + max(5.0, 6 * spread, GLOW * scene))


def _outline(seen: NDArray[np.bool_]) -> Floats:
    """First and last seen sample of every row and column, ``(n, 2)`` as x, y; those on the frame's edge are no rim."""
    found = []
    for mask, flip in ((seen, False), (seen.T, True)):
        length = mask.shape[1]
        lines = np.flatnonzero(mask.any(axis=1))
        for place in (mask.argmax(axis=1), length - 1 - mask[:, ::-1].argmax(axis=1)):
            kept = lines[(place[lines] > 2) & (place[lines] < length - 3)]
            pair = np.stack((place[kept], kept), axis=-1)
            found.append(pair[:, ::-1] if flip else pair)
    return np.concatenate(found).astype(np.float64)


def _agreed(points: Floats, side: int) -> Floats | None:
    """The circle through three of the points that most points agree with."""
    rng = np.random.default_rng(len(points))
    points = points[rng.permutation(len(points))[:800]]
    a, b, c = (points[rng.integers(0, len(points), TRIES)] for _ in range(3))
    ab, ac = b - a, c - a
    cross = 2 * (ab[:, 0] * ac[:, 1] - ab[:, 1] * ac[:, 0])
    good = np.abs(cross) > side
    a, ab, ac, cross = a[good], ab[good], ac[good], cross[good]
    bb, cc = (ab**2).sum(1), (ac**2).sum(1)
    offset = np.stack((ac[:, 1] * bb - ab[:, 1] * cc, ab[:, 0] * cc - ac[:, 0] * bb), axis=-1) / cross[:, None]
    centres, radii = a + offset, np.hypot(*offset.T)
    good = (radii > 0.2 * side) & (radii < 2 * side)
    centres, radii = centres[good], radii[good]
    if not len(radii):
        return None
    distance = np.abs(np.hypot(*(points[None] - centres[:, None]).transpose(2, 0, 1)) - radii[:, None])
    best = int((distance < 2 * TOLERANCE * radii[:, None]).sum(1).argmax())
    return np.array([*centres[best], radii[best]])


def _rim(image: Image, circle: Floats, dark: _Dark, reach: float) -> Floats:
    """Points ``(n, 2)`` where luma falls half way to darkness, on rays within ``reach`` radii of the circle."""
    angle = np.linspace(0, 2 * np.pi, 1440, endpoint=False)
    radius = np.arange((1 - reach) * circle[2], (1 + reach) * circle[2], 0.5)
    x = circle[0] + np.cos(angle)[:, None] * radius
    y = circle[1] + np.sin(angle)[:, None] * radius
    rays = cv2.remap(image, x.astype(np.float32), y.astype(np.float32), cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=dark.level)
    bright = np.median(rays[:, : len(radius) // 3], axis=1)
    clear = bright > dark.limit
    rays, bright, angle = rays[clear], bright[clear], angle[clear]
    middle = (bright + dark.level) / 2
    above = rays > middle[:, None]
    last = rays.shape[1] - 1 - above[:, ::-1].argmax(axis=1)
    fell = above.any(axis=1) & (last < rays.shape[1] - 1)
    rays, middle, angle, last = rays[fell], middle[fell], angle[fell], last[fell]
    line = np.arange(len(last))
    before, after = rays[line, last], rays[line, last + 1]
    at = radius[last] + 0.5 * (before - middle) / np.maximum(before - after, 1e-6)
    points = np.stack((circle[0] + np.cos(angle) * at, circle[1] + np.sin(angle) * at), axis=-1)
    edge = np.minimum(points, np.array(image.shape[::-1]) - 1 - points).min(axis=1)
    return np.asarray(points[edge > 2], np.float64)  # where the frame cuts the circle, its edge is no rim


def _fitted(points: Floats, circle: Floats) -> Floats:
    """Least squares of the distances (Gauss-Newton), with Tukey's weights: beyond a few tolerances a point has no say."""
    for _ in range(12):
        offset = points - circle[:2]
        distance = np.hypot(*offset.T)
        error = distance - circle[2]
        width = max(0.75, 3 * 1.4826 * float(np.median(np.abs(error))))
        weight = np.clip(1 - (error / width) ** 2, 0, None) ** 2
        jacobian = np.column_stack((-offset / distance[:, None], -np.ones(len(points))))
        step, *_ = np.linalg.lstsq(jacobian * weight[:, None], -error * weight, rcond=None)
        circle = circle + step
    return circle


def _around(points: Floats, circle: Floats) -> bool:
    """Whether points that agree with the circle lie in enough directions."""
    if not np.isfinite(circle).all() or circle[2] <= 0:
        return False
    offset = points - circle[:2]
    near = np.abs(np.hypot(*offset.T) - circle[2]) < max(TOLERANCE * circle[2], 1.0)
    directions = np.floor((np.arctan2(offset[near, 1], offset[near, 0]) / (2 * np.pi) + 0.5) * DIRECTIONS)
    return int((np.bincount(directions.astype(int) % DIRECTIONS, minlength=DIRECTIONS) >= 8).sum()) >= ENOUGH_DIRECTIONS


def _alone(image: Image, circle: Floats, dark: _Dark) -> bool:
    """Whether there is an outside, it is dark, and something inside is not."""
    x, y = np.arange(image.shape[1])[None, :], np.arange(image.shape[0])[:, None]
    distance = np.hypot(x - circle[0], y - circle[1])
    outside, inside = distance > 1.03 * circle[2], distance < circle[2]
    lit = image > dark.limit
    return bool(outside.mean() > 0.01 and inside.any() and lit[outside].mean() < 0.25 and lit[inside].mean() > 0.25)

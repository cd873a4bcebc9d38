"""Finds the image circle of a fisheye lens: the bright disc on black that everything else is measured from.

Theory. Outside the circle nothing shines. So on every ray from the middle of the picture the *outermost* step from black to bright
lies on the circle, wherever the scene reaches the rim. Where the scene is dark at the rim the step lies further in (many of those,
all on one side); stray light and coloured fringes put some further out (few); where the frame cuts the circle the ray is bright up
to the frame's edge and tells nothing but that the circle goes on. Hence:

1. Halve the noise: shrink the luma to at most 512 pixels, and keep the running maximum over pictures, because what moves, or a lamp
   that comes on, shows another stretch of the rim.
2. Look for the outermost steps above several levels over the black of the darkest corners, since one level suits neither a dim
   scene nor a lens with a glow around its rim.
3. Fit circles through random triples of steps (M. Fischler and R. Bolles, "Random sample consensus", CACM 24, 1981). A circle gains
   by each step on it and loses by each step outside of it and by each cut ray where it would have ended inside of the frame.
4. On the best one, move each step to where the luma crosses half of its local rise, between pixels, and fit again by least squares
   (I. Kåsa, "A circle fitting procedure and its error analysis", IEEE Trans. IM 25, 1976), leaving out what lies far off.
5. Believe it only if most of the rim that lies within the frame is seen, with no gap too wide for a fit. Of the believed ones the
   longest and fullest arc wins; but a glow around the lens, which ends in a weak rim of its own, does not count beside a sharp one.

Limits: a glow that is nearly as bright as the picture at its rim is taken for picture. A bright round thing that fills much of a
dark ordinary picture (a lamp's shade, a table) is taken for a fisheye's circle. The remedy for both is a circle set by hand.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from panocam.media.planes import Plane, Planes
from panocam.optics.lens import Circle

Floats = NDArray[np.floating[Any]]
Flags = NDArray[np.bool_]

WORKING = 512
"""The longer side of the picture that is searched, pixels: a half-pixel of it is 0.2 % of the radius, and steps are found to a tenth."""

SMALLEST = 32
"""Pictures with a shorter side have no rim to speak of."""

RAYS = 720
LEVELS = (0.04, 0.08, 0.15, 0.3, 0.5)
"""Of the way from black to bright (the 95th percentile): what counts as not black any more."""

NOISE = 5.0
"""... but at least that many times the noise of the black, and ``LEAST`` steps of luma."""
LEAST = 5.0

TRIPLES = 300
ON = 0.012
"""A step belongs to a circle if it is nearer to it than this part of the radius."""

RADII = (0.3, 0.8)
"""The radius lies in this range, in parts of the shorter and of the longer side of the picture; anything else is no image circle."""
OFF_CENTRE = 0.3
"""The centre is nearer to the middle than this, in parts of the longer side."""

SEEN, SURELY_SEEN = 0.45, 0.7
"""The part of the rim within the frame that must be seen to believe a circle, and to be sure of it."""

BEYOND = 0.12
"""The part of all rays that may contradict a circle: light outside of it."""

GLOW = 0.5
"""A rim that rises less than this part of the sharpest one found is the edge of a glow around the lens."""

FEWEST = 0.05
"""The part of all rays that must show a step."""

WIDEST_GAP = 250.0
"""Degrees without any seen rim: more, and centre and radius would no longer be told apart well."""

SHORT, SHORT_GAP = 0.2, 200.0
"""Less rim than this part of the turn proves little, so nearly all of it must be seen, with no gap wider than this."""

AGREE = 0.005
"""Two looks agree if centre and radius differ by less than this part of the radius."""

PATIENCE = 64
"""Pictures after which the finder stops looking."""


@dataclass(frozen=True)
class Found:
    """A circle in pixels of the searched picture. ``arc``: the part of the whole turn on which its rim was found, 0..1; ``seen``: the
    same of what lies within the frame; ``rise``: how much brighter it is inside of the rim than outside, luma."""

    circle: Circle
    arc: float
    seen: float
    rise: float


class CircleFinder:
    """Give it pictures of one size until ``done``; ``circle`` is the best so far, None while (or if) there is none.

    It looks at the 1st, 2nd, 4th ... 64th picture and is sure when two looks agree; a rim that never shows well ends with what was
    found, after 64 pictures. Pictures without any light are not counted. Its part in a look is a few milliseconds.
    """

    def __init__(self) -> None:
        self.circle: Circle | None = None
        self.done = False
        self._brightest: Plane | None = None
        self._count = 0

    def add(self, planes: Planes) -> None:
        """Look at one more picture; nothing happens once ``done``."""
        if self.done:
            return
        luma = shrunk(planes.y)
        if int(luma.max()) - int(luma.min()) < LEAST:
            return
        self._brightest = luma if self._brightest is None else np.maximum(self._brightest, luma)
        self._count += 1
        if self._count & (self._count - 1) == 0:
            self._look(planes.size)
        self.done = self.done or self._count >= PATIENCE

    def _look(self, size: tuple[int, int]) -> None:
        assert self._brightest is not None
        found = find(self._brightest)
        if found is None:
            self._brightest = None  # perhaps one spoilt picture hides the rim: gather afresh
            return
        height, width = self._brightest.shape
        circle, before = _enlarged(found.circle, size[0] / width, size[1] / height), self.circle
        self.done = found.seen >= SURELY_SEEN and before is not None and _agree(before, circle)
        self.circle = circle


def shrunk(luma: Plane) -> Plane:
    """``luma`` at no more than ``WORKING`` pixels a side, each the mean of those that it covers."""
    height, width = luma.shape
    scale = min(1.0, WORKING / max(width, height))
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return np.asarray(cv2.resize(luma, size, interpolation=cv2.INTER_AREA), np.uint8)


def find(luma: Plane) -> Found | None:
    """The image circle in ``luma``, shape (height, width); None if there is none to be believed."""
    if min(luma.shape) < SMALLEST:
        return None
    smooth = np.asarray(cv2.GaussianBlur(luma.astype(np.float32), (0, 0), 1.0), np.float32)
    black, noise = _black(smooth)
    bright = float(np.percentile(smooth, 95))
    floor = max(NOISE * noise, LEAST)
    believed: list[Found] = []
    for level in sorted({max(part * (bright - black), floor) for part in LEVELS}):
        steps = _steps(smooth, black + level)
        candidate = _consensus(steps, smooth.shape)
        if candidate is None:
            continue
        found = _believed(_refined(smooth, candidate, level), steps)
        if found is not None:
            believed.append(found)
    sharpest = max((found.rise for found in believed), default=0.0)
    return max((found for found in believed if found.rise >= GLOW * sharpest), key=lambda found: found.arc * found.seen, default=None)


def _enlarged(circle: Circle, x: float, y: float) -> Circle:
    """The circle in a picture ``x`` times as wide and ``y`` times as high; pixel centres are integers."""
    return Circle((circle.cx + 0.5) * x - 0.5, (circle.cy + 0.5) * y - 0.5, circle.radius * (x + y) / 2)


def _agree(a: Circle, b: Circle) -> bool:
    return max(abs(a.cx - b.cx), abs(a.cy - b.cy), abs(a.radius - b.radius)) < AGREE * b.radius


def _black(luma: Floats) -> tuple[float, float]:
    """Level and noise (a robust standard deviation) of the two darkest corners."""
    height, width = luma.shape
    side = max(3, min(width, height) // 40)
    corners = [luma[rows, cols] for rows in (slice(side), slice(-side, None)) for cols in (slice(side), slice(-side, None))]
    dark = np.concatenate([corner.ravel() for corner in sorted(corners, key=np.median)[:2]])
    level = float(np.median(dark))
    return level, 1.4826 * float(np.median(np.abs(dark - level)))


# --- steps on rays


@dataclass(frozen=True)
class _Rays:
    """Sample points from the middle of the picture outwards, half a pixel apart, arrays (RAYS, samples); ``last`` inside, per ray."""

    x: NDArray[np.float32]
    y: NDArray[np.float32]
    last: NDArray[np.intp]


@dataclass(frozen=True)
class _Steps:
    """Per ray where it first becomes bright from outside: points (n, 2). ``ends``: points (m, 2) of rays bright up to the frame."""

    points: Floats
    ends: Floats


@lru_cache(maxsize=4)
def _rays(width: int, height: int) -> _Rays:
    mx, my = (width - 1) / 2, (height - 1) / 2
    angle = np.arange(RAYS) * (2 * np.pi / RAYS)
    distance = np.arange(0, np.hypot(mx, my), 0.5)
    x = (mx + np.cos(angle)[:, None] * distance).astype(np.float32)
    y = (my + np.sin(angle)[:, None] * distance).astype(np.float32)
    inside = (x >= 0) & (x <= width - 1) & (y >= 0) & (y <= height - 1)
    return _Rays(x, y, inside.sum(axis=1) - 1)


def _steps(luma: NDArray[np.float32], level: float) -> _Steps:
    height, width = luma.shape
    rays = _rays(width, height)
    values = cv2.remap(luma, rays.x, rays.y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=-1e6)
    bright = np.asarray(values) > level
    outermost = bright.shape[1] - 1 - np.argmax(bright[:, ::-1], axis=1)
    index = np.arange(RAYS)
    cut = outermost >= rays.last - 3
    step = bright.any(axis=1) & ~cut & (outermost > 0)

    def at(chosen: Flags) -> Floats:
        where = index[chosen], outermost[chosen]
        return np.stack([rays.x[where], rays.y[where]], axis=1).astype(np.float64)

    return _Steps(at(step), at(cut))


# --- circles through steps


def _consensus(steps: _Steps, shape: tuple[int, ...]) -> Circle | None:
    """The circle on which most steps lie, with the fewest outside."""
    points = steps.points
    if len(points) < FEWEST * RAYS:
        return None
    height, width = shape
    triples = np.random.default_rng(1).integers(0, len(points), (TRIPLES, 3))
    circles = _through(points[triples])
    cx, cy, radius = circles.T
    fit = (radius >= RADII[0] * min(width, height)) & (radius <= RADII[1] * max(width, height))
    fit &= np.hypot(cx - (width - 1) / 2, cy - (height - 1) / 2) <= OFF_CENTRE * max(width, height)
    circles = circles[fit]
    if not len(circles):
        return None
    off = _distances(circles, points)
    on = (np.abs(off) < ON).sum(axis=1)
    beyond = (off > ON).sum(axis=1) + 4 * (_distances(circles, steps.ends[::4]) > ON).sum(axis=1)
    best = circles[np.argmax(on - beyond)]
    return Circle(*map(float, best))


def _through(triples: Floats) -> Floats:
    """(cx, cy, radius) of the circles through points (n, 3, 2), shape (m, 3); triples on a line are left out."""
    a, b, c = triples[:, 0], triples[:, 1] - triples[:, 0], triples[:, 2] - triples[:, 0]
    double = 2 * (b[:, 0] * c[:, 1] - b[:, 1] * c[:, 0])
    good = np.abs(double) > 1e-6
    a, b, c, double = a[good], b[good], c[good], double[good]
    bb, cc = (b**2).sum(axis=1), (c**2).sum(axis=1)
    x, y = (c[:, 1] * bb - b[:, 1] * cc) / double, (b[:, 0] * cc - c[:, 0] * bb) / double
    return np.stack([a[:, 0] + x, a[:, 1] + y, np.hypot(x, y)], axis=1)


def _distances(circles: Floats, points: Floats) -> Floats:
    """How far points (n, 2) lie outside circles (m, 3), in radii, shape (m, n); negative inside."""
    cx, cy, radius = circles.T[:, :, None]
    distances: Floats = np.sqrt((points[:, 0] - cx) ** 2 + (points[:, 1] - cy) ** 2) / radius - 1
    return distances


# --- between pixels


@dataclass(frozen=True)
class _Refined:
    """The fitted ``circle``, the angles (radians) at which its rim was seen, how many rays cross the rim within the frame, and
    the median rise of the luma from outside to inside."""

    circle: Circle
    angles: Floats
    crossing: int
    rise: float


def _refined(luma: NDArray[np.float32], circle: Circle, level: float) -> _Refined:
    """Twice: move to where the luma crosses half of its local rise, and fit by least squares. ``level``: the least rise."""
    angles, crossing, rise = np.zeros(0), 0, 0.0
    for reach in (0.05, 0.03):
        points, crossing, rise = _crossings(luma, circle, reach, level)
        fitted = _fitted(points)
        if fitted is None:
            return _Refined(circle, np.zeros(0), max(1, crossing), rise)
        circle, on = fitted
        angles = np.arctan2(on[:, 1] - circle.cy, on[:, 0] - circle.cx)
    return _Refined(circle, angles, max(1, crossing), rise)


def _crossings(luma: NDArray[np.float32], circle: Circle, reach: float, level: float) -> tuple[Floats, int, float]:
    """Points (n, 2) of the rim, looked for ``reach`` radii to either side of ``circle``; how many rays could have shown one; the rise."""
    height, width = luma.shape
    angle = np.arange(RAYS) * (2 * np.pi / RAYS)
    half = max(4.0, reach * circle.radius)
    offset = np.arange(-half, half + 0.25, 0.5)
    direction = np.stack([np.cos(angle), np.sin(angle)])
    x = (circle.cx + direction[0][:, None] * (circle.radius + offset)).astype(np.float32)
    y = (circle.cy + direction[1][:, None] * (circle.radius + offset)).astype(np.float32)
    inside = ((x >= 0) & (x <= width - 1) & (y >= 0) & (y <= height - 1)).all(axis=1)
    values = np.asarray(cv2.remap(luma, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE))
    third = len(offset) // 3
    outer, inner = np.median(values[:, -third:], axis=1), np.median(values[:, :third], axis=1)
    middle = ((outer + inner) / 2)[:, None]
    falls = (values[:, :-1] >= middle) & (values[:, 1:] < middle)
    last = falls.shape[1] - 1 - np.argmax(falls[:, ::-1], axis=1)
    row = np.arange(RAYS)
    above, below = values[row, last], values[row, last + 1]
    at = offset[last] + 0.5 * (above - middle[:, 0]) / np.maximum(above - below, 1e-6)
    good = inside & falls.any(axis=1) & (inner - outer > level / 2)
    points = np.array([[circle.cx], [circle.cy]]) + direction * (circle.radius + at)
    return points.T[good], int(inside.sum()), float(np.median((inner - outer)[good])) if good.any() else 0.0


def _fitted(points: Floats) -> tuple[Circle, Floats] | None:
    """The circle of least squares through ``points`` and those that lie on it; None if too few do."""
    kept = points
    for _ in range(6):
        if len(kept) < FEWEST * RAYS:
            return None
        origin = kept.mean(axis=0)
        x, y = (kept - origin).T
        solution = np.linalg.lstsq(np.stack([x, y, np.ones_like(x)], axis=1), x**2 + y**2, rcond=None)[0]
        cx, cy = solution[0] / 2, solution[1] / 2
        radius = float(np.sqrt(solution[2] + cx**2 + cy**2))
        circle = np.array([[cx + origin[0], cy + origin[1], radius]])
        off = np.abs(_distances(circle, points)[0])
        limit = max(0.5 / radius, 2.5 * 1.4826 * float(np.median(np.abs(_distances(circle, kept)[0]))))
        kept = points[off < min(limit, ON)]
    if len(kept) < FEWEST * RAYS:
        return None
    return Circle(*map(float, circle[0])), kept


def _believed(refined: _Refined, steps: _Steps) -> Found | None:
    circle, count = refined.circle, len(refined.angles)
    if count < FEWEST * RAYS:
        return None
    arc, seen = count / RAYS, count / refined.crossing
    least, widest = (SURELY_SEEN, SHORT_GAP) if arc < SHORT else (SEEN, WIDEST_GAP)
    if seen < least or _gap(refined.angles) > widest:
        return None
    one = np.array([[circle.cx, circle.cy, circle.radius]])
    beyond = (_distances(one, steps.points) > 2 * ON).sum() + (_distances(one, steps.ends) > 2 * ON).sum()
    return Found(circle, arc, seen, refined.rise) if beyond <= BEYOND * RAYS else None


def _gap(angles: Floats) -> float:
    """The widest stretch without any of ``angles`` (radians), degrees."""
    ordered = np.sort(angles)
    return float(np.degrees(np.max(np.diff(np.append(ordered, ordered[0] + 2 * np.pi)))))

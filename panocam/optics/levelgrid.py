"""A grid of the true world over a view: lines that are level and lines that are upright, wherever the view bends them.

The lines are the circles of equal tilt, of which the horizon is one, and the meridians of equal pan, along which everything upright
stands. They are drawn for a camera whose axis may lean (``Horizon.lean``), so that the right lean is the one at which the meridians lie on
the door posts. Lines end where the lens does not see, and where another tile of the view begins.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from panocam.errors import InvalidValue
from panocam.optics.aim import locate
from panocam.optics.lens import Lens
from panocam.optics.mount import Mount, camera_from_world
from panocam.optics.pose import Pose
from panocam.optics.view import Tile, View

Floats = NDArray[np.float64]
Point = tuple[float, float]

STEPS = (2.0, 45.0)
"""Distance of the lines in degrees: least and most."""

FINE = 1.0
"""Degrees from one point of a line to the next, before points that say nothing are left out."""

BEND = 0.35
"""Pixels by which a polyline may leave the true line."""


@dataclass(frozen=True)
class Line:
    """One line. ``degrees``: the tilt of a level line or the pan of an upright one; ``points`` in pixels of the view."""

    upright: bool
    degrees: float
    points: tuple[Point, ...]


def level_grid(view: View, lens: Lens, mount: Mount, lean: float = 0.0, step: float = 15.0) -> tuple[Line, ...]:
    """The lines every ``step`` degrees, each cut into the pieces that the view shows. Raises InvalidValue for the step."""
    if not STEPS[0] <= step <= STEPS[1]:
        raise InvalidValue("step", step, f"give {STEPS[0]:g} to {STEPS[1]:g} degrees")
    turn = Pose(0.0, -lean if mount is Mount.WALL else 0.0).axes()[[0, 2, 1]] * np.array([[1.0], [1.0], [-1.0]])
    lines = []
    for upright, degrees, rays in _lines(step):
        lines += [Line(upright, degrees, piece) for piece in traced(view, lens, mount, rays @ turn)]
    return tuple(lines)


def traced(view: View, lens: Lens, mount: Mount, world: Floats) -> tuple[tuple[Point, ...], ...]:
    """A line through world directions (n, 3), close to each other, cut into the pieces that the view shows; in pixels of the view."""
    return tuple(piece for k, tile in enumerate(view.tiles) for piece in _pieces(view.tiles, k, tile, world, lens, mount))


def _lines(step: float) -> Iterator[tuple[bool, float, Floats]]:
    """Whether upright, at how many degrees, and the unit directions (n, 3) of every line of the globe."""
    across, along = np.radians(np.arange(-180, 180 + FINE, FINE)), np.radians(np.arange(-89, 89 + FINE, FINE))
    steps = int(89 // step)
    for tilt in np.arange(-steps, steps + 1) * step:
        yield False, float(tilt), _rays(across, np.full_like(across, np.radians(tilt)))
    for pan in np.arange(-180, 180, step):
        yield True, float(pan), _rays(np.full_like(along, np.radians(pan)), along)


def _rays(pan: Floats, tilt: Floats) -> Floats:
    return np.stack((np.cos(tilt) * np.sin(pan), np.cos(tilt) * np.cos(pan), np.sin(tilt)), axis=-1)


def _pieces(tiles: tuple[Tile, ...], number: int, tile: Tile, world: Floats, lens: Lens, mount: Mount) -> Iterator[tuple[Point, ...]]:
    """The parts of one line that a tile shows, as few points as its bend allows."""
    seen = lens.theta(world @ camera_from_world(mount).T) <= lens.half
    px = locate(tile, world, lens, mount) + np.array([tile.x, tile.y])
    with np.errstate(invalid="ignore"):
        seen &= _inside(tile, px)
        for other in tiles[number + 1 :]:
            seen &= ~_inside(other, px)
    jump = np.hypot(*np.diff(px, axis=0, prepend=px[:1]).T) > max(tile.size) / 4  # around the back of a cylinder
    start: int | None = None
    for k in range(len(px) + 1):
        here = k < len(px) and bool(seen[k])
        if start is not None and (not here or jump[k]):
            if k - start > 1:
                yield _thinned(px[start:k])
            start = None
        if here and start is None:
            start = k


def _inside(tile: Tile, px: Floats) -> NDArray[np.bool_]:
    across, down = (px[:, 0] - tile.x + 0.5) / tile.width, (px[:, 1] - tile.y + 0.5) / tile.height
    if tile.round:
        return np.asarray(np.hypot(across - 0.5, down - 0.5) <= 0.5)
    return np.asarray((across >= 0) & (across <= 1) & (down >= 0) & (down <= 1))


def _thinned(px: Floats) -> tuple[Point, ...]:
    """Without the points that lie on the line between their neighbours (Douglas and Peucker, 1973)."""
    keep = np.zeros(len(px), bool)
    keep[[0, -1]] = True
    spans = [(0, len(px) - 1)]
    while spans:
        a, b = spans.pop()
        if b - a < 2:
            continue
        chord = px[b] - px[a]
        aside = px[a + 1 : b] - px[a]
        length = float(np.hypot(*chord))
        away = np.abs(aside[:, 0] * chord[1] - aside[:, 1] * chord[0]) / length if length > 1e-9 else np.hypot(*aside.T)
        worst = int(np.argmax(away))
        if away[worst] > BEND:
            middle = a + 1 + worst
            keep[middle] = True
            spans += [(a, middle), (middle, b)]
    return tuple((round(float(x), 2), round(float(y), 2)) for x, y in px[keep])

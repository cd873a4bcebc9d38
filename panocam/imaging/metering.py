"""How bright a picture is, where it matters: inside the image circle and the exposure zones, on a grid of a few thousand points.

The mean is taken over the coded values and then undone (``GAMMA``): a window that is a hundred times brighter than the room counts as
white, not as a hundred rooms. What a privacy mask covers does not count. Measured is only what may be shown, so that no zone
can be used to feel what lies under a mask.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from panocam.errors import InvalidValue
from panocam.media.planes import Color, Planes
from panocam.optics.lens import Circle

GAMMA: Final = 2.2
GRID: Final = 80
"""Points on a side of what is measured."""

FEWEST: Final = 16
WHITE: Final = 250

Hides = Callable[[NDArray[np.intp], NDArray[np.intp]], NDArray[np.bool_]]
"""Which of the pixels at rows and columns a privacy mask covers."""


CellNumbers = NDArray[np.intp]
"""Some cells of a picture reduced to an eighth, counted row by row."""

MOST_CELLS: Final = 15_000
"""So many tell the colour of the light well enough."""

CELL: Final = 8
"""Pixels along a side."""


@dataclass(frozen=True)
class Zone:
    """A rectangle of the unrotated overview: 0, 0 is its top left, 1, 1 its bottom right. Raises InvalidValue if it is none or lies
    outside the image circle."""

    left: float
    top: float
    right: float
    bottom: float

    def __post_init__(self) -> None:
        if not (0 <= self.left < self.right <= 1 and 0 <= self.top < self.bottom <= 1):
            raise InvalidValue("zone", self, "give left < right and top < bottom, each from 0 to 1")
        x, y = (min(max(0.5, low), high) for low, high in ((self.left, self.right), (self.top, self.bottom)))
        if (x - 0.5) ** 2 + (y - 0.5) ** 2 > 0.25:
            raise InvalidValue("zone", self, "it lies in a corner outside of the image circle; move it inwards")


@dataclass(frozen=True)
class Measured:
    """``luminance``: linear, 0..1 of white. ``clipped``: the part of the points that is white."""

    luminance: float
    clipped: float


class Meter:
    """Measures pictures of one size, circle and set of zones."""

    def __init__(self, size: tuple[int, int], circle: Circle, zones: tuple[Zone, ...] = ()) -> None:
        self._rows, self._columns = _points(size, circle, zones)

    def measure(self, shown: Planes, hides: Hides | None = None) -> Measured | None:
        """``shown`` is the picture behind the mask; points that it hides are left out. None if too few are left."""
        values = shown.y[self._rows, self._columns]
        if hides is not None:
            values = values[~hides(self._rows, self._columns)]
        if len(values) < FEWEST:
            return None
        coded = _unit(values, shown.color)
        white = _unit(np.array([WHITE], np.uint8), Color())[0]
        return Measured(float(coded.mean()) ** GAMMA, float((coded >= white).mean()))


def cells(size: tuple[int, int], circle: Circle, window: Zone | None, hides: Hides) -> CellNumbers:
    """CellNumbers whose middle lies in the image circle and in ``window``, and that no mask touches; where there are many, some."""
    down, across = (np.arange(-(-side // CELL)) * CELL + (CELL - 1) / 2 for side in (size[1], size[0]))
    x, y = (axis.ravel() for axis in np.meshgrid(across, down))
    within = (x - circle.cx) ** 2 + (y - circle.cy) ** 2 < (circle.radius * 0.98) ** 2
    if window is not None:
        part_x, part_y = ((at - middle) / (2 * circle.radius) + 0.5 for at, middle in ((x, circle.cx), (y, circle.cy)))
        within &= (part_x >= window.left) & (part_x <= window.right) & (part_y >= window.top) & (part_y <= window.bottom)
    for dx, dy in ((0, 0), (-1, -1), (1, -1), (-1, 1), (1, 1)):
        columns, rows = (
            np.clip(at + step * CELL / 2, 0, most - 1).astype(np.intp) for at, step, most in ((x, dx, size[0]), (y, dy, size[1]))
        )
        within &= ~hides(rows, columns)
    found: CellNumbers = np.flatnonzero(within)
    return found[:: -(-len(found) // MOST_CELLS) or 1]


def _unit(values: NDArray[np.uint8], color: Color) -> NDArray[np.float32]:
    """Luma as 0..1."""
    low, span = (0, 255) if color.full else (16, 219)
    unit: NDArray[np.float32] = np.clip((values.astype(np.float32) - np.float32(low)) / np.float32(span), 0, 1)
    return unit


def _points(size: tuple[int, int], circle: Circle, zones: tuple[Zone, ...]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Rows and columns of the points, each inside the circle, the picture and a zone."""
    found = [_grid(zone, circle) for zone in zones or (Zone(0, 0, 1, 1),)]
    x, y = np.concatenate(found, axis=1)
    inside = (x - circle.cx) ** 2 + (y - circle.cy) ** 2 < (circle.radius * 0.98) ** 2
    inside &= (x >= 0) & (y >= 0) & (x <= size[0] - 1) & (y <= size[1] - 1)
    return np.round(y[inside]).astype(np.intp), np.round(x[inside]).astype(np.intp)


def _grid(zone: Zone, circle: Circle) -> NDArray[np.float64]:
    """(2, GRID²) source pixels x, y of points spread over a zone."""
    at = (np.arange(GRID) + 0.5) / GRID
    x = circle.cx + circle.radius * (2 * (zone.left + (zone.right - zone.left) * at) - 1)
    y = circle.cy + circle.radius * (2 * (zone.top + (zone.bottom - zone.top) * at) - 1)
    return np.stack([grid.ravel() for grid in np.meshgrid(x, y)])

"""What masks look like: a colour, or a mosaic from which nothing can be won back.

A mosaic shows the mean of square cells of the sensor picture. What an onlooker could gather from many pictures is bounded three ways:

- The grid lies fixed on the sensor. Digital roll, views and zoom come later and turn the cells with everything else, so no movement of the
  picture ever shows another average of the same thing.
- A cell's mean is rounded to one of a few levels, so noise and faint changes do not show.
- A cell is looked at once in ``HOLD_NS`` of media time and holds its colour in between, so a thing that moves under the grid is sampled far
  too seldom to be put together again from its cells.
"""

from __future__ import annotations

from enum import StrEnum

import cv2
import numpy as np

from panocam.imaging.cover import Patch
from panocam.media.planes import Color, Matrix, Plane, Planes


class Ink(StrEnum):
    """The look of all masks."""

    BLACK = "black"
    GREY = "grey"
    WHITE = "white"
    RED = "red"
    GREEN = "green"
    BLUE = "blue"
    MOSAIC = "mosaic"
    CHAMELEON = "chameleon"

    @property
    def looks(self) -> bool:
        """Whether it depends on the picture."""
        return self in (Ink.MOSAIC, Ink.CHAMELEON)


RGB: dict[Ink, tuple[int, int, int]] = {
    Ink.BLACK: (0, 0, 0),
    Ink.GREY: (128, 128, 128),
    Ink.WHITE: (255, 255, 255),
    Ink.RED: (192, 32, 32),
    Ink.GREEN: (32, 128, 64),
    Ink.BLUE: (32, 64, 192),
}

FINEST, COARSEST = 3, 16
"""Mosaic scales; the side of a cell grows in proportion."""

CELLS = 200
"""A cell at scale 1 would be this part of the picture's shorter side: at scale 3 some 67 cells, 2.7 degrees each, across the view."""

HOLD_NS = 1_000_000_000
STEP = 16
"""Levels of luma and chroma between two shades of a mosaic."""

_LUMA = {Matrix.BT601: (0.299, 0.587, 0.114), Matrix.BT709: (0.2126, 0.7152, 0.0722)}


def shade(ink: Ink, color: Color) -> tuple[int, int, int]:
    """(Y, U, V) of a plain colour, as ``color`` has it (ITU-T H.273 clause 8.3, equations 38 to 43)."""
    r, g, b = (v / 255 for v in RGB[ink])
    kr, kg, kb = _LUMA[color.matrix]
    y = kr * r + kg * g + kb * b
    u, v = (b - y) / (2 * (1 - kb)), (r - y) / (2 * (1 - kr))
    if color.full:
        return round(255 * y), *(min(round(128 + 255 * c), 255) for c in (u, v))  # type: ignore[return-value]
    return round(16 + 219 * y), round(128 + 224 * u), round(128 + 224 * v)


def plain(patch: Patch, yuv: tuple[int, int, int]) -> tuple[Plane, Plane, Plane]:
    """A cover of one colour for ``patch``; it takes the memory of a row."""
    rows = [np.full((1, wide), value, np.uint8) for wide, value in zip((patch.width, *((patch.width + 1) // 2,) * 2), yuv, strict=True)]
    half = (patch.height + 1) // 2
    y, u, v = (np.broadcast_to(row, (high, row.shape[1])) for row, high in zip(rows, (patch.height, half, half), strict=True))
    return y, u, v


def cell_side(scale: int, size: tuple[int, int]) -> int:
    """Pixels on a side of a cell, even, in a picture of ``size`` (width, height)."""
    return max(8, round(min(size) * scale / CELLS / 2) * 2)


def mosaic(patch: Patch, planes: Planes, side: int) -> tuple[Plane, Plane, Plane]:
    """A cover for ``patch`` of the cells of ``planes`` under it; cells are those of a grid that begins at the picture's corner."""
    y, u, v = (
        _cells(plane, x, top, w, h, cell)
        for plane, x, top, w, h, cell in (
            (planes.y, patch.x, patch.y, patch.width, patch.height, side),
            *((p, patch.x // 2, patch.y // 2, (patch.width + 1) // 2, (patch.height + 1) // 2, side // 2) for p in (planes.u, planes.v)),
        )
    )
    return y, u, v


def _cells(plane: Plane, x: int, y: int, width: int, height: int, side: int) -> Plane:
    """The rectangle at (x, y) of ``plane`` as flat cells. Cells cut off by the picture's edge are continued with what is there."""
    left, top = x // side * side, y // side * side
    across, down = -(-(x + width - left) // side), -(-(y + height - top) // side)
    part = plane[top : top + down * side, left : left + across * side]
    lacking = down * side - part.shape[0], across * side - part.shape[1]
    if any(lacking):
        part = cv2.copyMakeBorder(part, 0, lacking[0], 0, lacking[1], cv2.BORDER_REPLICATE)  # type: ignore[assignment]
    means = cv2.resize(np.ascontiguousarray(part), (across, down), interpolation=cv2.INTER_AREA)
    flat = np.minimum((means.astype(np.uint16) + STEP // 2) // STEP * STEP, 255).astype(np.uint8)  # grey stays grey: 128 is a level
    large = np.repeat(np.repeat(flat, side, axis=0), side, axis=1)
    return np.ascontiguousarray(large[y - top : y - top + height, x - left : x - left + width])

"""Areas of the picture that are watched for motion: polygons on the sphere, as privacy masks are, and the cells that lie in them."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from panocam.imaging.cells import Cells, Floats
from panocam.imaging.cover import patches
from panocam.imaging.movement import CELLS, Movement
from panocam.optics.lens import Circle, Lens
from panocam.optics.polygon import Polygon

FINE: Final = 8
"""A polygon is laid over so many points of a cell, along each side."""


@dataclass(frozen=True)
class MotionArea:
    """``sensitivity`` 1..100; what is smaller than a square of ``size`` degrees is let pass."""

    id: int
    polygon: Polygon
    sensitivity: int
    size: float


class Watched:
    """``areas`` behind one lens; ``seen`` are the cells that are looked at. For one thread."""

    def __init__(self, areas: Iterable[MotionArea], lens: Lens, seen: Cells) -> None:
        self._areas = [(area, cells_of(area.polygon, lens)) for area in areas]
        self._sizes = sizes(lens)
        self.shares = {area.id: float((cells & seen).sum() / max(cells.sum(), 1)) for area, cells in self._areas}
        """By the area's id, how much of it is looked at: masks hide, and lenses end."""

    def moving(self, movement: Movement) -> frozenset[int]:
        """The areas in which something moves."""
        found = ((area, movement.cells(area.sensitivity) & cells) for area, cells in self._areas)
        return frozenset(area.id for area, cells in found if largest(cells, self._sizes) >= area.size)


def largest(cells: Cells, sizes: Floats) -> float:
    """How large the largest piece that hangs together is, as the side of a square in degrees."""
    if not cells.any():
        return 0.0
    _, labels = cv2.connectedComponents(cells.view(np.uint8), connectivity=8)
    return math.sqrt(float(np.bincount(labels.ravel(), sizes.ravel())[1:].max()))


def cells_of(polygon: Polygon, lens: Lens) -> Cells:
    """The cells of which the polygon covers half at least; of a smaller one, those of which it covers most."""
    side = CELLS * FINE
    covered = np.zeros((side, side), bool)
    for patch in patches((polygon,), _centred(lens, side), (side, side)):
        place = covered[patch.y : patch.y + patch.height, patch.x : patch.x + patch.width]
        place |= True if patch.luma is None else patch.luma > 0
    part = covered.reshape(CELLS, FINE, CELLS, FINE).mean(axis=(1, 3))
    cells: Cells = (part >= min(0.5, part.max())) & (part > 0)
    return cells


def sizes(lens: Lens) -> Floats:
    """How large each cell is, in square degrees."""
    edges: NDArray[np.float64] = np.stack(np.meshgrid(*[np.arange(CELLS + 1) - 0.5] * 2), axis=-1)
    rays = _centred(lens, CELLS).unproject(edges)
    along, down = rays[:-1, 1:] - rays[:-1, :-1], rays[1:, :-1] - rays[:-1, :-1]
    square: Floats = np.linalg.norm(np.cross(along, down), axis=-1).astype(np.float32) * np.float32(math.degrees(1) ** 2)
    return square


def _centred(lens: Lens, side: int) -> Lens:
    """The lens with a circle that fills a square picture."""
    return replace(lens, circle=Circle((side - 1) / 2, (side - 1) / 2, side / 2))

"""The image circle parted into square cells, and how bright each of them is, read from a few whole rows of pixels."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from panocam.imaging.metering import Hides
from panocam.media.bands import bands_of
from panocam.media.planes import Planes
from panocam.optics.lens import Circle

SAMPLES: Final = 8
"""Pixels of each line of a cell of which it is asked whether they are hidden."""

Floats = NDArray[np.float32]
Cells = NDArray[np.bool_]


class CellGrid:
    """``count`` by ``count`` cells over the circle of pictures of one ``size``, of which a mask ``hides`` some pixels; each is looked at on
    ``lines`` rows. For one thread."""

    def __init__(self, size: tuple[int, int], circle: Circle, hides: Hides, count: int, lines: int) -> None:
        self.count, self._lines = count, lines
        self._rows, tall = self._lines_of(circle, size[1])
        self._starts, self._end, self._wide, across = _spans(circle.cx, circle.radius, size[0], count)
        self._place = np.ix_(tall, across)
        self.seen = self._visible(tall, across, hides)
        """The cells that are looked at."""

    def means(self, planes: Planes) -> Floats:
        """(count, count) mean luma; 0 where the circle leaves the picture."""
        means = np.zeros((self.count, self.count), np.float32)
        if not (len(self._rows) and len(self._starts)):
            return means
        lines = _rows_of(planes, self._rows)[:, : self._end]
        sums = lines[0 :: self._lines].astype(np.uint16)
        for each in range(1, self._lines):
            sums += lines[each :: self._lines]
        means[self._place] = np.add.reduceat(sums, self._starts, axis=1, dtype=np.uint32) / (self._lines * self._wide)
        return means

    def _visible(self, tall: NDArray[np.intp], across: NDArray[np.intp], hides: Hides) -> Cells:
        """Cells inside the circle of which no mask hides anything: a mosaic changes with what is under it."""
        at = (np.arange(self.count) + 0.5) / self.count * 2 - 1
        inside = np.hypot(*np.meshgrid(at, at)) < 0.98
        seen = np.zeros(inside.shape, bool)
        if len(tall) and len(across):
            ends = np.append(self._starts[1:], self._end)
            samples = np.linspace(self._starts, np.maximum(ends - 1, self._starts), SAMPLES).round().astype(np.intp).T.ravel()
            hidden = hides(np.repeat(self._rows, len(samples)), np.tile(samples, len(self._rows)))
            seen[self._place] = ~hidden.reshape(len(tall), self._lines, len(across), SAMPLES).any(axis=(1, 3))
        return inside & seen

    def _lines_of(self, circle: Circle, height: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Rows of pixels, and the rows of cells, ``lines`` of the one to each of the other, that lie in the picture."""
        side = 2 * circle.radius / self.count
        top = circle.cy - circle.radius + side * np.arange(self.count)  # pixel centres are integers
        tall = np.flatnonzero((top > -0.5) & (top + side < height + 0.5))
        rows = top[tall, None] + side * (np.arange(self._lines) + 0.5) / self._lines
        return np.clip(rows.ravel().round(), 0, height - 1).astype(np.intp), tall


def _spans(middle: float, radius: float, width: int, count: int) -> tuple[NDArray[np.intp], int, NDArray[np.int64], NDArray[np.intp]]:
    """Where each column of cells in the picture begins, where the last one ends, how wide each is, and which they are."""
    edges = (middle - radius + 0.5 + 2 * radius / count * np.arange(count + 1)).round().astype(np.intp)
    across = np.flatnonzero((edges[:-1] >= 0) & (edges[1:] <= width) & (edges[:-1] < width))
    if not len(across):
        return across, 0, across.astype(np.int64), across
    end = int(edges[across[-1] + 1])
    return edges[across], max(end, int(edges[across[-1]]) + 1), np.maximum(np.diff(edges)[across], 1).astype(np.int64), across


def _rows_of(planes: Planes, rows: NDArray[np.intp]) -> NDArray[np.uint8]:
    """Luma rows, read where they lie."""
    parts: list[Any] = []
    first = 0
    for band in bands_of(planes):
        mine = rows[(rows >= first) & (rows < first + band.height)] - first
        parts.append(band.y[mine])
        first += band.height
    return parts[0] if len(parts) == 1 else np.concatenate(parts)

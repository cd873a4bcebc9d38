"""Whether things move in a picture, for next to nothing: a grid of 80 by 80 pixels, looked at five times a second.

The theory. Each look is subtracted from the one before, and the differences are averaged over cells of 4 by 4 points (some six degrees of
the world). Noise is different at every point and mostly averages out; what moves changes many points of a cell alike. The median of a row
of cells is taken off before: light that changes everywhere, and bands of mains light that lie along the rows, are no movement. What counts
as much is told by the picture itself: a cell moves that differs by ``SIGMAS`` times as much as cells usually do (from the median, so that a
few moving ones do not raise it), and by ``LEAST`` levels of 255 at the least.

Things move when ``FEWEST`` cells do so in two looks running; a single flash or a blinking lamp is none.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from panocam.clock import NS
from panocam.imaging.metering import GRID, Hides
from panocam.media.planes import Planes
from panocam.optics.lens import Circle

EVERY_NS: Final = NS // 5
"""Between two looks; long enough for a walker to get somewhere."""

TOO_LONG_NS: Final = 2 * NS
"""What lies so far apart is not compared."""

CELL: Final = 4
CELLS: Final = GRID // CELL
SIGMAS: Final = 7.0
LEAST: Final = 2.5
FEWEST: Final = 2
MAD: Final = 1.4826
"""From the median of absolute values to the standard deviation of noise."""

Floats = NDArray[np.float32]


class MotionMeter:
    """Of pictures of one size and circle. For one thread."""

    def __init__(self, size: tuple[int, int], circle: Circle) -> None:
        at = (np.arange(GRID) + 0.5) / GRID * 2 - 1
        x, y = (middle + circle.radius * at for middle in (circle.cx, circle.cy))
        inside = np.hypot(*np.meshgrid(at, at)) < 0.98
        inside &= ((y >= 0) & (y <= size[1] - 1))[:, None] & ((x >= 0) & (x <= size[0] - 1))[None, :]
        self._inside: NDArray[np.bool_] = inside
        self._rows = np.clip(np.round(y), 0, size[1] - 1).astype(np.intp)
        self._columns = np.clip(np.round(x), 0, size[0] - 1).astype(np.intp)
        self._before: tuple[int, object, NDArray[np.int16]] | None = None
        self._once = False
        self.moving = False
        """What the last two looks said."""

    def look(self, shown: Planes, hides: Hides, pts_ns: int, exposure: object) -> bool:
        """``shown`` is a picture behind the mask, which hides some points; ``exposure`` is how it was exposed: only pictures that were
        exposed alike are compared. Whether things move."""
        before = self._before
        if before is not None and 0 <= pts_ns - before[0] < EVERY_NS and before[1] == exposure:
            return self.moving
        values = shown.y[np.ix_(self._rows, self._columns)].astype(np.int16)
        self._before = pts_ns, exposure, values
        if before is None or before[1] != exposure or not 0 < pts_ns - before[0] < TOO_LONG_NS:
            return self.moving
        now = cells_that_move(values - before[2], self._seen(hides)) >= FEWEST
        self.moving, self._once = now and self._once, now
        return self.moving

    def _seen(self, hides: Hides) -> NDArray[np.bool_]:
        hidden = hides(np.repeat(self._rows, GRID), np.tile(self._columns, GRID))
        return self._inside & ~hidden.reshape(GRID, GRID)


def cells_that_move(difference: NDArray[np.int16], seen: NDArray[np.bool_]) -> int:
    """How many of the 20 by 20 cells do, from the differences (80, 80) of the points that are ``seen``."""
    count = _sums(seen.astype(np.float32))
    ours = count >= CELL * CELL / 2
    ours &= ours.sum(axis=1, keepdims=True) >= CELLS // 4  # of fewer, the median says too little about the light
    if ours.sum() < CELLS:
        return 0
    mean: Floats = np.divide(_sums((difference * seen).astype(np.float32)), np.maximum(count, 1), dtype=np.float32)
    mean -= _middles(mean, ours)
    apart = np.abs(mean[ours])
    return int((apart > max(LEAST, SIGMAS * MAD * float(np.median(apart)))).sum())


def _middles(mean: Floats, ours: NDArray[np.bool_]) -> Floats:
    """The median of each row of cells; 0 where it has none."""
    here = ours.sum(axis=1)
    ordered = np.sort(np.where(ours, mean, np.float32(np.inf)), axis=1)
    rows = np.arange(CELLS)
    middles = (ordered[rows, np.maximum(here - 1, 0) // 2] + ordered[rows, np.minimum(here, CELLS - 1) // 2]) / 2
    return np.where(here > 0, middles, np.float32(0))[:, None]


def _sums(values: Floats) -> Floats:
    """Over the points of each cell."""
    sums: Floats = (_OF_CELL @ values @ _OF_CELL.T).astype(np.float32, copy=False)
    return sums


_OF_CELL = np.repeat(np.eye(CELLS, dtype=np.float32), CELL, axis=1)
"""(20, 80): which rows of points are in a row of cells."""

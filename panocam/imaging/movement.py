"""What moves in a picture, and where: for the exposure, which asks whether anything does, and for motion areas, which ask about their part.

The theory. The image circle is parted into 80 by 80 cells, of some two degrees of the world each, and a look takes the mean of each
cell over four whole rows of it: noise averages out. Five looks a second are compared. A cell has changed by as much as it differs from
*both* looks before, whichever is less: a flash is seen once and not when it is over, and a light that was switched on differs from what was
before, but not from the next look. What moves is where the picture has changed twice running, there or up to two cells aside.

Light is no movement. Each look is made as bright as the one before, row of cells by row, by the median of their ratios, so neither light
that rises everywhere nor bands of mains light, which lie along the rows, are seen, and daylight may shine beside them. Pictures that were
exposed, masked or placed otherwise are not compared at all.

What counts is told by the picture: several times what cells as bright usually differ by (``Usual``), and a few levels of 255 at the least.
When a picture jumps, all of it differs, and so nothing counts.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from panocam.clock import NS
from panocam.imaging.cells import CellGrid, Cells, Floats
from panocam.imaging.metering import Hides
from panocam.media.frame import Frame
from panocam.optics.lens import Lens

EVERY_NS: Final = NS // 5
"""Between two looks; long enough for a walker to get somewhere."""

TOO_LONG_NS: Final = 2 * NS
"""What lies so far apart is not compared."""

CELLS: Final = 80
LINES: Final = 4
"""Rows of pixels that are read of each row of cells."""

SIGMAS: Final = 6.0
LEAST: Final = 3.0
"""What counts at the middle sensitivity: so many times as much as usual, and so many levels."""

MIDDLE: Final = 50
HALVES: Final = 50
"""Steps of the sensitivity that let half of a change count."""

GROUPS: Final = 10
"""Noise is different where it is dark and where it is bright: cells are told by so many groups of equal size."""

FEWEST: Final = 20
"""Cells of a row that tell its light; one with fewer goes by the rows next to it."""

PART: Final = 0.85
PART_SIGMAS: Final = 1.44
"""So much of noise lies within so many standard deviations."""

RISES, FADES, QUIET = 4.0, 0.97, 0.3
"""How fast what is usual goes up and down from one look to the next, and from which level on."""

ASIDE: Final = np.ones((5, 5), np.uint8)
DARK: Final = 1.0
"""Level added before ratios are taken, for black has none."""


@dataclass(frozen=True, eq=False)
class Movement:
    """What one look says: by how much each of the (80, 80) cells has changed for longer than a moment; 1 is what counts in the middle."""

    strength: Floats

    def cells(self, sensitivity: int) -> Cells:
        """Those that move; ``sensitivity`` 1..100."""
        moving: Cells = self.strength > 2 ** ((MIDDLE - sensitivity) / HALVES)
        return moving


class MotionMeter:
    """Of pictures of one size behind one lens and one mask, which ``hides`` some pixels. For one thread."""

    def __init__(self, size: tuple[int, int], lens: Lens, hides: Hides) -> None:
        self._grid = CellGrid(size, lens.circle, hides, CELLS, LINES)
        self.seen = self._grid.seen
        """The cells that are looked at."""
        self._told = np.flatnonzero(self.seen.sum(axis=1) >= FEWEST)
        self._past: deque[tuple[int, Floats]] = deque(maxlen=2)
        self._exposure: object = None
        self._before: Floats | None = None
        self._usual = Usual()

    def look(self, frame: Frame, exposure: object) -> Movement | None:
        """``exposure`` is how the picture was exposed, where that is known. None while there is nothing to tell: too early, or nothing to
        compare with."""
        past = self._past
        if past and not frame.discontinuity and 0 <= frame.pts_ns - past[-1][0] < EVERY_NS:
            return None
        means = self._grid.means(frame.planes)
        if frame.discontinuity or exposure != self._exposure or (past and not 0 < frame.pts_ns - past[-1][0] < TOO_LONG_NS):
            self._forget()
            self._exposure = exposure
        found = self._compared(means) if len(past) == past.maxlen else None
        past.append((frame.pts_ns, means))
        return found

    def _forget(self) -> None:
        """Begin anew."""
        self._past.clear()
        self._before = None

    def _compared(self, means: Floats) -> Movement | None:
        seen = self.seen
        if seen.sum() < GROUPS:
            return None
        (_, older), (_, last) = self._past
        recent, noise = self._change(means, last)
        counts = np.maximum(SIGMAS * self._usual.learn(means, noise, seen), np.float32(LEAST))
        changed = np.where(seen, np.minimum(recent, self._change(means, older)[0]) / counts, np.float32(0))
        before, self._before = self._before, changed
        if before is None:
            return None
        return Movement(np.minimum(changed, cv2.dilate(before, ASIDE)))

    def _change(self, means: Floats, before: Floats) -> tuple[Floats, Floats]:
        """The difference to a look before, whether the light of a cell has gone as that of its row or has stayed; and if it has gone."""
        told, before = self._told, before + np.float32(DARK)
        ratio = np.where(self.seen, (means + np.float32(DARK)) / before, np.float32(np.inf))
        if len(told):
            light = np.interp(np.arange(CELLS), told, _middles(ratio[told], self.seen[told]))[:, None]
        else:
            light = np.median(ratio[self.seen])
        gone: Floats = np.abs(means + np.float32(DARK) - light.astype(np.float32) * before)
        return np.minimum(gone, np.abs(means + np.float32(DARK) - before)), gone


class Usual:
    """By how much cells differ though nothing moves, learnt look by look: for each group of cells that are about as bright.

    It is told from the cell that differs more than ``PART`` of its group, as if it were noise; more than that seldom moves at once. What
    was usual lately is so still: a coder leaves noise away for a while and brings it back all at once.
    """

    def __init__(self) -> None:
        self._level: Floats | None = None

    def learn(self, means: Floats, differ: Floats, seen: Cells) -> Floats:
        """What to expect of each cell at this look."""
        bright = means[seen]
        size = len(bright) // GROUPS
        order = np.argpartition(bright, size * np.arange(1, GROUPS))
        groups = differ[seen][order[: size * GROUPS]].reshape(GROUPS, size)
        at = int(PART * size)
        noise = np.partition(groups, at, axis=1)[:, at] / np.float32(PART_SIGMAS)
        near = np.maximum(noise, np.maximum(np.append(noise[1:], 0), np.append(0, noise[:-1])))
        level = self._level = near if self._level is None else self._followed(self._level, near)
        expected = np.empty(len(bright), np.float32)
        expected[order] = np.append(level.repeat(size), np.full(len(bright) - size * GROUPS, level[-1]))
        whole = np.zeros(seen.shape, np.float32)
        whole[seen] = expected
        return whole

    @staticmethod
    def _followed(level: Floats, now: Floats) -> Floats:
        """Up within a look or two, and down in some ten seconds."""
        followed: Floats = np.clip(now, level * np.float32(FADES), np.maximum(level, np.float32(QUIET)) * np.float32(RISES))
        return followed


def _middles(values: Floats, seen: Cells) -> Floats:
    """The median of each row, of what is ``seen``; all else is infinite."""
    ordered, count, rows = np.sort(values, axis=1), seen.sum(axis=1), np.arange(len(values))
    middles: Floats = (ordered[rows, (count - 1) // 2] + ordered[rows, count // 2]) / 2
    return middles

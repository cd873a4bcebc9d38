"""Whether somebody has covered or blurred the lens or has turned the camera: what is seen is compared with what was learnt.

The theory. The image circle is parted into 240 by 240 cells, of some three quarters of a degree each, and a look takes the slope of the
logarithm of their brightness, across and down: light that rises or falls leaves it as it is. What stands still in a scene has the same
slopes in every look, and noise has others each time. So the sum over a block of cells of *now times learnt* is what is left of the learnt
contours, whatever the noise; and of *learnt times learnt* how many there were, if the two are learnt from every other look each.

A block remains while a good part of its contours is there. People and things cover a few blocks; lamps that are switched leave the contours
where they were. When most blocks have lost theirs, the picture is not the one that was learnt: it has *moved* if the contours of *now times
the look before* are as many as there were, and is *blurred* if they are not. Of a dark picture nothing can be told but how fast it became
so: night falls slowly.

What remains is learnt on, within minutes, and what does not within a quarter of an hour: shadows wander and furniture is moved.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from panocam.clock import NS
from panocam.imaging.cells import CellGrid, Cells, Floats
from panocam.imaging.metering import Hides
from panocam.media.frame import Frame
from panocam.media.look import Look, Sight
from panocam.optics.lens import Lens

EVERY_NS: Final = NS * 4 // 5
"""Between two looks; slow sources give a picture a second."""

TOO_LONG_NS: Final = 10 * NS
"""After a longer gap the look before says nothing of now."""

LEARN_NS: Final = 10 * NS
"""So long the scene has to stay as it is before it is known."""

LEARN_LOOKS: Final = 6
"""And so many looks it takes at the least."""

FIRST_LOOKS: Final = 4
"""From so few on what was learnt is more than noise."""

CELLS: Final = 240
LINES: Final = 1
SIDE: Final = 15
"""Cells along the side of a block."""

BLOCKS: Final = CELLS // SIDE
DEPTH: Final = 12.0
"""Levels of 255 that are added before the logarithm is taken, for noise is all there is in the dark."""

CONTOURS: Final = 0.15
"""A block counts that has so many: the sum of its squared slopes, which is two cells of an edge with a quarter more light on one side."""

FEWEST: Final = 16
"""Blocks with contours that it takes to tell anything."""

REMAINS: Final = 0.3
"""A block remains that has kept this part of its contours."""

LOST: Final = 0.35
"""The picture is another when no more than this part of the blocks remains."""

SURE: Final = 0.6
"""The scene is known when so many of the blocks remain in a look that was not learnt from."""

FULL: Final = 0.5
"""The camera was turned if there are this many contours elsewhere, and covered or blurred if there are fewer."""

DARK: Final = 12.0
"""Mean level, of 255, from which down a picture is dark."""

FELL: Final = 3.0
"""It went dark at once if it was so many times brighter a minute ago."""

LIGHT_RATE, KEEP_RATE, NEW_RATE = 1 / 75, 1 / 75, 1 / 600
"""How much of a look goes into what is known of the light, of blocks that remain, and of others."""


class Contours:
    """Of a scene: the slopes of its cells, twice, each the mean of every other look."""

    def __init__(self, seen: Cells) -> None:
        self._pairs = np.stack((seen & np.roll(seen, -1, axis=1), seen & np.roll(seen, -1, axis=0))).astype(np.float32)
        self._halves = (np.zeros_like(self._pairs), np.zeros_like(self._pairs))
        self.looks = 0
        self._taken()

    def slopes(self, means: Floats, black: float) -> Floats:
        """(2, count, count): how much brighter the next cell is, across and down; 0 where one of them is not seen."""
        light = np.log(np.maximum(means - np.float32(black), 0) + np.float32(DEPTH))
        return np.stack((np.roll(light, -1, axis=1) - light, np.roll(light, -1, axis=0) - light)) * self._pairs

    def add(self, slopes: Floats) -> None:
        """One more look, which counts as much as each before."""
        self._follow(slopes, np.float32(1 / (self.looks // 2 + 1)))

    def follow(self, slopes: Floats, remain: Cells) -> None:
        """One more look, which counts a little; more where blocks remain."""
        rates = np.where(remain, np.float32(KEEP_RATE), np.float32(NEW_RATE))
        self._follow(slopes, rates.repeat(SIDE, axis=0).repeat(SIDE, axis=1))

    def left(self, slopes: Floats) -> Cells:
        """The blocks that remain, of those that count."""
        return self.counts & (_blocks(slopes * (self._halves[0] + self._halves[1])) > 2 * REMAINS * self.contours)

    def remains(self, left: Cells) -> float:
        """The part of those that count."""
        return float(left.sum() / max(self.counts.sum(), 1))

    def _follow(self, slopes: Floats, rates: Floats | np.float32) -> None:
        half = self._halves[self.looks % 2]
        half += rates * (slopes - half)
        self.looks += 1
        self._taken()

    def _taken(self) -> None:
        self.contours = _blocks(self._halves[0] * self._halves[1])
        self.counts: Cells = self.contours > CONTOURS


class TamperMeter:
    """Of pictures of one size behind one lens and one mask, which ``hides`` some pixels. For one thread."""

    def __init__(self, size: tuple[int, int], lens: Lens, hides: Hides) -> None:
        self._grid = CellGrid(size, lens.circle, hides, CELLS, LINES)
        self._last: tuple[int, Floats] | None = None
        self.anew()

    def anew(self) -> None:
        """Learn the scene once more."""
        self._scene = Contours(self._grid.seen)
        self._since: int | None = None
        self._known = self._failed = False
        self._light = 0.0

    def look(self, frame: Frame) -> Look | None:
        """None while it is too early for another look."""
        at, last = frame.pts_ns, self._last
        if last is not None and not frame.discontinuity and 0 <= at - last[0] < EVERY_NS:
            return None
        means, black = self._grid.means(frame.planes), frame.planes.color.black[0]
        seen = means[self._grid.seen]
        level = max(float(seen.mean()) - black, 0.0) if len(seen) else 0.0
        slopes = self._scene.slopes(means, black)
        self._last = at, slopes
        if not self._known and not self._learn(at, level, slopes):
            return Look(Sight.POOR if self._failed else Sight.LEARNING)
        if level < DARK:
            return Look(self._darkness(level))
        self._light += LIGHT_RATE * (level - self._light)
        return self._compared(slopes, None if last is None or not 0 < at - last[0] < TOO_LONG_NS else last[1])

    def _learn(self, at: int, level: float, slopes: Floats) -> bool:
        """Look by look, for as long as the scene stays as it is. True: from here on it is known."""
        if self._since is None or at < self._since or level < DARK or self._moves(slopes):
            self._since, self._scene, self._light = at, Contours(self._grid.seen), level
        self._failed = self._failed or level < DARK
        scene = self._scene
        self._light += (level - self._light) / (scene.looks + 1)
        if at - self._since < LEARN_NS or scene.looks < LEARN_LOOKS:
            scene.add(slopes)
            return False
        self._failed = bool(scene.counts.sum() < FEWEST)
        self._known = not self._failed and scene.remains(scene.left(slopes)) > SURE
        if not self._known:
            self._since = None
        return self._known

    def _moves(self, slopes: Floats) -> bool:
        """Whether the scene is no longer the one of the looks so far."""
        scene = self._scene
        return scene.looks >= FIRST_LOOKS and bool(scene.counts.sum() >= FEWEST) and scene.remains(scene.left(slopes)) <= LOST

    def _darkness(self, level: float) -> Sight:
        if self._light > FELL * level:
            return Sight.DARK
        self._light += LIGHT_RATE * (level - self._light)
        return Sight.DIM

    def _compared(self, slopes: Floats, before: Floats | None) -> Look:
        scene = self._scene
        left = scene.left(slopes)
        remains = scene.remains(left)
        if remains > LOST:
            scene.follow(slopes, left)
            return Look(Sight.CLEAR, remains)
        now = 0.0 if before is None else float(_blocks(slopes * before).sum())
        return Look(Sight.MOVED if now > FULL * float(scene.contours.sum()) else Sight.BLURRED, remains)


def _blocks(cells: Floats) -> Floats:
    """(BLOCKS, BLOCKS) sums."""
    sums: Floats = cells.reshape(2, BLOCKS, SIDE, BLOCKS, SIDE).sum(axis=(0, 2, 4))
    return sums

"""A picture and its half, quarter… sizes, each made when it is first asked for: the pre-filter of views that shrink the source."""

from __future__ import annotations

import math
from threading import Lock

from panocam.imaging.kernel import halved
from panocam.media.planes import Planes

SHRINK = 2.2
"""Source pixels per output pixel up to which a level is sampled. Measured against supersampled pictures of every spectrum tried, the
next level comes closer to the truth from there on, and up to 10 dB less close before (docs/warp.md)."""

SMALLEST = 16
"""A level is halved no further when a side is shorter than this."""


class Pyramid:
    """The levels of one picture, shared by everything that is drawn from it, from any thread.

    Level k has sides of ``ceil(side / 2**k)`` pixels; coordinates go by pixel centres: ``x_k = (x + 1/2) / 2**k - 1/2``.
    """

    def __init__(self, planes: Planes) -> None:
        self._levels = [planes]
        self._lock = Lock()

    @property
    def planes(self) -> Planes:
        """The picture at full size."""
        return self._levels[0]

    def level_for(self, scale: float) -> int:
        """The level for a view that takes ``scale`` source pixels per output pixel."""
        deepest = max(0, math.floor(math.log2(max(1, min(self.planes.size) / SMALLEST))))
        return min(deepest, max(0, math.ceil(math.log2(scale / SHRINK)))) if scale > 0 else 0

    def level(self, number: int) -> Planes:
        """The picture at 1/2**number of its size. Made once, by the thread that first needs it; others wait for it."""
        if number >= len(self._levels):
            with self._lock:
                while number >= len(self._levels):
                    self._levels.append(halved(self._levels[-1]))
        return self._levels[number]

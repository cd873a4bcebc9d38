"""What changes in a source's pictures, so that only that is drawn anew.

Most of what a camera sees stands still, and a coded source says so exactly: blocks that its encoder skipped are decoded to the very bytes
of the picture before. Pictures are compared in blocks of 16x16 luma pixels, byte by byte, and each block remembers the number of the
picture in which it changed last. Memory that still holds picture n of a view, seen through the same mesh, is brought up to date by drawing
the cells whose source changed after n, and those whose overlays did; the result is to the last byte what drawing everything
gives. Nothing here knows about noise or limits: the smallest difference is a change.

Comparing has a price, and where every pixel has a sensor's noise there is nothing to be won. So it has to pay for itself: what was not
drawn is held against what was compared, and when that does not pay, pictures are left uncompared for a while.
"""

from __future__ import annotations

from dataclasses import dataclass
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from panocam.media.bands import bands_of
from panocam.media.planes import Planes

try:
    import panocam_native
except ImportError:
    panocam_native = None

_DIFFERENCES: Any = getattr(panocam_native, "differences", None)
"""The native kernel, where it is installed and new enough."""

Stamps = NDArray[np.int64]
"""For each block: in which picture it changed last."""

BLOCK = 16
WORTH = 5
"""Samples that are compared in the time in which one is warped."""
PATIENCE = 3
"""Pictures compared in vain before it is given up."""
ANSWERS = 4
"""So many are kept: not all views get to a picture at the same time."""
REST = 32
"""Pictures that are left uncompared then."""


@dataclass(frozen=True, eq=False)
class Again:
    """What the target still holds: picture ``since``, seen through the same meshes.

    ``stamps``: shape (ceil(height/16), ceil(width/16)) of the source at full size; what is read from is ``1/2**level`` as large. ``due``:
    uint8, the same shape of the target: not 0 where it must be drawn in any case; after the warp 1 where it was drawn, 0 where it was left.
    """

    stamps: Stamps
    since: int
    due: NDArray[np.uint8]
    level: int = 0


class Changes:
    """Of the pictures of one source, numbered upwards. For any thread."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._number = -1
        self._before: Planes | None = None
        self._stamps: Stamps | None = None
        self._answers: dict[int, Stamps | None] = {}
        self._samples = self._saved = self._credit = self._rest = 0

    def until(self, number: int, planes: Planes) -> Stamps | None:
        """What had changed when by picture ``number``, which are ``planes``. The answer does not change any more.

        None if that is not known: pictures are not compared at present, or nobody asked before later ones were asked for.
        """
        if _DIFFERENCES is None:
            return None
        with self._lock:
            if number > self._number:
                self._number = number
                self._stamps = self._answers[number] = self._compared(planes)
                if len(self._answers) > ANSWERS:
                    del self._answers[next(iter(self._answers))]
            return self._answers.get(number)

    def saved(self, samples: int) -> None:
        """So many samples of luma and chroma were not drawn because they had not changed."""
        with self._lock:
            self._saved += samples

    def _compared(self, planes: Planes) -> Stamps | None:
        if self._rest:
            self._rest -= 1
            return None
        before, self._before = self._before, planes
        if before is None or before.size != planes.size or self._stamps is None:
            width, height = planes.size
            self._samples, self._saved, self._credit = width * height * 3 // 2, 0, PATIENCE
            return np.full((-(-height // BLOCK), -(-width // BLOCK)), self._number, np.int64)
        if planes is before:
            return self._stamps
        self._credit = min(self._credit + (1 if self._saved * WORTH > self._samples else -1), PATIENCE)
        self._saved = 0
        if self._credit < 0:
            self._before, self._rest = None, REST
            return None
        stamps = self._stamps.copy()
        _DIFFERENCES(_memories(planes), _memories(before), stamps, self._number)
        return stamps


def _memories(planes: Planes) -> list[tuple[NDArray[np.uint8], ...]]:
    return [(band.y, band.u, band.v) for band in bands_of(planes)]

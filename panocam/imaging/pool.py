"""Pictures of our own to write into, used again when nobody holds them any more.

Fresh memory comes page by page and costs more than filling it. All planes of a picture are views of one buffer, so the interpreter's
reference count of the buffer tells exactly whether somebody still looks at any part of it.
"""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

from panocam.media.planes import Color, Plane, Planes

try:
    import panocam_native
except ImportError:
    panocam_native = None

_COPY: Any = getattr(panocam_native, "copy", None)
"""The native kernel, where it is installed and new enough."""

KEPT = 6
"""Buffers: one being written, one in each hand of a few channels."""

LINE = 64
"""Rows begin where the processor's cache lines do: the warp reads whole lines."""

_ALONE = 2  # the list and the argument of getrefcount


def copy_planes(source: Planes, target: Planes) -> None:
    """``target`` (same size, other memory) becomes ``source``. A large picture is best copied past the processor's caches."""
    if _COPY is not None:
        _COPY(source.y, source.u, source.v, target.y, target.u, target.v)
        return
    for to, plane in zip((target.y, target.u, target.v), (source.y, source.u, source.v), strict=True):
        np.copyto(to, plane)


class PlanesPool:
    """Planes of one size and colour."""

    def __init__(self, width: int, height: int, color: Color) -> None:
        self.width, self.height, self.color = width, height, color
        self._kept: list[Plane] = []

    def take(self) -> Planes:
        """Planes to write into; what they hold is left over from an earlier picture."""
        w, h = self.width, self.height
        cw, ch = (w + 1) // 2, (h + 1) // 2
        wide, half = (-(-side // LINE) * LINE for side in (w, cw))
        buffer = self._free(wide * h + 2 * half * ch + LINE)
        start = -buffer.ctypes.data % LINE
        y, u, v = np.split(buffer[start : start + wide * h + 2 * half * ch], (wide * h, wide * h + half * ch))
        return Planes(y.reshape(h, wide)[:, :w], u.reshape(ch, half)[:, :cw], v.reshape(ch, half)[:, :cw], self.color)

    def _free(self, size: int) -> Plane:
        for i in range(len(self._kept)):
            if sys.getrefcount(self._kept[i]) == _ALONE:
                return self._kept[i]
        buffer = np.empty(size, np.uint8)
        if len(self._kept) < KEPT:
            self._kept.append(buffer)
        return buffer

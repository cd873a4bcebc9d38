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
        buffer = self._free(w * h + 2 * cw * ch)
        y, u, v = np.split(buffer, (w * h, w * h + cw * ch))
        return Planes(y.reshape(h, w), u.reshape(ch, cw), v.reshape(ch, cw), self.color)

    def _free(self, size: int) -> Plane:
        for i in range(len(self._kept)):
            if sys.getrefcount(self._kept[i]) == _ALONE:
                return self._kept[i]
        buffer = np.empty(size, np.uint8)
        if len(self._kept) < KEPT:
            self._kept.append(buffer)
        return buffer

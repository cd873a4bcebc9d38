"""FFmpeg's pictures seen as planes, and planes put into FFmpeg's pictures.

A fresh picture costs more than it looks: its memory comes from the operating system page by page (measured for
1920x1440: 2 ms against 0.3 ms to fill one that was used before). So an encoder keeps a few and hands them out again. A
picture is free when nobody but the pool refers to it; the views of its planes hold on to it, so the interpreter's own
reference count is the exact answer, whoever kept a view and for however long.
"""

from __future__ import annotations

import sys

import av
import numpy as np

from panocam.codecs.tags import tag
from panocam.media.planes import Color, Plane, Planes, Remains

FORMAT = "yuv420p"
KEPT = 4
_ALONE = 2  # the pool's list and the argument of getrefcount


def views(picture: av.VideoFrame) -> tuple[Plane, Plane, Plane]:
    """The planes of a ``yuv420p`` picture as arrays on its own memory, rows padded as FFmpeg padded them."""
    y, u, v = (
        np.frombuffer(p, np.uint8)[: p.line_size * p.height].reshape(p.height, p.line_size)[:, : p.width]  # type: ignore[call-overload]
        for p in picture.planes
    )
    return y, u, v


class PicturePool:
    """Pictures of one size and colour, written by a warp, read by an encoder, used again."""

    def __init__(self, width: int, height: int, color: Color) -> None:
        self.width, self.height, self.color = width, height, color
        self._kept: list[av.VideoFrame] = []
        self._remains: list[Remains] = []

    def take(self) -> Planes:
        """Planes to write into. What they hold is left over from an earlier picture; their remains say what it is."""
        picture, remains = self._free()
        return Planes(*views(picture), self.color, picture, remains)

    def _free(self) -> tuple[av.VideoFrame, Remains]:
        for i in range(len(self._kept)):
            if sys.getrefcount(self._kept[i]) == _ALONE:
                return self._kept[i], self._remains[i]
        picture, remains = av.VideoFrame(self.width, self.height, FORMAT), Remains()
        tag(picture, self.color)
        if len(self._kept) < KEPT:
            self._kept.append(picture)
            self._remains.append(remains)
        return picture, remains

    def picture_of(self, planes: Planes) -> av.VideoFrame:
        """The picture behind ``planes`` if it came from here untouched, else a picture from here with a copy of them.

        A picture of somebody else is never used in place: two encoders on two threads would write their marks on it.
        """
        for mine in self._kept:
            if mine is planes.owner and _same_memory(mine, planes):
                return mine
        copy, remains = self._free()
        remains.shows = None
        for target, source in zip(views(copy), (planes.y, planes.u, planes.v), strict=True):
            np.copyto(target, source)
        return copy


def _same_memory(picture: av.VideoFrame, planes: Planes) -> bool:
    return all(
        p.buffer_ptr == a.__array_interface__["data"][0] and a.strides == (p.line_size, 1)
        for p, a in zip(picture.planes, (planes.y, planes.u, planes.v), strict=True)
    )

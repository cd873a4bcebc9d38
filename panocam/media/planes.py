"""A picture's memory: planar YUV 4:2:0, and how its numbers relate to colour.

A plane is a ``uint8`` array ``(height, width)`` whose rows may be padded (stride > width, last axis contiguous).
Chroma planes have half the size, rounded up; widths and heights of what we produce are always even.
Pixel ``(i, j)`` has its centre at coordinate ``(i, j)``; chroma samples sit in the middle of their four luma samples.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

Plane = NDArray[np.uint8]


class Matrix(StrEnum):
    """YCbCr matrix coefficients (ITU-T H.273 table 4)."""

    BT601 = "bt601"
    BT709 = "bt709"


@dataclass(frozen=True)
class Color:
    """How Y, Cb, Cr are to be read. ``full`` is 0..255 ("JPEG" range), else 16..235/240."""

    full: bool = True
    matrix: Matrix = Matrix.BT601

    @property
    def black(self) -> tuple[int, int, int]:
        """The (Y, U, V) of black in this range."""
        return (0 if self.full else 16, 128, 128)


JPEG_COLOR = Color(full=True, matrix=Matrix.BT601)
VIDEO_COLOR = Color(full=False, matrix=Matrix.BT709)


@dataclass(eq=False)
class Remains:
    """Memory that is handed out again and again, and still holds what was drawn last.

    ``shows``: what that is, in the words of whoever drew it; None when nobody can tell. Whoever else writes there makes it None.
    """

    shows: object = None


@dataclass(frozen=True, eq=False)
class Planes:
    """Three planes of one picture. ``owner`` keeps foreign memory alive (a decoder's or an encoder's own picture); ``remains`` stands for
    memory that will be handed out again.
    """

    y: Plane
    u: Plane
    v: Plane
    color: Color = JPEG_COLOR
    owner: object = field(default=None, repr=False)
    remains: Remains | None = field(default=None, repr=False)

    @property
    def width(self) -> int:
        return int(self.y.shape[1])

    @property
    def height(self) -> int:
        return int(self.y.shape[0])

    @property
    def size(self) -> tuple[int, int]:
        """(width, height) in luma pixels."""
        return self.width, self.height

    def written(self) -> None:
        """Say that something was written here by other hands than those that drew it."""
        if self.remains is not None:
            self.remains.shows = None

    @classmethod
    def blank(cls, width: int, height: int, color: Color = JPEG_COLOR) -> Planes:
        """A black picture in fresh memory."""
        y, u, v = color.black
        cw, ch = (width + 1) // 2, (height + 1) // 2
        return cls(np.full((height, width), y, np.uint8), np.full((ch, cw), u, np.uint8), np.full((ch, cw), v, np.uint8), color)

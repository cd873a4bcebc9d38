"""A picture whose rows lie in several memories, so that changing a few rows of somebody else's picture needs a copy of those alone."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np

from panocam.media.planes import Plane, Planes

EVEN = 4
"""Bands begin at multiples of this many luma rows, so that a picture halved band by band is the picture halved."""


class Bands(Planes):
    """``bands`` from the top down; equally wide and of one colour, each but the last a multiple of ``EVEN`` rows high.

    Whoever knows bands (the warp, the halving) reads them where they lie. For all others it is a picture like any other: its planes are put
    together in ``room``, memory of its size, once, when somebody asks for them. Bands that lie there already, in their place, stay.
    """

    def __init__(self, bands: Sequence[Planes], room: Planes) -> None:
        object.__setattr__(self, "bands", tuple(bands))
        object.__setattr__(self, "color", bands[0].color)
        object.__setattr__(self, "owner", None)
        object.__setattr__(self, "remains", None)
        object.__setattr__(self, "_room", room)

    bands: tuple[Planes, ...]
    _room: Planes

    @property
    def y(self) -> Plane:
        return self._whole.y

    @property
    def u(self) -> Plane:
        return self._whole.u

    @property
    def v(self) -> Plane:
        return self._whole.v

    @property
    def width(self) -> int:
        return self.bands[0].width

    @property
    def height(self) -> int:
        return sum(band.height for band in self.bands)

    @cached_property
    def _whole(self) -> Planes:
        first = 0
        for band in self.bands:
            place = rows_of(self._room, first, first + band.height)
            first += band.height
            if not np.may_share_memory(band.y, place.y):
                for source, target in ((band.y, place.y), (band.u, place.u), (band.v, place.v)):
                    np.copyto(target, source)
        return self._room


def bands_of(planes: Planes) -> tuple[Planes, ...]:
    """The bands of a picture; one that lies in one memory is its own only band."""
    return planes.bands if isinstance(planes, Bands) else (planes,)


def rows_of(planes: Planes, first: int, end: int) -> Planes:
    """The luma rows ``first`` (even) up to ``end`` of a picture in one memory, in that memory."""
    chroma = slice(first // 2, (end + 1) // 2)
    return Planes(planes.y[first:end], planes.u[chroma], planes.v[chroma], planes.color, planes.owner)

"""Which pixels of the sensor picture masks cover, worked out once for a lens and a size.

Edges are drawn as fine polylines through the lens. The cover is then grown by one pixel all round and out to whole 2x2 blocks, so that
every pixel and every chroma sample that a mask so much as touches is covered: what the pyramid and the warp mix later holds nothing of
what is hidden. Masks that touch each other are one patch, so many of them cost no more than the area they cover.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from panocam.media.bands import EVEN
from panocam.media.planes import Plane, Planes
from panocam.optics.lens import Lens
from panocam.optics.polygon import Polygon

try:
    import panocam_native
except ImportError:
    panocam_native = None

_COVER: Any = getattr(panocam_native, "cover", None)
"""The native kernel, where it is installed and new enough."""

SHIFT = 4
"""Bits behind the point in the coordinates that are filled."""

FAR = 60_000.0
"""Source pixels: what a polyline leaves the picture by is cut off here."""

Pixels = NDArray[np.intp]
"""Row or column numbers."""

_SQUARE = np.ones((3, 3), np.uint8)


@dataclass(frozen=True, eq=False)
class Patch:
    """A rectangle of the picture (``x``, ``y`` even) and what of it is covered: ``luma`` and ``chroma`` are 255 there, else 0; None where
    everything is."""

    x: int
    y: int
    width: int
    height: int
    luma: Plane | None
    chroma: Plane | None

    def of(self, planes: Planes) -> tuple[Plane, Plane, Plane]:
        """The rectangle's part of the three planes."""
        x, y, w, h = self.x // 2, self.y // 2, (self.width + 1) // 2, (self.height + 1) // 2
        luma = planes.y[self.y : self.y + self.height, self.x : self.x + self.width]
        return luma, planes.u[y : y + h, x : x + w], planes.v[y : y + h, x : x + w]

    def hides(self, rows: Pixels, columns: Pixels) -> NDArray[np.bool_]:
        """Which of these luma pixels are covered."""
        y, x = rows - self.y, columns - self.x
        inside: NDArray[np.bool_] = (y >= 0) & (y < self.height) & (x >= 0) & (x < self.width)
        if self.luma is not None:
            inside[inside] = self.luma[y[inside], x[inside]] > 0
        return inside

    @cached_property
    def spans(self) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """What is covered of luma and of chroma, row by row: (n, 3) of row, first column, end."""
        half = (self.height + 1) // 2, (self.width + 1) // 2
        return _spans(self.luma, (self.height, self.width)), _spans(self.chroma, half)

    def put(self, cover: tuple[Plane, Plane, Plane], planes: Planes) -> None:
        """Copy ``cover`` (planes of the rectangle's size) over what is covered."""
        if _COVER is None:
            self.put_opencv(cover, planes)
            return
        luma, chroma = self.spans
        for source, target, spans in zip(cover, self.of(planes), (luma, chroma, chroma), strict=True):
            _COVER(target, source, spans)

    def put_opencv(self, cover: tuple[Plane, Plane, Plane], planes: Planes) -> None:
        """The same without the native kernel, and its reference."""
        for source, target, mask in zip(cover, self.of(planes), (self.luma, self.chroma, self.chroma), strict=True):
            if mask is None:
                np.copyto(target, source)
            else:
                cv2.copyTo(np.ascontiguousarray(source), mask, target)


def _spans(mask: Plane | None, shape: tuple[int, int]) -> NDArray[np.int32]:
    height, width = shape
    if mask is None:
        return np.array([(row, 0, width) for row in range(height)], np.int32)
    steps = np.diff(np.pad((mask > 0).astype(np.int8), ((0, 0), (1, 1))), axis=1)
    rows, first = np.nonzero(steps > 0)
    return np.stack([rows, first, np.nonzero(steps < 0)[1]], axis=-1).astype(np.int32)


def whole(size: tuple[int, int]) -> tuple[Patch, ...]:
    """One patch over a whole picture of ``size`` (width, height)."""
    return (Patch(0, 0, *size, None, None),)


def patches(polygons: Iterable[Polygon], lens: Lens, size: tuple[int, int]) -> tuple[Patch, ...]:
    """What ``polygons`` cover of the picture of ``size`` (width, height) behind ``lens``; as few rectangles as hang together."""
    blocks = (size[1] + 1) // 2, (size[0] + 1) // 2
    covered = np.zeros(blocks, np.uint8)
    for polygon in polygons:
        _draw(lens.project(polygon.outline()), covered, size)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(covered, connectivity=8)
    return tuple(_patch(labels, label, stats[label], size) for label in range(1, count))


def runs(found: Iterable[Patch], height: int) -> tuple[tuple[int, int, bool], ...]:
    """The rows of a picture, (first, end, whether a patch touches them) from the top down, cut at multiples of ``EVEN``."""
    touched = np.zeros(-(-height // EVEN), np.bool_)
    for patch in found:
        touched[patch.y // EVEN : -(-(patch.y + patch.height) // EVEN)] = True
    cuts = [0, *(np.flatnonzero(np.diff(touched)) + 1).tolist(), len(touched)]
    return tuple((a * EVEN, min(b * EVEN, height), bool(touched[a])) for a, b in pairwise(cuts))


def _draw(line: np.ndarray, covered: Plane, size: tuple[int, int]) -> None:
    """Cover every 2x2 block that the closed ``line`` (n, 2) in source pixels comes near or runs round."""
    line = np.clip(line.astype(np.float64), -FAR, FAR)
    first = np.floor(line.min(axis=0)).astype(int) - 2
    last = np.ceil(line.max(axis=0)).astype(int) + 2
    left, top = np.maximum(first, 0) // 2 * 2
    right, bottom = np.minimum(last + 1, (covered.shape[1] * 2, covered.shape[0] * 2))
    right, bottom = right + right % 2, bottom + bottom % 2
    if right <= left or bottom <= top:
        return
    area = np.zeros((bottom - top + 4, right - left + 4), np.uint8)  # two pixels more all round, which grow into the picture
    points = np.rint((line - (left - 2, top - 2)) * (1 << SHIFT)).astype(np.int32)
    cv2.fillPoly(area, [points], 255, lineType=cv2.LINE_8, shift=SHIFT)
    area = cv2.dilate(area, _SQUARE)[2:-2, 2:-2]
    block = covered[top // 2 : bottom // 2, left // 2 : right // 2]
    for corner in (area[::2, ::2], area[::2, 1::2], area[1::2, ::2], area[1::2, 1::2]):
        np.maximum(block, corner, out=block)


def _patch(labels: np.ndarray, label: int, stats: np.ndarray, size: tuple[int, int]) -> Patch:
    """The rectangle about one connected piece, whose blocks are those of ``label``."""
    left, top, wide, high = (int(v) for v in stats[:4])
    width, height = min(2 * wide, size[0] - 2 * left), min(2 * high, size[1] - 2 * top)
    piece = np.where(labels[top : top + high, left : left + wide] == label, np.uint8(255), np.uint8(0))
    if piece.all():
        return Patch(2 * left, 2 * top, width, height, None, None)
    luma = np.ascontiguousarray(piece.repeat(2, axis=0).repeat(2, axis=1)[:height, :width])
    return Patch(2 * left, 2 * top, width, height, luma, piece)

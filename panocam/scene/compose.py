"""Blends a figure over the picture: enlarged from its coarse grid, hidden by what stands before it, its outline sharp."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from panocam.media.planes import Planes
from panocam.scene.arrays import Bytes, Field
from panocam.scene.still import FAR_MM

__all__ = ["FAR_MM", "NEARER", "Covering", "Grain", "Rect", "alpha", "blend", "over"]

Rect = tuple[int, int, int, int]
"""First row, row beyond, first column, column beyond."""

Grain = tuple[tuple[Bytes, Bytes], ...]
"""A picture's noise: for each plane what it adds and what it takes away."""

NEARER = 0.025
"""Metres by which a figure counts as nearer, so that feet do not sink into the floor."""


@dataclass(frozen=True, eq=False)
class Covering:
    """A figure on a grid of ``step`` pixels over ``rect``: outline distances of the exposure's moments in pixels (positive inside),
    distance in metres, its Y, U and V as bytes, and the whole picture's noise."""

    rect: Rect
    step: int
    outlines: Sequence[Field]
    distance: Field
    tones: tuple[Bytes, Bytes, Bytes]
    grain: Grain | None = None


def alpha(rect: Rect, outlines: Sequence[Field], distance: Field, depth: Bytes) -> Bytes:
    """(h, w) 0..255: how much of each pixel of ``rect`` the figure covers, after what stands before it in the whole picture's ``depth``."""
    y0, y1, x0, x1 = rect
    size = (x1 - x0, y1 - y0)
    share = 255.0 / len(outlines)
    total: Bytes = np.zeros(size[::-1], np.uint8)
    for f in outlines:
        cover = cv2.resize(f, size, interpolation=cv2.INTER_LINEAR) * np.float32(share) + np.float32(share / 2)
        cv2.add(total, np.minimum(np.maximum(cover, 0), np.float32(share)).astype(np.uint8), dst=total)
    mm = np.clip((distance - NEARER) * 1000, 0, FAR_MM).astype(np.uint16)
    here = cv2.resize(mm, size, interpolation=cv2.INTER_LINEAR)
    wall = depth[y0:y1, x0:x1]
    shown: Bytes = np.full(total.shape, 255, np.uint8)
    shown[: wall.shape[0], : wall.shape[1]] = cv2.compare(wall, here[: wall.shape[0], : wall.shape[1]], cv2.CMP_GT)
    if shown.min() == 0:
        total = np.asarray(cv2.multiply(total, cv2.blur(shown, (3, 3)), scale=1 / 255), np.uint8)
    return total


def blend(planes: Planes, depth: Bytes, figure: Covering) -> None:
    """``figure`` over ``planes``, in place; ``depth`` (H, W) uint16 is how many millimetres away the still world is."""
    y0, y1, x0, x1 = figure.rect
    size, half = (x1 - x0, y1 - y0), ((x1 - x0) // 2, (y1 - y0) // 2)
    cover = alpha(figure.rect, figure.outlines, figure.distance, depth)
    small = cv2.resize(cover, half, interpolation=cv2.INTER_AREA)
    shrink = cv2.INTER_AREA if figure.step == 1 else cv2.INTER_LINEAR
    luma, blue, red = figure.tones
    for i, (plane, source, share, to, k) in enumerate(
        (
            (planes.y, luma, cover, size, 1),
            (planes.u, blue, small, half, 2),
            (planes.v, red, small, half, 2),
        )
    ):
        place = np.s_[y0 // k : y1 // k, x0 // k : x1 // k]
        part = plane[place]
        cut = np.s_[: part.shape[0], : part.shape[1]]
        grown = cv2.resize(source, to, interpolation=cv2.INTER_LINEAR if k == 1 else shrink)[cut]
        if figure.grain is not None:
            more, less = figure.grain[i]
            grown = cv2.subtract(cv2.add(grown, more[place]), less[place])
        over(part, grown, share[cut])


def over(under: Bytes, top: Bytes, share: Bytes) -> None:
    """under += (top - under) * share / 255, in place."""
    more = cv2.multiply(top, share, scale=1 / 255)
    cv2.multiply(under, cv2.bitwise_not(share), dst=under, scale=1 / 255)
    cv2.add(under, more, dst=under)

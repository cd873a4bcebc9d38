"""A layer: a small prepared bitmap that is laid over a picture, inside its rectangle only.

Theory. "Over" is ``out = ink * a + out * (1 - a)``. What does not change from picture to picture, ``ink * a`` and ``1 - a``, is kept ready
in the picture's own colour range and matrix, at luma and at chroma resolution, so that a blend is one multiplication and one addition a
sample. Chroma is premultiplied *before* it is halved: then a half-covered chroma sample takes half of the ink's colour, and no fringe
of the colour under transparent pixels shows. Where a layer is transparent the picture stays bit for bit; where it is opaque the ink's
numbers are exact.

Sides are even and a layer lies on even pixels, so that its chroma samples are the picture's.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from panocam.imaging.card import WEIGHTS
from panocam.media.planes import Color, Plane, Planes

try:
    import panocam_native
except ImportError:
    panocam_native = None

_STENCIL: Any = getattr(panocam_native, "Stencil", None)
"""The native kernel's layers, where it is installed and new enough."""

Rgba = tuple[int, int, int, float]
"""Red, green, blue 0..255 and opacity 0..1."""

_NOTHING = (0, 0, 0, 255)
"""Y, U, V and rest of a pixel of which the picture stays."""

Coverage = NDArray[np.floating]
"""0..1, shape (height, width)."""


@dataclass(frozen=True, eq=False)
class Layer:
    """``inks``: Y, U, V times opacity; ``rests``: what remains of the picture, 255 nothing covered, at luma and at chroma resolution."""

    inks: tuple[Plane, Plane, Plane]
    rests: tuple[Plane, Plane]
    color: Color

    @property
    def size(self) -> tuple[int, int]:
        """(width, height) in luma pixels."""
        height, width = self.rests[0].shape
        return int(width), int(height)

    @cached_property
    def stencil(self) -> Any:
        """What the native kernel keeps of it."""
        return _STENCIL(*self.inks, *self.rests)


class Placed(NamedTuple):
    """A layer with the even pixel where its left upper corner lies."""

    layer: Layer
    x: int
    y: int


def yuv(rgb: Sequence[float], color: Color) -> tuple[float, float, float]:
    """(Y, Cb, Cr) of full-range R'G'B' 0..255, not rounded (ITU-T H.273 8.3)."""
    red, green, blue = (value / 255 for value in rgb)
    kr, kb = WEIGHTS[color.matrix]
    luma = kr * red + (1 - kr - kb) * green + kb * blue
    cb, cr = (blue - luma) / (2 - 2 * kb), (red - luma) / (2 - 2 * kr)
    if color.full:
        return 255 * luma, min(255.0, 128 + 255 * cb), min(255.0, 128 + 255 * cr)
    return 16 + 219 * luma, 128 + 224 * cb, 128 + 224 * cr


def from_rgba(rgba: NDArray[np.uint8], color: Color) -> Layer:
    """A layer of a picture (height, width, RGBA) with straight alpha and even sides."""
    alpha = rgba[..., 3].astype(np.float32) / 255
    red, green, blue = (rgba[..., channel].astype(np.float32) for channel in range(3))
    bases = [np.array(yuv(unit, color)) for unit in ((0, 0, 0), (255, 0, 0), (0, 255, 0), (0, 0, 255))]
    inks = []
    for plane in range(3):
        zero = bases[0][plane]
        r, g, b = ((base[plane] - zero) / 255 for base in bases[1:])
        inks.append((np.float32(zero) + red * np.float32(r) + green * np.float32(g) + blue * np.float32(b)) * alpha)
    return _pack(inks, alpha, color)


def from_coverages(parts: Sequence[tuple[Coverage, Rgba]], color: Color) -> Layer:
    """A layer of single-coloured shapes (even sides) lying on each other, the lowest first."""
    inks, alpha = _mixed(parts, color)
    return _pack(inks, alpha, color)


def _mixed(parts: Sequence[tuple[Coverage, Rgba]], color: Color) -> tuple[list[Coverage], Coverage]:
    """Y, U, V times opacity, and opacity."""
    shape = parts[0][0].shape
    rest = np.ones(shape, np.float32)
    inks = [np.zeros(shape, np.float32) for _ in range(3)]
    for coverage, (*rgb, opacity) in parts:
        if opacity <= 0:
            continue
        share = coverage * np.float32(opacity)
        left = 1 - share
        for ink, value in zip(inks, yuv(rgb, color), strict=True):
            ink *= left
            ink += share * np.float32(value)
        rest *= left
    return list(inks), 1 - rest


class Palette:
    """The colours of a text: what a pixel becomes that is covered so much by letters and so much by their outline, looked up in a table."""

    def __init__(self, ground: Rgba, outline: Rgba, ink: Rgba, color: Color) -> None:
        steps = np.linspace(0, 1, 256, dtype=np.float32)
        rims, fills = np.meshgrid(steps, steps, indexing="ij")
        inks, alpha = _mixed([(np.ones_like(rims), ground), (rims, outline), (fills, ink)], color)
        planes = [_rounded(plane).ravel() for plane in (*inks, (1 - alpha) * 255)]
        self._table = np.stack(planes, axis=-1).view(np.uint32).ravel()
        self._color = color

    def layer(self, fill: Plane, outline: Plane, holes: Sequence[tuple[int, int, int, int]] = ()) -> Layer:
        """The layer of coverages 0..255 with even sides; nothing of it is in the ``holes``, even rectangles (left, top, right, bottom)."""
        index = outline.astype(np.uint16)
        index <<= 8
        index |= fill
        height, width = index.shape
        full = self._table[index].view(np.uint8).reshape(height, width, 4)
        for left, top, right, bottom in holes:
            full[max(0, top) : max(0, bottom), max(0, left) : max(0, right)] = _NOTHING
        half = cv2.resize(full, (width // 2, height // 2), interpolation=cv2.INTER_AREA)
        y, u, v, rest, halved = (
            np.ascontiguousarray(plane, np.uint8) for plane in (full[..., 0], half[..., 1], half[..., 2], full[..., 3], half[..., 3])
        )
        return Layer((y, u, v), (rest, halved), self._color)


def _pack(inks: Sequence[Coverage], alpha: Coverage, color: Color) -> Layer:
    y, u, v = inks
    return Layer(
        (_rounded(y), _rounded(_halved(u)), _rounded(_halved(v))), (_rounded((1 - alpha) * 255), _rounded(_halved(1 - alpha) * 255)), color
    )


def _halved(plane: Coverage) -> Coverage:
    return np.asarray((plane[0::2, 0::2] + plane[0::2, 1::2] + plane[1::2, 0::2] + plane[1::2, 1::2]) * np.float32(0.25), np.float32)


def _rounded(plane: Coverage) -> Plane:
    return np.clip(np.rint(plane), 0, 255).astype(np.uint8)


def lay(layers: Sequence[Placed], out: Planes, only: Plane | None = None) -> None:
    """Lay ``layers``, from the bottom up, over ``out``; what lies outside is cut off.

    ``only``, of the shape (ceil(height/16), ceil(width/16)): in those cells of 16x16 pixels where it is not 0. Needs the native kernel.
    """
    if _STENCIL is None:
        for layer, x, y in layers:
            lay_opencv(layer, x, y, out)
    elif layers and only is None:
        panocam_native.overlay(out.y, out.u, out.v, [(layer.stencil, x, y) for layer, x, y in layers])
    elif layers:
        panocam_native.overlay(out.y, out.u, out.v, [(layer.stencil, x, y) for layer, x, y in layers], only)


def lay_opencv(layer: Layer, x: int, y: int, out: Planes) -> None:
    """The same without the native kernel, and its reference."""
    width, height = layer.size
    left, top, right, bottom = max(0, x), max(0, y), min(out.width, x + width), min(out.height, y + height)
    if left >= right or top >= bottom:
        return
    for ink, rest, plane, half in zip(layer.inks, (layer.rests[0], *layer.rests[1:] * 2), (out.y, out.u, out.v), (1, 2, 2), strict=True):
        rows, columns = slice((top - y) // half, (bottom - y) // half), slice((left - x) // half, (right - x) // half)
        under = plane[top // half : bottom // half, left // half : right // half]
        kept = cv2.multiply(under, rest[rows, columns], scale=1 / 255)
        cv2.add(kept, ink[rows, columns], dst=under)


def turned(plane: Plane, degrees: float) -> Plane:
    """``plane`` (height, width) or (height, width, premultiplied channels) turned clockwise about its middle, zeros around it.

    The result's sides are even and just large enough.
    """
    height, width = plane.shape[:2]
    angle = math.radians(degrees)
    c, s = math.cos(angle), math.sin(angle)
    new = [math.ceil(side / 2 - 1e-6) * 2 for side in (width * abs(c) + height * abs(s), width * abs(s) + height * abs(c))]
    move = [((n - 1) - (a * (width - 1) + b * (height - 1))) / 2 for n, a, b in ((new[0], c, -s), (new[1], s, c))]
    matrix = np.array([[c, -s, move[0]], [s, c, move[1]]])
    return np.asarray(cv2.warpAffine(plane, matrix, new, flags=cv2.INTER_LINEAR), np.uint8)


def turned_rgba(rgba: NDArray[np.uint8], degrees: float) -> NDArray[np.uint8]:
    """A picture (height, width, RGBA) with straight alpha, turned likewise."""
    alpha = rgba[..., 3:].astype(np.float32) / 255
    under = np.dstack([rgba[..., :3] * alpha, rgba[..., 3:]])
    over = turned(_rounded(under), degrees).astype(np.float32)
    share = np.maximum(over[..., 3:], 1) / 255
    return np.dstack([_rounded(over[..., :3] / share), _rounded(over[..., 3:])])


def evened(rgba: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A picture with a transparent row or column more where it needs one to have even sides."""
    height, width = rgba.shape[:2]
    return np.pad(rgba, ((0, height % 2), (0, width % 2), (0, 0))) if height % 2 or width % 2 else rgba


def place(size: tuple[int, int], layer: tuple[int, int], share: tuple[float, float], margin: int = 0) -> tuple[int, int]:
    """The even pixel where the left upper corner of a ``layer`` (width, height) lies in a picture of ``size``.

    ``share`` runs from -1 (flush with the left or upper edge, but for the margin) to 1 (flush with the right or lower one).
    """
    x, y = (margin + (whole - part - 2 * margin) * (to + 1) / 2 for whole, part, to in zip(size, layer, share, strict=True))
    return round(x / 2) * 2, round(y / 2) * 2

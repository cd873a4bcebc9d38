"""Saving bits where nothing happens: what stands still is shown as it was, so that its noise needs not be coded again and again.

Theory. A sensor's noise changes every pixel of every picture, and an encoder either spends bits on it or smears it. Here each block of
16x16 pixels is compared with what was last *shown* there. If it differs by no more than noise would, it is replaced by that, to the last
bit, and every codec codes it for next to nothing; else it is shown as it is. A comparison with what was shown, not with the last picture,
keeps slow changes from creeping past: what is seen is never further from the truth than the limits say. Key pictures are coded whole
anyway and show everything as it is.

The limits: no pixel differs by more than ``peak``, and the mean of no 4x4 pixels by more than ``mean``. Noise is large in single pixels and
small on average; what moves, however small, is the other way round (Mounts, "A Video Encoding System with Conditional Picture-Element
Replenishment", Bell System Technical Journal 48 (1969), is the first of this kind).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from panocam.imaging.pool import PlanesPool, copy_planes
from panocam.media.codec import Zipstream
from panocam.media.planes import Plane, Planes

try:
    import panocam_native
except ImportError:
    panocam_native = None

_SETTLE: Any = getattr(panocam_native, "settle", None)
"""The native kernel, where it is installed and new enough."""

BLOCK = 16


@dataclass(frozen=True)
class Limits:
    """``peak`` in steps of 0..255, ``mean`` in sixteenths of them."""

    peak: int
    mean: int


LIMITS = {
    Zipstream.LOW: Limits(12, 32),
    Zipstream.MEDIUM: Limits(18, 48),
    Zipstream.HIGH: Limits(27, 72),
    Zipstream.HIGHER: Limits(36, 96),
    Zipstream.EXTREME: Limits(48, 128),
}
"""Rows by strength. ``LOW`` holds what a sensor by daylight does (sigma 2), ``EXTREME`` what a gain of 30 dB does (sigma 6)."""


class Stillness:
    """Of one stream's pictures. For one thread."""

    def __init__(self, strength: Zipstream) -> None:
        self._limits = LIMITS[strength]
        self._kept: Planes | None = None

    def settle(self, planes: Planes, *, fresh: bool = False) -> None:
        """Make ``planes`` (in place) what is to be shown. ``fresh``: show everything as it is."""
        planes.written()
        kept = self._kept
        if kept is None or (kept.size, kept.color) != (planes.size, planes.color):
            kept, fresh = PlanesPool(*planes.size, planes.color).take(), True
            self._kept = kept
        if fresh:
            copy_planes(planes, kept)
        elif _SETTLE is None:
            settle_opencv(planes, kept, self._limits)
        else:
            _SETTLE(planes.y, planes.u, planes.v, kept.y, kept.u, kept.v, self._limits.peak, self._limits.mean)


def settle_opencv(planes: Planes, kept: Planes, limits: Limits) -> None:
    """The same without the native kernel, and its reference."""
    pairs = ((planes.y, kept.y, BLOCK), (planes.u, kept.u, BLOCK // 2), (planes.v, kept.v, BLOCK // 2))
    changed: NDArray[np.bool_] = np.any([_changed(now, was, side, limits) for now, was, side in pairs], axis=0)
    for now, was, side in pairs:
        mask = np.where(changed, np.uint8(255), np.uint8(0)).repeat(side, axis=0).repeat(side, axis=1)[: now.shape[0], : now.shape[1]]
        cv2.copyTo(now, mask, was)
        now[:] = was


def _changed(now: Plane, was: Plane, side: int, limits: Limits) -> NDArray[np.bool_]:
    """Which blocks of a plane differ."""
    height, width = now.shape
    apart = np.pad(now.astype(np.int32) - was, ((0, -height % side), (0, -width % side)))
    down, across = apart.shape[0] // side, apart.shape[1] // side
    peaks = np.abs(apart).reshape(down, side, across, side).max(axis=(1, 3))
    sums = np.abs(apart.reshape(down * side // 4, 4, across * side // 4, 4).sum(axis=(1, 3)))
    means = sums.reshape(down, side // 4, across, side // 4).max(axis=(1, 3))
    return np.asarray((peaks > limits.peak) | (means > limits.mean))

"""The static picture in sensor space, before any exposure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from panocam.scene.arrays import Bytes, Field, clamp

CODE: Final = 8191.0
"""Stored code = CODE * sqrt(radiance): 16 bits hold radiance 0..64 with less than a grey level's error anywhere."""

FAR_MM: Final = 65535


@dataclass(frozen=True, eq=False)
class Still:
    """``code``: (H, W, 3) uint16 root-coded linear radiance (white = 1). ``mains``: (H, W) uint8, the part of it that flickers,
    255 = all. ``depth``: (H, W) uint16 millimetres along the ray, 0 outside the image circle."""

    code: NDArray[np.uint16]
    mains: Bytes
    depth: NDArray[np.uint16]

    @classmethod
    def blank(cls, size: int) -> Still:
        """Black, and nowhere."""
        return cls(np.zeros((size, size, 3), np.uint16), np.zeros((size, size), np.uint8), np.zeros((size, size), np.uint16))

    def veiled(self, veil: Field) -> Still:
        """With stray light (any size, 3 channels) added; code is replaced, the rest is shared."""
        h, w = self.depth.shape
        light = (self.code.astype(np.float32) / np.float32(CODE)) ** 2 + cv2.resize(veil, (w, h), interpolation=cv2.INTER_LINEAR)
        light *= (self.depth > 0)[..., None]
        return Still(encode(light), self.mains, self.depth)

    def enlarged(self, size: int) -> Still:
        """The same picture with ``size`` pixels on a side."""
        to = (size, size)
        code = cv2.resize(self.code, to, interpolation=cv2.INTER_LINEAR)
        depth = cv2.resize(self.depth, to, interpolation=cv2.INTER_NEAREST)
        return Still(np.asarray(code, np.uint16), cv2.resize(self.mains, to, interpolation=cv2.INTER_LINEAR), np.asarray(depth, np.uint16))


def encode(radiance: Field) -> NDArray[np.uint16]:
    """Linear radiance to codes. ``radiance`` is used up."""
    root: Field = cv2.sqrt(radiance)
    root *= np.float32(CODE)
    return clamp(root, 0, 65535).astype(np.uint16)


VEIL = 192


def glare(still: Still, white: float) -> Field:
    """Stray light (n, n, 3) about what is brighter than ``white``: a narrow and a wide veil, as lenses have.

    It is smooth, and computed on a picture of ``VEIL`` pixels."""
    size = min(VEIL, still.code.shape[0])
    small = cv2.resize(still.code.astype(np.float32), (size, size), interpolation=cv2.INTER_AREA)
    radiance = (small / np.float32(CODE)) ** 2
    excess = clamp(radiance - np.float32(white), 0, 12 * white)
    out: Field = np.zeros_like(excess)
    for sigma, weight in ((0.006, 0.030), (0.035, 0.022)):
        out += cv2.GaussianBlur(excess, (0, 0), sigma * size) * np.float32(weight)
    return out

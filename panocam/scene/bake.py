"""Light maps: the irradiance of every face on a coarse grid of its own, computed for many faces at once."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from panocam.scene.arrays import Field, f32
from panocam.scene.light import Light
from panocam.scene.solids import Face

LARGEST = 400
"""Texels a light map has at most on a side."""


def bake(light: Light, faces: Sequence[Face], texel: float) -> list[Field]:
    """(h, w, 4) irradiance and its mains part of each face, texels about ``texel`` metres large. Glowing faces have their glow."""
    dull = [f for f in faces if not f.glow]
    shapes = [_shape(f, texel) for f in dull]
    points = np.concatenate([_points(f, shape) for f, shape in zip(dull, shapes, strict=True)])
    sizes = [h * w for h, w in shapes]
    e, mains = light.on(points, np.repeat(f32([f.normal for f in dull]), sizes, 0))
    both = np.concatenate([e, mains[:, None]], 1)
    parts = iter(np.split(both, np.cumsum(sizes)[:-1]))
    grids = iter(shapes)
    return [f32([[[f.glow, f.glow, f.glow, f.mains]]]) if f.glow else _soften(next(parts).reshape(*next(grids), 4)) for f in faces]


def _shape(f: Face, texel: float) -> tuple[int, int]:
    w, h = (int(np.clip(round(float(np.linalg.norm(s)) / texel), 2, LARGEST)) for s in (f.u, f.v))
    return h, w


def _points(f: Face, shape: tuple[int, int]) -> Field:
    h, w = shape
    a, b = np.meshgrid((np.arange(w) + 0.5) / w, (np.arange(h) + 0.5) / h)
    return f32(f.origin + a.reshape(-1, 1) * f.u + b.reshape(-1, 1) * f.v)


def _soften(x: Field) -> Field:
    """Hard shadow edges to soft ones."""
    return cv2.blur(x, (2, 2), borderType=cv2.BORDER_REPLICATE) if min(x.shape[:2]) > 3 else x

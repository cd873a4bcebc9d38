"""The heavy loops of the world: in native code where that is installed, else in NumPy and OpenCV; both give the same to rounding.

The functions here have the contracts, and the names, of those in ``rays``, ``shadow``, ``mixing``, ``compose`` and ``grain``, where the
formulas are.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from panocam import __version__
from panocam.media.planes import Planes
from panocam.scene import compose, grain, mixing, rays, shadow
from panocam.scene.arrays import Bytes, Field, f32
from panocam.scene.figure import Block, Capsules
from panocam.scene.rays import Hits, Picked
from panocam.scene.shadow import Caster

try:
    import panocam_native
except ImportError:
    panocam_native = None


def _installed() -> Any:
    """The native module if it belongs to this version and has what is needed here; None otherwise."""
    fits = panocam_native is not None and panocam_native.__version__ == __version__ and hasattr(panocam_native, "scene_compose")
    return panocam_native if fits else None


native: Any = _installed()
"""None: everything is done in NumPy and OpenCV."""


def hit_capsules(c: Capsules, sizes: Sequence[int], eye: Field, columns: Field, scale: tuple[Field, float]) -> Picked:
    """``rays.hit_capsules``."""
    if native is None:
        return rays.hit_capsules(c, sizes, eye, columns, scale)
    per_radian, beside = scale
    offset = np.einsum("nij,nj->ni", c.to_unit, eye - c.centre)
    body = np.concatenate([c.to_unit.reshape(-1, 9), offset, c.half[:, None], per_radian[:, None]], 1)
    count = columns.shape[1]
    at, out, left = np.empty(count, np.int64), np.empty((8, count), np.float32), np.empty(len(sizes), np.int64)
    found = native.scene_capsules(f32(body), np.asarray(sizes, np.int64), columns, beside, at, out, left)
    return Picked(at[:found], left.tolist(), _hits(out, found))


def hit_block(block: Block, eye: Field, columns: Field, shape: tuple[int, int], beside: float) -> Picked:
    """``rays.hit_block``."""
    if native is None:
        return rays.hit_block(block, eye, columns, shape, beside)
    count = columns.shape[1]
    at, out = np.empty(count, np.int64), np.empty((8, count), np.float32)
    own = f32(block.frame @ (eye - block.origin))
    found = native.scene_block(own, block.frame, block.planes, rays.BEVEL, columns, shape[1], beside, at, out)
    return Picked(at[:found], [found], _hits(out, found))


def _hits(out: Field, count: int) -> Hits:
    return Hits(out[0, :count], out[1, :count], out[2:5, :count], out[5:8, :count])


def shade(p: Field, lights: Sequence[Caster], ambient: float, segments: Field, contact: Field, lit: Field | float = 1.0) -> Field:
    """``shadow.shadow``."""
    if native is None:
        return shadow.shadow(p, lights, ambient, segments, contact, lit)
    out: Field = np.empty(p.shape[1], np.float32)
    rows = f32([[*light.at, light.far, light.power, light.soft, *light.facing] for light in lights])
    whole = np.full(out.shape, lit, np.float32) if np.isscalar(lit) else np.ascontiguousarray(lit, np.float32)
    native.scene_shade(np.ascontiguousarray(p), whole, rows, segments, contact, ambient, shadow.DEPTH, out)
    return out


def mix(elements: mixing.Elements, cells: int) -> Field:
    """``mixing.mix``."""
    if native is None:
        return mixing.mix(elements, cells)
    out: Field = np.empty((6, cells), np.float32)
    native.scene_mix(elements.cell, elements.inside, elements.t, elements.tone, mixing.BESIDE, mixing.SEAM, mixing.FAR, out)
    return out


def blend(planes: Planes, wall: Bytes, figure: compose.Covering) -> None:
    """``compose.blend``."""
    if native is None:
        compose.blend(planes, wall, figure)
        return
    (y0, y1, x0, x1), (luma, blue, red) = figure.rect, figure.tones
    height, width = min(y1, planes.height) - y0, min(x1, planes.width) - x0
    place = (y0, x0, height, width, figure.step)
    distance = np.minimum(figure.distance, compose.FAR_MM / 1000)
    noise = tuple(side for pair in figure.grain or () for side in pair)
    figures = (np.stack(figure.outlines), distance, luma, blue, red, compose.NEARER)
    native.scene_compose(planes.y, planes.u, planes.v, wall, *place, *figures, noise)


def add_grain(base: Bytes, more: Bytes, less: Bytes, out: Bytes) -> None:
    """``grain.add``."""
    if native is None:
        grain.add(base, more, less, out)
    else:
        native.scene_grain(base, more, less, out)

"""Rays against actors' bodies: where they hit, which way the surface faces there, and how far (in pixels) they miss.

Everything works on component arrays (3, E) of float32, one column for each (part, pixel) pair, so that all parts of a body cost one
pass. The signed miss distance is exact to first order: (1 - distance in the part's unit space) / its gradient over the picture. It
varies smoothly, so it can be computed on a coarse grid and enlarged, and the outline still comes out sharp.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from panocam.scene.arrays import Field, clamp
from panocam.scene.figure import Block, Capsules


@dataclass(frozen=True, eq=False)
class Hits:
    """For E rays: ``inside`` (E,) signed distance to the outline in cells of the grid (positive = hit), ``t`` (E,) metres,
    ``normal`` (3, E) world, ``local`` (3, E) the point in the part's unit space (capsules) or own frame (blocks)."""

    inside: Field
    t: Field
    normal: Field
    local: Field


@dataclass(frozen=True, eq=False)
class Picked:
    """Some of many rays: their indices ``at``, how many of them belong to each part, and their hits."""

    at: NDArray[np.intp]
    sizes: list[int]
    hits: Hits


def _each(matrices: Field, columns: Field, sizes: Sequence[int]) -> Field:
    """Matrix k times the k-th run of columns."""
    out = np.empty_like(columns)
    at = 0
    for m, size in zip(matrices, sizes, strict=True):
        np.matmul(m, columns[:, at : at + size], out=out[:, at : at + size])
        at += size
    return out


def hit_capsules(c: Capsules, sizes: Sequence[int], eye: Field, rays: Field, scale: tuple[Field, float]) -> Picked:
    """Rays (3, E) from ``eye``, the first ``sizes[0]`` of them against capsule 0, and so on.

    ``scale``: cells of the picture per radian (N,) where each capsule is, and how many cells beside a capsule rays still count: only
    those are returned. Derivation: in unit space the closest approach to the axis gives the nearest axis point s; the surface point is
    where the ray enters the unit ball about s."""
    per_radian, beside = scale
    offset = np.einsum("nij,nj->in", c.to_unit, eye - c.centre)
    back = np.ascontiguousarray(c.to_unit.transpose(0, 2, 1))
    ox, oy, oz = (np.repeat(row, sizes) for row in offset)
    half = np.repeat(c.half, sizes)
    dx, dy, dz = d = _each(c.to_unit, rays, sizes)
    a = dx * dx
    a += dy * dy
    np.maximum(a, 1e-9, out=a)
    b = dx * ox
    b += dy * oy
    # closest approach: how far outside or inside the outline
    near = oz - b / a * dz
    clamp(near, -half, half)
    np.subtract(oz, near, out=near)
    t = (b + dz * near) / -(dz * dz + a)
    w = np.empty_like(d)
    w[0], w[1], w[2] = ox + t * dx, oy + t * dy, near + t * dz
    miss = np.sqrt(_square(w)) + np.float32(1e-6)
    steep = np.sqrt(_square(_each(back, w, sizes)))
    inside = (1 - miss) * miss * np.repeat(per_radian, sizes) / (np.maximum(t, 0.05) * steep + np.float32(1e-9))
    # entry point, for those that come near
    at = np.flatnonzero(inside > -beside)
    left = np.diff(np.searchsorted(at, np.concatenate([[0], np.cumsum(sizes)]))).tolist()
    (dx, dy, dz), a, b, half = d[:, at], a[at], b[at], half[at]
    ox, oy, oz = ox[at], oy[at], oz[at]
    rim = ox * ox + oy * oy
    rim -= 1
    t = (b + np.sqrt(np.maximum(b * b - a * rim, 0))) / -a
    s = oz + t * dz
    clamp(s, -half, half)
    e = oz - s
    go = b + dz * e
    a += dz * dz
    t = (go + np.sqrt(np.maximum(go * go - a * (rim + e * e), 0))) / -a
    local: Field = np.stack([ox + t * dx, oy + t * dy, e + t * dz])
    normal = _each(back, local, left)
    normal *= 1 / np.sqrt(_square(normal) + np.float32(1e-12))
    local[2] += s
    return Picked(at, left, Hits(inside[at], t, normal, local))


def _square(v: Field) -> Field:
    out: Field = v[0] * v[0]
    out += v[1] * v[1]
    out += v[2] * v[2]
    return out


BEVEL = 0.05
"""Metres over which a block's normals are rounded near its edges."""


def hit_block(block: Block, eye: Field, rays: Field, shape: tuple[int, int], beside: float) -> Picked:
    """Rays (3, E) against a convex block: entry is the last of the front planes, exit the first of the back planes.

    The rays are the cells of a grid of ``shape``, row by row; ``inside`` of the result is in cells (from the gradient over neighbours).
    Only rays that miss by less than ``beside`` cells are returned."""
    o = block.frame @ (eye - block.origin)
    d = block.frame @ rays
    face = np.ascontiguousarray(block.planes[:, :3])
    speed = face @ d
    np.copyto(speed, np.float32(1e-6), where=np.abs(speed) < 1e-6)
    enter = (block.planes[:, 3] - face @ o)[:, None] / speed
    front = speed < 0
    leave = np.where(front, np.float32(1e6), enter).min(0)
    np.copyto(enter, np.float32(-1e6), where=~front)
    last = enter.max(0)
    run = (leave - last).reshape(shape)
    gy, gx = np.gradient(run)
    inside = run / np.maximum(np.sqrt(gx * gx + gy * gy), np.float32(1e-4))
    at = np.flatnonzero(inside.ravel() > -beside)
    last, enter, d = last[at], enter[:, at], d[:, at]
    enter -= last
    enter *= np.float32(1 / BEVEL)
    n = face.T @ np.exp(np.maximum(enter, -12, out=enter), out=enter)
    n *= 1 / np.sqrt(_square(n) + np.float32(1e-9))
    return Picked(at, [len(at)], Hits(inside.ravel()[at], last, block.frame.T @ n, o[:, None] + d * last))

"""Rays against actors' bodies: where they hit, which way the surface faces there, and how far (in pixels) they miss.

Everything works on component arrays (3, E) of float32, one column for each (part, pixel) pair, so that all parts of a body cost one
pass. The signed miss distance is exact to first order: (1 - distance in the part's unit space) / its gradient over the picture. It
varies smoothly, so it can be computed on a coarse grid and enlarged, and the outline still comes out sharp.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from panocam.scene.arrays import Field, clamp
from panocam.scene.figure import Block, Capsules


@dataclass(frozen=True, eq=False)
class Hits:
    """For E rays: ``inside`` (E,) signed pixels (positive = hit), ``t`` (E,) metres, ``normal`` (3, E) world, ``local`` (3, E) the
    point in the part's unit space (capsules) or own frame (blocks)."""

    inside: Field
    t: Field
    normal: Field
    local: Field


def _each(matrices: Field, columns: Field, sizes: Sequence[int]) -> Field:
    """Matrix k times the k-th run of columns."""
    out = np.empty_like(columns)
    at = 0
    for m, size in zip(matrices, sizes, strict=True):
        np.matmul(m, columns[:, at : at + size], out=out[:, at : at + size])
        at += size
    return out


def hit_capsules(c: Capsules, sizes: Sequence[int], eye: Field, rays: Field, per_radian: float) -> Hits:
    """Rays (3, E) from ``eye``, the first ``sizes[0]`` of them against capsule 0, and so on.

    Derivation: in unit space the closest approach to the axis gives the nearest axis point s; the surface point is where the ray
    enters the unit ball about s."""
    offset = np.einsum("nij,nj->in", c.to_unit, eye - c.centre)
    ox, oy, oz = (np.repeat(row, sizes) for row in offset)
    half = np.repeat(c.half, sizes)
    dx, dy, dz = d = _each(c.to_unit, rays, sizes)
    back = np.ascontiguousarray(c.to_unit.transpose(0, 2, 1))
    a = dx * dx
    a += dy * dy
    np.maximum(a, 1e-9, out=a)
    b = dx * ox
    b += dy * oy
    dd = dz * dz
    dd += a
    rim = ox * ox
    rim += oy * oy
    rim -= 1
    # closest approach: how far outside or inside the outline
    w = np.empty_like(d)
    near = oz - b / a * dz
    clamp(near, -half, half)
    np.subtract(oz, near, out=near)
    t1 = (b + dz * near) / -dd
    w[0], w[1], w[2] = ox + t1 * dx, oy + t1 * dy, near + t1 * dz
    miss = np.sqrt(_square(w)) + np.float32(1e-6)
    steep = np.sqrt(_square(_each(back, w, sizes)))
    inside = (1 - miss) * miss * np.float32(per_radian) / (np.maximum(t1, 0.05) * steep + np.float32(1e-9))
    # entry point
    enter = np.sqrt(np.maximum(b * b - a * rim, 0))
    enter = (b + enter) / -a
    s = oz + enter * dz
    clamp(s, -half, half)
    e = oz - s
    go = b + dz * e
    gap = np.maximum(go * go - dd * (rim + e * e), 0)
    t = (go + np.sqrt(gap)) / -dd
    local = w
    local[0], local[1], local[2] = ox + t * dx, oy + t * dy, e + t * dz
    normal = _each(back, local, sizes)
    normal *= 1 / np.sqrt(_square(normal) + np.float32(1e-12))
    local[2] += s
    return Hits(inside, t, normal, local)


def _square(v: Field) -> Field:
    out: Field = v[0] * v[0]
    out += v[1] * v[1]
    out += v[2] * v[2]
    return out


def hit_block(block: Block, eye: Field, rays: Field, bevel: float = 0.05) -> Hits:
    """Rays (h, w, 3) against a convex block: entry is the last of the front planes, exit the first of the back planes.

    ``inside`` of the result is in cells of this grid (from the gradient over neighbours). Normals are rounded over ``bevel`` metres
    near edges. Flattened row by row."""
    o = block.frame @ (eye - block.origin)
    d = rays @ block.frame.T
    speed = d @ block.planes[:, :3].T
    gap = block.planes[:, 3] - block.planes[:, :3] @ o
    t = gap / np.where(np.abs(speed) < 1e-6, np.float32(1e-6), speed)
    front = speed < 0
    enter = np.where(front, t, np.float32(-1e6))
    last = enter.max(-1)
    leave = np.where(front, np.float32(1e6), t).min(-1)
    run = leave - last
    gy, gx = np.gradient(run)
    inside = run / np.maximum(np.hypot(gx, gy), np.float32(1e-4))
    weight = np.exp(np.maximum((enter - last[..., None]) / np.float32(bevel), -20))
    n = weight @ block.planes[:, :3]
    n /= np.linalg.norm(n, axis=-1, keepdims=True) + np.float32(1e-9)
    local = o + d * last[..., None]
    return Hits(inside.ravel(), last.ravel(), (n @ block.frame).reshape(-1, 3).T, local.reshape(-1, 3).T)

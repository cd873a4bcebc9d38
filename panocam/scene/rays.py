"""Rays against actors' bodies: where they hit, which way the surface faces there, and how far (in pixels) they miss.

Everything works on flat arrays of float32, one element for each (part, pixel) pair, so that all parts of a body cost one pass.
The signed miss distance is exact to first order: (1 - distance in the part's unit space) / its gradient over the picture. It varies
smoothly, so it can be computed on a coarse grid and enlarged, and the outline still comes out sharp.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from panocam.scene.figure import Block, Capsules

Field = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Hits:
    """For E rays: ``inside`` (E,) signed pixels (positive = hit), ``t`` (E,) metres, ``normal`` (E, 3) world, ``local`` (E, 3) the
    point in the part's unit space (capsules) or own frame (blocks)."""

    inside: Field
    t: Field
    normal: Field
    local: Field


def _dot(a: Field, b: Field) -> Field:
    out: Field = np.einsum("ij,ij->i", a, b)
    return out


def hit_capsules(c: Capsules, which: NDArray[np.intp], eye: Field, rays: Field, per_radian: float) -> Hits:
    """Rays (E, 3) from ``eye`` against capsule ``which`` (E,) each. Derivation: in unit space the closest approach to the axis gives
    the nearest axis point s; the surface point is where the ray enters the unit ball about s."""
    offset = np.einsum("nij,nj->ni", c.to_unit, eye - c.centre)
    m, half = c.to_unit[which], c.half[which]
    o = offset[which]
    d = np.einsum("eij,ej->ei", m, rays)
    ox, oy, oz = o.T
    dx, dy, dz = d.T
    a = np.maximum(dx * dx + dy * dy, 1e-9)
    b = dx * ox + dy * oy
    dd = a + dz * dz
    # closest approach: how far outside or inside the outline
    near = np.clip(oz - b / a * dz, -half, half)
    back = b + dz * (oz - near)
    t1 = -back / dd
    wx, wy, wz = ox + t1 * dx, oy + t1 * dy, oz - near + t1 * dz
    miss = np.sqrt(wx * wx + wy * wy + wz * wz) + np.float32(1e-6)
    world = np.stack([wx, wy, wz], 1) / miss[:, None]
    grad = np.einsum("eij,ei->ej", m, world)
    inside = (1 - miss) * per_radian / (np.maximum(t1, 0.05) * np.sqrt(_dot(grad, grad)))
    # entry point
    enter = (-b - np.sqrt(np.maximum(b * b - a * (ox * ox + oy * oy - 1), 0))) / a
    s = np.clip(oz + enter * dz, -half, half)
    e = oz - s
    back = b + dz * e
    gap = np.maximum(back * back - dd * (ox * ox + oy * oy + e * e - 1), 0)
    t = (-back - np.sqrt(gap)) / dd
    local = np.stack([ox + t * dx, oy + t * dy, e + t * dz], 1)
    n = np.einsum("eij,ei->ej", m, local)
    n /= np.sqrt(_dot(n, n) + np.float32(1e-12))[:, None]
    local[:, 2] += s
    return Hits(inside, t, n, local)


def hit_block(block: Block, eye: Field, rays: Field, bevel: float = 0.05) -> tuple[Field, Hits]:
    """Rays (h, w, 3) against a convex block: entry is the last of the front planes, exit the first of the back planes.

    ``inside`` of the result is in cells of this grid (from the gradient over neighbours). Normals are rounded over ``bevel`` metres
    near edges. Returns (how far the ray runs inside in metres, hits), flattened row by row."""
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
    inside = run / np.maximum(np.hypot(gx, gy), 1e-4)
    weight = np.exp(np.maximum((enter - last[..., None]) / np.float32(bevel), -20))
    n = weight @ block.planes[:, :3]
    n /= np.linalg.norm(n, axis=-1, keepdims=True) + 1e-9
    local = o + d * last[..., None]
    return run.ravel(), Hits(inside.ravel(), last.ravel(), (n @ block.frame).reshape(-1, 3), local.reshape(-1, 3))

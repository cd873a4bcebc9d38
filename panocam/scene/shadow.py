"""Soft shadows that moving bodies throw on the static world, as a factor on a coarse grid of pixels.

For a point P and a light L, a body segment of radius r hides as much of the light as its distance to the line P-L says, over a
penumbra that widens with the way from the body to P. Contact shadows under feet are dark blobs that fade with height.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from panocam.scene.arrays import Field, clamp, f32
from panocam.scene.light import Light

DEPTH = 0.92
"""How much of the direct light a body takes away at most."""


@dataclass(frozen=True, eq=False)
class Caster:
    """One light that throws shadows. ``at`` a point, or a direction if ``far``; ``share``: shadow depth; ``soft``: its angular radius."""

    at: Field
    far: bool
    power: float
    soft: float
    facing: Field


def casters(light: Light) -> list[Caster]:
    """The lights of a world that throw shadows; sources close together count as one."""
    out: list[Caster] = []
    if light.sun is not None:
        return [Caster(f32(light.sun[0]), True, 1.0, 0.012, np.zeros(3, np.float32))]
    groups: dict[tuple[int, int, int], list[int]] = {}
    for i, s in enumerate(light.sources):
        key = (round(s.at[0] / 1.1), round(s.at[1] / 1.1), round(s.at[2] / 1.1))
        groups.setdefault(key, []).append(i)
    for members in groups.values():
        at = np.mean([light.sources[i].at for i in members], 0).astype(np.float32)
        power = sum(light.sources[i].power * float(np.mean(light.sources[i].color)) for i in members)
        out.append(Caster(at, False, power, 0.14, f32(light.sources[members[0]].facing)))
    return out


def strongest(lights: Sequence[Caster], x: float, y: float, count: int) -> list[Caster]:
    """The lights that matter most at a place on the ground."""
    return sorted(lights, key=lambda c: -c.power / ((c.at[0] - x) ** 2 + (c.at[1] - y) ** 2 + 3.0))[:count]


def shadow(p: Field, lights: Sequence[Caster], ambient: float, segments: Field, contact: Field, lit: Field | float = 1.0) -> Field:
    """Factor (N,) on the radiance of points ``p`` (3, N). ``segments`` (M, 7): ends and radius; ``contact`` (K, 4): x, y, height, size;
    ``lit``: how much of the direct light reaches the points without the figure."""
    lost = np.zeros(p.shape[1], np.float32)
    total = np.full(p.shape[1], ambient, np.float32)
    for light in lights:
        if light.far:
            to, reach, power = np.broadcast_to(light.at[:, None], p.shape), np.float32(100), f32(light.power)
        else:
            v = light.at[:, None] - p
            reach = np.sqrt(v[0] * v[0] + v[1] * v[1] + v[2] * v[2])
            to = v / reach
            power = f32(light.power) * np.maximum(-(light.facing @ to), 0) * np.maximum(to[2], 0.15) / (reach * reach + np.float32(0.12))
        hidden: Field = np.zeros(p.shape[1], np.float32)
        for s in segments:
            np.maximum(hidden, _hides(p, to, reach, s, light.soft), out=hidden)
        lost += power * hidden
        total += power
    factor = 1 - np.float32(DEPTH) * lit * lost / np.maximum(total, 1e-4)
    for x, y, up, size in contact:
        dx, dy, dz = p[0] - x, p[1] - y, p[2] * np.float32(1.5)
        d2 = (dx * dx + dy * dy + dz * dz) * np.float32(1 / (size * (1 + 4 * up)) ** 2)
        factor *= 1 - np.float32(0.55 / (1 + 9 * up)) * np.exp(-np.minimum(d2, 20))
    return factor


def _hides(p: Field, to: Field, reach: Field | np.float32, segment: Field, soft: float) -> Field:
    """How much of the light along ``to`` one segment hides: closest approach of a ray and a segment."""
    a, axis, r = segment[:3], segment[3:6] - segment[:3], segment[6]
    wx, wy, wz = p[0] - a[0], p[1] - a[1], p[2] - a[2]
    tx, ty, tz = to
    aa = np.float32(max(float(axis @ axis), 1e-6))
    ab = axis @ to
    wa = wx * axis[0] + wy * axis[1] + wz * axis[2]
    wt = wx * tx + wy * ty + wz * tz
    s = (wa - ab * wt) / np.maximum(aa - ab * ab, np.float32(1e-6))
    clamp(s, 0, 1)
    t = np.minimum(np.maximum(s * ab - wt, 0), reach)
    gx, gy, gz = wx + tx * t - s * axis[0], wy + ty * t - s * axis[1], wz + tz * t - s * axis[2]
    d = np.sqrt(gx * gx + gy * gy + gz * gz)
    blur = np.maximum(np.float32(soft) * t, np.float32(0.02))
    x = (r - d) / (2 * blur)
    x += np.float32(0.5)
    clamp(x, 0, 1)
    hidden: Field = x * x * (3 - 2 * x) * np.minimum(1, r / blur)  # a thin thing far away hides only part of a wide light
    return hidden

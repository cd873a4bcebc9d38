"""Soft shadows that moving bodies throw on the static world, as a factor on a coarse grid of pixels.

For a point P and a light L, a body segment of radius r hides as much of the light as its distance to the line P-L says, over a
penumbra that widens with the way from the body to P. Contact shadows under feet are dark blobs that fade with height.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from panocam.scene.light import Light

Field = NDArray[np.float32]


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
        return [Caster(np.float32(light.sun[0]), True, 1.0, 0.012, np.zeros(3, np.float32))]
    groups: dict[tuple[int, int, int], list[int]] = {}
    for i, s in enumerate(light.sources):
        key = (round(s.at[0] / 1.1), round(s.at[1] / 1.1), round(s.at[2] / 1.1))
        groups.setdefault(key, []).append(i)
    for members in groups.values():
        at = np.mean([light.sources[i].at for i in members], 0).astype(np.float32)
        power = sum(light.sources[i].power * float(np.mean(light.sources[i].color)) for i in members)
        out.append(Caster(at, False, power, 0.14, np.float32(light.sources[members[0]].facing)))
    return out


def shadow(p: Field, lights: Sequence[Caster], ambient: float, segments: Field, contact: Field, depth: float = 0.9) -> Field:
    """Factor (N,) on the radiance of points ``p`` (N, 3). ``segments`` (M, 7): ends and radius; ``contact`` (K, 4): x, y, height, size."""
    lost = np.zeros(len(p), np.float32)
    total = np.full(len(p), ambient, np.float32)
    for light in lights:
        if light.far:
            to, reach, power = np.broadcast_to(light.at, p.shape), np.float32(100), np.full(len(p), light.power, np.float32)
        else:
            v = light.at - p
            reach = np.sqrt(np.einsum("ij,ij->i", v, v))
            to = v / reach[:, None]
            power = light.power * np.maximum(-(to @ light.facing), 0) * np.maximum(to[:, 2], 0.15) / (reach * reach + 0.12)
        hidden = np.zeros(len(p), np.float32)
        for s in segments:
            np.maximum(hidden, _hides(p, to, reach, s, light.soft), out=hidden)
        lost += power * hidden
        total += power
    factor = 1 - depth * lost / np.maximum(total, 1e-4)
    for x, y, up, size in contact:
        d2 = ((p[:, 0] - x) ** 2 + (p[:, 1] - y) ** 2 + (p[:, 2] * 1.5) ** 2) / np.float32((size * (1 + 4 * up)) ** 2)
        factor *= 1 - np.float32(0.55 / (1 + 9 * up)) * np.exp(-np.minimum(d2, 20))
    return factor.astype(np.float32)


def _hides(p: Field, to: Field, reach: Field | np.float32, segment: Field, soft: float) -> Field:
    """How much of the light along ``to`` one segment hides: closest approach of a ray and a segment."""
    a, b, r = segment[:3], segment[3:6], segment[6]
    axis = b - a
    w = p - a
    aa = np.float32(max(float(axis @ axis), 1e-6))
    ab = to @ axis
    wa, wt = w @ axis, np.einsum("ij,ij->i", w, to)
    denominator = np.maximum(aa - ab * ab, 1e-6)
    s = np.clip((wa - ab * wt) / denominator, 0, 1)
    t = np.clip(s * ab - wt, 0, reach)
    gap = w + to * t[:, None] - s[:, None] * axis
    d = np.sqrt(np.einsum("ij,ij->i", gap, gap))
    blur = np.maximum(np.float32(0.02), np.float32(soft) * t)
    x = np.clip((r - d) / (2 * blur) + 0.5, 0, 1)
    cover = np.minimum(1, r / blur)  # a thin thing far away hides only part of a wide light
    return x * x * (3 - 2 * x) * cover

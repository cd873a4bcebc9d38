"""What surfaces of actors look like: patterns in a part's own coordinates, and their light."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from panocam.scene.arrays import Field, clamp, f32
from panocam.scene.figure import Block, Capsules, Paint, Stuff
from panocam.scene.lamp import Lamp
from panocam.scene.rays import Hits

_FABRIC = np.array([s in (Stuff.CLOTH, Stuff.SHIRT, Stuff.STRIPED) for s in Stuff], np.float32)
"""1 for what falls in folds."""


def colour(c: Capsules, sizes: Sequence[int], hits: Hits, lamps: Sequence[tuple[Lamp, int]]) -> Field:
    """Linear radiance and its mains part (4, E) of hit points; the first ``sizes[0]`` belong to capsule 0, and so on.

    ``lamps``: the light on the first so many points, on the next, ..."""
    n, (qx, _, qz) = hits.normal, hits.local
    fabric, wave = np.repeat(_FABRIC[c.stuff], sizes), np.repeat(np.arange(len(sizes), dtype=np.float32), sizes)
    fold = np.sin(qz * np.float32(7.0) + np.float32(2.2) * qx + wave)
    fold *= np.sin(qx * np.float32(4.0) - np.float32(2.6) * qz + np.float32(1.7) * wave)
    fold *= fabric
    n[2] += np.float32(0.15) * fold
    e: Field = np.empty((4, len(hits.t)), np.float32)
    at = 0
    for lamp, size in lamps:
        lamp.on(n[:, at : at + size], e[:, at : at + size])
        at += size
    fold *= np.float32(0.08)
    fold += 1
    albedo = np.repeat(c.albedo.T, sizes, axis=1)
    albedo *= fold
    at = 0
    for stuff, size in zip(c.stuff.tolist(), sizes, strict=True):
        paint = _PAINT.get(stuff)
        if paint is not None and size:
            paint(albedo[:, at : at + size], hits.local[:, at : at + size])
        at += size
    e[:3] *= albedo
    return e


def _face(albedo: Field, q: Field) -> None:
    """Eyes, brows and a mouth, painted on the front of the head (local y looks forward)."""
    at = np.flatnonzero(q[1] > 0.35)
    x, z = np.abs(q[0, at]), q[2, at]
    socket = ((x - 0.37) / 0.25) ** 2 + ((z - 0.10) / 0.17) ** 2 < 1
    white = ((x - 0.37) / 0.14) ** 2 + ((z - 0.07) / 0.055) ** 2 < 1
    iris = ((x - 0.37) / 0.075) ** 2 + ((z - 0.07) / 0.065) ** 2 < 1
    brow = (np.abs(x - 0.37) < 0.22) & (np.abs(z - 0.25 + 0.12 * (x - 0.37)) < 0.04)
    lips = (x < 0.26) & (np.abs(z + 0.46 + 0.10 * x) < 0.055 - 0.05 * x)
    cheek = ((x - 0.52) / 0.28) ** 2 + ((z + 0.22) / 0.22) ** 2 < 1
    albedo[:, at[cheek]] *= f32([[1.02], [0.90], [0.88]])
    albedo[:, at[socket]] *= np.float32(0.84)
    albedo[:, at[white]] = f32([[0.5], [0.48], [0.46]])
    albedo[:, at[iris]] = f32([[0.03], [0.025], [0.02]])
    albedo[:, at[brow]] *= np.float32(0.25)
    albedo[:, at[lips]] *= f32([[0.72], [0.42], [0.42]])


def _shirt(albedo: Field, q: Field) -> None:
    """A placket down the front."""
    albedo *= 1 - np.float32(0.38) * ((q[1] > 0.2) & (np.abs(q[0]) < 0.045))


def _striped(albedo: Field, q: Field) -> None:
    band = np.flatnonzero(np.sin(q[2] * np.float32(9.0)) > 0.25)
    albedo[:, band] = albedo[:, band] * np.float32(0.25) + np.float32(0.62)


def _hair(albedo: Field, q: Field) -> None:
    albedo *= 1 + np.float32(0.3) * np.sin(q[0] * np.float32(38) + np.float32(5) * np.sin(q[2] * np.float32(3)))


def _tyre(albedo: Field, q: Field) -> None:
    """A light rim with five spokes; local z and y lie in the wheel's plane."""
    r2 = q[1] * q[1] + q[2] * q[2]
    spokes = np.cos(5 * np.arctan2(q[2], q[1])) > -0.3
    albedo[:, r2 < 0.5] = np.float32(0.03)
    albedo[:, (r2 < 0.50) & (spokes | (r2 < 0.06) | (r2 > 0.42))] = np.float32(0.42)


_PAINT: dict[int, Callable[[Field, Field], None]] = {
    int(Stuff.FACE): _face,
    int(Stuff.SHIRT): _shirt,
    int(Stuff.STRIPED): _striped,
    int(Stuff.HAIR): _hair,
    int(Stuff.TYRE): _tyre,
}
"""Patterns, painted over a part's reflectance (3, n) in place."""


def paintwork(block: Block, hits: Hits, lamp: Lamp, rays: Field, cell: float) -> Field:
    """Linear radiance and its mains part (4, E) of a block seen along ``rays`` (3, E): paint under clear coat, glass, lights.

    ``cell``: radians between two rays; edges of what is painted on are twice as soft as that, or enlarging would make stairs of them."""
    n, q = hits.normal, hits.local
    facing = np.minimum(rays[0] * n[0] + rays[1] * n[1] + rays[2] * n[2], 0)
    away = rays - 2 * facing * n
    out = lamp.on(n, np.empty((4, len(hits.t)), np.float32), 0.05)
    sharp = 1 / np.maximum(np.abs(hits.t) * np.float32(2 * cell), np.float32(0.004))
    albedo = np.repeat(block.albedo[:, None], q.shape[1], 1)
    (_bodywork if block.paint is Paint.BODY else _cabin)(albedo, q, n, sharp)
    out[:3] *= albedo
    fresnel = np.float32(0.05) + np.float32(0.75) * (1 + facing) ** 5
    sky = np.clip(away[2] * 3 + np.float32(0.35), 0, 1)
    for k in range(3):
        out[k] += fresnel * (lamp.ground[k] * np.float32(0.6) * (1 - sky) + lamp.sky[k] * np.float32(1.5) * sky)
    for to, rgb, _ in lamp.beams:
        glint = np.maximum(to @ away, 0) ** 220 * np.float32(1.6)
        out[:3] += glint * rgb[:, None]
    return out


def _over(albedo: Field, distance: Field, sharp: Field, color: float | Field) -> None:
    """Paint a colour where ``distance`` (metres, positive inside) is positive, with an edge one cell soft."""
    cover = distance * sharp
    cover += np.float32(0.5)
    albedo += (color - albedo) * clamp(cover, 0, 1)


def _bodywork(albedo: Field, q: Field, n: Field, sharp: Field) -> None:
    x, y, z = np.abs(q[0]), q[1], q[2]
    ahead = np.abs(y)
    flank, least = x - np.float32(0.8), np.minimum
    seam = least(least(np.abs(y - 0.72), np.abs(y + 0.28)), np.abs(y + 1.12))
    _over(albedo, least(least(flank, z - 0.3), 0.012 - seam), sharp, 0.012)
    handle = 0.09 - least(np.abs(y + 0.12), np.abs(y + 0.98))
    _over(albedo, least(least(flank, 0.018 - np.abs(z - 0.72)), handle), sharp, 0.02)
    _over(albedo, np.float32(0.30) - z, sharp, 0.012)
    hub = least((y - 1.34) ** 2, (y + 1.30) ** 2) + (z - 0.33) ** 2
    _over(albedo, least(x - 0.7, 0.40 - np.sqrt(hub)), sharp, 0.012)
    _over(albedo, least(least(y - 1.95, 0.5 - x), 0.11 - np.abs(z - 0.45)), sharp, 0.015)
    lights = least(least(ahead - 1.9, x - 0.48), 0.09 - np.abs(z - 0.65))
    _over(albedo, least(lights, y), sharp, f32([[0.95], [0.95], [0.98]]))
    _over(albedo, least(lights, -y), sharp, f32([[0.55], [0.02], [0.02]]))
    plate = 0.06 - np.abs(z - np.where(y > 0, np.float32(0.42), np.float32(0.58)))
    _over(albedo, least(least(ahead - 1.9, 0.26 - x), plate), sharp, 0.75)


def _cabin(albedo: Field, q: Field, n: Field, sharp: Field) -> None:
    """Glass between pillars under a roof of the body's colour."""
    y, z = q[1], q[2]
    glass = np.minimum(np.float32(1.37) - z, z - np.float32(0.88))
    pillar = np.maximum(0.045 - np.abs(y + 0.30), 0.06 - np.abs(y + 1.22))
    sideways = np.abs(n[0]) - np.float32(0.5)
    _over(albedo, np.minimum(glass, -np.minimum(pillar, sideways)), sharp, 0.02)

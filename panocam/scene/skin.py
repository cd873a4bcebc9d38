"""What surfaces of actors look like: patterns in a part's own coordinates, and their light."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from panocam.scene.arrays import Field, f32
from panocam.scene.figure import Block, Capsules, Paint, Stuff
from panocam.scene.lamp import Lamp
from panocam.scene.rays import Hits

_FABRIC = (Stuff.CLOTH, Stuff.SHIRT, Stuff.STRIPED)


def colour(c: Capsules, sizes: Sequence[int], hits: Hits, lamp: Lamp) -> Field:
    """Linear radiance and its mains part (4, E) of hit points; the first ``sizes[0]`` belong to capsule 0, and so on."""
    out = np.empty((4, len(hits.t)), np.float32)
    n = hits.normal
    shade = np.ones(len(hits.t), np.float32)
    start = np.concatenate([[0], np.cumsum(sizes)])
    spans = [(k, slice(int(start[k]), int(start[k + 1]))) for k in range(len(sizes)) if sizes[k]]
    for k, at in spans:
        if c.stuff[k] in _FABRIC:
            q = hits.local[:, at]
            fold = np.sin(q[2] * 7.0 + 2.2 * q[0] + k) * np.sin(q[0] * 4.0 - 2.6 * q[2] + 1.7 * k)
            shade[at] += np.float32(0.08) * fold
            n[2, at] += np.float32(0.15) * fold
    e = lamp.on(n, out)
    e[:3] *= shade
    for k, at in spans:
        paint = _PAINT.get(c.stuff[k])
        albedo = c.albedo[k][:, None]
        e[:3, at] *= albedo if paint is None else paint(np.broadcast_to(albedo, (3, at.stop - at.start)), hits.local[:, at])
    return e


def _face(albedo: Field, q: Field) -> Field:
    """Eyes, brows and a mouth, painted on the front of the head (local y looks forward)."""
    out = albedo.copy()
    at = np.flatnonzero(q[1] > 0.35)
    x, z = np.abs(q[0, at]), q[2, at]
    white = ((x - 0.36) / 0.19) ** 2 + ((z - 0.06) / 0.075) ** 2 < 1
    iris = ((x - 0.36) / 0.085) ** 2 + ((z - 0.06) / 0.08) ** 2 < 1
    brow = (np.abs(x - 0.37) < 0.23) & (np.abs(z - 0.23 + 0.10 * (x - 0.37)) < 0.045)
    lips = (x < 0.27) & (np.abs(z + 0.46 + 0.10 * x) < 0.055 - 0.05 * x)
    cheek = ((x - 0.52) / 0.28) ** 2 + ((z + 0.22) / 0.22) ** 2 < 1
    out[:, at[cheek]] *= f32([[1.02], [0.90], [0.88]])
    out[:, at[white]] = [[0.62], [0.60], [0.57]]
    out[:, at[iris]] = [[0.03], [0.025], [0.02]]
    out[:, at[brow]] *= np.float32(0.22)
    out[:, at[lips]] *= f32([[0.72], [0.38], [0.38]])
    return out


def _shirt(albedo: Field, q: Field) -> Field:
    """A placket down the front."""
    out: Field = albedo * (1 - np.float32(0.38) * ((q[1] > 0.2) & (np.abs(q[0]) < 0.045)))
    return out


def _striped(albedo: Field, q: Field) -> Field:
    return np.where(np.sin(q[2] * np.float32(9.0)) > 0.25, albedo * np.float32(0.25) + np.float32(0.62), albedo)


def _hair(albedo: Field, q: Field) -> Field:
    out: Field = albedo * (1 + np.float32(0.3) * np.sin(q[0] * 38 + 5 * np.sin(q[2] * 3)))
    return out


_PAINT = {Stuff.FACE: _face, Stuff.SHIRT: _shirt, Stuff.STRIPED: _striped, Stuff.HAIR: _hair}


def _tyre(albedo: Field, q: Field) -> Field:
    """A light rim with five spokes; local z and y lie in the wheel's plane."""
    r2 = q[1] * q[1] + q[2] * q[2]
    spokes = np.cos(5 * np.arctan2(q[2], q[1])) > -0.3
    rim = (r2 < 0.50) & (spokes | (r2 < 0.06) | (r2 > 0.42))
    return np.where(rim, np.float32(0.42), np.where(r2 < 0.5, np.float32(0.03), albedo))


_PAINT[Stuff.TYRE] = _tyre


def paintwork(block: Block, hits: Hits, lamp: Lamp, rays: Field) -> Field:
    """Linear radiance and its mains part (4, E) of a block seen along ``rays`` (3, E): paint under clear coat, glass, lights."""
    n, q = hits.normal, hits.local
    facing = np.minimum(rays[0] * n[0] + rays[1] * n[1] + rays[2] * n[2], 0)
    away = rays - 2 * facing * n
    out = lamp.on(n, np.empty((4, len(hits.t)), np.float32), 0.05)
    out[:3] *= (_bodywork if block.paint is Paint.BODY else _cabin)(block.albedo, q, n)
    fresnel = np.float32(0.05) + np.float32(0.75) * (1 + facing) ** 5
    sky = np.clip(away[2] * 3 + np.float32(0.35), 0, 1)
    for k in range(3):
        out[k] += fresnel * (lamp.ground[k] * np.float32(0.6) * (1 - sky) + lamp.sky[k] * np.float32(1.5) * sky)
    for to, rgb, _ in lamp.beams:
        glint = np.maximum(to @ away, 0) ** 220 * np.float32(1.6)
        out[:3] += glint * rgb[:, None]
    return out


def _bodywork(albedo: Field, q: Field, n: Field) -> Field:
    x, y, z = np.abs(q[0]), q[1], q[2]
    out = np.repeat(albedo[:, None], q.shape[1], 1)
    arch = np.zeros(q.shape[1], bool)
    for hub in (1.34, -1.30):
        arch |= (x > 0.7) & ((y - hub) ** 2 + (z - 0.33) ** 2 < 0.40**2)
    end = np.abs(y) > 1.9
    seam = (x > 0.8) & (z > 0.3) & ((np.abs(y - 0.72) < 0.012) | (np.abs(y + 0.28) < 0.012) | (np.abs(y + 1.12) < 0.012))
    sill = (z < 0.30) | seam | arch
    out[:, sill] = np.float32(0.012)
    handle = (x > 0.8) & (np.abs(z - 0.72) < 0.015) & ((np.abs(y + 0.12) < 0.09) | (np.abs(y + 0.98) < 0.09))
    out[:, handle] *= np.float32(0.35)
    grille = (y > 1.95) & (x < 0.5) & (z > 0.34) & (z < 0.56)
    out[:, grille] = np.float32(0.015)
    lights = end & (x > 0.48) & (z > 0.56) & (z < 0.74)
    out[:, lights & (y > 0)] = f32([[0.95], [0.95], [0.98]])
    out[:, lights & (y < 0)] = f32([[0.55], [0.02], [0.02]])
    plate = end & (x < 0.26) & (np.abs(z - np.where(y > 0, 0.42, 0.58)) < 0.06)
    out[:, plate] = np.float32(0.75)
    return out


def _cabin(albedo: Field, q: Field, n: Field) -> Field:
    """Glass between pillars under a roof of the body's colour."""
    z, y = q[2], q[1]
    pillar = (np.abs(y + 0.30) < 0.045) | (np.abs(y + 1.22) < 0.06)
    side = np.abs(q[0]) > np.float32(0.5)
    roof = (z > 1.37) | (z < 0.88) | (side & pillar & (np.abs(n[0]) > 0.5))
    return np.where(roof, albedo[:, None], np.float32(0.02))

"""Light on static surfaces: direct light with soft shadows plus occluded ambient light, computed once on a coarse grid of points.

Units are relative radiance: a white wall in full lamp light is about 1. A surface's radiance is its reflectance times the
irradiance computed here (already divided by pi).
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from panocam.scene.arrays import Field, f32

RAYS = 6
"""Rays a point for ambient occlusion."""


@dataclass(frozen=True)
class Source:
    """A small rectangle of light: ``power`` scales ``color``; it shines along ``facing``. ``mains``: does it flicker."""

    at: tuple[float, float, float]
    facing: tuple[float, float, float]
    color: tuple[float, float, float]
    power: float
    mains: bool = True


@dataclass(frozen=True, eq=False)
class Light:
    """All light of a world. ``sun`` = (direction towards it, colour) or None; ``sky``/``ground`` ambient colours from above and below.

    ``hides`` is (N, 2, 3): the boxes that throw shadows. ``mains_ambient`` is the flickering part of the ambient light.
    """

    sources: tuple[Source, ...]
    sky: tuple[float, float, float]
    ground: tuple[float, float, float]
    hides: Field
    sun: tuple[tuple[float, float, float], tuple[float, float, float]] | None = None
    mains_ambient: float = 0.0
    reach: float = 0.9
    blobs: Field = field(default_factory=lambda: np.zeros((0, 6), np.float32))

    def on(self, p: Field, n: Field) -> tuple[Field, Field]:
        """Irradiance (N, 3) at points ``p`` with normals ``n``, and the part of it (N,) that flickers with the mains."""
        ambient = self.ambient(p, n)
        total = ambient.copy()
        lamps = ambient.mean(1) * self.mains_ambient
        for s in self.sources:
            direct = self._source(s, p, n)
            total += direct[:, None] * f32(s.color)
            if s.mains:
                lamps += direct * np.float32(np.mean(s.color))
        if self.sun is not None:
            total += self._sunlight(p, n)[:, None] * f32(self.sun[1])
        return total, lamps / np.maximum(total.mean(1), 1e-6)

    def _source(self, s: Source, p: Field, n: Field) -> Field:
        to = f32(s.at) - p
        d2 = np.einsum("ij,ij->i", to, to)
        d = np.sqrt(d2)
        away = -(to @ f32(s.facing)) / d
        here = np.einsum("ij,ij->i", to, n) / d
        e = s.power * np.maximum(away, 0) * np.maximum(here, 0) / (d2 + 0.12)
        lit = np.flatnonzero(e > 1e-3)
        out: Field = np.zeros(len(p), np.float32)
        out[lit] = e[lit] * (1 - self.hidden(p[lit] + n[lit] * np.float32(0.012), to[lit], 0.98))
        return out

    def beam(self, s: Source, p: Field) -> tuple[Field, Field]:
        """Irradiance (N,) of one source on surfaces that face it at points ``p``, and the unit direction (N, 3) towards it."""
        to = f32(s.at) - p
        d = np.linalg.norm(to, axis=1)
        e = s.power * np.maximum(-(to @ f32(s.facing)) / d, 0) / (d * d + 0.12)
        return (e * (1 - 0.85 * self.hidden(p, to, 0.97))).astype(np.float32), to / d[:, None]

    def sunshine(self, p: Field) -> Field:
        """How much of the sun (N,) reaches points ``p``."""
        assert self.sun is not None
        to = np.broadcast_to(f32(self.sun[0]), p.shape)
        return (1 - self.hidden(p, to * 60, 1.0)) * self._dapple(p, to[0])

    def _sunlight(self, p: Field, n: Field) -> Field:
        assert self.sun is not None
        e = np.maximum(n @ f32(self.sun[0]), 0)
        lit = np.flatnonzero(e > 1e-3)
        out: Field = np.zeros(len(p), np.float32)
        out[lit] = e[lit] * self.sunshine(p[lit] + n[lit] * np.float32(0.02))
        return out

    def _dapple(self, p: Field, to: Field) -> Field:
        """Sunlight left by tree crowns (ellipsoids): soft edged, with holes."""
        left = np.ones(len(p), np.float32)
        for c in self.blobs:
            o, d = (p - c[:3]) / c[3:], to / c[3:]
            b = o @ d
            miss = np.sqrt(np.maximum(np.einsum("ij,ij->i", o, o) - b * b / (d @ d), 0))
            wobble = 0.16 * np.sin(p[:, 0] * 5.1 + 2 * np.sin(p[:, 1] * 3.3)) * np.sin(p[:, 1] * 4.7 + p[:, 2])
            left *= 1 - 0.86 * np.clip((1.02 + wobble - miss) * 3.5, 0, 1) * (b < 0)
        return left

    def nearest(self, p: Field, to: Field) -> Field:
        """How far along ``to`` (1 = its full length) the first box stands; large where there is none."""
        q, v = np.ascontiguousarray(p.T), np.ascontiguousarray(to.T)
        end = q + v
        least, most = np.minimum(q, end), np.maximum(q, end)
        inv = 1 / np.where(np.abs(v) < 1e-9, np.float32(1e-9), v)
        out = np.full(len(p), 1e9, np.float32)
        for lo, hi in self.hides:
            near_it = (
                (least[0] < hi[0]) & (most[0] > lo[0]) & (least[1] < hi[1]) & (most[1] > lo[1]) & (least[2] < hi[2]) & (most[2] > lo[2])
            )
            at = np.flatnonzero(near_it)
            if not len(at):
                continue
            qa, ia = q[:, at], inv[:, at]
            tn, tf = _slabs((lo[:, None] - qa) * ia, (hi[:, None] - qa) * ia)
            hit = (tn < tf) & (tf > 1e-4) & (tn < out[at])
            out[at[hit]] = tn[hit]
        return out

    def hidden(self, p: Field, to: Field, limit: float) -> Field:
        """1.0 where a box stands between ``p`` and ``p + limit * to``."""
        return (self.nearest(p, to) < limit).astype(np.float32)

    def ambient(self, p: Field, n: Field) -> Field:
        """Sky and ground light by the normal's tilt, less what near boxes hide."""
        up = (0.5 + 0.5 * n[:, 2:3]).astype(np.float32)
        e: Field = up * f32(self.sky) + (1 - up) * f32(self.ground)
        e *= (1 - self._occlusion(p, n))[:, None]
        return e

    def _occlusion(self, p: Field, n: Field) -> Field:
        """(N,) part of the hemisphere over each point that near boxes hide: the nearer, the more."""
        start = np.ascontiguousarray((p + n * np.float32(0.01)).T)
        rays = self._hemisphere(n)
        first: Field = np.ones((RAYS, len(p)), np.float32)
        for lo, hi in self.hides:
            close = (start > lo[:, None] - self.reach) & (start < hi[:, None] + self.reach)
            at = np.flatnonzero(close[0] & close[1] & close[2])
            if not len(at):
                continue
            inv = 1 / rays[:, :, at]
            t0, t1 = (lo[:, None] - start[:, at]) * inv, (hi[:, None] - start[:, at]) * inv
            tn, tf = _slabs(t0.transpose(1, 0, 2), t1.transpose(1, 0, 2))
            np.copyto(tn, np.float32(1), where=(tn >= tf) | (tf <= 1e-4))
            first[:, at] = np.minimum(first[:, at], np.maximum(tn, 0))
        hidden: Field = ((1 - first) ** np.float32(0.7)).mean(0)
        return hidden

    def _hemisphere(self, n: Field) -> Field:
        """(RAYS, 3, N) directions about the normals, cosine weighted, ``reach`` long."""
        side = np.where(np.abs(n[:, 2:3]) > 0.7, f32([1, 0, 0]), f32([0, 0, 1]))
        t = np.cross(n, side)
        b = np.cross(n, t)
        out: Field = np.empty((RAYS, 3, len(n)), np.float32)
        for k in range(RAYS):
            r, a = np.sqrt((k + 0.5) / RAYS), 2.399963 * k
            to = n * np.float32(np.sqrt(1 - r * r)) + t * np.float32(r * np.cos(a)) + b * np.float32(r * np.sin(a))
            out[k] = to.T * np.float32(self.reach) + np.float32(1e-7)
        return out


def _slabs(t0: Field, t1: Field) -> tuple[Field, Field]:
    """Where rays enter and leave boxes, from where they cross the two planes of each axis (first index)."""
    near, far = np.minimum(t0, t1), np.maximum(t0, t1)
    return np.maximum(np.maximum(near[0], near[1]), near[2]), np.minimum(np.minimum(far[0], far[1]), far[2])

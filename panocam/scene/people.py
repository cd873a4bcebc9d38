"""People who walk along a path, or stand and sway."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from math import cos, pi, radians, sin

import numpy as np
from numpy.typing import NDArray

from panocam.scene.arrays import Array, Field, f32
from panocam.scene.body import ARMS, CHEST, CYCLE, FOOT, HEAD, HIPS, LEGS, NECK, Looks, Stance, parts
from panocam.scene.figure import Figure, capsules
from panocam.scene.paths import Path

REACH = 1.3
"""Metres from somebody's feet to which soft shade is drawn."""


@dataclass(frozen=True)
class Person:
    """Somebody. ``speed`` m/s along ``path`` starting ``start`` metres along it; 0 stands at its first point, ``facing`` degrees."""

    id: int
    path: Path
    speed: float = 1.25
    start: float = 0.0
    height: float = 1.75
    facing: float = 0.0
    looks: Looks = field(default_factory=Looks)
    kind: str = "person"

    def place(self, t: float) -> tuple[float, float, float]:
        """x, y in metres and heading in radians clockwise from north at ``t`` seconds."""
        if self.speed == 0:
            x, y = self.path.points[0]
            sway = 0.35 * sin(0.37 * t + self.start)
            return x + 0.03 * sin(0.9 * t), y + 0.03 * sin(0.7 * t + 1), radians(self.facing) + sway
        run = self.start + self.speed * t
        x, y = self.path.at(run)
        return x, y, self.path.heading(run)

    def _stance(self, t: float) -> Stance:
        phase = 2 * pi * (self.start + self.speed * t) / (CYCLE * self.height)
        return Stance(phase, 0.0 if self.speed == 0 else 1.0)

    @cached_property
    def _radii(self) -> Array:
        """(N, 3) metres: taller people are a little wider."""
        wide = 0.55 + 0.45 * self.height / 1.75
        return np.array([p[2] for p in parts(self.looks, self._stance(0), self.height)]) * wide

    @cached_property
    def _surface(self) -> tuple[Field, NDArray[np.int32]]:
        """Linear reflectance (N, 3) and stuff (N,)."""
        body = list(parts(self.looks, self._stance(0), self.height))
        return f32((np.array([p[3] for p in body]) / 255.0) ** 2.2), np.array([int(p[4]) for p in body], np.int32)

    def figure(self, t: float) -> Figure:
        """The body at ``t`` seconds."""
        x, y, heading = self.place(t)
        s, c = sin(heading), cos(heading)
        basis = np.array([(c, -s, 0.0), (s, c, 0.0), (0.0, 0.0, 1.0)])  # rows: right, forward, up
        ends = np.array([(p[0], p[1]) for p in parts(self.looks, self._stance(t), self.height)]) * self.height
        sole = min(ends[LEGS + 2, :, 2].min(), ends[LEGS + 5, :, 2].min()) - self._radii[LEGS + 2, 1]
        ends = ends @ basis + (x, y, -sole)  # the lower sole stands on the ground
        body = capsules(ends, self._radii, basis[0], basis[2], self._surface)
        hull = (ends[:, :, None] + _SIX * self._radii.max(1)[:, None, None, None]).reshape(-1, 3)
        shades = f32(self._shade(ends)), f32(self._shade_soft(ends))
        return Figure(body, (), *shades, f32(hull), (x, y, 0.0), heading, self._contact(ends), REACH)

    def _shade(self, e: Array) -> list[list[float]]:
        """Trunk, head, legs, arms."""
        r = self._radii
        rows = [[*e[HIPS, 0], *e[NECK, 1], r[CHEST, 0] * 0.85], [*e[NECK, 0], *e[HEAD, 1], 0.1]]
        rows += [[*e[i, 0], *e[i + 1, 1], r[i, 0] * 0.9] for i in (LEGS, LEGS + 3)]
        return rows + [[*e[i, 0], *e[i + 1, 1], 0.045] for i in (ARMS, ARMS + 3)]

    def _shade_soft(self, e: Array) -> list[list[float]]:
        """Trunk, and both legs as one."""
        feet = (e[LEGS + 1, 1] + e[LEGS + 4, 1]) / 2
        return [[*e[HIPS, 0], *e[NECK, 1], self._radii[CHEST, 0] * 0.85], [*feet, *e[HIPS, 0], self._radii[LEGS, 0] * 1.2]]

    @staticmethod
    def _contact(e: Array) -> Field:
        """Each foot's dark contact."""
        return f32([[*e[i].mean(0)[:2], max(0.0, e[i, :, 2].min() - FOOT), 0.13] for i in (LEGS + 2, LEGS + 5)])


_SIX = np.concatenate([np.eye(3), -np.eye(3)])
"""Directions in which a radius is added to a segment's ends to enclose it."""

"""Cars: two convex blocks (body and cabin) with painted-on detail, and four wheels that turn with the way driven.

Own frame: x right, y forward, z up, metres; the origin is on the ground under the middle.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np

from panocam.scene.arrays import Array, Field
from panocam.scene.figure import Block, Figure, Paint, Stuff, capsules
from panocam.scene.paths import Path

Color = tuple[int, int, int]

HALF = (0.90, 2.18, 1.46)
"""Half width, half length, height."""

WHEELS = ((0.76, 1.34), (-0.76, 1.34), (0.76, -1.30), (-0.76, -1.30))
RIM = 0.33


def _plane(normal: tuple[float, float, float], through: tuple[float, float, float]) -> list[float]:
    n = np.array(normal) / np.linalg.norm(normal)
    return [*n, float(n @ np.array(through))]


_SIDES = [(1.0,), (-1.0,)]
BODY = np.array(
    [
        _plane((0, 1, 0.10), (0, 2.18, 0.5)),
        _plane((0, -1, 0.12), (0, -2.18, 0.6)),
        _plane((0, 0.10, 1), (0, 0.9, 0.86)),
        _plane((0, 0.75, 1), (0, 2.02, 0.72)),
        _plane((0, -0.04, 1), (0, -1.6, 0.90)),
        _plane((0, 0, -1), (0, 0, 0.19)),
        _plane((0, 0.6, -1), (0, 2.1, 0.24)),
        _plane((0, -0.6, -1), (0, -2.1, 0.28)),
        *[_plane((s, 0, 0.06), (s * 0.90, 0, 0.5)) for (s,) in _SIDES],
        *[_plane((s, 0, 1.1), (s * 0.85, 0, 0.82)) for (s,) in _SIDES],
        *[_plane((s, 0.8, 0), (s * 0.80, 2.05, 0)) for (s,) in _SIDES],
        *[_plane((s, -0.8, 0), (s * 0.82, -2.07, 0)) for (s,) in _SIDES],
        *[_plane((s, 0.16, 0), (s * 0.90, 1.2, 0)) for (s,) in _SIDES],
    ],
    np.float32,
)
CABIN = np.array(
    [
        _plane((0, 0.62, 0.78), (0, 1.02, 0.82)),
        _plane((0, -0.72, 0.70), (0, -1.78, 0.86)),
        _plane((0, 0.05, 1), (0, 0.0, 1.45)),
        _plane((0, -0.10, 1), (0, -0.9, 1.43)),
        _plane((0, 0, -1), (0, 0, 0.7)),
        *[_plane((s, 0, 0.36), (s * 0.79, 0, 0.88)) for (s,) in _SIDES],
        *[_plane((s, 0, 1.3), (s * 0.57, 0, 1.41)) for (s,) in _SIDES],
        *[_plane((s, 0.35, 0.3), (s * 0.76, 0.75, 0.9)) for (s,) in _SIDES],
        *[_plane((s, -0.3, 0.3), (s * 0.76, -1.45, 0.9)) for (s,) in _SIDES],
    ],
    np.float32,
)


_WHEEL = np.array([(0.13, RIM, RIM)] * 4)
_RUBBER = (np.full((4, 3), 0.012, np.float32), np.full(4, int(Stuff.TYRE), np.int32))


@dataclass(frozen=True)
class Car:
    """A car. ``speed`` m/s along ``path`` starting ``start`` metres along it; 0 = parked at the path's first point, ``facing`` degrees."""

    id: int
    path: Path
    color: Color
    speed: float = 4.0
    start: float = 0.0
    facing: float = 0.0
    kind: str = "vehicle"

    @property
    def height(self) -> float:
        """Metres."""
        return HALF[2]

    def place(self, t: float) -> tuple[float, float, float]:
        """x, y in metres and heading in radians clockwise from north at ``t`` seconds."""
        if self.speed == 0:
            return *self.path.points[0], float(np.radians(self.facing))
        run = self.start + self.speed * t
        return *self.path.at(run), self.path.heading(run, 1.3)

    def figure(self, t: float) -> Figure:
        """The car at ``t`` seconds."""
        x, y, heading = self.place(t)
        s, c = np.sin(heading), np.cos(heading)
        frame = np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]])
        base = np.array([x, y, 0.0])
        paint = ((np.array(self.color) / 255.0) ** 2.2).astype(np.float32)
        blocks = tuple(
            Block(base.astype(np.float32), frame.astype(np.float32), planes, _corners(base, frame, z0, z1, y0, y1), look, paint)
            for planes, look, (z0, z1, y0, y1) in (
                (BODY, Paint.BODY, (0.19, 0.92, -2.2, 2.2)),
                (CABIN, Paint.CABIN, (0.7, 1.46, -2.0, 1.2)),
            )
        )
        turn = self.speed * t / RIM
        hubs = [base + np.array([wx, wy, RIM]) @ frame for wx, wy in WHEELS]
        spin = np.array([0.0, np.cos(turn), -np.sin(turn)]) @ frame
        wheels = capsules(np.array([(h, h) for h in hubs]), _WHEEL, frame[0], np.cross(frame[0], spin), _RUBBER)
        shade = _shade(base, frame)
        return Figure(
            wheels,
            blocks,
            shade,
            shade,
            _corners(base, frame, 0, HALF[2], -2.2, 2.2),
            (x, y, 0.0),
            heading,
            _contact(base, frame),
            3.0,
        )


def _corners(base: Array, frame: Array, z0: float, z1: float, y0: float, y1: float) -> Field:
    box = np.array(list(product((-0.92, 0.92), np.linspace(y0, y1, 4), (z0, z1))))
    return (base + box @ frame).astype(np.float32)


def _shade(base: Array, frame: Array) -> Field:
    """Thick segments along the body and the cabin."""
    rows = [(x, -1.72, 0.50, x, 1.72, 0.48, 0.45) for x in (-0.45, 0.45)] + [(0.0, -1.2, 0.92, 0.0, 0.35, 0.92, 0.58)]
    out = [[*(base + np.array(r[:3]) @ frame), *(base + np.array(r[3:6]) @ frame), r[6]] for r in rows]
    return np.array(out, np.float32)


def _contact(base: Array, frame: Array) -> Field:
    at = [(0.0, y) for y in (-1.35, 0.0, 1.35)]
    return np.array([[*(base + np.array([x, y, 0]) @ frame)[:2], 0.0, 1.05] for x, y in at], np.float32)

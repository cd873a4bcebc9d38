"""Closed paths on the ground, walked or driven at constant speed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from panocam.scene.arrays import Array


@dataclass(frozen=True)
class Path:
    """A smooth closed loop through ``points`` (x, y in metres): a periodic Catmull-Rom spline measured by arc length."""

    points: tuple[tuple[float, float], ...]

    @cached_property
    def _samples(self) -> tuple[Array, Array]:
        """(N + 1, 2) points along the loop, the first repeated, and the distance (N + 1,) to each."""
        p = np.array(self.points, float)
        k = np.linspace(0, 1, 40, endpoint=False)[:, None]
        pieces = []
        for i in range(len(p)):
            a, b, c, d = (p[(i + j - 1) % len(p)] for j in range(4))
            pieces.append(0.5 * (2 * b + (c - a) * k + (2 * a - 5 * b + 4 * c - d) * k**2 + (3 * b - a - 3 * c + d) * k**3))
        xy = np.concatenate([*pieces, p[:1]])
        run = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(xy, axis=0), axis=1))])
        return xy, run

    @cached_property
    def length(self) -> float:
        """Metres once round."""
        return float(self._samples[1][-1])

    def at(self, distance: float) -> tuple[float, float]:
        """The point after ``distance`` metres, round and round."""
        xy, run = self._samples
        d = distance % self.length
        return float(np.interp(d, run, xy[:, 0])), float(np.interp(d, run, xy[:, 1]))

    def heading(self, distance: float, base: float = 0.25) -> float:
        """Direction of travel in radians clockwise from north, as a body of length ``2 * base`` follows the curve."""
        ax, ay = self.at(distance - base)
        bx, by = self.at(distance + base)
        return float(np.arctan2(bx - ax, by - ay))


def loop(points: Sequence[tuple[float, float]]) -> Path:
    """A path through points."""
    return Path(tuple(points))

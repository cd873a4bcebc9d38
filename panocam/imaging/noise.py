"""How noisy a picture is, and what the noise filters are told to call noise.

The measure. The difference of two second differences (the mask 1 -2 1 / -2 4 -2 / 1 -2 1) sees no slope and no straight edge; on noise
of deviation s it has deviation 6 s (Immerkaer, "Fast noise variance estimation", 1996). Half of any picture is smooth, so a low quantile of
its size is used, which texture does not reach. Noise depends on brightness, so dark and bright halves of the lit range are measured
apart and a line is laid through both. A few rows tell enough; the result is smoothed over about a second.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from panocam.media.planes import Plane

STRIPS = 40
"""Places down the picture where three rows are looked at."""

QUANTILE, SHARE = 0.3, 0.3853
"""Of the absolute values of a normal variable, this share lies below ``SHARE`` deviations."""

LEAST_SAMPLES = 500
LIMITS = (0.3, 12.0)
"""Deviations that are believed, in levels."""


@dataclass(frozen=True)
class Noise:
    """Deviation in levels at black and at white (a line between them), and of chroma."""

    dark: float = 1.0
    bright: float = 1.0
    chroma: float = 1.0

    def towards(self, other: Noise, part: float) -> Noise:
        """``part`` of the way to ``other``."""
        pairs = ((self.dark, other.dark), (self.bright, other.bright), (self.chroma, other.chroma))
        return Noise(*(a + (b - a) * part for a, b in pairs))

    @property
    def middle(self) -> float:
        return (self.dark + self.bright) / 2


def measure(y: Plane, u: Plane) -> Noise:
    """The noise of a picture. Flat or tiny ones have the least."""
    size, brightness = _differences(y)
    dark, bright = size[brightness < 96], size[brightness >= 96]
    sigmas = [_sigma(part) for part in (dark, bright)]
    known = [s for s in sigmas if s is not None]
    if not known:
        return Noise(LIMITS[0], LIMITS[0], LIMITS[0])
    low, high = (known[0] if s is None else s for s in (sigmas[0], sigmas[1] if sigmas[1] is not None else known[-1]))
    slope = (high - low) / 2  # measured around 1/4 and 3/4 of the range
    chroma = _sigma(_differences(u)[0])
    return Noise(*(float(np.clip(s, *LIMITS)) for s in (low - slope / 2, high + slope / 2, chroma or LIMITS[0])))


def _differences(plane: Plane) -> tuple[NDArray[np.int16], NDArray[np.int16]]:
    """Sizes of the mask's results, and how bright it is there; clipped pixels are left out."""
    height, width = plane.shape
    if height < 3 or width < 3:
        return np.empty(0, np.int16), np.empty(0, np.int16)
    rows = np.unique(np.linspace(1, height - 2, min(STRIPS, height - 2)).astype(int))
    a, b, c = (plane[rows + d].astype(np.int16) for d in (-1, 0, 1))
    down = a - 2 * b + c
    size = np.abs(down[:, :-2] - 2 * down[:, 1:-1] + down[:, 2:])
    middle = b[:, 1:-1]
    lit = (middle > 4) & (middle < 250)
    return size[lit], middle[lit]


def _sigma(size: NDArray[np.int16]) -> float | None:
    if len(size) < LEAST_SAMPLES:
        return None
    below = np.cumsum(np.bincount(size)) / len(size)
    at = int(np.searchsorted(below, QUANTILE))
    before = float(below[at - 1]) if at else -float(below[0])  # the numbers that became 0 lie on both sides of it
    return (at - 0.5 + (QUANTILE - before) / (float(below[at]) - before)) / SHARE / 6


def spatial(noise: Noise, level: int) -> NDArray[np.int32] | None:
    """What the spatial stage is told: neighbours within T pull fully, T a multiple of the noise; None at level 0."""
    if level == 0:
        return None
    part = level / 100
    reach = [2 * part * (1.0 + 3.2 * sigma) for sigma in (noise.dark, noise.bright, 1.5 * noise.chroma)]
    dark, bright, chroma = (min(24, round(r)) for r in reach)
    weight = round(256 / 21 * min(1.0, 0.5 + part))
    return np.array([[dark, bright - dark, weight], [chroma, 0, weight]], np.int32)


def temporal(noise: Noise, level: int) -> NDArray[np.int32] | None:
    """What the temporal stage is told: weight kept for new pictures where nothing moves, and what counts as motion; None at level 0."""
    if level == 0:
        return None
    keep = round(32767 * (1 - 0.9 * (level / 100) ** 0.7))
    rows = []
    for dark, bright in ((noise.dark, noise.bright), (noise.chroma, noise.chroma)):
        limits = [72 * (0.35 + 0.75 * sigma) for sigma in (dark, bright)]
        low, high = (round(limit) for limit in limits)
        ramp = max(5, round(float(np.log2((low + high) / 2))))
        rows.append([keep, low, max(-127 * 64, min(127 * 64, high - low)), min(14, ramp)])
    return np.array(rows, np.int32)

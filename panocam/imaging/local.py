"""Wide dynamic range and defog: what every place of the picture does to its own luma.

Everything is computed on an eighth of the picture's size and applied at full size as two affine maps of luma for each place (guided
upsampling; He & Sun, "Fast guided filter", 2015): luma becomes ``a y + b``, chroma is multiplied by ``p y + q``. A straight line
through what the small picture becomes near a place follows edges, so nothing glows around them, and fine detail, which the small
picture does not have, gets the slope that is asked for.

Defog. Fog of transmission t adds its own light A: I = J t + A (1 - t). The darkest colour component near a place is (1 - t) A where
there is no fog free of colour (He, Sun, Tang, "Single image haze removal using dark channel prior", 2009); J follows.

Wide dynamic range. Luma is cut into a base (the edge-preserving mean around a place) and detail. The base is brought nearer to the
picture's middle by a power law, shadows more than highlights (local contrast), then lifted by a curve that leaves highlights alone
(tone mapping); detail keeps its ratio to the base, and some more. Black stays black.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from panocam.imaging.adjustment import NEUTRAL, Adjustment
from panocam.imaging.balance import rgb
from panocam.imaging.kernel import half_opencv
from panocam.imaging.tone import curve
from panocam.media.planes import Plane, Planes

Small = NDArray[np.float32]

MOST_GAIN = 4.0
EDGE = 0.06**2
"""Variance of luma from which something is an edge for the base."""

FIT = 0.03**2
"""Variance from which the small picture is believed more than the slope asked for."""

DARK = 0.03
"""Luma below which nothing is lifted in full: it is noise, or no picture at all."""


@dataclass(frozen=True)
class Scene:
    """What is known of the whole picture, luma 0..1: its middle (mean of logarithms), its brightest, and the light of the fog."""

    middle: float
    white: float
    fog: float

    def towards(self, other: Scene, part: float) -> Scene:
        """``part`` of the way to ``other``."""
        pairs = ((self.middle, other.middle), (self.white, other.white), (self.fog, other.fog))
        return Scene(*(a + (b - a) * part for a, b in pairs))


def eighth(plane: Plane, times: int = 3) -> Small:
    """A plane halved three times (chroma planes: twice)."""
    for _ in range(times):
        plane = half_opencv(plane)
    return plane.astype(np.float32)


def small_rgb(planes: Planes) -> Small:
    """(3, ceil(height/8), ceil(width/8)), gamma-coded, 0..1."""
    return rgb(eighth(planes.y), eighth(planes.u, 2), eighth(planes.v, 2), planes.color)


def darkest(coded: Small) -> Small:
    """The dark channel: the least colour component within a few cells."""
    return _grey(cv2.erode(np.ascontiguousarray(coded.min(0)), np.ones((5, 5), np.uint8)))


def measure(luma: Small, coded: Small, defog: bool) -> Scene:
    """The scene of one picture."""
    lit = luma[luma > DARK]
    if len(lit) < 16:
        return Scene(0.3, 1.0, 1.0)
    fog = 1.0
    if defog:
        veil = darkest(coded)
        fog = float(np.clip(luma[veil >= np.quantile(veil, 0.995)].mean(), 0.4, 1.0))
    return Scene(float(np.exp(np.log(lit).mean())), float(np.quantile(lit, 0.995)), fog)


def grid(adjustment: Adjustment, scene: Scene, luma: Small, coded: Small, span: tuple[int, int]) -> Small:
    """The maps (4, rows, columns) in codes; ``span`` is (floor, top) of the luma range, ``luma`` 0..1."""
    target, slope, chroma = luma, np.ones_like(luma), np.ones_like(luma)
    if adjustment.defog:
        target, slope = _clear(luma, coded, scene, adjustment.defog_effect / 100)
        chroma = slope
    if adjustment.wdr:
        target, more = _compress(target, scene, adjustment.local_contrast / 100, adjustment.tone_mapping / 100)
        slope, chroma = slope * more[0], chroma * more[1]
    shown = np.clip(target, 0, 1)
    if adjustment.brightness != NEUTRAL or adjustment.contrast != NEUTRAL:
        step = np.float32(0.01)
        slope = slope * (curve(adjustment, np.clip(target + step, 0, 1)) - curve(adjustment, np.clip(target - step, 0, 1))) / (2 * step)
        shown = _grey(curve(adjustment, shown))
    a, b = _fit(luma, shown, _grey(np.clip(slope, 0.2, MOST_GAIN)))
    p, q = _fit(luma, chroma, np.zeros_like(luma))
    floor, codes = span[0], span[1] - span[0]
    return np.stack((a, codes * b + floor * (1 - a), p / codes, q - p * (floor / codes))).astype(np.float32)


def _clear(luma: Small, coded: Small, scene: Scene, effect: float) -> tuple[Small, Small]:
    """Luma without fog, and how much steeper it is there."""
    veil = np.clip(darkest(coded) / scene.fog, 0, 1)
    rough = 1 - np.float32(0.95 * effect) * veil
    a, b = _fit(luma, rough.astype(np.float32), np.zeros_like(luma), _radius(luma, 12), EDGE)
    through = np.clip(a * luma + b, 0.22, 1)
    return ((luma - scene.fog) / through + scene.fog).astype(np.float32), (1 / through).astype(np.float32)


def _compress(luma: Small, scene: Scene, local: float, tone: float) -> tuple[Small, tuple[Small, Small]]:
    """Luma with its base compressed, and (slope for fine detail, gain of chroma)."""
    a, b = _fit(luma, luma, np.zeros_like(luma), _radius(luma, 16), EDGE)
    base = np.clip(a * luma + b, 1e-3, 1)
    middle = float(np.clip(scene.middle, 0.15, 0.6))
    power = np.where(base < middle, np.float32(1 - 0.55 * local), np.float32(1 - 0.25 * local))
    near = np.float32(middle) * (base / np.float32(middle)) ** power
    lifted = near ** (1 - np.float32(0.5 * tone) * (1 - near))
    fade = np.clip(base / DARK, 0, 1) ** 2
    gain = 1 + (np.clip(lifted / base, 0.3, MOST_GAIN) - 1) * fade
    detail = gain * (1 + 0.5 * local)
    return (base * gain + (luma - base) * detail).astype(np.float32), (detail.astype(np.float32), gain.astype(np.float32))


def _radius(luma: Small, part: int) -> int:
    return int(max(1, min(luma.shape) // part))


def _fit(luma: Small, target: Small, slope: Small, radius: int = 2, variance: float = FIT) -> tuple[Small, Small]:
    """For each place the line ``a luma + b`` that is near ``target`` around it; ``slope`` counts where luma is flat."""
    mean, aim = _mean(luma, radius), _mean(target, radius)
    var = np.maximum(_mean(luma * luma, radius) - mean * mean, 0)
    a = (_mean(luma * target, radius) - mean * aim + variance * slope) / (var + variance)
    b = aim - a * mean
    return _mean(a, radius), _mean(b, radius)


def _mean(values: Small, radius: int) -> Small:
    return _grey(cv2.blur(values, (2 * radius + 1, 2 * radius + 1), borderType=cv2.BORDER_REPLICATE))


def _grey(values: object) -> Small:
    return np.asarray(values, np.float32)

"""Brightness, contrast and saturation, and how sharpness becomes numbers.

On luma as 0..1, black and white stay where they are, so nothing clips: brightness is a power ``v ** (2 ** -s)``, contrast a curve
through (1/2, 1/2) whose two halves are powers: ``(2v) ** p / 2`` below and its mirror image above, p = 1 being a straight line.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from panocam.imaging.adjustment import NEUTRAL, Adjustment
from panocam.media.planes import Plane

STOPS = 1.0
"""Exponent range of brightness: 0 squares the luma, 100 takes its root."""

STEEPEST = 2.2
"""Slope in the middle at contrast 100; its reciprocal at 0."""


def signed(value: int) -> float:
    """0..100 as -1..1."""
    return (value - NEUTRAL) / NEUTRAL


def curve(adjustment: Adjustment, luma: NDArray[Any]) -> NDArray[Any]:
    """Brightness and contrast of luma given as 0..1."""
    bright: NDArray[Any] = luma ** (2.0 ** (-STOPS * signed(adjustment.brightness)))
    power = STEEPEST ** signed(adjustment.contrast)
    if power == 1:
        return bright
    low, high = (2 * np.minimum(bright, 0.5)) ** power / 2, 1 - (2 - 2 * np.maximum(bright, 0.5)) ** power / 2
    return np.asarray(np.where(bright < 0.5, low, high))


@lru_cache(maxsize=8)
def table(adjustment: Adjustment, floor: int, top: int) -> Plane | None:
    """What each luma code becomes; None when all stay. Codes outside the range are clipped to it."""
    if adjustment.brightness == adjustment.contrast == NEUTRAL:
        return None
    luma = np.clip((np.arange(256) - floor) / (top - floor), 0, 1)
    return np.asarray(np.rint(floor + (top - floor) * curve(adjustment, luma)), np.uint8)


def saturation(adjustment: Adjustment) -> float:
    """What chroma is multiplied by: 0 (grey) to 2."""
    return 1 + signed(adjustment.saturation)


def sharpening(adjustment: Adjustment, noise: float) -> NDArray[np.int32] | None:
    """Gain and core; ``noise`` is the sigma of what must not be sharpened, in levels."""
    amount = signed(adjustment.sharpness)
    if amount == 0:
        return None
    gain = 2.5 * amount if amount > 0 else amount
    return np.array([round(4096 * gain), min(255, round(16 * (0.4 + 0.8 * noise)))], np.int32)

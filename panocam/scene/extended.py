"""Two exposures in one picture: what a sensor with wide dynamic range delivers.

The theory. After the long exposure a short one of a ``RATIO``-th of its time is read. Where the long one is full, the short one counts,
multiplied by the ratio: full scale rises by four stops. To fit 8 bits the merged light is companded: up to ``BEND`` as without WDR, so
that shadows and skin stay as they are, then by a logarithm that goes on with the same slope and ends at the new full scale.

What it costs is physics. At ``SWITCH`` the pixel changes from an exposure that is nearly full to one with a sixteenth of the electrons, so
noise jumps fourfold there; and what moves is elsewhere in the short exposure, so its edges before bright ground are sharp and of another
moment than those before dark ground, which the long exposure blurs.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from panocam.scene.arrays import Field, f32
from panocam.scene.settings import FULL, SensorSettings, response

RATIO: Final = 16.0
BEND: Final = 0.6
"""Picture level 0..1; below the shoulder that the picture has without WDR."""

SWITCH: Final = 0.9 * FULL
"""Exposure (1 = nominal white) from which the short exposure counts."""

_GAMMA = 2.2
_X = BEND**_GAMMA
_SLOPE = BEND / (_GAMMA * _X)


def _steepness() -> float:
    """The c of ``BEND + slope / c * log(1 + c (x - X))`` that reaches 1 at full scale; the value falls as c grows."""
    low, high = 1e-3, 1e6
    for _ in range(80):
        c = (low * high) ** 0.5
        reached = _SLOPE / c * np.log1p(c * (FULL * RATIO - _X))
        low, high = (c, high) if reached > 1 - BEND else (low, c)
    return float(low)


_C = _steepness()


def full_scale(settings: SensorSettings) -> float:
    """The exposure that is white."""
    return FULL * RATIO if settings.wdr else FULL


def level(x: Field, wdr: bool) -> Field:
    """Exposure to picture 0..1; ``response`` without WDR."""
    if not wdr:
        return response(x)
    over = np.clip(x, _X, FULL * RATIO) - np.float32(_X)
    bent = BEND + _SLOPE / _C * np.log1p(_C * over)
    return f32(np.where(x < _X, np.clip(x, 0, _X) ** np.float32(1 / _GAMMA), bent))


def reading_gain(x: Field, settings: SensorSettings) -> Field:
    """By how much the electrons of a pixel were multiplied: those of the short exposure by the ratio as well."""
    return f32(settings.gain * np.where(x >= SWITCH, RATIO, 1.0)) if settings.wdr else f32(np.full_like(x, settings.gain))

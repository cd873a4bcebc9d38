"""What a simulated sensor can be set to, what its world's light is, and how light becomes a picture's level."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from panocam.errors import InvalidValue
from panocam.scene.arrays import Field

NOMINAL_S = 0.01
"""The shutter time at which, with 0 dB, white in ordinary lamp light is exposed as the worlds are painted."""

FULL = 2.6
"""Saturation, in multiples of nominal white."""

KNEE = 0.78
READOUT_S = 1 / 30


@dataclass(frozen=True)
class SensorSettings:
    """What a camera can set. Raises InvalidValue outside the stated ranges.

    ``shutter_s``: exposure time, 1/32500..2 s, None = one pulse of mains light (1/100 or 1/120 s). ``gain_db``: 0..60.
    ``power_line_hz``: 50 or 60, what the camera believes the mains to be. ``noise``: 0..4, multiplies the noise (0 = none).
    ``wdr``: a short exposure after each long one, see ``extended``.
    """

    shutter_s: float | None = None
    gain_db: float = 0.0
    power_line_hz: int = 50
    noise: float = 1.0
    wdr: bool = False

    def __post_init__(self) -> None:
        if self.power_line_hz not in (50, 60):
            raise InvalidValue("power_line_hz", self.power_line_hz, "give 50 or 60")
        if self.shutter_s is not None and not 1 / 32500 <= self.shutter_s <= 2:
            raise InvalidValue("shutter_s", self.shutter_s, "give seconds from 1/32500 to 2")
        if not 0 <= self.gain_db <= 60:
            raise InvalidValue("gain_db", self.gain_db, "give 0 to 60 decibels")
        if not 0 <= self.noise <= 4:
            raise InvalidValue("noise", self.noise, "give 0 (none) to 4")

    @property
    def shutter(self) -> float:
        """Seconds of exposure."""
        return 0.5 / self.power_line_hz if self.shutter_s is None else self.shutter_s

    @property
    def gain(self) -> float:
        """Linear amplification."""
        return float(10 ** (self.gain_db / 20))

    def but(self, **changes: float | None) -> SensorSettings:
        """A copy with some values changed."""
        return replace(self, **changes)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Lighting:
    """How bright a world is lit, each 1/64..4 times as it was built: ``lamps`` are what hangs on the mains, ``day`` is all other light.
    Raises InvalidValue outside."""

    lamps: float = 1.0
    day: float = 1.0

    def __post_init__(self) -> None:
        for name in ("lamps", "day"):
            if not 1 / 64 <= getattr(self, name) <= 4:
                raise InvalidValue(name, getattr(self, name), "give 1/64 to 4 times the light that the world was built with")


@dataclass(frozen=True)
class SensorOptions:
    """What a sensor is made with. ``exposure``: of nominal white at ``NOMINAL_S`` and 0 dB; ``mains_hz``: the true frequency of the
    world's lamps; ``seed``: of the noise."""

    settings: SensorSettings
    exposure: float = 1.0
    mains_hz: float = 50.0
    seed: int = 0


def response(x: Field) -> Field:
    """Exposure (1 = nominal white) to picture 0..1: gamma 2.2, a shoulder above ``KNEE``, saturation at ``FULL``."""
    g = np.clip(x, 0, FULL) ** np.float32(1 / 2.2)
    top = FULL ** (1 / 2.2)
    s = np.clip((g - KNEE) / (top - KNEE), 0, 1)
    bent = KNEE + (1 - KNEE) * (1 - (1 - s) ** ((top - KNEE) / (1 - KNEE)))
    return np.where(g < KNEE, g, bent).astype(np.float32)

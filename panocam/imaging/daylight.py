"""Day or night, told from how much light there is: one stop of hysteresis between the two, and a change must last.

Light is what the exposure loop measures divided by what the sensor did to get it, in stops (log2 of luminance a second at 0 dB). A change
of exposure alone so changes nothing. Ordinary lamp light, for which the simulated sensor needs 1/100 s at 0 dB, is some 4 stops; the
borders are four and three stops below it.
"""

from __future__ import annotations

from math import log2
from typing import Final

from panocam.imaging.exposure import Exposure

NIGHT_BELOW: Final = 0.0
DAY_ABOVE: Final = 1.0
LASTS_NS: Final = 5_000_000_000
"""How long it must be light or dark before it is said, so that a passing shadow is none."""

DARKEST: Final = 1e-6


def light(luminance: float, exposure: Exposure) -> float:
    """Stops of light."""
    return log2(max(luminance, DARKEST) / exposure.total)


class Daylight:
    """``day`` is None before the first look."""

    def __init__(self) -> None:
        self.day: bool | None = None
        self._since_ns: int | None = None

    def see(self, stops: float, now_ns: int) -> bool:
        """Whether it is day, after a look at the light."""
        if self.day is None:
            self.day = stops >= (NIGHT_BELOW + DAY_ABOVE) / 2
        other = stops < NIGHT_BELOW if self.day else stops > DAY_ABOVE
        if not other:
            self._since_ns = None
        elif self._since_ns is None:
            self._since_ns = now_ns
        elif now_ns - self._since_ns >= LASTS_NS:
            self.day, self._since_ns = not self.day, None
        return self.day

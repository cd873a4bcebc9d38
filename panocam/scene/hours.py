"""How the light of a world changes by itself: a pure function of time, in steps of an eighth of a stop.

Every step is developed, so there must not be many."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import cos, log2, pi
from typing import Final

from panocam.scene.settings import Lighting

DARKEST: Final = 1 / 64
DAY_S: Final = 600.0
SWITCH_S: Final = 20.0
NIGHT_S: Final = 30.0
STEPS: Final = 8


def _day(t: float) -> Lighting:
    """Noon, night and noon again in ten minutes; the lamps burn all the time."""
    level = log2(DARKEST) * (1 - cos(2 * pi * t / DAY_S)) / 2
    return Lighting(day=2 ** (round(level * STEPS) / STEPS))


def _switch(t: float) -> Lighting:
    """Somebody puts the lamps out for twenty seconds, and on again for twenty."""
    return Lighting(lamps=1.0 if t // SWITCH_S % 2 == 0 else DARKEST)


def _night(t: float) -> Lighting:
    """Lamps and sky are bright for half a minute, and both almost dark for half a minute."""
    level = 1.0 if t // NIGHT_S % 2 == 0 else DARKEST
    return Lighting(lamps=level, day=level)


PROGRAMS: Final[Mapping[str, Callable[[float], Lighting]]] = {
    "steady": lambda _: Lighting(),
    "day": _day,
    "switch": _switch,
    "night": _night,
}
"""Name to the light at a time in seconds."""

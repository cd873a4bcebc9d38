"""Axes of a view area that are switched off for hands: what is left of a move, and why nothing is.

A command that needs several axes moves those that are on, as if it had not spoken of the others. One that needs only axes that are off is
refused, so that nobody waits for a picture that will not turn. Places that somebody has kept (preset positions, home, tours) are not a
matter of hands: they are reached on every axis.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from panocam.errors import InvalidValue
from panocam.optics.motion import Speeds
from panocam.optics.pose import Pose, wrap
from panocam.settings.ptz import Movement

AXES = ("pan", "tilt", "zoom")

NOTHING = 1e-9
"""Degrees that are no move."""


def off(rules: Movement) -> tuple[str, ...]:
    """The axes that hands do not move."""
    return tuple(axis for axis in AXES if not getattr(rules, axis))


def steered(area: int, rules: Movement, here: Pose, target: Pose) -> Pose:
    """What is left of a move from ``here`` to ``target``. Raises InvalidValue when it needs only axes that are off."""
    ways = {"pan": wrap(target.pan - here.pan), "tilt": target.tilt - here.tilt, "zoom": target.hfov - here.hfov}
    held = _held(area, rules, [axis for axis, way in ways.items() if abs(way) > NOTHING])
    kept = {"pan": here.pan, "tilt": here.tilt, "hfov": here.hfov}
    return replace(target, **{name: value for axis, (name, value) in zip(AXES, kept.items(), strict=True) if axis in held})


def driven(area: int, rules: Movement, wish: Sequence[float | None], driving: Speeds) -> Speeds:
    """What is left of a wish to keep moving, where None goes on as ``driving``; to stop is always possible. Raises as ``steered``."""
    held = _held(area, rules, [axis for axis, speed in zip(AXES, wish, strict=True) if speed])
    merged = [old if new is None else new for new, old in zip(wish, driving, strict=True)]
    return braked(held, merged)


def braked(held: Collection[str], speeds: Sequence[float]) -> Speeds:
    """Without those axes."""
    pan, tilt, zoom = (0.0 if axis in held else speed for axis, speed in zip(AXES, speeds, strict=True))
    return pan, tilt, zoom


def _held(area: int, rules: Movement, asked: Collection[str]) -> tuple[str, ...]:
    held = off(rules)
    if asked and set(asked) <= set(held):
        names = " and ".join(asked)
        remedy = f"{names} control of view area {area} is switched off; preset positions still work, and the PTZ settings switch it on"
        raise InvalidValue(", ".join(asked), "off", remedy)
    return held

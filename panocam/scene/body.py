"""A walking body as segments: a jointed skeleton in units of the body's height; x right, y forward, z up, origin between the feet.

The gait is driven by distance, not time: one cycle of both legs covers about 0.8 of the body's height, so feet do not slide.
Angles follow the usual shape of human walking: the hip swings about +-25 degrees, the knee bends most while its leg swings forward.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import cos, pi, sin

from panocam.scene.figure import Stuff

Color = tuple[int, int, int]
Vec = tuple[float, float, float]
Part = tuple[Vec, Vec, Vec, Color, Stuff]
"""Two ends in units of height, three radii in metres (across, along the front, along the axis), colour, stuff."""

FOOT = 0.040
"""Half the thickness of a shoe, in metres."""

HIPS, CHEST, NECK, HEAD, ARMS, LEGS = 0, 2, 4, 5, 6, 12
"""Indices of parts. Arms: left upper arm, forearm, hand, then right. Legs: left thigh, shin, foot, then right."""

CYCLE = 0.80
"""Distance of one cycle of both legs, in units of height."""


@dataclass(frozen=True)
class Looks:
    """Dress and features. Colours are gamma coded 0..255. ``bag``: "", "backpack" or "tote"; ``build`` scales the trunk's width."""

    build: float = 1.0
    skin: Color = (224, 178, 148)
    hair: Color = (62, 44, 32)
    top: Color = (60, 90, 150)
    bottom: Color = (52, 56, 70)
    shoes: Color = (40, 36, 34)
    striped: bool = False
    long_hair: bool = False
    skirt: bool = False
    short_sleeves: bool = False
    bag: str = ""
    bag_color: Color = (150, 60, 50)


def _add(a: Vec, b: Vec, k: float = 1.0) -> Vec:
    return a[0] + k * b[0], a[1] + k * b[1], a[2] + k * b[2]


class Stance:
    """A moment of the gait. ``phase`` in radians; ``walk`` 1 = walking, 0 = standing."""

    def __init__(self, phase: float, walk: float) -> None:
        self.phase, self.walk = phase, walk
        self.legs = [_leg(phase + pi * i, walk) for i in (0, 1)]
        self.hip = max(0.245 * cos(a) + 0.246 * cos(a - k) + 0.035 for a, k in self.legs)
        self._rise, self._lean = self.hip - 0.526, 0.035 * walk

    def at(self, x: float, y: float, z: float) -> Vec:
        """A point of the trunk, which rises and falls with the hips and leans forward."""
        return x, y + self._lean * (z - 0.5), z + self._rise


def parts(looks: Looks, stance: Stance, height: float) -> Iterator[Part]:
    """The whole body."""
    b, at, top = looks.build, stance.at, looks.top
    cloth = Stuff.STRIPED if looks.striped else Stuff.SHIRT
    yield at(0, 0, 0.505), at(0, 0, 0.555), (0.168 * b, 0.125 * b, 0.10), looks.bottom, Stuff.CLOTH
    yield at(0, 0, 0.565), at(0, 0, 0.66), (0.150 * b, 0.112 * b, 0.09), top, cloth
    yield at(0, 0.002, 0.68), at(0, 0, 0.755), (0.178 * b, 0.122 * b, 0.10), top, cloth
    yield at(-0.078, -0.002, 0.798), at(0.078, -0.002, 0.798), (0.064, 0.062, 0.062), top, Stuff.CLOTH
    yield at(0, 0.002, 0.82), at(0, 0.010, 0.872), (0.054, 0.057, 0.05), looks.skin, Stuff.PLAIN
    head = at(0, 0.014, 0.929)
    yield head, head, (0.080, 0.100, 0.120), looks.skin, Stuff.FACE
    yield from _arms(looks, stance)
    yield from _legs(looks, stance)
    yield from _head(looks, head, 1 / height)
    for side in (-1, 1):
        yield at(side * 0.016, -0.010, 0.842), at(side * 0.088, -0.004, 0.806), (0.045, 0.045, 0.045), top, Stuff.CLOTH
    yield from _extras(looks, stance)


def _arms(looks: Looks, stance: Stance) -> Iterator[Part]:
    phase, walk = stance.phase, stance.walk
    sleeve, stuff = (looks.skin, Stuff.PLAIN) if looks.short_sleeves else (looks.top, Stuff.CLOTH)
    for i, side in enumerate((-1, 1)):
        swing = -0.42 * walk * sin(phase + pi * i) + 0.02
        bend = swing + 0.22 + 0.25 * walk * (0.5 - 0.5 * sin(phase + pi * i)) + 0.5 * (1 - walk)
        shoulder = stance.at(side * 0.107, 0, 0.797)
        elbow = _add(shoulder, (side * 0.16, sin(swing), -cos(swing)), 0.168)
        wrist = _add(elbow, (-side * 0.05, sin(bend), -cos(bend)), 0.142)
        hand = (0, sin(bend), -cos(bend))
        yield shoulder, elbow, (0.052, 0.052, 0.052), looks.top, Stuff.CLOTH
        yield elbow, wrist, (0.040, 0.040, 0.040), sleeve, stuff
        yield _add(wrist, hand, 0.016), _add(wrist, hand, 0.064), (0.026, 0.040, 0.036), looks.skin, Stuff.PLAIN


def _legs(looks: Looks, stance: Stance) -> Iterator[Part]:
    shin, color, stuff = (0.048, looks.skin, Stuff.PLAIN) if looks.skirt else (0.058, looks.bottom, Stuff.CLOTH)
    for side, (a, k) in zip((-1, 1), stance.legs, strict=True):
        joint = (side * 0.050, 0.0, stance.hip)
        knee = _add(joint, (0, sin(a), -cos(a)), 0.245)
        ankle = _add(knee, (-side * 0.006, sin(a - k), -cos(a - k)), 0.246)
        pitch = min(max(a - k, -0.9), 0.35) * 0.9
        yield joint, knee, (0.082, 0.088, 0.082), looks.bottom, Stuff.CLOTH
        yield knee, ankle, (shin, 0.062, 0.055), color, stuff
        toe = (side * 0.014, 0.085 * cos(pitch), 0.085 * sin(pitch) - 0.012)
        yield _add(ankle, (0, -0.018, -0.012)), _add(ankle, toe), (0.044, FOOT, 0.042), looks.shoes, Stuff.PLAIN


def _head(looks: Looks, head: Vec, k: float) -> Iterator[Part]:
    """Hair, nose and ears; ``k`` units of height a metre."""
    crown = _add(head, (0, -0.017, 0.020), k)
    yield crown, crown, (0.088, 0.102, 0.113), looks.hair, Stuff.HAIR
    yield _add(head, (0, 0.099, -0.012), k), _add(head, (0, 0.091, 0.016), k), (0.013, 0.014, 0.014), looks.skin, Stuff.PLAIN
    for side in (-1, 1):
        ear = _add(head, (side * 0.080, -0.004, -0.005), k)
        yield ear, ear, (0.012, 0.022, 0.030), looks.skin, Stuff.PLAIN
    if looks.long_hair:
        yield _add(head, (0, -0.045, -0.01), k), _add(head, (0, -0.075, -0.20), k), (0.088, 0.055, 0.05), looks.hair, Stuff.HAIR


def _extras(looks: Looks, stance: Stance) -> Iterator[Part]:
    at = stance.at
    if looks.skirt:
        yield at(0, 0.03 * sin(stance.legs[0][0]), 0.40), at(0, 0, 0.53), (0.185, 0.165, 0.10), looks.bottom, Stuff.CLOTH
    if looks.bag == "backpack":
        yield at(0, -0.095, 0.63), at(0, -0.095, 0.755), (0.135, 0.085, 0.085), looks.bag_color, Stuff.CLOTH
    if looks.bag == "tote":
        yield at(0.150, 0, 0.44), at(0.150, 0, 0.50), (0.045, 0.155, 0.10), looks.bag_color, Stuff.CLOTH
        yield at(0.120, 0, 0.53), at(0.118, 0, 0.80), (0.010, 0.02, 0.012), looks.bag_color, Stuff.PLAIN


def _leg(phase: float, walk: float) -> tuple[float, float]:
    """Hip and knee angle (radians) of one leg at a phase of the gait."""
    hip = walk * (0.40 * sin(phase) + 0.06) + (1 - walk) * 0.02
    knee = walk * (0.10 + 0.85 * max(0.0, cos(phase + 0.35)) ** 2) + (1 - walk) * 0.04
    return hip, knee

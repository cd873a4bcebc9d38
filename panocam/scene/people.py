"""People who walk: a jointed body of capsules whose legs stride, arms swing and feet stay on the ground.

The gait is driven by distance, not time: one cycle of both legs covers about 0.8 of the body's height, so feet do not slide.
Angles follow the usual shape of human walking: the hip swings about +-25 degrees, the knee bends most while its leg swings forward.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from panocam.scene.arrays import Array, Field, f32
from panocam.scene.figure import Figure, Stuff, capsules
from panocam.scene.paths import Path

Color = tuple[int, int, int]
_At = Callable[[float, float, float], Array]
"""Body coordinates in units of height to a point."""

Part = tuple[Array, Array, tuple[float, float, float], Color, Stuff]


@dataclass(frozen=True)
class Person:
    """Somebody. ``speed`` m/s along ``path`` starting ``start`` metres along it; 0 stands and sways. ``facing`` (degrees) for standing.

    Colours are gamma coded 0..255. ``bag``: "" or "backpack" or "tote"; ``long_hair``, ``skirt``, ``sleeves`` (bare forearms if short).
    """

    id: int
    path: Path
    speed: float = 1.25
    start: float = 0.0
    height: float = 1.75
    build: float = 1.0
    facing: float = 0.0
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
    kind: str = "person"

    def place(self, t: float) -> tuple[float, float, float]:
        """x, y in metres and heading in radians clockwise from north at ``t`` seconds."""
        if self.speed == 0:
            x, y = self.path.points[0]
            return (
                x + 0.03 * np.sin(0.9 * t),
                y + 0.03 * np.sin(0.7 * t + 1),
                np.radians(self.facing) + 0.35 * np.sin(0.37 * t + self.start),
            )
        run = self.start + self.speed * t
        x, y = self.path.at(run)
        return x, y, self.path.heading(run)

    def figure(self, t: float) -> Figure:
        """The body at ``t`` seconds."""
        x, y, heading = self.place(t)
        s, c = np.sin(heading), np.cos(heading)
        right = np.array([c, -s, 0])
        forward = np.array([s, c, 0])
        basis = np.stack([right, forward, np.array([0, 0, 1.0])])
        base = np.array([x, y, 0.0])
        parts = list(self._body(t))
        k = self.height
        ends = [(base + (a * k) @ basis, base + (b * k) @ basis) for a, b, *_ in parts]
        radii = [p[2] for p in parts]
        wide = 0.55 + 0.45 * k / 1.75
        radii = [(r[0] * wide, r[1] * wide, r[2] * wide) for r in radii]
        looks = [((np.array(p[3]) / 255.0) ** 2.2, int(p[4])) for p in parts]
        lift = FOOT * wide - min(end[2] for i in (_LEGS + 2, _LEGS + 5) for end in ends[i])  # the lower sole stands on the ground
        up = np.array([0.0, 0.0, lift])
        ends = [(a + up, b + up) for a, b in ends]
        caps = capsules(ends, radii, right, np.array([0, 0, 1.0]), looks)
        shades = self._shade(ends, radii), self._shade_soft(ends, radii)
        return Figure(caps, (), *shades, self._hull(ends, radii), (x, y, 0.0), heading, self._contact(ends), 1.3)

    def _shade(self, ends: list[tuple[Array, Array]], radii: list[tuple[float, float, float]]) -> Field:
        """Trunk, legs, head, arms."""
        rows = [[*ends[0][0], *ends[4][1], radii[2][0] * 0.85], [*ends[4][0], *ends[5][1], 0.1]]
        rows += [[*ends[i][0], *ends[i + 1][1], radii[i][0] * 0.9] for i in (_LEGS, _LEGS + 3)]
        rows += [[*ends[i][0], *ends[i + 1][1], 0.045] for i in (_ARMS, _ARMS + 3)]
        return f32(rows)

    def _shade_soft(self, ends: list[tuple[Array, Array]], radii: list[tuple[float, float, float]]) -> Field:
        """Trunk, and both legs as one."""
        feet = (ends[_LEGS + 1][1] + ends[_LEGS + 4][1]) / 2
        return f32([[*ends[0][0], *ends[4][1], radii[2][0] * 0.85], [*feet, *ends[0][0], radii[_LEGS][0] * 1.2]])

    @staticmethod
    def _contact(ends: list[tuple[Array, Array]]) -> Field:
        """(2, 4): x, y, height above the ground and size of each foot's dark contact."""
        feet = [ends[_LEGS + 2], ends[_LEGS + 5]]
        return np.array([[*((a + b) / 2)[:2], max(0.0, min(a[2], b[2]) - 0.04), 0.13] for a, b in feet], np.float32)

    @staticmethod
    def _hull(ends: list[tuple[Array, Array]], radii: list[tuple[float, float, float]]) -> Field:
        """Points that enclose the body: each segment's ends, a radius away in six directions."""
        e = np.array(ends).reshape(-1, 3)
        r = np.repeat(np.array(radii).max(1), 2)
        six = np.concatenate([np.eye(3), -np.eye(3)])
        return f32((e[:, None] + six[None] * r[:, None, None]).reshape(-1, 3))

    # -- anatomy, in units of height; x right, y forward, z up --------------------------------------------------------

    def _body(self, t: float) -> Iterator[Part]:
        walk = 0.0 if self.speed == 0 else 1.0
        phase = 2 * np.pi * (self.start + self.speed * t) / (0.80 * self.height)
        legs = [_leg(phase + np.pi * i, walk) for i in (0, 1)]
        hip = max(0.245 * np.cos(a) + 0.246 * np.cos(a - k) + 0.035 for a, k in legs)
        rise = hip - 0.526
        lean = 0.035 * walk
        b = self.build
        cloth = Stuff.STRIPED if self.striped else Stuff.SHIRT

        def at(x: float, y: float, z: float) -> Array:
            return np.array([x, y + lean * (z - 0.5), z + rise])

        low = self.top if self.bag == "apron" else self.bottom
        yield at(0, 0, 0.505), at(0, 0, 0.555), (0.168 * b, 0.125 * b, 0.10), low, Stuff.CLOTH
        yield at(0, 0, 0.565), at(0, 0, 0.66), (0.150 * b, 0.112 * b, 0.09), self.top, cloth
        yield at(0, 0.002, 0.68), at(0, 0, 0.755), (0.178 * b, 0.122 * b, 0.10), self.top, cloth
        yield at(-0.078, -0.002, 0.798), at(0.078, -0.002, 0.798), (0.064, 0.062, 0.062), self.top, Stuff.CLOTH
        yield at(0, 0.002, 0.82), at(0, 0.010, 0.872), (0.054, 0.057, 0.05), self.skin, Stuff.PLAIN
        head = at(0, 0.014, 0.929)
        yield head, head, (0.080, 0.100, 0.120), self.skin, Stuff.FACE
        yield from self._arms(phase, walk, at)
        yield from self._legs(legs, hip)
        yield from self._head(head, at)
        yield from self._extras(at, legs)

    def _arms(self, phase: float, walk: float, at: _At) -> Iterator[Part]:
        sleeve = self.skin if self.short_sleeves else self.top
        for i, side in enumerate((-1, 1)):
            swing = -0.42 * walk * np.sin(phase + np.pi * i) + 0.02
            bend = 0.22 + 0.25 * walk * (0.5 + 0.5 * np.sin(-phase - np.pi * i)) + (0.5 if walk == 0 else 0)
            shoulder = at(side * 0.107, 0, 0.797)
            elbow = shoulder + 0.168 * np.array([side * 0.16, np.sin(swing), -np.cos(swing)])
            wrist = elbow + 0.142 * np.array([-side * 0.05, np.sin(swing + bend), -np.cos(swing + bend)])
            palm = wrist + 0.040 * np.array([0, np.sin(swing + bend), -np.cos(swing + bend)])
            yield shoulder, elbow, (0.052, 0.052, 0.052), self.top, Stuff.CLOTH
            yield elbow, wrist, (0.040, 0.040, 0.040), sleeve, Stuff.CLOTH if not self.short_sleeves else Stuff.PLAIN
            yield wrist + (palm - wrist) * 0.4, palm + (palm - wrist) * 0.6, (0.026, 0.040, 0.036), self.skin, Stuff.PLAIN

    def _legs(self, legs: list[tuple[float, float]], hip: float) -> Iterator[Part]:
        bare = self.skirt
        for i, side in enumerate((-1, 1)):
            a, k = legs[i]
            joint = np.array([side * 0.050, 0, hip])
            knee = joint + 0.245 * np.array([0, np.sin(a), -np.cos(a)])
            ankle = knee + 0.246 * np.array([-side * 0.006, np.sin(a - k), -np.cos(a - k)])
            pitch = np.clip(a - k, -0.9, 0.35) * 0.9
            heel = ankle + np.array([0, -0.018, 0.0])
            toe = ankle + np.array([side * 0.014, 0.085 * np.cos(pitch), 0.085 * np.sin(pitch)])
            drop = np.array([0, 0, -0.012])
            leg = self.skin if bare else self.bottom
            yield joint, knee, (0.082, 0.088, 0.082), self.bottom, Stuff.CLOTH
            yield knee, ankle, (0.058 if not bare else 0.048, 0.062, 0.055), leg, Stuff.PLAIN if bare else Stuff.CLOTH
            yield heel + drop, toe + drop, (0.044, FOOT, 0.042), self.shoes, Stuff.PLAIN

    def _head(self, head: Array, at: _At) -> Iterator[Part]:
        k = 1 / self.height
        yield head + np.array([0, -0.017, 0.020]) * k, head + np.array([0, -0.017, 0.020]) * k, (0.088, 0.102, 0.113), self.hair, Stuff.HAIR
        nose = head + np.array([0, 0.099, -0.012]) * k
        yield nose, nose + np.array([0, -0.008, 0.028]) * k, (0.013, 0.014, 0.014), self.skin, Stuff.PLAIN
        for side in (-1, 1):
            yield at(side * 0.016, -0.010, 0.842), at(side * 0.088, -0.004, 0.806), (0.045, 0.045, 0.045), self.top, Stuff.CLOTH
            ear = head + np.array([side * 0.080, -0.004, -0.005]) * k
            yield ear, ear, (0.012, 0.022, 0.030), self.skin, Stuff.PLAIN
        if self.long_hair:
            yield (
                head + np.array([0, -0.045, -0.01]) * k,
                head + np.array([0, -0.075, -0.20]) * k,
                (0.088, 0.055, 0.05),
                self.hair,
                Stuff.HAIR,
            )

    def _extras(self, at: _At, legs: list[tuple[float, float]]) -> Iterator[Part]:
        if self.skirt:
            sway = 0.03 * np.sin(legs[0][0])
            yield at(0, sway, 0.40), at(0, 0, 0.53), (0.185, 0.165, 0.10), self.bottom, Stuff.CLOTH
        if self.bag == "backpack":
            yield at(0, -0.095, 0.63), at(0, -0.095, 0.755), (0.135, 0.085, 0.085), self.bag_color, Stuff.CLOTH
        if self.bag == "tote":
            yield at(0.150, 0.0, 0.44), at(0.150, 0.0, 0.50), (0.045, 0.155, 0.10), self.bag_color, Stuff.CLOTH
            yield at(0.120, 0.0, 0.53), at(0.118, 0.0, 0.80), (0.010, 0.02, 0.012), self.bag_color, Stuff.PLAIN


FOOT = 0.040
"""Half the thickness of a shoe, in metres."""

_ARMS = 6
"""Index of the first arm part (left upper arm, forearm, hand; then right)."""

_LEGS = 12
"""Index of the first leg part (left thigh, shin, foot; then right)."""


def _leg(phase: float, walk: float) -> tuple[float, float]:
    """Hip and knee angle (radians) of one leg at a phase of the gait."""
    hip = walk * (0.40 * np.sin(phase) + 0.06) + (1 - walk) * 0.02
    swing = max(0.0, float(np.cos(phase + 0.35)))
    knee = walk * (0.10 + 0.85 * swing**2) + (1 - walk) * 0.04
    return float(hip), float(knee)

"""Automatic exposure: from how bright the picture is to how long and how strongly the next one is exposed.

The theory. Pictures are coded with a gamma, so the mean of the coded values answers exposure E as E^(1/2.2) for as long as nothing
saturates, and more slowly when something does. Undone, the *measured luminance* therefore follows E with a slope (in stops a stop) of
at most one. The law is an integrator in stops,

    asked <- program(asked * 2^(k * error)),    error = log2(target / measured),    k = 1 - exp(-dt / TAU),

that only looks at pictures exposed as asked: without delay and with a slope in (0, 1], every step shortens the error and never turns
its sign, so it cannot swing. It sets out when the error exceeds ``START`` and rests within ``STOP``, so that a person who walks by
does not move it. ``asked`` is always something the sensor can do, so nothing winds up at the limits.

``program`` divides a total exposure between shutter and gain. Up to the knee, one pulse of mains light, the shutter alone does it:
that costs neither noise nor visible blur. Beyond, each stop is shared: the part ``trade_off`` to the shutter, the rest to the gain,
until one of them is at its limit and the other takes all. A least gain is there from the start; the shutter does the rest. Mains
light of f hertz pulses 2f times a second, and a shutter of whole
pulses collects the same light in every row; *flicker-free* uses nothing else and lets the gain fill in, *flicker-reduced* prefers them
but goes below one pulse rather than overexpose by more than ``TOLERATED``, and does without them where none lies between the
shortest and the longest shutter time wished for.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from math import ceil, exp, floor, log2
from typing import Final

from panocam.errors import InvalidValue

TAU: Final = 0.3
"""Seconds in which most of an error is gone."""

START: Final = 0.25
STOP: Final = 0.06
"""Stops of error at which the law sets out, and at which it rests."""

LARGEST: Final = 3.0
"""Stops that one picture may ask for: black and white say little about how far it is."""

TOLERATED: Final = 0.5
"""Stops of overexposure that flicker-reduced accepts before it leaves the whole pulse."""

DARK: Final = 1 / 4096
STOP_DB: Final = 6.0206


class ExposureMode(StrEnum):
    """How shutter and gain are chosen."""

    AUTOMATIC = "automatic"
    FLICKER_FREE = "flicker-free"
    FLICKER_REDUCED = "flicker-reduced"
    HOLD = "hold"


@dataclass(frozen=True)
class Exposure:
    """``shutter_s`` seconds of light, amplified by ``gain_db``."""

    shutter_s: float
    gain_db: float = 0.0

    @property
    def total(self) -> float:
        """Seconds at 0 dB that would be as bright."""
        return float(self.shutter_s * 2 ** (self.gain_db / STOP_DB))

    def near(self, other: Exposure) -> bool:
        """Whether nobody could tell them apart."""
        return abs(log2(self.shutter_s / other.shutter_s)) < 0.01 and abs(self.gain_db - other.gain_db) < 0.05


@dataclass(frozen=True)
class Reach:
    """What a sensor can do. ``step_s``: shutter times are multiples of it, 0 = any."""

    shortest_s: float = 1 / 32500
    longest_s: float = 2.0
    most_gain_db: float = 48.0
    step_s: float = 0.0

    def shutter(self, seconds: float) -> float:
        """The longest shutter time there is that is not above ``seconds``, but never below the shortest."""
        bounded = min(max(seconds, self.shortest_s), self.longest_s)
        return max(self.shortest_s, floor(bounded / self.step_s + 1e-6) * self.step_s) if self.step_s else bounded

    def least(self, seconds: float) -> float:
        """The shortest shutter time there is that is not below ``seconds``, but never above the longest."""
        stepped = ceil(seconds / self.step_s - 1e-6) * self.step_s if self.step_s else seconds
        return min(max(stepped, self.shortest_s), self.longest_s)


@dataclass(frozen=True)
class ExposureRules:
    """What is wished. Raises InvalidValue outside the stated ranges.

    ``target``: linear luminance of the picture's mean, 0.005..1 of white. ``trade_off``: 0 (short shutter) .. 1 (low gain).
    ``mains_hz``: 50 or 60. ``max_shutter_s`` above 0, ``min_shutter_s`` from 0 to it; ``min_gain_db`` from 0, ``max_gain_db`` from that.
    """

    mode: ExposureMode = ExposureMode.AUTOMATIC
    mains_hz: int = 50
    target: float = 0.2
    max_shutter_s: float = 1 / 30
    max_gain_db: float = 36.0
    trade_off: float = 0.5
    min_shutter_s: float = 0.0
    min_gain_db: float = 0.0

    def __post_init__(self) -> None:
        if self.mains_hz not in (50, 60):
            raise InvalidValue("mains_hz", self.mains_hz, "give 50 or 60")
        if not 0.005 <= self.target <= 1:
            raise InvalidValue("target", self.target, "give 0.005 to 1")
        if not 0 <= self.trade_off <= 1:
            raise InvalidValue("trade_off", self.trade_off, "give 0 (low motion blur) to 1 (low noise)")
        if self.max_shutter_s <= 0:
            raise InvalidValue("max_shutter_s", self.max_shutter_s, "give seconds above 0")
        if self.max_gain_db < 0:
            raise InvalidValue("max_gain_db", self.max_gain_db, "give decibels from 0")
        if not 0 <= self.min_shutter_s <= self.max_shutter_s:
            raise InvalidValue("min_shutter_s", self.min_shutter_s, "give seconds from 0, not longer than the longest")
        if not 0 <= self.min_gain_db <= self.max_gain_db:
            raise InvalidValue("min_gain_db", self.min_gain_db, "give decibels from 0, not more than the most")

    @property
    def pulse_s(self) -> float:
        """Seconds between two pulses of mains light."""
        return 0.5 / self.mains_hz


def program(total: float, rules: ExposureRules, reach: Reach) -> Exposure:
    """The exposure that comes nearest to ``total`` (seconds at 0 dB) by the rules; a fixed point of itself."""
    longest = min(rules.max_shutter_s, reach.longest_s)
    most_db = min(rules.max_gain_db, reach.most_gain_db)
    least_db = min(rules.min_gain_db, most_db)
    left, room_db = total / 2 ** (least_db / STOP_DB), most_db - least_db
    shutter = _shared(left, min(rules.pulse_s, longest), longest, room_db, rules.trade_off)
    least = reach.least(rules.min_shutter_s)
    if _in_pulses(max(left, least), (least, longest), rules):
        shutter = _whole_pulses(shutter, left, (least, longest), room_db, rules.pulse_s)
        shutter = reach.shutter(shutter)
    else:
        shutter = max(reach.shutter(shutter), least)
    gain_db = STOP_DB * log2(max(total, 1e-9) / shutter)
    return Exposure(shutter, min(max(gain_db, least_db), most_db))


def _shared(total: float, knee: float, longest: float, most_db: float, trade_off: float) -> float:
    """The shutter time of automatic mode."""
    if total <= knee:
        return total
    stops = log2(total / knee)
    shutter_room, gain_room = log2(longest / knee), most_db / STOP_DB
    by_shutter = min(trade_off * stops, shutter_room)
    by_shutter = min(max(by_shutter, stops - gain_room), shutter_room)
    return float(knee * 2**by_shutter)


def _in_pulses(total: float, bounds: tuple[float, float], rules: ExposureRules) -> bool:
    match rules.mode:
        case ExposureMode.FLICKER_FREE:
            return True
        case ExposureMode.FLICKER_REDUCED:
            fewest, most = _pulses(bounds, rules.pulse_s)
            return fewest <= most and total > rules.pulse_s * 2**-TOLERATED
    return False


def _pulses(bounds: tuple[float, float], pulse: float) -> tuple[int, int]:
    """The fewest and the most whole pulses, at least one, that lie within ``bounds``; fewest above most where none does."""
    return max(1, ceil(bounds[0] / pulse - 1e-3)), floor(bounds[1] / pulse + 1e-3)


def _whole_pulses(shutter: float, total: float, bounds: tuple[float, float], most_db: float, pulse: float) -> float:
    """``shutter`` rounded down to pulses, or up where the gain could not fill in; one pulse at the least, and within
    ``bounds`` where pulses fit between them."""
    fewest, most = _pulses(bounds, pulse)
    most = max(1, most)
    count = min(max(fewest, floor(shutter / pulse + 1e-3)), most)
    while count < most and count * pulse * 2 ** (most_db / STOP_DB) < total * 0.999:
        count += 1
    return count * pulse


class AutoExposure:
    """The law with its memory. ``asked`` is what the sensor was last told."""

    def __init__(self, asked: Exposure) -> None:
        self.asked = asked
        self.moving = False
        self.limited = 0.0
        """Stops by which the picture stays too dark (positive) or too bright (negative) because the rules allow no more."""

    def see(self, measured: float, dt: float, rules: ExposureRules, reach: Reach) -> Exposure:
        """What to ask for after a picture of luminance ``measured`` (linear, 0..1) that was exposed as asked, ``dt`` seconds after
        the last one."""
        if rules.mode is ExposureMode.HOLD:
            self.moving, self.limited = False, 0.0
            return self.asked
        error = log2(rules.target / max(measured, DARK))
        error = min(max(error, -LARGEST), LARGEST)
        self.moving = abs(error) > (STOP if self.moving else START)
        step = error * (1 - exp(-dt / TAU)) if self.moving else 0.0
        wanted = program(self.asked.total * 2**step, rules, reach)
        goal = program(self.asked.total * 2**error, rules, reach)
        left = error - log2(goal.total / self.asked.total)
        if self.moving and wanted.near(self.asked) and abs(left) < abs(error) / 2:
            wanted = goal  # a step that the sensor only does as a whole, and that is worth it
        if wanted.near(self.asked):
            left = error
        self.limited = left if abs(left) > START else 0.0
        if wanted.near(self.asked):
            self.moving = False
            return self.asked
        self.asked = wanted
        return wanted

    def restart(self, present: Exposure) -> None:
        """Go on from what another hand has set."""
        self.asked, self.moving = replace(present), False

"""One axis on its way: pieces of constant acceleration, evaluated at any time.

Theory. A journey of length ``d`` begun at speed ``v`` with acceleration ``a`` and cruising speed ``c`` has three pieces: change speed from
``v`` to ``c``, keep it, brake to rest. It is told apart by how it begins:

- moving away from the target (or past it): brake to rest first, then go as from rest;
- too fast to stop in time at ``a``: brake evenly and harder, ``v²/2d``, so that it stops exactly there;
- else: the three pieces. Without room to reach ``c`` the peak is ``sqrt(a·d + v²/2)``. To arrive after a given time ``T`` instead of as
  soon as possible, ``c`` solves ``T = |c - v|/a + cruise + c/a``: a square equation for ``c`` above ``v``, a linear one below.

No piece leads beyond the target or, while braking, beyond ``bounds``. A digital head has no mass, so braking harder than ``a`` is possible;
``a`` is there for the eye. Units are those of the caller: degrees or the logarithm of the magnification, and seconds.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

NEAR: Final = 1e-9
"""A way shorter than this, in the caller's unit, is none: braking within it would be harder than a number can say."""


@dataclass(frozen=True)
class Piece:
    """From ``start`` (seconds) on: at ``place``, with ``speed``, under ``pull`` (acceleration)."""

    start: float
    place: float
    speed: float
    pull: float


@dataclass(frozen=True)
class Course:
    """Pieces in order of time; from ``end`` (seconds, infinite for a move without end) on the axis rests at ``rest``."""

    pieces: tuple[Piece, ...]
    end: float
    rest: float

    def at(self, t: float) -> tuple[float, float]:
        """(place, speed) at ``t`` seconds; before the start it is as at the start."""
        if t >= self.end or not self.pieces:
            return self.rest, 0.0
        t = max(t, 0.0)
        piece = self.pieces[0]
        for later in self.pieces[1:]:
            if later.start > t:
                break
            piece = later
        dt = t - piece.start
        return piece.place + (piece.speed + piece.pull * dt / 2) * dt, piece.speed + piece.pull * dt


@dataclass(frozen=True)
class Start:
    """Where and how fast an axis begins, and the ``bounds`` that it stays in (infinite for an axis that turns round and round)."""

    place: float
    speed: float = 0.0
    bounds: tuple[float, float] = (-math.inf, math.inf)

    def room(self) -> float:
        """The way to the bound that the axis moves towards."""
        return max(0.0, self.bounds[1] - self.place if self.speed > 0 else self.place - self.bounds[0])


def braked(start: Start, pull: float) -> Course:
    """Come to rest as soon as ``pull`` (> 0) or the bounds demand."""
    speed, room = abs(start.speed), start.room()
    if speed == 0 or room < NEAR:
        return Course((), 0.0, start.place)
    pull = max(pull, speed * speed / (2 * room))
    end = speed / pull
    rest = start.place + start.speed * end / 2
    return Course((Piece(0.0, start.place, start.speed, -math.copysign(pull, start.speed)),), end, rest)


def travelled(start: Start, target: float, cruise: float, pull: float, duration: float = 0.0) -> Course:
    """Go to ``target`` (perhaps infinite) at no more than ``cruise`` (> 0), and not before ``duration`` seconds where that can be."""
    way = target - start.place
    if start.speed and (way == 0 or (way < 0) != (start.speed < 0)):
        turn = braked(start, pull)
        onwards = travelled(Start(turn.rest, 0.0, start.bounds), target, cruise, pull, duration - turn.end)
        later = tuple(Piece(p.start + turn.end, p.place, p.speed, p.pull) for p in onwards.pieces)
        return Course((*turn.pieces, *later), turn.end + onwards.end, target)
    if abs(way) < NEAR:
        return Course((), 0.0, target)
    sign, way, speed = math.copysign(1.0, way), abs(way), abs(start.speed)
    if speed * speed / 2 >= pull * way:
        end = 2 * way / speed
        return Course((Piece(0.0, start.place, sign * speed, -sign * speed / end),), end, target)
    cruise = min(cruise, _peak(way, speed, pull), _unhurried(way, speed, pull, duration))
    first, last = abs(cruise - speed) / pull, cruise / pull
    middle = max(0.0, (way - (cruise + speed) / 2 * first - cruise * last / 2) / cruise)
    reached = start.place + sign * (cruise + speed) / 2 * first
    pieces = [Piece(0.0, start.place, sign * speed, math.copysign(pull, cruise - speed) * sign)] if first else []
    pieces.append(Piece(first, reached, sign * cruise, 0.0))
    if math.isfinite(middle):
        pieces.append(Piece(first + middle, reached + sign * cruise * middle, sign * cruise, -sign * pull))
    return Course(tuple(pieces), first + middle + last, target)


def _peak(way: float, speed: float, pull: float) -> float:
    """The highest speed from which the rest of the way suffices to stop."""
    return math.sqrt(pull * way + speed * speed / 2)


def _unhurried(way: float, speed: float, pull: float, duration: float) -> float:
    """The cruising speed with which the way takes ``duration``; infinite when it cannot take so little."""
    total = speed + pull * duration
    inner = total * total - 4 * pull * way - 2 * speed * speed
    if not math.isfinite(way) or inner < 0 or total <= 0:
        return math.inf
    faster = (2 * pull * way + speed * speed) / (total + math.sqrt(inner))  # which is (total - root) / 2, but exact for short ways
    if faster >= speed:
        return faster
    return (way - speed * speed / (2 * pull)) / (duration - speed / pull)

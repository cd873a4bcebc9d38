"""What plays a tour: state machines that are told the time and move the head.

A player has a ``state`` for people and a moment ``until_ns`` at which it wants to be called again (``advance``). It knows nothing of
people: who holds it calls ``pause``, and later ``resume``, which goes back to where the tour was.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from enum import StrEnum
from typing import Protocol

from panocam.clock import NS
from panocam.optics.motion import Replay
from panocam.pipeline.heads import PtzHead
from panocam.ptz.library import Position
from panocam.ptz.tape import Tape
from panocam.settings.ptz import Step, Tour

SHORTEST_STAY_NS = NS // 10
"""Even at a position with no duration, so that a tour of one place does not spin."""

BACK_SPEED = 70
"""At which a head travels to where a recording begins."""


class TourState(StrEnum):
    """What a tour does."""

    TRAVELLING = "travelling"
    STAYING = "staying"
    PLAYING = "playing"
    WAITING = "waiting"  # between two rounds
    PAUSED = "paused"
    STOPPED = "stopped"


class Over(Exception):
    """The tour cannot go on; the text says why. No text: it has done what it should."""


class Player(Protocol):
    """See above. ``begin``, ``advance`` and ``resume`` raise Over."""

    state: TourState
    until_ns: int

    def begin(self, now_ns: int) -> None: ...
    def advance(self, now_ns: int) -> None: ...
    def pause(self, now_ns: int) -> None: ...
    def resume(self, now_ns: int) -> None: ...


Find = Callable[[int], Position | None]
Reach = Callable[[int, str], None]


class PresetPlayer:
    """Goes from preset to preset. ``find(number)`` gives a preset, None if it was deleted; ``reach`` is told of arrivals; ``once`` ends it
    after a round."""

    def __init__(self, tour: Tour, head: PtzHead, find: Find, reach: Reach, order: random.Random, *, once: bool = False) -> None:
        self._tour, self._head, self._find, self._reach, self._order, self._once = tour, head, find, reach, order, once
        self.state = TourState.STOPPED
        self.until_ns = 0
        self._round: list[Step] = []
        self._step: Step | None = None
        self._place: Position | None = None

    def begin(self, now_ns: int) -> None:
        self._round = [step for step in self._tour.steps if self._find(step.preset) is not None]
        if not self._round:
            raise Over("none of its preset positions exists")
        if self._tour.random:
            self._order.shuffle(self._round)
        self._next(now_ns)

    def advance(self, now_ns: int) -> None:
        if self.state is TourState.TRAVELLING and self._step is not None:
            if self._place is not None and self._head.movement.goal != self._head.limits.nearest(self._place.pose):
                self._go(self._step, self._place, now_ns)  # new limits or another mounting stopped it on its way
                return
            self.state = TourState.STAYING
            self.until_ns = now_ns + max(self._step.seconds * NS, SHORTEST_STAY_NS)
            if self._place is not None:
                self._reach(self._place.number, self._place.name)
        elif self.state is TourState.STAYING and not self._round and self._once:
            raise Over("")
        elif self.state is TourState.STAYING and not self._round and self._tour.pause:
            self.state = TourState.WAITING
            self.until_ns = now_ns + self._tour.pause * NS
        elif self._round:
            self._next(now_ns)
        else:
            self.begin(now_ns)

    def pause(self, now_ns: int) -> None:
        self.state = TourState.PAUSED

    def resume(self, now_ns: int) -> None:
        """Go back to the position where it was, and stay there as long as it says."""
        if self._step is None:
            self.begin(now_ns)
            return
        self._round.insert(0, self._step)
        self._next(now_ns)

    def _next(self, now_ns: int) -> None:
        while self._round:
            step = self._round.pop(0)
            place = self._find(step.preset)
            if place is not None:
                self._go(step, place, now_ns)
                return
        if self._once and self._step is not None:
            raise Over("")
        self.begin(now_ns)

    def _go(self, step: Step, place: Position, now_ns: int) -> None:
        self._step, self._place = step, place
        self._head.visit(place.pose, step.speed)
        self.state, self.until_ns = TourState.TRAVELLING, self._head.movement.end_ns or now_ns


class TapePlayer:
    """Goes to where the recording begins, repeats it, waits, and does so again; ``once`` ends it after the first time."""

    def __init__(self, tour: Tour, head: PtzHead, tape: Tape, *, once: bool = False) -> None:
        self._tour, self._head, self._tape, self._once = tour, head, tape, once
        self.state = TourState.STOPPED
        self.until_ns = 0
        self._offset, self._began_ns = 0.0, 0

    def begin(self, now_ns: int) -> None:
        self._offset = 0.0
        self._approach()

    def advance(self, now_ns: int) -> None:
        if self.state is TourState.TRAVELLING:
            self._head.replay(self._tape.times, self._tape.poses, self._offset)
            self._began_ns = now_ns
            self.state, self.until_ns = TourState.PLAYING, now_ns + round((self._tape.seconds - self._offset) * NS) + SHORTEST_STAY_NS
        elif self.state is TourState.PLAYING and self._once:
            raise Over("")
        elif self.state is TourState.PLAYING and self._tour.pause:
            self.state, self.until_ns = TourState.WAITING, now_ns + self._tour.pause * NS
        else:
            self.begin(now_ns)

    def pause(self, now_ns: int) -> None:
        if self.state is TourState.PLAYING:
            self._offset = min(self._offset + (now_ns - self._began_ns) / NS, self._tape.seconds)
        elif self.state is not TourState.TRAVELLING:
            self._offset = 0.0
        self.state = TourState.PAUSED

    def resume(self, now_ns: int) -> None:
        """Go back to the place where it was interrupted, and on from there."""
        self._approach()

    def _approach(self) -> None:
        """Travel to where the recording is at the offset."""
        here = Replay(0, self._tape.times, self._tape.poses, self._head.limits, self._offset).at(0)
        self._head.travel(here, BACK_SPEED)
        self.state, self.until_ns = TourState.TRAVELLING, self._head.movement.end_ns or 0

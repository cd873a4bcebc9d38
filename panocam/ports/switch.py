"""Something that is on or off, and the steps that it is going through.

A new wish of whatever kind ends the steps that are still to come: the last one who says something is obeyed. Steps are counted from the
first one's moment, so that a train of pulses does not drift.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from panocam.errors import InvalidValue

MOST_STEPS = 100
LONGEST_S = 7 * 24 * 3600.0
"""Of one step."""


@dataclass(frozen=True)
class Step:
    """Be on or off, for ``seconds`` before the next step; after the last one it stays. Raises InvalidValue for a time out of bounds."""

    on: bool
    seconds: float = 0.0

    def __post_init__(self) -> None:
        if not 0 <= self.seconds <= LONGEST_S:
            raise InvalidValue("time", self.seconds, f"wait for 0 to {LONGEST_S:.0f} seconds")


class Switch:
    """``changed`` is called with the new state, only when it is another one. Lives on the running event loop."""

    def __init__(self, on: bool, changed: Callable[[bool], None]) -> None:
        self._on, self._changed = on, changed
        self._waiting: asyncio.TimerHandle | None = None

    @property
    def on(self) -> bool:
        return self._on

    @property
    def busy(self) -> bool:
        """Whether there are steps to come."""
        return self._waiting is not None

    def set(self, on: bool) -> bool:
        """Be on or off from now on; whether that is a change."""
        return self.run((Step(on),))

    def run(self, steps: Sequence[Step]) -> bool:
        """Take the first step now and the others in time; whether the first is a change. Raises InvalidValue for none or too many."""
        if not 1 <= len(steps) <= MOST_STEPS:
            raise InvalidValue("sequence", f"{len(steps)} steps", f"give 1 to {MOST_STEPS}")
        self.stop()
        before = self._on
        self._step(tuple(steps), 0, asyncio.get_running_loop().time())
        return before != steps[0].on

    def stop(self) -> None:
        """Stay as it is."""
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None

    def _step(self, steps: tuple[Step, ...], number: int, at: float) -> None:
        self._waiting = None
        step = steps[number]
        if number + 1 < len(steps):
            due = at + step.seconds
            self._waiting = asyncio.get_running_loop().call_at(due, self._step, steps, number + 1, due)
        if step.on != self._on:
            self._on = step.on
            self._changed(step.on)

"""How the camera's clock follows what servers say.

- The first answer is taken at once, in a step if it is large.
- Afterwards a difference of up to ``STEP_NS`` is slewed: the clock runs a little faster or slower, and no moment comes twice. RFC 5905 has
  the same bound (STEPT); a recording bridges it without a new file.
- A larger one is a step, and is believed only when it has been said ``TIMES`` times in a row: one wild answer sets no clock.
- When the machine's own clock was set, or it slept, the next answer is a first one again.
"""

from __future__ import annotations

from enum import StrEnum

from panocam.clock import CameraClock

STEP_NS = 128_000_000
TIMES = 3


class Move(StrEnum):
    """What was done with an answer."""

    SLEWED = "slewed"
    STEPPED = "stepped"
    DOUBTED = "doubted"


class Discipline:
    """Moves one clock. ``moved_ns`` is by how much the last time."""

    def __init__(self, clock: CameraClock) -> None:
        self._clock = clock
        self._first = True
        self._doubts: list[int] = []
        self._base = self._machine_base()
        self.moved_ns = 0

    def follow(self, correction_ns: int) -> Move:
        """The machine's clock should be corrected by this much."""
        base = self._machine_base()
        if abs(base - self._base) > STEP_NS:
            self._first, self._doubts = True, []
        self._base = base
        self.moved_ns = correction_ns - self._clock.correction_ns
        if abs(self.moved_ns) <= STEP_NS:
            self._clock.slew(correction_ns)
            self._first, self._doubts = False, []
            return Move.SLEWED
        if not self._first and not self._confirmed(correction_ns):
            return Move.DOUBTED
        self._clock.step(correction_ns)
        self._first, self._doubts = False, []
        return Move.STEPPED

    def _confirmed(self, correction_ns: int) -> bool:
        self._doubts = [each for each in self._doubts if abs(each - correction_ns) <= STEP_NS] + [correction_ns]
        return len(self._doubts) >= TIMES

    def _machine_base(self) -> int:
        return self._clock.machine.wall_ns() - self._clock.machine.monotonic_ns()

"""The only place that reads time, so that tests can own it and the camera can have a clock of its own.

``monotonic_ns`` orders and paces; ``wall_ns`` is UTC since the Unix epoch and may jump. Inside values, time is an integer
of nanoseconds; conversions to 90 kHz ticks or NTP happen at the wire.

The camera's clock is the machine's with a *correction*: setting it needs no rights, and nothing else on the machine notices. A correction
is changed in a step, or slewed: then the clock runs a little faster or slower until it is right, and never shows a moment twice.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, tzinfo
from typing import Protocol

NS = 1_000_000_000
SLEW_PPM = 500
"""How much faster or slower a slewed clock runs, in millionths (RFC 5905 has the same limit): a tenth of a second takes 200 s."""


class Clock(Protocol):
    """Where components take the time from. ``zone`` is that in which people are shown times; None is the machine's own."""

    def monotonic_ns(self) -> int: ...
    def wall_ns(self) -> int: ...
    @property
    def zone(self) -> tzinfo | None: ...


class SystemClock:
    """The operating system's clocks."""

    zone: tzinfo | None = None

    def monotonic_ns(self) -> int:
        return time.monotonic_ns()

    def wall_ns(self) -> int:
        return time.time_ns()


@dataclass(frozen=True)
class _Course:
    """A correction on its way from ``start`` at ``since`` (monotonic) to ``end``."""

    start: int = 0
    end: int = 0
    since: int = 0

    def at(self, monotonic_ns: int) -> int:
        way = self.end - self.start
        if not way:
            return self.end
        gone = (monotonic_ns - self.since) * SLEW_PPM // 1_000_000
        return self.end if gone >= abs(way) else self.start + (gone if way > 0 else -gone)


class CameraClock:
    """The camera's own clock over the machine's. Read from every thread, set on the event loop."""

    def __init__(self, machine: Clock | None = None) -> None:
        self.machine: Clock = machine or SystemClock()
        self.zone: tzinfo | None = self.machine.zone
        self._course = _Course()  # replaced as a whole: whoever reads meanwhile sees one or the other

    def monotonic_ns(self) -> int:
        return self.machine.monotonic_ns()

    def wall_ns(self) -> int:
        return self.machine.wall_ns() + self.correction_ns

    @property
    def correction_ns(self) -> int:
        """What this clock is ahead of the machine's just now."""
        return self._course.at(self.machine.monotonic_ns())

    @property
    def aim_ns(self) -> int:
        """The correction when the slewing will be over."""
        return self._course.end

    def step(self, correction_ns: int) -> None:
        """Be right at once."""
        self._course = _Course(correction_ns, correction_ns)

    def slew(self, correction_ns: int) -> None:
        """Become right without a jump."""
        now = self.machine.monotonic_ns()
        self._course = _Course(self._course.at(now), correction_ns, now)


class ManualClock:
    """A clock that a test moves by hand; both readings move together unless the wall is made to jump."""

    zone: tzinfo | None = UTC

    def __init__(self, monotonic_ns: int = 0, wall_ns: int = 1_700_000_000 * NS) -> None:
        self._monotonic, self._wall = monotonic_ns, wall_ns

    def monotonic_ns(self) -> int:
        return self._monotonic

    def wall_ns(self) -> int:
        return self._wall

    def advance(self, seconds: float) -> None:
        step = round(seconds * NS)
        self._monotonic += step
        self._wall += step

    def jump_wall(self, seconds: float) -> None:
        self._wall += round(seconds * NS)

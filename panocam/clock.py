"""The only place that reads time, so that tests can own it.

``monotonic_ns`` orders and paces; ``wall_ns`` is UTC since the Unix epoch and may jump. Inside values, time is an integer
of nanoseconds; conversions to 90 kHz ticks or NTP happen at the wire.
"""

from __future__ import annotations

import time
from typing import Protocol

NS = 1_000_000_000


class Clock(Protocol):
    """Where components take the time from."""

    def monotonic_ns(self) -> int: ...
    def wall_ns(self) -> int: ...


class SystemClock:
    """The operating system's clocks."""

    def monotonic_ns(self) -> int:
        return time.monotonic_ns()

    def wall_ns(self) -> int:
        return time.time_ns()


class ManualClock:
    """A clock that a test moves by hand; both readings move together unless the wall is made to jump."""

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

"""Rates: hand out pictures no faster than they are due, and pick every so many evenly."""

from __future__ import annotations

import threading

from panocam.clock import NS, Clock

LATE_NS = NS // 4
JITTER_NS = NS // 200


class Pacer:
    """Lets pictures pass when they are due. One thread waits, another may end the waiting with ``close``."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._closed = threading.Event()
        self._start: int | None = None
        self.slipped_ns = 0  # how far the schedule has been moved in all

    @property
    def closed(self) -> bool:
        return self._closed.is_set()

    def close(self) -> None:
        self._closed.set()

    def wait(self, pts_ns: int) -> int | None:
        """Wait until ``pts_ns`` (counted from the first call's) is due. Returns how late we are in ns, None if closed.

        More than a quarter of a second late means the work is too slow for the rate: the schedule then starts anew from here
        instead of rushing to catch up.
        """
        if self._start is None:
            self._start = self._clock.monotonic_ns() - pts_ns
        while not self.closed:
            ahead = self._start + pts_ns - self._clock.monotonic_ns()
            if ahead <= 0:
                if -ahead > LATE_NS:
                    self._start -= ahead
                    self.slipped_ns -= ahead
                return -ahead
            self._closed.wait(ahead / NS)
        return None

    def pause(self, seconds: float) -> bool:
        """Wait that long; False if closed meanwhile."""
        return not self._closed.wait(seconds)


class Decimator:
    """Picks frames so that at most ``fps`` a second remain, as even as the source's own spacing allows. 0 keeps all."""

    def __init__(self, fps: float) -> None:
        self._interval = NS / fps if fps > 0 else 0.0
        self._due: float | None = None

    def take(self, pts_ns: int) -> bool:
        """Whether the picture at ``pts_ns`` belongs to the reduced stream."""
        if not self._interval:
            return True
        # Some tolerance: a 25 fps source with jitter must not lose pictures to a 25 fps request.
        if self._due is not None and pts_ns < self._due - min(self._interval / 10, JITTER_NS):
            return False
        if self._due is None or pts_ns - self._due > self._interval:
            self._due = float(pts_ns)
        self._due += self._interval
        return True

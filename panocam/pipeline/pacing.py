"""Rates: hand out pictures no faster than they are due, and pick every so many evenly."""

from __future__ import annotations

import threading

from panocam.clock import NS, Clock

LATE_NS = NS // 4
JITTER_NS = NS // 200
RESTING_NS = NS
"""Between two pictures while nobody looks."""


class Pacer:
    """Lets pictures pass when they are due. One thread waits, others may end the waiting with ``close`` or slow it down with ``rest``.

    A schedule that ``slips`` starts anew where the work is too slow for the rate, instead of rushing to catch up; one that does not
    belongs to somebody who leaves out moments.
    """

    def __init__(self, clock: Clock, slips: bool = True) -> None:
        self._clock, self._slips = clock, slips
        self._changed = threading.Condition()
        self._closed = self._resting = False
        self._start: int | None = None
        self._passed = 0  # when the last one did, and before the first one, when the schedule began
        self.slipped_ns = 0  # how far the schedule has been moved in all

    @property
    def closed(self) -> bool:
        return self._closed

    @property
    def resting(self) -> bool:
        return self._resting

    def close(self) -> None:
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def rest(self, resting: bool) -> None:
        """While resting one picture passes in ``RESTING_NS``. Whoever waits when that ends goes on at once."""
        with self._changed:
            self._resting = resting
            self._changed.notify_all()

    def wait(self, pts_ns: int) -> int | None:
        """Wait until ``pts_ns`` (counted from the first call's) is due. Returns how late we are in ns, None if closed.

        More than a quarter of a second late counts as slipping.
        """
        if self._start is None:
            self._passed = self._clock.monotonic_ns()
            self._start = self._passed - pts_ns
        with self._changed:
            while not self._closed:
                now = self._clock.monotonic_ns()
                due = self._start + pts_ns
                until = max(due, self._passed + RESTING_NS) if self._resting else due
                if now >= until:
                    self._passed = now
                    return self._late(now - due)
                self._changed.wait((until - now) / NS)
        return None

    def _late(self, late_ns: int) -> int:
        if self._slips and late_ns > LATE_NS:
            self._start = (self._start or 0) + late_ns
            self.slipped_ns += late_ns
        return late_ns


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

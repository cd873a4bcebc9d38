"""Media time of a camera: strictly increasing whatever its source does.

A source's own clock starts anew at each connection, loops, jumps, and runs a little fast or slow. The timeline anchors it to
our monotonic clock at the first picture and keeps the source's spacing from there, because spacing by arrival would turn
network jitter into motion judder. When the two clocks disagree by more than ``TOLERANCE_NS`` the anchor is set anew and
the picture is marked as a discontinuity. Drawn pictures (cards) use the arrival clock directly.
"""

from __future__ import annotations

from panocam.clock import NS

TOLERANCE_NS = NS
SMALLEST_STEP_NS = 100_000
"""About nine ticks of the 90 kHz clock, so that two pictures never share an RTP timestamp."""


class Timeline:
    """Maps a source's pts to the camera's. Used by the thread that hands out frames."""

    def __init__(self) -> None:
        self._last = -1
        self._offset: int | None = None

    def restart(self) -> None:
        """What comes next has a clock of its own (reconnected, another source)."""
        self._offset = None

    def place(self, pts_ns: int, now_ns: int) -> tuple[int, bool]:
        """``(media time, discontinuity)`` of a source picture with ``pts_ns`` that arrived at ``now_ns`` (monotonic)."""
        jump = self._offset is None or abs(pts_ns + self._offset - now_ns) > TOLERANCE_NS
        if self._offset is None or jump:
            self._offset = now_ns - pts_ns
        return self._advance(pts_ns + self._offset), jump

    def stamp(self, now_ns: int) -> int:
        """Media time of a picture drawn at ``now_ns``."""
        return self._advance(now_ns)

    def _advance(self, wanted: int) -> int:
        self._last = max(wanted, self._last + SMALLEST_STEP_NS)
        return self._last

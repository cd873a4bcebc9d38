"""Media time of a playback: when a stored picture is due, and the RTP time it travels under.

Paced by the camera, RTP time runs on without a jump over seeks, gaps and pauses, and at the speed that is watched (RFC 2326 appendix B);
what was taken when is said by the sender reports. Paced by the client, RTP time is the time of capture (ONVIF streaming §6.4.4.4).
A gap is not sat out: the picture behind it follows at once.
"""

from __future__ import annotations

from panocam.clock import NS
from panocam.streaming.playback.wish import Wish

LATE_NS = NS // 2
"""Who is later than this, because the reader did not take more or because nothing was written yet, goes on from there."""


class Playhead:
    """``interval_ns``: the time of one picture, for the step over a gap."""

    def __init__(self, interval_ns: int) -> None:
        self._interval_ns = interval_ns
        self._shown_ns = 0
        self._wall_ns: int | None = None
        self._wish = Wish()
        self._anchor: tuple[int, int] | None = None  # (monotonic, shown)

    def set_off(self, wish: Wish) -> None:
        """Another PLAY begins; its first item follows what was sent last."""
        self._wish, self._anchor = wish, None

    def shown(self, wall_ns: int, jump: bool) -> int:
        """Where an item will lie in media time, from which RTP time is made. Changes nothing."""
        if not self._wish.paced:
            return wall_ns
        if self._wall_ns is None:
            return self._shown_ns
        step = abs(wall_ns - self._wall_ns) if self._wish.backward else wall_ns - self._wall_ns
        if (jump and not self._wish.backward) or self._anchor is None or step < 0:
            step = self._interval_ns
        return self._shown_ns + round(step / abs(self._wish.scale))

    def move(self, wall_ns: int, jump: bool, now_ns: int) -> tuple[int, int]:
        """Take an item: (media time, monotonic time at which it is due)."""
        shown = self.shown(wall_ns, jump)
        if not self._wish.paced:
            return shown, now_ns
        self._shown_ns, self._wall_ns = shown, wall_ns
        if self._anchor is None:
            self._anchor = now_ns, shown
        due = self._anchor[0] + shown - self._anchor[1]
        if now_ns - due > LATE_NS:
            self._anchor = now_ns, shown
            due = now_ns
        return shown, due

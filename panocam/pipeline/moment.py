"""The moment at which a moving view is drawn for a picture: evenly spaced like the pictures, on the clock that moves are made by.

Pictures arrive with the jitter of networks and busy machines, but their media time is even. A view that moved by the arrival would tremble;
one that moved by the media time alone would drift away from the clock. So the difference between both is followed slowly.
"""

from __future__ import annotations

from panocam.media.frame import Frame

FOLLOW = 32
"""The difference is followed by a 32nd a picture: about a second."""

JUMP_NS = 100_000_000
"""A larger difference is another clock (a source that started anew), and taken over at once."""


class Moments:
    """Used by one worker."""

    def __init__(self) -> None:
        self._offset: int | None = None

    def of(self, frame: Frame) -> int:
        """Monotonic nanoseconds; the media time itself for a picture that carries no stamp."""
        if not frame.stamps.times:
            return frame.pts_ns
        offset = frame.stamps.times[0][1] - frame.pts_ns
        if self._offset is None or abs(offset - self._offset) > JUMP_NS:
            self._offset = offset
        self._offset += (offset - self._offset) // FOLLOW
        return frame.pts_ns + self._offset

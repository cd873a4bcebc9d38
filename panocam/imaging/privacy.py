"""The one gate from what the sensor saw to what may be shown: only here a ``RawFrame`` becomes a ``Frame``.

Encoders, analytics and snapshots take ``Frame`` alone, so whatever this gate covers is covered in every view, zoom, stream and
recording. A test reads the whole package and fails if a ``Frame`` is made from nothing anywhere else.
"""

from __future__ import annotations

from panocam.clock import Clock, SystemClock
from panocam.media.frame import Frame, RawFrame
from panocam.media.planes import Planes
from panocam.media.stamps import Stage


class PrivacyMask:
    """What is to be hidden: nothing yet. Immutable; a camera that is to hide something else gets another mask."""

    def __init__(self, *, clock: Clock | None = None) -> None:
        self._clock = clock or SystemClock()

    def apply(self, raw: RawFrame) -> Frame:
        """``raw`` as it may be shown, stamped ``Stage.MASK``.

        Planes that come again (a still picture) give the same planes again, so whoever derived something from them may keep it.
        """
        shown = self._covered(raw.planes)
        return Frame(shown, raw.pts_ns, raw.wall_ns, raw.stamps.at(Stage.MASK, self._clock.monotonic_ns()), raw.discontinuity)

    def _covered(self, planes: Planes) -> Planes:
        return planes

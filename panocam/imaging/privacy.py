"""The privacy mask: the only place where a ``RawFrame`` becomes a ``Frame``."""

from __future__ import annotations

from dataclasses import dataclass

from panocam.media.frame import Frame, RawFrame
from panocam.media.stamps import Stage


@dataclass(frozen=True)
class PrivacyMask:
    """What must not be seen. No polygons can be defined so far, so the picture passes as it is; the passage is what counts."""

    def apply(self, raw: RawFrame, monotonic_ns: int) -> Frame:
        """The frame that may be shown. ``monotonic_ns`` is the time of the ``MASK`` stamp."""
        return Frame(raw.planes, raw.pts_ns, raw.wall_ns, raw.stamps.at(Stage.MASK, monotonic_ns), raw.discontinuity)

"""From a raw picture to a shot: privacy first, then the lens, then the halvings that all channels share.

Runs on the thread that hands out, under the supervisor's lock. The image circle is the one set by hand, else the one the source
knows, else the one found on the first pictures; until it is found, the largest that fits.
"""

from __future__ import annotations

import logging
from dataclasses import replace

from panocam.clock import Clock
from panocam.imaging.circle import CircleFinder
from panocam.imaging.privacy import PrivacyMask
from panocam.imaging.pyramid import Pyramid
from panocam.media.frame import Frame, RawFrame
from panocam.media.planes import Planes
from panocam.media.stamps import Stage, Stamps
from panocam.optics.lens import Circle, Lens
from panocam.pipeline.config import LensOptions
from panocam.pipeline.shot import Notice, Shot

log = logging.getLogger(__name__)

NOTHING = Planes.blank(16, 16)
"""What a notice's frame carries; nobody looks into it."""


class Intake:
    """``mask`` may be replaced at any time and acts from the next picture on."""

    def __init__(self, options: LensOptions, clock: Clock) -> None:
        self.mask = PrivacyMask()
        self._options, self._clock = options, clock
        self._known: Circle | None = None
        self._finder = CircleFinder()
        self._lens: Lens | None = None
        self._size = (0, 0)
        self._last: tuple[Planes, PrivacyMask, Frame, Pyramid] | None = None

    @property
    def lens(self) -> Lens | None:
        """What is used now; None before the first picture."""
        return self._lens

    @property
    def settled(self) -> bool:
        """True when the image circle will not be looked for any further."""
        return self._options.circle is not None or self._known is not None or self._finder.done

    def set_options(self, options: LensOptions) -> None:
        self._options, self._lens = options, None

    def source_changed(self, circle: Circle | None = None) -> None:
        """Another source (or the same opened anew) with the circle that it knows."""
        self._known = circle

    def take(self, raw: RawFrame) -> Shot:
        lens = self._fitted(raw.planes)
        # A still picture comes again and again in the same memory: mask and halve it once.
        if self._last is not None and self._last[0] is raw.planes and self._last[1] is self.mask:
            kept, pyramid = self._last[2], self._last[3]
            stamps = raw.stamps.at(Stage.MASK, self._clock.monotonic_ns())
            frame = replace(kept, pts_ns=raw.pts_ns, wall_ns=raw.wall_ns, stamps=stamps, discontinuity=raw.discontinuity)
        else:
            frame = self.mask.apply(raw, self._clock.monotonic_ns())
            pyramid = Pyramid(frame.planes)
            self._last = (raw.planes, self.mask, frame, pyramid)
        return Shot(frame, pyramid, lens)

    def drawn(self, notice: Notice, pts_ns: int) -> Shot:
        """A shot of words; it carries no picture."""
        raw = RawFrame(NOTHING, pts_ns, self._clock.wall_ns(), Stamps().at(Stage.CAPTURE, self._clock.monotonic_ns()))
        frame = PrivacyMask().apply(raw, self._clock.monotonic_ns())
        return Shot(frame, Pyramid(frame.planes), self._lens or self._options.over(NOTHING.size), notice)

    def _fitted(self, planes: Planes) -> Lens:
        if planes.size != self._size:
            self._size, self._finder, self._lens = planes.size, CircleFinder(), None
        if not self.settled:
            self._finder.add(planes)
            self._lens = None
        if self._lens is None:
            found = self._known or self._finder.circle
            self._lens = self._options.over(planes.size, found)
            log.info("image circle in %dx%d: %s", *planes.size, self._lens.circle)
        return self._lens

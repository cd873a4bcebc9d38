"""From a raw picture to a shot: privacy first, then the lens, then the halvings that all channels share.

Runs on the thread that hands out, one picture at a time. The image circle is the one set by hand, else the one the source
knows, else the one found by looking at the first pictures (at the 1st, 2nd, 4th … ``SURE``-th, because the mean of more pictures shows it
better); a picture in which none was found yet, as in the dark, is looked at again every ``AGAIN`` pictures. Until it is found,
the largest circle that fits is used.
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

SURE = 32
AGAIN = 256
NOTHING = Planes.blank(16, 16)
"""What a notice's frame carries; nobody looks into it."""


class Intake:
    """``mask`` may be replaced at any time and acts from the next picture on."""

    def __init__(self, options: LensOptions, clock: Clock) -> None:
        self.mask = PrivacyMask()
        self._options, self._clock = options, clock
        self._known: Circle | None = None  # by the source
        self._found: Circle | None = None
        self._finder = CircleFinder()
        self._seen = 0  # pictures of this size
        self._size = (0, 0)
        self._lens: Lens | None = None
        self._last: tuple[Planes, PrivacyMask, Frame, Pyramid] | None = None

    @property
    def lens(self) -> Lens | None:
        """What is used now; None before the first picture."""
        return self._lens

    @property
    def settled(self) -> bool:
        """True when the image circle will not be looked for any further."""
        return self._options.circle is not None or self._known is not None or (self._found is not None and self._seen >= SURE)

    def set_options(self, options: LensOptions) -> None:
        """Another lens from the next picture on."""
        self._options = options

    def forget(self) -> None:
        """Another source takes over: what was found in the old one's pictures does not count."""
        self._size = (0, 0)

    def source_opened(self, circle: Circle | None = None) -> None:
        """What comes next is from a source opened (again), which may know its ``circle``."""
        self._known = circle

    def take(self, raw: RawFrame) -> Shot:
        """The shot that may be handed out."""
        last = self._last
        # A still picture comes again and again in the same memory: look, mask and halve once.
        again = last is not None and last[0] is raw.planes
        lens = self._fitted(raw.planes, look=not again)
        now = self._clock.monotonic_ns()
        if last is not None and again and last[1] is self.mask:
            stamps = raw.stamps.at(Stage.MASK, now)
            frame = replace(last[2], pts_ns=raw.pts_ns, wall_ns=raw.wall_ns, stamps=stamps, discontinuity=raw.discontinuity)
            return Shot(frame, last[3], lens)
        frame = self.mask.apply(raw, now)
        pyramid = Pyramid(frame.planes)
        self._last = (raw.planes, self.mask, frame, pyramid)
        return Shot(frame, pyramid, lens)

    def drawn(self, notice: Notice, pts_ns: int) -> Shot:
        """A shot of words; it carries no picture."""
        now = self._clock.monotonic_ns()
        frame = PrivacyMask().apply(RawFrame(NOTHING, pts_ns, self._clock.wall_ns(), Stamps().at(Stage.CAPTURE, now)), now)
        return Shot(frame, Pyramid(frame.planes), self._lens or self._options.over(NOTHING.size), notice)

    def _fitted(self, planes: Planes, look: bool) -> Lens:
        if planes.size != self._size:
            self._size, self._finder, self._found, self._seen = planes.size, CircleFinder(), None, 0
        if look and not self.settled:
            self._look(planes)
        lens = self._options.over(planes.size, self._known or self._found)
        if lens != self._lens:
            circle = lens.circle
            log.info("lens over %dx%d: %s, circle %.1f,%.1f,%.1f", *planes.size, lens.model, circle.cx, circle.cy, circle.radius)
            self._lens = lens
        return self._lens or lens

    def _look(self, planes: Planes) -> None:
        self._seen += 1
        power_of_two = self._seen & (self._seen - 1) == 0
        if (power_of_two and self._seen <= SURE) or self._seen % AGAIN == 0:
            self._found = self._finder.update(planes.y) or self._found

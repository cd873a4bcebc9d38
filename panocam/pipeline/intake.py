"""From a raw picture to a shot: privacy first, then the look, then the halvings that all channels share.

Runs on the thread that hands out, one picture at a time. The image circle is the one set by hand, else the one the source
knows, else the one found on the first pictures; until one is found, the largest that fits.
"""

from __future__ import annotations

import logging

from panocam.clock import Clock
from panocam.imaging.adjustment import Adjustment
from panocam.imaging.changes import Changes
from panocam.imaging.circle import CircleFinder
from panocam.imaging.developer import Developer
from panocam.imaging.metering import CellNumbers, Zone, cells
from panocam.imaging.privacy import Privacy, PrivacyMask
from panocam.imaging.pyramid import Pyramid
from panocam.media.frame import Frame, RawFrame
from panocam.media.planes import Planes
from panocam.media.stamps import Stage, Stamps
from panocam.optics.lens import Circle, Lens
from panocam.pipeline.config import LensOptions
from panocam.pipeline.exposure import ExposureLoop
from panocam.pipeline.motion import MotionWatch
from panocam.pipeline.shot import Notice, Shot
from panocam.pipeline.sources.controls import SourceControls
from panocam.pipeline.tampering import TamperWatch

log = logging.getLogger(__name__)

NOTHING = Planes.blank(16, 16)
"""What a notice's frame carries; nobody looks into it."""


class Intake:
    """``mask`` may be replaced at any time and acts from the next picture on, and so may ``adjustment``; ``exposure`` sees every picture.

    The mask gets the lens only when that is settled. ``masked`` is the newest picture as it may be shown, before it is adjusted.
    """

    def __init__(self, options: LensOptions, clock: Clock, privacy: Privacy | None = None) -> None:
        self._clock = clock
        self.mask = PrivacyMask(privacy, clock=clock)
        self._open = PrivacyMask(clock=clock)  # for words, which hide nobody
        self.exposure = ExposureLoop()
        self.motion = MotionWatch()
        self.tampering = TamperWatch()
        self.adjustment = Adjustment()
        self._developer = Developer()
        self._developed_for: tuple[object, ...] = ()
        self._tells: tuple[object, CellNumbers] | None = None
        self.masked: Planes | None = None
        self._options = options
        self._known: Circle | None = None
        self._finder = CircleFinder()
        self._size = (0, 0)
        self._lens: Lens | None = None
        self._pyramid = Pyramid(NOTHING)
        self._changes, self._number = Changes(), 0
        self._era: tuple[PrivacyMask, Lens] | None = None

    @property
    def lens(self) -> Lens | None:
        """What is used now; None before the first picture."""
        return self._lens

    @property
    def settled(self) -> bool:
        """True when the image circle will not be looked for any further."""
        return self._options.circle is not None or self._known is not None or self._finder.done

    @property
    def busy(self) -> bool:
        """Whether every picture matters, though nobody watches: the circle or the exposure is being found, or motion or tampering is
        watched for."""
        return not self.settled or self.exposure.state.moving or bool(self.motion.areas) or self.tampering.watching

    def set_options(self, options: LensOptions) -> None:
        """Another lens from the next picture on."""
        self._options = options

    def forget(self) -> None:
        """Another source takes over: what was found in the old one's pictures does not count."""
        self._size = (0, 0)
        self.exposure.attach(None)
        self.motion.forget()
        self.tampering.forget()

    def source_opened(self, circle: Circle | None = None, controls: SourceControls | None = None) -> None:
        """What comes next is from a source opened (again), which may know its ``circle`` and have ``controls``."""
        self._known = circle
        self.exposure.attach(controls)
        self.motion.forget()

    def take(self, raw: RawFrame, watched: bool = True) -> Shot:
        """The shot that may be handed out. What nobody watches is masked, but not adjusted."""
        lens = self._fitted(raw.planes)
        mask, known, exposure = self.mask, lens if self.settled else None, self.exposure
        frame = mask.apply(raw, known)
        self.motion.see(frame, mask, known, exposure.like, everywhere=exposure.minds_motion)
        self.tampering.see(frame, mask, known, exposure.plan.tuning)
        exposure.see(frame.planes, mask.hides, lens.circle, raw.pts_ns, moves=self.motion.anything)
        self.masked = frame.planes
        if watched:
            frame = self._adjusted(frame, lens)
        else:
            self._developer.forget()
        if frame.planes is not self._pyramid.planes:  # a still picture is halved once
            self._pyramid = Pyramid(frame.planes)
        self._number += 1
        era = (mask, lens)
        if era != self._era:  # nothing that was drawn under other masks may be left standing
            self._era, self._changes = era, Changes()
        return Shot(frame, self._pyramid, lens, era=era, number=self._number, changes=self._changes)

    def _adjusted(self, frame: Frame, lens: Lens) -> Frame:
        """The picture as it shall look; what the source's own controls do is not done again."""
        wish = self.adjustment
        if not wish.neutral:
            wish = wish.without(self.exposure.taken)
        if wish != self._developer.adjustment:
            self._developer.adjustment = wish
        context = (self.mask, lens, frame.planes.size)
        if frame.discontinuity or context != self._developed_for:
            self._developer.forget()  # what lay under a mask, or elsewhere, must not live on in what is remembered
            self._developed_for = context
        tells = self._light(frame.planes.size, lens.circle, wish.window) if wish.follows_light else None
        planes = self._developer.develop(frame.planes, frame.pts_ns, tells)
        if planes is frame.planes:
            return frame
        if planes is not self._pyramid.planes:  # a still picture is painted once; others are reading it
            self.mask.repaint(planes)
        return frame.derive(planes, frame.stamps.at(Stage.ADJUST, self._clock.monotonic_ns()))

    def _light(self, size: tuple[int, int], circle: Circle, window: Zone | None) -> CellNumbers:
        """Where the colour of the light is told: in the window, and never from what a mask covers."""
        key = (self.mask, self.settled, size, circle, window)
        if self._tells is None or self._tells[0] != key:
            self._tells = (key, cells(size, circle, window, self.mask.hides))
        return self._tells[1]

    def drawn(self, notice: Notice, pts_ns: int) -> Shot:
        """A shot of words; it carries no picture."""
        stamps = Stamps().at(Stage.CAPTURE, self._clock.monotonic_ns())
        frame = self._open.apply(RawFrame(NOTHING, pts_ns, self._clock.wall_ns(), stamps))
        return Shot(frame, Pyramid(frame.planes), self._lens or self._options.over(NOTHING.size), notice)

    def _fitted(self, planes: Planes) -> Lens:
        if planes.size != self._size:
            self._size, self._finder = planes.size, CircleFinder()
        if not self.settled:
            self._finder.add(planes)
        lens = self._options.over(planes.size, self._known or self._finder.circle)
        if lens != self._lens:
            circle = lens.circle
            log.info("lens over %dx%d: %s, circle %.1f,%.1f,%.1f", *planes.size, lens.model, circle.cx, circle.cy, circle.radius)
            self._lens = lens
        return self._lens or lens

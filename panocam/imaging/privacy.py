"""The one gate from what the sensor saw to what may be shown: only here a ``RawFrame`` becomes a ``Frame``.

Encoders, analytics and snapshots take ``Frame`` alone, so whatever this gate covers is covered in every view, zoom, stream and
recording. A test reads the whole package and fails if a ``Frame`` is made from nothing anywhere else.

The masks are painted once, for all channels: into the sensor picture itself where that is ours (``RawFrame.ours``), else into a copy of
the rows that they touch, because a decoder predicts later pictures from those that it handed out and a still picture is shown again. What
may be shown is then a picture in bands: the copied rows, and between them the decoder's, none of which a mask touches.
As long as nobody knows where the image circle lies, nobody knows where a mask lies either: then everything is covered.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from panocam.clock import Clock, SystemClock
from panocam.errors import InvalidValue
from panocam.imaging.chameleon import Chameleon
from panocam.imaging.cover import Patch, Pixels, patches, runs, whole
from panocam.imaging.ink import COARSEST, FINEST, HOLD_NS, Ink, cell_side, mosaic, plain, shade
from panocam.imaging.pool import PlanesPool, copy_planes
from panocam.media.bands import Bands, rows_of
from panocam.media.frame import Frame, RawFrame
from panocam.media.planes import Color, Plane, Planes
from panocam.media.stamps import Stage
from panocam.optics.lens import Lens
from panocam.optics.polygon import Polygon

Cover = tuple[Plane, Plane, Plane]


@dataclass(frozen=True)
class Privacy:
    """What is to be hidden, and how: polygons in camera coordinates, the look of all of them, the mosaic's scale."""

    polygons: tuple[Polygon, ...] = ()
    ink: Ink = Ink.GREY
    scale: int = FINEST

    def __post_init__(self) -> None:
        if not FINEST <= self.scale <= COARSEST:
            raise InvalidValue("mosaic scale", self.scale, f"give {FINEST} to {COARSEST}")


@dataclass(frozen=True, eq=False)
class _Place:
    """Everything that decides where and in which numbers is painted."""

    lens: Lens | None
    size: tuple[int, int]
    color: Color

    def same(self, lens: Lens | None, planes: Planes) -> bool:
        return (self.lens, self.size, self.color) == (lens, planes.size, planes.color)


class PrivacyMask:
    """Hides what ``privacy`` says. A camera that is to hide something else gets another mask. For one thread."""

    def __init__(self, privacy: Privacy | None = None, *, clock: Clock | None = None) -> None:
        self.privacy = privacy or Privacy()
        self._clock = clock or SystemClock()
        self._place: _Place | None = None
        self._patches: tuple[Patch, ...] = ()
        self._covers: list[Cover] = []
        self._runs: tuple[tuple[int, int, bool], ...] = ()
        self._chameleon: Chameleon | None = None
        self._looked_ns: int | None = None
        self._pool = PlanesPool(0, 0, Color())
        self._last: tuple[Planes, Planes] | None = None

    def apply(self, raw: RawFrame, lens: Lens | None = None) -> Frame:
        """``raw``, seen through ``lens`` (None: not known), as it may be shown, stamped ``Stage.MASK``.

        Planes that come again (a still picture) give the same planes again, so whoever derived something from them may keep it.
        """
        shown = self._covered(raw, lens) if self.privacy.polygons else raw.planes
        return Frame(shown, raw.pts_ns, raw.wall_ns, raw.stamps.at(Stage.MASK, self._clock.monotonic_ns()), raw.discontinuity)

    def hides(self, rows: Pixels, columns: Pixels) -> NDArray[np.bool_]:
        """Which of these luma pixels of the last picture are covered."""
        hidden = np.zeros(len(rows), np.bool_)
        for patch in self._patches if self.privacy.polygons else ():
            hidden |= patch.hides(rows, columns)
        return hidden

    def repaint(self, planes: Planes) -> None:
        """Paint plain colours over the masks of the last picture again, in ``planes`` of its size: whoever adjusted the picture has
        changed them. What looks at the picture stays as adjusted, so that it goes with its surroundings."""
        if self.privacy.ink.looks:
            return
        for patch in self._patches:
            patch.put(plain(patch, shade(self.privacy.ink, planes.color)), planes)

    def _covered(self, raw: RawFrame, lens: Lens | None) -> Planes:
        planes = raw.planes
        placed = self._place is not None and self._place.same(lens, planes)
        if placed and not raw.ours and self._last is not None and self._last[0] is planes:
            return self._last[1]
        if not placed:
            self._settle(lens, planes)
        self._look(raw)
        if raw.ours:
            self._paint(planes)
            self._last = None
            return planes
        shown = self._beside(planes)
        self._last = planes, shown
        return shown

    def _paint(self, target: Planes) -> None:
        for patch, cover in zip(self._patches, self._covers, strict=True):
            patch.put(cover, target)

    def _settle(self, lens: Lens | None, planes: Planes) -> None:
        """Work out where the masks lie."""
        self._place = _Place(lens, planes.size, planes.color)
        self._patches = whole(planes.size) if lens is None else patches(self.privacy.polygons, lens, planes.size)
        self._runs = runs(self._patches, planes.height)
        self._looked_ns = None
        if self._plain:
            yuv = shade(Ink.GREY if self.privacy.ink.looks else self.privacy.ink, planes.color)
            self._covers = [plain(patch, yuv) for patch in self._patches]
        elif self.privacy.ink is Ink.CHAMELEON and lens is not None:
            self._chameleon = Chameleon(self._patches, lens, planes)

    @property
    def _plain(self) -> bool:
        """False while the picture is to be looked at; what is covered for want of a lens shows nothing of it."""
        return not self.privacy.ink.looks or self._place is None or self._place.lens is None

    def _look(self, raw: RawFrame) -> None:
        """Take the colours of a mosaic's cells, or of what surrounds the masks, from the picture when it is time."""
        if self._plain:
            return
        since = None if self._looked_ns is None else raw.pts_ns - self._looked_ns
        if since is None or not 0 <= since < HOLD_NS:
            if self._chameleon is not None:
                self._covers = self._chameleon.look(raw.planes)
            else:
                side = cell_side(self.privacy.scale, raw.planes.size)
                self._covers = [mosaic(patch, raw.planes, side) for patch in self._patches]
            self._looked_ns = raw.pts_ns

    def _beside(self, planes: Planes) -> Planes:
        """``planes`` as they may be shown; they themselves stay as they are."""
        pool = self._pool
        if (pool.width, pool.height, pool.color) != (*planes.size, planes.color):
            pool = self._pool = PlanesPool(*planes.size, planes.color)
        copy = pool.take()
        for first, end, touched in self._runs:
            if touched:
                copy_planes(rows_of(planes, first, end), rows_of(copy, first, end))
        self._paint(copy)
        bands = [rows_of(copy if touched else planes, first, end) for first, end, touched in self._runs]
        return bands[0] if len(bands) == 1 else Bands(bands, copy)

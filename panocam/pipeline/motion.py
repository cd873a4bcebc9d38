"""The motion watch: looks at pictures behind the mask for as long as somebody wants to know what moves, the exposure or motion areas.

``see`` runs on the thread that hands out; five times a second it takes one or two milliseconds, and nothing where nobody asks. What other
threads read or set here is one immutable value.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import numpy as np

from panocam.imaging.movement import MIDDLE, MotionMeter, Movement
from panocam.imaging.privacy import PrivacyMask
from panocam.imaging.watched import MotionArea, Watched, largest, sizes
from panocam.media.frame import Frame
from panocam.optics.lens import Lens

ANYTHING: Final = 7.0
"""Degrees: what is as large as that counts where nobody says which part of the picture matters."""

Told = Callable[[frozenset[int]], None]


class MotionWatch:
    """One for a camera."""

    def __init__(self) -> None:
        self._wish: tuple[tuple[MotionArea, ...], Told] = ((), lambda ids: None)
        self.shares: Mapping[int, float] = {}
        """By the id of an area, how much of it can be seen; empty until the first look."""
        self.anything = False
        """What the last look said of the whole picture."""
        self._era: tuple[object, ...] = ()
        self._meter: MotionMeter | None = None
        self._watched: tuple[tuple[MotionArea, ...], Watched] | None = None
        self._sizes = np.zeros(0, np.float32)

    def watch(self, areas: tuple[MotionArea, ...], told: Told) -> None:
        """These areas, from the next picture on. Of each look at which something moves in some of them, ``told`` hears on the thread that
        hands out. Any thread."""
        self._wish = areas, told

    @property
    def areas(self) -> tuple[MotionArea, ...]:
        """Those that are watched."""
        return self._wish[0]

    def forget(self) -> None:
        """Another source: nothing is compared with its pictures."""
        self._era, self._meter, self._watched = (), None, None
        self.anything = False

    def see(self, frame: Frame, mask: PrivacyMask, lens: Lens | None, exposure: object, *, everywhere: bool) -> None:
        """``lens``: None until it is settled. ``exposure``: None while it is changing. ``everywhere``: the whole picture matters, too."""
        areas, told = self._wish
        if lens is None or not (areas or everywhere):
            if self._meter is not None:
                self.forget()
            self.shares = {}
            return
        meter = self._settled(frame, mask, lens)
        watched = self._watching(areas, lens, meter)
        movement = None if exposure is None else meter.look(frame, exposure)
        if movement is not None:
            self._tell(movement, watched, told, everywhere)

    def _tell(self, movement: Movement, watched: Watched, told: Told, everywhere: bool) -> None:
        if everywhere:
            self.anything = largest(movement.cells(MIDDLE), self._sizes) >= ANYTHING
        moving = watched.moving(movement)
        if moving:
            told(moving)

    def _settled(self, frame: Frame, mask: PrivacyMask, lens: Lens) -> MotionMeter:
        """The meter of pictures like this one."""
        era = (mask, lens, frame.planes.size)
        if self._meter is None or era != self._era:
            self._era, self._watched = era, None
            self._meter = MotionMeter(frame.planes.size, lens, mask.hides)
            self._sizes = sizes(lens)
        return self._meter

    def _watching(self, areas: tuple[MotionArea, ...], lens: Lens, meter: MotionMeter) -> Watched:
        if self._watched is None or self._watched[0] is not areas:
            self._watched = areas, Watched(areas, lens, meter.seen)
            self.shares = self._watched[1].shares
        return self._watched[1]

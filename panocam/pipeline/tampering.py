"""The tampering watch: compares the pictures behind the mask with the scene that was learnt, for as long as somebody wants to know.

``see`` runs on the thread that hands out; about once a second it takes a few milliseconds, and nothing where nobody asks. A picture that is
masked, placed or developed otherwise by the source is another scene to learn. A source that is opened again is not.
"""

from __future__ import annotations

from collections.abc import Callable

from panocam.imaging.privacy import PrivacyMask
from panocam.imaging.tampering import TamperMeter
from panocam.media.frame import Frame
from panocam.media.look import Look
from panocam.optics.lens import Lens

Looked = Callable[[Look], None]


class TamperWatch:
    """One for a camera."""

    def __init__(self) -> None:
        self._told: Looked | None = None
        self._wishes = self._carried_out = 0
        self._era: tuple[object, ...] = ()
        self._meter: TamperMeter | None = None

    def watch(self, told: Looked | None) -> None:
        """From the next picture on; ``told`` hears of each look on the thread that hands out. None: do not look. Any thread."""
        self._told = told

    @property
    def watching(self) -> bool:
        """Whether somebody wants to know."""
        return self._told is not None

    def anew(self) -> None:
        """Learn the scene once more, from the next picture on. Any thread."""
        self._wishes += 1

    def forget(self) -> None:
        """Another source: nothing is compared with its pictures."""
        self._era, self._meter = (), None

    def see(self, frame: Frame, mask: PrivacyMask, lens: Lens | None, developed: object) -> None:
        """``lens``: None until it is settled. ``developed``: how the source makes its pictures, beside their exposure."""
        told = self._told
        if told is None:
            self.forget()
            return
        if lens is None:
            return
        look = self._settled((mask, lens, frame.planes.size, developed), frame, mask, lens).look(frame)
        if look is not None:
            told(look)

    def _settled(self, era: tuple[object, ...], frame: Frame, mask: PrivacyMask, lens: Lens) -> TamperMeter:
        """The meter of pictures like this one."""
        if self._meter is None or era != self._era:
            self._era, self._meter = era, TamperMeter(frame.planes.size, lens, mask.hides)
        wishes = self._wishes
        if wishes != self._carried_out:
            self._carried_out = wishes
            self._meter.anew()
        return self._meter

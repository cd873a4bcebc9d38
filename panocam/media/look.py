"""What a look at a picture says of the camera itself: whether it still sees what it is meant to see."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Sight(StrEnum):
    """``POOR``: there are too few contours, or too little light, to learn the scene. ``DIM``: it became too dark to tell anything, slowly;
    ``DARK``: all at once. ``BLURRED``: the contours are gone. ``MOVED``: there are others in their place."""

    LEARNING = "learning"
    POOR = "poor"
    CLEAR = "clear"
    DIM = "dim"
    DARK = "dark"
    BLURRED = "blurred"
    MOVED = "moved"


TAMPERED: Final = frozenset({Sight.DARK, Sight.BLURRED, Sight.MOVED})


@dataclass(frozen=True)
class Look:
    """``remains``: the part of what was learnt that was found again, 0 to 1; None where nothing was compared."""

    sight: Sight
    remains: float | None = None

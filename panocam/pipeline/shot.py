"""What the capture thread hands to every channel: one masked picture with all that is needed to look into it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from panocam.imaging.changes import Changes
from panocam.imaging.pyramid import Pyramid
from panocam.media.frame import Frame
from panocam.optics.lens import Lens


@dataclass(frozen=True, eq=False)
class Notice:
    """Words to be drawn instead of a picture: ``title`` and the lines under it. ``passing``: a picture is expected any moment."""

    title: str
    lines: tuple[str, ...] = ()
    passing: bool = False


@dataclass(frozen=True, eq=False)
class Shot:
    """``pyramid`` holds ``frame``'s planes and their halvings, shared by all channels; ``lens`` fits its size.

    ``era``: whoever remembers anything of earlier pictures forgets it when this is another, since masks or the lens have changed.
    It is picture ``number`` of those that ``changes`` are told of; None: of which nobody knows more.
    With a ``notice`` there is no picture to look into: each channel draws the words at its own size.
    """

    frame: Frame
    pyramid: Pyramid
    lens: Lens
    notice: Notice | None = None
    era: object = None
    number: int = 0
    changes: Changes | None = None


class Sink(Protocol):
    """Where shots go. ``accept`` is called on the capture thread and must return at once."""

    def accept(self, shot: Shot) -> None: ...

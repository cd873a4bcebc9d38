"""What was recorded, as values between storage and those who play it."""

from __future__ import annotations

from dataclasses import dataclass

from panocam.media.codec import StreamDescription
from panocam.media.packet import Packet


@dataclass(frozen=True)
class Note:
    """Something that happened beside the pictures: when (UTC), its topic, and the ONVIF metadata document that says it.

    ``text``: its items in short. ``known``: it was so already when the file begins.
    """

    wall_ns: int
    topic: str
    document: bytes
    text: str = ""
    known: bool = False


@dataclass(frozen=True)
class Piece:
    """What was read at once, in the order of its time; nothing in it when nothing new has been written yet.

    Of the pictures ``pts_ns`` is UTC like ``wall_ns``; ``discontinuity``: something is missing in front, or the clock was set.
    """

    pictures: tuple[Packet, ...] = ()
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True)
class Footage:
    """One recording as a player sees it; ``stop_ns`` is its newest picture's while it is ``running``. ``notes``: it has a track of them."""

    id: str
    start_ns: int
    stop_ns: int
    running: bool
    description: StreamDescription
    notes: bool = False

"""What every source is: something that blocks and yields unmasked pictures until it is closed or fails."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

from panocam.clock import Clock, SystemClock
from panocam.errors import Unavailable
from panocam.media.frame import RawFrame
from panocam.optics.lens import Circle, Lens
from panocam.optics.mount import Mount
from panocam.pipeline.sources.controls import SourceControls


class FrameSource(Protocol):
    """One opened source. It is made, iterated and dropped by one thread; only ``close`` may come from another.

    ``size`` is (width, height) of the newest picture, before the first one what the source announces, (0, 0) if nothing;
    ``fps`` what it announces, 0 if unknown; ``corrupt`` counts the packets that could not be decoded; ``circle`` is the image
    circle if the source knows it; ``controls`` what can be set of it while it runs, None if nothing.
    """

    size: tuple[int, int]
    fps: float
    corrupt: int
    circle: Circle | None
    controls: SourceControls | None

    def frames(self) -> Iterator[RawFrame]:
        """Yield pictures when they are due, pts starting anywhere but strictly increasing.

        Raises Unavailable when the source ends, dies or hangs. Returns only after ``close``.
        """

    def close(self) -> None:
        """Make ``frames`` return soon; the thread that iterates frees what is held."""


@runtime_checkable
class CanRest(Protocol):
    """A source that sets its own pace, and need not keep it while nobody looks."""

    def rest(self, resting: bool) -> None:
        """Give about a picture a second from here on, or again all of them, at once. May be called from any thread."""


@runtime_checkable
class HoldsRate(Protocol):
    """A source that makes its pictures itself, and knows how many a second this machine can make."""

    held_fps: float


@dataclass(frozen=True)
class SourceOptions:
    """What sources may be told beyond their address; each takes what concerns it.

    ``timeout`` (s): how long opening and each read of a network or device source may take.
    ``fps``: rate of a still picture or of the simulated sensor; 0 is their default. ``paced`` False hands out pictures as
    fast as they are taken, a file's once and without looping. ``transports``: what to try with RTSP, in order.
    ``mount``, ``sensor`` (width, height) and ``lens`` are the simulated camera's; without a lens the default one is used.
    ``wanted`` is asked now and then by what takes long to open without waiting for anybody: False ends it.
    """

    clock: Clock = field(default_factory=SystemClock)
    timeout: float = 5.0
    fps: float = 0.0
    paced: bool = True
    transports: tuple[str, ...] = ("tcp", "udp")
    mount: Mount = Mount.CEILING
    sensor: tuple[int, int] = (2992, 2992)
    lens: Lens | None = None
    wanted: Callable[[], bool] = lambda: True

    def check_wanted(self) -> None:
        """Raises Unavailable when nobody wants the source any more."""
        if not self.wanted():
            raise Unavailable("closed while it was being opened")


Factory = Callable[[str, SourceOptions], FrameSource]

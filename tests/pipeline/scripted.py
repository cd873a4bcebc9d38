"""A source whose life is a list: pictures, failures and silences, for tests of what happens around sources."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

from panocam.clock import NS, SystemClock
from panocam.errors import Unavailable
from panocam.media.frame import RawFrame
from panocam.media.planes import JPEG_COLOR, Color, Planes
from panocam.media.stamps import Stage, Stamps
from panocam.optics.lens import Circle

CLOCK = SystemClock()
SIZE = (160, 160)


class ScriptedSource:
    """Gives ``count`` pictures at ``fps`` (None: for ever), then does ``then``: ``die``, ``hang``, ``crash`` or ``end``."""

    corrupt = 0
    circle: Circle | None = None
    controls: None = None

    def __init__(
        self, count: int | None = None, then: str = "die", fps: float = 100, size: tuple[int, int] = SIZE, color: Color = JPEG_COLOR
    ) -> None:
        self._count, self._then, self.fps, self.size, self._color = count, then, fps, size, color
        self._closed = threading.Event()

    def close(self) -> None:
        self._closed.set()

    def frames(self) -> Iterator[RawFrame]:
        number = 0
        while self._count is None or number < self._count:
            planes = Planes.blank(*self.size, self._color)
            stamps = Stamps().at(Stage.CAPTURE, CLOCK.monotonic_ns())
            yield RawFrame(planes, round(number * NS / self.fps), CLOCK.wall_ns(), stamps)
            number += 1
            if self._closed.wait(1 / self.fps):
                return
        if self._then == "hang":
            self._closed.wait(30)
        elif self._then == "crash":
            raise RuntimeError("a driver's bug")
        elif self._then == "die":
            raise Unavailable("the cable was pulled")


def opener(*lives: Callable[[], ScriptedSource] | Exception) -> Callable[[], ScriptedSource]:
    """Opens one life after the other; the last one again and again. An exception is raised instead."""
    queue = list(lives)

    def open_next() -> ScriptedSource:
        life = queue.pop(0) if len(queue) > 1 else queue[0]
        if isinstance(life, Exception):
            raise life
        return life()

    return open_next

"""Pull points: a client's own queue of events, which it empties when it likes (ONVIF core §9.2). No dialect here.

A pull point lives until its time is up; each pull and each renewal gives it more. Its queue is bounded: a client that pulls too seldom
loses the oldest events, and ``lost`` counts them. Known conditions come first, and again when they are asked for (``synchronise``).
"""

from __future__ import annotations

import asyncio
import secrets
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from panocam.clock import NS, Clock
from panocam.errors import Busy, InvalidValue, NotFound
from panocam.events.bus import Bus
from panocam.events.contentfilter import content_filter
from panocam.events.event import Event
from panocam.events.names import Named, matches, named

BOUND = 1000
MOST = 32
"""Pull points at once, 16 of them for one account."""

MOST_EACH = 16
SHORTEST_S, LONGEST_S, USUAL_S = 1.0, 24 * 3600.0, 60.0
LONGEST_PULL_S = 300.0
MOST_MESSAGES = 500


@dataclass(frozen=True)
class Filter:
    """Which events: topics as ``names.matches`` has them, and what they must say. Raises InvalidValue."""

    topics: str = ""
    contents: tuple[str, ...] = ()
    _tests: tuple[Callable[[Named], bool], ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_tests", tuple(content_filter(text) for text in self.contents))

    def passes(self, told: Named) -> bool:
        return matches(told.topic, self.topics) and all(test(told) for test in self._tests)


class PullPoint:
    """One client's queue, for ``seconds`` from now. Made by ``PullPoints``. Raises InvalidValue for a lifetime out of bounds."""

    def __init__(self, bus: Bus, clock: Clock, wanted: Filter, owner: str, seconds: float) -> None:
        self.id, self.owner, self.lost = secrets.token_hex(8), owner, 0
        self._bus, self._clock, self._wanted = bus, clock, wanted
        self._queue: deque[Named] = deque()
        self._arrived = asyncio.Event()
        self._pulling = self._closed = False
        self._ends_ns = 0
        self.renew(seconds)
        self._end = bus.subscribe(self._hear)

    @property
    def remaining_s(self) -> float:
        """How long it still lives."""
        return (self._ends_ns - self._clock.monotonic_ns()) / NS

    @property
    def over(self) -> bool:
        """Whether its time is up, or it was closed. Who waits in a pull keeps it alive."""
        return self._closed or (self.remaining_s <= 0 and not self._pulling)

    def renew(self, seconds: float) -> None:
        """Let it live so long from now on. Raises InvalidValue."""
        if not SHORTEST_S <= seconds <= LONGEST_S:
            raise InvalidValue("lifetime", seconds, f"give {SHORTEST_S:.0f} to {LONGEST_S:.0f} seconds")
        self._ends_ns = self._clock.monotonic_ns() + round(seconds * NS)

    def close(self) -> None:
        """Hear no more; whoever waits gets what there is."""
        self._closed = True
        self._end()
        self._arrived.set()

    def synchronise(self) -> None:
        """Tell every known condition again."""
        for event in self._bus.states():
            self._hear(event)

    async def pull(self, seconds: float, limit: int) -> list[Named]:
        """Up to ``limit`` events: at once what waits, else the first that comes within ``seconds``. Raises Busy for two at once."""
        if self._pulling:
            raise Busy("this pull point is being pulled already: wait for that answer")
        self._pulling = True
        try:
            if not self._queue:
                self._arrived.clear()
                async with asyncio.timeout(seconds):
                    await self._arrived.wait()
        except TimeoutError:
            return []
        finally:
            self._pulling = False
            self.renew(max(USUAL_S, self.remaining_s))
        return [self._queue.popleft() for _ in range(min(limit, len(self._queue)))]

    def _hear(self, event: Event) -> None:
        if self.over:
            self.close()
            return
        for told in named(event):
            if self._wanted.passes(told):
                if len(self._queue) == BOUND:
                    self._queue.popleft()
                    self.lost += 1
                self._queue.append(told)
                self._arrived.set()


class PullPoints:
    """All of them. ``close`` at the end."""

    def __init__(self, bus: Bus, clock: Clock) -> None:
        self._bus, self._clock = bus, clock
        self._points: dict[str, PullPoint] = {}

    def __len__(self) -> int:
        self._bury()
        return len(self._points)

    def open(self, wanted: Filter, owner: str, seconds: float = USUAL_S) -> PullPoint:
        """A new one. Raises Busy when there are too many, InvalidValue for a lifetime out of bounds."""
        self._bury()
        mine = sum(point.owner == owner for point in self._points.values())
        if len(self._points) >= MOST or mine >= MOST_EACH:
            raise Busy(f"there are {len(self._points)} pull points already: unsubscribe one, or wait until one ends")
        point = PullPoint(self._bus, self._clock, wanted, owner, seconds)
        self._points[point.id] = point
        return point

    def find(self, id: str, owner: str) -> PullPoint:
        """Raises NotFound for one that is not there, has ended, or is somebody else's."""
        self._bury()
        point = self._points.get(id)
        if point is None or point.owner != owner:
            raise NotFound("this pull point is not there, or its time is up: subscribe again")
        return point

    def end(self, point: PullPoint) -> None:
        """Forget it."""
        self._points.pop(point.id, None)
        point.close()

    def close(self) -> None:
        """Forget all."""
        for point in tuple(self._points.values()):
            self.end(point)

    def _bury(self) -> None:
        for point in tuple(self._points.values()):
            if point.over:
                self.end(point)

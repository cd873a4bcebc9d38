"""The bus: components report facts upwards, whoever cares subscribes, and no component calls a sibling.

Theory. The bus lives on the event loop. ``publish`` never waits: handlers are called at once and in order of subscription, streams
have a bound and forget their oldest events when it is full, counting them. A stateful topic keeps the last event of each instance;
newcomers get those first, so that they know the state of the world without asking. A stateful event that says what is already known is
not published again; the first one of an instance initialises it, and ``retire`` takes an instance out of the world. A handler that
publishes from within a call has its event delivered after the present one, so everybody sees the same order, and each event once.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import replace
from types import TracebackType

from panocam.clock import Clock
from panocam.events.event import Event, Operation
from panocam.events.topics import Topic, Value

log = logging.getLogger(__name__)

Handler = Callable[[Event], None]
RECENT = 1000


class Bus:
    """Made on the event loop it belongs to."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._loop = asyncio.get_running_loop()
        self._handlers: dict[object, tuple[str, int, Handler]] = {}  # prefix, last event before the subscription
        self._states: dict[tuple[str, tuple[Value, ...]], Event] = {}
        self._recent: deque[Event] = deque(maxlen=RECENT)
        self._waiting: deque[Event] = deque()
        self._delivering = False
        self._count = 0

    def emit(self, topic: Topic, source: Mapping[str, Value] | None = None, **data: Value) -> Event | None:
        """Publish a fact of this moment. Returns the event, or None if it is a state that is already known."""
        return self.publish(Event(topic, data, self._clock.wall_ns(), source or {}))

    def emit_from_thread(self, topic: Topic, source: Mapping[str, Value] | None = None, **data: Value) -> None:
        """The same from any thread; a bus whose loop has ended ignores it."""
        event = Event(topic, data, self._clock.wall_ns(), source or {})
        try:
            self._loop.call_soon_threadsafe(self.publish, event)
        except RuntimeError:
            log.debug("the bus is closed; %s is lost", topic.path)

    def publish(self, event: Event) -> Event | None:
        """Publish an event that was made elsewhere; see ``emit``."""
        if not event.topic.stateful:
            return self._pass_on(event)
        known = self._states.get(event.identity)
        if known is not None and known.data == event.data:
            return None
        event = replace(event, operation=Operation.INITIALIZED if known is None else Operation.CHANGED)
        self._states[event.identity] = replace(event, sequence=self._count + 1, operation=Operation.INITIALIZED)
        return self._pass_on(event)

    def retire(self, topic: Topic, source: Mapping[str, Value] | None = None) -> None:
        """What this condition was about is no longer there: its last event is told once more, as deleted, and then forgotten."""
        known = self._states.pop(Event(topic, {item.name: item.kind() for item in topic.data}, 0, source or {}).identity, None)
        if known is not None:
            self._pass_on(replace(known, wall_ns=self._clock.wall_ns(), operation=Operation.DELETED))

    def subscribe(self, handler: Handler, prefix: str = "") -> Callable[[], None]:
        """Call ``handler`` for every event whose topic is ``prefix`` or below it ("" is all), known states first.

        Returns the function that ends the subscription.
        """
        key, since = object(), self._count
        for event in self.states(prefix):
            _call(handler, event)
        self._handlers[key] = (prefix, since, handler)
        return lambda: self._handlers.pop(key, None) and None

    def stream(self, prefix: str = "", bound: int = 256) -> Stream:
        """The same as an asynchronous iterator; see ``Stream``."""
        return Stream(self, prefix, bound)

    def states(self, prefix: str = "") -> tuple[Event, ...]:
        """The last event of every condition that is known, oldest first."""
        found = (event for event in self._states.values() if _below(event.topic.path, prefix))
        return tuple(sorted(found, key=lambda event: event.sequence))

    def recent(self, prefix: str = "", limit: int = RECENT) -> tuple[Event, ...]:
        """The latest events, newest first."""
        found = [event for event in reversed(self._recent) if _below(event.topic.path, prefix)]
        return tuple(found[:limit])

    def _pass_on(self, event: Event) -> Event:
        self._count += 1
        event = replace(event, sequence=self._count)
        self._recent.append(event)
        self._waiting.append(event)
        self._deliver()
        return event

    def _deliver(self) -> None:
        if self._delivering:
            return
        self._delivering = True
        try:
            while self._waiting:
                event = self._waiting.popleft()
                for key, (prefix, since, handler) in tuple(self._handlers.items()):
                    if key in self._handlers and event.sequence > since and _below(event.topic.path, prefix):
                        _call(handler, event)
        finally:
            self._delivering = False


class Stream:
    """``async with bus.stream() as events: async for event in events: …``. ``dropped`` counts what the bound made it forget."""

    def __init__(self, bus: Bus, prefix: str, bound: int) -> None:
        self._bus, self._prefix = bus, prefix
        self._queue: deque[Event] = deque(maxlen=bound)
        self._arrived = asyncio.Event()
        self._end: Callable[[], None] | None = None
        self.dropped = 0

    async def __aenter__(self) -> Stream:
        self._end = self._bus.subscribe(self._put, self._prefix)
        return self

    async def __aexit__(self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None) -> None:
        if self._end is not None:
            self._end()

    def __aiter__(self) -> AsyncIterator[Event]:
        return self

    async def __anext__(self) -> Event:
        while not self._queue:
            self._arrived.clear()
            await self._arrived.wait()
        return self._queue.popleft()

    def _put(self, event: Event) -> None:
        self.dropped += len(self._queue) == self._queue.maxlen
        self._queue.append(event)
        self._arrived.set()


def _call(handler: Handler, event: Event) -> None:
    """One bad handler must not keep the others from hearing."""
    try:
        handler(event)
    except Exception:
        log.exception("a handler of %s failed", event.topic.path)


def _below(path: str, prefix: str) -> bool:
    return not prefix or path == prefix or path.startswith(f"{prefix}/")

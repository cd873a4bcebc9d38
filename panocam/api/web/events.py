"""The events of the camera: the newest, the conditions that are known, and all as they happen. They tell who tried to log in, so they are
for administrators."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterable
from contextlib import suppress

from pydantic import Field
from starlette.websockets import WebSocket, WebSocketDisconnect

from panocam.api.endpoint import WEBSOCKET, Call, Kind, Reply, Wish, rest
from panocam.api.web.live import NO_LONGER_ALLOWED
from panocam.events.event import Event, Operation
from panocam.events.topics import Value
from panocam.settings import Role

BOUND = 1000


class Which(Wish):
    """Which events: those of a topic or below it, the newest ``limit``, after the number ``after``."""

    topic: str = Field("", max_length=200, description="such as Device/VideoSource; empty is all")
    limit: int = Field(100, ge=1, le=1000)
    after: int = Field(0, ge=0, description="sequence number of the last event already known")
    initial: bool = Field(False, description="also conditions that were told for the first time and did not hold: nothing had happened")


class Below(Wish):
    """Which topics."""

    topic: str = Field("", max_length=200, description="such as Device/VideoSource; empty is all")


class EventReply(Reply):
    """One event. ``sequence`` counts all events since start; ``wall_ms`` is UTC since 1970. ``operation`` is that of a condition:
    Initialized, Changed or Deleted; ``active`` is whether it holds, true for a pulse."""

    sequence: int
    wall_ms: int
    topic: str
    title: str
    stateful: bool
    operation: Operation | None
    active: bool
    source: dict[str, Value]
    data: dict[str, Value]


class EventsReply(Reply):
    """Newest first."""

    events: list[EventReply]


async def events(call: Call[Which]) -> EventsReply:
    """The newest events."""
    wish = call.wish
    recent = [event for event in call.services.bus.recent(wish.topic) if event.sequence > wish.after]
    if not wish.initial:
        recent = [event for event in recent if event.state or event.operation is not Operation.INITIALIZED]
    return EventsReply(events=[_shown(event) for event in recent[: wish.limit]])


async def conditions(call: Call[Below]) -> EventsReply:
    """Every condition that is known, as it is now; the one that changed last comes first."""
    return EventsReply(events=[_shown(event) for event in reversed(call.services.bus.states(call.wish.topic))])


async def live(call: Call[Below]) -> None:
    """One JSON message for each event: known conditions first, then what happens."""
    socket = call.connection
    assert isinstance(socket, WebSocket)
    async with call.services.bus.stream(call.wish.topic, BOUND) as stream:  # before the answer: from then on a client misses nothing
        await socket.accept()
        sending = asyncio.create_task(_send(call, socket, stream), name="live events")
        try:
            while (await socket.receive())["type"] != "websocket.disconnect":
                pass  # there is nothing that a client could say
        finally:
            sending.cancel()


async def _send(call: Call[Below], socket: WebSocket, stream: AsyncIterable[Event]) -> None:
    with suppress(WebSocketDisconnect):
        async for event in stream:
            if not call.caller.still_welcome():
                await socket.close(NO_LONGER_ALLOWED, "log in again")
                return
            await socket.send_text(_shown(event).model_dump_json())


def _shown(event: Event) -> EventReply:
    return EventReply(
        sequence=event.sequence,
        wall_ms=event.wall_ns // 1_000_000,
        topic=event.topic.path,
        title=event.topic.title,
        stateful=event.topic.stateful,
        operation=event.operation,
        active=event.state,
        source=dict(event.source),
        data=dict(event.data),
    )


_EVENTS = "/api/v1/events"

ENDPOINTS = (
    rest(_EVENTS, "The newest events", events, Role.ADMINISTRATOR, request=Which, reply=EventsReply),
    rest(_EVENTS + "/conditions", "Every condition as it is now", conditions, Role.ADMINISTRATOR, request=Below, reply=EventsReply),
    rest(
        _EVENTS + "/live",
        "Events as they happen, known conditions first",
        live,
        Role.ADMINISTRATOR,
        methods=(WEBSOCKET,),
        request=Below,
        reply=Kind.FRAMES,
    ),
)

"""The newest events of the camera. They tell who tried to log in, so they are for administrators."""

from __future__ import annotations

from pydantic import Field

from panocam.api.endpoint import Call, Reply, Wish, rest
from panocam.events.event import Event
from panocam.events.topics import Value
from panocam.settings import Role


class Which(Wish):
    """Which events: those of a topic or below it, the newest ``limit``, after the number ``after``."""

    topic: str = Field("", max_length=200, description="such as Device/VideoSource; empty is all")
    limit: int = Field(100, ge=1, le=1000)
    after: int = Field(0, ge=0, description="sequence number of the last event already known")


class EventReply(Reply):
    """One event. ``sequence`` counts all events since start; ``wall_ms`` is UTC since 1970."""

    sequence: int
    wall_ms: int
    topic: str
    title: str
    stateful: bool
    source: dict[str, Value]
    data: dict[str, Value]


class EventsReply(Reply):
    """Newest first."""

    events: list[EventReply]


async def events(call: Call[Which]) -> EventsReply:
    """The newest events."""
    wish = call.wish
    recent = [event for event in call.services.bus.recent(wish.topic) if event.sequence > wish.after]
    return EventsReply(events=[_shown(event) for event in recent[: wish.limit]])


def _shown(event: Event) -> EventReply:
    return EventReply(
        sequence=event.sequence,
        wall_ms=event.wall_ns // 1_000_000,
        topic=event.topic.path,
        title=event.topic.title,
        stateful=event.topic.stateful,
        source=dict(event.source),
        data=dict(event.data),
    )


ENDPOINTS = (rest("/api/v1/events", "The newest events", events, Role.ADMINISTRATOR, request=Which, reply=EventsReply),)

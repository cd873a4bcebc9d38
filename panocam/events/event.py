"""A fact that happened."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from panocam.errors import InvalidValue
from panocam.events.topics import Item, Topic, Value

_NOTHING: Mapping[str, Value] = MappingProxyType({})


class Operation(StrEnum):
    """What an event says of a condition (ONVIF core §9.4.1): how it is, told for the first time or to a newcomer; that it has changed; that
    what it was about is no longer there."""

    INITIALIZED = "Initialized"
    CHANGED = "Changed"
    DELETED = "Deleted"


@dataclass(frozen=True)
class Event:
    """One event. ``data`` and ``source`` hold exactly the items that the topic declares as data and key, else InvalidValue is raised.

    ``wall_ns`` is UTC. ``sequence`` counts the events of a bus from 1, without gaps; 0 before the event is published. ``operation`` is set
    by the bus; a pulse has none.
    """

    topic: Topic
    data: Mapping[str, Value]
    wall_ns: int
    source: Mapping[str, Value] = field(default_factory=lambda: _NOTHING)
    sequence: int = 0
    operation: Operation | None = None

    def __post_init__(self) -> None:
        _check(self.topic, "data", self.topic.data, self.data)
        _check(self.topic, "source", self.topic.key, self.source)
        object.__setattr__(self, "data", MappingProxyType(dict(self.data)))
        object.__setattr__(self, "source", MappingProxyType(dict(self.source)))

    @property
    def state(self) -> bool:
        """The condition of a stateful topic, False for one that is gone; True for a pulse."""
        if self.operation is Operation.DELETED:
            return False
        return bool(self.data[self.topic.data[0].name]) if self.topic.stateful else True

    @property
    def identity(self) -> tuple[str, tuple[Value, ...]]:
        """Which condition this is about: topic and instance."""
        return self.topic.path, tuple(self.source[item.name] for item in self.topic.key)


def _check(topic: Topic, what: str, items: tuple[Item, ...], values: Mapping[str, Value]) -> None:
    if set(values) != {item.name for item in items}:
        raise InvalidValue(f"{topic.path} {what}", sorted(values), f"must be {', '.join(item.name for item in items) or 'empty'}")
    for item in items:
        if type(values[item.name]) is not item.kind:
            raise InvalidValue(f"{topic.path} {item.name}", values[item.name], f"must be a {item.kind.__name__}")

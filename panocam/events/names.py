"""Topics as clients spell them: ONVIF's tree with the branches that clients of this camera family know.

A row for each name of a topic of ours; what has no row stays inside the camera, what has two is told twice. A ``{name}`` in a path is
the event's item of that name, an ``Out`` renames an item and may change its value. Prefixes are those of the namespaces below; some
clients write ``onvif:`` for ``tns1:`` and ``axis:`` for ``tnsaxis:``, and filters are read either way.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from panocam.clock import NS
from panocam.events.event import Event, Operation
from panocam.events.topics import (
    ACTION_FAILED,
    ADDRESS_CONFLICT,
    AUTHENTICATION_FAILED,
    CLOCK_SET,
    CLOCK_SYNCHRONISED,
    DAY_NIGHT,
    IO_INPUT,
    IO_OUTPUT,
    LIVE_STREAM_ACCESSED,
    MANUAL_TRIGGER,
    MOTION,
    MOTION_ALARM,
    NETWORK_LOST,
    PASSWORD_GUESSING,
    PTZ_CONTROL,
    PTZ_MOVING,
    PTZ_ON_PRESET,
    PTZ_READY,
    RECORDING,
    RECORDING_ONGOING,
    SCHEDULE_ACTIVE,
    SCHEDULE_PULSE,
    SETTINGS_CHANGED,
    SOURCE_LOST,
    STORAGE_AGEING_PAUSED,
    STORAGE_DISRUPTED,
    STORAGE_FAILOVER,
    STORAGE_FULL,
    SYSTEM_READY,
    TAMPERING,
    VIRTUAL_INPUT,
    Topic,
    Value,
)
from panocam.settings.schedules import READY_MADE

NAMESPACES: Mapping[str, str] = {
    "tns1": "http://www.onvif.org/ver10/topics",
    "tnsaxis": "http://www.axis.com/2009/event/topics",
    "tnspanocam": "urn:panocam:event:topics",
}
FIRST_AREA_CAMERA = 5
"""``camera=`` of view area 1."""

AREAS = range(1, 5)
ANY_PRESET = -1
"""Token for those who only want to know whether an area stands at one of its preset positions."""

READY_MADE_PREFIX = "com.axis.schedules."

TYPES = {bool: "xsd:boolean", int: "xsd:int", float: "xsd:float", str: "xsd:string"}


@dataclass(frozen=True)
class Out:
    """An item outside: its name there, and which of ours it is."""

    name: str
    item: str
    law: Callable[[Value], Value] = lambda value: value
    kind: type[Value] | None = None  # where the law changes it
    back: Callable[[str], Value | None] | None = None
    """The inverse, where it is not plain; None is any value. Raises ValueError."""


@dataclass(frozen=True)
class Row:
    """``topic`` under ``path`` with these source and data items; the first data item of a stateful topic is its state."""

    topic: Topic
    path: str
    source: tuple[Out, ...] = ()
    data: tuple[Out, ...] = ()


def _camera(area: Value) -> Value:
    return int(area) + FIRST_AREA_CAMERA - 1


def _area(camera: str) -> Value:
    area = int(camera) - FIRST_AREA_CAMERA + 1
    if area not in AREAS:
        raise ValueError(f"{camera} is no view area")
    return area


def _relay(active: Value) -> Value:
    return "active" if active else "inactive"


def _told(reason: Value) -> Value:
    """Clients hear that there is tampering, not of which kind."""
    return 1


def _any_reason(tampering: str) -> None:
    if int(tampering) != 1:
        raise ValueError(f"{tampering} is never said of tampering")


def any_preset(token: str) -> None:
    """Takes nothing but the token for any preset position."""
    if int(token) != ANY_PRESET:
        raise ValueError(f"{token} is a preset position")


def schedule_name(id: Value) -> str:
    """A schedule's id outside: the ready-made ones have a prefix there."""
    return f"{READY_MADE_PREFIX}{id}" if id in READY_MADE else str(id)


def schedule_id(name: str) -> str:
    """The inverse."""
    id = name.removeprefix(READY_MADE_PREFIX)
    return id if id in READY_MADE else name


_DISK = Out("disk_id", "disk_id")
_SCHEDULE = Out("id", "schedule", schedule_name, back=schedule_id)

ROWS = (
    Row(SYSTEM_READY, "tns1:Device/tnsaxis:Status/SystemReady", data=(Out("ready", "ready"),)),
    Row(LIVE_STREAM_ACCESSED, "tns1:VideoSource/tnsaxis:LiveStreamAccessed", data=(Out("accessed", "accessed"),)),
    Row(IO_INPUT, "tns1:Device/tnsaxis:IO/Port", (Out("port", "port"),), (Out("state", "active"),)),
    Row(IO_INPUT, "tns1:Device/Trigger/DigitalInput", (Out("InputToken", "port", str, str),), (Out("LogicalState", "active"),)),
    Row(
        IO_OUTPUT,
        "tns1:Device/Trigger/Relay",
        (Out("RelayToken", "port", str, str),),
        (Out("LogicalState", "active", _relay, str, ("inactive", "active").index),),
    ),
    Row(VIRTUAL_INPUT, "tns1:Device/tnsaxis:IO/VirtualInput", (Out("port", "port"),), (Out("active", "active"),)),
    Row(MANUAL_TRIGGER, "tns1:Device/tnsaxis:IO/VirtualPort", (Out("port", "port"),), (Out("state", "active"),)),
    Row(NETWORK_LOST, "tns1:Device/tnsaxis:Network/Lost", (Out("interface", "interface"),), (Out("lost", "lost"),)),
    Row(DAY_NIGHT, "tns1:VideoSource/tnsaxis:DayNightVision", (Out("VideoSourceConfigurationToken", "channel"),), (Out("day", "day"),)),
    Row(SOURCE_LOST, "tns1:VideoSource/SignalLoss", (Out("Source", "channel"),), (Out("State", "lost"),)),
    Row(
        TAMPERING,
        "tns1:VideoSource/tnsaxis:Tampering",
        (Out("channel", "channel"),),
        (Out("tampering", "reason", _told, int, _any_reason), Out("reason", "reason")),
    ),
    Row(MOTION_ALARM, "tns1:VideoSource/MotionAlarm", (Out("Source", "channel"),), (Out("State", "active"),)),
    Row(
        MOTION,
        "tns1:RuleEngine/MotionRegionDetector/Motion",
        (Out("VideoSource", "channel"), Out("RuleName", "name")),
        (Out("State", "active"),),
    ),
    Row(
        PTZ_MOVING,
        "tns1:PTZController/tnsaxis:Move/Channel_{area}",
        (Out("PTZConfigurationToken", "area", _camera, back=_area),),
        (Out("is_moving", "moving"),),
    ),
    Row(
        PTZ_ON_PRESET,
        "tns1:PTZController/tnsaxis:PTZPresets/Channel_{area}",
        (Out("PresetToken", "number"),),
        (Out("on_preset", "on_preset"),),
    ),
    Row(
        PTZ_ON_PRESET,
        "tns1:PTZController/tnsaxis:PTZPresets/Channel_{area}",
        (Out("PresetToken", "number", lambda _: ANY_PRESET, back=any_preset),),
        (Out("on_preset", "on_preset"),),
    ),
    Row(
        PTZ_CONTROL,
        "tns1:PTZController/tnsaxis:ControlQueue",
        (Out("PTZConfigurationToken", "area", _camera, back=_area),),
        (Out("queue_owner", "by"),),
    ),
    Row(PTZ_READY, "tns1:PTZController/tnsaxis:PTZReady", (Out("channel", "area", _camera, back=_area),), (Out("ready", "ready"),)),
    Row(SCHEDULE_ACTIVE, "tns1:UserAlarm/tnsaxis:Recurring/Interval", (_SCHEDULE,), (Out("active", "active"),)),
    Row(SCHEDULE_PULSE, "tns1:UserAlarm/tnsaxis:Recurring/Pulse", (_SCHEDULE,)),
    Row(RECORDING, "tnsaxis:Storage/Recording", data=(Out("recording", "recording"),)),
    Row(RECORDING_ONGOING, "tnspanocam:Storage/Recording", (_DISK,), (Out("recording", "recording"),)),
    Row(STORAGE_DISRUPTED, "tnsaxis:Storage/Disruption", (_DISK,), (Out("disruption", "disruption"),)),
    Row(STORAGE_DISRUPTED, "tns1:Device/tnsaxis:HardwareFailure/StorageFailure", (_DISK,), (Out("disruption", "disruption"),)),
    Row(STORAGE_FULL, "tnspanocam:Storage/Full", (_DISK,), (Out("full", "full"),)),
    Row(STORAGE_FAILOVER, "tnspanocam:Storage/Failover", (_DISK,), (Out("away", "away"), Out("to", "to"))),
    Row(STORAGE_AGEING_PAUSED, "tnspanocam:Storage/AgeingPaused", (), (Out("paused", "paused"), Out("ahead", "ahead"))),
    Row(
        AUTHENTICATION_FAILED,
        "tns1:Device/tnspanocam:Access/AuthenticationFailed",
        data=(Out("peer", "peer"), Out("account", "account"), Out("protocol", "protocol")),
    ),
    Row(
        PASSWORD_GUESSING,
        "tns1:Device/tnspanocam:Access/PasswordGuessing",
        data=(Out("peer", "peer"), Out("account", "account"), Out("protocol", "protocol")),
    ),
    Row(ADDRESS_CONFLICT, "tns1:Device/tnspanocam:Network/AddressConflict", data=(Out("address", "address"), Out("mac", "mac"))),
    Row(CLOCK_SET, "tns1:Device/tnspanocam:Clock/Set", data=(Out("seconds", "seconds"), Out("by", "by"))),
    Row(
        CLOCK_SYNCHRONISED,
        "tns1:Device/tnspanocam:Clock/Synchronised",
        data=(Out("synchronised", "synchronised"), Out("reason", "reason")),
    ),
    Row(ACTION_FAILED, "tns1:Device/tnsaxis:SystemMessage/ActionFailed", data=(Out("description", "description"),)),
    Row(SETTINGS_CHANGED, "tns1:Device/tnspanocam:Configuration/Changed", data=(Out("paths", "paths"), Out("by", "by"))),
)
_BY_TOPIC: Mapping[str, list[Row]] = {row.topic.path: [each for each in ROWS if each.topic is row.topic] for row in ROWS}


@dataclass(frozen=True)
class Named:
    """An event as clients see it; all values are text, truth is ``1`` or ``0``. ``operation`` is None for a pulse, ``truths`` are the
    names of data items that are true or false."""

    topic: str
    source: Mapping[str, str]
    data: Mapping[str, str]
    operation: Operation | None
    wall_ns: int
    truths: frozenset[str] = frozenset()

    @property
    def utc(self) -> str:
        """ISO 8601 with microseconds."""
        at = datetime.fromtimestamp(self.wall_ns // NS, UTC).replace(microsecond=self.wall_ns % NS // 1000)
        return at.isoformat(timespec="microseconds").replace("+00:00", "Z")


def named(event: Event) -> tuple[Named, ...]:
    """``event`` in clients' words, once for each of its names; empty for one that stays inside."""
    values = {**event.source, **event.data}
    return tuple(
        Named(
            _path(row.path, values),
            {out.name: text_of(out.law(values[out.item])) for out in row.source},
            {out.name: text_of(out.law(values[out.item])) for out in row.data},
            event.operation,
            event.wall_ns,
            frozenset(out.name for out in row.data if out.kind is None and isinstance(values[out.item], bool)),
        )
        for row in _BY_TOPIC.get(event.topic.path, ())
    )


def area_path(path: str, area: Value | None) -> str:
    """A row's path for that view area, or for all of them."""
    return re.sub(r"\w*\{area\}", "*", path) if area is None else path.replace("{area}", text_of(_camera(area)))


def _path(path: str, values: Mapping[str, Value]) -> str:
    return area_path(path, values["area"]) if "{area}" in path else path


def text_of(value: Value) -> str:
    """As clients have it."""
    return str(int(value)) if isinstance(value, bool) else str(value)


@dataclass(frozen=True)
class Declaration:
    """An item of a declared topic. ``values``: those that are known beforehand."""

    name: str
    type: str
    title: str
    values: tuple[str, ...] = ()


@dataclass(frozen=True)
class Declared:
    """A topic that can happen, with its items."""

    path: str
    title: str
    stateful: bool
    source: tuple[Declaration, ...]
    data: tuple[Declaration, ...]


def declared(states: Iterable[Event] = ()) -> Iterator[Declared]:
    """Every topic that clients may hear of; one for each view area where the path names it. ``states`` tell which sources there are."""
    found: dict[str, Declared] = {}
    for each in _declared(states):
        first = found.setdefault(each.path, each)
        if first is not each:
            pairs = zip(first.source, each.source, strict=True)
            sources = (replace(one, values=tuple(dict.fromkeys((*one.values, *two.values)))) for one, two in pairs)
            found[each.path] = replace(first, source=tuple(sources))
    yield from found.values()


def _declared(states: Iterable[Event]) -> Iterator[Declared]:
    """A row each, where a path may have several."""
    known: dict[tuple[str, str], list[Value]] = defaultdict(list)
    for event in states:
        for name, value in event.source.items():
            if value not in known[event.topic.path, name]:
                known[event.topic.path, name].append(value)
    for row in ROWS:
        for area in AREAS if "{area}" in row.path else (0,):
            there = {item.name: [area] if area and item.name == "area" else known[row.topic.path, item.name] for item in row.topic.key}
            source = tuple(_declaration(row.topic, out, there.get(out.item, ())) for out in row.source)
            data = tuple(_declaration(row.topic, out) for out in row.data)
            yield Declared(_path(row.path, {"area": area}), row.topic.title, row.topic.stateful, source, data)


def _declaration(topic: Topic, out: Out, values: Iterable[Value] = ()) -> Declaration:
    item = next(item for item in (*topic.key, *topic.data) if item.name == out.item)
    return Declaration(out.name, TYPES[out.kind or item.kind], item.title, tuple(text_of(out.law(value)) for value in values))


def canonical(filter: str) -> str:
    """A topic filter with our prefixes."""
    return re.sub(r"\baxis:", "tnsaxis:", re.sub(r"\bonvif:", "tns1:", filter.strip()))


def matches(topic: str, filter: str) -> bool:
    """Whether a topic is what ``filter`` names. ``//.`` at the end means everything below; alone, or nothing, it is all.

    Alternatives are separated by ``|``. Prefixes may be left out, and where a topic has none, any will do.
    """
    return any(_matches(topic, canonical(part)) for part in filter.split("|"))


def _matches(topic: str, filter: str) -> bool:
    below = filter.endswith("//.") or filter.endswith("//*")
    filter = filter[:-3] if below else filter
    if not filter:
        return True
    wanted = [part.rpartition(":") for part in filter.split("/")]
    there = [part.rpartition(":") for part in topic.split("/")]
    if len(there) < len(wanted) or (not below and len(there) != len(wanted)):
        return False
    pairs = zip(wanted, there, strict=False)
    return all(name in ("*", given) and (prefix in ("", has) or not has) for (prefix, _, name), (has, _, given) in pairs)

"""Which topics may be conditions, how they are grouped for people, and where the instances of an item are listed.

Every declared topic may be one; its group is that of the longest prefix.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from panocam.events.topics import (
    IO_INPUT,
    IO_OUTPUT,
    MANUAL_TRIGGER,
    MOTION,
    PTZ_ON_PRESET,
    PTZ_TOUR,
    TAMPERING,
    TOPICS,
    VIRTUAL_INPUT,
    Item,
    Topic,
)

GROUPS: Mapping[str, str] = {
    "Application": "Application",
    "Device": "Device status",
    "Device/IO": "I/O",
    "Device/SystemMessage": "System message",
    "Device/VideoSource": "Video",
    "PTZController": "PTZ",
    "Schedule": "Scheduled and recurring",
    "Storage": "Edge storage",
    "VideoSource": "Video",
}
OTHERS = "Others"

LISTS: Mapping[tuple[str, str], str] = {
    (IO_INPUT.path, "port"): "inputs",
    (IO_OUTPUT.path, "port"): "outputs",
    (VIRTUAL_INPUT.path, "port"): "virtual inputs",
    (MANUAL_TRIGGER.path, "port"): "triggers",
    (MOTION.path, "motion_area"): "motion areas",
    (PTZ_ON_PRESET.path, "number"): "area presets",
    (PTZ_TOUR.path, "tour"): "tours",
    (TAMPERING.path, "reason"): "tampering",
    ("Schedule/Active", "schedule"): "schedules",
    ("Schedule/Pulse", "schedule"): "pulses",
}
"""The list with the values of an item of a topic."""

LISTS_OF_ITEMS: Mapping[str, str] = {"area": "areas", "channel": "channels", "disk_id": "disks"}
"""The same for items that mean the same in every topic."""


@dataclass(frozen=True)
class Offer:
    """A topic as a condition, and the items that ``where`` may name."""

    topic: Topic
    group: str
    items: tuple[Item, ...]

    def list_of(self, item: str) -> str:
        """Name of the list with an item's values; empty where anything may be said."""
        return LISTS.get((self.topic.path, item)) or LISTS_OF_ITEMS.get(item, "")


def offer(path: str) -> Offer | None:
    """The condition of a topic; None where there is none."""
    topic = TOPICS.get(path)
    if topic is None:
        return None
    parts = path.split("/")
    prefixes = ("/".join(parts[:length]) for length in range(len(parts), 0, -1))
    group = next((GROUPS[prefix] for prefix in prefixes if prefix in GROUPS), OTHERS)
    return Offer(topic, group, (*topic.key, *topic.data[1 if topic.stateful else 0 :]))


def offers() -> Iterator[Offer]:
    """All conditions, by group and title."""
    found = [made for path in TOPICS if (made := offer(path)) is not None]
    yield from sorted(found, key=lambda each: (each.group, each.topic.title))

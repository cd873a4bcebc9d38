"""Declared topics and the bus they travel on."""

from panocam.events.announce import announce_settings
from panocam.events.bus import Bus, Stream
from panocam.events.event import Event, Operation
from panocam.events.topics import TOPICS, Item, Topic

__all__ = ["TOPICS", "Bus", "Event", "Item", "Operation", "Stream", "Topic", "announce_settings"]

"""Every event that can happen, declared once: a row each. Dialects map the paths to their own spelling.

``key`` items say which instance an event is about (which channel); ``data`` items say what happened. A *stateful* topic describes a
condition that holds until the next event of the same key says otherwise; its first data item is the state, a bool. A *pulse* is over at
once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

Value = bool | int | float | str


@dataclass(frozen=True)
class Item:
    """One named value of an event; ``kind`` is its exact type."""

    name: str
    kind: type[Value]
    title: str


@dataclass(frozen=True)
class Topic:
    """A kind of event."""

    path: str
    title: str
    stateful: bool
    data: tuple[Item, ...]
    key: tuple[Item, ...] = ()

    def __post_init__(self) -> None:
        if self.stateful and (not self.data or self.data[0].kind is not bool):
            raise ValueError(f"{self.path}: a stateful topic's first data item is its state, a bool")


CHANNEL = Item("channel", int, "Video source, from 0")

SOURCE_LOST = Topic(
    "Device/VideoSource/Lost", "Video source lost", True, (Item("lost", bool, "Lost"), Item("reason", str, "Reason")), (CHANNEL,)
)
LIVE_STREAM_ACCESSED = Topic("VideoSource/LiveStreamAccessed", "Live stream accessed", True, (Item("accessed", bool, "Accessed"),))
SYSTEM_READY = Topic("Device/Status/SystemReady", "System ready", True, (Item("ready", bool, "Ready"),))
AUTHENTICATION_FAILED = Topic(
    "Device/Access/AuthenticationFailed",
    "Wrong user name or password",
    False,
    (Item("peer", str, "Address"), Item("account", str, "Account"), Item("protocol", str, "Protocol")),
)
PASSWORD_GUESSING = Topic(
    "Device/Access/PasswordGuessing",
    "Somebody who guesses passwords has to wait",
    False,
    (Item("peer", str, "Address"), Item("account", str, "Account, * for all"), Item("protocol", str, "Protocol")),
)
SETTINGS_CHANGED = Topic(
    "Device/Configuration/Changed", "Settings changed", False, (Item("paths", str, "Settings, separated by commas"), Item("by", str, "By"))
)
SETTINGS_STORAGE_FAILED = Topic(
    "Device/Configuration/StorageFailed",
    "Settings cannot be saved",
    True,
    (Item("failed", bool, "Failed"), Item("reason", str, "Reason")),
)
CLOCK_SET = Topic(
    "Device/Clock/Set", "Clock set", False, (Item("seconds", float, "Seconds forward"), Item("by", str, "By: machine, ntp or manual"))
)
CLOCK_SYNCHRONISED = Topic(
    "Device/Clock/Synchronised",
    "Clock follows its NTP servers",
    True,
    (Item("synchronised", bool, "Synchronised"), Item("reason", str, "Reason")),
)
ADDRESS_CONFLICT = Topic(
    "Device/Network/AddressConflict",
    "Address is in use by another device",
    False,
    (Item("address", str, "Address"), Item("mac", str, "Hardware address of the other device")),
)
AREA = Item("area", int, "View area, 1 to 4")
PTZ_MOVING = Topic("PTZController/Moving", "View area moves", True, (Item("moving", bool, "Moving"),), (AREA,))
PTZ_ON_PRESET = Topic(
    "PTZController/PresetReached",
    "Preset position reached",
    True,
    (
        Item("on_preset", bool, "At a preset position"),
        Item("number", int, "Preset position, the last one when left"),
        Item("name", str, "Name"),
    ),
    (AREA,),
)
PTZ_TOUR = Topic(
    "PTZController/Tour",
    "Guard tour runs",
    True,
    (Item("running", bool, "Running"), Item("tour", int, "Number"), Item("name", str, "Name"), Item("state", str, "State")),
    (AREA,),
)
PTZ_CONTROL = Topic(
    "PTZController/Control", "View area is controlled", True, (Item("controlled", bool, "Controlled"), Item("by", str, "By")), (AREA,)
)
PTZ_READY = Topic("PTZController/Ready", "View area can be moved", True, (Item("ready", bool, "Ready"),), (AREA,))

PORT = Item("port", int, "Port, from 0")
ACTIVE = Item("active", bool, "Active")
IO_INPUT = Topic("Device/IO/Input", "Digital input", True, (ACTIVE,), (PORT,))
IO_OUTPUT = Topic("Device/IO/Output", "Digital output", True, (ACTIVE,), (PORT,))
VIRTUAL_INPUT = Topic("Device/IO/VirtualInput", "Virtual input", True, (ACTIVE,), (Item("port", int, "Input, from 1"),))
MANUAL_TRIGGER = Topic("Device/IO/ManualTrigger", "Manual trigger", True, (ACTIVE,), (Item("port", int, "Trigger, from 1"),))
NETWORK_LOST = Topic("Device/Network/Lost", "Network lost", True, (Item("lost", bool, "Lost"),), (Item("interface", str, "Interface"),))
DAY_NIGHT = Topic("VideoSource/DayNight", "Day or night", True, (Item("day", bool, "Day"),), (CHANNEL,))
MOTION = Topic(
    "VideoSource/Motion/Area",
    "Motion in an area",
    True,
    (ACTIVE, Item("name", str, "Name of the area")),
    (CHANNEL, Item("motion_area", int, "Motion area")),
)
TAMPERING = Topic("VideoSource/Tampering", "Camera tampering", False, (Item("reason", str, "Reason: dark, blurred or moved"),), (CHANNEL,))
MOTION_ALARM = Topic("VideoSource/Motion/Any", "Motion in any area", True, (ACTIVE,), (CHANNEL,))

DISK = Item("disk_id", str, "Disk")
STORAGE_DISRUPTED = Topic(
    "Storage/Disruption", "Storage disrupted", True, (Item("disruption", bool, "Disrupted"), Item("reason", str, "Reason")), (DISK,)
)
STORAGE_FULL = Topic("Storage/Full", "Storage full", True, (Item("full", bool, "Full"),), (DISK,))
STORAGE_AGEING_PAUSED = Topic(
    "Storage/AgeingPaused",
    "Nothing is removed for its age, for the clock jumped",
    True,
    (Item("paused", bool, "Paused"), Item("ahead", float, "Days that the clock is ahead")),
)
STORAGE_FAILOVER = Topic(
    "Storage/Failover",
    "Recordings go to another disk meanwhile",
    True,
    (Item("away", bool, "Elsewhere"), Item("to", str, "Disk they go to"), Item("reason", str, "Reason")),
    (DISK,),
)
RECORDING = Topic("Storage/AnyRecording", "Something is recorded", True, (Item("recording", bool, "Recording"),))
RECORDING_ONGOING = Topic("Storage/Recording", "Recording ongoing", True, (Item("recording", bool, "Recording"),), (DISK,))
PRIVACY_MASKS = Topic(
    "VideoSource/PrivacyMasks",
    "Privacy masks hidden",
    True,
    (Item("hidden", bool, "Hidden"), Item("names", str, "Hidden masks, separated by commas"), Item("by", str, "By")),
)
ACTION_FAILED = Topic(
    "Device/SystemMessage/ActionFailed",
    "A rule's action failed",
    False,
    (Item("rule", int, "Rule"), Item("name", str, "Name of the rule"), Item("description", str, "Description")),
)

SCHEDULE = Item("schedule", str, "Schedule")
SCHEDULE_ACTIVE = Topic("Schedule/Active", "Schedule active", True, (ACTIVE,), (SCHEDULE,))
SCHEDULE_PULSE = Topic("Schedule/Pulse", "Pulse", False, (), (SCHEDULE,))

TOPICS: Mapping[str, Topic] = {
    topic.path: topic
    for topic in (
        SOURCE_LOST,
        LIVE_STREAM_ACCESSED,
        SYSTEM_READY,
        AUTHENTICATION_FAILED,
        PASSWORD_GUESSING,
        SETTINGS_CHANGED,
        SETTINGS_STORAGE_FAILED,
        CLOCK_SET,
        ADDRESS_CONFLICT,
        CLOCK_SYNCHRONISED,
        STORAGE_DISRUPTED,
        STORAGE_FULL,
        STORAGE_FAILOVER,
        STORAGE_AGEING_PAUSED,
        RECORDING,
        RECORDING_ONGOING,
        PTZ_MOVING,
        PTZ_ON_PRESET,
        PTZ_TOUR,
        PTZ_CONTROL,
        PTZ_READY,
        PRIVACY_MASKS,
        IO_INPUT,
        IO_OUTPUT,
        VIRTUAL_INPUT,
        MANUAL_TRIGGER,
        DAY_NIGHT,
        MOTION,
        MOTION_ALARM,
        TAMPERING,
        NETWORK_LOST,
        SCHEDULE_ACTIVE,
        SCHEDULE_PULSE,
        ACTION_FAILED,
    )
}
"""All topics by path; the rule engine, the dialects and the documentation read this."""

"""What is known of a recording and of its segments, as values; names and folders that follow from them."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum

from panocam.clock import NS
from panocam.errors import InvalidValue

ID_PATTERN = re.compile(r"\d{8}_\d{6}_[0-9A-F]{4}_[0-9A-F]{12}")


class Kind(StrEnum):
    """What a recording was started by."""

    MANUAL = "manual"
    CONTINUOUS = "continuous"
    ACTION = "action"


class Began(StrEnum):
    """Why a segment begins: everything but ``start`` and ``length`` is a mark that something is missing or has changed."""

    START = "start"
    LENGTH = "length"  # the one before was long enough
    GAP = "gap"  # pictures are missing in front of it
    CLOCK = "clock"  # the wall clock was set
    FORMAT = "format"  # the stream's parameters changed
    MOVED = "moved"  # it goes on on another disk; what the one before has of the same time is left out

    @property
    def seamless(self) -> bool:
        """True when nothing is missing in front of it."""
        return self in (Began.LENGTH, Began.MOVED)


@dataclass(frozen=True)
class Recording:
    """One recording. Times are UTC nanoseconds; ``stop_ns`` is that of the newest picture on the disk; ``codec`` as in ``Codec``.
    ``disk`` is where it belongs; while that was away, segments of it were put on another one."""

    id: str
    disk: str
    view: int
    codec: str
    width: int
    height: int
    fps: float
    kind: Kind
    trigger: str
    start_ns: int
    stop_ns: int
    locked: bool = False
    complete: bool = False

    @property
    def seconds(self) -> float:
        return (self.stop_ns - self.start_ns) / NS


@dataclass(frozen=True)
class Segment:
    """One file of a recording; ``path`` relative to the disk that it lies on, with slashes."""

    recording: str
    number: int
    disk: str
    path: str
    start_ns: int
    stop_ns: int
    bytes: int
    pictures: int
    began: Began
    complete: bool = False


@dataclass(frozen=True)
class Label:
    """What every segment file says of its recording, so that the index can be made from the files alone."""

    recording: str
    serial: str
    view: int
    view_name: str
    kind: Kind
    trigger: str = ""
    disk: str = ""
    extra: Mapping[str, str] = field(default_factory=dict)

    def tags(self, number: int, began: Began) -> dict[str, str]:
        """As Matroska tags."""
        return {
            "PANOCAM_RECORDING": self.recording,
            "PANOCAM_SEGMENT": str(number),
            "PANOCAM_BEGAN": str(began),
            "PANOCAM_SERIAL": self.serial,
            "PANOCAM_VIEW": str(self.view),
            "PANOCAM_KIND": str(self.kind),
            "PANOCAM_TRIGGER": self.trigger,
            "PANOCAM_DISK": self.disk,
            **self.extra,
        }


def new_id(wall_ns: int, serial: str) -> str:
    """An identity in the form that clients of this camera family know: date, time, four digits, serial number."""
    at = datetime.fromtimestamp(wall_ns / NS, UTC)
    return f"{at:%Y%m%d_%H%M%S}_{secrets.token_hex(2).upper()}_{serial}"


def check_id(text: str) -> str:
    """``text`` if it has the form of an identity; quotes around it are let pass. Raises InvalidValue."""
    text = text.strip('"')
    if not ID_PATTERN.fullmatch(text):
        raise InvalidValue("recordingid", text, "give an identity as the list of recordings shows it")
    return text


def segment_path(recording: str, wall_ns: int, number: int) -> str:
    """Where a segment lies on its disk: a folder for its recording's day and hour, one for the recording, one file each."""
    at = datetime.fromtimestamp(wall_ns / NS, UTC)
    return f"{recording[:8]}/{recording[9:11]}/{recording}/{at:%Y%m%d_%H%M%S}_{number:06}.mkv"

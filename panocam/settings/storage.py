"""Settings of storage: where recordings go, how long they are kept, what is recorded all the time."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field, field_validator

from panocam.settings.declare import Section, setting
from panocam.settings.role import Role

ADMIN = Role.ADMINISTRATOR
CARD = "SD_DISK"
MOST_PROFILES = 16


class ContinuousRecording(BaseModel):
    """One stream that is always recorded. ``options`` are stream arguments as in a stream's address, such as ``camera=2&fps=5``."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    profile: int = Field(ge=1, le=999)
    disk: str = Field(CARD, min_length=1, max_length=32)
    options: str = Field("", max_length=1024)


class Buffer(BaseModel):
    """A stream of which the last ``seconds`` are kept ready; it is coded all the time for that."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    options: str = Field("", max_length=1024)
    seconds: float = Field(gt=0, le=60)


class Storage(Section):
    """Where recordings go, how long they are kept, what is recorded all the time."""

    card: str = setting(
        "",
        "Card directory",
        "Directory or mounted card for recordings; set with --sd-card only, so that nobody can have files written elsewhere from afar.",
        write=None,
        restart=True,
        read=ADMIN,
        max_length=4096,
    )
    retention_days: float = setting(
        7.0, "Keep recordings", "Older recordings are removed unless they are locked; 0 keeps them until space is needed.",
        write=ADMIN, ge=0, le=7000, unit="days",
    )  # fmt: skip
    remove_oldest: bool = setting(
        True, "Make room", "When the disk is full, remove the oldest recordings that are not locked; else recording stops.", write=ADMIN
    )
    most_mb: int = setting(
        0, "Space for recordings", "At most so much of the disk; 0 is no limit.", write=ADMIN, ge=0, le=2**31 - 1, unit="MB"
    )
    buffers: tuple[Buffer, ...] = setting(
        (),
        "Pre-buffers",
        "Streams of which the last seconds are kept ready for recordings that begin before they are started.",
        max_length=12,
    )
    continuous: tuple[ContinuousRecording, ...] = setting(
        (),
        "Continuous recordings",
        "Streams that are recorded all the time, each with its own number.",
        write=ADMIN,
        max_length=MOST_PROFILES,
    )

    @field_validator("continuous")
    @classmethod
    def _numbers_once(cls, value: tuple[ContinuousRecording, ...]) -> Any:
        numbers = [row.profile for row in value]
        if len(set(numbers)) != len(numbers):
            raise ValueError("each profile has its own number")
        return value

"""Settings of storage: where recordings go, how long they are kept, what is recorded all the time."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, field_validator

from panocam.settings.declare import Section, setting
from panocam.settings.role import Role

ADMIN = Role.ADMINISTRATOR
CARD = "SD_DISK"
SHARE_DISK = "NetworkShare"
MOST_PROFILES = 16
MOST_SHARES = 8


class ContinuousRecording(BaseModel):
    """One stream that is always recorded. ``options`` are stream arguments as in a stream's address, such as ``camera=2&fps=5``."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    profile: int = Field(ge=1, le=999)
    disk: str = Field(CARD, min_length=1, max_length=32)
    options: str = Field("", max_length=1024)


class SmbVersion(StrEnum):
    """Which dialect is spoken with a share."""

    AUTO = "auto"
    SMB2_0_2 = "2.0.2"
    SMB2_1 = "2.1"
    SMB3_0 = "3.0"
    SMB3_0_2 = "3.0.2"
    SMB3_1_1 = "3.1.1"


class NetworkShare(BaseModel):
    """A share of an SMB server. Its password lies in the key store. ``disk`` is the disk that it is, "" while it is not used."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    id: str = Field(pattern=r"^[0-9]{1,9}$")
    name: str = Field("", max_length=64)
    address: str = Field(min_length=1, max_length=253, pattern=r"^[A-Za-z0-9._-]+$")
    port: int = Field(445, ge=1, le=65535)
    share: str = Field(min_length=1, max_length=80, pattern=r'^[^\/:*?"<>|\x00-\x1f]+$')
    folder: str = Field("", max_length=200)
    user: str = Field("", max_length=128)
    version: SmbVersion = SmbVersion.AUTO
    disk: str = Field("", pattern=r"^(NetworkShare(N[0-9]{1,2})?)?$")
    retention_days: float = Field(7.0, ge=0, le=7000)
    most_mb: int = Field(0, ge=0, le=2**31 - 1)
    remove_oldest: bool = True
    protected: bool = False

    @field_validator("folder")
    @classmethod
    def _below(cls, value: str) -> str:
        parts = [part for part in value.replace("\\", "/").split("/") if part]
        if any(part.strip(" .") == "" or set(part) & set(':*?"<>|') or min(map(ord, part)) < 32 for part in parts):
            raise ValueError("a folder below the share, its parts separated by slashes, such as cameras/yard")
        return "/".join(parts)


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
    protected: bool = setting(
        False, "Write-protect the card", "Nothing is recorded on it and nothing is removed from it; it can be played.", write=ADMIN
    )
    failover: bool = setting(
        True,
        "Record on the card meanwhile",
        "While a network share is away or too slow, its recordings go to the card and are brought over afterwards.",
        write=ADMIN,
    )
    shares: tuple[NetworkShare, ...] = setting(
        (),
        "Network shares",
        "Shares of SMB servers that recordings can go to. Their passwords are kept elsewhere, sealed.",
        read=ADMIN,
        write=ADMIN,
        max_length=MOST_SHARES,
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

    @field_validator("shares")
    @classmethod
    def _disks_once(cls, value: tuple[NetworkShare, ...]) -> Any:
        for what, used in (("number", [row.id for row in value]), ("disk", [row.disk for row in value if row.disk])):
            if len(set(used)) != len(used):
                raise ValueError(f"each share has a {what} of its own")
        return value


def disk_names(storage: Storage) -> dict[str, str]:
    """What people call the disks."""
    return {CARD: "Card", **{share.disk: share.name or f"{share.share} on {share.address}" for share in storage.shares if share.disk}}

"""The disks: what they are, and the few things a person does with them."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from panocam.api.endpoint import Call, Reply, Wish, rest
from panocam.api.services import storage_of
from panocam.errors import InvalidValue
from panocam.settings import Role
from panocam.storage.volume import Volume


class DiskReply(Reply):
    """One disk. Bytes; ``state`` OK, full, readonly, unmounted or failed, with the reason. ``refused`` pictures it was too slow for."""

    id: str
    state: str
    reason: str
    total: int
    free: int
    queued: int
    refused: int
    recordings: int


class DisksReply(Reply):
    """All disks; none is set up when the list is empty."""

    disks: list[DiskReply]


class DiskAction(Wish):
    """What to do. ``format`` removes all recordings and needs the disk's id as ``confirm``."""

    action: Literal["mount", "unmount", "check", "format"]
    confirm: str = Field("", max_length=32)


async def disks(call: Call[None]) -> DisksReply:
    """All disks."""
    return DisksReply(disks=[_shown(volume) for volume in storage_of(call.services).volumes.values()])


async def act(call: Call[DiskAction]) -> DiskReply:
    """Mount, unmount, check or format a disk."""
    storage = storage_of(call.services)
    volume = storage.recorder.volume(call.path("disk"))
    match call.wish.action:
        case "mount":
            await volume.mount()
        case "check":
            await volume.check()
        case "unmount":
            await volume.unmount()
        case "format":
            if call.wish.confirm != volume.id:
                raise InvalidValue("confirm", call.wish.confirm, f"all recordings would be removed; confirm with {volume.id}")
            await volume.format()
    return _shown(volume)


def _shown(volume: Volume) -> DiskReply:
    space = volume.space
    return DiskReply(
        id=volume.id,
        state=str(volume.state),
        reason=volume.reason,
        total=space.total,
        free=space.free,
        queued=volume.queued,
        refused=volume.refused,
        recordings=sum(size for size, _ in volume.index.paths(volume.id).values()),
    )


_ALL, _ONE = "/api/v1/storage/disks", "/api/v1/storage/disks/{disk}"

ENDPOINTS = (
    rest(_ALL, "All disks and their state", disks, Role.OPERATOR, reply=DisksReply),
    rest(_ONE, "Mount, unmount, check or format a disk", act, Role.ADMINISTRATOR, methods=("POST",), request=DiskAction, reply=DiskReply),
)

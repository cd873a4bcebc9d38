"""Where recordings are kept: the groups Storage, Recording and NetworkShare, over the settings of storage.

``Storage.S0`` is the card; each network share that is a disk has the next number.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from panocam.api.services import Services
from panocam.api.vapix.params.leaf import YES_NO, Changes, Codec, Leaf, Shape, bound, choice, fact, number
from panocam.api.vapix.params.tree import Living
from panocam.settings.role import Role
from panocam.settings.storage import CARD, NetworkShare
from panocam.storage.writer import SEGMENT_NS

HOURS = Codec(lambda days: str(round(24 * days)), lambda hours: number(hours) / 24, Shape("int", 0, 24 * 7000))
POLICY = choice({"fifo": True, "none": False})
HIDDEN = "******"
RULES = (("CleanupMaxAge", "retention_days", HOURS), ("CleanupPolicyActive", "remove_oldest", POLICY), ("Locked", "protected", YES_NO))


def rows() -> Iterator[Leaf]:
    """Every leaf of the card, and what holds for all disks."""
    yield fact("Storage.S0.DiskID", CARD)
    yield fact("Storage.S0.Enabled", lambda services: services.storage is not None)
    for name, field, codec in RULES:
        yield from bound(f"Storage.S0.{name}", f"storage.{field}", codec)
    yield from _facts("Storage.S0", CARD, "SD card")
    yield fact("Recording.DefaultDiskId", CARD)
    yield fact("Recording.DefaultSplitDuration", str(SEGMENT_NS // 10**9))


def shares(services: Services) -> Iterator[Leaf]:
    """Every leaf of every network share."""
    there = services.settings.snapshot.storage.shares
    for place, share in enumerate(there):
        group = f"NetworkShare.N{place}"
        shown = {"Address": share.address, "Name": share.name, "Share": share.share, "ShareId": share.id, "Username": share.user}
        for name, value in {**shown, "Password": HIDDEN}.items():
            yield fact(f"{group}.{name}", value, role=Role.ADMINISTRATOR)


def share_disks(services: Services) -> Iterator[Leaf]:
    """Every leaf of every network share that is a disk."""
    there = services.settings.snapshot.storage.shares
    for place, share in enumerate((share for share in there if share.disk), 1):
        group = f"Storage.S{place}"
        yield fact(f"{group}.DiskID", share.disk)
        yield fact(f"{group}.Enabled", "yes")
        for name, field, codec in RULES:
            yield _of_share(f"{group}.{name}", share, field, codec)
        yield from _facts(group, share.disk, share.name or share.share)


def _facts(group: str, disk: str, name: str) -> Iterator[Leaf]:
    yield fact(f"{group}.FriendlyName", name)
    yield fact(f"{group}.FileSystem", lambda services: _file_system(services, disk))
    yield from (
        fact(f"{group}.{leaf}", value)
        for leaf, value in (("CleanupLevel", "99"), ("MountOnBoot", "yes"), ("RequiredFileSystem", "none"), ("AutoRepair", "yes"))
    )


def _file_system(services: Services, disk: str) -> str:
    volume = services.storage.volumes.get(disk) if services.storage is not None else None
    return volume.disk.facts.get("filesystem", "") if volume is not None else ""


def _of_share(path: str, share: NetworkShare, field: str, codec: Codec) -> Leaf:
    """A rule of a share's disk, which is a field of its row."""

    def write(services: Services, value: str, so_far: Changes) -> Changes:
        there = so_far.get("storage.shares", services.settings.snapshot.storage.shares)
        assert isinstance(there, tuple)
        new = {field: codec.read(value)}
        return {"storage.shares": tuple(row.model_copy(update=new) if row.id == share.id else row for row in there)}

    made = Leaf(path, lambda services: codec.show(getattr(share, field)), codec.shape, write)
    return replace(made, read_role=Role.VIEWER, write_role=Role.ADMINISTRATOR)


LIVING = (Living("NetworkShare", shares), Living("Storage", share_disks))

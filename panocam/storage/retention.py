"""What goes when there must be room: the oldest first, by age and by space; locked recordings and what is being written stay."""

from __future__ import annotations

from dataclasses import dataclass

from panocam.clock import NS
from panocam.storage.disk import Disk
from panocam.storage.index import Index

DAY_NS = 86_400 * NS
BATCH = 16


@dataclass(frozen=True)
class Keep:
    """``days`` that a segment is kept at most (0: no limit); ``reserve`` bytes of the volume that are kept free; ``most`` bytes that
    recordings may take together (0: no limit). ``remove`` False never removes anything: a full disk then stays full."""

    days: float = 0.0
    reserve: int = 256 << 20
    most: int = 0
    remove: bool = True


def clean(disk: Disk, index: Index, keep: Keep, now_ns: int, need: int = 0) -> int:
    """Remove what ``keep`` says, and as much more as makes ``need`` bytes free; returns how many segments went. Raises OSError."""
    if not keep.remove:
        return 0
    gone = 0
    used = sum(size for size, _ in index.paths(disk.id).values()) if keep.most else 0
    reserve = min(keep.reserve, disk.space().total // 20)  # a small disk would never be allowed anything
    while oldest := index.oldest(disk.id, BATCH):
        for segment in oldest:
            old = keep.days > 0 and segment.stop_ns < now_ns - keep.days * DAY_NS
            full = disk.space().free < max(reserve, need)
            much = keep.most > 0 and used > keep.most
            if not (old or full or much):
                return gone
            disk.remove(segment.path)
            index.remove_segment(segment)
            used -= segment.bytes
            gone += 1
    return gone

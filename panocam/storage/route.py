"""Which disk the pictures of a recording go to: its home, or while that is away or too slow, another one.

What has been handed to a disk is kept in memory until it is known to be on the medium, whole groups of pictures. When the disk fails, all
of that is written again on the other one, so nothing is missing in between; readers leave out what is there twice. A disk that failed
and is well again before the next picture gets it again itself. The way back is taken with a key picture, when the home is well and
everything that was put elsewhere has been brought there.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from panocam.clock import NS
from panocam.media.packet import Packet
from panocam.storage.volume import Volume
from panocam.storage.writer import Writer

BEHIND_NS = 6 * NS
"""A disk on which a batch has waited so long is taken for too slow."""

MOST_BYTES = 64 << 20


class Retained:
    """Groups of batches, each begun by a key picture, that may not be on the medium yet; ``bound`` bytes at most."""

    def __init__(self, bound: int = MOST_BYTES) -> None:
        self._bound, self._bytes, self._dropped = bound, 0, -1
        self._groups: deque[list[list[Packet]]] = deque()

    @property
    def batches(self) -> list[list[Packet]]:
        return [batch for group in self._groups for batch in group]

    @property
    def newest(self) -> int:
        """Stream time of the last picture; -1 without one."""
        return self._groups[-1][-1][-1].pts_ns if self._groups else -1

    def holds_after(self, safe: int) -> bool:
        """True when it has everything that came after the stream time ``safe``."""
        return self._dropped <= safe

    def add(self, batch: list[Packet], safe: int) -> None:
        """Keep ``batch``; let go what is on the medium up to the stream time ``safe``."""
        if batch[0].key:
            self._groups.append([])
        if not self._groups:
            return
        self._groups[-1].append(batch)
        self._bytes += _size(batch)
        while len(self._groups) > 1 and (self._groups[0][-1][-1].pts_ns <= safe or self._bytes > self._bound):
            gone = self._groups.popleft()
            self._bytes -= sum(_size(batch) for batch in gone)
            self._dropped = gone[-1][-1].pts_ns

    def clear(self) -> None:
        self._groups.clear()
        self._bytes = 0


@dataclass(frozen=True)
class Ways:
    """What a route asks about the disks: ``spare(home)`` is the disk to use while ``home`` is away, None without one; ``drained(home)`` is
    True when everything has been brought there. ``moved(route)`` is told after each change."""

    spare: Callable[[Volume], Volume | None] = lambda home: None
    drained: Callable[[Volume], bool] = lambda home: True
    moved: Callable[[Route], None] = lambda route: None


class Route:
    """The pictures of one recording. ``volume`` and ``writer`` are where they go now. Lives on the event loop."""

    def __init__(self, home: Volume, volume: Volume, writer: Writer, ways: Ways) -> None:
        self.home, self.volume, self.writer = home, volume, writer
        self._ways = ways
        self._retained = Retained()

    @property
    def away(self) -> bool:
        """True while it does not go to its home."""
        return self.volume is not self.home

    def put(self, batch: list[Packet]) -> None:
        """Queue a batch where it can be written."""
        other = self._ways.spare(self.home) if not self.away else self.home
        if other is None:
            self.volume.write(self.writer, batch)
            return
        whole = self._well(self.volume) and not self.writer.torn
        if self.away and batch[0].key and self._well(self.home) and self._ways.drained(self.home) and whole:
            self._retained.clear()  # all of it is queued where it was handed to, and that disk is well
            self._retained.add(batch, -1)
            self._move(self.home, [batch], seamless=True, again=False)
            return
        self._retained.add(batch, self.writer.safe)
        if not whole and (to := self._refuge(other)) is not None:
            self._write_again(to)
            return
        self.volume.write(self.writer, batch)

    async def close(self) -> None:
        """End the recording in order. What its disk has not taken by then is written on the other one: no picture follows that would
        show the loss."""
        await self.volume.close(self.writer)
        other = self._ways.spare(self.home) if not self.away else self.home
        if self._retained.newest <= self.writer.safe or other is None:
            return
        if (to := self._refuge(other)) is not None:
            self._write_again(to)
            await self.volume.close(self.writer)

    def _refuge(self, other: Volume) -> Volume | None:
        """Where to write again what this disk has not taken."""
        if self.writer.torn and self._well(self.volume):
            return self.volume
        return other if self._well(other) else None

    def _write_again(self, to: Volume) -> None:
        self._move(to, self._retained.batches, seamless=self._retained.holds_after(self.writer.safe), again=True)

    def _well(self, volume: Volume) -> bool:
        return volume.usable and volume.behind_ns < BEHIND_NS

    def _move(self, to: Volume, batches: Sequence[list[Packet]], *, seamless: bool, again: bool) -> None:
        old, volume = self.writer, self.volume
        self.volume, self.writer = to, old.follow(to.disk, seamless, again)
        to.adopt(self.writer)
        volume.retire(old)
        for batch in batches:
            to.write(self.writer, batch)
        if to is not volume:
            self._ways.moved(self)


def _size(batch: list[Packet]) -> int:
    return sum(len(packet.data) for packet in batch)

"""Brings home what was recorded elsewhere while a disk was away.

A segment is copied in pieces beside its place, flushed, read back and compared, and only then gets its name; after that the index says
that it lies there, and the first copy goes. Whatever moment the power fails, the segment is whole on one disk at least: an unfinished
copy has no segment's name and is made anew, and a first copy that was left over is known by its twin. New pictures go first: a disk
that is behind is given time.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import BinaryIO

from panocam.clock import NS, Clock
from panocam.errors import PanocamError, RemoteProtocolError, Unavailable
from panocam.storage.disk import PART
from panocam.storage.files import Output
from panocam.storage.index import Index
from panocam.storage.recording import Segment
from panocam.storage.retention import clean
from panocam.storage.volume import Volume

log = logging.getLogger(__name__)

EVERY_S = 2.0
PIECE = 512 << 10
GIVE_WAY_NS = NS
GIVE_WAY_S, GIVE_WAY_TIMES = 0.2, 50
TRIES = 3


@dataclass
class Homecoming:
    """How far a disk is. ``waiting`` segments and ``bytes`` of its recordings lie elsewhere; ``moved`` came since the start; ``segment`` is
    on its way just now, ``progress`` 0..1 of it. ``stuck`` could not be brought and stay where they are."""

    waiting: int = 0
    bytes: int = 0
    moved: int = 0
    segment: str = ""
    progress: float = 0.0
    reason: str = ""
    stuck: int = 0


class Backfill:
    """``volumes`` come and go. Run ``start`` and ``close`` on the loop."""

    def __init__(self, index: Index, volumes: Mapping[str, Volume], clock: Clock) -> None:
        self._index, self._volumes, self._clock = index, volumes, clock
        self._homes: dict[str, Homecoming] = {}
        self._tries: dict[tuple[str, int], int] = {}
        self._task: asyncio.Task[None] | None = None
        self._wake = asyncio.Event()

    def of(self, home: str) -> Homecoming:
        """How far ``home`` is."""
        return self._homes.setdefault(home, Homecoming())

    def drained(self, home: Volume) -> bool:
        """True when nothing that could be brought there waits any more, but for what is being written elsewhere."""
        return self.of(home.id).waiting == 0

    def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name="back-filling")

    async def close(self) -> None:
        """Stop in the middle; the next start goes on."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    def wake(self) -> None:
        """Look now."""
        self._wake.set()

    def waits(self, home: str) -> None:
        """Something of ``home``'s has been put elsewhere: until the next look, it is not drained."""
        self.of(home).waiting = max(1, self.of(home).waiting)

    async def _run(self) -> None:
        while True:
            self._wake.clear()
            for home in tuple(self._volumes.values()):
                try:
                    await self._bring_all(home)
                except PanocamError as fault:
                    self.of(home.id).reason = str(fault)
                    log.warning("back-filling %s: %s", home.id, fault)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(EVERY_S):
                    await self._wake.wait()

    async def _bring_all(self, home: Volume) -> None:
        state = self.of(home.id)
        while True:
            finished = await asyncio.to_thread(self._index.strayed, home.id)
            strayed = [row for row in finished if not self._given_up(row)]
            _, size = await asyncio.to_thread(self._index.straying, home.id)
            state.waiting, state.bytes, state.stuck = len(strayed), size, len(finished) - len(strayed)
            ready = next((row for row in strayed if row.disk in self._volumes and self._volumes[row.disk].state.readable), None)
            if ready is None or not home.usable:
                state.segment, state.progress = "", 0.0
                return
            try:
                await self._bring(ready, self._volumes[ready.disk], home, state)
            except PanocamError as fault:
                if home.usable:
                    key = (ready.recording, ready.number)
                    self._tries[key] = self._tries.get(key, 0) + 1
                raise Unavailable(f"{ready.path} stays on {ready.disk} for now: {fault}") from None
            finally:
                state.segment, state.progress = "", 0.0
            state.moved, state.reason = state.moved + 1, ""

    def _given_up(self, segment: Segment) -> bool:
        return self._tries.get((segment.recording, segment.number), 0) >= TRIES

    async def _bring(self, segment: Segment, source: Volume, home: Volume, state: Homecoming) -> None:
        """One segment. Raises PanocamError; then it is where it was."""
        part = segment.path + PART
        home.arriving.add(part)
        try:
            await self._bring_as(part, segment, source, home, state)
        finally:
            home.arriving.discard(part)

    async def _bring_as(self, part: str, segment: Segment, source: Volume, home: Volume, state: Homecoming) -> None:
        path = segment.path
        state.segment, state.progress = path, 0.0
        await self._make_room(segment, home)
        digest = await self._copy(segment, source, home, part, state)
        if await self._digest(home, part, segment.bytes, lambda share: _progress(state, 0.5 + share / 2)) != digest:
            await home.run(lambda: home.disk.files.remove(part))
            raise RemoteProtocolError("what was read back is not what was written")
        locked = await source.run(lambda: source.disk.is_locked(path))
        await home.run(lambda: home.disk.files.rename(part, path))
        if locked:
            await home.run(lambda: home.disk.set_lock(path, True))
        await asyncio.to_thread(self._index.settle, segment, home.id)
        await source.run(lambda: source.disk.remove(path))
        log.info("%s was brought to %s", path, home.id)

    async def _make_room(self, segment: Segment, home: Volume) -> None:
        """Older recordings go first; what is older than everything there is not worth it."""
        need = segment.bytes + min(16 << 20, home.space.total // 20)

        def fits() -> bool:
            if home.disk.space().free >= need:
                return True
            oldest = self._index.oldest(home.id)
            if oldest and oldest[0].start_ns < segment.start_ns:
                clean(home.disk, self._index, home.keep, self._clock.wall_ns(), need)
            return home.disk.space().free >= need

        if not await home.run(fits):
            raise Unavailable(f"{home.id} has no room for it")

    async def _copy(self, segment: Segment, source: Volume, home: Volume, part: str, state: Homecoming) -> bytes:
        """Piece by piece through both disks' threads; returns the digest of what was read."""
        digest = hashlib.sha256()
        file: BinaryIO = await source.run(lambda: source.disk.files.open(segment.path))
        out: Output | None = None
        done = 0
        try:
            out = target = await home.run(lambda: home.disk.files.create(part, replace=True))
            while data := await source.run(lambda: file.read(PIECE)):
                await self._give_way(home)
                digest.update(data)
                await home.run(lambda data=data: target.append(data))  # type: ignore[misc]
                done += len(data)
                _progress(state, done / max(1, segment.bytes) / 2)
            if done != segment.bytes:
                raise RemoteProtocolError(f"it has {done} bytes, not {segment.bytes}")
            await home.run(target.flush)
        finally:
            await _quietly(source, file.close)
            if out is not None:
                await _quietly(home, out.close)
        return digest.digest()

    async def _digest(self, volume: Volume, path: str, size: int, told: Callable[[float], None]) -> bytes:
        digest, done = hashlib.sha256(), 0
        file: BinaryIO = await volume.run(lambda: volume.disk.files.open(path))
        try:
            while data := await volume.run(lambda: file.read(PIECE)):
                await self._give_way(volume)
                digest.update(data)
                done += len(data)
                told(min(1.0, done / max(1, size)))
        finally:
            await _quietly(volume, file.close)
        return digest.digest()

    async def _give_way(self, volume: Volume) -> None:
        for _ in range(GIVE_WAY_TIMES):
            if not volume.usable or volume.behind_ns < GIVE_WAY_NS:
                return
            await asyncio.sleep(GIVE_WAY_S)


def _progress(state: Homecoming, part: float) -> None:
    state.progress = min(1.0, part)


async def _quietly(volume: Volume, action: Callable[[], None]) -> None:
    with contextlib.suppress(PanocamError):
        await volume.run(action)

"""A share whose line breaks at any single operation, with a card that stands in: nothing is missing, nothing is there twice."""

from __future__ import annotations

import asyncio
import contextlib
import errno
from pathlib import Path
from typing import BinaryIO

import pytest
from storage_kit import SERIAL, START, PushedCamera, coded, settle

from panocam.clock import ManualClock
from panocam.errors import PanocamError
from panocam.media.codec import StreamDescription
from panocam.media.packet import Packet
from panocam.pipeline.request import StreamRequest
from panocam.storage.backfill import Backfill
from panocam.storage.disk import Disk, State
from panocam.storage.files import LocalFiles, Output
from panocam.storage.index import Index
from panocam.storage.library import Library
from panocam.storage.recorder import Order, Recorder
from panocam.storage.retention import Keep
from panocam.storage.route import Route, Ways
from panocam.storage.volume import Volume

SHARE, CARD = "NetworkShare", "SD_DISK"
BATCH = 13
"""Pictures in half a second."""


class TornFiles(LocalFiles):
    """A folder behind a line that breaks in the middle of the operation number ``breaks_at``, until it is ``reachable`` again. Files that
    were open then are lost to whoever writes them."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.breaks_at = self.done = 0
        self.reachable, self.line = True, 0

    def connect(self) -> None:
        if not self.reachable:
            raise OSError(errno.EHOSTUNREACH, "nobody is there")
        super().connect()

    def goes(self, line: int | None = None) -> bool:
        """One operation more; False when the line breaks in it. Raises OSError when it is broken."""
        if not self.reachable or (line is not None and line != self.line):
            raise OSError(errno.ENOTCONN, "there is no connection")
        self.done += 1
        if self.done != self.breaks_at:
            return True
        self.reachable, self.line = False, self.line + 1
        return False

    def once(self, line: int | None = None) -> None:
        if not self.goes(line):
            raise OSError(errno.ECONNRESET, "the line broke")

    def create(self, path: str, replace: bool = False) -> Output:
        self.once()
        return TornOutput(self, super().create(path, replace))

    def rename(self, path: str, to: str) -> None:
        self.once()
        super().rename(path, to)

    def open(self, path: str) -> BinaryIO:
        self.once()
        return super().open(path)


class TornOutput:
    def __init__(self, files: TornFiles, out: Output) -> None:
        self._files, self._out, self._line = files, out, files.line

    def append(self, data: bytes) -> None:
        if not self._files.goes(self._line):
            self._out.append(data[: len(data) // 2])
            raise OSError(errno.ECONNRESET, "the line broke")
        self._out.append(data)

    def patch(self, at: int, data: bytes) -> None:
        self._files.once(self._line)
        self._out.patch(at, data)

    def flush(self) -> None:
        self._files.once(self._line)
        self._out.flush()

    def close(self) -> None:
        self._out.close()


class Torn:
    """A recording on a share that breaks off at an operation, and a card beside it."""

    def __init__(self, root: Path, description: StreamDescription) -> None:
        for name in (SHARE, CARD):
            (root / name).mkdir()
        self.files, self.clock = TornFiles(root / SHARE), ManualClock(wall_ns=START)
        self.index, self.camera = Index(root / "index.sqlite"), PushedCamera(description)
        media = {SHARE: self.files, CARD: LocalFiles(root / CARD)}
        self.volumes = {
            name: Volume(Disk(name, files), self.index, self.clock, Keep(reserve=0), lambda volume: None) for name, files in media.items()
        }
        self.share = self.volumes[SHARE]
        self.backfill = Backfill(self.index, self.volumes, self.clock)
        self.recorder = Recorder(self.camera, self.index, self.volumes, self.clock, SERIAL, str)
        self.recorder.ways = Ways(lambda home: self.volumes[CARD], self.backfill.drained, self._moved)
        for volume in self.volumes.values():
            volume.running = lambda: frozenset(running.id for running in self.recorder.running)

    def _moved(self, route: Route) -> None:
        if route.away:
            self.backfill.waits(route.home.id)

    async def __aenter__(self) -> Torn:
        for volume in self.volumes.values():
            await volume.start()
        self.files.done = 0
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self.recorder.close()
        for volume in self.volumes.values():
            await volume.stop()
        self.index.close()

    async def written(self) -> None:
        for volume in self.volumes.values():
            await volume.run(lambda: None)
        await settle()

    def back(self, identity: str) -> list[bytes]:
        library = Library(self.index, {name: volume.disk for name, volume in self.volumes.items()})
        return [packet.data for packet, _ in library.packets(identity)]

    async def mend(self) -> None:
        """The line is there again, and the share is found."""
        self.files.reachable = True
        if self.share.state is not State.OK:
            await self.share._look_after()
        if self.share.usable:
            with contextlib.suppress(PanocamError):  # the line may break in the middle of it
                await self.backfill._bring_all(self.share)
            await settle()

    async def home(self, identity: str) -> None:
        """As the camera does it all the time: look and bring, until everything is there. That a disk failed may be told a moment later."""
        for _ in range(100):
            await self.mend()
            if {segment.disk for segment in self.index.segments(identity)} == {SHARE}:
                return
            await asyncio.sleep(0.02)

    async def record(self, packets: list[Packet], mends_after: int, lazily: bool) -> str:
        """All of it; ``mends_after`` batches after the line broke it is mended. ``lazily``: the disk writes what came only at the end."""
        identity = await self.recorder.start(Order(StreamRequest(4), SHARE))
        await settle()
        broken = 0
        for begin in range(0, len(packets), BATCH):
            await self.camera.push(packets[begin : begin + BATCH], self.clock)
            if not lazily:
                await self.written()
            if not self.files.reachable:
                broken += 1
                if broken > mends_after:
                    await self.mend()
        await self.recorder.stop(identity)
        return identity


@pytest.mark.feature("GAP-19")
@pytest.mark.parametrize("lazily", [False, True])
@pytest.mark.parametrize("mends_after", [0, 1, 1000])
async def test_a_line_that_breaks_at_any_operation_costs_nothing(tmp_path: Path, mends_after: int, lazily: bool) -> None:
    packets, description = coded(seconds=3)
    wanted = [packet.data for packet in packets]
    number, broke = 0, True
    while broke:
        number += 1
        root = tmp_path / str(number)
        root.mkdir()
        async with Torn(root, description) as it:
            it.files.breaks_at = number
            identity = await it.record(packets, mends_after, lazily)
            broke, it.files.breaks_at = it.files.line > 0, 0
            await it.home(identity)
            back = it.back(identity)
            assert back == wanted, f"broken at operation {number}: {len(back)} of {len(wanted)}"
            assert {segment.disk for segment in it.index.segments(identity)} == {SHARE}
            assert it.index.get(identity).complete
    assert number > 14, "it had operations to break at"

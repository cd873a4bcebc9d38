"""Two disks in folders with a back-filling between them; run as a program, it back-fills and says each of its steps.

``python homes_kit.py FOLDER`` is what a test kills.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from pathlib import Path

from storage_kit import START, PushedCamera, coded, settle

from panocam.clock import ManualClock
from panocam.pipeline.request import StreamRequest
from panocam.storage import backfill
from panocam.storage.backfill import Backfill
from panocam.storage.disk import Disk
from panocam.storage.files import LocalFiles
from panocam.storage.index import Index
from panocam.storage.library import Library
from panocam.storage.recorder import Order, Recorder
from panocam.storage.retention import Keep
from panocam.storage.route import Ways
from panocam.storage.volume import Volume


class Homes:
    """Two disks in folders and an index, opened as after a start of the program."""

    def __init__(self, root: Path) -> None:
        self.index = Index(root / "index.sqlite")
        clock = ManualClock(wall_ns=START)
        self.volumes = {
            name: Volume(Disk(name, LocalFiles(root / name)), self.index, clock, Keep(reserve=0), lambda volume: None)
            for name in ("SD_DISK", "NetworkShare")
        }
        self.backfill = Backfill(self.index, self.volumes, clock)
        self.library = Library(self.index, {name: volume.disk for name, volume in self.volumes.items()})

    async def __aenter__(self) -> Homes:
        for volume in self.volumes.values():
            await volume.start()
        return self

    async def __aexit__(self, *exc: object) -> None:
        for volume in self.volumes.values():
            await volume.stop()
        self.index.close()


async def strayed(root: Path) -> tuple[str, list[bytes]]:
    """A recording of the share that lies on the card: its identity and its pictures."""
    packets, description = coded(seconds=3)
    camera = PushedCamera(description)
    for name in ("SD_DISK", "NetworkShare"):
        (root / name).mkdir()
    async with Homes(root) as homes:
        recorder = Recorder(camera, homes.index, homes.volumes, ManualClock(wall_ns=START), "0242AC110002", str)
        recorder.ways = Ways(spare=lambda home: homes.volumes["SD_DISK"])
        await homes.volumes["NetworkShare"].unmount()
        identity = await recorder.start(Order(StreamRequest(4), "NetworkShare"))
        await settle()
        await camera.push(packets)
        await recorder.close()
    return identity, [packet.data for packet in packets]


def told(volume: Volume) -> None:
    """Say it before each step on a disk."""
    run = volume.run

    async def one(function: Callable[[], object]) -> object:
        print(volume.disk.id, flush=True)
        return await run(function)

    volume.run = one  # type: ignore[method-assign,assignment]


async def bring(root: Path) -> None:
    """All of it, in small pieces."""
    backfill.PIECE = 500
    async with Homes(root) as homes:
        for volume in homes.volumes.values():
            told(volume)
        await homes.backfill._bring_all(homes.volumes["NetworkShare"])
        print("done", flush=True)


if __name__ == "__main__":
    asyncio.run(bring(Path(sys.argv[1])))

"""A card with many recordings, some of them cut, and its index lost; run as a program, it repairs it and says each of its steps.

``python repair_kit.py FOLDER`` is what a test kills.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from storage_kit import FPS, PushedCamera, Store, coded, later, settle

from panocam.media.packet import Packet
from panocam.pipeline.request import StreamRequest
from panocam.storage import recover
from panocam.storage.disk import Disk
from panocam.storage.files import LocalFiles
from panocam.storage.index import Filter, Index
from panocam.storage.library import Library
from panocam.storage.recorder import Order
from panocam.storage.recover import Use, reconcile

ORDER = Order(StreamRequest(4), "SD_DISK")


async def filled(store: Store, camera: PushedCamera, count: int, packets: list[Packet]) -> None:
    """So many recordings of these pictures without a pause; every third of their files is cut as by a power failure."""
    for number in range(count):
        identity = await store.recorder.start(ORDER)
        await settle()
        await camera.push(later(packets, number * len(packets) / FPS, number * len(packets)), store.clock)
        await store.recorder.stop(identity)
        if number % 3 == 0:
            path = store.files.path(store.index.segments(identity)[0].path)
            path.write_bytes(path.read_bytes()[:-700])


async def card(root: Path, count: int, seconds: float = 1.0) -> None:
    """``root`` with such a card and no index."""
    await asyncio.to_thread(root.mkdir)
    packets, description = coded(seconds=seconds)
    async with Store(root, camera := PushedCamera(description)) as store:
        await filled(store, camera, count, packets)
    (root / "index.sqlite").unlink()


def held(index: Index, disk: Disk) -> dict[str, list[bytes]]:
    """The pictures of every recording that is listed."""
    library = Library(index, {disk.id: disk})
    rows, _ = index.find(Filter(limit=10_000))
    return {row.id: [packet.data for packet, _ in library.packets(row.id)] for row in rows}


def repair(root: Path) -> None:
    """In the smallest steps there can be."""
    recover.STEP_BYTES = 1
    disk, index = Disk("SD_DISK", LocalFiles(root / "card")), Index(root / "index.sqlite")
    disk.mount()
    for part in reconcile(disk, index, Use(), thorough=True):
        print(part, flush=True)
    print("done", flush=True)


if __name__ == "__main__":
    repair(Path(sys.argv[1]))

"""A disk that is found full in the middle of a batch: room is made, and a batch that can stand on its own is written after all."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest
from storage_kit import SERIAL, START, PushedCamera, coded, settle

from panocam.clock import ManualClock
from panocam.media.codec import StreamDescription
from panocam.media.packet import Packet
from panocam.pipeline.request import StreamRequest
from panocam.storage.disk import Disk
from panocam.storage.files import LocalFiles, Output, Space
from panocam.storage.index import Index
from panocam.storage.library import Library
from panocam.storage.recorder import Order, Recorder
from panocam.storage.retention import Keep
from panocam.storage.volume import Volume

CARD = "SD_DISK"


class FullFiles(LocalFiles):
    """A folder that is full from the append number ``full_at`` on, until a file is removed."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.full_at = self.done = 0
        self.full = False

    def space(self) -> Space:
        return Space(1 << 30, 0 if self.full else 1 << 29)

    def remove(self, path: str) -> None:
        super().remove(path)
        self.full = False

    def create(self, path: str, replace: bool = False) -> Output:
        out = super().create(path, replace)
        append = out.append

        def limited(data: bytes) -> None:
            self.done += 1
            self.full |= self.done == self.full_at
            if self.full:
                append(data[: len(data) // 2])
                raise OSError(errno.ENOSPC, "no space left")
            append(data)

        out.append = limited  # type: ignore[method-assign]
        return out


async def record(volume: Volume, index: Index, packets: list[Packet], description: StreamDescription) -> tuple[str, int]:
    """All of it: the recording's identity and how many pictures it counts as lost."""
    clock, camera = ManualClock(wall_ns=START), PushedCamera(description)
    recorder = Recorder(camera, index, {CARD: volume}, clock, SERIAL, str)
    identity = await recorder.start(Order(StreamRequest(4), CARD))
    await settle()
    await camera.push(packets, clock)
    await volume.run(lambda: None)
    writer = recorder._running[identity].route.writer
    await recorder.stop(identity)
    await recorder.close()
    return identity, writer.lost


@pytest.mark.feature("GAP-20")
async def test_a_disk_that_is_full_in_the_middle_loses_no_picture_that_it_could_keep(tmp_path: Path) -> None:
    packets, description = coded(seconds=2)
    losses = []
    for number in range(1, 6):
        root = tmp_path / str(number)
        root.mkdir()
        files, index = FullFiles(root), Index(tmp_path / f"{number}.sqlite")
        volume = Volume(Disk(CARD, files), index, ManualClock(wall_ns=START), Keep(reserve=0), lambda volume: None)
        await volume.start()
        old, _ = await record(volume, index, packets, description)
        files.done, files.full_at = 0, number
        new, lost = await record(volume, index, packets, description)
        back = [packet.data for packet, _ in Library(index, {CARD: volume.disk}).packets(new)]
        assert len(back) + lost == len(packets), f"full at append {number}: what is not there is counted"
        assert back == [packet.data for packet in packets if packet.data in back], "in order, once"
        assert not files.full, "the old recording made room"
        assert not index.segments(old)
        losses.append(lost)
        await volume.stop()
        index.close()
    # header, and four batches of which the first and the third begin with a key picture
    assert losses == [0, 0, 12, 0, 12]

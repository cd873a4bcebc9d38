"""Exports as MP4: the pictures as they are in another box, whatever happens while it is made."""

from __future__ import annotations

import errno
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
import pytest
from share_kit import Mounted, until
from storage_kit import FPS, START, PushedCamera, Store, coded, later, settle

from panocam.clock import NS
from panocam.errors import NotFound, Unavailable
from panocam.media import matroska, mp4
from panocam.media.codec import Codec
from panocam.media.config import stored
from panocam.pipeline.request import StreamRequest
from panocam.storage.export import write_matroska, write_mp4
from panocam.storage.jobs import Box, Exports, Stage
from panocam.storage.library import Absence, Library
from panocam.storage.recorder import Order

ORDER = Order(StreamRequest(4), "SD_DISK")
ALL = (None, None)


def library(store: Store) -> Library:
    return Library(store.index, {"SD_DISK": store.disk})


def read(film: Path) -> tuple[list[bytes], list[int], list[bool], dict[str, str]]:
    """Pictures, their milliseconds, which are key pictures, and what the file says of itself, as FFmpeg finds them."""
    with av.open(str(film)) as opened:
        packets = [packet for packet in opened.demux(video=0) if packet.size]
        times = [round(packet.pts * packet.time_base * 1000) for packet in packets]
        return [bytes(packet) for packet in packets], times, [packet.is_keyframe for packet in packets], dict(opened.metadata)


@pytest.mark.parametrize("codec", list(Codec))
async def test_pictures_times_and_keys_are_those_of_the_recording(tmp_path: Path, codec: Codec) -> None:
    packets, description = coded(codec)
    async with Store(tmp_path, camera := PushedCamera(description)) as store:
        identity = await store.recorder.start(ORDER)
        await settle()
        await camera.push(packets)
        await camera.push(more := later(packets, 9, len(packets) + 50))  # a gap of seconds
        await store.recorder.stop(identity)
        film = tmp_path / "all.mp4"
        assert write_mp4(library(store), store.index.get(identity), film, ALL, lambda part: True)
        kept = list(library(store).packets(identity))
    pictures, times, keys, facts = read(film)
    assert pictures == [stored(codec, packet.data) for packet in [*packets, *more]]
    assert times == [(packet.pts_ns - START) // 1_000_000 for packet, _ in kept]
    assert keys == [packet.key for packet in [*packets, *more]]
    assert (facts["title"], facts["creation_time"]) == (identity, "2023-11-14T22:13:20.000000Z")
    made = film.read_bytes()
    assert made.index(b"moov") < made.index(b"mdat"), "browsers seek before all of it is there"


async def test_a_recording_that_runs_is_exported_as_far_as_it_is(tmp_path: Path) -> None:
    packets, description = coded()
    async with Store(tmp_path, camera := PushedCamera(description)) as store:
        identity = await store.recorder.start(ORDER)
        await settle()
        await camera.push(packets)
        await store.volume.run(lambda: None)  # what is queued is written
        film = tmp_path / "so_far.mp4"
        assert write_mp4(library(store), store.index.get(identity), film, ALL, lambda part: True)
        pictures = read(film)[0]
        assert pictures == [stored(Codec.H264, packet.data) for packet in packets][: len(pictures)]
        assert len(pictures) > len(packets) - FPS
        with pytest.raises(NotFound):
            write_mp4(library(store), store.index.get(identity), film, (None, START - NS), lambda part: True)
        assert not film.exists()


async def test_an_index_larger_than_its_room_goes_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    packets, description = coded()
    async with Store(tmp_path, camera := PushedCamera(description)) as store:
        identity = await store.recorder.start(ORDER)
        await settle()
        await camera.push(packets)
        await store.recorder.stop(identity)
        monkeypatch.setattr(mp4, "room", lambda pictures: 100)
        film = tmp_path / "all.mp4"
        assert write_mp4(library(store), store.index.get(identity), film, ALL, lambda part: True)
    made = film.read_bytes()
    assert made.index(b"mdat") < made.index(b"moov")
    assert len(read(film)[0]) == len(packets)


async def test_a_damaged_piece_is_a_gap(tmp_path: Path) -> None:
    packets, description = coded(seconds=4)
    async with Store(tmp_path, camera := PushedCamera(description)) as store:
        identity = await store.recorder.start(ORDER)
        await settle()
        await camera.push(packets)
        await store.recorder.stop(identity)
        (segment,) = store.index.segments(identity)
        path = store.files.path(segment.path)
        with path.open("r+b") as file:
            place = list(matroska.clusters(file, matroska.read_header(file).clusters))[2]
            lost = len(matroska.read_cluster(file, place))
            file.seek(place.body)
            file.write(b"\0" * 8)
        film = tmp_path / "all.mp4"
        assert write_mp4(library(store), store.index.get(identity), film, ALL, lambda part: True)
    assert len(read(film)[0]) == len(packets) - lost


class Pulled(io.FileIO):
    """A file on a disk that is pulled out when so much of it was read."""

    looked = False

    def seek(self, offset: int, whence: int = 0) -> int:
        self.looked |= whence == io.SEEK_END  # the front was read, the pictures come
        return super().seek(offset, whence)

    def readinto(self, buffer: Any) -> int:
        if self.looked and self.tell() > 20_000:
            raise OSError(errno.EIO, "Input/output error")
        return super().readinto(buffer) or 0


@pytest.mark.parametrize("write", [write_matroska, write_mp4])
async def test_a_disk_that_goes_in_the_middle_is_named_and_nothing_half_stays(
    tmp_path: Path, write: Callable[..., bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    packets, description = coded(seconds=20)
    async with Store(tmp_path, camera := PushedCamera(description)) as store:
        identity = await store.recorder.start(ORDER)
        await settle()
        await camera.push(packets)
        await store.recorder.stop(identity)
        film, row = tmp_path / "film", store.index.get(identity)
        with monkeypatch.context() as pulled:
            pulled.setattr(store.files, "open", lambda path: io.BufferedReader(Pulled(store.files.path(path))))
            with pytest.raises(
                Unavailable, match=r"SD_DISK went away at 2023-11-14 22:13:[23]\d UTC of recording .*input/output error"
            ) as told:
                write(library(store), row, film, ALL, lambda part: True)
        assert "nothing of the export was kept" in str(told.value)
        assert not film.exists()
        assert write(library(store), row, film, ALL, lambda part: True), "it is back: the same works again"
        assert film.exists()
        (segment,) = store.index.segments(identity)
        assert library(store).absences(identity, lambda disk: True) == []
        assert library(store).absences(identity, lambda disk: False) == [Absence("SD_DISK", segment.start_ns, segment.stop_ns)]


async def test_a_data_folder_that_is_full_is_not_taken_for_a_disk_that_went(tmp_path: Path) -> None:
    packets, description = coded()
    async with Store(tmp_path, camera := PushedCamera(description)) as store:
        identity = await store.recorder.start(ORDER)
        await settle()
        await camera.push(packets)
        await store.recorder.stop(identity)
        for write in (write_matroska, write_mp4):
            with pytest.raises(Unavailable, match="cannot keep the export"):
                write(library(store), store.index.get(identity), tmp_path / "no" / "folder", ALL, lambda part: True)


async def test_a_zip_that_finds_no_room_says_so_and_nothing_half_stays(tmp_path: Path, mounted: Mounted) -> None:
    packets, description = coded(seconds=20)
    async with Store(tmp_path, camera := PushedCamera(description)) as store:
        identity = await store.recorder.start(ORDER)
        await settle()
        await camera.push(packets)
        await store.recorder.stop(identity)
        size = sum(segment.bytes for segment in store.index.segments(identity))
        folder = mounted(tmp_path / "exports", str(round(size * 1.5)))  # for the film, not for the film and what it is packed into
        exports = Exports(library(store), folder, store.clock, {})
        job = exports.start(identity, Box.ZIP, None, None)
        await until(lambda: job.stage is not Stage.RUNNING)
        assert job.stage is Stage.FAILED
        assert job.reason == "the camera cannot keep the export: no space left on device; free room in its data folder"
        assert list(folder.iterdir()) == []


def test_places_beyond_four_gigabytes_are_told() -> None:
    _, description = coded()
    index = mp4.Index(description, START, "x")
    index.add([matroska.Spot(12, 2, 0, True)], (5 << 30) - 12, START)
    assert b"co64" + bytes(4) + (1).to_bytes(4, "big") + (5 << 30).to_bytes(8, "big") in index.movie()

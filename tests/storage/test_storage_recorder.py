"""Recordings from packets to files and back, in every codec, with what may go wrong on the way."""

from __future__ import annotations

import asyncio
import json
import shutil
import subprocess
import time
from dataclasses import replace
from pathlib import Path

import pytest
from storage_kit import FPS, START, PushedCamera, Store, coded, finished, later, settle

from panocam.clock import NS
from panocam.errors import InvalidValue, NotFound, Unavailable
from panocam.media.codec import Codec
from panocam.media.headers import parameter_sets_of
from panocam.media.signing import Signing
from panocam.pipeline.request import ChannelSpec, StreamRequest
from panocam.storage.disk import Disk, State
from panocam.storage.export import export_matroska, write_matroska, write_mp4
from panocam.storage.files import LocalFiles
from panocam.storage.index import Filter, Index
from panocam.storage.library import Library
from panocam.storage.recorder import Order
from panocam.storage.recording import Began
from panocam.storage.recover import Use, reconcile
from panocam.storage.retention import Keep, clean

ORDER = Order(StreamRequest(4), "SD_DISK")


def library(store: Store) -> Library:
    return Library(store.index, {"SD_DISK": store.disk})


def probe(path: Path) -> dict:
    wanted = "stream=codec_name,width,height,nb_read_frames:format=duration"
    text = subprocess.run(
        ["ffprobe", "-v", "error", "-count_frames", "-show_entries", wanted, "-of", "json", path],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert not text.stderr
    return json.loads(text.stdout)


@pytest.mark.feature("REC-01", "REC-03")
@pytest.mark.parametrize("codec", list(Codec))
async def test_what_was_streamed_comes_back_byte_by_byte(tmp_path: Path, codec: Codec) -> None:
    packets, description = coded(codec)
    camera = PushedCamera(description)
    async with Store(tmp_path, camera) as store:
        identity = await store.recorder.start(ORDER)
        await settle()
        await camera.push(packets)
        await store.recorder.stop(identity)
        back = list(library(store).packets(identity))
        assert [p.data for p, _ in back] == [p.data for p in packets]
        assert [p.key for p, _ in back] == [p.key for p in packets]
        assert all(abs(p.wall_ns - q.wall_ns) < 1_000_000 for (p, _), q in zip(back, packets, strict=True))
        assert back[0][1].codec is codec
        assert back[0][1].parameter_sets == parameter_sets_of(codec, packets[0].data)
        row = store.index.get(identity)
        assert row.complete
        assert row.start_ns == START
        (segment,) = store.index.segments(identity)
        assert segment.bytes == store.files.path(segment.path).stat().st_size
        assert segment.pictures == len(packets)


@pytest.mark.peer("ffprobe")
@pytest.mark.parametrize("codec", list(Codec))
async def test_ffprobe_reads_files_and_exports(tmp_path: Path, codec: Codec) -> None:
    if not shutil.which("ffprobe"):
        pytest.skip("ffprobe is not installed")
    packets, description = coded(codec)
    camera = PushedCamera(description)
    async with Store(tmp_path, camera) as store:
        identity = await store.recorder.start(ORDER)
        await settle()
        await camera.push(packets)
        await store.recorder.stop(identity)
        (segment,) = store.index.segments(identity)
        facts = probe(store.files.path(segment.path))
        name = {"h265": "hevc", "jpeg": "mjpeg"}.get(codec, str(codec))
        assert facts["streams"] == [{"codec_name": name, "width": 64, "height": 48, "nb_read_frames": str(len(packets))}]
        assert float(facts["format"]["duration"]) == pytest.approx(4.0, abs=0.1)
        span = (START + 2 * NS, START + 3 * NS - NS // FPS)
        cut = tmp_path / "cut.mkv"
        cut.write_bytes(b"".join(export_matroska(library(store), identity, *span)))
        assert int(probe(cut)["streams"][0]["nb_read_frames"]) in range(FPS, FPS + 14)
        if codec is not Codec.JPEG:
            film = tmp_path / "cut.mp4"
            steps: list[float] = []
            assert write_mp4(library(store), store.index.get(identity), film, span, lambda part: steps.append(part) or True)
            assert probe(film)["streams"][0]["codec_name"] == name
            made = film.read_bytes()
            assert made.index(b"moov") < made.index(b"mdat"), "browsers seek before all of it is there"
            assert steps == sorted(steps)
            assert not write_mp4(library(store), store.index.get(identity), tmp_path / "no.mp4", span, lambda part: part < 0.6)
            gone = tmp_path / "no.mkv"
            assert not write_matroska(library(store), store.index.get(identity), gone, span, lambda part: gone.unlink() is not None)
            assert not list(tmp_path.glob("no*"))  # noqa: ASYNC240


async def test_the_buffer_lets_a_recording_begin_before_its_start(tmp_path: Path) -> None:
    packets, description = coded(seconds=6)
    camera = PushedCamera(description)
    async with Store(tmp_path, camera) as store:
        store.recorder.buffer(ORDER.request, 2.0)
        await settle()
        await camera.push(packets[:100])
        assert 2.0 <= next(iter(store.recorder.buffered().values())) <= 3.1
        identity = await store.recorder.start(Order(StreamRequest(4), "SD_DISK", pre=2.0))
        await camera.push(packets[100:])
        await store.recorder.stop(identity)
        back = [p.data for p, _ in library(store).packets(identity)]
        assert back == [p.data for p in packets[50:]], "from a key picture two seconds before the start, nothing missing in between"


async def test_the_buffer_is_bounded_in_bytes_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    packets, description = coded(seconds=6)
    size = [sum(len(p.data) for p in packets[first : first + 25]) for first in range(0, 150, 25)]
    bound = 2 * max(size) + 1
    monkeypatch.setattr("panocam.storage.recorder.PRE_BYTES", bound)
    camera = PushedCamera(description)
    async with Store(tmp_path, camera) as store:
        store.recorder.buffer(ORDER.request, 60.0)
        await settle()
        await camera.push(packets)
        identity = await store.recorder.start(Order(StreamRequest(4), "SD_DISK", pre=60.0))
        await store.recorder.stop(identity)
        back = [p.data for p, _ in library(store).packets(identity)]
        assert back == [p.data for p in packets[-len(back) :]]
        assert 25 <= len(back) < 100, "whole groups, the newest ones, though a minute was wished"
        assert sum(map(len, back)) <= bound


class Resigned(PushedCamera):
    """Its streams are signed as ``signing`` says when they are asked for."""

    signing: Signing | None = None

    def plan(self, request: StreamRequest) -> ChannelSpec:
        return replace(super().plan(request), signing=self.signing)


async def test_buffers_and_recordings_follow_what_is_signed(tmp_path: Path) -> None:
    packets, description = coded(seconds=2)
    camera = Resigned(description)
    async with Store(tmp_path, camera) as store:
        store.recorder.buffer(ORDER.request, 2.0)
        identity = await store.recorder.start(ORDER)
        await settle()
        (before,) = camera.hubs
        await camera.push(packets)
        camera.signing = Signing()
        store.recorder.sign_anew()
        store.recorder.buffer(ORDER.request, 2.0)
        await settle()
        after = store.recorder.running[0].spec
        assert (before.signing, after.signing) == (None, Signing())
        assert (camera.hubs[before].subscribers, camera.hubs[after].subscribers) == (0, 1), "nothing keeps the other stream running"
        for packet in later(packets, 10, 0):
            camera.hubs[after].publish(packet)
        await settle()
        await store.recorder.stop(identity)
        assert [(segment.began, segment.pictures) for segment in store.index.segments(identity)] == [(Began.START, 50), (Began.GAP, 50)]


async def test_marks_what_is_missing_and_what_changed(tmp_path: Path) -> None:
    packets, description = coded(seconds=2)
    camera = PushedCamera(description)
    async with Store(tmp_path, camera) as store:
        identity = await store.recorder.start(ORDER)
        await settle()
        await camera.push(packets)
        await camera.push(later(packets, 5, 60))  # numbers 50..59 never came
        await camera.push(later(packets, 8, 110, wall=3700))  # the clock was set
        other, _ = coded(seconds=1, size=(96, 48))
        await camera.push(later(other, 11, 160, wall=3703))
        await store.recorder.stop(identity)
        began = [segment.began for segment in store.index.segments(identity)]
        assert began == [Began.START, Began.GAP, Began.CLOCK, Began.FORMAT]


async def test_long_recordings_are_cut_at_key_pictures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("panocam.storage.writer.SEGMENT_NS", NS)
    packets, description = coded(seconds=4)
    camera = PushedCamera(description)
    async with Store(tmp_path, camera) as store:
        identity = await store.recorder.start(ORDER)
        await settle()
        await camera.push(packets)
        await store.recorder.stop(identity)
        segments = store.index.segments(identity)
        assert [segment.began for segment in segments] == [Began.START] + [Began.LENGTH] * 3
        assert [p.data for p, _ in library(store).packets(identity)] == [p.data for p in packets]


@pytest.mark.parametrize("cut", [1, 7, 100, 333, 600])
async def test_an_index_made_from_cut_files_alone(tmp_path: Path, cut: int) -> None:
    packets, description = coded(seconds=4)
    camera = PushedCamera(description)
    async with Store(tmp_path, camera) as store:
        identity = await store.recorder.start(ORDER)
        await settle()
        await camera.push(packets)
        await store.volume.run(lambda: None)
        (segment,) = store.index.segments(identity)
        path = store.files.path(segment.path)
        data = path.read_bytes()  # as after kill -9: nothing was finished
    path.write_bytes(data[:-cut])
    (tmp_path / "index.sqlite").unlink()
    index = Index(tmp_path / "index.sqlite")
    disk = Disk("SD_DISK", LocalFiles(tmp_path / "card"))
    disk.mount()
    found = finished(reconcile(disk, index, Use()))
    assert (found.segments, found.repaired, found.foreign) == (1, 1, 0)
    row = index.get(identity)
    assert row.complete
    lost = [p for p in packets if p.wall_ns > row.stop_ns + 1_000_000]
    assert 0 < len(lost) <= FPS + 1, "no more than the last second is missing"
    back = [p.data for p, _ in Library(index, {"SD_DISK": disk}).packets(identity)]
    assert back == [p.data for p in packets[: len(back)]]
    again = finished(reconcile(disk, index, Use()))
    assert again.segments == 0, "what was put in order stays so"
    index.close()


async def test_foreign_and_damaged_files_are_left_alone(tmp_path: Path) -> None:
    packets, description = coded(seconds=1)
    camera = PushedCamera(description)
    async with Store(tmp_path, camera) as store:
        identity = await store.recorder.start(ORDER)
        await settle()
        await camera.push(packets)
        await store.recorder.stop(identity)
        folder = store.files.path(store.index.segments(identity)[0].path).parent
        (folder / "holiday.mkv").write_bytes(b"not ours")
        (folder / "empty.mkv").write_bytes(b"")
        (tmp_path / "card" / "notes.txt").write_text("mine")
        found = await store.volume.run(lambda: finished(reconcile(store.disk, store.index, Use())))
        assert found.foreign == 2
        assert (folder / "holiday.mkv").exists()
        finished(store.disk.format())
        assert (tmp_path / "card" / "notes.txt").exists()


async def test_a_card_that_is_pulled_out_and_comes_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("panocam.storage.volume.WATCH_S", 0.02)
    packets, description = coded(seconds=2)
    camera = PushedCamera(description)
    async with Store(tmp_path, camera) as store:
        identity = await store.recorder.start(ORDER)
        await settle()
        await camera.push(packets)
        await store.volume.run(lambda: None)
        (tmp_path / "card").rename(tmp_path / "elsewhere")
        (tmp_path / "card").mkdir()  # the empty mount point that is left
        await until(lambda: store.volume.state is State.FAILED)
        await camera.push(later(packets, 2, 50))
        with pytest.raises(Unavailable):
            await store.recorder.start(ORDER)
        assert not list((tmp_path / "card").iterdir()), "nothing is written where no card is"
        (tmp_path / "card").rmdir()
        (tmp_path / "elsewhere").rename(tmp_path / "card")
        await until(lambda: store.volume.state is State.OK)
        await camera.push(later(packets, 4, 100))
        await store.recorder.stop(identity)
        back = [p for p, _ in library(store).packets(identity)]
        assert store.index.segments(identity)[-1].began is Began.GAP
        assert {p.data for p in packets[:25]} <= {p.data for p in back}


async def until(condition) -> None:

    for _ in range(500):
        if condition():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it did not come to pass within 5 s")


async def test_oldest_first_and_locked_never(tmp_path: Path) -> None:
    packets, description = coded(seconds=1)
    camera = PushedCamera(description)
    async with Store(tmp_path, camera) as store:
        made = []
        for number in range(4):
            store.clock.advance(86_400)
            identity = await store.recorder.start(ORDER)
            await settle()
            await camera.push(later(packets, 86_400 * (number + 1), 25 * number))
            await store.recorder.stop(identity)
            made.append(identity)
        library(store).lock(made[1], True)
        with pytest.raises(InvalidValue, match="locked"):
            library(store).remove(made[1])
        clean(store.disk, store.index, Keep(days=1.5, reserve=0), store.clock.wall_ns())
        left, total = store.index.find(Filter())
        assert {row.id for row in left} == {made[1], made[2], made[3]} - ({made[2]} if total == 2 else set())
        assert made[1] in {row.id for row in left}
        clean(store.disk, store.index, Keep(most=1, reserve=0), store.clock.wall_ns())
        assert [row.id for row in store.index.find(Filter())[0]] == [made[1]]
        library(store).lock(made[1], False)
        library(store).remove(made[1])
        with pytest.raises(NotFound):
            store.index.get(made[1])
        assert sorted(path.name for path in (tmp_path / "card").iterdir()) == [".panocam-storage"]


async def test_an_index_that_cannot_be_written_is_said_in_words(tmp_path: Path) -> None:
    index = Index(tmp_path / "index.sqlite")
    with index._db() as db:
        db.execute("PRAGMA query_only=ON")
    with pytest.raises(Unavailable, match="index of recordings"):
        index.remove("anything")
    index.close()


async def test_errors_name_what_is_wrong(tmp_path: Path) -> None:
    _, description = coded(seconds=1)
    async with Store(tmp_path, PushedCamera(description)) as store:
        with pytest.raises(NotFound, match="SD_DISK"):
            await store.recorder.start(Order(StreamRequest(4), "USB"))
        with pytest.raises(NotFound, match="nothing"):
            await store.recorder.stop("nothing")
        with pytest.raises(InvalidValue, match="segments lie at"):
            store.disk.checked("../../etc/passwd")
        await store.volume.unmount()
        with pytest.raises(Unavailable, match="unmounted"):
            await store.recorder.start(ORDER)


def test_a_million_recordings_list_a_day_at_once(tmp_path: Path) -> None:
    index = Index(tmp_path / "index.sqlite")
    day = 86_400 * NS
    rows = (
        (
            f"{n:08}_000000_0000_0242AC110002",
            "SD_DISK",
            n % 12,
            "h264",
            640,
            480,
            25.0,
            "action",
            "",
            n * day // 2000,
            n * day // 2000 + NS,
            0,
            1,
        )
        for n in range(1_000_000)
    )
    with index._db() as db:
        db.executemany("INSERT INTO recording VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)", rows)
    began = time.perf_counter()
    found, total = index.find(Filter(since_ns=250 * day, until_ns=251 * day))
    spent = time.perf_counter() - began
    assert total == pytest.approx(2001, abs=2)
    assert len(found) == 500
    print(f"a day of a million recordings: {spent * 1000:.1f} ms")
    index.close()

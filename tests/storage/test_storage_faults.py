"""Cards that fill up, turn read-only, are pulled out, hang; and a back-filling that is killed at every step."""

from __future__ import annotations

import asyncio
import subprocess
import threading
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from homes_kit import Homes, strayed
from share_kit import Mounted, until
from storage_kit import PushedCamera, Store, coded, later, settle

from panocam.clock import ManualClock
from panocam.errors import NotFound, Unavailable
from panocam.pipeline.request import StreamRequest
from panocam.pipeline.service import DropPolicy
from panocam.storage.disk import PART, State
from panocam.storage.export import export_matroska
from panocam.storage.files import LocalFiles, Output
from panocam.storage.library import Library
from panocam.storage.recorder import Order
from panocam.storage.recording import Began
from panocam.storage.retention import Keep
from panocam.storage.volume import Volume

ORDER = Order(StreamRequest(4), "SD_DISK")


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("panocam.storage.volume.WATCH_S", 0.03)


def system(*command: object, check: bool = True) -> None:
    subprocess.run([str(word) for word in command], check=check, capture_output=True)


class Viewer:
    """Somebody who watches live, and counts."""

    def __init__(self, camera: PushedCamera) -> None:
        self.seen = 0
        self._camera = camera

    async def __aenter__(self) -> Viewer:
        self._task = asyncio.create_task(self._watch())
        await settle()
        return self

    async def __aexit__(self, *exc: object) -> None:
        self._task.cancel()

    async def _watch(self) -> None:
        async with next(iter(self._camera.hubs.values())).subscribe(DropPolicy.LOSSLESS, 600) as packets:
            async for _ in packets:
                self.seen += 1


class Reel:
    """Pictures without end, given to the camera in portions."""

    def __init__(self, camera: PushedCamera, clock: ManualClock, seconds: float = 2.0) -> None:
        self._packets, self._camera, self._clock, self.count = coded(seconds=seconds)[0], camera, clock, 0

    async def run(self, seconds: float) -> None:
        for _ in range(round(seconds * 25)):
            turn, number = divmod(self.count, len(self._packets))
            await self._camera.push(later(self._packets[number : number + 1], turn * len(self._packets) / 25, self.count), self._clock)
            self.count += 1


def camera_of(seconds: float = 1.0) -> PushedCamera:
    return PushedCamera(coded(seconds=seconds)[1])


@pytest.mark.feature("GAP-20")
async def test_a_full_card_says_so_and_goes_on_when_there_is_room(tmp_path: Path, mounted: Mounted) -> None:
    card = mounted(tmp_path / "card", "1m")
    camera = camera_of()
    async with Store(tmp_path, camera, Keep(reserve=0, remove=False)) as store:
        reel = Reel(camera, store.clock)
        identity = await store.recorder.start(ORDER)
        await settle()
        async with Viewer(camera) as viewer:
            await reel.run(2)
            await store.volume.run(lambda: None)
            (card / "ballast").write_bytes(b"\0" * (store.disk.space().free - 4096))
            await reel.run(4)
            await until(lambda: store.volume.state is State.FULL)
            assert "full" in store.volume.reason
            with pytest.raises(Unavailable, match="full"):
                await store.recorder.start(Order(StreamRequest(5), "SD_DISK"))
            await reel.run(2)
            (card / "ballast").unlink()
            await until(lambda: store.volume.usable)
            await reel.run(2)
            assert viewer.seen == reel.count, "nobody who watches notices"
        await store.recorder.stop(identity)
        assert store.volume.refused > 0
        assert store.index.segments(identity)[-1].began is Began.GAP
        assert (await store.volume.survey()).cut == 1, "what broke off is found"
        await store.volume.repair()
        assert (await store.volume.survey()).well


async def test_a_card_that_turns_read_only_is_told_from_one_that_is_gone(tmp_path: Path, mounted: Mounted) -> None:
    card = mounted(tmp_path / "card", "4m")
    camera = camera_of()
    async with Store(tmp_path, camera) as store:
        reel = Reel(camera, store.clock)
        system("mount", "-o", "remount,ro", card)
        identity = await store.recorder.start(ORDER)
        await settle()
        await reel.run(2)
        await until(lambda: store.volume.state is State.READ_ONLY)
        assert "read" in store.volume.reason
        await asyncio.sleep(0.1)  # the watch has looked again
        assert store.volume.state is State.READ_ONLY
        system("mount", "-o", "remount,rw", card)
        await until(lambda: store.volume.usable)
        await reel.run(2)
        await store.recorder.stop(identity)
        assert store.states == ["OK", "readonly", "OK"]
        assert sum(segment.pictures for segment in store.index.segments(identity)) >= 38


@pytest.mark.feature("SPEC-12", "SPEC-13")
async def test_a_card_that_is_torn_out_while_it_is_written(tmp_path: Path, mounted: Mounted) -> None:
    mounted(tmp_path / "real", "8m")
    (tmp_path / "card").mkdir()
    bind = ["mount", "--bind", tmp_path / "real", tmp_path / "card"]
    system(*bind)
    camera = camera_of()
    try:
        async with Store(tmp_path, camera) as store:
            reel = Reel(camera, store.clock)
            identity = await store.recorder.start(ORDER)
            await settle()
            async with Viewer(camera) as viewer:
                await reel.run(2)
                system("umount", "-l", tmp_path / "card")
                await until(lambda: store.volume.state is State.FAILED)
                assert store.volume.reason == "it is no longer there"
                await reel.run(2)
                assert not list((tmp_path / "card").iterdir())
                system(*bind)
                await until(lambda: store.volume.usable)
                await reel.run(2)
                assert viewer.seen == reel.count
            await store.recorder.stop(identity)
            assert [segment.began for segment in store.index.segments(identity)] == [Began.START, Began.GAP]
            assert all(segment.complete for segment in store.index.segments(identity)), "what was open when it went is whole"
            pictures = [p for p, _ in Library(store.index, {"SD_DISK": store.disk}).packets(identity)]
            assert len(pictures) >= 88
    finally:
        system("umount", "-l", tmp_path / "card", check=False)


class StuckFiles(LocalFiles):
    """A medium that stops answering while ``open`` is not set."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.flows = threading.Event()
        self.flows.set()

    def create(self, path: str, replace: bool = False) -> Output:
        self.flows.wait(60)
        made = super().create(path, replace)
        append = made.append

        def slow(data: bytes) -> None:
            self.flows.wait(60)
            append(data)

        made.append = slow  # type: ignore[method-assign]
        return made


async def test_a_card_that_hangs_holds_up_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("panocam.storage.volume.QUEUE_BYTES", 30_000)
    camera = camera_of()
    async with Store(tmp_path, camera) as store:
        stuck = StuckFiles(tmp_path / "card")
        store.volume.disk.files = stuck
        reel = Reel(camera, store.clock)
        identity = await store.recorder.start(ORDER)
        await settle()
        async with Viewer(camera) as viewer:
            await reel.run(2)
            await store.volume.run(lambda: None)
            stuck.flows.clear()
            await reel.run(20)
            assert viewer.seen == reel.count
            assert store.volume.queued <= 30_000, "what waits is bounded"
            assert store.volume.refused > 0, "and what is too much is counted"
            store.clock.advance(16)
            await until(lambda: store.volume.state is State.FAILED)
            assert "not answered for 15 s" in store.volume.reason
            stuck.flows.set()
            await until(lambda: store.volume.usable)
            await reel.run(2)
            assert viewer.seen == reel.count
            await store.volume.run(lambda: None)
            monkeypatch.setattr("panocam.storage.volume.FLUSH_S", 0.1)
            stuck.flows.clear()
            await reel.run(1)
            await store.recorder.stop(identity)  # comes back all the same
            assert not store.index.get(identity).complete
            stuck.flows.set()
            monkeypatch.undo()
        await store.volume.run(lambda: None)
        assert store.index.get(identity).complete
        began = [segment.began for segment in store.index.segments(identity)]
        assert began[0] is Began.START
        assert Began.GAP in began[1:]


class SlowFiles(LocalFiles):
    """A card that takes 10 kB a second."""

    def create(self, path: str, replace: bool = False) -> Output:
        made = super().create(path, replace)
        append = made.append

        def slowly(data: bytes) -> None:
            time.sleep(len(data) / 10_000)
            append(data)

        made.append = slowly  # type: ignore[method-assign]
        return made


async def test_a_slow_card_loses_pictures_and_says_so_and_nobody_waits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("panocam.storage.volume.QUEUE_BYTES", 10_000)
    camera = camera_of()
    async with Store(tmp_path, camera) as store:
        store.volume.disk.files = SlowFiles(tmp_path / "card")
        reel = Reel(camera, store.clock)
        identity = await store.recorder.start(ORDER)
        await settle()
        async with Viewer(camera) as viewer:
            for _ in range(20):
                await reel.run(2)
                assert store.volume.queued <= 10_000, "what waits is bounded"
            assert viewer.seen == reel.count, "every live picture comes"
        assert store.volume.refused > 0
        await store.volume.run(lambda: None)
        await until(lambda: store.volume.usable)  # by the clock of the test it may have been given up meanwhile
        await reel.run(2)
        await store.recorder.stop(identity)
        await store.volume.run(lambda: None)
        segments = store.index.segments(identity)
        assert Began.GAP in [segment.began for segment in segments]
        back = [p.data for p, _ in Library(store.index, {"SD_DISK": store.disk}).packets(identity)]
        assert len(back) == sum(segment.pictures for segment in segments)
        assert len(back) + store.volume.refused >= reel.count - 50, "what is not there was counted, but for groups without their beginning"


class LyingFiles(LocalFiles):
    """A card that says it is larger than it is: what is written behind ``capacity`` bytes of a file comes back as zeros."""

    capacity = 8_000

    def create(self, path: str, replace: bool = False) -> Output:
        made = super().create(path, replace)
        append, written = made.append, 0

        def forget(data: bytes) -> None:
            nonlocal written
            kept = max(0, min(len(data), self.capacity - written))
            append(data[:kept] + bytes(len(data) - kept))
            written += len(data)

        made.append = forget  # type: ignore[method-assign]
        return made


def played(library: Library, identity: str) -> list[bytes]:
    """What a player gets from the beginning to the end."""
    reader, found = library.reader(identity), list[bytes]()
    reader.seek(0)
    while (piece := reader.forward()) is not None:
        found += [packet.data for packet in piece.pictures]
    reader.close()
    return found


async def test_a_card_that_lies_is_found_out_by_a_check(tmp_path: Path) -> None:
    camera = camera_of()
    async with Store(tmp_path, camera) as store:
        store.volume.disk.files = LyingFiles(tmp_path / "card")
        reel = Reel(camera, store.clock)
        identity = await store.recorder.start(ORDER)
        await settle()
        await reel.run(4)
        await store.recorder.stop(identity)
        library = Library(store.index, {"SD_DISK": store.disk})
        (segment,) = store.index.segments(identity)
        assert segment.pictures == reel.count, "so the card said"
        back = [p.data for p, _ in library.packets(identity)]
        assert 0 < len(back) < reel.count
        assert b"".join(export_matroska(library, identity))
        assert played(library, identity) == back
        found = await store.volume.survey()
        assert (found.cut, found.well) == (1, False)
        await store.volume.repair()
        assert (await store.volume.survey()).well
        (segment,) = store.index.segments(identity)
        assert segment.pictures == len(back)
        assert [p.data for p, _ in library.packets(identity)] == back


class Killed(BaseException):
    """The power went."""


async def killed_at(step: int, homes: Homes) -> bool:
    """Back-fill and kill it at a step of its; True if there was one."""
    count = 0
    source, home = homes.volumes["SD_DISK"], homes.volumes["NetworkShare"]

    def counted(volume: Volume) -> Callable[[Callable[[], object]], Awaitable[object]]:
        run = volume.run

        async def one(function: Callable[[], object]) -> object:
            nonlocal count
            if count == step:
                raise Killed
            count += 1
            return await run(function)

        return one

    for volume in (source, home):
        volume.run = counted(volume)  # type: ignore[method-assign]
    settled = homes.index.settle

    def settle_or_die(*arguments: object) -> None:
        nonlocal count
        if count == step:
            raise Killed
        count += 1
        settled(*arguments)  # type: ignore[arg-type]

    homes.index.settle = settle_or_die  # type: ignore[method-assign]
    try:
        await homes.backfill._bring_all(home)
    except Killed:
        return True
    finally:
        for volume in (source, home):
            del volume.run
        del homes.index.settle
    return False


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # who is killed closes no file
@pytest.mark.feature("GAP-19")
@pytest.mark.parametrize("lost_index", [False, True])
async def test_a_back_filling_that_is_killed_at_any_step_loses_and_doubles_nothing(tmp_path: Path, lost_index: bool) -> None:
    step, killed = 0, True
    while killed:
        root = tmp_path / str(step)
        root.mkdir()
        identity, wanted = await strayed(root)
        async with Homes(root) as homes:
            assert [segment.disk for segment in homes.index.segments(identity)] == ["SD_DISK"]
            killed = await killed_at(step, homes)
        if lost_index:
            (root / "index.sqlite").unlink()
        async with Homes(root) as homes:
            assert [p.data for p, _ in homes.library.packets(identity)] == wanted, f"whole after step {step}"
            await homes.backfill._bring_all(homes.volumes["NetworkShare"])
            (segment,) = homes.index.segments(identity)
            assert segment.disk == "NetworkShare"
            assert [p.data for p, _ in homes.library.packets(identity)] == wanted
        async with Homes(root) as homes:  # what was left over goes when its disk is mounted
            files = [path.relative_to(root).parts[0] for path in root.rglob("*.mkv*")]
            assert files == ["NetworkShare"], f"once and whole after step {step}"
            assert homes.index.get(identity).disk == "NetworkShare"
        step += 1
    assert step > 8, "it had steps to be killed at"


async def test_a_copy_that_reads_back_wrong_does_not_count(tmp_path: Path) -> None:
    identity, wanted = await strayed(tmp_path)
    async with Homes(tmp_path) as homes:
        home = homes.volumes["NetworkShare"]
        open_ = home.disk.files.open

        def lying(path: str):
            if path.endswith(PART):
                target = tmp_path / "NetworkShare" / path
                data = bytearray(target.read_bytes())
                data[len(data) // 2] ^= 1
                target.write_bytes(data)
            return open_(path)

        home.disk.files.open = lying  # type: ignore[method-assign]
        for _ in range(3):
            with pytest.raises(Unavailable, match="not what was written"):
                await homes.backfill._bring_all(home)
        await homes.backfill._bring_all(home)
        assert homes.backfill.of("NetworkShare").stuck == 1, "after some tries it is left where it is"
        assert [p.data for p, _ in homes.library.packets(identity)] == wanted
        assert not list((tmp_path / "NetworkShare").rglob("*.mkv*"))


async def test_a_recording_on_two_disks_is_removed_from_both(tmp_path: Path) -> None:
    identity, _ = await strayed(tmp_path)
    async with Homes(tmp_path) as homes:
        homes.library.remove(identity)
        with pytest.raises(NotFound):
            homes.index.get(identity)
        assert not list((tmp_path / "SD_DISK").rglob("*.mkv"))

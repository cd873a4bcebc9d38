"""A repair of a card with many files goes in steps: recordings are written between them, it can be stopped, and a kill at any moment loses
nothing."""

from __future__ import annotations

import asyncio
import os
import random
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import repair_kit
from homes_kit import Homes, strayed
from kill_kit import killed_while
from repair_kit import ORDER, card, filled, held
from share_kit import until
from storage_kit import FPS, PushedCamera, Store, coded, finished, later, settle

from panocam.errors import InvalidValue, Unavailable
from panocam.media.footage import Note
from panocam.storage import backfill, recover
from panocam.storage.actions import Action, Actions, End
from panocam.storage.disk import Disk, State
from panocam.storage.diskwork import STOPPABLE, work
from panocam.storage.files import LocalFiles
from panocam.storage.index import Filter, Index
from panocam.storage.library import Library
from panocam.storage.recording import Began
from panocam.storage.recover import Use, reconcile

SEED = int(os.environ.get("PANOCAM_SEED", "0")) or random.SystemRandom().randrange(1, 10**6)
MANY = 60
KILLS = 6


class Pushing:
    """Pictures that go on while something else is done, ``first`` counted from those before: one with each step that is told of."""

    def __init__(self, camera: PushedCamera, store: Store, identity: str, first: int = 0) -> None:
        self._first = first
        self._packets = coded(seconds=4)[0]
        self._camera, self._store, self._identity = camera, store, identity
        self.pushed: list[bytes] = []
        self.written: list[int] = []

    def __call__(self, part: float) -> None:
        number = len(self.pushed)
        turn, place = divmod(number, len(self._packets))
        (packet,) = later(self._packets[place : place + 1], self._first / FPS + 4 * turn, self._first + number)
        self._store.clock.advance(1 / 25)
        for hub in self._camera.hubs.values():
            hub.publish(packet)
        self.pushed.append(packet.data)
        self.written.append(sum(segment.pictures for segment in self._store.index.segments(self._identity)))

    def check(self) -> None:
        """Nothing is missing, and it came to the disk while the other work went on."""
        segments = self._store.index.segments(self._identity)
        assert [segment.began for segment in segments] == [Began.START], "no gap"
        library = Library(self._store.index, {"SD_DISK": self._store.disk})
        back = [packet.data for packet, _ in library.packets(self._identity)]
        assert back[-len(self.pushed) :] == self.pushed
        assert len(set(self.written)) > len(self.pushed) / 25, "half a second after the other"
        assert self._store.volume.refused == 0


async def test_recordings_go_on_while_a_card_is_repaired(tmp_path: Path) -> None:
    packets, description = coded(seconds=1)
    async with Store(tmp_path, camera := PushedCamera(description)) as store:
        await filled(store, camera, MANY, packets)
        assert (await store.volume.survey()).cut == MANY // 3
        running = await store.recorder.start(ORDER)
        await settle()
        pushing = Pushing(camera, store, running, MANY * len(packets))
        found = await store.volume.repair(pushing)
        assert (found.files, found.repaired) == (MANY, MANY // 3)
        assert len(pushing.pushed) > 2 * MANY
        await settle()
        await store.recorder.stop(running)
        pushing.check()
        assert (await store.volume.survey()).well
        words = await work(store.volume, "repair")(lambda part: None)
        assert words == f"{MANY + 1} files are listed as they are"


async def test_a_large_file_is_read_in_many_steps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    await card(tmp_path / "one", 1, seconds=12)
    monkeypatch.setattr(recover, "STEP_BYTES", 2000)
    disk, index = Disk("SD_DISK", LocalFiles(tmp_path / "one" / "card")), Index(tmp_path / "index.sqlite")
    disk.mount()
    ((_, size),) = disk.walk()
    told = list(reconcile(disk, index, Use()))
    assert told == sorted(told)
    assert size > 10_000
    assert len(told) > size / 2000 / 3
    assert len(held(index, disk)) == 1
    index.close()


async def test_a_card_is_recorded_on_while_its_index_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    await card(root := tmp_path / "store", MANY)
    monkeypatch.setattr("panocam.storage.volume.LISTING_S", 0.0)
    monkeypatch.setattr(recover, "STEP_BYTES", 1)
    async with Store(root, camera := PushedCamera(coded(seconds=1)[1])) as store:
        assert (store.volume.state, "still being listed" in store.volume.reason) == (State.OK, True)
        running = await store.recorder.start(ORDER)
        await settle()
        pushing = Pushing(camera, store, running)
        steps = 0
        while store.volume.reason:
            pushing(0.0)
            steps += 1
            await store.volume.run(lambda: None)
        assert steps > 50
        await settle()
        await store.recorder.stop(running)
        pushing.check()
        assert store.index.find(Filter())[1] == MANY + 1
        assert (await store.volume.survey()).well


async def test_a_process_killed_while_it_repairs_loses_nothing(tmp_path: Path) -> None:
    chance = random.Random(SEED)
    await card(tmp_path / "card", 20)
    shutil.copytree(tmp_path / "card", tmp_path / "other")
    assert not killed_while(repair_kit.__file__, tmp_path / "other", 10**6)
    async with Store(tmp_path / "other", PushedCamera(coded(seconds=1)[1])) as store:
        wanted = held(store.index, store.disk)
    assert len(wanted) == 20
    assert min(map(len, wanted.values())) >= 10
    killed = [killed_while(repair_kit.__file__, tmp_path / "card", chance.randrange(60)) for _ in range(KILLS)]
    assert any(killed)
    async with Store(tmp_path / "card", PushedCamera(coded(seconds=1)[1])) as store:
        assert held(store.index, store.disk) == wanted, f"PANOCAM_SEED={SEED}"
        assert (await store.volume.survey()).well


async def test_a_repair_that_ends_at_any_step_is_ended_by_the_next_one(tmp_path: Path) -> None:
    await card(tmp_path / "store", 4)
    disk = Disk("SD_DISK", LocalFiles(tmp_path / "store" / "card"))
    disk.mount()
    wanted: dict[str, list[bytes]] = {}
    step, there = 0, True
    while there:
        index = Index(tmp_path / f"{step}.sqlite")
        work = reconcile(disk, index, Use(), thorough=True)
        there = sum(1 for _, _ in zip(range(step), work, strict=False)) == step
        work.close()
        finished(reconcile(disk, index, Use(), thorough=True))
        wanted = wanted or held(index, disk)
        assert held(index, disk) == wanted
        assert len(wanted) == 4
        index.close()
        step += 1
    assert step > 8


async def test_what_is_removed_meanwhile_is_not_listed_again(tmp_path: Path) -> None:
    await card(tmp_path / "store", 3)
    disk, index = Disk("SD_DISK", LocalFiles(tmp_path / "store" / "card")), Index(tmp_path / "index.sqlite")
    disk.mount()
    finished(reconcile(disk, index, Use()))
    library = Library(index, {disk.id: disk})
    for gone in [row.id for row in index.find(Filter())[0]]:
        for _ in reconcile(disk, index, Use(), thorough=True):
            if index.segments(gone):
                library.remove(gone)
        assert not index.segments(gone)
        assert not any(row.id == gone for row in index.find(Filter())[0])
    index.close()


class Raced(Disk):
    """Somebody removes a recording in the moment before it is listed."""

    library: Library | None = None

    def is_locked(self, relative: str) -> bool:
        if self.library is not None:
            self.library.remove(relative.split("/")[2])
        return super().is_locked(relative)


async def test_what_is_removed_in_the_last_moment_is_not_listed_again(tmp_path: Path) -> None:
    await card(tmp_path / "store", 1, seconds=3)
    disk, index = Raced("SD_DISK", LocalFiles(tmp_path / "store" / "card")), Index(tmp_path / "index.sqlite")
    disk.mount()
    finished(reconcile(disk, index, Use()))
    ((path, _),) = disk.walk()
    disk.files.truncate(path, (disk.files.size(path) or 0) - 10)  # so that it is listed anew
    disk.library = Library(index, {disk.id: disk})
    finished(reconcile(disk, index, Use()))
    assert (index.find(Filter())[1], index.paths(disk.id)) == (0, {})
    index.close()


async def test_a_card_that_is_pulled_out_meanwhile_keeps_its_recordings_in_the_list(tmp_path: Path) -> None:
    await card(tmp_path / "store", 3)
    disk, index = Disk("SD_DISK", LocalFiles(tmp_path / "store" / "card")), Index(tmp_path / "index.sqlite")
    disk.mount()
    finished(reconcile(disk, index, Use()))
    steps = reconcile(disk, index, Use(), thorough=True)
    next(steps)
    (tmp_path / "store" / "card").rename(tmp_path / "pulled")
    (tmp_path / "store" / "card").mkdir()
    with pytest.raises(OSError, match="no longer there"):
        finished(reconcile(disk, index, Use()))
    finished(steps)
    assert index.find(Filter())[1] == 3
    index.close()


async def test_a_segment_is_listed_with_all_that_is_known_of_it_or_not_at_all(tmp_path: Path) -> None:
    await card(tmp_path / "store", 1)
    disk, index = Disk("SD_DISK", LocalFiles(tmp_path / "store" / "card")), Index(tmp_path / "index.sqlite")
    disk.mount()
    finished(reconcile(disk, index, Use()))
    (row,), _ = index.find(Filter())
    (segment,) = index.segments(row.id)
    index.remove(row.id)

    def torn() -> Iterator[Note]:
        raise InterruptedError
        yield

    with pytest.raises(InterruptedError):
        index.put_found(row, segment, torn())
    assert (index.find(Filter())[1], index.segments(row.id)) == (0, [])
    index.close()


async def test_a_repair_leaves_what_is_being_brought_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backfill, "PIECE", 500)
    identity, wanted = await strayed(tmp_path)
    async with Homes(tmp_path) as homes:
        home, source = homes.volumes["NetworkShare"], homes.volumes["SD_DISK"]
        bringing = asyncio.create_task(homes.backfill._bring_all(home))
        repairs = 0
        while not bringing.done():
            await home.repair()
            await source.repair()
            repairs += 1
        await bringing
        assert repairs > 3
        assert [packet.data for packet, _ in homes.library.packets(identity)] == wanted
        assert [segment.disk for segment in homes.index.segments(identity)] == ["NetworkShare"]
        assert homes.backfill.of("NetworkShare").moved == 1
        assert not list((tmp_path / "SD_DISK").rglob("*.mkv"))


async def test_a_repair_can_be_stopped_and_done_again(tmp_path: Path) -> None:
    packets, description = coded(seconds=1)
    async with Store(tmp_path, camera := PushedCamera(description)) as store:
        await filled(store, camera, MANY, packets)
        actions = Actions()

        async def begun(name: str) -> Action:
            return await actions.start(name, "SD_DISK", work(store.volume, name), stoppable=name in STOPPABLE)

        repairing = await begun("repair")
        await until(lambda: repairing.progress > 0)
        assert (await actions.cancel(repairing.id)).end is End.CANCELLED
        assert "stopped" in repairing.words
        assert 0 < repairing.progress < 1
        assert (await actions.cancel(repairing.id)).end is End.CANCELLED, "once more does no harm"
        again = await begun("repair")
        await until(lambda: again.end is not End.RUNNING)
        assert (again.end, again.words.partition(" ")[0]) == (End.DONE, str(MANY))
        assert (await store.volume.survey()).well
        assert (await actions.cancel(again.id)).end is End.DONE
        removing = await begun("format")
        with pytest.raises(InvalidValue, match="cannot be stopped half way"):
            await actions.cancel(removing.id)
        await until(lambda: removing.end is not End.RUNNING)
        assert (removing.end, store.index.find(Filter())[1]) == (End.DONE, 0)


async def test_a_repair_ends_when_its_card_is_taken_out_of_use(tmp_path: Path) -> None:
    packets, description = coded(seconds=1)
    async with Store(tmp_path, camera := PushedCamera(description)) as store:
        await filled(store, camera, 12, packets)
        begun = asyncio.Event()
        repairing = asyncio.create_task(store.volume.repair(lambda part: begun.set()))
        await begun.wait()
        await store.volume.unmount()
        with pytest.raises(Unavailable, match="taken out of use"):
            await repairing
        await store.volume.mount()
        assert (await store.volume.repair()).files == 12

"""Recordings on a network share of a real Samba, which stops, fills up, hangs, is slow, breaks off; nothing is lost or doubled."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from samba import PASSWORD, USER, Samba
from share_kit import ORDER, SHARE, Line, Recording, address, samba, until
from storage_kit import PushedCamera, coded, settle

from panocam.clock import NS
from panocam.errors import Unavailable
from panocam.pipeline.service import DropPolicy
from panocam.storage.cut import Cut
from panocam.storage.disk import State
from panocam.storage.export import export_matroska
from panocam.storage.recording import Began
from panocam.storage.retention import Keep
from panocam.storage.sharetest import try_share
from panocam.storage.smb import VERSIONS, SmbFiles

pytestmark = [
    pytest.mark.peer("smbd"),
    pytest.mark.skipif(not (shutil.which("smbd") or Path("/usr/sbin/smbd").exists()), reason="smbd is not installed"),
]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Samba]:
    with samba(tmp_path_factory.mktemp("samba")) as running:
        yield running


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """What waits for seconds looks more often."""
    monkeypatch.setattr("panocam.storage.volume.WATCH_S", 0.05)
    monkeypatch.setattr("panocam.storage.backfill.EVERY_S", 0.05)
    monkeypatch.setattr("panocam.storage.backfill.GIVE_WAY_S", 0.01)


@pytest.fixture(scope="module")
def pictures():
    return coded(seconds=2)


def frames(path: Path) -> int:
    """How many pictures FFmpeg reads; it must find no fault."""
    wanted = ["-count_frames", "-show_entries", "stream=nb_read_frames", "-of", "json"]
    done = subprocess.run(["ffprobe", "-v", "error", *wanted, path], capture_output=True, text=True, check=True)
    assert not done.stderr
    return int(json.loads(done.stdout)["streams"][0]["nb_read_frames"])


def small_free(root: Path) -> int:
    there = os.statvfs(root)
    return there.f_bavail * there.f_bsize


def files(root: Path) -> list[Path]:
    return sorted(root.rglob("*.mkv"))


@pytest.mark.feature("STO-05")
@pytest.mark.parametrize("version", ["auto", *VERSIONS])
async def test_every_version_is_spoken_and_encrypted_where_it_can_be(server: Samba, version: str) -> None:
    facts = await try_share(address(server.port, folder=f"v/{version}", version=version))
    assert facts["version"] == ("3.1.1" if version == "auto" else version)
    assert facts["encrypted"] == ("no" if facts["version"].startswith("2") else "yes")
    assert int(facts["total"]) > int(facts["free"]) > 0


@pytest.mark.feature("STO-02", "STO-07")
@pytest.mark.parametrize(
    ("wrong", "step", "word"),
    [
        ({"host": "nowhere.invalid"}, "name resolution", "nowhere.invalid"),
        ({"port": 1}, "port", "nothing answers"),
        ({"password": "guessed"}, "login", USER),
        ({"user": "nobody"}, "login", "nobody"),
        ({"share": "cellar"}, "share", "cellar"),
        ({"share": "archive", "folder": ""}, "write", "denied"),
    ],
)
async def test_a_test_names_the_step_that_fails(server: Samba, wrong: dict, step: str, word: str) -> None:
    steps: list[str] = []
    with pytest.raises(Unavailable, match=f": {step}: .*{word}") as said:
        await try_share(address(server.port, **wrong), lambda part, name: steps.append(name))
    assert steps[-1] == step
    assert PASSWORD not in str(said.value)
    assert "guessed" not in str(said.value)


async def test_a_share_is_a_medium_like_any_other(server: Samba) -> None:
    share = SmbFiles(address(server.port, folder="medium"))
    share.connect()
    assert share.entries("") == []
    assert share.size("a/b/c.bin") is None
    out = share.create("a/b/c.bin")
    out.append(b"x" * 200_000)
    out.patch(10, b"yy")
    out.append(b"end")
    out.flush()
    with share.open("a/b/c.bin") as file:
        data = file.read()
        assert (len(data), data[9:13], data[-3:]) == (200_003, b"xyyx", b"end")
        assert file.seek(-3, 2) == 200_000
        assert file.read() == b"end"
    out.close()
    with pytest.raises(FileExistsError):
        share.create("a/b/c.bin")
    share.truncate("a/b/c.bin", 5)
    share.rename("a/b/c.bin", "a/b/d.bin")
    assert [(entry.name, entry.bytes, entry.folder) for entry in share.entries("a/b")] == [("d.bin", 5, False)]
    assert [(entry.name, entry.folder) for entry in share.entries("a")] == [("b", True)]
    assert not share.remove_folder("a/b")
    share.remove("a/b/d.bin")
    share.remove("a/b/d.bin")
    assert share.remove_folder("a/b")
    assert share.space().total > share.space().free > 0
    share.disconnect()
    with pytest.raises(OSError, match="no connection"):
        share.entries("")


@pytest.mark.feature("STO-03", "STO-04")
async def test_a_recording_lies_on_the_share_and_is_found_by_its_files(server: Samba, quick: None, tmp_path: Path, pictures) -> None:
    packets, description = pictures
    async with Recording(tmp_path, PushedCamera(description), packets, server.port) as it:
        await it.ready()
        identity = await it.begin()
        await it.push(4)
        await it.storage.recorder.stop(identity)
        assert it.back(identity) == it.wanted
        (file,) = (path for path in files(server.share / "cam") if identity in str(path))
        assert frames(file) == len(it.pushed)
        it.storage.library.lock(identity, True)
    (tmp_path / "data" / "index.sqlite").unlink()
    async with Recording(tmp_path, PushedCamera(description), packets, server.port) as again:
        await until(lambda: again.share.usable)
        assert again.back(identity) == it.wanted
        row = again.storage.index.get(identity)
        assert (row.disk, row.locked, row.complete) == (SHARE, True, True)
        again.storage.library.lock(identity, False)
        again.storage.library.remove(identity)
    assert not any(identity in str(path) for path in server.share.rglob("*"))


def check_what_is_reachable(it: Recording, identity: str) -> None:
    """The first part of the recording lies on a share that is away: no export leaves it out without a word, a player shows the rest."""
    library, parts = it.storage.library, it.storage.index.segments(identity)
    with pytest.raises(Unavailable, match=rf"lies on {SHARE}, which cannot be read now"):
        next(export_matroska(library, identity))
    with pytest.raises(Unavailable, match=SHARE):
        Cut(library, identity)
    with pytest.raises(Unavailable, match=SHARE):
        list(library.packets(identity, None, parts[1].start_ns - NS))
    assert b"".join(export_matroska(library, identity, parts[0].stop_ns + 1))
    back = it.back(identity)
    first = round((parts[1].start_ns - parts[0].start_ns) / NS * 25)
    assert back == it.wanted[first : first + len(back)]
    assert len(back) > 25
    assert library.footage(identity).description.parameter_sets == it.camera.description.parameter_sets
    reader = library.reader(identity)
    reader.seek(parts[0].start_ns)
    piece = reader.forward()
    assert piece is not None
    assert (piece.pictures[0].data, piece.pictures[0].discontinuity) == (back[0], True)
    reader.close()


@pytest.mark.feature("GAP-19")
async def test_a_server_that_stops_is_stood_in_for_and_gets_all_of_it(quick: None, tmp_path: Path, pictures) -> None:
    packets, description = pictures
    with samba(tmp_path) as server:
        async with Recording(tmp_path, PushedCamera(description), packets, server.port) as it:
            await it.ready()
            identity = await it.begin()
            await it.push(2)
            await it.flushed(it.share)
            server.stop()
            await it.push(2)
            await until(lambda: not it.share.usable, "the loss is noticed")
            await it.push(2)
            await it.flushed(it.card)
            assert it.disks(identity) == [SHARE, "SD_DISK"]
            assert it.storage.index.segments(identity)[1].began is Began.MOVED
            assert next(data for name, data in it.facts if name == "failover")["to"] == "SD_DISK"
            check_what_is_reachable(it, identity)
            server.start()
            await it.ready()
            it.check_so_far(identity)
            await it.push(2)
            await it.push(2)
            await it.storage.recorder.stop(identity)
            await until(lambda: set(it.disks(identity)) == {SHARE}, "all of it is brought over")
            assert it.back(identity) == it.wanted
            await until(lambda: not files(tmp_path / "card"))
            row = it.storage.index.get(identity)
            assert (row.disk, row.complete) == (SHARE, True)
            assert [segment.began.seamless for segment in it.storage.index.segments(identity)[1:]] == [True, True]
        stored = files(server.share)
        assert sum(frames(path) for path in stored) >= len(it.pushed)


async def test_a_server_that_hangs_blocks_nothing(quick: None, tmp_path: Path, pictures) -> None:
    packets, description = pictures
    with samba(tmp_path) as server:
        async with Recording(tmp_path, PushedCamera(description), packets, server.port) as it:
            await it.ready()
            identity = await it.begin()
            await it.push(2)
            await it.flushed(it.share)
            server.signal(signal.SIGSTOP)
            seen = 0

            async def watch() -> None:
                nonlocal seen
                async with next(iter(it.camera.hubs.values())).subscribe(DropPolicy.LOSSLESS, 600) as stream:
                    async for _ in stream:
                        seen += 1

            watching = asyncio.create_task(watch())
            for _ in range(10):
                await it.push(2)
                await it.flushed(it.card)  # time passes here as fast as the test runs: the card is given its share of it
            await until(lambda: seen >= 500 - 1, "a live stream gets every picture while the share hangs")
            watching.cancel()
            assert it.disks(identity)[-1] == "SD_DISK", "it is taken for too slow before it is given up"
            for _ in range(16):
                it.clock.advance(1)
                await it.flushed(it.card)
            await until(lambda: not it.share.usable)
            assert any(word in it.share.reason for word in ("answered", "broke", "connection"))
            assert it.card.usable
            server.signal(signal.SIGCONT)
            await it.ready()
            await it.push(2)
            await it.push(2)
            await it.storage.recorder.stop(identity)
            await until(lambda: set(it.disks(identity)) == {SHARE})
            assert it.back(identity) == it.wanted


async def test_a_share_that_is_full_makes_room_or_is_stood_in_for(quick: None, tmp_path: Path, pictures, mounted) -> None:
    packets, description = pictures
    small = mounted(tmp_path / "small", "2m")
    with samba(tmp_path, small) as server:
        async with Recording(tmp_path, PushedCamera(description), packets, server.port) as it:
            it.storage.set_plan(replace(it.plan, shares={SHARE: replace(it.plan.shares[SHARE], keep=replace(it.plan.keep, remove=False))}))
            await it.ready()
            identity = await it.begin()
            await it.push(2)
            await it.flushed(it.share)
            (small / "ballast").write_bytes(b"\0" * (small_free(small) - 4096))
            await it.push(4)
            await until(lambda: State.FULL in it.states(SHARE), "it says that it is full")
            await it.push(2)
            await it.flushed(it.card)
            assert it.disks(identity)[-1] == "SD_DISK"
            (small / "ballast").unlink()
            await it.ready()
            await it.push(4)
            await it.storage.recorder.stop(identity)
            await until(lambda: set(it.disks(identity)) == {SHARE})
            assert it.back(identity) == it.wanted


@pytest.mark.parametrize("rate", [500, 10_000])
async def test_a_slow_share_is_stood_in_for(server: Samba, quick: None, tmp_path: Path, pictures, rate: int) -> None:
    packets, description = pictures
    line = Line(server.port)
    try:
        async with Recording(tmp_path, PushedCamera(description), packets, line.port) as it:
            await it.ready()
            identity = await it.begin()
            await it.push(2)
            await it.flushed(it.share)
            line.rate = rate
            for _ in range(8):
                await it.push(2)
            await it.flushed(it.card)
            assert it.disks(identity)[-1] == "SD_DISK"
            line.rate = 0
            await it.storage.recorder.stop(identity)
            line.break_off()
            await until(lambda: set(it.disks(identity)) == {SHARE})
            assert it.back(identity) == it.wanted
    finally:
        line.close()


@pytest.mark.parametrize("after", [3_000, 20_000, 60_000])
async def test_a_line_that_is_cut_in_the_middle_costs_nothing(server: Samba, quick: None, tmp_path: Path, pictures, after: int) -> None:
    packets, description = pictures
    line = Line(server.port)
    try:
        async with Recording(tmp_path, PushedCamera(description), packets, line.port) as it:
            await it.ready()
            identity = await it.begin()
            await it.push(1)
            line.cut = after
            for _ in range(10):
                await it.push(2)
                await it.flushed(it.card)
            await it.ready()
            await it.push(2)
            await it.storage.recorder.stop(identity)
            await until(lambda: set(it.disks(identity)) == {SHARE})
            assert it.back(identity) == it.wanted
            assert line.cut == 0, "it was cut"
    finally:
        line.close()


async def test_without_a_stand_in_pictures_are_lost_and_counted(quick: None, tmp_path: Path, pictures) -> None:
    packets, description = pictures
    with samba(tmp_path) as server:
        async with Recording(tmp_path, PushedCamera(description), packets, server.port) as it:
            it.storage.set_plan(replace(it.plan, failover=False))
            await it.ready()
            identity = await it.begin()
            await it.push(2)
            await it.flushed(it.share)
            server.stop()
            await it.push(2)
            await until(lambda: not it.share.usable)
            await it.push(2)
            assert it.share.refused > 0
            assert not files(tmp_path / "card")
            server.start()
            await it.ready()
            await it.push(2)
            await it.storage.recorder.stop(identity)
            assert [segment.began for segment in it.storage.index.segments(identity)] == [Began.START, Began.GAP]


async def test_a_protected_card_takes_nothing_and_loses_nothing(quick: None, tmp_path: Path, pictures) -> None:
    packets, description = pictures
    order = replace(ORDER, disk="SD_DISK")
    async with Recording(tmp_path, PushedCamera(description), packets, 1) as it:
        identity = await it.storage.recorder.start(order)
        await settle()
        await it.push(2)
        await it.storage.recorder.stop(identity)
        it.storage.set_plan(replace(it.plan, protected=True, keep=Keep(days=1e-9)))
        it.clock.advance(3600)
        with pytest.raises(Unavailable, match="write-protected"):
            await it.storage.recorder.start(order)
        with pytest.raises(Unavailable, match="write-protected"):
            await it.card.format()
        await it.card.check()
        assert it.back(identity) == it.wanted
        it.storage.set_plan(replace(it.plan, keep=Keep(days=1e-9)))
        await it.card.check()
        assert not files(tmp_path / "card")

"""Whatever happens to the disk or the process, the settings come back whole: the last acknowledged ones, or the attempted ones."""

from __future__ import annotations

import errno
import json
import os
import random
import select
import signal
import textwrap
import threading
from collections.abc import Callable
from pathlib import Path

import copies
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from panocam.access import KeyStore
from panocam.clock import ManualClock
from panocam.errors import Busy, InvalidValue, Unavailable
from panocam.settings import SYSTEM, DataFolder, Store
from panocam.settings.keptfile import KEEP_ASIDE, Damaged, KeptFile


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    return DataFolder(tmp_path / "data")


def opened(folder: DataFolder) -> Store:
    return Store.open(folder, KeyStore.open(folder), clock=ManualClock())


@pytest.fixture
async def written(folder: DataFolder) -> DataFolder:
    """Two transactions old: gop 20 on top, gop 10 in the last good copy."""
    store = opened(folder)
    await store.patch({"stream.gop": 10, "views.0.name": "Hall"})
    await store.patch({"stream.gop": 20})
    return folder


def damage(path: Path, how: Callable[[bytes], bytes]) -> None:
    path.write_bytes(how(path.read_bytes()))


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda data: b"",
    "cut": lambda data: data[: len(data) // 2],
    "zeros": lambda data: b"\0" * len(data),
    "flipped": lambda data: data.replace(b"Hall", b"Hal1"),
    "not json": lambda data: b"\xff\xfe" + data,
    "other json": lambda data: b"[1, 2]",
    "deep": lambda data: b"[" * 100_000,
}


@pytest.mark.parametrize("how", DAMAGES)
async def test_a_damaged_file_gives_the_last_good_one_and_is_kept_aside(
    written: DataFolder, how: str, caplog: pytest.LogCaptureFixture
) -> None:
    main = written.root / "settings.json"
    damage(main, DAMAGES[how])
    broken = main.read_bytes()
    store = opened(written)
    assert (store.snapshot.stream.gop, store.snapshot.views[0].name) == (10, "Hall")
    assert "the last good copy is used; the damaged one is kept as settings.damaged-1700000000.json" in store.report[0]
    assert store.report[0] in caplog.text
    assert (written.root / "settings.damaged-1700000000.json").read_bytes() == broken
    assert opened(written).snapshot.stream.gop == 10  # again, before anything was saved
    await store.patch({"stream.gop": 30})
    again = opened(written)
    assert (again.snapshot.stream.gop, again.report) == (30, ())


async def test_both_damaged_gives_the_defaults_and_says_so(written: DataFolder) -> None:
    for name in ("settings.json", "settings.last-good.json"):
        damage(written.root / name, DAMAGES["cut"])
    store = opened(written)
    assert store.snapshot.stream.gop == 32
    assert "all settings start from their defaults" in store.report[0]
    await store.patch({"stream.gop": 40})
    assert opened(written).snapshot.stream.gop == 40


def test_damaged_files_do_not_pile_up(folder: DataFolder) -> None:
    clock = ManualClock()
    for _ in range(KEEP_ASIDE + 4):
        file = KeptFile(folder.root, "x", 1, clock)
        file.path.write_text("rubbish")
        with pytest.raises(Damaged):
            file.load()
        file.set_aside()
        clock.advance(1)
    assert len(list(folder.root.glob("x.damaged-*"))) == KEEP_ASIDE


@given(data=st.binary(max_size=300))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
def test_any_bytes_are_loaded_or_called_damaged(folder: DataFolder, data: bytes) -> None:
    file = KeptFile(folder.root, "y", 1, ManualClock())
    file.path.write_bytes(data)
    with pytest.raises(Damaged):
        file.load()


async def test_values_that_this_version_does_not_know_are_left_out_one_by_one(folder: DataFolder) -> None:
    file = KeptFile(folder.root, "settings", 1, ManualClock())
    values = {
        "stream.gop": 50,
        "stream.gop2": 1,
        "installation.roll": 4000,
        "source.password": {"sealed": "xyz"},
        "views.3.name": "Q",
        "views": 3,
    }
    file.stage({"values": values}).commit()
    store = opened(folder)
    assert (store.snapshot.stream.gop, store.snapshot.views[3].name, store.snapshot.installation.roll) == (50, "Q", 0)
    assert len(store.report) == 4


@pytest.mark.parametrize("body", [{"values": [1]}, {"values": None}, {}, {"values": {"network.http_port": 8554}}])
async def test_a_well_formed_file_of_nonsense_starts_from_defaults(folder: DataFolder, body: dict[str, object]) -> None:
    KeptFile(folder.root, "settings", 1, ManualClock()).stage(body).commit()
    assert opened(folder).snapshot.network.http_port == 8080


class PowerCut(BaseException):
    """From one system call on, nothing happens any more."""


EDGE = ("fsync", "replace", "link", "unlink", "open")


async def test_the_power_fails_at_every_system_call_of_a_change(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    outcomes: list[int] = []
    for moment in range(40):
        folder = DataFolder(tmp_path / str(moment))
        store = opened(folder)
        await store.patch({"stream.gop": 10})
        await store.patch({"stream.gop": 20})
        calls = 0

        def cut(name: str, moment: int = moment) -> Callable[..., object]:
            real = getattr(os, name)

            def call(*args: object, **kwargs: object) -> object:
                nonlocal calls
                calls += 1
                if calls > moment:
                    raise PowerCut
                return real(*args, **kwargs)

            return call

        with monkeypatch.context() as patch:
            for name in EDGE:
                patch.setattr(os, name, cut(name))
            finished = False
            try:
                await store._transact(lambda now: {"stream.gop": 30}, SYSTEM)
                finished = True
            except PowerCut:
                pass
        again = opened(folder)
        assert again.report == ()
        assert again.snapshot.stream.gop in ((30,) if finished else (20, 30))
        await again.patch({"stream.gop": 99})  # what was left behind is in nobody's way
        assert opened(folder).snapshot.stream.gop == 99
        outcomes.append(again.snapshot.stream.gop)
        if finished:
            assert moment >= 5
            break
    else:
        pytest.fail("the change never finished")


CHILD = textwrap.dedent(
    """
    import asyncio, sys
    from pathlib import Path
    from panocam.access import KeyStore
    from panocam.settings import DataFolder, Store

    async def main():
        folder = DataFolder(Path(sys.argv[1]))
        store = Store.open(folder, KeyStore.open(folder))
        number = store.snapshot.stream.max_bitrate_kbps
        while True:
            number += 1
            await store.patch({"stream.max_bitrate_kbps": number, "views.1.name": f"n{number}"})
            print(number, flush=True)

    asyncio.run(main())
    """
)


def test_a_killed_process_leaves_what_it_last_acknowledged(folder: DataFolder, tmp_path: Path) -> None:
    rng, last = random.Random(7), 8000
    script = tmp_path / "child.py"
    script.write_text(CHILD)
    for _ in range(5):
        told, tell = os.pipe()
        with os.fdopen(told) as out:
            with os.fdopen(tell, "w") as its, (tmp_path / "err").open("w") as err:
                child = copies.start([str(script), str(folder.root)], its, err)
            assert select.select([out], [], [], 30)[0], "the child did not start"
            first = out.readline()
            threading.Event().wait(rng.uniform(0, 0.08))  # the random moment is the test
            child.send_signal(signal.SIGKILL)
            rest = out.read().split("\n")
            child.wait(10)
        acknowledged = int(([first.strip()] + [line for line in rest[:-1] if line])[-1])
        store = opened(folder)
        assert store.report == ()
        assert acknowledged <= store.snapshot.stream.max_bitrate_kbps <= acknowledged + 1
        assert store.snapshot.views[1].name == f"n{store.snapshot.stream.max_bitrate_kbps}"
        assert acknowledged > last
        last = acknowledged


@pytest.mark.parametrize("call", ["fsync", "replace"])
async def test_a_full_disk_is_one_clear_error_and_changes_nothing(written: DataFolder, monkeypatch: pytest.MonkeyPatch, call: str) -> None:
    store, rolls = opened(written), list[int]()
    store.bind(["stream"], lambda old, new: rolls.append(new.stream.gop))
    before = store.snapshot

    def full(*args: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(os, call, full)
        with pytest.raises(Unavailable, match="cannot be saved: No space left on device; free some space"):
            await store.patch({"stream.gop": 77})
    assert store.snapshot is before
    assert rolls in ([], [77, 20])  # whoever had taken the value got the old one back
    assert opened(written).snapshot == before
    await store.patch({"stream.gop": 78})
    assert opened(written).snapshot.stream.gop == 78


def test_the_folder_is_private_and_leads_nowhere_else(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path / "a" / "data")
    assert folder.root.stat().st_mode & 0o777 == 0o700
    assert folder.path("recordings", "x.mkv") == folder.root / "recordings" / "x.mkv"
    (folder.root / "link").symlink_to(tmp_path)
    for parts in (
        ("..",),
        ("a", "..", "b"),
        ("/etc",),
        ("a/b",),
        ("",),
        (".",),
        ("a\0b",),
        ("a\\b",),
        ("c:",),
        ("link", "x"),
        ("x" * 300,),
    ):
        with pytest.raises(InvalidValue, match="file name"):
            folder.path(*parts)


@given(st.lists(st.text(max_size=20), min_size=1, max_size=4))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=100)
def test_no_name_leads_out_of_the_folder(folder: DataFolder, parts: list[str]) -> None:
    try:
        path = folder.path(*parts)
    except InvalidValue:
        return
    assert path.parent == folder.root.joinpath(*parts[:-1])
    assert os.path.normpath(path) == str(path)
    assert path.is_relative_to(folder.root)


def test_a_bad_folder_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Unavailable, match="choose another with --data"):
        DataFolder(tmp_path / "file" / "data")


def test_two_cameras_cannot_share_a_folder(folder: DataFolder) -> None:
    folder.lock()
    folder.lock()
    other = DataFolder(folder.root)
    with pytest.raises(Busy, match="in use by another panocam"):
        other.lock()
    folder.unlock()
    other.lock()
    other.unlock()


async def test_only_differences_are_kept(folder: DataFolder) -> None:
    store = opened(folder)
    await store.patch({"stream.gop": 10, "installation.mount": "wall"})
    await store.patch({"stream.gop": 32})
    body = json.loads((folder.root / "settings.json").read_text())["body"]
    assert body == {"values": {"installation.mount": "wall"}}
    assert (folder.root / "settings.json").stat().st_mode & 0o777 == 0o600

"""The transaction: whole or not at all."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from panocam.access import KeyStore
from panocam.errors import Denied, InvalidValue, Unavailable
from panocam.settings import DataFolder, Role, SettingRejected, Store, SystemActor
from panocam.settings.snapshot import Snapshot
from panocam.settings.store import Changed, StorageFailed


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    return DataFolder(tmp_path / "data")


def opened(folder: DataFolder, **overrides: object) -> Store:
    return Store.open(folder, KeyStore.open(folder), {path.replace("__", "."): value for path, value in overrides.items()})


async def test_a_change_is_seen_at_once_and_after_a_restart(folder: DataFolder) -> None:
    store = opened(folder)
    new = await store.patch({"installation.mount": "wall", "areas.2.pan": "12.5", "stream.resolution": "1920x1440"})
    assert store.snapshot is new
    assert (new.installation.mount, new.areas[2].pan, new.stream.resolution) == ("wall", 12.5, (1920, 1440))
    again = opened(folder)
    assert again.snapshot == new
    assert again.report == ()


async def test_nothing_changes_when_one_value_of_many_is_wrong(folder: DataFolder) -> None:
    store = opened(folder)
    before = store.snapshot
    with pytest.raises(InvalidValue, match=r"installation\.roll=999: should be less than or equal to 180"):
        await store.patch({"installation.mount": "wall", "installation.roll": 999})
    assert store.snapshot is before
    assert opened(folder).snapshot == before


async def test_rules_see_the_whole_candidate(folder: DataFolder) -> None:
    store = opened(folder)
    with pytest.raises(InvalidValue, match=r"is already network\.http_port"):
        await store.patch({"network.rtsp_port": 8080})
    new = await store.patch({"network.rtsp_port": 8080, "network.http_port": 8554})
    assert (new.network.rtsp_port, new.network.http_port) == (8080, 8554)


async def test_a_refusing_part_gets_everything_turned_back(folder: DataFolder) -> None:
    store = opened(folder)
    seen: list[tuple[str, float]] = []

    async def first(old: Snapshot, new: Snapshot) -> None:
        seen.append(("first", new.installation.roll))

    def second(old: Snapshot, new: Snapshot) -> None:
        seen.append(("second", new.installation.roll))
        if new.installation.roll > 90:
            raise Unavailable("the picture cannot be turned that far")

    store.bind(["installation"], first)
    store.bind(["installation", "views"], second)
    before = store.snapshot
    with pytest.raises(SettingRejected, match="cannot be turned that far"):
        await store.patch({"installation.roll": 100})
    assert seen == [("first", 100.0), ("second", 100.0), ("second", 0.0), ("first", 0.0)]
    assert store.snapshot is before
    assert opened(folder).snapshot == before


async def test_only_affected_parts_are_called_and_an_undone_binding_is_silent(folder: DataFolder) -> None:
    store, calls = opened(folder), list[str]()
    store.bind(["views"], lambda old, new: calls.append("views"))
    undo = store.bind(["stream"], lambda old, new: calls.append("stream"))
    await store.patch({"stream.gop": 50})
    undo()
    await store.patch({"stream.gop": 60, "views.1.name": "Hall"})
    assert calls == ["stream", "views"]


async def test_a_restart_setting_waits(folder: DataFolder) -> None:
    store, calls = opened(folder), list[str]()
    store.bind(["network"], lambda old, new: calls.append("network"))
    await store.patch({"network.http_port": 9000})
    assert store.snapshot.network.http_port == 9000
    assert store.running.network.http_port == 8080
    assert store.restart_needed == ("network.http_port",)
    assert calls == []
    assert opened(folder).running.network.http_port == 9000


async def test_overrides_rule_this_run_and_are_never_saved(folder: DataFolder) -> None:
    store = opened(folder, installation__mount="desk", network__http_port=0)
    await store.patch({"installation.mount": "desk", "installation.roll": 5})  # a form sends the whole section
    with pytest.raises(InvalidValue, match="fixed for this run"):
        await store.patch({"installation.mount": "wall"})
    plain = opened(folder)
    assert (plain.snapshot.installation.mount, plain.snapshot.installation.roll) == ("ceiling", 5)
    assert plain.snapshot.network.http_port == 8080


async def test_roles_are_kept(folder: DataFolder) -> None:
    store = opened(folder)
    operator = SystemActor("olga", Role.OPERATOR)
    await store.patch({"stream.gop": 10}, by=operator)
    with pytest.raises(Denied, match="administrator"):
        await store.patch({"stream.gop": 11, "network.http_port": 1}, by=operator)
    assert store.snapshot.stream.gop == 10
    with pytest.raises(InvalidValue, match="command line"):
        await store.patch({"device.serial": "020000000001"})
    assert "access.throttle" not in store.export(Role.OPERATOR)


@pytest.mark.feature("SEC-07")
async def test_secrets_are_sealed_on_disk_and_shown_nowhere(folder: DataFolder, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    store = opened(folder)
    await store.patch({"source.uri": "rtsp://bob:hunter2@cam.example/s"})
    with pytest.raises(InvalidValue) as caught:
        await store.patch({"source.password": "hunter2" * 100})
    with pytest.raises(InvalidValue) as shown:
        await store.patch({"source.uri": "rtsp://bob:hunter2@" + "x" * 2000})
    everything = (
        "".join(path.read_text() for path in folder.root.iterdir() if path.is_file())
        + repr(store.snapshot)
        + str(store.export())
        + str(caught.value)
        + str(shown.value)
        + caplog.text
    )
    assert "hunter2" not in everything
    assert opened(folder).snapshot.source.address() == "rtsp://bob:hunter2@cam.example/s"


async def test_an_account_at_one_source_is_not_shown_to_another(folder: DataFolder) -> None:
    store = opened(folder)
    await store.patch({"source.uri": "rtsp://bob:hunter2@cam.example/s"})
    await store.patch({"source.uri": "rtsp://cam.example/s", "source.fov": 190})
    assert store.snapshot.source.address() == "rtsp://bob:hunter2@cam.example/s"
    await store.patch({"source.uri": "rtsp://elsewhere.example/"})
    assert store.snapshot.source.address() == "rtsp://elsewhere.example/"
    assert store.snapshot.source.password.get_secret_value() == ""


async def test_listeners_hear_what_happened(folder: DataFolder) -> None:
    store, heard = opened(folder), list[Changed | StorageFailed]()
    store.listen(heard.append)
    await store.patch({"stream.gop": 10}, by=SystemActor("olga"))
    await store.patch({"stream.gop": 10})
    assert [(fact.paths, fact.by) for fact in heard if isinstance(fact, Changed)] == [(("stream.gop",), "olga")]


def test_a_serial_is_made_once_and_locally_administered(folder: DataFolder) -> None:
    first, second = opened(folder), opened(folder)
    assert first.snapshot.device.serial == second.snapshot.device.serial
    assert int(first.snapshot.device.serial[:2], 16) & 0b11 == 0b10
    assert opened(folder, device__serial="ac:cc:8e:00:00:01").snapshot.device.serial == "ACCC8E000001"
    assert opened(folder).snapshot.device.serial == first.snapshot.device.serial


async def test_changes_at_the_same_time_all_happen(folder: DataFolder) -> None:
    store = opened(folder)
    await asyncio.gather(*(store.patch({f"views.{n}.name": f"View {n}"}) for n in range(12)))
    assert [view.name for view in opened(folder).snapshot.views] == [f"View {n}" for n in range(12)]


async def test_a_cancelled_caller_leaves_a_whole_transaction(folder: DataFolder) -> None:
    store, applied, done = opened(folder), list[int](), asyncio.Event()
    reached, go_on = asyncio.Event(), asyncio.Event()

    async def apply(old: Snapshot, new: Snapshot) -> None:
        applied.append(new.stream.gop)
        reached.set()
        await go_on.wait()

    store.bind(["stream"], apply)
    store.listen(lambda fact: done.set())
    caller = asyncio.create_task(store.patch({"stream.gop": 7}))
    async with asyncio.timeout(5):
        await reached.wait()
        caller.cancel()
        with pytest.raises(asyncio.CancelledError):
            await caller
        go_on.set()
        await done.wait()
    assert (store.snapshot.stream.gop, opened(folder).snapshot.stream.gop, applied) == (7, 7, [7])


async def test_a_part_with_a_bug_gets_the_old_values_back_and_the_bug_is_seen(folder: DataFolder) -> None:
    store, seen = opened(folder), list[int]()

    def buggy(old: Snapshot, new: Snapshot) -> None:
        seen.append(new.stream.gop)
        if new.stream.gop == 7:
            raise ZeroDivisionError

    store.bind(["stream"], buggy)
    with pytest.raises(ZeroDivisionError):
        await store.patch({"stream.gop": 7})
    assert seen == [7, 32]
    assert store.snapshot.stream.gop == opened(folder).snapshot.stream.gop == 32
    await store.patch({"stream.gop": 8})


def test_a_bad_override_is_one_clear_error(folder: DataFolder) -> None:
    with pytest.raises(InvalidValue, match=r"installation\.mount='roof': should be 'ceiling'"):
        opened(folder, installation__mount="roof")
    with pytest.raises(InvalidValue, match=r"network\.rtsp_port=8080: is already network\.http_port"):
        opened(folder, network__rtsp_port=8080)
    with pytest.raises(ValueError, match="no such section: picture"):
        opened(folder).bind(["picture"], lambda old, new: None)

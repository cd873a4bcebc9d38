"""The bus: order, states for newcomers, bounds, threads."""

from __future__ import annotations

import asyncio
import errno
import os
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panocam.access import KeyStore
from panocam.clock import ManualClock
from panocam.errors import InvalidValue, Unavailable
from panocam.events import TOPICS, Bus, Event, Item, Topic, announce_settings
from panocam.events.topics import AUTHENTICATION_FAILED, SETTINGS_CHANGED, SETTINGS_STORAGE_FAILED, SOURCE_LOST, SYSTEM_READY
from panocam.settings import DataFolder, Store


def lost(bus: Bus, channel: int, value: bool) -> Event | None:
    return bus.emit(SOURCE_LOST, {"channel": channel}, lost=value, reason="cable" if value else "")


async def test_subscribers_hear_what_they_asked_for_in_order() -> None:
    bus, everything, some = Bus(ManualClock()), list[str](), list[str]()
    bus.subscribe(lambda event: everything.append(event.topic.path))
    end = bus.subscribe(lambda event: some.append(event.topic.path), "Device/Status")
    bus.emit(SYSTEM_READY, ready=True)
    bus.emit(AUTHENTICATION_FAILED, peer="192.0.2.1", account="root", protocol="http")
    end()
    bus.emit(SYSTEM_READY, ready=False)
    assert everything == ["Device/Status/SystemReady", "Device/Access/AuthenticationFailed", "Device/Status/SystemReady"]
    assert some == ["Device/Status/SystemReady"]
    assert [event.sequence for event in bus.recent()] == [3, 2, 1]


async def test_newcomers_learn_the_last_state_of_each_instance() -> None:
    bus = Bus(ManualClock())
    lost(bus, 0, True)
    lost(bus, 1, True)
    lost(bus, 0, False)
    assert lost(bus, 1, True) is None  # already known
    bus.emit(AUTHENTICATION_FAILED, peer="192.0.2.1", account="root", protocol="http")  # a pulse is not replayed
    heard: list[tuple[object, bool]] = []
    bus.subscribe(lambda event: heard.append((event.source.get("channel"), event.state)), "Device/VideoSource")
    assert heard == [(1, True), (0, False)]


async def test_an_event_from_within_a_handler_comes_after_the_present_one_and_once() -> None:
    bus, first, second, late = Bus(ManualClock()), list[int](), list[int](), list[int]()

    def answer(event: Event) -> None:
        first.append(event.sequence)
        if event.sequence == 1:
            lost(bus, 7, True)
            bus.subscribe(lambda event: late.append(event.sequence))

    bus.subscribe(answer)
    bus.subscribe(lambda event: second.append(event.sequence))
    bus.emit(SYSTEM_READY, ready=True)
    assert first == second == [1, 2]
    assert late == [1, 2]


async def test_a_failing_handler_does_not_keep_others_from_hearing(caplog: pytest.LogCaptureFixture) -> None:
    bus, heard = Bus(ManualClock()), list[Event]()

    def bad(event: Event) -> None:
        raise RuntimeError("broken")

    bus.subscribe(bad)
    bus.subscribe(heard.append)
    bus.emit(SYSTEM_READY, ready=True)
    assert len(heard) == 1
    assert "a handler of Device/Status/SystemReady failed" in caplog.text


async def test_a_stream_is_bounded_and_counts_what_it_forgot() -> None:
    bus = Bus(ManualClock())
    async with bus.stream("Device/VideoSource", bound=3) as events:
        for channel in range(5):
            lost(bus, channel, True)
        got = [(await anext(events)).source["channel"] for _ in range(3)]
        assert (got, events.dropped) == ([2, 3, 4], 2)
        waiting = asyncio.create_task(anext(events))
        await asyncio.sleep(0)
        lost(bus, 9, True)
        assert (await waiting).source["channel"] == 9
    lost(bus, 10, True)
    assert not events._queue


async def test_threads_publish_through_the_loop() -> None:
    bus, heard, done = Bus(ManualClock()), list[int](), asyncio.Event()

    def hear(event: Event) -> None:
        assert threading.current_thread() is threading.main_thread()
        heard.append(int(event.source["channel"]))
        if len(heard) == 100:
            done.set()

    def speak(base: int) -> None:
        for channel in range(base, base + 50):
            bus.emit_from_thread(SOURCE_LOST, {"channel": channel}, lost=True, reason="")

    bus.subscribe(hear)
    threads = [threading.Thread(target=speak, args=(base,)) for base in (0, 100)]
    for thread in threads:
        thread.start()
    async with asyncio.timeout(5):
        await done.wait()
    for thread in threads:
        thread.join()
    assert sorted(heard) == [*range(50), *range(100, 150)]


def test_a_closed_loop_swallows_late_events() -> None:
    async def make() -> Bus:
        return Bus(ManualClock())

    asyncio.run(make()).emit_from_thread(SYSTEM_READY, ready=True)


@pytest.mark.parametrize(
    "data",
    [{}, {"lost": 1, "reason": ""}, {"lost": True}, {"lost": True, "reason": "", "more": 1}, {"lost": True, "reason": None}],
)
def test_an_event_must_fit_its_topic(data: dict[str, object]) -> None:
    with pytest.raises(InvalidValue, match="Device/VideoSource/Lost"):
        Event(SOURCE_LOST, data, 0, {"channel": 0})  # type: ignore[arg-type]


def test_an_event_cannot_be_changed_afterwards() -> None:
    data: dict[str, bool | int | float | str] = {"ready": True}
    event = Event(SYSTEM_READY, data, 0)
    data["ready"] = False
    assert event.state
    with pytest.raises(TypeError):
        event.data["ready"] = False  # type: ignore[index]


def test_topics_are_well_declared() -> None:
    assert all(path == topic.path and topic.title and not path.startswith("/") for path, topic in TOPICS.items())
    with pytest.raises(ValueError, match="its state, a bool"):
        Topic("A/B", "t", True, (Item("x", int, "X"),))


@given(st.lists(st.tuples(st.integers(0, 3), st.booleans()), max_size=30))
def test_states_are_what_was_said_last(steps: list[tuple[int, bool]]) -> None:
    async def run() -> None:
        bus, model = Bus(ManualClock()), dict[int, bool]()
        for channel, value in steps:
            assert (lost(bus, channel, value) is None) == (model.get(channel) is value)
            model[channel] = value
        assert {int(event.source["channel"]): event.state for event in bus.states()} == model

    asyncio.run(run())


async def test_settings_announce_themselves(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = DataFolder(tmp_path / "data")
    store, bus = Store.open(folder, KeyStore.open(folder)), Bus(ManualClock())
    announce_settings(store, bus)
    await store.patch({"source.uri": "rtsp://a:hunter2@h/", "stream.gop": 9})
    event = bus.recent("Device/Configuration")[0]
    assert event.topic is SETTINGS_CHANGED
    assert event.data == {"paths": "source.uri,source.username,source.password,stream.gop", "by": "system"}

    with monkeypatch.context() as patch:
        patch.setattr("os.fsync", _full_disk)
        with pytest.raises(Unavailable):
            await store.patch({"stream.gop": 10})
    failed = bus.states()[-1]
    assert failed.state
    assert "No space left on device; free some space" in str(failed.data["reason"])
    await store.patch({"stream.gop": 10})
    assert not next(event for event in bus.states() if event.topic is SETTINGS_STORAGE_FAILED).state


def _full_disk(handle: int) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

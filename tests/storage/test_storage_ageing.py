"""Keeping by age while the clock jumps: what time has not really passed removes nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from storage_kit import START, PushedCamera, Store, coded

from panocam.clock import NS, ManualClock
from panocam.pipeline.request import StreamRequest
from panocam.storage.ageing import DAY_NS, LEAP_NS, Ageing, Doubt
from panocam.storage.recorder import Order
from panocam.storage.retention import Keep

DAY, HOUR = 86_400.0, 3600.0


class Told:
    def __init__(self, path: Path, clock: ManualClock) -> None:
        self.heard: list[bool] = []
        self.clock, self.ageing = clock, Ageing(path, clock, lambda doubt: self.heard.append(doubt is not None))

    def after(self, seconds: float, jump: float = 0.0, step: float = HOUR) -> int:
        """``present_ns`` when that time has passed, asked now and then, after a jump."""
        self.clock.jump_wall(jump)
        while seconds > 0:
            self.clock.advance(min(step, seconds))
            seconds -= step
            self.ageing.present_ns()
        return self.ageing.present_ns()


@pytest.fixture
def told(tmp_path: Path) -> Told:
    return Told(tmp_path / "ageing.json", ManualClock(wall_ns=START))


def test_time_passes(told: Told) -> None:
    assert told.after(30 * DAY) == told.clock.wall_ns() == START + 30 * DAY_NS
    assert told.heard == []


def test_a_jump_far_ahead_waits_for_a_day_of_running(told: Told) -> None:
    told.after(2 * DAY)
    assert told.after(HOUR, jump=3650 * DAY) == START + 2 * DAY_NS + round(HOUR * NS)
    assert told.heard == [True]
    doubt = told.ageing.doubt
    assert doubt is not None
    assert round(doubt.ahead_ns / DAY_NS) == 3650
    assert told.after(22 * HOUR) < START + 3 * DAY_NS
    assert told.after(2 * HOUR) == told.clock.wall_ns(), "a day without another jump: it is believed"
    assert told.heard == [True, False]


def test_a_clock_set_right_again_is_believed_at_once(told: Told) -> None:
    told.after(HOUR, jump=400 * DAY)
    assert told.after(HOUR, jump=-400 * DAY) == told.clock.wall_ns() == START + round(2 * HOUR * NS)
    assert told.heard == [True, False]


def test_a_person_says_that_it_is_right(told: Told) -> None:
    told.after(HOUR, jump=400 * DAY)
    told.ageing.believe()
    assert told.ageing.present_ns() == told.clock.wall_ns()
    assert told.ageing.doubt is None
    assert told.heard == [True, False]


def test_another_jump_begins_the_day_anew(told: Told) -> None:
    told.after(23 * HOUR, jump=100 * DAY)
    assert told.after(20 * HOUR, jump=100 * DAY) < START + 2 * DAY_NS


def test_nights_without_power_are_no_jump(tmp_path: Path) -> None:
    clock = ManualClock(wall_ns=START)
    for _ in range(20):
        told = Told(tmp_path / "ageing.json", clock)
        assert told.after(13 * HOUR) == clock.wall_ns()
        assert told.heard == []
        clock.jump_wall(10 * HOUR)


def test_what_is_doubted_stays_so_over_restarts(tmp_path: Path) -> None:
    clock = ManualClock(wall_ns=START)
    Told(tmp_path / "ageing.json", clock).after(20 * HOUR, jump=100 * DAY)
    clock.jump_wall(HOUR)
    again = Told(tmp_path / "ageing.json", clock)
    assert again.after(HOUR) < START + DAY_NS
    assert again.heard == [True]
    assert again.after(4 * HOUR) == clock.wall_ns(), "hours of running add up"


@pytest.mark.parametrize("left", [b"", b"{}", b'{"known_ns": "x"}', b"[1]", b"\xff", b'{"known_ns": null}'])
def test_a_damaged_state_is_begun_anew(tmp_path: Path, left: bytes) -> None:
    (tmp_path / "ageing.json").write_bytes(left)
    clock = ManualClock(wall_ns=START)
    assert Ageing(tmp_path / "ageing.json", clock).present_ns() == START


@settings(deadline=None)
@given(steps=st.lists(st.tuples(st.floats(0, 7200), st.floats(-1e9, 1e9)), max_size=40))
def test_whatever_the_clock_does_no_age_grows_faster_than_time_and_its_leaps(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[float, float]]
) -> None:
    clock = ManualClock(wall_ns=START)
    ageing = Ageing(tmp_path_factory.mktemp("ageing") / "a.json", clock)
    passed = 0.0
    for seconds, jump in steps:
        if passed + seconds > DAY - HOUR:
            break
        clock.advance(seconds)
        clock.jump_wall(jump)
        passed += seconds
        assert ageing.present_ns() <= START + round(2 * passed * NS) + LEAP_NS + len(steps)


async def test_recordings_outlive_a_jump_of_the_clock_and_space_is_made_all_the_same(tmp_path: Path) -> None:
    packets, description = coded(seconds=2)
    async with Store(tmp_path, camera := PushedCamera(description), Keep(days=7, reserve=0)) as store:
        ageing = Ageing(tmp_path / "ageing.json", store.clock)
        store.volume.present_ns = ageing.present_ns
        identity = await store.recorder.start(Order(StreamRequest(4), "SD_DISK"))
        await camera.push(packets)
        await store.recorder.stop(identity)
        store.clock.jump_wall(30 * DAY)
        await store.volume.check()
        assert len(store.index.segments(identity)) == 1
        assert ageing.doubt == Doubt(30 * DAY_NS, DAY_NS)
        store.volume.keep = Keep(days=7, reserve=0, most=1)
        await store.volume.check()
        assert store.index.segments(identity) == []

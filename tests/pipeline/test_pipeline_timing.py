from __future__ import annotations

import itertools
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panocam.clock import NS, ManualClock, SystemClock
from panocam.media.stamps import Stage, Stamps
from panocam.pipeline.pacing import Decimator, Pacer
from panocam.pipeline.slot import LatestSlot
from panocam.pipeline.stats import BUCKETS, Histogram, RateMeter, StageHistograms
from panocam.pipeline.timeline import Timeline
from panocam.pipeline.workers import WorkerPool

MS = NS // 1000


@pytest.mark.parametrize(("source", "wanted"), [(25, 25), (25, 10), (30, 25), (25, 12.5), (50, 3), (10, 25), (29.97, 15)])
def test_decimation_is_even(source: float, wanted: float) -> None:
    decimator = Decimator(wanted)
    kept = [pts for i in range(round(source * 20)) if decimator.take(pts := round(i * NS / source))]
    assert len(kept) / 20 == pytest.approx(min(source, wanted), rel=0.03)
    gaps = [b - a for a, b in itertools.pairwise(kept)]
    assert max(gaps) - min(gaps) <= NS / source + 1


def test_decimation_with_zero_keeps_all_and_survives_gaps() -> None:
    assert all(Decimator(0).take(pts) for pts in (0, 1, 2))
    decimator = Decimator(10)
    assert [decimator.take(ms * MS) for ms in (0, 40, 5000, 5040, 5100)] == [True, False, True, False, True]


@given(st.lists(st.tuples(st.integers(-10 * NS, 10 * NS), st.integers(0, 3 * NS), st.booleans()), max_size=50))
def test_media_time_only_ever_grows(events: list[tuple[int, int, bool]]) -> None:
    timeline, now, last = Timeline(), 1000 * NS, -1
    for pts, step, drawn in events:
        now += step
        placed = timeline.stamp(now) if drawn else timeline.place(pts, now)[0]
        assert placed > last
        last = placed


def test_media_time_keeps_the_sources_spacing_until_the_clocks_part() -> None:
    timeline = Timeline()
    assert timeline.place(7 * NS, 100 * NS) == (100 * NS, True)
    assert timeline.place(7 * NS + 40 * MS, 100 * NS + 55 * MS) == (100 * NS + 40 * MS, False)  # jitter of arrival is not copied
    assert timeline.place(3 * NS, 101 * NS) == (101 * NS, True)  # the source jumped
    timeline.restart()
    assert timeline.place(0, 102 * NS) == (102 * NS, True)


def test_pacer_waits_reports_lateness_and_can_be_closed() -> None:
    clock = ManualClock()
    pacer = Pacer(clock)
    assert pacer.wait(0) == 0
    clock.advance(0.1)
    assert pacer.wait(40 * MS) == 60 * MS
    clock.advance(1)
    assert pacer.wait(80 * MS) == 1020 * MS  # hopelessly late: the schedule starts anew
    assert pacer.wait(80 * MS) == 0
    threading.Timer(0.02, pacer.close).start()
    assert pacer.wait(60 * NS) is None


def test_pacer_does_not_release_early() -> None:
    clock = SystemClock()
    pacer = Pacer(clock)
    started = clock.monotonic_ns()
    pacer.wait(0)
    pacer.wait(30 * MS)
    assert clock.monotonic_ns() - started >= 30 * MS


def test_slot_keeps_the_newest_and_counts_the_rest() -> None:
    slot: LatestSlot[int] = LatestSlot()
    assert slot.put(1)
    assert not slot.put(2)
    assert (slot.take(), slot.take(), slot.dropped) == (2, None, 1)
    assert slot.put(3)


def test_workers_run_in_order_survive_failures_and_end(caplog: pytest.LogCaptureFixture) -> None:
    before = threading.active_count()
    pool = WorkerPool(2)
    first, second, third = pool.pin(), pool.pin(), pool.pin()
    assert first is not second
    assert third in (first, second)
    seen: list[int] = []
    first.submit(lambda: seen.append(1))
    first.submit(lambda: [][0])
    first.submit(lambda: seen.append(2))
    pool.close()
    assert seen == [1, 2]
    assert "a media job failed" in caplog.text
    assert threading.active_count() == before


def test_numbers() -> None:
    stages = StageHistograms()
    stages.add(Stamps().at(Stage.CAPTURE, 0).at(Stage.WARP, 3 * MS).at(Stage.ENCODE, 2003 * MS))
    copy = stages.copy()
    assert {stage: h.counts.index(1) for stage, h in copy.items()} == {Stage.WARP: 2, Stage.ENCODE: len(BUCKETS), None: len(BUCKETS)}
    assert copy[None].sum == pytest.approx(2.003)
    assert Histogram().count == 0
    meter = RateMeter()
    assert meter.fps == 0
    for i in range(100):
        meter.add(i * 40 * MS)
    assert meter.fps == pytest.approx(25)
    assert meter.settled


def test_a_pause_between_two_pictures_is_no_rate() -> None:
    meter = RateMeter()
    for pts in (0, 1100, 1140, 1180):
        assert not meter.settled
        meter.add(pts * MS)
    assert meter.settled
    slow = RateMeter()
    for i in range(10):
        slow.add(i * 500 * MS)
    assert slow.settled
    assert slow.fps == pytest.approx(2)

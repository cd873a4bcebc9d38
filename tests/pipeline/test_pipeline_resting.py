"""What nobody looks at is hardly made: sources that set their own pace rest, and are back at once when somebody comes."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from clips import clip
from scripted import CLOCK, ScriptedSource

from panocam.clock import NS, ManualClock
from panocam.imaging.exposure import Exposure, ExposureMode, ExposureRules, Reach
from panocam.media.frame import RawFrame
from panocam.optics.lens import Circle
from panocam.pipeline.config import LensOptions
from panocam.pipeline.exposure import ExposurePlan
from panocam.pipeline.intake import Intake
from panocam.pipeline.pacing import Pacer
from panocam.pipeline.sources import SourceOptions, open_source, simulated
from panocam.pipeline.sources.base import CanRest
from panocam.pipeline.sources.controls import Capability, Tuning
from panocam.pipeline.supervisor import RestartPolicy, SourceRunner
from panocam.pipeline.timeline import Timeline
from panocam.scene import Lighting

MS = NS // 1000


def test_one_picture_a_second_passes_while_resting() -> None:
    clock = ManualClock()
    pacer = Pacer(clock)
    assert pacer.wait(0) == 0
    pacer.rest(True)
    clock.advance(1)
    assert pacer.wait(40 * MS) == 960 * MS
    assert pacer.slipped_ns == 960 * MS
    clock.advance(0.1)  # the next one would be due
    threading.Timer(0.02, pacer.rest, [False]).start()
    assert pacer.wait(80 * MS) == 60 * MS


def test_a_schedule_that_does_not_slip_tells_what_was_missed() -> None:
    clock = ManualClock()
    pacer = Pacer(clock, slips=False)
    pacer.wait(0)
    clock.advance(2)
    assert pacer.wait(40 * MS) == 1960 * MS
    assert pacer.wait(80 * MS) == 1920 * MS
    assert pacer.slipped_ns == 0


@pytest.mark.parametrize("kind", ["file", "sim"])
def test_a_resting_source_goes_on_in_time(tmp_path: Path, kind: str) -> None:
    """The distance of pictures becomes a second, and the source's own again when somebody comes; time runs on all along."""
    uri = str(clip(tmp_path / "a.mp4", range(0, 2000, 100))) if kind == "file" else "sim:room"
    source = open_source(uri, SourceOptions(fps=10, sensor=(320, 320)))
    assert isinstance(source, CanRest)
    began = CLOCK.monotonic_ns()
    coming: Iterator[RawFrame] = source.frames()
    taken = list(itertools.islice(coming, 3))
    source.rest(True)
    taken += itertools.islice(coming, 2)
    source.rest(False)
    taken += itertools.islice(coming, 3)
    passed = CLOCK.monotonic_ns() - began
    source.close()
    steps = [(b.pts_ns - a.pts_ns) / NS for a, b in itertools.pairwise(taken)]
    assert all(step > 0.89 for step in steps[2:4])
    assert all(step < 0.85 for step in (*steps[:2], *steps[5:]))
    assert taken[-1].pts_ns - taken[0].pts_ns <= passed + NS // 10, "no faster than time itself"


def test_a_resting_world_shows_its_change_of_light_with_the_next_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    """A picture a second would be ten seconds for what is worked out between ten pictures; the whole second in between is used."""
    monkeypatch.setattr(simulated, "DEVELOPING", 0.0)  # one step at a time
    source = simulated.open_simulated("sim:room", SourceOptions(sensor=(320, 320)))
    coming = source.frames()
    before = next(coming).planes.y.copy()
    source.rest(True)
    source._hours = lambda _: Lighting(lamps=1 / 64, day=1 / 64)
    next(coming)
    after = next(coming).planes.y
    source.close()
    assert after.mean() < before.mean() / 3
    assert not source._scene.refine(0), "the soft first picture has become sharp meanwhile"


class Following:
    """Controls of a sensor that is, or is not, on its way to another exposure."""

    reach = Reach(1 / 10_000, 0.1, 30.0)
    exposure = Exposure(0.01)
    settled = True
    taken: frozenset[str] = frozenset()

    def capabilities(self) -> dict[str, Capability]:
        return {}

    def expose(self, wanted: Exposure) -> None: ...

    def tune(self, wanted: Tuning) -> None: ...


class Sleeper(ScriptedSource):
    """Says what it was told."""

    circle = Circle(80, 80, 80)
    controls: Any = None

    def __init__(self, told: list[bool], changed: threading.Condition) -> None:
        super().__init__()
        self._told, self._changed = told, changed

    def rest(self, resting: bool) -> None:
        with self._changed:
            self._told.append(resting)
            self._changed.notify_all()


class Watcher:
    def accept(self, shot: object) -> None: ...


def test_a_source_rests_when_nobody_looks_and_wakes_for_a_viewer_or_a_setting() -> None:
    told: list[bool] = []
    changed = threading.Condition()
    policy = RestartPolicy(notice=0.01, idle=0.05)
    runner = SourceRunner(
        "test:source", lambda: Sleeper(told, changed), Intake(LensOptions(), CLOCK), Timeline(), CLOCK, lambda *_: None, policy
    )
    viewer = Watcher()
    runner.attach(viewer)
    runner.start()

    def until(count: int) -> list[bool]:
        with changed:
            assert changed.wait_for(lambda: len(told) >= count, 10)
            return list(told)

    try:
        threading.Event().wait(0.3)  # six times as long as nobody must have looked
        assert told == []
        runner.detach(viewer)
        assert until(1) == [True]
        runner.rouse()
        assert until(3) == [True, False, True]  # and rests again when nobody came
        runner.attach(viewer)
        assert until(4) == [True, False, True, False]
        assert runner.fps > 10, "what a new channel is opened for is not the rate at rest"
    finally:
        runner.stop()
        assert runner.join(3)


def test_a_source_is_awake_while_its_exposure_follows_the_light() -> None:
    told: list[bool] = []
    changed = threading.Condition()
    sensor = Following()
    intake = Intake(LensOptions(), CLOCK)
    intake.exposure.plan = ExposurePlan(ExposureRules(mode=ExposureMode.HOLD))

    def opened() -> Sleeper:
        source = Sleeper(told, changed)
        source.controls = sensor
        return source

    policy = RestartPolicy(notice=0.01, idle=0.05)
    runner = SourceRunner("test:source", opened, intake, Timeline(), CLOCK, lambda *_: None, policy)
    runner.start()
    try:
        for count, moving in enumerate((False, True, False), 1):
            sensor.settled = not moving
            with changed:
                assert changed.wait_for(lambda count=count: len(told) >= count, 10)
    finally:
        runner.stop()
        assert runner.join(3)
    assert told == [True, False, True]

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from scripted import CLOCK, ScriptedSource, opener

from panocam.errors import Unavailable
from panocam.optics.lens import Circle
from panocam.pipeline.config import LensOptions
from panocam.pipeline.intake import Intake
from panocam.pipeline.shot import Shot
from panocam.pipeline.supervisor import RestartPolicy, SourceRunner, SourceState
from panocam.pipeline.timeline import Timeline

QUICK = RestartPolicy(shortest=0.05, longest=0.2, steady=60, stall=0.2, patience=0.05, notice=0.02)


class Sink:
    """Keeps the shots and lets a test wait for one it describes."""

    def __init__(self) -> None:
        self.shots: list[Shot] = []
        self.events: list[tuple[str, dict[str, object]]] = []
        self._changed = threading.Condition()

    def accept(self, shot: Shot) -> None:
        with self._changed:
            self.shots.append(shot)
            self._changed.notify_all()

    def on_event(self, name: str, data: dict[str, object]) -> None:
        with self._changed:
            self.events.append((name, data))
            self._changed.notify_all()

    def wait(self, condition: Callable[[], object]) -> None:
        with self._changed:
            assert self._changed.wait_for(condition, 10)

    @property
    def pictures(self) -> list[Shot]:
        return [shot for shot in self.shots if shot.notice is None]

    @property
    def words(self) -> list[str]:
        return [" ".join((shot.notice.title, *shot.notice.lines)) for shot in self.shots if shot.notice is not None]


@contextmanager
def running(*lives: Callable[[], ScriptedSource] | Exception, policy: RestartPolicy = QUICK) -> Iterator[tuple[SourceRunner, Sink]]:
    sink = Sink()
    runner = SourceRunner("test:source", opener(*lives), Intake(LensOptions(), CLOCK), Timeline(), CLOCK, sink.on_event, policy)
    runner.attach(sink)
    runner.start()
    try:
        yield runner, sink
    finally:
        runner.stop()
        assert runner.join(3)


def test_pictures_reach_every_sink_until_it_is_detached() -> None:
    with running(ScriptedSource) as (runner, sink):
        other = Sink()
        runner.attach(other)
        sink.wait(lambda: len(sink.shots) >= 20)
        other.wait(lambda: other.shots)
        assert other.shots[-1] in sink.shots
        runner.detach(other)
        seen = len(other.shots) + 1
        target = len(sink.shots) + 5
        sink.wait(lambda: len(sink.shots) >= target)
        assert len(other.shots) <= seen
        status = runner.status()
        assert status.state is SourceState.LIVE
        assert status.size == (160, 160)
        assert 5 < status.fps < 110
        assert not sink.events
        assert sink.shots[0].frame.discontinuity
        assert not any(shot.frame.discontinuity for shot in sink.shots[1:])


@pytest.mark.parametrize(
    ("then", "reason"), [("die", "the cable was pulled"), ("hang", "no picture for"), ("crash", "RuntimeError"), ("end", "source ended")]
)
def test_a_failed_source_shows_why_and_comes_back(then: str, reason: str) -> None:
    with running(lambda: ScriptedSource(5, then), Unavailable("still away"), ScriptedSource) as (runner, sink):
        sink.wait(lambda: any(name == "source-back" for name, _ in sink.events))
        sink.wait(lambda: len(sink.pictures) > 10)
        assert runner.status().restarts == 2
        assert runner.status().reason == ""
    (lost, why), (back, how_long) = sink.events
    assert (lost, back) == ("source-lost", "source-back")
    assert reason in str(why["reason"])
    assert float(str(how_long["outage_s"])) < 5
    assert any(reason in words and "No picture" in words for words in sink.words)
    times = [shot.frame.pts_ns for shot in sink.shots]
    assert all(b > a for a, b in itertools.pairwise(times))


def test_the_waiting_grows_and_is_told() -> None:
    policy = RestartPolicy(shortest=0.05, longest=2, steady=60, stall=5, patience=0.05, notice=0.02)
    with running(Unavailable("away"), policy=policy) as (runner, sink):
        sink.wait(lambda: any("next attempt in" in words for words in sink.words))
        assert runner.status().restarts >= 4
        assert runner.status().state is SourceState.LOST
    assert len(sink.events) == 1


def test_a_slow_start_is_told_too() -> None:
    gate = threading.Event()

    def slow() -> ScriptedSource:
        gate.wait(10)
        return ScriptedSource()

    with running(slow) as (_, sink):
        sink.wait(lambda: sink.words)
        gate.set()
        sink.wait(lambda: sink.pictures)
    assert "Starting" in sink.words[0]
    assert not sink.events


def test_a_change_of_size_refits_the_lens() -> None:
    with running(lambda: ScriptedSource(5), lambda: ScriptedSource(size=(320, 240))) as (runner, sink):
        sink.wait(lambda: sink.pictures and sink.pictures[-1].frame.planes.width == 320)
        assert runner.status().size == (320, 240)
        assert sink.pictures[0].lens.circle == Circle(79.5, 79.5, 80)
        assert sink.pictures[-1].lens.circle == Circle(159.5, 119.5, 120)

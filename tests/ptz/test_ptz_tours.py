"""Tours of presets and recorded ones, with nobody watching and time moved by hand."""

from __future__ import annotations

import itertools
import shutil
from pathlib import Path

import pytest
from ptz_kit import ANNA, FRAME, OTTO, Stage, stops

from panocam.clock import NS, ManualClock
from panocam.errors import Busy, InvalidValue, NotFound, Unavailable
from panocam.events.topics import PTZ_MOVING, PTZ_ON_PRESET, PTZ_TOUR
from panocam.optics.motion import FULL_TURN
from panocam.optics.pose import Pose, wrap
from panocam.ptz.tape import LONGEST_S, Recorder, Tape
from panocam.settings.role import SYSTEM


async def three(stage: Stage) -> None:
    for number, pan in ((2, 30), (3, 90), (4, -60)):
        await stage.preset(number, pan)


@pytest.mark.feature("PTZ-03", "PTZ-04", "PTZ-05", "PTZ-08", "PTZ-10", "PTZ-19")
async def test_a_tour_shows_its_positions_in_order_for_as_long_as_it_says_round_and_round(stage: Stage) -> None:
    await three(stage)
    await stage.tour((2, 2), (4, 1), (3, 3))
    await stage.service.start(1, SYSTEM)
    poses = stage.poses(40)
    shown = stops(poses)
    assert shown[:7] == [30, -60, 90, 30, -60, 90, 30]
    at_90 = [len(list(group)) / 25 for same, group in itertools.groupby(poses, lambda pose: round(pose.pan, 4) == 90) if same]
    assert at_90[0] == pytest.approx(3, abs=0.1)


@pytest.mark.feature("PTZ-09")
async def test_the_move_speed_is_kept_and_pictures_move_smoothly(stage: Stage) -> None:
    await three(stage)
    for speed in (10, 100):
        await stage.tour((2, 1), (4, 1), speed=speed)
        await stage.service.start(1, SYSTEM)
        poses = stage.poses(20)
        steps = [abs(wrap(b.pan - a.pan)) for a, b in itertools.pairwise(poses)]
        fastest = FULL_TURN * speed / 100 * 0.04
        assert max(steps) == pytest.approx(fastest, rel=0.01)
        changes = [abs(b - a) for a, b in itertools.pairwise(steps)]
        assert max(changes) <= 375 * 0.04 * 0.04 + 1e-6
        await stage.service.stop(1, SYSTEM)


@pytest.mark.feature("PTZ-07")
async def test_random_order_shows_each_position_once_a_round(stage: Stage) -> None:
    await three(stage)
    await stage.tour((2, 1), (3, 1), (4, 1), shuffled=True)
    await stage.service.start(1, SYSTEM)
    shown = stops(stage.poses(80), 10)
    rounds = [tuple(shown[i : i + 3]) for i in range(0, 12, 3)]
    assert all(sorted(each) == [-60, 30, 90] for each in rounds[:1])
    assert len(set(rounds)) > 1


@pytest.mark.feature("PTZ-06")
async def test_a_pause_lies_between_two_rounds(stage: Stage) -> None:
    await three(stage)
    await stage.tour((2, 1), (3, 1), pause=60)
    await stage.service.start(1, SYSTEM)
    stage.poses(10)
    assert stage.service.state(stage.service.library.tour(1)) == "waiting"
    assert set(stage.poses(50)) == {stage.heads[4].pose}
    assert stops(stage.poses(15))[1:2] == [30]


async def test_a_tour_may_be_made_once_also_when_its_last_position_is_gone(stage: Stage) -> None:
    await three(stage)
    await stage.tour((2, 1), (3, 1), (4, 1), pause=60)
    for last in (-60, 90):
        await stage.service.start(1, SYSTEM, once=True)
        stage.poses(2)
        if last == 90:
            await stage.service.library.remove(1, 4, SYSTEM)
        assert stops(stage.poses(20))[-1] == last
        await stage.settle()
        assert not stage.service.library.tour(1).running
    await stage.service.start(1, SYSTEM)
    stage.poses(20)
    assert stage.service.library.tour(1).running


async def test_a_tour_of_one_round_ends_with_it_also_after_a_power_cut(stage: Stage, tmp_path: Path) -> None:
    await three(stage)
    await stage.tour((2, 1), (3, 1), (4, 1), pause=60)
    await stage.service.start(1, SYSTEM, once=True)
    stage.poses(2)
    shutil.copytree(tmp_path / "data", tmp_path / "after")
    again = Stage(tmp_path / "after", ManualClock(monotonic_ns=1))
    assert again.service.library.tour(1).running
    again.poses(30)
    await again.settle()
    assert not again.service.library.tour(1).running
    await stage.service.start(1, SYSTEM)  # one that runs once goes on for ever from here
    stage.poses(30)
    await stage.settle()
    assert stage.service.library.tour(1).running


async def test_deleted_positions_are_skipped_and_a_tour_without_any_stops(stage: Stage) -> None:
    await three(stage)
    await stage.tour((2, 1), (3, 1), (4, 1))
    await stage.service.start(1, SYSTEM)
    await stage.service.library.remove(1, 3, SYSTEM)
    assert 90 not in stops(stage.poses(20))
    with stage.events("PTZController/Tour") as events:
        await stage.service.library.remove_all([1], SYSTEM)
        stage.poses(10)
        await stage.settle()
    assert [(event.data["running"], event.data["state"]) for event in events] == [(False, "stopped")]
    assert not stage.service.library.tour(1).running
    with pytest.raises(InvalidValue, match="none of its preset positions is there"):
        await stage.service.start(1, SYSTEM)
    assert stage.service.state(stage.service.library.tour(1)) == "stopped"


@pytest.mark.feature("PTZ-19")
async def test_a_running_tour_runs_again_after_a_power_cut(stage: Stage, tmp_path: Path) -> None:
    await three(stage)
    await stage.tour((2, 1), (3, 1))
    await stage.service.start(1, SYSTEM)
    stage.poses(3)
    shutil.copytree(tmp_path / "data", tmp_path / "after")  # whatever is on the disk at this moment
    again = Stage(tmp_path / "after", ManualClock(monotonic_ns=5 * NS))
    assert stops(again.poses(20))[:4] == [30, 90, 30, 90]


async def test_a_persons_move_pauses_the_tour_and_it_goes_on_after_the_time_of_the_settings(stage: Stage) -> None:
    await three(stage)
    await stage.tour((2, 5), (3, 5))
    await stage.store.patch({"ptz.resume_after": 20})
    await stage.service.start(1, SYSTEM)
    stage.poses(4)
    stage.service.go(4, OTTO, Pose(150, -50, 60))
    assert stage.service.state(stage.service.library.tour(1)) == "paused"
    assert set(stage.poses(15)) == {Pose(150, -50, 60)}
    stage.service.go(4, OTTO, Pose(151, -50, 60))
    assert set(stage.poses(19)) == {Pose(151, -50, 60)}
    assert stops(stage.poses(20))[1:3] == [30, 90]
    await stage.store.patch({"ptz.resume_after": 0})
    stage.service.go(4, OTTO, Pose(150, -50, 60))
    assert set(stage.poses(100)) == {Pose(150, -50, 60)}
    stage.service.resume(1)
    assert stops(stage.poses(20))


async def test_a_limit_set_on_the_way_does_not_make_an_arrival(stage: Stage) -> None:
    await three(stage)
    await stage.tour((2, 1), (4, 1), speed=20)
    await stage.service.start(1, SYSTEM)
    stage.poses(1.2)
    with stage.events("PTZController/PresetReached") as events:
        await stage.service.library.set_limits(1, {"left": -100.0, "right": 100.0}, SYSTEM)
        pans = [pose.pan for pose in stage.poses(3)]
    assert pans[0] < 29
    assert [(event.data["on_preset"], event.data["name"]) for event in events][:1] == [(True, "P2")]
    assert 30 in [round(pan, 3) for pan in pans]


async def test_starting_one_tour_ends_the_other_of_the_area(stage: Stage) -> None:
    await three(stage)
    await stage.tour((2, 1), number=1)
    await stage.tour((3, 1), number=2)
    await stage.service.start(1, SYSTEM)
    await stage.service.start(2, SYSTEM)
    assert [tour.running for tour in stage.service.library.tours()] == [False, True]
    assert stops(stage.poses(6)) == [90]
    await stage.service.stop(2, SYSTEM)
    assert stage.service.areas[4].playing is None
    with pytest.raises(InvalidValue, match="does not run"):
        stage.service.pause(2)
    with pytest.raises(NotFound, match="there is no tour 9"):
        await stage.service.start(9, SYSTEM)


async def test_events_tell_of_moves_positions_and_tours(stage: Stage) -> None:
    await three(stage)
    await stage.tour((2, 2), (3, 2))
    with stage.events() as events:
        await stage.service.start(1, SYSTEM)
        stage.poses(5)
        await stage.service.stop(1, SYSTEM)
        stage.poses(3)
    assert [e.data["running"] for e in events if e.topic is PTZ_TOUR] == [True, False]
    presets = [(e.data["number"], e.state) for e in events if e.topic is PTZ_ON_PRESET]
    assert presets[:3] == [(2, True), (2, False), (3, True)]  # what was reached is what is left
    assert [e.data["moving"] for e in events if e.topic is PTZ_MOVING][:4] == [True, False, True, False]
    assert {e.source["area"] for e in events} == {1}


@pytest.mark.feature("PTZ-13", "PTZ-14", "PTZ-15", "PTZ-16", "PTZ-17")
async def test_a_recorded_movement_is_repeated(stage: Stage, tmp_path: Path) -> None:
    number = await stage.service.record(4, SYSTEM, "Rounds")
    with pytest.raises(Busy, match="recorded already"):
        await stage.service.record(4, SYSTEM)
    taught = stage.poses(1)
    stage.service.drive(4, ANNA, (40, 0, 0))
    taught += stage.poses(2)
    stage.service.drive(4, ANNA, (0, -30, 20))
    taught += stage.poses(1)
    stage.service.drive(4, ANNA, (0, 0, 0))
    taught += stage.poses(2)
    tour = await stage.service.keep_recording(number, SYSTEM)
    assert (tour.name, tour.kind, tour.pause) == ("Rounds", "recorded", 60)
    assert stage.service.tapes.load(number).seconds == pytest.approx(6, abs=0.05)
    stage.service.go(4, ANNA, Pose(-120, -20, 90))
    await stage.service.start(number, SYSTEM)
    played = stage.poses(12)
    begin = next(i for i in range(len(played) - 30) if played[i : i + 25] == [taught[0]] * 25)
    shown = played[begin : begin + len(taught)]
    late = max(abs(wrap(a.pan - b.pan)) for a, b in zip(shown[30:], taught[30:], strict=False))
    assert late < 6  # a picture or two apart at 60 degrees a second
    assert abs(shown[-1].pan - taught[-1].pan) < 0.01
    assert stage.service.state(tour.model_copy(update={"running": True})) == "waiting"
    shutil.copytree(tmp_path / "data", tmp_path / "after")
    again = Stage(tmp_path / "after", ManualClock(monotonic_ns=1))
    replayed = again.poses(12)
    assert max(abs(pose.pan) for pose in replayed) == pytest.approx(max(abs(pose.pan) for pose in taught), abs=0.1)
    await stage.service.remove_tour(number, SYSTEM)
    with pytest.raises(Unavailable, match="record it again"):
        stage.service.tapes.load(number)


async def test_a_recorded_tour_goes_on_where_it_was_interrupted_and_may_play_once(stage: Stage) -> None:
    number = await stage.service.record(4, SYSTEM)
    stage.service.drive(4, ANNA, (20, 0, 0))
    taught = stage.poses(4)
    await stage.service.keep_recording(number, SYSTEM)
    stage.service.drive(4, ANNA, (0, 0, 0))
    await stage.service.start(number, SYSTEM, once=True)
    stage.poses(3)
    before = stage.heads[4].pose
    stage.service.pause(number)
    stage.service.take(4, OTTO).set_pose(Pose(-90, -30))
    stage.poses(2)
    stage.service.resume(number)
    on = stage.poses(5)
    nearest = min(abs(wrap(pose.pan - before.pan)) for pose in on)
    assert nearest < 4
    stage.poses(10)
    await stage.settle()
    assert not stage.service.library.tour(number).running
    assert abs(wrap(stage.heads[4].pose.pan - taught[-1].pan)) < 2


async def test_recordings_end_by_themselves_and_damaged_ones_are_told(stage: Stage, tmp_path: Path) -> None:
    number = await stage.service.record(4, SYSTEM)
    stage.tick()
    stage.clock.advance(LONGEST_S)
    stage.tick()
    await stage.settle()
    assert stage.service.tapes.load(number).seconds == pytest.approx(LONGEST_S)
    path = tmp_path / "data" / "tours" / f"{number}.tour"
    assert path.stat().st_size < 100  # it stood still
    path.write_bytes(path.read_bytes()[:-3] + b"abc")
    with pytest.raises(Unavailable, match="damaged"):
        await stage.service.start(number, SYSTEM)
    with pytest.raises(InvalidValue, match="1 to 31 letters"):
        await stage.service.record(4, SYSTEM, "no spaces, please")


def test_a_tape_has_each_moment_once_also_where_it_is_stopped_as_it_begins_to_move() -> None:
    recorder = Recorder(0)
    for n in range(50):
        recorder.sample(n * FRAME, Pose(0, -30))
    tape = recorder.finish(49 * FRAME + 1000, Pose(5, -30))  # in the same millisecond as the last sample
    assert Tape.unpack(tape.pack()).poses[-1].pan == pytest.approx(5)


def test_a_tape_keeps_what_stands_still_by_its_ends() -> None:
    recorder = Recorder(0)
    for frame in range(200):
        recorder.sample(frame * FRAME, Pose(0 if frame < 100 else frame, -30))
    tape = recorder.finish(200 * FRAME, Pose(199, -30))
    assert tape.times[:3] == (0.0, pytest.approx(3.96), pytest.approx(4.0))
    assert len(tape.times) < 110
    again = Tape.unpack(tape.pack())
    assert again.times == tape.times
    assert all(a.pan == pytest.approx(b.pan, abs=1e-4) for a, b in zip(again.poses, tape.poses, strict=True))


@pytest.mark.parametrize("cut", [0, 1, 8, 12, 16, 30, -1, -4])
def test_half_a_tape_is_refused(cut: int) -> None:
    whole = Tape((0.0, 1.0), (Pose(), Pose(5))).pack()
    with pytest.raises(Unavailable):
        Tape.unpack(whole[:cut])
    with pytest.raises(Unavailable):
        Tape.unpack(whole[: cut % len(whole)] + b"\xff" + whole[cut % len(whole) + 1 :] if whole[cut % len(whole)] != 255 else b"")

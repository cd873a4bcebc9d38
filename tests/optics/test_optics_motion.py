"""Motion laws as properties: continuous, bounded, exact on arrival, never past the target."""

from __future__ import annotations

import itertools
import math

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from panocam.clock import NS
from panocam.errors import InvalidValue
from panocam.optics.course import Start, braked, travelled
from panocam.optics.motion import FULL_TURN, FULL_ZOOM, RAMP_S, Motion, Movement, Replay, Rest, drive, journey
from panocam.optics.mount import Mount
from panocam.optics.pose import Limits, Pose, Stops, limits, wrap

POSES = st.builds(Pose, st.floats(-180, 180), st.floats(-90, 90), st.floats(10, 120))
LIMITS = st.sampled_from(
    [
        *(limits(mount) for mount in Mount),
        Limits((-30, 40), (-60, -20), (20, 100)),
        Limits((150, 215), (-90, 0), (10, 120)),
    ]
)
SPEEDS = st.tuples(*[st.floats(-100, 100)] * 3)
STEPS = st.lists(st.tuples(st.one_of(POSES, SPEEDS), st.integers(1, 100), st.floats(0.001, 3)), min_size=1, max_size=6)
FRAME = NS // 25


def log_zoom(pose: Pose) -> float:
    return math.log(pose.magnification)


def inside(pose: Pose, bounds: Limits) -> bool:
    near = bounds.clamp(pose)
    return abs(wrap(near.pan - pose.pan)) < 1e-6 and abs(near.tilt - pose.tilt) < 1e-6 and abs(near.hfov - pose.hfov) < 1e-6


def follow(steps: list[tuple[Pose | tuple[float, float, float], int, float]], bounds: Limits) -> list[tuple[int, Movement]]:
    """Moves one after the other, each taking over from the one before: (when, movement)."""
    movement: Movement = Rest(bounds.clamp(Pose()))
    now, done = 0, list[tuple[int, Movement]]()
    for wish, speed, wait in steps:
        movement = journey(now, movement, wish, bounds, speed) if isinstance(wish, Pose) else drive(now, movement, wish, bounds)
        done.append((now, movement))
        now += round(wait * NS)
    return [*done, (now, movement)]


@pytest.mark.feature("PTZ-02", "PTZ-09")
@given(STEPS, LIMITS)
def test_no_move_jumps_leaves_its_limits_or_is_faster_than_it_may(
    steps: list[tuple[Pose | tuple[float, float, float], int, float]], bounds: Limits
) -> None:
    done = follow(steps, bounds)
    for (begin, movement), (end, _) in itertools.pairwise(done):
        for a, b in itertools.pairwise(range(begin, end + FRAME, FRAME)):
            one, two, dt = movement.at(a), movement.at(b), (b - a) / NS
            assert inside(one, bounds)
            assert abs(wrap(two.pan - one.pan)) <= FULL_TURN * dt + 1e-6
            assert abs(two.tilt - one.tilt) <= FULL_TURN * dt + 1e-6
            assert abs(log_zoom(two) - log_zoom(one)) <= FULL_ZOOM * dt + 1e-6
    for (_, before), (moment, after) in itertools.pairwise(done):
        assert abs(wrap(before.at(moment).pan - after.at(moment).pan)) < 1e-6
        assert before.at(moment).tilt == pytest.approx(after.at(moment).tilt, abs=1e-6)
        start, was = after.speeds(moment), before.speeds(moment)
        for new, old, place in zip(start, was, (0, 1, 2), strict=True):
            at_limit = abs(new) < 1e-9  # where there is no room left, the speed ends with the way
            assert at_limit or new == pytest.approx(old, abs=1e-4), place


@pytest.mark.feature("PTZ-09")
@given(POSES, POSES, st.integers(1, 100), LIMITS)
@example(Pose(0, 0, 10), Pose(136, 0.0078125, 10), 1, Limits(tilt=(-90, 1), hfov=(10, 120)))  # hardly any way, and very long for it
def test_a_journey_arrives_exactly_and_in_all_axes_together(start: Pose, target: Pose, speed: int, bounds: Limits) -> None:
    begin, goal = bounds.nearest(start), bounds.nearest(target)
    motion = journey(0, Rest(begin), target, bounds, speed)
    assert motion.end_ns is not None
    assert motion.at(motion.end_ns) == motion.at(motion.end_ns + NS) == goal == motion.goal
    courses = (motion.pan, motion.tilt, motion.zoom)
    ends = [course.end for course in courses if abs(course.rest - course.at(0)[0]) > 1e-6]
    assert max(ends, default=0) - min(ends, default=0) < 1e-6


def test_the_shorter_way_round_unless_a_limit_is_in_between() -> None:
    free, fenced = Limits(), Limits(pan=(-175, 175))
    there = journey(0, Rest(Pose(170)), Pose(-170), free)
    assert abs(there.at((there.end_ns or 0) // 2).pan) == pytest.approx(180)
    round_about = journey(0, Rest(Pose(170)), Pose(-170), fenced)
    assert round_about.at((round_about.end_ns or 0) // 2).pan == pytest.approx(0, abs=1e-6)
    over_the_seam = Limits(pan=(150, 215))
    assert over_the_seam.nearest(Pose(-150)).pan == -150
    assert over_the_seam.nearest(Pose(-100)).pan == -145
    assert journey(0, Rest(Pose(160)), Pose(-150), over_the_seam).at(10**12).pan == -150


def test_speed_rises_stays_and_falls() -> None:
    motion = journey(0, Rest(Pose(-90)), Pose(90), Limits(), 50)
    full = FULL_TURN / 2
    ramp = RAMP_S / 2
    assert motion.speeds(0)[0] == 0
    assert motion.speeds(round(ramp / 2 * NS))[0] == pytest.approx(full / 2)
    assert motion.speeds(round(1.0 * NS))[0] == pytest.approx(full)
    assert motion.end_ns == pytest.approx((180 / full + ramp) * NS, rel=1e-6)


def test_a_drive_stops_at_the_limit_and_goes_round_where_there_is_none() -> None:
    bounds = limits(Mount.CEILING)
    up = drive(0, Rest(Pose(0, -37)), (0, 100, 0), bounds)
    assert up.end_ns is not None
    assert up.at(up.end_ns).tilt == pytest.approx(1.0)
    right = drive(0, Rest(Pose(0, -37)), (100, 0, 0), bounds)
    assert right.end_ns is None
    assert right.at(60 * NS).pan == pytest.approx(wrap(FULL_TURN * (60 - RAMP_S / 2)), abs=1e-6)
    stop = drive(60 * NS, right, (0, 0, 0), bounds)
    assert stop.end_ns == pytest.approx(60 * NS + RAMP_S * NS, rel=1e-9)
    narrow = drive(0, Rest(Pose(0, -37, 45)), (100, 0, 0), bounds)
    assert narrow.speeds(NS)[0] == pytest.approx(FULL_TURN / 2)
    assert drive(0, Rest(Pose(0, -37, 45)), (100, 0, 0), bounds, proportional=False).speeds(NS)[0] == FULL_TURN


@example(1.5e-306, 0.0, -24.0, 1.0, 1.0, 0.0)
@given(st.floats(-1e3, 1e3), st.floats(-1e3, 1e3), st.floats(-200, 200), st.floats(0.01, 200), st.floats(0.1, 1e3), st.floats(0, 60))
def test_an_axis_ends_where_it_should_and_not_beyond(
    place: float, target: float, speed: float, cruise: float, pull: float, duration: float
) -> None:
    course = travelled(Start(place, speed), target, cruise, pull, duration)
    assert course.at(course.end) == (target, 0.0)
    assert course.at(course.end * (1 - 1e-9))[0] == pytest.approx(target, abs=1e-3)
    if (target - place) * speed > 0 or speed == 0:  # never past it, never back
        places = [course.at(course.end * part / 50)[0] for part in range(51)]
        rising = sorted(places) if target >= place else sorted(places, reverse=True)
        assert places == pytest.approx(rising, abs=1e-6)


def test_braking_is_harder_where_the_way_is_short() -> None:
    assert braked(Start(0.0, 100.0, (-10, 1e6)), 375).rest == pytest.approx(100 * 100 / 750)
    short = braked(Start(0.0, 100.0, (-10, 2.0)), 375)
    assert short.rest == pytest.approx(2.0)
    assert braked(Start(2.0, 100.0, (-10, 2.0)), 375).at(0) == (2.0, 0.0)


def test_a_recording_is_replayed_between_its_moments() -> None:
    tape = Replay(10 * NS, [0.0, 1.0, 2.0], [Pose(170, -30), Pose(-170, -40), Pose(-170, -40, 45)], Limits())
    assert tape.at(0) == tape.at(10 * NS) == Pose(170, -30)
    assert abs(tape.at(10 * NS + NS // 2).pan) == pytest.approx(180)
    assert tape.at(10 * NS + 3 * NS // 2).magnification == pytest.approx(math.sqrt(Pose().magnification * Pose(hfov=45).magnification))
    assert tape.end_ns == 12 * NS
    assert tape.at(99 * NS) == tape.goal == Pose(-170, -40, 45)
    assert tape.speeds(10 * NS + NS // 2)[0] == pytest.approx(20)
    later = Replay(0, tape.times, tape.poses, Limits(tilt=(-35, 0)), offset=1.0)
    assert later.at(0) == Pose(-170, -35)
    with pytest.raises(InvalidValue):
        Replay(0, [], [], Limits())


@pytest.mark.parametrize("wish", [(101, 0, 0), (0, -100.5, 0), (0, 0, math.nan)])
def test_a_speed_that_is_none_is_refused(wish: tuple[float, float, float]) -> None:
    with pytest.raises(InvalidValue, match="-100 to 100"):
        drive(0, Rest(Pose()), wish, Limits())
    with pytest.raises(InvalidValue, match="1 \\(slow\\) to 100"):
        journey(0, Rest(Pose()), Pose(), Limits(), 0)


@pytest.mark.feature("PTZ-01", "PTZ-02")
def test_stops_narrow_what_the_mount_allows() -> None:
    ceiling, wall = limits(Mount.CEILING), limits(Mount.WALL)
    assert Stops().within(ceiling) == ceiling
    assert Stops(-30, 40, -60, -20, 100, 20).within(ceiling) == Limits((-30, 40), (-60, -20), (20, 100))
    assert Stops(left=170, right=-170).within(ceiling).pan == (170, 190)
    assert Stops(left=170, right=-170).within(wall).pan == wall.pan
    assert Stops(left=-30).within(ceiling).pan == (-30, 180)
    assert not Stops(left=-30).within(ceiling).turns
    assert Stops(down=-60, up=-20).within(limits(Mount.DESK)).tilt == limits(Mount.DESK).tilt
    assert isinstance(journey(0, Rest(Pose()), Pose(), ceiling), Motion)


@pytest.mark.parametrize(
    ("pan", "said"), [(0, "0.0"), (-0.0, "0.0"), (360, "0.0"), (-720, "0.0"), (180, "180.0"), (-180, "180.0"), (-90, "-90.0")]
)
def test_a_direction_has_one_number_and_north_is_never_minus_zero(pan: float, said: str) -> None:
    assert str(float(wrap(pan))) == said

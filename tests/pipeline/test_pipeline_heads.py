from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panocam.errors import InvalidValue
from panocam.optics.mount import Mount
from panocam.optics.pose import NARROWEST, Limits, Pose, area_zoom, limits
from panocam.pipeline.heads import PtzHead

ANGLES = st.floats(-1000, 1000)


@pytest.mark.feature("PTZ-01", "PTZ-02")
@given(st.lists(st.tuples(ANGLES, ANGLES, st.floats(-5, 5), st.booleans())), st.sampled_from(list(Mount)))
def test_a_head_never_leaves_its_limits(moves: list[tuple[float, float, float, bool]], mount: Mount) -> None:
    bounds = limits(mount)
    head = PtzHead(Pose(), bounds)
    for pan, tilt, zoom, absolute in moves:
        pose = (head.absolute if absolute else head.relative)(pan, tilt, zoom)
        assert pose == head.pose == bounds.clamp(pose)
        assert bounds.tilt[0] <= pose.tilt <= bounds.tilt[1]
        assert bounds.hfov[0] - 1e-9 <= pose.hfov <= bounds.hfov[1] + 1e-9


def test_moves() -> None:
    head = PtzHead(Pose(10, -40, 90), limits(Mount.CEILING))
    assert head.absolute(tilt=-50) == Pose(10, -50, 90)
    assert head.relative(pan=-20, tilt=5) == Pose(-10, -45, 90)
    assert head.relative(pan=-180).pan == pytest.approx(170)  # round and round on the ceiling
    assert head.absolute(zoom=1).hfov == pytest.approx(NARROWEST)
    assert head.relative(zoom=0.5) == head.pose
    assert head.relative(zoom=-2).zoom == pytest.approx(0)
    assert head.moves == 5
    assert head.go_home() == head.home == Pose(10, -40, 90)
    head.move(lambda pose: area_zoom(pose, (640, 480), (320, 240), 200))
    assert head.pose.magnification == pytest.approx(2 * head.home.magnification)


def test_new_limits_pull_the_head_inside() -> None:
    head = PtzHead(Pose(120, -80, 90), limits(Mount.CEILING))
    head.restrict(Limits(pan=(-30, 30), tilt=(-20, 20), hfov=(20, 60)))
    assert head.pose == Pose(30, -20, 60) == head.home


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_what_is_no_number_is_refused(bad: float) -> None:
    head = PtzHead(Pose(), limits(Mount.WALL))
    for move in (lambda: head.absolute(pan=bad), lambda: head.absolute(zoom=bad), lambda: head.relative(tilt=bad)):
        with pytest.raises(InvalidValue, match="finite"):
            move()
    assert head.pose == Pose()

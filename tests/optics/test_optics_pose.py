"""Poses: zoom in three spellings, limits of each mount, and moves that start from a picture."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from panocam.errors import InvalidValue
from panocam.optics.aim import direction, pan_tilt
from panocam.optics.mount import Mount
from panocam.optics.pose import (
    NARROWEST,
    STRONGEST,
    WIDEST,
    Limits,
    Pose,
    area_zoom,
    centred,
    default_poses,
    framed,
    limits,
    wrap,
)
from panocam.optics.projection import Perspective, surface_rays

SIZE = (1920, 1440)
poses = st.builds(Pose, st.floats(-180, 180), st.floats(-85, 85), st.floats(NARROWEST, WIDEST))


@given(st.floats(0, 1), poses)
def test_zoom_magnification_and_field_mean_the_same(zoom: float, pose: Pose) -> None:
    assert pose.zoomed(zoom).zoom == pytest.approx(zoom, abs=1e-9)
    assert pose.magnified(pose.magnification).hfov == pytest.approx(pose.hfov)


def test_ends_of_the_zoom() -> None:
    assert Pose().zoomed(0).hfov == pytest.approx(WIDEST)
    assert Pose().zoomed(1).hfov == pytest.approx(NARROWEST)
    assert Pose(hfov=NARROWEST).magnification == pytest.approx(STRONGEST)


@given(st.floats(-1e6, 1e6))
def test_wrapped_pan_is_the_same_direction(pan: float) -> None:
    assert -180 < wrap(pan) <= 180
    assert math.cos(math.radians(wrap(pan) - pan)) == pytest.approx(1, abs=1e-6)


@pytest.mark.feature("IMG-08")
def test_limits_follow_what_the_lens_sees() -> None:
    assert limits(Mount.CEILING).clamp(Pose(540, 40, 200 / 2)) == Pose(180, 1, 100)
    assert limits(Mount.DESK).clamp(Pose(-270, -40, 5)) == Pose(90, -1, NARROWEST)
    assert limits(Mount.WALL).clamp(Pose(120, 95, 130)) == Pose(91, 90, WIDEST)
    assert limits(Mount.WALL, 160).clamp(Pose(-175, -95)) == Pose(-80, -80)
    assert limits(Mount.CEILING, 360).tilt == (-90, 90)
    assert not limits(Mount.WALL).turns
    assert limits(Mount.DESK).turns


def test_bounded_pan_stops_at_the_nearer_end() -> None:
    bounded = Limits(pan=(150, 210))
    assert [bounded.clamp(Pose(p)).pan for p in (-170, 100, -100, 180)] == [190, 150, 210, 180]


@given(poses, st.floats(0, 1919), st.floats(0, 1439))
def test_a_click_comes_to_the_middle(pose: Pose, x: float, y: float) -> None:
    clicked = surface_rays(Perspective(pose), np.array([[x, y]]), SIZE)
    moved = centred(pose, SIZE, (x, y))
    assert moved.hfov == pose.hfov
    expected = clicked[0] / np.linalg.norm(clicked[0])
    assert np.allclose(direction(moved.pan, moved.tilt), expected, atol=1e-9)


def test_area_zoom_shows_the_named_share() -> None:
    pose = Pose(20, -30, 60)
    closer = area_zoom(pose, SIZE, (959.5, 719.5), 300)
    assert (closer.pan, closer.tilt) == (pytest.approx(20), pytest.approx(-30))
    assert math.tan(math.radians(closer.hfov / 2)) == pytest.approx(math.tan(math.radians(30)) / 3)
    with pytest.raises(InvalidValue, match="areazoom=0"):
        area_zoom(pose, SIZE, (0, 0), 0)


def test_a_framed_rectangle_fills_the_picture() -> None:
    pose = Pose(0, 0, 90)
    new = framed(pose, SIZE, (1439.5, 899.5), (479.5, 539.5))
    assert (new.pan, new.tilt) == (pytest.approx(0, abs=1e-9), pytest.approx(0, abs=1e-9))
    edge = surface_rays(Perspective(pose), np.array([[1439.5, 719.5]]), SIZE)
    assert Perspective(new).locate(edge[0], SIZE)[0] == pytest.approx(1919.5)
    with pytest.raises(InvalidValue, match="rectangle"):
        framed(pose, SIZE, (5, 5), (5, 5))


def test_default_poses_stay_inside_the_limits() -> None:
    for mount in Mount:
        for pose in default_poses(mount):
            assert limits(mount).clamp(pose) == pose


@pytest.mark.feature("GAP-04")
def test_default_areas_look_in_four_directions() -> None:
    for mount in (Mount.CEILING, Mount.DESK):
        assert [p.pan % 360 for p in default_poses(mount)] == [0, 90, 180, 270]


def test_straight_down_keeps_its_pan() -> None:
    assert centred(Pose(30, -90), SIZE, (959.5, 719.5)).pan == 30
    assert pan_tilt((1, 0, 0)) == (90, 0)


@pytest.mark.parametrize("bad", [{"pan": math.nan}, {"tilt": math.inf}, {"hfov": 0}, {"hfov": 180}])
def test_impossible_poses_are_refused(bad: dict[str, float]) -> None:
    with pytest.raises(InvalidValue):
        Pose(**bad)

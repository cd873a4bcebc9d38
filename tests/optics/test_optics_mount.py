"""Mounts: which way is up, which way pan runs in the circle, and what roll does."""

from __future__ import annotations

import math

import numpy as np
import pytest

from panocam.optics.aim import direction
from panocam.optics.lens import default_lens
from panocam.optics.mount import Mount, camera_from_world

LENS = default_lens((1001, 1001))


def clock(mount: Mount, pan: float, tilt: float, roll: float = 0.0) -> float:
    """Where a direction lies in the sensor picture: degrees clockwise from the top of the circle."""
    x, y = LENS.project(camera_from_world(mount, roll) @ direction(pan, tilt)) - 500
    return math.degrees(math.atan2(x, -y)) % 360


@pytest.mark.parametrize("mount", Mount)
@pytest.mark.parametrize("roll", [0.0, 33.0, -170.0])
def test_it_is_a_rotation(mount: Mount, roll: float) -> None:
    m = camera_from_world(mount, roll)
    assert np.allclose(m @ m.T, np.eye(3))
    assert np.linalg.det(m) == pytest.approx(1)


def test_optical_axes() -> None:
    for mount, axis in ((Mount.CEILING, (0, 0, -1)), (Mount.DESK, (0, 0, 1)), (Mount.WALL, (0, 1, 0))):
        assert np.allclose(camera_from_world(mount) @ axis, (0, 0, 1))


def test_pan_runs_clockwise_on_the_ceiling_and_the_other_way_on_the_desk() -> None:
    for pan in (0, 90, 200):
        assert clock(Mount.CEILING, pan, -30) == pytest.approx(pan)
        assert clock(Mount.DESK, pan, 30) == pytest.approx(-pan % 360)


def test_the_wall_picture_is_upright() -> None:
    assert clock(Mount.WALL, 0, 40) == pytest.approx(0)
    assert clock(Mount.WALL, 40, 0) == pytest.approx(90)


@pytest.mark.feature("IMG-01", "IMG-03", "GAP-06")
def test_roll_turns_the_overview_clockwise() -> None:
    """A thing fixed to the building keeps its place in the sensor picture; in the turned overview its world direction has moved."""
    for mount, pan, tilt in ((Mount.CEILING, 10.0, -30.0), (Mount.DESK, 10.0, 30.0), (Mount.WALL, 20.0, 15.0)):
        thing = camera_from_world(mount) @ direction(pan, tilt)
        seen = camera_from_world(mount, 25.0).T @ thing
        before, after = LENS.project(thing) - 500, LENS.project(camera_from_world(mount) @ seen) - 500
        turned = math.degrees(math.atan2(after[0], -after[1]) - math.atan2(before[0], -before[1])) % 360
        assert turned == pytest.approx(25.0)
        if mount is not Mount.WALL:
            sign = 1 if mount is Mount.CEILING else -1
            assert np.allclose(seen, direction(pan + sign * 25.0, tilt))

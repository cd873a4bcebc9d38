"""Straight things are straight in flat pictures, and upright things upright in unrolled ones, to the pixel."""

from __future__ import annotations

import numpy as np
import pytest
from truth_edges import edges
from truth_geometry import panes
from truth_kit import MOUNTS, area, draw, empty, room, sizes, trace

POSES = {
    "ceiling": [(0, -37, 90), (90, -37, 90), (-90, -37, 90), (45, -60, 100), (20, -90, 100), (35, -20, 40), (60, -30, 60)],
    "desk": [(0, 37, 90), (90, 37, 90), (-90, 37, 90), (180, 60, 100), (0, 90, 100), (30, 20, 40)],
    "wall": [(0, 0, 90), (-45, 0, 90), (45, 0, 90), (0, -45, 90), (0, 0, 100), (30, -10, 60), (20, 40, 80)],
}
"""Pan, tilt, horizontal field: wide, tele, level, steep."""


@pytest.mark.feature("VIEW-10")
@pytest.mark.parametrize(("mount", "pose"), [(mount, pose) for mount, poses in POSES.items() for pose in poses])
def test_straight_edges_are_straight_in_view_areas(mount: str, pose: tuple[float, float, float]) -> None:
    """Every edge found bends by a pixel at most at 1920x1440, and those of solid things lie where a pinhole camera sees them."""
    picture, pane = area(mount, *pose)
    scene = room(mount)
    eye = tuple(float(v) for v in scene.camera_pose.position)
    found = [(edge, seen) for edge in edges(eye) if (seen := trace(picture.y, pane, mount, scene, edge)) is not None]
    assert len(found) >= 3
    assert sum(seen.length for _, seen in found) > 1200
    for edge, seen in found:
        assert np.abs(seen.bend()).max() <= 1.0, edge.name
        assert seen.bend().std() <= 0.5, edge.name
        assert not edge.sure or np.abs(seen.aside).max() <= 1.0, edge.name


@pytest.mark.feature("VIEW-07", "VIEW-08", "VIEW-11", "VIEW-12")
@pytest.mark.parametrize(("mount", "index"), [(m, i) for m in MOUNTS for i in (1, 2, 8, 9, 10) if m != "wall" or i == 1])
def test_upright_edges_are_upright_in_strips(mount: str, index: int) -> None:
    """From foot to head, door posts, room corners, pictures and cabinets stay in their column to a pixel."""
    scene, size = room(mount), sizes(index)
    eye = tuple(float(v) for v in scene.camera_pose.position)
    luma = draw(empty(mount), mount, index, size, scene.lens).y
    found = 0
    for pane in panes(index, mount, size):
        for edge in edges(eye):
            seen = trace(luma, pane, mount, scene, edge) if edge.upright else None
            if seen is not None:
                assert np.ptp(seen.points[:, 0]) <= 1.0, edge.name
                assert np.ptp(seen.points[:, 1]) >= 80, edge.name
                found += 1
    assert found >= {1: 2, 2: 3}.get(index, 1)

"""The same truths about what comes out at the end: a JPEG of a view, made as a snapshot is."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from truth_edges import edges
from truth_geometry import panes
from truth_kit import marks, room, trace

from panocam.optics.catalog import Model
from panocam.optics.mount import Mount
from panocam.optics.pose import Pose
from panocam.pipeline.config import CameraConfig
from panocam.pipeline.still import render_still


@pytest.mark.feature("VIEW-10", "IMG-08")
def test_a_still_of_the_simulated_room_is_true() -> None:
    """Source, warp and JPEG together, with noise and people: cards within a pixel, edges straight, at 1920x1440."""
    config = CameraConfig("sim:room", Model.M4327, Mount.CEILING)
    pose = (55.0, -32.0, 80.0)
    picture = cv2.imdecode(np.frombuffer(render_still(config, 4, Pose(*pose), (1920, 1440)), np.uint8), cv2.IMREAD_GRAYSCALE)
    scene = room("ceiling")
    (pane,) = panes(4, "ceiling", (1920, 1440), (pose,) * 4)
    seen = marks(np.asarray(picture, np.uint8), pane, "ceiling", scene)
    assert len(seen) >= 2
    for mark in seen:
        assert mark.fit > 0.8, mark
        assert mark.error <= 1.0, mark
    eye = tuple(float(v) for v in scene.camera_pose.position)
    posts = [trace(picture, pane, "ceiling", scene, e) for e in edges(eye) if "door post" in e.name]
    assert any(posts)
    for post in filter(None, posts):
        assert np.abs(post.bend()).max() <= 1.0

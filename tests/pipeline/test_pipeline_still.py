from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from clips import clip

from panocam.errors import InvalidValue, NotFound, Unavailable
from panocam.optics.lens import Circle
from panocam.optics.mount import Mount
from panocam.optics.pose import Pose
from panocam.pipeline.config import CameraConfig, LensOptions
from panocam.pipeline.still import render_still


@pytest.fixture(scope="module")
def halves(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A circle whose right half is bright."""
    canvas = np.zeros((800, 800, 3), np.uint8)
    cv2.circle(canvas, (400, 400), 400, (90, 90, 90), -1)
    cv2.ellipse(canvas, (400, 400), (400, 400), 0, -90, 90, (220, 220, 220), -1)
    path = tmp_path_factory.mktemp("still") / "halves.jpg"
    cv2.imwrite(str(path), canvas)
    return path


def opened(data: bytes) -> np.ndarray:
    return cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_GRAYSCALE)


def test_a_still_looks_where_it_is_told(halves: Path) -> None:
    config = CameraConfig(str(halves), mount=Mount.CEILING)
    east = opened(render_still(config, 4, Pose(90, -30), (320, 240)))
    west = opened(render_still(config, 4, Pose(-90, -30), (320, 240)))
    assert east.shape == (240, 320)
    assert east.mean() > 180
    assert west.mean() < 110


def test_every_view_of_every_mount_can_be_taken(halves: Path) -> None:
    known = LensOptions(circle=Circle(399.5, 399.5, 400))
    taken = 0
    for mount in Mount:
        for view in range(12):
            try:
                picture = opened(render_still(CameraConfig(str(halves), mount=mount, lens=known), view))
            except NotFound:
                continue
            assert picture.max() > 80
            taken += 1
    assert taken == 12 + 12 + 6


def test_a_film_gives_a_still_too(tmp_path: Path) -> None:
    film = clip(tmp_path / "a.mp4", range(0, 400, 40), (320, 320))
    assert opened(render_still(CameraConfig(str(film)), 0)).shape[0] >= 160


def test_what_cannot_be_is_said(halves: Path, tmp_path: Path) -> None:
    config = CameraConfig(str(halves))
    with pytest.raises(InvalidValue, match="only the view areas"):
        render_still(config, 1, Pose())
    with pytest.raises(InvalidValue, match="resolution='7x7'"):
        render_still(config, 1, None, (7, 7))
    with pytest.raises(NotFound, match="view=99"):
        render_still(config, 99)
    with pytest.raises(InvalidValue, match="no such file"):
        render_still(CameraConfig(str(tmp_path / "none.mp4")), 0)
    with pytest.raises(Unavailable, match="refused"):
        render_still(CameraConfig("rtsp://a:b@127.0.0.1:9/x"), 0)
    with pytest.raises(InvalidValue, match="scheme"):
        CameraConfig("nonsense://x")

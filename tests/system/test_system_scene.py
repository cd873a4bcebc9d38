"""The known scene through the whole camera: what is at a direction stands at its pixel in every stream."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from system_camera import RunningCamera
from system_scene import discs, draw, expected

from panocam.optics.catalog import VIEWS
from panocam.optics.mount import Mount


def worst(luma: np.ndarray, spots: list[tuple[float, float]]) -> float:
    """Pixels from where a marker should be to the nearest bright spot, at most over all markers."""
    found = discs(luma)
    return max(min((np.hypot(x - fx, y - fy) for fx, fy in found), default=np.inf) for x, y in spots)


def settled(camera: RunningCamera, query: str, error: Callable[[np.ndarray], float], most: float) -> None:
    """The error falls below ``most`` with the first pictures: a stream may begin with one from just before the last change."""
    with camera.watching(query) as frames:
        errors = [error(next(frames).to_ndarray(format="gray"))]
        while errors[-1] >= most:
            assert len(errors) < 10, errors
            errors.append(error(next(frames).to_ndarray(format="gray")))


@pytest.mark.feature("VIEW-02", "VIEW-07", "VIEW-10")
@pytest.mark.parametrize(("view", "size", "least"), [(4, (800, 600), 8), (1, (1280, 480), 10), (3, (800, 600), 20), (0, (960, 960), 40)])
@pytest.mark.parametrize("codec", ["h264", "jpeg"])
def test_markers_stand_where_the_lens_says(known: RunningCamera, view: int, size: tuple[int, int], least: int, codec: str) -> None:
    spots = expected(view, size)
    assert len(spots) >= least
    query = f"camera={view + 1}&resolution={size[0]}x{size[1]}&videocodec={codec}&compression=10&fps=5"
    settled(known, query, lambda luma: worst(luma, spots), 2)


@pytest.mark.parametrize("mount", list(Mount))
def test_every_view_of_every_mount_gives_the_same_picture_by_http_and_rtsp(known: RunningCamera, mount: Mount) -> None:
    known.change(installation__mount=str(mount))
    shown = known.get("/api/v1/views")["views"]
    assert [view["index"] for view in shown if view["available"]] == [row.index for row in VIEWS if mount in row.mounts]
    for view in shown:
        if not view["available"]:
            with known.client() as client:
                assert client.get("/axis-cgi/jpg/image.cgi", params={"camera": view["camera"]}).status_code == 400
            continue
        size = view["resolutions"][-2]
        still = known.image(view["camera"], resolution=size)
        green = still[..., 1].astype(float)
        assert f"{still.shape[1]}x{still.shape[0]}" == size
        assert green.std() > 5, f"view {view['name']} is empty"
        query = f"camera={view['camera']}&resolution={size}&videocodec=h264&compression=10&fps=5"
        settled(known, query, lambda luma, green=green: float(np.abs(green - luma).mean()), 4)  # type: ignore[misc]


@pytest.mark.parametrize("mount", [Mount.DESK, Mount.WALL])
def test_markers_on_the_other_mounts(known: RunningCamera, mount: Mount, tmp_path_factory: pytest.TempPathFactory) -> None:
    picture = draw(tmp_path_factory.mktemp("mount") / "markers.png", mount)
    known.change(installation__mount=str(mount), source__uri=str(picture))
    spots = expected(0, (960, 960), mount)
    assert len(spots) > 40
    settled(known, "camera=1&resolution=960x960&compression=10&fps=5", lambda luma: worst(luma, spots), 2)

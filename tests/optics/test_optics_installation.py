"""What capture modes allow, the level grid's lines, and how wide a straightened panorama may be."""

from __future__ import annotations

import numpy as np
import pytest

from panocam.errors import InvalidValue
from panocam.optics.aim import direction, locate, tile_rays
from panocam.optics.capture import MODES, Capture, capture_mode
from panocam.optics.horizon import Horizon
from panocam.optics.lens import Lens, LensModel, default_lens
from panocam.optics.levelgrid import level_grid
from panocam.optics.mount import Mount, camera_from_world
from panocam.optics.pose import Pose
from panocam.optics.view import Arrangement, View

LENS = default_lens((2992, 2992))


def leaning(lean: float) -> np.ndarray:
    """True directions (rows times this) as a wall camera that leans up by ``lean`` degrees sees them, worked out by hand."""
    a = np.radians(lean)
    return np.array([(1, 0, 0), (0, np.cos(a), -np.sin(a)), (0, np.sin(a), np.cos(a))])


def panorama(lean: float, line: float = 0.0, size: tuple[int, int] = (1920, 1080), fov: float = 182.0) -> View:
    return Arrangement(Mount.WALL, horizon=Horizon(lean, line), fov=fov).view(1, size)


@pytest.mark.feature("BAS-02", "VIEW-05")
def test_modes_trade_views_for_pictures_a_second() -> None:
    rich, fast = MODES
    assert [rich.has(view) for view in range(12)] == [True] * 12
    assert [fast.has(view) for view in range(12)] == [True] + [False] * 11
    assert (rich.wdr, fast.wdr) == (True, False)
    assert all(fast.rates[hertz] > rich.rates[hertz] for hertz in (50, 60))
    assert capture_mode("overview") is capture_mode(2) is fast
    for wrong in ("fast", 3, ""):
        with pytest.raises(InvalidValue, match=r"dewarped \(1\), overview \(2\)"):
            capture_mode(wrong)
    assert {mode.name for mode in MODES} == set(Capture)


@pytest.mark.feature("IMG-12", "IMG-17")
@pytest.mark.parametrize("lean", [-30.0, -12.0, 8.0, 25.0, 45.0])
def test_with_the_right_tilt_uprights_are_columns_and_the_horizon_a_row(lean: float) -> None:
    (tile,) = panorama(lean).tiles
    for pan in (-50, -20, 0, 35, 50):
        mast = np.array([direction(pan, t) for t in range(-25, 26, 5)]) @ leaning(lean)
        assert np.ptp(locate(tile, mast, LENS, Mount.WALL)[:, 0]) < 1e-6
    level = np.array([direction(p, 0) for p in range(-50, 51, 5)]) @ leaning(lean)
    rows = locate(tile, level, LENS, Mount.WALL)[:, 1]
    assert np.ptp(rows) < 1e-6
    assert rows[0] == pytest.approx(539.5)
    crooked = locate(panorama(0.0).tiles[0], level, LENS, Mount.WALL)[:, 1]
    assert np.ptp(crooked) > 30


@pytest.mark.feature("IMG-16")
def test_the_horizon_line_moves_the_horizon_and_leaves_it_straight() -> None:
    level = np.array([direction(p, 0) for p in range(-50, 51, 5)]) @ leaning(15)
    at = {line: locate(panorama(15, line).tiles[0], level, LENS, Mount.WALL)[:, 1] for line in (-10.0, 0.0, 10.0)}
    assert all(np.ptp(rows) < 1e-6 for rows in at.values())
    assert at[-10.0][0] < at[0.0][0] < at[10.0][0]


@pytest.mark.feature("IMG-12", "GAP-04")
@pytest.mark.parametrize("fov", [150.0, 182.0, 200.0])
@pytest.mark.parametrize("size", [(1920, 1080), (1920, 720)])
@pytest.mark.parametrize("lean", [-45.0, -20.0, 0.0, 10.0, 45.0])
def test_a_straightened_panorama_is_as_wide_as_the_lens_fills(lean: float, size: tuple[int, int], fov: float) -> None:
    lens = Lens(LensModel.EQUIDISTANT, fov, LENS.circle)
    (tile,) = panorama(lean, 5.0, size, fov).tiles
    x, y = np.meshgrid(np.linspace(-0.5, size[0] - 0.5, 33), np.linspace(-0.5, size[1] - 0.5, 33))
    theta = lens.theta(tile_rays(tile, np.stack((x, y), -1), lens, Mount.WALL) @ camera_from_world(Mount.WALL).T)
    sweep = tile.projection.sweep  # type: ignore[union-attr]
    widest = min(180.0, fov)
    (flat,) = panorama(0.0, 5.0, size, fov).tiles
    level = lens.theta(tile_rays(flat, np.array([(-0.5, -0.5), (-0.5, size[1] - 0.5)]), lens, Mount.WALL) @ camera_from_world(Mount.WALL).T)
    most = max(lens.half, float(level.max()))
    assert theta.max() <= most + 1e-6
    assert sweep == widest or theta.max() == pytest.approx(most, abs=1e-4)
    assert sweep >= 60


@pytest.mark.parametrize("wrong", [(46, 0), (0, -50), (float("nan"), 0)])
def test_a_horizon_beyond_the_bounds_is_refused(wrong: tuple[float, float]) -> None:
    with pytest.raises(InvalidValue, match="horizon"):
        Horizon(*wrong)


@pytest.mark.feature("IMG-10")
@pytest.mark.parametrize("lean", [0.0, 20.0])
def test_the_grid_shows_level_and_upright_lines_of_the_world(lean: float) -> None:
    """In a flat picture an upright line and the horizon are straight; the uprights meet at the true zenith, wherever the camera leans."""
    view = Arrangement(Mount.WALL, (Pose(0, 0, 80),) * 4).view(4, (1600, 1200))
    lines = level_grid(view, LENS, Mount.WALL, lean)
    focal = Pose(0, 0, 80).focal((1600, 1200))
    for line in lines:
        px = np.array(line.points)
        assert ((px > -1) & (px < [1600, 1200])).all()
        if line.upright or line.degrees == 0:
            assert len(px) == 2, line
        if not line.upright and line.degrees == 0:
            assert px[:, 1] == pytest.approx(599.5 + focal * np.tan(np.radians(lean)), abs=0.5)
        if line.upright and line.degrees == 15 and lean == 20:
            zenith = 599.5 - focal / np.tan(np.radians(lean))
            at = px[0] + (px[1] - px[0]) * (zenith - px[0, 1]) / (px[1, 1] - px[0, 1])
            assert at[0] == pytest.approx(799.5, abs=3)
    assert {-30, -15, 0, 15, 30} <= {line.degrees for line in lines if line.upright}


@pytest.mark.feature("IMG-10")
@pytest.mark.parametrize(
    ("mount", "index"), [(Mount.CEILING, 0), (Mount.CEILING, 2), (Mount.CEILING, 3), (Mount.DESK, 10), (Mount.WALL, 1)]
)
def test_every_point_of_the_grid_lies_on_its_line(mount: Mount, index: int) -> None:
    size = (960, 960) if index == 0 else (1280, 960)
    view = Arrangement(mount, quad_eye=True).view(index, size)
    lines = level_grid(view, LENS, mount, step=30)
    assert {line.upright for line in lines} == {True, False}
    for line in lines:
        for x, y in line.points:
            degrees = set()
            for tile in view.tiles:
                ray = tile_rays(tile, (x - tile.x, y - tile.y), LENS, mount)
                pan, tilt = np.degrees(np.arctan2(ray[0], ray[1])), np.degrees(np.arctan2(ray[2], np.hypot(ray[0], ray[1])))
                degrees.add(min(abs((pan - line.degrees + 180) % 360 - 180) if line.upright else abs(tilt - line.degrees), 999))
            assert min(degrees) < 1.5, line


def test_steps_are_bounded() -> None:
    with pytest.raises(InvalidValue, match=r"step=0\.1"):
        level_grid(panorama(0), LENS, Mount.WALL, step=0.1)

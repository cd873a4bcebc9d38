"""Meshes: each interpolated coordinate, traced back through the lens, must be what its output pixel ought to see."""

from __future__ import annotations

import math

import numpy as np
import pytest

from panocam.optics.aim import direction, locate, tile_rays
from panocam.optics.catalog import Model, available, resolutions
from panocam.optics.lens import Circle, Lens, LensModel, default_lens
from panocam.optics.mesh import ONE, OUTSIDE, STEP, Mesh
from panocam.optics.meshing import meshes, tile_mesh
from panocam.optics.mount import Mount, camera_from_world
from panocam.optics.pose import Pose
from panocam.optics.projection import Overview
from panocam.optics.view import Tile, build_view

LENS = Lens(LensModel.EQUIDISTANT, 182, Circle(1480.0, 1510.5, 1450.0))
ROLL = 17.0


def sample(mesh: Mesh, pixels: np.ndarray) -> np.ndarray:
    """Interpolate as the kernel does: linearly inside each cell. NaN where the cell is black. ``(n, 2)`` to ``(n, 2)``."""
    node = np.where(mesh.nodes == OUTSIDE, np.nan, mesh.nodes / ONE)
    c, r = (pixels // STEP).astype(int).T
    fx, fy = (pixels % STEP / STEP).T[:, :, None]
    upper = node[r, c] * (1 - fx) + node[r, c + 1] * fx
    lower = node[r + 1, c] * (1 - fx) + node[r + 1, c + 1] * fx
    return upper * (1 - fy) + lower * fy


def shown(mesh: Mesh, tile: Tile, lens: Lens, mount: Mount, pixels: np.ndarray) -> np.ndarray:
    """The place in the tile of what the mesh really puts at ``pixels``: equal to ``pixels`` for a perfect mesh. NaN where black."""
    source = sample(mesh, pixels)
    return locate(tile, lens.unproject(source) @ camera_from_world(mount, ROLL), lens, mount)


def scattered(tile: Tile, n: int = 4000) -> np.ndarray:
    return np.random.default_rng(3).uniform((0, 0), (tile.width - 1, tile.height - 1), (n, 2))


@pytest.mark.parametrize(("mount", "index"), [(mount, row.index) for mount in Mount for row in available(mount)])
def test_interpolation_error(mount: Mount, index: int) -> None:
    """Displacement in the picture: below 0.3 output pixels; in thumbnails, where a cell spans up to 15 degrees, below 0.7."""
    for size in resolutions(Model.M4328, index)[::3] + resolutions(Model.M4328, index)[-1:]:
        for tile in build_view(index, mount, size).tiles:
            pixels = scattered(tile)
            error = np.linalg.norm(shown(tile_mesh(tile, LENS, mount, ROLL), tile, LENS, mount, pixels) - pixels, axis=-1)
            seen = LENS.theta(tile_rays(tile, pixels, LENS, mount) @ camera_from_world(mount).T) < LENS.half * 0.9999
            assert not np.isnan(error[seen]).any(), "a black hole inside the field"
            assert error[seen].max() < (0.3 if size[0] >= 640 else 0.7)


@pytest.mark.parametrize("model", ["equisolid", "stereographic", "orthographic", "kb:-0.02,0.002"])
def test_interpolation_error_on_other_laws(model: str) -> None:
    """In source pixels, because an orthographic rim has next to none of them."""
    lens, turn = Lens.parse(model, 176, LENS.circle), camera_from_world(Mount.CEILING, ROLL)
    (tile,) = build_view(4, Mount.CEILING, (1920, 1440), fov=176).tiles
    pixels = scattered(tile)
    rays = tile_rays(tile, pixels, lens, Mount.CEILING) @ turn.T
    error = sample(tile_mesh(tile, lens, Mount.CEILING, ROLL), pixels) - lens.project(rays)
    assert np.linalg.norm(error[lens.theta(rays) < lens.half], axis=-1).max() < 0.3


@pytest.mark.feature("VIEW-10")
@pytest.mark.parametrize("hfov", [30.0, 90.0, 120.0])
@pytest.mark.parametrize("size", [(1920, 1440), (640, 360)])
def test_straight_things_are_straight(hfov: float, size: tuple[int, int]) -> None:
    """The edge of a table 3 m away, through fisheye and mesh, bends by less than 0.05 pixels analytically and 0.3 with the mesh."""
    (tile,) = build_view(4, Mount.WALL, size, poses=[Pose(10, -15, hfov)] * 4).tiles
    mesh = tile_mesh(tile, LENS, Mount.WALL, ROLL)
    ends = tile_rays(tile, [(5, 0.8 * size[1]), (size[0] - 6, 0.3 * size[1])], LENS, Mount.WALL)
    edge = 3 * (ends[0] + np.linspace(0, 1, 300)[:, None] * (ends[1] * 1.7 - ends[0]))  # the far end is farther away
    exact = locate(tile, edge, LENS, Mount.WALL)
    for points, bound in ((exact, 0.05), (2 * exact - shown(mesh, tile, LENS, Mount.WALL, exact), 0.3)):
        along = (points[-1] - points[0]) / np.linalg.norm(points[-1] - points[0])
        off = points - points[0]
        assert np.abs(off[:, 0] * along[1] - off[:, 1] * along[0]).max() < bound


@pytest.mark.feature("IMG-03")
@pytest.mark.parametrize("mount", Mount)
def test_roll_turns_every_view(mount: Mount) -> None:
    """A thing fixed to the sensor picture is shown where its rolled direction belongs."""
    for row in available(mount):
        for tile, mesh in zip(
            build_view(row.index, mount, (960, 960)).tiles, meshes(build_view(row.index, mount, (960, 960)), LENS, mount, 40.0), strict=True
        ):
            pixel = np.array([[tile.width / 2 + 3.0, tile.height / 2 - 5.0]])
            world = tile_rays(tile, pixel[0], LENS, mount)
            assert np.allclose(sample(mesh, pixel)[0], LENS.project(camera_from_world(mount, 40.0) @ world), atol=0.5)


@pytest.mark.feature("VIEW-06")
def test_overview_at_full_size_is_the_sensor_picture_itself() -> None:
    lens = default_lens((2992, 2992))
    (mesh,) = meshes(build_view(0, Mount.CEILING, (2992, 2992)), lens, Mount.CEILING)
    y, x = np.mgrid[: mesh.nodes.shape[0], : mesh.nodes.shape[1]] * STEP * ONE
    assert (mesh.nodes == np.stack((x, y), axis=-1)).all()
    assert mesh.scale == pytest.approx(1)


def test_layout_of_a_mesh() -> None:
    for size in ((1920, 1440), (1926, 1082), (258, 144)):
        (mesh,) = meshes(build_view(4, Mount.DESK, size), LENS, Mount.DESK)
        assert mesh.nodes.shape == (math.ceil(size[1] / STEP) + 1, math.ceil(size[0] / STEP) + 1, 2)
        assert mesh.nodes.dtype == np.int32
        assert mesh.nodes.flags.c_contiguous
        assert not mesh.nodes.flags.writeable
        assert (mesh.x, mesh.y, mesh.width, mesh.height) == (0, 0, *size)


def test_beyond_the_field_is_outside_but_the_rim_is_whole() -> None:
    (tile,) = build_view(4, Mount.CEILING, (1920, 1440), poses=[Pose(0, 0, 100)] * 4).tiles
    mesh = tile_mesh(tile, LENS, Mount.CEILING, 0.0)
    black = (mesh.nodes == OUTSIDE).any(axis=-1)
    assert black.any()
    assert (mesh.nodes[black] == OUTSIDE).all()
    pixels = scattered(tile, 20_000)
    theta = LENS.theta(tile_rays(tile, pixels, LENS, Mount.CEILING) @ camera_from_world(Mount.CEILING).T)
    dark = np.isnan(sample(mesh, pixels)).any(axis=-1)
    assert not dark[theta < LENS.half - 1e-4].any()
    assert dark[theta > LENS.half + math.radians(3)].all()


def test_a_view_that_sees_nothing_is_all_outside() -> None:
    (tile,) = build_view(4, Mount.WALL, (320, 240), poses=[Pose(0, 0, 20)] * 4).tiles
    mesh = tile_mesh(tile, LENS, Mount.CEILING, 0.0)  # a wall view on a ceiling camera looks at the rim; one turned upward sees nothing
    upward = Tile(0, 0, 320, 240, type(tile.projection)(Pose(0, 60, 20)))
    nothing = tile_mesh(upward, LENS, Mount.CEILING, 0.0)
    assert not (mesh.nodes == OUTSIDE).all()
    assert (nothing.nodes == OUTSIDE).all()
    assert nothing.scale == 1.0


def test_a_narrow_lens_never_overflows_fixed_point() -> None:
    lens = Lens(LensModel.STEREOGRAPHIC, 20, Circle(5999.5, 5999.5, 6000))
    for mount in Mount:
        for row in available(mount):
            for mesh in meshes(build_view(row.index, mount, (480, 480)), lens, mount, 5.0):
                assert np.isfinite(mesh.scale)


def test_scale_is_source_pixels_per_output_pixel() -> None:
    """On the axis of an equidistant lens one output pixel of a 90 degree view covers focal / (width / 2) source pixels."""
    (mesh,) = meshes(build_view(4, Mount.WALL, (640, 480)), LENS, Mount.WALL)
    assert mesh.scale == pytest.approx(LENS.focal / 320, rel=0.01)
    (mesh,) = meshes(build_view(0, Mount.WALL, (480, 480)), LENS, Mount.WALL)
    assert mesh.scale == pytest.approx(2900 / 480)


def test_only_the_area_that_moved_is_computed_again() -> None:
    poses = [Pose(n * 90, -40) for n in range(4)]
    before = meshes(build_view(3, Mount.CEILING, (1280, 960), poses=poses), LENS, Mount.CEILING)
    poses[2] = Pose(181, -40)
    after = meshes(build_view(3, Mount.CEILING, (1280, 960), poses=poses), LENS, Mount.CEILING)
    assert [a is b for a, b in zip(before, after, strict=True)] == [True, True, False, True]


def test_the_eye_is_drawn_last_and_round() -> None:
    view = build_view(3, Mount.CEILING, (1280, 960), quad_eye=True)
    made = meshes(view, LENS, Mount.CEILING)
    assert [m.round for m in made] == [False] * 4 + [True]
    assert isinstance(view.tiles[-1].projection, Overview)


def test_nodes_agree_with_the_lens_in_double_precision() -> None:
    (tile,) = build_view(1, Mount.CEILING, (3840, 2160)).tiles
    mesh = tile_mesh(tile, LENS, Mount.CEILING, ROLL)
    rows, columns = np.nonzero((mesh.nodes != OUTSIDE).all(axis=-1))
    rays = tile_rays(tile, np.stack((columns, rows), axis=-1) * STEP, LENS, Mount.CEILING)
    exact = LENS.project(rays @ camera_from_world(Mount.CEILING, ROLL).T)
    assert np.abs(mesh.nodes[rows, columns] / ONE - exact).max() < 0.01


def test_direction_and_mesh_agree_on_the_compass() -> None:
    """Due east on the ceiling is the right-hand side of the sensor picture, and the middle of view area 2."""
    (tile,) = build_view(5, Mount.CEILING, (640, 480)).tiles
    place = sample(tile_mesh(tile, LENS, Mount.CEILING, 0.0), np.array([[319.5, 239.5]]))[0]
    assert np.allclose(place, LENS.project(camera_from_world(Mount.CEILING) @ direction(90, -37)), atol=0.3)
    assert place[0] > LENS.circle.cx + 500

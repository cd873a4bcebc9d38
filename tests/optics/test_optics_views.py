"""The twelve views: what each shows, upright, unmirrored, in proportion, without black edges and with seams that meet."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from panocam.errors import InvalidValue
from panocam.optics.aim import direction, locate, pan_tilt, ray_to_view, tile_rays, view_to_ray
from panocam.optics.catalog import Model, available, resolutions
from panocam.optics.lens import Lens, LensModel, default_lens
from panocam.optics.mount import Mount, camera_from_world
from panocam.optics.pose import Pose
from panocam.optics.projection import Cylinder, Overview, Perspective
from panocam.optics.view import Arrangement, Horizon, Tile, View, build_view

LENS = default_lens((2992, 2992))
EVERY = [(mount, row.index, resolutions(Model.M4327, row.index)[k]) for mount in Mount for row in available(mount) for k in (0, -1)]
NAMES = [f"{mount}-{index}-{w}x{h}" for mount, index, (w, h) in EVERY]
every_view = pytest.mark.parametrize(("mount", "index", "size"), EVERY, ids=NAMES)


def flat_tiles(view: View) -> list[Tile]:
    return [tile for tile in view.tiles if not isinstance(tile.projection, Overview)]


def grid(tile: Tile, n: int = 9) -> np.ndarray:
    """Pixels (n, n, 2) from one outer edge of the tile to the other."""
    x, y = np.meshgrid(np.linspace(-0.5, tile.width - 0.5, n), np.linspace(-0.5, tile.height - 0.5, n))
    return np.stack((x, y), axis=-1)


@every_view
@pytest.mark.feature("IMG-04", "VIEW-01")
def test_tiles_fill_the_picture_exactly_once(mount: Mount, index: int, size: tuple[int, int]) -> None:
    painted = np.zeros(size[::-1], int)
    for tile in build_view(index, mount, size).tiles:
        painted[tile.y : tile.y + tile.height, tile.x : tile.x + tile.width] += 1
    assert (painted == 1).all()


@every_view
def test_everybody_stands_upright_and_nothing_is_mirrored(mount: Mount, index: int, size: tuple[int, int]) -> None:
    """Raising a direction moves it up the picture, turning it clockwise moves it to the right: everywhere in the tile."""
    for tile in flat_tiles(build_view(index, mount, size)):
        for pixel in grid(tile).reshape(-1, 2):
            pan, tilt = pan_tilt(tile_rays(tile, pixel, LENS, mount))
            here, higher, clockwise = (
                locate(tile, direction(*d), LENS, mount) for d in ((pan, tilt), (pan, tilt + 0.01), (pan + 0.01, tilt))
            )
            assert higher[1] < here[1]
            assert clockwise[0] > here[0]


@every_view
def test_a_standing_person_leans_nowhere_in_the_middle(mount: Mount, index: int, size: tuple[int, int]) -> None:
    for tile in flat_tiles(build_view(index, mount, size)):
        middle = np.array([(tile.width - 1) / 2, (tile.height - 1) / 2])
        pan, tilt = pan_tilt(tile_rays(tile, middle, LENS, mount))
        foot, head = (locate(tile, direction(pan, t), LENS, mount) for t in (tilt - 3, tilt + 3))
        assert foot[0] == pytest.approx(head[0], abs=1e-6)


@every_view
@pytest.mark.feature("GAP-04")
def test_no_black_edges_by_default(mount: Mount, index: int, size: tuple[int, int]) -> None:
    """At the factory poses, the 182 degree lens sees everything that a flat tile shows."""
    for tile in flat_tiles(build_view(index, mount, size)):
        assert (LENS.theta(tile_rays(tile, grid(tile), LENS, mount) @ camera_from_world(mount).T) <= LENS.half).all()


@pytest.mark.feature("VIEW-07")
@pytest.mark.parametrize("size", [(2560, 1440), (2560, 960)])
@pytest.mark.parametrize("mount", Mount)
def test_panoramas_keep_verticals_vertical_and_proportions_true(mount: Mount, size: tuple[int, int]) -> None:
    """A mast stays in its column, and a board facing the camera is as wide as it is high at any tilt."""
    (tile,) = build_view(1, mount, size).tiles
    pixels = grid(tile)
    pans = [[pan_tilt(tile_rays(tile, p, LENS, mount))[0] for p in column] for column in pixels.transpose(1, 0, 2)]
    for column in pans:
        assert np.allclose(column, column[0])
    assert np.diff([column[0] for column in pans]) == pytest.approx(180 / 8)
    for p in pixels[1:-1, 1:-1].reshape(-1, 2):
        ray = tile_rays(tile, p, LENS, mount)
        board = ray / np.hypot(*ray[:2])  # a point on an upright surface 1 m away
        aside = np.array([board[1], -board[0], 0.0])
        here, right, up = (locate(tile, b, LENS, mount) for b in (board, board + aside * 1e-4, board + np.array([0, 0, 1e-4])))
        assert right[0] - here[0] == pytest.approx(here[1] - up[1], rel=1e-3)


@pytest.mark.feature("VIEW-07")
def test_panoramas_reach_from_the_horizon() -> None:
    for size, reach in (((2560, 1440), 60.5), ((2560, 960), 49.7)):
        for mount, sign in ((Mount.CEILING, -1), (Mount.DESK, 1)):
            (tile,) = build_view(1, mount, size).tiles
            edges = sorted(abs(pan_tilt(tile_rays(tile, (99.0, y), LENS, mount))[1]) for y in (-0.5, size[1] - 0.5))
            assert edges == [pytest.approx(0, abs=1e-9), pytest.approx(reach, abs=0.1)]
            assert pan_tilt(tile_rays(tile, (99.0, 700.0), LENS, mount))[1] * sign > 0
        (tile,) = build_view(1, Mount.WALL, size).tiles
        top, bottom = (pan_tilt(tile_rays(tile, (99.0, y), LENS, Mount.WALL))[1] for y in (-0.5, size[1] - 0.5))
        assert top == pytest.approx(-bottom)


def test_a_narrower_lens_begins_where_it_sees() -> None:
    lens = Lens(LensModel.EQUIDISTANT, 160, LENS.circle)
    for mount in (Mount.CEILING, Mount.DESK):
        for index in (1, 2, 8, 10):
            for tile in build_view(index, mount, (1280, 640), fov=160).tiles:
                assert (lens.theta(tile_rays(tile, grid(tile), lens, mount) @ camera_from_world(mount).T) <= lens.half + 1e-9).all()
    (tile,) = build_view(1, Mount.WALL, (1280, 720), fov=160).tiles
    assert pan_tilt(tile_rays(tile, (-0.5, 360.0), lens, Mount.WALL))[0] == pytest.approx(-80)


@pytest.mark.feature("VIEW-08")
@pytest.mark.parametrize("mount", [Mount.CEILING, Mount.DESK])
def test_double_panorama_goes_round_without_a_gap(mount: Mount) -> None:
    upper, lower = build_view(2, mount, (2560, 1920)).tiles
    for one, other in ((upper, lower), (lower, upper)):
        for y in (-0.5, 300.0, 959.5):
            end = tile_rays(one, (one.width - 0.5, y), LENS, mount)
            start = tile_rays(other, (-0.5, y), LENS, mount)
            assert np.allclose(end, start)
    assert pan_tilt(tile_rays(upper, (1279.5, 400), LENS, mount))[0] == pytest.approx(0)
    assert abs(pan_tilt(tile_rays(lower, (1279.5, 400), LENS, mount))[0]) == pytest.approx(180)


@pytest.mark.feature("IMG-04", "IMG-05", "IMG-09", "VIEW-09")
def test_quad_shows_the_live_areas_in_the_chosen_order() -> None:
    poses = tuple(Pose(10 * n, -20 - n, 60 + n) for n in (1, 2, 3, 4))
    view = build_view(3, Mount.CEILING, (2560, 1920), poses=poses, quad_order=(1, 4, 2, 3))
    assert [(t.x, t.y, t.projection) for t in view.tiles] == [
        (0, 0, Perspective(poses[0])),
        (1280, 0, Perspective(poses[3])),
        (0, 960, Perspective(poses[1])),
        (1280, 960, Perspective(poses[2])),
    ]
    for order in ((1, 2, 3), (1, 1, 2, 3), (0, 1, 2, 3)):
        with pytest.raises(InvalidValue, match="quad_order"):
            build_view(3, Mount.CEILING, (2560, 1920), quad_order=order)
    with pytest.raises(InvalidValue, match="poses=2"):
        build_view(3, Mount.CEILING, (2560, 1920), poses=poses[:2])


@pytest.mark.feature("GAP-04")
@pytest.mark.parametrize("size", [(3584, 2688), (384, 288), (256, 192)])
def test_quad_eye_is_a_centred_round_overview_on_top(size: tuple[int, int]) -> None:
    eye = build_view(3, Mount.DESK, size, quad_eye=True).tiles[-1]
    assert eye.round
    assert eye.projection == Overview()
    assert eye.width == eye.height
    assert abs(2 * eye.x + eye.width - size[0]) <= 2
    assert abs(2 * eye.y + eye.height - size[1]) <= 2


@pytest.mark.feature("VIEW-10", "IMG-08")
def test_each_area_is_its_own() -> None:
    poses = tuple(Pose(10 * n, -20 - n, 60 + n) for n in (1, 2, 3, 4))
    for n in range(4):
        (tile,) = build_view(4 + n, Mount.CEILING, (1920, 1080), poses=poses).tiles
        assert tile.projection == Perspective(poses[n])
        left, right = (tile_rays(tile, (x, 539.5), LENS, Mount.CEILING) for x in (-0.5, 1919.5))
        assert math.degrees(math.acos(left @ right)) == pytest.approx(61 + n)


def test_poses_are_kept_inside_what_the_lens_sees() -> None:
    (tile,) = build_view(4, Mount.CEILING, (1920, 1080), poses=[Pose(0, 60, 150)] * 4).tiles
    assert tile.projection == Perspective(Pose(0, 1, 120))


@pytest.mark.feature("VIEW-11", "VIEW-12")
def test_corners_mirror_each_other_and_stack() -> None:
    (left,), (right,) = (build_view(n, Mount.CEILING, (3200, 1600)).tiles for n in (8, 9))
    far_left = pan_tilt(tile_rays(left, (1599.5, 100), LENS, Mount.CEILING))
    far_right = pan_tilt(tile_rays(right, (1599.5, 100), LENS, Mount.CEILING))
    assert far_left[0] == pytest.approx(-45)
    assert far_right == (pytest.approx(45), pytest.approx(far_left[1]))
    assert [t.projection for t in build_view(10, Mount.CEILING, (2880, 2880)).tiles] == [left.projection, right.projection]


@pytest.mark.feature("VIEW-13")
def test_corridor_looks_both_ways() -> None:
    left, right = build_view(11, Mount.CEILING, (2560, 1920)).tiles
    one, other = (pan_tilt(tile_rays(t, (639.5, 959.5), LENS, Mount.CEILING))[0] for t in (left, right))
    assert (one - other) % 360 == pytest.approx(180)
    assert (left.width, right.x, left.height) == (1280, 1280, 1920)


def test_a_narrow_tile_shows_the_height_of_a_four_to_three_picture() -> None:
    pose = Pose(0, 0, 90)
    for size, angle in (((1280, 1920), 2 * math.degrees(math.atan(0.75))), ((1920, 1440), 2 * math.degrees(math.atan(0.75)))):
        assert 2 * math.degrees(math.atan(size[1] / 2 / pose.focal(size))) == pytest.approx(angle)


@pytest.mark.feature("VIEW-06")
def test_overview_is_the_square_around_the_circle() -> None:
    view = build_view(0, Mount.WALL, (1080, 1080))
    assert np.allclose(view_to_ray(view, 539.5, 539.5, LENS, Mount.WALL), (0, 1, 0))
    assert view_to_ray(view, 0, 0, LENS, Mount.WALL) is None
    assert pan_tilt(view_to_ray(view, 1079.5, 539.5, LENS, Mount.WALL)) == (pytest.approx(91), pytest.approx(0, abs=1e-9))
    with pytest.raises(InvalidValue, match="square"):
        build_view(0, Mount.WALL, (1080, 720))


@pytest.mark.feature("IMG-12", "IMG-16", "IMG-17", "GAP-07")
def test_horizon_straightening() -> None:
    """A camera that leans forward sees a bent horizon; told by how much it leans, the panorama shows it as a straight, level line."""
    lean = -12.0
    (tile,) = Arrangement(Mount.WALL, horizon=Horizon(lean=lean)).view(1, (2560, 1440)).tiles
    # true horizon of the room in the frame of the leaning camera: level directions turned up by the lean
    turn = np.array([direction(90, 0), direction(0, -lean), direction(180, 90 + lean)])
    level = np.array([direction(p, 0) for p in range(-85, 86, 5)]) @ turn
    rows = np.array([locate(tile, r, LENS, Mount.WALL)[1] for r in level])
    bent = np.array([locate(build_view(1, Mount.WALL, (2560, 1440)).tiles[0], r, LENS, Mount.WALL)[1] for r in level])
    assert np.ptp(bent) > 100
    assert np.ptp(rows) < 1e-6
    (raised,) = Arrangement(Mount.WALL, horizon=Horizon(line=10)).view(1, (2560, 1440)).tiles
    assert pan_tilt(tile_rays(raised, (1279.5, 719.5), LENS, Mount.WALL))[1] == pytest.approx(10)
    with pytest.raises(InvalidValue, match="horizon"):
        Horizon(lean=60)


def test_equal_views_are_equal_values() -> None:
    one, same, other = (build_view(3, Mount.CEILING, (1280, 960), quad_eye=eye) for eye in (True, True, False))
    assert one == same
    assert hash(one) == hash(same)
    assert one != other


def test_odd_sizes_are_refused() -> None:
    with pytest.raises(InvalidValue, match="even"):
        build_view(3, Mount.CEILING, (1282, 960))
    with pytest.raises(InvalidValue, match="even"):
        build_view(4, Mount.CEILING, (0, 0))


@given(st.sampled_from(EVERY), st.floats(0, 1), st.floats(0, 1), st.booleans())
@example((Mount.DESK, 2, (256, 192)), 0.0, 0.5, False)  # on the seam between the two panoramas
@example((Mount.DESK, 2, (256, 192)), 1.0, 0.5, False)
@example((Mount.CEILING, 3, (1280, 960)), 0.5, 0.25, False)  # between two quarters
def test_what_a_pixel_sees_is_found_at_that_pixel(case: tuple[Mount, int, tuple[int, int]], across: float, down: float, eye: bool) -> None:
    mount, index, size = case
    view = build_view(index, mount, size, quad_eye=eye)
    x, y = across * (size[0] - 1), down * (size[1] - 1)
    ray = view_to_ray(view, x, y, LENS, mount)
    if ray is None:
        assert index == 0
        assert math.hypot(x + 0.5 - size[0] / 2, y + 0.5 - size[1] / 2) > size[0] / 2 - 1e-6
        return
    assert np.linalg.norm(ray) == pytest.approx(1)
    assert any(math.hypot(fx - x, fy - y) < 1e-3 for fx, fy in ray_to_view(view, ray, LENS, mount))


@pytest.mark.parametrize("mount", [Mount.CEILING, Mount.DESK])
def test_what_is_on_a_seam_is_seen_on_both_sides_of_it(mount: Mount) -> None:
    upper, lower = (view := build_view(2, mount, (256, 192))).tiles
    for tile, row in ((upper, tile_edge := upper.height - 0.5), (lower, -0.5)):
        assert tile_edge == lower.y - 0.5
        for column in np.linspace(-0.5, tile.width - 0.5, 41):
            ray = tile_rays(tile, (column, row), LENS, mount)
            assert any(math.hypot(x - column, y - tile_edge) < 1e-5 for x, y in ray_to_view(view, ray, LENS, mount))


def test_a_direction_may_be_seen_twice_or_never() -> None:
    view = build_view(10, Mount.CEILING, (2880, 2880))
    assert len(ray_to_view(view, direction(0, -20), LENS, Mount.CEILING)) == 2
    assert ray_to_view(view, direction(180, -20), LENS, Mount.CEILING) == []
    assert ray_to_view(view, direction(0, 20), LENS, Mount.CEILING) == []
    assert view_to_ray(view, 5000, 5, LENS, Mount.CEILING) is None


def test_the_eye_hides_what_is_behind_it() -> None:
    view = build_view(3, Mount.CEILING, (1280, 960), quad_eye=True)
    eye = view.tiles[-1]
    seen = view_to_ray(view, 639.5, 479.5, LENS, Mount.CEILING)
    assert pan_tilt(seen)[1] == pytest.approx(-90)
    below = replace(view, tiles=view.tiles[:-1])
    corner = eye.x + 1.0, eye.y + 1.0
    assert np.allclose(view_to_ray(view, *corner, LENS, Mount.CEILING), view_to_ray(below, *corner, LENS, Mount.CEILING))


def test_behind_the_picture_is_nowhere() -> None:
    assert np.isnan(Perspective(Pose()).locate(direction(180, 0), (640, 480))).all()
    assert np.isnan(Cylinder(0, 180, 1).locate(np.array([0.0, 0.0, 1.0]), (640, 480))[1])


def test_the_middles_of_neighbouring_areas_are_a_quarter_turn_apart() -> None:
    pans = [pan_tilt(tile_rays(t, (t.width / 2, t.height / 2), LENS, Mount.DESK))[0] for t in build_view(3, Mount.DESK, (1280, 960)).tiles]
    assert [(b - a) % 360 for a, b in pairwise(pans)] == [pytest.approx(90)] * 3

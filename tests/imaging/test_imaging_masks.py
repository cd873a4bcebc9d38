"""Painted masks: every pixel of every view that lies under one is its colour, and no pixel that does not."""

from __future__ import annotations

import time
from dataclasses import replace
from functools import lru_cache

import cv2
import numpy as np
import pytest

from panocam.errors import InvalidValue
from panocam.imaging.cover import patches
from panocam.imaging.ink import CELLS, HOLD_NS, RGB, Ink, cell_side, shade
from panocam.imaging.pool import copy_planes
from panocam.imaging.privacy import Privacy, PrivacyMask
from panocam.imaging.pyramid import Pyramid
from panocam.imaging.warp import warp
from panocam.media.frame import RawFrame
from panocam.media.planes import JPEG_COLOR, VIDEO_COLOR, Color, Matrix, Planes
from panocam.optics.aim import tile_rays
from panocam.optics.catalog import Model, available, resolutions
from panocam.optics.lens import Circle, Lens, LensModel
from panocam.optics.meshing import meshes
from panocam.optics.mount import Mount, camera_from_world
from panocam.optics.polygon import Polygon
from panocam.optics.view import build_view

SIDE = 960
LENS = Lens(LensModel.EQUIDISTANT, 182.0, Circle(SIDE / 2 - 3, SIDE / 2 + 2, SIDE / 2 - 8))
OPEN, HIDDEN = 210, 40
SHAPES = {
    "anywhere": ((-25.0, 30.0), (20.0, 25.0), (25.0, 55.0), (5.0, 48.0), (-20.0, 60.0)),
    "on the seam": ((160.0, 60.0), (-165.0, 55.0), (-160.0, 85.0), (170.0, 80.0)),
    "over the pole": ((0.0, 12.0), (130.0, 15.0), (250.0, 9.0)),
    "at the rim": ((60.0, 80.0), (100.0, 80.0), (100.0, 96.0), (60.0, 96.0)),
    "most of it": ((0.0, 100.0), (90.0, 100.0), (180.0, 100.0), (270.0, 30.0)),
}


def picture(value: int = OPEN, side: int = SIDE, color: Color = JPEG_COLOR) -> Planes:
    planes = Planes.blank(side, side, color)
    planes.y[:] = value
    return planes


def masked(polygon: Polygon, planes: Planes, lens: Lens = LENS, ink: Ink = Ink.BLACK, pts: int = 0) -> Planes:
    return PrivacyMask(Privacy((polygon,), ink)).apply(RawFrame(planes, pts, 0), lens).planes


@lru_cache(maxsize=4)
def inside_of(polygon: Polygon, lens: Lens, side: int) -> np.ndarray:
    """Which pixel centres of a sensor picture of ``side`` pixels lie inside."""
    y, x = np.mgrid[0:side, 0:side]
    return polygon.contains(lens.unproject(np.stack((x, y), axis=-1)))


@pytest.mark.feature("PRV-01", "PRV-06", "PRV-08")
@pytest.mark.parametrize("mount", list(Mount))
@pytest.mark.parametrize("shape", SHAPES)
def test_every_view_hides_what_lies_inside_and_shows_the_rest(mount: Mount, shape: str) -> None:
    """Inside, from one view pixel off the edge on, all is hidden; outside, what is farther off than the margin and the filters is not."""
    roll, polygon = 31.0, Polygon(SHAPES[shape])
    lens = LENS.scaled(0.5)
    pyramid = Pyramid(masked(polygon, picture(side=SIDE // 2), lens))
    away = cv2.distanceTransform(1 - inside_of(polygon, lens, SIDE // 2).astype(np.uint8), cv2.DIST_L2, 5)
    for row in available(mount):
        width, height = min(size for size in resolutions(Model.M4328, row.index) if size[0] >= 320)
        view = build_view(row.index, mount, (width, height))
        out, drawn = Planes.blank(width, height, JPEG_COLOR), meshes(view, lens, mount, roll)
        warp(drawn, pyramid, out)
        for tile, mesh in zip(view.tiles, drawn, strict=True):
            x, y = np.meshgrid(np.arange(tile.width), np.arange(tile.height))
            rays = tile_rays(tile, np.stack((x, y), axis=-1), lens, mount) @ camera_from_world(mount, roll).T
            seen = lens.theta(rays) < lens.half - 0.02
            inside = polygon.contains(rays)
            shown = out.y[tile.y : tile.y + tile.height, tile.x : tile.x + tile.width]
            deep = cv2.distanceTransform(inside.astype(np.uint8), cv2.DIST_L2, 5)
            assert shown[(deep > 1.0) & seen].max(initial=0) <= 2, (row.name, "something hidden shows")
            far = cv2.remap(away, *np.moveaxis(lens.project(rays).astype(np.float32), -1, 0), cv2.INTER_LINEAR, borderValue=0)
            open_ = (far > 4 + 3 * max(1.0, mesh.scale)) & seen
            assert shown[open_].min(initial=255) >= OPEN - 3, (row.name, "something open is hidden")


def test_not_one_hidden_pixel_of_the_sensor_remains_and_few_others_are_lost() -> None:
    """The sensor picture itself: whatever the polygon touches with any corner of a pixel is covered, luma and chroma."""
    side = 240
    lens = LENS.scaled(side / SIDE)
    y, x = np.mgrid[0 : side + 1, 0 : side + 1] - 0.5
    for shape in SHAPES.values():
        polygon = Polygon(shape)
        at = polygon.contains(lens.unproject(np.stack((x, y), axis=-1)))
        touched = at[:-1, :-1] | at[1:, :-1] | at[:-1, 1:] | at[1:, 1:]
        shown = masked(polygon, picture(side=side), lens)
        assert (shown.y[touched] == 0).all()
        touched_chroma = touched.reshape(side // 2, 2, side // 2, 2).any(axis=(1, 3))
        marked = masked(polygon, picture(side=side), lens, ink=Ink.RED)
        assert (marked.v[touched_chroma] == shade(Ink.RED, JPEG_COLOR)[2]).all()
        away = cv2.distanceTransform(1 - touched.astype(np.uint8), cv2.DIST_L2, 5)
        assert away[shown.y == 0].max() <= 3.9


@pytest.mark.parametrize("model", ["equidistant", "equisolid", "stereographic", "orthographic", "kb:0.05,-0.01,0.002,0"])
def test_every_lens_bends_edges_as_it_bends_the_picture(model: str) -> None:
    lens = Lens.parse(model, 170.0, Circle(300.0, 299.0, 280.0))
    polygon = Polygon(((-70.0, 20.0), (60.0, 70.0), (120.0, 80.0), (-150.0, 60.0)))
    y, x = np.mgrid[0:600, 0:600]
    rays = lens.unproject(np.stack((x, y), axis=-1))
    inside, seen = polygon.contains(rays), lens.theta(rays) < lens.half - 0.02
    shown = masked(polygon, picture(side=600), lens)
    away = cv2.distanceTransform(1 - inside.astype(np.uint8), cv2.DIST_L2, 5)
    assert (shown.y[inside & seen] == 0).all()
    assert (shown.y[(away > 5) & seen] == OPEN).all()


@pytest.mark.feature("PRV-05", "PRV-07")
@pytest.mark.parametrize("ink", [ink for ink in Ink if not ink.looks])
@pytest.mark.parametrize("color", [JPEG_COLOR, VIDEO_COLOR, Color(False, Matrix.BT601)])
def test_colours_are_right_in_every_range_and_matrix(ink: Ink, color: Color) -> None:
    y, u, v = shade(ink, color)
    kr, kb = (0.299, 0.114) if color.matrix is Matrix.BT601 else (0.2126, 0.0722)
    luma, cb, cr = (y / 255, (u - 128) / 255, (v - 128) / 255) if color.full else ((y - 16) / 219, (u - 128) / 224, (v - 128) / 224)
    red, blue = luma + 2 * (1 - kr) * cr, luma + 2 * (1 - kb) * cb
    green = (luma - kr * red - kb * blue) / (1 - kr - kb)
    assert np.allclose(np.array([red, green, blue]) * 255, RGB[ink], atol=2.5)


def test_the_sources_planes_are_left_alone() -> None:
    polygon, planes = Polygon(SHAPES["anywhere"]), picture()
    shown = masked(polygon, planes)
    assert (planes.y == OPEN).all()
    assert shown is not planes


@pytest.mark.parametrize("ink", [Ink.WHITE, Ink.MOSAIC, Ink.CHAMELEON])
def test_planes_that_are_ours_are_painted_themselves_each_time(ink: Ink) -> None:
    mask, planes = PrivacyMask(Privacy((Polygon(SHAPES["anywhere"]),), ink)), picture()
    for number in range(3):
        planes.y[:], planes.u[:], planes.v[:] = OPEN, 60, 200
        copied = mask.apply(RawFrame(planes, number, 0), LENS).planes
        shown = mask.apply(RawFrame(planes, number, 0, ours=True), LENS).planes
        assert shown is planes
        for mine, other in zip((planes.y, planes.u, planes.v), (copied.y, copied.u, copied.v), strict=True):
            assert np.array_equal(mine, other)


def test_the_mask_knows_which_pixels_it_hides() -> None:
    mask, planes = PrivacyMask(Privacy(tuple(map(Polygon, SHAPES.values())), Ink.WHITE)), picture()
    shown = mask.apply(RawFrame(planes, 0, 0), LENS).planes
    rows, columns = (grid.ravel() for grid in np.mgrid[: shown.height, : shown.width])
    assert np.array_equal(mask.hides(rows, columns).reshape(shown.y.shape), shown.y != OPEN)
    mask.privacy = Privacy()
    assert not mask.hides(rows, columns).any()


@pytest.mark.parametrize(("width", "height", "pad"), [(2, 2, 0), (63, 5, 3), (130, 7, 1), (641, 481, 31), (2992, 33, 0)])
def test_a_copy_is_exact_and_touches_nothing_else(width: int, height: int, pad: int) -> None:
    rng = np.random.default_rng(width)
    shapes = [(height, width), *[((height + 1) // 2, (width + 1) // 2)] * 2]
    source, wide = (Planes(*(rng.integers(0, 256, (h, w + pad), np.uint8)[:, :w] for h, w in shapes), JPEG_COLOR) for _ in range(2))
    rims = [plane.base[:, w:].copy() for plane, (_, w) in zip((wide.y, wide.u, wide.v), shapes, strict=True)]  # type: ignore[index]
    copy_planes(source, wide)
    for mine, other, rim in zip((source.y, source.u, source.v), (wide.y, wide.u, wide.v), rims, strict=True):
        assert np.array_equal(mine, other)
        assert np.array_equal(other.base[:, other.shape[1] :], rim)  # type: ignore[index]


def test_a_still_picture_is_painted_once_and_copies_use_old_memory_again() -> None:
    mask, planes = PrivacyMask(Privacy((Polygon(SHAPES["anywhere"]),))), picture()
    assert mask.apply(RawFrame(planes, 0, 0), LENS).planes is mask.apply(RawFrame(planes, 1, 1), LENS).planes
    seen = set()
    for number in range(20):
        frame = mask.apply(RawFrame(picture(), number, 0), LENS)
        seen.add(frame.planes.y.__array_interface__["data"][0])
    assert len(seen) <= 4


def test_planes_that_somebody_holds_are_not_painted_again() -> None:
    mask = PrivacyMask(Privacy((Polygon(SHAPES["anywhere"]),)))
    held = [mask.apply(RawFrame(picture(number), number, 0), LENS).planes for number in range(12)]
    assert [int(planes.y[0, 0]) for planes in held] == list(range(12))


def test_without_a_lens_everything_is_covered_and_without_masks_nothing() -> None:
    for ink in Ink:
        shown = PrivacyMask(Privacy((Polygon(SHAPES["anywhere"]),), ink)).apply(RawFrame(picture(), 0, 0), None).planes
        assert shown.y.min() == shown.y.max() != OPEN
    planes = picture()
    assert PrivacyMask().apply(RawFrame(planes, 0, 0), None).planes is planes


def test_a_mask_moves_with_the_lens_the_size_and_the_range() -> None:
    mask = PrivacyMask(Privacy((Polygon(SHAPES["over the pole"]),), Ink.WHITE))
    first = mask.apply(RawFrame(picture(), 0, 0), LENS).planes
    moved = mask.apply(RawFrame(picture(), 1, 0), replace(LENS, circle=Circle(400, 400, 380))).planes
    assert first.y[482, 477] == moved.y[400, 400] == 255
    assert first.y[300, 300] == OPEN
    small = mask.apply(RawFrame(picture(side=480, color=VIDEO_COLOR), 2, 0), LENS.scaled(0.5)).planes
    assert small.y[240, 238] == 235


@pytest.mark.parametrize("side", [(101, 67), (16, 16), (33, 1), (2, 2)])
def test_odd_and_tiny_pictures(side: tuple[int, int]) -> None:
    planes = Planes.blank(*side)
    planes.y[:] = OPEN
    lens = Lens(LensModel.EQUIDISTANT, 182.0, Circle(side[0] / 2, side[1] / 2, max(side) / 2))
    for ink in (Ink.RED, Ink.MOSAIC, Ink.CHAMELEON):
        shown = masked(Polygon(((0, 128), (90, 128), (180, 128), (270, 128))), planes, lens, ink)
        assert (shown.v == shade(Ink.RED, JPEG_COLOR)[2]).all() or ink.looks


@pytest.mark.feature("PRV-11")
def test_many_masks_that_touch_are_one_patch() -> None:
    ring = [Polygon(((a, 40.0), (a + 12.0, 40.0), (a + 12.0, 60.0), (a, 60.0))) for a in range(0, 320, 10)]
    assert len(patches(ring, LENS, (SIDE, SIDE))) == 1
    apart = [Polygon(((a, 40.0), (a + 5.0, 40.0), (a + 5.0, 60.0), (a, 60.0))) for a in range(0, 320, 10)]
    found = patches(apart, LENS, (SIDE, SIDE))
    assert len(found) == 32
    covered = np.zeros((SIDE, SIDE), int)
    for patch in found:
        covered[patch.y : patch.y + patch.height, patch.x : patch.x + patch.width] += patch.luma == 255
    assert covered.max() == 1


def test_repainting_brings_the_exact_colour_back() -> None:
    mask = PrivacyMask(Privacy((Polygon(SHAPES["anywhere"]),), Ink.RED))
    shown = mask.apply(RawFrame(picture(), 0, 0), LENS).planes
    brighter = Planes(cv2.add(shown.y, 30), cv2.add(shown.u, 9), cv2.add(shown.v, 9), shown.color)
    mask.repaint(brighter)
    covered = shown.v == shade(Ink.RED, JPEG_COLOR)[2]
    assert covered.any()
    for plane, value in zip((brighter.u, brighter.v), shade(Ink.RED, JPEG_COLOR)[1:], strict=True):
        assert (plane[covered] == value).all()
    assert (brighter.v[~covered] == 137).all()


@pytest.mark.feature("PRV-10")
def test_ten_masks_cost_little_more_than_one_that_covers_as_many_rows() -> None:
    """The copy of the rows that masks touch is the larger part; the rest is painting, worked out once."""
    raws = [RawFrame(picture(number), number, 0) for number in range(2)]
    ten = tuple(Polygon(((a, 40.0), (a + 8.0, 40.0), (a + 8.0, 50.0), (a, 50.0))) for a in range(0, 300, 30))
    costs = {}
    for count, polygons in ((1, (Polygon(SHAPES["most of it"]),)), (10, ten)):
        mask, found = PrivacyMask(Privacy(polygons)), []
        for number in range(40):
            before = time.thread_time()
            mask.apply(raws[number % 2], LENS)
            found.append(time.thread_time() - before)
        costs[count] = sorted(found[4:])[10]
    assert costs[10] < 3 * costs[1]


def test_a_mosaic_scale_has_bounds() -> None:
    for scale in (2, 17):
        with pytest.raises(InvalidValue, match="3 to 16"):
            Privacy((), Ink.MOSAIC, scale)


# --- the mosaic under attack


FACE = Polygon(((-30.0, 20.0), (30.0, 20.0), (25.0, 60.0), (-25.0, 60.0)))


def textured(seed: int = 4, shift: tuple[int, int] = (0, 0)) -> Planes:
    """Random texture with detail from 3 pixels up, moved by ``shift`` (x, y)."""
    rng = np.random.default_rng(seed)
    noise = cv2.GaussianBlur(rng.standard_normal((SIDE, SIDE)).astype(np.float32), (0, 0), 3)
    planes = Planes.blank(SIDE, SIDE)
    planes.y[:] = np.roll(np.clip(128 + 400 * noise, 0, 255), shift, axis=(1, 0)).astype(np.uint8)
    return planes


def detail(plane: np.ndarray, side: int) -> np.ndarray:
    """(cells, pixels): what is in each cell of the grid besides its mean; without its border, where interpolation mixes neighbours."""
    count = SIDE // side
    cells = plane[: count * side, : count * side].astype(np.float64).reshape(count, side, count, side).swapaxes(1, 2)
    inner = cells[:, :, 3:-3, 3:-3].reshape(count * count, -1)
    return inner - inner.mean(axis=1, keepdims=True)


def agreement(found: np.ndarray, truth: np.ndarray, side: int) -> float:
    """Correlation of what was won back with the hidden detail, in cells that are wholly hidden."""
    count = SIDE // side
    inside = inside_of(FACE, LENS, SIDE)[: count * side, : count * side].reshape(count, side, count, side).all(axis=(1, 3)).ravel()
    won = detail(found, side)[inside] + np.random.default_rng(0).normal(0, 0.01, (inside.sum(), (side - 6) ** 2))  # defined for flat ones
    return float(np.corrcoef(detail(truth, side)[inside].ravel(), won.ravel())[0, 1])


def overview(planes: Planes, roll: float) -> np.ndarray:
    """What a stream of the overview shows at a roll."""
    out = Planes.blank(SIDE, SIDE)
    warp(meshes(build_view(0, Mount.CEILING, (SIDE, SIDE), fov=LENS.fov), LENS, Mount.CEILING, roll), Pyramid(planes), out)
    return out.y


def turned_back(plane: np.ndarray, roll: float) -> np.ndarray:
    """An overview, laid over the sensor picture that it comes from."""
    c, middle = LENS.circle, (SIDE - 1) / 2
    back = cv2.getRotationMatrix2D((middle, middle), roll, c.radius / (SIDE / 2))
    back[:, 2] += (c.cx - middle, c.cy - middle)
    return cv2.warpAffine(plane, back, (SIDE, SIDE), flags=cv2.INTER_LINEAR)


@pytest.mark.feature("PRV-07")
def test_averaging_over_many_rolls_wins_nothing_back_from_a_mosaic() -> None:
    """The overview as it is drawn at many rolls, each turned back, all averaged: a mosaic of the shown picture gives detail away, ours
    does not."""
    truth, rng = textured(), np.random.default_rng(1)
    side = cell_side(3, truth.size)
    shown = masked(FACE, truth, ink=Ink.MOSAIC)
    rolls = rng.uniform(-20, 20, 40)
    ours, naive, clear = np.zeros((SIDE, SIDE)), np.zeros((SIDE, SIDE)), np.zeros((SIDE, SIDE))
    for roll in rolls:
        ours += turned_back(overview(shown, roll), roll)
        rolled = overview(truth, roll)
        clear += turned_back(rolled, roll)
        small = cv2.resize(rolled, (SIDE // side, SIDE // side), interpolation=cv2.INTER_AREA)
        naive += turned_back(cv2.resize(small, (SIDE, SIDE), interpolation=cv2.INTER_NEAREST), roll)
    against_clear, against_naive, against_ours = (agreement(sum_ / len(rolls), truth.y, side) for sum_ in (clear, naive, ours))
    assert against_clear > 0.95, "the pictures must lie upon each other"
    assert against_naive > 0.3, "the attack must work where a mosaic is made after the roll"
    assert abs(against_ours) < 0.06


@pytest.mark.feature("PRV-07")
def test_noise_and_small_steps_between_looks_change_no_cell() -> None:
    """Cells are looked at once a second: a thing that moves under the grid meanwhile leaves no trace."""
    mask = PrivacyMask(Privacy((FACE,), Ink.MOSAIC))
    shown = [mask.apply(RawFrame(textured(shift=(step, 0)), step * 40_000_000, 0), LENS).planes.y.copy() for step in range(25)]
    inside = inside_of(FACE, LENS, SIDE)
    assert all((each[inside] == shown[0][inside]).all() for each in shown)
    later = mask.apply(RawFrame(textured(seed=9, shift=(80, 0)), HOLD_NS, 0), LENS).planes.y
    assert (later[inside] != shown[0][inside]).any()


def test_cells_are_flat_coarse_and_quantised() -> None:
    shown = masked(FACE, textured(), ink=Ink.MOSAIC)
    side = cell_side(3, shown.size)
    assert side >= SIDE * 3 / CELLS - 2
    inside = inside_of(FACE, LENS, SIDE)
    for top in range(0, SIDE - side, side):
        for left in range(0, SIDE - side, side):
            cell = (slice(top, top + side), slice(left, left + side))
            if inside[cell].all():
                assert np.ptp(shown.y[cell]) == 0
                assert shown.y[cell][0, 0] % 16 == 0
    assert cell_side(16, shown.size) > 5 * side


def test_a_mosaic_stays_as_the_picture_was_adjusted() -> None:
    """Repainting it with its cells would show the picture of before beside the adjusted one."""
    mask, planes = PrivacyMask(Privacy((Polygon(SHAPES["anywhere"]),), Ink.MOSAIC)), picture()
    shown = mask.apply(RawFrame(planes, 0, 0), LENS).planes
    adjusted = Planes.blank(SIDE, SIDE, JPEG_COLOR)
    copy_planes(shown, adjusted)
    adjusted.y[:] += 20
    before = adjusted.y.copy()
    mask.repaint(adjusted)
    assert np.array_equal(adjusted.y, before)

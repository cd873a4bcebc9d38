"""What counts as movement and where it is, and what does not count: noise, light, bands, flashes, what a mask covers."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from panocam.clock import NS, ManualClock
from panocam.imaging.movement import CELLS, EVERY_NS, MotionMeter, Movement
from panocam.imaging.privacy import Privacy, PrivacyMask
from panocam.imaging.watched import MotionArea, Watched, cells_of, largest, sizes
from panocam.media.bands import Bands
from panocam.media.frame import Frame, RawFrame
from panocam.media.planes import JPEG_COLOR, Planes
from panocam.optics.lens import Lens, default_lens
from panocam.optics.polygon import Polygon

SIDE = 320
LENS = default_lens((SIDE, SIDE))
SIZES = sizes(LENS)
SCENE = np.kron(np.random.default_rng(3).uniform(40, 180, (16, 16)), np.ones((20, 20)))
PIXEL = SIDE // CELLS

Luma = NDArray[np.float64]
Hides = Callable[[NDArray[np.intp], NDArray[np.intp]], NDArray[np.bool_]]


def nothing(rows: NDArray[np.intp], columns: NDArray[np.intp]) -> NDArray[np.bool_]:
    return np.zeros(rows.shape, bool)


def walking(number: int, step: int = 8, size: int = 40, top: int = 140) -> Luma:
    """A thing that has got further in each picture."""
    luma = SCENE.copy()
    left = 80 + number * step % 120
    luma[top : top + size, left : left + size] = 230
    return luma


def looks(
    lumas: Iterable[Luma],
    sigma: float = 2.0,
    hides: Hides = nothing,
    seed: int = 1,
    apart_ns: int = EVERY_NS,
    exposure: Callable[[int], object] = lambda number: "as ever",
    cut: int | None = None,
) -> list[Movement | None]:
    """What is said at each of the pictures, each with noise of its own; ``cut`` is one that begins anew."""
    rng, meter, told = np.random.default_rng(seed), MotionMeter((SIDE, SIDE), LENS, hides), []
    for number, luma in enumerate(lumas):
        planes = Planes.blank(SIDE, SIDE, JPEG_COLOR)
        planes.y[:] = np.clip(luma + rng.normal(0, sigma, luma.shape), 0, 255)
        raw = RawFrame(planes, number * apart_ns, 0, discontinuity=number == cut)
        told.append(meter.look(shown(raw), exposure(number)))
    return told


def shown(raw: RawFrame, privacy: Privacy | None = None) -> Frame:
    return PrivacyMask(privacy, clock=ManualClock()).apply(raw, LENS)


def size(movement: Movement | None, sensitivity: int = 50) -> float:
    """How large what moves is, in degrees."""
    return 0.0 if movement is None else largest(movement.cells(sensitivity), SIZES)


def moved(told: Iterable[Movement | None], sensitivity: int = 50, least: float = 4.0) -> list[bool]:
    return [size(movement, sensitivity) >= least for movement in told]


@pytest.mark.parametrize("sigma", [0.0, 2.0, 6.0, 10.0])
def test_what_walks_is_seen_from_the_fourth_look_on_and_where_it_is(sigma: float) -> None:
    told = looks((walking(number) for number in range(12)), sigma)
    assert told[:3] == [None, None, None]
    assert all(moved(told[3:]))
    for number, movement in enumerate(told[3:], 3):
        assert movement is not None
        rows, columns = np.nonzero(movement.cells(50))
        left = 80 + number * 8
        assert (rows * PIXEL >= 140 - 4 * PIXEL).all()
        assert (rows * PIXEL <= 180 + 4 * PIXEL).all()
        assert (columns * PIXEL >= left - 24 - 4 * PIXEL).all()
        assert (columns * PIXEL <= left + 40 + 4 * PIXEL).all()


@settings(max_examples=15, deadline=None)
@given(st.floats(0, 25), st.integers(0, 1000))
def test_noise_of_any_strength_is_no_movement(sigma: float, seed: int) -> None:
    assert not any(moved(looks((SCENE for _ in range(12)), sigma, seed=seed)))


def test_noise_only_where_it_is_bright_is_no_movement() -> None:
    """As a sensor has it whose dark parts are black: the quiet of most of the picture must not make the rest count."""
    rng = np.random.default_rng(5)
    dark = np.where(SCENE > 140, SCENE, 10.0)
    assert not any(moved(looks(((dark + (dark > 50) * rng.normal(0, 25, dark.shape)) for _ in range(20)), 0.0)))


@pytest.mark.parametrize(
    "light",
    [
        lambda number, rows: SCENE + 12 * (number % 2),
        lambda number, rows: SCENE * (1 + 0.03 * number),
        lambda number, rows: SCENE * (1 + 0.1 * np.sin(rows / 25 + 1.3 * number)),
        lambda number, rows: SCENE * (0.3 if number < 6 else 1),
        lambda number, rows: np.where((rows < 200) & (number >= 6), SCENE * 1.4, SCENE),
        lambda number, rows: np.where(rows.T > 240, SCENE, SCENE * (1 + 0.1 * np.sin(rows / 25 + 1.3 * number))),
    ],
    ids=[
        "up and down",
        "ever brighter",
        "bands of the mains",
        "switched on",
        "one of several lamps",
        "daylight beside bands",
    ],
)
def test_light_is_no_movement(light: Callable[[int, NDArray[np.intp]], Luma]) -> None:
    rows = np.arange(SIDE)[:, None]
    assert not any(moved(looks(light(number, rows) for number in range(14))))


def test_a_lamp_that_lights_a_corner_is_no_movement_and_neither_is_a_flash() -> None:
    def lamp(number: int, on: bool) -> Luma:
        luma = SCENE.copy()
        luma[100:180, 60:150] += 60 * on
        return luma

    assert not any(moved(looks(lamp(number, number >= 6) for number in range(12))))
    assert not any(moved(looks(lamp(number, number == 6) for number in range(12))))


def test_a_picture_that_jumps_is_no_movement() -> None:
    def jumping(number: int) -> Luma:
        return np.roll(SCENE, 10 * (number % 3), axis=1)

    assert not any(moved(looks(jumping(number) for number in range(14))))


def test_it_is_over_when_nothing_moves_any_more() -> None:
    told = moved(looks(walking(min(number, 6)) for number in range(12)))
    assert told[6]
    assert not any(told[7:])


def test_what_a_mask_covers_is_not_seen() -> None:
    walker = [walking(number) for number in range(12)]
    assert not any(moved(looks(walker, hides=lambda rows, columns: (rows > 130) & (rows < 190))))
    half = moved(looks(walker, hides=lambda rows, columns: (rows > 130) & (rows < 160)))
    assert any(half)


def test_a_picture_in_bands_is_read_where_it_lies() -> None:
    """That is what a mask makes of a decoder's picture."""
    planes = Planes.blank(SIDE, SIDE, JPEG_COLOR)
    planes.y[:] = walking(3)
    bands = shown(RawFrame(planes, 0, 0), Privacy((Polygon(((300, 60), (310, 60), (305, 70))),))).planes
    assert isinstance(bands, Bands)
    meter = MotionMeter((SIDE, SIDE), LENS, nothing)
    means = meter._grid.means(bands)
    assert "_whole" not in vars(bands)
    assert (means == meter._grid.means(Planes(bands.y.copy(), bands.u, bands.v, bands.color))).all()
    assert not (means == meter._grid.means(planes)).all()


@pytest.mark.parametrize(
    "how",
    [
        {"apart_ns": NS // 100},
        {"apart_ns": 3 * NS},
        {"exposure": lambda number: number},
    ],
    ids=["too early", "too late", "exposed otherwise"],
)
def test_pictures_that_cannot_be_compared_are_not(how: dict[str, object]) -> None:
    assert not any(moved(looks((walking(number) for number in range(12)), **how)))  # type: ignore[arg-type]


def test_after_a_gap_it_begins_anew() -> None:
    told = moved(looks((walking(number) for number in range(12)), cut=6))
    assert told == [False, False, False, True, True, True, False, False, False, True, True, True]


def test_sensitivity_decides_about_what_is_faint() -> None:
    def faint(number: int) -> Luma:
        luma = SCENE.copy()
        luma[140:180, 80 + 8 * number : 120 + 8 * number] += 5
        return luma

    told = looks([faint(number) for number in range(12)], 1.0)
    assert [sum(moved(told, sensitivity)) for sensitivity in (1, 100)] == [0, 9]


@given(st.floats(0, 359), st.floats(5, 60), st.integers(3, 8), st.floats(4, 25))
@settings(max_examples=40, deadline=None)
def test_cells_of_a_polygon_are_those_whose_middle_lies_in_it(azimuth: float, off: float, corners: int, radius: float) -> None:
    """Wherever it lies, over the centre and over the seam of azimuths too."""
    middle = np.radians((azimuth, off))
    axis = np.array((np.sin(middle[1]) * np.sin(middle[0]), -np.sin(middle[1]) * np.cos(middle[0]), np.cos(middle[1])))
    side = np.cross(axis, (0.3, 0.5, 0.8))
    side /= np.linalg.norm(side)
    up, turn, r = np.cross(axis, side), 2 * np.pi * np.arange(corners) / corners, np.radians(radius)
    polygon = Polygon.of_rays([np.cos(r) * axis + np.sin(r) * (np.cos(a) * side + np.sin(a) * up) for a in turn])
    cells = cells_of(polygon, LENS)
    at = (np.stack(np.meshgrid(*[np.arange(CELLS)] * 2), axis=-1) + 0.5) * PIXEL - 0.5
    inside = polygon.contains(LENS.unproject(at))
    border = np.zeros_like(inside)
    border[1:-1, 1:-1] = np.any([inside[1:-1, 1:-1] != inside[1 + y : CELLS - 1 + y, 1 + x : CELLS - 1 + x] for y, x in NEAR], axis=0)
    assert (cells == inside)[~border].all()
    assert cells.any()


NEAR = [(y, x) for y in (-1, 0, 1) for x in (-1, 0, 1)]


@pytest.mark.parametrize("lens", [LENS, Lens(LENS.model, 100, LENS.circle)], ids=["wide", "narrow"])
def test_sizes_are_square_degrees(lens: Lens) -> None:
    """All cells inside the circle together are as large as what the lens sees."""
    at = (np.stack(np.meshgrid(*[np.arange(CELLS)] * 2), axis=-1) + 0.5) * PIXEL - 0.5
    seen = np.hypot(*np.moveaxis(at - LENS.circle.cx, -1, 0)) < LENS.circle.radius
    cap = 2 * np.pi * (1 - np.cos(np.radians(lens.fov / 2))) * np.degrees(1) ** 2
    assert sizes(lens)[seen].sum() == pytest.approx(cap, rel=0.02)


def watched(*areas: MotionArea) -> Watched:
    return Watched(areas, LENS, np.ones((CELLS, CELLS), bool))


LEFT = Polygon(((250, 30), (290, 30), (300, 80), (240, 80)))
WALK = Polygon(((300, 60), (60, 60), (120, 60), (240, 60)))


def test_each_area_goes_by_its_own_place_sensitivity_and_size() -> None:
    areas = watched(MotionArea(1, LEFT, 50, 4), MotionArea(2, WALK, 50, 4), MotionArea(3, WALK, 50, 60), MotionArea(4, WALK, 1, 4))
    faint = [SCENE + 0.02 * (walking(number) - SCENE) for number in range(12)]
    clear = looks([walking(number) for number in range(12)], 1.0)
    assert clear[-1] is not None
    assert areas.moving(clear[-1]) == {2, 4}
    found = [areas.moving(movement) for movement in looks(faint, 0.5) if movement is not None]
    assert not any(4 in ids or 3 in ids for ids in found)
    assert {2} in found


def test_an_area_smaller_than_a_cell_still_sees() -> None:
    tiny = cells_of(Polygon(((0, 10), (0, 10.4), (2, 10.2))), LENS)
    assert 1 <= tiny.sum() <= 4


def test_how_much_of_an_area_is_seen_is_told() -> None:
    seen = np.ones((CELLS, CELLS), bool)
    assert Watched([MotionArea(1, WALK, 50, 4)], LENS, seen).shares == {1: 1.0}
    assert Watched([MotionArea(1, WALK, 50, 4)], LENS, ~seen).shares == {1: 0.0}
    seen[:, : CELLS // 2] = False
    assert Watched([MotionArea(1, WALK, 50, 4)], LENS, seen).shares[1] == pytest.approx(0.5, abs=0.05)


def test_noise_that_a_coder_leaves_away_and_brings_back_is_no_movement() -> None:
    """Blocks of it stay as they were, some are renewed, and now and then all of them are; what walks is seen all the same."""
    rng = np.random.default_rng(4)

    def coded(lumas: Iterable[Luma]) -> Iterable[Luma]:
        noise = np.zeros((SIDE, SIDE))
        for number, luma in enumerate(lumas):
            fresh = np.kron(rng.normal(0, 5, (40, 40)), np.ones((8, 8)))
            renewed = np.kron(rng.random((40, 40)) < (1.0 if number % 10 == 0 else 0.1), np.ones((8, 8))) > 0
            noise = np.where(renewed, fresh, noise)
            yield luma + noise

    still = moved(looks(coded(SCENE for _ in range(80)), 0.5))
    assert not any(still[20:])  # it has to get to know it
    told = moved(looks(coded(walking(number % 14, 8) for number in range(80)), 0.5))
    assert sum(told[20:]) > 40

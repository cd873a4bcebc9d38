"""What the picture settings do to pictures, measured; and that the default does nothing at all."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import pytest

from panocam.errors import InvalidValue
from panocam.imaging import balance, noise
from panocam.imaging.adjustment import Adjustment, WhiteBalance
from panocam.imaging.balance import GAMMA, Gains
from panocam.imaging.developer import Developer
from panocam.media.planes import JPEG_COLOR, VIDEO_COLOR, Color, Planes

FRAME_NS = 40_000_000
WIDTH, HEIGHT = 320, 240
RANGES = pytest.mark.parametrize("color", [JPEG_COLOR, VIDEO_COLOR], ids=["full", "limited"])


def grey(luma: Any, color: Color = JPEG_COLOR) -> Planes:
    """A colourless picture of luma codes (height, width)."""
    codes = np.asarray(luma)
    planes = Planes.blank(codes.shape[1], codes.shape[0], color)
    planes.y[:] = np.clip(np.rint(codes), 0, 255)
    return planes


def flat(y: float, u: float = 128, v: float = 128, color: Color = JPEG_COLOR) -> Planes:
    planes = Planes.blank(WIDTH, HEIGHT, color)
    planes.y[:], planes.u[:], planes.v[:] = y, u, v
    return planes


def step(low: float = 60, high: float = 180) -> np.ndarray[Any, Any]:
    """Two halves with an upright edge between them."""
    luma = np.full((HEIGHT, WIDTH), low)
    luma[:, WIDTH // 2 :] = high
    return luma


def noisy(luma: np.ndarray[Any, Any], sigma: float, seed: int) -> Planes:
    return grey(luma + np.random.default_rng(seed).normal(0, sigma, luma.shape))


def developed(planes: Planes, **wish: Any) -> Planes:
    developer = Developer()
    developer.adjustment = Adjustment(**wish)
    return developer.develop(planes, 0)


def ran(pictures: list[Planes], **wish: Any) -> list[Planes]:
    developer = Developer()
    developer.adjustment = Adjustment(**wish)
    return [developer.develop(p, number * FRAME_NS) for number, p in enumerate(pictures)]


def test_the_default_passes_the_very_same_planes() -> None:
    developer, planes = Developer(), flat(90)
    assert developer.develop(planes, 0) is planes
    assert Adjustment().neutral


@pytest.mark.parametrize("wish", [{"brightness": 60}, {"wdr": True}, {"noise_spatial": 40}, {"white_balance": WhiteBalance.AUTOMATIC}])
def test_a_still_picture_is_developed_once_and_again_after_a_change(wish: dict[str, Any]) -> None:
    developer, planes = Developer(), noisy(step(), 3, 1)
    developer.adjustment = Adjustment(**wish)
    first = developer.develop(planes, 0)
    assert developer.develop(planes, FRAME_NS) is first is not planes
    developer.adjustment = Adjustment(contrast=70, **wish)
    assert developer.develop(planes, 2 * FRAME_NS) is not first
    developer.adjustment = Adjustment()
    assert developer.develop(planes, 3 * FRAME_NS) is planes


def test_a_picture_that_is_still_held_is_never_written_again() -> None:
    held = ran([noisy(step(), 3, seed) for seed in range(12)], brightness=80)
    copies = [p.y.copy() for p in held]
    assert len({p.y.ctypes.data for p in held}) == 12
    assert all(np.array_equal(p.y, c) for p, c in zip(held, copies, strict=True))


@pytest.mark.parametrize("size", [(16, 16), (17, 31), (1, 1), (40, 16)], ids=str)
@RANGES
def test_every_size_and_range_is_taken(size: tuple[int, int], color: Color) -> None:
    rng = np.random.default_rng(2)
    planes = Planes.blank(*size, color)
    for plane in (planes.y, planes.u, planes.v):
        plane[:] = rng.integers(0, 256, plane.shape)
    wish = Adjustment(70, 60, 60, 80, True, 60, 60, WhiteBalance.AUTOMATIC, 1, 1, 60, 60, True, 60)
    developer = Developer()
    developer.adjustment = wish
    for number in range(3):
        out = developer.develop(planes, number * FRAME_NS)
        assert out.size == planes.size
        assert out.color == color
    floor, top = (0, 255) if color.full else (16, 235)
    assert floor <= out.y.min() <= out.y.max() <= top


@pytest.mark.parametrize("bad", [{"brightness": 101}, {"sharpness": -1}, {"red_gain": 0.1}, {"noise_spatial": 1000}])
def test_values_out_of_range_are_refused(bad: dict[str, Any]) -> None:
    with pytest.raises(InvalidValue, match=next(iter(bad))):
        Adjustment(**bad)


def test_what_hardware_does_is_left_out() -> None:
    wish = Adjustment(brightness=70, contrast=60, wdr=True)
    assert wish.without(["brightness", "wdr", "exposure"]) == Adjustment(contrast=60)


# --- tone


@RANGES
def test_brightness_and_contrast_keep_black_and_white(color: Color) -> None:
    floor, top = (0, 255) if color.full else (16, 235)
    ramp = grey(np.linspace(floor, top, WIDTH)[None, :].repeat(HEIGHT, 0), color)
    for wish in ({"brightness": 100}, {"brightness": 0}, {"contrast": 100}, {"contrast": 0}):
        out = developed(ramp, **wish).y[0].astype(int)
        assert (out[0], out[-1]) == (floor, top)
        assert (np.diff(out) >= 0).all()
    middle = WIDTH // 2
    assert developed(ramp, brightness=100).y[0, middle] > ramp.y[0, middle] + 30
    steep = developed(ramp, contrast=100).y[0].astype(int)
    assert steep[middle + 20] - steep[middle - 20] > 1.7 * (int(ramp.y[0, middle + 20]) - int(ramp.y[0, middle - 20]))


def test_saturation() -> None:
    coloured = flat(120, 100, 150)
    assert developed(coloured, saturation=0).u[5, 5] == developed(coloured, saturation=0).v[5, 5] == 128
    strong = developed(coloured, saturation=100)
    assert (strong.y[5, 5], strong.u[5, 5], strong.v[5, 5]) == (120, 72, 172)


# --- sharpness


def gratings(period: int) -> np.ndarray[Any, Any]:
    return (128 + 30 * np.sin(2 * np.pi * np.arange(WIDTH) / period))[None, :].repeat(HEIGHT, 0)


def swing(planes: Planes) -> float:
    return float(planes.y[20:-20, 20:-20].astype(float).std())


@pytest.mark.feature("IMG-30")
@pytest.mark.parametrize("period", [4, 6, 10])
def test_sharpness_changes_the_contrast_of_fine_lines(period: int) -> None:
    lines = grey(gratings(period))
    sharper, softer = swing(developed(lines, sharpness=80)), swing(developed(lines, sharpness=20))
    assert softer < 0.93 * swing(lines)
    assert sharper > 1.1 * swing(lines)
    assert swing(developed(grey(gratings(80)), sharpness=80)) == pytest.approx(swing(grey(gratings(80))), rel=0.02)


def test_sharpening_has_no_halo_to_speak_of() -> None:
    soft = np.asarray(cv2.GaussianBlur(step().astype(np.float32), (0, 0), 1.2))
    out = developed(grey(soft), sharpness=100).y[HEIGHT // 2].astype(int)
    assert np.abs(np.diff(out)).max() > 1.2 * np.abs(np.diff(np.rint(soft[HEIGHT // 2]))).max()
    assert out.min() > 60 - 0.15 * 120
    assert out.max() < 180 + 0.15 * 120


def test_sharpening_leaves_noise_alone() -> None:
    rough = noisy(np.full((HEIGHT, WIDTH), 120.0), 2, 1)
    assert swing(developed(rough, sharpness=75)) < 1.8 * swing(rough)


# --- noise


@pytest.mark.parametrize("sigma", [1.0, 2.0, 4.0, 8.0])
def test_noise_is_measured(sigma: float) -> None:
    luma = np.asarray(
        cv2.resize(np.random.default_rng(4).uniform(30, 220, (8, 10)).astype(np.float32), (640, 480), interpolation=cv2.INTER_CUBIC)
    )
    picture = noisy(np.clip(luma, 30, 220), sigma, 5)
    measured = noise.measure(picture.y, picture.u)
    assert measured.middle == pytest.approx(sigma, rel=0.25, abs=0.2)
    assert measured.chroma < 0.5


def test_spatial_noise_reduction_takes_noise_and_keeps_edges() -> None:
    out = developed(noisy(step(), 4, 7), noise_spatial=60).y.astype(float)
    left, right = out[10:-10, 10 : WIDTH // 2 - 10], out[10:-10, WIDTH // 2 + 10 : -10]
    assert 20 * np.log10(4 / np.mean([left.std(), right.std()])) > 7  # decibels
    profile = out[10:-10].mean(0)
    assert profile[WIDTH // 2 - 1] < 62
    assert profile[WIDTH // 2] > 178
    assert left.mean() == pytest.approx(60, abs=0.5)


def test_spatial_noise_reduction_leaves_a_clean_picture_nearly_alone() -> None:
    clean = grey(gratings(6))
    assert swing(developed(clean, noise_spatial=50)) > 0.95 * swing(clean)


def test_temporal_noise_reduction_takes_noise() -> None:
    last = ran([noisy(step(), 4, seed) for seed in range(25)], noise_temporal=80)[-1].y.astype(float)
    assert 20 * np.log10(4 / last[:, : WIDTH // 2 - 5].std()) > 7
    assert last[:, : WIDTH // 2 - 5].mean() == pytest.approx(60, abs=0.5)


@pytest.mark.parametrize("contrast", [-20, 25, 100])
def test_a_moving_square_leaves_no_ghost(contrast: int) -> None:
    def at(x: int) -> np.ndarray[Any, Any]:
        luma = np.full((HEIGHT, WIDTH), 100.0)
        luma[90:140, x : x + 50] += contrast
        return luma

    places = [10 + 8 * number for number in range(30)]
    shown = ran([noisy(at(x), 3, seed) for seed, x in enumerate(places)], noise_temporal=80)
    out, x = shown[-1].y.astype(float), places[-1]
    behind = out[95:135, x - 60 : x - 2]
    assert abs(behind.mean() - 100) < 1
    assert np.abs(behind.mean(0) - 100).max() < 3
    assert out[95:135, x + 3 : x + 47].mean() == pytest.approx(100 + contrast, abs=2)


def test_what_is_remembered_ends_with_a_gap_and_when_told() -> None:
    developer = Developer()
    developer.adjustment = Adjustment(noise_temporal=100)
    for number in range(5):
        developer.develop(flat(100), number * FRAME_NS)
    assert developer.develop(flat(102), 10 * 10**9).y[5, 5] == 102
    developer.forget()
    assert developer.develop(flat(99), 10 * 10**9 + FRAME_NS).y[5, 5] == 99


# --- wide dynamic range


def window_and_corner() -> np.ndarray[Any, Any]:
    """A dark corner with fine stripes beside a bright window with fine stripes."""
    luma = step(22, 215)
    stripes = 4 * np.sign(np.sin(2 * np.pi * np.arange(WIDTH) / 8))
    return luma + stripes[None, :]


def stripes_of(planes: Planes, where: slice) -> float:
    return float(planes.y[40:-40, where].astype(float).std(1).mean())


@pytest.mark.feature("IMG-39", "IMG-40", "IMG-41")
@RANGES
def test_wdr_opens_shadows_and_keeps_highlights(color: Color) -> None:
    scene = grey(window_and_corner() if color.full else 16 + window_and_corner() * 219 / 255, color)
    dark, bright = slice(30, WIDTH // 2 - 40), slice(WIDTH // 2 + 40, -30)
    before, out = (stripes_of(scene, dark), stripes_of(scene, bright)), developed(scene, wdr=True, local_contrast=70, tone_mapping=50)
    assert stripes_of(out, dark) > 1.5 * before[0]
    assert stripes_of(out, bright) > 0.9 * before[1]
    assert out.y[:, dark].mean() > scene.y[:, dark].mean() + 12
    assert out.y[:, bright].mean() < 235
    more = developed(scene, wdr=True, local_contrast=70, tone_mapping=100)
    assert more.y[:, dark].mean() > out.y[:, dark].mean() + 3
    flatter = developed(scene, wdr=True, local_contrast=100, tone_mapping=50)
    assert flatter.y[:, dark].mean() > out.y[:, dark].mean() + 2


def test_wdr_has_no_halo_and_leaves_black_black() -> None:
    luma = step(30, 200)
    luma[:, :40] = 0
    out = developed(grey(luma), wdr=True).y[HEIGHT // 2].astype(int)
    assert out[5] < 6
    dark, bright = out[80 : WIDTH // 2 - 1], out[WIDTH // 2 + 1 :]
    assert dark.max() - dark.min() < 0.2 * (bright.mean() - dark.mean())
    assert bright.max() - bright.min() < 0.2 * (bright.mean() - dark.mean())


def test_wdr_does_not_flicker() -> None:
    shown = ran([noisy(window_and_corner(), 3, seed) for seed in range(10)], wdr=True)
    levels = [float(p.y[:, 30 : WIDTH // 2 - 40].mean()) for p in shown]
    assert np.abs(np.diff(levels)).max() < 0.4


def test_a_sudden_change_of_light_is_followed_gradually() -> None:
    pictures = [grey(window_and_corner())] * 2 + [grey(window_and_corner() * 0.5)] * 40
    pictures = [Planes(p.y.copy(), p.u, p.v) for p in pictures]
    levels = [float(p.y[:, 30 : WIDTH // 2 - 40].mean()) for p in ran(pictures, wdr=True)][2:]
    assert np.abs(np.diff(levels)).max() < 3


# --- defog


@pytest.mark.parametrize("effect", [50, 100])
def test_defog_gives_contrast_back(effect: int) -> None:
    rng = np.random.default_rng(6)
    clear = np.asarray(cv2.resize(rng.uniform(5, 200, (15, 20)).astype(np.float32), (WIDTH, HEIGHT), interpolation=cv2.INTER_NEAREST))
    foggy = grey(clear * 0.4 + 210 * 0.6)
    out = developed(foggy, defog=True, defog_effect=effect)
    assert out.y.astype(float).std() > (1.3 if effect == 50 else 1.8) * foggy.y.astype(float).std()


# --- white balance


def cast(gains: Gains, luma: float, color: Color) -> tuple[float, float, float]:
    """The codes of a grey card under light that is this much redder and bluer."""
    kr, kb = balance.COEFFICIENTS[color.matrix]
    floor, span, chroma = (0, 255, 255) if color.full else (16, 219, 224)
    r, g, b = luma * gains.red ** (1 / GAMMA), luma, luma * gains.blue ** (1 / GAMMA)
    y = kr * r + (1 - kr - kb) * g + kb * b
    return floor + span * y, 128 + chroma * (b - y) / 2 / (1 - kb), 128 + chroma * (r - y) / 2 / (1 - kr)


@RANGES
@pytest.mark.parametrize("light", [2800.0, 4000.0, 7500.0])
def test_a_grey_card_becomes_grey(light: float, color: Color) -> None:
    gains = balance.gains_for(light)
    card = flat(*(round(c) for c in cast(Gains(1 / gains.red, 1 / gains.blue), 0.4, color)), color)
    assert max(abs(int(card.u[5, 5]) - 128), abs(int(card.v[5, 5]) - 128)) > 2
    found = balance.reference(float(card.y[5, 5]), float(card.u[5, 5]), float(card.v[5, 5]), color)
    assert found is not None
    wishes: list[dict[str, Any]] = [
        {"white_balance": WhiteBalance.AUTOMATIC},
        {"white_balance": WhiteBalance.MANUAL, "red_gain": found.red, "blue_gain": found.blue},
    ]
    if light == 2800:
        wishes.append({"white_balance": WhiteBalance.INDOORS})
    for wish in wishes:
        out = developed(card, **wish)
        assert abs(int(out.u[5, 5]) - 128) <= 2
        assert abs(int(out.v[5, 5]) - 128) <= 2


@RANGES
def test_the_matrix_is_gains_on_red_and_blue(color: Color) -> None:
    gains, rng = Gains(1.4, 0.7), np.random.default_rng(8)
    whole = balance.matrix(gains, 1, color)
    assert whole is not None
    codes = rng.uniform(60, 180, (3, 200)).astype(np.float32)
    floor = 0 if color.full else 16
    out = whole @ (codes - [[floor], [128], [128]]) + [[floor], [128], [128]]
    before, after = (balance.rgb(*planes, color) for planes in (codes, out.astype(np.float32)))
    ratio = after / before
    scale = ratio[1].mean()
    for index, gain in ((0, gains.red), (1, 1.0), (2, gains.blue)):
        assert np.allclose(ratio[index], scale * gain ** (1 / GAMMA), rtol=2e-3)


def test_clipped_light_stays_white() -> None:
    out = developed(flat(255), white_balance=WhiteBalance.INDOORS)
    assert (out.y[5, 5], out.u[5, 5], out.v[5, 5]) == (255, 128, 128)


def test_automatic_white_balance_glides() -> None:
    warm, cold = cast(Gains(1.5, 0.6), 0.4, JPEG_COLOR), cast(Gains(0.8, 1.3), 0.4, JPEG_COLOR)
    pictures = [flat(*warm) for _ in range(3)] + [flat(*cold) for _ in range(300)]
    shown = [int(p.v[5, 5]) for p in ran(pictures, white_balance=WhiteBalance.AUTOMATIC)]
    assert shown[0] == pytest.approx(128, abs=2)
    assert np.abs(np.diff(shown[3:])).max() <= 2
    assert shown[-1] == pytest.approx(128, abs=3)


def test_hold_keeps_the_correction_of_the_moment() -> None:
    developer = Developer()
    developer.adjustment = Adjustment(white_balance=WhiteBalance.AUTOMATIC)
    warm = cast(Gains(1.5, 0.6), 0.4, JPEG_COLOR)
    developer.develop(flat(*warm), 0)
    developer.adjustment = Adjustment(white_balance=WhiteBalance.HOLD)
    held = developer.develop(flat(*cast(Gains(0.8, 1.3), 0.4, JPEG_COLOR)), FRAME_NS)
    assert held.u[5, 5] > 140
    developer.forget()
    assert developer.develop(flat(*warm), 2 * FRAME_NS).u[5, 5] == pytest.approx(128, abs=2)


def test_a_coloured_wall_is_not_taken_for_light() -> None:
    scene = flat(110)
    scene.u[:, 40:120], scene.v[:, 40:120] = 90, 190  # half of it is a red wall
    out = developed(scene, white_balance=WhiteBalance.AUTOMATIC)
    assert abs(int(out.v[5, 5]) - 128) < 5


@pytest.mark.parametrize("colour", [(2.0, 128.0, 128.0), (255.0, 128.0, 128.0)])
def test_black_and_clipped_places_are_no_reference(colour: tuple[float, float, float]) -> None:
    assert balance.reference(*colour, JPEG_COLOR) is None


def test_every_mode_makes_a_picture() -> None:
    for mode in WhiteBalance:
        assert developed(flat(*cast(Gains(1.3, 0.8), 0.4, JPEG_COLOR)), white_balance=mode, saturation=60).y.any()

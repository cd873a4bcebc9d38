"""The sensor acts as sensors do: exposure, saturation, noise, flicker bands, motion blur."""

from __future__ import annotations

import numpy as np
import pytest

from panocam.errors import InvalidValue
from panocam.scene import Scene, SceneOptions, SensorSettings, open_scene
from panocam.scene.settings import READOUT_S, response

SIZE = 320


@pytest.fixture(scope="module")
def room() -> Scene:
    return open_scene("room", "ceiling", SIZE)


def luma(scene: Scene, t: float = 500.0, **settings: object) -> np.ndarray:
    scene.settings = SensorSettings(**{"noise": 0, **settings})  # type: ignore[arg-type]
    return scene.render(t).y.astype(float)


def exposure_of(level: np.ndarray) -> np.ndarray:
    """Picture levels back to linear exposure."""
    x = np.linspace(0, 3, 4001, dtype=np.float32)
    return np.interp(level, response(x) * 255, x)


def test_twice_the_shutter_is_twice_the_light(room: Scene) -> None:
    one, two = luma(room, shutter_s=0.01), luma(room, shutter_s=0.02)
    mid = (one > 40) & (one < 110)
    ratio = exposure_of(two[mid]) / exposure_of(one[mid])
    assert np.median(ratio) == pytest.approx(2.0, rel=0.05)


def test_six_decibels_are_twice_the_light(room: Scene) -> None:
    base, gained = luma(room), luma(room, gain_db=6.0206)
    mid = (base > 40) & (base < 110)
    assert np.median(exposure_of(gained[mid]) / exposure_of(base[mid])) == pytest.approx(2.0, rel=0.05)


def test_the_window_clips_and_the_dark_corner_does_not(room: Scene) -> None:
    picture = luma(room)
    window, _ = room.project([4.0, -0.1, 2.2])
    corner, _ = room.project([-2.4, -2.2, 0.0])
    assert picture[round(window[1]), round(window[0])] > 235
    lit, _ = room.project([0.0, -0.9, 0.0])
    dark, bright = (float(exposure_of(picture[round(p[1]), round(p[0])])) for p in (corner, lit))
    assert dark < 0.6 * bright


def test_bands_with_a_short_shutter_none_with_a_whole_pulse(room: Scene) -> None:
    """Row means of a flickering picture against a steady one swing at 100 Hz over the read-out; a shutter of 1/100 s cancels it."""
    short = [luma(room, t, shutter_s=1 / 2000, gain_db=26) for t in (500.0, 500.005)]
    rows = slice(SIZE // 4, 3 * SIZE // 4)
    ratio = (exposure_of(short[0][rows]).mean(1) + 1e-6) / (exposure_of(short[1][rows]).mean(1) + 1e-6)
    assert ratio.max() > 1.3
    assert ratio.min() < 0.8
    spectrum = np.abs(np.fft.rfft(np.log(ratio) * np.hanning(len(ratio)), 4096))
    cycles_a_picture = (1 + spectrum[1:].argmax()) / 4096 * SIZE
    assert cycles_a_picture == pytest.approx(100 * READOUT_S, rel=0.2)
    whole = [luma(room, t, shutter_s=1 / 100) for t in (500.0, 500.005)]
    still = np.abs(whole[0] - whole[1])
    assert np.percentile(still, 95) == 0  # only the people have moved


@pytest.mark.feature("BAS-07")
def test_the_wrong_power_line_frequency_flickers() -> None:
    """Mains of 60 Hz seen by a camera set to 50 Hz: its automatic shutter of 1/100 s does not fit; set right, it does."""
    scene = open_scene("room", "ceiling", SIZE, options=SceneOptions(mains_hz=60))
    for line, flickers in ((50, True), (60, False)):
        a, b = (luma(scene, t, power_line_hz=line) for t in (500.0, 500.0042))
        assert bool(np.percentile(np.abs(a - b), 90) > 3) is flickers


@pytest.mark.feature("IMG-32")
def test_noise_grows_with_gain_and_is_the_same_at_the_same_time(room: Scene) -> None:
    def spread(gain_db: float, shutter_s: float) -> float:
        room.settings = SensorSettings(gain_db=gain_db, shutter_s=shutter_s)
        a, b = (room.render(t).y.astype(float) for t in (500.0, 500.00004))
        flat = (a > 60) & (a < 160)
        return float(np.std((a - b)[flat]) / np.sqrt(2))

    quiet, loud = spread(0, 0.01), spread(30, 0.01 / 10**1.5)
    assert 0.3 < quiet < 3
    assert loud > 3 * quiet


def test_noise_has_no_bias(room: Scene) -> None:
    clean = luma(room)
    room.settings = SensorSettings(noise=1)
    noisy = np.mean([room.render(500.0 + k * 1e-5).y for k in range(24)], 0)
    middle = (clean > 30) & (clean < 220)
    assert abs((noisy - clean)[middle].mean()) < 0.4


def test_the_same_seed_and_time_give_the_same_picture() -> None:
    a, b = (open_scene("room", "wall", 240, options=SceneOptions(seed=5)) for _ in range(2))
    first = a.render(7.25)
    a.render(9.0)
    for picture in (a.render(7.25), b.render(7.25)):
        assert all(np.array_equal(p, q) for p, q in zip((first.y, first.u, first.v), (picture.y, picture.u, picture.v), strict=True))
    other = open_scene("room", "wall", 240, options=SceneOptions(seed=6)).render(7.25)
    assert not np.array_equal(first.y, other.y)


@pytest.mark.feature("IMG-26")
def test_a_long_shutter_smears_what_moves() -> None:
    """A walker covers more of the picture, more thinly, in 1/8 s than in 1/8000 s of the same total exposure."""
    scene = open_scene("room", "wall", 480)

    def covered(shutter_s: float, gain_db: float) -> float:
        scene.settings = SensorSettings(noise=0, shutter_s=shutter_s, gain_db=gain_db)
        walker = [a for a in scene.moving if a.id == 4]
        alone = scene.render_only(3.0, walker).y.astype(float) - scene.render_only(3.0, []).y
        return float((np.abs(alone) > 12).sum())

    assert covered(1 / 8, 0) > 1.12 * covered(1 / 8000, 60)


@pytest.mark.parametrize("bad", [{"shutter_s": 0}, {"shutter_s": 3}, {"gain_db": -1}, {"gain_db": 61}, {"power_line_hz": 55}, {"noise": 9}])
def test_impossible_settings_are_refused(bad: dict[str, float]) -> None:
    with pytest.raises(InvalidValue) as refusal:
        SensorSettings(**bad)  # type: ignore[arg-type]
    assert refusal.value.name == next(iter(bad))

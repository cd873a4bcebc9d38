"""Wide dynamic range cures what clips, and costs what physics asks for it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from panocam.imaging.adjustment import Adjustment
from panocam.imaging.developer import Developer
from panocam.media.planes import Planes
from panocam.optics.mount import Mount
from panocam.scene import Scene, SensorSettings, open_scene
from panocam.scene.developing import sigma
from panocam.scene.extended import RATIO, SWITCH, level
from panocam.scene.settings import FULL
from panocam.scene.still import CODE

SIZE = 640
SHUTTER = 0.01
"""One pulse of mains light, as the room is painted for."""


@pytest.fixture(scope="module")
def room() -> Scene:
    return open_scene("room", Mount.CEILING, SIZE)


def picture(scene: Scene, wdr: bool, noise: float = 0, t: float = 500.0) -> Planes:
    scene.settings = SensorSettings(shutter_s=SHUTTER, noise=noise, wdr=wdr)
    return scene.render_only(t, ())


def opened(planes: Planes) -> Planes:
    """As the image setting makes it of what the sensor delivers."""
    developer = Developer()
    developer.adjustment = Adjustment(wdr=True)
    return developer.develop(planes, 0)


def light(scene: Scene) -> np.ndarray:
    """The truth: luminance in stops."""
    linear = (scene._still.code.astype(np.float64) / CODE) ** 2 @ (0.299, 0.587, 0.114)
    return np.log2(np.maximum(linear, 1e-6))


def window(scene: Scene) -> tuple[slice, slice]:
    corners, _ = scene.project([[4.0, y, z] for y in (-1.2, 1.2) for z in (1.3, 2.3)])
    (x0, y0), (x1, y1) = corners.min(0).astype(int), corners.max(0).astype(int)
    return slice(y0, y1 + 1), slice(x0, x1 + 1)


@pytest.mark.feature("IMG-39")
def test_what_was_flat_white_has_its_contrast_back(room: Scene) -> None:
    place, truth = window(room), light(room)
    flat = picture(room, wdr=False).y
    clipped = np.zeros(flat.shape, bool)
    clipped[place] = flat[place] >= 254
    assert clipped.sum() > 500
    assert np.ptp(truth[clipped]) > 1.0  # there is something to be seen: more than a stop between sky and street
    for planes in (picture(room, wdr=True), opened(picture(room, wdr=True))):
        shown = planes.y[clipped].astype(float)
        assert shown.max() < 254
        assert np.corrcoef(shown, truth[clipped])[0, 1] > 0.9
        assert np.ptp(shown) > 15
    assert np.ptp(opened(picture(room, wdr=False)).y[clipped].astype(float)) < 6  # no digital means brings it back


@pytest.mark.feature("IMG-39")
def test_the_dark_corner_is_as_it_was(room: Scene) -> None:
    dark = picture(room, wdr=False).y < 110
    dark &= room._still.depth > 0
    assert dark.mean() > 0.05
    without, merged = (picture(room, wdr, noise=1.0) for wdr in (False, True))
    assert merged.y[dark].mean() == pytest.approx(without.y[dark].mean(), abs=0.5)
    assert merged.y[dark].std() == pytest.approx(without.y[dark].std(), rel=0.02)
    assert opened(merged).y[dark].mean() > merged.y[dark].mean() + 5


def test_the_curve_is_the_old_one_in_the_dark_and_reaches_four_stops_further() -> None:
    x = np.linspace(0, FULL * RATIO * 1.1, 200_000, dtype=np.float32)
    plain, merged = level(x, wdr=False), level(x, wdr=True)
    assert np.array_equal(plain[x < 0.3], merged[x < 0.3])
    assert (np.diff(merged) >= 0).all()
    assert merged[x < 0.98 * FULL * RATIO].max() < 1
    assert merged.max() == pytest.approx(1)
    stops = level(FULL * 2.0 ** np.arange(5, dtype=np.float32), wdr=True) * 255
    assert (np.diff(stops) > 8).all()


@pytest.mark.feature("IMG-43")
def test_noise_jumps_where_the_short_exposure_takes_over() -> None:
    noise = sigma(SensorSettings(wdr=True))
    switch = int(level(np.array([SWITCH], np.float32), wdr=True)[0] * 255)
    assert noise[switch + 2] > 3 * noise[switch - 2]
    assert noise[:100] == pytest.approx(sigma(SensorSettings())[:100], abs=0.1)


@pytest.mark.feature("IMG-43")
@pytest.mark.parametrize(("code", "sharper"), [(700, False), (3400, True)])
def test_edges_of_what_moves_are_of_one_moment_before_bright_ground_only(code: int, sharper: bool) -> None:
    """A walker and a shutter that blurs: before ground that only the short exposure can show, he does not smear."""
    scene = open_scene("room", Mount.WALL, SIZE)
    walker = max(scene.moving, key=lambda actor: actor.speed)
    scene._still.code[:] = code
    scene.settings = SensorSettings(shutter_s=0.25, noise=0, wdr=True)
    two = scene._sensor._now
    touched = []
    for now in (two, replace(two, merged=None)):
        scene._sensor._now = now
        alone, empty = (scene.render_only(503.0, actors).y.astype(int) for actors in ((walker,), ()))
        touched.append(int((np.abs(alone - empty) > 3).sum()))
    assert touched[1] > 2000
    assert (touched[0] < 0.95 * touched[1]) is sharper

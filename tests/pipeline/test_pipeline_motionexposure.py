"""Motion-adaptive exposure on the simulated sensor: people in a dim room are less blurred, and nothing changes where nobody walks."""

from __future__ import annotations

from collections.abc import Iterator
from math import log10
from typing import Any

import cv2
import numpy as np
import pytest
from test_pipeline_exposure import Rig, noise

from panocam.imaging.exposure import Exposure, ExposureMode
from panocam.scene import open_scene
from panocam.scene.settings import SensorSettings

DIM: dict[str, Any] = {"trade_off": 0.8}
LONGEST_S = 1 / 30
LOOKS = 40
"""Pictures in which everything has been looked at several times."""


@pytest.fixture(scope="module")
def _dim() -> Rig:
    rig = Rig(people=True)
    rig.light(lamps=0.1, day=0.1)
    return rig


@pytest.fixture
def dim(_dim: Rig) -> Iterator[Rig]:
    """A room with people and a tenth of its light."""
    walkers = _dim.source._scene._moving
    _dim.plan(**DIM)
    _dim.intake.source_opened(_dim.source.circle, _dim.source.controls)
    _dim.settle()
    yield _dim
    _dim.source._scene._moving = walkers


def detail(exposure: Exposure) -> float:
    """How much fine structure is left of somebody who walks by and is exposed like that; no noise is in it."""
    scene = open_scene("room", "ceiling", 480)
    scene.settings = SensorSettings(noise=0, shutter_s=exposure.shutter_s, gain_db=20 * log10(LONGEST_S / exposure.shutter_s))
    walker = [actor for actor in scene.moving if actor.id == 1]
    found = []
    for t in (5.5, 6.0):
        shown, empty = (scene.render_only(t, actors).y.astype(np.float32) for actors in (walker, []))
        found.append(np.abs(cv2.Laplacian(shown, cv2.CV_32F))[np.abs(shown - empty) > 12].mean())
    return float(np.mean(found))


def test_the_shutter_is_short_while_people_walk_and_they_are_less_blurred(dim: Rig) -> None:
    slow, bright = dim.settle(), dim.state.luminance
    assert slow.shutter_s > 0.02
    assert not dim.state.hurried
    dim.plan(adaptive=True, **DIM)
    dim.pictures(LOOKS)
    fast = dim.settle()
    assert dim.state.hurried
    assert fast.shutter_s == pytest.approx(0.01)
    assert fast.total == pytest.approx(slow.total, rel=0.05)
    assert fast.gain_db > slow.gain_db + 6
    assert dim.state.luminance == pytest.approx(bright, rel=0.1)
    assert detail(fast) > 1.5 * detail(slow)


def test_when_all_is_still_again_the_trade_off_comes_back_after_a_while(dim: Rig) -> None:
    slow = dim.settle()
    dim.plan(adaptive=True, **DIM)
    dim.pictures(LOOKS)
    assert dim.state.hurried
    dim.source._scene._moving = ()
    dim.pictures(2 * 23)
    assert dim.state.hurried
    assert dim.state.exposure.shutter_s == pytest.approx(0.01)
    dim.pictures(5 * 23)
    assert not dim.state.hurried
    assert dim.settle().shutter_s == pytest.approx(slow.shutter_s, rel=0.1)


def test_a_still_scene_is_exposed_as_without_it(dim: Rig) -> None:
    dim.source._scene._moving = ()
    off = dim.settle()
    before = noise(dim.pictures(2))
    dim.plan(adaptive=True, **DIM)
    for _ in range(6):
        dim.pictures(LOOKS)
        assert not dim.state.hurried
    assert dim.settle().near(off)
    assert noise(dim.pictures(2)) == pytest.approx(before, rel=0.1)


@pytest.mark.parametrize(
    ("rules", "shutter"),
    [
        ({"max_gain_db": 12.0}, (0.015, 1 / 30)),
        ({"max_shutter_s": 1 / 250}, (1 / 251, 1 / 249)),
        ({"mode": ExposureMode.FLICKER_FREE, "mains_hz": 60}, (1 / 121, 1 / 119)),
        ({"mode": ExposureMode.FLICKER_REDUCED, "mains_hz": 60}, (1 / 121, 1 / 119)),
    ],
)
def test_limits_and_pulses_are_kept(dim: Rig, rules: dict[str, Any], shutter: tuple[float, float]) -> None:
    dim.plan(adaptive=True, **DIM, **rules)
    dim.pictures(LOOKS)
    now = dim.settle()
    assert shutter[0] <= now.shutter_s <= shutter[1] * 1.0001
    assert now.gain_db <= rules.get("max_gain_db", 36.0)


def test_what_is_held_is_held(dim: Rig) -> None:
    slow = dim.settle()
    dim.plan(adaptive=True, mode=ExposureMode.HOLD, **DIM)
    dim.pictures(LOOKS)
    assert (dim.settle(), dim.state.hurried) == (slow, False)

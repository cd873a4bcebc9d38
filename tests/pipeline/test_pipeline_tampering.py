"""Camera tampering on the simulated sensor: what people do to cameras is seen, what light, noise, settings and passers-by do is not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import islice
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from test_pipeline_exposure import SIDE, Rig

from panocam.clock import NS
from panocam.imaging.exposure import Exposure
from panocam.imaging.ink import Ink
from panocam.imaging.privacy import Privacy, PrivacyMask
from panocam.media.look import TAMPERED, Look, Sight
from panocam.optics.polygon import Polygon
from panocam.pipeline.config import LensOptions
from panocam.pipeline.exposure import ExposurePlan
from panocam.pipeline.sources.controls import Tuning
from panocam.scene import Lighting

FPS = 2.3
"""Few pictures are looked at; at this rate bands of 100 Hz wander."""
KNOWN_S = 13
"""After so long the scene is known."""

Luma = NDArray[np.uint8]
Deed = Callable[[Luma], NDArray[Any]]
HALF = Polygon(((0, 88), (60, 88), (120, 88), (180, 88)))


class Watched:
    """A world, and what is told of its pictures; ``deed`` is done to each of them before the camera sees it."""

    def __init__(self, rig: Rig) -> None:
        self.rig, self.scene = rig, rig.source._scene
        self.told: list[Look] = []
        self.deed: Deed = lambda luma: luma
        rig.intake.tampering.watch(self.told.append)

    def seconds(self, count: float) -> set[Sight]:
        """What was told meanwhile."""
        self.told.clear()
        for raw in islice(self.rig._frames, round(count * FPS)):
            raw.planes.y[:] = np.clip(self.deed(raw.planes.y), 0, 255)
            self.rig.intake.take(raw)
        return {look.sight for look in self.told}

    def begin(self) -> None:
        """In the light that the world was built with, and known."""
        self.rig.light()
        self.rig.plan()
        self.rig.intake.source_opened(self.rig.source.circle, self.rig.source.controls)
        self.rig.settle()
        self.rig.intake.tampering.anew()
        self.known()

    def known(self) -> None:
        self.seconds(KNOWN_S)
        assert self.seconds(1) == {Sight.CLEAR}


@pytest.fixture(scope="module")
def _rigs() -> dict[str, Rig]:
    return {}


@pytest.fixture
def world(request: pytest.FixtureRequest, _rigs: dict[str, Rig]) -> Iterator[Watched]:
    """With people and vehicles, exposed for its light, and known; the room where a test does not say."""
    name = getattr(request, "param", "room")
    rig = _rigs.get(name) or _rigs.setdefault(name, Rig(name, people=True, fps=FPS))
    watched = Watched(rig)
    watched.begin()
    yield watched
    rig.intake.mask = PrivacyMask()
    rig.intake.set_options(LensOptions())
    rig.intake.tampering.watch(None)


def painted(luma: Luma) -> NDArray[Any]:
    """Sprayed from near: thick in most places, thin in others."""
    rough = cv2.resize(np.random.default_rng(1).normal(0.95, 0.08, (24, 24)), luma.shape[::-1])
    thick = np.clip(rough, 0.75, 1)
    return np.asarray(cv2.GaussianBlur(luma, (0, 0), 4) * (1 - thick) + 110 * thick)


def cloth(luma: Luma) -> NDArray[Any]:
    """Some light comes through it."""
    return np.random.default_rng().normal(70, 4, luma.shape)


def blurred(luma: Luma) -> NDArray[Any]:
    """Out of focus by some four degrees."""
    return cv2.GaussianBlur(luma, (0, 0), 4)


def capped(luma: Luma) -> NDArray[Any]:
    return np.random.default_rng().normal(2, 1, luma.shape)


def turned(luma: Luma) -> NDArray[Any]:
    middle = (SIDE - 1) / 2
    return cv2.warpAffine(luma, cv2.getRotationMatrix2D((middle, middle), 20, 1), (SIDE, SIDE))


def tilted(luma: Luma) -> NDArray[Any]:
    """By some ten degrees; about what that is where the lens is looking."""
    return cv2.warpAffine(luma, np.array([[1, 0, 17], [0, 1, 4]], np.float64), (SIDE, SIDE))


@pytest.mark.feature("EVT-25", "EVT-28")
@pytest.mark.parametrize("world", ["room", "yard"], indirect=True)
@pytest.mark.parametrize(
    ("deed", "found"),
    [
        (painted, Sight.BLURRED),
        (cloth, Sight.BLURRED),
        (blurred, Sight.BLURRED),
        (capped, Sight.DARK),
        (turned, Sight.MOVED),
        (tilted, Sight.MOVED),
    ],
)
def test_what_is_done_to_the_camera_is_seen_and_over_when_it_is_undone(world: Watched, deed: Deed, found: Sight) -> None:
    world.deed = deed
    world.seconds(1.8)
    assert world.seconds(5) == {found}
    world.deed = lambda luma: luma
    world.seconds(5)  # the exposure may have followed
    assert world.seconds(2) == {Sight.CLEAR}


@pytest.mark.feature("EVT-28")
@pytest.mark.parametrize("gain_db", [12, 24, 36])
def test_noise_is_no_tampering_and_a_blur_is_seen_in_it(world: Watched, gain_db: int) -> None:
    light = max(10 ** (-gain_db / 20), 1 / 64)
    world.rig.light(light, light)
    world.rig.plan(mode="hold", max_gain_db=48.0)
    world.rig.source._sensor.expose(Exposure(0.01, gain_db))
    world.seconds(3)
    assert world.seconds(5) == {Sight.CLEAR}
    world.rig.intake.tampering.anew()
    world.known()
    assert world.seconds(5) == {Sight.CLEAR}
    world.deed = lambda luma: cv2.GaussianBlur(luma, (0, 0), 4).astype(float) + np.random.default_rng().normal(0, 12, luma.shape)
    world.seconds(1.8)
    assert world.seconds(3) == {Sight.BLURRED}


@pytest.mark.parametrize(
    "light", [Lighting(0.05, 1.0), Lighting(1.0, 0.1), Lighting(1 / 64, 1 / 64), Lighting(4, 4)], ids=["lamps", "day", "both", "glare"]
)
def test_light_that_changes_is_no_tampering(world: Watched, light: Lighting) -> None:
    """With all that the exposure does about it; what is lit too brightly for a moment is less than any delay."""
    for now in (light, Lighting()):
        world.rig.source._hours = lambda _, now=now: now  # type: ignore[misc]
        world.seconds(4)
        assert world.seconds(5) == {Sight.CLEAR}


def test_a_lamp_that_goes_out_over_half_of_the_picture_is_no_tampering(world: Watched) -> None:
    shade = np.where(np.arange(SIDE) < SIDE // 2, 0.2, 1.0)
    world.deed = lambda luma: luma * shade
    assert world.seconds(6) == {Sight.CLEAR}


def test_night_that_falls_is_no_tampering_and_neither_is_dawn(world: Watched) -> None:
    """As if there were no gain left: a stop in a hundred seconds, which is twice as fast as it is outdoors."""
    world.rig.plan(mode="hold")
    still = next(world.rig._frames)
    luma, random = still.planes.y.astype(np.float64), np.random.default_rng(2)
    found: list[Sight] = []
    for second in range(1, 1000):
        still.planes.y[:] = np.clip(luma * 2.0 ** -(min(second, 1000 - second) / 100) + random.normal(0, 2, luma.shape), 0, 255)
        world.told.clear()
        world.rig.intake.take(replace(still, pts_ns=still.pts_ns + second * NS))
        found += [each.sight for each in world.told]
    assert set(found) == {Sight.CLEAR, Sight.DIM}
    assert found[-1] is Sight.CLEAR


def test_bands_of_the_mains_are_no_tampering(world: Watched) -> None:
    world.rig.plan(mode="hold")
    world.rig.source._sensor.expose(Exposure(1 / 700, 12))
    world.seconds(3)
    assert world.seconds(6) == {Sight.CLEAR}


def test_somebody_close_to_the_camera_is_no_tampering(world: Watched) -> None:
    """A head and shoulders that cover a third of what is seen go by."""
    step = iter(range(10**6))

    def passing(luma: Luma) -> Luma:
        now = luma.copy()
        cv2.circle(now, (20 + next(step) * 20 % 280, 150), SIDE * 2 // 7, 60, -1)
        return now

    world.deed = passing
    assert world.seconds(8) == {Sight.CLEAR}


@pytest.mark.parametrize("name", ["wdr", "power line"])
def test_what_the_source_is_told_to_do_is_another_scene_to_learn(world: Watched, name: str) -> None:
    tuning = Tuning(image={"wdr": True}) if name == "wdr" else Tuning(power_line_hz=60)
    for now in (tuning, Tuning()):
        world.rig.intake.exposure.plan = ExposurePlan(tuning=now)
        assert world.seconds(6) == {Sight.LEARNING}
        world.seconds(7)
        assert world.seconds(4) == {Sight.CLEAR}


@pytest.mark.parametrize("scale", [None, 3])
def test_masks_are_no_tampering_and_what_moves_under_them_neither(world: Watched, scale: int | None) -> None:
    for privacy in (Privacy((HALF,)) if scale is None else Privacy((HALF,), scale=scale, ink=Ink.MOSAIC), None):
        world.rig.intake.mask = PrivacyMask(privacy)
        assert world.seconds(6) == {Sight.LEARNING}
        world.seconds(7)
        assert world.seconds(3) == {Sight.CLEAR}
    world.rig.intake.mask = PrivacyMask(Privacy((HALF,)))
    world.known()
    world.deed = painted
    world.seconds(1.8)
    assert world.seconds(3) == {Sight.BLURRED}  # where it can be seen


def test_another_lens_is_another_scene_to_learn(world: Watched) -> None:
    for options in (LensOptions(fov=150), LensOptions("stereographic"), LensOptions()):
        world.rig.intake.set_options(options)
        assert world.seconds(3) <= {Sight.LEARNING, Sight.CLEAR}


def test_a_source_that_is_opened_again_is_the_same_scene_and_another_one_is_not(world: Watched) -> None:
    world.rig.intake.source_opened(world.rig.source.circle, world.rig.source.controls)
    assert world.seconds(2) == {Sight.CLEAR}
    world.rig.intake.forget()
    world.rig.intake.source_opened(world.rig.source.circle, world.rig.source.controls)
    assert world.seconds(2) == {Sight.LEARNING}


def test_while_the_camera_is_moved_about_nothing_is_learnt(world: Watched) -> None:
    angle = iter(range(10**6))

    def moved(luma: Luma) -> NDArray[Any]:
        return cv2.warpAffine(luma, cv2.getRotationMatrix2D((SIDE / 2, SIDE / 2), next(angle) * 5, 1), (SIDE, SIDE))

    world.rig.intake.tampering.anew()
    world.deed = moved
    assert world.seconds(15) <= {Sight.LEARNING, Sight.POOR}
    world.deed = lambda luma: luma
    world.seconds(2 * KNOWN_S)
    assert world.seconds(2) == {Sight.CLEAR}


@pytest.mark.parametrize("deed", [cloth, capped, lambda luma: luma * 0.0 + 90])
def test_where_there_is_nothing_to_learn_that_is_said(world: Watched, deed: Deed) -> None:
    world.rig.intake.tampering.anew()
    world.deed = deed
    world.seconds(KNOWN_S)
    assert world.seconds(3) == {Sight.POOR}
    world.deed = lambda luma: luma
    world.seconds(2 * KNOWN_S)
    assert world.seconds(2) == {Sight.CLEAR}


def test_switched_off_nothing_is_looked_at(world: Watched) -> None:
    world.rig.intake.tampering.watch(None)
    assert world.seconds(3) == set()
    assert world.rig.intake.tampering._meter is None
    assert not world.rig.intake.busy
    assert not TAMPERED & {look.sight for look in world.told}

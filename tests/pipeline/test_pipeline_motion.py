"""Motion areas on the simulated sensor: people are seen where they walk, nothing where nobody does, whatever the light and the noise."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

import numpy as np
import pytest
from test_pipeline_exposure import Rig

from panocam.clock import NS
from panocam.imaging.exposure import Exposure
from panocam.imaging.ink import Ink
from panocam.imaging.privacy import Privacy, PrivacyMask
from panocam.imaging.watched import MotionArea
from panocam.optics.polygon import Polygon
from panocam.pipeline.config import LensOptions
from panocam.scene import Lighting

ALL = Polygon(tuple((azimuth, 88.0) for azimuth in range(0, 360, 60)))
EAST = Polygon(((0, 88), (60, 88), (120, 88), (180, 88)))
WEST = Polygon(((180, 88), (240, 88), (300, 88), (359.9, 88)))
FPS = 23


class Shop:
    """The room, and what is told of its pictures."""

    def __init__(self, rig: Rig) -> None:
        self.rig, self.scene = rig, rig.source._scene
        self.told: list[int] = []
        self.at_s = 0.0

    def watch(self, *areas: MotionArea) -> None:
        self.rig.intake.motion.watch(areas, self.told.extend)

    def seconds(self, count: float) -> set[int]:
        """The areas in which something was seen meanwhile."""
        self.told.clear()
        for raw in islice(self.rig._frames, round(count * FPS)):
            self.rig.intake.take(raw)
            self.at_s = raw.pts_ns / NS
        return set(self.told)


@pytest.fixture(scope="module")
def _rig() -> Rig:
    return Rig(people=True)


@pytest.fixture
def shop(_rig: Rig) -> Iterator[Shop]:
    """With people, watched all over, exposed for its light."""
    walkers = _rig.source._scene._moving
    _rig.light()
    _rig.plan()
    _rig.intake.source_opened(_rig.source.circle, _rig.source.controls)
    _rig.settle()
    shop = Shop(_rig)
    shop.watch(MotionArea(1, ALL, 50, 5))
    yield shop
    shop.scene._moving = walkers
    _rig.intake.mask = PrivacyMask()
    _rig.intake.set_options(LensOptions())
    shop.watch()


def empty(shop: Shop) -> None:
    """Everybody leaves, and what was seen of them is past."""
    shop.scene._moving = ()
    shop.seconds(1)


def test_people_are_seen_and_an_empty_room_is_still(shop: Shop) -> None:
    assert shop.seconds(4) == {1}
    empty(shop)
    assert shop.seconds(10) == set()


def test_they_are_seen_where_they_are(shop: Shop) -> None:
    """One walker alone and two halves of the room: what is told of is the half in which the truth says that he is."""
    shop.scene._moving = tuple(actor for actor in shop.scene.moving if actor.id == 1)
    shop.watch(MotionArea(1, EAST, 50, 5), MotionArea(2, WEST, 50, 5))
    shop.seconds(1)
    middle, right, wrong = shop.scene.size / 2, 0, 0
    for _ in range(80):
        found = shop.seconds(0.25)
        box = next(thing.box for thing in shop.scene.truth(shop.at_s) if thing.id == 1)
        if box is None or not found:
            continue
        sides = {1} if box[0] > middle + 12 else {2} if box[2] < middle - 12 else {1, 2}
        right, wrong = right + (found <= sides), wrong + (not found <= sides)
    assert right > 20
    assert wrong <= right // 10  # a shadow may fall across the middle


@pytest.mark.parametrize("gain_db", [12, 24, 36])
def test_an_empty_room_stays_still_in_noise_and_people_are_seen_in_it(shop: Shop, gain_db: int) -> None:
    """Dark enough for that much gain at the same brightness."""
    light = max(10 ** (-gain_db / 20), 1 / 64)
    shop.rig.light(light, light)
    shop.rig.plan(mode="hold", max_gain_db=48.0)
    shop.rig.source._sensor.expose(Exposure(0.01, gain_db))
    shop.seconds(2)
    assert any(shop.seconds(1) == {1} for _ in range(20))  # so much noise hides some of their steps
    empty(shop)
    assert shop.seconds(6) == set()


@pytest.mark.parametrize("light", [Lighting(0.05, 1.0), Lighting(1.0, 0.1), Lighting(0.1, 0.1)], ids=["lamps", "window", "both"])
def test_light_that_goes_out_and_comes_back_is_no_motion(shop: Shop, light: Lighting) -> None:
    """With all that the exposure does about it."""
    empty(shop)
    for now in (light, Lighting()):
        shop.rig.source._hours = lambda _, now=now: now  # type: ignore[misc]
        assert shop.seconds(5) == set()


def test_bands_of_the_mains_are_no_motion(shop: Shop) -> None:
    empty(shop)
    shop.rig.plan(mode="hold")
    shop.rig.source._sensor.expose(Exposure(1 / 700, 12))
    shop.seconds(2)
    assert shop.seconds(6) == set()


def test_who_walks_under_a_mask_is_not_seen_and_the_mask_itself_is_not_motion(shop: Shop) -> None:
    for privacy in (Privacy((ALL,)), Privacy((ALL,), scale=3, ink=Ink.MOSAIC)):
        assert shop.seconds(2) == {1}
        shop.rig.intake.mask = PrivacyMask(privacy)
        assert shop.seconds(4) == set()
        assert shop.rig.intake.motion.shares == {1: 0.0}
        shop.rig.intake.mask = PrivacyMask()
        assert set(shop.told) == set()


def test_a_mask_that_comes_and_goes_over_a_still_room_is_no_motion(shop: Shop) -> None:
    empty(shop)
    for privacy in (Privacy((EAST,)), None, Privacy((WEST,)), Privacy((EAST,))):
        shop.rig.intake.mask = PrivacyMask(privacy)
        assert shop.seconds(1.2) == set()


def test_another_lens_or_circle_is_no_motion(shop: Shop) -> None:
    empty(shop)
    for options in (LensOptions(fov=150), LensOptions(), LensOptions("stereographic")):
        shop.rig.intake.set_options(options)
        assert shop.seconds(1.2) == set()


def test_with_no_area_nothing_is_looked_at(shop: Shop) -> None:
    shop.watch()
    shop.seconds(1)
    assert shop.rig.intake.motion._meter is None
    assert not shop.rig.intake.busy
    shop.watch(MotionArea(1, ALL, 50, 5))
    assert shop.rig.intake.busy
    assert shop.seconds(2) == {1}
    assert np.isclose(shop.rig.intake.motion.shares[1], 1.0)

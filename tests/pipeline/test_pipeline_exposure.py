"""The whole loop on the simulated sensor: the picture behind the mask is measured, the sensor follows, and the eye sees the cure."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace

import cv2
import numpy as np
import pytest

from panocam.clock import SystemClock
from panocam.imaging.adjustment import Adjustment
from panocam.imaging.exposure import Exposure, ExposureMode, ExposureRules
from panocam.imaging.ink import Ink
from panocam.imaging.metering import Meter, Zone
from panocam.imaging.privacy import Privacy, PrivacyMask
from panocam.media.frame import RawFrame
from panocam.media.planes import Planes
from panocam.optics.lens import Circle
from panocam.optics.polygon import Polygon
from panocam.pipeline.capabilities import capabilities
from panocam.pipeline.config import LensOptions
from panocam.pipeline.exposure import ExposurePlan
from panocam.pipeline.intake import Intake
from panocam.pipeline.sources import SourceOptions
from panocam.pipeline.sources.address import Simulated
from panocam.pipeline.sources.controls import Capability, How, Tuning
from panocam.pipeline.sources.simulated import SimulatedSource
from panocam.scene import Lighting
from panocam.scene.actors import ROOM

SIDE = 320


class Rig:
    """A simulated source and the intake that sees its pictures, as in a running camera but as fast as can be.

    At 23 pictures a second the bands of 100 Hz wander; at 25 they would stand still."""

    def __init__(self, world: str = "room", people: bool = False, fps: float = 23) -> None:
        self.source = SimulatedSource(Simulated(world), SourceOptions(paced=False, sensor=(SIDE, SIDE), fps=fps))
        if not people:
            self.source._scene._moving = ()  # it is about light, and who walks by would count as flicker
        self.intake = Intake(LensOptions(), SystemClock())
        self.intake.source_opened(self.source.circle, self.source.controls)
        self._frames: Iterator[RawFrame] = self.source.frames()

    def plan(self, zones: tuple[Zone, ...] = (), adaptive: bool = False, **rules: object) -> None:
        self.intake.exposure.plan = ExposurePlan(ExposureRules(**rules), zones, motion_adaptive=adaptive)  # type: ignore[arg-type]

    def pictures(self, count: int) -> list[Planes]:
        """The next ones; those of a source are used again and again, so luma is copied."""
        taken = []
        for raw in itertools.islice(self._frames, count):
            self.intake.take(raw)
            taken.append(replace(raw.planes, y=raw.planes.y.copy()))
        return taken

    def settle(self) -> Exposure:
        self.pictures(1)
        for _ in range(120):
            self.pictures(1)
            state = self.state
            if state.luminance is not None and not state.moving and self.source._sensor.settled:
                assert state.exposure is not None
                return state.exposure
        raise AssertionError(f"it never settles: {self.state}")

    def light(self, lamps: float = 1.0, day: float = 1.0) -> None:
        self.source._hours = lambda _: Lighting(lamps, day)
        while self.source._scene.lighting != Lighting(lamps, day):
            self.pictures(1)

    @property
    def state(self):  # type: ignore[no-untyped-def]
        return self.intake.exposure.state


@pytest.fixture(scope="module")
def _room() -> Rig:
    return Rig()


@pytest.fixture
def room(_room: Rig) -> Rig:
    """In the light that it was built with, and exposed for that."""
    _room.plan()
    _room.light()
    _room.source._sensor.expose(Exposure(0.01))
    _room.intake.source_opened(_room.source.circle, _room.source.controls)
    _room.settle()
    return _room


def bands(pictures: list[Planes]) -> float:
    """How much rows swing against their own mean over pictures; about 0.005 without flicker."""
    rows = np.array([picture.y[SIDE // 3 : 2 * SIDE // 3, SIDE // 2 : 3 * SIDE // 4].mean(1) for picture in pictures]) + 1
    return float(np.percentile(np.abs(rows / np.median(rows, 0) - 1), 90))


def noise(pictures: list[Planes]) -> float:
    a, b = (picture.y.astype(float) for picture in pictures[:2])
    flat = (a > 40) & (a < 160)
    return float(np.median(np.abs((a - b)[flat])) / 0.6745 / np.sqrt(2))


@pytest.mark.feature("IMG-18", "IMG-19", "IMG-24")
def test_automatic_follows_the_light(room: Rig) -> None:
    start = room.settle()
    assert start == Exposure(0.01, 0.0)  # the room as it was built needs no change
    room.light(lamps=0.1, day=0.1)
    dark = room.settle()
    assert dark.total > 5 * start.total
    assert dark.shutter_s > 0.015
    assert dark.gain_db > 5
    assert room.state.luminance == pytest.approx(0.2, rel=0.25)
    room.light(lamps=4, day=4)
    bright = room.settle()
    assert bright.total < start.total / 2
    assert room.state.luminance == pytest.approx(0.2, rel=0.25)


@pytest.mark.feature("IMG-20")
def test_flicker_free_cures_the_bands(room: Rig) -> None:
    """A room too bright for automatic's knee: its short shutter shows bands, whole pulses do not; those of 60 Hz do again."""
    room.light(lamps=3, day=3)
    room.settle()
    wrong = bands(room.pictures(12))
    room.plan(mode=ExposureMode.FLICKER_FREE, mains_hz=50)
    assert room.settle().shutter_s == pytest.approx(0.01)
    cured = bands(room.pictures(12))
    room.plan(mode=ExposureMode.FLICKER_FREE, mains_hz=60)
    assert room.settle().shutter_s == pytest.approx(1 / 120)
    other = bands(room.pictures(12))
    assert cured < 0.01
    assert wrong > 5 * cured
    assert other > 3 * cured


@pytest.mark.feature("IMG-21")
def test_flicker_reduced_gives_way_in_bright_light_alone(room: Rig) -> None:
    room.plan(mode=ExposureMode.FLICKER_REDUCED)
    assert room.settle().shutter_s == pytest.approx(0.01)
    room.light(lamps=1.3, day=1.3)
    assert room.settle().shutter_s == pytest.approx(0.01)
    room.light(lamps=4, day=4)
    assert room.settle().shutter_s < 0.006


@pytest.mark.feature("IMG-22")
def test_hold_keeps_what_is(room: Rig) -> None:
    room.light(lamps=0.3, day=0.3)
    before = room.settle()
    room.plan(mode=ExposureMode.HOLD)
    room.light(lamps=3, day=3)
    room.pictures(9)
    assert room.state.exposure == before
    assert room.state.luminance > 0.5


def test_a_source_that_begins_in_hold_finds_its_exposure_first(room: Rig) -> None:
    rig = room
    rig.light(lamps=0.1, day=0.1)
    rig.plan(mode=ExposureMode.HOLD)
    rig.intake.source_opened(rig.source.circle, rig.source.controls)
    assert rig.settle().total > 0.04
    before = rig.state.exposure
    rig.light()
    rig.pictures(20)
    assert rig.state.exposure == before


@pytest.mark.feature("IMG-23", "IMG-27", "IMG-32")
def test_low_noise_is_less_noisy_and_more_gain_more(room: Rig) -> None:
    room.light(lamps=0.05, day=0.05)
    seen = {}
    for trade_off in (0.0, 1.0):
        room.plan(trade_off=trade_off, max_shutter_s=0.5, max_gain_db=40)
        settled = room.settle()
        seen[trade_off] = settled, noise(room.pictures(2))
    assert seen[0.0][0].gain_db > seen[1.0][0].gain_db + 12
    assert seen[0.0][1] > 1.5 * seen[1.0][1]


@pytest.mark.feature("IMG-25", "IMG-26", "IMG-31", "IMG-32")
def test_a_short_shutter_with_more_gain_freezes_who_walks_and_costs_noise(room: Rig) -> None:
    """The same dark room as the two limits leave it: who walks is smeared over more of the picture, or sharp in a noisy one."""
    room.light(lamps=1 / 64, day=1 / 64)
    walkers = [actor for actor in ROOM if actor.speed > 0]
    scene = room.source._scene

    def smeared() -> float:
        """Pixels that differ from the empty room, with the same noise in both."""
        spread = 0.0
        for t in (3.0, 7.0, 11.0):
            alone = scene.render_only(t, walkers).y.astype(np.float32) - scene.render_only(t, []).y
            spread += float((np.abs(cv2.blur(alone, (3, 3))) > 4).sum())
        return spread

    seen = {}
    for name, limits in {"long": (0.5, 3.0), "short": (1 / 250, 48.0)}.items():
        room.plan(trade_off=0.5, max_shutter_s=limits[0], max_gain_db=limits[1])
        seen[name] = room.settle(), smeared(), noise(room.pictures(2))
    assert seen["short"][0].shutter_s < seen["long"][0].shutter_s / 10
    assert seen["long"][1] > 1.15 * seen["short"][1]
    assert seen["short"][2] > 1.5 * seen["long"][2]


@pytest.mark.feature("IMG-42")
def test_a_zone_decides_what_counts(room: Rig) -> None:
    """The window is in the east, the dark corner in the south-west: whatever is measured comes out right."""
    whole = room.settle()
    levels = {}
    for name, zone in {"bright": Zone(0.8, 0.35, 0.95, 0.65), "dark": Zone(0.12, 0.6, 0.3, 0.75)}.items():
        room.plan(zones=(zone,), max_gain_db=30)
        levels[name] = room.settle().total
    assert levels["bright"] < whole.total / 1.5
    assert levels["dark"] > 1.2 * whole.total


def test_what_is_masked_does_not_count() -> None:
    """A mask painted white over half of the picture changes nothing of what is measured."""
    seen = Planes.blank(SIDE, SIDE)
    seen.y[:] = 90
    shown = Planes.blank(SIDE, SIDE)
    shown.y[:] = 90
    shown.y[:, : SIDE // 2] = 255
    meter = Meter((SIDE, SIDE), Circle(159.5, 159.5, 160))
    free, covered = meter.measure(seen), meter.measure(shown, lambda _, columns: columns < SIDE // 2)
    assert free is not None
    assert covered is not None
    assert covered.luminance == pytest.approx(free.luminance)
    assert meter.measure(shown, lambda _, columns: columns < SIDE) is None


def test_the_mask_says_itself_what_it_hides(room: Rig) -> None:
    """A white mask over half of the room, painted into the sensor's own picture, does not darken the rest."""
    free = room.settle()
    room.intake.mask = PrivacyMask(Privacy((Polygon(((0, 20), (90, 80), (180, 20), (270, 5))),), Ink.WHITE))
    room.pictures(40)
    covered = room.settle()
    room.intake.mask = PrivacyMask()
    assert covered.total == pytest.approx(free.total, rel=0.35)


def test_a_wish_that_has_not_been_taken_up_is_not_settled(room: Rig) -> None:
    """While the scene is being made sharp nothing is developed, and the law must not take the old picture for an answer to its wish."""
    sensor, light = room.source._sensor, room.source._scene.lighting
    assert sensor.settled
    sensor.expose(Exposure(0.02, 6.0))
    assert not sensor.settled
    while sensor.work(light):
        assert not sensor.settled
    assert sensor.settled
    assert sensor.exposure == Exposure(0.02, 6.0)


def test_what_is_outside_of_the_circle_does_not_count() -> None:
    planes = Planes.blank(640, 480)
    planes.y[:] = 255
    y, x = np.mgrid[:480, :640]
    planes.y[(x - 320) ** 2 + (y - 240) ** 2 < 200**2] = 120
    measured = Meter((640, 480), Circle(320, 240, 200)).measure(planes)
    assert measured is not None
    assert measured.luminance == pytest.approx((120 / 255) ** 2.2, rel=0.01)
    assert measured.clipped == 0


@pytest.mark.feature("BAS-07")
def test_the_power_line_reaches_the_sensor(room: Rig) -> None:
    room.settle()
    room.intake.exposure.plan = ExposurePlan(ExposureRules(mains_hz=60), tuning=Tuning(power_line_hz=60))
    assert 1 / 120 <= room.settle().shutter_s < 1 / 105  # gain takes a part of what is left above a pulse of 1/120 s
    assert room.source._scene.settings.power_line_hz == 60


@pytest.mark.feature("IMG-39", "IMG-44")
def test_wide_dynamic_range_reaches_the_sensor_and_is_opened_up_digitally(room: Rig) -> None:
    """What the sensor delivers is no longer white where the window is, and the digital stage still acts on it."""
    before = room.pictures(1)[0].y
    room.intake.adjustment = Adjustment(wdr=True)
    room.intake.exposure.plan = ExposurePlan(ExposureRules(), tuning=Tuning(image={"wdr": True}))
    room.settle()
    raw = next(room._frames)
    shown = room.intake.take(raw).frame.planes.y
    assert room.source._scene.settings.wdr
    assert (before >= 253).mean() > 0.01
    assert (raw.planes.y >= 253).mean() < 0.001
    assert not np.array_equal(shown, raw.planes.y)
    room.intake.adjustment = Adjustment()
    room.intake.exposure.plan = ExposurePlan(ExposureRules())
    room.settle()
    assert not room.source._scene.settings.wdr


def test_capabilities_say_where_a_setting_acts_or_why_not(room: Rig) -> None:
    paths = ["exposure.mode", "exposure.aperture", "image.brightness", "image.wdr"]
    told = room.source.controls
    assert told is not None
    found = {uri: capabilities(paths, uri, told.capabilities() if uri == "sim:room" else {}) for uri in ("sim:room", "a.mp4", "rtsp://x/y")}
    assert [found["sim:room"][path].how for path in paths] == [How.SIMULATED, None, How.DIGITAL, How.SIMULATED]
    assert [found["a.mp4"][path].how for path in paths] == [None, None, How.DIGITAL, How.DIGITAL]
    assert "recorded" in found["a.mp4"]["exposure.mode"].reason
    assert "iris" in found["a.mp4"]["exposure.aperture"].reason
    assert "network camera" in found["rtsp://x/y"]["exposure.mode"].reason
    assert not capabilities(paths, "sim:room", told.capabilities(), wdr=False)["image.wdr"].supported
    assert capabilities(paths, "sim:room", {})["exposure.mode"].reason
    assert capabilities(paths, "v4l2:/dev/video0", {"exposure.level": Capability(How.HARDWARE)})["exposure.mode"].reason

"""Every picture setting against every kind of source: it has an effect, or it is published as having none, with the reason."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import pytest
from clips import clip
from v4l2_fake import FakeCamera, FakeControl, webcam

from panocam.app.expose import exposure_plan
from panocam.app.translate import adjustment
from panocam.clock import NS, SystemClock
from panocam.media.frame import RawFrame
from panocam.media.planes import JPEG_COLOR, Planes
from panocam.media.stamps import Stamps
from panocam.optics.capture import capture_mode
from panocam.optics.lens import Circle
from panocam.pipeline.capabilities import capabilities
from panocam.pipeline.config import LensOptions
from panocam.pipeline.intake import Intake
from panocam.pipeline.sources import SourceOptions, open_source
from panocam.pipeline.sources.address import world_of
from panocam.pipeline.sources.controls import Capability, SourceControls
from panocam.pipeline.sources.decoding import open_container
from panocam.pipeline.sources.live import LiveSource
from panocam.pipeline.sources.simulated import SimulatedSource
from panocam.pipeline.sources.v4l2_abi import Cid
from panocam.pipeline.sources.v4l2_controls import V4l2Controls
from panocam.pipeline.sources.v4l2_device import V4l2Device
from panocam.settings import DECLARED, Snapshot
from panocam.settings.snapshot import parse

SIDE = 320
CLOCK = SystemClock()
PATHS = [path for path, row in DECLARED.items() if row.section in ("image", "exposure")] + ["installation.power_line"]

WINDOW = {"left": 0.8, "top": 0.35, "right": 0.95, "bottom": 0.65}
OTHER: dict[str, object] = {
    "image.wdr": True,
    "image.white_balance": "fixed_indoors",
    "image.white_balance_window": {"left": 0.1, "top": 0.35, "right": 0.4, "bottom": 0.65},
    "image.red_gain": 2.0,
    "image.blue_gain": 0.5,
    "image.defog": True,
    "exposure.mode": "flicker-free-60",
    "exposure.motion_adaptive": True,
    "exposure.max_shutter": "1/1000",
    "exposure.max_gain": 0.0,
    "exposure.min_shutter": "1/30",
    "exposure.min_gain": 30.0,
    "exposure.zones": [WINDOW],
    "exposure.aperture": 20,
    "installation.power_line": 60,
}
"""Another value than the default; 90 where nothing is said."""

NEEDS: dict[str, dict[str, object]] = {
    "image.local_contrast": {"image.wdr": True},
    "image.tone_mapping": {"image.wdr": True},
    "image.white_balance_window": {"image.white_balance": "auto"},
    "image.red_gain": {"image.white_balance": "manual"},
    "image.blue_gain": {"image.white_balance": "manual"},
    "image.defog_effect": {"image.defog": True},
    "exposure.max_gain": {"exposure.max_shutter": "1/1000"},
    "exposure.blur_noise": {"exposure.level": 100},
    "exposure.motion_adaptive": {"exposure.level": 100, "exposure.blur_noise": 100},
}
"""What must be set for the setting to act."""


def still(number: int = 0) -> np.ndarray:
    """Luma of a foggy, noisy scene, bright in the east; each number has noise of its own."""
    rng = np.random.default_rng(3)
    scene = cv2.resize(rng.uniform(30, 150, (12, 12)).astype(np.float32), (SIDE, SIDE), interpolation=cv2.INTER_CUBIC)
    scene[:, int(0.75 * SIDE) :] += 80
    return np.asarray(scene + np.random.default_rng(number).normal(0, 5, (SIDE, SIDE)), np.float32)


def walker(shown: Planes, number: int) -> Planes:
    """A picture with a bright thing in it that is elsewhere in the next one."""
    out = Planes(shown.y.copy(), shown.u, shown.v, shown.color)
    left = 60 + 3 * number % 160
    out.y[120:200, left : left + 40] = 220
    return out


def planes(luma: np.ndarray) -> Planes:
    out = Planes.blank(SIDE, SIDE, JPEG_COLOR)
    out.y[:] = np.clip(luma, 0, 255)
    out.u[:], out.v[:] = 110, 150
    out.u[:, 3 * SIDE // 8 :], out.v[:, 3 * SIDE // 8 :] = 150, 106  # another light in the east
    return out


@dataclass
class Rig:
    """A kind of source as the intake sees it. ``picture`` gives the next one, ``hardware`` what stands in its registers."""

    address: str
    controls: SourceControls | None
    picture: Callable[[], Planes]
    hardware: Callable[[], object] = lambda: None
    settled: Callable[[], bool] = lambda: True

    def __post_init__(self) -> None:
        self._intake = Intake(LensOptions(), CLOCK)
        self._intake.source_opened(Circle(SIDE / 2 - 0.5, SIDE / 2 - 0.5, SIDE / 2), self.controls)
        self._pts = 0

    def look(self, settings: Snapshot, walking: bool = False) -> tuple[Planes, object]:
        """The picture as it is shown, and how the source is set, some time after the settings; ``walking``: something moves in it."""
        self._intake.exposure.plan = exposure_plan(settings)
        self._intake.adjustment = adjustment(settings)
        self._intake._developer.forget()
        calm = 0
        for number in range(200):
            picture = walker(self.picture(), number) if walking else self.picture()
            raw = RawFrame(picture, self._pts, CLOCK.wall_ns(), Stamps())
            self._pts += NS // 25
            shown = self._intake.take(raw).frame.planes
            calm = 0 if self._intake.exposure.state.moving or not self.settled() else calm + 1
            if calm > (40 if walking else 12) and number % 2:  # the noise of every other picture is the same
                break
        return Planes(shown.y.copy(), shown.u.copy(), shown.v.copy(), shown.color), (self._intake.exposure.state.exposure, self.hardware())

    def told(self, path: str, settings: Snapshot) -> Capability:
        wdr = capture_mode(settings.installation.capture_mode).wdr
        return capabilities([path], self.address, self._intake.exposure.capabilities(), wdr)[path]


def recorded(address: str, controls: SourceControls | None) -> Rig:
    """Pictures that do not depend on the exposure; each has noise of its own."""
    numbers = itertools.count()
    return Rig(address, controls, lambda: planes(still(next(numbers) % 2)))


def picture_file(folder: Path) -> Rig:
    colours = cv2.merge([np.clip(still() * f, 0, 255).astype(np.uint8) for f in (0.7, 1.0, 1.3)])
    colours[:, 3 * SIDE // 4 :] = colours[:, 3 * SIDE // 4 :, ::-1]  # another light in the east
    cv2.imwrite(str(folder / "a.png"), colours)
    frames = open_source(str(folder / "a.png"), SourceOptions(paced=False))
    coming = frames.frames()
    return Rig(str(folder / "a.png"), frames.controls, lambda: next(coming).planes)


def film(folder: Path) -> Rig:
    with closing(open_source(str(clip(folder / "a.mp4", range(0, 400, 40))), SourceOptions(paced=False))) as source:
        return recorded(str(folder / "a.mp4"), source.controls)


def network_camera(folder: Path) -> Rig:
    with open_container(str(clip(folder / "b.mp4", range(0, 400, 40))), "b") as container:
        return recorded("rtsp://camera/stream", LiveSource(container, "b", CLOCK).controls)


def simulated(_folder: Path) -> Rig:
    source = SimulatedSource(world_of("sim:room"), SourceOptions(paced=False, sensor=(SIDE, SIDE), fps=25))
    source._scene._moving = ()
    frames = source.frames()
    return Rig("sim:room", source.controls, lambda: next(frames).planes, lambda: source._scene.settings, lambda: source._sensor.settled)


def device(controls: dict[int, FakeControl]) -> Rig:
    """A camera whose pictures are as bright as its registers say."""
    camera = FakeCamera(controls=controls)
    made = V4l2Controls(V4l2Device("/dev/video7", -1, camera.ioctl))
    numbers = itertools.count()

    def picture() -> Planes:
        made.work()
        gain = made.exposure.total / 0.01 if made.reach else 1.0
        return planes(still(next(numbers) % 2) * gain ** (1 / 2.2))

    return Rig(
        "v4l2:/dev/video7",
        made,
        picture,
        lambda: {cid: control.value for cid, control in camera.controls.items()},
        lambda: made.settled,
    )


def without(*names: Cid) -> dict[int, FakeControl]:
    return {cid: control for cid, control in webcam().items() if cid not in names}


RIGS: dict[str, Callable[[Path], Rig]] = {
    "picture": picture_file,
    "film": film,
    "network camera": network_camera,
    "simulated": simulated,
    "webcam": lambda _: device(webcam()),
    "webcam with iris and WDR": lambda _: device(
        {
            **webcam(),
            Cid.IRIS_ABSOLUTE: FakeControl("Iris, Absolute", 0, 40, 1, 40),
            Cid.WIDE_DYNAMIC_RANGE: FakeControl("Wide Dynamic Range", 0, 1, 1, 0, kind=2),
        }
    ),
    "webcam without gain": lambda _: device(without(Cid.GAIN)),
    "webcam that exposes by itself": lambda _: device(without(Cid.EXPOSURE_ABSOLUTE, Cid.GAIN)),
    "camera without controls": lambda _: device({}),
}


@pytest.fixture(scope="module", params=RIGS)
def rig(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Rig:
    return RIGS[request.param](tmp_path_factory.mktemp("rig"))


def with_changes(changes: dict[str, object]) -> Snapshot:
    return parse({**Snapshot().flat_json(), **changes})


def differ(before: tuple[Planes, object], after: tuple[Planes, object]) -> bool:
    """Whether the source is set otherwise, or the picture shows more than its noise."""
    pairs = zip((before[0].y, before[0].u, before[0].v), (after[0].y, after[0].u, after[0].v), strict=True)
    return before[1] != after[1] or any(np.abs(cv2.blur(a, (5, 5)).astype(int) - cv2.blur(b, (5, 5))).mean() > 0.8 for a, b in pairs)


def unrest(shown: Planes) -> float:
    return float(np.abs(np.diff(shown.y.astype(int))).mean())


@pytest.mark.feature("IMG-18", "IMG-29", "IMG-44")
@pytest.mark.parametrize("path", PATHS)
def test_a_setting_acts_or_is_published_as_unsupported_with_the_reason(rig: Rig, path: str) -> None:
    base = with_changes(NEEDS.get(path, {}))
    walking = path == "exposure.motion_adaptive"
    before = rig.look(base, walking)
    changed = with_changes({**NEEDS.get(path, {}), path: OTHER.get(path, 90)})
    told = rig.told(path, base)
    after = rig.look(changed, walking)
    acts = before[1] != after[1] if walking else differ(before, after)
    if path in ("image.noise_spatial", "image.noise_temporal", "image.sharpness"):  # seen in what is fine alone
        acts = acts or abs(unrest(after[0]) / unrest(before[0]) - 1) > 0.03
    assert acts is told.supported, told
    assert told.supported or len(told.reason) > 20
    assert told.supported is (told.how is not None)

"""Video4Linux2 over a fake of the ioctl layer alone; the layout of the structures is checked against the kernel's own header."""

from __future__ import annotations

import errno
import itertools
import logging
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from clips import SIZE, clip
from v4l2_fake import FakeCamera, FakeControl, webcam

from panocam.clock import ManualClock
from panocam.errors import Unavailable
from panocam.imaging.exposure import AutoExposure, Exposure, ExposureMode, ExposureRules
from panocam.pipeline.capabilities import capabilities
from panocam.pipeline.sources import v4l2_abi as abi
from panocam.pipeline.sources.controls import How, Tuning
from panocam.pipeline.sources.decoding import open_container
from panocam.pipeline.sources.v4l2 import DeviceSource
from panocam.pipeline.sources.v4l2_abi import Cid
from panocam.pipeline.sources.v4l2_choice import choose
from panocam.pipeline.sources.v4l2_controls import DELAY, V4l2Controls
from panocam.pipeline.sources.v4l2_device import Format, V4l2Device

HEADER = Path("/usr/include/linux/videodev2.h")
COMPILER = shutil.which("cc") or shutil.which("gcc")

REQUESTS = [
    "QUERYCAP",
    "ENUM_FMT",
    "G_CTRL",
    "S_CTRL",
    "QUERYCTRL",
    "QUERYMENU",
    "ENUM_FRAMESIZES",
    "ENUM_FRAMEINTERVALS",
    "QUERY_EXT_CTRL",
]
OFFSETS = {
    "struct v4l2_capability, device_caps": (abi.QUERYCAP, 5),
    "struct v4l2_fmtdesc, pixelformat": (abi.ENUM_FMT, 4),
    "struct v4l2_queryctrl, flags": (abi.QUERYCTRL, 7),
    "struct v4l2_query_ext_ctrl, minimum": (abi.QUERY_EXT_CTRL, 3),
    "struct v4l2_query_ext_ctrl, flags": (abi.QUERY_EXT_CTRL, 7),
    "struct v4l2_frmsizeenum, discrete": (abi.ENUM_FRAMESIZES, 3),
    "struct v4l2_frmivalenum, discrete": (abi.ENUM_FRAMEINTERVALS, 5),
}
CONSTANTS = {
    "V4L2_CAP_VIDEO_CAPTURE": abi.CAP_VIDEO_CAPTURE,
    "V4L2_CAP_STREAMING": abi.CAP_STREAMING,
    "V4L2_CAP_DEVICE_CAPS": abi.CAP_DEVICE_CAPS,
    "V4L2_BUF_TYPE_VIDEO_CAPTURE": abi.VIDEO_CAPTURE_TYPE,
    "V4L2_CTRL_FLAG_NEXT_CTRL": abi.NEXT_CTRL,
    "V4L2_CTRL_FLAG_DISABLED": abi.DISABLED,
    "V4L2_CTRL_FLAG_READ_ONLY": abi.READ_ONLY,
    "V4L2_CTRL_FLAG_INACTIVE": abi.INACTIVE,
    "V4L2_CTRL_FLAG_WRITE_ONLY": abi.WRITE_ONLY,
    "V4L2_CTRL_TYPE_MENU": abi.MENU,
    "V4L2_CTRL_TYPE_INTEGER_MENU": abi.INTEGER_MENU,
    "V4L2_EXPOSURE_MANUAL": abi.MANUAL,
    "V4L2_EXPOSURE_APERTURE_PRIORITY": abi.APERTURE_PRIORITY,
    "V4L2_CID_POWER_LINE_FREQUENCY_60HZ": 2,
    "V4L2_FRMSIZE_TYPE_DISCRETE": abi.DISCRETE,
    "V4L2_PIX_FMT_MJPEG": abi.fourcc("MJPG"),
    **{f"V4L2_CID_{cid.name}": int(cid) for cid in Cid},
}


@pytest.mark.peer("cc")
@pytest.mark.skipif(not COMPILER or not HEADER.exists(), reason="needs a C compiler and <linux/videodev2.h>")
def test_structures_and_numbers_are_the_kernels(tmp_path: Path) -> None:
    """A small C program prints what the header says; ours must be the same to the byte."""
    asked = [f"(unsigned long)VIDIOC_{name}" for name in REQUESTS]
    asked += [f"(unsigned long)offsetof({member})" for member in OFFSETS]
    asked += [f"(unsigned long)(unsigned){name}" for name in CONSTANTS]
    lines = "".join(f'printf("%lu\\n", {what});' for what in asked)
    (tmp_path / "print.c").write_text(
        "#include <stdio.h>\n#include <stddef.h>\n#include <linux/videodev2.h>\nint main(void) {" + lines + "return 0; }\n"
    )
    assert COMPILER
    subprocess.run([COMPILER, "-o", tmp_path / "print", tmp_path / "print.c"], check=True, timeout=30)
    printed = subprocess.run([tmp_path / "print"], capture_output=True, text=True, check=True, timeout=10).stdout.split()
    ours = [getattr(abi, name).number for name in REQUESTS]
    ours += [_offset(request, member) for request, member in OFFSETS.values()]
    ours += list(CONSTANTS.values())
    assert dict(zip(asked, map(int, printed), strict=True)) == dict(zip(asked, ours, strict=True))


def _offset(request: abi.Request, member: int) -> int:
    """Where a member of the layout begins: the first byte that changes with it."""
    zeros = list(request.layout.unpack(bytes(request.layout.size)))
    ones = [*zeros[:member], 1, *zeros[member + 1 :]]
    return request.layout.pack(*ones).index(1)


def opened(camera: FakeCamera) -> V4l2Device:
    return V4l2Device("/dev/video7", -1, camera.ioctl)


def test_a_device_tells_its_name_formats_and_controls() -> None:
    device = opened(FakeCamera(formats={("MJPG", 1920, 1080): (30.0,), ("YUYV", 640, 480): (30.0, 15.0)}))
    assert device.check() == "Fisheye 4K"
    assert device.formats() == [Format("MJPG", 1920, 1080, 30.0), Format("YUYV", 640, 480, 30.0), Format("YUYV", 640, 480, 15.0)]
    brightness = device.controls[Cid.BRIGHTNESS]
    assert (brightness.name, brightness.minimum, brightness.maximum, brightness.default) == ("Brightness", -64, 64, 0)
    assert device.controls[Cid.EXPOSURE_AUTO].menu == (1, 3)


def test_old_kernels_know_the_narrow_query_alone() -> None:
    wide, narrow = (opened(FakeCamera(extended=extended)).controls for extended in (True, False))
    assert wide == narrow
    assert len(wide) == len(webcam())


@pytest.mark.parametrize(
    ("camera", "words"),
    [
        (FakeCamera(here=0x00A00000), "not a video capture device"),
        (FakeCamera(gone=True), "unplugged"),
    ],
)
def test_what_is_no_camera_is_said(camera: FakeCamera, words: str) -> None:
    with pytest.raises(Unavailable, match=words):
        opened(camera).check()


def test_a_device_that_is_unplugged_while_asked_is_said() -> None:
    camera = FakeCamera()
    device = opened(camera)
    device.check()
    camera.gone = True
    with pytest.raises(Unavailable, match="unplugged"):
        device.formats()
    with pytest.raises(Unavailable, match="unplugged"):
        _ = device.controls


@pytest.mark.parametrize(
    ("offered", "fps", "best"),
    [
        # As many pixels across the circle as come at the rate; a wide picture has no larger circle.
        ({("MJPG", 3840, 2160): (30,), ("MJPG", 2592, 1944): (30,), ("YUYV", 3840, 2160): (5,)}, 25, ("MJPG", 3840, 2160)),
        ({("MJPG", 2560, 1920): (30,), ("MJPG", 3416, 1920): (30,)}, 25, ("MJPG", 2560, 1920)),
        ({("MJPG", 3264, 2448): (15,), ("MJPG", 1920, 1080): (30,)}, 25, ("MJPG", 1920, 1080)),
        # Nothing is fast enough: pixels are weighed with the rate.
        ({("MJPG", 3264, 2448): (15,), ("MJPG", 1920, 1080): (20,)}, 30, ("MJPG", 3264, 2448)),
        ({("YUYV", 2592, 1944): (2,), ("YUYV", 640, 480): (20,)}, 30, ("YUYV", 640, 480)),
        # Equal in size and rate: nothing to decode, nothing lost.
        ({("H264", 1280, 960): (30,), ("MJPG", 1280, 960): (30,), ("YUYV", 1280, 960): (30,)}, 25, ("YUYV", 1280, 960)),
        ({("Y16 ", 1280, 960): (30,)}, 25, None),
    ],
)
def test_the_best_format_for_a_circle(
    offered: dict[tuple[str, int, int], tuple[float, ...]], fps: float, best: tuple[str, int, int] | None
) -> None:
    chosen = choose(opened(FakeCamera(formats=offered)).formats(), fps)
    assert (chosen and (chosen.fourcc, chosen.width, chosen.height)) == best


def test_the_rate_nearest_to_the_wanted_one_is_taken() -> None:
    chosen = choose(opened(FakeCamera(formats={("MJPG", 1280, 960): (60, 30, 25, 5)})).formats(), 25)
    assert chosen is not None
    assert chosen.fps == 25


def after(controls: V4l2Controls, pictures: int = 1) -> V4l2Controls:
    for _ in range(pictures):
        controls.work()
    return controls


def test_exposure_is_taken_over_at_the_wanted_rate() -> None:
    camera = FakeCamera()
    V4l2Controls(opened(camera))
    assert camera.controls[Cid.EXPOSURE_AUTO].value == abi.MANUAL
    assert camera.controls[Cid.EXPOSURE_AUTO_PRIORITY].value == 0


@pytest.mark.feature("IMG-18", "IMG-20")
def test_shutter_and_gain_reach_the_hardware_some_pictures_later() -> None:
    camera = FakeCamera()
    controls = V4l2Controls(opened(camera))
    controls.expose(Exposure(0.02, 18.0))
    after(controls)
    assert (camera.controls[Cid.EXPOSURE_ABSOLUTE].value, camera.controls[Cid.GAIN].value) == (200, 50)
    assert controls.exposure == Exposure(pytest.approx(0.02), pytest.approx(18.0))
    assert not controls.settled
    assert after(controls, DELAY).settled


def test_the_law_settles_on_the_steps_of_the_hardware() -> None:
    """A bright scene in which one step of the shutter is a third of a stop: the gain fills in, and then it rests."""
    camera = FakeCamera()
    controls = V4l2Controls(opened(camera))
    assert controls.reach is not None
    rules = ExposureRules(mode=ExposureMode.AUTOMATIC, target=0.2)
    law = AutoExposure(controls.exposure)
    seen = []
    for _ in range(40):
        seen.append(min(1.0, 0.2 * controls.exposure.total / 0.00037))
        controls.expose(law.see(seen[-1], 0.3, rules, controls.reach))
        after(controls)
    assert seen[-1] == pytest.approx(0.2, rel=0.2)
    assert len(set(seen[-10:])) == 1


@pytest.mark.feature("BAS-07")
def test_the_power_line_reaches_the_hardware() -> None:
    camera = FakeCamera()
    controls = V4l2Controls(opened(camera))
    controls.tune(Tuning(power_line_hz=60))
    after(controls)
    assert camera.controls[Cid.POWER_LINE_FREQUENCY].value == 2


@pytest.mark.feature("IMG-29")
def test_the_iris_follows() -> None:
    camera = FakeCamera(controls={**webcam(), Cid.IRIS_ABSOLUTE: FakeControl("Iris, Absolute", 0, 40, 1, 40)})
    controls = V4l2Controls(opened(camera))
    controls.tune(Tuning(aperture=25))
    after(controls)
    assert camera.controls[Cid.IRIS_ABSOLUTE].value == 10
    found = capabilities(["exposure.aperture"], "v4l2:/dev/video7", controls.capabilities())
    assert found["exposure.aperture"].how is How.HARDWARE
    without = capabilities(["exposure.aperture"], "v4l2:/dev/video7", V4l2Controls(opened(FakeCamera())).capabilities())
    assert "iris" in without["exposure.aperture"].reason


def test_image_settings_turn_the_device_s_own_controls() -> None:
    camera = FakeCamera()
    controls = V4l2Controls(opened(camera))
    controls.tune(Tuning(image={"brightness": 100, "contrast": 25, "sharpness": 50, "white_balance": "fixed_outdoors1"}))
    after(controls)
    found = {cid: control.value for cid, control in camera.controls.items()}
    assert (found[Cid.BRIGHTNESS], found[Cid.CONTRAST], found[Cid.SHARPNESS]) == (64, 16, 3)
    assert (found[Cid.AUTO_WHITE_BALANCE], found[Cid.WHITE_BALANCE_TEMPERATURE]) == (0, 5500)
    camera.written.clear()
    controls.tune(Tuning(image={"brightness": 100, "contrast": 26, "sharpness": 50, "white_balance": "fixed_outdoors1"}))
    after(controls)
    assert {cid for cid, _ in camera.written} - {Cid.POWER_LINE_FREQUENCY} == {Cid.CONTRAST}  # what stays is left alone
    assert controls.taken == {"brightness", "contrast", "saturation", "sharpness", "white_balance"}
    controls.tune(Tuning(image={"brightness": 50, "white_balance": "manual"}))
    after(controls)
    assert camera.controls[Cid.BRIGHTNESS].value == 0
    assert "white_balance" not in controls.taken  # gains of red and blue are done digitally
    assert camera.controls[Cid.AUTO_WHITE_BALANCE].value == 1


@pytest.mark.feature("IMG-39")
def test_wide_dynamic_range_is_the_device_s_own_where_it_has_it() -> None:
    camera = FakeCamera(controls={**webcam(), Cid.WIDE_DYNAMIC_RANGE: FakeControl("Wide Dynamic Range", 0, 1, 1, 0, kind=2)})
    controls = V4l2Controls(opened(camera))
    for wished in (True, False):
        controls.tune(Tuning(image={"wdr": wished}))
        after(controls)
        assert camera.controls[Cid.WIDE_DYNAMIC_RANGE].value == wished
    assert "wdr" in controls.taken
    found = capabilities(["image.wdr", "image.tone_mapping"], "v4l2:/dev/video7", controls.capabilities())
    assert found["image.wdr"].how is How.HARDWARE
    assert "by itself" in found["image.tone_mapping"].reason
    plain = V4l2Controls(opened(FakeCamera()))
    assert "wdr" not in plain.taken
    assert capabilities(["image.wdr"], "v4l2:/dev/video7", plain.capabilities())["image.wdr"].how is How.DIGITAL


def test_wide_dynamic_range_that_refuses_is_done_digitally() -> None:
    own = {**webcam(), Cid.WIDE_DYNAMIC_RANGE: FakeControl("Wide Dynamic Range", 0, 1, 1, 0, kind=2)}
    controls = V4l2Controls(opened(FakeCamera(controls=own, broken={Cid.WIDE_DYNAMIC_RANGE: errno.EIO})))
    controls.tune(Tuning(image={"wdr": True}))
    after(controls)
    assert "wdr" not in controls.taken
    assert "image.tone_mapping" not in controls.capabilities()


def test_a_camera_that_exposes_by_itself_is_left_to_it() -> None:
    own = {**webcam(), Cid.EXPOSURE_AUTO: FakeControl("Auto Exposure", 0, 3, 1, 3, kind=3, menu=(3,))}
    controls = V4l2Controls(opened(FakeCamera(controls=own)))
    assert controls.reach is None
    told = controls.capabilities()
    assert not told["exposure.mode"].supported
    assert "by itself" in told["exposure.max_gain"].reason
    assert told["installation.power_line"].supported


def test_without_gain_the_shutter_does_it_alone() -> None:
    few = {cid: control for cid, control in webcam().items() if cid != Cid.GAIN}
    controls = V4l2Controls(opened(FakeCamera(controls=few)))
    assert controls.reach is not None
    assert controls.reach.most_gain_db == 0
    assert "gain" in controls.capabilities()["exposure.max_gain"].reason
    controls.expose(Exposure(0.03, 12))
    assert after(controls).exposure == Exposure(pytest.approx(0.03), 0)


def test_a_control_that_refuses_is_said_once_and_done_digitally(caplog: pytest.LogCaptureFixture) -> None:
    camera = FakeCamera(broken={Cid.BRIGHTNESS: errno.EIO})
    controls = V4l2Controls(opened(camera))
    with caplog.at_level(logging.WARNING):
        for value in (60, 70, 80):
            controls.tune(Tuning(image={"brightness": value}))
            after(controls)
    assert len(caplog.records) == 1
    assert "Brightness" in caplog.text
    assert "brightness" not in controls.taken


def test_an_unplugged_device_does_not_break_the_loop(caplog: pytest.LogCaptureFixture) -> None:
    camera = FakeCamera()
    controls = V4l2Controls(opened(camera))
    camera.gone = True
    controls.expose(Exposure(0.02))
    controls.tune(Tuning(power_line_hz=60, image={"brightness": 70}))
    after(controls, 3)
    assert caplog.records == []


def test_pictures_and_controls_come_from_one_device(tmp_path: Path) -> None:
    """FFmpeg reads the pictures (here out of a file), and each of them lets the controls do their work; both end together."""
    camera = FakeCamera()
    node, other = os.pipe()
    os.close(other)
    container = open_container(str(clip(tmp_path / "clip.mp4", range(0, 400, 40))), "clip")
    source = DeviceSource(container, V4l2Device("/dev/video7", node, camera.ioctl), ManualClock())
    assert source.controls is not None
    source.controls.tune(Tuning(power_line_hz=60))
    frames = source.frames()
    seen = []
    for raw in itertools.islice(frames, 10):
        assert raw.planes.size == source.size == SIZE
        seen.append(camera.controls[Cid.POWER_LINE_FREQUENCY].value)
    assert seen == [1, *[2] * 9]
    with pytest.raises(Unavailable, match="ended"):
        next(frames)
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(node)


@pytest.mark.parametrize(
    ("number", "words"), [(errno.EBUSY, "in use"), (errno.EACCES, "group"), (errno.ENODEV, "unplugged"), (5, "cannot")]
)
def test_a_node_that_cannot_be_opened_says_why(monkeypatch: pytest.MonkeyPatch, number: int, words: str) -> None:
    def refuse(*_args: object) -> int:
        raise OSError(number, "no")

    monkeypatch.setattr("os.open", refuse)
    with pytest.raises(Unavailable, match=words):
        V4l2Device.open("/dev/video0")

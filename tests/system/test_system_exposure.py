"""Exposure settings of a running camera on the simulated sensor: each one changes shutter, gain or the picture that it names. And the
light that it measures: day and night."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from system_camera import RunningCamera, until

from panocam.settings import Snapshot

SETTLE_S = 30.0


@pytest.fixture(scope="module", autouse=True)
def dusk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningCamera]:
    """A room in which the light goes out half a minute after the tests of this file have begun, when the source rests already."""
    camera = RunningCamera(tmp_path_factory.mktemp("dusk"), "--source", "sim:room?light=night", "--model", "m4327")
    camera.start()
    camera.create_administrator()
    yield camera
    camera.close()


@pytest.fixture(scope="module")
def lit(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningCamera]:
    """The simulated room seen by the smaller model."""
    camera = RunningCamera(tmp_path_factory.mktemp("lit"), "--source", "sim:room", "--model", "m4327")
    camera.start()
    camera.create_administrator()
    yield camera
    camera.close()


def becomes(camera: RunningCamera, fits: Callable[[dict[str, Any]], bool], **changes: object) -> dict[str, Any]:
    """Change settings and wait until the exposure rests where ``fits`` says."""
    camera.change(**changes)
    last: dict[str, Any] = {}

    def there() -> bool:
        last.update(camera.get("/api/v1/image/exposure"))
        return last["luminance"] is not None and not last["adapting"] and fits(last)

    try:
        until(there, SETTLE_S)
    except AssertionError:
        raise AssertionError(f"{changes} led to {last}") from None
    return last


def pulses(now: dict[str, Any], mains_hz: int) -> bool:
    """Whether the shutter is open for whole pulses of mains light."""
    count = float(now["shutter_s"]) * 2 * mains_hz
    return count > 0.99 and abs(count - round(count)) < 0.001


def brightness(camera: RunningCamera) -> float:
    return float(np.median(camera.image(1, resolution="320x320")))


@pytest.mark.feature("IMG-18", "IMG-19", "IMG-20", "IMG-22", "IMG-23", "IMG-25", "IMG-27", "IMG-31", "BAS-07")
def test_exposure_settings_are_seen(lit: RunningCamera) -> None:
    start = becomes(lit, lambda now: now["shutter"] == "1/100")
    before = brightness(lit)
    # The level, in pixels and in what is measured.
    brighter = becomes(lit, lambda now: now["luminance"] > 1.4 * start["luminance"], exposure__level=83)
    assert brightness(lit) > before + 20
    assert brighter["shutter_s"] > 0.0101
    # The trade-off.
    becomes(lit, lambda now: now["gain_db"] < 0.5 and now["shutter_s"] > 0.015, exposure__blur_noise=100)
    becomes(lit, lambda now: now["gain_db"] > 4 and now["shutter"] == "1/100", exposure__blur_noise=0)
    # People walk in the room: for them the shutter is kept short.
    open_ = becomes(lit, lambda now: now["gain_db"] < 1 and now["shutter_s"] > 0.016, exposure__blur_noise=100)
    short = becomes(lit, lambda now: now["hurried"] and now["shutter"] == "1/100" and now["gain_db"] > 4, exposure__motion_adaptive=True)
    assert short["luminance"] == pytest.approx(open_["luminance"], rel=0.3)
    becomes(lit, lambda now: not now["hurried"] and now["shutter_s"] > 0.016, exposure__motion_adaptive=False)
    # The limits of the shutter and of the gain.
    becomes(lit, lambda now: now["gain_db"] > 20 and now["shutter_s"] < 0.00101, exposure__max_shutter="1/1000", exposure__blur_noise=0)
    limited = becomes(lit, lambda now: now["gain_db"] == 0 and now["limited"] > 1, exposure__max_gain=0)
    assert any("too dark" in line for line in limited["warnings"])
    # Modes, and the mains frequency that takes them along.
    free = becomes(lit, lambda now: pulses(now, 50), exposure__mode="flicker-free-50", exposure__max_shutter="1/30")
    assert free["warnings"] == []
    lit.change(installation__power_line=60)
    assert lit.get("/api/v1/settings")["values"]["exposure.mode"] == "flicker-free-60"
    becomes(lit, lambda now: pulses(now, 60))
    wrong = becomes(lit, lambda now: pulses(now, 50), exposure__mode="flicker-free-50")
    assert any("50 Hz" in line and "60 Hz" in line for line in wrong["warnings"])
    # What counts: the window is far brighter than the room.
    becomes(lit, lambda now: True, exposure__mode="automatic", exposure__level=50, exposure__max_gain=36, installation__power_line=50)
    whole = becomes(lit, lambda now: 0.15 < now["luminance"] < 0.27)
    window = {"left": 0.8, "top": 0.35, "right": 0.95, "bottom": 0.65}
    zoned = becomes(lit, lambda now: now["shutter_s"] < whole["shutter_s"] / 1.3, exposure__zones=[window])
    held = becomes(lit, lambda now: now["shutter_s"] == zoned["shutter_s"], exposure__mode="hold")
    becomes(lit, lambda now: now["shutter_s"] == held["shutter_s"] and now["luminance"] < 0.18, exposure__zones=[])


def unrest(camera: RunningCamera) -> float:
    """Noise: what differs between neighbours, in the median of the picture."""
    picture = camera.image(1, resolution="1280x1280", compression=0).astype(float)
    return float(np.median(np.abs(picture[:, 1:-1] - (picture[:, :-2] + picture[:, 2:]) / 2)))


def test_the_least_exposure_is_seen(lit: RunningCamera) -> None:
    lit.change(**{path.replace(".", "__"): value for path, value in Snapshot().flat_json().items() if path.startswith("exposure.")})
    plain = becomes(lit, lambda now: 0.15 < now["luminance"] < 0.27 and now["gain_db"] < 20)
    noise, before = unrest(lit), brightness(lit)
    # A least gain: as bright, the shutter shorter, and noisier.
    least = becomes(lit, lambda now: now["gain_db"] >= 24, exposure__min_gain=24)
    assert least["shutter_s"] < plain["shutter_s"] / 2
    assert unrest(lit) > 1.5 * noise
    assert abs(brightness(lit) - before) < 12
    # A least shutter time: with a little room the gain goes back first, without any the picture comes out too bright.
    becomes(lit, lambda now: now["gain_db"] < 20, exposure__min_gain=0)
    bright = becomes(lit, lambda now: now["shutter"] == "1/30" and now["limited"] < 0, exposure__min_shutter="1/30", exposure__level=0)
    assert any("min shutter" in line for line in bright["warnings"])
    assert brightness(lit) > before - 12
    for wish, word in (({"exposure__max_shutter": "1/100"}, "1/100"), ({"exposure__min_gain": 40}, "36")):
        reply = lit.patch(**wish)
        assert (reply.status_code, word in reply.text) == (400, True), reply.text
    dark = becomes(lit, lambda now: now["luminance"] < 0.11, exposure__min_shutter="1/32500")
    assert dark["warnings"] == []
    lit.change(exposure__level=50)


def test_a_bad_zone_or_shutter_is_refused_by_name(lit: RunningCamera) -> None:
    corner = {"left": 0.0, "top": 0.0, "right": 0.05, "bottom": 0.05}
    for wish, word in (
        ({"exposure__zones": [corner]}, "corner"),
        ({"exposure__zones": [{**corner, "right": 0.0}]}, "right"),
        ({"exposure__zones": [{**corner, "right": 7}]}, "1"),
        ({"exposure__zones": [{**corner, "right": 0.6, "bottom": 0.6}] * 9}, "8"),
        ({"exposure__max_shutter": "1/3"}, "1/2"),
        ({"exposure__level": 101}, "100"),
        ({"exposure__mode": "flicker-free-55"}, "flicker-free-50"),
    ):
        before = lit.get("/api/v1/settings")["values"]
        reply = lit.patch(**wish)
        assert reply.status_code == 400, wish
        assert word in reply.text
        assert lit.get("/api/v1/settings")["values"] == before


def test_what_has_no_effect_is_said_with_the_reason(known: RunningCamera, lit: RunningCamera) -> None:
    def told(camera: RunningCamera) -> dict[str, Any]:
        return {row["path"]: row for row in camera.get("/api/v1/image/capabilities")["capabilities"]}

    until(lambda: told(lit)["exposure.mode"]["how"] == "simulated", SETTLE_S)  # known with the first picture
    assert "iris" in told(lit)["exposure.aperture"]["reason"]
    still = told(known)["exposure.max_gain"]
    assert (still["supported"], "recorded" in still["reason"]) == (False, True)
    known.change(exposure__max_gain=3)  # kept for a source that can
    assert known.get("/api/v1/image/exposure")["shutter"] == ""


def days(camera: RunningCamera) -> list[bool]:
    found = camera.get("/api/v1/events/conditions", topic="VideoSource/DayNight")["events"]
    return [event["data"]["day"] for event in found]


def test_day_is_told_where_light_is_measured_and_taken_back_where_not(tmp_path: Path, scene: Path) -> None:
    camera = RunningCamera(tmp_path, "--source", "sim:room", "--model", "m4327")
    try:
        camera.start()
        camera.create_administrator()
        until(lambda: days(camera) == [True], 60)
        camera.stop()
        camera = RunningCamera(tmp_path, "--source", scene)
        camera.start()
        until(lambda: camera.get("/api/v1/status")["source"]["state"] == "live", 30)
        assert days(camera) == []
    finally:
        camera.close()


@pytest.mark.timeout(180)
def test_night_falls_without_anybody_looking(dusk: RunningCamera) -> None:
    def told() -> list[tuple[str, bool]]:
        return [(event["operation"], event["data"]["day"]) for event in reversed(dusk.events("VideoSource/DayNight"))]

    until(lambda: len(told()) > 1, 120)
    assert told()[:2] == [("Initialized", True), ("Changed", False)]

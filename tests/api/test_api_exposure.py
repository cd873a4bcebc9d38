"""Exposure over REST: the numbers of the moment, what does not fit together, and what the source can do."""

from __future__ import annotations

import pytest
from api_kit import Side

from panocam.app.expose import NORMAL, exposure_plan
from panocam.imaging.exposure import Exposure, ExposureMode
from panocam.imaging.metering import Zone
from panocam.pipeline.exposure import ExposureState
from panocam.settings import Role


async def told(side: Side) -> dict[str, object]:
    async with side.client(Role.VIEWER) as client:
        return dict((await client.get("/api/v1/image/exposure")).json())


async def test_the_numbers_of_the_moment(side: Side) -> None:
    side.camera.exposure = ExposureState(Exposure(1 / 50, 6.04), 0.123456, 0.25, True, -0.5)
    found = await told(side)
    assert (found["shutter"], found["gain_db"], found["luminance"], found["clipped"]) == ("1/50", 6.0, 0.1235, 0.25)
    assert (found["adapting"], found["limited"], found["mode"]) == (True, -0.5, "automatic")
    side.camera.exposure = ExposureState(Exposure(0.5))
    assert (await told(side))["shutter"] == "0.5"


async def test_a_source_that_does_not_tell_has_no_numbers(side: Side) -> None:
    side.camera.exposure = ExposureState()
    found = await told(side)
    assert (found["shutter"], found["shutter_s"], found["gain_db"], found["luminance"], found["warnings"]) == ("", None, None, None, [])


@pytest.mark.parametrize(
    ("settings", "limited", "words"),
    [
        ({"exposure.mode": "flicker-free-60"}, 0.0, "for 60 Hz, but the power line frequency of the installation is 50 Hz"),
        (
            {"exposure.mode": "flicker-free-50", "exposure.max_shutter": "1/500"},
            0.0,
            "1/500 is shorter than a pulse of the light, so 1/100",
        ),
        ({}, 1.25, "1.2 stops too dark: a longer max shutter or a higher max gain would help"),
        ({"exposure.mode": "flicker-free-50"}, -2.0, "2.0 stops too bright: flicker-free is never shorter than 1/100"),
        ({}, -1.0, "the shutter cannot be shorter"),
        ({"exposure.min_shutter": "1/250"}, -1.0, "a shorter min shutter or a lower min gain would help"),
        ({"exposure.mode": "flicker-free-50", "exposure.min_gain": 12}, -1.0, "a shorter min shutter or a lower min gain would help"),
        (
            {"exposure.mode": "flicker-free-50", "exposure.min_shutter": "1/60", "exposure.max_shutter": "1/60"},
            0.0,
            "No whole pulses of the light last from 1/60 to 1/60",
        ),
    ],
)
async def test_what_does_not_fit_is_told(side: Side, settings: dict[str, object], limited: float, words: str) -> None:
    side.camera.exposure = ExposureState(Exposure(0.01), 0.2, limited=limited)
    await side.services.settings.patch(settings)
    warnings = (await told(side))["warnings"]
    assert isinstance(warnings, list)
    assert len(warnings) == 1
    assert words in warnings[0]


@pytest.mark.feature("BAS-07", "IMG-20", "IMG-21")
async def test_the_mode_goes_with_the_power_line(side: Side) -> None:
    settings = side.services.settings
    await settings.patch({"exposure.mode": "flicker-reduced-50"})
    assert (await settings.patch({"installation.power_line": 60})).exposure.mode == "flicker-reduced-60"
    chosen = await settings.patch({"installation.power_line": 50, "exposure.mode": "flicker-free-60"})
    assert chosen.exposure.mode == "flicker-free-60"  # said by hand
    await settings.patch({"exposure.mode": "hold"})
    assert (await settings.patch({"installation.power_line": 60})).exposure.mode == "hold"


async def test_settings_become_rules(side: Side) -> None:
    wish = {
        "exposure.mode": "flicker-free-60",
        "exposure.level": 50,
        "exposure.max_shutter": "1/8",
        "exposure.max_gain": 12,
        "exposure.blur_noise": 25,
        "exposure.zones": [{"left": 0.2, "top": 0.3, "right": 0.5, "bottom": 0.6}],
        "image.brightness": 70,
    }
    plan = exposure_plan(await side.services.settings.patch(wish))
    rules = plan.rules
    assert (rules.mode, rules.mains_hz, rules.target) == (ExposureMode.FLICKER_FREE, 60, NORMAL)
    assert (rules.max_shutter_s, rules.max_gain_db, rules.trade_off) == (1 / 8, 12, 0.25)
    assert plan.zones == (Zone(0.2, 0.3, 0.5, 0.6),)
    assert (plan.tuning.power_line_hz, plan.tuning.image["brightness"]) == (50, 70)


@pytest.mark.feature("IMG-44")
async def test_a_capture_mode_without_wdr_does_not_ask_the_sensor_for_it(side: Side) -> None:
    settings = side.services.settings
    assert exposure_plan(await settings.patch({"image.wdr": True})).tuning.image["wdr"] is True
    assert exposure_plan(await settings.patch({"installation.capture_mode": "overview"})).tuning.image["wdr"] is False


async def test_capabilities_list_every_setting_of_image_and_exposure(side: Side) -> None:
    async with side.client(Role.VIEWER) as client:
        rows = {row["path"]: row for row in (await client.get("/api/v1/image/capabilities")).json()["capabilities"]}
    paths = side.services.settings.export(Role.ADMINISTRATOR)
    assert rows.keys() >= {path for path in paths if path.split(".")[0] in ("image", "exposure")}
    assert all(row["supported"] is (row["how"] is not None) for row in rows.values())
    assert all(row["supported"] or row["reason"] for row in rows.values())

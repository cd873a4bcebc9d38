"""The exposure card of the image page, on the simulated sensor and on a picture that was exposed long ago."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from camera_process import Api, CameraProcess
from playwright.async_api import expect
from web_kit import Visitor, eventually

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.peer("chromium")]


@pytest.fixture(scope="module")
def simulated(tmp_path_factory: pytest.TempPathFactory, built_page: None) -> Iterator[CameraProcess]:
    process = CameraProcess(tmp_path_factory.mktemp("simulated"), Path("sim:room"))
    process.start()
    yield process
    process.stop()


@pytest.fixture
def lit(simulated: CameraProcess) -> Iterator[Api]:
    api = Api(simulated.http)
    if api.get("state")["setup_needed"]:
        api.set_up()
    else:
        api.log_in()
    yield api
    api.close()


def zones(api: Api) -> Any:
    return api.get("settings")["values"]["exposure.zones"]


async def zone_becomes(api: Api, fits: Any) -> None:
    async def there() -> bool:
        return bool(fits(zones(api)))

    await eventually(there, f"the right zone, not {zones(api)}")


@pytest.mark.feature("IMG-18", "IMG-29")
async def test_a_recorded_picture_greys_exposure_out_with_the_reason(anna: Visitor, api: Api) -> None:
    await anna.open("/image")
    await expect(anna.page.get_by_text("A recorded picture was exposed when it was taken")).to_be_visible()
    await expect(anna.page.get_by_role("combobox", name="Exposure mode")).to_be_disabled()
    await expect(anna.page.get_by_role("button", name="Add zone")).to_be_disabled()
    await expect(anna.page.get_by_text("Aperture")).to_have_count(0)  # no iris, no slider


@pytest.mark.feature("IMG-26", "IMG-28", "IMG-32", "IMG-33", "IMG-34", "IMG-42")
async def test_exposure_is_set_beside_the_numbers_of_the_moment(
    visit: Callable[..., Awaitable[Visitor]], simulated: CameraProcess, lit: Api
) -> None:
    visitor = await visit(simulated.http)
    await visitor.log_in()
    await visitor.open("/image")
    page = visitor.page
    await expect(page.get_by_test_id("exposure-now")).to_contain_text("shutter 1/", timeout=30_000)
    await page.get_by_role("combobox", name="Exposure mode").click()
    await page.get_by_role("option", name="Flicker-free 60 Hz").click()
    await expect(page.get_by_text("The mode is for 60 Hz, but the power line frequency of the installation is 50 Hz.")).to_be_visible()
    await page.get_by_role("combobox", name="Max shutter").click()
    await page.get_by_role("option", name="1/4 s", exact=True).click()
    await expect(page.get_by_text("A high max shutter can blur what moves.")).to_be_visible()
    await expect(page.get_by_text("The more gain, the more noise in the dark.")).to_be_visible()
    gain = page.get_by_role("slider", name="Max gain")
    await gain.focus()
    await page.keyboard.press("Home")
    await expect(page.get_by_text("A low max gain can make the picture dark.")).to_be_visible()
    await expect(page.get_by_text("add light, or mount the camera so that people and things move towards it")).to_be_visible()
    await page.get_by_role("combobox", name="Min shutter").click()
    await page.get_by_role("option", name="1/250 s", exact=True).click()
    await expect(page.get_by_text("A high min shutter can make bright scenes too bright.")).to_be_visible()
    least = page.get_by_role("slider", name="Min gain")
    await least.focus()
    await page.keyboard.press("ArrowRight")
    await expect(page.get_by_text("must not be more than exposure.max_gain (0)")).to_be_visible()
    await page.keyboard.press("Home")
    # A zone: made, moved by key, dragged, removed.
    await page.get_by_role("button", name="Add zone").click()
    await zone_becomes(lit, lambda found: [zone["left"] for zone in found] == [0.35])
    zone = page.get_by_role("group", name="Exposure zone 1")
    await zone.focus()
    await page.keyboard.press("ArrowRight")
    await zone_becomes(lit, lambda found: found[0]["left"] == 0.36)
    box = await zone.bounding_box()
    assert box is not None
    await page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    await page.mouse.down()
    await page.mouse.move(box["x"] + box["width"] / 2 - 60, box["y"] + box["height"] / 2 + 30, steps=4)
    await page.mouse.up()
    await zone_becomes(lit, lambda found: found[0]["left"] < 0.33 and found[0]["top"] > 0.36)
    await page.get_by_role("button", name="Remove zone 1").click()
    await zone_becomes(lit, lambda found: found == [])
    await page.get_by_role("button", name="Undo").click()
    await zone_becomes(lit, lambda found: len(found) == 1)


async def test_a_short_shutter_for_what_moves_is_switched_on_and_said(
    visit: Callable[..., Awaitable[Visitor]], simulated: CameraProcess, lit: Api
) -> None:
    rules = {"exposure.mode": "automatic", "exposure.max_shutter": "1/30", "exposure.max_gain": 36, "exposure.zones": []}
    lit.send("PATCH", "settings", {**rules, "exposure.level": 100, "exposure.blur_noise": 100, "installation.power_line": 50})
    visitor = await visit(simulated.http)
    await visitor.log_in()
    await visitor.open("/image")
    now = visitor.page.get_by_test_id("exposure-now")
    await expect(now).not_to_contain_text("1/100 s", timeout=30_000)
    await expect(now).not_to_contain_text("Adapting", timeout=30_000)
    await visitor.page.get_by_label("Motion-adaptive exposure").click(force=True)
    await expect(now).to_contain_text("Short, because things move.")
    await expect(now).to_contain_text("1/100 s")
    await expect(now).not_to_contain_text("gain 0.0 dB")
    await visitor.shots("motion-exposure")
    lit.send("PATCH", "settings", {"exposure.motion_adaptive": False, "exposure.level": 50, "exposure.blur_noise": 50})


async def test_the_white_balance_is_told_from_a_window_in_the_picture(
    visit: Callable[..., Awaitable[Visitor]], simulated: CameraProcess, lit: Api
) -> None:
    lit.send("PATCH", "settings", {"image.white_balance": "auto", "image.white_balance_window": None, "exposure.zones": []})

    async def becomes(fits: Callable[[Any], bool]) -> None:
        async def there() -> bool:
            return fits(lit.get("settings")["values"]["image.white_balance_window"])

        await eventually(there, "the right window")

    visitor = await visit(simulated.http)
    await visitor.log_in()
    await visitor.open("/image")
    page = visitor.page
    await expect(page.get_by_text("The light is told from the whole picture.")).to_be_visible()
    await page.get_by_role("button", name="Use a part of the picture").click()
    await becomes(lambda window: window is not None and window["left"] == 0.35)
    window = page.get_by_role("group", name="White balance window 1")
    await expect(window).to_contain_text("White balance")
    await window.focus()
    await page.keyboard.press("ArrowLeft")
    await becomes(lambda window: window["left"] == 0.34)
    await visitor.shots("white-balance-window")
    await page.get_by_role("button", name="Remove window").click()
    await becomes(lambda window: window is None)
    lit.send("PATCH", "settings", {"image.white_balance": "source"})

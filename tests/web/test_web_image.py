"""The page Video > Image in a real browser: everything acts at once, resets, and the white reference is pointed at."""

from __future__ import annotations

import re

import numpy as np
import pytest
from camera_process import Api
from playwright.async_api import expect
from web_kit import Visitor, eventually

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.peer("chromium")]


async def becomes(api: Api, **expected: object) -> None:
    async def there() -> bool:
        values = api.get("settings")["values"]
        return all(values[f"image.{name}"] == value for name, value in expected.items())

    await eventually(there, f"{expected}")


@pytest.mark.feature("IMG-30", "PRE-02")
async def test_a_slider_acts_on_the_live_picture_and_is_reset(anna: Visitor, api: Api) -> None:
    await anna.open("/image")
    before = await anna.settled()
    await anna.page.get_by_label("Brightness as a number").fill("95")
    await becomes(api, brightness=95)
    await anna.changes_from(before)
    slider = anna.page.get_by_role("slider", name="Brightness")
    await slider.focus()
    await anna.page.keyboard.press("ArrowLeft")
    await becomes(api, brightness=94)
    await anna.page.get_by_role("button", name="Reset appearance").click()
    await becomes(api, brightness=50)
    await expect(anna.page.get_by_role("button", name="Reset appearance")).to_be_disabled()


@pytest.mark.feature("IMG-39", "IMG-40", "IMG-41", "IMG-43", "IMG-48")
async def test_wdr_opens_its_sliders_and_warns_of_artefacts(anna: Visitor, api: Api) -> None:
    await anna.open("/image")
    await expect(anna.page.get_by_text("It can cause artefacts")).to_be_visible()
    await expect(anna.page.get_by_label("Local contrast as a number")).to_be_disabled()
    await anna.page.get_by_role("switch", name="Wide dynamic range").press("Space")
    await becomes(api, wdr=True)
    await anna.page.get_by_label("Tone mapping as a number").fill("80")
    await becomes(api, tone_mapping=80)
    await anna.page.get_by_role("button", name="When to use WDR").click()
    await expect(anna.page.get_by_role("link", name="article on wide dynamic range")).to_be_visible()
    for _ in range(2):
        await anna.page.get_by_role("button", name="Undo").click()
    await becomes(api, wdr=False, tone_mapping=35)


@pytest.mark.feature("IMG-44")
async def test_wdr_tells_why_a_capture_mode_does_not_have_it(anna: Visitor, api: Api) -> None:
    api.send("PATCH", "settings", {"installation.capture_mode": "overview"})
    try:
        await anna.open("/image")
        await expect(anna.page.get_by_role("switch", name="Wide dynamic range")).to_be_disabled()
        await expect(anna.page.get_by_text("The capture mode leaves no time for it")).to_be_visible()
    finally:
        api.send("PATCH", "settings", {"installation.capture_mode": "dewarped"})


async def test_the_white_reference_is_pointed_at(anna: Visitor, api: Api) -> None:
    await anna.open("/image")
    await anna.watching()
    await anna.page.get_by_role("button", name="White reference").click()
    await anna.page.get_by_test_id("white-picker").press("Enter")
    await becomes(api, white_balance="manual")
    await expect(anna.page.get_by_label("Red gain as a number")).to_be_visible()
    await anna.page.get_by_role("button", name="Reset white balance").click()
    await becomes(api, white_balance="source", red_gain=1, blue_gain=1)


async def test_a_scene_profile_sets_everything_for_a_purpose(anna: Visitor, api: Api) -> None:
    await anna.open("/image")
    await anna.page.get_by_text("Vivid", exact=True).click()
    await becomes(api, saturation=64, wdr=False)
    await expect(anna.page.get_by_text(re.compile("Strong colours"))).to_be_visible()
    await anna.page.get_by_role("button", name="Undo", exact=True).click()
    await becomes(api, saturation=50)


@pytest.mark.feature("IMG-45", "IMG-46", "IMG-47")
async def test_the_pixel_counter_is_at_hand(anna: Visitor) -> None:
    await anna.open("/image")
    await anna.watching()
    await anna.page.get_by_role("button", name="Pixel counter").click()
    await expect(anna.page.get_by_test_id("pixel-counter")).to_contain_text("px")
    assert np.any(await anna.looks())

"""The pages of time, location and network, in a browser."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from camera_process import Api
from playwright.async_api import expect
from web_kit import Visitor, eventually

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.peer("chromium")]

RESET = {
    "time.source": "machine",
    "time.ntp_servers": [],
    "time.zone": "",
    "location.text": "",
    "location.latitude": "",
    "location.longitude": "",
}


@pytest.mark.feature("GAP-28")
async def test_the_clock_is_seen_set_and_given_a_zone(anna: Visitor, api: Api) -> None:
    page = anna.page
    try:
        await anna.open("/time")
        clock = page.get_by_test_id("clock")
        before = await clock.inner_text()
        await eventually(lambda: _differs(clock, before), "a tick")
        await page.get_by_label("Time zone").first.click()
        await page.get_by_label("Time zone").first.fill("Kolkata")
        await page.get_by_role("option", name="Asia/Kolkata").click()
        await page.get_by_role("button", name="Save").first.click()
        await expect(page.get_by_text("Asia/Kolkata (IST)")).to_be_visible()
        await page.get_by_label("Set by hand").check()
        await page.get_by_label("Date and time").fill("2031-05-05T10:35:00")
        await page.get_by_role("button", name="Set the clock").click()
        await expect(page.get_by_text("Monday, 2031-05-05")).to_be_visible()
        await expect(clock).to_contain_text("10:3")
        assert datetime.fromisoformat(api.get("time")["utc"]).astimezone(UTC).hour == 5
    finally:
        api.send("PATCH", "settings", RESET)


async def test_servers_and_what_they_are_worth(anna: Visitor, api: Api) -> None:
    page = anna.page
    try:
        await anna.open("/time")
        await page.get_by_label("Follow NTP servers").check()
        await page.get_by_role("combobox", name="NTP servers").fill("127.0.0.1:9")
        await page.keyboard.press("Enter")
        await page.get_by_role("button", name="Save").last.scroll_into_view_if_needed()
        await page.locator("button:has-text('Save'):not([disabled])").first.click()
        await expect(page.get_by_text("Not synchronised")).to_be_visible()
        await expect(page.get_by_text("silent")).to_be_visible()
        assert api.get("settings")["values"]["time.ntp_servers"] == ["127.0.0.1:9"]
    finally:
        api.send("PATCH", "settings", RESET)


@pytest.mark.feature("GET-03")
async def test_the_network_page_says_what_can_be_set_here_and_why_not(anna: Visitor, api: Api) -> None:
    page = anna.page
    await anna.open("/network")
    await expect(page.get_by_text("The camera's addresses are those of the machine it runs on")).to_be_visible()
    await expect(page.get_by_text("--manage-interface")).to_be_visible()
    name = next(each["name"] for each in api.get("network")["interfaces"] if each["addresses"])
    await expect(page.get_by_role("heading", name=name)).to_be_visible()
    try:
        await page.get_by_label("Host name").fill("a b")
        await page.locator("button:has-text('Save'):not([disabled])").click()
        await expect(page.get_by_text("should be up to 63 letters")).to_be_visible()
        await page.get_by_label("Host name").fill("camera-hall")
        await page.locator("button:has-text('Save'):not([disabled])").click()
        await expect(page.get_by_role("cell", name="camera-hall")).to_be_visible()
    finally:
        api.send("PATCH", "settings", {"addressing.host_name": ""})


async def _differs(clock: object, before: str) -> bool:
    return str(await clock.inner_text()) != before  # type: ignore[attr-defined]

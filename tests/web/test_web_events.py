"""The list of events, and the tour of the interface, in a real browser."""

from __future__ import annotations

import re

import pytest
from camera_process import ADMIN, Api, CameraProcess
from playwright.async_api import expect
from web_kit import Visitor, eventually

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.peer("chromium")]


async def test_events_are_told_in_plain_words_and_come_by_themselves(anna: Visitor, api: Api) -> None:
    await anna.open("/events")
    log = anna.page.get_by_role("table", name="Events")
    await expect(log).to_be_visible()
    api.send("PATCH", "settings", {"stream.compression": 37})
    row = log.get_by_role("row").filter(has_text=f"{ADMIN} changed stream.compression").first
    await expect(row).to_be_visible()
    await anna.page.get_by_label("Search").fill("CHANGED compression")
    await expect(row).to_be_visible()

    async def only_those() -> bool:
        texts = await log.locator("tbody tr").all_inner_texts()
        return bool(texts) and all("stream.compression" in text for text in texts)

    await eventually(only_those, "only matching events")
    await anna.page.get_by_label("Search").fill("no such thing at all")
    await expect(anna.page.get_by_text("No event is like that.")).to_be_visible()
    await anna.page.get_by_label("Search").fill("")
    await anna.page.get_by_role("combobox", name="Kind").click()
    await anna.page.get_by_role("option", name="System ready").click()
    await expect(log.locator("tbody tr")).to_have_text([re.compile("The camera is ready")])


@pytest.mark.feature("GET-26")
async def test_a_newcomer_is_shown_around_once(anna: Visitor, camera: CameraProcess) -> None:
    await anna.open("/status")
    tour = anna.page.get_by_role("region", name="Tour of the camera")
    await expect(tour).to_contain_text("1 of 7")
    await expect(tour).to_be_in_viewport(ratio=1)  # however long the menu is
    await tour.get_by_role("button", name="Go on").click()
    await expect(tour).to_contain_text("how the camera hangs")
    await tour.get_by_role("button", name="End the tour").click()
    await expect(tour).to_be_hidden()
    await anna.page.reload()
    await expect(anna.page.get_by_role("heading", name="Status")).to_be_visible()
    await expect(tour).to_be_hidden()
    await anna.page.get_by_role("button", name="Account").click()
    await anna.page.get_by_role("menuitem", name="Show the tour").click()
    await expect(tour).to_contain_text("1 of 7")

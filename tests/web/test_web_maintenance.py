"""Logs, restart, factory default and the server report, in a real browser."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable

import pytest
from camera_process import ADMIN, PASSWORD, Api, CameraProcess
from playwright.async_api import expect
from web_kit import Visitor

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.peer("chromium")]
BACK_MS = 90_000


async def test_logs_are_followed_filtered_and_downloaded(anna: Visitor, api: Api) -> None:
    page = anna.page
    await anna.open("/logs")
    await page.get_by_role("tab", name="Audit log").click()
    table = page.get_by_role("table", name="Audit log")
    await expect(table).to_be_visible()
    api.send("PATCH", "settings", {"stream.compression": 41})
    row = table.get_by_role("row").filter(has_text=re.compile(r"stream\.compression from \d+ to 41"))
    await expect(row).to_be_visible()  # without a reload
    await page.get_by_label("Search").fill("COMPRESSION")
    await expect(row).to_be_visible()
    await page.get_by_label("Search").fill("no such words")
    await expect(page.get_by_text("No line is like that.")).to_be_visible()
    await page.get_by_label("Search").fill("")
    await page.get_by_role("combobox", name="Level").click()
    await page.get_by_role("option", name="Errors only").click()
    await expect(row).to_be_hidden()
    async with page.expect_download() as downloading:
        await page.get_by_role("link", name="Download").click()
    download = await downloading.value
    assert download.suggested_filename.endswith("-audit.log")
    await page.get_by_role("tab", name="Access log").click()
    await expect(page.get_by_role("table", name="Access log").get_by_text("/api/v1/logs/access").first).to_be_visible()


async def test_the_report_is_one_click(anna: Visitor) -> None:
    await anna.open("/maintenance")
    async with anna.page.expect_download() as downloading:
        await anna.page.get_by_role("link", name="Download report").click()
    assert (await downloading.value).suggested_filename.endswith("-report.zip")


@pytest.mark.feature("FW-04")
async def test_status_shows_version_and_why_it_was_started(anna: Visitor) -> None:
    await anna.open("/status")
    await expect(anna.page.get_by_text("panocam 0.1.0", exact=True)).to_be_visible()
    await expect(anna.page.get_by_text("first start")).to_be_visible()


@pytest.mark.feature("RST-01", "RST-09", "GAP-38")
async def test_restart_and_reset_lead_back_to_the_page(fresh_camera: CameraProcess, visit: Callable[..., Awaitable[Visitor]]) -> None:
    fresh_camera.stop()
    fresh_camera.start()  # on the port it had, which it keeps from here on
    api = Api(fresh_camera.http)
    api.set_up()
    visitor = await visit(fresh_camera.http)
    await visitor.log_in()
    await visitor.open("/maintenance")
    page = visitor.page
    await page.get_by_role("button", name="Restart…").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_role("button", name="Restart", exact=True).click()
    await expect(dialog.get_by_test_id("return-progress")).to_be_visible()
    await expect(page.get_by_text("Your session has ended")).to_be_visible(timeout=BACK_MS)
    await visitor.field("User name").fill(ADMIN)
    await visitor.field("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Log in").click()
    await expect(page.get_by_text(f"restart asked for by {ADMIN}")).to_be_visible()

    await page.get_by_role("button", name="Factory default…").click()
    lost, stays = dialog.get_by_role("list", name="Lost for good"), dialog.get_by_role("list", name="Stays")
    await expect(lost).to_contain_text("all accounts and passwords")
    await expect(lost).not_to_contain_text("network")
    await expect(stays).to_contain_text("recordings on the card")
    button = dialog.get_by_role("button", name="Reset the camera")
    await expect(button).to_be_disabled()
    api.log_in()
    await dialog.get_by_label(re.compile("serial number")).fill(api.get("state")["serial"].lower())
    await button.click()
    await expect(page.get_by_role("heading", name=re.compile("Welcome|Set up|administrator", re.I))).to_be_visible(timeout=BACK_MS)
    assert api.get("state")["setup_needed"] is True
    api.close()

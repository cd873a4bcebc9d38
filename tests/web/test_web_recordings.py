"""The recordings page in a real browser: record, play, step, lock, export, remove."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from camera_process import Api
from playwright.async_api import Page, expect
from web_kit import Visitor, eventually

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.peer("chromium")]


async def play_and_step(page: Page) -> None:
    """It plays by itself, stops, goes a picture on and one back, and its signature is looked at."""
    canvas = page.get_by_label("Recording", exact=True)

    async def shown() -> int:
        return int(await canvas.get_attribute("data-pictures") or 0)

    async def some() -> bool:
        return await shown() > 5

    await eventually(some, "the recording plays")
    await page.get_by_role("button", name="Pause").or_(page.get_by_role("button", name="Play (space)")).first.click()
    slider = page.get_by_role("slider", name="Position")
    await page.get_by_role("button", name="Picture on").click()
    before = float(await slider.get_attribute("aria-valuenow") or 0)
    await page.get_by_role("button", name="Picture back").click()

    async def back() -> bool:
        return float(await slider.get_attribute("aria-valuenow") or 0) < before

    await eventually(back, "one picture back")
    await page.get_by_role("button", name="Verify").click()
    await expect(page.get_by_role("button", name="Not signed")).to_be_visible()


@pytest.mark.feature("REC-01", "REC-03", "REC-04", "SPEC-12", "SIG-08")
async def test_record_play_export_and_remove(anna: Visitor, api: Api, tmp_path: Path) -> None:
    page = anna.page
    await anna.open("/recordings")
    await expect(page.get_by_text("Nothing has been recorded yet.")).to_be_visible()
    await page.get_by_label("Record", exact=True).first.click()
    await page.get_by_role("option", name="View Area 1").click()
    await page.get_by_role("button", name="Record", exact=True).click()
    tile = page.locator("[data-recording]")
    await expect(tile.get_by_text("recording")).to_be_visible()

    async def long_enough() -> bool:
        (row,) = api.get("recordings")["recordings"]
        return bool(sum(part["pictures"] for part in api.get(f"recordings/{row['id']}")["segments"]) > 20)

    await eventually(long_enough, "20 pictures are recorded")
    await tile.get_by_role("button", name="Stop recording").click()
    await tile.get_by_role("button", name="Play").click()
    await play_and_step(page)
    await page.keyboard.press("Escape")
    await tile.get_by_role("button", name="More").click()
    await page.get_by_role("menuitem", name="Export").click()
    await page.get_by_text("Archive with player").click()
    async with page.expect_download() as download:
        await page.get_by_role("button", name="Export", exact=True).click()
    path = tmp_path / "export.zip"
    await (await download.value).save_as(path)
    with zipfile.ZipFile(path) as archive:
        assert {name.rpartition(".")[2] for name in archive.namelist()} == {"mp4", "sha256", "json", "html"}
    await page.get_by_role("button", name="Close", exact=True).last.click()
    await tile.get_by_role("button", name="More").click()
    await page.get_by_role("menuitem", name="Lock: never remove").click()
    await expect(tile.get_by_text("locked")).to_be_visible()
    await tile.get_by_role("button", name="More").click()
    await page.get_by_role("menuitem", name="Unlock").click()
    await expect(tile.get_by_text("locked")).to_be_hidden()
    page.once("dialog", lambda dialog: dialog.accept())
    await tile.get_by_role("button", name="More").click()
    await page.get_by_role("menuitem", name="Remove", exact=True).click()
    await expect(page.get_by_text("Nothing has been recorded yet.")).to_be_visible()

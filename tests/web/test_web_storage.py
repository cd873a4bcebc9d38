"""The storage page in a real browser: a share on a real Samba is tried, added, checked and forgotten; the card's rules are changed."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from camera_process import Api
from playwright.async_api import expect
from web_kit import Visitor, eventually

sys.path.append(str(Path(__file__).parents[1] / "storage"))
from samba import PASSWORD, USER, Samba, serving

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.peer("chromium"), pytest.mark.peer("smbd")]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Samba]:
    with serving(tmp_path / "samba") as running:
        yield running


@pytest.mark.feature("STO-01", "STO-02", "STO-03", "STO-04", "STO-05", "STO-07", "SPEC-12", "GAP-20")
async def test_a_share_is_tried_added_checked_and_forgotten(anna: Visitor, api: Api, server: Samba) -> None:
    page = anna.page
    await anna.open("/storage")
    card = page.locator("[data-disk=SD_DISK]")
    await expect(card.get_by_text("ready")).to_be_visible()
    await page.get_by_role("button", name="Add network share").click()
    form = page.get_by_role("dialog")
    await form.get_by_label("Name").fill("Shelf")
    await form.get_by_label("Address").fill("127.0.0.1")
    await form.get_by_label("Share").fill("video")
    await form.get_by_label("User").fill(USER)
    await form.get_by_label("Password", exact=True).fill("wrong")
    await form.get_by_label("Port").fill(str(server.port))
    await form.get_by_role("button", name="Add", exact=True).click()
    await expect(form.get_by_text("login: the server refuses")).to_be_visible()
    await form.get_by_label("Password", exact=True).fill(PASSWORD)
    await form.get_by_role("button", name="Test").click()
    await expect(form.get_by_text("It works: SMB 3.1.1, encrypted")).to_be_visible()
    await form.get_by_role("button", name="Add", exact=True).click()
    share = page.locator("[data-disk=NetworkShare]")
    await expect(share.get_by_text("ready")).to_be_visible()
    await expect(share.get_by_text("SMB 3.1.1, encrypted")).to_be_visible()
    await share.get_by_role("button", name="More for Shelf").click()
    await page.get_by_role("menuitem", name="Check").click()
    await expect(share.get_by_text("files are well")).to_be_visible()
    await share.get_by_label("Keep recordings").fill("3")
    await share.get_by_role("button", name="Save").click()

    async def kept() -> bool:
        return bool(api.get("storage/shares")["shares"][0]["retention_days"] == 3)

    await eventually(kept, "the rule of the share is kept")
    await card.get_by_role("switch", name="Write-protect").click()
    await card.get_by_role("button", name="Save").click()
    await expect(card.get_by_text("write-protected")).to_be_visible()
    await card.get_by_role("switch", name="Write-protect").click()
    await card.get_by_role("button", name="Save").click()
    await expect(card.get_by_text("write-protected")).to_be_hidden()
    await anna.shots("storage")
    page.once("dialog", lambda dialog: dialog.accept())
    await share.get_by_role("button", name="More for Shelf").click()
    await page.get_by_role("menuitem", name="Forget it").click()
    await expect(share).to_be_hidden()
    assert api.get("storage/shares")["shares"] == []

"""Recipients, as a person sets them up, tries them out and lets a rule send to them."""

from __future__ import annotations

from typing import Any

import pytest
from camera_process import Api
from mail_kit import mail_server
from web_kit import Visitor, eventually, playwright_api

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.peer("chromium")]
expect = playwright_api.expect


@pytest.fixture
def quiet(api: Api) -> Api:
    """No rule, no recipient, nothing pressed."""
    api.send("PUT", "manual-trigger/state", {"active": False})
    api.send("PATCH", "settings", {"rules.items": []})
    api.send("PATCH", "settings", {"recipients.items": []})
    return api


def recipients(api: Api) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = api.get("recipients")["recipients"]
    return found


async def choose(visitor: Visitor, label: str, option: str) -> None:
    await visitor.page.get_by_role("combobox", name=label).click()
    await visitor.page.get_by_role("option", name=option, exact=True).click()


@pytest.mark.feature("EVT-29", "EVT-30", "EVT-31", "EVT-32", "EVT-33", "EVT-34", "EVT-35", "EVT-36", "EVT-37", "EVT-39", "EVT-40")
async def test_a_mail_recipient_is_made_tested_and_used_by_a_rule(anna: Visitor, quiet: Api) -> None:
    page = anna.page
    with mail_server(refuse=frozenset({"nobody@example.com"})) as server:
        await anna.open("/rules/recipients")
        await page.get_by_role("button", name="New recipient").click()
        dialog = page.get_by_role("dialog")
        for label, text in (("Name", "Guard"), ("Send to", "nobody@example.com"), ("Send from", "cam@example.com")):
            await anna.field(label).fill(text)
        await anna.field("SMTP server").fill("127.0.0.1")
        await anna.field("Port").fill(str(server.port))
        await choose(anna, "Encryption", "None")
        await dialog.get_by_role("button", name="Test").click()
        await expect(dialog.get_by_text("It failed: recipient")).to_be_visible()
        await expect(dialog.get_by_text("refused: 550 5.1.1 no mailbox nobody@example.com here")).to_be_visible()
        await anna.shots("recipient-failed")
        await anna.field("Send to").fill("guard@example.com, night@example.com")
        await dialog.get_by_role("button", name="Test").click()
        await expect(dialog.get_by_text("The test was sent")).to_be_visible()
        assert server.next().to == ["guard@example.com", "night@example.com"]
        assert recipients(quiet) == []
        await dialog.get_by_role("button", name="Save").click()
        await expect(page.get_by_role("listitem").filter(has_text="Guard")).to_be_visible()
        await expect(dialog).to_be_hidden()

        await anna.open("/rules/new")
        await choose(anna, "Condition", "Manual trigger")
        await choose(anna, "Action", "Send notification to email")
        await expect(page.get_by_role("combobox", name="Recipient")).to_have_value("Guard")
        await anna.field("Subject").fill("Somebody at #n")
        await page.get_by_role("textbox", name="Message").fill("Seen on %A")
        await anna.shots("rule-sends-mail")
        await page.get_by_role("button", name="Save").click()
        await expect(page.get_by_text("send notification to email (Guard", exact=False).first).to_be_visible()
        quiet.send("PUT", "manual-trigger/state", {"active": True, "seconds": 1})
        mail = server.next().message
        assert "#n" not in mail["Subject"]
        assert mail.get_content().strip().endswith("day")
        await anna.open("/rules/recipients")
        await expect(page.get_by_text("1 sent. Used by Rule 1.")).to_be_visible()
        await anna.shots("recipients")

        await page.get_by_label("Delete Guard").click()
        await expect(page.get_by_text("is used by the rules Rule 1; change or remove them first")).to_be_visible()
        assert len(recipients(quiet)) == 1


async def test_what_was_deleted_comes_back_with_its_password(anna: Visitor, quiet: Api) -> None:
    page = anna.page
    kept = {"kind": "http", "name": "Hook", "url": "https://192.0.2.7/hook", "user": "cam", "password": "hush hush"}
    quiet.send("POST", "recipients", kept)
    await anna.open("/rules/recipients")
    await page.get_by_label("Change Hook").click()
    dialog = page.get_by_role("dialog")
    await expect(anna.field("URL")).to_have_value("https://192.0.2.7/hook")
    await expect(anna.field("Password")).to_have_value("")
    await anna.field("Name").fill("Web hook")
    await anna.shots("recipient-http")
    await dialog.get_by_role("button", name="Save").click()
    await expect(page.get_by_label("Delete Web hook")).to_be_visible()
    assert recipients(quiet)[0]["has_password"]
    await page.get_by_label("Delete Web hook").click()

    async def gone(wanted: bool = True) -> bool:
        return (recipients(quiet) == []) is wanted

    await eventually(gone, "the recipient went")
    await page.get_by_role("button", name="Undo").click()
    await expect(page.get_by_label("Delete Web hook")).to_be_visible()
    [back] = recipients(quiet)
    assert (back["name"], back["url"], back["has_password"]) == ("Web hook", kept["url"], True)

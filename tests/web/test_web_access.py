"""First access, preview, logging in and out, and what each role sees, in a real browser."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable

import pytest
from camera_process import ADMIN, PASSWORD, Api, CameraProcess
from playwright.async_api import expect
from web_kit import Visitor, eventually

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.peer("chromium")]

Visit = Callable[..., Awaitable[Visitor]]


@pytest.mark.feature("INS-01", "INS-02", "INS-03")
async def test_preview_needs_no_login_and_survives_a_restart_of_the_camera(visit: Visit, fresh_camera: CameraProcess) -> None:
    installer = await visit(fresh_camera.http)
    await installer.open("/preview")
    await installer.watching()
    await installer.choose(1)
    for private in ("settings", "status", "accounts"):
        assert (await installer.page.request.get(f"{fresh_camera.http}/api/v1/{private}")).status in (401, 403)

    fresh_camera.stop()
    await expect(installer.page.get_by_text("The connection to the camera is lost")).to_be_visible()
    fresh_camera.start()
    await installer.watching()
    await expect(installer.page.get_by_text("The connection to the camera is lost")).to_be_hidden()

    api = Api(fresh_camera.http)
    api.set_up()
    api.close()
    await installer.open("/preview")
    await expect(installer.page.get_by_role("heading", name="Log in")).to_be_visible()


@pytest.mark.feature("GET-09", "GET-11", "GET-12", "GET-13", "GET-14", "GET-15", "GET-20")
async def test_first_access_makes_the_administrator(visit: Visit, fresh_camera: CameraProcess) -> None:
    visitor = await visit(fresh_camera.http)
    page = visitor.page
    await visitor.open("/settings/network")
    await expect(page).to_have_url(re.compile("/setup$"))
    add = page.get_by_role("button", name="Add account")
    await expect(add).to_be_disabled()

    await page.get_by_label("User name").fill("anna")
    await visitor.field("Password").fill("short")
    await page.get_by_label("Password again").fill("other")
    await page.get_by_label("I accept the licence").check()
    await add.click()
    await expect(page.get_by_text("The two passwords differ")).to_be_visible()

    await page.get_by_role("button", name="Generate one").click()
    generated = await page.get_by_test_id("generated").inner_text()
    assert re.fullmatch(r"[A-Za-z0-9]{16}", generated)
    await page.get_by_label("I accept the licence").uncheck()
    await expect(add).to_be_disabled()
    await page.get_by_label("I accept the licence").check()
    await add.click()
    await visitor.watching()

    again = await visit(fresh_camera.http)
    await again.open()
    await again.page.get_by_label("User name").fill("anna")
    await again.field("Password").fill(generated)
    await again.page.get_by_role("button", name="Log in").click()
    await again.watching()


@pytest.mark.feature("GET-08")
async def test_logging_in_and_out(visit: Visit, camera: CameraProcess, api: Api) -> None:
    visitor = await visit(camera.http)
    page = visitor.page
    await visitor.open("/status")
    await page.get_by_label("User name").fill(ADMIN)
    await visitor.field("Password").fill("not this one")
    await page.get_by_role("button", name="Log in").click()
    await expect(page.get_by_text("Wrong user name or password.")).to_be_visible()
    await visitor.field("Password").fill(PASSWORD)
    await visitor.field("Password").press("Enter")
    await expect(page.get_by_role("heading", name="Status")).to_be_visible()  # the page that was asked for

    await page.get_by_role("button", name="Account", exact=True).click()
    await page.get_by_role("menuitem", name="Log out").click()
    await expect(page.get_by_role("heading", name="Log in")).to_be_visible()
    assert (await page.request.get(f"{camera.http}/api/v1/me")).status == 401


async def test_guessing_passwords_makes_one_wait(visit: Visit, camera: CameraProcess, api: Api) -> None:
    visitor = await visit(camera.http)
    page = visitor.page
    await visitor.open()
    await page.get_by_label("User name").fill("nobody")
    for tries in range(7):
        await visitor.field("Password").fill(f"guess {tries}")
        async with page.expect_response("**/api/v1/login") as answer:
            await page.get_by_role("button", name="Log in").click()
        if (await answer.value).status == 429:
            break
    await expect(page.get_by_text(re.compile(r"You may try again in \d+ s"))).to_be_visible()
    await expect(page.get_by_role("button", name="Log in")).to_be_disabled()
    await expect(page.get_by_role("button", name="Log in")).to_be_enabled()


async def test_an_ended_session_leads_back_to_the_login_and_says_so(anna: Visitor, api: Api, camera: CameraProcess) -> None:
    await anna.open()
    await anna.watching()
    me = await (await anna.page.request.get(f"{camera.http}/api/v1/me")).json()
    ended = await anna.page.request.post(f"{camera.http}/api/v1/logout", headers={"X-CSRF-Token": me["csrf"]})  # as another tab would
    assert ended.ok
    await anna.page.get_by_label("Save a snapshot").click()
    await expect(anna.page.get_by_text("Your session has ended")).to_be_visible()


@pytest.mark.feature("GET-22")
async def test_ones_password_is_changed_in_the_menu(visit: Visit, camera: CameraProcess, api: Api) -> None:
    api.send("POST", "accounts", {"username": "olga", "password": "first-1", "role": "operator", "ptz": False, "comment": ""})
    try:
        olga = await visit(camera.http)
        await olga.log_in("olga", "first-1")
        await olga.page.route("**/api/v1/me", _a_year_later)
        await olga.open("/status")
        await expect(olga.page.get_by_text("Your password is more than a year old")).to_be_visible()
        await olga.page.get_by_role("button", name="Change password").click()
        dialog = olga.page.get_by_role("dialog")
        await dialog.get_by_label("Present password").fill("wrong")
        await olga.field("New password").fill("second-2")
        await dialog.get_by_label("New password again").fill("third-3")
        await dialog.get_by_role("button", name="Change password").click()
        await expect(dialog.get_by_text("The two passwords differ")).to_be_visible()
        await dialog.get_by_label("New password again").fill("second-2")
        await dialog.get_by_role("button", name="Change password").click()
        await expect(dialog.get_by_text("wrong user name or password")).to_be_visible()
        await dialog.get_by_label("Present password").fill("first-1")
        await dialog.get_by_role("button", name="Change password").click()
        await expect(dialog).to_be_hidden()
        await (await visit(camera.http)).log_in("olga", "second-2")
    finally:
        api.send("DELETE", "accounts/olga")


async def _a_year_later(route) -> None:  # type: ignore[no-untyped-def]
    """The camera's own answer, were the password 400 days old."""
    reply = await route.fetch()
    body = await reply.json()
    await route.fulfill(response=reply, json={**body, "password_age_days": 400, "password_is_old": True} if reply.ok else body)


async def test_a_viewer_watches_but_neither_steers_nor_configures(visit: Visit, camera: CameraProcess, api: Api) -> None:
    api.send("POST", "accounts", {"username": "vera", "password": "look-only", "role": "viewer", "ptz": False, "comment": ""})
    try:
        vera = await visit(camera.http)
        await vera.log_in("vera", "look-only")
        await vera.open("/accounts")
        await expect(vera.page).to_have_url(f"{camera.http}/")
        await vera.watching()
        menu = vera.page.get_by_role("navigation", name="Pages").get_by_role("link")
        assert [text.strip() for text in await menu.all_inner_texts()] == ["Live view", "Status"]
        pose = api.pose(4)
        x, y, width, _ = await vera.middle()
        await vera.page.mouse.move(x, y)
        await vera.page.mouse.down()
        await vera.page.mouse.move(x - width / 4, y)
        await vera.page.mouse.up()
        await vera.page.mouse.wheel(0, -300)
        await vera.page.keyboard.press("ArrowLeft")
        await vera.watching(5)
        assert api.pose(4) == pose
        await expect(vera.page.get_by_label("Home position")).to_have_count(0)
    finally:
        api.send("DELETE", "accounts/vera")


async def test_accounts_are_made_changed_and_removed(anna: Visitor, api: Api) -> None:
    page = anna.page
    await anna.open("/accounts")
    await page.get_by_role("button", name="Add account").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("User name").fill("bad name!")
    await anna.field("Password").fill("whatever-1")
    await dialog.get_by_role("button", name="Add account").click()
    await expect(dialog.get_by_role("alert")).to_be_visible()
    await dialog.get_by_label("User name").fill("victor")
    await dialog.get_by_role("button", name="Add account").click()
    await expect(page.get_by_role("row", name=re.compile("victor viewer"))).to_be_visible()

    await page.get_by_label("Change victor").click()
    await dialog.get_by_label("May move view areas (PTZ)").check()
    await dialog.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("row", name=re.compile("victor viewer PTZ", re.IGNORECASE))).to_be_visible()

    await page.get_by_label("Remove victor").click()
    await dialog.get_by_role("button", name="Remove").click()

    async def gone() -> bool:
        return [account["username"] for account in api.get("accounts")["accounts"]] == [ADMIN]

    await eventually(gone, "only the administrator left")

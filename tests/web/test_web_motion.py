"""The page on which motion areas are drawn and seen at work, and the gatekeeper's, in a real browser on the simulated shop."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from camera_process import Api, CameraProcess
from playwright.async_api import expect
from web_kit import Visitor, eventually

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.peer("chromium")]

PASSAGE = [{"pan": pan, "tilt": tilt} for pan, tilt in ((76, -12), (104, -12), (104, -50), (76, -50))]
"""Somebody walks through it every ten seconds."""


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory, built_page: None) -> Iterator[CameraProcess]:
    process = CameraProcess(tmp_path_factory.mktemp("shop"), Path("sim:room"))
    process.start()
    yield process
    process.stop()


@pytest.fixture
def owner(shop: CameraProcess) -> Iterator[Api]:
    api = Api(shop.http)
    if api.get("state")["setup_needed"]:
        api.set_up()
    else:
        api.log_in()
    api.send("PATCH", "settings", {"ptz.gatekeepers.0.enabled": False, "motion.areas": []})
    yield api
    api.close()


@pytest_asyncio.fixture(loop_scope="session")
async def otto(visit: Callable[..., Awaitable[Visitor]], shop: CameraProcess, owner: Api) -> Visitor:
    visitor = await visit(shop.http)
    await visitor.log_in()
    return visitor


def areas(api: Api) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = api.get("motion")["areas"]
    return found


async def there(api: Api, wanted: Callable[[list[dict[str, Any]]], bool], what: str) -> None:
    async def look() -> bool:
        return wanted(areas(api))

    await eventually(look, what)


async def test_an_area_is_drawn_named_tuned_removed_and_brought_back(otto: Visitor, owner: Api) -> None:
    page = otto.page
    await otto.open("/motion")
    await otto.watching()
    await page.get_by_role("button", name="Add area").click()
    for count, (x, y) in enumerate(((0.4, 0.2), (0.6, 0.2), (0.6, 0.4), (0.4, 0.4)), 1):
        box = await page.get_by_test_id("motion-areas").bounding_box()
        assert box is not None
        await page.mouse.click(box["x"] + x * box["width"], box["y"] + y * box["height"])
        await expect(page.get_by_text(f"{count} of at least 3 corners" if count < 3 else f"{count} corners, at most 10")).to_be_visible()
    await page.get_by_role("button", name="Finish").click()
    await there(owner, lambda found: [area["name"] for area in found] == ["Area 1"], "the area")
    name = page.get_by_label("Name of Area 1")
    await name.fill("North")
    await name.press("Enter")
    await there(owner, lambda found: found[0]["name"] == "North", "its name")
    hold, size = otto.field("Hold"), otto.field("Smallest size")
    await hold.fill("20")
    await hold.press("Enter")
    await size.fill("8.5")
    await size.press("Enter")
    await there(owner, lambda found: (found[0]["hold"], found[0]["size"]) == (20, 8.5), "hold and size")
    await page.get_by_label("Sensitivity of North").press("ArrowRight")
    await there(owner, lambda found: found[0]["sensitivity"] == 51, "its sensitivity")
    await page.get_by_label("North is watched").click(force=True)
    await there(owner, lambda found: not found[0]["enabled"], "its switch")
    await expect(page.get_by_label("North: off")).to_be_visible()
    before = areas(owner)[0]
    await page.get_by_role("button", name="Remove North").click()
    await there(owner, lambda found: not found, "that it is gone")
    await page.get_by_role("button", name="Undo").click()
    await there(owner, lambda found: len(found) == 1, "that it is back")
    unlike = {"id": 0, "share": 0}  # how much of it can be seen is known from the next picture on
    assert {**areas(owner)[0], **unlike} == {**before, **unlike}


async def test_what_the_camera_cannot_say_at_the_moment_is_asked_again(otto: Visitor, owner: Api) -> None:
    """A source that begins anew knows no lens until its first picture; who draws meanwhile need not click again."""
    page, asked, unknown = otto.page, 0, "the lens is not known before the first picture"

    async def begins_anew(route: Any) -> None:
        nonlocal asked
        asked += 1
        if asked > 1:
            await route.continue_()
            return
        await route.fulfill(status=503, json={"error": {"code": "unavailable", "message": unknown}})

    await page.route("**/api/v1/motion/outline", begins_anew)
    await otto.open("/motion")
    await otto.watching()
    await page.get_by_role("button", name="Add area").click()
    await page.get_by_role("button", name="Square in the middle").click()
    await expect(page.get_by_text(unknown)).to_be_visible()
    await expect(page.get_by_text("4 corners, at most 10")).to_be_visible()
    await expect(page.get_by_role("button", name="Finish")).to_be_enabled()
    assert asked == 2


async def test_an_area_lights_up_while_somebody_walks_through_it(otto: Visitor, owner: Api) -> None:
    owner.send("POST", "motion/areas", {"name": "Passage", "corners": PASSAGE})
    page = otto.page
    await otto.open("/motion")
    await otto.watching()
    await page.get_by_label("Name of Passage").focus()
    await expect(page.get_by_label("Passage: motion")).to_be_visible(timeout=60_000)
    await otto.shots("motion")
    owner.send("POST", "privacy/masks", {"name": "All", "corners": [{"azimuth": 60 * n, "off": 85} for n in range(6)]})
    await expect(page.get_by_text("Nothing of it can be seen")).to_be_visible(timeout=30_000)
    await expect(page.get_by_label("Passage: still")).to_be_visible(timeout=30_000)
    owner.send("PATCH", "settings", {"privacy.masks": []})


async def test_the_gatekeeper_is_told_what_to_watch_and_shows_that_it_is_on_duty(otto: Visitor, owner: Api) -> None:
    page = otto.page
    await otto.open("/ptz/gatekeeper")
    await expect(page.get_by_text("There is no motion area to watch yet")).to_be_visible()
    owner.send("POST", "motion/areas", {"name": "Passage", "corners": PASSAGE})
    owner.send("POST", "ptz/4/presets", {"name": "East", "number": 2, "pan": 90, "tilt": -30, "hfov": 70})
    await page.get_by_role("combobox", name="When something moves in").click()
    await page.get_by_role("option", name="Passage").click()
    await page.get_by_role("combobox", name="go to").click()
    await page.get_by_role("option", name="East").click()
    after = otto.field("and home again after")
    await after.fill("12")
    await after.press("Enter")

    async def told() -> bool:
        keeper = owner.get("ptz/4")["gatekeeper"]
        return (keeper["motion_area"], keeper["preset"], keeper["home_after"]) == (1, 2, 12)

    await eventually(told, "what to watch, where to go and how long")
    await page.get_by_role("switch", name="Gatekeeper of").click(force=True)
    await expect(page.get_by_text("on duty", exact=True)).to_be_visible(timeout=60_000)
    await otto.shots("gatekeeper")
    await otto.open("/motion")
    await page.get_by_role("button", name="Remove Passage").click()
    await expect(page.get_by_text("switch the gatekeeper of view area 1 off first")).to_be_visible()
    assert len(areas(owner)) == 1

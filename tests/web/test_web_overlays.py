"""The overlays page in a real browser: add, write, drag, take back; images by dropping; and a telephone."""

from __future__ import annotations

import base64
import os
from collections.abc import Awaitable, Callable
from io import BytesIO
from typing import Any

import pytest
from camera_process import Api, CameraProcess
from PIL import Image
from playwright.async_api import Route, expect
from web_kit import Visitor, eventually

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.peer("chromium")]

PICTURES = os.environ.get("PANOCAM_TEST_PICTURES")
"""A folder to keep screenshots in."""


def overlays(api: Api) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = api.get("overlays")["overlays"]
    return found


async def becomes(api: Api, condition: Callable[[list[dict[str, Any]]], bool], what: str) -> None:
    async def there() -> bool:
        return condition(overlays(api))

    await eventually(there, what)


async def keep(visitor: Visitor, name: str) -> None:
    if PICTURES:
        await visitor.page.screenshot(path=f"{PICTURES}/{name}.png")


def logo() -> bytes:
    out = BytesIO()
    Image.new("RGBA", (120, 60), (255, 140, 0, 255)).save(out, "PNG")
    return out.getvalue()


@pytest.mark.feature("OVL-06", "OVL-07", "OVL-08", "OVL-10")
async def test_a_text_is_added_written_placed_and_taken_back(anna: Visitor, api: Api) -> None:
    page = anna.page
    await anna.open("/overlays")
    before = await anna.settled()
    await page.get_by_role("button", name="Add overlay").click()
    await page.get_by_role("menuitem", name="Text").click()
    text = page.get_by_label("Text", exact=True)
    await expect(text).to_have_value("%F %T")
    await text.fill("Main entrance\n%T ")
    await page.get_by_role("button", name="More modifiers").click()
    await page.get_by_label("Search modifiers").fill("zone")
    await page.locator("[data-modifier='%Z']").click()
    await page.keyboard.press("Escape")
    await expect(text).to_have_value("Main entrance\n%T %Z")
    await becomes(api, lambda items: items[0]["text"] == "Main entrance\n%T %Z", "the text was applied")
    await page.get_by_role("radio", name="Bottom right").click()
    await becomes(api, lambda items: items[0]["position"] == "bottomRight", "the position was applied")
    await page.get_by_role("combobox", name="Background").click()
    await page.get_by_role("option", name="White").click()
    await page.get_by_role("slider", name="Size").focus()
    for _ in range(5):
        await page.keyboard.press("ArrowRight")
    await becomes(api, lambda items: items[0]["background"] == "white" and items[0]["size"] > 40, "colours and size")
    await anna.changes_from(before, by=2)
    await keep(anna, "overlays-text")
    await page.get_by_role("button", name="Remove Main entrance").click()
    await becomes(api, lambda items: not items, "removed")
    await page.get_by_role("button", name="Undo").click()
    await becomes(api, lambda items: len(items) == 1 and items[0]["text"].startswith("Main"), "back again")


@pytest.mark.feature("OVL-05", "OVL-09")
async def test_an_overlay_is_dragged_in_the_picture_and_moved_with_the_keys(anna: Visitor, api: Api) -> None:
    api.send("POST", "overlays", {"kind": "text", "text": "DRAG ME", "position": "topLeft", "size": 80})
    await anna.open("/overlays")
    await anna.watching()
    box = anna.page.locator("[data-overlay='0']")
    place = await box.bounding_box()
    x, y, width, height = await anna.middle()
    assert place is not None
    await anna.page.mouse.move(place["x"] + place["width"] / 2, place["y"] + place["height"] / 2)
    await anna.page.mouse.down()
    await anna.page.mouse.move(x, y, steps=6)
    await anna.page.mouse.up()
    await becomes(api, lambda items: max(map(abs, at(items))) < 0.04, "in the middle")
    await box.focus()
    await anna.page.keyboard.press("ArrowRight")
    await anna.page.keyboard.press("Shift+ArrowDown")
    await becomes(api, lambda items: at(items)[0] > 0 and at(items)[1] > 0.05, "moved with the keys")
    await anna.page.mouse.move(x, y)
    await anna.page.mouse.down()
    await anna.page.mouse.move(x + 2 * width, y + 2 * height, steps=4)
    await anna.page.mouse.up()
    await becomes(api, lambda items: at(items) == [1, 1], "it stays inside the picture")
    assert api.pose(4)["pan"] == pytest.approx(0, abs=0.01), "dragging an overlay does not turn the view"


@pytest.mark.feature("OVL-05", "OVL-09")
async def test_a_place_that_is_told_too_late_takes_no_move_back(anna: Visitor, api: Api) -> None:
    """The camera tells where overlays are again and again; an answer may be on its way since before a key was pressed."""
    page = anna.page
    api.send("POST", "overlays", {"kind": "text", "text": "MOVE ME", "position": [0, 0], "size": 80})
    late: list[dict[str, Any]] = []

    async def answer(route: Route) -> None:
        if not late:
            await route.continue_()
            return
        late[0]["outlines"][0]["x"] += 0.0001  # as if it moved: the page draws what is new
        await route.fulfill(json=late[0])

    await page.route("**/api/v1/overlay-outlines*", answer)
    async with page.expect_response("**/api/v1/overlay-outlines*") as asked:
        await anna.open("/overlays")
    await anna.watching()
    late.append(await (await asked.value).json())
    box = page.locator("[data-overlay='0']")
    await box.focus()
    for _ in range(3):
        async with page.expect_response("**/api/v1/overlay-outlines*"):
            await page.keyboard.press("Shift+ArrowRight")
    await becomes(api, lambda items: at(items)[0] > 0.25, "all three steps count")


def at(items: list[dict[str, Any]]) -> list[float]:
    position = items[0]["position"]
    return [9, 9] if isinstance(position, str) else position


@pytest.mark.feature("OVL-01", "OVL-02", "OVL-03", "OVL-04")
async def test_an_image_is_dropped_shown_and_deleted(anna: Visitor, api: Api) -> None:
    page = anna.page
    await anna.open("/overlays")
    await anna.watching()
    await page.get_by_role("button", name="Manage images").click()
    files = [("logo.png", logo()), ("virus.png", b"MZ this is no picture")]
    for name, data in files:
        given = await page.evaluate_handle(
            """([name, data]) => { const bytes = Uint8Array.from(atob(data), (c) => c.charCodeAt(0)), transfer = new DataTransfer();
            transfer.items.add(new File([bytes], name)); return transfer; }""",
            [name, base64.b64encode(data).decode()],
        )
        await page.get_by_test_id("drop").dispatch_event("drop", {"dataTransfer": given})
    await expect(page.get_by_role("alert")).to_contain_text("is not a PNG, JPEG, BMP or SVG picture")
    await expect(page.get_by_role("button", name="Delete logo")).to_be_visible()
    await keep(anna, "overlays-images")
    await page.keyboard.press("Escape")
    await page.get_by_role("button", name="Add overlay").click()
    await page.get_by_role("menuitem", name="Image").click()
    await becomes(api, lambda items: bool(items) and items[0]["image"] == "logo.ovl", "added")
    await page.get_by_role("button", name="Manage images").click()
    await page.get_by_role("button", name="Delete logo").click()
    await expect(page.get_by_role("alert")).to_contain_text("is shown by overlay 0")
    await page.keyboard.press("Escape")
    await page.get_by_role("button", name="Remove logo").click()
    await becomes(api, lambda items: not items, "removed")
    await page.get_by_role("button", name="Manage images").click()
    await page.get_by_role("button", name="Delete logo").click()
    await expect(page.get_by_text("There are no images yet")).to_be_visible()


@pytest.mark.feature("OVL-14")
async def test_on_a_telephone_in_the_dark(visit: Callable[..., Awaitable[Visitor]], camera: CameraProcess, api: Api) -> None:
    api.send("POST", "overlays", {"kind": "text", "text": "%A %T", "position": "top", "background": "semiTransparent"})
    visitor = await visit(camera.http, viewport={"width": 390, "height": 800}, has_touch=True, is_mobile=True, color_scheme="dark")
    await visitor.log_in()
    await visitor.open("/overlays")
    await visitor.watching()
    page = visitor.page
    await page.get_by_role("button", name="Add overlay").tap()
    await page.get_by_role("menuitem", name="Streaming indicator").tap()
    await becomes(api, lambda items: len(items) > 1 and items[-1]["kind"] == "indicator", "added")
    await expect(page.get_by_text("Moves with every picture")).to_be_visible()
    assert await page.evaluate("document.documentElement.scrollWidth") <= 390
    await keep(visitor, "overlays-phone")
    await page.get_by_role("button", name="Hide Streaming indicator").tap()
    await becomes(api, lambda items: items[-1]["visible"] is False, "hidden")

"""The page on which privacy masks are drawn, in a real browser."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable
from typing import Any

import numpy as np
import pytest
from camera_process import Api, CameraProcess
from playwright.async_api import expect
from web_kit import Visitor, eventually

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.peer("chromium")]

SQUARE = [{"azimuth": a, "off": o} for a, o in ((-25, 25), (25, 25), (25, 60), (-25, 60))]


def masks(api: Api) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = api.get("privacy")["masks"]
    return found


async def there(api: Api, wanted: Callable[[list[dict[str, Any]]], bool], what: str) -> None:
    async def look() -> bool:
        return wanted(masks(api))

    await eventually(look, what)


async def click(visitor: Visitor, x: float, y: float) -> None:
    """At a share of the picture."""
    box = await visitor.page.get_by_test_id("masks").bounding_box()
    assert box is not None
    await visitor.page.mouse.click(box["x"] + x * box["width"], box["y"] + y * box["height"])


async def picture(visitor: Visitor, name: str) -> None:
    """Kept where SCREENSHOTS says, for people to look at."""
    if folder := os.environ.get("SCREENSHOTS"):
        await visitor.page.screenshot(path=f"{folder}/{name}.png")


@pytest.mark.feature("PRV-02", "PRV-03", "PRV-04", "PRV-06")
async def test_a_mask_is_drawn_named_dragged_removed_and_brought_back(anna: Visitor, api: Api) -> None:
    await anna.open("/privacy")
    before = await anna.settled()
    await anna.page.get_by_role("button", name="Add mask").click()
    finish = anna.page.get_by_role("button", name="Finish")
    for count, (x, y) in enumerate(((0.3, 0.2), (0.6, 0.2), (0.6, 0.5), (0.3, 0.5)), 1):
        await expect(finish).to_be_enabled() if count > 3 else await expect(finish).to_be_disabled()
        await click(anna, x, y)
    await picture(anna, "drawing")
    await click(anna, 0.3, 0.2)  # the first corner again
    await there(api, lambda found: [mask["name"] for mask in found] == ["Mask 1"], "the mask")
    assert len(masks(api)[0]["corners"]) == 4
    await anna.changes_from(before, 4)

    name = anna.page.get_by_label("Name of Mask 1")
    await name.fill("Front door")
    await name.press("Enter")
    await there(api, lambda found: found[0]["name"] == "Front door", "its name")

    was = masks(api)[0]["corners"]
    corner = await anna.page.get_by_label("Corner 3 of Front door").bounding_box()
    assert corner is not None
    x, y = corner["x"] + corner["width"] / 2, corner["y"] + corner["height"] / 2
    await anna.page.mouse.move(x, y)
    await anna.page.mouse.down()
    await anna.page.mouse.move(x + 20, y + 25, steps=3)
    await anna.page.mouse.move(x + 30, y + 40)
    await anna.page.mouse.up()
    await there(api, lambda found: found[0]["corners"][2] != was[2], "the dragged corner")
    assert [c for i, c in enumerate(masks(api)[0]["corners"]) if i != 2] == [c for i, c in enumerate(was) if i != 2]
    await picture(anna, "masks")

    await anna.page.get_by_label("Remove Front door").click()
    await there(api, lambda found: not found, "no mask")
    await anna.page.get_by_role("button", name="Undo").click()
    await there(api, lambda found: [mask["name"] for mask in found] == ["Front door"], "the mask again")


@pytest.mark.feature("PRV-04")
async def test_a_mask_is_made_and_moved_with_the_keyboard_alone(anna: Visitor, api: Api) -> None:
    await anna.open("/privacy")
    await anna.watching()
    await anna.page.get_by_role("button", name="Add mask").press("Enter")
    await anna.page.get_by_role("button", name="Square in the middle").press("Enter")
    await anna.page.get_by_role("button", name="Finish").press("Enter")
    await there(api, lambda found: len(found) == 1, "the square")
    was = masks(api)[0]["corners"]
    body = anna.page.get_by_label("Mask Mask 1", exact=True)
    await body.focus()
    await body.press("Shift+ArrowRight")
    await there(api, lambda found: all(a != b for a, b in zip(found[0]["corners"], was, strict=True)), "every corner moved")
    corner = anna.page.get_by_label("Corner 1 of Mask 1")
    moved = masks(api)[0]["corners"]
    await corner.focus()
    await corner.press("ArrowDown")
    await there(api, lambda found: found[0]["corners"][0] != moved[0] and found[0]["corners"][1:] == moved[1:], "one corner moved")
    # Keys that come faster than the camera answers are all counted: two pixels each, as the first.
    down = masks(api)[0]["corners"][0]
    for _ in range(9):
        await corner.press("ArrowDown")

    def moved_on(found: list[dict[str, Any]]) -> float:
        first, last = (moved[0], down), (down, found[0]["corners"][0])
        one, more = (np.hypot(b["pan"] - a["pan"], b["tilt"] - a["tilt"]) for a, b in (first, last))
        return float(more / one)

    await there(api, lambda found: 8 < moved_on(found) < 10, "all nine steps")
    await body.focus()
    await body.press("Delete")
    await there(api, lambda found: not found, "no mask")


@pytest.mark.feature("PRV-05", "PRV-07", "PRV-09", "PRV-10")
async def test_colour_for_all_and_hiding_after_a_question(anna: Visitor, api: Api) -> None:
    api.send("POST", "privacy/masks", {"name": "Yard", "corners": SQUARE})
    await anna.open("/privacy")
    await expect(anna.page.get_by_text("many masks slow a busy camera")).to_be_visible()
    grey = await anna.settled()
    await anna.page.get_by_role("combobox", name="Colour of all masks").click()
    await anna.page.get_by_role("option", name="Chameleon").click()
    await expect(anna.page.get_by_text("Nothing of what it hides is in that colour.")).to_be_visible()
    await anna.changes_from(grey, 2)
    await anna.page.get_by_role("combobox", name="Colour of all masks").click()
    await anna.page.get_by_role("option", name="Red").click()
    await anna.changes_from(grey, 2)
    await anna.page.get_by_role("button", name="Hide all masks").click()
    await anna.page.get_by_role("button", name="Keep them").click()
    assert api.get("privacy")["enabled"] is True
    red = await anna.settled()
    await anna.page.get_by_role("button", name="Hide all masks").click()
    await anna.page.get_by_role("button", name="Hide all", exact=True).click()
    await expect(anna.page.get_by_text("The privacy masks are hidden")).to_be_visible()
    await anna.changes_from(red, 2)
    await picture(anna, "hidden")
    await anna.open("/status")
    await expect(anna.page.get_by_text("The privacy masks are hidden")).to_be_visible()
    await anna.open("/privacy")
    await anna.page.get_by_role("button", name="Show all masks").click()
    await expect(anna.page.get_by_text("The privacy masks are hidden")).to_have_count(0)
    assert api.get("privacy")["enabled"] is True


@pytest.mark.feature("PRV-04", "PRV-12")
async def test_drawn_by_touch_on_a_narrow_screen_in_a_view_area(
    visit: Callable[..., Awaitable[Visitor]], camera: CameraProcess, api: Api
) -> None:
    phone = await visit(camera.http, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True, color_scheme="dark")
    await phone.log_in()
    await phone.open("/privacy")
    await phone.watching()
    await phone.choose(4)
    await phone.page.get_by_role("button", name="Add mask").tap()
    box = await phone.page.get_by_test_id("masks").bounding_box()
    assert box is not None
    for x, y in ((0.2, 0.2), (0.7, 0.7), (0.7, 0.2), (0.2, 0.7)):  # crosses itself
        await phone.page.touchscreen.tap(box["x"] + x * box["width"], box["y"] + y * box["height"])
    await expect(phone.page.get_by_text("crosses itself")).to_be_visible()
    await expect(phone.page.get_by_role("button", name="Finish")).to_be_disabled()
    await phone.page.get_by_role("button", name="Last corner back").tap()
    await phone.page.get_by_role("button", name="Finish").tap()
    await there(api, lambda found: len(found) == 1 and len(found[0]["corners"]) == 3, "the triangle")
    width = await phone.page.evaluate("document.documentElement.scrollWidth")
    assert width <= 390
    await picture(phone, "phone")

"""What is dragged with a finger on a telephone: masks, overlays and the order of a tour. The page must not scroll instead."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest
import pytest_asyncio
from camera_process import Api, CameraProcess
from web_kit import Visitor, eventually, playwright_api

pytestmark = pytest.mark.asyncio(loop_scope="session")
expect = playwright_api.expect
VIEW = 4


@pytest_asyncio.fixture(loop_scope="session")
async def phone(visit: Callable[..., Awaitable[Visitor]], camera: CameraProcess, api: Api) -> Visitor:
    visitor = await visit(camera.http, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    await visitor.log_in()
    return visitor


@pytest.mark.feature("PRV-04")
async def test_a_corner_and_a_whole_mask(phone: Visitor, api: Api) -> None:
    corners = [{"pan": pan, "tilt": tilt} for pan, tilt in ((-30, -60), (30, -60), (20, -30), (-20, -30))]
    api.send("POST", "privacy/masks", {"name": "Door", "corners": corners})

    def directions() -> list[dict[str, float]]:
        found: list[dict[str, float]] = api.send("GET", "privacy")["masks"][0]["corners"]
        return found

    await phone.open("/privacy")
    await phone.watching()
    for label in ("Corner 1 of Door", "Mask Door"):
        before = directions()
        x, y = await phone.spot(phone.page.get_by_label(label, exact=True))
        await phone.drag_by_touch((x, y), (x - 14, y - 30))

        async def moved(before: list[dict[str, float]] = before) -> bool:
            return directions() != before

        await eventually(moved, f"another place of {label}")


@pytest.mark.feature("OVL-05", "OVL-09")
async def test_an_overlay(phone: Visitor, api: Api) -> None:
    api.send("POST", "overlays", {"kind": "text", "text": "Hall", "position": "topLeft", "size": 120})
    await phone.open("/overlays")
    await phone.watching()
    box = phone.page.locator("[data-overlay]")
    await expect(box).to_be_visible()
    x, y = await phone.spot(box)
    await phone.drag_by_touch((x, y), (x + 60, y + 80))

    async def moved() -> bool:
        position = api.send("GET", "overlays")["overlays"][0]["position"]
        return isinstance(position, list) and position[0] > -0.9 and position[1] > -0.9

    await eventually(moved, "the overlay where the finger left it")


@pytest.mark.feature("PTZ-11")
async def test_the_order_of_a_tour(phone: Visitor, api: Api) -> None:
    api.send("PATCH", "settings", {"ptz.presets": [], "ptz.tours": []})
    for name, pan in (("Door", 40), ("Shelf", 80)):
        api.send("POST", f"ptz/{VIEW}/presets", {"name": name, "pan": pan, "tilt": -40, "hfov": 60})
    page = phone.page
    await phone.open("/ptz/tours")
    await page.get_by_role("button", name="New tour of presets").tap()
    for name in ("Door", "Shelf"):
        await page.get_by_role("combobox", name="Add a position").tap()
        await page.get_by_role("option", name=name, exact=True).tap()
    steps = page.get_by_test_id("step")
    await expect(steps).to_have_count(2)
    await steps.nth(0).scroll_into_view_if_needed()
    start, end = await phone.spot(steps.nth(1).get_by_test_id("grip")), await phone.spot(steps.nth(0).get_by_test_id("grip"))
    start = await phone.spot(steps.nth(1).get_by_test_id("grip"))
    style = await steps.nth(1).get_by_test_id("grip").evaluate("handle => getComputedStyle(handle).touchAction")
    assert style == "none", "a finger on the handle would scroll the page where there is more of it"
    await phone.drag_by_touch(start, end)
    await expect(steps.nth(0)).to_contain_text("Shelf")
    api.send("PATCH", "settings", {"ptz.presets": []})

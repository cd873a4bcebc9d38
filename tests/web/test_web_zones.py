"""Named zones of a view area, made and visited in the browser."""

from __future__ import annotations

from typing import Any

import pytest
from camera_process import Api
from web_kit import Visitor, playwright_api

pytestmark = pytest.mark.asyncio(loop_scope="session")
expect = playwright_api.expect
VIEW = 4


def kept(api: Api) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = api.send("GET", f"ptz/{VIEW}/zones")["zones"]
    return found


async def test_a_zone_is_taken_from_the_picture_shown_and_visited(anna: Visitor, api: Api) -> None:
    api.send("PATCH", "settings", {"ptz.zones": [], "ptz.preset_speed": 0})
    page = anna.page
    await anna.open("/ptz/zones")
    await anna.watching()
    api.send("PUT", f"views/{VIEW}/pose", {"pan": 170, "tilt": -50, "hfov": 60})
    await page.get_by_role("button", name="Lower left here").click()
    await expect(anna.field("Left, pan")).to_have_value("170°")
    api.send("PUT", f"views/{VIEW}/pose", {"pan": -170, "tilt": -20})
    await page.get_by_role("button", name="Upper right here").click()
    await expect(anna.field("Upper, tilt")).to_have_value("-20°")
    await anna.field("New zone").fill("Back door")
    await page.get_by_role("button", name="Add zone").click()
    rows = page.get_by_role("list", name="Named zones")
    await expect(rows.get_by_text("pan 170.0° to -170.0°, tilt -50.0° to -20.0°")).to_be_visible()
    assert (kept(api)[0]["name"], kept(api)[0]["left"], kept(api)[0]["right"]) == ("Back door", 170, -170)
    api.send("PUT", f"views/{VIEW}/pose", {"pan": 0, "tilt": -50})
    before = await anna.settled()
    await page.get_by_label("Go to Back door").click()
    await anna.changes_from(before)
    await expect(rows.get_by_text("shown")).to_be_visible()


async def test_many_zones_are_typed_switched_changed_deleted_and_brought_back(anna: Visitor, api: Api) -> None:
    zone = {"area": 1, "number": 1, "name": "Back door", "left": 170, "down": -50, "right": -170, "up": -20}
    label = {"kind": "text", "identity": 0, "text": "#L", "position": "bottomLeft", "size": 90, "background": "black", "views": [VIEW]}
    api.send("PATCH", "settings", {"ptz.zones": [zone], "overlays.items": [label]})
    api.send("PUT", f"views/{VIEW}/pose", {"pan": 0, "tilt": -50, "hfov": 60})
    page = anna.page
    await anna.open("/ptz/zones")
    await anna.watching()
    rows = page.get_by_role("list", name="Named zones")
    await anna.field("Many at once").fill("Gate; 10; -40; 30; -20\nYard; -60; -90; 60")
    await page.get_by_role("button", name="Add these zones").click()
    await expect(page.get_by_text("Line 2:")).to_be_visible()
    await anna.field("Many at once").fill("Gate; 10; -40; 30; -20\nYard; -60; -90; 60; 0")
    await page.get_by_role("button", name="Add these zones").click()
    await expect(rows.get_by_role("listitem")).to_have_count(3)
    await page.get_by_label("Gate is active").click(force=True)
    await expect(page.get_by_label("Gate is active")).not_to_be_checked()
    assert [zone["enabled"] for zone in kept(api)] == [True, False, True]
    await page.get_by_label("Change Gate").click()
    await page.get_by_role("menuitem", name="Name and corners").click()
    await anna.field("Name of zone 2").fill("Big gate")
    await anna.field("Right, pan").fill("45")
    await anna.shots("zones")
    await page.get_by_role("button", name="Save").click()
    await expect(rows.get_by_text("Big gate")).to_be_visible()
    assert (kept(api)[1]["right"], kept(api)[1]["enabled"]) == (45, False)
    before_all = kept(api)
    await page.get_by_role("button", name="Delete all").click()
    await expect(rows.get_by_role("listitem")).to_have_count(0)
    assert kept(api) == []
    await page.get_by_role("button", name="Undo").click()
    await expect(rows.get_by_role("listitem")).to_have_count(3)
    assert kept(api) == before_all


async def test_zones_are_outlined_over_the_picture_and_follow_it(anna: Visitor, api: Api) -> None:
    zone = {"area": 1, "number": 3, "name": "Gate", "left": -10, "down": -60, "right": 10, "up": -40}
    api.send("PATCH", "settings", {"ptz.zones": [zone]})
    api.send("PUT", f"views/{VIEW}/pose", {"pan": 0, "tilt": -50, "hfov": 60})
    await anna.open("/ptz/zones")
    await anna.watching()
    drawn = anna.page.get_by_test_id("zone-outlines").locator("[data-zone='3']")
    await expect(drawn.get_by_text("Gate")).to_be_visible()
    stage, box = await anna.canvas.bounding_box(), await drawn.locator("polyline").bounding_box()
    assert stage is not None
    assert box is not None
    assert box["x"] + box["width"] / 2 == pytest.approx(stage["x"] + stage["width"] / 2, abs=4)
    assert 0.15 < box["width"] / stage["width"] < 0.45
    await anna.shots("zones-outlined")
    api.send("PUT", f"views/{VIEW}/pose", {"pan": 180})
    await expect(drawn).to_have_count(0)

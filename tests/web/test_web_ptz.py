"""Preset positions, limits, tours and held buttons, as a person uses them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from camera_process import Api, CameraProcess
from web_kit import Visitor, eventually, playwright_api

pytestmark = pytest.mark.asyncio(loop_scope="session")
expect = playwright_api.expect
VIEW = 4
LEFT, RIGHT = 37, 39


@pytest.fixture
def steering(api: Api) -> Api:
    """Nothing kept, nothing limited."""
    limits = {f"ptz.limits.0.{side}": None for side in ("left", "right", "down", "up", "wide", "tele")}
    api.send("PATCH", "settings", {"ptz.presets": [], "ptz.tours": [], "ptz.queue": False, **limits})
    return api


def area(api: Api) -> dict[str, Any]:
    found: dict[str, Any] = api.send("GET", f"ptz/{VIEW}")
    return found


@pytest.mark.feature("PTZ-10", "WEB-01")
async def test_keep_rename_go_to_delete_and_bring_back_a_position(anna: Visitor, steering: Api) -> None:
    steering.send("PUT", f"views/{VIEW}/pose", {"pan": 50, "tilt": -50, "hfov": 60})
    page = anna.page
    await anna.open("/ptz/presets")
    await anna.watching()
    await anna.field("New preset position").fill("Till")
    await page.get_by_role("button", name="Keep", exact=True).click()
    await expect(page.get_by_role("list", name="Preset positions").get_by_text("Till", exact=True)).to_be_visible()
    assert area(steering)["presets"][1]["pan"] == 50
    await page.get_by_label("Change Till").click()
    await page.get_by_role("menuitem", name="Rename").click()
    await page.get_by_label("New name of Till").fill("Exit")
    await page.keyboard.press("Enter")
    await expect(page.get_by_label("Go to Exit")).to_be_visible()
    before = await anna.settled()
    await page.get_by_label("Go to Home").click()
    await anna.changes_from(before)
    await page.get_by_label("Go to Exit").click()
    await expect(page.get_by_role("listitem").filter(has_text="Exit").get_by_text("here")).to_be_visible()
    await page.get_by_label("Change Exit").click()
    await page.get_by_role("menuitem", name="Delete").click()
    await page.get_by_role("button", name="Undo").click()
    await expect(page.get_by_label("Go to Exit")).to_be_visible()
    assert area(steering)["presets"][1]["name"] == "Exit"
    await anna.open("/")
    await anna.watching()
    await page.get_by_role("combobox", name="Go to preset position").click()
    await page.get_by_role("option", name="Home").click()
    await eventually(lambda: _is(steering, "preset", 1), "home")


async def _is(api: Api, part: str, value: object) -> bool:
    return bool(area(api)[part] == value)


@pytest.mark.feature("PTZ-01")
async def test_the_present_view_becomes_a_limit(anna: Visitor, steering: Api) -> None:
    steering.send("PUT", f"views/{VIEW}/pose", {"pan": -30, "tilt": -40, "hfov": 60})
    page = anna.page
    await anna.open("/ptz/limits")
    await anna.watching()
    await page.get_by_label("Set Left").click()
    await expect(page.get_by_test_id("limit-left")).to_have_text("-30.0°")
    steering.send("PUT", f"views/{VIEW}/pose", {"pan": 30})
    await page.get_by_label("Set Right").click()
    await expect(page.get_by_test_id("limit-right")).to_have_text("30.0°")
    await expect(page.get_by_test_id("limits-dial")).to_have_accessible_name(
        "Looks at pan 30.0°, tilt -40.0°; may turn from -30.0° to 30.0°"
    )
    assert steering.send("PUT", f"views/{VIEW}/pose", {"pan": 90})["pan"] == 30
    await page.get_by_label("Clear Left").click()
    await expect(page.get_by_test_id("limit-left")).to_have_text("no limit")
    await page.get_by_role("button", name="Clear all").click()
    await page.get_by_role("button", name="Undo").click()
    await expect(page.get_by_test_id("limit-right")).to_have_text("30.0°")


@pytest.mark.feature("PTZ-03", "PTZ-04", "PTZ-05", "PTZ-06", "PTZ-07", "PTZ-08", "PTZ-09", "PTZ-11")
async def test_make_a_tour_put_it_in_order_and_start_it(anna: Visitor, steering: Api) -> None:
    for name, pan in (("Door", 40), ("Shelf", 80), ("Desk", 120)):
        steering.send("POST", f"ptz/{VIEW}/presets", {"name": name, "pan": pan, "tilt": -40, "hfov": 60})
    page = anna.page
    await anna.open("/ptz/tours")
    await page.get_by_role("button", name="New tour of presets").click()
    await page.get_by_label("Name", exact=True).fill("Night round")
    await page.get_by_label("Pause between rounds").fill("2")
    for name in ("Door", "Shelf", "Desk"):
        await page.get_by_role("combobox", name="Add a position").click()
        await page.get_by_role("option", name=name, exact=True).click()
    await page.get_by_label("Move Desk up").click()
    steps = page.get_by_test_id("step")
    await steps.nth(2).drag_to(steps.nth(0))  # the shelf first
    await page.get_by_label("Duration at Shelf", exact=True).fill("3")
    await page.get_by_label("Speed to Shelf").fill("90")
    await page.get_by_role("button", name="Done").click()
    await expect(page.get_by_text("In order: Shelf, Door, Desk")).to_be_visible()
    (tour,) = steering.send("GET", "ptz/tours")["tours"]
    assert (tour["name"], tour["pause"]) == ("Night round", 120)
    assert [(step["preset"], step["seconds"], step["speed"]) for step in tour["steps"]] == [(3, 3, 90), (2, 10, 70), (4, 10, 70)]
    await page.get_by_label("Start Night round").click()
    await expect(page.get_by_test_id("tour-1")).to_have_text("staying")
    assert steering.pose(VIEW)["pan"] == 80
    await page.get_by_label("Pause Night round").click()
    await expect(page.get_by_test_id("tour-1")).to_have_text("paused")
    await page.get_by_label("Stop Night round").click()
    await expect(page.get_by_test_id("tour-1")).to_have_text("stopped")


@pytest.mark.feature("PTZ-13", "PTZ-14", "PTZ-15", "PTZ-16", "PTZ-17")
async def test_teach_a_tour_on_a_phone(visit: Callable[..., Awaitable[Visitor]], camera: CameraProcess, steering: Api) -> None:
    phone = await visit(camera.http, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    await phone.log_in()
    page = phone.page
    await phone.open("/ptz/tours")
    await phone.field("Record a tour").fill("Walk")
    await page.get_by_role("button", name="Record", exact=True).click()
    await expect(page.get_by_role("timer")).to_contain_text("Walk · 0:0")
    steering.send("POST", f"views/{VIEW}/drive", {"pan": 30})
    await expect(page.get_by_role("timer")).to_contain_text("0:02")
    steering.send("POST", f"views/{VIEW}/drive", {})
    await page.get_by_role("button", name="Stop and keep").click()
    await expect(page.get_by_text("Recorded · 0:0")).to_be_visible()
    width = await page.evaluate("document.documentElement.scrollWidth")
    assert width <= 390


@pytest.mark.feature("IMG-08")
async def test_a_held_button_turns_until_it_is_let_go(anna: Visitor, steering: Api) -> None:
    await anna.open()
    await anna.watching()
    await anna.page.get_by_label("Pan right").hover()
    await anna.page.mouse.down()
    await eventually(lambda: _is(steering, "moving", True), "movement")
    await eventually(lambda: _beyond(steering, 30), "thirty degrees")
    await anna.page.mouse.up()
    await eventually(lambda: _is(steering, "moving", False), "rest")


async def _beyond(api: Api, pan: float) -> bool:
    return bool(api.pose(VIEW)["pan"] > pan)


async def test_the_control_queue_shows_who_has_control(anna: Visitor, steering: Api) -> None:
    steering.send("PATCH", "settings", {"ptz.queue": True})
    await anna.open("/ptz/control")
    table = anna.page.get_by_role("table", name="Groups of the control queue")
    for width in (1280, 390):
        await anna.page.set_viewport_size({"width": width, "height": 800})
        last = await table.get_by_label("When control of viewer ends").first.bounding_box()
        card = await table.locator("..").bounding_box()
        assert last
        assert card
        assert last["x"] + last["width"] <= card["x"] + card["width"], f"all of the table is seen at {width}"
    await anna.page.set_viewport_size({"width": 1280, "height": 800})
    await anna.shots("control-queue")
    await anna.page.get_by_role("button", name="Ask for control").click()
    await expect(anna.page.get_by_text("You have control.")).to_be_visible()
    await anna.page.get_by_role("button", name="Give it back").click()
    await expect(anna.page.get_by_text("free", exact=True)).to_be_visible()


async def test_axes_are_switched_off_and_the_picture_says_why(anna: Visitor, steering: Api) -> None:
    page = anna.page
    await anna.open("/ptz/settings")
    for axis in ("Pan", "Zoom"):
        switch = page.get_by_role("switch", name=f"{axis} control")
        await switch.press("Space")
        await expect(switch).not_to_be_checked()

    async def two_are_off() -> bool:
        return area(steering)["held"] == ["pan", "zoom"]

    await eventually(two_are_off, "pan and zoom switched off")
    await anna.watching()
    await expect(page.get_by_role("note")).to_contain_text("Pan and zoom of View Area 1 are switched off")
    await anna.shots("ptz-axes")
    await anna.open("/")
    await anna.choose(VIEW)
    await anna.watching()
    await expect(page.get_by_label("Pan left")).to_be_disabled()
    await expect(page.get_by_label("Zoom in")).to_be_disabled()
    await expect(page.get_by_role("note")).to_be_visible()
    await anna.shots("live-axes")
    before = area(steering)["pose"]
    x, y, width, height = await anna.middle()
    await page.mouse.move(x, y)
    await page.mouse.wheel(0, -300)
    await page.mouse.down()
    await page.mouse.move(x + width / 4, y + height / 8, steps=4)
    await page.mouse.up()

    async def tilted() -> bool:
        return bool(area(steering)["pose"]["tilt"] > before["tilt"] + 1)

    await eventually(tilted, "the tilt of a drag")
    after = area(steering)["pose"]
    assert (after["pan"], after["hfov"]) == (before["pan"], before["hfov"])
    assert await page.get_by_role("alert").count() == 0  # nothing was asked for that is refused
    await page.get_by_label("Home position").click()

    async def home() -> bool:
        return bool(area(steering)["pose"]["tilt"] == before["tilt"])

    await eventually(home, "home, though axes are off")

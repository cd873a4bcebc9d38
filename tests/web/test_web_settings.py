"""Pages that change the camera, each beside its live picture, in a real browser."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from camera_process import Api, CameraProcess
from playwright.async_api import expect
from web_kit import Visitor, eventually

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.peer("chromium")]


async def becomes(api: Api, path: str, value: object) -> None:
    async def there() -> bool:
        found: dict[str, Any] = api.get("settings")["values"]
        return found[path] == value

    await eventually(there, f"{path} = {value}")


@pytest.mark.feature("IMG-01", "IMG-02", "IMG-10", "IMG-11")
async def test_roll_by_slider_and_by_number_acts_at_once(anna: Visitor, api: Api) -> None:
    await anna.open("/installation")
    before = await anna.settled()
    await expect(anna.page.get_by_test_id("level-grid")).to_be_visible()
    number, slider = anna.page.get_by_label("Roll in degrees"), anna.page.get_by_role("slider", name="Roll")
    await number.fill("90")
    await expect(slider).to_have_attribute("aria-valuenow", "90")
    await anna.changes_from(before)
    await becomes(api, "installation.roll", 90)
    await slider.focus()
    await anna.page.keyboard.press("ArrowRight")
    await expect(number).to_have_value("90.5°")
    await becomes(api, "installation.roll", 90.5)
    for _ in range(2):
        await anna.page.get_by_role("button", name="Undo").click()
    await becomes(api, "installation.roll", 0)
    await expect(number).to_have_value("0°")


@pytest.mark.feature("IMG-02")
async def test_a_number_that_is_none_changes_nothing_and_gives_way_to_the_value_in_force(anna: Visitor, api: Api) -> None:
    await anna.open("/installation")
    number, undo = anna.page.get_by_label("Roll in degrees"), anna.page.get_by_role("button", name="Undo")
    await number.fill("-33.5")
    await becomes(api, "installation.roll", -33.5)
    await expect(undo).to_be_enabled()  # while the caret is still in the field
    for wrong in ("500", ""):
        await number.fill(wrong)
        await expect(anna.page.get_by_text("From -180 to 180")).to_have_count(1 if wrong else 0)
        await number.press("Enter")
        await expect(number).to_have_value("-33.5°")
    assert api.get("settings")["values"]["installation.roll"] == -33.5
    await undo.click()
    await becomes(api, "installation.roll", 0)


@pytest.mark.feature("IMG-06", "BAS-04", "BAS-05", "BAS-06")
async def test_the_mount_decides_which_views_there_are(anna: Visitor, api: Api) -> None:
    await anna.open("/installation")
    await anna.watching()
    for mount, quad in (
        ("Wall", expect(anna.page.get_by_label("Quad eye")).to_be_disabled),
        ("Ceiling", expect(anna.page.get_by_label("Quad eye")).to_be_enabled),
    ):
        await anna.page.get_by_label("Change mounting position").click()
        await anna.page.get_by_role("radio", name=re.compile(mount)).click()
        await anna.page.get_by_role("button", name="Save and restart").click()
        await becomes(api, "installation.mount", mount.lower())
        await expect(anna.page.get_by_role("dialog")).to_be_hidden()
        await quad()
        await anna.watching()


@pytest.mark.feature("BAS-01", "BAS-02", "BAS-03", "VIEW-05")
async def test_the_capture_mode_is_changed_with_a_restart_that_is_followed(anna: Visitor, api: Api) -> None:
    await anna.open("/installation")
    await anna.watching()
    try:
        await anna.page.get_by_label("Change capture mode").click()
        save = anna.page.get_by_role("button", name="Save and restart")
        await expect(save).to_be_disabled()
        await anna.page.get_by_role("radio", name=re.compile("overview only")).click()
        await save.click()
        await becomes(api, "installation.capture_mode", "overview")
        await expect(anna.page.get_by_text("Saved. The picture is back.")).to_be_visible()
        await expect(anna.page.get_by_role("dialog")).to_be_hidden()
        await expect(anna.page.get_by_text("1 view, up to 50 fps")).to_be_visible()
        await expect(anna.page.get_by_text("It needs a capture mode with dewarped views.")).to_be_visible()
        await anna.watching()
    finally:
        api.send("PATCH", "settings", {"installation.capture_mode": "dewarped"})


@pytest.mark.feature("BAS-07")
async def test_the_mains_frequency_is_picked_then_saved(anna: Visitor, api: Api) -> None:
    await anna.open("/installation")
    await expect(anna.page.get_by_text("It does not change flicker now. A recorded picture was exposed")).to_be_visible()
    await anna.page.get_by_text("60 Hz", exact=True).click()
    await anna.page.get_by_role("button", name="Save and restart…").click()
    assert api.get("settings")["values"]["installation.power_line"] == 50
    await anna.page.get_by_role("button", name="Save and restart", exact=True).click()
    await becomes(api, "installation.power_line", 60)
    await anna.watching()


@pytest.mark.feature("IMG-12", "IMG-13", "IMG-14", "IMG-15", "IMG-16", "IMG-17")
async def test_the_horizon_is_straightened_beside_the_panorama(anna: Visitor, api: Api) -> None:
    await anna.open("/installation")
    switch = anna.page.get_by_role("switch", name="Horizon straightening")
    await expect(switch).to_be_disabled()
    await expect(anna.page.get_by_text("It needs the mounting position wall.")).to_be_visible()
    try:
        api.send("PATCH", "settings", {"installation.mount": "wall"})
        await anna.open("/installation")
        await switch.press("Space")
        await expect(anna.canvas).to_have_attribute("data-view", "1")
        for label, path in (("Tilt", "horizon_tilt"), ("Horizon line", "horizon_line")):
            before = await anna.settled()
            await anna.page.get_by_label(f"{label} in degrees").fill("20")
            await becomes(api, f"installation.{path}", 20)
            await anna.changes_from(before)
    finally:
        changes = {"installation.horizon_straightening": False, "installation.horizon_tilt": 0, "installation.horizon_line": 0}
        api.send("PATCH", "settings", changes)


@pytest.mark.feature("IMG-10", "IMG-11")
async def test_the_level_grid_can_be_that_of_the_world(anna: Visitor, api: Api) -> None:
    await anna.open("/installation")
    await anna.watching()
    await anna.page.get_by_text("World", exact=True).click()
    lines = anna.page.get_by_test_id("world-grid").locator("polyline")
    await expect(lines.first).to_be_visible()
    assert await lines.count() > 20
    assert await anna.page.get_by_test_id("world-grid").bounding_box() == await anna.canvas.bounding_box()


async def test_choosing_a_place_in_the_quad_swaps_and_shows_it(anna: Visitor, api: Api) -> None:
    await anna.open("/installation")
    await anna.watching()
    await anna.page.get_by_role("combobox", name="Top left").click()
    await anna.page.get_by_role("option", name="View Area 4").click()
    await becomes(api, "installation.quad_order", [4, 2, 3, 1])
    await expect(anna.canvas).to_have_attribute("data-view", "3")
    before = await anna.settled()
    await anna.page.get_by_role("switch", name="Quad eye").press("Space")
    await becomes(api, "installation.quad_eye", True)
    await anna.changes_from(before, by=2)  # a tenth of the picture


async def test_the_current_view_becomes_the_home_position(anna: Visitor, api: Api) -> None:
    await anna.open("/areas")
    await anna.watching()
    await anna.page.get_by_role("application").focus()
    await anna.page.keyboard.press("ArrowRight")

    async def turned() -> bool:
        return api.pose(4)["pan"] > 1

    await eventually(turned, "the area turned")
    pan = api.pose(4)["pan"]
    await anna.page.get_by_role("button", name="Use the current view as home").click()
    await becomes(api, "areas.0.pan", round(pan, 1))
    await expect(anna.page.get_by_text("set by hand")).to_be_visible()
    await anna.page.get_by_role("button", name="Automatic home").click()
    await becomes(api, "areas.0.pan", None)


async def test_a_view_is_renamed_and_switched_off(anna: Visitor, api: Api) -> None:
    await anna.open("/areas")
    try:
        name = anna.page.get_by_label("Name of view 12")
        await name.fill("Hallway")
        await name.press("Enter")
        await becomes(api, "views.11.name", "Hallway")
        await anna.page.get_by_role("switch", name="Hallway may be watched").press("Space")
        await becomes(api, "views.11.enabled", False)
    finally:
        api.send("PATCH", "settings", {"views.11.name": "Corridor", "views.11.enabled": True})


@pytest.mark.feature("PRE-05", "PRE-06")
async def test_a_stream_profile_is_made_changed_and_removed(anna: Visitor, api: Api) -> None:
    await anna.open("/stream-profiles")
    await anna.page.get_by_role("button", name="Add profile").click()
    await anna.field("Name").fill("mobile")
    await anna.page.get_by_label("All arguments").fill("videokeyframeinterval=0")
    await anna.page.get_by_role("button", name="Save", exact=True).click()
    await expect(anna.page.get_by_text(re.compile("give 1 to 1200"))).to_be_visible()
    await anna.page.get_by_label("All arguments").fill("camera=5&fps=7")
    await anna.page.get_by_role("button", name="Save", exact=True).click()
    await expect(anna.page.get_by_text("camera=5&fps=7")).to_be_visible()
    assert [each["parameters"] for each in api.get("stream-profiles")["profiles"]] == ["camera=5&fps=7"]
    await anna.page.get_by_label("Remove mobile").click()
    await expect(anna.page.get_by_text("There is none yet.")).to_be_visible()


@pytest.mark.feature("STR-03", "IMG-35")
async def test_stream_defaults_are_saved_and_wrong_values_are_told_at_their_field(anna: Visitor, api: Api) -> None:
    await anna.open("/streams")
    await anna.watching()
    save, compression = anna.page.get_by_role("button", name="Save", exact=True), anna.page.get_by_label("Compression")
    await expect(save).to_be_disabled()
    await compression.fill("101")
    await expect(anna.page.get_by_text("From 0 to 100")).to_be_visible()
    await expect(save).to_be_disabled()
    await compression.fill("60")
    await save.click()
    await becomes(api, "stream.compression", 60)
    await expect(anna.page.get_by_text("Saved. It is in effect.")).to_be_visible()
    await anna.watching()


@pytest.mark.feature("STR-04", "STR-09", "IMG-38")
async def test_zipstream_is_chosen_and_what_it_costs_is_said_and_shown(anna: Visitor, api: Api) -> None:
    await anna.open("/streams")
    await anna.watching()
    await expect(anna.page.get_by_text("Little compression makes large streams")).to_be_visible()
    await expect(anna.page.get_by_text(re.compile(r"\d [kM]bit/s")).first).to_be_visible()
    try:
        await anna.page.get_by_role("combobox", name="Zipstream").click()
        await anna.page.get_by_role("option", name="High", exact=True).click()
        await anna.page.get_by_role("button", name="Save", exact=True).click()
        await becomes(api, "stream.zipstream", "high")
        await anna.watching()
    finally:
        api.send("PATCH", "settings", {"stream.zipstream": "off"})


async def test_the_lens_is_changed_beside_the_picture(anna: Visitor, api: Api) -> None:
    await anna.open("/source")
    await anna.watching()
    fov = api.get("settings")["values"]["source.fov"]
    try:
        await expect(anna.page.get_by_text(f"In use now: equidistant, {fov:g}°")).to_be_visible()
        before = await anna.settled()
        await anna.page.get_by_role("switch", name="Find the image circle automatically").press("Space")
        await anna.page.get_by_label("Radius").fill("300")
        await expect(anna.page.get_by_test_id("circle")).to_be_visible()
        await anna.page.get_by_label("Field of view").fill("150")
        await anna.page.get_by_role("button", name="Save", exact=True).click()
        await becomes(api, "source.fov", 150)
        await expect(anna.page.get_by_text("In use now: equidistant, 150°, circle of 300 px")).to_be_visible()
        await anna.changes_from(before)
    finally:
        api.send("PATCH", "settings", {"source.fov": fov, "source.circle": None})


async def test_what_waits_for_a_restart_says_so(anna: Visitor, api: Api) -> None:
    await anna.open("/settings/access")
    field = anna.page.get_by_label("Preview mode")
    minutes = api.get("settings")["values"]["access.preview_minutes"]
    try:
        await field.fill("60")
        await anna.page.get_by_role("button", name="Save", exact=True).click()
        await expect(anna.page.get_by_text("It takes effect at the next start.")).to_be_visible()
        await expect(anna.page.get_by_text("in effect from the next start")).to_be_visible()
        await becomes(api, "access.preview_minutes", 60)
    finally:
        api.send("PATCH", "settings", {"access.preview_minutes": minutes})


async def test_a_refusal_of_the_camera_stands_at_its_field(anna: Visitor, api: Api) -> None:
    await anna.open("/settings/network")
    await anna.page.get_by_label("Multicast address").fill("10.0.0.1")
    await anna.page.get_by_role("button", name="Save", exact=True).click()
    await expect(anna.page.get_by_text(re.compile("Should be an IPv4 multicast address"))).to_be_visible()
    await anna.open("/settings/device")
    await anna.page.get_by_label("Name", exact=True).fill("Hall camera")
    await anna.page.get_by_role("button", name="Save", exact=True).click()
    await expect(anna.page.get_by_role("banner")).to_contain_text("Hall camera")


async def test_the_status_page_tells_source_encodes_and_clients(
    visit: Callable[..., Awaitable[Visitor]], camera: CameraProcess, api: Api
) -> None:
    watcher, reader = await visit(camera.http), await visit(camera.http)
    for each in (watcher, reader):
        await each.log_in()
    await watcher.open()
    await watcher.watching()
    await reader.open("/status")
    page = reader.page
    await expect(page.get_by_text("960 × 960 at")).to_be_visible()
    await expect(page.get_by_role("row", name=re.compile("View Area 1 H.264 640 × 480 running", re.IGNORECASE))).to_be_visible()
    await expect(page.get_by_role("row", name=re.compile("127.0.0.1 anna"))).to_be_visible()
    await watcher.page.close()
    await expect(page.get_by_text("Nobody watches.")).to_be_visible()

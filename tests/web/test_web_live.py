"""The live view in a real browser: every view plays, codecs and sizes change, hands steer, tools measure and save."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from camera_process import Api, CameraProcess
from playwright.async_api import expect
from web_kit import Visitor, eventually

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.peer("chromium")]

VIEW_AREA_1, QUAD = 4, 3


@pytest.mark.feature("IMG-07", "IMG-09")
async def test_every_view_of_the_mount_plays(anna: Visitor, api: Api) -> None:
    await anna.open()
    await anna.watching()
    for view in api.get("views")["views"]:
        await anna.choose(view["index"])
        await anna.watching()


@pytest.mark.feature("IMG-06")
async def test_views_that_the_mount_lacks_say_why(anna: Visitor, api: Api) -> None:
    api.send("PATCH", "settings", {"installation.mount": "wall"})
    await anna.open()
    await anna.watching()
    await anna.page.get_by_test_id("view").click()
    quad = anna.page.locator(f"button[data-view='{QUAD}']")
    await expect(quad).to_be_disabled()
    reason = next(view["reason"] for view in api.get("views")["views"] if view["index"] == QUAD)
    title = await quad.get_attribute("title")
    assert title
    assert reason.endswith(title)
    await expect(anna.page.locator("button[data-view='1']")).to_be_enabled()


async def test_the_chooser_shows_what_each_view_sees(anna: Visitor) -> None:
    await anna.open()
    await anna.watching()
    await anna.page.get_by_test_id("view").click()
    await expect(anna.page.locator("button[data-view] img")).to_have_count(12)


@pytest.mark.feature("STR-01", "STR-02", "IMG-36")
async def test_codec_and_resolution_switch_without_a_gap(anna: Visitor, api: Api) -> None:
    await anna.open()
    await anna.watching()
    for label, codec in (("AV1", "av1"), ("MJPEG", "jpeg"), ("H.264", "h264")):
        before = await anna.pictures()
        await anna.page.get_by_test_id("format").get_by_text(label).click()
        await expect(anna.canvas).to_have_attribute("data-codec", codec)
        await anna.watching()
        assert await anna.pictures() > before
    await anna.page.get_by_role("combobox", name="Resolution").click()
    await anna.page.get_by_role("option", name="320 × 240").click()
    await expect(anna.canvas).to_have_attribute("width", "320")
    await expect(anna.canvas).to_have_attribute("height", "240")
    await anna.watching()


@pytest.mark.feature("STR-10", "STR-21", "TRB-19")
async def test_h265_is_not_offered_and_the_help_says_why(anna: Visitor) -> None:
    await anna.open()
    await anna.watching()
    formats = anna.page.get_by_test_id("format").locator("label")
    assert [text.strip() for text in await formats.all_inner_texts()] == ["H.264", "AV1", "MJPEG"]
    await anna.page.get_by_label("About video formats").click()
    await expect(anna.page.get_by_text(re.compile("H.265.*browsers cannot decode it"))).to_be_visible()


@pytest.mark.feature("IMG-08")
async def test_dragging_pans_and_the_picture_follows(anna: Visitor, api: Api) -> None:
    await anna.open()
    before, pose = await anna.settled(), api.pose(VIEW_AREA_1)
    x, y, width, _ = await anna.middle()
    await anna.page.mouse.move(x, y)
    await anna.page.mouse.down()
    await anna.page.mouse.move(x - width / 4, y, steps=5)
    await anna.page.mouse.up()
    await anna.changes_from(before)
    turned = (api.pose(VIEW_AREA_1)["pan"] - pose["pan"]) % 360
    expected = pose["hfov"] / 4 / np.cos(np.radians(pose["tilt"]))
    assert turned == pytest.approx(expected, rel=0.02)
    assert api.pose(VIEW_AREA_1)["tilt"] == pytest.approx(pose["tilt"])


@pytest.mark.feature("IMG-08")
async def test_the_wheel_zooms_about_the_pointer(anna: Visitor, api: Api) -> None:
    await anna.open()
    before, pose = await anna.settled(), api.pose(VIEW_AREA_1)
    x, y, width, _ = await anna.middle()
    await anna.page.mouse.move(x + width / 3, y)
    await anna.page.mouse.wheel(0, -300)
    await anna.changes_from(before)
    assert api.pose(VIEW_AREA_1)["zoom"] > 1.2 * pose["zoom"]
    assert 0 < (api.pose(VIEW_AREA_1)["pan"] - pose["pan"]) % 360 < 90


async def test_double_click_keys_and_buttons_steer(anna: Visitor, api: Api) -> None:
    await anna.open()
    await anna.watching()
    home = api.pose(VIEW_AREA_1)

    async def turned(part: str, sign: int, base: float) -> None:
        async def there() -> bool:
            return (api.pose(VIEW_AREA_1)[part] - base) * sign > 0.5

        await eventually(there, f"{part} beyond {base}")

    x, y, width, _ = await anna.middle()
    await anna.page.mouse.dblclick(x + width / 4, y)
    await turned("pan", 1, home["pan"])
    await anna.page.get_by_label("Home position").click()
    await turned("pan", -1, 0.6)
    await anna.page.get_by_role("application").focus()
    await anna.page.keyboard.press("ArrowUp")
    await turned("tilt", 1, home["tilt"])
    await anna.page.keyboard.press("+")
    await turned("hfov", -1, home["hfov"])
    await anna.page.get_by_label("Zoom out").focus()
    await anna.page.keyboard.press("Enter")
    await turned("hfov", 1, home["hfov"] - 1)


@pytest.mark.feature("GET-06")
async def test_two_fingers_zoom(visit: Callable[..., Awaitable[Visitor]], camera: CameraProcess, api: Api) -> None:
    phone = await visit(camera.http, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    await phone.log_in()
    await phone.open()
    await phone.watching()
    zoom = api.pose(VIEW_AREA_1)["zoom"]
    x, y, _, _ = await phone.middle()
    session = await phone.page.context.new_cdp_session(phone.page)
    for kind, spread in (("touchStart", 30), ("touchMove", 45), ("touchMove", 60)):
        points = [{"x": x - spread, "y": y, "id": 0}, {"x": x + spread, "y": y, "id": 1}]
        await session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    await session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})

    async def closer() -> bool:
        return api.pose(VIEW_AREA_1)["zoom"] > 1.7 * zoom

    await eventually(closer, "twice the magnification")


@pytest.mark.feature("IMG-05", "IMG-08")
async def test_the_quad_view_steers_the_area_under_the_pointer(anna: Visitor, api: Api) -> None:
    api.send("PATCH", "settings", {"installation.quad_order": [4, 3, 2, 1]})
    await anna.open()
    await anna.watching()
    await anna.choose(QUAD)
    poses = {view: api.pose(view) for view in range(4, 8)}
    x, y, width, height = await anna.middle()
    await anna.page.mouse.move(x + width / 4, y - height / 4)  # the top right tile, where area 3 is now
    await anna.page.mouse.wheel(0, -200)

    async def zoomed() -> bool:
        return api.pose(6)["zoom"] > 1.2 * poses[6]["zoom"]

    await eventually(zoomed, "area 3 zoomed in")
    assert [api.pose(view) for view in (4, 5, 7)] == [poses[view] for view in (4, 5, 7)]


async def test_a_snapshot_is_saved_under_view_and_date(anna: Visitor, tmp_path: Path) -> None:
    await anna.open()
    await anna.watching()
    async with anna.page.expect_download() as started:
        await anna.page.get_by_label("Save a snapshot").click()
    download = await started.value
    assert re.fullmatch(r"view-area-1_\d{4}-\d\d-\d\d_\d\d-\d\d-\d\d\.jpg", download.suggested_filename)
    await download.save_as(tmp_path / "snapshot.jpg")
    picture = cv2.imread(str(tmp_path / "snapshot.jpg"))
    assert picture is not None
    assert (
        f"{picture.shape[1]}x{picture.shape[0]}"
        == f"{await anna.canvas.get_attribute('width')}x{await anna.canvas.get_attribute('height')}"
    )


@pytest.mark.feature("IMG-45", "IMG-46", "IMG-47")
async def test_the_pixel_counter_counts_stream_pixels(anna: Visitor) -> None:
    await anna.open()
    await anna.watching()
    await anna.page.get_by_label("Pixel counter", exact=True).click()
    counter = anna.page.get_by_test_id("pixel-counter")
    await expect(counter).to_have_text("160 × 120 px")
    _, _, width, _ = await anna.middle()
    scale = width / int(await anna.canvas.get_attribute("width") or 0)
    grip = await counter.locator("[data-grip='1,1']").bounding_box()
    assert grip is not None
    x, y = grip["x"] + grip["width"] / 2, grip["y"] + grip["height"] / 2
    await anna.page.mouse.move(x, y)
    await anna.page.mouse.down()
    await anna.page.mouse.move(x + 40 * scale, y - 20 * scale, steps=3)
    await anna.page.mouse.up()
    await expect(counter).to_have_text("200 × 100 px")
    before = await counter.bounding_box()
    await counter.focus()
    await anna.page.keyboard.press("ArrowLeft")
    await anna.page.keyboard.press("Shift+ArrowDown")
    await expect(counter).to_have_text("200 × 101 px")
    after = await counter.bounding_box()
    assert before is not None
    assert after is not None
    assert after["x"] == pytest.approx(before["x"] - scale, abs=0.6)


@pytest.mark.feature("IMG-10")
async def test_the_level_grid_is_drawn_over_the_picture_only(anna: Visitor) -> None:
    await anna.open()
    before = await anna.settled()
    await anna.page.get_by_label("Level grid").click()
    grid = anna.page.get_by_test_id("level-grid")
    await expect(grid).to_be_visible()
    assert await grid.bounding_box() == await anna.canvas.bounding_box()
    assert np.abs(await anna.settled() - before).mean() < 4


async def test_the_stream_tells_what_it_is(anna: Visitor) -> None:
    await anna.open()
    await anna.page.get_by_label("Stream information").click()
    await expect(anna.page.get_by_test_id("stats")).to_contain_text(re.compile(r"H\.264.*640 × 480.*fps.*bit/s.*ms", re.DOTALL))


async def test_a_hidden_page_keeps_no_encoder_busy(anna: Visitor, api: Api) -> None:
    await anna.open()
    await anna.watching()

    async def watched() -> bool:
        return any(channel["subscribers"] for channel in api.get("status")["channels"])

    async def unwatched() -> bool:
        return not await watched()

    hide = "(hidden) => { Object.defineProperty(document, 'hidden', { get: () => hidden, configurable: true });"
    hide += " document.dispatchEvent(new Event('visibilitychange')); }"
    await eventually(watched, "a subscriber")
    await anna.page.evaluate(hide, True)
    await eventually(unwatched, "no subscriber while hidden")
    await anna.page.evaluate(hide, False)
    await anna.watching()


@pytest.mark.feature("GET-05")
async def test_without_webcodecs_the_page_shows_mjpeg_and_says_so(anna: Visitor) -> None:
    await anna.page.add_init_script("delete window.VideoDecoder")
    await anna.open()
    await anna.watching()
    await expect(anna.canvas).to_have_attribute("data-codec", "jpeg")
    await expect(anna.page.get_by_test_id("limited")).to_contain_text("shows MJPEG")
    await expect(anna.page.get_by_test_id("format").locator("input[value=h264]")).to_be_disabled()


async def test_the_picture_is_stopped_and_played(anna: Visitor, api: Api) -> None:
    """A stopped picture stays, and the camera sends nothing; what is chosen next plays."""
    await anna.open("/")
    await anna.choose(4)
    await anna.watching()
    page = anna.page
    await page.get_by_role("button", name="Stop the picture").click()

    async def nothing_runs() -> bool:
        return not any(row["running"] for row in api.send("GET", "status")["channels"])

    await eventually(nothing_runs, "no stream any more")
    count, before = await anna.pictures(), await anna.looks()
    api.send("PUT", "views/4/pose", {"pan": 90})
    assert await anna.pictures() == count
    assert np.array_equal(await anna.looks(), before)
    await page.get_by_role("button", name="Play", exact=True).click()
    await anna.changes_from(before)
    await page.get_by_role("button", name="Stop the picture").click()
    await eventually(nothing_runs, "no stream once more")
    await anna.choose(0)
    await anna.watching()
    await expect(page.get_by_role("button", name="Stop the picture")).to_be_visible()

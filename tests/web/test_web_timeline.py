"""The timeline of recordings in a real browser: filter, zoom, small pictures, play a moment, step, speed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime

import pytest
import pytest_asyncio
from camera_process import Api
from playwright.async_api import Locator, Page, expect
from web_kit import Visitor, eventually

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.peer("chromium")]

PICTURES = 100


@pytest_asyncio.fixture(loop_scope="session")
async def tapes(api: Api) -> AsyncIterator[dict[int, dict]]:
    """A recording of two views, some seconds each, removed afterwards: by view."""
    made = {
        view: api.send("POST", "recordings", {"options": f"camera={view + 1}&resolution=320x240&videokeyframeinterval=10"})
        for view in (4, 5)
    }
    ids = {view: row["id"] for view, row in made.items()}

    async def enough() -> bool:
        rows = [api.get(f"recordings/{identity}") for identity in ids.values()]
        return all(sum(part["pictures"] for part in row["segments"]) > PICTURES for row in rows)

    await eventually(enough, f"{PICTURES} pictures of both", 40)
    for identity in ids.values():
        api.send("POST", f"recordings/{identity}/stop")
    yield {view: api.get(f"recordings/{identity}") for view, identity in ids.items()}
    for identity in ids.values():
        api.send("DELETE", f"recordings/{identity}")


def bars(page: Page) -> Locator:
    """The recordings on the timeline."""
    return page.locator("[data-timeline] button[aria-label*=' to ']")


async def width(bar: Locator) -> float:
    box = await bar.bounding_box()
    return box["width"] if box else 0.0


async def position(page: Page) -> float:
    """Milliseconds since 1970 of what is shown."""
    return float(await page.get_by_role("slider", name="Position").get_attribute("aria-valuenow") or 0)


@pytest.mark.feature("REC-03", "REC-04")
async def test_the_timeline_is_filtered_zoomed_and_played_from(anna: Visitor, tapes: dict[int, dict]) -> None:
    page = anna.page
    await anna.open("/recordings")
    await expect(bars(page)).to_have_count(2)
    await page.get_by_label("View", exact=True).first.click()
    await page.get_by_role("option", name="View Area 1").click()
    await expect(bars(page)).to_have_count(1)
    await expect(page.locator("[data-recording]")).to_have_count(1)
    bar = bars(page).first
    before = await width(bar)
    timeline = page.locator("[data-timeline]")
    await timeline.scroll_into_view_if_needed()
    box = await bar.bounding_box()
    assert box is not None
    await page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    await page.keyboard.down("Control")

    async def wide() -> bool:
        await page.mouse.wheel(0, -100)  # a fifth less time
        return await width(bar) > max(200, 10 * before)

    await eventually(wide, "the wheel makes the recording larger")
    await page.keyboard.up("Control")
    box = await bar.bounding_box()
    screen = await timeline.bounding_box()
    assert box is not None
    assert screen is not None
    left, right = max(box["x"], screen["x"]), min(box["x"] + box["width"], screen["x"] + screen["width"])
    x, y = left + 0.3 * (right - left), box["y"] + box["height"] / 2
    await page.mouse.move(x - 2, y)
    await page.mouse.move(x, y)
    still = timeline.locator("img")
    await expect(still).to_be_visible()

    async def drawn() -> bool:
        return bool(await still.evaluate("image => image.complete && image.naturalWidth > 0"))

    await eventually(drawn, "the picture under the pointer")
    tape = tapes[4]
    start = datetime.fromisoformat(tape["start"]).timestamp() * 1000
    await page.mouse.click(x, y)
    canvas = page.get_by_label("Recording", exact=True)
    await expect(canvas).to_be_visible()
    await page.get_by_role("button", name="Pause (space)").click()
    assert await position(page) > start + 300, "it plays from the moment that was pressed, not from the beginning"
    await pictures_and_keys(page, canvas, start)


async def pictures_and_keys(page: Page, canvas: Locator, start: float) -> None:
    """The window of a recording: small pictures that are jumped to, one picture on by key, half speed."""
    small = page.get_by_role("button", name="Go to")
    assert await small.count() >= 3

    async def all_drawn() -> bool:
        return bool(await small.locator("img").evaluate_all("list => list.every(image => image.complete && image.naturalWidth > 0)"))

    await eventually(all_drawn, "small pictures along the recording")
    await page.set_viewport_size({"width": 390, "height": 800})
    await page.set_viewport_size({"width": 1280, "height": 800})
    await small.first.click()

    async def at_the_beginning() -> bool:
        return await position(page) - start < 300

    await eventually(at_the_beginning, "a small picture is jumped to")
    before = await position(page)
    await page.keyboard.press(".")

    async def one_on() -> bool:
        return 0 < await position(page) - before < 400

    await eventually(one_on, "one picture on")
    await page.get_by_label("Speed", exact=True).first.click()
    await page.get_by_role("option", name="8 ×", exact=True).click()
    await page.get_by_role("button", name="Play (space)").click()
    clock = "() => performance.now()"
    began, from_ = await page.evaluate(clock), await position(page)
    await expect(page.get_by_role("button", name="Go to").first).to_be_visible()

    async def gone_on() -> bool:
        return await position(page) - from_ > 2000

    await eventually(gone_on, "it plays on")
    took = await page.evaluate(clock) - began
    assert await position(page) - from_ > took, "faster than it was recorded"
    assert int(await canvas.get_attribute("data-pictures") or 0) > 1

"""The Accessories page in a real browser: ports are named and switched there, and follow what others do."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing
from typing import Any

import pytest
from camera_process import Api, CameraProcess
from playwright.async_api import expect
from web_kit import Visitor, eventually

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.peer("chromium")]

DELIVERED = [{"name": "Port 1", "direction": "input"}, {"name": "Port 2", "direction": "output"}]


@pytest.fixture
def wired(api: Api) -> Iterator[Api]:
    """The ports as delivered, nothing active."""
    api.send("PATCH", "settings", {"ports.items": []})
    api.send("PATCH", "settings", {"ports.items": DELIVERED})
    yield api
    api.send("PUT", "virtual-inputs/7/state", {"active": False})
    api.send("PUT", "manual-trigger/state", {"active": False})
    api.send("PATCH", "settings", {"ports.items": []})
    api.send("PATCH", "settings", {"ports.items": DELIVERED})


def board(api: Api) -> Any:
    return api.send("GET", "ports")


async def test_ports_are_named_turned_switched_and_follow(anna: Visitor, wired: Api) -> None:
    page = anna.page
    await anna.open("/accessories")
    ports = page.get_by_role("list", name="I/O ports")
    first, second = (ports.locator(f"[data-port='{number}']") for number in (0, 1))

    await first.get_by_label("Name of port 1").fill("Door")
    await first.get_by_label("Name of port 1").press("Enter")
    await expect(first.get_by_role("switch", name="Door is active")).to_be_visible()
    assert board(wired)["ports"][0]["name"] == "Door"

    await first.get_by_role("switch", name="Door is active").click()
    await expect(first.get_by_text("Closed", exact=True)).to_be_visible()
    assert board(wired)["ports"][0]["active"]
    wired.send("PUT", "ports/0/state", {"active": False})  # somebody else
    await expect(first.get_by_role("switch")).not_to_be_checked()

    await second.get_by_role("combobox", name="Normal state of Port 2").click()
    await page.get_by_role("option", name="Closed").click()
    await expect(second.get_by_text("Closed", exact=True)).to_be_visible()
    assert [board(wired)["ports"][1][name] for name in ("normal", "active")] == ["closed", False]
    await second.get_by_role("button", name="Pulse Port 2").click()
    await expect(second.get_by_text("Open", exact=True)).to_be_visible()
    await expect(second.get_by_text("Closed", exact=True)).to_be_visible()

    await page.get_by_role("button", name="Add port").click()
    await expect(ports.locator("[data-port='2']")).to_be_visible()
    await page.get_by_role("button", name="Remove Port 3").click()
    await expect(ports.locator("[data-port='2']")).to_be_hidden()


async def test_inputs_show_among_the_events(anna: Visitor, wired: Api) -> None:
    page = anna.page
    await anna.open("/accessories")
    button = page.get_by_role("button", name="Virtual input 7", exact=True)
    await button.click()
    await expect(button).to_have_attribute("aria-pressed", "true")
    await page.get_by_text("Trigger for 1 s").click()
    await anna.open("/events")
    log = page.get_by_role("table", name="Events")
    await expect(log.get_by_text("Virtual input 7 became active").first).to_be_visible()
    await expect(log.get_by_text("Somebody pulled the manual trigger").first).to_be_visible()
    now = page.get_by_role("list", name="Now")
    await expect(now.get_by_text("Virtual input 7")).to_be_visible()
    await expect(now.get_by_text("System ready")).to_be_visible()
    wired.send("PUT", "virtual-inputs/7/state", {"active": False})
    await expect(now.get_by_text("Virtual input 7")).to_be_hidden()
    await expect(log.get_by_text("Virtual input 7 is inactive again").first).to_be_visible()


async def test_a_fresh_start_tells_no_beginnings_as_happenings(
    visit: Callable[..., Awaitable[Visitor]], fresh_camera: CameraProcess
) -> None:
    with closing(Api(fresh_camera.http)) as api:
        api.set_up()
    anna = await visit(fresh_camera.http)
    await anna.log_in()
    await anna.open("/events")
    log = anna.page.get_by_role("table", name="Events")
    await expect(log.get_by_text("The camera is ready")).to_be_visible()
    first = log.locator("tbody tr").last
    heights = await log.locator("tbody tr time").evaluate_all("times => times.map(time => time.getClientRects().length)")
    assert set(heights) == {1}  # date and time stay on one line

    async def quiet() -> bool:
        words = await first.inner_text()
        return "guard tour" not in words and "left its preset" not in words

    await eventually(quiet, "a log that begins with something that happened")

"""What the live view offers besides the picture: waiting for Play, and the output ports."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any

import pytest
import pytest_asyncio
from camera_process import PASSWORD, Api, CameraProcess
from playwright.async_api import expect
from web_kit import Visitor, eventually

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.peer("chromium")]

DOOR = {"name": "Door", "direction": "output", "normal": "open", "usage": ""}
BELL = {"name": "Bell", "direction": "input", "normal": "open", "usage": ""}


@pytest.fixture
def wired(api: Api) -> Iterator[Api]:
    before = api.send("GET", "settings")["values"]["ports.items"]
    api.send("PATCH", "settings", {"ports.items": [DOOR, BELL]})
    yield api
    api.send("PATCH", "settings", {"ports.items": before})


@pytest_asyncio.fixture(loop_scope="session")
async def vera(visit: Callable[..., Awaitable[Visitor]], camera: CameraProcess, api: Api) -> AsyncIterator[Visitor]:
    """Somebody who may only watch."""
    api.send("POST", "accounts", {"username": "vera", "password": PASSWORD, "role": "viewer", "ptz": False, "comment": ""})
    visitor = await visit(camera.http)
    await visitor.log_in("vera", PASSWORD)
    yield visitor
    api.send("DELETE", "accounts/vera")


def streams(api: Api) -> list[Any]:
    return [row for row in api.send("GET", "status")["channels"] if row["running"]]


async def test_without_autoplay_the_page_waits_for_play(anna: Visitor, api: Api) -> None:
    page = anna.page
    await anna.open("/")
    await anna.watching()
    autoplay = page.get_by_role("button", name="Autoplay")
    await expect(autoplay).to_have_attribute("aria-pressed", "true")
    await autoplay.click()
    await anna.watching()  # what plays goes on
    await anna.open("/status")

    async def nothing_runs() -> bool:
        return not streams(api)

    await eventually(nothing_runs, "no stream any more")
    await anna.open("/")
    play = page.get_by_text("Play", exact=True)
    await expect(play).to_be_visible()
    await anna.shots("live-waiting")
    assert await anna.pictures() == 0
    assert not streams(api)
    await play.click()
    await anna.watching()
    await expect(play).to_have_count(0)
    await anna.choose(0)
    await anna.watching()
    await autoplay.click()
    await anna.open("/")
    await anna.watching()


async def test_operators_try_an_output_in_the_live_view(anna: Visitor, wired: Api) -> None:
    page = anna.page
    await anna.open("/")
    await anna.watching()
    outputs = page.get_by_role("group", name="Output ports")
    door = outputs.get_by_role("button", name="Door")
    await expect(door).to_have_attribute("aria-pressed", "false")
    await expect(outputs.get_by_role("button")).to_have_count(1)  # an input is not driven here
    await door.click()
    await expect(door).to_have_attribute("aria-pressed", "true")
    assert wired.send("GET", "ports")["ports"][0]["active"]
    await anna.shots("live-outputs")
    wired.send("PUT", "ports/0/state", {"active": False})  # somebody else
    await expect(door).to_have_attribute("aria-pressed", "false")


async def test_who_only_watches_has_no_outputs(vera: Visitor, wired: Api) -> None:
    await vera.open("/")
    await vera.watching()
    await expect(vera.page.get_by_role("group", name="Output ports")).to_have_count(0)
    reply = await vera.page.request.put(f"{vera.base}/api/v1/ports/0/state", data={"active": True})
    assert reply.status == 403
    assert not wired.send("GET", "ports")["ports"][0]["active"]

"""What people are told when video is kept longer than its age says, or lies where it cannot be read now, or a disk is looked through for
long; in a real browser."""

from __future__ import annotations

import os
import sys
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest
from camera_process import Api, CameraProcess
from playwright.async_api import expect
from web_kit import Visitor, eventually

sys.path.append(str(Path(__file__).parents[1] / "storage"))
from samba import PASSWORD, USER, Samba, serving

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.peer("chromium")]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Samba]:
    with serving(tmp_path / "samba") as running:
        yield running


@pytest.mark.feature("SPEC-12")
async def test_a_clock_that_is_far_ahead_pauses_ageing_until_a_person_confirms(anna: Visitor, api: Api) -> None:
    page = anna.page
    try:
        await anna.open("/time")
        await page.get_by_label("Set by hand").check()
        await page.get_by_label("Date and time").fill("2031-05-05T10:35:00")
        await page.get_by_role("button", name="Set the clock").click()
        await expect(page.get_by_text("Monday, 2031-05-05")).to_be_visible()
        api.log_in()
        api.send("POST", "storage/disks/SD_DISK", {"action": "check"})
        await anna.log_in()
        await anna.open("/storage")
        note = page.get_by_role("alert").filter(has_text="Nothing is removed for its age just now")
        await expect(note).to_contain_text("years further than the camera has seen pass")
        assert api.get("storage/ageing")["paused"] is True
        await anna.shots("ageing")
        await note.get_by_role("button", name="The clock is right").click()
        await expect(note).to_be_hidden()
        assert api.get("storage/ageing")["paused"] is False
    finally:
        api.send("PATCH", "settings", {"time.source": "machine", "time.ntp_servers": []})


@pytest.mark.peer("smbd")
@pytest.mark.feature("STO-03", "REC-04")
async def test_what_is_out_of_reach_is_said_and_comes_back(anna: Visitor, api: Api, server: Samba, tmp_path: Path) -> None:
    page = anna.page
    wish = {"name": "Shelf", "address": "127.0.0.1", "port": server.port, "share": "video", "user": USER, "password": PASSWORD}
    share = api.send("POST", "storage/shares", wish)["id"]

    def state() -> str:
        return next((str(row["state"]) for row in api.get("storage/disks")["disks"] if row["id"] == "NetworkShare"), "")

    async def usable() -> bool:
        return state() == "OK"

    async def gone() -> bool:
        return state() == "failed"

    async def long_enough() -> bool:
        return bool(sum(part["pictures"] for part in api.get(f"recordings/{identity}")["segments"]) > 20)

    await eventually(usable, "the share is there")
    identity = api.send("POST", "recordings", {"options": "camera=5&resolution=320x240", "disk": "NetworkShare"})["id"]
    try:
        await eventually(long_enough, "20 pictures are recorded")
        api.send("POST", f"recordings/{identity}/stop", {})
        server.stop()
        await eventually(gone, "the share is missed")
        await anna.open("/recordings")
        tile = page.locator(f"[data-recording='{identity}']")
        await expect(tile.get_by_text("No picture now")).to_be_visible()
        await anna.shots("absent-tile")
        note = page.get_by_role("dialog").get_by_role("alert").filter(has_text="A part is out of reach")
        await tile.get_by_role("button", name="Play").click()
        await expect(note).to_contain_text("lies on Shelf, which is not there now")
        await expect(page.get_by_text("Nothing of it can be read now.")).to_be_visible()
        await anna.shots("absent-player")
        await page.keyboard.press("Escape")
        await tile.get_by_role("button", name="More").click()
        await page.get_by_role("menuitem", name="Export").click()
        await expect(note).to_contain_text("lies on Shelf, which is not there now")
        await page.get_by_role("button", name="Export", exact=True).click()
        await expect(page.get_by_text("which cannot be read now")).to_be_visible()
        await anna.shots("absent-export")
        server.start()
        await eventually(usable, "the share is back")
        await expect(note).to_be_hidden()
        async with page.expect_download() as download:
            await page.get_by_role("button", name="Try again").click()
        await (await download.value).save_as(tmp_path / "export.mp4")
        assert (tmp_path / "export.mp4").stat().st_size > 5000
        await expect(page.get_by_text("which cannot be read now")).to_be_hidden()
        await page.get_by_role("button", name="Close", exact=True).last.click()
        await expect(tile.get_by_text("No picture now")).to_be_hidden(timeout=15_000)
        await expect(tile.get_by_alt_text("First picture of")).to_be_visible()
    finally:
        api.send("DELETE", f"recordings/{identity}")
        api.send("DELETE", f"storage/shares/{share}")


MANY = 20_000


def many_files(card: Path) -> None:
    """The file of a recording under many names: a check has something to do."""
    (file,) = card.rglob("*.mkv")
    folder = card / "20200101" / "00" / "20200101_000000_0000_0242AC110002"
    folder.mkdir(parents=True)
    for number in range(MANY):
        os.link(file, folder / f"{number:06}.mkv")


async def test_a_long_check_is_stopped(visit: Callable[..., Awaitable[Visitor]], fresh_camera: CameraProcess, tmp_path: Path) -> None:
    api = Api(fresh_camera.http)
    api.set_up()
    identity = api.send("POST", "recordings", {"options": "camera=5&resolution=320x240"})["id"]

    async def long_enough() -> bool:
        return bool(sum(part["pictures"] for part in api.get(f"recordings/{identity}")["segments"]) > 10)

    await eventually(long_enough, "10 pictures are recorded")
    api.send("POST", f"recordings/{identity}/stop", {})
    many_files(tmp_path / "card")
    anna = await visit(fresh_camera.http)
    await anna.log_in()
    await anna.open("/storage")
    card = anna.page.locator("[data-disk=SD_DISK]")
    await card.get_by_role("button", name="More for Card").click()
    await anna.page.get_by_role("menuitem", name="Check").click()
    stop = card.get_by_role("button", name="Stop")
    await expect(stop).to_be_visible()
    await expect(card.get_by_label("Progress: check")).to_be_visible()
    await anna.shots("long-check")
    await stop.click()
    await expect(card.get_by_text("Stopped; what was done by then stays done.")).to_be_visible()
    await expect(stop).to_be_hidden()
    await anna.shots("stopped-check")
    api.close()

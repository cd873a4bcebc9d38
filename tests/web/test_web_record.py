"""The record button beside the live picture, what it says without storage, and an export that plays without the camera."""

from __future__ import annotations

import hashlib
import json
import os
import zipfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import av
import pytest
import pytest_asyncio
from camera_process import Api, CameraProcess
from playwright.async_api import Browser, expect
from web_kit import Visitor, eventually

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.peer("chromium")]

AREA = "View Area 1"


async def shots(visitor: Visitor, name: str) -> None:
    """Pictures of the page for people, where a folder for them is named."""
    folder = os.environ.get("PANOCAM_TEST_SHOTS")
    if not folder:
        return
    for scheme, width in (("light", 1280), ("dark", 1280), ("light", 390)):
        await visitor.page.set_viewport_size({"width": width, "height": 800})
        await visitor.page.emulate_media(color_scheme=scheme)
        await visitor.page.screenshot(path=f"{folder}/{name}-{scheme}-{width}.png")
    await visitor.page.set_viewport_size({"width": 1280, "height": 800})
    await visitor.page.emulate_media(color_scheme="light")


def rows(api: Api) -> list[dict]:
    found: list[dict] = api.get("recordings")["recordings"]
    return found


@pytest_asyncio.fixture(loop_scope="session")
async def clean(api: Api) -> AsyncIterator[Api]:
    """No recordings before and after."""
    yield api
    for row in rows(api):
        api.send("DELETE", f"recordings/{row['id']}")


@pytest.mark.feature("REC-01", "REC-03")
@pytest.mark.parametrize("path", ["/", "/streams"])
async def test_the_view_that_is_watched_is_recorded_with_one_button(anna: Visitor, clean: Api, path: str) -> None:
    await anna.open(path)
    await anna.choose(4)
    page = anna.page
    await page.get_by_role("button", name=f"Record {AREA}").click()
    stop = page.get_by_role("button", name=f"Stop recording {AREA}")
    await expect(stop).to_have_attribute("aria-pressed", "true")
    (row,) = rows(clean)
    assert (row["view"], row["kind"], row["running"], row["disk"]) == (4, "manual", True, "SD_DISK")
    await anna.choose(5)
    await expect(page.get_by_role("button", name="Record View Area 2")).to_be_visible()
    await anna.choose(4)
    await shots(anna, f"record-{path.strip('/') or 'live'}")
    await stop.click()
    await expect(page.get_by_role("button", name=f"Record {AREA}")).to_be_visible()
    assert [row["running"] for row in rows(clean)] == [False]


@pytest.mark.feature("REC-02", "SPEC-04", "SPEC-12", "SPEC-15")
@pytest.mark.parametrize("path", ["/", "/recordings"])
async def test_without_a_card_in_it_the_button_says_why_and_leads_to_storage(anna: Visitor, clean: Api, path: str) -> None:
    clean.send("POST", "storage/disks/SD_DISK", {"action": "unmount"})
    page = anna.page
    try:
        await anna.open(path)
        await page.get_by_role("button", name="Nothing can be recorded now" if path == "/" else "Record", exact=True).click()
        await expect(page.get_by_text("Card is not mounted: taken out of use")).to_be_visible()
        await shots(anna, f"record-nowhere-{path.strip('/') or 'live'}")
        await page.get_by_role("link", name="Go to storage").click()
        await expect(page).to_have_url(f"{anna.base}/storage")
        card = page.locator("[data-disk=SD_DISK]")
        await page.get_by_role("button", name="More", exact=True).click()
        await expect(page.get_by_text("Unmount it before you take it out.")).to_be_visible()
        await expect(page.get_by_text("high endurance")).to_be_visible()
        await shots(anna, "storage-advice")
        await card.get_by_role("button", name="Mount", exact=True).click()
        await expect(card.get_by_text("ready")).to_be_visible()
    finally:
        clean.send("POST", "storage/disks/SD_DISK", {"action": "mount"})
    assert rows(clean) == []


@pytest.fixture
def bare(tmp_path: Path, still: Path, built_page: None) -> Iterator[CameraProcess]:
    """A camera that was started without a card."""
    process = CameraProcess(tmp_path, still, card=False)
    process.start()
    yield process
    process.stop()


@pytest.mark.feature("REC-02")
async def test_with_no_storage_at_all_the_button_says_so(visit: Callable[..., Awaitable[Visitor]], bare: CameraProcess) -> None:
    api = Api(bare.http)
    api.set_up()
    visitor = await visit(bare.http)
    await visitor.log_in()
    await visitor.open("/")
    await visitor.page.get_by_role("button", name="Nothing can be recorded now").click()
    await expect(visitor.page.get_by_text("There is no storage yet: neither a card nor a network share.")).to_be_visible()
    await visitor.page.get_by_role("link", name="Go to storage").click()
    await expect(visitor.page.get_by_text("There is no card")).to_be_visible()
    api.close()


async def test_a_viewer_has_no_record_button(visit: Callable[..., Awaitable[Visitor]], camera: CameraProcess, clean: Api) -> None:
    account = {"username": "vera", "password": "Look-Around-43", "role": "viewer"}
    clean.send("POST", "accounts", account)
    try:
        vera = await visit(camera.http)
        await vera.log_in("vera", "Look-Around-43")
        await vera.open("/")
        await vera.watching()
        assert await vera.page.get_by_role("button", name="Record").count() == 0
        assert await vera.page.get_by_role("button", name="Nothing can be recorded now").count() == 0
    finally:
        clean.send("DELETE", "accounts/vera")


@pytest.mark.feature("REC-04", "SIG-03")
async def test_a_part_is_exported_and_plays_without_the_camera(anna: Visitor, clean: Api, browser: Browser, tmp_path: Path) -> None:
    options = "camera=5&resolution=320x240&videokeyframeinterval=5"
    identity = clean.send("POST", "recordings", {"options": options})["id"]

    async def long_enough() -> bool:
        return sum(part["pictures"] for part in clean.get(f"recordings/{identity}")["segments"]) > 60

    await eventually(long_enough, "60 pictures are recorded", 40)
    clean.send("POST", f"recordings/{identity}/stop")
    row = clean.get(f"recordings/{identity}")
    start, stop = (datetime.fromisoformat(row[name]) for name in ("start", "stop"))
    page = anna.page
    await anna.open("/recordings")
    tile = page.locator(f"[data-recording='{identity}']")
    await tile.get_by_role("button", name="More").click()
    await page.get_by_role("menuitem", name="Export").click()
    form = page.get_by_role("dialog")
    await form.get_by_text("Archive with player").click()
    end = (start + timedelta(seconds=3)).astimezone().replace(microsecond=0, tzinfo=None)
    begin = (start + timedelta(seconds=1)).astimezone().replace(microsecond=0, tzinfo=None)
    await form.get_by_label("From").fill(end.isoformat())
    await form.get_by_label("To").fill(begin.isoformat())
    await expect(form.get_by_text("The end must come after the beginning")).to_be_visible()
    await expect(form.get_by_role("button", name="Export", exact=True)).to_be_disabled()
    await form.get_by_label("From").fill(begin.isoformat())
    await form.get_by_label("To").fill(end.isoformat())
    await expect(form.get_by_text("It begins with the key picture")).to_be_visible()
    await shots(anna, "export-part")
    async with page.expect_download() as download:
        await form.get_by_role("button", name="Export", exact=True).click()
    await (await download.value).save_as(tmp_path / "export.zip")
    folder = tmp_path / "taken home"
    with zipfile.ZipFile(tmp_path / "export.zip") as archive:
        archive.extractall(folder)
    film = next(folder.glob("*.mp4"))
    facts = json.loads((folder / "camera.json").read_text())
    digest = hashlib.sha256(film.read_bytes()).hexdigest()
    assert facts["sha256"] == digest
    assert (folder / f"{film.name}.sha256").read_text() == f"{digest}  {film.name}\n"
    assert facts["recording"] == identity
    assert {name.name for name in folder.iterdir()} == {film.name, f"{film.name}.sha256", "camera.json", "events.json", "player.html"}
    assert len(facts["serial"]) == 12
    with av.open(str(film)) as box:
        seconds = float(box.duration or 0) / av.time_base
    assert 1.5 < seconds < min(5.0, (stop - start).total_seconds() - 0.5), "the part, and not all of it"
    await plays_by_itself(browser, folder)


async def plays_by_itself(browser: Browser, folder: Path) -> None:
    """The page of the archive, opened as a file, in a browser that has no network."""
    context = await browser.new_context(offline=True, viewport={"width": 900, "height": 700})
    try:
        page = await context.new_page()
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        await page.goto((folder / "player.html").as_uri())
        video = page.locator("video")

        async def ready() -> bool:
            return bool(await video.evaluate("video => video.readyState >= 2 && video.videoWidth > 0"))

        await eventually(ready, "the film is opened")
        assert await video.evaluate("video => [video.videoWidth, video.videoHeight]") == [320, 240]
        await page.get_by_label("Speed").select_option("2")
        await video.evaluate("video => { video.muted = true; return video.play(); }")

        async def gone_on() -> bool:
            return float(await video.evaluate("video => video.currentTime")) > 0.8

        await eventually(gone_on, "it plays")
        assert await video.evaluate("video => video.playbackRate") == 2
        await page.get_by_role("button", name="◀ Picture").click()
        at = float(await video.evaluate("video => video.currentTime"))
        await page.get_by_role("button", name="◀ Picture").click()

        async def one_back() -> bool:
            return float(await video.evaluate("video => video.currentTime")) < at

        await eventually(one_back, "one picture back")
        brightness = await video.evaluate(
            """video => { const canvas = document.createElement('canvas'); canvas.width = 32; canvas.height = 24;
            const brush = canvas.getContext('2d'); brush.drawImage(video, 0, 0, 32, 24);
            try { return [...brush.getImageData(0, 0, 32, 24).data].reduce((a, b) => a + b, 0); } catch { return -1; } }"""
        )
        assert brightness == -1 or brightness > 32 * 24 * 255 * 1.05, "more than the black of nothing (a file may not be looked into)"
        if shot := os.environ.get("PANOCAM_TEST_SHOTS"):
            await page.screenshot(path=f"{shot}/player-file.png")
        assert errors == []
    finally:
        await context.close()


@pytest.mark.feature("REC-04", "SPEC-13")
async def test_a_gap_is_shown_where_pictures_are_missing(anna: Visitor, clean: Api) -> None:
    identity = clean.send("POST", "recordings", {"options": "camera=5&resolution=320x240&videokeyframeinterval=5"})["id"]

    async def files(count: int) -> bool:
        parts = clean.get(f"recordings/{identity}")["segments"]
        return len(parts) == count and parts[-1]["pictures"] > 20

    await eventually(lambda: files(1), "20 pictures are recorded")
    clean.send("POST", "storage/disks/SD_DISK", {"action": "unmount"})
    clean.send("POST", "storage/disks/SD_DISK", {"action": "mount"})
    await eventually(lambda: files(2), "the recording goes on under its identity")
    clean.send("POST", f"recordings/{identity}/stop")
    assert [part["began"] for part in clean.get(f"recordings/{identity}")["segments"]] == ["start", "gap"]
    page = anna.page
    await anna.open("/recordings")
    await page.locator(f"[data-recording='{identity}']").get_by_role("button", name="Play").click()
    await expect(page.get_by_text("pictures are missing before this")).to_be_visible()
    await shots(anna, "gap")

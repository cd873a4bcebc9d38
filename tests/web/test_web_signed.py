"""The page of signed video: the switch, the camera's identity, and the verification of a file, in a real browser."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import av
import pytest
from camera_process import ADMIN, PASSWORD, Api, CameraProcess
from playwright.async_api import expect
from web_kit import Visitor, eventually

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.peer("chromium")]


def recorded(camera: CameraProcess, out: Path) -> tuple[bytes, bytes]:
    """A few seconds of a signed stream, as they came; returns the end of a key picture, and a later picture that its signature covers."""
    address = json.loads(camera._ready.read_text())["rtsp"].replace("rtsp://", f"rtsp://{ADMIN}:{PASSWORD}@")
    address += "?camera=2&resolution=320x180&videokeyframeinterval=8&videosigned=1"
    key = picture = b""
    with av.open(address, options={"rtsp_transport": "tcp"}, timeout=20) as source, av.open(str(out), "w") as copy:
        track = copy.add_stream_from_template(source.streams.video[0], opaque=True)
        for number, packet in enumerate(source.demux(video=0)):
            if number == 30:
                break
            key = bytes(packet)[-20:] if number == 8 else key
            picture = bytes(packet).rpartition(b"\0\0\1")[2] if number == 12 else picture
            packet.stream = track
            copy.mux(packet)
    return key, picture


@pytest.mark.feature("SIG-04", "SIG-09", "SIG-10")
async def test_a_video_is_verified_on_the_page(anna: Visitor, camera: CameraProcess, tmp_path: Path) -> None:
    good, bad = tmp_path / "hall.mkv", tmp_path / "forged.mkv"
    key, picture = await asyncio.to_thread(recorded, camera, good)
    data = good.read_bytes()
    at = data.index(picture, data.index(key)) + len(picture) // 2  # of a still, one picture is a few bytes
    bad.write_bytes(data[:at] + bytes([data[at] ^ 0x40]) + data[at + 1 :])
    await anna.open("/signed-video")
    report = anna.page.get_by_test_id("report")
    await expect(anna.page.get_by_role("link", name="Download certificates")).to_be_visible()
    await anna.page.set_input_files("input[type=file]", good)
    await expect(report).to_contain_text("Intact: hall.mkv")
    await expect(report.get_by_text("signed by this camera")).to_be_visible()
    await anna.page.set_input_files("input[type=file]", bad)
    await expect(report).to_contain_text("Not intact: forged.mkv")
    await expect(report).to_contain_text("1 picture was changed, added or moved")
    await expect(report.locator("[data-verdict=altered]")).to_have_count(1)
    (tmp_path / "text.mp4").write_text("no video")
    await anna.page.set_input_files("input[type=file]", tmp_path / "text.mp4")
    await expect(anna.page.get_by_text("give an MP4")).to_be_visible()
    anna.errors.clear()  # a refused upload is an error in the browser's log


@pytest.mark.feature("SIG-01")
async def test_the_switch_on_the_page(anna: Visitor, api: Api) -> None:
    await anna.open("/signed-video")
    for wanted in (True, False):
        await anna.page.get_by_role("switch", name="Signed video").click()
        await anna.page.get_by_role("button", name="Save").click()

        async def there(wanted: bool = wanted) -> bool:
            return bool(api.get("settings")["values"]["signing.enabled"]) is wanted

        await eventually(there, f"signing.enabled = {wanted}")

"""The running camera signs what it sends: live streams recorded by another program, verified by the command line."""

from __future__ import annotations

import json
import shutil
import subprocess
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from system_camera import RunningCamera, panocam
from system_rtsp import RtspClient

from panocam.codecs.signing.envelope import AXIS_UUID, ONVIF_UUID

SMALL = "camera=2&resolution=320x180&videokeyframeinterval=12"
needs_ffmpeg = pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="ffmpeg is not installed")


def record(camera: RunningCamera, out: Path, query: str, seconds: float = 2.5) -> None:
    """As another program's recorder would: over RTSP, without touching the bits."""
    command = ["ffmpeg", "-v", "error", "-rtsp_transport", "tcp", "-i", camera.url(query), "-t", str(seconds), "-c", "copy", "-y", str(out)]
    subprocess.run(command, check=True, timeout=60, stdin=subprocess.DEVNULL)


def verdict(file: Path, *more: str | Path) -> tuple[int, dict[str, Any]]:
    done = panocam("verify", "--json", file, *more)
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout)


@needs_ffmpeg
@pytest.mark.peer("ffmpeg")
@pytest.mark.feature("SIG-02", "SIG-04", "SIG-07")
@pytest.mark.parametrize("codec", ["h264", "h265"])
def test_a_live_stream_recorded_elsewhere_is_intact(moving: RunningCamera, tmp_path: Path, codec: str) -> None:
    record(moving, tmp_path / "clip.mp4", f"{SMALL}&videocodec={codec}&videosigned=1")
    status, report = verdict(tmp_path / "clip.mp4")
    assert (status, report["verdict"]) == (0, "intact"), report["summary"]
    assert report["tracks"][0]["identity"]["product"]["serial"] == moving.ready["serial"]


def signatures(camera: RunningCamera, query: str = "", pictures: int = 60) -> str:
    """Which format a stream is signed in, from its first pictures on the wire."""
    seen = b""
    with closing(RtspClient.connect(camera.url(f"{SMALL}&{query}", credentials=False))) as client:
        client.play()
        count = 0
        while count < pictures:
            number, data = client.packet()
            if number == 0:
                seen += data
                count += data[1] >> 7
    return "axis" if AXIS_UUID in seen else "onvif" if ONVIF_UUID in seen else ""


@pytest.mark.feature("SIG-01")
def test_the_switch_signs_the_video_and_restarts_what_runs(moving: RunningCamera) -> None:
    try:
        assert signatures(moving) == ""
        with closing(RtspClient.connect(moving.url(SMALL, credentials=False))) as client:
            client.play()
            moving.change(signing__enabled=True)
            client.drain()  # it ends, because it is not signed
        assert signatures(moving) == "axis"
        assert signatures(moving, "videosigned=0") == ""
        moving.change(signing__format="onvif")
        assert signatures(moving) == "onvif"
        assert signatures(moving, "videocodec=av1") == "axis"
        moving.change(signing__interval=0.3)
        assert signatures(moving, "videokeyframeinterval=1000", 20) == "onvif"
    finally:
        moving.change(signing__enabled=False, signing__format="axis", signing__interval=5)


def test_a_wrong_wish_is_refused_with_the_remedy(moving: RunningCamera) -> None:
    for query, word in (("videosigned=maybe", "videosigned"), ("videosigned=1&videocodec=jpeg", "Motion JPEG")):
        with closing(RtspClient.connect(moving.url(query, credentials=False))) as client:
            reply = client.ask("DESCRIBE")
        assert (reply.status, word in reply.body) == (400, True), reply.body


def test_verify_says_why_a_file_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "text.mp4").write_text("not a video")
    for name, word in (("text.mp4", "give an MP4"), ("nowhere.mp4", "name a file")):
        done = panocam("verify", tmp_path / name)
        assert (done.returncode, word in done.stderr, done.stderr.count("\n")) == (3, True, 1), done.stderr

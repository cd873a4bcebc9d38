"""Sources that are strange, break, hang or come back: the streams go on, and say why there is no picture."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from system_camera import NAME, PASSWORD, RunningCamera, panocam, until
from system_rtsp import RtspClient

LOST = "Device/VideoSource/Lost"


def source(camera: RunningCamera) -> dict[str, object]:
    return dict(camera.get("/api/v1/status")["source"])


def change(frames: Iterator[av.VideoFrame]) -> float:
    """Grey levels between two pictures, on average."""
    one, other = (next(frames).to_ndarray(format="gray").astype(float) for _ in range(2))
    return float(np.abs(one - other).mean())


@pytest.fixture
def upstream(tmp_path: Path, clip: Path) -> Iterator[RunningCamera]:
    """Another camera, whose stream is the source."""
    folder = tmp_path / "upstream"
    folder.mkdir()
    camera = RunningCamera(folder, "--source", clip)
    camera.start()
    camera.create_administrator()
    yield camera
    camera.close()


@pytest.mark.parametrize("side", [16, 8192])
def test_tiny_and_huge_pictures(tmp_path: Path, side: int) -> None:
    picture = np.zeros((side, side, 3), np.uint8)
    cv2.circle(picture, (side // 2, side // 2), side // 2 - 1, (60, 120, 220), -1)
    for angle in range(0, 180, 15):
        reach = side * np.array([np.cos(np.radians(angle)), np.sin(np.radians(angle))]) / 2
        ends = [tuple(int(v) for v in side / 2 + sign * reach) for sign in (-1, 1)]
        cv2.line(picture, *ends, (250, 250, 250), max(1, side // 40))
    path = tmp_path / "picture.jpg"
    cv2.imwrite(str(path), picture)
    camera = RunningCamera(tmp_path, "--source", path)
    try:
        camera.start()
        camera.create_administrator()
        until(lambda: source(camera)["state"] == "live", 30)
        assert source(camera)["size"] == f"{side}x{side}"
        for number in (1, 2, 5):
            sizes = camera.get("/api/v1/views")["views"][number - 1]["resolutions"]
            assert camera.image(number, resolution=sizes[-1]).std() > 5
            assert camera.pictures(f"camera={number}&resolution={sizes[-1]}")[0].std() > 5
    finally:
        camera.close()


def test_a_source_with_an_account_hangs_dies_and_comes_back_in_another_size(known: RunningCamera, upstream: RunningCamera) -> None:
    """Viewers keep their stream through all of it: picture, card with the reason, picture."""
    upstream.change(stream__resolution="320x320", stream__gop=1000)  # whoever misses the first key picture waits 40 s for the next
    known.change(source__uri=upstream.url("camera=1", credentials=False))
    until(lambda: source(known)["state"] == "lost", 15)
    until(lambda: "401" in known.events(LOST)[0]["data"]["reason"])
    known.change(source__username=NAME, source__password=PASSWORD, source__circle=None)
    until(lambda: source(known)["state"] == "live", 20)
    until(lambda: known.events(LOST)[0]["data"] == {"lost": False, "reason": ""})
    with known.watching("camera=1&resolution=320x320&videokeyframeinterval=10") as frames:
        assert change(frames) > 2
        upstream.signal(signal.SIGSTOP)  # it hangs
        until(lambda: next(frames) and source(known)["state"] == "lost", 30)
        until(lambda: change(frames) < 0.5, 15)  # the card does not move, the clip never rests
        upstream.signal(signal.SIGCONT)
        until(lambda: next(frames) and source(known)["state"] == "live", 30)
        upstream.change(stream__resolution="480x480")
        upstream.kill()  # it dies
        until(lambda: next(frames) and source(known)["state"] == "lost", 30)
        assert source(known)["reason"]
        upstream.start("--rtsp-port", str(upstream.port("rtsp")))
        until(lambda: next(frames) and source(known)["size"] == "480x480", 40)
        assert next(frames).width == 320
    assert [event["data"]["lost"] for event in known.events(LOST)][:5] == [False, True, False, True, False]
    assert PASSWORD not in known.log
    assert "Traceback" not in known.log


def test_an_unreachable_network_source_starts_with_the_card(tmp_path: Path) -> None:
    camera = RunningCamera(tmp_path, "--source", "rtsp://127.0.0.1:9/live")
    try:
        camera.start()
        camera.create_administrator()
        until(lambda: source(camera)["state"] == "lost")
        assert "refused" in str(source(camera)["reason"])
        assert camera.image(1, resolution="480x480").std() > 5
        with camera.watching("camera=1&resolution=480x480") as frames:
            assert next(frames).to_ndarray(format="gray").std() > 5
    finally:
        camera.close()
    assert panocam("snapshot", "--source", "rtsp://127.0.0.1:9/live", "--view", "1", tmp_path / "x.jpg").returncode == 2


def test_a_thousand_silent_connections_cost_a_viewer_nothing(moving: RunningCamera) -> None:
    query = "camera=2&resolution=192x72&videocodec=jpeg"
    script = (
        "import socket, sys\n"
        "held = [socket.create_connection(('127.0.0.1', int(port))) for port in sys.argv[1:] for _ in range(250)]\n"
        "print(len(held), flush=True)\n"
        "sys.stdin.read()\n"
    )
    client = RtspClient.connect(moving.url(query, credentials=False))
    client.play()
    ports = [str(moving.port(scheme)) for scheme in ("http", "https", "rtsp", "rtsps")]
    with subprocess.Popen(["python3", "-c", script, *ports], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as crowd:
        assert crowd.stdout is not None
        assert crowd.stdin is not None
        assert crowd.stdout.readline() == b"1000\n"
        numbers = list[int]()
        while len(numbers) < 200:
            channel, data = client.packet()
            if channel == 0:
                numbers.append(int.from_bytes(data[2:4], "big"))
        assert moving.image(2, resolution="192x72").shape == (72, 192, 3)
        crowd.stdin.close()
    client.close()
    assert [(b - a) % 65536 for a, b in pairwise(numbers)] == [1] * 199

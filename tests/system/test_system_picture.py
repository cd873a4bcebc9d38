"""What is set for the picture is seen by all who watch, and in what is recorded; what a view area leaves out is nowhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
import pytest
from system_camera import RunningCamera, until

SIDE = 960
SKY_BEGINS = 70.0
"""Degrees from straight down at which the sky begins in the test picture, all the way round."""


def draw(path: Path) -> Path:
    """The yard that a ceiling camera sees: textured ground, and a saturated green sky around it."""
    rng = np.random.default_rng(8)
    picture = np.repeat(cv2.resize(rng.uniform(60, 130, (30, 30)).astype(np.float32), (SIDE, SIDE))[..., None], 3, 2)
    y, x = np.mgrid[:SIDE, :SIDE] - (SIDE - 1) / 2
    off = np.hypot(x, y) / (SIDE / 2) * 91
    picture[off > SKY_BEGINS] = (20, 220, 20)
    picture[off > 90.5] = 0
    cv2.imwrite(str(path), picture.astype(np.uint8))
    return path


@pytest.fixture(scope="module")
def outdoors(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningCamera]:
    folder = tmp_path_factory.mktemp("outdoors")
    (folder / "card").mkdir()
    camera = RunningCamera(folder, "--source", draw(folder / "yard.png"), "--sd-card", folder / "card")
    camera.start()
    camera.create_administrator()
    camera.change(source__circle=[(SIDE - 1) / 2, (SIDE - 1) / 2, SIDE / 2])
    yield camera
    camera.close()


Frames = Iterator[np.ndarray]


@contextmanager
def rtsp(camera: RunningCamera, query: str) -> Iterator[Frames]:
    with camera.watching(query) as frames:
        yield (frame.to_ndarray(format="bgr24") for frame in frames)


@contextmanager
def motion_jpeg(camera: RunningCamera, query: str) -> Iterator[Frames]:
    with camera.client() as client, client.stream("GET", f"/axis-cgi/mjpg/video.cgi?{query}") as reply:
        assert reply.status_code == 200

        def pictures() -> Frames:
            data = b""
            for part in reply.iter_bytes():
                data += part
                begin = data.find(b"\xff\xd8")
                end = data.find(b"\xff\xd9", begin)
                if begin >= 0 and end > 0:
                    picture = cv2.imdecode(np.frombuffer(data[begin : end + 2], np.uint8), cv2.IMREAD_COLOR)
                    assert picture is not None
                    yield picture
                    data = data[end + 2 :]

        yield pictures()


@contextmanager
def snapshots(camera: RunningCamera, query: str) -> Iterator[Frames]:
    arguments: dict[str, Any] = dict(part.split("=") for part in query.split("&"))
    yield (camera.image(**arguments) for _ in iter(int, 1))


WATCHING: dict[str, tuple[Callable[..., object], str]] = {
    "overview": (rtsp, "camera=1&resolution=320x320"),
    "panorama in H.265": (rtsp, "camera=2&resolution=320x180&videocodec=h265"),
    "quad view": (rtsp, "camera=4&resolution=384x288"),
    "area": (rtsp, "camera=5&resolution=320x240"),
    "corridor in AV1": (rtsp, "camera=12&resolution=320x240&videocodec=av1"),
    "Motion JPEG": (motion_jpeg, "camera=5&resolution=320x240"),
    "still": (snapshots, "camera=4&resolution=384x288"),
}


def record(camera: RunningCamera, options: str) -> str:
    with camera.client() as client:
        return str(client.post("/api/v1/recordings", json={"options": options}).raise_for_status().json()["id"])


def length(camera: RunningCamera, recording: str) -> int:
    return sum(int(segment["pictures"]) for segment in camera.get(f"/api/v1/recordings/{recording}")["segments"])


def recorded(camera: RunningCamera, recording: str) -> list[np.ndarray]:
    """End a recording; its pictures."""
    with camera.client() as client:
        client.post(f"/api/v1/recordings/{recording}/stop").raise_for_status()
        job = client.post("/api/v1/exports", json={"recording": recording, "format": "mkv"}).raise_for_status().json()["id"]
        until(lambda: camera.get(f"/api/v1/exports/{job}")["stage"] == "done")
        file = camera.folder / "export.mkv"
        file.write_bytes(client.get(f"/api/v1/exports/{job}/file").content)
    with av.open(str(file)) as container:
        return [frame.to_ndarray(format="bgr24") for frame in container.decode(video=0)]


@pytest.mark.feature("PRE-01", "PRE-02")
def test_a_change_is_seen_at_once_in_every_stream_that_runs_and_in_the_recording(outdoors: RunningCamera) -> None:
    before = outdoors.get("/api/v1/status")
    recording = record(outdoors, "camera=4&resolution=384x288&videokeyframeinterval=10")
    with ExitStack() as open_streams:
        watching = {name: open_streams.enter_context(way(outdoors, query)) for name, (way, query) in WATCHING.items()}  # type: ignore[arg-type, var-annotated]
        levels = {name: float(next(frames).mean()) for name, frames in watching.items()}
        until(lambda: length(outdoors, recording) > 10)
        outdoors.change(image__brightness=95)
        try:
            for name, frames in watching.items():
                until(lambda frames=frames, name=name: float(next(frames).mean()) > levels[name] + 15)  # type: ignore[misc]
            seen = length(outdoors, recording)
            until(lambda: length(outdoors, recording) > seen + 10)
        finally:
            outdoors.change(image__brightness=50)
        for name, frames in watching.items():
            until(lambda frames=frames, name=name: abs(float(next(frames).mean()) - levels[name]) < 3)  # type: ignore[misc]
    kept = [float(picture.mean()) for picture in recorded(outdoors, recording)]
    assert max(kept) > kept[0] + 15
    after = outdoors.get("/api/v1/status")
    assert (after["source"]["restarts"], after["source"]["state"]) == (before["source"]["restarts"], "live")


def green(picture: np.ndarray) -> float:
    """Part of the picture that is sky."""
    blue, middle, red = (picture[..., channel].astype(int) for channel in range(3))
    return float(((middle - blue > 60) & (middle - red > 60)).mean())


def steer(camera: RunningCamera, **wish: object) -> None:
    with camera.client() as client:
        assert client.get("/axis-cgi/com/ptz.cgi", params={"camera": 5, **{k: str(v) for k, v in wish.items()}}).status_code in (200, 204)


MOVES: tuple[dict[str, object], ...] = (
    {"tilt": 90},
    {"rzoom": -9999},
    {"tilt": 0, "pan": 170},
    {"continuouspantiltmove": "100,100"},
    {"center": "160,0"},
)


@pytest.mark.feature("VIEW-01", "VIEW-02", "VIEW-04")
def test_an_area_leaves_the_sky_out_in_stream_still_and_recording_wherever_it_is_moved(outdoors: RunningCamera) -> None:
    look = {"resolution": "320x240", "compression": 5}
    query = "camera=5&resolution=320x240&videokeyframeinterval=10"
    assert green(outdoors.image(1, resolution="480x480")) > 0.2
    outdoors.change(areas__0__pan=30, areas__0__tilt=-60, areas__0__hfov=50)
    assert green(outdoors.image(5, **look)) == 0
    steer(outdoors, tilt=-10)
    until(lambda: green(outdoors.image(5, **look)) > 0.2)  # without a limit it can be had
    outdoors.change(ptz__limits__0__up=-45, ptz__limits__0__wide=50)
    try:
        recording = record(outdoors, query)
        with rtsp(outdoors, query) as frames:
            until(lambda: green(next(frames)) == 0)
            for wish in (
                {"tilt": 90},
                {"rzoom": -9999},
                {"tilt": 0, "pan": 170},
                {"continuouspantiltmove": "100,100"},
                {"center": "160,0"},
            ):
                steer(outdoors, **wish)
                assert max(green(next(frames)) for _ in range(12)) == 0, wish
            steer(outdoors, continuouspantiltmove="0,0")
        assert green(outdoors.image(5, **look)) == 0
        until(lambda: length(outdoors, recording) > 20)
        assert max(green(picture) for picture in recorded(outdoors, recording)[5:]) == 0
        assert green(outdoors.image(1, resolution="480x480")) > 0.2, "the whole picture has it still"
    finally:
        outdoors.change(ptz__limits__0__up=None, ptz__limits__0__wide=None, areas__0__pan=None, areas__0__tilt=None, areas__0__hfov=None)


@pytest.mark.feature("IMG-06", "VIEW-15")
def test_what_the_mount_or_the_list_does_not_have_is_refused_and_says_why(outdoors: RunningCamera) -> None:
    with outdoors.client() as client:

        def asked(**arguments: object) -> tuple[int, str]:
            reply = client.get("/axis-cgi/jpg/image.cgi", params={key: str(value) for key, value in arguments.items()})
            return reply.status_code, reply.text

        status, words = asked(camera=5, resolution="1000x100")
        assert (status, "320x240" in words) == (400, True), words
        outdoors.change(installation__mount="wall")
        try:
            for number in (3, 4, 9, 10, 11, 12):
                status, words = asked(camera=number)
                assert (status, "ceiling" in words) == (400, True), words
            assert [view["index"] for view in outdoors.get("/api/v1/views")["views"] if view["available"]] == [0, 1, 4, 5, 6, 7]
        finally:
            outdoors.change(installation__mount="ceiling")
        assert asked(camera=4, resolution="384x288")[0] == 200

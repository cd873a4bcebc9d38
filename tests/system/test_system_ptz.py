"""Pan, tilt and zoom of the running camera: what its pictures show, what survives a power cut, what an unmodified client can do."""

from __future__ import annotations

import itertools
import time
from contextlib import closing
from socket import SHUT_RDWR
from threading import Thread
from typing import Any

import cv2
import numpy as np
import pytest
from system_camera import PASSWORD, RunningCamera, until
from system_rtsp import RtspClient

AREA = 5
QUERY = f"camera={AREA}&resolution=480x360&videocodec=jpeg"


def ptz(camera: RunningCamera, query: str) -> str:
    with camera.client() as client:
        reply = client.get(f"/axis-cgi/com/ptz.cgi?camera={AREA}&{query}")
    assert reply.status_code == (204 if not reply.content else 200), reply.text
    return reply.text


def pan(camera: RunningCamera) -> float:
    return float(ptz(camera, "query=position").split()[0].partition("=")[2])


def send(camera: RunningCamera, method: str, path: str, **body: Any) -> Any:
    with camera.client() as client:
        reply = client.request(method, f"/api/v1/{path}", json=body)
    assert reply.status_code in (200, 204), reply.text
    return reply.json() if reply.content else None


@pytest.fixture
def steered(known: RunningCamera) -> RunningCamera:
    """The known scene; its first area at home, nothing running."""
    for tour in send(known, "GET", "ptz/tours")["tours"]:
        send(known, "DELETE", f"ptz/tours/{tour['number']}")
    send(known, "POST", "views/4/home")
    return known


def shift(before: np.ndarray, after: np.ndarray) -> float:
    """How far the picture has moved to the left, in pixels."""
    window = cv2.createHanningWindow(before.shape[::-1], cv2.CV_32F)
    (x, _), _ = cv2.phaseCorrelate(before.astype(np.float32), after.astype(np.float32), window)
    return float(-x)


@pytest.mark.feature("IMG-08", "VIEW-01", "VIEW-02", "PTZ-09")
def test_pictures_move_smoothly_from_frame_to_frame(steered: RunningCamera) -> None:
    """Each picture of a stream continues the one before: by as much as its time says, never back, whatever is left out in between."""
    ptz(steered, "tilt=-10&zoom=4000")
    with steered.watching(QUERY) as frames:
        next(frames)
        ptz(steered, "rpan=60&speed=10")
        taken = [next(frames) for _ in range(60)]
    pictures = [(frame.time, frame.to_ndarray(format="gray")) for frame in taken]
    speeds = [shift(a, b) / (tb - ta) for (ta, a), (tb, b) in itertools.pairwise(pictures) if tb - ta < 0.5]
    moving = [speed for speed in speeds if abs(speed) > 8]
    assert len(moving) > 20
    assert min(moving) > 0
    steady = float(np.median(moving))
    near = [speed for speed in moving if abs(speed / steady - 1) < 0.15]
    assert len(near) >= 0.8 * len(moving)  # the others are the beginning and the end


@pytest.mark.feature("IMG-08")
def test_a_command_shows_on_the_next_picture(steered: RunningCamera) -> None:
    with steered.watching(QUERY) as frames:
        before = next(frames).to_ndarray(format="gray")
        ptz(steered, "pan=120")
        seen = [next(frames).to_ndarray(format="gray") for _ in range(8)]
    differing = [float(np.abs(picture.astype(int) - before).mean()) > 3 for picture in seen]
    first = differing.index(True)
    assert all(differing[first:])
    assert first <= 5  # those that were on their way when the command was answered


@pytest.mark.feature("PTZ-19", "PTZ-03")
def test_a_tour_runs_unwatched_and_again_after_a_power_cut(fresh: RunningCamera) -> None:
    fresh.start()
    fresh.create_administrator()
    for number, turned in ((2, 60), (3, 100)):
        send(fresh, "POST", "ptz/4/presets", name=f"P{number}", number=number, pan=turned, tilt=-40, hfov=60)
    tour = send(fresh, "POST", "ptz/tours", name="Round", steps=[{"preset": 2, "seconds": 0, "speed": 50}, {"preset": 3, "seconds": 0}])
    send(fresh, "POST", f"ptz/tours/{tour['number']}/run")
    until(lambda: abs(pan(fresh) - 100) < 1)
    until(lambda: abs(pan(fresh) - 60) < 1)
    assert fresh.get("/api/v1/status")["channels"] == []  # nobody watches
    fresh.kill()
    fresh.start()
    until(lambda: abs(pan(fresh) - 100) < 1)
    until(lambda: abs(pan(fresh) - 60) < 1)
    names = {event["data"]["name"] for event in fresh.events("PTZController/PresetReached") if event["data"]["on_preset"]}
    assert names == {"P2", "P3"}
    assert fresh.stop() == 0


@pytest.mark.feature("PTZ-03", "PTZ-19")
def test_a_hand_on_the_area_pauses_a_tour_that_goes_on_by_itself(steered: RunningCamera) -> None:
    steered.change(ptz__resume_after=1)
    for number, turned in ((2, 60), (3, 100)):
        send(steered, "POST", "ptz/4/presets", name=f"P{number}", number=number, pan=turned, tilt=-40, hfov=60)
    steps = [{"preset": number, "seconds": 0, "speed": 100} for number in (2, 3)]
    tour = send(steered, "POST", "ptz/tours", name="Round", steps=steps)["number"]

    def state() -> str:
        return str(send(steered, "GET", "ptz/tours")["tours"][0]["state"])

    send(steered, "POST", f"ptz/tours/{tour}/run")
    until(lambda: abs(pan(steered) - 100) < 1)
    ptz(steered, "pan=-120")
    assert (pan(steered), state()) == (-120, "paused")
    until(lambda: abs(pan(steered) - 60) < 1)
    until(lambda: abs(pan(steered) - 100) < 1)
    steered.change(ptz__resume_after=0)  # until it is resumed by hand
    ptz(steered, "pan=-120")
    until(lambda: state() == "paused")
    send(steered, "POST", f"ptz/tours/{tour}/run", action="resume")
    until(lambda: abs(pan(steered) - 60) < 1)


FLOOD, CLIENTS = 60, 10


@pytest.mark.feature("PTZ-02")
def test_ten_clients_that_flood_stop_neither_a_stream_nor_each_other(steered: RunningCamera) -> None:
    """Each sends moves as fast as it can over a connection of its own, while somebody watches the area that they move."""
    before = steered.get("/api/v1/settings")["values"]
    words: set[str] = set()

    def flood(number: int) -> None:
        with steered.client() as client:
            for turn in range(FLOOD):
                reply = client.get(f"/axis-cgi/com/ptz.cgi?camera={AREA}&pan={number * 10 + turn % 7}&tilt=-{turn % 60}")
                words.add(f"{reply.status_code} {reply.text[:6]}")

    with steered.watching(QUERY) as frames:
        first = next(frames)
        crowd = [Thread(target=flood, args=(number,)) for number in range(CLIENTS)]
        for each in crowd:
            each.start()
        seen = []
        while any(each.is_alive() for each in crowd):
            seen.append(next(frames))
        for each in crowd:
            each.join()
        seen += [next(frames) for _ in range(5)]
    assert words <= {"204 ", "200 Error:"}
    times = [frame.time for frame in (first, *seen)]
    assert times == sorted(set(times))
    assert len(seen) > 20
    assert len({frame.to_ndarray(format="gray")[::20, ::20].tobytes() for frame in seen}) > 5, "it shows what they do"
    ptz(steered, "pan=33&tilt=-20")
    assert pan(steered) == 33
    assert steered.get("/api/v1/settings")["values"] == before


def counted(camera: RunningCamera) -> tuple[int, int, int]:
    """Pictures of the source; of those, what the one who watches over RTSP has been sent, and what he has lost."""
    status = camera.get("/api/v1/status")
    [row] = [row for row in status["clients"] if row["transport"].startswith("rtsp")]
    return status["source"]["frames"], row["delivered"], row["dropped"]


def test_ten_accounts_that_flood_cost_who_watches_no_picture_that_there_was(steered: RunningCamera) -> None:
    """Each account by itself, over REST; another area is watched, and its pictures are counted against the source's in the same time."""
    names = [f"flood{number}" for number in range(CLIENTS)]
    for name in names:
        send(steered, "POST", "accounts", username=name, password=PASSWORD, role="operator", ptz=True)
    replies: set[int] = set()

    def flood(name: str) -> None:
        with steered.client(name) as client:
            for turn in range(FLOOD):
                replies.add(client.post("/api/v1/views/4/move", json={"pan": 1 if turn % 2 else -1}).status_code)

    try:
        with closing(RtspClient.connect(steered.url("camera=6&videocodec=jpeg&resolution=320x240", credentials=False))) as client:
            client.play()
            reader = Thread(target=client.drain, daemon=True)
            reader.start()
            until(lambda: counted(steered)[1] > 0)
            before = counted(steered)
            crowd = [Thread(target=flood, args=(name,)) for name in names]
            for each in crowd:
                each.start()
            for each in crowd:
                each.join()
            taken, sent, lost = (after - earlier for after, earlier in zip(counted(steered), before, strict=True))
            client.socket.shutdown(SHUT_RDWR)
            reader.join(10)
    finally:
        for name in names:
            send(steered, "DELETE", f"accounts/{name}")
    assert replies <= {200, 503}
    assert lost == 0
    assert taken > 10
    assert sent >= 0.9 * taken - 3


def test_the_speed_of_moves_and_positions(steered: RunningCamera) -> None:
    ptz(steered, "pan=0")
    steered.change(ptz__speed=3)
    ptz(steered, "pan=120")
    assert pan(steered) < 30
    steered.change(ptz__speed=0)
    ptz(steered, "pan=20")
    assert pan(steered) == 20
    send(steered, "POST", "ptz/4/presets", name="Far", pan=-150, tilt=-40, hfov=60)
    steered.change(ptz__preset_speed=2)
    ptz(steered, "gotoserverpresetname=Far")
    assert abs(pan(steered) - 20) < 20
    steered.change(ptz__preset_speed=0)
    ptz(steered, "gotoserverpresetname=Far")
    assert pan(steered) == -150


def test_proportional_speed(steered: RunningCamera) -> None:
    """Zoomed in to a ninth of the field, five degrees take several times as long as without it."""
    seconds = []
    for proportional in (True, False):
        steered.change(ptz__proportional=proportional)
        ptz(steered, "pan=0&zoom=9999")
        began = time.monotonic()
        ptz(steered, "continuouspantiltmove=20,0")
        until(lambda: pan(steered) > 5)
        seconds.append(time.monotonic() - began)
        ptz(steered, "move=stop")
    assert seconds[0] > 1.4
    assert seconds[1] < seconds[0]


def test_the_axis_package_steers_unmodified(steered: RunningCamera) -> None:
    """Its PTZ handler, with its own words for the arguments."""
    pytest.importorskip("axis", reason="the axis package is a client that is not installed here")
    import asyncio

    import httpx
    from axis.device import AxisDevice
    from axis.models.configuration import Configuration
    from axis.models.ptz_cgi import PtzMove, PtzQuery

    async def steer() -> None:
        async with httpx.AsyncClient(verify=False) as session:
            url = httpx.URL(steered.ready["http"])
            device = AxisDevice(Configuration(session, url.host, username="root", password="Pelargonie-7", port=url.port or 80))
            control = device.vapix.ptz
            await control.control(camera=AREA, pan=33.5, tilt=-20, zoom=3000)
            assert b"pan=33.5" in await control.query(PtzQuery.POSITION)
            await control.control(camera=AREA, area_zoom=(100, 100, 200), image_width=640, image_height=480)
            await control.control(camera=AREA, continuous_pantilt_move=(10, 0))
            await control.control(camera=AREA, move=PtzMove.STOP)
            await control.control(camera=AREA, move=PtzMove.HOME)
            assert b"Available commands" in await control.available_ptz_commands()
            assert b"PTZ" in await control.configured_device_driver()

    asyncio.run(steer())
    assert pan(steered) == 0

"""What storage says of itself reaches every client that listens for events: a card that is unmounted, and one that is full."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest
from system_camera import RunningCamera, until
from system_rtsp import RtspClient
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

STREAM = "camera=5&resolution=320x240&videokeyframeinterval=10"
STORAGE = ("tnsaxis:Storage/", "tnspanocam:Storage/", "tns1:Device/tnsaxis:HardwareFailure/")
HEAD = '<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body>'
TEV, AXIS = "http://www.onvif.org/ver10/events/wsdl", "http://www.axis.com/vapix/ws/event1"
WANTED = [
    ("tnsaxis:Storage/Recording", "", "recording=1"),
    ("tnspanocam:Storage/Recording", "SD_DISK", "recording=1"),
    ("tnsaxis:Storage/Disruption", "SD_DISK", "disruption=1"),
    ("tns1:Device/tnsaxis:HardwareFailure/StorageFailure", "SD_DISK", "disruption=1"),
    ("tnsaxis:Storage/Disruption", "SD_DISK", "disruption=0"),
    ("tnspanocam:Storage/Full", "SD_DISK", "full=1"),
    ("tnspanocam:Storage/Full", "SD_DISK", "full=0"),
    ("tnsaxis:Storage/Recording", "", "recording=0"),
]
Heard = list[tuple[str, str, str]]
Read = Callable[[str], Heard]
"""From notification messages: topic, what it is about, and what is said."""


@pytest.fixture
def small(tmp_path: Path, clip: Path) -> Iterator[RunningCamera]:
    """A camera whose card is a small volume of its own."""
    card = tmp_path / "card"
    card.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m,mode=777", "tmpfs", card], capture_output=True, text=True)
    if done.returncode:
        pytest.skip(f"nothing may be mounted here: {done.stderr.strip() or os.strerror(done.returncode)}")
    camera = RunningCamera(tmp_path, "--source", clip, "--sd-card", card)
    try:
        camera.start()
        camera.create_administrator()
        yield camera
    finally:
        camera.close()
        subprocess.run(["umount", "-l", card], capture_output=True)


def documents(text: str) -> Heard:
    """What notification messages say: topic, disk, the first item of data."""
    found = []
    for each in re.findall(r"<\w+:NotificationMessage.*?</\w+:NotificationMessage>", text, re.S):
        topic = re.search(r"Topic[^>]*>\s*([^<]+?)\s*<", each)
        source, _, data = each.partition("Data>")
        disk = re.search(r'Name="disk_id" Value="([^"]*)"', source)
        item = re.search(r'Name="(\w+)" Value="([^"]*)"', data)
        if topic and item:
            found.append((topic[1], disk[1] if disk else "", f"{item[1]}={item[2]}"))
    return found


def listen_rtsp(camera: RunningCamera, heard: Heard, end: list[Callable[[], object]], read: Read = documents) -> None:
    client = RtspClient.connect(camera.url("camera=5&resolution=320x240&video=0&event=on", credentials=False))
    client.play()
    end.append(lambda: client.socket.shutdown(socket.SHUT_RDWR))
    pieces = b""
    with closing(client), suppress(ConnectionError, OSError, AssertionError):
        while True:
            channel, data = client.packet()
            if channel % 2 == 0:
                pieces += data[12:]
                if data[1] >> 7:
                    heard += read(pieces.decode())
                    pieces = b""


def listen_websocket(camera: RunningCamera, heard: Heard, end: list[Callable[[], object]]) -> None:
    with camera.client() as client:
        ticket = client.get("/axis-cgi/wssession.cgi").text
    url = f"ws://127.0.0.1:{camera.port('http')}/vapix/ws-data-stream?sources=events&wssession={ticket}"
    with connect(url) as channel, suppress(ConnectionClosed):
        end.append(channel.close)
        filters = [{"topicFilter": f"{root.removesuffix('/')}//."} for root in STORAGE]
        channel.send(json.dumps({"apiVersion": "1.0", "method": "events:configure", "params": {"eventFilterList": filters}}))
        for text in channel:
            notification = json.loads(text).get("params", {}).get("notification")
            if notification:
                message = notification["message"]
                name, value = next(iter(message["data"].items()))
                heard.append((notification["topic"], message["source"].get("disk_id", ""), f"{name}={value}"))


def ask(camera: RunningCamera, body: str, path: str = "/vapix/services") -> str:
    with camera.client() as client:
        reply = client.post(path, content=f"{HEAD}{body}</s:Body></s:Envelope>", headers={"Content-Type": "application/soap+xml"})
    assert reply.status_code == 200, reply.text
    return reply.text


def listen_pullpoint(camera: RunningCamera, heard: Heard, end: list[Callable[[], object]], read: Read = documents) -> None:
    made = ask(camera, f'<e:CreatePullPointSubscription xmlns:e="{TEV}"/>')
    address = re.search(r"Address>http://[^/]+(/[^<]+)<", made)
    assert address
    ended = threading.Event()
    end.append(ended.set)
    wish = f'<e:PullMessages xmlns:e="{TEV}"><e:Timeout>PT0.3S</e:Timeout><e:MessageLimit>100</e:MessageLimit></e:PullMessages>'
    while not ended.is_set():
        heard += read(ask(camera, wish, address[1]))


WAYS = {"RTSP metadata": listen_rtsp, "WebSocket": listen_websocket, "pull point": listen_pullpoint}


def order(camera: RunningCamera, action: str) -> None:
    with camera.client() as client:
        assert client.post("/api/v1/storage/disks/SD_DISK", json={"action": action}).status_code == 200


def state(camera: RunningCamera) -> str:
    return str(camera.get("/api/v1/storage/disks")["disks"][0]["state"])


def fill_and_clear(camera: RunningCamera) -> None:
    ballast = camera.folder / "card" / "ballast"
    with ballast.open("wb") as file:
        free = shutil.disk_usage(ballast.parent).free
        with suppress(OSError):
            file.write(bytes(free))
    until(lambda: state(camera) == "full", 30)
    ballast.unlink()
    until(lambda: state(camera) == "OK", 30)


@pytest.mark.feature("GAP-20", "SPEC-12")
def test_storage_events_reach_every_kind_of_client(small: RunningCamera) -> None:
    small.change(storage__remove_oldest=False)
    heard: dict[str, Heard] = {way: [] for way in WAYS}
    end: list[Callable[[], object]] = []
    threads = [threading.Thread(target=listen, args=(small, heard[way], end)) for way, listen in WAYS.items()]
    for thread in threads:
        thread.start()
    try:
        until(lambda: all(found for found in heard.values()))  # every one has been told how things are
        with small.client() as client:
            identity = client.post("/api/v1/recordings", json={"options": STREAM}).json()["id"]
        until(lambda: sum(part["pictures"] for part in small.get(f"/api/v1/recordings/{identity}")["segments"]) > 20)
        order(small, "unmount")
        order(small, "mount")
        fill_and_clear(small)
        with small.client() as client:
            client.post(f"/api/v1/recordings/{identity}/stop", json={})
        for way, found in heard.items():
            with suppress(AssertionError):
                until(lambda found=found: set(WANTED) <= set(found))
            assert set(WANTED) - set(found) == set(), way
    finally:
        for stop in end:
            stop()
        for thread in threads:
            thread.join(10)
    rest = [(event["topic"], next(iter(event["data"].items()))) for event in small.events("Storage")]
    for wanted in (
        ("Storage/Full", ("full", True)),
        ("Storage/Disruption", ("disruption", True)),
        ("Storage/AnyRecording", ("recording", True)),
    ):
        assert wanted in rest
    declared = ask(small, f'<m:GetEventInstances xmlns:m="{AXIS}"/>')
    for name in ("StorageFailure", "Disruption", "Full", "Failover"):
        assert re.search(rf"<(\w+:)?{name} [^>]*topic=\"true\"", declared), name

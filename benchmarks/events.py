"""From a port that is switched inside the camera to the event at a client's socket, in another process of the same machine.

The camera plays the simulated room and streams a view area meanwhile, as it would. A client switches a port by REST and two others, of the
event WebSocket and of the metadata track of RTSP (TCP), note when the event came. The event's own time is the moment at which it was
published; all processes of a machine share the clock. ``whole`` is from before the request to the event: with HTTP and its login.
"""

from __future__ import annotations

import base64
import json
import os
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

import httpx

TOGGLES = 300
GOAL_MS = 20.0
NAME, PASSWORD = "root", "Pelargonie-7"
PORTS = ("--http-port", "0", "--https-port", "0", "--rtsp-port", "0", "--rtsps-port", "0")


@contextmanager
def camera() -> Iterator[dict[str, str]]:
    """A running camera with an administrator; its addresses."""
    with tempfile.TemporaryDirectory() as folder:
        ready = Path(folder) / "ready.json"
        command = [sys.executable, "-m", "panocam", "run", "--data", f"{folder}/data", "--host", "127.0.0.1", "--ready-file", str(ready)]
        process = subprocess.Popen([*command, *PORTS], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            while not ready.exists():
                if process.poll() is not None:
                    raise RuntimeError("the camera did not start")
                time.sleep(0.05)
            addresses = json.loads(ready.read_text())
            wish = {"username": NAME, "password": PASSWORD, "licence_accepted": True}
            httpx.post(addresses["http"] + "api/v1/setup", json=wish).raise_for_status()
            httpx.patch(
                addresses["http"] + "api/v1/settings", json={"access.plain_login": "both"}, auth=httpx.DigestAuth(NAME, PASSWORD)
            ).raise_for_status()
            yield addresses
        finally:
            process.terminate()
            process.wait(20)


class Listener(threading.Thread):
    """Reads a socket and notes, for each change of input port 1, when it came and when it was published (UTC, ns)."""

    def __init__(self, sock: socket.socket, published: Callable[[bytes], Iterator[int]]) -> None:
        super().__init__(daemon=True)
        self.sock, self._published = sock, published
        self.came: list[tuple[int, int]] = []
        self.news = threading.Event()
        self.ready = threading.Event()

    def run(self) -> None:
        while data := self.sock.recv(1 << 16):
            now = time.time_ns()
            self.ready.set()
            for published in self._published(data):
                self.came.append((now, published))
                self.news.set()


def websocket(addresses: dict[str, str]) -> Listener:
    """The event WebSocket, which hears of the one topic."""
    at = urlsplit(addresses["http"])
    ticket = httpx.get(addresses["http"] + "axis-cgi/wssession.cgi", auth=httpx.DigestAuth(NAME, PASSWORD)).text
    sock = socket.create_connection((str(at.hostname), at.port or 80))
    key = base64.b64encode(os.urandom(16)).decode()
    path = f"/vapix/ws-data-stream?sources=events&wssession={ticket}"
    upgrade = f"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n"
    sock.sendall(f"GET {path} HTTP/1.1\r\nHost: {at.netloc}\r\n{upgrade}\r\n".encode())
    assert b" 101 " in sock.recv(4096)
    wish = {"method": "events:configure", "params": {"eventFilterList": [{"topicFilter": "tns1:Device/tnsaxis:IO/Port"}]}}
    text = json.dumps(wish).encode()
    mask = b"\0\0\0\0"
    sock.sendall(bytes([0x81, 0x80 | 126]) + len(text).to_bytes(2, "big") + mask + text)

    def published(data: bytes) -> Iterator[int]:  # the protocol has milliseconds only
        return (int(found[1]) * 1_000_000 for found in re.finditer(rb'"timestamp": (\d+)', data))

    return Listener(sock, published)


def metadata(addresses: dict[str, str], query: str) -> Listener:
    """The metadata track over TCP; ``query`` may ask for pictures too."""
    at = urlsplit(addresses["rtsp"])
    sock = socket.create_connection((str(at.hostname), at.port or 554))
    account = base64.b64encode(f"{NAME}:{PASSWORD}".encode()).decode()
    url, session = f"{addresses['rtsp']}?{query}", ""

    def ask(method: str, target: str, more: str = "") -> str:
        sock.sendall(f"{method} {target} RTSP/1.0\r\nCSeq: 1\r\nAuthorization: Basic {account}\r\n{more}\r\n".encode())
        answer = sock.recv(1 << 16).decode("latin-1")
        assert " 200 " in answer.split("\r\n")[0], answer
        return answer

    controls = re.findall(r"a=control:(\S+)", ask("DESCRIBE", url))[1:]
    for number, control in enumerate(controls):
        answer = ask("SETUP", control, f"{session}Transport: RTP/AVP/TCP;interleaved={2 * number}-{2 * number + 1}\r\n")
        token = re.findall(r"Session: *([^;\r\n]+)", answer)[0]
        session = f"Session: {token}\r\n"
    sock.sendall(f"PLAY {url} RTSP/1.0\r\nCSeq: 9\r\nAuthorization: Basic {account}\r\n{session}\r\n".encode())

    def published(data: bytes) -> Iterator[int]:
        for found in re.finditer(rb'IO/Port</wsnt:Topic>.{0,60}UtcTime="([^"]+)" PropertyOperation="Changed"', data, re.S):
            yield round(datetime.fromisoformat(found[1].decode()).timestamp() * 1e6) * 1000

    return Listener(sock, published)


def summary(way: str, delays: list[float], whole: list[float]) -> dict[str, object]:
    """One row."""
    delays.sort()
    return {
        "way": way,
        "events": len(delays),
        "median ms": round(statistics.median(delays), 2),
        "p99 ms": round(delays[int(0.99 * (len(delays) - 1))], 2),
        "whole, median ms": round(statistics.median(whole), 2),
        "goal": f"median < {GOAL_MS:.0f} ms",
    }


def run() -> list[dict[str, object]]:
    """A row for each way, while a view area streams."""
    rows = []
    with camera() as addresses:
        stream = metadata(addresses, "camera=5&resolution=1280x960&videocodec=h264")
        stream.start()
        stream.ready.wait(30)
        for way, listener in (("WebSocket", websocket(addresses)), ("RTSP metadata", metadata(addresses, "video=0&event=on"))):
            listener.start()
            listener.ready.wait(10)
            time.sleep(1)
            listener.came.clear()
            whole = []
            with httpx.Client(base_url=addresses["http"], auth=httpx.DigestAuth(NAME, PASSWORD)) as client:
                client.get("/api/v1/ports")
                for number in range(TOGGLES):
                    listener.news.clear()
                    began = time.time_ns()
                    client.put("/api/v1/ports/0/state", json={"active": number % 2 == 0}).raise_for_status()
                    if not listener.news.wait(5):
                        raise RuntimeError(f"{way}: an event was lost")
                    whole.append((listener.came[-1][0] - began) / 1e6)
                    time.sleep(0.02)
            rows.append(summary(way, [(came - published) / 1e6 for came, published in listener.came], whole))
    return rows

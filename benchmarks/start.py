"""From the command to the first decodable picture at an RTSP client, as somebody sees it who starts a camera and its player together.

The camera has an account and a fixed port, as after its first set-up; the client tries to connect again and again. Counted are the
interpreter's start, the imports, opening the source, the ports, the login and the first key picture. With the simulated room the first
picture may be the card that says that the source is being opened; when the room itself is shown is a row of its own.
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

import av
import httpx
import psutil

from benchmarks.chain import film
from panocam.access import Accounts, KeyStore
from panocam.clock import SystemClock
from panocam.settings import DataFolder, Store

ROUNDS = 5
COMPILED = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
"""An installed program is compiled once; so is this one, by a first start that does not count."""

GOAL_S = 3.0
LIMIT_S = 60.0
NAME, PASSWORD = "root", "benchmark"
QUICK = {"rtsp_transport": "tcp", "fpsprobesize": "0", "probesize": "32", "flags": "low_delay"}


def account(data: Path) -> None:
    """What the first set-up leaves behind."""

    async def make() -> None:
        folder, clock = DataFolder(data), SystemClock()
        keystore = KeyStore.open(folder)
        serial = Store.open(folder, keystore).running.device.serial
        await Accounts.open(folder, keystore, clock, serial).add_first(NAME, PASSWORD)

    asyncio.run(make())


def free_ports(count: int) -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    try:
        return [sock.getsockname()[1] for sock in sockets]
    finally:
        for sock in sockets:
            sock.close()


def measure(data: Path, source: str) -> dict[str, float]:
    """Seconds from the command to the open port, to the first decoded picture, and until the source is live; and of processor time."""
    http, https, rtsp, rtsps = free_ports(4)
    ports = zip(("http", "https", "rtsp", "rtsps"), (http, https, rtsp, rtsps), strict=True)
    command = [sys.executable, "-m", "panocam", "run", "--data", str(data), "--source", source, "--host", "127.0.0.1"]
    command += [word for name, port in ports for word in (f"--{name}-port", str(port))]
    began = time.monotonic()
    camera = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=COMPILED)
    try:
        until(began, camera, lambda: connects(rtsp))
        found = {"port": time.monotonic() - began}
        url = f"rtsp://{NAME}:{PASSWORD}@127.0.0.1:{rtsp}/axis-media/media.amp?camera=5"
        with av.open(url, options=QUICK, timeout=LIMIT_S) as container:
            next(container.decode(video=0))
            found["first picture"] = time.monotonic() - began
            spent = psutil.Process(camera.pid).cpu_times()
            found["processor time"] = spent.user + spent.system
            with httpx.Client(base_url=f"http://127.0.0.1:{http}", auth=httpx.DigestAuth(NAME, PASSWORD)) as client:
                until(began, camera, lambda: client.get("/api/v1/status").json()["source"]["state"] == "live")
            found["source live"] = time.monotonic() - began
        return found
    finally:
        camera.terminate()
        camera.communicate()


def until(began: float, camera: subprocess.Popen[bytes], condition) -> None:
    while not condition():
        assert camera.poll() is None, camera.communicate()[1].decode()
        assert time.monotonic() - began < LIMIT_S
        time.sleep(0.005)


def connects(port: int) -> bool:
    with closing(socket.socket()) as sock:
        return sock.connect_ex(("127.0.0.1", port)) == 0


def run() -> list[dict[str, object]]:
    """A row for each kind of source: medians in seconds, and whether the goal of ``GOAL_S`` to the first picture was met."""
    rows: list[dict[str, object]] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        data = folder / "data"
        account(data)
        for label, source in (("2992x2992 H.264 file", str(film(folder))), ("sim:room", "sim:room")):
            measure(data, source)
            rounds = [measure(data, source) for _ in range(ROUNDS)]
            medians = {f"{key} s": round(statistics.median(one[key] for one in rounds), 2) for key in rounds[0]}
            rows.append({"benchmark": "start", "source": label, **medians, "goal met": medians["first picture s"] < GOAL_S})
    return rows


if __name__ == "__main__":
    print(json.dumps(run(), indent=1))

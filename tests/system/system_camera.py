"""The real camera as a process of its own: started as a user starts it, or a copy of one that is about to start; reached only through
its ports, files and signals."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import av
import copies
import cv2
import exchanges
import httpx
import numpy as np
import pytest
from exchanges import NOBODY

NAME, PASSWORD = "root", "Pelargonie-7"
FREE_PORTS = tuple(word for name in ("http", "https", "rtsp", "rtsps") for word in (f"--{name}-port", "0"))
START_S = 30.0
HOPE_S = 30.0
"""After this, what has not come to pass never will, even on a machine that has much else to do."""
STOP_S = 10.0


def until(condition: Callable[[], Any], seconds: float = HOPE_S, process: copies.Running | None = None) -> Any:
    """What ``condition`` gives as soon as it is true; a process that must live meanwhile may be named."""
    end = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < end, f"not within {seconds} s: {condition}"
        if process is None:
            time.sleep(0.02)
            continue
        try:
            status = process.wait(0.02)
        except subprocess.TimeoutExpired:
            continue
        pytest.fail(f"the camera ended with status {status}")
    return found


def panocam(*arguments: str | Path) -> copies.Ended:
    """A command that is expected to end by itself."""
    return copies.run("-m", "panocam", *arguments, seconds=40)


def started_anew(*arguments: str | Path, env: dict[str, str] | None = None, **more: Any) -> subprocess.CompletedProcess[str]:
    """The same as a user starts it, with an interpreter of its own, for tests of the beginning itself."""
    command = [sys.executable, "-m", "panocam", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=40, env={**os.environ, **(env or {})}, **more)


class RunningCamera:
    """``start`` and ``stop`` it as often as you like; the data folder stays."""

    def __init__(self, folder: Path, *arguments: str | Path, copied: bool = True) -> None:
        """``copied``: see ``copies``; without it, the command is started as a user starts it."""
        self.folder, self.data, self.ready_file = folder, folder / "data", folder / "ready.json"
        self._arguments = tuple(map(str, arguments))
        self._copied = copied
        self._process: copies.Running | None = None
        self.ready: dict[str, Any] = {}

    def start(self, *more: str) -> None:
        words = ["-m", "panocam", "run", "--data", str(self.data), "--ready-file", str(self.ready_file)]
        words += ["--host", "127.0.0.1", *FREE_PORTS, *self._arguments, *more]
        self.ready_file.unlink(missing_ok=True)
        with (self.folder / "out").open("ab") as out, (self.folder / "log").open("ab") as log:
            self._process = copies.start(words, out, log, copied=self._copied)
        until(self.ready_file.exists, START_S, self._process)
        self.ready = json.loads(self.ready_file.read_text())

    @property
    def process(self) -> copies.Running:
        assert self._process is not None
        return self._process

    @property
    def log(self) -> str:
        return (self.folder / "log").read_text()

    def signal(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def stop(self) -> int:
        """End it as an administrator would; returns its exit status."""
        self.signal(signal.SIGTERM)
        return self.process.wait(STOP_S)

    def kill(self) -> None:
        """As a power cut would."""
        self.process.kill()
        self.process.wait()

    def close(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGCONT)
            try:
                self.stop()
            except subprocess.TimeoutExpired:
                self.kill()
                pytest.fail("the camera did not end")

    # --- HTTP

    def client(self, name: str | None = NAME, password: str = PASSWORD, *, secure: bool = False, **more: Any) -> httpx.Client:
        """A client of the web port; ``name`` None logs in as nobody."""
        auth = httpx.DigestAuth(name, password) if name else None
        hooks = {"response": [self._heard]}
        return httpx.Client(
            base_url=self.ready["https" if secure else "http"], auth=auth, verify=False, timeout=20, event_hooks=hooks, **more
        )

    @staticmethod
    def _heard(reply: httpx.Response) -> None:
        given = reply.request.headers.get("authorization", "")
        role = "administrator" if f'username="{NAME}"' in given else "" if given else NOBODY
        exchanges.heard(reply.request.method, reply.request.url.path, role, reply.status_code)

    def create_administrator(self) -> None:
        wish = {"username": NAME, "password": PASSWORD, "licence_accepted": True}
        with self.client(None) as client:
            reply = client.post("/api/v1/setup", json=wish)
        assert reply.status_code == 200, reply.text

    def get(self, path: str, **params: Any) -> Any:
        """The JSON behind a path of the REST."""
        with self.client() as client:
            reply = client.get(path, params=params)
        assert reply.status_code == 200, reply.text
        return reply.json()

    def patch(self, **changes: Any) -> httpx.Response:
        """Change settings; a path's dots are written as two underscores."""
        wish = {path.replace("__", "."): value for path, value in changes.items()}
        with self.client() as client:
            return client.patch("/api/v1/settings", json=wish)

    def change(self, **changes: Any) -> None:
        reply = self.patch(**changes)
        assert reply.status_code == 200, reply.text

    def image(self, camera: int = 1, **arguments: Any) -> np.ndarray:
        """A still picture (height, width, BGR)."""
        with self.client() as client:
            reply = client.get("/axis-cgi/jpg/image.cgi", params={"camera": camera, **arguments})
        assert reply.status_code == 200, reply.text
        picture = cv2.imdecode(np.frombuffer(reply.content, np.uint8), cv2.IMREAD_COLOR)
        assert picture is not None
        return picture

    def events(self, topic: str = "") -> list[dict[str, Any]]:
        """The newest events of a topic, newest first."""
        found: list[dict[str, Any]] = self.get("/api/v1/events", topic=topic)["events"]
        return found

    # --- RTSP

    def url(self, query: str = "", *, scheme: str = "rtsp", credentials: bool = True) -> str:
        """The stream's address with the arguments ``query``; ``scheme`` is rtsp, rtsps, or http for RTSP in HTTP."""
        port = self.port("http" if scheme == "http" else scheme)
        account = f"{NAME}:{PASSWORD}@" if credentials else ""
        shown = "rtsp" if scheme == "http" else scheme
        return f"{shown}://{account}127.0.0.1:{port}/axis-media/media.amp" + (f"?{query}" if query else "")

    def port(self, scheme: str) -> int:
        return int(self.ready[scheme].split(":")[2].split("/")[0])

    @contextmanager
    def watching(self, query: str = "", transport: str = "tcp") -> Iterator[Iterator[av.VideoFrame]]:
        """Decoded pictures of a stream."""
        options = {"rtsp_transport": transport, "analyzeduration": "200000", "fpsprobesize": "0", "flags": "low_delay"}
        with av.open(self.url(query), options=options, timeout=15) as container:
            container.streams.video[0].codec_context.thread_count = 1
            yield container.decode(video=0)

    def pictures(self, query: str, count: int = 1) -> list[np.ndarray]:
        """Luma of the first ``count`` pictures of a stream."""
        with self.watching(query) as frames:
            return [next(frames).to_ndarray(format="gray") for _ in range(count)]


def refusal(reply: httpx.Response) -> str:
    """The words of a refused REST request."""
    return str(reply.json()["error"]["message"])

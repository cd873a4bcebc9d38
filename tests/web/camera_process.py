"""The real program as a person starts it, for tests that look at it from a browser."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import copies
import httpx

ROOT = Path(__file__).resolve().parents[2]
ADMIN, PASSWORD = "anna", "Look-Around-42"


class CameraProcess:
    """``panocam run`` over a still fisheye picture or a simulated world, on free ports of this machine that it keeps when it is started
    again."""

    def __init__(self, folder: Path, source: Path, card: bool = True, *, copied: bool = True) -> None:
        """``copied``: see ``copies``; without it, the command is started as a user starts it."""
        self._folder, self._source, self._card, self._copied = folder, source, card, copied
        self._ready = folder / "ready.json"
        self._process: copies.Running | None = None
        self._port = 0
        self.http = ""

    def start(self) -> None:
        """Returns when it answers."""
        command = ["-m", "panocam", "run", "--data", self._folder / "data", "--source", self._source, "--host", "127.0.0.1"]
        if str(self._source).startswith("sim:"):
            command += ["--model", "m4327"]  # half as many pixels, all of them made here
        if self._card:
            (self._folder / "card").mkdir(exist_ok=True)
            command += ["--sd-card", self._folder / "card"]
        ports = ["--http-port", self._port, "--https-port", 0, "--rtsp-port", 0, "--rtsps-port", 0]
        log = (self._folder / "log.txt").open("ab")
        with log:
            words = [str(part) for part in (*command, *ports, "--ready-file", self._ready)]
            self._process = copies.start(words, log, log, copied=self._copied)
        deadline = time.monotonic() + 30
        while not self._ready.exists():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError((self._folder / "log.txt").read_text()[-4000:])
            time.sleep(0.02)
        self.http = json.loads(self._ready.read_text())["http"].rstrip("/")
        self._port = int(self.http.rpartition(":")[2])

    def stop(self) -> None:
        """SIGTERM, and wait. Idempotent."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(20)
            self._process = None


class Api:
    """The camera's REST as its administrator calls it, to arrange what a test needs and to see what the page has done."""

    def __init__(self, base: str) -> None:
        self._client = httpx.Client(base_url=f"{base}/api/v1/", timeout=10, verify=False)

    def set_up(self) -> None:
        account = {"username": ADMIN, "password": PASSWORD, "password_again": PASSWORD, "licence_accepted": True}
        self._remember(self._client.post("setup", json=account))

    def log_in(self) -> None:
        self._remember(self._client.post("login", json={"username": ADMIN, "password": PASSWORD}))

    def _remember(self, reply: httpx.Response) -> None:
        assert reply.is_success, reply.text
        self._client.headers["X-CSRF-Token"] = reply.json()["csrf"]

    def get(self, path: str) -> Any:
        return self._client.get(path).raise_for_status().json()

    def send(self, method: str, path: str, body: object | None = None) -> Any:
        reply = self._client.request(method, path, json=body)
        assert reply.is_success, reply.text
        return reply.json() if reply.content else None

    def pose(self, view: int) -> dict[str, float]:
        found: dict[str, float] = self.get(f"views/{view}/pose")
        return found

    def close(self) -> None:
        self._client.close()

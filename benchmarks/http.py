"""How many requests a second the HTTP side answers, and how long one waits beside four streams.

Clients of this process keep their connections and answer digest's challenge once, as browsers do; each further request is signed with the
next count. Single parameter reads are compared with the same server software answering a constant without asking who is there: the most
that Python's part of the way could give. Stills come from a channel that somebody watches.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from statistics import median, quantiles

import av
import httpx
import psutil

from benchmarks.chain import film
from benchmarks.start import COMPILED, NAME, PASSWORD, account, connects, free_ports, until

SECONDS = 6.0
GOALS = {"param.cgi single reads": 1000.0, "image.cgi 640x480": 300.0}
P99_MS = 50.0
CEILING = """
import asyncio, sys, uvicorn
async def app(scope, receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"12")]})
    await send({"type": "http.response.body", "body": b"root.a=hello"})
uvicorn.run(app, port=int(sys.argv[1]), log_level="error", lifespan="off")
"""


class Caller:
    """One kept connection that asks for ``path`` again and again."""

    def __init__(self, port: int, path: str) -> None:
        self._port, self._path, self._challenge, self._count = port, path, {}, 0

    async def __aenter__(self) -> Caller:
        self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port)
        head, _ = await self.ask(expect=(200, 401))
        if " 401 " in head:
            digest = next(line for line in head.splitlines() if line.lower().startswith("www-authenticate: digest"))
            self._challenge = dict(re.findall(r'(\w+)="?([^",]+)"?', digest))
        return self

    async def __aexit__(self, *exc: object) -> None:
        self._writer.close()

    async def ask(self, expect: tuple[int, ...] = (200,)) -> tuple[str, bytes]:
        """One request; its reply's head and body."""
        self._writer.write(f"GET {self._path} HTTP/1.1\r\nHost: camera\r\n{self._signature()}\r\n".encode())
        head = (await self._reader.readuntil(b"\r\n\r\n")).decode()
        assert int(head.split()[1]) in expect, head
        length = re.search(r"content-length: *(\d+)", head, re.I)
        return head, await self._reader.readexactly(int(length[1]) if length else 0)

    def _signature(self) -> str:
        if not self._challenge:
            return ""
        self._count += 1
        realm, nonce = self._challenge["realm"], self._challenge["nonce"]
        nc = f"{self._count:08x}"

        def md5(text: str) -> str:
            return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()

        response = md5(f"{md5(f'{NAME}:{realm}:{PASSWORD}')}:{nonce}:{nc}:0a4f:auth:{md5(f'GET:{self._path}')}")
        return (
            f'Authorization: Digest username="{NAME}", realm="{realm}", nonce="{nonce}", uri="{self._path}", '
            f'qop=auth, nc={nc}, cnonce="0a4f", response="{response}"\r\n'
        )


async def rate(port: int, path: str, connections: int) -> float:
    """Replies a second over ``SECONDS``."""
    done = 0

    async def one() -> None:
        nonlocal done
        async with Caller(port, path) as caller:
            await caller.ask()
            end = time.monotonic() + SECONDS
            while time.monotonic() < end:
                await caller.ask()
                done += 1

    began = time.monotonic()
    await asyncio.gather(*(one() for _ in range(connections)))
    return done / (time.monotonic() - began)


async def waits(port: int, path: str, count: int) -> list[float]:
    """Milliseconds that each of ``count`` requests took, one after the other with a pause between."""
    found = []
    async with Caller(port, path) as caller:
        for _ in range(count):
            began = time.perf_counter()
            await caller.ask()
            found.append((time.perf_counter() - began) * 1000)
            await asyncio.sleep(0.005)
    return found


def cpu_of(process: subprocess.Popen[bytes], work: Callable[[], Awaitable[float]]) -> tuple[float, float]:
    """What ``work`` gives, and the cores that ``process`` kept busy meanwhile."""
    before, began = psutil.Process(process.pid).cpu_times(), time.monotonic()
    found = asyncio.run(work())
    after = psutil.Process(process.pid).cpu_times()
    return found, (after.user + after.system - before.user - before.system) / (time.monotonic() - began)


def camera(data: Path, source: Path, ports: list[int]) -> subprocess.Popen[bytes]:
    named = zip(("http", "https", "rtsp", "rtsps"), ports, strict=True)
    command = [sys.executable, "-m", "panocam", "run", "--data", str(data), "--source", str(source), "--host", "127.0.0.1"]
    command += [word for name, port in named for word in (f"--{name}-port", str(port))]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=COMPILED)
    until(time.monotonic(), process, lambda: connects(ports[0]))
    return process


def watch(port: int, count: int) -> list[subprocess.Popen[bytes]]:
    """That many players of different 1280x960 streams, each in a process that throws its pictures away."""
    words = "import av, sys\nc = av.open(sys.argv[1], options={'rtsp_transport': 'tcp'}, timeout=20)\nfor p in c.demux(video=0): pass"
    url = f"rtsp://{NAME}:{PASSWORD}@127.0.0.1:{port}/axis-media/media.amp?resolution=1280x960&camera="
    return [subprocess.Popen([sys.executable, "-c", words, f"{url}{view}"], stderr=subprocess.DEVNULL) for view in range(5, 5 + count)]


def run() -> list[dict[str, object]]:
    """Rows of rates with their goal and what limits them; then the wait for a settings read beside four streams."""
    rows: list[dict[str, object]] = []
    param, still = "/axis-cgi/param.cgi?action=list&group=root.Brand.ProdNbr", "/axis-cgi/jpg/image.cgi?camera=5&resolution=640x480"
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        account(folder / "data")
        clip = film(folder)
        (bare,) = free_ports(1)
        server = subprocess.Popen([sys.executable, "-c", CEILING, str(bare)])
        try:
            until(time.monotonic(), server, lambda: connects(bare))
            ceiling, busy = cpu_of(server, lambda: rate(bare, "/", 4))
            rows.append(row("a constant from bare uvicorn", ceiling, busy, ceiling))
        finally:
            server.kill()
            server.wait()
        ports = free_ports(4)
        process = camera(folder / "data", clip, ports)
        try:
            found, busy = cpu_of(process, lambda: rate(ports[0], param, 4))
            rows.append(row("param.cgi single reads", found, busy, ceiling))
            with av.open(f"rtsp://{NAME}:{PASSWORD}@127.0.0.1:{ports[2]}/axis-media/media.amp?camera=5&resolution=640x480&videocodec=jpeg"):
                found, busy = cpu_of(process, lambda: rate(ports[0], still, 48))
            rows.append(row("image.cgi 640x480", found, busy, ceiling))
            quiet = asyncio.run(waits(ports[0], "/api/v1/settings", 300))
            viewers = watch(ports[2], 4)
            try:
                with httpx.Client(base_url=f"http://127.0.0.1:{ports[0]}", auth=httpx.DigestAuth(NAME, PASSWORD)) as client:
                    until(time.monotonic(), process, lambda: len(client.get("/api/v1/status").json()["channels"]) >= 4)
                busy_waits = asyncio.run(waits(ports[0], "/api/v1/settings", 600))
            finally:
                for viewer in viewers:
                    viewer.kill()
                    viewer.wait()
            for what, found_waits in (("settings read, idle", quiet), ("settings read beside four streams", busy_waits)):
                p99 = quantiles(found_waits, n=100)[98]
                figures = {"median ms": round(median(found_waits), 2), "p99 ms": round(p99, 2), "goal p99 ms": P99_MS}
                rows.append({"benchmark": "http", "what": what, **figures, "goal met": p99 < P99_MS})
        finally:
            process.terminate()
            process.communicate()
    return rows


def row(what: str, found: float, busy: float, ceiling: float) -> dict[str, object]:
    goal = GOALS.get(what, 0.0)
    figures = {"per second": round(found, 1), "cores of the server": round(busy, 2), "of the constant": round(found / ceiling, 2)}
    return {"benchmark": "http", "what": what, **figures, "goal": goal, "goal met": found >= goal}


if __name__ == "__main__":
    print(json.dumps(run(), indent=1))

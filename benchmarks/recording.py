"""What recording adds to streaming: processor time of one process, with and without, in turn.

Four view areas at 1280x960 and 25 pictures a second go to four RTSP clients. In every other window they are recorded as well; what
counts is processor time for a streamed picture, because the machine may be too busy for all of them.
"""

from __future__ import annotations

import asyncio
import contextlib
import statistics
import tempfile
import time
from collections.abc import AsyncIterator
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import av
import numpy as np

from panocam.clock import SystemClock
from panocam.media.codec import Codec
from panocam.optics.mount import Mount
from panocam.pipeline.camera import PanoramicCamera
from panocam.pipeline.config import CameraConfig
from panocam.pipeline.request import StreamRequest
from panocam.settings import Role
from panocam.storage.recorder import Order
from panocam.storage.retention import Keep
from panocam.storage.storage import Plan, Storage, StorageOptions
from panocam.streaming.server import RtspServer

VIEWS, SIZE, FPS, SIDE = (4, 5, 6, 7), (1280, 960), 25, 2160
WINDOW_S, ROUNDS = 4.0, 8


class Everybody:
    """Lets everybody in."""

    async def check(self, *request: object, **connection: object) -> SimpleNamespace:
        return SimpleNamespace(name="viewer", role=Role.OPERATOR)


def _source(path: Path) -> None:
    """Two seconds of a disc that moves, as a fisheye camera might send it."""
    y, x = np.mgrid[0:SIDE, 0:SIDE] - SIDE / 2
    disc = np.hypot(x, y) < SIDE / 2
    noise = np.random.default_rng(1).normal(0, 3, (SIDE, SIDE))
    with av.open(str(path), "w") as out:
        track = out.add_stream("libx264", FPS, options={"preset": "ultrafast", "crf": "23"})
        track.width = track.height = SIDE
        for number in range(2 * FPS):
            luma = np.where(disc, 120 + 60 * np.sin((x + 4 * number) / 40) * np.cos(y / 33) + noise, 16)
            planes = np.vstack([luma, np.full((SIDE // 2, SIDE), 128)]).clip(0, 255).astype(np.uint8)
            frame = av.VideoFrame.from_ndarray(planes, format="yuv420p")
            frame.pts, frame.time_base = number, Fraction(1, FPS)
            out.mux(track.encode(frame))
        out.mux(track.encode(None))


@contextlib.asynccontextmanager
async def _watching(port: int) -> AsyncIterator[None]:
    """Four programs that take the streams."""
    query = f"resolution={SIZE[0]}x{SIZE[1]}&fps={FPS}"
    urls = [f"rtsp://127.0.0.1:{port}/axis-media/media.amp?camera={view + 1}&{query}" for view in VIEWS]
    command = ("ffmpeg", "-v", "quiet", "-rtsp_transport", "tcp", "-i")
    readers = [await asyncio.create_subprocess_exec(*command, url, "-c", "copy", "-f", "null", "-") for url in urls]
    try:
        yield
    finally:
        for reader in readers:
            with contextlib.suppress(ProcessLookupError):  # it has ended by itself
                reader.kill()
        await asyncio.gather(*(reader.wait() for reader in readers))


async def _measure(folder: Path) -> list[dict[str, float]]:
    source, clock = folder / "source.mp4", SystemClock()
    _source(source)
    (folder / "card").mkdir()
    options = StorageOptions(folder / "card", "0242AC110002", {}, lambda view: f"View {view}")
    async with contextlib.AsyncExitStack() as stack:
        camera = await stack.enter_async_context(PanoramicCamera(CameraConfig(str(source), mount=Mount.CEILING, source_fps=FPS)))
        storage = await stack.enter_async_context(Storage(folder, camera, clock, options))
        server = await stack.enter_async_context(RtspServer(camera, Everybody(), clock))
        storage.set_plan(Plan(Keep(), {}))
        await stack.enter_async_context(_watching(await server.listen("127.0.0.1", 0)))
        async with asyncio.timeout(60):
            while len(server.sessions()) < len(VIEWS) or min(s.pictures for s in server.sessions()) < FPS:  # noqa: ASYNC110
                await asyncio.sleep(0.1)
        return [await _window(storage, server, bool(number % 2)) for number in range(2 * ROUNDS)]


async def _window(storage: Storage, server: RtspServer, recorded: bool) -> dict[str, float]:
    orders = [Order(StreamRequest(view, Codec.H264, SIZE, fps=FPS), "SD_DISK") for view in VIEWS] if recorded else []
    running = [await storage.recorder.start(order) for order in orders]
    await asyncio.sleep(0.5)
    before, cpu, wall = sum(s.pictures for s in server.sessions()), time.process_time(), time.monotonic()
    await asyncio.sleep(WINDOW_S)
    spent, pictures = time.process_time() - cpu, sum(s.pictures for s in server.sessions()) - before
    rate = pictures / (time.monotonic() - wall) / len(VIEWS)
    for identity in running:
        await storage.recorder.stop(identity)
    return {"ms": 1000 * spent / max(1, pictures), "fps": rate}


def run() -> dict[str, Any]:
    """What recording adds for a picture."""
    with tempfile.TemporaryDirectory() as folder:
        found = asyncio.run(_measure(Path(folder)))
    plain, recorded = ([w for n, w in enumerate(found) if n % 2 == odd] for odd in (0, 1))
    added = [100 * (b["ms"] / a["ms"] - 1) for a, b in zip(plain, recorded, strict=True)]

    def row(name: str, windows: list[dict[str, float]]) -> dict[str, object]:
        ms, fps = (statistics.median(w[key] for w in windows) for key in ("ms", "fps"))
        return {"streams": "4 x 1280x960", "recorded": name, "cpu ms a picture": ms, "fps": fps}

    return {
        "channels": [row("no", plain), row("yes", recorded)],
        "recording adds, % (median of pairs)": round(statistics.median(added), 1),
    }

"""A camera with an RTSP server whose pictures remember their way: ``latency_server.py SOURCE CODEC WIDTHxHEIGHT FPS``.

Prints the URL of a view area when ready. At a line on standard input it prints, as JSON, a row for each packet so far: UTC of capture and
media time in nanoseconds, and the stamps of the stages (CLOCK_MONOTONIC, which all processes of a machine share).
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from types import SimpleNamespace

import uvloop

sys.path.insert(0, str(Path(__file__).parent.parent))

from panocam.clock import SystemClock
from panocam.media.codec import Codec
from panocam.media.packet import Packet
from panocam.optics.mount import Mount
from panocam.pipeline.camera import PanoramicCamera
from panocam.pipeline.config import CameraConfig
from panocam.pipeline.request import StreamRequest
from panocam.pipeline.service import DropPolicy
from panocam.streaming.server import RtspServer

VIEW = 4
NAMES = {Codec.H264: "h264", Codec.JPEG: "jpeg"}


class Everybody:
    """Lets everybody in."""

    async def check(self, *request: object, **connection: object) -> SimpleNamespace:
        return SimpleNamespace(name="viewer")


def row(packet: Packet) -> tuple[int, int, list[tuple[str, int]]]:
    return packet.wall_ns, packet.pts_ns, [(str(stage), ns) for stage, ns in packet.stamps.times]


async def main(source: str, codec: Codec, size: tuple[int, int], fps: int) -> None:
    rows: list[tuple[int, int, list[tuple[str, int]]]] = []
    stop = asyncio.Event()
    async with PanoramicCamera(CameraConfig(source, mount=Mount.WALL, source_fps=fps)) as camera:
        spec = camera.plan(StreamRequest(VIEW, codec, size, fps=fps))

        async def remember() -> None:
            async with camera.subscribe(spec, DropPolicy.LOSSLESS, 1000) as packets:
                async for packet in packets:
                    rows.append(row(packet))  # noqa: PERF401 - read while it grows

        async with RtspServer(camera, Everybody(), SystemClock()) as server:
            port = await server.listen("127.0.0.1", 0)
            await camera.describe(spec)
            remembering = asyncio.create_task(remember())
            query = f"camera={VIEW + 1}&videocodec={NAMES[codec]}&resolution={size[0]}x{size[1]}&fps={fps}"
            print(f"rtsp://127.0.0.1:{port}/axis-media/media.amp?{query}", flush=True)
            asyncio.get_running_loop().add_reader(sys.stdin.fileno(), stop.set)
            await stop.wait()
            remembering.cancel()
            (channel,) = (one for one in camera.status().channels if one.spec == spec)
            print(json.dumps({"rows": rows, "missed": channel.missed}), flush=True)


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1], Codec(sys.argv[2]), tuple(map(int, sys.argv[3].split("x"))), int(sys.argv[4])))

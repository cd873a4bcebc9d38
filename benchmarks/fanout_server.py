"""panocam's RTSP server with a camera that replays a clip: ``fanout_server.py CLIP``.

Prints its URL when ready, and for each line on standard input for whom it left pictures out.
"""

from __future__ import annotations

import asyncio
import json
import resource
import sys
from pathlib import Path
from types import SimpleNamespace

import av
import uvloop

sys.path.insert(0, str(Path(__file__).parent.parent))

from panocam.clock import NS, SystemClock
from panocam.media import h264, nal
from panocam.media.codec import Codec, EncoderProfile, StreamDescription
from panocam.media.packet import Packet
from panocam.pipeline.hub import Hub
from panocam.pipeline.request import ChannelSpec
from panocam.streaming.server import RtspServer


def read_clip(path: str) -> tuple[list[tuple[bytes, bool]], float]:
    """(access unit in Annex B, key) of each picture, and the frame rate."""
    with av.open(path) as container:
        stream = container.streams.video[0]
        annex_b = av.bitstream.BitStreamFilterContext("h264_mp4toannexb", stream)
        units = [(bytes(out), out.is_keyframe) for packet in container.demux(stream) for out in annex_b.filter(packet)]
        return [unit for unit in units if unit[0]], float(stream.average_rate)


class ClipCamera:
    """The camera's side of the contract, with one channel that plays a clip for ever."""

    def __init__(self, units: list[tuple[bytes, bool]], fps: float) -> None:
        self._units, self._fps = units, fps
        self._hub = Hub()
        self.spec = ChannelSpec(0, EncoderProfile(Codec.H264, 1920, 1080))

    def plan(self, request: object) -> ChannelSpec:
        return self.spec

    async def describe(self, spec: ChannelSpec) -> StreamDescription:
        sets = tuple(bytes(unit) for unit in nal.split(self._units[0][0]) if h264.nal_type(unit) in (7, 8))
        return StreamDescription(Codec.H264, 1920, 1080, self._fps, sets)

    def subscribe(self, spec: ChannelSpec, policy: object, bound: int = 64) -> object:
        return self._hub.subscribe(policy, bound)

    def request_key(self, spec: ChannelSpec) -> None:
        """A recorded clip has key pictures where it has them."""

    async def play(self) -> None:
        clock, loop = SystemClock(), asyncio.get_running_loop()
        start, count = loop.time(), 0
        while True:
            data, key = self._units[count % len(self._units)]
            count += 1
            self._hub.publish(Packet(Codec.H264, data, key, int(count * NS / self._fps), clock.wall_ns(), count))
            await asyncio.sleep(max(0.0, start + count / self._fps - loop.time()))


class Everybody:
    """Lets everybody in."""

    async def check(self, *request: object, **connection: object) -> SimpleNamespace:
        return SimpleNamespace(name="viewer")


async def main(path: str) -> None:
    camera = ClipCamera(*read_clip(path))
    async with RtspServer(camera, Everybody(), SystemClock()) as server:
        print(f"rtsp://127.0.0.1:{await server.listen('127.0.0.1', 0)}/axis-media/media.amp", flush=True)
        asyncio.get_running_loop().add_reader(sys.stdin.fileno(), report, server)
        await camera.play()


def report(server: RtspServer) -> None:
    """Answer a line on standard input with how many sessions lost how many groups of pictures."""
    if sys.stdin.readline():
        lost = [row.dropped_groups for row in server.sessions() if row.dropped_groups]
        print(json.dumps({"readers": len(lost), "groups": sum(lost)}), flush=True)


if __name__ == "__main__":
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    uvloop.run(main(sys.argv[1]))

"""From the moment a source hands over a picture to the packet on the event loop: the stamps that every packet carries anyway."""

from __future__ import annotations

import asyncio
import statistics
import tempfile
from pathlib import Path

from benchmarks.chain import FPS, film
from panocam.media.codec import Codec
from panocam.media.packet import Packet
from panocam.optics.mount import Mount
from panocam.pipeline.camera import PanoramicCamera
from panocam.pipeline.config import CameraConfig
from panocam.pipeline.request import StreamRequest
from panocam.pipeline.service import DropPolicy

SIZE = (1280, 960)
PACKETS = 150
CODECS = (Codec.H264, Codec.JPEG)


async def packets(path: Path, codec: Codec) -> list[Packet]:
    """One view area of a file that plays at its own pace."""
    config = CameraConfig(str(path), mount=Mount.WALL)
    async with PanoramicCamera(config) as camera:
        spec = camera.plan(StreamRequest(4, codec, SIZE, fps=FPS))
        async with camera.subscribe(spec, DropPolicy.LOSSLESS, 1000) as reader:
            taken = []
            async for packet in reader:
                taken.append(packet)
                if len(taken) == PACKETS + FPS:
                    return taken[FPS:]
    return []


def run() -> list[dict[str, object]]:
    """A row for each codec: milliseconds from capture to publication, median and p99, and the median of each stage."""
    rows: list[dict[str, object]] = []
    with tempfile.TemporaryDirectory() as name:
        path = film(Path(name))
        for codec in CODECS:
            taken = asyncio.run(packets(path, codec))
            total = sorted(packet.stamps.total() * 1000 for packet in taken)
            stages = {stage for packet in taken for stage in packet.stamps.durations()}
            row: dict[str, object] = {"benchmark": "latency", "codec": str(codec), "size": "{}x{}".format(*SIZE)}
            row |= {"median ms": round(statistics.median(total), 1), "p99 ms": round(total[int(len(total) * 0.99)], 1)}
            for stage in sorted(stages):
                row[f"{stage} ms"] = round(statistics.median(p.stamps.durations()[stage] * 1000 for p in taken), 2)
            rows.append(row)
    return rows


if __name__ == "__main__":
    for row in run():
        print(row)

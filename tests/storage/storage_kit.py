"""A camera without threads for the recorder: real encoders, packets pushed by the test."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import numpy as np

from panocam.clock import NS, ManualClock
from panocam.codecs.encoder import open_encoder
from panocam.imaging.privacy import PrivacyMask
from panocam.media.codec import Codec, EncoderProfile, StreamDescription
from panocam.media.frame import RawFrame
from panocam.media.packet import Packet
from panocam.media.planes import JPEG_COLOR, Planes
from panocam.pipeline.hub import Hub
from panocam.pipeline.request import ChannelSpec, StreamRequest
from panocam.pipeline.service import DropPolicy
from panocam.storage.disk import Disk, R, Steps, step
from panocam.storage.files import LocalFiles
from panocam.storage.index import Index
from panocam.storage.recorder import Recorder
from panocam.storage.retention import Keep
from panocam.storage.volume import Volume

SERIAL = "0242AC110002"
FPS = 25
START = 1_700_000_000 * NS


def coded(
    codec: Codec = Codec.H264, seconds: float = 4.0, gop: int = 25, size: tuple[int, int] = (64, 48)
) -> tuple[list[Packet], StreamDescription]:
    """Real pictures that change, a key picture every ``gop``."""
    profile = EncoderProfile(codec, *size, fps=FPS, gop=gop)
    encoder = open_encoder(profile, FPS, JPEG_COLOR)
    gate, packets = PrivacyMask(), []
    for number in range(round(seconds * FPS)):
        planes = Planes.blank(*size, JPEG_COLOR)
        planes.y[:, : 1 + number % size[0]] = 200
        planes.y[(number * 3) % size[1], :] = np.arange(size[0], dtype=np.uint8)
        own = encoder.allocate()
        for mine, theirs in zip((own.y, own.u, own.v), (planes.y, planes.u, planes.v), strict=True):
            np.copyto(mine, theirs)
        at = number * NS // FPS
        packets += encoder.encode(gate.apply(RawFrame(own, at, START + at)))
    encoder.close()
    return packets, encoder.description


class PushedCamera:
    """``service.Camera`` whose packets come from ``push``."""

    def __init__(self, description: StreamDescription) -> None:
        self.description = description
        self.hubs: dict[ChannelSpec, Hub] = {}
        self.keys_wanted = 0

    def plan(self, request: StreamRequest) -> ChannelSpec:
        d = self.description
        return ChannelSpec(request.view, EncoderProfile(d.codec, d.width, d.height, FPS))

    async def describe(self, spec: ChannelSpec) -> StreamDescription:
        return self.description

    def subscribe(self, spec: ChannelSpec, policy: DropPolicy, bound: int = 64):
        return self.hub(spec).subscribe(policy, bound)

    def request_key(self, spec: ChannelSpec) -> None:
        self.keys_wanted += 1

    def hub(self, spec: ChannelSpec) -> Hub:
        return self.hubs.setdefault(spec, Hub())

    async def push(self, packets: list[Packet], clock: ManualClock | None = None) -> None:
        """Publish on all channels and let everybody run."""
        for packet in packets:
            for hub in self.hubs.values():
                hub.publish(packet)
            if clock is not None:
                clock.advance(1 / FPS)
            await asyncio.sleep(0)
        await settle()


async def settle() -> None:
    """Let what was started get on."""
    for _ in range(5):
        await asyncio.sleep(0)


def finished(steps: Steps[R]) -> R:
    """Work in steps, done in one go; what it found."""
    ends = list[R]()
    while not ends:
        step(steps, ends)
    return ends[0]


def later(packets: list[Packet], seconds: float, sequence: int, wall: float | None = None) -> list[Packet]:
    """The same pictures later, numbered on from ``sequence``."""
    shift, wall_shift = round(seconds * NS), round((seconds if wall is None else wall) * NS)
    return [
        replace(p, pts_ns=p.pts_ns + shift, wall_ns=p.wall_ns + wall_shift, sequence=sequence + number) for number, p in enumerate(packets)
    ]


class Store:
    """A card, an index and a recorder in a folder."""

    def __init__(self, root: Path, camera: PushedCamera, keep: Keep | None = None) -> None:
        (root / "card").mkdir(exist_ok=True)
        self.clock = ManualClock(wall_ns=START)
        self.index = Index(root / "index.sqlite")
        self.files = LocalFiles(root / "card")
        self.disk = Disk("SD_DISK", self.files)
        self.states: list[str] = []
        self.volume = Volume(
            self.disk, self.index, self.clock, keep or Keep(reserve=0), lambda volume: self.states.append(str(volume.state))
        )
        self.recorder = Recorder(camera, self.index, {"SD_DISK": self.volume}, self.clock, SERIAL, lambda view: f"View {view}")

    def _note(self, volume: Volume) -> None:
        self.states.append(str(volume.state))

    async def __aenter__(self) -> Store:
        await self.volume.start()
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self.recorder.close()
        await self.volume.stop()
        self.index.close()

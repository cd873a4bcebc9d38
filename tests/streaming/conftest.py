"""A camera that plays recorded packets: the pipeline's contract, kept in memory, with real bitstreams encoded by PyAV."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from streaming_clips import FPS, clip, description

from panocam.clock import NS, SystemClock
from panocam.errors import Busy, InvalidValue, NotFound, Unauthenticated
from panocam.media.codec import Codec, EncoderProfile, StreamDescription
from panocam.media.packet import Packet
from panocam.pipeline.hub import Hub
from panocam.pipeline.request import ChannelSpec, StreamRequest
from panocam.pipeline.service import DropPolicy, Subscription
from panocam.settings import Role
from panocam.streaming.options import RtspOptions
from panocam.streaming.server import RtspServer


class Channel:
    """One looped clip in real time on a hub; runs while somebody subscribes."""

    def __init__(self, spec: ChannelSpec) -> None:
        self.spec = spec
        self.hub = Hub(self._demand)
        self.starts = 0
        self.keys_requested = 0
        self.jumps: set[tuple[int, int]] = set()
        """Places in the clip, from and to: where a key picture was asked for, its beginning follows at once."""
        self._task: asyncio.Task[None] | None = None
        self._count = 0
        self._want_key = False

    def _demand(self, subscribers: int) -> None:
        if subscribers and self._task is None:
            self.starts += 1
            self._task = asyncio.create_task(self._run())
        elif not subscribers:
            self.stop()

    def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            self._task = None

    async def _run(self) -> None:
        profile, clock = self.spec.profile, SystemClock()
        units = clip(profile.codec, profile.width, profile.height)
        loop = asyncio.get_running_loop()
        start, index = loop.time(), 0
        for sent in range(10**9):
            if self._want_key:
                self.jumps.add(((index - 1) % len(units), 0))
                self._want_key, index = False, 0
            data, key = units[index % len(units)]
            self._count += 1
            self.hub.publish(Packet(profile.codec, data, key, self._count * NS // FPS, clock.wall_ns(), self._count))
            index += 1
            await asyncio.sleep(max(0.0, start + sent / FPS - loop.time()))

    def request_key(self) -> None:
        self.keys_requested += 1
        self._want_key = True


class FakeCamera:
    """The Camera protocol: views 0 and 1, sizes 320x240 and 2560x1440, one channel for each spec."""

    def __init__(self) -> None:
        self.channels: dict[ChannelSpec, Channel] = {}
        self.busy = False

    def plan(self, request: StreamRequest) -> ChannelSpec:
        if request.view > 1:
            raise NotFound(f"view {request.view} does not exist here; choose camera=1 or camera=2")
        width, height = request.resolution or (320, 240)
        if (width, height) not in ((320, 240), (2560, 1440)):
            raise InvalidValue("resolution", f"{width}x{height}", "choose 320x240 or 2560x1440")
        return ChannelSpec(request.view, EncoderProfile(request.codec or Codec.H264, width, height, request.fps or 0))

    def channel(self, spec: ChannelSpec) -> Channel:
        return self.channels.setdefault(spec, Channel(spec))

    async def describe(self, spec: ChannelSpec) -> StreamDescription:
        if self.busy:
            raise Busy("the encoder budget is used up")
        self.channel(spec)
        return description(spec.profile.codec, spec.profile.width, spec.profile.height)

    def subscribe(self, spec: ChannelSpec, policy: DropPolicy, bound: int = 64) -> Subscription:
        return self.channel(spec).hub.subscribe(policy, bound)

    def request_key(self, spec: ChannelSpec) -> None:
        self.channel(spec).request_key()

    def close(self) -> None:
        for channel in self.channels.values():
            channel.stop()


class Visitor:
    name = "visitor"
    role = Role.OPERATOR


class OpenDoor:
    """Lets everybody in; with a password set, only who sends it by basic."""

    def __init__(self, header: str | None = None) -> None:
        self.header = header
        self.calls: list[tuple[str, str]] = []

    async def check(self, method, uri, authorization, peer, *, protocol, secure):
        self.calls.append((method, peer))
        if self.header is not None and authorization != self.header:
            raise Unauthenticated(challenges=['Digest realm="R", nonce="n", stale=FALSE', 'Basic realm="R"'])
        return Visitor


@pytest.fixture
def camera():
    camera = FakeCamera()
    yield camera
    camera.close()


@pytest.fixture
def door() -> OpenDoor:
    return OpenDoor()


@pytest.fixture
def options() -> RtspOptions:
    return RtspOptions()


@pytest.fixture
async def server(camera, door, options) -> AsyncIterator[RtspServer]:
    async with RtspServer(camera, door, SystemClock(), options) as server:
        server.port = await server.listen("127.0.0.1", 0)
        yield server

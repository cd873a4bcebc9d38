"""A stream in a container over plain HTTP: Matroska or fragmented MP4, one picture at a time, as live as RTSP."""

from __future__ import annotations

from collections.abc import AsyncIterator
from enum import StrEnum

from panocam.api.clients import Client
from panocam.clock import NS
from panocam.media import fmp4, matroska
from panocam.media.codec import StreamDescription
from panocam.media.config import stored
from panocam.media.packet import Packet
from panocam.pipeline.request import ChannelSpec
from panocam.pipeline.service import Camera, DropPolicy

BOUND = 128
MS = 1_000_000
LONGEST_CLUSTER = 5000
"""Milliseconds; a key picture begins another cluster earlier."""


class Container(StrEnum):
    """What a stream comes in."""

    MATROSKA = "matroska"
    MP4 = "mp4"


def media_type(container: Container, description: StreamDescription) -> str:
    """With the codecs, as Media Source Extensions want it."""
    kind = "video/mp4" if container is Container.MP4 else "video/x-matroska"
    return f'{kind}; codecs="{description.codec_string}"'


def check(container: Container, description: StreamDescription) -> None:
    """Raises InvalidValue when the codec does not go into the container."""
    if container is Container.MP4:
        fmp4.initialisation(description)


async def pieces(
    camera: Camera, spec: ChannelSpec, container: Container, description: StreamDescription, client: Client
) -> AsyncIterator[bytes]:
    """The stream's bytes from a key picture on; a slow reader loses whole groups of pictures."""
    box = _Matroska(description) if container is Container.MATROSKA else _Mp4(description)
    client.spec = spec
    async with camera.subscribe(spec, DropPolicy.UNTIL_KEY, BOUND) as packets:
        async for packet in packets:
            piece = box.put(packet)
            yield piece
            client.delivered += 1
            client.bytes += len(piece)
            client.dropped = packets.dropped


class _Matroska:
    def __init__(self, description: StreamDescription) -> None:
        self._description = description
        self._base: int | None = None
        self._cluster = 0

    def put(self, packet: Packet) -> bytes:
        front = b""
        if self._base is None:
            self._base = packet.pts_ns
            front = matroska.header(self._description, matroska.Facts(packet.wall_ns)) + matroska.open_cluster(0)
        ticks = (packet.pts_ns - self._base) // MS
        if ticks and (packet.key or ticks - self._cluster > LONGEST_CLUSTER):
            self._cluster = ticks
            front = matroska.open_cluster(ticks)
        return front + matroska.block(ticks - self._cluster, stored(packet.codec, packet.data), packet.key)


class _Mp4:
    def __init__(self, description: StreamDescription) -> None:
        self._front = fmp4.initialisation(description)
        self._interval = round(fmp4.TIMESCALE / (description.fps or 25))
        self._base: int | None = None
        self._last = 0
        self._number = 0

    def put(self, packet: Packet) -> bytes:
        if self._base is None:
            self._base = packet.pts_ns
        ticks = (packet.pts_ns - self._base) * fmp4.TIMESCALE // NS
        if self._number and 0 < ticks - self._last < 10 * fmp4.TIMESCALE:
            self._interval = ticks - self._last
        self._last = ticks
        self._number += 1
        sample = fmp4.Sample(ticks, self._interval, packet.key, stored(packet.codec, packet.data))
        front, self._front = self._front, b""
        return front + fmp4.fragment(self._number, (sample,))

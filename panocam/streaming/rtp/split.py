"""Which packer takes which codec, and how an access unit is taken apart for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from panocam.media import jpeg as jfif
from panocam.media import nal, obu
from panocam.media.codec import Codec
from panocam.media.packet import Packet
from panocam.streaming.rtp import av1, h264, h265, jpeg
from panocam.streaming.rtp.payload import Payload

_HAS_SIZE = 0x02


def _av1(packet: Packet, limit: int) -> Iterator[Payload]:
    units = ((unit.kind, bytes((unit.header[0] & ~_HAS_SIZE,)) + unit.header[1:], unit.payload) for unit in obu.split(packet.data))
    return av1.payloads(units, limit, new_sequence=packet.key)


def _jpeg(packet: Packet, limit: int) -> Iterator[Payload]:
    header = jfif.parse(packet.data)
    return jpeg.payloads(header, jfif.scan(packet.data, header), limit)


_PACKERS: dict[Codec, Callable[[Packet, int], Iterator[Payload]]] = {
    Codec.H264: lambda packet, limit: h264.payloads(nal.split(packet.data), limit),
    Codec.H265: lambda packet, limit: h265.payloads(nal.split(packet.data), limit),
    Codec.AV1: _av1,
    Codec.JPEG: _jpeg,
}


def payloads_of(packet: Packet, limit: int) -> Iterator[Payload]:
    """The RTP payloads of an access unit, at most ``limit`` bytes each. Raises RemoteProtocolError for a broken bitstream."""
    return _PACKERS[packet.codec](packet, limit)

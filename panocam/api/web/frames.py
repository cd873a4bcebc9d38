"""The binary message of the live WebSocket: one coded picture behind a fixed header of 40 bytes.

All numbers are big-endian::

    offset  size  meaning
    0       1     version of this header: 1
    1       1     flags: 1 = key picture (decoding may start here), 2 = discontinuity (reset the decoder's clock)
    2       2     stream: number of the ``hello`` message that this picture belongs to
    4       4     sequence: the channel's picture number, modulo 2^32; a gap means pictures were dropped
    8       8     pts: media time in µs, strictly increasing within a stream
    16      8     wall: UTC of capture in µs since 1970
    24      4     latency: µs from capture to the moment of sending, as far as the camera can see
    28      4     dropped: pictures that this connection has lost so far because it was slow
    32      8     reserved, 0
    40            the access unit: H.264 in Annex B with parameter sets before each key picture, an AV1 temporal unit in
                  low-overhead format, or a JPEG image. WebCodecs takes all three as they are, with no ``description``.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from panocam.errors import RemoteProtocolError
from panocam.media.packet import Packet

VERSION = 1
KEY, DISCONTINUITY = 1, 2
_HEADER = struct.Struct(">BBHIqQIIQ")
HEADER_SIZE = _HEADER.size


@dataclass(frozen=True)
class LiveFrame:
    """A parsed message; times in µs."""

    key: bool
    discontinuity: bool
    stream: int
    sequence: int
    pts_us: int
    wall_us: int
    latency_us: int
    dropped: int
    data: bytes


def pack(packet: Packet, stream: int, dropped: int, now_ns: int) -> bytes:
    """One message for ``packet``; ``now_ns`` is the monotonic clock now."""
    flags = (KEY if packet.key else 0) | (DISCONTINUITY if packet.discontinuity else 0)
    first = packet.stamps.times[0][1] if packet.stamps.times else now_ns
    latency = min(max(now_ns - first, 0) // 1000, 0xFFFF_FFFF)
    header = _HEADER.pack(
        VERSION,
        flags,
        stream & 0xFFFF,
        packet.sequence & 0xFFFF_FFFF,
        packet.pts_ns // 1000,
        packet.wall_ns // 1000,
        latency,
        min(dropped, 0xFFFF_FFFF),
        0,
    )
    return header + packet.data


def unpack(message: bytes) -> LiveFrame:
    """Parse one message (for clients and tests). Raises RemoteProtocolError for anything that is not version 1."""
    if len(message) < HEADER_SIZE or message[0] != VERSION:
        raise RemoteProtocolError(f"a live message of {len(message)} bytes does not begin with a version-{VERSION} header")
    _, flags, stream, sequence, pts, wall, latency, dropped, _ = _HEADER.unpack_from(message)
    return LiveFrame(
        key=bool(flags & KEY),
        discontinuity=bool(flags & DISCONTINUITY),
        stream=stream,
        sequence=sequence,
        pts_us=pts,
        wall_us=wall,
        latency_us=latency,
        dropped=dropped,
        data=message[HEADER_SIZE:],
    )

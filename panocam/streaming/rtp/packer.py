"""Numbers a channel's packets: one SSRC, one sequence, one clock, whoever listens."""

from __future__ import annotations

import secrets
import struct
from dataclasses import dataclass, field

from panocam.media.codec import Codec
from panocam.media.packet import Packet
from panocam.streaming import rtcp
from panocam.streaming.rtp import jpeg
from panocam.streaming.rtp.burst import Burst
from panocam.streaming.rtp.payload import Payload
from panocam.streaming.rtp.split import payloads_of

DYNAMIC_TYPE = 96
_MARKER = 0x80
EXTENDED = 0x10
"""The bit of the first byte that says: a header extension follows."""

_HEAD = struct.Struct("!BBHII")


def payload_type(codec: Codec) -> int:
    """JPEG has a number of its own (RFC 3551 §6); the others get the first dynamic one."""
    return jpeg.PAYLOAD_TYPE if codec is Codec.JPEG else DYNAMIC_TYPE


def rtp_time(pts_ns: int) -> int:
    """Media time in ticks of 90 kHz, before the random offset; exact in integers."""
    return pts_ns * 9 // 100_000


@dataclass
class Packer:
    """The sending state of one RTP stream. The start values are random (RFC 3550 §5.1) unless a test chooses them."""

    codec: Codec
    payload_size: int
    ssrc: int = field(default_factory=lambda: secrets.randbits(32))
    sequence: int = field(default_factory=lambda: secrets.randbits(16))
    offset: int = field(default_factory=lambda: secrets.randbits(32))
    cname: str = field(default_factory=lambda: secrets.token_hex(8))
    packets: int = 0
    octets: int = 0

    def pack(self, packet: Packet, extension: bytes = b"") -> Burst | None:
        """The access unit as RTP packets, the first with a header extension if one is given; None when nothing of it travels."""
        found = list(payloads_of(packet, self.payload_size - len(extension)))
        if not found:
            return None
        first, count = self.sequence, len(found)
        timestamp = self.timestamp(packet.pts_ns)
        burst = Burst(self._number(found, timestamp, extension), first, timestamp, packet.pts_ns, packet.wall_ns, packet.key)
        self.sequence = (first + count) & 0xFFFF
        self.packets += count
        self.octets += burst.size - _HEAD.size * count
        return burst

    def timestamp(self, pts_ns: int) -> int:
        """The RTP time of a moment of the media."""
        return (rtp_time(pts_ns) + self.offset) & 0xFFFFFFFF

    def _number(self, found: list[Payload], timestamp: int, extension: bytes) -> list[bytes]:
        """A header in front of each payload: one pass, one copy of the bytes."""
        head, kind, first, ssrc = _HEAD.pack, payload_type(self.codec), self.sequence, self.ssrc
        packets = [head(0x80, kind, number & 0xFFFF, timestamp, ssrc) + prefix + body for number, (prefix, body) in enumerate(found, first)]
        if extension:
            packets[0] = bytes((0x80 | EXTENDED,)) + packets[0][1 : _HEAD.size] + extension + packets[0][_HEAD.size :]
        # The marker says: last packet of the picture.
        last = bytearray(packets[-1])
        last[1] |= _MARKER
        packets[-1] = bytes(last)
        return packets

    def report(self, burst: Burst) -> bytes:
        """A sender report that ties this picture's RTP time to the UTC of its capture."""
        return rtcp.sender_report(self.ssrc, burst.wall_ns, burst.timestamp, self.packets, self.octets, self.cname)

    def goodbye(self) -> bytes:
        """The RTCP compound that ends the stream."""
        return rtcp.goodbye(self.ssrc)

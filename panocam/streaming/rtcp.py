"""RTCP (RFC 3550 §6): the reports we send, and what we read of the ones we get.

A sender report ties the RTP clock to UTC. It uses the capture time of a real picture, so a client can tell when a picture was
taken, not only when it was sent. Of received packets only two facts matter: that the peer is alive, and that it said goodbye.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from panocam.errors import RemoteProtocolError

SR, RR, SDES, BYE, APP, RTPFB, PSFB = 200, 201, 202, 203, 204, 205, 206

_NTP_EPOCH = 2_208_988_800
"""Seconds from 1900, where NTP counts from, to 1970."""


def ntp_timestamp(wall_ns: int) -> int:
    """UTC nanoseconds since 1970 as the 64-bit fixed-point seconds since 1900 of RFC 3550 §4."""
    seconds, rest = divmod(wall_ns, 1_000_000_000)
    return ((seconds + _NTP_EPOCH) & 0xFFFFFFFF) << 32 | (rest << 32) // 1_000_000_000


def sender_report(ssrc: int, wall_ns: int, rtp_time: int, packets: int, octets: int, cname: str) -> bytes:
    """A compound packet: the report, then the source's name, which RFC 3550 §6.1 wants in each compound."""
    report = struct.pack("!BBHIQIII", 0x80, SR, 6, ssrc, ntp_timestamp(wall_ns), rtp_time, packets & 0xFFFFFFFF, octets & 0xFFFFFFFF)
    return report + source_description(ssrc, cname)


def source_description(ssrc: int, cname: str) -> bytes:
    """One chunk with one CNAME item (§6.5), closed by at least one zero byte and padded to 32 bits."""
    name = cname.encode()[:255]
    chunk = struct.pack("!IBB", ssrc, 1, len(name)) + name
    chunk += bytes(4 - len(chunk) % 4)
    return struct.pack("!BBH", 0x81, SDES, len(chunk) // 4) + chunk


def goodbye(ssrc: int) -> bytes:
    """A compound that ends the stream: an empty receiver report must stand in front (§6.1)."""
    return struct.pack("!BBHI", 0x80, RR, 1, ssrc) + struct.pack("!BBHI", 0x81, BYE, 1, ssrc)


@dataclass(frozen=True)
class Feedback:
    """What a received compound says: the peer's reports are alive, it left, or it lost a picture and asks for a key frame."""

    reports: int = 0
    bye: bool = False
    wants_key: bool = False


def parse(data: bytes) -> Feedback:
    """Read a compound packet from a receiver. Raises RemoteProtocolError when it breaks the rules of §6.1 and appendix A.2."""
    if len(data) < 4:
        raise RemoteProtocolError(f"{len(data)} bytes are no RTCP packet")
    reports, bye, wants_key, at = 0, False, False, 0
    while at < len(data):
        if len(data) - at < 4:
            raise RemoteProtocolError("the RTCP compound ends inside a header")
        first, kind, words = struct.unpack_from("!BBH", data, at)
        if first >> 6 != 2 or not 192 <= kind <= 223:
            raise RemoteProtocolError(f"no RTCP packet: version {first >> 6}, type {kind}")
        at += 4 + 4 * words
        if at > len(data):
            raise RemoteProtocolError("an RTCP packet is longer than its datagram")
        reports += kind in (RR, SR)
        bye = bye or kind == BYE
        # RFC 4585 §6.3.1 picture loss indication, RFC 5104 §4.3.1 full intra request.
        wants_key = wants_key or (kind == PSFB and first & 0x1F in (1, 4))
    return Feedback(reports, bye, wants_key)

"""The client's side of NTP version 4 (RFC 5905), without sockets: a request to send, and what may be believed of an answer.

A request tells nothing about this camera (draft-ietf-ntp-data-minimization): its transmit timestamp is a random *cookie*, which only who
has seen the request can echo. When it was sent and when the answer came, the client knows for itself.

    T1 ----- request ----> T2          offset = ((T2 - T1) + (T3 - T4)) / 2      what the server is ahead of us
    T4 <----- answer ----- T3          delay  = (T4 - T1) - (T3 - T2)            the offset is wrong by at most half of it
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from panocam.clock import NS
from panocam.errors import RemoteProtocolError

SIZE = 48
VERSION = 4
_CLIENT, _SERVER = 3, 4
_HEAD = struct.Struct("!BBbb II4s QQQQ")
_EPOCH_S = 2_208_988_800
_ERA_S = 1 << 32
MOST_DISTANCE_NS = 3 * NS
"""A server that may be wrong by more than this is of no use (RFC 5905 has 1 s, chrony 3 s)."""
UNSYNCHRONISED = 3
LEAST_DELAY_NS = 5_000_000
"""Delays are counted as at least this (RFC 5905 MINDISP): no clock is better than its own reading."""


class Refused(RemoteProtocolError):
    """An answer that is not believed."""


class KissOfDeath(Refused):
    """The server asks not to be asked. ``code`` is what it says: RATE is less often, DENY and RSTR are not at all."""

    def __init__(self, code: str) -> None:
        super().__init__(f"the server asks to be left alone ({code})")
        self.code = code

    @property
    def final(self) -> bool:
        """Whether it must not be asked again."""
        return self.code in ("DENY", "RSTR")


@dataclass(frozen=True)
class Answer:
    """What a server says of itself and of the moment; times are UTC in nanoseconds since 1970."""

    stratum: int
    root_delay_ns: int
    root_dispersion_ns: int
    reference: bytes
    received_ns: int
    sent_ns: int


@dataclass(frozen=True)
class Sample:
    """One exchange: what the server is ahead of the machine's clock, and how wrong that may be. ``at_ns`` is monotonic."""

    offset_ns: int
    delay_ns: int
    distance_ns: int
    stratum: int
    at_ns: int


def request(cookie: int) -> bytes:
    """A client's packet with a random transmit timestamp."""
    return _HEAD.pack(VERSION << 3 | _CLIENT, 0, 0, 0, 0, 0, b"", 0, 0, 0, cookie)


def parse(data: bytes, cookie: int) -> Answer:
    """What may be believed. Raises KissOfDeath, and Refused with the reason for everything else that breaks RFC 5905 §8 or §9.2."""
    if len(data) < SIZE:
        raise Refused(f"{len(data)} bytes are no NTP packet")
    first, stratum, _, _, root_delay, root_dispersion, reference, _, origin, received, sent = _HEAD.unpack_from(data)
    leap, version, mode = first >> 6, first >> 3 & 7, first & 7
    if mode != _SERVER or not 1 <= version <= VERSION:
        raise Refused(f"the packet is no server's (mode {mode}, version {version})")
    if origin != cookie:
        raise Refused("the answer is not to our question")
    if stratum == 0:
        raise KissOfDeath(reference.decode("ascii", "replace").rstrip("\0"))
    if leap == UNSYNCHRONISED or stratum > 15:
        raise Refused("the server is not synchronised itself")
    if not received or not sent or _ns(sent) < _ns(received):
        raise Refused("the server's times make no sense")
    answer = Answer(stratum, _short_ns(root_delay), _short_ns(root_dispersion), reference, _ns(received), _ns(sent))
    if answer.root_delay_ns // 2 + answer.root_dispersion_ns > MOST_DISTANCE_NS:
        raise Refused(f"the server may be wrong by more than {MOST_DISTANCE_NS // NS} s, as it says itself")
    return answer


def measure(answer: Answer, wall_ns: int, sent_ns: int, came_ns: int) -> Sample:
    """The exchange of a question sent at ``wall_ns`` of the machine's clock; ``sent_ns`` and ``came_ns`` are monotonic, so that a wall
    that is set meanwhile does no harm. Raises Refused for one whose times contradict each other or that took too long."""
    trip, stay = came_ns - sent_ns, answer.sent_ns - answer.received_ns
    delay = trip - stay
    if delay < -LEAST_DELAY_NS:
        raise Refused("the server's times make no sense")
    offset = (answer.received_ns - wall_ns + answer.sent_ns - (wall_ns + trip)) // 2
    distance = max(LEAST_DELAY_NS, answer.root_delay_ns + delay) // 2 + answer.root_dispersion_ns
    if distance > MOST_DISTANCE_NS:
        raise Refused(f"the answer took {delay / NS:.1f} s: too long to learn the time from it")
    return Sample(offset, max(0, delay), distance, answer.stratum, came_ns)


def timestamp(wall_ns: int) -> int:
    """UTC nanoseconds since 1970 as NTP's 64 bits; the inverse of what ``parse`` reads."""
    seconds, rest = divmod(wall_ns, NS)
    return ((seconds + _EPOCH_S) % _ERA_S) << 32 | (rest << 32) // NS


def _ns(stamp: int) -> int:
    """NTP counts seconds since 1900 in 32 bits; small numbers are those after the turn of 2036 (RFC 4330 §3)."""
    seconds, fraction = stamp >> 32, stamp & 0xFFFFFFFF
    if seconds < _ERA_S // 2:
        seconds += _ERA_S
    return (seconds - _EPOCH_S) * NS + (fraction * NS >> 32)


def _short_ns(short: int) -> int:
    return short * NS >> 16

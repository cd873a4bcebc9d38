"""The metadata track: events as ONVIF documents over RTP (ONVIF streaming specification §5.1.2.1), each session its own.

A document may span packets; the marker is on its last one. On PLAY every known condition is told once, so that a client knows the
state of the world without asking; then comes what happens.
"""

from __future__ import annotations

import secrets
import struct
from collections.abc import Callable
from typing import Protocol

from panocam.clock import NS, Clock
from panocam.events.event import Event
from panocam.events.metadata import document
from panocam.events.names import matches, named
from panocam.streaming import rtcp
from panocam.streaming.rtp.burst import Burst
from panocam.streaming.rtp.packer import EXTENDED, rtp_time
from panocam.streaming.tap import Tap

PAYLOAD_TYPE = 98
ENCODING = "vnd.onvif.metadata"
_HEAD = struct.Struct("!BBHII")
_MARKER = 0x80
REPORT_NS = 5 * NS


class Events(Protocol):
    """As much of the bus as is needed here."""

    def subscribe(self, handler: Callable[[Event], None], prefix: str = "") -> Callable[[], None]:
        """Known states first, then everything that happens; returns what ends it."""


class MetadataPacker:
    """Numbers the packets of a metadata track; the documents go in one after another, each closed by the marker."""

    def __init__(self, payload_size: int) -> None:
        self.payload_size = payload_size
        self.ssrc = secrets.randbits(32)
        self.sequence, self._offset = secrets.randbits(16), secrets.randbits(32)
        self._cname = secrets.token_hex(8)
        self._packets = self._octets = 0

    def timestamp(self, pts_ns: int) -> int:
        """The RTP time of a moment of the media."""
        return (rtp_time(pts_ns) + self._offset) & 0xFFFFFFFF

    def pack(self, data: bytes, pts_ns: int, wall_ns: int, extension: bytes = b"") -> Burst:
        """A document as RTP packets."""
        size = self.payload_size - len(extension)
        pieces = [data[at : at + size] for at in range(0, len(data), size)]
        timestamp = self.timestamp(pts_ns)
        first, last = self.sequence, len(pieces) - 1
        packets = [
            _HEAD.pack(0x80, PAYLOAD_TYPE | (_MARKER if n == last else 0), (first + n) & 0xFFFF, timestamp, self.ssrc) + piece
            for n, piece in enumerate(pieces)
        ]
        if extension:
            packets[0] = bytes((0x80 | EXTENDED,)) + packets[0][1 : _HEAD.size] + extension + packets[0][_HEAD.size :]
        self.sequence = (first + len(pieces)) & 0xFFFF
        self._packets += len(pieces)
        self._octets += len(data)
        return Burst(packets, first, timestamp, pts_ns, wall_ns, key=True)

    def report(self, burst: Burst) -> bytes:
        """A sender report that ties this document's RTP time to UTC."""
        return rtcp.sender_report(self.ssrc, burst.wall_ns, burst.timestamp, self._packets, self._octets, self._cname)

    def goodbye(self) -> bytes:
        """The RTCP compound that ends the stream."""
        return rtcp.goodbye(self.ssrc)


class MetadataFeed:
    """The events that ``topics`` (a filter, "" for all) lets pass, for one reader."""

    beginning: Burst | None = None

    def __init__(self, events: Events, topics: str, clock: Clock, payload_size: int) -> None:
        self.payload_size = payload_size
        self._packer = MetadataPacker(payload_size)
        self._events, self._topics, self._clock = events, topics, clock
        self._reported_ns: int | None = None
        self._tap: Tap | None = None
        self._end: Callable[[], None] = lambda: None

    @property
    def ssrc(self) -> int:
        """Of the RTP stream."""
        return self._packer.ssrc

    async def ready(self) -> None:
        """There is always something to begin with, if only silence."""

    def join(self, tap: Tap) -> None:
        """Tell what is known, then what happens."""
        self._tap = tap
        self._end = self._events.subscribe(self._hear)

    def leave(self, tap: Tap) -> None:
        """Fall silent. Leaving twice is allowed."""
        self._tap = None
        self._end()

    def _hear(self, event: Event) -> None:
        for told in named(event):
            if self._tap is not None and matches(told.topic, self._topics):
                self._send(self._tap, document(told))

    def _send(self, tap: Tap, data: bytes) -> None:
        now = self._clock.monotonic_ns()
        burst = self._packer.pack(data, now, self._clock.wall_ns())
        tap.deliver(burst)
        if self._reported_ns is None or now - self._reported_ns >= REPORT_NS:
            self._reported_ns = now
            tap.sink.control(self._packer.report(burst))

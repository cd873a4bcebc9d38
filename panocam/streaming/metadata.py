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
from panocam.streaming.rtp.packer import rtp_time
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


class MetadataFeed:
    """The events that ``topics`` (a filter, "" for all) lets pass, for one reader."""

    beginning: Burst | None = None

    def __init__(self, events: Events, topics: str, clock: Clock, payload_size: int) -> None:
        self.payload_size = payload_size
        self.ssrc = secrets.randbits(32)
        self._events, self._topics, self._clock = events, topics, clock
        self._sequence, self._offset = secrets.randbits(16), secrets.randbits(32)
        self._cname = secrets.token_hex(8)
        self._packets = self._octets = 0
        self._reported_ns: int | None = None
        self._tap: Tap | None = None
        self._end: Callable[[], None] = lambda: None

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
        burst = self._packed(data, now)
        tap.deliver(burst)
        if self._reported_ns is None or now - self._reported_ns >= REPORT_NS:
            self._reported_ns = now
            wall = self._clock.wall_ns()
            tap.sink.control(rtcp.sender_report(self.ssrc, wall, burst.timestamp, self._packets, self._octets, self._cname))

    def _packed(self, data: bytes, now: int) -> Burst:
        pieces = [data[at : at + self.payload_size] for at in range(0, len(data), self.payload_size)]
        timestamp = (rtp_time(now) + self._offset) & 0xFFFFFFFF
        first, last = self._sequence, len(pieces) - 1
        packets = [
            _HEAD.pack(0x80, PAYLOAD_TYPE | (_MARKER if n == last else 0), (first + n) & 0xFFFF, timestamp, self.ssrc) + piece
            for n, piece in enumerate(pieces)
        ]
        self._sequence = (first + len(pieces)) & 0xFFFF
        self._packets += len(pieces)
        self._octets += len(data)
        return Burst(packets, first, timestamp, now, self._clock.wall_ns(), key=True)

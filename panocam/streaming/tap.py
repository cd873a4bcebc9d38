"""One reader's place at a feed, and what happens when it cannot follow.

A tap is FLOWING or SKIPPING. A reader that is too slow skips whole groups of pictures: from the picture it cannot take up to, not
including, the next key picture that it can. A gap inside a group would break its decoder, a queue would make it late for ever, and
waiting would slow everybody else. What was left out is counted.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Protocol

from panocam.streaming.rtp.burst import Burst


class Sink(Protocol):
    """The way to one reader.

    ``send`` returns False, having sent nothing or part of it, when the reader cannot take more now. ``drained`` says that it has
    caught up: to begin again a moment earlier would make it late for good.
    """

    def send(self, burst: Burst) -> bool: ...
    def drained(self) -> bool: ...
    def control(self, rtcp: bytes) -> None: ...
    def close(self) -> None: ...


@dataclass
class Counters:
    """What a reader got and what it missed. ``bytes`` are RTP bytes; a group counts as dropped when any picture of it was."""

    pictures: int = 0
    bytes: int = 0
    dropped_pictures: int = 0
    dropped_groups: int = 0


class Tap:
    """The drop policy around a sink."""

    __slots__ = ("_flowing", "_send", "count", "sink")

    def __init__(self, sink: Sink, count: Counters | None = None) -> None:
        self.sink = sink
        self.count = count or Counters()
        self._send = sink.send
        self._flowing = True

    @property
    def flowing(self) -> bool:
        """False while pictures are being left out."""
        return self._flowing

    def deliver(self, burst: Burst) -> None:
        """Send a picture, or leave it out."""
        count = self.count
        if self._flowing or (burst.key and self.sink.drained()):
            if self._send(burst):
                self._flowing = True
                count.pictures += 1
                count.bytes += burst.size
                return
            count.dropped_groups += 1
            self._flowing = False
        elif burst.key:
            count.dropped_groups += 1
        count.dropped_pictures += 1

    def wait_for_key(self) -> None:
        """Begin with the next key picture."""
        self._flowing = False


class Writer(Protocol):
    """The part of an outlet that a sink needs."""

    def write(self, data: bytes) -> None: ...
    def pending(self) -> int: ...


class InterleavedSink:
    """RTP inside the RTSP connection. ``bound`` is how many bytes may wait before pictures are left out."""

    __slots__ = ("_bound", "_control_channel", "_data_channel", "_pending", "_write")

    def __init__(self, outlet: Writer, channels: tuple[int, int], bound: int) -> None:
        self._pending, self._write = outlet.pending, outlet.write
        self._data_channel, self._control_channel = channels
        self._bound = bound

    def send(self, burst: Burst) -> bool:
        """One write for the whole picture. A picture larger than the bound is still sent whole when the queue is short enough."""
        if self._pending() > self._bound:
            return False
        self._write(burst.framed(self._data_channel))
        return True

    def drained(self) -> bool:
        """Hardly anything is waiting any more."""
        return self._pending() <= self._bound // 8

    def control(self, rtcp: bytes) -> None:
        """RTCP on its channel; left out when the reader is far behind."""
        if self._pending() <= self._bound:
            self._write(struct.pack("!cBH", b"$", self._control_channel, len(rtcp)) + rtcp)

    def close(self) -> None:
        """The connection is not the sink's to close."""

"""One access unit as RTP packets, and what each kind of transport writes of them; everything is made once, on first demand."""

from __future__ import annotations

import struct

_MAX_SEGMENTS = 64
"""Packets in one UDP send with segmentation offload (Linux: UDP_MAX_SEGMENTS)."""

_MAX_BYTES = 65_000
"""Bytes in one such send: an IPv4 datagram's limit, less headers."""


class Burst:
    """The packets of one picture, the same bytes for all readers of a channel."""

    __slots__ = ("_framed", "_runs", "key", "packets", "pts_ns", "sequence", "size", "timestamp", "wall_ns")

    def __init__(self, packets: list[bytes], sequence: int, timestamp: int, pts_ns: int, wall_ns: int, key: bool) -> None:
        self.packets, self.sequence, self.timestamp = packets, sequence, timestamp
        self.pts_ns, self.wall_ns, self.key = pts_ns, wall_ns, key
        self.size = sum(map(len, packets))
        self._framed: dict[int, bytes] = {}
        self._runs: list[tuple[bytes, int]] | None = None

    def framed(self, channel: int) -> bytes:
        """All packets interleaved on a channel of a TCP connection (RFC 2326 §10.12), for one write."""
        framed = self._framed.get(channel)
        if framed is None:
            frame = struct.Struct("!cBH").pack
            framed = b"".join([part for packet in self.packets for part in (frame(b"$", channel, len(packet)), packet)])
            self._framed[channel] = framed
        return framed

    def runs(self) -> list[tuple[bytes, int]]:
        """The packets joined for sends that the kernel cuts again: (bytes, segment size).

        All segments of a run have the same size, but for the last, which may be shorter.
        """
        if self._runs is None:
            self._runs = [(b"".join(run), len(run[0])) for run in _equal_runs(self.packets)]
        return self._runs


def _equal_runs(packets: list[bytes]) -> list[list[bytes]]:
    runs: list[list[bytes]] = []
    size = room = 0
    for packet in packets:
        if runs and len(runs[-1][-1]) == size >= len(packet) and room >= len(packet) and len(runs[-1]) < _MAX_SEGMENTS:
            runs[-1].append(packet)
        else:
            runs.append([packet])
            size, room = len(packet), _MAX_BYTES
        room -= len(packet)
    return runs

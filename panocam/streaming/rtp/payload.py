"""What a codec's packer gives for one packet: the bytes it adds, and a slice of the access unit that is not copied before sending."""

from __future__ import annotations

Payload = tuple[bytes, memoryview]

DEFAULT_SIZE = 1440
"""Payload bytes per packet: 1500 of Ethernet less 40 (IPv6), 8 (UDP) and 12 (RTP)."""

SIZES = (256, 512, 1024, DEFAULT_SIZE, 8192, 16384, 32768, 60000)
"""Sizes that a client's Blocksize is rounded down to, so that wishes that hardly differ share their packets."""

_MAX_UDP_SIZE = DEFAULT_SIZE
"""Larger datagrams would be fragmented by IP, and one lost fragment loses them whole."""


def size_for(blocksize: int | None, datagrams: bool) -> int:
    """The payload size for a client that asked for ``blocksize`` bytes (RFC 2326 §12.7: without RTP, UDP and IP headers)."""
    if blocksize is None:
        return DEFAULT_SIZE
    wished = min(blocksize, _MAX_UDP_SIZE) if datagrams else blocksize
    return max((size for size in SIZES if size <= wished), default=SIZES[0])

"""JPEG payloads (RFC 2435): the scan alone travels; size, sampling and quantisation go into small headers.

The receiver rebuilds the rest of the file from them, with the standard Huffman tables of ITU-T T.81 annex K; so only baseline
pictures coded with those can be sent. Width and height travel in units of eight pixels in one byte each: a picture with a side
over 2040 is sent with zeros there, and the SDP says the size instead (``a=framesize``).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from panocam.errors import RemoteProtocolError
from panocam.media.jpeg import JpegHeader
from panocam.streaming.rtp.payload import Payload

PAYLOAD_TYPE = 26
MAX_SIDE = 2040

_OWN_TABLES = 255
"""Q value: the quantisation tables come in the first packet of each picture (§3.1.8) and may change with every picture."""

_TYPES = {"422": 0, "420": 1}
_RESTARTS = 64


def payloads(header: JpegHeader, scan: memoryview, limit: int) -> Iterator[Payload]:
    """Payloads of at most ``limit`` bytes. Raises RemoteProtocolError for a picture that RFC 2435 cannot carry."""
    kind = _TYPES.get(header.subsampling)
    if kind is None or not header.baseline or not header.standard_huffman:
        raise RemoteProtocolError(
            f"only baseline JPEG, 4:2:0 or 4:2:2, with the standard Huffman tables can travel over RTP; this one is {header.subsampling}"
        )
    oversize = header.width > MAX_SIDE or header.height > MAX_SIDE
    width, height = (0, 0) if oversize else ((header.width + 7) // 8, (header.height + 7) // 8)
    restart = b""
    if header.restart_interval:
        # F, L and a count of 0x3FFF (§3.1.7): packets do not begin at restart markers, so the whole picture is put together first.
        kind, restart = kind + _RESTARTS, struct.pack("!HH", header.restart_interval, 0xFFFF)
    tables = _tables(header)
    at, end = 0, len(scan)
    while at < end:
        # The first 32 bits are "type-specific" (0 for progressive pictures) and the offset of this piece in the scan.
        head = struct.pack("!IBBBB", at, kind, _OWN_TABLES, width, height) + restart + (tables if at == 0 else b"")
        step = limit - len(head)
        yield head, scan[at : at + step]
        at += step


def _tables(header: JpegHeader) -> bytes:
    """The quantisation table header (§3.1.8): luma's, then chroma's, 8 bits an entry."""
    numbers = [component.table for component in header.components]
    tables = [header.tables.get(number, b"") for number in numbers[:2]]
    if numbers[1] != numbers[2] or any(len(table) != 64 for table in tables):
        raise RemoteProtocolError("a JPEG picture over RTP needs one 8-bit quantisation table for luma and one for chroma")
    return struct.pack("!BBH", 0, 0, 128) + b"".join(tables)

"""JPEG headers: size, sampling, tables and where the scan lies (ITU-T T.81 annex B), as RTP payload (RFC 2435) needs them.

Malformed input raises RemoteProtocolError and nothing else.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from panocam.errors import RemoteProtocolError

SOS, DQT, DHT, DRI, APP1 = 0xDA, 0xDB, 0xC4, 0xDD, 0xE1
ORIENTATION = 0x0112
BASELINE = 0xC0
FRAMES = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
"""Start-of-frame markers: all but DHT, JPG and DAC."""

_DC_COUNTS = {0: "00010501010101010100000000000000", 1: "00030101010101010101010000000000"}
_AC_LUMA = (
    "0002010303020403050504040000017d01020300041105122131410613516107227114328191a1082342b1c11552d1f02433627282090a16"
    "1718191a25262728292a3435363738393a434445464748494a535455565758595a636465666768696a737475767778797a83848586878889"
    "8a92939495969798999aa2a3a4a5a6a7a8a9aab2b3b4b5b6b7b8b9bac2c3c4c5c6c7c8c9cad2d3d4d5d6d7d8d9dae1e2e3e4e5e6e7e8e9ea"
    "f1f2f3f4f5f6f7f8f9fa"
)
_AC_CHROMA = (
    "00020102040403040705040400010277000102031104052131061241510761711322328108144291a1b1c109233352f0156272d10a162434"
    "e125f11718191a262728292a35363738393a434445464748494a535455565758595a636465666768696a737475767778797a828384858687"
    "88898a92939495969798999aa2a3a4a5a6a7a8a9aab2b3b4b5b6b7b8b9bac2c3c4c5c6c7c8c9cad2d3d4d5d6d7d8d9dae2e3e4e5e6e7e8e9"
    "eaf2f3f4f5f6f7f8f9fa"
)
STANDARD_HUFFMAN: Mapping[int, bytes] = {
    0x00: bytes.fromhex(_DC_COUNTS[0]) + bytes(range(12)),
    0x01: bytes.fromhex(_DC_COUNTS[1]) + bytes(range(12)),
    0x10: bytes.fromhex(_AC_LUMA),
    0x11: bytes.fromhex(_AC_CHROMA),
}
"""T.81 annex K.3: (class << 4 | destination) to 16 counts and the values. RFC 2435 receivers know no others."""

_SUBSAMPLINGS: Mapping[tuple[tuple[int, int], ...], str] = {
    ((2, 2), (1, 1), (1, 1)): "420",
    ((2, 1), (1, 1), (1, 1)): "422",
    ((1, 1), (1, 1), (1, 1)): "444",
}


@dataclass(frozen=True)
class Component:
    """One colour component of the frame header: sampling factors and the number of its quantisation table."""

    number: int
    horizontal: int
    vertical: int
    table: int


@dataclass(frozen=True)
class JpegHeader:
    """Everything in front of the first scan.

    ``tables``: quantisation tables in zigzag order, 64 bytes (128 with 16-bit entries). ``huffman``: as STANDARD_HUFFMAN.
    ``restart_interval`` is in MCUs, 0 = none. The entropy-coded bytes of the first scan begin at ``scan_start``.
    """

    width: int
    height: int
    baseline: bool
    components: tuple[Component, ...]
    tables: Mapping[int, bytes] = field(default_factory=dict)
    huffman: Mapping[int, bytes] = field(default_factory=dict)
    restart_interval: int = 0
    scan_start: int = 0

    @property
    def subsampling(self) -> str:
        """``420``, ``422``, ``444``, ``gray``, or ``other``."""
        factors = tuple((c.horizontal, c.vertical) for c in self.components)
        if len(factors) == 1:
            return "gray"
        return _SUBSAMPLINGS.get(factors, "other")

    @property
    def standard_huffman(self) -> bool:
        """Whether every Huffman table is the standard's own example."""
        return all(STANDARD_HUFFMAN.get(key) == value for key, value in self.huffman.items())


def parse(data: bytes) -> JpegHeader:
    """Read the segments up to and including the first start of scan."""
    frame: tuple[int, int, bool, tuple[Component, ...]] | None = None
    tables: dict[int, bytes] = {}
    huffman: dict[int, bytes] = {}
    restart = 0
    for marker, body, end in _segments(data):
        if marker in FRAMES:
            frame = _frame(marker, body)
        elif marker == DQT:
            tables.update(_quantisation(body))
        elif marker == DHT:
            huffman.update(_huffman(body))
        elif marker == DRI:
            restart = int.from_bytes(_part(body, 0, 2), "big")
        elif marker == SOS:
            if frame is None:
                raise RemoteProtocolError("JPEG scan without a frame header")
            return JpegHeader(*frame, tables, huffman, restart, end)
    raise RemoteProtocolError("JPEG without a scan")


def size(data: bytes) -> tuple[int, int]:
    """(width, height) from the frame header, without asking for more of the file than that."""
    for marker, body, _ in _segments(data):
        if marker in FRAMES:
            width, height, _, _ = _frame(marker, body)
            return width, height
    raise RemoteProtocolError("JPEG without a frame header")


def orientation(data: bytes) -> int:
    """EXIF orientation 1..8 (Exif 2.32 clause 4.6.4, tag 0x0112); 1, upright, where nothing sensible is said."""
    with contextlib.suppress(RemoteProtocolError):
        for marker, body, _ in _segments(data):
            if marker == APP1 and body.startswith(b"Exif\0\0"):
                return _tiff_orientation(body[6:])
    return 1


def _tiff_orientation(tiff: bytes) -> int:
    order: Literal["little", "big"] = "little" if tiff[:2] == b"II" else "big"
    at = int.from_bytes(tiff[4:8], order)
    for entry in range(at + 2, at + 2 + 12 * int.from_bytes(tiff[at : at + 2], order), 12):
        if int.from_bytes(tiff[entry : entry + 2], order) == ORIENTATION:
            value = int.from_bytes(tiff[entry + 8 : entry + 10], order)
            return value if 1 <= value <= 8 else 1
    return 1


def scan(data: bytes, header: JpegHeader) -> memoryview:
    """The entropy-coded bytes of the only scan, without the end marker."""
    end = data.rfind(b"\xff\xd9")
    if end < header.scan_start:
        raise RemoteProtocolError("JPEG without an end marker")
    return memoryview(data)[header.scan_start : end]


def _segments(data: bytes) -> list[tuple[int, bytes, int]]:
    """(marker, body, index behind it) of each segment as far as the first scan header or the end of the data."""
    if data[:2] != b"\xff\xd8":
        raise RemoteProtocolError("not a JPEG: no start marker")
    found, at = [], 2
    while at + 4 <= len(data):
        if data[at] != 0xFF:
            raise RemoteProtocolError(f"JPEG has no marker at byte {at}")
        marker = data[at + 1]
        if marker == 0xFF:  # fill byte
            at += 1
            continue
        length = int.from_bytes(data[at + 2 : at + 4], "big")
        end = at + 2 + length
        if length < 2 or end > len(data):
            raise RemoteProtocolError(f"JPEG segment at byte {at} claims {length} bytes")
        found.append((marker, data[at + 4 : end], end))
        if marker == SOS:
            break
        at = end
    return found


def _part(body: bytes, start: int, count: int) -> bytes:
    part = body[start : start + count]
    if len(part) != count:
        raise RemoteProtocolError("JPEG segment shorter than its contents")
    return part


def _frame(marker: int, body: bytes) -> tuple[int, int, bool, tuple[Component, ...]]:
    """T.81 B.2.2."""
    depth, height, width, count = _part(body, 0, 1)[0], _part(body, 1, 2), _part(body, 3, 2), _part(body, 5, 1)[0]
    parts = [_part(body, 6 + 3 * i, 3) for i in range(count)]
    wide, high = int.from_bytes(width, "big"), int.from_bytes(height, "big")
    if not (wide and high and count):
        raise RemoteProtocolError(f"JPEG frame of {wide}x{high} pixels and {count} components")
    components = tuple(Component(p[0], p[1] >> 4, p[1] & 15, p[2]) for p in parts)
    return wide, high, marker == BASELINE and depth == 8, components


def _quantisation(body: bytes) -> dict[int, bytes]:
    """T.81 B.2.4.1."""
    tables, at = {}, 0
    while at < len(body):
        width = 128 if body[at] >> 4 else 64
        tables[body[at] & 15] = _part(body, at + 1, width)
        at += 1 + width
    return tables


def _huffman(body: bytes) -> dict[int, bytes]:
    """T.81 B.2.4.2."""
    tables, at = {}, 0
    while at < len(body):
        counts = _part(body, at + 1, 16)
        tables[body[at]] = _part(body, at + 1, 16 + sum(counts))
        at += 17 + sum(counts)
    return tables

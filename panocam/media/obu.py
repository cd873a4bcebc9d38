"""AV1 open bitstream units: taking a temporal unit apart, and what the sequence header says (AV1 specification clause 5).

Malformed input raises RemoteProtocolError and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

from panocam.errors import RemoteProtocolError
from panocam.media.bits import BitReader, checked

UNSPECIFIED = 2
_SRGB = (1, 13, 0)  # primaries, transfer, matrix that imply 4:4:4 (clause 5.5.2)
_SELECT = 2


class ObuType(IntEnum):
    """obu_type (clause 6.2.2)."""

    SEQUENCE_HEADER = 1
    TEMPORAL_DELIMITER = 2
    FRAME_HEADER = 3
    TILE_GROUP = 4
    METADATA = 5
    FRAME = 6
    REDUNDANT_FRAME_HEADER = 7
    TILE_LIST = 8
    PADDING = 15


@dataclass(frozen=True)
class Obu:
    """One unit: its type, its header of one or two bytes as found, its payload, and all of it as found (views)."""

    kind: int
    header: bytes
    payload: memoryview
    whole: memoryview


def leb128(value: int) -> bytes:
    """Little-endian base 128 (clause 4.10.5)."""
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def read_leb128(data: bytes | memoryview, at: int) -> tuple[int, int]:
    """``(value, index behind it)`` of the number at ``data[at]``; eight bytes at most."""
    value = 0
    for i in range(8):
        if at + i >= len(data):
            raise RemoteProtocolError("AV1 data ends in the middle of a size")
        byte = data[at + i]
        value |= (byte & 0x7F) << (7 * i)
        if not byte & 0x80:
            return value, at + i + 1
    raise RemoteProtocolError("AV1 size longer than eight bytes")


def split(data: bytes) -> Iterator[Obu]:
    """The units of a temporal unit in low-overhead format (clause 5.2), nothing copied but the headers."""
    view, at = memoryview(data), 0
    while at < len(data):
        first = data[at]
        start = at + (2 if first & 0x04 else 1)
        if first & 0x80 or start > len(data):
            raise RemoteProtocolError(f"AV1 unit with a bad header at byte {at}")
        header, body, size = data[at:start], start, len(data) - start
        if first & 0x02:
            size, body = read_leb128(data, start)
        if body + size > len(data):
            raise RemoteProtocolError(f"AV1 unit claims to end at byte {body + size} of {len(data)}")
        yield Obu((first >> 3) & 0x0F, header, view[body : body + size], view[at : body + size])
        at = body + size


@dataclass(frozen=True)
class SequenceHeader:
    """What a sequence header says. ``level`` is seq_level_idx of the first operating point (8 = level 4.0).

    ``primaries``, ``transfer`` and ``matrix`` are ITU-T H.273 code points, 2 = unspecified.
    """

    profile: int
    level: int
    high_tier: bool
    width: int
    height: int
    bit_depth: int
    monochrome: bool
    full_range: bool
    primaries: int = UNSPECIFIED
    transfer: int = UNSPECIFIED
    matrix: int = UNSPECIFIED

    @property
    def codec_string(self) -> str:
        """RFC 6381 name (AV1 in ISOBMFF clause 5), such as ``av01.0.08M.08``."""
        return f"av01.{self.profile}.{self.level:02}{'H' if self.high_tier else 'M'}.{self.bit_depth:02}"


def parse_sequence_header(payload: bytes | memoryview) -> SequenceHeader:
    """Read the payload of a sequence header unit (clause 5.5.1)."""
    bits = BitReader(bytes(payload), "AV1 sequence header")
    profile = checked("AV1 seq_profile", bits.u(3), 0, 2)
    bits.skip(1)  # still_picture
    reduced = bits.flag()
    level, high_tier = (bits.u(5), False) if reduced else _operating_points(bits)
    width_bits, height_bits = bits.u(4) + 1, bits.u(4) + 1
    width, height = bits.u(width_bits) + 1, bits.u(height_bits) + 1
    if not reduced and bits.flag():
        bits.skip(7)  # frame id lengths
    bits.skip(3)  # use_128x128_superblock, enable_filter_intra, enable_intra_edge_filter
    if not reduced:
        _skip_tools(bits)
    bits.skip(3)  # enable_superres, enable_cdef, enable_restoration
    depth, monochrome, full_range, codes = _color_config(bits, profile)
    return SequenceHeader(profile, level, high_tier, width, height, depth, monochrome, full_range, *codes)


def _operating_points(bits: BitReader) -> tuple[int, bool]:
    """Timing, decoder model and operating points; returns level and tier of the first point."""
    model, delay_bits = False, 0
    if bits.flag():  # timing_info_present_flag
        bits.skip(64)
        if bits.flag():  # equal_picture_interval
            bits.uvlc()
        if model := bits.flag():
            delay_bits = bits.u(5) + 1
            bits.skip(42)
    initial_delay = bits.flag()
    points = []
    for _ in range(bits.u(5) + 1):
        bits.skip(12)  # operating_point_idc
        level = bits.u(5)
        points.append((level, bits.flag() if level > 7 else False))
        if model and bits.flag():
            bits.skip(2 * delay_bits + 1)
        if initial_delay and bits.flag():
            bits.skip(4)
    return points[0]


def _skip_tools(bits: BitReader) -> None:
    bits.skip(4)  # interintra, masked compound, warped motion, dual filter
    order_hint = bits.flag()
    if order_hint:
        bits.skip(2)  # jnt_comp, ref_frame_mvs
    screen = _SELECT if bits.flag() else bits.u(1)
    if screen and not bits.flag():
        bits.skip(1)  # seq_force_integer_mv
    if order_hint:
        bits.skip(3)  # order_hint_bits_minus_1


def _color_config(bits: BitReader, profile: int) -> tuple[int, bool, bool, tuple[int, int, int]]:
    """Clause 5.5.2: bit depth, monochrome, full range, (primaries, transfer, matrix)."""
    depth = 10 if bits.flag() else 8
    if profile == 2 and depth == 10 and bits.flag():
        depth = 12
    monochrome = bits.flag() if profile != 1 else False
    codes = (bits.u(8), bits.u(8), bits.u(8)) if bits.flag() else (UNSPECIFIED,) * 3
    full_range = True if codes == _SRGB and not monochrome else bits.flag()
    return depth, monochrome, full_range, codes

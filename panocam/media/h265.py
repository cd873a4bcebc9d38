"""H.265 headers: NAL unit types, and what the sequence parameter set says about the pictures (ITU-T H.265 clause 7.3.2.2).

Malformed input raises RemoteProtocolError and nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from panocam.errors import RemoteProtocolError
from panocam.media.bits import BitReader, checked
from panocam.media.nal import rbsp

LARGEST = 16384


class NalType(IntEnum):
    """nal_unit_type (table 7-1), as far as a camera meets them. ``BLA_W_LP..CRA`` may start a decoder."""

    TRAIL_N = 0
    TRAIL_R = 1
    BLA_W_LP = 16
    IDR_W_RADL = 19
    IDR_N_LP = 20
    CRA = 21
    VPS = 32
    SPS = 33
    PPS = 34
    AUD = 35
    PREFIX_SEI = 39
    SUFFIX_SEI = 40


def nal_type(unit: bytes | memoryview) -> int:
    """nal_unit_type of a unit without start code."""
    if len(unit) < 2:
        raise RemoteProtocolError("H.265 NAL unit shorter than its header")
    return (unit[0] >> 1) & 0x3F


@dataclass(frozen=True)
class Sps:
    """A sequence parameter set. ``width`` and ``height`` are after cropping, in luma pixels.

    ``compatibility`` (32 bits) and ``constraints`` (48 bits) are as they stand in the bitstream, first flag highest.
    """

    profile_space: int
    high_tier: bool
    profile_idc: int
    compatibility: int
    constraints: int
    level_idc: int
    width: int
    height: int
    bit_depth: int

    @property
    def codec_string(self) -> str:
        """RFC 6381 name (ISO/IEC 14496-15 annex E.3), such as ``hvc1.1.6.L93.90``."""
        space = ("", "A", "B", "C")[self.profile_space]
        mirrored = int(f"{self.compatibility:032b}"[::-1], 2)
        flags = self.constraints.to_bytes(6, "big").rstrip(b"\0")
        tail = "".join(f".{byte:X}" for byte in flags)
        return f"hvc1.{space}{self.profile_idc}.{mirrored:X}.{'H' if self.high_tier else 'L'}{self.level_idc}{tail}"


def parse_sps(unit: bytes | memoryview) -> Sps:
    """Read an SPS NAL unit (without start code)."""
    if nal_type(unit) != NalType.SPS:
        raise RemoteProtocolError(f"NAL unit type {nal_type(unit)} is no sequence parameter set")
    bits = BitReader(rbsp(unit)[2:], "H.265 SPS")
    bits.skip(4)  # sps_video_parameter_set_id
    sub_layers = checked("H.265 sps_max_sub_layers_minus1", bits.u(3), 0, 6)
    bits.skip(1)  # sps_temporal_id_nesting_flag
    space, high_tier, profile, compatibility, constraints, level = (
        bits.u(2), bits.flag(), bits.u(5), bits.u(32), bits.u(48), bits.u(8),
    )  # fmt: skip
    _skip_sub_layers(bits, sub_layers)
    bits.ue()  # sps_seq_parameter_set_id
    chroma_format = checked("H.265 chroma_format_idc", bits.ue(), 0, 3)
    if chroma_format == 3:
        bits.skip(1)  # separate_colour_plane_flag
    width, height = bits.ue(), bits.ue()
    if bits.flag():  # conformance window, table 6-1 gives its unit
        left, right, top, bottom = bits.ue(), bits.ue(), bits.ue(), bits.ue()
        width -= (2 if chroma_format in (1, 2) else 1) * (left + right)
        height -= (2 if chroma_format == 1 else 1) * (top + bottom)
    width = checked("H.265 picture width", width, 1, LARGEST)
    height = checked("H.265 picture height", height, 1, LARGEST)
    depth = checked("H.265 bit depth", bits.ue() + 8, 8, 16)
    return Sps(space, high_tier, profile, compatibility, constraints, level, width, height, depth)


def _skip_sub_layers(bits: BitReader, count: int) -> None:
    """Profile and level of the temporal sub-layers (clause 7.3.3)."""
    present = [(bits.flag(), bits.flag()) for _ in range(count)]
    if count:
        bits.skip(2 * (8 - count))  # reserved_zero_2bits
    for profile, level in present:
        bits.skip(88 * profile + 8 * level)

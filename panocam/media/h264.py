"""H.264 headers: NAL unit types, and what the sequence parameter set says about the pictures (ITU-T H.264 clause 7.3.2.1).

Malformed input raises RemoteProtocolError and nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from panocam.errors import RemoteProtocolError
from panocam.media.bits import BitReader, checked
from panocam.media.nal import rbsp

WITH_CHROMA_FORMAT = frozenset({44, 83, 86, 100, 110, 118, 122, 128, 134, 135, 138, 139, 244})
EXTENDED_ASPECT = 255
LARGEST = 16384
UNSPECIFIED = 2


class NalType(IntEnum):
    """nal_unit_type (table 7-1), as far as a camera meets them."""

    SLICE = 1
    IDR = 5
    SEI = 6
    SPS = 7
    PPS = 8
    AUD = 9
    END_OF_SEQUENCE = 10
    END_OF_STREAM = 11
    FILLER = 12


def nal_type(unit: bytes | memoryview) -> int:
    """nal_unit_type of a unit without start code."""
    if not unit:
        raise RemoteProtocolError("empty NAL unit")
    return unit[0] & 0x1F


@dataclass(frozen=True)
class Sps:
    """A sequence parameter set. ``width`` and ``height`` are after cropping, in luma pixels.

    ``primaries``, ``transfer`` and ``matrix`` are ITU-T H.273 code points, 2 = unspecified; ``fps`` is 0 when not said.
    """

    profile_idc: int
    constraints: int
    level_idc: int
    width: int
    height: int
    full_range: bool = False
    primaries: int = UNSPECIFIED
    transfer: int = UNSPECIFIED
    matrix: int = UNSPECIFIED
    fps: float = 0.0

    @property
    def codec_string(self) -> str:
        """RFC 6381 name, such as ``avc1.640028``."""
        return f"avc1.{self.profile_idc:02x}{self.constraints:02x}{self.level_idc:02x}"


@dataclass(frozen=True)
class _Vui:
    full_range: bool = False
    primaries: int = UNSPECIFIED
    transfer: int = UNSPECIFIED
    matrix: int = UNSPECIFIED
    fps: float = 0.0


def parse_sps(unit: bytes | memoryview) -> Sps:
    """Read an SPS NAL unit (without start code)."""
    if nal_type(unit) != NalType.SPS:
        raise RemoteProtocolError(f"NAL unit type {nal_type(unit)} is no sequence parameter set")
    bits = BitReader(rbsp(unit)[1:], "H.264 SPS")
    profile, constraints, level = bits.u(8), bits.u(8), bits.u(8)
    bits.ue()  # seq_parameter_set_id
    chroma_format = _chroma_format(bits) if profile in WITH_CHROMA_FORMAT else 1
    bits.ue()  # log2_max_frame_num_minus4
    _skip_picture_order(bits)
    bits.ue()  # max_num_ref_frames
    bits.skip(1)  # gaps_in_frame_num_value_allowed_flag
    columns, rows = bits.ue() + 1, bits.ue() + 1
    frames_only = bits.flag()
    if not frames_only:
        bits.skip(1)  # mb_adaptive_frame_field_flag
    bits.skip(1)  # direct_8x8_inference_flag
    left = right = top = bottom = 0
    if bits.flag():
        left, right, top, bottom = bits.ue(), bits.ue(), bits.ue(), bits.ue()
    fields = 1 if frames_only else 2
    unit_x, unit_y = (2 if chroma_format in (1, 2) else 1), (2 if chroma_format == 1 else 1) * fields
    width = checked("H.264 picture width", columns * 16 - unit_x * (left + right), 1, LARGEST)
    height = checked("H.264 picture height", rows * 16 * fields - unit_y * (top + bottom), 1, LARGEST)
    vui = _vui(bits) if bits.flag() else _Vui()
    return Sps(profile, constraints, level, width, height, vui.full_range, vui.primaries, vui.transfer, vui.matrix, vui.fps)


def _chroma_format(bits: BitReader) -> int:
    """The fields that only the high profiles have; returns chroma_format_idc."""
    chroma_format = checked("H.264 chroma_format_idc", bits.ue(), 0, 3)
    if chroma_format == 3:
        bits.skip(1)  # separate_colour_plane_flag
    bits.ue(), bits.ue()  # bit depths
    bits.skip(1)  # qpprime_y_zero_transform_bypass_flag
    if bits.flag():
        for i in range(8 if chroma_format != 3 else 12):
            if bits.flag():
                _skip_scaling_list(bits, 16 if i < 6 else 64)
    return chroma_format


def _skip_scaling_list(bits: BitReader, size: int) -> None:
    """Clause 7.3.2.1.1.1: the list ends early when a scale of 0 comes up."""
    last = 8
    for _ in range(size):
        last = (last + bits.se()) % 256
        if last == 0:
            return


def _skip_picture_order(bits: BitReader) -> None:
    kind = checked("H.264 pic_order_cnt_type", bits.ue(), 0, 2)
    if kind == 0:
        bits.ue()  # log2_max_pic_order_cnt_lsb_minus4
    elif kind == 1:
        bits.skip(1)  # delta_pic_order_always_zero_flag
        bits.se(), bits.se()  # offsets
        for _ in range(checked("H.264 num_ref_frames_in_pic_order_cnt_cycle", bits.ue(), 0, 255)):
            bits.se()


def _vui(bits: BitReader) -> _Vui:
    """Annex E.1.1, as far as the timing."""
    if bits.flag() and bits.u(8) == EXTENDED_ASPECT:
        bits.skip(32)
    if bits.flag():
        bits.skip(1)  # overscan_appropriate_flag
    full_range, primaries, transfer, matrix = False, UNSPECIFIED, UNSPECIFIED, UNSPECIFIED
    if bits.flag():
        bits.skip(3)  # video_format
        full_range = bits.flag()
        if bits.flag():
            primaries, transfer, matrix = bits.u(8), bits.u(8), bits.u(8)
    if bits.flag():
        bits.ue(), bits.ue()  # chroma sample location
    fps = 0.0
    if bits.flag():
        tick, scale = bits.u(32), bits.u(32)
        fps = scale / (2 * tick) if tick else 0.0  # two ticks, fields, make a frame
    return _Vui(full_range, primaries, transfer, matrix, fps)

"""Which parts of a coded picture are signed: NAL units and OBUs sorted by what they mean for a signature.

Slices are hashed. The first slice of an IDR picture (in AV1 a key frame) opens a group of pictures. Parameter sets, delimiters and
other people's SEI messages are not protected; other people's AV1 metadata is. H.265's sub-layer and leading pictures (types 2-9) are
not hashed by either format, so a signed stream must not contain any; ours never does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import Enum, auto

from panocam.codecs.signing.envelope import is_ours
from panocam.media import nal, obu
from panocam.media.codec import Codec
from panocam.media.h264 import NalType as H264Type
from panocam.media.h265 import NalType as H265Type
from panocam.media.obu import Obu, ObuType

Bytes = bytes | memoryview
FIRST_SLICE = 0x80  # first_mb_in_slice is 0; first_slice_segment_in_pic_flag
_SHOW_EXISTING, _FRAME_TYPE = 0x80, 0x60


class Kind(Enum):
    """What a unit means for the signature."""

    ANCHOR = auto()  # first slice of a picture that opens a group
    PICTURE = auto()  # first slice of any other picture
    SLICE = auto()  # hashed, but begins no picture
    MESSAGE = auto()  # may carry a signature of ours
    PARAMETERS = auto()  # how pictures are decoded; not protected
    OTHER = auto()  # not protected


HASHED = frozenset({Kind.ANCHOR, Kind.PICTURE, Kind.SLICE})
FIRST = frozenset({Kind.ANCHOR, Kind.PICTURE})


@dataclass(frozen=True, slots=True)
class Unit:
    """``data`` is the NAL unit from its header, or the OBU with header and size (a frame header together with its tile groups)."""

    kind: Kind
    data: Bytes


def _kind_h264(unit: Bytes) -> Kind:
    kind, first = unit[0] & 0x1F, len(unit) > 1 and bool(unit[1] & FIRST_SLICE)
    referenced = bool(unit[0] & 0x60)
    if kind == H264Type.IDR and referenced:
        return Kind.ANCHOR if first else Kind.SLICE
    if kind == H264Type.SLICE:
        return Kind.PICTURE if first else Kind.SLICE
    if kind == H264Type.SEI and not referenced and is_ours(Codec.H264, unit):
        return Kind.MESSAGE
    return Kind.PARAMETERS if kind in (H264Type.SPS, H264Type.PPS) else Kind.OTHER


def _kind_h265(unit: Bytes) -> Kind:
    kind, first = (unit[0] >> 1) & 0x3F, len(unit) > 2 and bool(unit[2] & FIRST_SLICE)
    if H265Type.BLA_W_LP <= kind <= H265Type.CRA and len(unit) > 1 and unit[1] & 7 == 1:
        return Kind.ANCHOR if first else Kind.SLICE
    if kind in (H265Type.TRAIL_N, H265Type.TRAIL_R):
        return Kind.PICTURE if first else Kind.SLICE
    if kind in (H265Type.PREFIX_SEI, H265Type.SUFFIX_SEI) and is_ours(Codec.H265, unit):
        return Kind.MESSAGE
    return Kind.PARAMETERS if kind in (H265Type.VPS, H265Type.SPS, H265Type.PPS) else Kind.OTHER


def _kind_frame(payload: Bytes) -> Kind:
    """Of a frame or frame header OBU: uncompressed_header (clause 5.9.2) begins with show_existing_frame and frame_type."""
    first = payload[0] if len(payload) else _SHOW_EXISTING
    return Kind.PICTURE if first & (_SHOW_EXISTING | _FRAME_TYPE) else Kind.ANCHOR


def nal_units(codec: Codec, units: Iterable[Bytes]) -> list[Unit]:
    """Sort the NAL units (headers first, no start codes, no padding) of H.264 or H.265."""
    kind = _kind_h264 if codec is Codec.H264 else _kind_h265
    return [Unit(kind(unit), unit) for unit in units if len(unit)]


def obu_units(data: bytes) -> list[Unit]:
    """Sort the OBUs of a temporal unit. One that came without its size (RTP leaves it out) gets the shortest, as it was signed."""
    return list(_obus(obu.split(data)))


def _obus(units: Iterable[Obu]) -> Iterator[Unit]:
    kind, parts = Kind.OTHER, list[Bytes]()  # a frame header that waits for its tile groups
    for unit in units:
        if parts and unit.kind == ObuType.TILE_GROUP:
            parts.append(_sized(unit))
            continue
        if parts:
            yield Unit(kind, b"".join(parts))
            parts = []
        if unit.kind == ObuType.FRAME_HEADER:
            kind, parts = _kind_frame(unit.payload), [_sized(unit)]
        elif unit.kind == ObuType.FRAME:
            yield Unit(_kind_frame(unit.payload), _sized(unit))
        elif unit.kind == ObuType.METADATA:
            yield Unit(Kind.MESSAGE if is_ours(Codec.AV1, _sized(unit)) else Kind.SLICE, _sized(unit))
        else:
            yield Unit(Kind.PARAMETERS if unit.kind == ObuType.SEQUENCE_HEADER else Kind.OTHER, _sized(unit))
    if parts:
        yield Unit(kind, b"".join(parts))


def _sized(unit: Obu) -> Bytes:
    if unit.header[0] & 0x02:
        return unit.whole
    return bytes([unit.header[0] | 0x02]) + unit.header[1:] + obu.leb128(len(unit.payload)) + unit.payload


SPLIT: dict[Codec, Callable[[bytes], list[Unit]]] = {
    Codec.H264: lambda data: nal_units(Codec.H264, nal.split(data)),
    Codec.H265: lambda data: nal_units(Codec.H265, nal.split(data)),
    Codec.AV1: obu_units,
}
"""Takes apart what a ``Packet`` holds. Raises RemoteProtocolError for what is no such thing."""


def join(codec: Codec, units: Iterable[Bytes]) -> bytes:
    """The reverse, as a ``Packet`` holds it."""
    return b"".join(units) if codec is Codec.AV1 else nal.join(units)

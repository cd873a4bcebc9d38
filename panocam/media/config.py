"""Decoder configuration records: what containers keep of a stream beside its pictures, made from its parameter sets.

``avcC`` and ``hvcC`` are ISO/IEC 14496-15 clauses 5.3.3.1 and 8.3.3.1, ``av1C`` is AV1 in ISOBMFF clause 2.3. In all of them units are
stored with lengths of four bytes.
"""

from __future__ import annotations

from panocam.errors import RemoteProtocolError
from panocam.media import h264, h265, nal, obu
from panocam.media.codec import Codec, StreamDescription
from panocam.media.obu import ObuType

PLAIN_H264 = frozenset({66, 77, 88})
"""profile_idc of the H.264 profiles whose record has no fields about chroma and depth."""


def configuration(description: StreamDescription) -> bytes:
    """The record for a stream; empty for JPEG. Raises RemoteProtocolError when its parameter sets do not fit its codec."""
    match description.codec:
        case Codec.H264:
            return _avcc(description.parameter_sets)
        case Codec.H265:
            return _hvcc(description.parameter_sets)
        case Codec.AV1:
            return _av1c(description.parameter_sets)
        case Codec.JPEG:
            return b""


def parameter_sets(codec: Codec, record: bytes) -> tuple[bytes, ...]:
    """The parameter sets kept in a record. Raises RemoteProtocolError for one that is cut or of another version."""
    try:
        match codec:
            case Codec.H264:
                return _from_avcc(record)
            case Codec.H265:
                return _from_hvcc(record)
            case Codec.AV1:
                return (record[4:],) if len(record) > 4 else ()
            case Codec.JPEG:
                return ()
    except IndexError:
        raise RemoteProtocolError(f"the {codec} configuration record is cut") from None


def to_lengths(data: bytes) -> bytes:
    """Annex B to units with lengths of four bytes."""
    parts: list[bytes | memoryview] = []
    for unit in nal.split(data):
        parts += (len(unit).to_bytes(4, "big"), unit)
    return b"".join(parts)


def stored(codec: Codec, data: bytes) -> bytes:
    """An access unit as MP4 and Matroska store it: lengths instead of start codes, no AV1 temporal delimiter."""
    if codec in (Codec.H264, Codec.H265):
        return to_lengths(data)
    if codec is Codec.AV1:
        return b"".join(unit.whole for unit in obu.split(data) if unit.kind != ObuType.TEMPORAL_DELIMITER)
    return data


def unstored(codec: Codec, data: bytes) -> bytes:
    """The inverse of ``stored``: an access unit as ``Packet.data`` has it. Raises RemoteProtocolError."""
    if codec in (Codec.H264, Codec.H265):
        return nal.from_lengths(data)
    return b"\x12\x00" + data if codec is Codec.AV1 else data


def _sized(unit: bytes) -> bytes:
    return len(unit).to_bytes(2, "big") + unit


def _avcc(sets: tuple[bytes, ...]) -> bytes:
    by_type = {kind: [unit for unit in sets if h264.nal_type(unit) == kind] for kind in (h264.NalType.SPS, h264.NalType.PPS)}
    sps, pps = by_type[h264.NalType.SPS], by_type[h264.NalType.PPS]
    if not sps or not pps:
        raise RemoteProtocolError("an H.264 stream without sequence or picture parameter set")
    record = b"\x01" + sps[0][1:4] + b"\xff" + bytes([0xE0 | len(sps)]) + b"".join(map(_sized, sps))
    record += bytes([len(pps)]) + b"".join(map(_sized, pps))
    return record if sps[0][1] in PLAIN_H264 else record + b"\xfd\xf8\xf8\x00"  # 4:2:0, 8 bits, no extensions


def _from_avcc(record: bytes) -> tuple[bytes, ...]:
    at, sets = 5, []
    for mask in (0x1F, 0xFF):
        count, at = record[at] & mask, at + 1
        for _ in range(count):
            size = record[at] << 8 | record[at + 1]
            sets.append(record[at + 2 : at + 2 + size])
            at += 2 + size
    return tuple(sets)


def _hvcc(sets: tuple[bytes, ...]) -> bytes:
    kinds = (h265.NalType.VPS, h265.NalType.SPS, h265.NalType.PPS)
    by_type = [[unit for unit in sets if h265.nal_type(unit) == kind] for kind in kinds]
    if not all(by_type):
        raise RemoteProtocolError("an H.265 stream without video, sequence or picture parameter set")
    sps = h265.parse_sps(by_type[1][0])
    record = bytes([1, sps.profile_space << 6 | sps.high_tier << 5 | sps.profile_idc])
    record += sps.compatibility.to_bytes(4, "big") + sps.constraints.to_bytes(6, "big") + bytes([sps.level_idc])
    depth = sps.bit_depth - 8
    record += b"\xf0\x00\xfc\xfd" + bytes([0xF8 | depth, 0xF8 | depth]) + b"\0\0" + bytes([0x0F, len(kinds)])  # one temporal layer
    for kind, units in zip(kinds, by_type, strict=True):
        record += bytes([0x80 | kind]) + len(units).to_bytes(2, "big") + b"".join(map(_sized, units))
    return record


def _from_hvcc(record: bytes) -> tuple[bytes, ...]:
    at, sets = 23, []
    for _ in range(record[22]):
        count, at = record[at + 1] << 8 | record[at + 2], at + 3
        for _ in range(count):
            size = record[at] << 8 | record[at + 1]
            sets.append(record[at + 2 : at + 2 + size])
            at += 2 + size
    return tuple(sets)


def _av1c(sets: tuple[bytes, ...]) -> bytes:
    if not sets:
        raise RemoteProtocolError("an AV1 stream without sequence header")
    unit = next(obu.split(sets[0]))
    head = obu.parse_sequence_header(unit.payload)
    depth = (head.bit_depth > 8) << 6 | (head.bit_depth > 10) << 5 | head.monochrome << 4 | 0b1100  # 4:2:0, position unknown
    return bytes([0x81, head.profile << 5 | head.level, head.high_tier << 7 | depth, 0]) + bytes(unit.whole)

"""The parameter sets that stand in front of a key picture, whatever its codec."""

from __future__ import annotations

from panocam.media import h264, h265, nal, obu
from panocam.media.codec import Codec

_H264 = (h264.NalType.SPS, h264.NalType.PPS)
_H265 = (h265.NalType.VPS, h265.NalType.SPS, h265.NalType.PPS)


def codec_string(codec: Codec, sets: tuple[bytes, ...]) -> str:
    """The RFC 6381 name of a stream with these parameter sets; "mjpeg" for JPEG, empty when the deciding set is missing."""
    match codec:
        case Codec.H264:
            return next((h264.parse_sps(unit).codec_string for unit in sets if h264.nal_type(unit) == h264.NalType.SPS), "")
        case Codec.H265:
            return next((h265.parse_sps(unit).codec_string for unit in sets if h265.nal_type(unit) == h265.NalType.SPS), "")
        case Codec.AV1:
            return next((obu.parse_sequence_header(next(obu.split(unit)).payload).codec_string for unit in sets), "")
        case Codec.JPEG:
            return "mjpeg"


def parameter_sets_of(codec: Codec, data: bytes) -> tuple[bytes, ...]:
    """H.264 SPS and PPS, H.265 VPS, SPS and PPS (no start codes), the AV1 sequence header unit; () for JPEG or when there are none.

    Raises RemoteProtocolError for data that is no access unit.
    """
    match codec:
        case Codec.H264:
            return tuple(bytes(unit) for unit in nal.split(data) if h264.nal_type(unit) in _H264)
        case Codec.H265:
            return tuple(bytes(unit) for unit in nal.split(data) if h265.nal_type(unit) in _H265)
        case Codec.AV1:
            return tuple(bytes(unit.whole) for unit in obu.split(data) if unit.kind == obu.ObuType.SEQUENCE_HEADER)
        case Codec.JPEG:
            return ()

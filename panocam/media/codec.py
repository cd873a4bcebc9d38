"""Codecs by FFmpeg's names, and what a client must know of a stream before its first packet."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Codec(StrEnum):
    """Video codecs; the values are the spelling of VAPIX ``videocodec`` and of FFmpeg (``jpeg`` = ``mjpeg``)."""

    H264 = "h264"
    H265 = "h265"
    AV1 = "av1"
    JPEG = "jpeg"


class BitrateMode(StrEnum):
    """How the encoder spends bits: constant quality, or constant quality under a cap."""

    VBR = "vbr"
    MBR = "mbr"


class BitratePriority(StrEnum):
    """What gives way when a capped stream would be too large, as VAPIX spells it.

    ``FRAMERATE``: quality alone, as far as it goes. ``QUALITY``: pictures alone are left out. ``NONE``: quality goes half of the way
    to the coarsest, then pictures. Where quality cannot go on, pictures are left out in any case: the cap holds.
    """

    NONE = "none"
    FRAMERATE = "framerate"
    QUALITY = "quality"


class H264Profile(StrEnum):
    """H.264 profiles on offer (ITU-T H.264 annex A)."""

    BASELINE = "baseline"
    MAIN = "main"
    HIGH = "high"


class Zipstream(StrEnum):
    """How much what stands still may differ from what is shown, to save bits."""

    OFF = "off"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    HIGHER = "higher"
    EXTREME = "extreme"


@dataclass(frozen=True)
class EncoderProfile:
    """Everything that decides the bits of a stream, given its pictures. Equal profiles share one encoder.

    ``fps`` 0 means as many as the source gives. ``compression`` 0 (best) .. 100. ``gop`` is the distance of key frames
    in frames (>= 1). ``max_bitrate_kbps`` and ``bitrate_priority`` count with ``MBR`` only.
    """

    codec: Codec
    width: int
    height: int
    fps: float = 0
    compression: int = 30
    gop: int = 32
    bitrate_mode: BitrateMode = BitrateMode.VBR
    max_bitrate_kbps: int = 0
    bitrate_priority: BitratePriority = BitratePriority.FRAMERATE
    h264_profile: H264Profile = H264Profile.HIGH
    zipstream: Zipstream = Zipstream.OFF


@dataclass(frozen=True)
class StreamDescription:
    """What SDP, MP4 and WebCodecs need before the first picture.

    ``parameter_sets``: H.264 (SPS, PPS), H.265 (VPS, SPS, PPS), as NAL units without start code; AV1 (sequence header
    OBU,); JPEG (). ``codec_string`` is the RFC 6381 name (``avc1.640028``, ``hvc1...``, ``av01...``, ``mjpeg``).
    """

    codec: Codec
    width: int
    height: int
    fps: float
    parameter_sets: tuple[bytes, ...] = ()
    codec_string: str = ""

"""Session descriptions (RFC 8866), in the shape that camera clients parse: absolute control URLs, the rate, the codec's own line."""

from __future__ import annotations

import base64
import re
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from panocam.clock import NS
from panocam.media.codec import Codec, StreamDescription
from panocam.media.footage import Footage
from panocam.streaming import metadata
from panocam.streaming.playback.wish import shown
from panocam.streaming.rtp import jpeg
from panocam.streaming.rtp.packer import payload_type
from panocam.streaming.rtsp.target import Target

_IDENTITY = "1.000000,0.000000,0.000000;0.000000,1.000000,0.000000;0.000000,0.000000,1.000000"
"""The transform line: a 3x3 matrix from the picture to the video's coordinates; nothing is rotated behind the encoder."""

TRACK_TOKENS = ("VIDEO001", "META001")
"""What ONVIF calls the tracks of a recording: pictures, notes."""

_AV1_STRING = re.compile(r"av01\.(\d)\.(\d\d)([MH])")


@dataclass(frozen=True)
class Media:
    """One stream of a presentation: which control index, and what it is; None for events."""

    index: int
    description: StreamDescription | None


def build(target: Target, media: Sequence[Media], host: str, footage: Footage | None = None) -> bytes:
    """The description of a live presentation, or of a recording. ``host`` is this server's address."""
    version = "IP6" if ":" in host else "IP4"
    lines = [
        "v=0",
        f"o=- {secrets.randbits(48)} 1 IN {version} {host}",
        "s=panocam",
        f"c=IN {version} {'::' if ':' in host else '0.0.0.0'}",  # noqa: S104  # where to is settled by SETUP
        "t=0 0",
        "a=tool:panocam",
        *(("a=type:broadcast", "a=range:npt=now-") if footage is None else _ranges(footage)),
        f"a=control:{target.aggregate}",
    ]
    for item in media:
        lines += _section(target, item)
        if footage is not None:
            lines.append(f"a=x-onvif-track:{TRACK_TOKENS[item.description is None]}")
    return "\r\n".join((*lines, "")).encode()


def _ranges(footage: Footage) -> tuple[str, ...]:
    """From when to when, in both units; open at the end while it is being recorded."""
    seconds = "" if footage.running else f"{(footage.stop_ns - footage.start_ns) / NS:.3f}"
    stop = "" if footage.running else shown(footage.stop_ns)
    return f"a=range:npt=0.000-{seconds}", f"a=range:clock={shown(footage.start_ns)}-{stop}"


def _section(target: Target, item: Media) -> list[str]:
    stream = item.description
    if stream is None:
        kind, control = metadata.PAYLOAD_TYPE, f"a=control:{target.stream_url(item.index)}"
        return [f"m=application 0 RTP/AVP {kind}", "a=recvonly", f"a=rtpmap:{kind} {metadata.ENCODING}/90000", control]
    kind = payload_type(stream.codec)
    lines = [f"m=video 0 RTP/AVP {kind}", "a=recvonly", f"a=rtpmap:{kind} {_ENCODINGS[stream.codec]}/90000"]
    if format_line := _FORMATS[stream.codec](stream):
        lines.append(f"a=fmtp:{kind} {format_line}")
    if stream.codec is Codec.JPEG and _oversize(stream):
        lines.append(f"a=framesize:{kind} {stream.width}-{stream.height}")
    if stream.fps > 0:
        lines.append(f"a=framerate:{stream.fps:.6f}")
    return [*lines, f"a=transform:{_IDENTITY}", f"a=control:{target.stream_url(item.index)}"]


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _h264(stream: StreamDescription) -> str:
    # RFC 6184 §8.1: profile-level-id is the three bytes behind the SPS' header.
    sets = stream.parameter_sets
    return f"packetization-mode=1;profile-level-id={sets[0][1:4].hex()};sprop-parameter-sets={','.join(map(_base64, sets))}"


def _h265(stream: StreamDescription) -> str:
    # RFC 7798 §7.1; the type tells the sets apart (32 VPS, 33 SPS, 34 PPS).
    names = {32: "sprop-vps", 33: "sprop-sps", 34: "sprop-pps"}
    return ";".join(f"{names[unit[0] >> 1 & 63]}={_base64(unit)}" for unit in stream.parameter_sets if unit[0] >> 1 & 63 in names)


def _av1(stream: StreamDescription) -> str:
    # AV1 RTP payload specification §7.2.1; the codec string already says profile, level and tier.
    found = _AV1_STRING.match(stream.codec_string)
    return f"profile={found[1]};level-idx={int(found[2])};tier={int(found[3] == 'H')}" if found else ""


def _jpeg(stream: StreamDescription) -> str:
    # GStreamer's spelling of what ``framesize`` says; it reads nothing else.
    return f"x-dimensions={stream.width},{stream.height}" if _oversize(stream) else ""


def _oversize(stream: StreamDescription) -> bool:
    """Whether the picture is larger than RTP's JPEG header can say."""
    return max(stream.width, stream.height) > jpeg.MAX_SIDE


_ENCODINGS = {Codec.H264: "H264", Codec.H265: "H265", Codec.AV1: "AV1", Codec.JPEG: "JPEG"}
_FORMATS: dict[Codec, Callable[[StreamDescription], str]] = {
    Codec.H264: _h264,
    Codec.H265: _h265,
    Codec.AV1: _av1,
    Codec.JPEG: _jpeg,
}

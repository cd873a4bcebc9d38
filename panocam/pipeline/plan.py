"""From what a client asks to a channel: defaults filled in, everything checked, equal wishes spelled equally."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from panocam.errors import InvalidValue
from panocam.media.codec import BitrateMode, BitratePriority, Codec, EncoderProfile, H264Profile, Zipstream
from panocam.media.signing import SIGNABLE, Signing
from panocam.optics.catalog import Model, check_resolution, find, resolutions
from panocam.optics.mount import Mount
from panocam.pipeline.request import ALL_OVERLAYS, ChannelSpec, StreamRequest

Size = tuple[int, int]
Number = TypeVar("Number", int, float)

MOST_FPS = 120.0
LONGEST_GOP = 1200
BITRATES_KBPS = (50, 200_000)


@dataclass(frozen=True)
class StreamDefaults:
    """What a request means where it says nothing.

    ``resolutions`` by view index; a view that is not named, or whose size is not in its list, uses its largest size of at most
    ``pixels``. ``fps`` 0 is the source's rate; ``max_bitrate_kbps`` and ``bitrate_priority`` count in mode MBR.
    """

    codec: Codec = Codec.H264
    fps: float = 0.0
    compression: int = 30
    gop: int = 32
    bitrate_mode: BitrateMode = BitrateMode.VBR
    max_bitrate_kbps: int = 4000
    bitrate_priority: BitratePriority = BitratePriority.FRAMERATE
    h264_profile: H264Profile = H264Profile.HIGH
    zipstream: Zipstream = Zipstream.OFF
    resolutions: Mapping[int, Size] = field(default_factory=dict)
    pixels: int = 1_400_000
    signed: bool = False
    signing: Signing = field(default_factory=Signing)


def plan(request: StreamRequest, defaults: StreamDefaults, model: Model, mount: Mount, source_size: Size | None) -> ChannelSpec:
    """The channel that ``request`` asks for.

    Raises NotFound for a view that does not exist on the mount, InvalidValue that names any other argument and what it accepts.
    """
    find(request.view, mount)
    codec = request.codec or defaults.codec
    width, height = _resolution(request, defaults, model, source_size)
    predicts = codec is not Codec.JPEG
    mode = (request.bitrate_mode or defaults.bitrate_mode) if predicts else BitrateMode.VBR
    capped = mode is BitrateMode.MBR
    limit = _or(request.max_bitrate_kbps, defaults.max_bitrate_kbps) if capped else 0
    if capped:
        _within("max_bitrate_kbps", limit, *BITRATES_KBPS)
    profile = EncoderProfile(
        codec=codec,
        width=width,
        height=height,
        fps=_within("fps", _or(request.fps, defaults.fps), 0, MOST_FPS),
        compression=_within("compression", _or(request.compression, defaults.compression), 0, 100),
        gop=_within("gop", _or(request.gop, defaults.gop), 1, LONGEST_GOP) if predicts else 1,
        bitrate_mode=mode,
        max_bitrate_kbps=limit,
        bitrate_priority=(request.bitrate_priority or defaults.bitrate_priority) if capped else BitratePriority.FRAMERATE,
        h264_profile=(request.h264_profile or defaults.h264_profile) if codec is Codec.H264 else H264Profile.HIGH,
        zipstream=(request.zipstream or defaults.zipstream) if predicts else Zipstream.OFF,
    )
    overlays = ALL_OVERLAYS if request.overlays is None else request.overlays
    return ChannelSpec(request.view, profile, _signing(request, defaults, codec), overlays)


def _resolution(request: StreamRequest, defaults: StreamDefaults, model: Model, source_size: Size | None) -> Size:
    if request.resolution is not None:
        return check_resolution(model, request.view, request.resolution, source_size)
    offered = resolutions(model, request.view, source_size)
    wanted = defaults.resolutions.get(request.view)
    if wanted in offered:
        return wanted
    return next((size for size in offered if size[0] * size[1] <= defaults.pixels), offered[-1])


def _signing(request: StreamRequest, defaults: StreamDefaults, codec: Codec) -> Signing | None:
    if codec not in SIGNABLE and request.signed:
        raise InvalidValue("videosigned", 1, "Motion JPEG has no place for signatures; use h264, h265 or av1")
    wanted = defaults.signed if request.signed is None else request.signed
    return defaults.signing.for_codec(codec) if wanted and codec in SIGNABLE else None


def _or(value: Number | None, default: Number) -> Number:
    return default if value is None else value


def _within(name: str, value: Number, least: Number, most: Number) -> Number:
    if not (math.isfinite(value) and least <= value <= most):
        raise InvalidValue(name, value, f"give {least:g} to {most:g}")
    return value

"""What a client may ask for. ``None`` means "not said", and the camera's stream defaults decide."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from panocam.media.codec import BitrateMode, BitratePriority, Codec, EncoderProfile, H264Profile, Zipstream
from panocam.media.signing import Signing


class Overlay(StrEnum):
    """Kinds of overlays that a stream may have or leave out; a streaming indicator counts as text."""

    TEXT = "text"
    IMAGE = "image"


ALL_OVERLAYS = frozenset(Overlay)


@dataclass(frozen=True)
class StreamRequest:
    """A stream as a client words it, in typed values; dialects translate their spelling into this.

    ``view`` is the index 0..11 of the view. ``resolution`` is (width, height) and must be in the view's list.
    """

    view: int = 0
    codec: Codec | None = None
    resolution: tuple[int, int] | None = None
    fps: float | None = None
    compression: int | None = None
    gop: int | None = None
    bitrate_mode: BitrateMode | None = None
    max_bitrate_kbps: int | None = None
    bitrate_priority: BitratePriority | None = None
    h264_profile: H264Profile | None = None
    zipstream: Zipstream | None = None
    signed: bool | None = None
    overlays: frozenset[Overlay] | None = None


@dataclass(frozen=True)
class ChannelSpec:
    """The identity of a channel: equal specs share one encode, one packetisation, the same bytes."""

    view: int
    profile: EncoderProfile
    signing: Signing | None = None
    overlays: frozenset[Overlay] = ALL_OVERLAYS

"""Opening an encoder: the contract of all of them, and one row for each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from panocam.clock import Clock, SystemClock
from panocam.codecs import av1, h264, h265
from panocam.codecs.jpeg import JpegEncoder
from panocam.codecs.libav import LibavEncoder, Recipe
from panocam.errors import InvalidValue
from panocam.media.codec import BitrateMode, Codec, EncoderProfile, StreamDescription
from panocam.media.frame import Frame
from panocam.media.packet import Packet
from panocam.media.planes import Color, Planes

FASTEST = 240.0
"""Pictures a second that every encoder accepts."""
_CLOCK = SystemClock()


class Encoder(Protocol):
    """Frame to packets, one packet for each frame at once (none for a frame that a capped bitrate has no room for).

    Belongs to one thread at a time.
    """

    @property
    def description(self) -> StreamDescription:
        """Complete as soon as the first key packet is out; before, parameter sets and codec string may be empty."""

    def allocate(self) -> Planes:
        """Planes of the right size and colour in the encoder's own memory, contents undefined. A frame made of them is not copied.

        The memory is used again when nobody refers to the planes or to views of them any more.
        """

    def encode(self, frame: Frame, key: bool = False) -> list[Packet]:
        """Code one picture; ``key`` asks for a key picture now. The next one then follows a whole ``gop`` later.

        Raises InvalidValue for a frame of another size or colour than the encoder was opened for, Unavailable when the encoder fails.
        """

    def close(self) -> None:
        """Give memory and threads back. Idempotent."""


@dataclass(frozen=True)
class Family:
    """A row: how a codec is opened and how large its pictures may be.

    ``library`` is FFmpeg's name, empty when it is not FFmpeg's. ``largest`` bounds each side, ``area`` their product in pixels.
    """

    open: Callable[[EncoderProfile, float, Color, int, Clock], Encoder]
    library: str
    smallest: int
    largest: int
    area: int


def _by_recipe(recipe: Callable[[EncoderProfile, float, int], Recipe]) -> Callable[[EncoderProfile, float, Color, int, Clock], Encoder]:
    def opened(profile: EncoderProfile, fps: float, color: Color, threads: int, clock: Clock) -> Encoder:
        return LibavEncoder(recipe(profile, fps, threads), profile, fps, color, clock)

    return opened


def _open_jpeg(profile: EncoderProfile, fps: float, color: Color, _threads: int, clock: Clock) -> Encoder:
    return JpegEncoder(profile, fps, color, clock)


LEVEL_62 = 8192 * 4352
"""Pixels of the largest picture of H.264 level 6.2 (table A-1) and H.265 level 6.2 (table A.8)."""

FAMILIES: dict[Codec, Family] = {
    Codec.H264: Family(_by_recipe(h264.recipe), h264.LIBRARY, 16, 8192, LEVEL_62),
    Codec.H265: Family(_by_recipe(h265.recipe), h265.LIBRARY, 16, 8192, LEVEL_62),
    Codec.AV1: Family(_by_recipe(av1.recipe), av1.LIBRARY, 16, 8192, LEVEL_62),
    Codec.JPEG: Family(_open_jpeg, "", 16, 8192, 8192 * 8192),
}


def open_encoder(profile: EncoderProfile, fps: float, color: Color, threads: int = 1, clock: Clock = _CLOCK) -> Encoder:
    """An encoder for pictures of ``color`` that come ``fps`` times a second (a source's own rate where the profile leaves it open).

    ``threads`` 1 codes H.264 pictures as one slice each; more threads make as many slices.
    Raises InvalidValue (names the setting) or Unavailable (this build of FFmpeg lacks the encoder, or it refuses).
    """
    _check(profile, fps, threads)
    return FAMILIES[profile.codec].open(profile, fps, color, threads, clock)


def _check(profile: EncoderProfile, fps: float, threads: int) -> None:
    row, size = FAMILIES[profile.codec], (profile.width, profile.height)
    if not all(row.smallest <= side <= row.largest for side in size) or profile.width * profile.height > row.area:
        bounds = f"{row.smallest}x{row.smallest} to {row.largest}x{row.largest}, at most {row.area} pixels"
        raise InvalidValue("resolution", f"{size[0]}x{size[1]}", f"{profile.codec.value} pictures are {bounds}")
    if profile.width % 2 or profile.height % 2:
        raise InvalidValue("resolution", f"{size[0]}x{size[1]}", "width and height must be even")
    if not 0 <= profile.compression <= 100:
        raise InvalidValue("compression", profile.compression, "give 0 (best picture) to 100 (fewest bits)")
    if profile.gop < 1:
        raise InvalidValue("gop", profile.gop, "give 1 (key pictures only) or more")
    if not 0 < fps <= FASTEST:
        raise InvalidValue("fps", fps, f"give more than 0, at most {FASTEST:g}")
    if profile.bitrate_mode is BitrateMode.MBR and profile.codec is not Codec.JPEG and profile.max_bitrate_kbps < 1:
        raise InvalidValue("max_bitrate_kbps", profile.max_bitrate_kbps, "a capped bitrate needs a cap of 1 kbit/s or more")
    if threads < 1:
        raise InvalidValue("threads", threads, "give 1 or more")

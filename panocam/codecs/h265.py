"""H.265 by x265. It costs four times what x264 does; ``ultrafast`` is the only preset that keeps up with live video on few cores."""

from __future__ import annotations

from panocam.codecs.libav import Headers, Recipe
from panocam.codecs.rate import cap, quality
from panocam.media import h265, nal
from panocam.media.codec import EncoderProfile
from panocam.media.h265 import NalType

LIBRARY = "libx265"
PRESET = "ultrafast"
SETTINGS = "scenecut=0:open-gop=0:repeat-headers=1:info=0:frame-threads=1:log-level=none"


def recipe(profile: EncoderProfile, fps: float, threads: int) -> Recipe:
    """Constant quality, closed groups of exactly ``profile.gop`` pictures, no picture waits for another."""
    private = f"{SETTINGS}:pools={threads if threads > 1 else 'none'}"
    limit = cap(profile, fps)
    if limit and limit.kept:
        private += f":vbv-maxrate={limit.rate}:vbv-bufsize={limit.bucket}"
        if limit.coarsest is not None:
            private += f":qpmax={limit.coarsest}"
    options = {
        "preset": PRESET,
        "tune": "zerolatency",
        "crf": str(quality(profile.codec, profile.compression)),
        "forced-idr": "1",
        "x265-params": private,
    }
    return Recipe(LIBRARY, options, finish, headers, limit=limit)


def finish(data: bytes) -> bytes:
    """Four-byte start codes throughout, without messages that no decoder needs."""
    return nal.join(unit for unit in nal.split(data) if h265.nal_type(unit) != NalType.PREFIX_SEI)


def headers(data: bytes) -> Headers:
    """VPS, SPS and PPS in front of a key picture."""
    units = {h265.nal_type(unit): bytes(unit) for unit in nal.split(data)}
    return (units[NalType.VPS], units[NalType.SPS], units[NalType.PPS]), h265.parse_sps(units[NalType.SPS]).codec_string

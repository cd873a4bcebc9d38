"""AV1 by SVT-AV1 in its real-time mode: about as fast as x264's faster presets, at half the bits.

Its own "capped constant quality" looks at minutes, not at a second. So a cap is made the other way round: constant bitrate, never
better than the constant quality would have been. Measured with SVT-AV1 4.1: with a ``min-qp`` of 32 or more its controller gives up
and the bitrate runs away, so the floor stays below; it also overshoots when the scene changes and is asked for less than it may use.
"""

from __future__ import annotations

import os

from panocam.codecs.libav import Headers, Recipe
from panocam.codecs.rate import cap, quality
from panocam.errors import RemoteProtocolError
from panocam.media import obu
from panocam.media.codec import EncoderProfile
from panocam.media.obu import ObuType

LIBRARY = "libsvtav1"
PRESET = "12"
SETTINGS = "pred-struct=1:rtc=1:scd=0"

FLOOR, COARSEST = 31, 63
MODESTY = 0.85
SHORTEST_MS, LONGEST_MS = 40, 10_000  # of its buffer

os.environ.setdefault("SVT_LOG", "0")  # else the library reports its settings on standard error; it offers no other switch


def recipe(profile: EncoderProfile, fps: float, threads: int) -> Recipe:
    """Low delay, key pictures exactly every ``profile.gop`` pictures."""
    level = round(quality(profile.codec, profile.compression))
    private = f"{SETTINGS}:lp={threads}"
    limit = cap(profile, fps)
    if limit and limit.kept:
        window = min(max(1000 * limit.bucket // limit.rate, SHORTEST_MS), LONGEST_MS)
        private += f":rc=2:tbr={max(1, int(MODESTY * limit.rate))}:min-qp={min(level, FLOOR)}:max-qp={limit.coarsest or COARSEST}"
        private += f":buf-sz={window}:buf-initial-sz={window // 2}:buf-optimal-sz={window // 2}"
    else:
        private += f":crf={level}"
    return Recipe(LIBRARY, {"preset": PRESET, "svtav1-params": private}, finish, headers, limit=limit, calm=True)


def finish(data: bytes) -> bytes:
    """SVT-AV1 already writes whole temporal units in low-overhead format."""
    return data


def headers(data: bytes) -> Headers:
    """The sequence header in front of a key picture, as found: with its size field, as MP4's ``av1C`` wants it."""
    for unit in obu.split(data):
        if unit.kind == ObuType.SEQUENCE_HEADER:
            return (bytes(unit.whole),), obu.parse_sequence_header(unit.payload).codec_string
    raise RemoteProtocolError("an AV1 key picture came without a sequence header")

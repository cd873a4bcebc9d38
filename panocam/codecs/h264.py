"""H.264 by x264.

The preset decides half of the camera's CPU. Measured on a noisy fisheye clip at 1920x1440, constant quality: ``ultrafast`` spends a
fifth more bits because it leaves out CABAC and the loop filter; putting these and the 8x8 transform back costs a fifth of its time and
comes within a few percent of ``superfast``'s size, which takes half as long again. Adaptive quantisation, on from ``superfast``
upwards, spends bits on sensor noise in the dark rim around the image circle: five times the bits at equal PSNR when sigma is 2. It
stays off.

Without a cap every picture gets the same quantiser, for which x264 needs to know nothing of the picture. Its other constant quality (CRF)
first estimates each picture's motion at half size, which at this preset was a quarter of the time, and spent it on giving quiet pictures
more bits than the number says. The cap needs that estimate, since x264 knows a bucket with CRF only; there the least quantiser keeps quiet
pictures from being coded better than without a cap.

One thread writes one slice a picture. More threads cut the picture into as many slices, because threading by frame delays.
"""

from __future__ import annotations

from panocam.codecs.libav import Headers, Recipe
from panocam.codecs.rate import cap, quality
from panocam.media import h264, nal
from panocam.media.codec import EncoderProfile, H264Profile
from panocam.media.h264 import NalType

LIBRARY = "libx264"
PRESET = "ultrafast"
TUNING = {
    H264Profile.BASELINE: "deblock=0,0",
    H264Profile.MAIN: "deblock=0,0:cabac=1",
    H264Profile.HIGH: "deblock=0,0:cabac=1:8x8dct=1",
}
"""What each profile allows of it; x264 takes these as given and would lift the profile."""
TIMING = "scenecut=0:open-gop=0:rc-lookahead=0:sync-lookahead=0"


def recipe(profile: EncoderProfile, fps: float, threads: int) -> Recipe:
    """Constant quality, key pictures exactly every ``profile.gop`` pictures, no picture waits for another."""
    level = quality(profile.codec, profile.compression)
    private = f"{TUNING[profile.h264_profile]}:{TIMING}:sliced-threads={int(threads > 1)}"
    limit = cap(profile, fps)
    kept = limit is not None and limit.kept
    if limit and kept:
        private += f":vbv-maxrate={limit.rate}:vbv-bufsize={limit.bucket}:qpmin={round(level)}"
        if limit.coarsest is not None:
            private += f":qpmax={limit.coarsest}"
    options = {
        "preset": PRESET,
        "tune": "zerolatency",
        "profile": profile.h264_profile.value,
        **({"crf": str(level)} if kept else {"qp": str(round(level))}),
        "forced-idr": "1",
        "x264-params": private,
    }
    return Recipe(LIBRARY, options, finish, headers, threads, limit)


def finish(data: bytes) -> bytes:
    """Four-byte start codes throughout, without x264's advertisement (an SEI message)."""
    return nal.join(unit for unit in nal.split(data) if h264.nal_type(unit) != NalType.SEI)


def headers(data: bytes) -> Headers:
    """SPS and PPS in front of a key picture."""
    sets = tuple(bytes(unit) for unit in nal.split(data) if h264.nal_type(unit) in (NalType.SPS, NalType.PPS))
    return sets, h264.parse_sps(sets[0]).codec_string

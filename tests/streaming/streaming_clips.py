"""Short clips in every codec, encoded once by PyAV: real bitstreams for what is tested here."""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache

import av
import numpy as np
import simplejpeg

from panocam.codecs.libav import share_cores
from panocam.media import h264, h265, nal, obu
from panocam.media.codec import Codec, StreamDescription

ENCODERS = {
    Codec.H264: ("libx264", {"preset": "ultrafast", "tune": "zerolatency", "x264-params": "keyint=10:scenecut=0:repeat-headers=1"}),
    Codec.H265: (
        "libx265",
        {"preset": "ultrafast", "tune": "zerolatency", "x265-params": "keyint=10:repeat-headers=1:log-level=none:pools=1"},
    ),
    Codec.AV1: ("libsvtav1", {"preset": "12", "svtav1-params": "keyint=10:pred-struct=1:lp=1"}),
}
FPS = 25
LENGTH = 20


def picture(index: int, width: int, height: int) -> av.VideoFrame:
    """A gradient that moves, with some texture so that a key picture needs several packets."""
    rows, columns = np.mgrid[0:height, 0:width]
    noise = np.random.default_rng(7).integers(0, 60, (height, width))
    luma = ((columns + 8 * index + rows) % 160 + noise).astype(np.uint8)
    chroma = np.full((height // 2, width), 110, np.uint8)
    frame = av.VideoFrame.from_ndarray(np.vstack([luma, chroma]), format="yuv420p")
    frame.pts = index
    return frame


@lru_cache
def clip(codec: Codec, width: int = 320, height: int = 240) -> tuple[tuple[bytes, bool], ...]:
    """(access unit, key) of a short clip."""
    if codec is Codec.JPEG:
        return tuple((_jpeg(index, width, height), True) for index in range(LENGTH if width < 1000 else 2))
    name, options = ENCODERS[codec]
    encoder = av.CodecContext.create(name, "w")
    encoder.width, encoder.height, encoder.pix_fmt = width, height, "yuv420p"
    encoder.framerate, encoder.time_base, encoder.options = FPS, Fraction(1, FPS), options
    encoder.thread_count = 1
    encoder.open()
    share_cores()
    packets = [packet for index in range(LENGTH) for packet in encoder.encode(picture(index, width, height))]
    return tuple((bytes(packet), packet.is_keyframe) for packet in (*packets, *encoder.encode(None)))


def _jpeg(index: int, width: int, height: int) -> bytes:

    planes = picture(index, width, height).to_ndarray()
    y, uv = planes[:height], planes[height:].reshape(2, height // 2, width // 2)
    return simplejpeg.encode_jpeg_yuv_planes(np.ascontiguousarray(y), np.ascontiguousarray(uv[0]), np.ascontiguousarray(uv[1]), quality=70)


def description(codec: Codec, width: int, height: int) -> StreamDescription:
    """As the pipeline would make it out of the first key packet."""
    data = clip(codec, width, height)[0][0]
    sets: tuple[bytes, ...] = ()
    name = "mjpeg"
    if codec is Codec.H264:
        sets = tuple(bytes(unit) for unit in nal.split(data) if h264.nal_type(unit) in (7, 8))
        name = h264.parse_sps(sets[0]).codec_string
    elif codec is Codec.H265:
        sets = tuple(bytes(unit) for unit in nal.split(data) if h265.nal_type(unit) in (32, 33, 34))
        name = "hvc1"
    elif codec is Codec.AV1:
        header = next(unit for unit in obu.split(data) if unit.kind == obu.ObuType.SEQUENCE_HEADER)
        sets, name = (bytes(header.whole),), obu.parse_sequence_header(header.payload).codec_string
    return StreamDescription(codec, width, height, FPS, sets, name)

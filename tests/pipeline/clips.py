"""Small video files made by the encoder that everybody has, with a picture number that can be read back."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

SIZE = (192, 192)


def picture(number: int, size: tuple[int, int] = SIZE) -> av.VideoFrame:
    """Grey picture whose brightness is ``40 + 4 * number`` (number modulo 50)."""
    frame = av.VideoFrame.from_ndarray(np.full((size[1] * 3 // 2, size[0]), 40 + 4 * (number % 50), np.uint8), format="yuv420p")
    for plane in frame.planes[1:]:
        plane.update(bytes([128]) * plane.buffer_size)
    return frame


def number_of(luma: np.ndarray) -> int:
    """Reads back what ``picture`` drew."""
    return round((float(luma.mean()) - 40) / 4)


def clip(path: Path, times_ms: Iterable[int], size: tuple[int, int] = SIZE, codec: str = "libx264", gop: int = 5) -> Path:
    """A file with pictures 0, 1, 2… at ``times_ms``."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=Fraction(25))
        stream.width, stream.height, stream.pix_fmt, stream.gop_size = *size, "yuvj420p" if codec == "mjpeg" else "yuv420p", gop
        stream.codec_context.time_base = Fraction(1, 1000)
        stream.codec_context.max_b_frames = 0
        if codec == "libx264":
            stream.codec_context.options = {"preset": "ultrafast", "qp": "18"}
        for number, ms in enumerate(times_ms):
            frame = picture(number, size)
            frame.pts, frame.time_base = ms, Fraction(1, 1000)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def annex_b(path: Path, sizes: Iterable[tuple[int, int]], count: int = 5) -> Path:
    """A raw H.264 stream that changes its picture size: ``count`` pictures of each."""
    data = b""
    for i, size in enumerate(sizes):
        part = clip(path.with_name(f"part{i}.h264"), range(0, count * 40, 40), size)
        data += part.read_bytes()
    path.write_bytes(data)
    return path

"""Which of a device's formats suits a panoramic camera: as many pixels across the image circle as come at the wanted rate."""

from __future__ import annotations

from collections.abc import Iterable

from panocam.pipeline.sources.v4l2_device import Format

INPUT_FORMATS = {
    "NV12": "nv12",
    "YU12": "yuv420p",
    "YUYV": "yuyv422",
    "UYVY": "uyvy422",
    "MJPG": "mjpeg",
    "JPEG": "mjpeg",
    "H264": "h264",
    "HEVC": "hevc",
}
"""Pixel formats that we read, best first where size and rate are equal (nothing to decode, nothing lost), and FFmpeg's names for them."""

LARGEST = 8192
ENOUGH = 0.9
"""Of the wanted rate: 29.97 is 30, and a camera of 24 will do for 25."""


def choose(formats: Iterable[Format], wanted_fps: float) -> Format | None:
    """The best one; None if there is none that we can read.

    The circle fits in the shorter side, so that counts first; of equal ones the squarer, because what lies beside the circle is
    transported for nothing. Where nothing reaches the rate, pixels across are weighed with the part of the rate that is reached.
    """
    known = [one for one in formats if one.fourcc in INPUT_FORMATS and max(one.width, one.height) <= LARGEST]
    if not known:
        return None
    fast = [one for one in known if one.fps == 0 or one.fps >= ENOUGH * wanted_fps]
    order = list(INPUT_FORMATS)

    def merit(one: Format) -> tuple[float, float, float, int]:
        side = min(one.width, one.height)
        reached = 1.0 if fast else one.fps / wanted_fps
        return side * reached, -max(one.width, one.height), -abs(one.fps - wanted_fps), -order.index(one.fourcc)

    return max(fast or known, key=merit)

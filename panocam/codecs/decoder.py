"""Decoded pictures as planes: from video frames, from image files, and how a decoder is set up.

8-bit 4:2:0 is used where it lies; other formats go through FFmpeg's converter once, keeping their range and matrix (RGB becomes
JPEG's colour).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import av
import numpy as np
from av.codec.context import Flags, ThreadType
from av.stream import Stream
from av.video.codeccontext import VideoCodecContext
from av.video.stream import VideoStream

from panocam.codecs.picture import FORMAT, views
from panocam.codecs.tags import CODE, FULL, LIMITED, color_of
from panocam.errors import InvalidValue, Unavailable
from panocam.media import jpeg
from panocam.media.planes import JPEG_COLOR, Color, Plane, Planes

SMALLEST, LARGEST = 16, 8192
IN_PLACE = frozenset({FORMAT, "yuvj420p"})
MAGIC: tuple[tuple[re.Pattern[bytes], str], ...] = (
    (re.compile(rb"\xff\xd8\xff"), "mjpeg"),
    (re.compile(rb"\x89PNG\r\n\x1a\n"), "png"),
    (re.compile(rb"BM"), "bmp"),
    (re.compile(rb"RIFF....WEBP", re.DOTALL), "webp"),
)
"""First bytes of an image file, and FFmpeg's decoder for it."""
UPRIGHT: dict[int, Callable[[Plane], Plane]] = {
    2: lambda p: p[:, ::-1],
    3: lambda p: p[::-1, ::-1],
    4: lambda p: p[::-1],
    5: lambda p: p.T,
    6: lambda p: p.T[:, ::-1],
    7: lambda p: p.T[::-1, ::-1],
    8: lambda p: p.T[::-1],
}
"""EXIF orientation to what undoes it."""


def packet_of(data: bytes) -> av.Packet[Stream]:
    """``data`` for a decoder, in FFmpeg's own memory.

    ``av.Packet(data)`` would lend the object's: without the padding that decoders read past the end into, and to be given back by the
    thread that is done with it, which needs the interpreter's lock for that. A decoder that is closed before its own threads are at
    rest waits for them, while it holds that lock: then the whole process stands still for good.
    """
    packet = av.Packet(len(data))
    packet.update(data)
    return packet


def planes_of(picture: av.VideoFrame) -> Planes:
    """The planes of a decoded picture, on its own memory if it is 8-bit 4:2:0, else on a converted copy's."""
    color = _source_color(picture)
    if picture.format.name not in IN_PLACE:
        picture = _converted(picture, color)
    return Planes(*views(picture), color, picture)


def _source_color(picture: av.VideoFrame) -> Color:
    """RGB and grey have no YCbCr of their own and get JPEG's."""
    kind = picture.format
    if kind.is_rgb or kind.has_palette or len(kind.components) < 3:
        return JPEG_COLOR
    return color_of(picture)


def _converted(picture: av.VideoFrame, color: Color) -> av.VideoFrame:
    code, span = CODE[color.matrix], FULL if color.full else LIMITED
    from_rgb = picture.format.is_rgb or picture.format.has_palette
    try:
        return picture.reformat(
            format=FORMAT, dst_colorspace=code, dst_color_range=span,
            src_colorspace=None if from_rgb else code, src_color_range=FULL if from_rgb else span,
        )  # fmt: skip
    except (av.error.FFmpegError, ValueError) as error:
        raise Unavailable(f"pictures of format {picture.format.name} cannot be converted: {error}") from error


def still(path: str | Path) -> Planes:
    """The picture in a JPEG, PNG, BMP or WebP file, upright as its EXIF orientation says, cut to even sides.

    Raises Unavailable when the file cannot be read, InvalidValue when it is no such image, is damaged, or is not between 16x16
    and 8192x8192.
    """
    try:
        data = Path(path).read_bytes()
    except OSError as error:
        raise Unavailable(f"{path}: {error.strerror or error}; give a readable image file") from error
    return still_from(data, str(path))


def still_from(data: bytes, name: str = "image") -> Planes:
    """As ``still``, from the file's bytes; ``name`` is what errors call it."""
    if not data:
        raise InvalidValue("image", name, "the file is empty; give a JPEG, PNG, BMP or WebP image")
    library = next((decoder for magic, decoder in MAGIC if magic.match(data)), None)
    if library is None:
        raise InvalidValue("image", name, "not a JPEG, PNG, BMP or WebP image")
    picture = _decode_one(library, data, name)
    if not (SMALLEST <= picture.width <= LARGEST and SMALLEST <= picture.height <= LARGEST):
        bounds = f"{SMALLEST}x{SMALLEST} to {LARGEST}x{LARGEST}"
        raise InvalidValue("image", name, f"it is {picture.width}x{picture.height}; give one of {bounds} pixels")
    planes = _even(planes_of(picture))
    return _upright(planes, jpeg.orientation(data)) if library == "mjpeg" else planes


def _decode_one(library: str, data: bytes, name: str) -> av.VideoFrame:
    try:
        context: VideoCodecContext = av.CodecContext.create(library, "r")  # type: ignore[assignment]
        context.options = {"err_detect": "explode", "max_pixels": str(LARGEST * LARGEST)}
        pictures = context.decode(packet_of(data)) or context.decode(None)
    except (av.error.FFmpegError, ValueError) as error:
        raise InvalidValue("image", name, f"the file is damaged, cut short or larger than {LARGEST}x{LARGEST} ({error})") from error
    if not pictures:
        raise InvalidValue("image", name, "the file holds no picture")
    return pictures[0]


def _even(planes: Planes) -> Planes:
    """Without the last column or row where there is an odd number of them."""
    w, h = planes.width & ~1, planes.height & ~1
    return replace(planes, y=planes.y[:h, :w], u=planes.u[: h // 2, : w // 2], v=planes.v[: h // 2, : w // 2])


def _upright(planes: Planes, orientation: int) -> Planes:
    turn = UPRIGHT.get(orientation)
    if turn is None:
        return planes
    y, u, v = (np.ascontiguousarray(turn(plane)) for plane in (planes.y, planes.u, planes.v))
    return Planes(y, u, v, planes.color)


Opened = TypeVar("Opened", VideoStream, VideoCodecContext)


def open_video_decoder(target: Opened, low_delay: bool, threads: int = 1) -> Opened:
    """Set up the decoder of a stream (or a decoder context) before its first packet; returns the same object.

    ``low_delay`` (live sources): each picture comes out as soon as its packet went in; threads share a picture where the stream is
    cut into slices. Else (files): threads work on consecutive pictures, faster, and as many pictures late.
    """
    context = target.codec_context if isinstance(target, VideoStream) else target
    context.thread_count = threads
    context.thread_type = ThreadType.SLICE if low_delay else ThreadType.FRAME
    if low_delay:
        context.flags |= Flags.low_delay
    return target

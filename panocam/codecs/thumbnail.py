"""A key picture, decoded alone and made small, as JPEG."""

from __future__ import annotations

import av
import av.error
import cv2
import simplejpeg
from av.video.codeccontext import VideoCodecContext

from panocam.codecs.decoder import packet_of, planes_of
from panocam.codecs.jfif import JfifConverter
from panocam.errors import Unavailable
from panocam.media.codec import Codec
from panocam.media.packet import Packet
from panocam.media.planes import Plane, Planes

DECODERS = {Codec.H264: "h264", Codec.H265: "hevc", Codec.AV1: "libdav1d", Codec.JPEG: "mjpeg"}
QUALITY = 80


def thumbnail(packet: Packet, width: int) -> bytes:
    """A JPEG of a key packet, about ``width`` pixels wide and never wider than it is. Raises Unavailable when it cannot be decoded."""
    planes = _decoded(packet)
    width = min(width, planes.width) & ~1
    height = max(2, round(planes.height * width / planes.width) & ~1)
    y, u, v = (_resized(plane, (width // half, height // half)) for plane, half in ((planes.y, 1), (planes.u, 2), (planes.v, 2)))
    small = JfifConverter(width, height, planes.color)(Planes(y, u, v, planes.color))
    data: bytes = simplejpeg.encode_jpeg_yuv_planes(small.y, small.u, small.v, QUALITY)
    return data


def _decoded(packet: Packet) -> Planes:
    try:
        context: VideoCodecContext = av.CodecContext.create(DECODERS[packet.codec], "r")  # type: ignore[assignment]
        pictures = context.decode(packet_of(packet.data)) or context.decode(None)
    except (av.error.FFmpegError, ValueError) as fault:
        raise Unavailable(f"the stored picture cannot be decoded: {fault}") from None
    if not pictures:
        raise Unavailable("the stored picture cannot be decoded: it is no key picture")
    return planes_of(pictures[0])


def _resized(plane: Plane, size: tuple[int, int]) -> Plane:
    out: Plane = cv2.resize(plane, size, interpolation=cv2.INTER_AREA)  # type: ignore[assignment]
    return out

"""JPEG by libjpeg-turbo, straight from the planes: baseline, 4:2:0, the standard's own Huffman tables, as RFC 2435 asks.

Every picture stands alone, so the cap on the bitrate and the distance of key pictures mean nothing here.
"""

from __future__ import annotations

import simplejpeg

from panocam.clock import Clock
from panocam.codecs.jfif import JfifConverter
from panocam.codecs.libav import check_size
from panocam.codecs.picture import PicturePool
from panocam.codecs.rate import quality
from panocam.errors import LocalProtocolError, Unavailable
from panocam.media.codec import EncoderProfile, StreamDescription
from panocam.media.frame import Frame
from panocam.media.packet import Packet
from panocam.media.planes import Color, Planes
from panocam.media.stamps import Stage

CODEC_STRING = "mjpeg"


class JpegEncoder:
    """Frames in, JFIF images out. Belongs to one thread at a time."""

    def __init__(self, profile: EncoderProfile, fps: float, color: Color, clock: Clock) -> None:
        self._profile, self._clock = profile, clock
        self._quality = round(quality(profile.codec, profile.compression))
        self._pool = PicturePool(profile.width, profile.height, color)
        self._convert = JfifConverter(profile.width, profile.height, color)
        self._given = 0
        self._closed = False
        self._description = StreamDescription(profile.codec, profile.width, profile.height, fps, (), CODEC_STRING)

    @property
    def description(self) -> StreamDescription:
        return self._description

    def allocate(self) -> Planes:
        """Memory for the next picture that earlier pictures have warmed."""
        return self._pool.take()

    def encode(self, frame: Frame, key: bool = False) -> list[Packet]:
        """Code one picture; each is a key picture, whatever is asked.

        Raises InvalidValue for a frame of another size, Unavailable when the encoder fails.
        """
        if self._closed:
            raise LocalProtocolError("encode() after close()")
        check_size(frame.planes, self._profile)
        data = self._coded(frame.planes)
        stamps = frame.stamps.at(Stage.ENCODE, self._clock.monotonic_ns())
        self._given += 1
        return [Packet(self._profile.codec, data, True, frame.pts_ns, frame.wall_ns, self._given - 1, stamps, frame.discontinuity)]

    def _coded(self, planes: Planes) -> bytes:
        if planes.color != self._convert.color:
            self._convert = JfifConverter(self._profile.width, self._profile.height, planes.color)
        jfif = self._convert(planes)
        try:
            data: bytes = simplejpeg.encode_jpeg_yuv_planes(jfif.y, jfif.u, jfif.v, self._quality)
        except ValueError as error:
            raise Unavailable(f"the JPEG encoder failed: {error}") from error
        return data

    def close(self) -> None:
        """Refuse further pictures. Idempotent."""
        self._closed = True

"""Moving pictures to encode, and ways to look at what comes out."""

from collections.abc import Iterable

import av
import numpy as np

from panocam.codecs.decoder import packet_of, planes_of
from panocam.codecs.encoder import Encoder
from panocam.media.codec import Codec
from panocam.media.frame import Frame
from panocam.media.packet import Packet
from panocam.media.planes import VIDEO_COLOR, Color, Planes

DECODERS = {Codec.H264: "h264", Codec.H265: "hevc", Codec.AV1: "libdav1d", Codec.JPEG: "mjpeg"}
WIDTH, HEIGHT, NS = 320, 240, 1_000_000_000


def picture(i: int, width: int = WIDTH, height: int = HEIGHT, color: Color = VIDEO_COLOR) -> Planes:
    """Soft waves that wander with ``i``."""
    planes = Planes.blank(width, height, color)
    y, x = np.mgrid[0:height, 0:width]
    planes.y[:] = 120 + 60 * np.sin((x + 3 * i) / 21) * np.cos((y - i) / 17)
    planes.u[:] = 128 + 40 * np.sin((x[::2, ::2] + i) / 50)
    planes.v[:] = 128 + 40 * np.cos((y[::2, ::2] - i) / 60)
    return planes


def frame(planes: Planes, i: int = 0, discontinuity: bool = False) -> Frame:
    """Picture number ``i`` of a 25 fps source whose times are not round numbers."""
    return Frame(planes, 7 + i * NS // 25, 1_700_000_000 * NS + i, discontinuity=discontinuity)


def encode(encoder: Encoder, pictures: Iterable[Planes], keys: frozenset[int] = frozenset()) -> list[Packet]:
    return [p for i, planes in enumerate(pictures) for p in encoder.encode(frame(planes, i), key=i in keys)]


def drawn(packets: Iterable[Packet]) -> str:
    """A stream as a string: ``IPPPIPPP``."""
    return "".join("I" if p.key else "P" for p in packets)


def decode(codec: Codec, packets: Iterable[Packet]) -> list[Planes]:
    context = av.CodecContext.create(DECODERS[codec], "r")
    pictures = [f for p in packets for f in context.decode(packet_of(p.data))]
    return [planes_of(f) for f in [*pictures, *context.decode(None)]]


def psnr(a: np.ndarray, b: np.ndarray) -> float:
    return float(10 * np.log10(255**2 / max(np.mean((a.astype(float) - b) ** 2), 1e-9)))

"""How many bits each codec needs for the same picture, and what it costs: a view area of the simulated room with people in it.

Every codec codes the same pictures at several compressions. Bits at equal likeness (PSNR of luma to what was given to the encoder, mean
of all pictures) lie on a line through the two nearest of these, in the logarithm of the bits. ``saved`` is how much smaller a stream is
than the one it is compared with. Processor time of all threads.
"""

from __future__ import annotations

import time
from itertools import pairwise
from math import exp, log
from statistics import fmean, median
from typing import Any

import av
import numpy as np

from panocam.clock import NS
from panocam.codecs.decoder import packet_of
from panocam.codecs.encoder import open_encoder
from panocam.imaging.privacy import PrivacyMask
from panocam.imaging.pyramid import Pyramid
from panocam.imaging.warp import warp
from panocam.media.codec import Codec, EncoderProfile
from panocam.media.frame import RawFrame
from panocam.media.planes import Plane, Planes
from panocam.optics.lens import default_lens
from panocam.optics.meshing import meshes
from panocam.optics.mount import Mount
from panocam.optics.view import build_view
from panocam.scene import open_scene

SENSOR, SIZE, FPS, GOP, PICTURES = (2992, 2992), (1280, 960), 25, 32, 64
COMPRESSIONS = (5, 20, 30, 40, 55, 70, 85)
REFERENCE = 30
"""The likeness at which codecs are compared is that of Motion JPEG at this compression, the default."""
DECODERS = {Codec.H264: "h264", Codec.H265: "hevc", Codec.AV1: "libdav1d", Codec.JPEG: "mjpeg"}


def pictures() -> list[Planes]:
    """The room from a view area, picture by picture."""
    lens = default_lens(SENSOR)
    scene = open_scene("room", Mount.CEILING, SENSOR[0], lens)
    numbers = meshes(build_view(4, Mount.CEILING, SIZE), lens, Mount.CEILING)
    made = []
    for number in range(PICTURES):
        planes = scene.render(number / FPS)
        out = Planes.blank(*SIZE, planes.color)
        warp(numbers, Pyramid(planes), out)
        made.append(out)
    return made


def likeness(a: Plane, b: Plane) -> float:
    """PSNR in dB."""
    return float(10 * np.log10(255**2 / max(np.mean((a.astype(np.float32) - b) ** 2), 1e-9)))


def coded(codec: Codec, compression: int, source: list[Planes]) -> tuple[float, float, float]:
    """(kbit/s, mean PSNR in dB, median CPU ms a picture)."""
    encoder = open_encoder(EncoderProfile(codec, *SIZE, gop=GOP, compression=compression), FPS, source[0].color)
    decoder = av.CodecContext.create(DECODERS[codec], "r")
    mask, packets, times = PrivacyMask(), [], []
    for number, planes in enumerate(source):
        frame = mask.apply(RawFrame(planes, number * NS // FPS, number))
        before = time.process_time_ns()
        packets += encoder.encode(frame)
        times.append((time.process_time_ns() - before) / 1e6)
    encoder.close()
    shown = [picture for packet in packets for picture in decoder.decode(packet_of(packet.data))] + decoder.decode(None)  # type: ignore[attr-defined]
    luma = [np.asarray(picture.to_ndarray())[: SIZE[1]] for picture in shown]
    same = fmean(likeness(given.y, seen) for given, seen in zip(source, luma, strict=True))
    return sum(len(packet.data) for packet in packets) * 8 / 1000 * FPS / PICTURES, same, median(times)


def at(points: list[tuple[float, float, float]], wanted: float) -> float:
    """kbit/s at ``wanted`` dB; NaN beyond what was measured."""
    for (more, high, _), (less, low, _) in pairwise(points):
        if low <= wanted <= high:
            return exp(log(less) + (log(more) - log(less)) * (wanted - low) / (high - low))
    return float("nan")


def run() -> list[dict[str, Any]]:
    """A row for each codec."""
    source = pictures()
    points = {codec: [coded(codec, compression, source) for compression in COMPRESSIONS] for codec in Codec}
    wanted = points[Codec.JPEG][COMPRESSIONS.index(REFERENCE)][1]
    rates = {codec: at(measured, wanted) for codec, measured in points.items()}

    def saved(codec: Codec, other: Codec) -> str:
        return f"{100 * (1 - rates[codec] / rates[other]):.0f} %" if rates[codec] < rates[other] else "-"

    return [
        {
            "benchmark": "codecs",
            "codec": codec.value,
            f"kbit/s at {wanted:.1f} dB": round(rates[codec]),
            "saved against Motion JPEG": saved(codec, Codec.JPEG),
            "saved against H.264": saved(codec, Codec.H264),
            "CPU ms a picture": measured[COMPRESSIONS.index(REFERENCE)][2],
            "kbit/s at compression 30": round(measured[COMPRESSIONS.index(REFERENCE)][0]),
            "dB": round(measured[COMPRESSIONS.index(REFERENCE)][1], 1),
        }
        for codec, measured in points.items()
    ]

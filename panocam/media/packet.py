"""The unit of exchange: one access unit, never an RTP packet and never half a picture."""

from __future__ import annotations

from dataclasses import dataclass

from panocam.media.codec import Codec
from panocam.media.stamps import Stamps


@dataclass(frozen=True, eq=False)
class Packet:
    """One coded picture.

    ``data``: H.264/H.265 in Annex B byte-stream format with 4-byte start codes, parameter sets in front of every key
    picture; AV1 a temporal unit in low-overhead format, with its temporal delimiter; JPEG one JFIF image.
    ``key``: decoding may start here. ``sequence`` counts the packets of a channel without gaps, so a consumer sees drops.
    """

    codec: Codec
    data: bytes
    key: bool
    pts_ns: int
    wall_ns: int
    sequence: int = 0
    stamps: Stamps = Stamps()
    discontinuity: bool = False

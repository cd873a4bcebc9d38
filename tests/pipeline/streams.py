"""Streams drawn as strings: ``IPPPIPPP``; a dot is a packet that was dropped."""

from __future__ import annotations

from panocam.media.codec import Codec
from panocam.media.packet import Packet


def packets(drawing: str, codec: Codec = Codec.H264, size: int = 10) -> list[Packet]:
    """``I`` key, ``P`` predicted, numbered from 0."""
    return [Packet(codec, bytes(size), kind == "I", i * 40_000_000, 0, sequence=i) for i, kind in enumerate(drawing)]


def draw(received: list[Packet], total: int) -> str:
    """What arrived of ``total`` packets."""
    marks = ["."] * total
    for packet in received:
        marks[packet.sequence] = "I" if packet.key else "P"
    return "".join(marks)

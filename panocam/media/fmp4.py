"""Fragmented MP4 (ISO/IEC 14496-12) of one picture track: what browsers' Media Source Extensions and HLS take.

A stream is one initialisation segment, then fragments of one or more pictures each. Times count 90 000 a second.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass

from panocam.errors import InvalidValue
from panocam.media.codec import Codec, StreamDescription
from panocam.media.config import configuration

TIMESCALE = 90_000
TRACK = 1
ENTRIES = {Codec.H264: (b"avc1", b"avcC"), Codec.H265: (b"hvc1", b"hvcC"), Codec.AV1: (b"av01", b"av1C")}
"""Sample entry and the box of its configuration."""

BRANDS = b"iso5" + (512).to_bytes(4, "big") + b"iso5iso6mp41"
IDENTITY = struct.pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
KEY_FLAGS, OTHER_FLAGS = 0x02000000, 0x01010000
"""sample_depends_on none; depends on others, and is no sync sample (clause 8.8.3.1)."""


@dataclass(frozen=True)
class Sample:
    """A picture as ``config.stored`` gives it; ``ticks`` its time, ``duration`` until the next, in ``TIMESCALE``."""

    ticks: int
    duration: int
    key: bool
    data: bytes


def box(kind: bytes, *parts: bytes) -> bytes:
    """One box."""
    size = 8 + sum(map(len, parts))
    return b"".join((size.to_bytes(4, "big"), kind, *parts))


def full(kind: bytes, version: int, flags: int, *parts: bytes) -> bytes:
    """A box with version and flags."""
    return box(kind, (version << 24 | flags).to_bytes(4, "big"), *parts)


def initialisation(description: StreamDescription) -> bytes:
    """What stands in front of all fragments. Raises InvalidValue for JPEG, which browsers do not play in MP4."""
    if description.codec not in ENTRIES:
        raise InvalidValue("container", "mp4", f"{description.codec} does not go into MP4; ask for container=matroska")
    width, height = description.width, description.height
    movie = full(b"mvhd", 0, 0, struct.pack(">5IHH8x", 0, 0, TIMESCALE, 0, 0x10000, 0x100, 0), IDENTITY, bytes(24), struct.pack(">I", 2))
    header = struct.pack(">5I8xHHHH", 0, 0, TRACK, 0, 0, 0, 0, 0, 0) + IDENTITY + struct.pack(">II", width << 16, height << 16)
    media = full(b"mdhd", 0, 0, struct.pack(">4IHH", 0, 0, TIMESCALE, 0, 0x55C4, 0))
    handler = full(b"hdlr", 0, 0, bytes(4), b"vide", bytes(12), b"panocam\0")
    references = box(b"dinf", full(b"dref", 0, 0, struct.pack(">I", 1), full(b"url ", 0, 1)))
    empty = struct.pack(">I", 0)
    tables = box(
        b"stbl",
        full(b"stsd", 0, 0, struct.pack(">I", 1), _entry(description)),
        full(b"stts", 0, 0, empty),
        full(b"stsc", 0, 0, empty),
        full(b"stsz", 0, 0, empty, empty),
        full(b"stco", 0, 0, empty),
    )
    information = box(b"minf", full(b"vmhd", 0, 1, bytes(8)), references, tables)
    track = box(b"trak", full(b"tkhd", 0, 3, header), box(b"mdia", media, handler, information))
    extends = box(b"mvex", full(b"trex", 0, 0, struct.pack(">5I", TRACK, 1, 0, 0, 0)))
    return box(b"ftyp", BRANDS) + box(b"moov", movie, track, extends)


def _entry(description: StreamDescription) -> bytes:
    kind, config = ENTRIES[description.codec]
    head = struct.pack(">6xH16xHHIII H", 1, description.width, description.height, 0x480000, 0x480000, 0, 1)
    return box(kind, head, bytes(32), struct.pack(">Hh", 24, -1), box(config, configuration(description)))


def fragment(number: int, samples: Sequence[Sample]) -> bytes:
    """Fragment ``number`` (from 1) of consecutive pictures."""
    entries = b"".join(struct.pack(">III", s.duration, len(s.data), KEY_FLAGS if s.key else OTHER_FLAGS) for s in samples)
    time = full(b"tfdt", 1, 0, struct.pack(">Q", samples[0].ticks))
    head = full(b"mfhd", 0, 0, struct.pack(">I", number))
    track = full(b"tfhd", 0, 0x020000, struct.pack(">I", TRACK))  # data offsets count from this fragment
    size = 8 + len(head) + 8 + len(track) + len(time) + 20 + len(entries)
    run = full(b"trun", 0, 0x000701, struct.pack(">II", len(samples), size + 8), entries)
    return box(b"moof", head, box(b"traf", track, time, run)) + box(b"mdat", *(s.data for s in samples))

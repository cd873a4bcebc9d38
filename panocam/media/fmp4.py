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
    empty = struct.pack(">I", 0)
    tables = (
        full(b"stts", 0, 0, empty),
        full(b"stsc", 0, 0, empty),
        full(b"stsz", 0, 0, empty, empty),
        full(b"stco", 0, 0, empty),
    )
    extends = box(b"mvex", full(b"trex", 0, 0, struct.pack(">5I", TRACK, 1, 0, 0, 0)))
    return box(b"ftyp", BRANDS) + movie(description, sample_entry(description), Course(TIMESCALE), tables, extends)


@dataclass(frozen=True)
class Course:
    """How time is counted in a movie, how long it is, and when it was made, in seconds since 1904 (0: not said)."""

    timescale: int
    duration: int = 0
    made: int = 0


def movie(description: StreamDescription, entry: bytes, course: Course, tables: Sequence[bytes], *more: bytes) -> bytes:
    """The box of a movie that is one picture track; ``tables`` say where its pictures are, ``more`` stands behind the track."""
    width, height = description.width, description.height
    made, duration = course.made, course.duration
    head = struct.pack(">5IHH8x", made, made, course.timescale, duration, 0x10000, 0x100, 0)
    header = struct.pack(">5I8xHHHH", made, made, TRACK, 0, duration, 0, 0, 0, 0) + IDENTITY + struct.pack(">II", width << 16, height << 16)
    media = full(b"mdhd", 0, 0, struct.pack(">4IHH", made, made, course.timescale, duration, 0x55C4, 0))
    handler = full(b"hdlr", 0, 0, bytes(4), b"vide", bytes(12), b"panocam\0")
    references = box(b"dinf", full(b"dref", 0, 0, struct.pack(">I", 1), full(b"url ", 0, 1)))
    table = box(b"stbl", full(b"stsd", 0, 0, struct.pack(">I", 1), entry), *tables)
    information = box(b"minf", full(b"vmhd", 0, 1, bytes(8)), references, table)
    track = box(b"trak", full(b"tkhd", 0, 3, header), box(b"mdia", media, handler, information))
    return box(b"moov", full(b"mvhd", 0, 0, head, IDENTITY, bytes(24), struct.pack(">I", 2)), track, *more)


def sample_entry(description: StreamDescription) -> bytes:
    """What a decoder is told of the pictures of a codec in ``ENTRIES``."""
    kind, config = ENTRIES[description.codec]
    return visual_entry(kind, description, box(config, configuration(description)))


def visual_entry(kind: bytes, description: StreamDescription, config: bytes) -> bytes:
    """A sample entry of pictures with its configuration behind (clause 12.1.3)."""
    head = struct.pack(">6xH16xHHIII H", 1, description.width, description.height, 0x480000, 0x480000, 0, 1)
    return box(kind, head, bytes(32), struct.pack(">Hh", 24, -1), config)


def fragment(number: int, samples: Sequence[Sample]) -> bytes:
    """Fragment ``number`` (from 1) of consecutive pictures."""
    entries = b"".join(struct.pack(">III", s.duration, len(s.data), KEY_FLAGS if s.key else OTHER_FLAGS) for s in samples)
    time = full(b"tfdt", 1, 0, struct.pack(">Q", samples[0].ticks))
    head = full(b"mfhd", 0, 0, struct.pack(">I", number))
    track = full(b"tfhd", 0, 0x020000, struct.pack(">I", TRACK))  # data offsets count from this fragment
    size = 8 + len(head) + 8 + len(track) + len(time) + 20 + len(entries)
    run = full(b"trun", 0, 0x000701, struct.pack(">II", len(samples), size + 8), entries)
    return box(b"moof", head, box(b"traf", track, time, run)) + box(b"mdat", *(s.data for s in samples))

"""MP4 (ISO/IEC 14496-12) as one file of one picture track with its index in front, so that browsers seek before all of it is there.

The pictures are written first; room for the index is left before them. An index that turns out larger than its room goes behind. Each
picture has its own place in the index: what lies between them, such as the framing that they were stored with, nobody looks at.
Times are milliseconds, as in the Matroska files that the pictures come from.
"""

from __future__ import annotations

import struct
from array import array
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from panocam.clock import NS
from panocam.media.codec import Codec, StreamDescription
from panocam.media.fmp4 import Course, box, full, movie, sample_entry, visual_entry
from panocam.media.matroska import Spot

MS, TIMESCALE = 1_000_000, 1000
EPOCH_S = 2_082_844_800
"""MP4 counts seconds from the beginning of 1904."""
LARGEST_32 = 0xFFFF_FFFF
FRONT = box(b"ftyp", b"isom" + (512).to_bytes(4, "big") + b"isomiso2mp41")
PICTURES_HEAD, PAGE = 16, 4096
ROOM, ROOM_EACH = 1 << 14, 24
"""No index takes more, and more for each picture: its size and place, and at the worst a length and a key of its own."""
LONGEST_TITLE = 256


def room(pictures: int) -> int:
    """Bytes to leave in front for the index of so many pictures at most: whole pages with what else stands there."""
    return -(ROOM + ROOM_EACH * pictures) // PAGE * -PAGE + PAGE - len(FRONT) - PICTURES_HEAD


def free(size: int) -> bytes:
    """The head of a box of ``size`` bytes that mean nothing."""
    return size.to_bytes(4, "big") + b"free"


def pictures_head(size: int) -> bytes:
    """What stands before ``size`` bytes of pictures, in ``PICTURES_HEAD`` bytes."""
    return struct.pack(">I4sQ", 1, b"mdat", size + PICTURES_HEAD)


class Index:
    """Takes note of pictures as they are written, and becomes the movie's box."""

    def __init__(self, description: StreamDescription, start_wall_ns: int, title: str) -> None:
        self._description, self._start_ns, self._title = description, start_wall_ns, title
        self._sizes, self._ticks, self._keys = array("I"), array("q"), array("I")
        self._places = array("Q")

    def add(self, spots: Sequence[Spot], moved: int, tick_0_ns: int) -> None:
        """Pictures of a file whose bytes lie ``moved`` bytes further back here; ``tick_0_ns``: the moment that their ticks count from."""
        shift = (tick_0_ns - self._start_ns) // MS
        for at, size, ticks, key in spots:
            self._places.append(at + moved)
            self._sizes.append(size)
            self._ticks.append(ticks + shift)
            if key:
                self._keys.append(len(self._sizes))

    def __len__(self) -> int:
        return len(self._sizes)

    def movie(self) -> bytes:
        """The whole index. Raises RemoteProtocolError when the stream's parameters do not fit its codec."""
        lengths = self._lengths()
        made = self._start_ns // NS + EPOCH_S
        course = Course(TIMESCALE, min(int(lengths.sum()), LARGEST_32), made if made <= LARGEST_32 else 0)
        wide = bool(self._places) and self._places[-1] > LARGEST_32
        tables = (
            full(b"stts", 0, 0, _rows(*_runs(lengths))),
            full(b"stss", 0, 0, _rows(np.array(self._keys, np.int64))),
            full(b"stsc", 0, 0, _rows(np.ones(1, np.int64), np.ones(1, np.int64), np.ones(1, np.int64))),
            full(b"stsz", 0, 0, bytes(4), _rows(np.array(self._sizes, np.int64))),
            full(b"co64" if wide else b"stco", 0, 0, _rows(np.array(self._places, np.uint64), kind=">u8" if wide else ">u4")),
        )
        return movie(self._description, _entry(self._description), course, tables, _named(self._title))

    def _lengths(self) -> NDArray[np.int64]:
        """How long each picture is shown; the last one as long as the stream's rate says."""
        ticks = np.array(self._ticks, np.int64)
        last = round(TIMESCALE / self._description.fps) if self._description.fps > 0 else 40
        lengths: NDArray[np.int64] = np.append(np.diff(ticks), last).clip(0, LARGEST_32)
        return lengths


def _runs(values: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """(how many, which) of equal values one after another."""
    first = np.flatnonzero(np.diff(values, prepend=values[:1] - 1))
    return np.diff(first, append=len(values)), values[first]


def _rows(*columns: NDArray[np.int64] | NDArray[np.uint64], kind: str = ">u4") -> bytes:
    """A table behind the number of its rows."""
    return len(columns[0]).to_bytes(4, "big") + np.stack(columns, axis=1).astype(kind).tobytes()


def _entry(description: StreamDescription) -> bytes:
    if description.codec is not Codec.JPEG:
        return sample_entry(description)
    decoder = _descriptor(4, b"\x6c\x11" + bytes(11))  # ISO/IEC 10918-1 pictures in a visual stream (14496-1 clause 7.2.6.6)
    stream = _descriptor(3, bytes([0, 1, 0]) + decoder + _descriptor(6, b"\x02"))
    return visual_entry(b"mp4v", description, full(b"esds", 0, 0, stream))


def _descriptor(tag: int, body: bytes) -> bytes:
    return bytes([tag, len(body)]) + body


def _named(title: str) -> bytes:
    """A title where players look for one."""
    text = box(b"data", struct.pack(">II", 1, 0), title.encode()[:LONGEST_TITLE])
    handler = full(b"hdlr", 0, 0, bytes(4), b"mdir", b"appl", bytes(9))
    return box(b"udta", full(b"meta", 0, 0, handler, box(b"ilst", box(b"\xa9nam", text))))

"""A part of a recording as a file whose every byte has a known place, though no such file exists: what byte ranges need."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate

from panocam.errors import NotFound
from panocam.media import matroska
from panocam.media.matroska import Place
from panocam.storage.export import export_header
from panocam.storage.library import Kept, Library

MS = 1_000_000
LONGEST = 12
"""Segments whose clusters are counted before the first byte is sent: an hour."""


@dataclass(frozen=True)
class _Part:
    """A cluster: its new head, then its blocks from the file."""

    head: bytes
    kept: Kept
    place: Place

    @property
    def size(self) -> int:
        return len(self.head) + self.place.end - self.place.body


class Cut:
    """The same bytes as ``export.export_matroska`` gives. Raises NotFound when there is nothing in that time,
    Unavailable when a disk that has some of it cannot be read."""

    def __init__(self, library: Library, recording: str, since_ns: int | None = None, until_ns: int | None = None) -> None:
        self._header, self._parts = b"", list[_Part]()
        base: int | None = None
        for stretch in library.stretches(recording, since_ns, until_ns, whole=True):
            start = stretch.segment.start_ns
            if base is None:
                base = start + stretch.first.ticks * MS
                self._header = export_header(stretch, base)
            for place in stretch.places:
                self._parts.append(_Part(matroska.moved(place, (start - base) // MS + place.ticks), stretch.path, place))
        if base is None:
            raise NotFound(f"recording {recording} has no pictures in that time")
        self._ends = list(accumulate((part.size for part in self._parts), initial=len(self._header)))

    @property
    def size(self) -> int:
        return self._ends[-1]

    def read(self, first: int, end: int) -> Iterator[bytes]:
        """The bytes ``first`` up to, not including, ``end``."""
        if first < len(self._header):
            yield self._header[first:end]
        for number, part in enumerate(self._parts):
            begins = self._ends[number]
            low, high = max(first - begins, 0), min(end - begins, part.size)
            if low >= high:
                continue
            yield part.head[low:high]
            low, high = max(low - len(part.head), 0), high - len(part.head)
            if low < high:
                with part.kept.open() as file:
                    file.seek(part.place.body + low)
                    yield file.read(high - low)

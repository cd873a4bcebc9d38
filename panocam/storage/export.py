"""A stretch of a recording as one file, nothing coded anew, so signatures in the stream stay whole. The signature of a group of pictures
travels in the next one, so a signed stretch goes on until it has come.

Both are made while they are read, at the speed of the disk. Matroska is whole clusters with a new time in front; MP4 the same clusters
as they are, with an index in front that says where in them the pictures lie.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from panocam.clock import NS
from panocam.errors import NotFound, RemoteProtocolError, Unavailable
from panocam.media import matroska, mp4
from panocam.media.matroska import Place
from panocam.storage.disk import words
from panocam.storage.library import Library, Stretch
from panocam.storage.outflow import Outflow
from panocam.storage.recording import Recording, Segment

MS = 1_000_000
GROWN = 20_000
"""Pictures that a recording may get while it is exported: five minutes of sixty a second and some."""
Span = tuple[int | None, int | None]
Progress = Callable[[float], bool]
"""Told the part that is done, 0..1; False cancels."""


@dataclass(frozen=True)
class _Piece:
    """New bytes, then those from a place of a stretch that stay as they are: its blocks."""

    head: bytes
    kept: tuple[Stretch, Place] | None = None


def _pieces(library: Library, recording: str, since_ns: int | None, until_ns: int | None) -> Iterator[_Piece]:
    base: int | None = None
    for stretch in library.stretches(recording, since_ns, until_ns, whole=True):
        start = stretch.segment.start_ns
        if base is None:
            base = start + stretch.first.ticks * MS
            yield _Piece(export_header(stretch, base))
        for place in _places(stretch):
            yield _Piece(matroska.moved(place, (start - base) // MS + place.ticks), (stretch, place))
    if base is None:
        raise NotFound(f"recording {recording} has no pictures in that time")


def export_matroska(
    library: Library, recording: str, since_ns: int | None = None, until_ns: int | None = None
) -> Generator[bytes, None, None]:
    """The pieces of a Matroska file of the pictures between two moments, begun with the key picture at or before the first.

    Raises, before the first piece, NotFound when there is nothing, Unavailable when a disk that has some of it cannot be read.
    """
    for piece in _pieces(library, recording, since_ns, until_ns):
        if piece.kept is None:
            yield piece.head
            continue
        stretch, place = piece.kept
        stretch.file.seek(place.body)
        yield piece.head + stretch.file.read(place.end - place.body)


def export_header(first: Stretch, base_ns: int) -> bytes:
    """The front of an export that begins with a stretch at a moment."""
    opened = first.opened
    return matroska.header(opened.description, replace(opened.facts, start_wall_ns=base_ns), opened.notes)


def expected_bytes(library: Library, recording: str, since_ns: int | None = None, until_ns: int | None = None) -> int:
    """About how large the export will be."""
    return sum(
        place.end - place.start for stretch in library.stretches(recording, since_ns, until_ns, whole=True) for place in stretch.places
    )


def write_matroska(library: Library, row: Recording, target: Path, span: Span, progress: Progress) -> bool:
    """Into a file; False when cancelled, and then the file is gone."""
    total = max(1, library.about_bytes(row.id, *span))
    try:
        with _whole_or_gone(target), Outflow(target) as out:
            for piece in _pieces(library, row.id, *span):
                out.write(piece.head)
                if piece.kept is not None:
                    stretch, place = piece.kept
                    with _reading(stretch.segment, place.ticks):
                        out.copy(stretch.file, place.body, place.end - place.body)
                if not progress(min(1.0, out.at / total)):
                    raise _Cancelled
    except _Cancelled:
        return False
    return True


def write_mp4(library: Library, row: Recording, target: Path, span: Span, progress: Progress) -> bool:
    """Like ``write_matroska``, as MP4. Raises Unavailable when the pictures do not fit into one."""
    try:
        with _whole_or_gone(target), Outflow(target) as out:
            _put_into_mp4(library, row, out, span, progress)
    except _Cancelled:
        return False
    except RemoteProtocolError as fault:
        raise Unavailable(f"recording {row.id} cannot be put into an MP4 file: {fault}; export it as Matroska") from None
    return True


@contextlib.contextmanager
def _reading(segment: Segment, ticks: int) -> Iterator[None]:
    """Reading that moment of a segment. Raises Unavailable, which says what went, and where in the recording that was."""
    try:
        yield
    except OSError as fault:
        at = datetime.fromtimestamp((segment.start_ns + ticks * MS) / NS, UTC)
        raise Unavailable(
            f"{segment.disk} went away at {at:%Y-%m-%d %H:%M:%S} UTC of recording {segment.recording}: {words(fault)}; "
            "nothing of the export was kept; try again when it is there"
        ) from None


def _places(stretch: Stretch) -> Iterator[Place]:
    """Those of a stretch, while its disk is there. Raises Unavailable."""
    reached, places = stretch.first.ticks, stretch.places
    while True:
        with _reading(stretch.segment, reached):
            place = next(places, None)
        if place is None:
            return
        reached = place.ticks
        yield place


class _Cancelled(Exception):
    """Nobody wants it any more."""


@contextlib.contextmanager
def _whole_or_gone(target: Path) -> Iterator[None]:
    """What is not finished does not stay."""
    try:
        yield
    except BaseException:
        target.unlink(missing_ok=True)  # whoever cancelled may have removed it already
        raise


def _put_into_mp4(library: Library, row: Recording, out: Outflow, span: Span, progress: Progress) -> None:
    """Every picture as it is, into the other box."""
    most = library.most_pictures(row.id, span[0], library.sealed(row.id, span[1]))
    room = mp4.room(most + (0 if row.complete else GROWN))
    out.write(mp4.FRONT + mp4.free(room))
    out.skip(room - len(mp4.free(0)) + mp4.PICTURES_HEAD)
    first, total = out.at, max(1, library.about_bytes(row.id, *span))
    index: mp4.Index | None = None
    for stretch in library.stretches(row.id, *span, whole=True):
        if index is None:
            index = mp4.Index(stretch.opened.description, stretch.segment.start_ns + stretch.first.ticks * MS, row.id)
        for place in _places(stretch):
            moved = out.at - place.start
            with _reading(stretch.segment, place.ticks):
                data = out.copy(stretch.file, place.start, place.end - place.start)
            with contextlib.suppress(RemoteProtocolError):  # damaged: a gap
                index.add(matroska.spots(data, place), moved, stretch.segment.start_ns)
            if not progress(min(1.0, (out.at - first) / total)):
                raise _Cancelled
    if index is None or not index:
        raise NotFound(f"recording {row.id} has no pictures in that time")
    out.patch(first - mp4.PICTURES_HEAD, mp4.pictures_head(out.at - first))
    movie = index.movie()
    if len(movie) + len(mp4.free(0)) <= room:
        out.patch(len(mp4.FRONT), movie + mp4.free(room - len(movie)))
    else:
        out.write(movie)

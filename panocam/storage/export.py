"""A stretch of a recording as one file, nothing coded anew, so signatures in the stream stay whole.

Matroska is made while it is read, at the speed of the disk: whole clusters with a new time in front. MP4 is the same pictures put
into another box by FFmpeg, with its index in front so that browsers can seek.
"""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO, cast

import av
import av.error

from panocam.errors import NotFound, Unavailable
from panocam.media import matroska
from panocam.storage.library import Library, Stretch
from panocam.storage.recording import Recording

MS = 1_000_000
PIPE_BYTES = 1 << 20
MOOV_BYTES, MOOV_BYTES_EACH = 1 << 14, 40
"""More than an MP4 file's index takes, and more for each picture: its size, its length, its place, and whether it is a key picture."""
Progress = Callable[[float], bool]
"""Told the part that is done, 0..1; False cancels."""


@dataclass(frozen=True)
class _Piece:
    """New bytes, then ``count`` that stay as they are, from the place ``at`` of a file."""

    head: bytes
    file: BinaryIO | None = None
    at: int = 0
    count: int = 0


def _pieces(library: Library, recording: str, since_ns: int | None, until_ns: int | None) -> Iterator[_Piece]:
    base: int | None = None
    for stretch in library.stretches(recording, since_ns, until_ns, whole=True):
        start = stretch.segment.start_ns
        if base is None:
            base = start + stretch.first.ticks * MS
            yield _Piece(export_header(stretch, base))
        for place in stretch.places:
            yield _Piece(matroska.moved(place, (start - base) // MS + place.ticks), stretch.file, place.body, place.end - place.body)
    if base is None:
        raise NotFound(f"recording {recording} has no pictures in that time")


def export_matroska(
    library: Library, recording: str, since_ns: int | None = None, until_ns: int | None = None
) -> Generator[bytes, None, None]:
    """The pieces of a Matroska file of the pictures between two moments, begun with the key picture at or before the first.

    Raises, before the first piece, NotFound when there is nothing, Unavailable when a disk that has some of it cannot be read.
    """
    for piece in _pieces(library, recording, since_ns, until_ns):
        if piece.file is None:
            yield piece.head
            continue
        piece.file.seek(piece.at)
        yield piece.head + piece.file.read(piece.count)


def export_header(first: Stretch, base_ns: int) -> bytes:
    """The front of an export that begins with a stretch at a moment."""
    opened = first.opened
    return matroska.header(opened.description, replace(opened.facts, start_wall_ns=base_ns), opened.notes)


def expected_bytes(library: Library, recording: str, since_ns: int | None = None, until_ns: int | None = None) -> int:
    """About how large the export will be."""
    return sum(
        place.end - place.start for stretch in library.stretches(recording, since_ns, until_ns, whole=True) for place in stretch.places
    )


def write_matroska(library: Library, row: Recording, target: Path, span: tuple[int | None, int | None], progress: Progress) -> bool:
    """Into a file; False when cancelled, and then the file is gone."""
    total = max(1, library.about_bytes(row.id, *span))
    done = 0
    try:
        with target.open("wb", buffering=0) as out:
            for piece in _pieces(library, row.id, *span):
                _write(out, piece.head)
                if piece.file is not None:
                    _copy(piece.file, piece.at, piece.count, out)
                done += len(piece.head) + piece.count
                if not progress(min(1.0, done / total)):
                    raise InterruptedError
    except InterruptedError:
        target.unlink(missing_ok=True)  # whoever cancelled may have removed it already
        return False
    except BaseException:
        target.unlink(missing_ok=True)
        raise
    return True


def _write(out: BinaryIO, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[out.write(view) :]


def _copy(file: BinaryIO, at: int, count: int, out: BinaryIO) -> None:
    """Bytes as they are, inside the system where it can do that; a share's files, and file systems that cannot, are read and written."""
    try:
        source = file.fileno()
        while count > 0 and (copied := os.copy_file_range(source, out.fileno(), count, offset_src=at)):
            at, count = at + copied, count - copied
    except OSError as fault:
        if fault.errno in (errno.ENOSPC, errno.EIO):
            raise
    if count > 0:
        file.seek(at)
        _write(out, file.read(count))


def write_mp4(library: Library, row: Recording, target: Path, span: tuple[int | None, int | None], progress: Progress) -> bool:
    """Like ``write_matroska``, as MP4. Raises Unavailable when the pictures do not fit into one."""
    pieces = export_matroska(library, row.id, *span)
    try:
        with contextlib.closing(pieces):
            made = _put_into_mp4(
                _Pipe(pieces), row, _index_in_front(library, row, span), library.about_bytes(row.id, *span), target, progress
            )
    except (av.error.FFmpegError, ValueError) as fault:
        target.unlink(missing_ok=True)
        raise Unavailable(f"recording {row.id} cannot be put into an MP4 file: {fault}; export it as Matroska") from None
    except BaseException:
        target.unlink(missing_ok=True)
        raise
    if not made:
        target.unlink(missing_ok=True)
    return made


class _Pipe:
    """Pieces as a file that is read once, from the front."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces, self._rest = pieces, memoryview(next(pieces))
        self.taken = 0

    def read(self, size: int) -> bytes:
        """At most ``size`` bytes; none at the end."""
        if not self._rest:
            self._rest = memoryview(next(self._pieces, b""))
        part, self._rest = bytes(self._rest[:size]), self._rest[size:]
        self.taken += len(part)
        return part


def _index_in_front(library: Library, row: Recording, span: tuple[int | None, int | None]) -> dict[str, str]:
    """Room for the index is left in front where it is known how much; else all is moved once more at the end."""
    if not row.complete:
        return {"movflags": "faststart"}
    return {"moov_size": str(MOOV_BYTES + MOOV_BYTES_EACH * library.most_pictures(row.id, *span))}


def _put_into_mp4(pipe: _Pipe, row: Recording, options: dict[str, str], size: int, target: Path, progress: Progress) -> bool:
    """Every picture as it is, into the other box; False when cancelled."""
    with (
        av.open(cast(BinaryIO, pipe), "r", format="matroska", buffer_size=PIPE_BYTES) as source,
        av.open(str(target), "w", format="mp4", options=options) as out,
    ):
        video = source.streams.video[0]
        track = out.add_stream_from_template(video, opaque=True)
        out.metadata.update({"creation_time": source.metadata.get("creation_time", ""), "title": row.id})
        for packet in source.demux(video):
            if packet.dts is None:
                continue
            if not progress(min(1.0, pipe.taken / max(1, size))):
                return False
            packet.stream = track
            out.mux(packet)
    return True

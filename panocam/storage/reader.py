"""Reads one recording cluster by cluster, forward, or backward by key pictures; also while it is being written. Blocking.

A place is a segment and a cluster in it. A segment that is being written grows: its clusters are looked for again where the last ones
ended. Segments that were removed meanwhile are passed over like a gap.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import BinaryIO

from panocam.errors import NotFound, RemoteProtocolError, Unavailable
from panocam.media import matroska
from panocam.media.codec import Codec
from panocam.media.config import unstored
from panocam.media.footage import Piece
from panocam.media.matroska import Block, Place
from panocam.media.packet import Packet
from panocam.storage.index import Index
from panocam.storage.notes import notes_at
from panocam.storage.recording import Segment

MS = 1_000_000

Opens = Callable[[Segment], BinaryIO]
Ends = Callable[[list[Segment]], Mapping[int, int | None]]


class _File:
    """One segment that is open."""

    def __init__(self, segment: Segment, file: BinaryIO, end_ns: int | None) -> None:
        self.segment, self.file = segment, file
        self._end_ticks = None if end_ns is None else (end_ns - segment.start_ns) // MS
        try:
            opened = matroska.read_header(self.file)
        except BaseException:
            self.file.close()
            raise
        self.codec: Codec = opened.description.codec
        self.opened = opened
        self.places: list[Place] = []
        self._scanned = opened.clusters
        self.scan()

    def scan(self) -> None:
        """Take in the clusters that have become whole."""
        found = list(matroska.clusters(self.file, self._scanned))
        self.places += [place for place in found if self._end_ticks is None or place.ticks <= self._end_ticks]
        if found:
            self._scanned = found[-1].end

    def key_at(self, wall_ns: int) -> int:
        """The cluster to begin with for the picture of a moment: the one with the key picture at or before it."""
        ticks = (wall_ns - self.segment.start_ns) // MS
        at = max(0, sum(place.ticks <= ticks for place in self.places) - 1)
        while at > 0 and not matroska.begins_with_key(self.file, self.places[at]):
            at -= 1
        return at

    def packet(self, block: Block, discontinuity: bool) -> Packet:
        at = self.segment.start_ns + block.ticks * MS
        return Packet(self.codec, unstored(self.codec, bytes(block.data)), block.key, at, at, discontinuity=discontinuity)

    def close(self) -> None:
        self.file.close()


class Reader:
    """``seek``, then ``forward`` or ``backward`` again and again; close it at the end. One thread at a time.

    ``ends`` says up to which moment each segment counts, where that is not its own end.
    """

    def __init__(self, index: Index, recording: str, opens: Opens, ends: Ends) -> None:
        self._index, self._recording, self._opens, self._ends = index, recording, opens, ends
        self._open: _File | None = None
        self._next = 0
        self._gone = False  # a segment was passed over

    def seek(self, wall_ns: int, backward: bool = False) -> None:
        """Go to the key picture at or before a moment. In a gap that is the next one there is, backward the last one.

        Raises NotFound when the recording has no pictures any more.
        """
        segments = self._index.segments(self._recording)
        if not segments:
            raise NotFound(f"recording {self._recording} has no pictures")
        number = max([0, *(at for at, segment in enumerate(segments) if segment.start_ns <= wall_ns)])
        in_gap = wall_ns > segments[number].stop_ns and number + 1 < len(segments)
        if in_gap and not backward:
            number += 1
        self._go(segments[number::-1] if backward else segments[number:])
        if self._open is not None:
            self._next = self._open.key_at(wall_ns) + (1 if backward else 0)

    def forward(self, keys_only: bool = False) -> Piece | None:
        """What comes next; nothing in it while the recording has not gone on yet, None at its end."""
        while (file := self._open) is not None:
            if self._next < len(file.places):
                place, first = file.places[self._next], self._next == 0
                self._next += 1
                try:
                    piece = self._key(file, place, first) if keys_only else self._whole(file, place, first)
                except RemoteProtocolError:  # damaged: a gap
                    self._gone = True
                    continue
                if piece.pictures or not keys_only:
                    return piece
                continue
            complete = self._index.get(self._recording).complete
            following = [s for s in self._index.segments(self._recording) if s.number > file.segment.number]
            file.scan()
            if self._next < len(file.places):
                continue
            if not following:
                return None if complete else Piece()
            self._go(following)
        return None

    def backward(self) -> Piece | None:
        """The key picture in front of the place; None at the beginning of the recording."""
        while (file := self._open) is not None:
            if self._next > 0:
                self._next -= 1
                try:
                    piece = self._key(file, file.places[self._next], first=True)
                except RemoteProtocolError:
                    continue
                if piece.pictures:
                    return piece
                continue
            before = [s for s in self._index.segments(self._recording) if s.number < file.segment.number]
            if not before:
                return None
            self._go(before[::-1])
            self._next = len(self._open.places) if self._open is not None else 0
        return None

    def close(self) -> None:
        """Let the file go. Closing twice is allowed."""
        if self._open is not None:
            self._open.close()
            self._open = None

    def _go(self, segments: Sequence[Segment]) -> None:
        """Open the first of these that is still there."""
        self.close()
        self._next = 0
        away: Unavailable | None = None
        ends = self._ends(self._index.segments(self._recording))
        for segment in segments:
            try:
                self._open = _File(segment, self._opens(segment), ends.get(segment.number))
            except (NotFound, RemoteProtocolError):
                self._gone = True
                continue
            except (Unavailable, OSError) as fault:  # on a share that is away; what is on other disks can be seen
                self._gone, away = True, Unavailable(f"{segment.disk} cannot be read now: {fault}")
                continue
            return
        if away is not None:
            raise away

    def _whole(self, file: _File, place: Place, first: bool) -> Piece:
        pictures = [file.packet(block, False) for block in matroska.read_cluster(file.file, place)]
        if pictures and (first or self._gone):
            pictures[0] = replace(pictures[0], discontinuity=self._broken(file))
        return Piece(tuple(pictures), tuple(notes_at(file.file, file.opened, place)))

    def _key(self, file: _File, place: Place, first: bool) -> Piece:
        block = matroska.read_first(file.file, place)
        if block is None or not block.key:
            return Piece()
        return Piece((file.packet(block, (first or self._gone) and self._broken(file)),))

    def _broken(self, file: _File) -> bool:
        gone, self._gone = self._gone, False
        return gone or not file.segment.began.seamless

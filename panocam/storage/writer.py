"""Packets into segment files: what a recording does on its disk's thread. Nothing is coded anew; packets go through as they are.

A batch becomes one cluster and is written in one piece, so after a crash a file ends with a whole cluster or with one that readers skip.
The index follows with every batch, the flush to the medium once a second. A new segment begins, always with a key picture, when the
one before is long enough, when pictures are missing in front of it, when the wall clock was set, and when the stream's
parameters changed; the file and the index say which.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace

from panocam.clock import NS
from panocam.media import matroska
from panocam.media.codec import StreamDescription
from panocam.media.config import stored
from panocam.media.headers import parameter_sets_of
from panocam.media.packet import Packet
from panocam.storage.disk import Disk
from panocam.storage.index import Index
from panocam.storage.recording import Began, Label, Recording, Segment, segment_path

MS = 1_000_000
SEGMENT_NS = 300 * NS
SEGMENT_BYTES = 1 << 30
CLOCK_JUMP_NS = 3 * NS // 2
FLUSH_NS = NS


@dataclass
class _Open:
    """The file being written."""

    handle: int
    segment: Segment
    place: matroska.Layout
    base_pts: int
    cues: list[tuple[int, int]]
    sets: tuple[bytes, ...]
    last_pts: int
    flushed_pts: int


class Writer:
    """Writes ``recording``. Every method may raise OSError: then what was being written is closed as it is, and the next key picture
    begins a segment that is marked as coming after a gap."""

    def __init__(self, disk: Disk, index: Index, recording: Recording, label: Label, description: StreamDescription) -> None:
        self.disk, self.index, self.recording, self._label = disk, index, recording, label
        self._description = description
        self._file: _Open | None = None
        self._number = 0
        self._began = Began.START
        self._next_sequence: int | None = None
        self.pictures = self.lost = 0

    def announce(self) -> None:
        """Show the recording in the index before its first picture is there."""
        self.index.put(self.recording)

    def write(self, batch: Sequence[Packet]) -> None:
        """One cluster; a key picture may only be its first. Pictures in front of the first key picture are left out and counted."""
        first = batch[0]
        if self._next_sequence is not None and first.sequence != self._next_sequence:
            self._end(Began.GAP)
        self._next_sequence = batch[-1].sequence + 1
        if self._file is not None and first.key and (reason := self._reason_to_begin(self._file, first)):
            self._end(reason)
        if self._file is None and not first.key:
            self.lost += len(batch)
            return
        try:
            self._append(self._file or self._begin(first), batch)
        except OSError:
            self._abandon()
            raise

    def close(self) -> None:
        """End the recording in order."""
        self._end(Began.GAP)
        if self.pictures:
            self.recording = replace(self.recording, complete=True)
            self.index.put(self.recording)
        else:
            self.index.remove(self.recording.id)

    def miss(self, count: int) -> None:
        """``count`` pictures in front of the next batch could not be taken."""
        self.lost += count
        self._end(Began.GAP)

    # -- inside

    def _reason_to_begin(self, file: _Open, first: Packet) -> Began | None:
        segment = file.segment
        if parameter_sets_of(first.codec, first.data) != file.sets:
            return Began.FORMAT
        if abs((first.wall_ns - segment.start_ns) - (first.pts_ns - file.base_pts)) > CLOCK_JUMP_NS:
            return Began.CLOCK
        long = first.pts_ns - file.base_pts >= SEGMENT_NS or segment.bytes >= SEGMENT_BYTES
        return Began.LENGTH if long else None

    def _begin(self, first: Packet) -> _Open:
        number = self._number
        path = segment_path(self.recording.id, first.wall_ns, number)
        sets = parameter_sets_of(first.codec, first.data)
        description = replace(self._description, parameter_sets=sets or self._description.parameter_sets)
        facts = matroska.Facts(first.wall_ns, self._label.view_name, self._label.tags(number, self._began))
        head = matroska.header(description, facts)
        target = self.disk.path(path)
        target.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o640)
        segment = Segment(self.recording.id, number, path, first.wall_ns, first.wall_ns, 0, 0, self._began)
        self._file = _Open(handle, segment, matroska.layout(head), first.pts_ns, [], sets, first.pts_ns, first.pts_ns)
        self._number += 1
        _put(handle, head)
        self._file.segment = replace(segment, bytes=len(head))
        return self._file

    def _append(self, file: _Open, batch: Sequence[Packet]) -> None:
        start = (batch[0].pts_ns - file.base_pts) // MS
        blocks = [matroska.block((p.pts_ns - file.base_pts) // MS - start, stored(p.codec, p.data), p.key) for p in batch]
        data = matroska.cluster(start, blocks)
        segment, last = file.segment, batch[-1]
        _put(file.handle, data)
        if batch[0].key:
            file.cues.append((start, segment.bytes))
        stop = segment.start_ns + last.pts_ns - file.base_pts
        file.segment = replace(segment, bytes=segment.bytes + len(data), pictures=segment.pictures + len(batch), stop_ns=stop)
        file.last_pts = last.pts_ns
        self.pictures += len(batch)
        self.recording = replace(self.recording, stop_ns=max(self.recording.stop_ns, stop))
        if last.pts_ns - file.flushed_pts >= FLUSH_NS:
            os.fdatasync(file.handle)
            file.flushed_pts = last.pts_ns
        self.index.put(self.recording, (file.segment,))

    def _end(self, next_began: Began) -> None:
        """Finish the file: its index goes behind the last cluster, place and duration into the room in front."""
        self._began = next_began if self._number else Began.START
        file, self._file = self._file, None
        if file is None:
            return
        try:
            size = file.segment.bytes
            cues, seek, duration = matroska.index(file.cues, (file.last_pts - file.base_pts) // MS, file.place, size)
            _put(file.handle, cues)
            os.pwrite(file.handle, seek, file.place.room)
            os.pwrite(file.handle, duration, file.place.duration)
            os.fdatasync(file.handle)
            self.index.put(self.recording, (replace(file.segment, bytes=size + len(cues), complete=True),))
        finally:
            os.close(file.handle)

    def _abandon(self) -> None:
        """Let a file go that cannot be written; recovery puts it in order when its disk is mounted again."""
        file, self._file = self._file, None
        self._began = Began.GAP if self._number else Began.START
        if file is not None:
            os.close(file.handle)


def _put(handle: int, data: bytes) -> None:
    """Write all of it; a disk that takes less is full."""
    view = memoryview(data)
    while view:
        view = view[os.write(handle, view) :]

"""Packets into segment files: what a recording does on its disk's thread. Nothing is coded anew; packets go through as they are.

A batch becomes one cluster and is written in one piece, so after a crash a file ends with a whole cluster or with one that readers skip.
The index follows with every batch, the flush to the medium with every batch of half a second: a batch in the making and what waits for
its flush are less than a second together, also when the power fails. A new segment begins, always with a key picture, when the
one before is long enough, when pictures are missing in front of it, when the wall clock was set, and when the stream's
parameters changed; the file and the index say which.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import count

from panocam.clock import NS
from panocam.media import matroska
from panocam.media.codec import StreamDescription
from panocam.media.config import stored
from panocam.media.footage import Note
from panocam.media.headers import parameter_sets_of
from panocam.media.packet import Packet
from panocam.storage.disk import Disk
from panocam.storage.files import Output
from panocam.storage.index import Index
from panocam.storage.notes import Notebook
from panocam.storage.recording import Began, Label, Recording, Segment, segment_path

MS = 1_000_000
SEGMENT_NS = 300 * NS
SEGMENT_BYTES = 1 << 30
CLOCK_JUMP_NS = 3 * NS // 2
FLUSH_NS = 2 * NS // 5


@dataclass
class _Open:
    """The file being written."""

    out: Output
    segment: Segment
    place: matroska.Layout
    base_pts: int
    cues: list[tuple[int, int]]
    sets: tuple[bytes, ...]
    last_pts: int
    flushed_pts: int


class Writer:
    """Writes ``recording``. Every method may raise OSError: then what was being written is closed as it is, and the next key picture
    begins a segment that is marked as coming after a gap.

    Pictures up to the stream time ``safe`` are on the medium; ``torn`` is set when it has failed, and some after that may be missing.
    ``moved`` is set when another writer has taken over, ``void`` when that one writes again what waits here.
    """

    def __init__(
        self, disk: Disk, index: Index, recording: Recording, label: Label, description: StreamDescription,
        numbers: Iterator[int] | None = None, notes: Notebook | None = None,
    ) -> None:  # fmt: skip
        self.disk, self.index, self.recording, self._label = disk, index, recording, label
        self._description, self.notes = description, notes
        self._file: _Open | None = None
        self._numbers = numbers or count()
        self._began, self._begun = Began.START, False
        self._time: tuple[int, int] | None = None  # wall and stream time that go together, of the newest segment
        self._next_sequence: int | None = None
        self.safe = -1
        self.moved = self.void = self.torn = False
        self.pictures = self.lost = 0

    def follow(self, disk: Disk, seamless: bool, again: bool) -> Writer:
        """Who goes on with this recording on another disk; ``again``: also with what waits to be written here. That this one has begun
        a file may not be known yet: its thread may be in the middle of it."""
        self.moved, self.void = True, again
        other = Writer(disk, self.index, self.recording, self._label, self._description, self._numbers, self.notes)
        other._began = Began.MOVED if seamless else Began.GAP
        other._time, other._begun = self._time if seamless else None, True
        other.pictures, other.lost, other.safe = self.pictures, self.lost, self.safe
        return other

    @property
    def path(self) -> str:
        """Of the file being written; "" when there is none."""
        return self._file.segment.path if self._file is not None else ""

    def announce(self) -> None:
        """Show the recording in the index before its first picture is there."""
        self.index.put(self.recording)

    def write(self, batch: Sequence[Packet]) -> None:
        """One cluster; a key picture may only be its first. Pictures in front of the first key picture are left out and counted."""
        if self.void:
            return
        first = batch[0]
        try:
            if self._next_sequence is not None and first.sequence != self._next_sequence:
                self._end(Began.GAP)
            self._next_sequence = batch[-1].sequence + 1
            if self._file is not None and first.key and (reason := self._reason_to_begin(self._file, first)):
                self._end(reason)
            if self._file is None and not first.key:
                self.lost += len(batch)
                return
            self._append(self._file or self._begin(first), batch)
        except OSError:
            self._abandon()
            raise

    def close(self) -> None:
        """End the recording in order; one that has moved ends elsewhere."""
        self._end(Began.GAP)
        if self.moved:
            return
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
        number, start = next(self._numbers), first.wall_ns
        if self._began is Began.MOVED and self._time is not None:  # the time of the segment before goes on, or they could not be joined
            start = self._time[0] + first.pts_ns - self._time[1]
        path = segment_path(self.recording.id, start, number)
        sets = parameter_sets_of(first.codec, first.data)
        description = replace(self._description, parameter_sets=sets or self._description.parameter_sets)
        facts = matroska.Facts(start, self._label.view_name, self._label.tags(number, self._began))
        head = matroska.header(description, facts, notes=self.notes is not None)
        if self.notes is not None:
            self.notes.begin(start)
        out = self.disk.files.create(self.disk.checked(path))
        segment = Segment(self.recording.id, number, self.disk.id, path, start, start, 0, 0, self._began)
        self._file = _Open(out, segment, matroska.layout(head), first.pts_ns, [], sets, first.pts_ns, first.pts_ns)
        self._begun, self._time = True, (start, first.pts_ns)
        if number == 0:  # a pre-buffer begins before the order to record, a new channel some moments after it
            self.recording = replace(self.recording, start_ns=start)
        out.append(head)
        self._file.segment = replace(segment, bytes=len(head))
        return self._file

    def _append(self, file: _Open, batch: Sequence[Packet]) -> None:
        start = (batch[0].pts_ns - file.base_pts) // MS
        blocks = [matroska.block((p.pts_ns - file.base_pts) // MS - start, stored(p.codec, p.data), p.key) for p in batch]
        segment, last = file.segment, batch[-1]
        stop = segment.start_ns + last.pts_ns - file.base_pts
        notes = self.notes.take(stop) if self.notes is not None else []
        blocks += [_note_block(max(note.wall_ns, segment.start_ns) - segment.start_ns - start * MS, note) for note in notes]
        data = matroska.cluster(start, blocks)
        file.out.append(data)
        if batch[0].key:
            file.cues.append((start, segment.bytes))
        file.segment = replace(segment, bytes=segment.bytes + len(data), pictures=segment.pictures + len(batch), stop_ns=stop)
        file.last_pts = last.pts_ns
        self.pictures += len(batch)
        self.recording = replace(self.recording, stop_ns=max(self.recording.stop_ns, stop))
        if last.pts_ns - file.flushed_pts >= FLUSH_NS:
            file.out.flush()
            file.flushed_pts = self.safe = last.pts_ns
        self._list(file.segment)
        self.index.put_marks(self.recording.id, notes)

    def _list(self, segment: Segment) -> None:
        """What the index knows of a recording comes from the writer that has it now."""
        if self.moved:
            self.index.put_segment(segment)
        else:
            self.index.put(self.recording, (segment,))

    def _end(self, next_began: Began) -> None:
        """Finish the file: its index goes behind the last cluster, place and duration into the room in front."""
        self._began = next_began if self._begun else Began.START
        file, self._file = self._file, None
        if file is None:
            return
        try:
            size = file.segment.bytes
            cues, seek, duration = matroska.index(file.cues, (file.last_pts - file.base_pts) // MS, file.place, size)
            file.out.append(cues)
            file.out.patch(file.place.room, seek)
            file.out.patch(file.place.duration, duration)
            file.out.flush()
            self.safe = file.last_pts
            self._list(replace(file.segment, bytes=size + len(cues), complete=True))
        except OSError:
            self.torn = True
            raise
        finally:
            file.out.close()

    def _abandon(self) -> None:
        """Let a file go that cannot be written; recovery puts it in order when its disk is mounted again."""
        file, self._file, self.torn = self._file, None, True
        self._began = Began.GAP if self._begun else Began.START
        if file is not None:
            with contextlib.suppress(OSError):
                file.out.close()


def _note_block(late_ns: int, note: Note) -> bytes:
    """A note in a cluster, so much later than its beginning, as far as a block's time reaches."""
    ticks = min(max(late_ns // MS, -0x8000), 0x7FFF)
    return matroska.block(ticks, note.document, True, matroska.NOTE_TRACK)

"""Putting a disk and the index in agreement, from the files alone: after a crash, after a card was in another camera, after a lost index.

A file that ends in the middle of a cluster is cut behind its last whole one. Files that are not ours, or damaged in front, are left
where they are and not listed.

All of it goes in steps of a megabyte or some hundred names, and nothing is held open between two of them: pictures are written
meanwhile, and files come and go. So whatever decides is looked at in the step that acts on it, and after each of them disk and index
are as good as before.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import astuple, dataclass, field
from itertools import islice
from typing import TypeVar

from panocam.errors import PanocamError, RemoteProtocolError
from panocam.media import matroska
from panocam.media.footage import Note
from panocam.storage.disk import PART, STEP_NAMES, SUFFIX, Disk, Steps, step
from panocam.storage.index import Index
from panocam.storage.notes import notes_at
from panocam.storage.recording import ID_PATTERN, Began, Kind, Recording, Segment

log = logging.getLogger(__name__)

R = TypeVar("R")

MS = 1_000_000
STEP_BYTES = 1 << 20
"""So much is read in one step, but for a cluster that is larger."""


@dataclass(frozen=True)
class Use:
    """What is done with a disk meanwhile: paths ``writing()`` are left alone, recordings ``running()`` go on, here or on another disk."""

    writing: Callable[[], frozenset[str]] = frozenset
    running: Callable[[], frozenset[str]] = frozenset


@dataclass(frozen=True)
class Found:
    """What recovery did. ``files`` are listed as they are, ``segments`` of them were not before."""

    files: int = 0
    segments: int = 0
    repaired: int = 0
    foreign: int = 0
    missing: int = 0

    def __add__(self, other: Found) -> Found:
        return Found(*(mine + theirs for mine, theirs in zip(astuple(self), astuple(other), strict=True)))


def reconcile(disk: Disk, index: Index, use: Use, thorough: bool = False) -> Steps[Found]:
    """Make ``index`` say what lies on ``disk``. ``thorough``: files that are as long as listed are read too, for disks that lose what they
    were given. Raises OSError."""
    known = index.paths(disk.id)
    there = yield from disk.listing()
    found = Found()
    for number, (path, size) in enumerate(there):
        if number % STEP_NAMES == STEP_NAMES - 1:
            yield number / len(there)
        if path in use.writing():
            continue
        if path.endswith(SUFFIX + PART):  # a copy that was never finished; it is made anew
            disk.files.remove(path)
        elif path.endswith(SUFFIX) and known.get(path) == (size, True) and not thorough:
            found += Found(files=1)
        elif path.endswith(SUFFIX):
            found += yield from scaled(_put_right(disk, index, path, use), number, len(there))
            yield (number + 1) / len(there)
    found += yield from _forget(disk, index, sorted(known.keys() - {path for path, _ in there}), use)
    running = use.running()
    for recording in index.running(disk.id):
        if recording.id not in running:
            _complete(index, recording)
    return found


def scaled(steps: Steps[R], number: int, count: int) -> Steps[R]:
    """Work that is one of ``count`` like it."""
    ends = list[R]()
    while True:
        part = step(steps, ends)
        if ends:
            return ends[0]
        yield (number + part) / count


def whole(disk: Disk, path: str) -> Steps[int | None]:
    """How far a file of ours is whole; None for one that is not ours, damaged in front, or removed meanwhile by whoever may."""
    at = 0
    while True:
        try:
            with disk.files.open(path) as file:
                begin = at = at or matroska.read_header(file).clusters
                for place in islice(matroska.clusters(file, at), STEP_NAMES):
                    at = place.end
                if at == begin:
                    file.seek(at)
                    return file.seek(0, 2) if _is_closed(file.read(4)) else at
        except (PanocamError, ValueError, FileNotFoundError):
            return None
        yield 0.0


def _put_right(disk: Disk, index: Index, path: str, use: Use) -> Steps[Found]:
    """List one file unless it is as listed."""
    try:
        size, row = disk.files.size(path), index.at_path(disk.id, path)
        if size is None:  # removed meanwhile, by whoever may
            return Found()
        if row is not None and row.complete and row.bytes == size and (yield from whole(disk, path)) == size:
            return Found(files=1)
        return (yield from _take_in(disk, index, path, size, use))
    except FileNotFoundError:
        return Found()
    except (PanocamError, ValueError, KeyError, OverflowError) as fault:
        log.warning("%s: %s is not listed: %s", disk.id, path, fault)
        return Found(foreign=1)


def _forget(disk: Disk, index: Index, paths: list[str], use: Use) -> Steps[Found]:
    """Take out of the index what is not there, unless that is the whole disk. Raises OSError."""
    missing = 0
    for begin in range(0, len(paths), STEP_NAMES):
        some = paths[begin : begin + STEP_NAMES]
        gone = [path for path in some if path not in use.writing() and disk.files.size(path) is None]
        disk.look()
        for segment in (index.at_path(disk.id, path) for path in gone):
            if segment is not None:
                index.remove_segment(segment)
                missing += 1
        yield 1.0
    return Found(missing=missing)


@dataclass
class _Read:
    """What has been read of a file: ``at`` where reading goes on, ``end`` of the last whole cluster."""

    at: int
    end: int
    pictures: int = 0
    ticks: int = 0
    notes: list[Note] = field(default_factory=list)
    closed: bool = False

    def on(self, disk: Disk, path: str, opened: matroska.Opened) -> bool:
        """Read a step more; False when there is nothing more."""
        begin = self.at
        with disk.files.open(path) as file:
            for place in islice(matroska.clusters(file, begin), STEP_NAMES):
                self.at = place.end
                try:
                    blocks = matroska.read_cluster(file, place)
                except RemoteProtocolError as fault:  # what comes after it may be whole
                    log.warning("%s: %s: %s", disk.id, path, fault)
                else:
                    self.pictures, self.end = self.pictures + len(blocks), place.end
                    self.ticks = max([self.ticks, *(block.ticks for block in blocks)])
                    self.notes += notes_at(file, opened, place)
                if self.at - begin >= STEP_BYTES:
                    break
            file.seek(self.end)
            self.closed = _is_closed(file.read(4))
        return self.at > begin


def _take_in(disk: Disk, index: Index, path: str, size: int, use: Use) -> Steps[Found]:
    """List one file, cut behind its last whole cluster."""
    with disk.files.open(disk.checked(path)) as file:
        opened = matroska.read_header(file)
    tags = opened.facts.tags
    recording = tags["PANOCAM_RECORDING"]
    if recording != path.split("/")[2] or not ID_PATTERN.fullmatch(recording):
        raise RemoteProtocolError("it lies in the folder of another recording")
    read = _Read(opened.clusters, opened.clusters)
    while read.on(disk, path, opened):
        yield min(1.0, read.at / size)
    if _is_left_over(disk, index, tags, size):
        disk.remove(path)
        return Found(segments=1)
    if read.pictures == 0:
        disk.files.remove(path)
        log.warning("%s: %s held no whole picture and was removed", disk.id, path)
        return Found(segments=1, repaired=1)
    cut = not read.closed and read.end < size
    if cut:
        disk.files.truncate(path, read.end)
    began = opened.facts.start_wall_ns
    segment = Segment(
        recording, int(tags["PANOCAM_SEGMENT"]), disk.id, path, began, began + read.ticks * MS, size if read.closed else read.end,
        read.pictures, Began(tags["PANOCAM_BEGAN"]), complete=True,
    )  # fmt: skip
    index.put_found(_recording(disk, opened, segment, recording not in use.running()), segment, read.notes)
    if disk.files.size(path) is None:  # removed by somebody whose word to the index came before this one
        index.remove_segment(segment)
    return Found(files=1, segments=1, repaired=cut)


def _is_left_over(disk: Disk, index: Index, tags: Mapping[str, str], size: int) -> bool:
    """True for what was left when a segment was put where it belongs. Raises RemoteProtocolError when it lies on two disks and differs."""
    listed = index.segment(tags["PANOCAM_RECORDING"], int(tags["PANOCAM_SEGMENT"]))
    if listed is None or listed.disk == disk.id:
        return False
    if listed.bytes != size:
        raise RemoteProtocolError(f"it differs from the one on {listed.disk}")
    return tags.get("PANOCAM_DISK") == listed.disk


def _is_closed(head: bytes) -> bool:
    return head == matroska.CUES.to_bytes(4, "big")


def _recording(disk: Disk, opened: matroska.Opened, segment: Segment, complete: bool) -> Recording:
    """The recording that ``segment`` belongs to, as far as that one tells."""
    tags, stream = opened.facts.tags, opened.description
    home = tags.get("PANOCAM_DISK") or disk.id
    return Recording(
        segment.recording, home, int(tags["PANOCAM_VIEW"]), str(stream.codec), stream.width, stream.height, stream.fps,
        Kind(tags["PANOCAM_KIND"]), tags.get("PANOCAM_TRIGGER", ""),
        segment.start_ns, segment.stop_ns, disk.is_locked(segment.path), complete,
    )  # fmt: skip


def _complete(index: Index, recording: Recording) -> None:
    """A recording that nobody writes any more ends with its last segment."""
    segments = index.segments(recording.id)
    if not segments:
        index.remove(recording.id)
        return
    stop = max(segment.stop_ns for segment in segments)
    index.put(Recording(**{**recording.__dict__, "stop_ns": stop, "complete": True}))

"""Putting a disk and the index in agreement, from the files alone: after a crash, after a card was in another camera, after a lost index.

A file that ends in the middle of a cluster is cut behind its last whole one. Files that are not ours, or damaged in front, are left
where they are and not listed.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

from panocam.errors import PanocamError, RemoteProtocolError
from panocam.media import matroska
from panocam.media.footage import Note
from panocam.storage.disk import PART, SUFFIX, Disk
from panocam.storage.index import Index
from panocam.storage.notes import notes_at
from panocam.storage.recording import ID_PATTERN, Began, Kind, Recording, Segment

log = logging.getLogger(__name__)

MS = 1_000_000
STEP = 8
"""Pieces of half a second that are read in one go."""


@dataclass(frozen=True)
class Found:
    """What recovery did."""

    segments: int = 0
    repaired: int = 0
    foreign: int = 0
    missing: int = 0


def reconcile(
    disk: Disk, index: Index, writing: frozenset[str] = frozenset(), running: frozenset[str] = frozenset(), thorough: bool = False,
    alive: Callable[[], None] = lambda: None,
) -> Found:  # fmt: skip
    """Make ``index`` say what lies on ``disk``; files at ``writing`` are left alone, recordings in ``running`` go on, here or on another
    disk. ``thorough``: files that are as long as listed are read too, for disks that lose what they were given. ``alive()`` is called with
    each file. Raises OSError."""
    known = index.paths(disk.id)
    read = repaired = foreign = missing = 0
    seen = set()
    for path, size in disk.walk():
        alive()
        if path.endswith(SUFFIX + PART):  # a copy that was never finished; it is made anew
            disk.files.remove(path)
        if not path.endswith(SUFFIX):
            continue
        seen.add(path)
        if path in writing or (known.get(path) == (size, True) and (not thorough or _whole(disk, path) == size)):
            continue
        try:
            repaired += _take_in(disk, index, path, size, running)
            read += 1
        except (PanocamError, ValueError, KeyError, OverflowError) as fault:
            foreign += 1
            log.warning("%s: %s is not listed: %s", disk.id, path, fault)
    for path in known.keys() - seen:
        segment = index.at_path(disk.id, path)
        if segment is not None and path not in writing:
            index.remove_segment(segment)
            missing += 1
    for recording in index.running(disk.id):
        if recording.id not in running:
            _complete(index, recording)
    return Found(read, repaired, foreign, missing)


@dataclass(frozen=True)
class Survey:
    """What a check found: ``unlisted`` files that could be taken in, ``missing`` ones that are listed, ``cut`` ones that end in the
    middle of something or are not as long as listed, ``foreign`` ones; ``damaged`` pieces inside of files, which players pass over."""

    files: int = 0
    unlisted: int = 0
    missing: int = 0
    cut: int = 0
    foreign: int = 0
    damaged: int = 0

    @property
    def well(self) -> bool:
        """True when a repair would change nothing."""
        return not (self.unlisted or self.missing or self.cut)


def survey(disk: Disk, index: Index, writing: frozenset[str] = frozenset()) -> Generator[float, None, Survey]:
    """Read all of ``disk`` and compare it with ``index``; changes nothing. In steps of some pieces of a file, each of which gives the part
    that is done, 0..1; nothing is held open in between. Raises OSError."""
    known = index.paths(disk.id)
    there = [(path, size) for path, size in disk.segments() if path not in writing]
    unlisted = cut = foreign = damaged = 0
    for number, (path, size) in enumerate(there):
        whole = _whole(disk, path)
        if whole is None:
            foreign += 1
        elif path not in known:
            unlisted += 1
        elif whole < size or size != known[path][0]:
            cut += 1
        yield number / len(there)
        if whole is not None:
            for bad, part in _damage(disk, path, size):
                damaged += bad
                yield (number + part) / len(there)
    missing = len(known.keys() - {path for path, _ in there} - writing)
    return Survey(len(there), unlisted, missing, cut, foreign, damaged)


def _damage(disk: Disk, path: str, size: int) -> Iterator[tuple[int, float]]:
    """Pieces of a file that cannot be read, step by step, and the part of it that has been read."""
    at = 0
    while at < size:
        bad, begin = 0, at
        try:
            with disk.files.open(path) as file:
                for place in islice(matroska.clusters(file, at or matroska.read_header(file).clusters), STEP):
                    at = place.end
                    try:
                        matroska.read_cluster(file, place)
                    except RemoteProtocolError:
                        bad += 1
        except (PanocamError, ValueError, FileNotFoundError):  # removed meanwhile, by whoever may
            return
        if at == begin:
            return
        yield bad, min(1.0, at / size)


def _whole(disk: Disk, path: str) -> int | None:
    """How far a file of ours is whole; None for one that is not ours or damaged in front."""
    try:
        with disk.files.open(path) as file:
            end = matroska.read_header(file).clusters
            for place in matroska.clusters(file, end):
                end = place.end
            file.seek(end)
            if _is_closed(file.read(4)):
                return file.seek(0, 2)
            return end
    except (PanocamError, ValueError):
        return None


def _take_in(disk: Disk, index: Index, path: str, size: int, running: frozenset[str]) -> bool:
    """List one file; True if it was cut behind its last whole cluster."""
    with disk.files.open(disk.checked(path)) as file:
        opened = matroska.read_header(file)
        tags = opened.facts.tags
        recording = tags["PANOCAM_RECORDING"]
        if recording != path.split("/")[2] or not ID_PATTERN.fullmatch(recording):
            raise RemoteProtocolError("it lies in the folder of another recording")
        if _is_left_over(disk, index, tags, size):
            disk.remove(path)
            return False
        notes: list[Note] = []
        pictures, ticks, end = 0, 0, opened.clusters
        for place in matroska.clusters(file, opened.clusters):
            try:
                blocks = matroska.read_cluster(file, place)
            except RemoteProtocolError as fault:  # what comes after it may be whole
                log.warning("%s: %s: %s", disk.id, path, fault)
                continue
            pictures, end = pictures + len(blocks), place.end
            ticks = max([ticks, *(block.ticks for block in blocks)])
            notes += notes_at(file, opened, place)
        file.seek(end)
        closed = _is_closed(file.read(4))
    if pictures == 0:
        disk.files.remove(path)
        log.warning("%s: %s held no whole picture and was removed", disk.id, path)
        return True
    if not closed and end < size:
        disk.files.truncate(path, end)
    began = opened.facts.start_wall_ns
    segment = Segment(
        recording, int(tags["PANOCAM_SEGMENT"]), disk.id, path, began, began + ticks * MS, size if closed else end, pictures,
        Began(tags["PANOCAM_BEGAN"]), complete=True,
    )  # fmt: skip
    index.put(_recording(disk, index, opened, segment, recording not in running), (segment,))
    index.put_marks(recording, notes)
    return not closed and end < size


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


def _recording(disk: Disk, index: Index, opened: matroska.Opened, segment: Segment, complete: bool) -> Recording:
    """The recording that ``segment`` belongs to, as far as it is known by now."""
    tags, stream = opened.facts.tags, opened.description
    others = [s for s in index.segments(segment.recording) if s.number != segment.number]
    home = tags.get("PANOCAM_DISK") or disk.id
    return Recording(
        segment.recording, home, int(tags["PANOCAM_VIEW"]), str(stream.codec), stream.width, stream.height, stream.fps,
        Kind(tags["PANOCAM_KIND"]), tags.get("PANOCAM_TRIGGER", ""),
        min([segment.start_ns, *(s.start_ns for s in others)]), max([segment.stop_ns, *(s.stop_ns for s in others)]),
        disk.is_locked(segment.path), complete,
    )  # fmt: skip


def _complete(index: Index, recording: Recording) -> None:
    """A recording that nobody writes any more ends with its last segment."""
    segments = index.segments(recording.id)
    if not segments:
        index.remove(recording.id)
        return
    stop = max(segment.stop_ns for segment in segments)
    index.put(Recording(**{**recording.__dict__, "stop_ns": stop, "complete": True}))

"""Putting a disk and the index in agreement, from the files alone: after a crash, after a card was in another camera, after a lost index.

A file that ends in the middle of a cluster is cut behind its last whole one. Files that are not ours, or damaged in front, are left
where they are and not listed.
"""

from __future__ import annotations

import logging
import os
from dataclasses import dataclass

from panocam.errors import PanocamError, RemoteProtocolError
from panocam.media import matroska
from panocam.storage.disk import Disk
from panocam.storage.index import Index
from panocam.storage.recording import ID_PATTERN, Began, Kind, Recording, Segment

log = logging.getLogger(__name__)

MS = 1_000_000


@dataclass(frozen=True)
class Found:
    """What recovery did."""

    segments: int = 0
    repaired: int = 0
    foreign: int = 0
    missing: int = 0


def reconcile(disk: Disk, index: Index, active: frozenset[str] = frozenset()) -> Found:
    """Make ``index`` say what lies on ``disk``; recordings in ``active`` are being written and left alone. Raises OSError."""
    known = index.paths(disk.id)
    read = repaired = foreign = missing = 0
    seen = set()
    for path, size in disk.segments():
        seen.add(path)
        if known.get(path) == (size, True) or path.split("/")[2] in active:
            continue
        try:
            repaired += _take_in(disk, index, path, size)
            read += 1
        except (PanocamError, ValueError, KeyError) as fault:
            foreign += 1
            log.warning("%s: %s is not listed: %s", disk.id, path, fault)
    for path in known.keys() - seen:
        segment = index.at_path(path)
        if segment is not None and segment.recording not in active:
            index.remove_segment(segment)
            missing += 1
    for recording in index.running(disk.id):
        if recording.id not in active:
            _complete(index, recording)
    return Found(read, repaired, foreign, missing)


def _take_in(disk: Disk, index: Index, path: str, size: int) -> bool:
    """List one file; True if it was cut behind its last whole cluster."""
    target = disk.path(path)
    with target.open("rb") as file:
        opened = matroska.read_header(file)
        tags = opened.facts.tags
        recording = tags["PANOCAM_RECORDING"]
        if recording != path.split("/")[2] or not ID_PATTERN.fullmatch(recording):
            raise RemoteProtocolError("it lies in the folder of another recording")
        pictures, ticks, end = 0, 0, opened.clusters
        for place in matroska.clusters(file, opened.clusters):
            blocks = matroska.read_cluster(file, place)
            pictures, end = pictures + len(blocks), place.end
            ticks = max([ticks, *(block.ticks for block in blocks)])
        file.seek(end)
        closed = _is_closed(file.read(4))
    if pictures == 0:
        target.unlink()
        log.warning("%s: %s held no whole picture and was removed", disk.id, path)
        return True
    if not closed and end < size:
        os.truncate(target, end)
    began = opened.facts.start_wall_ns
    segment = Segment(
        recording, int(tags["PANOCAM_SEGMENT"]), path, began, began + ticks * MS, size if closed else end, pictures,
        Began(tags["PANOCAM_BEGAN"]), complete=True,
    )  # fmt: skip
    index.put(_recording(disk, index, opened, segment), (segment,))
    return not closed and end < size


def _is_closed(head: bytes) -> bool:
    return head == matroska.CUES.to_bytes(4, "big")


def _recording(disk: Disk, index: Index, opened: matroska.Opened, segment: Segment) -> Recording:
    """The recording that ``segment`` belongs to, as far as it is known by now."""
    tags, stream = opened.facts.tags, opened.description
    others = [s for s in index.segments(segment.recording) if s.number != segment.number]
    return Recording(
        segment.recording, disk.id, int(tags["PANOCAM_VIEW"]), str(stream.codec), stream.width, stream.height, stream.fps,
        Kind(tags["PANOCAM_KIND"]), tags.get("PANOCAM_TRIGGER", ""),
        min([segment.start_ns, *(s.start_ns for s in others)]), max([segment.stop_ns, *(s.stop_ns for s in others)]),
        disk.is_locked(segment.path), complete=True,
    )  # fmt: skip


def _complete(index: Index, recording: Recording) -> None:
    """A recording that nobody writes any more ends with its last segment."""
    segments = index.segments(recording.id)
    if not segments:
        index.remove(recording.id)
        return
    stop = max(segment.stop_ns for segment in segments)
    index.put(Recording(**{**recording.__dict__, "stop_ns": stop, "complete": True}))

"""Finds and gives out what was recorded: lists, stored pictures from a moment on, files for export. Blocking; call it on a thread.

Pictures are read from the segments as they are, also from the one that is being written, as far as its clusters are whole.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import chain
from typing import BinaryIO

from panocam.clock import NS
from panocam.codecs.signing.formats import carries_signature
from panocam.errors import InvalidValue, NotFound, RemoteProtocolError, Unavailable
from panocam.media import matroska
from panocam.media.codec import Codec, StreamDescription
from panocam.media.config import unstored
from panocam.media.footage import Footage
from panocam.media.headers import codec_string
from panocam.media.matroska import Place
from panocam.media.packet import Packet
from panocam.storage.disk import Disk, words
from panocam.storage.index import Index
from panocam.storage.reader import Reader
from panocam.storage.recording import Began, Segment, check_id

MS = 1_000_000
TWICE_NS = 120 * NS
"""No more than this was ever written a second time on another disk."""


@dataclass(frozen=True)
class Kept:
    """A segment's file wherever it lies when it is opened: it may be on its way from one disk to another."""

    library: Library
    segment: Segment

    def open(self, mode: str = "rb") -> BinaryIO:
        """Raises NotFound, Unavailable; OSError when the disk fails just now."""
        try:
            return self.library.disk(self.segment).open(self.segment.path).open(mode)
        except (NotFound, FileNotFoundError):
            now = self.library.index.segment(self.segment.recording, self.segment.number)
            if now is None or now.disk == self.segment.disk:
                raise
            return self.library.disk(now).open(now.path).open(mode)


@dataclass(frozen=True)
class Absence:
    """From ``start_ns`` to ``stop_ns`` (UTC) a recording lies on ``disk``, which cannot be read now."""

    disk: str
    start_ns: int
    stop_ns: int


SEALED_NS = 30 * NS
"""How far behind its pictures a signature is looked for; groups are shorter."""


@dataclass(frozen=True)
class Stretch:
    """A run of clusters of one segment: what is read or copied. ``file`` is open while the stretch is looked at; ``places`` are found in it
    one by one, so that whoever takes their bytes on the way reads the disk once, in order."""

    path: Kept
    file: BinaryIO
    segment: Segment
    opened: matroska.Opened
    first: Place
    places: Iterator[Place]


class Library:
    """Reads ``disks`` (which come and go) by what ``index`` knows."""

    def __init__(self, index: Index, disks: Mapping[str, Disk]) -> None:
        self.index, self._disks = index, disks
        self.noted: Callable[[str, str], None] = lambda what, recording: None
        """Called with what somebody has done with a recording: removed, locked, unlocked, exported. For the record."""

    def disk(self, segment: Segment) -> Disk:
        """Raises Unavailable when the disk that a segment lies on is not there."""
        disk = self._disks.get(segment.disk)
        if disk is None:
            raise Unavailable(f"recording {segment.recording} lies on {segment.disk}, which is not set up")
        return disk

    def remove(self, recording: str) -> None:
        """Remove a recording and its files. Raises NotFound; InvalidValue when it is locked; Unavailable without its disk."""
        row = self.index.get(recording)
        if row.locked:
            raise InvalidValue("recordingid", recording, "it is locked; unlock it first")
        for segment in self.index.segments(recording):
            self.disk(segment).remove(segment.path)
        self.index.remove(recording)
        self.noted("removed", recording)

    def lock(self, recording: str, locked: bool) -> None:
        """Keep a recording from being removed, or no longer. Raises NotFound."""
        self.index.get(recording)
        for segment in {segment.disk: segment for segment in self.index.segments(recording)}.values():
            self.disk(segment).set_lock(segment.path, locked)
        self.index.lock(recording, locked)
        self.noted("locked" if locked else "unlocked", recording)

    def stretches(self, recording: str, since_ns: int | None = None, until_ns: int | None = None, whole: bool = False) -> Iterator[Stretch]:
        """The clusters between two moments (UTC), the first stretch from the last key picture at or before ``since_ns`` on.

        What lies on a disk that cannot be read just now is a gap; Unavailable when that is all. ``whole``: for what leaves the camera,
        Unavailable already when a part cannot be read, before anything is given; and it goes on until the signature of its last picture
        has come.
        """
        if whole:
            until_ns = self.sealed(recording, until_ns)
        segments = self._segments(recording, since_ns, until_ns)
        ends = _ends(self.index.segments(recording))
        for segment in segments if whole else ():
            self._check_there(segment)
        given, away = False, list[Segment]()
        for segment in segments:
            end = min((at for at in (until_ns, ends[segment.number]) if at is not None), default=None)
            try:
                stretch = _stretch(Kept(self, segment), since_ns, end)
            except (Unavailable, OSError) as fault:
                if whole:
                    raise _away(segment, fault) from None
                away.append(segment)
                continue
            if stretch is not None:
                given = True
                with stretch.file:
                    yield stretch
        for segment in away if not given else ():
            self._check_there(segment)

    def sealed(self, recording: str, until_ns: int | None) -> int | None:
        """``until_ns``, or the moment (UTC) of the group of pictures after it that brings the signature of what is there by then."""
        if until_ns is None:
            return None
        with (
            contextlib.suppress(Unavailable, NotFound, OSError, RemoteProtocolError),
            contextlib.closing(self._clusters(recording, until_ns, until_ns + SEALED_NS)) as clusters,
        ):  # what cannot be read brings nothing
            keys = 0
            for at, file, place in clusters:
                if at <= until_ns:
                    continue
                keys += matroska.begins_with_key(file, place)
                if keys > 1:
                    break
                if keys and any(carries_signature(bytes(block.data)) for block in matroska.read_cluster(file, place)):
                    return at
        return until_ns

    def _clusters(self, recording: str, since_ns: int, until_ns: int) -> Generator[tuple[int, BinaryIO, Place], None, None]:
        """When (UTC) and where."""
        for stretch in self.stretches(recording, since_ns, until_ns):
            for place in stretch.places:
                yield stretch.segment.start_ns + place.ticks * MS, stretch.file, place

    def absences(self, recording: str, readable: Callable[[str], bool]) -> list[Absence]:
        """What of it cannot be read now, as far as is known without looking: parts on disks that are not ``readable``."""
        found: list[Absence] = []
        follows = -1
        for segment in self.index.segments(recording):
            if readable(segment.disk):
                continue
            if follows == segment.number and found[-1].disk == segment.disk:
                found[-1] = replace(found[-1], stop_ns=segment.stop_ns)
            else:
                found.append(Absence(segment.disk, segment.start_ns, segment.stop_ns))
            follows = segment.number + 1
        return found

    def _check_there(self, segment: Segment) -> None:
        """Raises Unavailable, which names the time that cannot be read now, and its disk."""
        try:
            Kept(self, segment).open().close()
        except (Unavailable, OSError) as fault:
            raise _away(segment, fault) from None

    def about_bytes(self, recording: str, since_ns: int | None = None, until_ns: int | None = None) -> int:
        """How large that is, as far as the index knows: for showing how far something is."""
        return round(sum(s.bytes * _share(s, since_ns, until_ns) for s in self._segments(recording, since_ns, until_ns)))

    def most_pictures(self, recording: str, since_ns: int | None = None, until_ns: int | None = None) -> int:
        """No fewer than what a complete recording has in that time."""
        return sum(segment.pictures for segment in self._segments(recording, since_ns, until_ns))

    def _segments(self, recording: str, since_ns: int | None, until_ns: int | None) -> list[Segment]:
        """Those that have something of that time; the last one also for a time after it."""
        self.index.get(recording)
        segments = self.index.segments(recording)
        if not segments:
            raise NotFound(f"recording {recording} has no pictures yet")
        return [
            segment
            for segment in segments
            if (since_ns is None or segment.stop_ns >= since_ns or segment is segments[-1])
            and (until_ns is None or segment.start_ns <= until_ns)
        ]

    def packets(
        self, recording: str, since_ns: int | None = None, until_ns: int | None = None
    ) -> Iterator[tuple[Packet, StreamDescription]]:
        """Stored pictures as they were streamed, from a key picture on. ``pts_ns`` is UTC too; ``discontinuity`` where a gap is."""
        number, follows = 0, -1
        for stretch in self.stretches(recording, since_ns, until_ns):
            codec = stretch.opened.description.codec
            first = not stretch.segment.began.seamless or follows not in (-1, stretch.segment.number)
            follows = stretch.segment.number + 1
            for place in stretch.places:
                try:
                    blocks = matroska.read_cluster(stretch.file, place)
                except RemoteProtocolError:  # the disk gives back something else than it was given
                    first = True
                    continue
                for block in blocks:
                    at = stretch.segment.start_ns + block.ticks * MS
                    yield _packet(codec, block, at, number, first), stretch.opened.description
                    number, first = number + 1, False

    def footage(self, recording: str) -> Footage:
        """A recording for a player. Raises InvalidValue, NotFound; Unavailable without its disk or before its first picture."""
        row = self.index.get(check_id(recording))
        opened = self._front(row.id)
        if opened is None:
            raise Unavailable(f"recording {row.id} has no pictures yet")
        return Footage(row.id, row.start_ns, row.stop_ns, not row.complete, opened.description, opened.notes)

    def reader(self, recording: str) -> Reader:
        """Reads it piece by piece."""
        return Reader(self.index, recording, lambda segment: Kept(self, segment).open(), _ends)

    def codec_string(self, recording: str) -> str:
        """The RFC 6381 name of its first pictures, for a decoder; "" when there are none yet."""
        opened = self._front(recording)
        return codec_string(opened.description.codec, opened.description.parameter_sets) if opened is not None else ""

    def _front(self, recording: str) -> matroska.Opened | None:
        """What its first file says that can be read now; None when there is none yet. Raises Unavailable."""
        segments = self.index.segments(recording)
        for segment in segments:
            with contextlib.suppress(Unavailable, OSError), Kept(self, segment).open() as file:
                return matroska.read_header(file)
        for segment in segments:
            self._check_there(segment)
        return None

    def key_times(self, recording: str, since_ns: int | None = None, until_ns: int | None = None) -> list[int]:
        """UTC of clusters that begin with a key picture: where a player may jump to."""
        times = []
        for stretch in self.stretches(recording, since_ns, until_ns):
            keyed = [place for place in stretch.places if matroska.begins_with_key(stretch.file, place)]
            times += [stretch.segment.start_ns + place.ticks * MS for place in keyed]
        return times


def _away(segment: Segment, fault: Exception) -> Unavailable:
    """What to say of a segment that cannot be read now."""
    why = words(fault).removeprefix(f"{segment.disk}: ")
    begin, end = (f"{datetime.fromtimestamp(at / NS, UTC):%Y-%m-%d %H:%M:%S}" for at in (segment.start_ns, segment.stop_ns))
    return Unavailable(
        f"{begin} to {end} UTC of recording {segment.recording} lies on {segment.disk}, which cannot be read now: {why}; "
        "wait until it is there again, or choose another time"
    )


def _ends(segments: list[Segment]) -> dict[int, int | None]:
    """Number to the last moment (UTC) of each segment that counts: when its disk failed and the recording went on on another one, the
    last pictures were written there once more."""
    ends: dict[int, int | None] = {}
    moved: int | None = None
    for segment in reversed(segments):
        overlaps = moved is not None and moved <= segment.stop_ns <= moved + TWICE_NS
        ends[segment.number] = moved - MS if moved is not None and overlaps else None
        if segment.began is Began.MOVED:
            moved = segment.start_ns
        elif segment.began in (Began.CLOCK, Began.START):
            moved = None
    return ends


def _share(segment: Segment, since_ns: int | None, until_ns: int | None) -> float:
    """The part of a segment that lies between two moments, 0..1."""
    begin = max(segment.start_ns, segment.start_ns if since_ns is None else since_ns)
    end = min(segment.stop_ns, segment.stop_ns if until_ns is None else until_ns)
    return max(0.0, end - begin) / max(1, segment.stop_ns - segment.start_ns)


def _packet(codec: Codec, block: matroska.Block, at: int, number: int, discontinuity: bool) -> Packet:
    return Packet(codec, unstored(codec, bytes(block.data)), block.key, at, at, number, discontinuity=discontinuity)


def _stretch(path: Kept, since_ns: int | None, until_ns: int | None) -> Stretch | None:
    """What a segment has of a time, its file open; None when that is nothing. Raises like ``Kept.open``."""
    with contextlib.ExitStack() as unless:
        file = unless.enter_context(path.open())
        opened = matroska.read_header(file)
        places = _between(file, matroska.clusters(file, opened.clusters), path.segment, since_ns, until_ns)
        first = next(places, None)
        if first is None:
            return None
        unless.pop_all()
        return Stretch(path, file, path.segment, opened, first, chain((first,), places))


def _between(file: BinaryIO, places: Iterator[Place], segment: Segment, since_ns: int | None, until_ns: int | None) -> Iterator[Place]:
    """The clusters that reach from ``since_ns`` to ``until_ns``, begun with a key picture."""
    front: list[Place] = []
    if since_ns is not None:
        ticks = (since_ns - segment.start_ns) // MS
        for place in places:
            front.append(place)
            if place.ticks > ticks:
                break
        first = max(0, sum(place.ticks <= ticks for place in front) - 1)
        while first > 0 and not matroska.begins_with_key(file, front[first]):
            first -= 1
        front = front[first:]
    for place in chain(front, places):
        if until_ns is not None and place.ticks > (until_ns - segment.start_ns) // MS:
            return
        yield place

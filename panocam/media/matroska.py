"""Matroska (RFC 9559) as a camera writes it: append-only, so that whatever was written before a crash can be played.

The file is one Segment of unknown size: facts, tracks, tags, then clusters. Each cluster is whole when it is appended; a reader stops at
the first one that is cut. When a file is closed in order, an index (Cues) follows the last cluster and the room kept in front is
filled with the place of the index and the duration: that is convenience, never needed.

Ticks are milliseconds. A block's time is relative to its cluster's, in 16 bits, so a cluster lasts at most 32 s.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import BinaryIO, NamedTuple

from panocam.clock import NS
from panocam.errors import RemoteProtocolError
from panocam.media import ebml
from panocam.media.codec import Codec, StreamDescription
from panocam.media.config import configuration, parameter_sets
from panocam.media.ebml import element

MS = NS // 1000
EPOCH_NS = 978_307_200 * NS
"""Matroska counts dates from the beginning of 2001."""

CODEC_IDS: Mapping[Codec, str] = {
    Codec.H264: "V_MPEG4/ISO/AVC",
    Codec.H265: "V_MPEGH/ISO/HEVC",
    Codec.AV1: "V_AV1",
    Codec.JPEG: "V_MJPEG",
}
_CODECS = {name: codec for codec, name in CODEC_IDS.items()}

EBML, SEGMENT, SEEK_HEAD, VOID, INFO, TRACKS, TAGS, CLUSTER, CUES = (
    0x1A45DFA3, 0x18538067, 0x114D9B74, 0xEC, 0x1549A966, 0x1654AE6B, 0x1254C367, 0x1F43B675, 0x1C53BB6B,
)  # fmt: skip
TIMESTAMP, SIMPLE_BLOCK, BLOCK_GROUP, BLOCK, REFERENCE = 0xE7, 0xA3, 0xA0, 0xA1, 0xFB
ROOM = 64
"""Bytes kept in front for the place of the index."""

LARGEST_HEADER = 1 << 20
LARGEST_CLUSTER = 256 << 20
MOST_CLUSTERS, MOST_BLOCKS, MOST_BETWEEN = 40_000, 10_000, 1000
"""Many times what is ever written: clusters in a file, elements in a cluster, other elements one after another. A file that has more was
made to keep its reader busy, and is read no further."""
LATEST_NS, LONGEST_TICKS = 7_258_118_400 * NS, 366 * 86_400_000
"""The year 2200, and a year: later and longer is a lie, and not every number further on fits where times are kept."""

VIDEO_TRACK, NOTE_TRACK, SOUND_TRACK = 1, 2, 3
"""Sound has its number before it is recorded: readers pass over what they do not look for."""

NOTES_ID = "D_ONVIF/METADATA"
"""No player knows it, so none shows it as subtitles or stumbles over it (docs/decisions/010-events-in-the-file.md)."""

_BLOCK = struct.Struct(">BhB")
"""What stands before the data of a block: track, ticks, flags."""

_NOTES = (
    element(0xD7, NOTE_TRACK) + element(0x73C5, NOTE_TRACK) + element(0x83, 0x21) + element(0x9C, 0) + element(0x88, 0)
    + element(0x536E, "Events") + element(0x22B59C, "und") + element(0x86, NOTES_ID)
)  # fmt: skip


@dataclass(frozen=True)
class Facts:
    """What a file says of itself. ``start_wall_ns``: UTC of tick 0; ``tags``: names in capitals, as Matroska has them."""

    start_wall_ns: int
    title: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)
    app: str = "panocam"


def header(description: StreamDescription, facts: Facts, notes: bool = False) -> bytes:
    """Everything in front of the first cluster. ``notes``: beside the pictures there is a track of ONVIF metadata documents."""
    doc = ((0x4286, 1), (0x42F7, 1), (0x42F2, 4), (0x42F3, 8), (0x4282, "matroska"), (0x4287, 4), (0x4285, 2))
    info = element(0x2AD7B1, MS) + _duration(0.0) + element(0x4461, (facts.start_wall_ns - EPOCH_NS).to_bytes(8, "big", signed=True))
    info += element(0x4D80, facts.app) + element(0x5741, facts.app) + (element(0x7BA9, facts.title) if facts.title else b"")
    video = element(0xE0, element(0xB0, description.width) + element(0xBA, description.height))
    track = element(0xD7, VIDEO_TRACK) + element(0x73C5, VIDEO_TRACK) + element(0x83, 1) + element(0x9C, 0)
    track += element(0x22B59C, "und") + element(0x86, CODEC_IDS[description.codec]) + video
    if description.fps > 0:
        track += element(0x23E383, round(NS / description.fps))
    if private := configuration(description):
        track += element(0x63A2, private)
    simple = b"".join(element(0x67C8, element(0x45A3, name) + element(0x4487, text)) for name, text in facts.tags.items())
    tags = element(TAGS, element(0x7373, element(0x63C0, b"") + simple)) if simple else b""
    tracks = element(0xAE, track) + (element(0xAE, _NOTES) if notes else b"")
    segment = ebml.void(ROOM) + element(INFO, info) + element(TRACKS, tracks) + tags
    return (
        element(EBML, b"".join(element(name, value) for name, value in doc))
        + ebml.ident(SEGMENT)
        + ebml.UNKNOWN.to_bytes(8, "big")
        + segment
    )


def _duration(ticks: float) -> bytes:
    return element(0x4489, ticks)


def block(ticks: int, data: bytes, key: bool, track: int = VIDEO_TRACK) -> bytes:
    """A SimpleBlock; ``ticks`` relative to its cluster, -32768..32767; pictures as ``config.stored`` gives them."""
    head = _BLOCK.pack(0x80 | track, ticks, 0x80 if key else 0)
    return ebml.ident(SIMPLE_BLOCK) + ebml.size(len(head) + len(data)) + head + data


def cluster(ticks: int, blocks: Iterable[bytes]) -> bytes:
    """A whole cluster that begins at ``ticks``."""
    return element(CLUSTER, element(TIMESTAMP, ticks) + b"".join(blocks))


def open_cluster(ticks: int) -> bytes:
    """The head of a cluster of unknown size, for a live stream: its blocks follow one by one, until the next head."""
    return ebml.ident(CLUSTER) + ebml.UNKNOWN.to_bytes(8, "big") + element(TIMESTAMP, ticks)


@dataclass
class Layout:
    """Where the parts lie in a file whose first bytes are a ``header``: for putting in what is known only at the end."""

    segment: int  # where the Segment's body begins; places in the index count from here
    room: int
    duration: int


def layout(head: bytes) -> Layout:
    """The places in a header made by ``header``."""
    segment = head.index(ebml.ident(SEGMENT)) + 12
    return Layout(segment, segment, head.index(_duration(0.0), segment))


def index(cues: Iterable[tuple[int, int]], end_ticks: int, place: Layout, at: int) -> tuple[bytes, bytes, bytes]:
    """What ends a file in order: (Cues to append at ``at``, what goes to ``place.room``, what goes to ``place.duration``).

    ``cues``: (ticks, place in the file) of clusters that begin with a key picture.
    """
    points = b"".join(
        element(0xBB, element(0xB3, ticks) + element(0xB7, element(0xF7, VIDEO_TRACK) + element(0xF1, where - place.segment)))
        for ticks, where in cues
    )
    seek = element(0x4DBB, element(0x53AB, ebml.ident(CUES)) + element(0x53AC, at - place.segment))
    head = element(SEEK_HEAD, seek)
    return element(CUES, points), head + ebml.void(ROOM - len(head)), _duration(float(end_ticks))


class Block(NamedTuple):
    """One stored picture: ``ticks`` from the file's start, ``data`` as ``config.unstored`` takes it."""

    ticks: int
    key: bool
    data: memoryview


@dataclass(frozen=True)
class Opened:
    """What the front of a file says. ``clusters`` is where the first cluster begins; ``notes``: there is a track of them."""

    description: StreamDescription
    facts: Facts
    clusters: int
    notes: bool = False


def read_header(file: BinaryIO) -> Opened:
    """Read the front of a file of ours (or a like one: first track video, milliseconds). Raises RemoteProtocolError."""
    file.seek(0)
    data = file.read(LARGEST_HEADER)
    at, parts = 0, {}
    while (head := ebml.read_head(data, at)) is not None and head.id != CLUSTER:
        if head.id == SEGMENT:
            at = head.body
            continue
        if at == 0 and head.id != EBML:
            break
        if head.end is None or head.end > len(data):
            break
        parts[head.id] = memoryview(data)[head.body : head.end]
        at = head.end
    if EBML not in parts or INFO not in parts or TRACKS not in parts:
        raise RemoteProtocolError("no Matroska file, or cut before its first picture")
    info = dict(ebml.children(parts[INFO]))
    date = info.get(0x4461, b"")
    start = int.from_bytes(date, "big", signed=True) + EPOCH_NS if len(date) == 8 else 0
    if not 0 <= start < LATEST_NS:
        raise RemoteProtocolError("a file that says it was begun in no time that can be")
    tags = _tags(parts[TAGS]) if TAGS in parts else {}
    facts = Facts(start, ebml.text(info.get(0x7BA9, b"")), tags, ebml.text(info.get(0x5741, b"")))
    return Opened(_track(parts[TRACKS]), facts, at, _has_notes(parts[TRACKS]))


def _tags(body: memoryview) -> dict[str, str]:
    found = {}
    for kind, tag in ebml.children(body):
        for name, simple in ebml.children(tag) if kind == 0x7373 else ():
            pair = dict(ebml.children(simple)) if name == 0x67C8 else {}
            if 0x45A3 in pair and 0x4487 in pair:
                found[ebml.text(pair[0x45A3])] = ebml.text(pair[0x4487])
    return found


def _track(body: memoryview) -> StreamDescription:
    for kind, entry in ebml.children(body):
        fields = dict(ebml.children(entry)) if kind == 0xAE else {}
        codec = _CODECS.get(ebml.text(fields.get(0x86, b"")))
        if codec is not None and ebml.number(fields.get(0xD7, b"")) == VIDEO_TRACK:
            video = dict(ebml.children(fields.get(0xE0, b"")))
            width, height = (ebml.number(video.get(name, b"")) for name in (0xB0, 0xBA))
            interval = ebml.number(fields.get(0x23E383, b""))
            sets = parameter_sets(codec, bytes(fields.get(0x63A2, b""))) if 0x63A2 in fields else ()
            return StreamDescription(codec, width, height, NS / interval if interval else 0.0, sets)
    raise RemoteProtocolError("no picture track of a codec that is known here")


def _has_notes(body: memoryview) -> bool:
    entries = (dict(ebml.children(entry)) for kind, entry in ebml.children(body) if kind == 0xAE)
    return any(ebml.text(fields.get(0x86, b"")) == NOTES_ID for fields in entries)


@dataclass(frozen=True)
class Place:
    """A whole cluster in a file: where it begins and ends, its time, and where what follows the time begins."""

    start: int
    end: int
    ticks: int
    body: int


def clusters(file: BinaryIO, at: int) -> Iterator[Place]:
    """The whole clusters from the place ``at`` on, bodies skipped; ends before a cut one and before foreign bytes."""
    file.seek(0, 2)
    end = file.tell()
    count = others = 0
    while at < end and count < MOST_CLUSTERS and others < MOST_BETWEEN:
        file.seek(at)
        data = file.read(64)
        try:
            head = ebml.read_head(data, 0, at)
            if head is None or head.end is None or head.end > end or head.end - at > LARGEST_CLUSTER:
                return
            if head.id == CLUSTER:
                first = ebml.read_head(data, head.body - at, at)
                if first is None or first.id != TIMESTAMP or first.end is None or first.end - at > len(data):
                    return
                count, others = count + 1, -1
                ticks = ebml.number(data[first.body - at : first.end - at])
                if ticks > LONGEST_TICKS:
                    return
                yield Place(at, head.end, ticks, first.end)
        except RemoteProtocolError:
            return
        at, others = head.end, others + 1


def read_cluster(file: BinaryIO, place: Place, track: int = VIDEO_TRACK) -> list[Block]:
    """The pictures of a cluster, or what another track has there, in their order. Raises RemoteProtocolError."""
    file.seek(place.start)
    data = memoryview(file.read(place.end - place.start))
    found = spots(data, place, track)
    return [Block(ticks, key, data[at - place.start : at - place.start + size]) for at, size, ticks, key in found]


class Spot(NamedTuple):
    """Where a stored picture lies: ``size`` bytes from ``at`` on; ``ticks`` from the file's start."""

    at: int
    size: int
    ticks: int
    key: bool


def spots(data: memoryview, place: Place, track: int = VIDEO_TRACK) -> list[Spot]:
    """Where ``read_cluster`` finds what it gives; ``data`` is all of the cluster. Raises RemoteProtocolError."""
    at, last, base, found = place.body - place.start, len(data), place.start, list[Spot]()
    if last < place.end - place.start:
        raise RemoteProtocolError(f"the cluster at byte {place.start} is cut")
    for _ in range(MOST_BLOCKS):
        if at >= last:
            return found
        if (short := ebml.read_short(data, at)) is not None:
            body, size = short
        else:
            head = ebml.read_head(data, at)
            body, size = (head.body, head.end - head.body) if head is not None and head.end is not None else (last, last)
        if body + size > last:
            raise RemoteProtocolError(f"an element at byte {base + at} does not fit into its cluster")
        if data[at] == SIMPLE_BLOCK and size >= 4:
            number, ticks, flags = _BLOCK.unpack_from(data, body)
            if number == 0x80 | track:
                found.append(Spot(base + body + 4, size - 4, place.ticks + ticks, flags >= 0x80))
        at = body + size
    raise RemoteProtocolError(f"the cluster at byte {place.start} has more than {MOST_BLOCKS} elements")


def begins_with_key(file: BinaryIO, place: Place) -> bool:
    """True when the cluster's first picture is a key picture; reads its first bytes only."""
    file.seek(place.start)
    data = file.read(64)
    head = ebml.read_head(data, 0)
    at = None if head is None else ebml.read_head(data, head.body)
    first = None if at is None or at.end is None else ebml.read_head(data, at.end)
    return first is not None and first.id == SIMPLE_BLOCK and len(data) > first.body + 3 and bool(data[first.body + 3] & 0x80)


def read_first(file: BinaryIO, place: Place) -> Block | None:
    """Only the first picture of a cluster; None when it has none. Raises RemoteProtocolError for one that is cut."""
    file.seek(place.start)
    data = file.read(64)
    head = ebml.read_head(data, 0)
    at = None if head is None else ebml.read_head(data, head.body)
    first = None if at is None or at.end is None else ebml.read_head(data, at.end)
    if first is None or first.end is None or first.id != SIMPLE_BLOCK or data[first.body] != 0x80 | VIDEO_TRACK:
        return None
    if place.start + first.end > place.end:
        raise RemoteProtocolError(f"the cluster at byte {place.start} is cut")
    file.seek(place.start + first.body)
    body = memoryview(file.read(first.end - first.body))
    ticks = struct.unpack_from(">h", body, 1)[0]
    return Block(place.ticks + ticks, bool(body[3] & 0x80), body[4:])


def moved(place: Place, ticks: int) -> bytes:
    """What takes the place of the bytes ``place.start`` to ``place.body`` to put a cluster at another time; its blocks stay as they are."""
    time = element(TIMESTAMP, ticks)
    return ebml.ident(CLUSTER) + ebml.size(len(time) + place.end - place.body) + time

"""Recordings: start, stop, find, keep, remove, play. Times are ISO 8601 with a zone, in and out as UTC."""

from __future__ import annotations

import asyncio
import logging
from datetime import datetime
from typing import Any

from pydantic import AwareDatetime, Field
from starlette.responses import Response, StreamingResponse

from panocam.api.endpoint import Call, Kind, Reply, Wish, rest
from panocam.api.films import film
from panocam.api.services import storage_of
from panocam.api.streamed import first_of, rest_of
from panocam.api.wall import from_ns, to_ns
from panocam.api.web import frames
from panocam.codecs.thumbnail import thumbnail
from panocam.errors import NotFound, Unavailable
from panocam.pipeline.request import StreamRequest
from panocam.settings import Role
from panocam.settings.storage import disk_names
from panocam.storage import recording as storage_recording
from panocam.storage.index import Filter
from panocam.storage.recorder import Order
from panocam.storage.recording import Recording, Segment, check_id
from panocam.streaming.url import parse_query

log = logging.getLogger(__name__)


class SegmentReply(Reply):
    """One file of a recording; ``began`` says why it begins: start, length, gap, clock or format."""

    number: int
    start: datetime
    stop: datetime
    bytes: int
    pictures: int
    began: str


class RecordingReply(Reply):
    """One recording; ``stop`` is the newest picture's time while ``running``."""

    id: str
    disk: str
    view: int
    codec: str
    width: int
    height: int
    fps: float
    kind: str
    trigger: str
    start: datetime
    stop: datetime
    locked: bool
    running: bool


class AbsentReply(Reply):
    """A part that lies on a disk which cannot be read now: players show a gap there, and no export can have it."""

    disk: str
    name: str
    start: datetime
    stop: datetime


class DetailReply(RecordingReply):
    """With its files, the moments that a player may jump to, and the parts that cannot be read now."""

    absent: list[AbsentReply]

    codec_string: str
    segments: list[SegmentReply]
    keys: list[datetime]


class RecordingsReply(Reply):
    """Those asked for, and how many fit the question beyond ``limit`` too."""

    recordings: list[RecordingReply]
    total: int


class Which(Wish):
    """Which recordings; all that overlap ``since``..``until``."""

    since: AwareDatetime | None = None
    until: AwareDatetime | None = None
    view: int | None = Field(None, ge=0, le=11)
    disk: str | None = Field(None, max_length=32)
    kind: storage_recording.Kind | None = None
    trigger: str | None = Field(None, max_length=64)
    oldest_first: bool = False
    limit: int = Field(100, ge=1, le=1000)
    offset: int = Field(0, ge=0, le=10**9)


class Marked(Wish):
    """The marks between two moments; of one recording, or of all."""

    since: AwareDatetime
    until: AwareDatetime
    recording: str = Field("", max_length=64)
    limit: int = Field(1000, ge=1, le=5000)


class MarkReply(Reply):
    """An event of the camera that was recorded beside the pictures: its topic and its items in short."""

    at: datetime
    topic: str
    text: str


class MarksReply(Reply):
    """In the order of their time."""

    marks: list[MarkReply]


class NewRecording(Wish):
    """What to record: ``options`` are stream arguments such as ``camera=5&videocodec=h265``. ``pre`` seconds from the buffer,
    ``duration`` seconds, 0 until stopped. ``action``: the name of what begins it, where that is not a person: a rule, a script, a door."""

    options: str = Field("", max_length=1024)
    disk: str = Field("SD_DISK", max_length=32)
    pre: float = Field(0.0, ge=0, le=60)
    duration: float = Field(0.0, ge=0, le=86_400)
    action: str = Field("", max_length=64, pattern=r"^[^\x00-\x1f\x7f]*$")


class Ending(Wish):
    """When to end: so many seconds from now, so that what comes after a moment is kept too."""

    after: float = Field(0.0, ge=0, le=3600)


class Change(Wish):
    """Lock a recording, so that it is never removed to make room, or unlock it."""

    locked: bool


class Span(Wish):
    """A part of a recording; left out, all of it. It begins with the key picture at or before ``since``."""

    since: AwareDatetime | None = None
    until: AwareDatetime | None = None


class Moment(Wish):
    """A moment of a recording, and how wide its picture shall be."""

    at: AwareDatetime | None = None
    width: int = Field(320, ge=16, le=4096)


async def find(call: Call[Which]) -> RecordingsReply:
    """Recordings, the newest first."""
    wish = call.wish
    wanted = Filter(
        nanoseconds(wish.since), nanoseconds(wish.until), wish.disk, wish.view, wish.kind, wish.trigger,
        newest_first=not wish.oldest_first, limit=wish.limit, offset=wish.offset,
    )  # fmt: skip
    found, total = await asyncio.to_thread(storage_of(call.services).index.find, wanted)
    return RecordingsReply(recordings=[RecordingReply(**_fields(call, row)) for row in found], total=total)


async def start(call: Call[NewRecording]) -> RecordingReply:
    """Start a recording."""
    wish, storage = call.wish, storage_of(call.services)
    request: StreamRequest = parse_query(wish.options, call.services.settings.snapshot.profiles.parameters)
    kind = storage_recording.Kind.ACTION if wish.action else storage_recording.Kind.MANUAL
    trigger = wish.action or call.caller.name or ""
    identity = await storage.recorder.start(Order(request, wish.disk, kind, trigger, wish.pre, wish.duration))
    running = next(r for r in storage.recorder.running if identity in r.ids)
    return RecordingReply(**_fields(call, running.route.writer.recording))


async def one(call: Call[None]) -> DetailReply:
    """One recording with its files and key pictures."""
    storage, identity = storage_of(call.services), _id(call)
    row, segments = storage.index.get(identity), storage.index.segments(identity)
    keys, codec = [], ""
    try:
        keys = await asyncio.to_thread(storage.library.key_times, identity) if segments else []
        codec = await asyncio.to_thread(storage.library.codec_string, identity)
    except (Unavailable, NotFound) as fault:  # its disk is away, or a file of it just went; what is known is told all the same
        log.info("recording %s: %s", identity, fault)
    names = disk_names(call.services.settings.snapshot.storage)
    absent = [
        AbsentReply(disk=part.disk, name=names.get(part.disk, part.disk), start=from_ns(part.start_ns), stop=from_ns(part.stop_ns))
        for part in storage.library.absences(identity, storage.readable)
    ]
    return DetailReply(
        **_fields(call, row),
        absent=absent,
        codec_string=codec,
        segments=[_segment(segment) for segment in segments],
        keys=[from_ns(at) for at in keys],
    )


async def stop(call: Call[Ending]) -> None:
    """End a recording that runs."""
    await storage_of(call.services).recorder.stop(_id(call), call.wish.after)


async def change(call: Call[Change]) -> None:
    """Lock or unlock."""
    await asyncio.to_thread(storage_of(call.services).library.lock, _id(call), call.wish.locked)


async def remove(call: Call[None]) -> None:
    """Remove a recording and its files; one that runs is ended first."""
    storage, identity = storage_of(call.services), _id(call)
    if any(identity in running.ids for running in storage.recorder.running):
        await storage.recorder.stop(identity)
    await asyncio.to_thread(storage.library.remove, identity)


async def matroska(call: Call[Span]) -> Response:
    """The pictures as a Matroska file, made while it is read."""
    return await film(call, _id(call), (nanoseconds(call.wish.since), nanoseconds(call.wish.until)))


async def pictures(call: Call[Span]) -> Response:
    """Coded pictures for the page's own player: each behind its length (four bytes) and the live WebSocket's header of 40 bytes."""
    storage, identity, wish = storage_of(call.services), _id(call), call.wish
    storage.index.get(identity)
    packets = storage.library.packets(identity, nanoseconds(wish.since), nanoseconds(wish.until))
    messages = (frames.pack(packet, 0, 0, 0) for packet, _ in packets)
    pieces = (len(message).to_bytes(4, "big") + message for message in messages)
    first = await asyncio.to_thread(first_of, pieces)
    return StreamingResponse(rest_of(first, pieces), media_type="application/octet-stream")


async def marks(call: Call[Marked]) -> MarksReply:
    """What happened while recordings were made, the earliest first."""
    wish = call.wish
    recording = check_id(wish.recording) if wish.recording else None
    found = await asyncio.to_thread(storage_of(call.services).index.marks, to_ns(wish.since), to_ns(wish.until), recording, wish.limit)
    return MarksReply(marks=[MarkReply(at=from_ns(mark.at_ns), topic=mark.topic, text=mark.text) for mark in found])


async def still(call: Call[Moment]) -> Response:
    """The key picture at or before a moment, small; before the beginning that is the first one."""
    storage, identity, wish = storage_of(call.services), _id(call), call.wish
    at = max(nanoseconds(wish.at) or 0, storage.index.get(identity).start_ns)  # a page counts in milliseconds, and rounds

    def make() -> bytes:
        for packet, _ in storage.library.packets(identity, at, at):
            return thumbnail(packet, wish.width)
        raise NotFound(f"recording {identity} has no picture there")

    data = await asyncio.to_thread(make)
    return Response(data, media_type="image/jpeg", headers={"Cache-Control": "private, max-age=3600"})


def nanoseconds(at: datetime | None) -> int | None:
    """As in ``wall``, where nothing may be said."""
    return None if at is None else to_ns(at)


def _id(call: Call[None] | Call[Ending] | Call[Change] | Call[Span] | Call[Moment]) -> str:
    return check_id(call.path("recording"))


def _fields(call: Call[None] | Call[Which] | Call[NewRecording], row: Recording) -> dict[str, Any]:
    running = any(row.id in r.ids for r in storage_of(call.services).recorder.running)
    plain = {name: getattr(row, name) for name in ("id", "disk", "view", "codec", "width", "height", "trigger", "locked")}
    times = {"start": from_ns(row.start_ns), "stop": from_ns(row.stop_ns)}
    return {**plain, **times, "fps": round(row.fps, 3), "kind": str(row.kind), "running": running}


def _segment(segment: Segment) -> SegmentReply:
    return SegmentReply(
        number=segment.number,
        start=from_ns(segment.start_ns),
        stop=from_ns(segment.stop_ns),
        bytes=segment.bytes,
        pictures=segment.pictures,
        began=str(segment.began),
    )


_ALL, _ONE = "/api/v1/recordings", "/api/v1/recordings/{recording}"
_ROLE = Role.OPERATOR

ENDPOINTS = (
    rest(_ALL, "Recordings", find, _ROLE, request=Which, reply=RecordingsReply),
    rest(_ALL, "Start a recording", start, _ROLE, methods=("POST",), request=NewRecording, reply=RecordingReply),
    rest(_ONE, "One recording with its files and key pictures", one, _ROLE, reply=DetailReply),
    rest(_ONE, "Lock or unlock a recording", change, _ROLE, methods=("PATCH",), request=Change, reply=Kind.NOTHING),
    rest(_ONE, "Remove a recording", remove, _ROLE, methods=("DELETE",), reply=Kind.NOTHING),
    rest("/api/v1/recording-marks", "What happened while recordings were made", marks, _ROLE, request=Marked, reply=MarksReply),
    rest(f"{_ONE}/stop", "End a recording", stop, _ROLE, methods=("POST",), request=Ending, reply=Kind.NOTHING),
    rest(f"{_ONE}/media.mkv", "A recording, or a part of it, as Matroska", matroska, _ROLE, request=Span, reply=Kind.MATROSKA),
    rest(f"{_ONE}/pictures", "Coded pictures for a player", pictures, _ROLE, request=Span, reply=Kind.BINARY),
    rest(f"{_ONE}/still.jpg", "A small picture of a moment", still, _ROLE, request=Moment, reply=Kind.JPEG),
)

"""The logs: page by page, as a file, and live."""

from __future__ import annotations

import asyncio
from itertools import islice

from pydantic import Field
from starlette.responses import Response, StreamingResponse
from starlette.websockets import WebSocket

from panocam.api.endpoint import WEBSOCKET, Call, Kind, Reply, Wish, rest
from panocam.api.logs import Filter, as_text, host_name, which_log
from panocam.api.services import journal_of
from panocam.api.streamed import first_of, rest_of
from panocam.journal import LOGS, Entry, Level, Which
from panocam.settings import Role

WAITING = 500
"""Lines that wait for a slow follower; beyond them the oldest are left out."""

NO_LONGER_ALLOWED = 4401


class LogReply(Reply):
    """One log: how many bytes it takes, and at most will take."""

    id: Which
    title: str
    purpose: str
    bytes: int
    most_bytes: int


class LogsReply(Reply):
    """All logs."""

    logs: list[LogReply]


class Lines(Wish):
    """Which lines, the newest first."""

    limit: int = Field(200, ge=1, le=1000)
    before: int = Field(0, ge=0, description="only lines with a smaller number: the next page; 0 is from the newest")
    after: int = Field(0, ge=0, description="only lines with a greater number")
    level: Level = Field(Level.DEBUG, description="this level and above")
    text: str = Field("", max_length=200, description="words that stand in the line; capitals do not matter")


class Live(Wish):
    """What of the lines that come."""

    level: Level = Level.DEBUG
    text: str = Field("", max_length=200)


class EntryReply(Reply):
    """One line. ``number`` counts the lines of its log, through restarts; ``fields`` are the same facts one by one."""

    number: int
    wall_ms: int
    level: Level
    part: str
    text: str
    fields: dict[str, str]


class EntriesReply(Reply):
    """Newest first; ``more``: there are older ones."""

    entries: list[EntryReply]
    more: bool


async def logs(call: Call[None]) -> LogsReply:
    """What is kept."""
    journal = journal_of(call.services)
    rows = [(which, row, await asyncio.to_thread(journal.taken, which)) for which, row in LOGS.items()]
    return LogsReply(
        logs=[
            LogReply(id=which, title=row.title, purpose=row.purpose, bytes=size, most_bytes=row.size * (1 + row.older))
            for which, row, size in rows
        ]
    )


async def lines(call: Call[Lines]) -> EntriesReply:
    """One page."""
    wish, which, journal = call.wish, which_log(call.path("log")), journal_of(call.services)
    wanted = Filter(wish.level, wish.text, after=wish.after, before=wish.before)
    found = await asyncio.to_thread(lambda: list(islice(journal.newest(which, wanted), wish.limit + 1)))
    return EntriesReply(entries=[_shown(entry) for entry in found[: wish.limit]], more=len(found) > wish.limit)


async def text(call: Call[None]) -> Response:
    """The whole log as a file."""
    which = which_log(call.path("log"))
    journal_of(call.services)
    pieces = as_text(call.services, which)
    name = f"{host_name(call.services)}-{which}.log"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(rest_of(first_of(pieces), pieces), media_type="text/plain; charset=utf-8", headers=headers)


async def live(call: Call[Live]) -> None:
    """Lines as they are written, a JSON object a message."""
    which, journal, wanted = which_log(call.path("log")), journal_of(call.services), Filter(call.wish.level, call.wish.text)
    socket = call.connection
    assert isinstance(socket, WebSocket)
    loop, queue = asyncio.get_running_loop(), asyncio.Queue[Entry]()

    def put(entry: Entry) -> None:
        if wanted(entry):
            if queue.qsize() >= WAITING:
                queue.get_nowait()
            queue.put_nowait(entry)

    def hear(entry: Entry) -> None:
        loop.call_soon_threadsafe(put, entry)

    end = journal.follow(which, hear)  # before the answer: from then on a client misses nothing
    try:
        await socket.accept()
        gone = asyncio.create_task(_until_gone(socket))
        try:
            await _send_all(call, socket, queue, gone)
        finally:
            gone.cancel()
    finally:
        end()


async def _send_all(call: Call[Live], socket: WebSocket, queue: asyncio.Queue[Entry], gone: asyncio.Task[None]) -> None:
    while not gone.done():
        came = asyncio.ensure_future(queue.get())
        await asyncio.wait({came, gone}, timeout=15, return_when=asyncio.FIRST_COMPLETED)
        if not call.caller.still_welcome():
            came.cancel()
            await socket.close(NO_LONGER_ALLOWED)
            return
        if came.done():
            await socket.send_text(_shown(came.result()).model_dump_json())
        else:
            came.cancel()


async def _until_gone(socket: WebSocket) -> None:
    while (await socket.receive())["type"] != "websocket.disconnect":
        pass


def _shown(entry: Entry) -> EntryReply:
    return EntryReply(
        number=entry.number,
        wall_ms=entry.wall_ns // 1_000_000,
        level=entry.level,
        part=entry.part,
        text=entry.text,
        fields=dict(entry.fields),
    )


_ALL, _ONE = "/api/v1/logs", "/api/v1/logs/{log}"
_ADMIN = Role.ADMINISTRATOR

ENDPOINTS = (
    rest(_ALL, "The logs that are kept", logs, _ADMIN, reply=LogsReply),
    rest(_ONE, "Lines of a log, newest first", lines, _ADMIN, request=Lines, reply=EntriesReply),
    rest(f"{_ONE}/text", "A whole log as a text file", text, _ADMIN, reply=Kind.TEXT),
    rest(f"{_ONE}/live", "Lines of a log as they are written", live, _ADMIN, methods=(WEBSOCKET,), request=Live, reply=Kind.FRAMES),
)

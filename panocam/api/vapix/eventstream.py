"""Events over a WebSocket: the client says which topics it wants, gets every known condition once, then what happens."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
from collections.abc import Mapping, Sequence
from typing import Any

from starlette.responses import Response
from starlette.websockets import WebSocket, WebSocketDisconnect

from panocam.api.endpoint import WEBSOCKET, Call, Discovery, Kind, vapix
from panocam.api.vapix.envelope import FAMILY_B, ApiError
from panocam.errors import InvalidValue
from panocam.events.bus import Stream
from panocam.events.event import Event
from panocam.events.names import Named, named
from panocam.events.pullpoints import Filter
from panocam.settings import Role

log = logging.getLogger(__name__)

VERSION = "1.0"
BOUND = 1000
MOST_FILTERS = 64
LONGEST = 64 * 1024
MS = 1_000_000


async def ticket(call: Call[None]) -> Response:
    """A ticket of digits alone that stands for the caller once: some clients read it as a number."""
    user = call.caller.user
    if user is None:
        raise call.caller.challenges()
    return Response(call.services.tickets.issue(user, digits=True), media_type="text/plain", headers={"Cache-Control": "no-store"})


async def stream(call: Call[None]) -> None:
    """One connection. A client that reads too slowly loses the oldest events; the next one says how many."""
    socket = call.connection
    assert isinstance(socket, WebSocket)
    sources = call.arguments.get("sources", "events")
    if sources != "events":
        raise InvalidValue("sources", sources, "events are what there is")
    await socket.accept()
    watcher = _Watcher(call, socket)
    with contextlib.suppress(WebSocketDisconnect):
        await watcher.run()


class _Watcher:
    def __init__(self, call: Call[None], socket: WebSocket) -> None:
        self._call, self._socket = call, socket
        self._filters: tuple[Filter, ...] = ()
        self._sending: asyncio.Task[None] | None = None

    async def run(self) -> None:
        try:
            while True:
                text = await self._socket.receive_text()
                if not await self._obey(text):
                    return
        finally:
            if self._sending is not None:
                self._sending.cancel()

    async def _obey(self, text: str) -> bool:
        """Answer one message; False ends the connection."""
        if not self._call.caller.still_welcome():
            await self._socket.close(4401, "log in again")
            return False
        request: Mapping[str, Any] = {}
        reply: dict[str, Any] = {"apiVersion": VERSION}
        try:
            request = _parsed(text)
            reply |= {key: request[key] for key in ("context", "method") if key in request}
            self._filters = _filters(request)
            await self._stop()
            await self._tell({**reply, "data": {}})
            self._sending = asyncio.create_task(self._send(), name="event stream")
        except ApiError as error:
            await self._tell({**reply, "error": {"code": error.code, "message": str(error)}})
        return True

    async def _stop(self) -> None:
        task, self._sending = self._sending, None
        if task is not None:
            task.cancel()
            await asyncio.wait([task])

    async def _send(self) -> None:
        with contextlib.suppress(WebSocketDisconnect):
            async with self._call.services.bus.stream(bound=BOUND) as events:
                await self._pass(events)

    async def _pass(self, events: Stream) -> None:
        lost = 0
        async for event in events:
            if events.dropped > lost:
                log.warning("the event stream of %s lost %d events: it reads too slowly", self._call.caller.address, events.dropped - lost)
                lost = events.dropped
            await self._notify(event)

    async def _notify(self, event: Event) -> None:
        for told in named(event):
            for filter in self._filters:
                if filter.passes(told):
                    await self._tell({"apiVersion": VERSION, "method": "events:notify", "params": {"notification": _notification(told)}})

    async def _tell(self, message: Mapping[str, Any]) -> None:
        await self._socket.send_text(json.dumps(message))


def _parsed(text: str) -> Mapping[str, Any]:
    try:
        if len(text) > LONGEST:
            raise ValueError
        request = json.loads(text)
    except (ValueError, RecursionError):
        raise ApiError(FAMILY_B.json, "Invalid JSON") from None
    if not isinstance(request, dict):
        raise ApiError(FAMILY_B.json, "Invalid JSON")
    if request.get("method") != "events:configure":
        raise ApiError(FAMILY_B.method, f"method {str(request.get('method'))[:80]!r} is not supported: use events:configure")
    return request


def _filters(request: Mapping[str, Any]) -> tuple[Filter, ...]:
    params = request.get("params") or {}
    rows = params.get("eventFilterList", []) if isinstance(params, dict) else None
    if not isinstance(rows, Sequence) or isinstance(rows, str) or len(rows) > MOST_FILTERS:
        raise ApiError(FAMILY_B.value, f"params.eventFilterList: give a list of at most {MOST_FILTERS} filters")
    return tuple(_filter(row) for row in rows)


def _filter(row: object) -> Filter:
    topic, content = (row.get("topicFilter", ""), row.get("contentFilter", "")) if isinstance(row, dict) else (None, None)
    if not isinstance(topic, str) or not isinstance(content, str):
        raise ApiError(FAMILY_B.value, "eventFilterList: give objects whose topicFilter and contentFilter are text")
    try:
        return Filter(topic, (content,) if content else ())
    except InvalidValue as problem:
        raise ApiError(FAMILY_B.value, str(problem)) from None


def _notification(told: Named) -> Mapping[str, Any]:
    message = {"source": dict(told.source), "key": {}, "data": dict(told.data)}
    return {"timestamp": told.wall_ns // MS, "topic": told.topic, "message": message}


ENDPOINTS = (
    vapix("/axis-cgi/wssession.cgi", "A one-time ticket for the event WebSocket", ticket, Role.VIEWER),
    vapix(
        "/vapix/ws-data-stream",
        "Events as JSON over a WebSocket",
        stream,
        Role.OPERATOR,
        methods=(WEBSOCKET,),
        reply=Kind.FRAMES,
        discovery=Discovery("event-streaming-over-websocket", VERSION, "Event streaming over WebSocket"),
    ),
)

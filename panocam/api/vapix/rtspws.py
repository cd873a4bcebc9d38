"""RTSP inside a WebSocket: the upgrade itself, and the one-time token for browsers that cannot authenticate it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Any

from starlette.responses import Response
from starlette.websockets import WebSocket

from panocam.api.endpoint import WEBSOCKET, Call, Discovery, Kind, vapix
from panocam.errors import Unavailable
from panocam.settings import Role

SUBPROTOCOL = "binary"


async def ticket(call: Call[None]) -> Response:
    """A ticket that stands for the caller once, within a minute."""
    user = call.caller.user
    if user is None:
        raise call.caller.challenges()
    return Response(call.services.tickets.issue(user), media_type="text/plain", headers={"Cache-Control": "no-store"})


async def rtsp(call: Call[None]) -> None:
    """Hand the WebSocket to the RTSP server; all requests on it are the caller's."""
    socket, server = call.connection, call.services.rtsp
    assert isinstance(socket, WebSocket)
    if server is None:
        raise Unavailable("this camera runs without an RTSP server")
    offered = socket.scope.get("subprotocols", [])
    await socket.accept(SUBPROTOCOL if SUBPROTOCOL in offered else None)
    peer, local = _address(socket.scope.get("client")), _address(socket.scope.get("server"))
    caller = call.caller
    await server.over_websocket(_messages(socket), socket.send_bytes, user=caller, peer=peer, local=local, secure=caller.secure)


async def _messages(socket: WebSocket) -> AsyncIterator[bytes]:
    """The client's messages until it goes away; a text message counts by its UTF-8 bytes."""
    while (message := await socket.receive())["type"] != "websocket.disconnect":
        yield message["bytes"] if message.get("bytes") is not None else message.get("text", "").encode()


def _address(pair: Sequence[Any] | None) -> tuple[str, int]:
    return (str(pair[0]), int(pair[1] or 0)) if pair else ("", 0)


ENDPOINTS = (
    vapix("/axis-cgi/rtspwssession.cgi", "A one-time ticket for RTSP over WebSocket", ticket, Role.VIEWER),
    vapix(
        "/rtsp-over-websocket",
        "RTSP and its media in binary WebSocket messages",
        rtsp,
        Role.VIEWER,
        methods=(WEBSOCKET,),
        reply=Kind.FRAMES,
        discovery=Discovery("rtsp-over-websocket", "1.0", "RTSP over WebSocket"),
    ),
)

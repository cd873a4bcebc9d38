"""The HTTP connection: uvicorn's protocol, bounded, and with one door for RTSP tunnelled in HTTP.

A tunnel looks like HTTP only in its first lines: a GET that never ends (server to client) and a POST whose body is an
endless base64 text (client to server), both carrying ``x-sessioncookie``. Neither fits a request/response server, so
the first head of every connection is looked at before anybody parses it; a tunnel's transport, with all bytes received
so far, is handed to the streaming side and never comes back.

Bounds: a connection must send a complete request head within ``HEAD_SECONDS``, and no head is longer than ``HEAD_LIMIT``.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, cast

from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from uvicorn.server import ServerState

from panocam.api.crowd import Crowd

HEAD_LIMIT = 64 * 1024
"""Bytes of request line and headers; more is answered 431."""

HEAD_SECONDS = 20.0
"""A connection that has not sent a whole head by then is closed; a thousand silent ones cost only sockets, and not for long."""

TARGET = "panocam.target"
"""Key in the ASGI scope: the request target, byte for byte."""

TLS_VERSION = "panocam.tls"
"""Key in the ASGI scope: which version of TLS the connection has, such as TLSv1.3; absent without."""

TunnelFactory = Callable[[], asyncio.Protocol]
"""Makes the protocol that takes a tunnel connection over; it is given the transport, then the bytes read so far, head included."""

_TOO_LONG = b"HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
_TOO_MANY = (
    b"HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\nretry-after: 10\r\nconnection: close\r\n"
    b"x-reason: too many connections from one address\r\n\r\n"
)
_TUNNEL_TYPE = b"application/x-rtsp-tunnelled"


def is_tunnel(head: bytes) -> bool:
    """Whether a request head opens one half of an RTSP-over-HTTP tunnel.

    The session cookie alone is not enough (a browser's fetch could carry any header): a GET must accept, and a POST must
    declare, the tunnel's media type.
    """
    lines = head.split(b"\r\n")
    method = lines[0].partition(b" ")[0]
    fields = {name.strip().lower(): value.strip().lower() for name, _, value in (line.partition(b":") for line in lines[1:])}
    if b"x-sessioncookie" not in fields:
        return False
    wanted = {b"GET": b"accept", b"POST": b"content-type"}.get(method)
    return wanted is not None and _TUNNEL_TYPE in fields.get(wanted, b"")


class FrontState(ServerState):
    """What all connections of a server share. ``answers`` says whether the port with (True) or without encryption is in use."""

    def __init__(self, crowd: Crowd, answers: Callable[[bool], bool] = lambda secure: True) -> None:
        super().__init__()
        self.crowd, self.answers = crowd, answers


class FrontWebSocket(WebSocketsSansIOProtocol):
    """A connection that has become a WebSocket; it keeps its place in the crowd."""

    def __init__(self, config: Config, server_state: FrontState, app_state: dict[str, Any]) -> None:
        super().__init__(config, server_state, app_state)
        self._crowd = server_state.crowd

    def connection_lost(self, exc: Exception | None) -> None:
        self._crowd.leave(self.transport)
        super().connection_lost(exc)


class FrontProtocol(HttpToolsProtocol):
    """One connection on the HTTP or HTTPS port."""

    def __init__(self, config: Config, server_state: FrontState, tunnel: TunnelFactory | None = None) -> None:
        super().__init__(config=config, server_state=server_state, app_state={})
        self._tunnel, self._front = tunnel, server_state
        self._first: bytearray | None = bytearray()
        self._head_bytes = 0
        self._in_head = True
        self._head_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(cast(asyncio.Transport, transport))
        if not self._front.crowd.enter(transport, self.client[0] if self.client else ""):
            self.transport.write(_TOO_MANY)
            self.transport.close()
            return
        self._start_head_timer()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_head_timer()
        self._front.crowd.leave(self.transport)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._first is not None:
            self._first += data
            if b"\r\n\r\n" not in self._first and len(self._first) <= HEAD_LIMIT:
                return
            data, self._first = bytes(self._first), None
            head, complete, _ = data.partition(b"\r\n\r\n")
            if not complete:
                self._refuse_head()
                return
            if self._tunnel is not None and is_tunnel(head) and self._front.answers(self.scheme == "https"):
                self._hand_over(self._tunnel(), data)
                return
        super().data_received(data)
        if self._in_head and not self.transport.is_closing():
            self._head_bytes += len(data)
            if self._head_bytes > HEAD_LIMIT:
                self._refuse_head()

    def on_message_begin(self) -> None:
        self._in_head, self._head_bytes = True, 0
        self._start_head_timer()
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self.scope[TARGET] = self.url  # type: ignore[literal-required]  # ASGI cannot tell "/a?" from "/a", digest does
        if (encrypted := self.transport.get_extra_info("ssl_object")) is not None:
            self.scope[TLS_VERSION] = encrypted.version()  # type: ignore[literal-required]
        self._in_head = False
        self._stop_head_timer()
        super().on_headers_complete()

    def shutdown(self) -> None:
        """Close at once: streams have no natural end, and a camera that stops has nothing more to say."""
        self.transport.close()

    def _refuse_head(self) -> None:
        self.transport.write(_TOO_LONG)
        self.transport.close()

    def _start_head_timer(self) -> None:
        if self._head_timer is None:
            self._head_timer = self.loop.call_later(HEAD_SECONDS, self.transport.close)

    def _stop_head_timer(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _hand_over(self, protocol: asyncio.Protocol, data: bytes) -> None:
        self._stop_head_timer()
        self._unset_keepalive_if_required()
        self.connections.discard(self)
        self._front.crowd.leave(self.transport)  # the streaming side counts its own
        transport: Any = self.transport
        transport.set_protocol(protocol)
        protocol.connection_made(transport)
        protocol.data_received(data)

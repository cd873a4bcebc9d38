"""One accepted TCP connection: RTSP, or one half of an HTTP tunnel, which its first bytes tell."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from typing import Protocol, cast

from panocam.errors import NotFound, PanocamError, RemoteProtocolError
from panocam.streaming.outlet import Outlet, TransportOutlet
from panocam.streaming.tunnel import MAX_HEAD, Stream, Tunnels, is_http, parse_head

_KERNEL_BUFFER = 512 * 1024
"""Bytes that the kernel may hold for one reader; its own idea of it, several megabytes, is many seconds of video."""

_BAD_HTTP = "HTTP/1.0 {} {}\r\nConnection: close\r\nContent-Type: text/plain\r\nContent-Length: {}\r\n\r\n{}"


class Host(Protocol):
    """What a wire needs of its server."""

    tunnels: Tunnels

    def admit(self, wire: Wire) -> bool: ...
    def dismiss(self, wire: Wire) -> None: ...
    def open(self, outlet: Outlet) -> Stream: ...


class Wire(asyncio.Protocol):
    """The protocol object of a transport, made by the server or by an HTTP front that found a tunnel."""

    def __init__(self, host: Host, now_ns: int) -> None:
        self.since_ns = now_ns
        self._host = host
        self._transport: asyncio.Transport | None = None
        self._outlet: TransportOutlet | None = None
        self._head = b""
        self._feed: Callable[[bytes], None] | None = None
        self._gone: Callable[[], None] | None = None

    @property
    def peer(self) -> str:
        """The client's address."""
        name = self._transport.get_extra_info("peername") if self._transport is not None else None
        return str(name[0]) if isinstance(name, tuple) else ""

    @property
    def undecided(self) -> bool:
        """Whether not even its first bytes have come."""
        return self._feed is None

    def abort(self) -> None:
        """Drop the connection at once."""
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        raw = transport.get_extra_info("socket")
        if raw is not None and raw.family in (socket.AF_INET, socket.AF_INET6):
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _KERNEL_BUFFER)
        # What is too much for a reader is decided picture by picture; the transport's own marks would only call back in vain.
        self._transport.set_write_buffer_limits(high=1 << 30)
        if not self._host.admit(self):
            self._transport.write(b"RTSP/1.0 503 Service Unavailable\r\nCSeq: 0\r\n\r\n")
            self._transport.close()

    def data_received(self, data: bytes) -> None:
        if self._feed is None:
            self._decide(data)
            return
        try:
            self._feed(data)
        except RemoteProtocolError:
            self.abort()  # a broken tunnel has no place to say so

    def connection_lost(self, exc: Exception | None) -> None:
        self._host.dismiss(self)
        if self._gone is not None:
            self._gone()
        self._feed, self._gone = _ignore, None

    def _decide(self, data: bytes) -> None:
        assert self._transport is not None
        self._head += data
        http = is_http(self._head)
        if http is None:
            return
        if not http:
            stream = self._host.open(TransportOutlet(self._transport))
            self._feed, self._gone = stream.feed, stream.lost
            self._start(self._head)
            return
        head, complete, rest = self._head.partition(b"\r\n\r\n")
        if complete:
            self._open_tunnel(head, rest)
        elif len(self._head) > MAX_HEAD:
            self._refuse(RemoteProtocolError(f"the head is longer than {MAX_HEAD} bytes", 431))

    def _open_tunnel(self, head: bytes, rest: bytes) -> None:
        assert self._transport is not None
        try:
            method, cookie = parse_head(head)
            if method == "GET":
                self._gone = self._host.tunnels.get(cookie, TransportOutlet(self._transport, carrier="http"))
                self._feed = _ignore
            else:
                self._feed = self._host.tunnels.post(cookie, self._transport.close)
                self._start(rest)
        except PanocamError as error:
            self._refuse(error)

    def _start(self, data: bytes) -> None:
        assert self._feed is not None
        self._head = b""
        self._feed(data)

    def _refuse(self, error: PanocamError) -> None:
        assert self._transport is not None
        text = f"{error}\n"
        status = error.status if isinstance(error, RemoteProtocolError) else 404 if isinstance(error, NotFound) else 503
        self._transport.write(_BAD_HTTP.format(status, "Refused", len(text.encode()), text).encode())
        self._feed = _ignore
        self._transport.close()


def _ignore(data: bytes) -> None:
    """What comes after the end, or on a half that only speaks, means nothing."""

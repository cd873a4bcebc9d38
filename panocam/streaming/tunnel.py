"""RTSP in other protocols: adapters of a byte stream; the RTSP code does not know.

**HTTP** (QuickTime's scheme): a GET whose answer never ends carries what the server says, as it is; a POST with the same
``x-sessioncookie`` carries what the client says, in base64. The POST is never answered; some clients open a new one for each
request. **WebSocket**: binary messages in both directions; the upgrade has already been authenticated.
"""

from __future__ import annotations

import asyncio
import binascii
import re
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Protocol

from panocam.errors import Busy, NotFound, RemoteProtocolError
from panocam.streaming.outlet import Outlet, QueueOutlet

MAX_HEAD = 16 * 1024
"""Bytes of a tunnel's HTTP request head."""

MEDIA_TYPE = "application/x-rtsp-tunnelled"

GRANTED = (
    "HTTP/1.0 200 OK\r\nServer: panocam\r\nConnection: close\r\nCache-Control: no-store\r\nPragma: no-cache\r\n"
    f"Content-Type: {MEDIA_TYPE}\r\n\r\n"
).encode()
"""The answer to the GET; HTTP/1.0 and no length, because all that follows until the end is RTSP."""

_BEGINNINGS = (b"GET /", b"POST /", b"GET http", b"POST http")
_BASE64_GROUP = re.compile(rb"[A-Za-z0-9+/]*={0,2}")
_COOKIE = re.compile(r"[!-~]{1,128}")


class Stream(Protocol):
    """The receiving half of an RTSP connection."""

    def feed(self, data: bytes) -> None: ...
    def lost(self) -> None: ...


def is_http(data: bytes) -> bool | None:
    """Whether a connection begins like an HTTP tunnel rather than like RTSP; None while that cannot be told."""
    if any(data.startswith(beginning) for beginning in _BEGINNINGS):
        return True
    return None if any(beginning.startswith(data) for beginning in _BEGINNINGS) else False


def parse_head(head: bytes) -> tuple[str, str]:
    """(method, cookie) of a tunnel's HTTP request head. Raises RemoteProtocolError when it is no tunnel."""
    lines = head.decode("latin-1").split("\r\n")
    method = lines[0].partition(" ")[0]
    fields = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
    cookie = fields.get("x-sessioncookie", "")
    if not _COOKIE.fullmatch(cookie):
        raise RemoteProtocolError("this port speaks RTSP; over HTTP it needs an x-sessioncookie header in a GET and a POST")
    return method, cookie


class Base64Stream:
    """Decodes base64 that comes in any pieces, with padding wherever the client ended a request."""

    def __init__(self) -> None:
        self._rest = b""

    def decode(self, data: bytes) -> bytes:
        """The bytes that are complete so far. Raises RemoteProtocolError for what is not base64."""
        text = self._rest + b"".join(data.split())
        whole = len(text) - len(text) % 4
        text, self._rest = text[:whole], text[whole:]
        out, at = [], 0
        while at < len(text):
            # A group ends behind its padding; what a2b_base64 would do with text behind padding is not what is wanted.
            found = _BASE64_GROUP.match(text, at)
            if found is None or found.end() == at or (found.end() - at) % 4:
                raise RemoteProtocolError(f"not base64: {text[at : at + 20]!r}")
            try:
                out.append(binascii.a2b_base64(found[0]))
            except binascii.Error as error:
                raise RemoteProtocolError(f"not base64: {error}") from None
            at = found.end()
        return b"".join(out)


class _Tunnel:
    """An open GET, and the POSTs that feed it."""

    def __init__(self, stream: Stream) -> None:
        self.stream = stream
        self.posts: deque[Callable[[], None]] = deque(maxlen=8)


class Tunnels:
    """The open HTTP tunnels by cookie. ``open_stream`` makes the RTSP connection behind an outlet."""

    def __init__(self, open_stream: Callable[[Outlet], Stream], limit: int) -> None:
        self._open_stream, self._limit = open_stream, limit
        self._tunnels: dict[str, _Tunnel] = {}

    def get(self, cookie: str, outlet: Outlet) -> Callable[[], None]:
        """The GET half: answers it, and returns what to call when its connection is gone.

        Raises Busy beyond the limit, RemoteProtocolError when the cookie is taken.
        """
        if cookie in self._tunnels:
            raise RemoteProtocolError("a tunnel with this x-sessioncookie is already open")
        if len(self._tunnels) >= self._limit:
            raise Busy(f"all {self._limit} tunnels are in use; try again later")
        outlet.write(GRANTED)
        tunnel = self._tunnels[cookie] = _Tunnel(self._open_stream(outlet))

        def gone() -> None:
            del self._tunnels[cookie]
            tunnel.stream.lost()
            for close in tunnel.posts:
                close()

        return gone

    def post(self, cookie: str, close: Callable[[], None]) -> Callable[[bytes], None]:
        """The POST half: returns what to call with the body's bytes, which raises RemoteProtocolError for bad base64.

        ``close`` is called when the GET half is gone. Raises NotFound when there is none.
        """
        tunnel = self._tunnels.get(cookie)
        if tunnel is None:
            raise NotFound("no GET with this x-sessioncookie is open; send the GET first")
        # Clients that open a POST for each request leave old ones behind; the last few are enough to close.
        tunnel.posts.append(close)
        decoder = Base64Stream()
        return lambda data: tunnel.stream.feed(decoder.decode(data))

    def __len__(self) -> int:
        return len(self._tunnels)


async def over_messages(
    open_stream: Callable[[Outlet], Stream], outlet: QueueOutlet, receive: AsyncIterator[bytes], send: Callable[[bytes], Awaitable[None]]
) -> None:
    """Run an RTSP connection over a message channel, such as a WebSocket's, until either side ends it.

    ``receive`` gives the client's binary messages and stops when the client has gone; ``send`` sends one message.
    """
    stream = open_stream(outlet)

    async def inward() -> None:
        async for message in receive:
            stream.feed(message)

    halves = {asyncio.create_task(inward()), asyncio.create_task(outlet.pump(send))}
    try:
        done, _ = await asyncio.wait(halves, return_when=asyncio.FIRST_COMPLETED)
        for half in done:
            half.result()
    finally:
        stream.lost()
        for half in halves:
            half.cancel()
        await asyncio.gather(*halves, return_exceptions=True)

"""The HTTPS port, which also answers people who typed ``http://`` at it.

TLS cannot begin before somebody has looked at the first byte: a handshake starts with 22 (RFC 8446 §5.1), HTTP with a letter.
So connections are accepted by hand, the byte is read without taking it, and the socket goes to TLS or to the plain
protocol, whose application knows one answer: the same address with ``https``.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
import ssl
from collections import Counter
from collections.abc import Callable
from functools import partial

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import Receive, Scope, Send

from panocam.access.throttle import network

log = logging.getLogger(__name__)

HANDSHAKE = 22
FIRST_BYTE_SECONDS = 20.0
"""A connection that says nothing is closed after this long."""

RETRY_SECONDS = 0.5
"""Pause after the system refused to accept, for want of file descriptors mostly."""

MAX_ARRIVING = 1024
MAX_ARRIVING_FROM_ONE = 256
"""Connections that have not finished their handshake yet: a handshake costs the server more than the client."""

ProtocolFactory = Callable[[], asyncio.Protocol]
TlsContext = Callable[[], ssl.SSLContext]
"""Gives the context for the next connection."""


class Doorstep:
    """Accepts connections on a listening socket and sends each through the right door."""

    def __init__(self, listener: socket.socket, tls: TlsContext, secure: ProtocolFactory, plain: ProtocolFactory) -> None:
        self._listener, self._tls, self._secure, self._plain = listener, tls, secure, plain
        self._arriving: set[asyncio.Task[None]] = set()
        self._from: Counter[str] = Counter()
        self._accepting = asyncio.create_task(self._accept_for_ever(), name="HTTPS port")

    async def close(self) -> None:
        """Stop accepting and let go of those who have not come in yet."""
        tasks = {self._accepting, *self._arriving}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._listener.close()

    async def _accept_for_ever(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                connection, address = await loop.sock_accept(self._listener)
            except OSError as problem:
                log.warning("a connection could not be accepted: %s", problem)
                await asyncio.sleep(RETRY_SECONDS)
                continue
            peer = network(str(address[0])) if isinstance(address, tuple) else ""
            if len(self._arriving) >= MAX_ARRIVING or self._from[peer] >= MAX_ARRIVING_FROM_ONE:
                connection.close()
                continue
            connection.setblocking(False)
            task = asyncio.create_task(self._let_in(connection))
            self._arriving.add(task)
            self._from[peer] += 1
            task.add_done_callback(partial(self._arrived, peer))

    def _arrived(self, peer: str, task: asyncio.Task[None]) -> None:
        self._arriving.discard(task)
        self._from[peer] -= 1
        if not self._from[peer]:
            del self._from[peer]

    async def _let_in(self, connection: socket.socket) -> None:
        """Ends when the connection has been handed over, or is closed because it is silent or its handshake failed."""
        loop = asyncio.get_running_loop()
        handed_over = False
        try:
            async with asyncio.timeout(FIRST_BYTE_SECONDS):
                first = await _peek(connection)
                if first == HANDSHAKE:
                    await loop.connect_accepted_socket(self._secure, connection, ssl=self._tls())
                    handed_over = True
                elif first is not None:
                    await loop.connect_accepted_socket(self._plain, connection)
                    handed_over = True
        except (OSError, TimeoutError) as problem:  # ssl.SSLError is an OSError
            log.debug("a connection was lost before it was secure: %s", problem)
        finally:
            if not handed_over:
                with contextlib.suppress(OSError):
                    connection.close()


async def _peek(connection: socket.socket) -> int | None:
    """The first byte, left in place; None when the other side closed without one. Raises OSError."""
    loop = asyncio.get_running_loop()
    readable = asyncio.Event()
    loop.add_reader(connection, readable.set)
    try:
        await readable.wait()
    finally:
        loop.remove_reader(connection)
    first = connection.recv(1, socket.MSG_PEEK)
    return first[0] if first else None


async def to_the_same_in_https(scope: Scope, receive: Receive, send: Send) -> None:
    """The only answer of the plain door. The port stays: it is this one."""
    if scope["type"] != "http":
        return
    request = Request(scope)
    response: Response = RedirectResponse(str(request.url.replace(scheme="https")), 307 if request.method in ("GET", "HEAD") else 308)
    response.headers["connection"] = "close"
    await response(scope, receive, send)

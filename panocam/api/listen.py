"""The HTTP and HTTPS ports, served inside the program's own event loop.

uvicorn's protocols do the work; its ``Server`` is not used because that one owns signals, a polling loop and a graceful
shutdown that would wait for live streams to end.
"""

from __future__ import annotations

import asyncio
import errno
import logging
import socket
from email.utils import formatdate
from typing import Any

from uvicorn.config import Config

from panocam.api.crowd import Crowd
from panocam.api.doorstep import Doorstep, TlsContext, to_the_same_in_https
from panocam.api.front import FrontProtocol, FrontState, FrontWebSocket, TunnelFactory
from panocam.clock import NS, Clock
from panocam.errors import InvalidValue, Unavailable

log = logging.getLogger(__name__)

KEEP_ALIVE_SECONDS = 75
WEBSOCKET_MESSAGE_LIMIT = 64 * 1024
"""Bytes in one message from a client: control messages and RTSP requests are far smaller."""

BACKLOG = 2048

CLOSE_SECONDS = 2.0
"""How long handlers may take to notice that the server stops before they are cancelled."""


class HttpServer:
    """Serves one ASGI application on any number of ports; an async context manager that closes what it opened."""

    def __init__(self, app: Any, clock: Clock, tunnel: TunnelFactory | None = None, state: FrontState | None = None) -> None:
        self._clock, self._tunnel = clock, tunnel
        self._state = state or FrontState(Crowd())
        self._config = _config(app)
        self._plain_config = _config(to_the_same_in_https)
        self._open: dict[int, list[asyncio.Server | Doorstep]] = {}
        self._date_timer: asyncio.TimerHandle | None = None

    async def __aenter__(self) -> HttpServer:
        self._refresh_date()
        return self

    async def __aexit__(self, *exc: object) -> None:
        for port in list(self._open):
            await self.close(port)
        if self._date_timer is not None:
            self._date_timer.cancel()
        for connection in list(self._state.connections):
            connection.shutdown()
        tasks = set(self._state.tasks)
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=CLOSE_SECONDS)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    @property
    def connections(self) -> int:
        """Open HTTP and WebSocket connections, idle ones included; tunnels are counted by the streaming side."""
        return len(self._state.connections)

    async def listen(self, host: str, port: int, tls: TlsContext | None = None) -> int:
        """Open a port (0 = any free one), HTTPS with ``tls``, and return its number. "" listens on all addresses.

        Raises Unavailable when the port cannot be opened: in use, or privileged.
        """
        if not 0 <= port <= 65535:
            raise InvalidValue("port", port, "use a number from 0 to 65535")
        try:
            sockets = open_sockets(host, port)
        except OSError as problem:
            raise cannot_listen("HTTPS" if tls else "HTTP", host, port, problem) from problem
        number = int(sockets[0].getsockname()[1])
        loop = asyncio.get_running_loop()
        for each in sockets:
            opened: asyncio.Server | Doorstep
            if tls is None:
                opened = await loop.create_server(self._protocol, sock=each, backlog=BACKLOG)
            else:
                each.listen(BACKLOG)
                opened = Doorstep(each, tls, self._protocol, self._plain_protocol)
            self._open.setdefault(number, []).append(opened)
        return number

    async def close(self, port: int) -> None:
        """Stop listening on a port; connections that exist go on. A port that is not open is no error."""
        for listener in self._open.pop(port, ()):
            closing = listener.close()
            if closing is not None:
                await closing

    def _protocol(self) -> asyncio.Protocol:
        return FrontProtocol(self._config, self._state, self._tunnel)

    def _plain_protocol(self) -> asyncio.Protocol:
        return FrontProtocol(self._plain_config, self._state)

    def _refresh_date(self) -> None:
        date = formatdate(self._clock.wall_ns() / NS, usegmt=True)
        self._state.default_headers[:] = [(b"date", date.encode())]
        self._date_timer = asyncio.get_running_loop().call_later(1.0, self._refresh_date)


def _config(app: Any) -> Config:
    config = Config(
        app,
        http=FrontProtocol,
        ws=FrontWebSocket,
        ws_max_size=WEBSOCKET_MESSAGE_LIMIT,
        ws_per_message_deflate=False,  # video does not shrink, and compressing it would cost a core
        lifespan="off",
        log_config=None,
        log_level="warning",  # its informal lines would repeat one-time tickets
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
    )
    config.load()
    return config


def open_sockets(host: str, port: int) -> list[socket.socket]:
    """Listening sockets on every address that ``host`` means ("" = all), all with the same port number, also when it was 0.

    Raises OSError when one of them cannot be bound.
    """
    found = socket.getaddrinfo(host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    opened: list[socket.socket] = []
    try:
        for family, _, _, _, address in dict.fromkeys(found):
            try:
                sock = socket.socket(family, socket.SOCK_STREAM)
            except OSError:  # the resolver names a family that this kernel does not have
                continue
            opened.append(sock)
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if family == socket.AF_INET6:
                sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            sock.bind((address[0], opened[0].getsockname()[1] or port, *address[2:]))
            sock.setblocking(False)
    except OSError:
        for sock in opened:
            sock.close()
        raise
    return opened


def cannot_listen(what: str, host: str, port: int, problem: OSError) -> Unavailable:
    """The one sentence for a port that cannot be opened, with its remedy."""
    mend = f"choose another with --{what.lower()}-port N"
    match problem.errno:
        case errno.EADDRINUSE:
            return Unavailable(f"{what} port {port} is in use: stop the program that holds it, or {mend} (0 = any free port)")
        case errno.EACCES:
            return Unavailable(f"{what} port {port} needs administrator rights: {mend} above 1023")
        case errno.EADDRNOTAVAIL:
            return Unavailable(f"address {host} is not one of this machine's: give --host an address of its own, or 0.0.0.0 for all")
        case _:
            return Unavailable(f"{what} port {port} on {host or 'all addresses'} cannot be opened ({problem}): {mend}")

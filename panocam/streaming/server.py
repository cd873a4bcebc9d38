"""The RTSP server: its listening sockets, its connections and the second hand that ends what is dead.

    async with RtspServer(camera, authenticator, clock) as server:
        port = await server.listen("0.0.0.0", 8554)

``protocol`` makes the protocol of one connection and is what an HTTP front hands a tunnel to; ``over_websocket`` runs RTSP in a
WebSocket. Both kinds count as connections like the others.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import ssl
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Self

from panocam.access.throttle import network
from panocam.clock import NS, Clock
from panocam.errors import Busy, Unavailable
from panocam.journal.access import Asked
from panocam.pipeline.service import Camera
from panocam.streaming import tunnel
from panocam.streaming.connection import Connection
from panocam.streaming.metadata import Events
from panocam.streaming.options import RtspOptions
from panocam.streaming.outlet import Outlet, QueueOutlet
from panocam.streaming.playback.archive import Archive
from panocam.streaming.service import Authenticator, Named, Service
from panocam.streaming.session import SessionInfo
from panocam.streaming.wire import Wire

_BACKLOG = 1024


@dataclass(frozen=True)
class RtspStatus:
    """Counters for metrics."""

    connections: int
    sessions: int
    feeds: int
    accepted: int
    refused: int
    malformed_rtcp: int


class RtspServer:
    """RTSP over TCP, TLS, HTTP and WebSocket, with RTP inside it, over UDP or multicast."""

    def __init__(
        self,
        camera: Camera,
        authenticator: Authenticator,
        clock: Clock,
        options: RtspOptions | None = None,
        events: Events | None = None,
        archive: Archive | None = None,
    ) -> None:
        self._options = options or RtspOptions()
        self._clock = clock
        self._service = Service(camera, authenticator, clock, self._options, events, archive)
        self.tunnels = tunnel.Tunnels(self.open, self._options.max_connections)
        self._servers: dict[tuple[str, int], asyncio.Server] = {}
        self._wires: dict[Wire, str] = {}
        self._from: Counter[str] = Counter()
        self._connections: set[Connection] = set()
        self._sweeper: asyncio.Task[None] | None = None
        self._accepted = self._refused = self._websockets = 0

    async def __aenter__(self) -> Self:
        self._sweeper = asyncio.create_task(self._sweep_for_ever(), name="RTSP time-outs")
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self.close()

    async def listen(self, host: str, port: int, tls: ssl.SSLContext | None = None) -> int:
        """Accept connections, RTSPS ones with ``tls``. Returns the port (``port`` 0 is any free one).

        ``tls`` is used as it is: who wants to exchange the certificate while it runs gives a context that hands over at each handshake.
        Raises Unavailable when the address cannot be had.
        """
        loop = asyncio.get_running_loop()
        try:
            server = await loop.create_server(self.protocol, host, port, ssl=tls, backlog=_BACKLOG)
        except OSError as error:
            raise _cannot_listen("RTSPS" if tls else "RTSP", host, port, error) from None
        number = int(server.sockets[0].getsockname()[1])
        self._servers.setdefault((host, number), server)
        return number

    def close_port(self, port: int) -> None:
        """Stop listening on a port; connections that exist go on. A port that is not open is no error."""
        for key in [key for key in self._servers if key[1] == port]:
            self._servers.pop(key).close()

    def cut(self, which: Callable[[Outlet], bool]) -> None:
        """End the connections whose way to the client is one of ``which``, and the sessions that they set up."""
        for session in list(self._service.sessions.values()):
            if which(session.outlet):
                self._service.end(session)
        for connection in list(self._connections):
            if which(connection.outlet):
                connection.outlet.close()

    def set_options(self, options: RtspOptions) -> None:
        """New limits, ports and groups, for connections and sessions from now on."""
        self._options = options
        self._service.set_options(options)

    async def close(self) -> None:
        """Stop listening, end all sessions, close all connections. Closing twice is allowed."""
        if self._sweeper is not None:
            self._sweeper.cancel()
            await asyncio.gather(self._sweeper, return_exceptions=True)
            self._sweeper = None
        for server in self._servers.values():
            server.close()
        for session in list(self._service.sessions.values()):
            self._service.end(session)
        for connection in list(self._connections):
            connection.outlet.close()
        for wire in list(self._wires):
            wire.abort()
        for server in self._servers.values():
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(2):
                    await server.wait_closed()
        self._servers.clear()

    def protocol(self) -> asyncio.Protocol:
        """The protocol of one accepted connection; an HTTP front may hand over a tunnel's transport to it."""
        return Wire(self, self._clock.monotonic_ns())

    async def over_websocket(
        self,
        receive: AsyncIterator[bytes],
        send: Callable[[bytes], Awaitable[None]],
        *,
        user: Named,
        peer: tuple[str, int],
        local: tuple[str, int],
        secure: bool,
    ) -> None:
        """Serve RTSP in binary WebSocket messages until either side ends. ``user`` was authenticated with the upgrade.

        ``receive`` gives the client's messages and stops when it has gone. Raises Busy beyond the limit of connections.
        """
        if self._full:
            self._refused += 1
            raise Busy(f"all {self._options.max_connections} connections are in use; try again later")
        outlet = QueueOutlet(peer, local, "websocket", secure)
        self._websockets += 1
        try:
            await tunnel.over_messages(lambda way: self.open(way, user), outlet, receive, send)
        finally:
            self._websockets -= 1

    def report_to(self, heard: Callable[[Asked], None]) -> None:
        """Call ``heard`` with every request that was served or refused."""
        self._service.heard = heard

    def sessions(self) -> list[SessionInfo]:
        """Who is connected to what."""
        return [session.info() for session in self._service.sessions.values()]

    def status(self) -> RtspStatus:
        """Counters for metrics."""
        service = self._service
        return RtspStatus(
            connections=len(self._connections),
            sessions=len(service.sessions),
            feeds=len(service.feeds),
            accepted=self._accepted,
            refused=self._refused,
            malformed_rtcp=service.malformed_rtcp,
        )

    def admit(self, wire: Wire) -> bool:
        """A wire asks for its place; it is told whether there is one."""
        self._accepted += 1
        peer = network(wire.peer)
        if self._full or self._from[peer] >= self._options.max_per_address:
            self._refused += 1
            return False
        self._wires[wire] = peer
        self._from[peer] += 1
        return True

    def dismiss(self, wire: Wire) -> None:
        """A wire is gone."""
        peer = self._wires.pop(wire, None)
        if peer is not None:
            self._from[peer] -= 1
            if not self._from[peer]:
                del self._from[peer]

    def open(self, outlet: Outlet, user: Named | None = None) -> tunnel.Stream:
        """An RTSP connection behind an outlet; ``user`` when its carrier has proved who it is."""
        connection = Connection(self._service, outlet, self._connections.discard, user)
        self._connections.add(connection)
        return connection

    @property
    def _full(self) -> bool:
        return len(self._wires) + self._websockets >= self._options.max_connections

    def sweep(self) -> None:
        """End sessions that timed out, and connections that ask nothing and have nothing; called once a second."""
        self._service.sweep()
        now = self._clock.monotonic_ns()
        busy = {session.outlet for session in self._service.sessions.values()}
        for connection in list(self._connections):
            limit = self._options.idle_timeout if connection.requests else self._options.silent_timeout
            if connection.outlet not in busy and now - connection.active_ns > limit * NS:
                connection.outlet.close()
        for wire in list(self._wires):
            if wire.undecided and now - wire.since_ns > self._options.silent_timeout * NS:
                wire.abort()

    async def _sweep_for_ever(self) -> None:
        while True:
            await asyncio.sleep(1)
            self.sweep()


def _cannot_listen(what: str, host: str, port: int, error: OSError) -> Unavailable:
    option = f"--{what.lower()}-port N"
    if error.errno == errno.EADDRINUSE:
        return Unavailable(
            f"{what} port {port} is in use: stop the program that holds it, or choose another with {option} (0 = any free port)"
        )
    if error.errno == errno.EACCES:
        return Unavailable(f"{what} port {port} needs administrator rights: choose one above 1023 with {option}")
    return Unavailable(f"{what} cannot listen on {host}:{port} ({error.strerror or error}): choose another with --host or {option}")

"""Every port of the camera, open or closed as the settings say, changed while it runs.

Numbers and addresses are those of the start. What a policy closes is closed at once and the streams that came that way end; what it opens
listens where it would have listened from the start. The HTTP port stays open under ``https``: its answers say where to go.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import cast

from panocam.access.tls import Service, TlsDesk
from panocam.api.doorstep import Doorstep
from panocam.api.listen import BACKLOG, HttpServer, cannot_listen, open_sockets
from panocam.errors import PanocamError
from panocam.settings.system import EVERYWHERE, HttpPolicy, Network
from panocam.streaming.outlet import Outlet
from panocam.streaming.server import RtspServer

NOT_ENCRYPTED = b"RTSP/1.0 400 Bad Request\r\nCSeq: 0\r\nConnection: close\r\nContent-Type: text/plain\r\nContent-Length: 32\r\n\r\n"
ONLY_RTSPS = b"this port speaks encrypted RTSPS"


@dataclass(frozen=True)
class Ports:
    """Numbers of the ports that are there for clients; 0 is a service that is off."""

    http: int = 0
    https: int = 0
    rtsp: int = 0
    rtsps: int = 0


class Listeners:
    """The ports. Enter it to open them; ``told`` hears the numbers whenever a service went on or off."""

    def __init__(self, http: HttpServer, rtsp: RtspServer, tls: TlsDesk, network: Network) -> None:
        self._http, self._rtsp, self.tls, self._network = http, rtsp, tls, network
        self._hosts = (EVERYWHERE, "::") if network.host == "::" else (network.host,)
        self._bound = Ports(network.http_port, network.https_port, network.rtsp_port, network.rtsps_port)
        self._rtsps: list[Doorstep] = []
        self._open: set[str] = set()
        self.told: Callable[[Ports], None] = lambda ports: None

    async def __aenter__(self) -> Listeners:
        await self._follow(self._network)
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self._close("rtsps")  # the others are closed by their servers

    @property
    def ports(self) -> Ports:
        """What clients may use now."""
        network, bound = self._network, self._bound
        plain, secure = (network.http_policy.allows(encrypted) for encrypted in (False, True))
        return Ports(bound.http * plain, bound.https * secure, bound.rtsp * network.rtsp_enabled, bound.rtsps * network.rtsps_enabled)

    async def set_plan(self, network: Network) -> None:
        """Open what is on and close what is off. Raises Unavailable when a port cannot be opened; nothing has changed then."""
        before = self.ports
        await self._follow(network)
        self._network = network
        self._end_streams(before, self.ports)
        if self.ports != before:
            self.told(self.ports)

    async def _follow(self, network: Network) -> None:
        wanted = {
            "http": True,
            "https": network.http_policy is not HttpPolicy.HTTP,
            "rtsp": network.rtsp_enabled,
            "rtsps": network.rtsps_enabled,
        }
        for name, on in wanted.items():  # what can fail comes first
            if on and name not in self._open:
                await self._listen(name)
                self._open.add(name)
        for name, on in wanted.items():
            if not on and name in self._open:
                await self._close(name)
                self._open.discard(name)

    async def _listen(self, name: str) -> None:
        for host in self._hosts:
            try:
                port = await self._listen_at(name, host, getattr(self._bound, name))
            except PanocamError:
                await self._close(name)  # on the hosts before
                raise
            self._bound = replace(self._bound, **{name: port})

    async def _listen_at(self, name: str, host: str, port: int) -> int:
        match name:
            case "http":
                return await self._http.listen(host, port)
            case "https":
                return await self._http.listen(host, port, lambda: self.tls.context(Service.HTTPS))
            case "rtsp":
                return await self._rtsp.listen(host, port)
            case _:
                return self._listen_rtsps(host, port)

    def _listen_rtsps(self, host: str, port: int) -> int:
        try:
            sockets = open_sockets(host, port)
        except OSError as problem:
            raise cannot_listen("RTSPS", host, port, problem) from problem
        for each in sockets:
            each.listen(BACKLOG)
            self._rtsps.append(Doorstep(each, lambda: self.tls.context(Service.RTSPS), self._rtsp.protocol, _NotEncrypted))
        return int(sockets[0].getsockname()[1])

    async def _close(self, name: str) -> None:
        match name:
            case "https":
                await self._http.close(self._bound.https)
            case "rtsp":
                self._rtsp.close_port(self._bound.rtsp)
            case "rtsps":
                for doorstep in self._rtsps:
                    await doorstep.close()
                self._rtsps.clear()

    def _end_streams(self, before: Ports, now: Ports) -> None:
        """Streams over HTTP end by themselves: they ask whether they are still welcome."""

        def cut(outlet: Outlet) -> bool:
            on = {"tcp": now.rtsp, "tls": now.rtsps, "http": now.https if outlet.secure else now.http}
            was = {"tcp": before.rtsp, "tls": before.rtsps, "http": before.https if outlet.secure else before.http}
            return bool(was.get(outlet.carrier)) and not on.get(outlet.carrier)

        self._rtsp.cut(cut)


class _NotEncrypted(asyncio.Protocol):
    """Answers those who speak plain RTSP to the encrypted port."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        """Not before: closing on unread bytes would take the answer back."""
        if not self._transport.is_closing():
            self._transport.write(NOT_ENCRYPTED + ONLY_RTSPS)
            self._transport.close()

"""Datagrams to and from a multicast group, on a port that all programs of a host share.

One socket listens to the group on every interface; beside it each interface has a socket of its own that sends, so that what is said
on a network carries the address that this network knows. Answers to what was sent come back to those sockets.
"""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import logging
import socket
from collections.abc import Callable, Iterable, Sequence
from typing import Self

from panocam.datagrams import open_datagrams
from panocam.errors import Unavailable

log = logging.getLogger(__name__)

Address = tuple[str, int]
Hear = Callable[[bytes, Address], None]

TTL = 4
"""Routers that a datagram may pass."""

MULTICAST_ALL = 49
"""IP_MULTICAST_ALL of Linux, which Python does not name. Off: only groups that this very socket has joined are heard."""


class Group(asyncio.DatagramProtocol):
    """Open it with ``async with``. ``hear`` gets each datagram and its sender. With ``listening`` off only answers are heard."""

    def __init__(self, group: str, port: int, interfaces: Sequence[str], hear: Hear, *, listening: bool = True) -> None:
        self._group, self._port, self._hear, self._listening = group, port, hear, listening
        self._interfaces = [each for each in interfaces if ipaddress.ip_address(each).version == 4]
        self._senders: dict[str, asyncio.DatagramTransport] = {}
        self._stack = contextlib.AsyncExitStack()

    async def __aenter__(self) -> Self:
        """Raises Unavailable where no interface takes part."""
        if not self._interfaces:
            raise Unavailable(f"multicast to {self._group}:{self._port} needs an IPv4 address")
        async with contextlib.AsyncExitStack() as stack:
            try:
                if self._listening:
                    await self._endpoint(stack, self._listener())
                for interface in self._interfaces:
                    with contextlib.suppress(OSError):  # an interface that has just gone is no reason to leave the others out
                        self._senders[interface] = await self._endpoint(stack, _sender(interface))
            except OSError as error:
                raise Unavailable(f"multicast to {self._group}:{self._port} is not possible here: {error}") from None
            if not self._senders:
                raise Unavailable(f"multicast to {self._group}:{self._port} needs a network interface")
            self._stack = stack.pop_all()
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self._stack.aclose()
        self._senders.clear()

    def shout(self, said: Callable[[str], Iterable[bytes]]) -> None:
        """To the group, on every interface; ``said`` makes the texts from the interface's address."""
        for interface, transport in self._senders.items():
            for text in said(interface):
                transport.sendto(text, (self._group, self._port))

    def send(self, data: bytes, to: Address, via: str) -> None:
        """To one address, from the interface with the address ``via``."""
        (self._senders.get(via) or next(iter(self._senders.values()))).sendto(data, to)

    def datagram_received(self, data: bytes, addr: Address) -> None:
        if not ipaddress.ip_address(addr[0]).is_global:  # whoever is far away would use us to answer at somebody else's door
            self._hear(data, (addr[0], addr[1]))

    def error_received(self, exc: Exception) -> None:
        log.debug("multicast to %s: %s", self._group, exc)

    async def _endpoint(self, stack: contextlib.AsyncExitStack, sock: socket.socket) -> asyncio.DatagramTransport:
        transport = await open_datagrams(lambda: self, sock=sock)
        stack.callback(transport.close)
        return transport

    def _listener(self) -> socket.socket:
        sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if hasattr(socket, "SO_REUSEPORT"):
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            with contextlib.suppress(OSError):
                sock.setsockopt(socket.IPPROTO_IP, MULTICAST_ALL, 0)
            sock.bind(("", self._port))
            joined = [each for each in self._interfaces if _join(sock, self._group, each)]
            if not joined:
                raise OSError("no network interface takes part in multicast")
        except OSError:
            sock.close()
            raise
        return sock


def _join(sock: socket.socket, group: str, interface: str) -> bool:
    try:
        sock.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, socket.inet_aton(group) + socket.inet_aton(interface))
    except OSError as error:
        log.debug("%s does not take part in %s: %s", interface, group, error)
        return False
    return True


def _sender(interface: str) -> socket.socket:
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        sock.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(interface))
        sock.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, TTL)
        sock.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_LOOP, 1)
        sock.bind((interface, 0))
    except OSError:
        sock.close()
        raise
    return sock

"""One question to one NTP server over UDP."""

from __future__ import annotations

import asyncio
import secrets
import socket

from panocam.clock import Clock
from panocam.datagrams import open_datagrams
from panocam.errors import Unavailable
from panocam.timekeeping.ntp import Answer, Refused, Sample, measure, parse, request

PATIENCE_S = 2.0
"""How long an answer may take; one that took longer would say little."""


async def ask(host: str, port: int, clock: Clock, patience: float = PATIENCE_S) -> Sample:
    """Raises Unavailable (no such name, no answer), KissOfDeath, Refused (an answer that is not believed)."""
    problem: Unavailable | None = None
    for address in await _addresses(host, port):
        try:
            return await _ask(address, clock, patience)
        except Unavailable as fault:
            problem = fault
    raise problem or Unavailable(f"{host} has no address")


async def _addresses(host: str, port: int) -> list[tuple[str, int]]:
    """One address of each family: a server that is out of reach by IPv6 may be in reach by IPv4."""
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_DGRAM)
    except OSError as fault:
        raise Unavailable(f"the name cannot be resolved ({fault.strerror or fault})") from None
    first: dict[int, tuple[str, int]] = {}
    for family, _, _, _, address in found:
        first.setdefault(family, (str(address[0]), int(address[1])))
    return list(first.values())


async def _ask(address: tuple[str, int], clock: Clock, patience: float) -> Sample:
    exchange = _Exchange(clock)
    try:
        async with asyncio.timeout(patience):
            transport = await open_datagrams(lambda: exchange, remote=address)
            try:
                wall, sent = clock.wall_ns(), clock.monotonic_ns()
                transport.sendto(request(exchange.cookie))
                answer, came = await exchange.answer
            finally:
                transport.close()
    except TimeoutError:
        raise exchange.stranger or Unavailable(f"no answer within {patience:g} s") from None
    except OSError as fault:
        raise Unavailable(f"cannot be reached ({fault.strerror or fault})") from None
    return measure(answer, wall, sent, came)


class _Exchange(asyncio.DatagramProtocol):
    """Waits for the answer that echoes the cookie. Others may be forged by somebody who cannot see our question: they are left aside."""

    def __init__(self, clock: Clock) -> None:
        self.cookie = secrets.randbits(64)
        self.answer: asyncio.Future[tuple[Answer, int]] = asyncio.get_running_loop().create_future()
        self.stranger: Refused | None = None
        self._clock = clock

    def datagram_received(self, data: bytes, addr: object) -> None:
        came = self._clock.monotonic_ns()
        if self.answer.done():
            return
        try:
            self.answer.set_result((parse(data, self.cookie), came))
        except Refused as fault:
            if _echoes(data, self.cookie):
                self.answer.set_exception(fault)
            else:
                self.stranger = fault

    def error_received(self, exc: Exception) -> None:
        if not self.answer.done():
            self.answer.set_exception(exc)


def _echoes(data: bytes, cookie: int) -> bool:
    return data[24:32] == cookie.to_bytes(8, "big")

"""A small NTP server on loopback. What it answers is up to the test: ``lies`` changes the honest answer's fields before they are sent."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import cast

from panocam.clock import NS, Clock, SystemClock
from panocam.timekeeping.ntp import timestamp

HEAD = struct.Struct("!BBbb II4s QQQQ")


@dataclass(frozen=True)
class Fields:
    """A packet as RFC 5905 §7.3 has it; dispersion and delay in seconds, times in nanoseconds since 1970, 0 for none."""

    leap: int = 0
    version: int = 4
    mode: int = 4
    stratum: int = 2
    root_delay: float = 0.001
    root_dispersion: float = 0.001
    reference: bytes = b"\x7f\0\0\1"
    origin: int = 0
    received_ns: int = 0
    sent_ns: int = 0

    def pack(self) -> bytes:
        def stamp(ns: int) -> int:
            return timestamp(ns) if ns else 0

        return HEAD.pack(
            self.leap << 6 | self.version << 3 | self.mode, self.stratum, 6, -20,
            round(self.root_delay * 65536), round(self.root_dispersion * 65536), self.reference.ljust(4, b"\0"),
            stamp(self.received_ns), self.origin, stamp(self.received_ns), stamp(self.sent_ns),
        )  # fmt: skip


Lie = Callable[[Fields], Fields | bytes | None]


def honest(fields: Fields) -> Fields:
    return fields


def ahead(seconds: float) -> Lie:
    """A server whose clock is wrong."""
    by = round(seconds * NS)
    return lambda fields: replace(fields, received_ns=fields.received_ns + by, sent_ns=fields.sent_ns + by)


def silent(_fields: Fields) -> None:
    return None


@dataclass
class NtpServer(asyncio.DatagramProtocol):
    """One server; ``asked`` are the questions that it got."""

    lies: Lie = honest
    clock: Clock = field(default_factory=SystemClock)
    asked: list[bytes] = field(default_factory=list)
    port: int = 0
    forged: Fields | None = None
    """Sent before each answer, as by somebody who cannot see the question."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self.asked.append(data)
        if self.forged is not None:
            self.transport.sendto(self.forged.pack(), addr)
        now = self.clock.wall_ns()
        answer = self.lies(Fields(origin=HEAD.unpack(data)[10], received_ns=now, sent_ns=now))
        if answer is not None:
            self.transport.sendto(answer if isinstance(answer, bytes) else answer.pack(), addr)


@asynccontextmanager
async def ntp_server(lies: Lie = honest, clock: Clock | None = None) -> AsyncIterator[NtpServer]:
    """On a free port of 127.0.0.1."""
    server = NtpServer(lies, clock or SystemClock())
    transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(lambda: server, local_addr=("127.0.0.1", 0))
    server.port = transport.get_extra_info("sockname")[1]
    yield server
    transport.close()

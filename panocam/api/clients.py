"""Who watches over HTTP right now, and what they have lost: for the status page and the metrics."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum

from panocam.clock import Clock
from panocam.pipeline.request import ChannelSpec


class Transport(StrEnum):
    """How pictures reach a client of the HTTP port."""

    MJPEG = "mjpeg"
    WEBSOCKET = "websocket"
    MEDIA = "media"


@dataclass
class Client:
    """One watching client. ``delivered``, ``bytes`` and ``dropped`` count what it was sent, and lost by being slow."""

    transport: Transport
    address: str
    account: str
    since_ns: int
    spec: ChannelSpec | None = None
    delivered: int = 0
    bytes: int = 0
    dropped: int = 0


class Clients:
    """The watching clients, and totals by transport that outlive them."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._now: dict[int, Client] = {}
        self._past: dict[str, Counter[Transport]] = {name: Counter() for name in ("clients", "delivered", "bytes", "dropped")}

    def __iter__(self) -> Iterator[Client]:
        return iter(list(self._now.values()))

    @contextmanager
    def watching(self, transport: Transport, address: str, account: str) -> Iterator[Client]:
        """A client for as long as it watches."""
        client = Client(transport, address, account, self._clock.monotonic_ns())
        self._now[id(client)] = client
        self._past["clients"][transport] += 1
        try:
            yield client
        finally:
            del self._now[id(client)]
            for name in ("delivered", "bytes", "dropped"):
                self._past[name][transport] += getattr(client, name)

    def total(self, name: str, transport: Transport) -> int:
        """``clients``, ``delivered``, ``bytes`` or ``dropped`` since start, running clients included."""
        running = 0 if name == "clients" else sum(getattr(client, name) for client in self if client.transport is transport)
        return self._past[name][transport] + running

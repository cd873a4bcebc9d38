"""Keeping a camera known in a multicast protocol: it announces itself, again and again, answers who asks, and says goodbye.

``Upnp`` and ``WsDiscovery`` say what; when and where to is the same for both.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterator, Sequence
from typing import Any, Protocol, Self

from panocam.discovery import ssdp, wsdiscovery
from panocam.discovery.announcement import Announcement, address_towards, own_addresses
from panocam.discovery.group import Address, Group

MOST_WAITING = 64
"""Answers that may wait at a time; who asks more often than that is not answered."""

FIRST_DELAY_S = 0.1
"""A whole network switched on at once does not speak at once."""


class Speaker(Protocol):
    """What a camera says in one protocol. ``address`` is this host's, as the listener reaches it."""

    group: str
    port: int
    repeat_s: float | None

    def alive(self, address: str) -> Iterator[bytes]: ...
    def goodbye(self) -> Iterator[bytes]: ...
    def read(self, data: bytes) -> Any:
        """The question in a datagram; None where there is none."""

    def answers(self, question: Any, address: str) -> Sequence[bytes]:
        """To a question; empty is silence."""

    def patience(self, question: Any) -> float:
        """Seconds over which answers to this question may be spread."""


class Upnp:
    """UPnP: the description is served over HTTP (``ssdp.PATH``)."""

    group, port = ssdp.GROUP, ssdp.PORT
    repeat_s: float | None = ssdp.MAX_AGE_S / 3

    def __init__(self, announcement: Announcement) -> None:
        self._announcement, self._device = announcement, ssdp.UpnpDevice(announcement.serial)

    def alive(self, address: str) -> Iterator[bytes]:
        return self._device.alive(self._location(address))

    def goodbye(self) -> Iterator[bytes]:
        return self._device.goodbye()

    def read(self, data: bytes) -> ssdp.Search | None:
        said = ssdp.read(data)
        return said if isinstance(said, ssdp.Search) else None

    def answers(self, question: ssdp.Search, address: str) -> Sequence[bytes]:
        return list(self._device.answers(question, self._location(address)))

    def patience(self, question: ssdp.Search) -> float:
        return question.delay

    def _location(self, address: str) -> str:
        return self._announcement.url(address).rstrip("/") + ssdp.PATH


class WsDiscovery:
    """WS-Discovery; nothing is repeated there, who comes later asks."""

    group, port = wsdiscovery.GROUP, wsdiscovery.PORT
    repeat_s: float | None = None

    def __init__(self, announcement: Announcement, instance: int) -> None:
        self._target = wsdiscovery.Target(announcement, instance)

    def alive(self, address: str) -> Iterator[bytes]:
        yield self._target.hello(address)

    def goodbye(self) -> Iterator[bytes]:
        yield self._target.bye()

    def read(self, data: bytes) -> wsdiscovery.Probe | wsdiscovery.Resolve | None:
        said = wsdiscovery.read(data)
        return said if isinstance(said, wsdiscovery.Probe | wsdiscovery.Resolve) else None

    def answers(self, question: wsdiscovery.Probe | wsdiscovery.Resolve, address: str) -> Sequence[bytes]:
        answer = self._target.answer(question, address)
        return [] if answer is None else [answer]

    def patience(self, question: wsdiscovery.Probe | wsdiscovery.Resolve) -> float:
        return 0.1


class Responder:
    """Keeps one camera announced by a speaker while the ``async with`` block runs. Raises Unavailable as ``Group`` does."""

    def __init__(self, speaker: Speaker, host: str | None, interfaces: Sequence[str] | None = None) -> None:
        self._speaker, self._host = speaker, host
        self._group = Group(speaker.group, speaker.port, own_addresses(host) if interfaces is None else interfaces, self._heard)
        self._repeating: asyncio.Task[None] | None = None
        self._waiting: set[asyncio.TimerHandle] = set()

    async def __aenter__(self) -> Self:
        await self._group.__aenter__()
        self._repeating = asyncio.create_task(self._repeat(), name=f"announcing on port {self._speaker.port}")
        return self

    async def __aexit__(self, *exc: object) -> None:
        assert self._repeating is not None
        self._repeating.cancel()
        for handle in self._waiting:
            handle.cancel()
        self._group.shout(lambda _interface: self._speaker.goodbye())
        await self._group.__aexit__(*exc)

    async def _repeat(self) -> None:
        await asyncio.sleep(random.uniform(0, FIRST_DELAY_S))  # noqa: S311 - spreads load, keeps no secret
        while True:
            self._group.shout(self._speaker.alive)
            if self._speaker.repeat_s is None:
                return
            await asyncio.sleep(self._speaker.repeat_s)

    def _heard(self, data: bytes, sender: Address) -> None:
        question = None if len(self._waiting) >= MOST_WAITING else self._speaker.read(data)
        if question is None:
            return
        try:
            address = address_towards(sender[0], self._host)
        except OSError:
            return
        answers = self._speaker.answers(question, address)
        if not answers:
            return
        delay = random.uniform(0, self._speaker.patience(question) / 2)  # noqa: S311 - as above
        handle: asyncio.TimerHandle = asyncio.get_running_loop().call_later(delay, lambda: self._answer(handle, answers, sender, address))
        self._waiting.add(handle)

    def _answer(self, handle: asyncio.TimerHandle, answers: Sequence[bytes], sender: Address, address: str) -> None:
        self._waiting.discard(handle)
        for answer in answers:
            self._group.send(answer, sender, address)

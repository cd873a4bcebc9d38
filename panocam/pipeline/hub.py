"""One channel's packets, handed to any number of subscribers on the event loop, each with its own explicit drop policy.

The theory: ``publish`` never waits and never fails because of a reader. Each subscription has a bound. When it is full

- ``LATEST`` forgets what is queued and keeps the newest (snapshots, MJPEG, analytics);
- ``UNTIL_KEY`` drops whole groups of pictures, because a gap inside a group breaks decoders (live video): everything in
  front of the newest queued key packet goes; if none is queued, everything goes, and all that follows up to the next key;
- ``LOSSLESS`` keeps a large bound, and its overflow ends the subscription with an error, never in silence (recorder).

The hub keeps the current group of pictures, so that a new viewer starts at once with a key packet already sent. That
group is bounded in packets and bytes; a group that outgrows the bound is given up until the next key packet, and a
newcomer then waits for one (``gop`` is empty, which tells the channel to force it). Replayed packets do not count
against the newcomer's bound. Everything here runs on the event loop, so nothing needs a lock.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

from panocam.errors import Busy, InvalidValue, LocalProtocolError, PanocamError
from panocam.media.codec import Codec
from panocam.media.packet import Packet
from panocam.pipeline.service import DropPolicy

GOP_PACKETS = 1024
GOP_BYTES = 64 << 20


@dataclass
class HubCounters:
    """Totals over the life of a hub; ``dropped`` counts packets that subscribers did not get because they were slow."""

    published: int = 0
    keys: int = 0
    bytes: int = 0
    dropped: int = 0


class Hub:
    """Publishes packets to subscriptions. ``on_demand(n)`` is called when the number of subscriptions has changed to ``n``."""

    def __init__(
        self, on_demand: Callable[[int], None] = lambda n: None, *, gop_packets: int = GOP_PACKETS, gop_bytes: int = GOP_BYTES
    ) -> None:
        self.counters = HubCounters()
        self._on_demand = on_demand
        self._gop_packets, self._gop_bytes = gop_packets, gop_bytes
        self._gop: list[Packet] = []
        self._gop_size = 0
        self._next = 0
        self.fit_from = 0  # sequence number of the first packet that a newcomer may begin with
        self._members: dict[HubSubscription, None] = {}
        self._closed: PanocamError | bool | None = False

    @property
    def gop(self) -> tuple[Packet, ...]:
        """The packets since the newest key packet, it included; empty if there is none or they outgrew the bound."""
        return tuple(self._gop)

    @property
    def subscribers(self) -> int:
        return len(self._members)

    def publish(self, packet: Packet) -> None:
        """Hand ``packet`` to everybody; never waits."""
        counters = self.counters
        counters.published += 1
        counters.keys += packet.key
        counters.bytes += len(packet.data)
        self._next = packet.sequence + 1
        self._remember(packet)
        for member in list(self._members):
            member.offer(packet)

    def subscribe(self, policy: DropPolicy, bound: int = 64) -> HubSubscription:
        """A subscription that joins the hub when it is entered with ``async with``; ``bound`` >= 1 packets."""
        return HubSubscription(self, policy, bound)

    def forget(self) -> None:
        """Give up the kept group of pictures: what follows does not continue it, or shows what a newcomer must not see any more."""
        self._gop, self._gop_size = [], 0
        self.fit_from = self._next

    def close(self, error: PanocamError | None = None) -> None:
        """End all subscriptions, present and future: after what is queued they stop, or raise ``error``."""
        self._closed = error or True
        self.forget()
        for member in list(self._members):
            member.end(error)

    def join(self, member: HubSubscription) -> None:
        """Take in a subscription (its own doing, on entering)."""
        self._members[member] = None
        if self._closed:
            member.end(None if self._closed is True else self._closed)
        else:
            member.replay(self._gop)
        self._on_demand(len(self._members))

    def leave(self, member: HubSubscription) -> None:
        """Let a subscription go (its own doing, on leaving)."""
        if member in self._members:
            del self._members[member]
            self._on_demand(len(self._members))

    def _remember(self, packet: Packet) -> None:
        if packet.key:
            self._gop, self._gop_size = [packet], len(packet.data)
        elif self._gop:
            self._gop.append(packet)
            self._gop_size += len(packet.data)
            if len(self._gop) > self._gop_packets or self._gop_size > self._gop_bytes:
                self.forget()


class HubSubscription:
    """One reader's bounded queue. ``dropped`` counts packets it lost; ``delivered`` those it was given."""

    def __init__(self, hub: Hub, policy: DropPolicy, bound: int) -> None:
        if bound < 1:
            raise InvalidValue("bound", bound, "a subscription must hold at least 1 packet")
        self.dropped = 0
        self.delivered = 0
        self._hub, self._policy, self._bound = hub, policy, bound
        self._queue: deque[Packet] = deque()
        self._replayed = 0  # packets at the head of the queue that came from the kept group and do not count
        self._wait_key = True
        self._started = False  # before the first key packet nothing was promised, so nothing is lost
        self._ended = False
        self._error: PanocamError | None = None
        self._entered = False
        self._waiter: asyncio.Future[None] | None = None

    async def __aenter__(self) -> Self:
        if self._entered:
            raise LocalProtocolError("a subscription can be entered once")
        self._entered = True
        self._hub.join(self)
        return self

    async def __aexit__(self, *exc: object) -> None:
        self.end(None)
        self._hub.leave(self)

    def __len__(self) -> int:
        return len(self._queue)

    @property
    def fit_from(self) -> int:
        """As the hub's."""
        return self._hub.fit_from

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Packet:
        if not self._entered:
            raise LocalProtocolError("enter the subscription with 'async with' before iterating over it")
        while not self._queue:
            if self._error is not None:
                raise self._error
            if self._ended:
                raise StopAsyncIteration
            await self._wait()
        self._replayed = max(0, self._replayed - 1)
        self.delivered += 1
        return self._queue.popleft()

    async def _wait(self) -> None:
        if self._waiter is not None:
            raise LocalProtocolError("a subscription has one reader")
        self._waiter = asyncio.get_running_loop().create_future()
        try:
            await self._waiter
        finally:
            self._waiter = None

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def replay(self, gop: list[Packet]) -> None:
        """Start with the current group of pictures (``LATEST`` needs only its key packet, or with JPEG the newest)."""
        if not gop:
            return
        self._started = True
        self._queue.extend(gop[:1] if self._policy is DropPolicy.LATEST else gop)
        self._replayed = 0 if self._policy is DropPolicy.LATEST else len(self._queue)
        # LATEST on a predicting codec: what follows the lone key packet would not decode against it
        self._wait_key = self._policy is DropPolicy.LATEST and len(gop) > 1
        self._wake()

    def offer(self, packet: Packet) -> None:
        """Queue ``packet`` by the policy."""
        if self._ended:
            return
        if packet.key:
            self._wait_key, self._started = False, True
        elif self._wait_key:
            self._lose(self._started)
            return
        if len(self._queue) - self._replayed >= self._bound and not self._make_room(packet):
            return
        self._queue.append(packet)
        self._wake()

    def end(self, error: PanocamError | None) -> None:
        """No more packets; after what is queued the iteration stops or raises ``error``."""
        if not self._ended:
            self._ended, self._error = True, error
        self._wake()

    def _make_room(self, packet: Packet) -> bool:
        """True if ``packet`` may be queued after all."""
        if self._policy is DropPolicy.LOSSLESS:
            self._lose(1)
            self.end(Busy(f"the reader fell {self._bound} packets behind and may not lose any; the stream to it was ended"))
            return False
        if self._policy is DropPolicy.LATEST and packet.codec is Codec.JPEG:
            self._drop_first(len(self._queue))
            return True
        keys = [i for i, queued in enumerate(self._queue) if queued.key and i > 0]
        if packet.key or not keys:
            self._drop_first(len(self._queue))
            self._wait_key = not packet.key
            self._lose(0 if packet.key else 1)
            return packet.key
        self._drop_first(keys[-1])
        return True

    def _drop_first(self, count: int) -> None:
        for _ in range(count):
            self._queue.popleft()
        self._replayed = max(0, self._replayed - count)
        self._lose(count)

    def _lose(self, count: int) -> None:
        self.dropped += count
        self._hub.counters.dropped += count

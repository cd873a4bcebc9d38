"""A channel: one view with its layers in one encoding, made once for however many watch it. This is its event-loop side.

It runs while somebody subscribes, and ``LINGER_S`` longer, because viewers come back (a page is reloaded, a player describes and then
plays). ``describe`` and ``touch`` also keep it running for that while. Stopped, it costs nothing and keeps its counters.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeVar

from panocam.clock import NS, Clock
from panocam.errors import PanocamError, Unavailable
from panocam.media.codec import StreamDescription
from panocam.media.packet import Packet
from panocam.media.stamps import Stage
from panocam.pipeline.coder import Coder, CoderHangs, Output
from panocam.pipeline.hub import Hub, HubSubscription
from panocam.pipeline.request import ChannelSpec
from panocam.pipeline.service import DropPolicy
from panocam.pipeline.stats import Histogram, RateMeter, StageHistograms

LINGER_S = 3.0
DESCRIBE_TIMEOUT_S = 10.0
KEY_INTERVAL_S = 0.5
"""Key pictures are large: requests closer together than this share one."""


@dataclass(frozen=True)
class ChannelStatus:
    """A snapshot for people and metrics. ``missed``: shots replaced by newer ones because the worker was busy; ``dropped``: packets
    that slow subscribers lost; ``latency``: histograms by stage, under None the whole way."""

    spec: ChannelSpec
    running: bool
    subscribers: int
    fps: float
    packets: int
    keys: int
    bytes: int
    frames: int
    missed: int
    dropped: int
    encoders_opened: int
    failures: int
    latency: dict[Stage | None, Histogram]


@dataclass
class _Totals:
    frames: int = 0
    missed: int = 0
    opened: int = 0
    failures: int = 0

    def add(self, coder: Coder | None) -> _Totals:
        if coder is None:
            return self
        return _Totals(self.frames + coder.frames, self.missed + coder.dropped, self.opened + coder.opened, self.failures + coder.failures)


T = TypeVar("T")
Deliver = Callable[[Output], None]
Fail = Callable[[PanocamError], None]


class Channel:
    """``engage(deliver, fail)`` makes a coder that gets shots (raises Busy beyond the budget); ``release(coder)`` ends it."""

    def __init__(
        self,
        spec: ChannelSpec,
        engage: Callable[[ChannelSpec, Deliver, Fail], Coder],
        release: Callable[[Coder], None],
        clock: Clock,
        on_failure: Callable[[ChannelSpec, PanocamError], None] = lambda spec, error: None,
    ) -> None:
        self.spec = spec
        self.hub = Hub(self._demand)
        self._engage, self._release, self._clock, self._on_failure = engage, release, clock, on_failure
        self._loop = asyncio.get_running_loop()
        self.coder: Coder | None = None
        self._run: object = None  # stands for the present coder in what comes from workers
        self._before = _Totals()
        self._sequence = 0
        self._description: StreamDescription | None = None
        self._described: asyncio.Future[StreamDescription] | None = None
        self._linger: asyncio.TimerHandle | None = None
        self._key_timer: asyncio.TimerHandle | None = None
        self._last_key_ns = -NS
        self._shown_from_ns = 0
        self._stages, self._meter = StageHistograms(), RateMeter()

    @property
    def running(self) -> bool:
        return self.coder is not None

    def subscribe(self, policy: DropPolicy, bound: int) -> HubSubscription:
        """Raises Busy beyond the budget. The subscription has as long as the channel lingers to be entered."""
        subscription = self.hub.subscribe(policy, bound)
        self.touch()
        return subscription

    def touch(self) -> None:
        """Run, at least for the lingering time."""
        self._start()
        if not self.hub.subscribers:
            self._stop_later()

    async def describe(self) -> StreamDescription:
        """What the stream is, as soon as its first key packet is there. Raises Busy, or Unavailable when no picture comes."""
        self.touch()
        if self._description is not None:
            return self._description
        if self._described is None:
            self._described = self._loop.create_future()
        try:
            async with self.hub.subscribe(DropPolicy.LATEST, 1):  # waiting is a demand too
                return await asyncio.wait_for(asyncio.shield(self._described), DESCRIBE_TIMEOUT_S)
        except TimeoutError:
            raise Unavailable(
                f"view {self.spec.view} gave no picture within {DESCRIBE_TIMEOUT_S:g} s; look at the source's state"
            ) from None

    def request_key(self) -> None:
        """A key picture as soon as possible, at most one in ``KEY_INTERVAL_S`` seconds; requests in between share the next."""
        if self.coder is None or self._key_timer is not None:
            return
        now = self._clock.monotonic_ns()
        wait = KEY_INTERVAL_S - (now - self._last_key_ns) / NS
        if wait > 0:
            self._key_timer = self._loop.call_later(wait, self._request_key_late)
            return
        self._last_key_ns = now
        self.coder.request_key()

    def forget_before(self, monotonic_ns: int) -> None:
        """Publish no picture that was masked before then, not to newcomers either; go on with a key picture."""
        self._shown_from_ns = monotonic_ns
        self.hub.forget()
        if self.coder is not None:
            self.coder.request_key()

    def _request_key_late(self) -> None:
        self._key_timer = None
        self.request_key()

    def close(self, error: PanocamError | None = None) -> None:
        """End all subscriptions and the coder."""
        described = self._described  # stopping forgets it
        self.stop()
        self.hub.close(error)
        if described is not None and not described.done():
            described.set_exception(error or Unavailable("the camera stopped"))
            described.exception()  # seen, or the loop complains when nobody waits

    def status(self) -> ChannelStatus:
        totals, counters = self._before.add(self.coder), self.hub.counters
        return ChannelStatus(
            self.spec, self.running, self.hub.subscribers, self._meter.fps if self.running else 0.0,
            counters.published, counters.keys, counters.bytes, totals.frames, totals.missed, counters.dropped,
            totals.opened, totals.failures, self._stages.copy(),
        )  # fmt: skip

    # --- running

    def _demand(self, subscribers: int) -> None:
        if subscribers == 0:
            self._stop_later()
            return
        self._cancel_linger()
        if self.coder is not None and self.coder.frames and not self.hub.gop:
            self.request_key()
        self._start()

    def _start(self) -> None:
        if self.coder is None:
            self.coder = self._begin()

    def _begin(self) -> Coder:
        run = self._run = object()
        return self._engage(self.spec, partial(self._from_worker, self._publish, run), partial(self._from_worker, self._failed, run))

    def _begin_again(self, hangs: Coder) -> None:
        """Go on with another coder, and for all who watch with a key picture."""
        self._before = self._before.add(hangs)
        self.hub.forget()
        self.coder = self._begin()
        self._release(hangs)

    def _stop_later(self) -> None:
        self._cancel_linger()
        self._linger = self._loop.call_later(LINGER_S, self.stop)

    def _cancel_linger(self) -> None:
        if self._linger is not None:
            self._linger.cancel()
            self._linger = None

    def stop(self) -> None:
        """End the coder; the next demand starts another one."""
        self._cancel_linger()
        if self._key_timer is not None:
            self._key_timer.cancel()
            self._key_timer = None
        coder, self.coder, self._run = self.coder, None, None
        if coder is not None:
            self._release(coder)
            self._before = self._before.add(coder)
            self._description, self._described = None, None
            self._meter.clear()
            self.hub.forget()

    # --- packets

    def _from_worker(self, do: Callable[[object, T], None], run: object, what: T) -> None:
        try:
            self._loop.call_soon_threadsafe(do, run, what)
        except RuntimeError:  # the loop has closed; nobody is left to watch
            return

    def _publish(self, run: object, output: Output) -> None:
        if run is not self._run:  # stopped, or another coder at work, while this was on its way
            return
        if output.packet.stamps.of(Stage.MASK) < self._shown_from_ns:
            return
        stamps = output.packet.stamps.at(Stage.PUBLISH, self._clock.monotonic_ns())
        packet: Packet = replace(output.packet, sequence=self._sequence, stamps=stamps)
        self._sequence += 1
        self._stages.add(stamps)
        self._meter.add(packet.pts_ns)
        self.hub.publish(packet)
        if packet.key:
            self._description = output.description
            if self._described is not None and not self._described.done():
                self._described.set_result(output.description)

    def _failed(self, run: object, error: PanocamError) -> None:
        self._on_failure(self.spec, error)
        if run is not self._run:
            return
        if self._described is not None and not self._described.done():
            self._described.set_exception(error)
            self._described.exception()
        self._described = None
        if isinstance(error, CoderHangs) and self.coder is not None:
            self._begin_again(self.coder)

"""Starts and stops recordings. A recording is a feed that flows into a writer on a disk; nothing is coded anew.

Continuous recordings are settings and come back by themselves; the others are state and end when they are stopped, when their time is over,
or with the program. A recording goes on under the same identity while its disk is away: what is missing is a gap. After a day it
gets a new identity, so that no recording grows without end.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from panocam.clock import NS, Clock
from panocam.errors import NotFound, PanocamError, Unavailable
from panocam.media.packet import Packet
from panocam.pipeline.request import ChannelSpec, StreamRequest
from panocam.pipeline.service import Camera
from panocam.storage.feed import Feed
from panocam.storage.index import Index
from panocam.storage.notes import Notes
from panocam.storage.recording import Kind, Label, Recording, new_id
from panocam.storage.route import Route, Ways
from panocam.storage.volume import Volume
from panocam.storage.writer import Writer

log = logging.getLogger(__name__)

LONGEST_NS = 24 * 3600 * NS
PRE_BYTES = 64 << 20


@dataclass(frozen=True)
class Order:
    """What is to be recorded. ``trigger``: who or what begins it; ``pre`` seconds from the buffer; ``duration`` 0 is until stopped."""

    request: StreamRequest
    disk: str
    kind: Kind = Kind.MANUAL
    trigger: str = ""
    pre: float = 0.0
    duration: float = 0.0


@dataclass(eq=False)
class Running:
    """A recording being made. ``id`` changes once a day."""

    id: str
    order: Order
    spec: ChannelSpec
    route: Route
    feed: Feed
    started_ns: int
    take: Callable[[list[Packet]], None] = lambda batch: None
    timer: asyncio.TimerHandle | None = None
    ids: list[str] = field(default_factory=list)


OnChange = Callable[[Running, bool], None]


class Recorder:
    """``volumes`` by disk; ``on_change(running, started)`` after a recording began or ended; ``notes`` go into recordings that begin from
    then on; ``ways`` say what stands in for a disk that is away. Lives on the event loop."""

    def __init__(
        self, camera: Camera, index: Index, volumes: Mapping[str, Volume], clock: Clock, serial: str, name_of: Callable[[int], str],
        on_change: OnChange = lambda running, started: None,
    ) -> None:  # fmt: skip
        self._camera, self._index, self._volumes, self._clock, self._serial = camera, index, volumes, clock, serial
        self._name_of, self._on_change, self.ways = name_of, on_change, Ways()
        self.notes: Notes | None = None
        self._feeds: dict[ChannelSpec, Feed] = {}
        self._running: dict[str, Running] = {}
        self._buffers: dict[StreamRequest, ChannelSpec] = {}

    @property
    def running(self) -> tuple[Running, ...]:
        return tuple(self._running.values())

    async def start(self, order: Order) -> str:
        """Begin; returns the recording's identity. Raises NotFound for a disk or view that is not there, Unavailable for a disk
        that cannot be written, InvalidValue for what cannot be streamed, Busy beyond the budget of channels."""
        home = self.volume(order.disk)
        if not self.can_record(order.disk):
            protected = "it is write-protected" if home.protected else ""
            raise Unavailable(f"{order.disk} is {home.state}: {home.reason or protected or 'mount it first'}")
        spec = self._camera.plan(order.request)
        feed = self._feed(spec)
        route = await self._route(order, spec)
        identity = route.writer.recording.id
        running = Running(identity, order, spec, route, feed, self._clock.monotonic_ns(), ids=[identity])
        running.take = lambda batch: self._take(running, batch)
        self._running[running.id] = running
        feed.join(running.take, order.pre)
        if order.duration > 0:
            loop = asyncio.get_running_loop()
            running.timer = loop.call_later(order.duration, lambda: loop.create_task(self._stop_quietly(running)))
        self._on_change(running, True)
        return running.id

    async def stop(self, recording: str, after: float = 0.0) -> None:
        """End a recording, ``after`` seconds from now. Raises NotFound when it is not running."""
        running = next((r for r in self._running.values() if recording in r.ids), None)
        if running is None:
            raise NotFound(f"no recording {recording} is running")
        if running.timer is not None:
            running.timer.cancel()
        if after > 0:
            loop = asyncio.get_running_loop()
            running.timer = loop.call_later(after, lambda: loop.create_task(self._stop_quietly(running)))
            return
        if self._running.pop(running.id, None) is None:
            return
        if running.spec.signing is not None:
            await running.feed.signed()
        running.feed.leave(running.take)
        self._forget_idle()
        try:
            await running.route.close()
        finally:
            self._close_notes(running.route.writer)
            self._on_change(running, False)

    def buffer(self, request: StreamRequest, seconds: float) -> None:
        """Keep the last ``seconds`` of a stream ready for recordings that begin before they are started; 0 ends it."""
        spec, before = self._camera.plan(request), self._buffers.pop(request, None)
        if before not in (None, spec, *self._buffers.values()) and before in self._feeds:
            self._feeds[before].keep(0)  # the settings make another stream of it now
        if seconds > 0:
            self._buffers[request] = spec
        self._feed(spec).keep(seconds)
        self._forget_idle()

    def sign_anew(self) -> None:
        """Recordings that run go on signed, or not, as the settings say from now on, each in a new file."""
        for running in self.running:
            try:
                signing = self._camera.plan(replace(running.order.request, codec=running.spec.profile.codec)).signing
            except PanocamError as fault:
                log.warning("recording %s goes on as it was: %s", running.id, fault)
                continue
            if signing == running.spec.signing:
                continue
            running.feed.leave(running.take)
            running.spec = replace(running.spec, signing=signing)
            running.feed = self._feed(running.spec)
            running.feed.join(running.take)
        self._forget_idle()

    def forget_buffered(self) -> None:
        """Recordings from now on begin with no picture of before."""
        for feed in self._feeds.values():
            feed.forget_before(self._clock.monotonic_ns())

    def buffered(self) -> Mapping[ChannelSpec, float]:
        """Seconds in the buffer of each channel that has one."""
        return {spec: feed.buffered for spec, feed in self._feeds.items()}

    async def close(self) -> None:
        """End all recordings in order."""
        await asyncio.gather(*(self._stop_quietly(running) for running in self.running))
        for feed in self._feeds.values():
            await feed.close()
        self._feeds.clear()

    def volume(self, disk: str) -> Volume:
        """Raises NotFound."""
        if disk not in self._volumes:
            raise NotFound(f"there is no disk {disk}; there is {', '.join(self._volumes) or 'none: set one up first'}")
        return self._volumes[disk]

    def can_record(self, disk: str) -> bool:
        """True when recordings that belong on ``disk`` can be written now, there or where they wait for it."""
        home = self._volumes.get(disk)
        return home is not None and self._place(home).usable

    # -- inside

    def _feed(self, spec: ChannelSpec) -> Feed:
        return self._feeds.setdefault(spec, Feed(self._camera, spec, PRE_BYTES))

    def _forget_idle(self) -> None:
        for spec in [spec for spec, feed in self._feeds.items() if not feed.busy]:
            del self._feeds[spec]

    def _place(self, home: Volume) -> Volume:
        """Where recordings of ``home`` begin now."""
        spare = None if home.usable else self.ways.spare(home)
        return spare if spare is not None and spare.usable else home

    async def _route(self, order: Order, spec: ChannelSpec) -> Route:
        home = self.volume(order.disk)
        volume = self._place(home)
        route = Route(home, volume, await self._writer(order, spec, volume), self.ways)
        if route.away:
            self.ways.moved(route)
        return route

    async def _writer(self, order: Order, spec: ChannelSpec, volume: Volume) -> Writer:
        description = await self._camera.describe(spec)
        now = self._clock.wall_ns()
        profile = spec.profile
        recording = Recording(
            new_id(now, self._serial), order.disk, spec.view, str(profile.codec), profile.width, profile.height, description.fps,
            order.kind, order.trigger, now, now,
        )  # fmt: skip
        label = Label(recording.id, self._serial, spec.view, self._name_of(spec.view), order.kind, order.trigger, order.disk)
        notes = self.notes.open(now - round(order.pre * NS)) if self.notes is not None else None
        writer = Writer(volume.disk, self._index, recording, label, description, notes=notes)
        await volume.open(writer)
        return writer

    def _take(self, running: Running, batch: list[Packet]) -> None:
        if batch[0].key and self._clock.monotonic_ns() - running.started_ns >= LONGEST_NS:
            running.started_ns = self._clock.monotonic_ns()
            asyncio.get_running_loop().create_task(self._renew(running))
        running.route.put(batch)

    async def _renew(self, running: Running) -> None:
        """Another identity for a recording that has lasted a day."""
        try:
            route = await self._route(running.order, running.spec)
        except PanocamError as fault:
            log.warning("recording %s goes on under its old identity: %s", running.id, fault)
            return
        if self._running.pop(running.id, None) is None:
            await route.volume.close(route.writer)
            return
        old, running.route, running.id = running.route, route, route.writer.recording.id
        running.ids.append(running.id)
        self._running[running.id] = running
        self._close_notes(old.writer)
        await old.close()

    def _close_notes(self, writer: Writer) -> None:
        if self.notes is not None:
            self.notes.leave(writer.notes)

    async def _stop_quietly(self, running: Running) -> None:
        try:
            await self.stop(running.id)
        except PanocamError as fault:
            log.warning("recording %s did not end in order: %s", running.id, fault)

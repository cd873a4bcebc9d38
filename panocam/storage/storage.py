"""Storage as one part of the camera: disks, index, recorder, library and exports, opened and closed together."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from panocam.clock import Clock
from panocam.errors import PanocamError
from panocam.pipeline.request import StreamRequest
from panocam.pipeline.service import Camera
from panocam.settings.storage import CARD
from panocam.storage.actions import Actions
from panocam.storage.address import ShareAddress
from panocam.storage.ageing import Ageing, Doubt
from panocam.storage.backfill import Backfill
from panocam.storage.disk import MARK, Disk, State
from panocam.storage.files import Files, LocalFiles
from panocam.storage.index import Index
from panocam.storage.jobs import Exports
from panocam.storage.library import Library
from panocam.storage.notes import Events, Notes
from panocam.storage.recorder import Order, Recorder, Running
from panocam.storage.retention import Keep
from panocam.storage.route import Route, Ways
from panocam.storage.shares import Shares
from panocam.storage.volume import Volume

log = logging.getLogger(__name__)

KEEP_UP_S = 2.0

OnFact = Callable[[str, Mapping[str, object]], None]


@dataclass(frozen=True)
class StorageOptions:
    """``card``: the directory of ``SD_DISK``, None for none. ``serial`` and ``facts`` name the camera in files and exports;
    ``name_of(view)`` is what a view is called; ``events`` is what is kept beside the pictures."""

    card: Path | None
    serial: str
    facts: Mapping[str, str]
    name_of: Callable[[int], str]
    events: Events | None = None


@dataclass(frozen=True)
class SharePlan:
    """A network share as a disk."""

    address: ShareAddress
    keep: Keep
    protected: bool = False


@dataclass(frozen=True)
class Plan:
    """What is wanted all the time: recordings by profile number, buffers in seconds, what is kept on the card, network shares by the disks
    that they are. ``failover``: the card stands in for a share that is away."""

    keep: Keep
    continuous: Mapping[int, Order]
    buffers: Sequence[tuple[StreamRequest, float]] = ()
    protected: bool = False
    shares: Mapping[str, SharePlan] = field(default_factory=dict)
    failover: bool = True


class Storage:
    """Use as ``async with Storage(...)``. ``on_fact(name, data)`` is called on the event loop with ``disk`` (its state changed),
    ``recording`` (one began or ended), ``failover``, and ``ageing`` (removing by age pauses or goes on)."""

    def __init__(
        self, folder: Path, camera: Camera, clock: Clock, options: StorageOptions, on_fact: OnFact = lambda name, data: None
    ) -> None:
        self._options, self._on_fact, self._clock = options, on_fact, clock
        self.index = Index(folder / "index.sqlite")
        self.ageing = Ageing(folder / "ageing.json", clock, self._doubted)
        self.volumes: dict[str, Volume] = {}
        self._disks: dict[str, Disk] = {}
        self._addresses: dict[str, ShareAddress] = {}
        self.backfill = Backfill(self.index, self.volumes, clock)
        self.recorder = Recorder(
            camera, self.index, self.volumes, clock, options.serial, options.name_of, self._recording_changed
        )  # fmt: skip
        self.recorder.ways = Ways(self._spare, self.backfill.drained, self._route_moved)
        if options.card is not None:
            self._add(Disk(CARD, LocalFiles(options.card)))
        self._notes = Notes(options.events) if options.events is not None else None
        self.recorder.notes = self._notes
        self.library = Library(self.index, self._disks)
        exports = folder / "exports"
        exports.mkdir(mode=0o700, exist_ok=True)
        self.exports = Exports(self.library, exports, clock, options.facts)
        self.actions = Actions()
        self.shares: Shares | None = None  # who sets them up, where the settings are at hand
        self._plan = Plan(Keep(), {})
        self._profiles: dict[int, str] = {}
        self._buffered: tuple[StreamRequest, ...] = ()
        self._said: dict[int, str] = {}
        self._task: asyncio.Task[None] | None = None
        self._wake = asyncio.Event()

    async def __aenter__(self) -> Self:
        self._loop = asyncio.get_running_loop()
        for volume in self.volumes.values():
            await volume.start()
        self.backfill.start()
        self._task = asyncio.create_task(self._keep_up(), name="continuous recordings")
        return self

    async def __aexit__(self, *exc: object) -> None:
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        await self.actions.close()
        await self.backfill.close()
        await self.recorder.close()
        if self._notes is not None:
            self._notes.close()
        await self.exports.close()
        await asyncio.gather(*(volume.stop() for volume in self.volumes.values()))
        self.index.close()

    def _add(self, disk: Disk) -> Volume:
        volume = Volume(disk, self.index, self._clock, Keep(), self._disk_changed)
        volume.present_ns = self.ageing.present_ns
        volume.running = lambda: frozenset(running.id for running in self.recorder.running)
        self.volumes[disk.id], self._disks[disk.id] = volume, disk
        return volume

    async def _even_out_disks(self) -> None:
        """Make disks of the shares that are wanted, and let go the others."""
        wanted = self._plan.shares
        for name, address in list(self._addresses.items()):
            if name not in wanted or wanted[name].address != address:
                del self._addresses[name], self._disks[name]
                await self._leave(self.volumes.pop(name))
        for name, share in wanted.items():
            if name not in self.volumes:
                self._addresses[name] = share.address
                files = await asyncio.to_thread(_share_files, share.address)
                await self._add(Disk(name, files)).start(wait=False)
            self.volumes[name].keep, self.volumes[name].protected = share.keep, share.protected

    async def _leave(self, volume: Volume) -> None:
        for running in self.recorder.running:
            if running.route.home is volume:
                await self._try(0, self.recorder.stop(running.id))
        await volume.stop()
        self._on_fact("disk", {"disk": volume.id, "state": State.OK, "reason": "no longer used"})

    def readable(self, disk: str) -> bool:
        """What lies on it can be read now."""
        volume = self.volumes.get(disk)
        if volume is not None and volume.state is State.UNMOUNTED and isinstance(volume.disk.files, LocalFiles):
            return volume.disk.files.size(MARK) is not None  # a card that was not taken out yet
        return volume is not None and volume.state.readable

    def _spare(self, home: Volume) -> Volume | None:
        """The card stands in for a share."""
        card = self.volumes.get(CARD)
        return card if self._plan.failover and card is not home else None

    def _route_moved(self, route: Route) -> None:
        if route.away:
            self.backfill.waits(route.home.id)
        reason = (route.home.reason or "it is too slow") if route.away else ""
        words = f"recordings go to {route.volume.id}: {reason}" if route.away else "recordings go there again"
        log.log(logging.WARNING if route.away else logging.INFO, "%s: %s", route.home.id, words)
        self._on_fact("failover", {"disk": route.home.id, "away": route.away, "to": route.volume.id, "reason": reason})
        self.backfill.wake()

    def set_plan(self, plan: Plan) -> None:
        """What is wanted from now on; the task that keeps it up does the rest."""
        self._plan = plan
        if CARD in self.volumes:
            self.volumes[CARD].keep, self.volumes[CARD].protected = plan.keep, plan.protected
        self._said.clear()
        self._wake.set()

    async def _keep_up(self) -> None:
        """Start what is wanted and does not run, stop what is not wanted any more; tried again every few seconds."""
        while True:
            self._wake.clear()
            await self._even_out()
            with contextlib.suppress(TimeoutError):  # not wait_for: in Python 3.11 that forgets a cancel that comes with the wake
                async with asyncio.timeout(KEEP_UP_S):
                    await self._wake.wait()

    async def _even_out(self) -> None:
        await self._even_out_disks()
        wanted, running = self._plan.continuous, {identity: r for r in self.recorder.running for identity in r.ids}
        for number, identity in list(self._profiles.items()):
            now = running.get(identity)
            if now is None or now.order != wanted.get(number):
                del self._profiles[number]
                if now is not None:
                    await self._try(number, self.recorder.stop(now.id))
        for number, order in wanted.items():
            if number not in self._profiles and self.recorder.can_record(order.disk):
                begun = await self._try(number, self.recorder.start(order))
                if begun is not None:
                    self._profiles[number] = begun
        self._buffer()

    async def _try(self, number: int, doing: Awaitable[str | None]) -> str | None:
        try:
            return await doing
        except PanocamError as fault:
            if self._said.get(number) != str(fault):
                self._said[number] = str(fault)
                log.warning("continuous recording %d: %s", number, fault)
            return None

    def _buffer(self) -> None:
        wanted = dict(self._plan.buffers)
        for request in {*self._buffered, *wanted}:
            try:
                self.recorder.buffer(request, wanted.get(request, 0.0))
            except PanocamError as fault:
                log.debug("pre-buffer: %s", fault)
        self._buffered = tuple(wanted)

    def _doubted(self, doubt: Doubt | None) -> None:
        """On the thread of a disk."""
        data = {"paused": doubt is not None, "ahead_ns": doubt.ahead_ns if doubt else 0}
        with contextlib.suppress(RuntimeError):  # the loop has closed
            self._loop.call_soon_threadsafe(self._on_fact, "ageing", data)

    def _disk_changed(self, volume: Volume) -> None:
        self._on_fact("disk", {"disk": volume.id, "state": volume.state, "reason": volume.reason})
        if volume.state is State.OK:
            self._wake.set()
            self.backfill.wake()

    def _recording_changed(self, running: Running, started: bool) -> None:
        disk = running.order.disk
        others = any(r.order.disk == disk for r in self.recorder.running)
        self._on_fact("recording", {"disk": disk, "id": running.id, "started": started, "ongoing": others, "kind": str(running.order.kind)})


def _share_files(address: ShareAddress) -> Files:
    from panocam.storage.smb import SmbFiles  # slow to load, and many cameras have no share

    return SmbFiles(address)

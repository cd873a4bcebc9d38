"""Storage as one part of the camera: disks, index, recorder, library and exports, opened and closed together."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from panocam.clock import Clock
from panocam.errors import PanocamError
from panocam.pipeline.request import StreamRequest
from panocam.pipeline.service import Camera
from panocam.storage.disk import Disk, State
from panocam.storage.files import LocalFiles
from panocam.storage.index import Index
from panocam.storage.jobs import Exports
from panocam.storage.library import Library
from panocam.storage.notes import Events, Notes
from panocam.storage.recorder import Order, Recorder, Running
from panocam.storage.retention import Keep
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
class Plan:
    """What is wanted all the time: recordings by profile number, buffers in seconds."""

    keep: Keep
    continuous: Mapping[int, Order]
    buffers: Sequence[tuple[StreamRequest, float]] = ()


class Storage:
    """Use as ``async with Storage(...)``. ``on_fact(name, data)`` is called on the event loop with ``disk`` (its state changed) and
    ``recording`` (one began or ended)."""

    def __init__(
        self, folder: Path, camera: Camera, clock: Clock, options: StorageOptions, on_fact: OnFact = lambda name, data: None
    ) -> None:
        self._options, self._on_fact = options, on_fact
        self.index = Index(folder / "index.sqlite")
        self.volumes: dict[str, Volume] = {}
        if options.card is not None:
            self.volumes["SD_DISK"] = Volume(Disk("SD_DISK", LocalFiles(options.card)), self.index, clock, Keep(), self._disk_changed)
        self._notes = Notes(options.events) if options.events is not None else None
        self.recorder = Recorder(camera, self.index, self.volumes, clock, options.serial, options.name_of, self._recording_changed)
        self.recorder.notes = self._notes
        self.library = Library(self.index, {id: volume.disk for id, volume in self.volumes.items()})
        exports = folder / "exports"
        exports.mkdir(mode=0o700, exist_ok=True)
        self.exports = Exports(self.library, exports, clock, options.facts)
        self._plan = Plan(Keep(), {})
        self._profiles: dict[int, str] = {}
        self._buffered: tuple[StreamRequest, ...] = ()
        self._said: dict[int, str] = {}
        self._task: asyncio.Task[None] | None = None
        self._wake = asyncio.Event()

    async def __aenter__(self) -> Self:
        for volume in self.volumes.values():
            await volume.start()
        self._task = asyncio.create_task(self._keep_up(), name="continuous recordings")
        return self

    async def __aexit__(self, *exc: object) -> None:
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        await self.recorder.close()
        if self._notes is not None:
            self._notes.close()
        await self.exports.close()
        for volume in self.volumes.values():
            await volume.stop()
        self.index.close()

    def set_plan(self, plan: Plan) -> None:
        """What is wanted from now on; the task that keeps it up does the rest."""
        self._plan = plan
        for volume in self.volumes.values():
            volume.keep = plan.keep
        self._said.clear()
        self._wake.set()

    async def _keep_up(self) -> None:
        """Start what is wanted and does not run, stop what is not wanted any more; tried again every few seconds."""
        while True:
            self._wake.clear()
            await self._even_out()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), KEEP_UP_S)

    async def _even_out(self) -> None:
        wanted, running = self._plan.continuous, {identity: r for r in self.recorder.running for identity in r.ids}
        for number, identity in list(self._profiles.items()):
            now = running.get(identity)
            if now is None or now.order != wanted.get(number):
                del self._profiles[number]
                if now is not None:
                    await self._try(number, self.recorder.stop(now.id))
        for number, order in wanted.items():
            if number not in self._profiles and self.recorder.volume_usable(order.disk):
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

    def _disk_changed(self, volume: Volume) -> None:
        self._on_fact("disk", {"disk": volume.id, "state": volume.state, "reason": volume.reason})
        if volume.state is State.OK:
            self._wake.set()

    def _recording_changed(self, running: Running, started: bool) -> None:
        disk = running.order.disk
        others = any(r.order.disk == disk for r in self.recorder.running)
        self._on_fact("recording", {"disk": disk, "id": running.id, "started": started, "ongoing": others, "kind": str(running.order.kind)})

"""Motion in the areas that are watched, as conditions on the bus: one for each area, and one for any of them.

A look that sees something move is told by ``seen``; motion is over when no look has seen any for as long as the area holds it. So a source
that is lost, or a picture that cannot be compared, ends it by itself.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from types import TracebackType
from typing import Self

from panocam.clock import NS, Clock
from panocam.events.bus import Bus
from panocam.events.topics import MOTION, MOTION_ALARM
from panocam.settings.motion import MotionArea

CHANNEL = 0


class MotionStates:
    """Use as ``async with``; all methods on the event loop."""

    def __init__(self, bus: Bus, clock: Clock) -> None:
        self._bus, self._clock = bus, clock
        self._areas: Mapping[int, MotionArea] = {}
        self._until: dict[int, int] = {}
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._run(), name="motion")
        return self

    async def __aexit__(self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    @property
    def active(self) -> frozenset[int]:
        """The areas in which there is motion now."""
        return frozenset(self._until)

    def watch(self, areas: Sequence[MotionArea]) -> None:
        """These, of which those that are switched on count. One that looks for something else begins without motion."""
        before, self._areas = self._areas, {area.id: area for area in areas if area.enabled}
        for id, area in before.items():
            now = self._areas.get(id)
            if now is None or now.name != area.name:  # clients know areas by name
                self._bus.retire(MOTION, _source(id))
            if now is None or now.corners != area.corners:
                self._until.pop(id, None)
        if before and not self._areas:
            self._bus.retire(MOTION_ALARM, {"channel": CHANNEL})
        self.tick()

    def seen(self, ids: Iterable[int]) -> None:
        """Something moves in these areas just now."""
        now = self._clock.monotonic_ns()
        for id in ids:
            if id in self._areas:
                self._until[id] = now + self._areas[id].hold * NS
        self.tick()
        self._wake.set()

    def tick(self) -> int | None:
        """Tell how things are; returns when motion is over next (monotonic)."""
        now = self._clock.monotonic_ns()
        self._until = {id: until for id, until in self._until.items() if now < until}
        for id, area in self._areas.items():
            self._bus.emit(MOTION, _source(id), active=id in self._until, name=area.name)
        if self._areas:
            self._bus.emit(MOTION_ALARM, {"channel": CHANNEL}, active=bool(self._until))
        return min(self._until.values(), default=None)

    async def _run(self) -> None:
        while True:
            self._wake.clear()
            due = self.tick()
            try:
                async with asyncio.timeout(None if due is None else max(0.0, (due - self._clock.monotonic_ns()) / NS)):
                    await self._wake.wait()
            except TimeoutError:
                continue


def _source(id: int) -> dict[str, int]:
    return {"channel": CHANNEL, "motion_area": id}

"""The clock's events: which schedules are active, and pulses.

Once a second the clock is compared with the moment at which something changes next, which is computed once; that moment itself is slept
for. When the clock was set (by NTP, by a person, or by the machine, which a second clock that runs evenly gives away), when the zone
changes or the schedules do, everything is computed anew at once: states become what they are by the new time, and no pulse is made up for
the moments in between.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from datetime import tzinfo
from typing import Self

from panocam.clock import NS, Clock
from panocam.events.bus import Bus
from panocam.events.event import Event
from panocam.events.recurrence import Standing, standing
from panocam.events.topics import CLOCK_SET, SCHEDULE_ACTIVE, SCHEDULE_PULSE
from panocam.settings.schedules import Schedule

log = logging.getLogger(__name__)

LOOK_S = 1.0
JUMP_NS = NS // 2
"""The clock and the one that runs evenly may be so far apart between two looks; more is a jump."""


class Scheduler:
    """Runs while the ``async with`` block does. ``apply`` gives it other schedules, or tells that the zone may be another."""

    def __init__(self, clock: Clock, bus: Bus) -> None:
        self._clock, self._bus = clock, bus
        self._schedules: tuple[Schedule, ...] = ()
        self._standings: dict[str, Standing] = {}
        self._told: set[str] = set()
        self._zone: tzinfo | None = None
        self._apart = 0
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._forget = bus.subscribe(self._set, CLOCK_SET.path)

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._run(), name="schedules")
        return self

    async def __aexit__(self, *exc: object) -> None:
        self._forget()
        if self._task is not None:
            self._task.cancel()

    @property
    def standings(self) -> Mapping[str, Standing]:
        """How each schedule stood when something changed last, by id."""
        return self._standings

    def apply(self, schedules: tuple[Schedule, ...]) -> None:
        """Follow these from now on."""
        self._schedules = schedules
        self._anew()

    def look(self) -> None:
        """Tell what is due by now."""
        if self._jumped() or self._clock.zone is not self._zone:
            self._anew()
            return
        now = self._clock.wall_ns()
        for schedule in self._schedules:
            due = self._standings[schedule.id].next_ns
            if due is not None and now >= due:
                self._stand(schedule, now)
                if schedule.kind == "pulse":
                    self._bus.emit(SCHEDULE_PULSE, {"schedule": schedule.id})

    def due_s(self) -> float:
        """How long until the next look is needed."""
        due = min((each.next_ns for each in self._standings.values() if each.next_ns is not None), default=None)
        return LOOK_S if due is None else min(max(0.0, (due - self._clock.wall_ns()) / NS), LOOK_S)

    def _anew(self) -> None:
        """Everything by the clock of this moment; what is gone or no longer lasts is retired."""
        self._zone, self._apart = self._clock.zone, self._clock.wall_ns() - self._clock.monotonic_ns()
        now = self._clock.wall_ns()
        self._standings = {}
        for schedule in self._schedules:
            self._stand(schedule, now)
        lasting = {schedule.id for schedule in self._schedules if schedule.kind == "schedule"}
        for gone in self._told - lasting:
            self._bus.retire(SCHEDULE_ACTIVE, {"schedule": gone})
        self._told = lasting
        self._wake.set()

    def _stand(self, schedule: Schedule, now: int) -> None:
        now_stands = self._standings[schedule.id] = standing(schedule, now, self._clock.zone)
        if schedule.kind == "schedule":
            self._bus.emit(SCHEDULE_ACTIVE, {"schedule": schedule.id}, active=now_stands.active)

    def _jumped(self) -> bool:
        apart = self._clock.wall_ns() - self._clock.monotonic_ns()
        jump, self._apart = apart - self._apart, apart
        return abs(jump) > JUMP_NS

    def _set(self, _event: Event) -> None:
        self._anew()

    async def _run(self) -> None:
        while True:
            self.look()
            self._wake.clear()
            try:
                async with asyncio.timeout(self.due_s()):
                    await self._wake.wait()
            except TimeoutError:
                pass

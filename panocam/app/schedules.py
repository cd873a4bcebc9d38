"""Schedules follow the settings and the camera's clock."""

from __future__ import annotations

from panocam.clock import Clock
from panocam.events.bus import Bus
from panocam.events.schedules import Scheduler
from panocam.settings import Snapshot, Store


def make_scheduler(clock: Clock, store: Store, bus: Bus) -> Scheduler:
    """Make it when the clock is set: bindings made later hear of a new zone later. Enter it with ``async with``."""
    scheduler = Scheduler(clock, bus)

    def apply(_old: Snapshot, new: Snapshot) -> None:
        scheduler.apply(new.schedules.items)

    apply(store.running, store.running)
    store.bind(["schedules", "time"], apply)
    return scheduler

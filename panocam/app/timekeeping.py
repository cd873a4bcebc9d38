"""The camera's clock: set as the settings say, its zone given to whoever shows times, its jumps told as events."""

from __future__ import annotations

from panocam.clock import NS, CameraClock
from panocam.events.bus import Bus
from panocam.events.topics import CLOCK_SET, CLOCK_SYNCHRONISED
from panocam.pipeline.overlays.board import OverlayBoard
from panocam.settings import Snapshot, Store
from panocam.settings.timekeeping import server_address
from panocam.settings.zones import zone
from panocam.timekeeping.keeper import Listener, TimeKeeper, TimePlan


def make_timekeeper(clock: CameraClock, store: Store, board: OverlayBoard, bus: Bus) -> TimeKeeper:
    """Keeps the clock as the settings say from now on. Enter it with ``async with``."""
    keeper = TimeKeeper(clock, clock_facts(bus))

    def apply(_old: Snapshot, new: Snapshot) -> None:
        keeper.apply(time_plan(new))
        board.zone = clock.zone

    apply(store.running, store.running)
    store.bind(["time"], apply)
    return keeper


def time_plan(settings: Snapshot) -> TimePlan:
    """What the settings want of the clock."""
    time = settings.time
    return TimePlan(
        source=time.source,
        correction_ns=round(time.correction * NS),
        servers=tuple((name, *server_address(name)) for name in time.ntp_servers),
        polls=(time.ntp_minpoll, time.ntp_maxpoll),
        zone=zone(time.zone, time.daylight_saving),
    )


def clock_facts(bus: Bus) -> Listener:
    """What to call with each fact of the clock."""
    known: tuple[bool, str] | None = None

    def synchronised(yes: bool, reason: str) -> None:
        nonlocal known
        if (yes, reason) != known:
            known = yes, reason
            bus.emit(CLOCK_SYNCHRONISED, synchronised=yes, reason=reason)

    def stepped(seconds: float, by: str) -> None:
        bus.emit(CLOCK_SET, seconds=seconds, by=str(by))

    return Listener(stepped, synchronised)

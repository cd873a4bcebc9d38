"""The rules of one camera: which performer does which kind of action, and what there is to choose from."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Callable, Mapping, Sequence

from panocam.api.rules import RuleDesk
from panocam.api.services import Services
from panocam.app.performers.held import Held
from panocam.app.performers.ledger import Ledger
from panocam.app.performers.tours import Tours
from panocam.clock import Clock
from panocam.events.rules.check import check
from panocam.events.rules.choices import Choice, Lists
from panocam.events.rules.runner import Performer, RuleRunner
from panocam.ports import BUTTON, INPUTS
from panocam.settings import SYSTEM, Changed, DataFolder, Snapshot, StorageFailed
from panocam.settings.ports import Direction
from panocam.settings.ptz import HOME
from panocam.settings.storage import disk_names

FIRST_AREA = 4
"""View index of view area 1."""


@contextlib.asynccontextmanager
async def run_rules(folder: DataFolder, services: Services, clock: Clock) -> AsyncIterator[RuleDesk]:
    """Rules act until the block ends. Everything that a condition may be about must have been told on the bus."""
    performers = make_performers(services, Ledger(folder, clock))
    desk = make_desk(services, clock, performers)
    async with desk.runner:
        desk.runner.set_rules(services.settings.running.rules.items)
        await desk.runner.settled()
        for held in {performer for performer in performers.values() if isinstance(performer, Held)}:
            await held.settle(SYSTEM)
        yield desk


def make_desk(services: Services, clock: Clock, performers: Mapping[str, Performer]) -> RuleDesk:
    """The rules of the settings, which must be ones that can be meant."""
    store, lists = services.settings, choice_lists(services)
    runner = RuleRunner(clock, services.bus, performers)

    def usable(old: Snapshot, new: Snapshot) -> None:
        was = {rule.id: rule for rule in old.rules.items}
        for rule in new.rules.items:
            if rule.id not in was or not rule.same_work(was[rule.id]):
                check(rule, lists)

    def heard(fact: Changed | StorageFailed) -> None:
        if isinstance(fact, Changed) and "rules.items" in fact.paths:
            runner.set_rules(fact.new.rules.items)

    store.bind(["rules"], usable)
    store.listen(heard)
    return RuleDesk(store, runner, lists)


def make_performers(services: Services, ledger: Ledger) -> Mapping[str, Performer]:
    """What does each kind of action."""
    tours = Tours(services.ptz, ledger)
    return {
        "tour.fixed": tours,
        "tour.active": tours,
    }


def choice_lists(services: Services) -> Lists:
    """What there is at the moment, by the name of the list."""
    store, ptz = services.settings, services.ptz

    def areas() -> Sequence[Choice]:
        return [Choice(number, store.running.views[FIRST_AREA + number - 1].name) for number in range(1, 5)]

    def tours() -> Sequence[Choice]:
        return [Choice(tour.number, tour.name) for tour in ptz.library.tours()]

    def area_presets() -> Sequence[Choice]:
        found = {number: name for area in range(1, 5) for number, name in ((each.number, each.name) for each in ptz.library.presets(area))}
        found[HOME] = "Home"
        return [Choice(number, name) for number, name in sorted(found.items())]

    def schedules(kind: str) -> Callable[[], Sequence[Choice]]:
        return lambda: [Choice(each.id, each.name) for each in store.running.schedules.items if each.kind == kind]

    return {
        "schedules": schedules("schedule"),
        "pulses": schedules("pulse"),
        "areas": areas,
        "tours": tours,
        "area presets": area_presets,
        "channels": lambda: [Choice(0, "Source")],
        "inputs": _ports(services, Direction.INPUT),
        "outputs": _ports(services, Direction.OUTPUT),
        "virtual inputs": lambda: [Choice(number, f"Virtual input {number}") for number in range(1, INPUTS + 1)],
        "triggers": lambda: [Choice(BUTTON, "Manual trigger")],
        "disks": lambda: [Choice(disk, name) for disk, name in disk_names(store.running.storage).items()],
    }


def _ports(services: Services, direction: Direction) -> Callable[[], Sequence[Choice]]:
    return lambda: [Choice(each.number, each.port.name) for each in services.board.ports if each.port.direction is direction]

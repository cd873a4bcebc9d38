"""The rules of one camera: which performer does which kind of action, and what there is to choose from."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Callable, Mapping, Sequence

from panocam.api.rules import RuleDesk
from panocam.api.services import Services, overlays, recipients_of, storage_of
from panocam.app.performers.films import Films
from panocam.app.performers.held import Held
from panocam.app.performers.ledger import Ledger
from panocam.app.performers.looks import LookWay
from panocam.app.performers.outputs import OutputWay
from panocam.app.performers.presets import Presets
from panocam.app.performers.senders import Notices, Pictures
from panocam.app.performers.texts import TextWay
from panocam.app.performers.tours import Tours
from panocam.clock import Clock
from panocam.events.modifiers import SLOTS
from panocam.events.rules.actions import ALL_VIEWS
from panocam.events.rules.check import check
from panocam.events.rules.choices import Choice, Lists
from panocam.events.rules.runner import Performer, RuleRunner
from panocam.events.rules.sending import SENDING
from panocam.optics.catalog import available
from panocam.optics.mount import Mount
from panocam.pipeline.renderer import FIRST_AREA
from panocam.ports import BUTTON, INPUTS
from panocam.settings import Changed, DataFolder, Snapshot, StorageFailed
from panocam.settings.ports import Direction
from panocam.settings.storage import CARD, disk_names

AREAS = range(1, 5)

BEGIN_S = 2.0
"""How long the start of the camera waits for what rules begin with."""

TAMPERINGS = (
    Choice("dark", "Went dark"),
    Choice("blurred", "Covered, sprayed or out of focus"),
    Choice("moved", "Turned"),
)
AFTERWARDS = (Choice("home", "Go home"), Choice("back", "Go back to where it was"), Choice("stay", "Stay"))


@contextlib.asynccontextmanager
async def run_rules(folder: DataFolder, services: Services, clock: Clock) -> AsyncIterator[RuleDesk]:
    """Rules act until the block ends. Everything that a condition may be about must have been told on the bus."""
    performers = make_performers(services, Ledger(folder, clock), clock)
    desk = make_desk(services, clock, performers)
    async with desk.runner:
        desk.runner.set_rules(services.settings.running.rules.items)
        await desk.runner.settled(BEGIN_S)
        for held in {performer for performer in performers.values() if isinstance(performer, Held)}:
            await held.settle()
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

    for each in performers.values():
        if isinstance(each, Notices | Pictures):
            each.heard = runner.heard
    store.bind(["rules"], usable)
    store.listen(heard)
    return RuleDesk(store, runner, lists)


def make_performers(services: Services, ledger: Ledger, clock: Clock) -> Mapping[str, Performer]:
    """What does each kind of action."""
    tours, presets, outputs = Tours(services.ptz, ledger), Presets(services.ptz, ledger), Held(OutputWay(services.board), ledger)
    looks = Held(LookWay(services.settings), ledger)
    texts, films = Held(TextWay(overlays(services)), ledger), Films(lambda: storage_of(services).recorder, services.settings)
    sending = recipients_of(services), overlays(services).say, clock
    notices, pictures = Notices(*sending), Pictures(*sending, services.settings, services.camera.snapshot)
    return {
        **{kind.kind: pictures if kind.kind.startswith("images_") else notices for kind in SENDING},
        "tour.fixed": tours,
        "tour.active": tours,
        "preset.fixed": presets,
        "preset.active": presets,
        "overlay_text.fixed": texts,
        "overlay_text.active": texts,
        "record.fixed": films,
        "record.active": films,
        "output.fixed": outputs,
        "output.active": outputs,
        "wdr.active": looks,
        "defog.active": looks,
    }


def choice_lists(services: Services) -> Lists:
    """What there is at the moment, by the name of the list."""
    store, ptz = services.settings, services.ptz

    def views() -> list[Choice]:
        there = [row.index for row in available(Mount(store.running.installation.mount))]
        return [Choice(index, store.running.views[index].name) for index in there]

    def area_presets() -> Sequence[Choice]:
        found = {each.number: each.name for area in AREAS for each in ptz.library.presets(area)}
        return [Choice(number, name) for number, name in sorted(found.items())]

    def presets() -> Sequence[Choice]:
        rows = ((FIRST_AREA + area - 1, each) for area in AREAS for each in ptz.library.presets(area))
        return [Choice(each.number, each.name, {"view": view}) for view, each in rows]

    def disks() -> Sequence[Choice]:
        there = services.storage.volumes if services.storage is not None else {}
        return [Choice(disk, name) for disk, name in disk_names(store.running.storage).items() if disk != CARD or disk in there]

    def schedules(kind: str) -> Callable[[], Sequence[Choice]]:
        return lambda: [Choice(each.id, each.name) for each in store.running.schedules.items if each.kind == kind]

    return {
        "afterwards": lambda: AFTERWARDS,
        "area presets": area_presets,
        "areas": lambda: [Choice(area, store.running.views[FIRST_AREA + area - 1].name) for area in AREAS],
        "channels": lambda: [Choice(0, "Source")],
        "disks": disks,
        "inputs": _ports(services, Direction.INPUT),
        "motion areas": lambda: [Choice(each.id, each.name) for each in store.running.motion.areas],
        "moving views": lambda: [each for each in views() if each.value in ptz.areas],
        "email recipients": _recipients(services, "email"),
        "HTTP recipients": _recipients(services, "http"),
        "methods": lambda: [Choice(name, name) for name in ("GET", "POST", "PUT", "PATCH", "DELETE")],
        "tampering": lambda: TAMPERINGS,
        "TCP recipients": _recipients(services, "tcp"),
        "outputs": _ports(services, Direction.OUTPUT),
        "presets": presets,
        "pulses": schedules("pulse"),
        "schedules": schedules("schedule"),
        "slots": lambda: [Choice(slot, f"#D{slot or ''}") for slot in range(SLOTS + 1)],
        "stream profiles": lambda: [Choice("", "None"), *(Choice(each.name, each.name) for each in store.running.profiles.items)],
        "text views": lambda: [Choice(ALL_VIEWS, "All views"), *views()],
        "tours": lambda: [Choice(tour.number, tour.name) for tour in ptz.library.tours()],
        "triggers": lambda: [Choice(BUTTON, "Manual trigger")],
        "views": views,
        "virtual inputs": lambda: [Choice(number, f"Virtual input {number}") for number in range(1, INPUTS + 1)],
    }


def _ports(services: Services, direction: Direction) -> Callable[[], Sequence[Choice]]:
    return lambda: [Choice(each.number, each.port.name) for each in services.board.ports if each.port.direction is direction]


def _recipients(services: Services, kind: str) -> Callable[[], Sequence[Choice]]:
    return lambda: [Choice(each.id, each.name) for each in services.settings.running.recipients.items if each.kind == kind]

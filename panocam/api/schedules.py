"""Schedules, as every dialect lists, makes, changes and removes them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from panocam.api.faults import validated
from panocam.api.services import Services
from panocam.errors import InvalidValue, NotFound
from panocam.events.recurrence import Standing, standing
from panocam.events.topics import SCHEDULE_ACTIVE, SCHEDULE_PULSE
from panocam.settings.role import Actor
from panocam.settings.schedules import MOST, READY_MADE, Schedule
from panocam.settings.snapshot import Snapshot

SETTING = "schedules.items"
READY = {id: place for place, id in enumerate(READY_MADE)}


def schedules(services: Services) -> tuple[Schedule, ...]:
    """All of them, the ready-made ones first as long as they are there."""
    return services.settings.snapshot.schedules.items


def stands(services: Services, schedule: Schedule) -> Standing:
    """How it stands at this moment."""
    return standing(schedule, services.clock.wall_ns(), services.clock.zone)


async def add(services: Services, wanted: Mapping[str, object], by: Actor) -> Schedule:
    """Make a schedule; without an ``id`` it gets a free one. Raises InvalidValue; as the store does."""
    made: list[Schedule] = []

    def law(now: Snapshot) -> Mapping[str, object]:
        items = now.schedules.items
        schedule = validated(Schedule, {**wanted, "id": wanted.get("id") or _free(items)})
        if now.schedules.find(schedule.id) is not None:
            raise InvalidValue("id", schedule.id, "already exists; remove that schedule first, or change it")
        if len(items) >= MOST:
            raise InvalidValue("schedules", len(items), f"at most {MOST} are kept; remove one first")
        made.append(schedule)
        return _as_setting(sorted((*items, schedule), key=lambda each: READY[each.id] if each.id in READY else len(READY)))

    await services.settings.revise(law, by)
    return made[-1]


async def change(services: Services, id: str, wanted: Mapping[str, object], by: Actor) -> Schedule:
    """Change a schedule; what is not named stays. Raises NotFound, InvalidValue (also where rules use the kind that it was); as the store
    does."""

    def law(now: Snapshot) -> Mapping[str, object]:
        old = _find(now, id)
        new = validated(Schedule, {**old.model_dump(), **wanted, "id": id})
        if new.kind != old.kind:
            _refuse_used(now, old)
        return _as_setting(new if item is old else item for item in now.schedules.items)

    return _find(await services.settings.revise(law, by), id)


async def remove(services: Services, id: str, by: Actor) -> None:
    """Forget a schedule. Raises NotFound, InvalidValue where rules use it; as the store does."""

    def law(now: Snapshot) -> Mapping[str, object]:
        gone = _find(now, id)
        _refuse_used(now, gone)
        return _as_setting(item for item in now.schedules.items if item is not gone)

    await services.settings.revise(law, by)


def find(services: Services, id: str) -> Schedule:
    """Raises NotFound."""
    return _find(services.settings.snapshot, id)


def _find(now: Snapshot, id: str) -> Schedule:
    found = now.schedules.find(id)
    if found is None:
        raise NotFound(f"there is no schedule {id!r}")
    return found


def _refuse_used(now: Snapshot, schedule: Schedule) -> None:
    topics = {SCHEDULE_ACTIVE.path, SCHEDULE_PULSE.path}
    conditions = ((rule.name, each) for rule in now.rules.items for each in rule.conditions)
    users = {name: "" for name, each in conditions if each.topic in topics and each.where.get("schedule") == schedule.id}
    if users:
        raise InvalidValue("schedule", schedule.id, f"is used by the rules {', '.join(users)}; change or remove them first")


def _free(items: Iterable[Schedule]) -> str:
    taken = {item.id for item in items}
    return next(id for id in (f"schedule{number}" for number in range(1, MOST + 2)) if id not in taken)


def _as_setting(items: Iterable[Schedule]) -> Mapping[str, object]:
    return {SETTING: [item.model_dump(mode="json") for item in items]}

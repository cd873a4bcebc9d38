"""Guard tours as parameters: the groups GuardTour.G# and GuardTour.G#.Tour.T#.

The settings allow one running tour for each view area; starting one here stops the other, in the same transaction.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

from panocam.api.endpoint import Call
from panocam.api.services import Services
from panocam.api.vapix.params.leaf import YES_NO, Changes, Codec, Leaf, Shape, number, text, whole
from panocam.api.vapix.params.members import Attribute, Member, Members, attribute
from panocam.api.vapix.params.tree import Living, Template
from panocam.errors import InvalidValue, NotFound
from panocam.ptz.library import NOWHERE
from panocam.settings.ptz import Step, Tour

SETTING, GROUP = "ptz.tours", "GuardTour"
FIRST_CAMERA = 5
"""``camera=`` of view area 1."""

AREA = Codec(lambda area: str(area + FIRST_CAMERA - 1), lambda camera: number(camera) - FIRST_CAMERA + 1, Shape("int", 5, 8))
MINUTES = Codec(lambda seconds: str(math.ceil(seconds / 60)), lambda minutes: 60 * number(minutes), Shape("int", 0, 9999))

TOURS = Members(
    SETTING,
    GROUP,
    "G",
    (
        attribute("Name", "name", text(64)),
        attribute("CamNbr", "area", AREA),
        attribute("RandomEnabled", "random", YES_NO),
        attribute("TimeBetweenSequences", "pause", MINUTES),
        attribute("Running", "running", YES_NO),
    ),
    lambda position, member: int(member["number"]),
)

STEP = (
    attribute("PresetNbr", "preset", whole(1, 3600)),
    attribute("MoveSpeed", "speed", whole(1, 100)),
    attribute("WaitTime", "seconds", whole(0, 216_000)),
    Attribute("WaitTimeViewType", lambda member: "Seconds"),
)


def leaves(services: Services) -> Iterator[Leaf]:
    """Every leaf of every tour that goes through preset positions; recorded ones have calls of their own."""
    for tour in TOURS.all(services):
        if tour["kind"] != "preset":
            continue
        prefix = f"{GROUP}.G{tour['number']}"
        for leaf in TOURS.leaves(services):
            if leaf.path.startswith(prefix + "."):
                yield _alone(leaf, tour["number"]) if leaf.path.endswith(".Running") else leaf
        for position, step in enumerate(tour["steps"]):
            yield Leaf(f"{prefix}.Tour.T{position}.Position", lambda services, place=str(position + 1): place)  # type: ignore[misc]
            yield from (_step(prefix, tour["number"], position, step, row) for row in STEP)


def _alone(leaf: Leaf, tour: int) -> Leaf:
    """``Running`` of a tour: yes stops the one that runs in the same view area."""

    def write(services: Services, value: str, so_far: Changes) -> Changes:
        members = TOURS.all(services, so_far)
        chosen = TOURS.find(members, tour)
        if chosen["running"] != (running := YES_NO.read(value)):
            if running and not services.ptz.library.leads_somewhere(chosen["area"], (step["preset"] for step in chosen["steps"])):
                raise ValueError(NOWHERE)
            for other in members:
                other["running"] = other["running"] and other["area"] != chosen["area"] if running else other["running"]
            chosen["running"] = running
        return {SETTING: members}

    return Leaf(leaf.path, leaf.read, leaf.shape, write, leaf.read_role, leaf.write_role)


def _step(prefix: str, tour: int, position: int, step: Member, row: Attribute) -> Leaf:
    path, shown, change = f"{prefix}.Tour.T{position}.{row.name}", row.show(step), row.change
    if change is None:
        return Leaf(path, lambda services: shown, row.shape)

    def write(services: Services, value: str, so_far: Changes) -> Changes:
        members = TOURS.all(services, so_far)
        owner = TOURS.find(members, tour)
        owner["steps"] = [dict(each) for each in owner["steps"]]
        change(owner["steps"][position], value)
        return {SETTING: members}

    return Leaf(path, lambda services: shown, row.shape, write)


async def _add(call: Call[None], group: str, values: Mapping[str, str]) -> str:
    members = TOURS.all(call.services)
    taken = {each["number"] for each in members}
    free = next(n for n in range(len(taken) + 1) if n not in taken)
    new = TOURS.filled(Tour(number=free, area=1, name=f"Tour {free}").model_dump(mode="json"), values)
    await call.services.settings.patch({SETTING: [*members, new]}, call.caller)
    return f"G{free}"


async def _remove(call: Call[None], group: str, member: str) -> None:
    await call.services.ptz.remove_tour(_number(member), call.caller)


async def _add_step(call: Call[None], group: str, values: Mapping[str, str]) -> str:
    members = TOURS.all(call.services)
    owner = TOURS.find(members, _number(group.split(".")[1]))
    step = Step(preset=1).model_dump(mode="json")
    known = {row.name: row for row in STEP}
    for name, value in values.items():
        row = known.get(name)
        if row is not None and row.change is not None:
            row.change(step, value)
        elif row is not None and value != row.show(step):
            raise ValueError(f"{name} can only be {row.show(step)}")
    place = min(number(values.get("Position", "0")) or len(owner["steps"]) + 1, len(owner["steps"]) + 1) - 1
    owner["steps"] = [*owner["steps"][:place], step, *owner["steps"][place:]]
    await call.services.settings.patch({SETTING: members}, call.caller)
    return f"T{place}"


async def _remove_step(call: Call[None], group: str, member: str) -> None:
    members = TOURS.all(call.services)
    owner, place = TOURS.find(members, _number(group.split(".")[1])), _number(member)
    if place >= len(owner["steps"]):
        raise NotFound(f"{group}.{member} is not there")
    owner["steps"] = [step for position, step in enumerate(owner["steps"]) if position != place]
    await call.services.settings.patch({SETTING: members}, call.caller)


def _number(part: str) -> int:
    try:
        return number(part[1:])
    except ValueError:
        raise InvalidValue("group", part, "use a letter and a number, as in G0") from None


LIVING = Living(GROUP, leaves)
TEMPLATES = (
    Template("guardtour", GROUP, "G", _add, _remove),
    Template("tour", f"{GROUP}.G#.Tour", "T", _add_step, _remove_step),
)

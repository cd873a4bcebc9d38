"""Guard tours as parameters: the groups GuardTour.G# and GuardTour.G#.Tour.T#.

The settings allow one running tour for each view area; starting one here stops the other, in the same transaction.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

from panocam.api.endpoint import Call
from panocam.api.services import Services
from panocam.api.vapix.params.leaf import YES_NO, Changes, Codec, Leaf, Shape, choice, number, text, whole
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


def _show_wait(step: Member) -> str:
    return str(step["seconds"] // 60 if _in_minutes(step) else step["seconds"])


def _in_minutes(step: Member) -> bool:
    """A duration that others have made a part of a minute is told in seconds."""
    return bool(step["minutes"]) and step["seconds"] % 60 == 0


def _wait(step: Member, value: str) -> None:
    step["seconds"] = number(value) * (60 if step["minutes"] else 1)


def _wait_in(step: Member, unit: str) -> None:
    """The unit of a duration that is there already: its number stays."""
    if unit not in UNITS.shape.choices:
        raise ValueError(f"use one of {', '.join(UNITS.shape.choices)}")
    amount = int(_show_wait(step))
    step["minutes"] = unit == "Minutes"
    step["seconds"] = amount * (60 if step["minutes"] else 1)


UNITS = choice({"Seconds": False, "Minutes": True})
STEP = (
    attribute("PresetNbr", "preset", whole(1, 3600)),
    attribute("Position", "place", whole(1, 3600)),
    attribute("MoveSpeed", "speed", whole(1, 100)),
    Attribute("WaitTime", _show_wait, _wait, Shape("int", 0, 3600)),
    Attribute("WaitTimeViewType", lambda step: UNITS.show(_in_minutes(step)), _wait_in, Shape("enum", choices=UNITS.shape.choices)),
)
"""Of a step that is being changed, ``step["minutes"]`` says what a number means that is written."""


def leaves(services: Services) -> Iterator[Leaf]:
    """Every leaf of every tour that goes through preset positions; recorded ones have calls of their own."""
    for tour in TOURS.all(services):
        if tour["kind"] != "preset":
            continue
        prefix = f"{GROUP}.G{tour['number']}"
        for leaf in TOURS.leaves(services):
            if leaf.path.startswith(prefix + "."):
                yield _alone(leaf, tour["number"]) if leaf.path.endswith(".Running") else leaf
        for step in tour["steps"]:
            yield from (_step(prefix, tour["number"], step, row) for row in STEP)


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


def _step(prefix: str, tour: int, step: Member, row: Attribute) -> Leaf:
    path, shown, change = f"{prefix}.Tour.T{step['number']}.{row.name}", row.show(step), row.change
    assert change is not None

    def write(services: Services, value: str, so_far: Changes) -> Changes:
        members = TOURS.all(services, so_far)
        owner = TOURS.find(members, tour)
        owner["steps"] = [dict(each) for each in owner["steps"]]
        change(next(each for each in owner["steps"] if each["number"] == step["number"]), value)
        return {SETTING: members}

    return Leaf(path, lambda services: shown, row.shape, write)


async def _add(call: Call[None], group: str, values: Mapping[str, str]) -> str:
    members = TOURS.all(call.services)
    taken = {each["number"] for each in members}
    free = next(n for n in range(len(taken) + 1) if n not in taken)
    new = TOURS.filled(Tour(number=free, area=1, name=f"Tour {free}").model_dump(mode="json"), values)
    if new["running"]:
        raise ValueError("Running can only be no until the tour has preset positions: add them, then start it")
    await call.services.settings.patch({SETTING: [*members, new]}, call.caller)
    return f"G{free}"


async def _remove(call: Call[None], group: str, member: str) -> None:
    await call.services.ptz.remove_tour(_number(member), call.caller)


async def _add_step(call: Call[None], group: str, values: Mapping[str, str]) -> str:
    members = TOURS.all(call.services)
    owner = TOURS.find(members, _number(group.split(".")[1]))
    if "PresetNbr" not in values:
        raise ValueError("PresetNbr must be given: the number of a preset position")
    taken = {each["number"] for each in owner["steps"]}
    free = next(n for n in range(len(taken) + 1) if n not in taken)
    last = max((each["place"] for each in owner["steps"]), default=0)
    step = Step(preset=1, number=free, place=min(last + 1, 3600)).model_dump(mode="json")
    for row in sorted(STEP, key=lambda row: row.name):  # a duration before its unit
        if row.name in values and row.change is not None:
            row.take(step, values[row.name])
    owner["steps"] = [*owner["steps"], step]
    await call.services.settings.patch({SETTING: members}, call.caller)
    return f"T{free}"


async def _remove_step(call: Call[None], group: str, member: str) -> None:
    members = TOURS.all(call.services)
    owner, gone = TOURS.find(members, _number(group.split(".")[1])), _number(member)
    if all(step["number"] != gone for step in owner["steps"]):
        raise NotFound(f"{group}.{member} is not there")
    owner["steps"] = [step for step in owner["steps"] if step["number"] != gone]
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

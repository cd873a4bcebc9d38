"""Settings of pan, tilt and zoom: limits, preset positions, guard tours, the control queue.

View areas are counted from 1 to 4 here. Preset number 1 is every area's home position and stands in ``areas``; the numbers kept here begin
at 2.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import Annotated, Literal

from pydantic import Field, field_validator

from panocam.settings.declare import Section, once, rows, setting
from panocam.settings.gatekeeper import Gatekeeper
from panocam.settings.namedzones import NamedZone, told_apart
from panocam.settings.role import Role

HOME = 1
"""Number of the home position among an area's presets."""

MAX_PRESETS = 100
MAX_TOURS = 10
MAX_STEPS = 100
"""For each view area; steps for each tour."""

PRESET_NAME = re.compile(r"[^<>~\":\x00-\x1f\x7f]{1,31}")
TOUR_NAME = re.compile(r"[^<>\"\x00-\x1f\x7f]{1,64}")
RECORDED_NAME = re.compile(r"[A-Za-z0-9._-]{1,31}")

GROUPS = ("administrator", "event", "operator", "autotracking", "viewer", "guard tour", "recorded tour")
"""Who may control a view area, most important first as it comes from the factory."""

AreaNumber = Annotated[int, Field(ge=1, le=4)]


class Stops(Section):
    """How far one view area may go. Empty: as far as the mounting position lets."""

    left: float | None = setting(None, "Left limit", "Pan where turning left ends, clockwise seen from above.", ge=-180, le=180, unit="°")
    right: float | None = setting(None, "Right limit", "Pan where turning right ends.", ge=-180, le=180, unit="°")
    down: float | None = setting(None, "Lower limit", "Tilt where turning down ends.", ge=-90, le=90, unit="°")
    up: float | None = setting(None, "Upper limit", "Tilt where turning up ends.", ge=-90, le=90, unit="°")
    wide: float | None = setting(None, "Widest field", "Field of view where zooming out ends.", ge=10, le=120, unit="°")
    tele: float | None = setting(None, "Narrowest field", "Field of view where zooming in ends.", ge=10, le=120, unit="°")


class Movement(Section):
    """What hands may do with one view area, and what is shown while it goes to a kept place."""

    pan: bool = setting(True, "Pan control", "Clients may turn the view area to the sides.", write=Role.ADMINISTRATOR)
    tilt: bool = setting(True, "Tilt control", "Clients may turn the view area up and down.", write=Role.ADMINISTRATOR)
    zoom: bool = setting(True, "Zoom control", "Clients may zoom the view area.", write=Role.ADMINISTRATOR)
    freeze: bool = setting(
        False, "Freeze while moving", "On its way to a preset position the view area shows the picture of before until it is there."
    )


class Preset(Section):
    """A position with a number and a name."""

    area: AreaNumber
    number: int = Field(ge=2, le=3600)
    name: str
    pan: float = Field(ge=-180, le=180)
    tilt: float = Field(ge=-90, le=90)
    hfov: float = Field(ge=10, le=120)

    @field_validator("name")
    @classmethod
    def _can_be_said_everywhere(cls, value: str) -> str:
        if not PRESET_NAME.fullmatch(value):
            raise ValueError("a preset's name has 1 to 31 characters, none of them < > ~ \" or :")
        return value


class Step(Section):
    """One position of a tour: go there at ``speed`` and stay ``seconds``.

    The rest is for clients that know steps by a number and order them by a place: whoever says neither has them given (see ``Tour``).
    ``minutes``: the duration is told in minutes.
    """

    preset: int = Field(ge=1, le=3600)
    seconds: int = Field(default=10, ge=0, le=216_000)
    speed: int = Field(default=70, ge=1, le=100)
    number: int | None = Field(default=None, ge=0, le=9999)
    place: int | None = Field(default=None, ge=1, le=3600)
    minutes: bool = False


class Tour(Section):
    """A tour through presets, or a recorded movement. ``pause`` in seconds lies between two rounds. ``running`` outlives a restart,
    and so does ``once``: that it runs for one round only."""

    number: int = Field(ge=0, le=9999)
    area: AreaNumber
    name: str
    kind: Literal["preset", "recorded"] = "preset"
    random: bool = False
    pause: int = Field(default=0, ge=0, le=599_940)
    steps: tuple[Step, ...] = Field(default=(), max_length=MAX_STEPS)
    running: bool = False
    once: bool = False

    @field_validator("steps")
    @classmethod
    def _in_order(cls, value: tuple[Step, ...]) -> tuple[Step, ...]:
        """Numbered, and in the order of their places; without one a step comes right after the one before it."""
        taken = {step.number for step in value if step.number is not None}
        once("step number", (step.number for step in value if step.number is not None))
        free = (number for number in range(len(value) + len(taken)) if number not in taken)
        placed: list[Step] = []
        for step in value:
            place = step.place or min((placed[-1].place or 0) + 1 if placed else 1, 3600)
            placed.append(step.model_copy(update={"number": next(free) if step.number is None else step.number, "place": place}))
        return tuple(sorted(placed, key=lambda step: step.place or 0))

    @field_validator("name")
    @classmethod
    def _can_be_shown(cls, value: str) -> str:
        if not TOUR_NAME.fullmatch(value):
            raise ValueError("a tour's name has 1 to 64 characters, none of them < > or \"")
        return value


class Group(Section):
    """How one group of users takes part in the control queue. 1 is the highest priority."""

    name: Literal["administrator", "event", "operator", "autotracking", "viewer", "guard tour", "recorded tour"]
    priority: int = Field(ge=1, le=100)
    timeout: int = Field(default=60, ge=1, le=3600)
    ends: Literal["after a time", "without activity", "never"] = "without activity"


class Ptz(Section):
    """Pan, tilt and zoom of the view areas."""

    speed: int = setting(0, "Move speed", "For moves that name no speed: 1 (slow) to 100; 0 shows the new view at once.", ge=0, le=100)
    preset_speed: int = setting(70, "Speed to preset positions", "1 (slow) to 100; 0 shows the position at once.", ge=0, le=100)
    proportional: bool = setting(True, "Proportional speed", "Turn slower the further an area is zoomed in, so the picture moves alike.")
    home_after: int = setting(
        0,
        "Return home after",
        "An area goes home when nobody has moved it for this long; 0 leaves it where it is.",
        ge=0,
        le=86_400,
        unit="s",
    )
    resume_after: int = setting(
        30,
        "Resume tours after",
        "How long a tour waits after a person moved its area; 0: until resumed by hand.",
        ge=0,
        le=3600,
        unit="s",
    )
    encoding: Literal["iso-8859-1", "utf-8"] = setting(
        "iso-8859-1",
        "Encoding of ptz.cgi",
        "How letters in names of positions are coded in its replies; names with other letters come as UTF-8.",
    )
    movement: tuple[Movement, ...] = rows([Movement() for _ in range(4)], "Movement")
    limits: tuple[Stops, ...] = rows([Stops() for _ in range(4)], "Limits")
    presets: tuple[Preset, ...] = setting((), "Preset positions", "Positions with a number and a name, for each view area.")
    tours: tuple[Tour, ...] = setting((), "Guard tours", "Tours through preset positions, and recorded movements.")
    gatekeepers: tuple[Gatekeeper, ...] = rows([Gatekeeper() for _ in range(4)], "Gatekeepers")
    zones: tuple[NamedZone, ...] = setting((), "Named zones", "Parts of what a view area sees, with the name that #L shows in overlays.")
    queue: bool = setting(False, "Control queue", "One user at a time moves an area; others wait by the priority of their group.")
    queue_users: int = setting(20, "Users in the queue", "How many may wait for an area.", ge=1, le=100)
    queue_poll: int = setting(
        20, "Poll time", "Whoever waits and has not asked again for this long leaves the queue.", ge=5, le=3600, unit="s"
    )
    groups: tuple[Group, ...] = setting((), "Groups", "Priority and time-out in the control queue of the groups that are not as delivered.")

    @field_validator("presets")
    @classmethod
    def _presets_can_be_told_apart(cls, value: tuple[Preset, ...]) -> tuple[Preset, ...]:
        once("preset number", ((each.area, each.number) for each in value))
        once("preset name", ((each.area, each.name) for each in value))
        _at_most(MAX_PRESETS, "preset positions", (each.area for each in value))
        if any(each.name == "Home" for each in value):
            raise ValueError("the name Home belongs to the home position, preset 1")
        return tuple(sorted(value, key=lambda each: (each.area, each.number)))

    @field_validator("tours")
    @classmethod
    def _tours_can_be_told_apart(cls, value: tuple[Tour, ...]) -> tuple[Tour, ...]:
        once("tour number", (each.number for each in value))
        _at_most(MAX_TOURS, "tours", (each.area for each in value))
        once("running tour of area", (each.area for each in value if each.running))
        if any(each.kind == "recorded" and not RECORDED_NAME.fullmatch(each.name) for each in value):
            raise ValueError("a recorded tour's name has 1 to 31 letters, digits and . - _")
        return tuple(sorted(value, key=lambda each: each.number))

    _zones_can_be_told_apart = field_validator("zones")(told_apart)

    @field_validator("groups")
    @classmethod
    def _each_group_once(cls, value: tuple[Group, ...]) -> tuple[Group, ...]:
        once("group", (each.name for each in value))
        return value

    def group(self, name: str) -> Group:
        """How a group takes part."""
        delivered = Group.model_validate({"name": name, "priority": 10 * (GROUPS.index(name) + 1)})
        return next((each for each in self.groups if each.name == name), delivered)


def _at_most(bound: int, what: str, areas: Iterable[int]) -> None:
    for area, count in Counter(areas).items():
        if count > bound:
            raise ValueError(f"view area {area} has {count} {what}; remove some, at most {bound} are kept")

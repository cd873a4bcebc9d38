"""Guard tours over REST: tours through preset positions and recorded movements."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from panocam.api.endpoint import Call, Kind, Reply, Wish, rest
from panocam.errors import InvalidValue
from panocam.settings.ptz import Step, Tour
from panocam.settings.role import Role


class StepModel(Wish):
    """Go to a preset position at ``speed`` and stay ``seconds``."""

    preset: int = Field(ge=1, le=3600)
    seconds: int = Field(10, ge=0, le=216_000)
    speed: int = Field(70, ge=1, le=100)


class TourReply(Reply):
    """A tour. ``state`` is what it does just now; ``missing`` are positions of it that were deleted and are skipped."""

    number: int
    view: int
    name: str
    kind: Literal["preset", "recorded"]
    random: bool
    pause: int
    steps: list[StepModel]
    running: bool
    state: str
    missing: list[int]
    seconds: float | None


class ToursReply(Reply):
    """All tours by number."""

    tours: list[TourReply]


class NewTour(Wish):
    """A tour through preset positions. ``view`` is the index of the view area, ``pause`` seconds between two rounds."""

    view: int = Field(4, ge=4, le=7)
    name: str = Field("", max_length=64)
    random: bool = False
    pause: int = Field(0, ge=0, le=599_940)
    steps: list[StepModel] = Field(default_factory=list, max_length=100)


class TourChange(Wish):
    """What to change; what is left out stays. A recorded tour has no steps and no random order."""

    name: str | None = Field(None, max_length=64)
    random: bool | None = None
    pause: int | None = Field(None, ge=0, le=599_940)
    steps: list[StepModel] | None = Field(None, max_length=100)


class Run(Wish):
    """What a tour should do. ``start`` also lets a paused one go on."""

    action: Literal["start", "stop", "pause", "resume"] = "start"


class Record(Wish):
    """Name of the recorded tour: 1 to 31 letters, digits and . - _"""

    name: str | None = Field(None, max_length=64)


class RecordReply(Reply):
    """The number that the recorded tour will have."""

    number: int


async def tours(call: Call[None]) -> ToursReply:
    """All tours."""
    return ToursReply(tours=[_shown(call, tour) for tour in call.services.ptz.library.tours()])


async def add(call: Call[NewTour]) -> TourReply:
    """Make a tour through preset positions."""
    wish, service = call.wish, call.services.ptz
    area = service.area(wish.view).number
    number = service.library.free_tour(area)
    tour = Tour(number=number, area=area, name=f"Tour {number}", random=wish.random, pause=wish.pause, steps=_steps(wish.steps))
    if wish.name:
        tour = tour.model_copy(update={"name": wish.name})  # the library says what is wrong with a name, and better
    return _shown(call, await service.library.keep_tour(tour, call.caller))


async def change(call: Call[TourChange]) -> TourReply:
    """Change a tour; one that runs begins anew."""
    tour, wish = _tour(call), call.wish
    changes: dict[str, object] = wish.model_dump(include={"name", "random", "pause"}, exclude_none=True)
    if wish.steps is not None:
        changes["steps"] = _steps(wish.steps)
    if tour.kind == "recorded" and ("steps" in changes or changes.get("random")):
        raise InvalidValue("steps", len(wish.steps or ()), "a recorded tour repeats its movement; it has no steps and no order")
    return _shown(call, await call.services.ptz.library.keep_tour(tour.model_copy(update=changes), call.caller))


async def remove(call: Call[None]) -> None:
    """Forget a tour, and its recording."""
    await call.services.ptz.remove_tour(_tour(call).number, call.caller)


async def run(call: Call[Run]) -> TourReply:
    """Start, stop, pause or resume."""
    number, service = _tour(call).number, call.services.ptz
    match call.wish.action:
        case "start":
            await service.start(number, call.caller)
        case "stop":
            await service.stop(number, call.caller)
        case "pause":
            service.pause(number)
        case "resume":
            service.resume(number)
    return _shown(call, service.library.tour(number))


async def record(call: Call[Record]) -> RecordReply:
    """Begin to record a view area's movement."""
    return RecordReply(number=await call.services.ptz.record(call.path_number("view"), call.caller, call.wish.name))


async def keep(call: Call[None]) -> TourReply:
    """End the recording of a view area and keep it as a tour."""
    view, service = call.path_number("view"), call.services.ptz
    recording = service.recordings.of_area(service.area(view).number)
    if recording is None:
        raise InvalidValue("view", view, "is not being recorded; begin with record")
    return _shown(call, await service.keep_recording(recording.number, call.caller))


def _tour(call: Call[Any]) -> Tour:
    return call.services.ptz.library.tour(call.path_number("tour"))


def _steps(steps: list[StepModel]) -> tuple[Step, ...]:
    return tuple(Step(preset=step.preset, seconds=step.seconds, speed=step.speed) for step in steps)


def _shown(call: Call[Any], tour: Tour) -> TourReply:
    service = call.services.ptz
    there = {each.number for each in service.library.presets(tour.area)}
    return TourReply(
        number=tour.number,
        view=min(service.areas) + tour.area - 1,
        name=tour.name,
        kind=tour.kind,
        random=tour.random,
        pause=tour.pause,
        steps=[StepModel(preset=step.preset, seconds=step.seconds, speed=step.speed) for step in tour.steps],
        running=tour.running,
        state=service.state(tour),
        missing=sorted({step.preset for step in tour.steps} - there),
        seconds=service.tapes.seconds(tour.number) if tour.kind == "recorded" else None,
    )


_ALL, _ONE, _AREA = "/api/v1/ptz/tours", "/api/v1/ptz/tours/{tour}", "/api/v1/ptz/{view}/record"
_OPERATOR = Role.OPERATOR

ENDPOINTS = (
    rest(_ALL, "Guard tours", tours, Role.VIEWER, reply=ToursReply),
    rest(_ALL, "Make a tour through preset positions", add, _OPERATOR, methods=("POST",), request=NewTour, reply=TourReply),
    rest(_ONE, "Change a tour", change, _OPERATOR, methods=("PATCH",), request=TourChange, reply=TourReply),
    rest(_ONE, "Forget a tour", remove, _OPERATOR, methods=("DELETE",), reply=Kind.NOTHING),
    rest(_ONE + "/run", "Start, stop, pause or resume a tour", run, Role.VIEWER, methods=("POST",), request=Run, reply=TourReply, ptz=True),
    rest(_AREA, "Begin to record a view area's movement", record, _OPERATOR, methods=("POST",), request=Record, reply=RecordReply),
    rest(_AREA + "/keep", "End a recording and keep it as a tour", keep, _OPERATOR, methods=("POST",), reply=TourReply),
)

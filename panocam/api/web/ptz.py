"""Pan, tilt and zoom beyond single moves: the state of the view areas, preset positions, limits, and who has control."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal

from pydantic import Field

from panocam.api.endpoint import Call, Kind, Reply, Wish, rest
from panocam.api.steering import mover_of
from panocam.api.web.moves import PoseReply, pose_reply
from panocam.optics.pose import Limits, wrap
from panocam.ptz.area import AreaControl
from panocam.ptz.library import LIMITS, Position
from panocam.settings.gatekeeper import LONGEST_S, SHORTEST_S
from panocam.settings.role import Role

Side = Literal["left", "right", "down", "up", "wide", "tele"]


class PresetReply(Reply):
    """A preset position; number 1 is home."""

    number: int
    name: str
    pan: float
    tilt: float
    hfov: float
    zoom: float
    home: bool


class LimitsReply(Reply):
    """Degrees; null where nothing is set or the area goes round and round."""

    left: float | None
    right: float | None
    down: float | None
    up: float | None
    wide: float | None
    tele: float | None


class RecordingReply(Reply):
    """A movement that is being recorded."""

    number: int
    name: str
    seconds: float


class ControlReply(Reply):
    """The control queue of an area. ``place``: 0 in control, 1… waiting, null neither. ``waiting``: names, the next one first."""

    queue: bool
    holder: str
    group: str
    place: int | None
    waiting: list[str]


class GatekeeperReply(Reply):
    """The gatekeeper of an area. ``on_duty``: the area looks where it does because of motion."""

    enabled: bool
    motion_area: int | None
    preset: int
    home_after: int
    on_duty: bool


class AreaReply(Reply):
    """A view area. ``area`` is its number 1–4, ``view`` its index. ``held``: axes that are not moved by hand.
    ``limits`` are those set by hand, ``range`` what follows from them.
    """

    area: int
    view: int
    name: str
    ptz: bool
    held: list[str]
    pose: PoseReply
    moving: bool
    preset: int | None
    presets: list[PresetReply]
    limits: LimitsReply
    range: LimitsReply
    tour: int | None
    tour_state: str
    recording: RecordingReply | None
    control: ControlReply
    gatekeeper: GatekeeperReply


class PtzReply(Reply):
    """All view areas."""

    areas: list[AreaReply]


class NewPreset(Wish):
    """Keep a position: that of the moment, or the one that is given. A number or name that is there already moves to it."""

    name: str | None = Field(None, max_length=64)
    number: int | None = Field(None, ge=1, le=3600)
    pan: float | None = Field(None, ge=-180, le=180)
    tilt: float | None = Field(None, ge=-90, le=90)
    hfov: float | None = Field(None, ge=10, le=120)


class PresetChange(Wish):
    """Another name, or ``here``: the position of the moment."""

    name: str | None = Field(None, max_length=64)
    here: bool = False


class LimitsChange(Wish):
    """``here``: where the area looks now becomes these limits. ``clear``: these limits go."""

    here: list[Side] = Field(default_factory=list, max_length=6)
    clear: list[Side] = Field(default_factory=list, max_length=6)


class GatekeeperChange(Wish):
    """What is given is changed."""

    enabled: bool | None = None
    motion_area: int | None = Field(None, ge=1, le=1_000_000, description="number of the motion area that is watched")
    preset: int | None = Field(None, ge=1, le=3600, description="number of the preset position to go to; 1 is home")
    home_after: int | None = Field(None, ge=SHORTEST_S, le=LONGEST_S, description="seconds without motion until it goes home")


class ControlWish(Wish):
    """Enter the queue (or take control where it is free), or give control back."""

    action: Literal["enter", "release"] = "enter"


async def state(call: Call[None]) -> PtzReply:
    """All view areas."""
    return PtzReply(areas=[_area(call, view, area) for view, area in call.services.ptz.areas.items()])


async def one(call: Call[None]) -> AreaReply:
    """One view area."""
    view = call.path_number("view")
    call.services.ptz.area(view)
    return _area(call, view, call.services.ptz.areas[view])


async def keep(call: Call[NewPreset]) -> PresetReply:
    """Keep a position."""
    wish, area = call.wish, call.services.ptz.area(call.path_number("view"))
    pose = replace(area.head.pose, **wish.model_dump(include={"pan", "tilt", "hfov"}, exclude_none=True))
    return _preset(await call.services.ptz.library.keep(area.number, pose, call.caller, wish.name, wish.number))


async def change(call: Call[PresetChange]) -> PresetReply:
    """Rename a position or move it here."""
    area, number = call.services.ptz.area(call.path_number("view")), call.path_number("number")
    library = call.services.ptz.library
    found = library.preset(area.number, number)
    if call.wish.name is not None and call.wish.name != found.name:
        found = await library.rename(area.number, number, call.wish.name, call.caller)
    if call.wish.here:
        found = await library.keep(area.number, area.head.pose, call.caller, number=number)
    return _preset(found)


async def remove(call: Call[None]) -> None:
    """Forget a position."""
    area = call.services.ptz.area(call.path_number("view"))
    await call.services.ptz.library.remove(area.number, call.path_number("number"), call.caller)


async def limit(call: Call[LimitsChange]) -> AreaReply:
    """Set and clear limits."""
    view = call.path_number("view")
    area = call.services.ptz.area(view)
    pose = area.head.pose
    here = {"left": pose.pan, "right": pose.pan, "down": pose.tilt, "up": pose.tilt, "wide": pose.hfov, "tele": pose.hfov}
    stops: dict[str, float | None] = dict.fromkeys(call.wish.clear)
    stops.update({side: here[side] for side in call.wish.here})
    await call.services.ptz.library.set_limits(area.number, stops, call.caller)
    return _area(call, view, area)


async def control(call: Call[ControlWish]) -> AreaReply:
    """Ask for control, or give it back."""
    view, who, service = call.path_number("view"), mover_of(call.caller), call.services.ptz
    if call.wish.action == "release":
        service.release(view, who)
    elif service.library.rules.queue:
        service.ask(view, who)
    return _area(call, view, service.area(view))


async def keep_gate(call: Call[GatekeeperChange]) -> AreaReply:
    """Change the gatekeeper."""
    view = call.path_number("view")
    area = call.services.ptz.area(view)
    given = call.wish.model_dump(exclude_none=True)
    await call.services.settings.patch({f"ptz.gatekeepers.{area.number - 1}.{name}": value for name, value in given.items()}, call.caller)
    return _area(call, view, area)


def _area(call: Call[Any], view: int, area: AreaControl) -> AreaReply:
    services = call.services
    settings, playing, head = services.settings.running, area.playing, area.head
    recording = services.ptz.recordings.of_area(area.number)
    now = services.clock.monotonic_ns()
    return AreaReply(
        area=area.number,
        view=view,
        name=settings.views[view].name,
        ptz=settings.areas[area.number - 1].ptz,
        held=list(services.ptz.held(view)),
        pose=pose_reply(view, head.pose),
        moving=area.moving(now),
        preset=head.reached.number if head.reached is not None else None,
        presets=[_preset(each) for each in services.ptz.library.presets(area.number)],
        limits=LimitsReply(**{side: getattr(settings.ptz.limits[area.number - 1], side) for side in LIMITS}),
        range=_range(head.limits),
        tour=playing.tour.number if playing is not None else None,
        tour_state=str(playing.state) if playing is not None else "stopped",
        recording=None
        if recording is None
        else RecordingReply(number=recording.number, name=recording.name, seconds=round(services.ptz.recordings.seconds(recording), 1)),
        control=_control(call, view, area),
        gatekeeper=GatekeeperReply(
            **settings.ptz.gatekeepers[area.number - 1].model_dump(), on_duty=services.ptz.gatekeepers[view].on_duty
        ),
    )


def _control(call: Call[Any], view: int, area: AreaControl) -> ControlReply:
    service, now = call.services.ptz, call.services.clock.monotonic_ns()
    place = service.place(view, mover_of(call.caller))
    holder = area.queue.holder(now) if service.library.rules.queue else None
    return ControlReply(
        queue=service.library.rules.queue,
        holder=holder.name if holder is not None else "",
        group=holder.group if holder is not None else "",
        place=place,
        waiting=[each.name for each in area.queue.waiting(now)] if service.library.rules.queue else [],
    )


def _range(limits: Limits) -> LimitsReply:
    left, right = (None, None) if limits.turns else (round(wrap(pan), 3) for pan in limits.pan)
    return LimitsReply(left=left, right=right, down=limits.tilt[0], up=limits.tilt[1], wide=limits.hfov[1], tele=limits.hfov[0])


def _preset(found: Position) -> PresetReply:
    pan, tilt, hfov, zoom = (round(number, 3) for number in (found.pose.pan, found.pose.tilt, found.pose.hfov, found.pose.magnification))
    return PresetReply(number=found.number, name=found.name, pan=pan, tilt=tilt, hfov=hfov, zoom=zoom, home=found.home)


_ONE = "/api/v1/ptz/{view}"
_PRESETS = _ONE + "/presets"
_OPERATOR = Role.OPERATOR

ENDPOINTS = (
    rest("/api/v1/ptz", "The view areas: where they look, presets, limits, tours, control", state, Role.VIEWER, reply=PtzReply),
    rest(_ONE, "One view area", one, Role.VIEWER, reply=AreaReply),
    rest(_PRESETS, "Keep a preset position", keep, _OPERATOR, methods=("POST",), request=NewPreset, reply=PresetReply),
    rest(
        _PRESETS + "/{number}",
        "Rename a preset position or move it here",
        change,
        _OPERATOR,
        methods=("PATCH",),
        request=PresetChange,
        reply=PresetReply,
    ),
    rest(_PRESETS + "/{number}", "Forget a preset position", remove, _OPERATOR, methods=("DELETE",), reply=Kind.NOTHING),
    rest(_ONE + "/limits", "Set or clear limits", limit, _OPERATOR, methods=("POST",), request=LimitsChange, reply=AreaReply),
    rest(
        _ONE + "/gatekeeper",
        "Look at a preset position while something moves",
        keep_gate,
        _OPERATOR,
        methods=("PATCH",),
        request=GatekeeperChange,
        reply=AreaReply,
    ),
    rest(
        _ONE + "/control",
        "Enter the control queue or give control back",
        control,
        Role.VIEWER,
        methods=("POST",),
        request=ControlWish,
        reply=AreaReply,
        ptz=True,
    ),
)

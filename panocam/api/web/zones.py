"""Named zones of the view areas over REST: what ``#L`` in an overlay shows."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from pydantic import Field

from panocam.api.endpoint import Call, Kind, Reply, Wish, rest
from panocam.api.sight import Sight
from panocam.api.steering import mover_of
from panocam.api.web.moves import PoseReply, pose_reply
from panocam.errors import NotFound
from panocam.settings.namedzones import MAX_ZONES, NamedZone
from panocam.settings.role import Role


class ZoneReply(Reply):
    """A zone from its lower left corner (``left``, ``down``) to the upper right one, in degrees of pan and tilt; from ``left`` clockwise to
    ``right``. They are those of the digital ``roll``, which is that of now unless the camera hangs on a wall. ``here``: the middle of the
    picture lies in it; ``shown``: and its name is the one that is shown."""

    number: int
    name: str
    enabled: bool
    left: float
    down: float
    right: float
    up: float
    roll: float
    here: bool
    shown: bool


class ZonesReply(Reply):
    """The zones of a view area by number, and how many there can be."""

    zones: list[ZoneReply]
    most: int = MAX_ZONES


class NewZone(Wish):
    """A zone from its lower left corner to its upper right one; without a name it gets one, and a free number for one that is taken."""

    name: str | None = Field(None, max_length=200)
    enabled: bool = True
    left: float = Field(ge=-180, le=180)
    down: float = Field(ge=-90, le=90)
    right: float = Field(ge=-180, le=180)
    up: float = Field(ge=-90, le=90)
    number: int | None = Field(None, ge=1, le=3600)
    roll: float | None = Field(None, ge=-180, le=180, description="the digital roll that the corners belong to; default: that of now")


class ManyZones(Wish):
    """Zones to make in one go: all of them, or none. ``replace``: those of the area that are there now go."""

    zones: list[NewZone] = Field(max_length=MAX_ZONES)
    replace: bool = False


class ZoneChange(Wish):
    """What to change; what is left out stays."""

    name: str | None = Field(None, max_length=200)
    enabled: bool | None = None
    left: float | None = Field(None, ge=-180, le=180)
    down: float | None = Field(None, ge=-90, le=90)
    right: float | None = Field(None, ge=-180, le=180)
    up: float | None = Field(None, ge=-90, le=90)


class OutlineWish(Wish):
    """At which size of the view (default: the one that a stream would have)."""

    width: int | None = Field(None, ge=16, le=8192)
    height: int | None = Field(None, ge=16, le=8192)


class OutlineReply(Reply):
    """What can be seen of a zone's border: pieces of it, in pixels of the view (x, y)."""

    number: int
    lines: list[list[tuple[float, float]]]


class OutlinesReply(Reply):
    """The borders of all zones that can be seen in the view of that size, as it looks just now."""

    width: int
    height: int
    outlines: list[OutlineReply]


async def outlines(call: Call[OutlineWish]) -> OutlinesReply:
    """Where the zones of a view area lie in its picture."""
    area, view, wish = _area(call), call.path_number("view"), call.wish
    size = None if wish.width is None or wish.height is None else (wish.width, wish.height)
    seen = Sight.of(call.services, view, size)
    book = call.services.ptz.zones
    found = [OutlineReply(number=zone.number, lines=[list(piece) for piece in seen.traced(book.border(zone))]) for zone in book.of(area)]
    return OutlinesReply(width=seen.width, height=seen.height, outlines=[each for each in found if each.lines])


async def zones(call: Call[None]) -> ZonesReply:
    """All zones of a view area."""
    return _all(call)


async def add(call: Call[NewZone]) -> ZoneReply:
    """Make a zone."""
    (made,) = await call.services.ptz.zones.add(_area(call), [call.wish.model_dump(exclude_none=True)], call.caller)
    return _shown(call, made)


async def add_many(call: Call[ManyZones]) -> ZonesReply:
    """Make zones."""
    wishes = [wish.model_dump(exclude_none=True) for wish in call.wish.zones]
    await call.services.ptz.zones.add(_area(call), wishes, call.caller, replace=call.wish.replace)
    return _all(call)


async def change(call: Call[ZoneChange]) -> ZoneReply:
    """Change a zone."""
    changes = call.wish.model_dump(exclude_none=True)
    return _shown(call, await call.services.ptz.zones.change(_area(call), call.path_number("number"), changes, call.caller))


async def remove(call: Call[None]) -> None:
    """Forget a zone."""
    await call.services.ptz.zones.remove(_area(call), call.path_number("number"), call.caller)


async def remove_all(call: Call[None]) -> None:
    """Forget all zones of a view area."""
    await call.services.ptz.zones.remove_all(_area(call), call.caller)


async def go(call: Call[None]) -> PoseReply:
    """Look at the middle of a zone."""
    service, view = call.services.ptz, call.path_number("view")
    pan, tilt = service.zones.centre(service.zones.zone(_area(call), call.path_number("number")))
    target = replace(service.area(view).head.pose, pan=pan, tilt=tilt)
    return pose_reply(view, service.go(view, mover_of(call.caller), target, service.library.rules.preset_speed))


def _area(call: Call[Any]) -> int:
    """Its number; zones name what an area looks at, whether it may be moved or not."""
    view, areas = call.path_number("view"), call.services.ptz.areas
    if view not in areas:
        raise NotFound(f"view {view} has no named zones; the view areas are the views {', '.join(map(str, areas))}")
    return areas[view].number


def _all(call: Call[Any]) -> ZonesReply:
    return ZonesReply(zones=[_shown(call, zone) for zone in call.services.ptz.zones.of(_area(call))])


def _shown(call: Call[Any], zone: NamedZone) -> ZoneReply:
    service = call.services.ptz
    pose, book = service.areas[call.path_number("view")].head.pose, service.zones
    found = book.at(zone.area, pose)
    return ZoneReply(
        **zone.model_dump(exclude={"area"}),
        here=book.holds(zone, pose),
        shown=found is not None and found.number == zone.number,
    )


_ALL = "/api/v1/ptz/{view}/zones"
_ONE = _ALL + "/{number}"
_OPERATOR = Role.OPERATOR

ENDPOINTS = (
    rest(_ALL, "Named zones of a view area", zones, Role.VIEWER, reply=ZonesReply),
    rest(_ALL, "Make a named zone", add, _OPERATOR, methods=("POST",), request=NewZone, reply=ZoneReply),
    rest(_ALL, "Forget all named zones of a view area", remove_all, _OPERATOR, methods=("DELETE",), reply=Kind.NOTHING),
    rest(_ALL + "/many", "Make many named zones at once", add_many, _OPERATOR, methods=("POST",), request=ManyZones, reply=ZonesReply),
    rest(_ALL + "/outlines", "Where named zones lie in the picture", outlines, Role.VIEWER, request=OutlineWish, reply=OutlinesReply),
    rest(_ONE, "Change a named zone", change, _OPERATOR, methods=("PATCH",), request=ZoneChange, reply=ZoneReply),
    rest(_ONE, "Forget a named zone", remove, _OPERATOR, methods=("DELETE",), reply=Kind.NOTHING),
    rest(_ONE + "/go", "Look at the middle of a named zone", go, Role.VIEWER, methods=("POST",), reply=PoseReply, ptz=True),
)

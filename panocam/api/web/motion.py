"""Motion areas over REST: drawn in any view, seen in any view, and where there is motion now."""

from __future__ import annotations

from pydantic import Field

from panocam.api.endpoint import Call, Kind, Reply, rest
from panocam.api.motion import MotionAreas
from panocam.api.web.shapes import (
    CornerReply,
    CornerWish,
    OutlineReply,
    Shape,
    ShapeReply,
    TileReply,
    Where,
    corners_of,
    drawn,
    outline_of,
    polygon_of,
    tiles_of,
    view_of,
)
from panocam.optics.polygon import FEWEST, MOST, Polygon
from panocam.optics.view import View
from panocam.settings.motion import LARGEST, LONGEST_HOLD_S, LONGEST_NAME, MOST_AREAS, SMALLEST, MotionArea
from panocam.settings.role import Role


class AreaWish(Shape):
    """A new area."""

    name: str = Field(min_length=1, max_length=LONGEST_NAME)
    enabled: bool = True
    corners: list[CornerWish] = Field(max_length=64)
    sensitivity: int = Field(50, ge=1, le=100)
    size: float = Field(5.0, ge=SMALLEST, le=LARGEST, description="what moves counts from the size of a square of so many degrees on")
    hold: int = Field(3, ge=1, le=LONGEST_HOLD_S, description="seconds that motion lasts after the last that was seen")


class AreaChange(Shape):
    """What is given is changed."""

    name: str | None = Field(None, min_length=1, max_length=LONGEST_NAME)
    enabled: bool | None = None
    sensitivity: int | None = Field(None, ge=1, le=100)
    size: float | None = Field(None, ge=SMALLEST, le=LARGEST)
    hold: int | None = Field(None, ge=1, le=LONGEST_HOLD_S)


class AreaReply(Reply):
    """One area. ``active``: there is motion. ``share``: how much of it can be seen, 0 to 1: masks hide, and the lens ends; null before
    that is known and while the area is off. ``outline`` is there when a view was named."""

    id: int
    name: str
    enabled: bool
    corners: list[CornerReply]
    sensitivity: int
    size: float
    hold: int
    active: bool
    share: float | None
    outline: OutlineReply | None = None


class LimitsReply(Reply):
    """What areas there can be."""

    areas: int = MOST_AREAS
    corners: tuple[int, int] = (FEWEST, MOST)
    name: int = LONGEST_NAME
    sensitivity: tuple[int, int] = (1, 100)
    size: tuple[float, float] = (SMALLEST, LARGEST)
    hold: tuple[int, int] = (1, LONGEST_HOLD_S)


class MotionReply(Reply):
    """All areas. ``tiles`` are those of the named view."""

    areas: list[AreaReply]
    limits: LimitsReply
    tiles: list[TileReply]


async def read(call: Call[Where]) -> MotionReply:
    """All areas, in a view's pixels if one is named."""
    service = call.services.motion
    view = view_of(service, call.wish)
    return MotionReply(areas=[_reply(service, area, view) for area in service.items], limits=LimitsReply(), tiles=tiles_of(view))


async def add(call: Call[AreaWish]) -> AreaReply:
    """A new area."""
    service, wish = call.services.motion, call.wish
    more = wish.model_dump(include={"enabled", "sensitivity", "size", "hold"})
    area = await service.add(wish.name, polygon_of(service, wish, None), call.caller, **more)
    return _reply(service, area, view_of(service, wish))


async def change(call: Call[AreaChange]) -> AreaReply:
    """Rename, reshape, move, tune, switch on and off."""
    service, wish, number = call.services.motion, call.wish, call.path_number("number")
    drawn_anew = wish.corners is not None or wish.shift is not None
    polygon = polygon_of(service, wish, service.find(number)) if drawn_anew else None
    more = wish.model_dump(include={"name", "enabled", "sensitivity", "size", "hold"})
    area = await service.change(number, call.caller, polygon=polygon, **more)
    return _reply(service, area, view_of(service, wish))


async def remove(call: Call[None]) -> None:
    """Take an area away."""
    await call.services.motion.remove(call.path_number("number"), call.caller)


async def outline(call: Call[Shape]) -> ShapeReply:
    """A shape as it would be, while somebody draws it."""
    return drawn(call.services.motion, call.wish)


def _reply(service: MotionAreas, area: MotionArea, view: View | None) -> AreaReply:
    polygon, share = Polygon(area.corners), service.share(area.id)
    return AreaReply(
        **area.model_dump(exclude={"corners"}),
        corners=corners_of(service, polygon),
        active=area.id in service.active,
        share=None if share is None else round(share, 2),
        outline=outline_of(service, polygon, view),
    )


_PATH = "/api/v1/motion"
_ONE = _PATH + "/areas/{number}"
_OPERATOR = Role.OPERATOR

ENDPOINTS = (
    rest(_PATH, "All motion areas, where there is motion, their outlines in a view", read, Role.VIEWER, request=Where, reply=MotionReply),
    rest(_PATH + "/areas", "Add a motion area", add, _OPERATOR, methods=("POST",), request=AreaWish, reply=AreaReply),
    rest(_PATH + "/outline", "What an area would look like", outline, _OPERATOR, methods=("POST",), request=Shape, reply=ShapeReply),
    rest(_ONE, "Change a motion area", change, _OPERATOR, methods=("PATCH",), request=AreaChange, reply=AreaReply),
    rest(_ONE, "Remove a motion area", remove, _OPERATOR, methods=("DELETE",), reply=Kind.NOTHING),
)

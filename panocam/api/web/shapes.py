"""Shapes drawn in a view and seen in any: what requests about them say and how they are answered."""

from __future__ import annotations

from typing import Any

from pydantic import Field, model_validator

from panocam.api.drawn import Drawn, Kept, Outline
from panocam.api.endpoint import Reply, Wish
from panocam.errors import InvalidValue
from panocam.optics.polygon import FEWEST, MOST, Floats, Polygon, corner_of
from panocam.optics.view import View

Service = Drawn[Any]

_PAIRS = (("x", "y"), ("pan", "tilt"), ("azimuth", "off"))


class CornerWish(Wish):
    """One corner: a pixel (``x``, ``y``) of the view that is named beside it, a direction in the world (``pan``, ``tilt``), or one in the
    camera (``azimuth``, ``off``), as they are kept."""

    x: float | None = Field(None, ge=-8192, le=16384)
    y: float | None = Field(None, ge=-8192, le=16384)
    pan: float | None = Field(None, ge=-360, le=360, description="degrees clockwise seen from above")
    tilt: float | None = Field(None, ge=-90, le=90, description="degrees upwards")
    azimuth: float | None = Field(None, ge=-360, le=360, description="degrees clockwise from the top of the sensor picture, before roll")
    off: float | None = Field(None, ge=0, le=180, description="degrees from the optical axis")

    @model_validator(mode="after")
    def _one_pair(self) -> CornerWish:
        given = {name for name in type(self).model_fields if getattr(self, name) is not None}
        if given not in ({*pair} for pair in _PAIRS):
            raise ValueError("give x and y, or pan and tilt, or azimuth and off")
        return self


class Shift(Wish):
    """Drag: what is at the first pixel of the named view comes to the second one."""

    from_x: float
    from_y: float
    to_x: float
    to_y: float


Resolution: Any = Field(None, pattern=r"^\d{1,5}x\d{1,5}$", description="WIDTHxHEIGHT of the picture that pixels are counted in")


class Shape(Wish):
    """Corners, with the view that their pixels belong to; ``shift`` moves the whole of it afterwards."""

    view: int | None = Field(None, ge=0, le=11)
    resolution: str | None = Resolution
    corners: list[CornerWish] | None = Field(None, max_length=64, description=f"{FEWEST} to {MOST}, in the order of the border")
    shift: Shift | None = None


class Where(Wish):
    """The view, and the size of its picture, in which outlines are wanted."""

    view: int | None = Field(None, ge=0, le=11)
    resolution: str | None = Resolution


class CornerReply(Reply):
    """A corner in the camera (as kept) and in the world (as the views show it now), in degrees."""

    azimuth: float
    off: float
    pan: float
    tilt: float


class LineReply(Reply):
    """A piece of a border in one tile of the view, in pixels."""

    tile: int
    points: list[tuple[float, float]]


class OutlineReply(Reply):
    """A polygon as a view shows it. ``places``: for each corner where it is seen, in pixels: none, one, or several."""

    places: list[list[tuple[float, float]]]
    lines: list[LineReply]


class TileReply(Reply):
    """One rectangle of the view, in pixels; ``round``: only the circle inside it."""

    x: int
    y: int
    width: int
    height: int
    round: bool


class ShapeReply(Reply):
    """A shape that is not kept yet."""

    corners: list[CornerReply]
    outline: OutlineReply | None


def tiles_of(view: View | None) -> list[TileReply]:
    """The rectangles of a view."""
    return [] if view is None else [TileReply(x=t.x, y=t.y, width=t.width, height=t.height, round=t.round) for t in view.tiles]


def drawn(service: Service, wish: Shape) -> ShapeReply:
    """A shape as it would be."""
    polygon = polygon_of(service, wish, None)
    return ShapeReply(corners=corners_of(service, polygon), outline=outline_of(service, polygon, view_of(service, wish)))


def _size(resolution: str) -> tuple[int, int]:
    width, _, height = resolution.partition("x")
    return int(width), int(height)


def view_of(service: Service, wish: Where | Shape) -> View | None:
    if wish.view is None or wish.resolution is None:
        return None
    return service.view(wish.view, _size(wish.resolution))


def polygon_of(service: Service, wish: Shape, before: Kept | None) -> Polygon:
    if wish.corners is not None:
        polygon = Polygon(tuple(_corner(service, wish, corner) for corner in wish.corners))
    elif before is not None:
        polygon = Polygon(before.corners)
    else:
        raise InvalidValue("corners", None, f"give {FEWEST} to {MOST} corners")
    if wish.shift is None:
        return polygon
    shift = wish.shift
    grabbed = _pixel(service, wish, shift.from_x, shift.from_y)
    return polygon.moved(grabbed, _pixel(service, wish, shift.to_x, shift.to_y))


def _corner(service: Service, wish: Shape, corner: CornerWish) -> tuple[float, float]:
    if corner.azimuth is not None and corner.off is not None:
        return corner.azimuth, corner.off
    if corner.pan is not None and corner.tilt is not None:
        return corner_of(service.ray_of_direction(corner.pan, corner.tilt))
    return corner_of(_pixel(service, wish, corner.x or 0.0, corner.y or 0.0))


def _pixel(service: Service, wish: Shape, x: float, y: float) -> Floats:
    if wish.view is None or wish.resolution is None:
        raise InvalidValue("view", wish.view, "corners in pixels need the view and the resolution that they are counted in")
    return service.ray_of_pixel(wish.view, _size(wish.resolution), (x, y))


def corners_of(service: Service, polygon: Polygon) -> list[CornerReply]:
    replies = []
    for (azimuth, off), ray in zip(polygon.corners, polygon.rays, strict=True):
        pan, tilt = service.direction_of(ray)
        replies.append(CornerReply(azimuth=azimuth, off=off, pan=round(pan, 5), tilt=round(tilt, 5)))
    return replies


def outline_of(service: Service, polygon: Polygon, view: View | None) -> OutlineReply | None:
    """What a view shows of a polygon."""
    if view is None:
        return None
    outline: Outline = service.outline(polygon, view)
    lines = [LineReply(tile=tile, points=list(points)) for tile, points in outline.lines]
    return OutlineReply(places=[list(places) for places in outline.corners], lines=lines)

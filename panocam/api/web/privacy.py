"""Privacy masks over REST: drawn in any view, seen in any view."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, model_validator

from panocam.api.endpoint import Call, Kind, Reply, Wish, rest
from panocam.api.offers import head
from panocam.api.privacy import Outline, PrivacyMasks
from panocam.api.steering import mover_of
from panocam.api.web.moves import PoseReply, pose_reply
from panocam.errors import InvalidValue
from panocam.imaging.ink import COARSEST, FINEST, Ink
from panocam.optics.polygon import FEWEST, MOST, Floats, Polygon, corner_of
from panocam.optics.view import View
from panocam.settings.privacy import LONGEST_NAME, MOST_MASKS, Mask
from panocam.settings.role import Role

_PAIRS = (("x", "y"), ("pan", "tilt"), ("azimuth", "off"))


class CornerWish(Wish):
    """One corner: a pixel (``x``, ``y``) of the view that is named beside it, a direction in the world (``pan``, ``tilt``), or one in the
    camera (``azimuth``, ``off``), as masks are kept."""

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
    """Corners, with the view that their pixels belong to; ``shift`` moves the whole mask afterwards."""

    view: int | None = Field(None, ge=0, le=11)
    resolution: str | None = Resolution
    corners: list[CornerWish] | None = Field(None, max_length=64, description=f"{FEWEST} to {MOST}, in the order of the border")
    shift: Shift | None = None


class MaskWish(Shape):
    """A new mask."""

    name: str = Field(min_length=1, max_length=LONGEST_NAME)
    enabled: bool = True
    corners: list[CornerWish] = Field(max_length=64)


class MaskChange(Shape):
    """What is given is changed."""

    name: str | None = Field(None, min_length=1, max_length=LONGEST_NAME)
    enabled: bool | None = None


class LookWish(Wish):
    """How all masks look, and whether they are shown at all."""

    enabled: bool | None = Field(None, description="the main switch")
    color: Ink | None = None
    mosaic_scale: int | None = Field(None, ge=FINEST, le=COARSEST)


class Where(Wish):
    """The view, and the size of its picture, in which outlines are wanted."""

    view: int | None = Field(None, ge=0, le=11)
    resolution: str | None = Resolution


class Goto(Wish):
    """The view area that goes to the mask."""

    view: int = Field(4, ge=4, le=7)


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
    """A mask as a view shows it. ``places``: for each corner where it is seen, in pixels: none, one, or several."""

    places: list[list[tuple[float, float]]]
    lines: list[LineReply]


class MaskReply(Reply):
    """One mask; ``outline`` is there when a view was named."""

    id: int
    name: str
    enabled: bool
    corners: list[CornerReply]
    outline: OutlineReply | None = None


class TileReply(Reply):
    """One rectangle of the view, in pixels; ``round``: only the circle inside it."""

    x: int
    y: int
    width: int
    height: int
    round: bool


class LimitsReply(Reply):
    """What masks there can be. Polygons of any shape are possible; one colour, or the mosaic, is for all of them."""

    masks: int = MOST_MASKS
    corners: tuple[int, int] = (FEWEST, MOST)
    name: int = LONGEST_NAME
    colors: tuple[Ink, ...] = tuple(Ink)
    mosaic_scale: tuple[int, int] = (FINEST, COARSEST)


class PrivacyReply(Reply):
    """All masks. ``tiles`` are those of the named view."""

    enabled: bool
    color: Ink
    mosaic_scale: int
    masks: list[MaskReply]
    limits: LimitsReply
    tiles: list[TileReply]


class ShapeReply(Reply):
    """A shape that is no mask yet."""

    corners: list[CornerReply]
    outline: OutlineReply | None


async def read(call: Call[Where]) -> PrivacyReply:
    """All masks, in a view's pixels if one is named."""
    service, asked = call.services.privacy, call.services.settings.snapshot.privacy
    view = _view(service, call.wish)
    tiles = [] if view is None else [TileReply(x=t.x, y=t.y, width=t.width, height=t.height, round=t.round) for t in view.tiles]
    return PrivacyReply(
        enabled=asked.enabled, color=Ink(asked.color), mosaic_scale=asked.mosaic_scale,
        masks=[_mask_reply(service, mask, view) for mask in service.masks], limits=LimitsReply(), tiles=tiles,
    )  # fmt: skip


async def look(call: Call[LookWish]) -> PrivacyReply:
    """Colour, mosaic and the main switch."""
    changes = {f"privacy.{name}": value for name, value in call.wish.model_dump(exclude_none=True, mode="json").items()}
    await call.services.settings.patch(changes, call.caller)
    return await read(Call(call.connection, call.services, call.caller, Where(view=None, resolution=None)))


async def add(call: Call[MaskWish]) -> MaskReply:
    """A new mask."""
    service, wish = call.services.privacy, call.wish
    mask = await service.add(wish.name, _polygon(service, wish, None), call.caller, enabled=wish.enabled)
    return _mask_reply(service, mask, _view(service, wish))


async def change(call: Call[MaskChange]) -> MaskReply:
    """Rename, reshape, move, switch on and off."""
    service, wish, number = call.services.privacy, call.wish, call.path_number("number")
    polygon = None
    if wish.corners is not None or wish.shift is not None:
        polygon = _polygon(service, wish, service.find(number))
    mask = await service.change(number, call.caller, name=wish.name, polygon=polygon, enabled=wish.enabled)
    return _mask_reply(service, mask, _view(service, wish))


async def remove(call: Call[None]) -> None:
    """Take a mask away."""
    await call.services.privacy.remove(call.path_number("number"), call.caller)


async def outline(call: Call[Shape]) -> ShapeReply:
    """A shape as it would be, while somebody draws it."""
    service = call.services.privacy
    polygon = _polygon(service, call.wish, None)
    view = _view(service, call.wish)
    shown = None if view is None else _outline_reply(service.outline(polygon, view))
    return ShapeReply(corners=_corners(service, polygon), outline=shown)


async def goto(call: Call[Goto]) -> PoseReply:
    """Let a view area look at a mask."""
    call.caller.demand_ptz()
    services, view = call.services, call.wish.view
    head(services, view)  # raises for a view that does not move
    target = services.privacy.pose_for(Polygon(services.privacy.find(call.path_number("number")).corners))
    return pose_reply(view, services.ptz.go(view, mover_of(call.caller), target))


def _size(resolution: str) -> tuple[int, int]:
    width, _, height = resolution.partition("x")
    return int(width), int(height)


def _view(service: PrivacyMasks, wish: Where | Shape) -> View | None:
    if wish.view is None or wish.resolution is None:
        return None
    return service.view(wish.view, _size(wish.resolution))


def _polygon(service: PrivacyMasks, wish: Shape, before: Mask | None) -> Polygon:
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


def _corner(service: PrivacyMasks, wish: Shape, corner: CornerWish) -> tuple[float, float]:
    if corner.azimuth is not None and corner.off is not None:
        return corner.azimuth, corner.off
    if corner.pan is not None and corner.tilt is not None:
        return corner_of(service.ray_of_direction(corner.pan, corner.tilt))
    return corner_of(_pixel(service, wish, corner.x or 0.0, corner.y or 0.0))


def _pixel(service: PrivacyMasks, wish: Shape, x: float, y: float) -> Floats:
    if wish.view is None or wish.resolution is None:
        raise InvalidValue("view", wish.view, "corners in pixels need the view and the resolution that they are counted in")
    return service.ray_of_pixel(wish.view, _size(wish.resolution), (x, y))


def _corners(service: PrivacyMasks, polygon: Polygon) -> list[CornerReply]:
    replies = []
    for (azimuth, off), ray in zip(polygon.corners, polygon.rays, strict=True):
        pan, tilt = service.direction_of(ray)
        replies.append(CornerReply(azimuth=azimuth, off=off, pan=round(pan, 5), tilt=round(tilt, 5)))
    return replies


def _outline_reply(outline: Outline) -> OutlineReply:
    lines = [LineReply(tile=tile, points=list(points)) for tile, points in outline.lines]
    return OutlineReply(places=[list(places) for places in outline.corners], lines=lines)


def _mask_reply(service: PrivacyMasks, mask: Mask, view: View | None) -> MaskReply:
    polygon = Polygon(mask.corners)
    shown = None if view is None else _outline_reply(service.outline(polygon, view))
    return MaskReply(id=mask.id, name=mask.name, enabled=mask.enabled, corners=_corners(service, polygon), outline=shown)


_ADMIN: Literal[Role.ADMINISTRATOR] = Role.ADMINISTRATOR
_PATH = "/api/v1/privacy"
_ONE = _PATH + "/masks/{number}"

ENDPOINTS = (
    rest(_PATH, "All privacy masks, their outlines in a view, and what is possible", read, _ADMIN, request=Where, reply=PrivacyReply),
    rest(_PATH, "Hide or show all masks; their colour", look, _ADMIN, methods=("PATCH",), request=LookWish, reply=PrivacyReply),
    rest(_PATH + "/masks", "Add a privacy mask", add, _ADMIN, methods=("POST",), request=MaskWish, reply=MaskReply),
    rest(_PATH + "/outline", "What a shape would look like", outline, _ADMIN, methods=("POST",), request=Shape, reply=ShapeReply),
    rest(_ONE, "Change a privacy mask", change, _ADMIN, methods=("PATCH",), request=MaskChange, reply=MaskReply),
    rest(_ONE, "Remove a privacy mask", remove, _ADMIN, methods=("DELETE",), reply=Kind.NOTHING),
    rest(_ONE + "/goto", "Look at a privacy mask", goto, _ADMIN, methods=("POST",), request=Goto, reply=PoseReply),
)

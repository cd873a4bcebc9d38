"""Privacy masks over REST: drawn in any view, seen in any view."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from panocam.api.endpoint import Call, Kind, Reply, Wish, rest
from panocam.api.offers import head
from panocam.api.privacy import PrivacyMasks
from panocam.api.steering import mover_of
from panocam.api.web.moves import PoseReply, pose_reply
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
from panocam.imaging.ink import COARSEST, FINEST, Ink
from panocam.optics.polygon import FEWEST, MOST, Polygon
from panocam.optics.view import View
from panocam.settings.privacy import LONGEST_NAME, MOST_MASKS, Mask
from panocam.settings.role import Role


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


class Goto(Wish):
    """The view area that goes to the mask."""

    view: int = Field(4, ge=4, le=7)


class MaskReply(Reply):
    """One mask; ``outline`` is there when a view was named."""

    id: int
    name: str
    enabled: bool
    corners: list[CornerReply]
    outline: OutlineReply | None = None


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


async def read(call: Call[Where]) -> PrivacyReply:
    """All masks, in a view's pixels if one is named."""
    service, asked = call.services.privacy, call.services.settings.snapshot.privacy
    view = view_of(service, call.wish)
    return PrivacyReply(
        enabled=asked.enabled, color=Ink(asked.color), mosaic_scale=asked.mosaic_scale,
        masks=[_mask_reply(service, mask, view) for mask in service.items], limits=LimitsReply(), tiles=tiles_of(view),
    )  # fmt: skip


async def look(call: Call[LookWish]) -> PrivacyReply:
    """Colour, mosaic and the main switch."""
    changes = {f"privacy.{name}": value for name, value in call.wish.model_dump(exclude_none=True, mode="json").items()}
    await call.services.settings.patch(changes, call.caller)
    return await read(Call(call.connection, call.services, call.caller, Where(view=None, resolution=None)))


async def add(call: Call[MaskWish]) -> MaskReply:
    """A new mask."""
    service, wish = call.services.privacy, call.wish
    mask = await service.add(wish.name, polygon_of(service, wish, None), call.caller, enabled=wish.enabled)
    return _mask_reply(service, mask, view_of(service, wish))


async def change(call: Call[MaskChange]) -> MaskReply:
    """Rename, reshape, move, switch on and off."""
    service, wish, number = call.services.privacy, call.wish, call.path_number("number")
    polygon = None
    if wish.corners is not None or wish.shift is not None:
        polygon = polygon_of(service, wish, service.find(number))
    mask = await service.change(number, call.caller, name=wish.name, polygon=polygon, enabled=wish.enabled)
    return _mask_reply(service, mask, view_of(service, wish))


async def remove(call: Call[None]) -> None:
    """Take a mask away."""
    await call.services.privacy.remove(call.path_number("number"), call.caller)


async def outline(call: Call[Shape]) -> ShapeReply:
    """A shape as it would be, while somebody draws it."""
    return drawn(call.services.privacy, call.wish)


async def goto(call: Call[Goto]) -> PoseReply:
    """Let a view area look at a mask."""
    call.caller.demand_ptz()
    services, view = call.services, call.wish.view
    head(services, view)  # raises for a view that does not move
    target = services.privacy.pose_for(Polygon(services.privacy.find(call.path_number("number")).corners))
    return pose_reply(view, services.ptz.go(view, mover_of(call.caller), target))


def _mask_reply(service: PrivacyMasks, mask: Mask, view: View | None) -> MaskReply:
    polygon = Polygon(mask.corners)
    shown = outline_of(service, polygon, view)
    return MaskReply(id=mask.id, name=mask.name, enabled=mask.enabled, corners=corners_of(service, polygon), outline=shown)


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

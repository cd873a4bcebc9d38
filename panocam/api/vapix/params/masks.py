"""Privacy masks as parameters: the group Image.I0.Overlay.MaskWindows.

A member is an upright rectangle in pixels of the largest overview without roll, as in privacymask.cgi: of a mask of another shape the
one about it. Writing a side makes the mask that rectangle. The number of a member is that of its mask less one, and stays when others go.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from panocam.api.endpoint import Call
from panocam.api.privacy import PrivacyMasks
from panocam.api.services import Services
from panocam.api.vapix.params.leaf import YES_NO, Changes, Leaf, Shape, bound, choice, fact, number, text, whole
from panocam.api.vapix.params.members import Member, Members, attribute
from panocam.api.vapix.params.tree import Living, Template
from panocam.errors import NotFound, PanocamError
from panocam.optics.polygon import Polygon
from panocam.settings.privacy import LONGEST_NAME
from panocam.settings.role import Role

GROUP = "Image.I0.Overlay.MaskWindows"
SETTING = "privacy.masks"
SIDES = ("XPos", "YPos", "Width", "Height")
COLORS = ("black", "grey", "white", "red", "green", "blue", "mosaic", "chameleon")

Rectangle = dict[str, int]

SWITCHED = attribute("Enabled", "enabled", YES_NO), attribute("Name", "name", text(LONGEST_NAME))
MASKS = Members(SETTING, GROUP, "M", SWITCHED, lambda _, mask: int(mask["id"]) - 1)


def rows() -> Iterator[Leaf]:
    """The look of all masks."""
    yield from bound(f"{GROUP}.Color", "privacy.color", choice({color: color for color in COLORS}))
    yield from bound(f"{GROUP}.MosaicScale", "privacy.mosaic_scale", whole(3, 16))


def _leaves(services: Services) -> Iterator[Leaf]:
    yield from MASKS.leaves(services)
    for mask in MASKS.all(services):
        name = f"{GROUP}.M{mask['id'] - 1}"
        yield fact(f"{name}.ZoomLowLimit", "0")
        try:
            there = _rectangle(services.privacy, mask)
        except PanocamError:  # before the first picture nobody knows where a mask lies in it
            continue
        for side in SIDES:
            yield _side(f"{name}.{side}", side, there[side], mask["id"])


def _side(path: str, side: str, value: int, identity: int) -> Leaf:
    def write(services: Services, wanted: str, so_far: Changes) -> Changes:
        masks = MASKS.all(services, so_far)
        mask = MASKS.find(masks, identity - 1)
        rectangle = {**_rectangle(services.privacy, mask), side: number(wanted)}
        mask["corners"] = _polygon(services.privacy, rectangle).corners
        return {SETTING: masks}

    return Leaf(path, lambda services: str(value), Shape("int", 0, 16383), write, Role.ADMINISTRATOR, Role.ADMINISTRATOR)


def _rectangle(privacy: PrivacyMasks, mask: Member) -> Rectangle:
    """About the mask."""
    pixels = [privacy.on_sensor(ray) for ray in Polygon(tuple(map(tuple, mask["corners"]))).rays]
    (left, right), (top, bottom) = ((min(values), max(values)) for values in zip(*pixels, strict=True))
    return {"XPos": left, "YPos": top, "Width": right - left, "Height": bottom - top}


def _polygon(privacy: PrivacyMasks, rectangle: Mapping[str, int]) -> Polygon:
    """The shape of a rectangle, cut off at the picture's edges. Raises InvalidValue where nothing of it can be seen."""
    wide, high = privacy.largest
    left, top = min(rectangle["XPos"], wide - 1), min(rectangle["YPos"], high - 1)
    right, bottom = min(left + max(1, rectangle["Width"]), wide), min(top + max(1, rectangle["Height"]), high)
    corners = [(left, top), (right, top), (right, bottom), (left, bottom)]
    return Polygon.of_rays([privacy.ray_of_sensor((float(x), float(y))) for x, y in corners])


async def _add(call: Call[None], group: str, values: Mapping[str, str]) -> str:
    """Names of leaves are taken in any case: clients write Xpos."""
    given: dict[str, Any] = {name.lower(): value for name, value in values.items()}
    missing = [side for side in SIDES if side.lower() not in given]
    if missing:
        raise ValueError(f"{', '.join(missing)} must be given, in pixels of the largest overview")
    if given.get("zoomlowlimit", "0") != "0":
        raise ValueError("ZoomLowLimit can only be 0: masks hide at every zoom")
    service = call.services.privacy
    polygon = _polygon(service, {side: number(given[side.lower()]) for side in SIDES})
    enabled = bool(YES_NO.read(given.get("enabled", "yes")))
    added = await service.add(given.get("name", f"mask {len(service.items) + 1}"), polygon, call.caller, enabled=enabled)
    return f"M{added.id - 1}"


async def _remove(call: Call[None], group: str, member: str) -> None:
    if not member[1:].isdecimal() or len(member) > 8:
        raise NotFound(f"{group}.{member} is not there")
    await call.services.privacy.remove(int(member[1:]) + 1, call.caller)


LIVING = Living(GROUP, _leaves)
TEMPLATES = (Template("0_maskwindows", GROUP, "M", _add, _remove),)

"""privacymask.cgi: privacy masks as VAPIX clients manage them. Done is 204; mistakes are text that begins with ``Error:``, with status 200.

Positions are whole pixels of the largest overview without digital roll, or percent of it. A mask is part of the sensor picture and so of
every view at every zoom; that is why a zoom limit other than 0 is refused.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from starlette.responses import JSONResponse, Response

from panocam.api.endpoint import Call, Discovery, Kind, vapix
from panocam.api.offers import head, offers
from panocam.api.steering import mover_of
from panocam.errors import Denied, InvalidValue, NotFound, PanocamError, Unauthenticated
from panocam.optics.polygon import MOST, Polygon
from panocam.settings.privacy import Mask
from panocam.settings.role import Role

Arguments = Mapping[str, str]
Point = tuple[float, float]

SWITCH = {"yes": True, "true": True, "1": True, "on": True, "no": False, "false": False, "0": False, "off": False}
FINEST_PERCENT = 0.1


async def privacymask(call: Call[None]) -> Response:
    """One of the actions or queries."""
    arguments = call.arguments
    name, table = ("action", _ACTIONS) if "action" in arguments else ("query", _QUERIES)
    try:
        answer = table.get(arguments.get(name, ""))
        if answer is None:
            raise InvalidValue(name, arguments.get(name, ""), f"use action={', '.join(_ACTIONS)} or query={', '.join(_QUERIES)}")
        return await answer(call)
    except (Denied, Unauthenticated):
        raise
    except PanocamError as problem:
        return Response(f"Error:{problem}\n", media_type="text/plain")


async def _add(call: Call[None]) -> Response:
    _check_common(call.arguments)
    polygon = _polygon(call)
    if polygon is None:
        raise InvalidValue("pxpolygon", "", "give pxpolygon=x,y:x,y:…, or width, height and center in percent")
    enabled = _enabled(call.arguments) is not False
    await _blaming_arguments(call, call.services.privacy.add(call.arguments.get("name", ""), polygon, call.caller, enabled=enabled))
    return _done()


async def _update(call: Call[None]) -> Response:
    _check_common(call.arguments)
    number = _named(call).id
    polygon, enabled = _polygon(call), _enabled(call.arguments)
    await _blaming_arguments(call, call.services.privacy.change(number, call.caller, polygon=polygon, enabled=enabled))
    return _done()


async def _remove(call: Call[None]) -> Response:
    await call.services.privacy.remove(_named(call).id, call.caller)
    return _done()


async def _goto(call: Call[None]) -> Response:
    """The first view area that can be moved (or ``camera``) looks at the mask."""
    call.caller.demand_ptz()
    mask = _named(call)
    view = next((offer.index for offer in offers(call.services) if offer.ptz), None)
    if "camera" in call.arguments:
        view = _whole(call.arguments, "camera") - 1
    if view is None:
        raise NotFound("no view area can be moved; switch on pan, tilt and zoom for one of them")
    head(call.services, view)  # raises for a view that does not move
    call.services.ptz.go(view, mover_of(call.caller), call.services.privacy.pose_for(Polygon(mask.corners)))
    return _done()


async def _enable_all(call: Call[None]) -> Response:
    await call.services.privacy.show(True, call.caller)
    return _done()


async def _disable_all(call: Call[None]) -> Response:
    await call.services.privacy.show(False, call.caller)
    return _done()


async def _list_pixels(call: Call[None]) -> Response:
    service = call.services.privacy
    rows: list[dict[str, Any]] = [
        {
            "id": mask.id,
            "name": mask.name,
            "enabled": service.shown and mask.enabled,
            "zoomlowlimit": 0,
            "position": _position(call, mask),
        }
        for mask in service.items
    ]
    return JSONResponse({"listpx": rows})


async def _position_pixels(call: Call[None]) -> Response:
    return JSONResponse({"position": _position(call, _named(call))})


async def _list(call: Call[None]) -> Response:
    """A name a line."""
    return Response("".join(f"{mask.name}\n" for mask in call.services.privacy.items), media_type="text/plain")


async def _position_percent(call: Call[None]) -> Response:
    """The upright rectangle about the mask, in percent of the largest overview."""
    corners = _position(call, _named(call))
    wide, high = call.services.privacy.largest
    x, y = ([corner[axis] * 100 / side for corner in corners] for axis, side in (("x", wide), ("y", high)))
    center = f"{(min(x) + max(x)) / 2:.2f},{(min(y) + max(y)) / 2:.2f}"
    return Response(f"center={center}\nwidth={max(x) - min(x):.2f}\nheight={max(y) - min(y):.2f}\n", media_type="text/plain")


_ACTIONS: Mapping[str, Callable[[Call[None]], Awaitable[Response]]] = {
    "add": _add,
    "update": _update,
    "remove": _remove,
    "goto": _goto,
    "enable_all": _enable_all,
    "disable_all": _disable_all,
}
_QUERIES: Mapping[str, Callable[[Call[None]], Awaitable[Response]]] = {
    "listpxjson": _list_pixels,
    "positionpxjson": _position_pixels,
    "list": _list,
    "position": _position_percent,
}


def _done() -> Response:
    return Response(status_code=204)


def _named(call: Call[None]) -> Mask:
    name = call.arguments.get("name", "").strip()
    if not name:
        raise InvalidValue("name", "", "name the mask, as query=list tells them")
    return call.services.privacy.named(name)


def _position(call: Call[None], mask: Mask) -> list[dict[str, int]]:
    pixels = (call.services.privacy.on_sensor(ray) for ray in Polygon(mask.corners).rays)
    return [{"x": x, "y": y} for x, y in pixels]


def _polygon(call: Call[None]) -> Polygon | None:
    """The shape that the arguments give; None if they give none. Raises InvalidValue."""
    points = _points(call.arguments, call.services.privacy.largest)
    if points is None:
        return None
    try:
        return Polygon.of_rays([call.services.privacy.ray_of_sensor(point) for point in points])
    except InvalidValue as problem:
        raise _of_argument(call.arguments, problem) from None


async def _blaming_arguments(call: Call[None], change: Awaitable[Mask]) -> None:
    """A refusal of a shape names what the client wrote, not the directions that it means."""
    try:
        await change
    except InvalidValue as problem:
        raise _of_argument(call.arguments, problem) from None


def _of_argument(arguments: Arguments, problem: InvalidValue) -> InvalidValue:
    if problem.name not in ("corners", "point"):
        return problem
    name = "pxpolygon" if "pxpolygon" in arguments else "center"
    return InvalidValue(name, arguments.get(name, ""), problem.remedy)


def _points(arguments: Arguments, size: tuple[int, int]) -> list[Point] | None:
    text = arguments.get("pxpolygon")
    if text is not None:
        parts = [part for part in text.split(":", MOST + 2) if part]
        return [_pair("pxpolygon", part) for part in parts]
    if not {"width", "height", "center"} & set(arguments):
        return None
    wide, high = (_percent(arguments, name) * side / 200 for name, side in zip(("width", "height"), size, strict=True))
    x, y = (part * side / 100 for part, side in zip(_pair("center", arguments.get("center", "50,50")), size, strict=True))
    left, right = (min(max(v, 0.0), size[0]) for v in (x - wide, x + wide))
    top, bottom = (min(max(v, 0.0), size[1]) for v in (y - high, y + high))
    return [(left, top), (right, top), (right, bottom), (left, bottom)]


def _pair(name: str, text: str) -> Point:
    numbers = text.split(",")
    try:
        x, y = (float(number) for number in numbers)
    except ValueError:
        raise InvalidValue(name, text, "give pairs x,y of numbers, several of them separated by colons") from None
    if not (abs(x) < 1e6 and abs(y) < 1e6):  # NaN is no number either
        raise InvalidValue(name, text, "give coordinates in the picture")
    return x, y


def _percent(arguments: Arguments, name: str) -> float:
    try:
        value = float(arguments.get(name, ""))
    except ValueError:
        value = 0.0
    if not FINEST_PERCENT <= value <= 100:
        raise InvalidValue(
            name, arguments.get(name, ""), f"give {FINEST_PERCENT:g} to 100 percent of the picture; width and height belong together"
        )
    return value


def _whole(arguments: Arguments, name: str) -> int:
    text = arguments.get(name, "")
    if not text.isascii() or not text.isdigit() or len(text) > 6:
        raise InvalidValue(name, text, "use a whole number")
    return int(text)


def _enabled(arguments: Arguments) -> bool | None:
    if "enabled" not in arguments:
        return None
    found = SWITCH.get(arguments["enabled"].lower())
    if found is None:
        raise InvalidValue("enabled", arguments["enabled"], "use yes or no")
    return found


def _check_common(arguments: Arguments) -> None:
    """What stands beside the shape: the only picture source there is, and no zoom limit."""
    if arguments.get("imagesource", "0") not in ("0", "1", ""):
        raise InvalidValue("imagesource", arguments["imagesource"], "there is one picture source, number 0")
    if "zoomlowlimit" in arguments and _whole(arguments, "zoomlowlimit") != 0:
        remedy = "masks hide at every zoom, because they are part of the sensor picture; leave it out or give 0"
        raise InvalidValue("zoomlowlimit", arguments["zoomlowlimit"], remedy)


ENDPOINTS = (
    vapix(
        "/axis-cgi/privacymask.cgi",
        "Add, change, remove, list, hide and show privacy masks",
        privacymask,
        Role.ADMINISTRATOR,
        also=(Kind.JSON,),
        discovery=Discovery("privacy-mask", "1.0", "Privacy Mask"),
    ),
)

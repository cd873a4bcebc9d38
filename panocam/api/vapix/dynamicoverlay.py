"""dynamicoverlay.cgi: texts and images over the streams, in the words of this camera family.

An overlay made here belongs to one camera number; one that the web page shows in all views is listed under camera 1, or under the number
that was asked for. Indicators are texts without words that have an ``indicator``. Every field has an error code of its own.
"""

from __future__ import annotations

import math
from collections.abc import Awaitable, Mapping
from typing import Any

from panocam.api.endpoint import Call, Discovery, json_api, vapix
from panocam.api.services import overlays
from panocam.api.vapix.envelope import ApiError, Data, Family, JsonApi, Method
from panocam.errors import Busy, InvalidValue, NotFound
from panocam.events.modifiers import SLOTS
from panocam.imaging import artwork
from panocam.settings.overlays import LONGEST_TEXT, MOST, VIEWS, Image, Indicator, Item, Text
from panocam.settings.role import Role

FAMILY = Family(internal=101, version=100, method=203, json=200, missing=102, value=103)
FOLDER = "/etc/overlays/"
"""What paths of images begin with."""

LIMIT, CAMERA, IDENTITY, PATH, REFERENCE, PT, ZOOM, INDICATOR = 300, 301, 302, 305, 313, 314, 315, 316

COMMON = {"position": ("position", 303), "rotation": ("rotation", 321), "visible": ("visible", 311), "zIndex": ("z", 312)}
TEXT = {
    **COMMON, "text": ("text", 304), "textColor": ("color", 306), "textBGColor": ("background", 307), "textOLColor": ("outline", 308),
    "fontSize": ("size", 309), "scrollSpeed": ("scroll", 310),
}  # fmt: skip
IMAGE = {**COMMON, "overlayPath": ("image", PATH)}
MARK = {
    **COMMON, "indicator": ("style", INDICATOR), "indicatorSize": ("size", 317), "indicatorColor": ("color", 318),
    "indicatorBGColor": ("background", 319), "indicatorOLColor": ("outline", 320),
}  # fmt: skip
"""Our field and the error code for each parameter."""

Fields = Mapping[str, tuple[str, int]]


def _view(params: Data) -> int:
    camera = params.get("camera")
    if not isinstance(camera, int) or isinstance(camera, bool) or not 1 <= camera <= VIEWS:
        raise ApiError(CAMERA, str(InvalidValue("camera", camera, f"give a number from 1 to {VIEWS}")))
    return camera - 1


def _identity(params: Data) -> int:
    identity = params.get("identity")
    if not isinstance(identity, int) or isinstance(identity, bool):
        raise ApiError(IDENTITY, str(InvalidValue("identity", identity, "give the number of an overlay, as list tells them")))
    return identity


def _wish(params: Data, fields: Fields) -> dict[str, Any]:
    """Our fields of what was said."""
    _refuse_scenes(params)
    wish = {ours: params[theirs] for theirs, (ours, _) in fields.items() if theirs in params}
    if isinstance(wish.get("text"), str):
        wish["text"] = wish["text"].replace("\\n", "\n").replace("%0A", "\n")
    if "image" in wish:
        wish["image"] = str(wish["image"]).rpartition("/")[2]
    if "camera" in params:
        wish["views"] = (_view(params),)
    return wish


def _refuse_scenes(params: Data) -> None:
    """Overlays lie on the channel; none sticks to the scene."""
    if params.get("reference", "channel") != "channel":
        raise ApiError(REFERENCE, str(InvalidValue("reference", params["reference"], "only channel is supported")))
    if params.get("ptPosition"):
        raise ApiError(PT, "ptPosition: overlays that stick to a direction are not supported")
    if params.get("zoomInterval"):
        raise ApiError(ZOOM, "zoomInterval: overlays that stick to a direction are not supported")


async def _carried_out(fields: Fields, work: Awaitable[Item]) -> Item:
    """Refusals in the code, and under the name, of the parameter to blame."""
    blamed = {ours: (theirs, code) for theirs, (ours, code) in fields.items()}
    try:
        return await work
    except InvalidValue as problem:
        theirs, code = blamed.get(problem.name, (problem.name, FAMILY.value))
        raise ApiError(code, str(InvalidValue(theirs, problem.value, problem.remedy))) from None
    except NotFound as problem:
        raise ApiError(PATH if str(problem).startswith("image") else IDENTITY, str(problem)) from None
    except Busy as problem:
        raise ApiError(LIMIT, str(problem)) from None


def _needed(params: Data, *names: str) -> None:
    for name in names:
        if name not in params:
            raise ApiError(FAMILY.missing, f"{name}: is needed")


def _text_fields(params: Data) -> tuple[str, Fields]:
    if params.get("indicator") and not params.get("text"):
        return "indicator", MARK
    if params.get("indicator"):
        raise ApiError(INDICATOR, "indicator: add it as an overlay of its own, with an empty text")
    return "text", TEXT


async def add_text(call: Call[None], params: Data) -> Data:
    """A text, or an indicator when the text is empty and an indicator is named."""
    _needed(params, "camera", "text")
    kind, fields = _text_fields(params)
    wish = {"kind": kind, **_wish(params, fields)}
    item = await _carried_out(fields, overlays(call.services).add(wish, call.caller))
    return {"camera": params["camera"], "identity": item.identity}


async def add_image(call: Call[None], params: Data) -> Data:
    """An image of the store."""
    _needed(params, "camera", "overlayPath")
    item = await _carried_out(IMAGE, overlays(call.services).add({"kind": "image", **_wish(params, IMAGE)}, call.caller))
    return {"camera": params["camera"], "identity": item.identity}


def _setter(kinds: tuple[type, ...]) -> Method:
    async def change(call: Call[None], params: Data) -> Data:
        service, identity = overlays(call.services), _identity(params)
        try:
            item = service.find(identity)
        except NotFound as problem:
            raise ApiError(IDENTITY, str(problem)) from None
        if not isinstance(item, kinds):
            raise ApiError(IDENTITY, f"identity: overlay {identity} is of another kind ({item.kind})")
        fields = TEXT if isinstance(item, Text) else IMAGE if isinstance(item, Image) else MARK
        await _carried_out(fields, service.change(identity, _wish(params, fields), call.caller))
        return {}

    return change


async def remove(call: Call[None], params: Data) -> Data:
    """One overlay."""
    await _carried_out({}, overlays(call.services).remove(_identity(params), call.caller))
    return {}


async def list_all(call: Call[None], params: Data) -> Data:
    """Overlays, those of one camera or one identity where that is asked for."""
    service = overlays(call.services)
    view = _view(params) if params.get("camera") is not None else None
    only = _identity(params) if params.get("identity") is not None else None
    items = [
        item
        for item in service.items
        if (view is None or item.views is None or view in item.views) and (only is None or item.identity == only)
    ]
    if only is not None and not items:
        raise ApiError(IDENTITY, f"identity: there is no overlay {only}")
    scalable = {picture.name: picture.scalable for picture in await service.images()}
    return {
        "imageFiles": [FOLDER + name for name in scalable],
        "imageOverlays": [_image_row(item, view, scalable.get(item.image, True)) for item in items if isinstance(item, Image)],
        "textOverlays": [_text_row(item, view) for item in items if isinstance(item, Text)]
        + [_mark_row(item, view) for item in items if isinstance(item, Indicator)],
    }


def _common_row(item: Item, view: int | None) -> dict[str, Any]:
    shown = view if view is not None else item.views[0] if item.views else 0
    position = item.position if isinstance(item.position, str) else list(item.position)
    return {
        "camera": shown + 1, "identity": item.identity, "position": position,
        "visible": item.visible, "zIndex": item.z, "rotation": item.rotation,
    }  # fmt: skip


def _image_row(item: Image, view: int | None, scalable: bool) -> dict[str, Any]:
    return {**_common_row(item, view), "overlayPath": FOLDER + item.image, "scalable": scalable}


def _text_row(item: Text, view: int | None) -> dict[str, Any]:
    return {
        **_common_row(item, view), "text": item.text, "textLength": len(item.text), "textColor": item.color,
        "textBGColor": item.background, "textOLColor": item.outline, "fontSize": _whole(item.size), "scrollSpeed": _whole(item.scroll),
        "reference": "channel", "scalable": True,
    }  # fmt: skip


def _mark_row(item: Indicator, view: int | None) -> dict[str, Any]:
    return {
        **_common_row(item, view), "text": "", "textLength": 0, "reference": "channel", "scalable": True, "indicator": item.style,
        "indicatorSize": _whole(item.size), "indicatorColor": item.color, "indicatorBGColor": item.background,
        "indicatorOLColor": item.outline,
    }  # fmt: skip


def _whole(number: float) -> float:
    return int(number) if math.isfinite(number) and number == int(number) else number


async def capabilities(call: Call[None], _params: Data) -> Data:
    """What overlays may be."""
    return {
        "minFontSize": 0, "maxFontSize": 200, "maxTextLength": LONGEST_TEXT, "maxImageWidth": artwork.LARGEST_SIDE,
        "maxImageHeight": artwork.LARGEST_SIDE, "maxImageSize": artwork.LARGEST_FILE, "rotationSupported": True,
        "numAvailableSlots": MOST - len(overlays(call.services).items), "slotsPerOverlay": 1, "slotsPerTextOverlay": 1,
        "slotsPerImageOverlay": 1, "supportedReferences": ["channel"],
    }  # fmt: skip


async def legacy(call: Call[None]) -> str:
    """``action=gettext`` and ``action=settext``: the dynamic text. Mistakes are text with status 200, as in the other old CGIs."""
    try:
        return _dynamic_text(call)
    except InvalidValue as problem:
        return f"Error: {problem}\n"


def _dynamic_text(call: Call[None]) -> str:
    board, given = overlays(call.services).board, call.arguments
    action, index = given.get("action", ""), given.get("index", "0") or "0"
    if not index.isascii() or not index.isdigit() or len(index) > 3:
        raise InvalidValue("index", index, f"give a number from 1 to {SLOTS}")
    if action == "gettext":
        return board.dynamic.get(int(index), "") + "\n"
    if action == "settext":
        board.set_dynamic(given.get("text", ""), int(index))
        return "OK\n"
    raise InvalidValue("action", action, "use gettext or settext")


METHODS: dict[str, Method] = {
    "addText": add_text,
    "addImage": add_image,
    "setText": _setter((Text, Indicator)),
    "setImage": _setter((Image,)),
    "list": list_all,
    "remove": remove,
    "getOverlayCapabilities": capabilities,
}

API = JsonApi(tuple(f"1.{minor}" for minor in range(9)), METHODS, FAMILY)

ENDPOINTS = (
    json_api(
        "/axis-cgi/dynamicoverlay/dynamicoverlay.cgi",
        "Text and image overlays",
        API,
        Role.OPERATOR,
        discovery=Discovery("dynamicoverlay", API.versions[-1], "Dynamic Overlay"),
    ),
    vapix("/axis-cgi/dynamicoverlay.cgi", "The dynamic text", legacy, Role.OPERATOR),
)

"""Views, capture modes and the quad view, as VAPIX asks for them: viewarea/*.cgi, capturemode.cgi, quadviewsetup.cgi.

The views of this camera are made by dewarping, not cut out of a flat picture, so none has a rectangle on a canvas: ``configurable`` is
false everywhere, and a geometry is refused as not configurable.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from panocam.api import installation
from panocam.api.endpoint import Call, Discovery, json_api
from panocam.api.offers import offers
from panocam.api.services import Services
from panocam.api.vapix.envelope import FAMILY_A, ApiError, Data, Family, JsonApi
from panocam.errors import InvalidValue
from panocam.optics.capture import capture_mode
from panocam.settings.role import Role

FIRST_ID = 1_000_001
"""Id of view 0; the others follow."""

FAMILY_D = Family(internal=103, version=101, method=102, json=103, missing=103, value=103)
UNKNOWN_ID, NOT_CONFIGURABLE = 200, 201


def _areas(services: Services) -> Mapping[str, Any]:
    """Every view that can be watched now."""
    there = [offer.index for offer in offers(services) if not offer.reason]
    return {"viewAreas": [{"id": FIRST_ID + index, "source": 0, "camera": index + 1, "configurable": False} for index in there]}


async def list_areas(call: Call[None], _params: Data) -> Mapping[str, Any]:
    """The views."""
    return _areas(call.services)


async def set_geometry(call: Call[None], params: Data) -> Mapping[str, Any]:
    """Refused for every view, by the id's own fault or because nothing can be configured."""
    area = params.get("viewArea")
    if not isinstance(area, dict) or "id" not in area:
        raise ApiError(FAMILY_D.missing, "viewArea.id: name the view area")
    known = [each["id"] for each in _areas(call.services)["viewAreas"]]
    if area["id"] not in known:
        raise ApiError(UNKNOWN_ID, f"viewArea.id {str(area['id'])[:20]}: use one of {', '.join(map(str, known))}")
    raise ApiError(NOT_CONFIGURABLE, f"view area {area['id']} has no rectangular geometry: it is dewarped; pan, tilt and zoom it instead")


async def get_modes(call: Call[None], _params: Data) -> list[Any]:
    """The capture modes; a list, as clients expect."""
    modes = [
        {"captureModeId": mode.row.number, "enabled": mode.selected, "maxFPS": round(mode.fps), "description": mode.row.title}
        for mode in installation.modes(call.services)
    ]
    return [{"channel": 0, "captureMode": modes}]


async def set_mode(call: Call[None], params: Data) -> Mapping[str, Any]:
    """Choose a mode; the picture restarts. Clients name it in ``params`` or beside them."""
    given = {**json.loads(call.raw), **params}
    if given.get("channel", 0) != 0:
        raise InvalidValue("channel", given["channel"], "there is one sensor: use 0")
    number = given.get("captureModeId")
    if isinstance(number, bool) or not isinstance(number, int):
        raise ApiError(FAMILY_A.missing, "captureModeId: give the number of a mode, as getCaptureModes lists them")
    await installation.restart(call.services, {"installation.capture_mode": str(capture_mode(number).name)}, call.caller)
    return {}


async def get_order(call: Call[None], _params: Data) -> Mapping[str, Any]:
    """Which area stands top left, top right, bottom left, bottom right."""
    return {"id": list(call.services.settings.snapshot.installation.quad_order)}


async def set_order(call: Call[None], params: Data) -> Mapping[str, Any]:
    """Another order of the areas 1 to 4."""
    order = params.get("id")
    if order is None:
        raise ApiError(FAMILY_A.missing, "id: give the four areas in order, as [1, 4, 2, 3]")
    try:
        await call.services.settings.patch({"installation.quad_order": order}, call.caller)
    except InvalidValue as problem:
        raise InvalidValue("id", order, problem.remedy) from None
    return {}


async def get_eye(call: Call[None], _params: Data) -> Mapping[str, Any]:
    """Whether the overview stands in the middle of the quad view; a string, as clients expect."""
    return {"quadeye": str(call.services.settings.snapshot.installation.quad_eye).lower()}


async def set_eye(call: Call[None], params: Data) -> Mapping[str, Any]:
    """Show or hide it."""
    eye = {"true": True, "false": False}.get(str(params.get("quadeye")).lower())
    if eye is None:
        raise ApiError(FAMILY_A.missing, str(InvalidValue("quadeye", params.get("quadeye"), "give true or false")))
    await call.services.settings.patch({"installation.quad_eye": eye}, call.caller)
    return {}


_VERSIONS = ("1.0",)
_AREA = Discovery("view-area", "1.0", "View Area")

ENDPOINTS = (
    json_api(
        "/axis-cgi/viewarea/info.cgi",
        "The views that can be watched",
        JsonApi(_VERSIONS, {"list": list_areas}, FAMILY_D),
        Role.VIEWER,
        discovery=_AREA,
    ),
    json_api(
        "/axis-cgi/viewarea/configure.cgi",
        "Geometry of a view; none of them has one that can be set",
        JsonApi(_VERSIONS, {"setGeometry": set_geometry, "resetGeometry": set_geometry}, FAMILY_D),
        Role.ADMINISTRATOR,
    ),
    json_api(
        "/axis-cgi/capturemode.cgi",
        "Capture modes: list and choose",
        JsonApi(_VERSIONS, {"getCaptureModes": get_modes, "setCaptureMode": set_mode}),
        Role.VIEWER,
        discovery=Discovery("capture-mode", "1.0", "Capture Mode"),
    ),
    json_api(
        "/axis-cgi/quadviewsetup.cgi",
        "Order of the quad view, and its eye",
        JsonApi(_VERSIONS, {"getOrder": get_order, "setOrder": set_order, "getQuadEyeValue": get_eye, "setQuadEyeValue": set_eye}),
        Role.OPERATOR,
        discovery=Discovery("reposition-quadview", "1.0", "Quad View Setup"),
    ),
)

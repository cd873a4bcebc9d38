"""basicdeviceinfo.cgi: who is this camera. Every value is a string, and clients count on all of them being there."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import panocam
from panocam.api.endpoint import Call, Discovery, json_api
from panocam.api.services import Services
from panocam.api.vapix.envelope import ApiError, Data, JsonApi
from panocam.errors import InvalidValue
from panocam.settings.role import Role

RESTRICTED = frozenset({"Architecture", "Soc", "SocSerialNumber"})
"""Properties that only administrators may read."""


@cache
def _installed() -> str:
    """When this copy of the program was put here, in the form that cameras give their build date."""
    stamp = Path(panocam.__file__).stat().st_mtime
    return datetime.fromtimestamp(stamp, UTC).strftime("%b %d %Y %H:%M")


def properties(services: Services) -> dict[str, str]:
    """All properties by name."""
    device = services.settings.running.device
    model = device.model.upper()
    return {
        "Brand": "panocam",
        "BuildDate": _installed(),
        "HardwareID": "software",
        "ProdFullName": f"panocam {model} Panoramic Camera",
        "ProdNbr": model,
        "ProdShortName": f"panocam {model}",
        "ProdType": "Panoramic Camera",
        "ProdVariant": "",
        "SerialNumber": device.serial,
        "Version": panocam.__version__,
        "WebURL": "",
        "Architecture": platform.machine(),
        "Soc": platform.processor() or platform.machine(),
        "SocSerialNumber": "",
    }


async def get_all(call: Call[None], _params: Data) -> Mapping[str, Any]:
    """Everything; administrators only."""
    call.caller.demand(Role.ADMINISTRATOR)
    return {"propertyList": properties(call.services)}


async def get_unrestricted(call: Call[None], _params: Data) -> Mapping[str, Any]:
    """What anybody may know."""
    return {"propertyList": {name: value for name, value in properties(call.services).items() if name not in RESTRICTED}}


async def get_named(call: Call[None], params: Data) -> Mapping[str, Any]:
    """The named properties; restricted ones for administrators only."""
    names = params.get("propertyList")
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise ApiError(API.family.missing, "propertyList: give a list of property names")
    known = properties(call.services)
    for name in names:
        if name not in known:
            raise InvalidValue("propertyList", name, f"use names among {', '.join(known)}")
    if RESTRICTED & set(names):
        call.caller.demand(Role.ADMINISTRATOR)
    return {"propertyList": {name: known[name] for name in names}}


API = JsonApi(
    ("1.0", "1.1", "1.2", "1.3"),
    {"getAllProperties": get_all, "getAllUnrestrictedProperties": get_unrestricted, "getProperties": get_named},
)

ENDPOINTS = (
    json_api(
        "/axis-cgi/basicdeviceinfo.cgi",
        "Model, serial number and version; part of it without login",
        API,
        None,
        optional_login=True,
        discovery=Discovery("basic-device-info", API.versions[-1], "Basic Device Information"),
    ),
)

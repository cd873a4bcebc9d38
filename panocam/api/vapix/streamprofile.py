"""streamprofile.cgi: named sets of stream arguments."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from panocam.api import profiles
from panocam.api.endpoint import Call, Discovery, json_api
from panocam.api.faults import invalid
from panocam.api.vapix.envelope import ApiError, Data, Family, JsonApi
from panocam.settings.profiles import MOST, StreamProfile
from panocam.settings.role import Role

FAMILY_C = Family(internal=1000, version=2000, method=2005, json=2001, missing=2001, value=1000)
NO_SUCH = 2006


def _names(params: Data) -> list[str]:
    """The names in ``streamProfileName``; empty is all."""
    asked = params.get("streamProfileName", [])
    if not isinstance(asked, list) or not all(isinstance(each, dict) and isinstance(each.get("name"), str) for each in asked):
        raise ApiError(FAMILY_C.missing, 'streamProfileName: give a list of objects such as {"name": "mobile"}')
    return [each["name"] for each in asked]


def _known(call: Call[None], names: list[str]) -> None:
    there = {each.name for each in profiles.profiles(call.services)}
    missing = next((name for name in names if name not in there), None)
    if missing is not None:
        raise ApiError(NO_SUCH, f"there is no stream profile named {missing[:80]!r}")


def _given(params: Data) -> list[StreamProfile]:
    asked = params.get("streamProfile")
    if not isinstance(asked, list) or not asked or not all(isinstance(each, dict) for each in asked):
        raise ApiError(FAMILY_C.missing, "streamProfile: give a list of objects with name, description and parameters")
    known = StreamProfile.model_fields
    try:
        return [StreamProfile.model_validate({key: value for key, value in each.items() if key in known}) for each in asked]
    except ValidationError as problem:
        raise invalid(problem) from None


async def list_profiles(call: Call[None], params: Data) -> Mapping[str, Any]:
    """The named profiles, or all."""
    names = _names(params)
    _known(call, names)
    found = [each.model_dump() for each in profiles.profiles(call.services) if not names or each.name in names]
    return {"maxProfiles": MOST, "streamProfile": found}


async def create(call: Call[None], params: Data) -> Mapping[str, Any]:
    """New profiles. One that is there already is refused."""
    call.caller.demand(Role.OPERATOR)
    given = _given(params)
    there = {each.name for each in profiles.profiles(call.services)}
    double = next((each.name for each in given if each.name in there), None)
    if double is not None:
        raise ApiError(FAMILY_C.value, f"a stream profile named {double!r} is there already: update it, or choose another name")
    await profiles.keep(call.services, given, call.caller)
    return {}


async def update(call: Call[None], params: Data) -> Mapping[str, Any]:
    """Other contents for profiles that are there."""
    call.caller.demand(Role.OPERATOR)
    given = _given(params)
    _known(call, [each.name for each in given])
    await profiles.keep(call.services, given, call.caller)
    return {}


async def remove(call: Call[None], params: Data) -> Mapping[str, Any]:
    """Forget the named profiles."""
    call.caller.demand(Role.OPERATOR)
    names = _names(params)
    _known(call, names)
    await profiles.remove(call.services, names, call.caller)
    return {}


ENDPOINTS = (
    json_api(
        "/axis-cgi/streamprofile.cgi",
        "Stream profiles: list, create, update, remove",
        JsonApi(("1.0",), {"list": list_profiles, "create": create, "update": update, "remove": remove}, FAMILY_C),
        Role.VIEWER,
        discovery=Discovery("stream-profiles", "1.0", "Stream Profiles"),
    ),
)

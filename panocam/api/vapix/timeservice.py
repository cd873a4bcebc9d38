"""time.cgi and date.cgi: the camera's clock and its zone."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any

from starlette.responses import Response

from panocam.api import timekeeping
from panocam.api.endpoint import Call, Discovery, json_api, vapix
from panocam.api.vapix.envelope import FAMILY_I, ApiError, Data, JsonApi
from panocam.errors import InvalidValue, Unavailable
from panocam.settings import zones
from panocam.settings.role import Role
from panocam.settings.timekeeping import LAST_YEAR

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
GMT = "GMT"


def _utc(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"


async def get_date_time_info(call: Call[None], _params: Data) -> Mapping[str, Any]:
    """What the clock shows; the zone by its name where it has one, by its rule where that is known."""
    now = timekeeping.shown(call.services)
    found: dict[str, Any] = {
        "dateTime": _utc(now.utc),
        "localDateTime": now.local.replace(microsecond=0).isoformat(),
        "maxYearSupported": LAST_YEAR,
    }
    if now.zone:
        found["timeZone"] = now.zone
    if now.rule:
        found |= {"posixTimeZone": now.rule, "dstEnabled": now.daylight_saving}
    return found


async def get_all(call: Call[None], params: Data) -> Mapping[str, Any]:
    """The same, and every name of a zone."""
    return {**await get_date_time_info(call, params), "timeZones": list(zones.names())}


async def set_date_time(call: Call[None], params: Data) -> Mapping[str, Any]:
    """Set the clock; from now on it follows nobody."""
    call.caller.demand(Role.OPERATOR)
    text = _text(params, "dateTime")
    if not text.endswith("Z"):
        raise ApiError(FAMILY_I.value, "dateTime: give UTC, such as 2026-11-27T08:12:11Z")
    await timekeeping.set_by_hand(call.services, text, call.caller)
    return {"dateTime": text}


async def set_time_zone(call: Call[None], params: Data) -> Mapping[str, Any]:
    """By its IANA name."""
    call.caller.demand(Role.OPERATOR)
    name = _text(params, "timeZone")
    if name not in zones.names():
        raise InvalidValue("timeZone", name, "is no name of a time zone; getAll lists them")
    await call.services.settings.patch({"time.zone": name}, call.caller)
    return {"timeZone": name}


async def set_posix_time_zone(call: Call[None], params: Data) -> Mapping[str, Any]:
    """By a POSIX rule, with or without its daylight saving time."""
    call.caller.demand(Role.OPERATOR)
    rule, daylight = _text(params, "posixTimeZone"), params.get("enableDst")
    if not isinstance(daylight, bool):
        raise ApiError(FAMILY_I.missing, "enableDst: say true or false")
    if not zones.is_rule(rule):
        raise InvalidValue("posixTimeZone", rule, "use a POSIX rule such as CET-1CEST,M3.5.0,M10.5.0/3")
    await call.services.settings.patch({"time.zone": rule, "time.daylight_saving": daylight}, call.caller)
    return {"posixTimeZone": rule, "dstEnabled": daylight}


async def reset_time_zone(call: Call[None], _params: Data) -> Mapping[str, Any]:
    """Back to the machine's own zone."""
    call.caller.demand(Role.OPERATOR)
    await call.services.settings.patch({"time.zone": "", "time.daylight_saving": True}, call.caller)
    return {"status": "success"}


def _text(params: Data, name: str) -> str:
    value = params.get(name)
    if not isinstance(value, str) or not value:
        raise ApiError(FAMILY_I.missing, f"{name}: is needed, as a string")
    return value


async def date(call: Call[None]) -> Response:
    """The older form: what clocks show here, as text."""
    action = call.arguments.get("action", "get")
    answer = _ACTIONS.get(action)
    if answer is None:
        return _said(f"Request failed: action {action[:20]} is unknown; use get or set")
    try:
        return await answer(call)
    except (InvalidValue, Unavailable) as fault:
        return _said(f"Request failed: {fault}")


async def _get(call: Call[None]) -> Response:
    at = timekeeping.shown(call.services).local
    return _said(f"{MONTHS[at.month - 1]} {at.day:02}, {at.year} {at:%H:%M:%S}")


async def _set(call: Call[None]) -> Response:
    """Date, time or both; what is not named stays. ``timezone=GMT`` makes it UTC instead of the camera's zone."""
    call.caller.demand(Role.OPERATOR)
    given, now = call.arguments, timekeeping.shown(call.services)
    utc = given.get("timezone", "") == GMT
    base = now.utc if utc else now.local
    named = {name: _number(given, name) for name in ("year", "month", "day", "hour", "minute", "second") if name in given}
    if not named:
        raise InvalidValue("year", "", "name what to set: year, month and day, or hour, minute and second")
    try:
        at = base.replace(**named, microsecond=0, tzinfo=None)
    except ValueError as fault:
        raise InvalidValue("date", " ".join(f"{name}={value}" for name, value in named.items()), str(fault)) from None
    await timekeeping.set_by_hand(call.services, at.isoformat() + ("Z" if utc else ""), call.caller)
    return _said("OK")


def _number(given: Mapping[str, str], name: str) -> int:
    text = given[name]
    if not text.isascii() or not text.isdigit() or len(text) > 4:
        raise InvalidValue(name, text, "use a whole number")
    return int(text)


def _said(text: str) -> Response:
    return Response(text + "\n", media_type="text/plain")


_ACTIONS: Mapping[str, Callable[[Call[None]], Awaitable[Response]]] = {"get": _get, "set": _set}
_METHODS = {
    "getDateTimeInfo": get_date_time_info,
    "getAll": get_all,
    "setDateTime": set_date_time,
    "setTimeZone": set_time_zone,
    "setPosixTimeZone": set_posix_time_zone,
    "resetTimeZone": reset_time_zone,
}

ENDPOINTS = (
    json_api(
        "/axis-cgi/time.cgi",
        "The clock and its time zone",
        JsonApi(("1.0", "1.1"), _METHODS, FAMILY_I),
        Role.VIEWER,
        discovery=Discovery("time-service", "1.1", "Time API"),
    ),
    vapix("/axis-cgi/date.cgi", "The clock, in the older form", date, Role.VIEWER),
)

"""ntp.cgi: the camera as a client of NTP servers. NTS and servers from DHCP are not there, and a wish for them is refused."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from panocam.api.endpoint import Call, Discovery, json_api
from panocam.api.services import timekeeper_of
from panocam.api.vapix.envelope import FAMILY_I, ApiError, Data, JsonApi
from panocam.clock import NS
from panocam.settings.role import Role
from panocam.settings.timekeeping import MOST_SERVERS, TimeSource


async def get_ntp_info(call: Call[None], _params: Data) -> Mapping[str, Any]:
    """Settings and state of the client."""
    time = call.services.settings.snapshot.time
    state = timekeeper_of(call.services).synchronisation
    synced = state is not None and state.synchronised
    wait = 0 if state is None else max(0, state.next_ns - call.services.clock.monotonic_ns())
    client: dict[str, Any] = {
        "enabled": time.source is TimeSource.NTP,
        "NTSEnabled": False,
        "serversSource": "static",
        "maxSupportedStaticServers": MOST_SERVERS,
        "staticServers": list(time.ntp_servers),
        "advertisedServers": [],
        "staticNTSKEServers": [],
        "synced": synced,
        "timeToNextSync": round(wait / NS),
        "minpoll": time.ntp_minpoll,
        "maxpoll": time.ntp_maxpoll,
    }
    if state is not None and synced and state.offset_ns is not None:
        client["timeOffset"] = round(state.offset_ns / 1e6, 3)
    return {"client": client}


async def set_ntp_client_configuration(call: Call[None], params: Data) -> Mapping[str, Any]:
    """Servers, intervals, and whether they are followed. What is not named stays; without servers the clock follows the machine."""
    if params.get("NTSEnabled") not in (None, False) or params.get("staticNTSKEServers") not in (None, [], [""]):
        raise ApiError(FAMILY_I.value, "NTSEnabled: this camera speaks NTP without NTS; leave it false")
    if str(params.get("serversSource", "static")).lower() != "static":
        raise ApiError(FAMILY_I.value, "serversSource: this camera takes no servers from DHCP; use static and name them in staticServers")
    changes: dict[str, object] = {}
    if "staticServers" in params:
        changes["time.ntp_servers"] = _servers(params["staticServers"])
    for name in ("minpoll", "maxpoll"):
        if name in params:
            changes[f"time.ntp_{name}"] = params[name]
    enabled = params.get("enabled")
    if not isinstance(enabled, bool | None):
        raise ApiError(FAMILY_I.value, "enabled: say true or false")
    if enabled is not None:
        on = call.services.settings.snapshot.time.source is TimeSource.NTP
        if enabled or on:  # switched off, the clock goes on with the machine's; one that was set by hand stays as it is
            changes["time.source"] = TimeSource.NTP if enabled else TimeSource.MACHINE
    if not changes:
        raise ApiError(FAMILY_I.missing, "name at least one of enabled, staticServers, minpoll, maxpoll")
    await call.services.settings.patch(changes, call.caller)
    return {}


def _servers(given: object) -> list[str]:
    if not isinstance(given, list) or not all(isinstance(each, str) for each in given):
        raise ApiError(FAMILY_I.value, "staticServers: use a list of names or addresses")
    return [] if given == [""] else given


_METHODS = {"getNTPInfo": get_ntp_info, "setNTPClientConfiguration": set_ntp_client_configuration}

ENDPOINTS = (
    json_api(
        "/axis-cgi/ntp.cgi",
        "The camera as a client of NTP servers",
        JsonApi(tuple(f"1.{minor}" for minor in range(6)), _METHODS, FAMILY_I),
        Role.ADMINISTRATOR,
        discovery=Discovery("ntp", "1.5", "NTP"),
    ),
)

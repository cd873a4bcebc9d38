"""restart.cgi, factorydefault.cgi, hardfactorydefault.cgi; of firmwaremanagement.cgi what is true for a camera made of software."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any

from starlette.responses import Response

import panocam
from panocam.access.reset import Mode
from panocam.api.endpoint import Call, Discovery, Kind, json_api, vapix
from panocam.api.guard import demand_own_site
from panocam.api.maintenance import maintenance_of
from panocam.api.replies import page
from panocam.api.vapix.envelope import Data, Family, JsonApi
from panocam.errors import InvalidValue
from panocam.settings import Role

FAMILY_F = Family(internal=500, version=417, method=405, json=400, missing=400, value=400)


async def restart(call: Call[None]) -> Response:
    """Restart; settings stay."""
    demand_own_site(call)
    maintenance_of(call.services).restart(call)
    return page("Restart", "The camera restarts. Streams end, and it answers again in a few seconds.")


async def factory_default(mode: Mode, call: Call[None]) -> Response:
    """Back to factory default."""
    demand_own_site(call)
    maintenance_of(call.services).reset(call, mode)
    return page("Factory default", "The camera restarts with its default settings. Create the administrator when it answers again.")


async def status(_call: Call[None], _params: Data) -> Mapping[str, Any]:
    """What runs. There is one version, and it needs no commit; clients read one spelling or the other."""
    return {"activeFirmwareVersion": panocam.__version__, "activeFirmwarePart": "panocam", "isCommited": True, "isCommitted": True}


async def reboot(call: Call[None], _params: Data) -> Mapping[str, Any]:
    """Restart."""
    maintenance_of(call.services).restart(call)
    return {}


async def reset(call: Call[None], params: Data) -> Mapping[str, Any]:
    """Back to factory default, soft or hard."""
    given = params.get("factoryDefaultMode")
    if given not in set(Mode):
        raise InvalidValue("factoryDefaultMode", given, f"use {' or '.join(Mode)}")
    maintenance_of(call.services).reset(call, Mode(given))
    return {}


API = JsonApi(("1.0", "1.1", "1.2", "1.3", "1.4"), {"status": status, "reboot": reboot, "factoryDefault": reset}, FAMILY_F)

_Answer = Callable[[Call[None]], Awaitable[Response]]
_PAGES: Mapping[str, tuple[str, _Answer]] = {
    "restart": ("Restart the camera", restart),
    "factorydefault": ("Factory default, network and time settings stay", partial(factory_default, Mode.SOFT)),
    "hardfactorydefault": ("Factory default of everything", partial(factory_default, Mode.HARD)),
}

ENDPOINTS = (
    *(vapix(f"/axis-cgi/{name}.cgi", title, answer, Role.ADMINISTRATOR, reply=Kind.HTML) for name, (title, answer) in _PAGES.items()),
    json_api(
        "/axis-cgi/firmwaremanagement.cgi",
        "Version, restart and factory default",
        API,
        Role.ADMINISTRATOR,
        discovery=Discovery("fwmgr", API.versions[-1], "Firmware Management"),
    ),
)

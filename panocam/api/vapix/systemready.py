"""systemready.cgi: is the camera up, must it be set up, how long has it run. Answers anybody; all values are strings."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from panocam.api.endpoint import Call, Discovery, json_api
from panocam.api.vapix.envelope import FAMILY_H, Data, JsonApi
from panocam.clock import NS
from panocam.errors import InvalidValue

LONGEST_WAIT = 120
"""Seconds; a client without a login must not hold a connection for longer."""


async def systemready(call: Call[None], params: Data) -> Mapping[str, Any]:
    """Wait up to ``timeout`` seconds for the camera to be ready, then say how it is."""
    services = call.services
    timeout = params.get("timeout", 0)
    if isinstance(timeout, str) and timeout.isdigit():
        timeout = int(timeout[:9])
    if isinstance(timeout, bool) or not isinstance(timeout, int) or timeout < 0:
        raise InvalidValue("timeout", timeout, "use a number of seconds, 0 or more")
    try:
        async with asyncio.timeout(min(timeout, LONGEST_WAIT)):
            await services.boot.ready.wait()
    except TimeoutError:
        pass
    uptime = (services.clock.monotonic_ns() - services.boot.started_ns) // NS
    left = services.preview.remaining_s
    return {
        "systemready": "yes" if services.boot.ready.is_set() else "no",
        "needsetup": "yes" if services.needs_setup else "no",
        "uptime": str(uptime),
        "bootid": services.boot.id,
        **({"previewmode": str(left)} if left > 0 else {}),
    }


API = JsonApi(("1.0", "1.1", "1.2", "1.3", "1.4"), {"systemready": systemready}, FAMILY_H, "Invalid JSON input")

ENDPOINTS = (
    json_api(
        "/axis-cgi/systemready.cgi",
        "Whether the camera is ready, needs set-up, and how long it has run",
        API,
        None,
        discovery=Discovery("systemready", API.versions[-1], "Systemready"),
    ),
)

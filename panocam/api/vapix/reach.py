"""pingtest.cgi and tcptest.cgi: whether another computer answers the camera."""

from __future__ import annotations

from panocam.api.endpoint import Call, vapix
from panocam.api.reach import checked_host, connect, ping
from panocam.errors import InvalidValue
from panocam.settings import Role


async def pingtest(call: Call[None]) -> str:
    """One echo to ``ip``."""
    return f"{await ping(checked_host('ip', call.arguments.get('ip', '')))}\n"


async def tcptest(call: Call[None]) -> str:
    """One connection to ``port`` of ``address``."""
    host, port = checked_host("address", call.arguments.get("address", "")), call.arguments.get("port", "")
    if not (port.isascii() and port.isdigit() and 1 <= int(port[:6]) <= 65535):
        raise InvalidValue("port", port, "give a number from 1 to 65535")
    return f"{await connect(host, int(port))}\n"


ENDPOINTS = (
    vapix("/axis-cgi/pingtest.cgi", "Whether another computer answers an echo", pingtest, Role.ADMINISTRATOR),
    vapix("/axis-cgi/tcptest.cgi", "Whether a port of another computer can be reached", tcptest, Role.ADMINISTRATOR),
)

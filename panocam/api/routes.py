"""From paths to doors: most paths have no parameters, and those are found in one look, whatever their number."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.routing import BaseRoute, Match, Route, WebSocketRoute
from starlette.types import ASGIApp, Receive, Scope, Send

HTTP, SOCKET = "http", "websocket"

Doors = Mapping[tuple[str, str], ASGIApp]
"""By what kind of connection (``HTTP`` or ``SOCKET``) and path they answer."""


def routes(doors: Doors) -> list[BaseRoute]:
    """Paths without parameters first, then the others in their order. An expression for each would be compiled at every start, and tried
    one after the other at every request."""
    plain = {place: door for place, door in doors.items() if "{" not in place[1]}
    made = {HTTP: Route, SOCKET: WebSocketRoute}
    return [PlainPaths(plain), *(made[kind](path, door) for (kind, path), door in doors.items() if (kind, path) not in plain)]


class PlainPaths(BaseRoute):
    """All paths without parameters."""

    def __init__(self, doors: Doors) -> None:
        self._doors = doors

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        door = self._doors.get((scope["type"], scope["path"]))
        return (Match.NONE, {}) if door is None else (Match.FULL, {"endpoint": door, "path_params": {}})

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        await scope["endpoint"](scope, receive, send)

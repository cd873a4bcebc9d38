"""What the HTTP side writes down: each request in the access log, each change that was made through the REST in the audit log."""

from __future__ import annotations

from typing import Any

from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from panocam.api.endpoint import WEBSOCKET, Dialect, Endpoint
from panocam.api.guard import SAFE, Caller, client_address, target
from panocam.api.services import Services
from panocam.errors import Denied, PanocamError
from panocam.journal.access import Asked
from panocam.journal.acting import ACTING, Acting
from panocam.settings import Role

ACCOUNT = "panocam.account"
"""Key in the ASGI scope: who was admitted."""

SESSION = "panocam.session"
"""And whether by a page's session."""

BY_THE_STORE = "/api/v1/settings"
"""The store tells of each setting that becomes another; a form that is sent without a change is none."""


class Noting:
    """Tells the access log of every request when its reply begins: an endless stream is noted while it runs."""

    def __init__(self, app: ASGIApp, services: Services) -> None:
        self._app, self._services = app, services

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        access = self._services.access
        if access is None or scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return

        async def listen(message: Message) -> None:
            match message["type"]:
                case "http.response.start" | "websocket.http.response.start":
                    access.heard(_asked(scope, message["status"]))
                case "websocket.accept":
                    access.heard(_asked(scope, 101))
            await send(message)

        await self._app(scope, receive, listen)


def admitted(scope: Any, caller: Caller) -> Acting:
    """Remember for both logs on whose behalf this request runs."""
    name = caller.user.name if caller.user is not None else ""
    scope[ACCOUNT], scope[SESSION] = name, caller.session is not None
    acting = Acting(name or "somebody without an account", caller.address, scope["scheme"])
    ACTING.set(acting)
    return acting


def refused(scope: Any, problem: PanocamError) -> None:
    """Remember who was turned away, where the refusal knows."""
    if isinstance(problem, Denied) and problem.account:
        scope[ACCOUNT] = problem.account


def changed(services: Services, row: Endpoint, acting: Acting, method: str, place: dict[str, Any]) -> None:
    """Note a change of the system that no part has told the audit log about; steering a view is none."""
    steers = row.ptz or row.role in (None, Role.VIEWER) or row.path == BY_THE_STORE
    if services.audit is None or acting.told or steers or row.dialect is not Dialect.REST or method in SAFE | {WEBSOCKET}:
        return
    where = ", ".join(f"{name} {value}" for name, value in place.items())
    services.audit.note(f"{row.title.lower()}{f' ({where})' if where else ''}", "rest", path=row.path)


def _asked(scope: Scope, status: int) -> Asked:
    connection = HTTPConnection(scope)
    peer, asked = client_address(connection), target(connection)
    return Asked(peer, scope.get(ACCOUNT, ""), scope["scheme"], scope.get("method", WEBSOCKET), asked, status, scope.get(SESSION, False))

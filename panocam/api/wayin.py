"""Which scheme leads in: what an answer on the wrong one says, and changes that would shut the door behind their own caller.

``network.http_policy`` says which of the web ports answer. With ``https`` the HTTP port stays open and says one thing: where to go.
"""

from __future__ import annotations

from collections.abc import Mapping

from starlette.requests import HTTPConnection, Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from panocam.api.faults import HttpFault
from panocam.api.front import TLS_VERSION
from panocam.api.guard import Caller
from panocam.api.replies import page
from panocam.api.services import Services
from panocam.settings.system import HttpPolicy

HSTS = b"strict-transport-security"


class OneScheme:
    """In front of the application: answers for the port that the policy has closed, and tells browsers to stay with HTTPS."""

    def __init__(self, app: ASGIApp, services: Services) -> None:
        self._app, self._services = app, services

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        settings = self._services.settings.running
        secure = scope["scheme"] in ("https", "wss")
        if not settings.network.http_policy.allows(secure):
            await self._elsewhere(scope, receive, send, secure)
        elif secure and settings.tls.hsts_days:
            await self._app(scope, receive, _with_header(send, (HSTS, f"max-age={settings.tls.hsts_days * 86_400}".encode())))
        else:
            await self._app(scope, receive, send)

    async def _elsewhere(self, scope: Scope, receive: Receive, send: Send, secure: bool) -> None:
        address = other_address(self._services, HTTPConnection(scope), not secure)
        if scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1008, "reason": f"use {address}"[:120]})
            return
        method = Request(scope).method
        response: Response
        if secure or address is None:
            response = page("Not this way", f"This port is switched off here. Use {address or 'the other port'}.", 403)
        else:  # 308 keeps the method and the body of those who follow
            response = RedirectResponse(address, 307 if method in ("GET", "HEAD") else 308, {"Cache-Control": "no-store"})
        response.headers["connection"] = "close"
        await response(scope, receive, send)


def other_address(services: Services, connection: HTTPConnection, secure: bool) -> str | None:
    """The same address with the other scheme; None when its port is closed."""
    port = services.https_port() if secure else services.http_port()
    if port is None:
        return None
    scheme, usual = ("https", 443) if secure else ("http", 80)
    return str(connection.url.replace(scheme=scheme, port=None if port == usual else port))


def keep_the_way_in(services: Services, caller: Caller, connection: HTTPConnection, changes: Mapping[str, object]) -> None:
    """Refuse what would cut off the connection that the change itself comes on: nobody shuts himself out by a page that was open.

    Raises HttpFault (409) with where to make the change instead.
    """
    scheme = "HTTPS" if caller.secure else "HTTP"
    paths = ["network.http_policy", *([f"access.{caller.user.role}_policy"] if caller.user is not None else [])]
    for path in paths:
        wanted = str(changes.get(path, "both"))
        if wanted in list(HttpPolicy) and not HttpPolicy(wanted).allows(caller.secure):
            there = other_address(services, connection, not caller.secure)
            other = "HTTP" if caller.secure else "HTTPS"
            way = f"open {there}, log in and change it there" if there else f"switch {other} on first"
            raise HttpFault(409, f"{path}={wanted} would end the {scheme} connection that asks for it: {way}")
    if str(changes.get("tls.minimum", "")) == "1.3" and tls_version(connection) == "TLSv1.2":
        raise HttpFault(409, "tls.minimum=1.3 would shut out this client, which speaks TLS 1.2 here: change it with a newer one")


def tls_version(connection: HTTPConnection) -> str:
    """Which version of TLS a request came with; empty when it is not known."""
    return str(connection.scope.get(TLS_VERSION, ""))


def _with_header(send: Send, header: tuple[bytes, bytes]) -> Send:
    async def add(message: Message) -> None:
        if message["type"] in ("http.response.start", "websocket.http.response.start"):
            message["headers"] = [*message["headers"], header]
        await send(message)

    return add

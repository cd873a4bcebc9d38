"""From rows to an ASGI application: routes, access checks, parsing, error translation, headers."""

from __future__ import annotations

import contextlib
import logging
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from pydantic import BaseModel, ValidationError
from starlette.applications import Starlette
from starlette.requests import HTTPConnection, Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocket, WebSocketDisconnect

from panocam.api.arguments import form, read_body
from panocam.api.endpoint import AFTERWARDS, BODY_LIMIT, WEBSOCKET, Call, Dialect, Endpoint
from panocam.api.faults import HttpFault, fault_of, invalid
from panocam.api.guard import Guard, is_loopback
from panocam.api.noting import Noting, admitted, changed, refused
from panocam.api.replies import refusal, reply
from panocam.api.routes import HTTP, SOCKET, routes
from panocam.api.services import Services
from panocam.api.wayin import OneScheme, other_address
from panocam.errors import PanocamError

log = logging.getLogger(__name__)

SECURITY_HEADERS: tuple[tuple[bytes, bytes], ...] = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"SAMEORIGIN"),
    (b"referrer-policy", b"same-origin"),
    (b"cache-control", b"no-store"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), payment=(), usb=()"),
    (
        b"content-security-policy",
        b"default-src 'self'; img-src 'self' blob: data:; connect-src 'self'; style-src 'self' 'unsafe-inline'; "
        b"worker-src 'self' blob:; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'self'",
    ),
)
"""On every reply. Styles may be inline because component libraries compute them; scripts may not."""


def build_app(services: Services, endpoints: Sequence[Endpoint]) -> ASGIApp:
    """The whole application."""
    guard = Guard(services)
    by_path: dict[str, list[Endpoint]] = defaultdict(list)
    for row in endpoints:
        by_path[row.path].append(row)
    doors: dict[tuple[str, str], ASGIApp] = {}
    for path, rows in by_path.items():
        if any(WEBSOCKET in row.methods for row in rows):
            doors[SOCKET, path] = LiveDoor(rows[0], guard, services)
        else:
            doors[HTTP, path] = Door(rows, guard, services)
    return Noting(Headers(OneScheme(Starlette(routes=routes(doors)), services)), services)


class Door:
    """All rows of one path: picks the row by method and answers."""

    def __init__(self, rows: Iterable[Endpoint], guard: Guard, services: Services) -> None:
        self._rows = {method: row for row in rows for method in row.methods}
        self._guard, self._services = guard, services

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive, send)
        head = request.method == "HEAD"
        row = self._rows.get("GET" if head else request.method)
        if row is None:
            row = next(iter(self._rows.values()))
            allowed = ", ".join(sorted({*self._rows, *(("HEAD",) if "GET" in self._rows else ())}))
            fault = fault_of(HttpFault(405, f"{request.method} is not understood here: use {allowed}", {"Allow": allowed}))
            response = refusal(fault, row.dialect)
        else:
            response = await self._answer(row, request)
        if head:
            await _close_body(response)
            response = Response(None, response.status_code, dict(response.headers))
        await response(scope, receive, send)
        for each in scope.get(AFTERWARDS, ()):
            each()

    async def _answer(self, row: Endpoint, request: Request) -> Response:
        try:
            large = row.body_limit > BODY_LIMIT  # strangers must not fill the memory: who sends much says first who he is
            raw = b"" if row.streamed or large else await read_body(request, row.body_limit)
            secure = to_https(self._services, request, row)
            if secure is not None:
                return secure
            caller = await self._guard.admit(request, row)
            acting = admitted(request.scope, caller)
            if large and not row.streamed:
                raw = await read_body(request, row.body_limit)
            demand_type(row, request, raw)
            arguments = form(request.url.query, b"" if row.dialect in (Dialect.REST, Dialect.JSON_API) else raw)
            call = Call(request, self._services, caller, parse(row, raw, arguments), arguments, raw)
            response = reply(await row.handler(call))
            changed(self._services, row, acting, request.method, request.path_params)
            return response
        except PanocamError as problem:
            refused(request.scope, problem)
            return refusal(fault_of(problem), row.dialect)


class LiveDoor:
    """A WebSocket row: refused before the upgrade with an HTTP status, or handed to its handler."""

    def __init__(self, row: Endpoint, guard: Guard, services: Services) -> None:
        self._row, self._guard, self._services = row, guard, services

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        socket = WebSocket(scope, receive, send)
        try:
            caller = await self._guard.admit(socket, self._row)
            admitted(scope, caller)
            arguments = form(socket.url.query)
            call = Call(socket, self._services, caller, parse(self._row, b"", arguments), arguments)
        except PanocamError as problem:
            refused(scope, problem)
            await socket.send_denial_response(refusal(fault_of(problem), self._row.dialect))
            return
        with contextlib.suppress(WebSocketDisconnect):
            await self._row.handler(call)


def parse(row: Endpoint, raw: bytes, arguments: dict[str, str]) -> BaseModel | None:
    """The row's request model from the JSON body, or from the query where there is no body. Raises InvalidValue."""
    if row.request is None:
        return None
    try:
        if "GET" in row.methods or WEBSOCKET in row.methods:
            return row.request.model_validate({name: text for name, text in arguments.items() if name in row.request.model_fields})
        return row.request.model_validate_json(raw or b"{}")
    except ValidationError as problem:
        raise invalid(problem) from None


def demand_type(row: Endpoint, request: Request, raw: bytes) -> None:
    """A REST body says what it is: a page of another site cannot say so without being asked first (CORS), a form never."""
    given = request.headers.get("content-type", "").split(";")[0].strip().lower()
    wanted = "application/octet-stream" if row.streamed else "application/json"
    if row.dialect is Dialect.REST and (raw or row.streamed) and given != wanted:
        raise HttpFault(415, f"send the body as {'it is' if row.streamed else 'JSON'}, with Content-Type: {wanted}")


def to_https(services: Services, request: Request, row: Endpoint) -> Response | None:
    """Where passwords are typed, plain HTTP from another computer is led to HTTPS.

    Pages are redirected; our own REST refuses with the address to use. VAPIX clients are left alone (digest never sends the
    password), and so is this computer itself, where browsers allow WebCodecs on plain HTTP too.
    """
    wants = row.dialect is Dialect.PAGE or (row.secret and row.dialect is Dialect.REST)
    if not wants or request.url.scheme == "https" or is_loopback(request):
        return None
    address = other_address(services, request, secure=True)
    if address is None:
        return None
    if row.dialect is Dialect.PAGE:
        return RedirectResponse(address, 307)
    raise HttpFault(403, f"passwords are not taken over plain HTTP from another computer: use {address}")


async def _close_body(response: Response) -> None:
    """End a streaming body that will not be sent, so that its channel is given back."""
    body: Any = getattr(response, "body_iterator", None)
    if hasattr(body, "aclose"):
        await body.aclose()


class Headers:
    """Adds the security headers to every HTTP reply that does not set its own."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def add(message: Message) -> None:
            if message["type"] in ("http.response.start", "websocket.http.response.start"):
                present = {name.lower() for name, _ in message["headers"]}
                message["headers"] = [*message["headers"], *(pair for pair in SECURITY_HEADERS if pair[0] not in present)]
            await send(message)

        await self._app(scope, receive, add)


__all__ = ["SECURITY_HEADERS", "Door", "HTTPConnection", "build_app", "to_https"]

"""All endpoints in one list, and the servers that answer them."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from starlette.types import ASGIApp

from panocam.api import vapix, web
from panocam.api.crowd import Crowd
from panocam.api.endpoint import Endpoint, Kind, rest
from panocam.api.front import FrontState
from panocam.api.listen import HttpServer
from panocam.api.server import build_app
from panocam.api.services import Services
from panocam.api.web.openapi import document
from panocam.api.web.pages import NOT_FOUND, STATIC, Pages

API = (*vapix.ENDPOINTS, *web.ENDPOINTS)
"""Every row that is not a page."""


@cache
def description() -> dict[str, Any]:
    """The OpenAPI document; made when it is first asked for, because it takes longer than a start should."""
    return document((*API, OPENAPI))


async def _openapi(_call: object) -> dict[str, Any]:
    return description()


OPENAPI = rest("/api/v1/openapi.json", "This description", _openapi, None, reply=Kind.JSON)


def endpoints(static: Path = STATIC) -> tuple[Endpoint, ...]:
    """Every row; those whose paths have parameters in the order in which they are tried."""
    return (*API, OPENAPI, *NOT_FOUND, *Pages(static).endpoints())


def application(services: Services, static: Path = STATIC) -> ASGIApp:
    """The ASGI application."""
    return build_app(services, endpoints(static))


def http_server(services: Services, app: ASGIApp | None = None) -> HttpServer:
    """A server for the application (another one may be given) and for RTSP tunnels. Enter it, then ``listen``."""
    tunnel = services.rtsp.protocol if services.rtsp is not None else None
    crowd = Crowd(lambda: services.settings.running.access.connections_per_address)
    state = FrontState(crowd, lambda secure: services.settings.running.network.http_policy.allows(secure))
    return HttpServer(app or application(services), services.clock, tunnel, state)

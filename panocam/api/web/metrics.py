"""The numbers of the running camera for Prometheus."""

from __future__ import annotations

from starlette.responses import Response

from panocam.api.endpoint import Call, Dialect, Endpoint, Kind
from panocam.api.exposition import MEDIA_TYPE
from panocam.api.metrics import exposition
from panocam.settings import Role


async def metrics(call: Call[None]) -> Response:
    """The exposition."""
    return Response(exposition(call.services), media_type=MEDIA_TYPE, headers={"Cache-Control": "no-store"})


ENDPOINTS = (Endpoint("/metrics", "Counters and histograms for Prometheus", metrics, Role.ADMINISTRATOR, Dialect.REST, reply=Kind.TEXT),)

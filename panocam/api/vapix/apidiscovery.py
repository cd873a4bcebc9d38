"""apidiscovery.cgi: which APIs are there. Made from the rows, because clients call at once whatever is listed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from panocam.api.endpoint import Call, Discovery, Endpoint, json_api
from panocam.api.vapix.envelope import Data, JsonApi
from panocam.settings.role import Role

SIGNED_VIDEO = Discovery("signed-video", "1.0", "Signed Video")
"""Has no path of its own: it is an argument of stream addresses and a parameter."""


def endpoint(others: Iterable[Endpoint]) -> Endpoint:
    """The row of API discovery, listing the APIs of ``others``, signed video and itself."""
    mine = Discovery("api-discovery", "1.0", "API Discovery Service")
    listed = {row.discovery.id: row.discovery for row in others if row.discovery is not None} | {
        api.id: api for api in (SIGNED_VIDEO, mine)
    }
    entries = [
        {"id": api.id, "version": api.version, "name": api.name, "docLink": "/api/v1/openapi.json", "status": "official"}
        for api in sorted(listed.values(), key=lambda api: api.id)
    ]

    async def get_api_list(_call: Call[None], _params: Data) -> Mapping[str, Any]:
        return {"apiList": entries}

    title, api = "The APIs that this camera has", JsonApi(("1.0",), {"getApiList": get_api_list})
    return json_api("/axis-cgi/apidiscovery.cgi", title, api, Role.VIEWER, discovery=mine)

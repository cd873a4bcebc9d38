"""The UPnP description of the camera, which SSDP points to."""

from __future__ import annotations

from starlette.responses import Response

from panocam.api.endpoint import Call, Kind, vapix
from panocam.discovery import description, ssdp
from panocam.discovery.announcement import Announcement
from panocam.errors import NotFound


async def describe(call: Call[None]) -> Response:
    """For the address under which it was asked for. Not there while UPnP is switched off."""
    services = call.services
    settings = services.settings.snapshot
    if not settings.discovery.upnp:
        raise NotFound("UPnP is switched off")
    device = settings.device
    camera = Announcement(
        device.name, device.model.upper(), device.serial, 0, 0, 0, friendly=settings.discovery.upnp_name, needs_setup=services.needs_setup
    )
    page = call.connection.url.replace(path="/", query="")
    return Response(description.write(camera, str(page)), media_type="text/xml; charset=utf-8")


ENDPOINTS = (vapix(ssdp.PATH, "The UPnP description", describe, None, methods=("GET",), reply=Kind.XML),)
"""Anybody may read it: it says no more than what is announced."""

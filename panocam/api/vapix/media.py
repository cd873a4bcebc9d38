"""media.cgi: a stream as Matroska or fragmented MP4 over HTTP, with the arguments of a stream's address."""

from __future__ import annotations

from collections.abc import AsyncIterator

from starlette.responses import Response, StreamingResponse

from panocam.api import media
from panocam.api.clients import Transport
from panocam.api.endpoint import Call, Discovery, Kind, vapix
from panocam.api.media import Container
from panocam.api.offers import plan
from panocam.errors import InvalidValue
from panocam.media.codec import StreamDescription
from panocam.pipeline.request import ChannelSpec
from panocam.settings.role import Role
from panocam.streaming.url import stream_request

IDENTITY = "1,0,0;0,1,0;0,0,1"
"""Rows of the matrix from coordinates in metadata to those in the picture: nothing is turned behind the encoder."""


async def stream(call: Call[None]) -> Response:
    """Pictures without end, from a key picture on."""
    text = call.arguments.get("container", "matroska")
    try:
        container = Container(text)
    except ValueError:
        raise InvalidValue("container", text, "use matroska or mp4") from None
    spec = plan(call.services, stream_request(call.arguments.items(), call.services.settings.snapshot.profiles.parameters))
    description = await call.services.camera.describe(spec)
    media.check(container, description)
    headers = {"Cache-Control": "no-cache, no-store, max-age=0", "Video-Metadata-Transform": IDENTITY}
    return StreamingResponse(
        _pieces(call, spec, container, description), media_type=media.media_type(container, description), headers=headers
    )


async def _pieces(call: Call[None], spec: ChannelSpec, container: Container, description: StreamDescription) -> AsyncIterator[bytes]:
    services, caller = call.services, call.caller
    with services.clients.watching(Transport.MEDIA, caller.address, caller.name) as client:
        async for piece in media.pieces(services.camera, spec, container, description, client):
            if not caller.still_welcome():
                return
            yield piece


ENDPOINTS = (
    vapix(
        "/axis-cgi/media.cgi",
        "A stream as Matroska or fragmented MP4",
        stream,
        Role.VIEWER,
        reply=Kind.MATROSKA,
        discovery=Discovery("media-cgi", "1.0", "Media stream over HTTP"),
    ),
)
"""The one row. A client that stops reading for long loses groups of pictures; nobody else notices."""

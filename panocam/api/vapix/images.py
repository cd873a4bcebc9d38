"""Still pictures and Motion JPEG by the paths that every client of this camera family knows."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace

from starlette.responses import Response, StreamingResponse

from panocam.api import pictures
from panocam.api.clients import Transport
from panocam.api.endpoint import Call, Discovery, Kind, vapix
from panocam.api.offers import offers, plan
from panocam.api.pictures import Extent
from panocam.errors import InvalidValue, PanocamError
from panocam.media.codec import Codec
from panocam.pipeline.request import ChannelSpec, StreamRequest
from panocam.settings.role import Role
from panocam.streaming.url import stream_request, with_profile

log = logging.getLogger(__name__)

READ = frozenset({"camera", "resolution", "compression", "overlays"})
"""Arguments that decide a picture. All others are for video streams, or old, and are ignored as unknown ones are."""

NO_CACHE = {"Cache-Control": "no-cache, no-store, max-age=0", "Pragma": "no-cache"}


def _request(call: Call[None], *also: str) -> StreamRequest:
    """The JPEG stream that the arguments (and a number in the path) ask for."""
    said = with_profile(call.arguments.items(), call.services.settings.snapshot.profiles.parameters)
    given = {name: text for name, text in said if name in READ or name in also}
    if "req_fps" in given:
        given.setdefault("fps", given.pop("req_fps"))
    if "number" in call.connection.path_params:
        given.setdefault("camera", call.path("number"))
    return replace(stream_request(given.items()), codec=Codec.JPEG)


def _number(arguments: Mapping[str, str], name: str) -> int:
    text = arguments.get(name, "0") or "0"
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise InvalidValue(name, text, "use a whole number; 0 is without end")
    return int(text)


async def image(call: Call[None]) -> Response:
    """The newest picture. Clients compare the media type literally."""
    request = _request(call)
    plan(call.services, request)
    packet = await call.services.camera.snapshot(request)
    return Response(packet.data, media_type="image/jpeg", headers=NO_CACHE)


async def video(call: Call[None]) -> Response:
    """Pictures without end, or for ``duration`` seconds or ``nbrofframes`` pictures."""
    spec = plan(call.services, _request(call, "fps", "req_fps"))
    extent = Extent(_number(call.arguments, "nbrofframes"), _number(call.arguments, "duration"))
    await call.services.camera.describe(spec)  # refusals for want of encoders come as a status, not as a broken stream
    return StreamingResponse(_parts(call, spec, extent), media_type=pictures.MULTIPART, headers=NO_CACHE)


async def _parts(call: Call[None], spec: ChannelSpec, extent: Extent) -> AsyncIterator[bytes]:
    services, caller = call.services, call.caller
    with services.clients.watching(Transport.MJPEG, caller.address, caller.name) as client:
        try:
            async for part in pictures.multipart(services.camera, spec, client, services.clock, extent):
                if not caller.still_welcome():
                    return
                yield part
        except PanocamError as reason:  # pictures alone cannot say it; the next request is told
            log.info("Motion JPEG to %s ended: %s", caller.address, reason)


async def imagesize(call: Call[None]) -> Response:
    """The size that a picture with these arguments has; a bad request is answered with a comment."""
    try:
        profile = plan(call.services, _request(call)).profile
    except InvalidValue as problem:
        return Response(f"<!-- {str(problem).replace('--', '- -')} -->\n", 400, media_type="text/html")
    return Response(f"image width = {profile.width}\nimage height = {profile.height}\n", media_type="text/plain")


async def videostatus(call: Call[None]) -> Response:
    """Whether each of the views named by ``status`` (all that there are without it) shows a picture of the source at the moment."""
    live = call.services.camera.status().source.state == "live"
    there = {offer.index + 1: not offer.reason for offer in offers(call.services)}
    asked = [_view(part, there) for part in call.arguments.get("status", ",".join(map(str, there))).split(",")]
    lines = [f"Video {number} = {'video' if live and there[number] else 'no video'}\n" for number in asked]
    return Response("".join(lines), media_type="text/plain")


def _view(text: str, there: Mapping[int, bool]) -> int:
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 0
    if number not in there:
        raise InvalidValue("status", text, f"use numbers from 1 to {max(there)}, separated by commas")
    return number


ENDPOINTS = (
    vapix("/axis-cgi/jpg/image.cgi", "One JPEG picture of a view", image, Role.VIEWER, reply=Kind.JPEG),
    vapix("/jpg/image.jpg", "One JPEG picture, short path", image, Role.VIEWER, reply=Kind.JPEG),
    vapix("/jpg/{number}/image.jpg", "One JPEG picture of view NUMBER (1 = Overview)", image, Role.VIEWER, reply=Kind.JPEG),
    vapix("/axis-cgi/mjpg/video.cgi", "Motion JPEG of a view", video, Role.VIEWER, reply=Kind.MJPEG),
    vapix("/mjpg/video.mjpg", "Motion JPEG, short path", video, Role.VIEWER, reply=Kind.MJPEG),
    vapix("/mjpg/{number}/video.mjpg", "Motion JPEG of view NUMBER (1 = Overview)", video, Role.VIEWER, reply=Kind.MJPEG),
    vapix("/axis-cgi/videostatus.cgi", "Whether views show a picture of the source", videostatus, Role.VIEWER),
    vapix(
        "/axis-cgi/imagesize.cgi",
        "Width and height that a picture would have",
        imagesize,
        Role.VIEWER,
        discovery=Discovery("image-size", "1.0", "Image size"),
    ),
)

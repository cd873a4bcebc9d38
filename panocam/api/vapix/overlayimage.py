"""Images and modifiers of overlays: uploadoverlayimage.cgi, manageoverlayimages.cgi, overlaymodifiers.cgi."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass
from typing import Any

from python_multipart.exceptions import MultipartParseError
from starlette.datastructures import Headers
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.responses import Response

from panocam.api.endpoint import Call, Discovery, json_api
from panocam.api.services import overlays
from panocam.api.vapix.dynamicoverlay import FOLDER
from panocam.api.vapix.envelope import FAMILY_A, MEDIA_TYPE, ApiError, Data, JsonApi
from panocam.errors import Busy, Denied, PanocamError, Unauthenticated
from panocam.imaging import artwork
from panocam.settings.role import Role

UPLOAD_LIMIT = artwork.LARGEST_FILE + 64 * 1024
VERSION = "1.0"


@dataclass(frozen=True)
class _Sent:
    """What a multipart upload holds."""

    request: dict[str, Any]
    name: str
    data: bytes


async def _sent(call: Call[None]) -> _Sent:
    """The JSON part and the file. Raises ApiError."""

    async def body() -> AsyncGenerator[bytes, None]:
        yield call.raw

    try:
        form = await MultiPartParser(Headers(raw=call.connection.headers.raw), body(), max_part_size=64 * 1024).parse()
    except (MultiPartException, MultipartParseError, KeyError, UnicodeDecodeError):
        raise ApiError(FAMILY_A.json, "send multipart/form-data with a part json and the file") from None
    try:
        said, name, data = "{}", "", None
        for part in form.values():
            if isinstance(part, str):
                said = part
            elif part.content_type == "application/json":
                said = (await part.read()).decode("utf-8", "replace")
            else:
                name, data = part.filename or "image", await part.read()
    finally:
        await form.close()
    if data is None:
        raise ApiError(FAMILY_A.missing, "send the picture as a part with a file name")
    return _Sent(_request(said), name, data)


def _request(said: str) -> dict[str, Any]:
    try:
        request = json.loads(said)
    except (ValueError, RecursionError):
        request = None
    if not isinstance(request, dict):
        raise ApiError(FAMILY_A.json, "Invalid JSON")
    return request


async def upload(call: Call[None]) -> Response:
    """A picture into the store. ``params``: ``scaleToResolution``, ``alpha`` (RRGGBB, the colour to make transparent)."""
    answer: dict[str, Any] = {"apiVersion": VERSION, "method": "uploadOverlayImage"}
    try:
        sent = await _sent(call)
        request = sent.request
        answer |= {key: request[key] for key in ("context", "method") if key in request}
        params = request.get("params") or {}
        if not isinstance(params, dict):
            raise ApiError(FAMILY_A.value, "params: use an object")
        kept = await overlays(call.services).upload(
            sent.data,
            sent.name,
            scalable=params.get("scaleToResolution", True) in (True, "true", "yes", "1", 1),
            see_through=str(params.get("alpha") or "").removeprefix("0x"),
        )
        answer["data"] = {"path": FOLDER + kept.name}
    except ApiError as error:
        answer["error"] = {"code": error.code, "message": str(error)}
    except (Denied, Unauthenticated):
        raise
    except PanocamError as problem:
        answer["error"] = {"code": FAMILY_A.internal if isinstance(problem, Busy) else FAMILY_A.value, "message": str(problem)}
    return Response(json.dumps(answer), media_type=MEDIA_TYPE)


async def list_images(call: Call[None], _params: Data) -> Data:
    """What is in the store."""
    return {
        "images": [
            {"path": FOLDER + image.name, "width": image.width, "height": image.height, "size": image.bytes, "scalable": image.scalable}
            for image in await overlays(call.services).images()
        ]
    }


async def delete_image(call: Call[None], params: Data) -> Data:
    """One image that no overlay shows."""
    path = params.get("path")
    if not isinstance(path, str):
        raise ApiError(FAMILY_A.missing, "path: name the image")
    await overlays(call.services).delete_image(path.rpartition("/")[2])
    return {}


async def formats(_call: Call[None], _params: Data) -> Data:
    """What may be uploaded."""
    return {
        "formats": [name.lower() for name in artwork.FORMATS],
        "maxSize": artwork.LARGEST_FILE,
        "maxWidth": artwork.LARGEST_SIDE,
        "maxHeight": artwork.LARGEST_SIDE,
    }


MANAGE = JsonApi((VERSION,), {"list": list_images, "delete": delete_image, "supportedFormats": formats})


async def modifiers(call: Call[None]) -> Mapping[str, Any]:
    """All modifiers in groups; ``index`` marks those that take a number."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for row, _example in overlays(call.services).examples():
        groups.setdefault(row.group, []).append({"mod": row.name, **({"index": True} if row.numbers else {})})
    return {
        "apiVersion": "0.2",
        "context": _context(call),
        "method": "getOverlayModifiers",
        "data": {"groups": groups},
    }


def _context(call: Call[None]) -> object:
    """What a JSON request said, or a number among the arguments; 0 where nothing is said."""
    said = call.arguments.get("context", "0")
    if call.raw.lstrip().startswith(b"{"):
        return _request(call.raw.decode("utf-8", "replace")).get("context", 0)
    return int(said) if said.isascii() and said.isdigit() and len(said) < 10 else 0


ENDPOINTS = (
    json_api(
        "/axis-cgi/uploadoverlayimage.cgi",
        "Upload an overlay image",
        upload,
        Role.OPERATOR,
        body_limit=UPLOAD_LIMIT,
        discovery=Discovery("overlayimage", VERSION, "Overlay Image"),
    ),
    json_api("/axis-cgi/manageoverlayimages.cgi", "List and delete overlay images", MANAGE, Role.OPERATOR),
    json_api("/axis-cgi/overlaymodifiers.cgi", "Modifiers of overlay texts", modifiers, Role.OPERATOR, methods=("GET", "POST")),
)

"""geolocation/get.cgi and set.cgi: the position of the camera and the text of its location; coordinates go out as they came in."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from starlette.responses import Response

from panocam.api.endpoint import Call, Discovery, Kind, vapix
from panocam.api.vapix.markup import document, node
from panocam.errors import Denied, InvalidValue, PanocamError, Unauthenticated
from panocam.events.metadata import clean
from panocam.settings.role import Role

INVALID_PARAMETER, INVALID_VALUE, INTERNAL = 1, 2, 3
SETTINGS = {"lat": "location.latitude", "lng": "location.longitude", "heading": "location.heading", "text": "location.text"}


async def get(call: Call[None]) -> Response:
    """What is not known is 0 and said to be invalid."""
    location = call.services.settings.snapshot.location
    heading = location.heading
    place = _texts(Lat=location.latitude or "0", Lng=location.longitude or "0", Heading=f"{heading or 0:g}")
    more = _texts(Text=location.text, ValidPosition=_truth(location.latitude), ValidHeading=_truth(heading is not None))
    return _reply(node("Success", [node("GetSuccess", [node("Location", place), *more])]))


async def set_position(call: Call[None]) -> Response:
    """What is named; all of it or nothing. A name without a value forgets it."""
    changes: dict[str, object] = {path: _bare(call.arguments[name]) for name, path in SETTINGS.items() if name in call.arguments}
    if not changes:
        return _error(INVALID_PARAMETER, f"name at least one of {', '.join(SETTINGS)}")
    changes = {path: None if path == "location.heading" and value == "" else value for path, value in changes.items()}
    try:
        await call.services.settings.patch(changes, call.caller)
    except (Denied, Unauthenticated):
        raise
    except InvalidValue as fault:
        return _error(INVALID_VALUE, str(fault))
    except PanocamError as fault:
        return _error(INTERNAL, str(fault))
    return _reply(node("Success", [node("GeneralSuccess")]))


def _bare(text: str) -> str:
    """Clients of this camera family put texts in quotation marks."""
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] == '"' else text


def _truth(value: object) -> str:
    return "true" if value else "false"


def _texts(**texts: str) -> list[Element]:
    """Elements that hold text."""
    made = []
    for name, text in texts.items():
        made.append(node(name))
        made[-1].text = clean(text)
    return made


def _reply(*children: Element) -> Response:
    root = node("PositionResponse", children)
    root.set("SchemaVersion", "1.0")
    return document(root)


def _error(code: int, words: str) -> Response:
    return _reply(node("Error", [node("SetError", _texts(ErrorCode=str(code), ErrorDescription=words))]))


_DISCOVERY = Discovery("geolocation", "1.0", "Geolocation")

ENDPOINTS = (
    vapix("/axis-cgi/geolocation/get.cgi", "Where the camera is", get, Role.OPERATOR, reply=Kind.XML, discovery=_DISCOVERY),
    vapix("/axis-cgi/geolocation/set.cgi", "Say where the camera is", set_position, Role.ADMINISTRATOR, reply=Kind.XML),
)

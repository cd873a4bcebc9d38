"""Ten thousand characters through every way that takes a name or a text: one clear error each, and nothing has changed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest
from api_kit import Side

from panocam.settings import Role

LONG = "x" * 10_000
DYNAMIC = "/axis-cgi/dynamicoverlay/dynamicoverlay.cgi"
Way = Callable[[httpx.AsyncClient], Awaitable[httpx.Response]]


def rest(method: str, path: str, **body: Any) -> Way:
    return lambda client: client.request(method, f"/api/v1/{path}", json=body)


def method(name: str, **params: Any) -> Way:
    return lambda client: client.post(DYNAMIC, json={"apiVersion": "1.8", "method": name, "params": params})


def form(path: str, **values: str) -> Way:
    return lambda client: client.post(f"/axis-cgi/{path}", data=values)


WAYS: dict[str, tuple[Way, str]] = {
    "overlay, REST": (rest("POST", "overlays", kind="text", text=LONG), "text"),
    "overlay changed, REST": (rest("PATCH", "overlays/1", text=LONG), "text"),
    "dynamic text, REST": (rest("PUT", "overlay-texts", slot=3, text=LONG), "text"),
    "overlay, VAPIX": (method("addText", camera=1, text=LONG), "text"),
    "overlay changed, VAPIX": (method("setText", identity=1, text=LONG), "text"),
    "image's path, VAPIX": (method("addImage", camera=1, overlayPath=LONG), "overlayPath"),
    "dynamic text, VAPIX": (form("dynamicoverlay.cgi", action="settext", text=LONG, index="3"), "text"),
    "line, parameters": (form("param.cgi", action="update", **{"Image.I4.Text.String": LONG}), "characters"),
    "image's path, parameters": (form("param.cgi", action="update", **{"Image.OverlayPath": LONG}), "OverlayPath"),
    "tour, parameters": (form("param.cgi", action="add", template="guardtour", group="GuardTour", **{"GuardTour.G.Name": LONG}), "name"),
    "position, VAPIX": (form("com/ptzconfig.cgi", camera="5", setserverpresetname=LONG), "31 characters"),
    "position, REST": (rest("POST", "ptz/4/presets", name=LONG), "name"),
    "tour, REST": (rest("POST", "ptz/tours", view=4, name=LONG), "name"),
    "recording, REST": (rest("POST", "ptz/4/record", name=LONG), "name"),
    "recording, VAPIX": (form("recordedtour/record.cgi", schemaversion="1", camera="5", nicename=LONG), "31 letters"),
    "mask, REST": (rest("POST", "privacy/masks", name=LONG, corners=[{"azimuth": a, "off": 30} for a in (0, 90, 180)]), "name"),
    "mask, VAPIX": (form("privacymask.cgi", action="add", name=LONG, width="10", height="10"), "name"),
}


@pytest.mark.feature("OVL-07", "PRV-03", "PTZ-05")
@pytest.mark.parametrize("way", WAYS)
async def test_ten_thousand_characters_are_refused_with_one_clear_error(side: Side, way: str) -> None:
    send, word = WAYS[way]
    before, said = side.services.settings.snapshot, dict(side.services.overlays.board.dynamic)  # type: ignore[union-attr]
    async with side.client(Role.ADMINISTRATOR) as client:
        reply = await send(client)
    assert reply.status_code in (200, 400), reply.text[:200]
    assert "rror" in reply.text, reply.text[:200]
    assert word in reply.text
    assert len(reply.text) < 700, "the error does not say it all again"
    assert side.services.settings.snapshot == before
    assert dict(side.services.overlays.board.dynamic) == said  # type: ignore[union-attr]
    assert side.services.ptz.recordings.of_area(1) is None

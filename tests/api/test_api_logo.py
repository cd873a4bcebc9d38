"""The image of each view, as older clients set it by parameters."""

from __future__ import annotations

import base64

import httpx
import pytest
from api_kit import Side, png

from panocam.media.planes import JPEG_COLOR
from panocam.pipeline.overlays.painter import Painter
from panocam.settings import Role

PATH, GROUP = "Image.OverlayPath", "Image.I4.Overlay"


async def update(client: httpx.AsyncClient, **values: str) -> str:
    names = {name if "." in name else f"{GROUP}.{name}": value for name, value in values.items()}
    return (await client.post("/axis-cgi/param.cgi", data={"action": "update", **names})).text


async def listed(client: httpx.AsyncClient) -> dict[str, str]:
    reply = await client.get(f"/axis-cgi/param.cgi?action=list&group={GROUP},{PATH}")
    rows = dict(row.removeprefix("root.").split("=", 1) for row in reply.text.splitlines() if "MaskWindows" not in row)
    return {name.removeprefix(f"{GROUP}."): value for name, value in rows.items()}


async def upload(client: httpx.AsyncClient, name: str, data: bytes) -> None:
    reply = await client.post("/api/v1/overlay-images", json={"name": name, "data": base64.b64encode(data).decode()})
    assert reply.status_code == 200, reply.text


@pytest.mark.feature("OVL-03", "OVL-04")
async def test_an_image_is_named_placed_and_shown_by_parameters(side: Side) -> None:
    largest = side.services.camera.offered(4)[0]
    async with side.client(Role.OPERATOR) as client:
        await upload(client, "house.png", png(540, 108))
        await upload(client, "shop.png", png(108, 108))
        nothing = {"Enabled": "no", "XPos": "0", "YPos": "0", PATH: ""}
        assert await listed(client) == nothing
        assert await update(client, Enabled="no", XPos="0") == "OK\n"
        assert [item.kind for item in side.services.settings.snapshot.overlays.items] == ["text"]  # as delivered
        assert "OverlayPath" in await update(client, Enabled="yes")
        wish = {PATH: "/etc/overlays/house.ovl", "Enabled": "yes", "XPos": "101", "YPos": "37"}
        assert await update(client, **wish) == "OK\n"
        assert await listed(client) == {**nothing, **wish}
        board = side.services.overlays.board  # type: ignore[union-attr]
        ((_, drawn),) = Painter(board, 4, largest).layers(0, 0, JPEG_COLOR)
        x, y, width, height = drawn.frame
        assert (abs(x - 101) <= 1, abs(y - 37) <= 1) == (True, True)  # chroma is whole on even pixels
        assert (width, height) == pytest.approx((largest[1] / 2, largest[1] / 10), abs=2)
        assert Painter(board, 5, largest).layers(0, 0, JPEG_COLOR) == []
        assert await update(client, **{"Image.I5.Overlay.Enabled": "yes", PATH: "shop.ovl"}) == "OK\n"
        images = {item.image for item in side.services.settings.snapshot.overlays.items if item.kind == "image"}
        assert images == {"shop.ovl"}
        assert await update(client, XPos=str(largest[0] - height)) == "OK\n"  # as far as it goes, on the right
        assert (await client.get("/api/v1/overlays")).json()["overlays"][-1]["position"][0] == pytest.approx(1, abs=0.01)
        assert await update(client, Enabled="no") == "OK\n"
        assert Painter(board, 4, largest).layers(0, 0, JPEG_COLOR) == []
        await client.patch("/api/v1/overlays/9204", json={"position": "topLeft"})
        assert int((await listed(client))["XPos"]) > 0  # the margin of fixed places
        assert await update(client, **{PATH: ""}) == "OK\n"
        assert await listed(client) == nothing


@pytest.mark.parametrize(
    ("wish", "word"),
    [
        ({"XPos": "8000"}, "use 0 to"),
        ({"YPos": "-4"}, "use 0 to"),
        ({"XPos": "left"}, "whole number"),
        ({"Enabled": "maybe"}, "yes, no"),
        ({PATH: "/etc/overlays/none.ovl"}, "no such image"),
        ({PATH: "../../settings.json"}, "no such image"),
    ],
)
async def test_a_mistake_is_one_clear_error_and_all_stays(side: Side, wish: dict[str, str], word: str) -> None:
    async with side.client(Role.OPERATOR) as client:
        await upload(client, "house.png", png(540, 108))
        assert await update(client, **{PATH: "house.ovl", "Enabled": "yes"}) == "OK\n"
        before = side.services.settings.snapshot
        refused = await update(client, YPos="2", **wish) if "YPos" not in wish else await update(client, **wish)
        assert refused.startswith("# Error")
        assert word in refused.lower()
        assert side.services.settings.snapshot == before
        gone = await client.delete("/api/v1/overlay-images/house.ovl")
        assert (gone.status_code, "9204" in gone.text or "9200" in gone.text) == (400, True)
    async with side.client(Role.VIEWER) as client:
        assert await update(client, Enabled="no") != "OK\n"
        assert side.services.settings.snapshot == before

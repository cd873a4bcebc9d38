"""Overlays over REST and VAPIX: one service, two dialects, and what clients do wrong."""

from __future__ import annotations

import asyncio
import base64
import json
import random
from typing import Any

import httpx
import pytest
from api_kit import Side, png

from panocam.errors import InvalidValue
from panocam.events.modifiers import MODIFIERS
from panocam.imaging import svg
from panocam.pipeline.overlays import gallery
from panocam.pipeline.overlays.gallery import Gallery, clean
from panocam.settings import Role

DYNAMIC = "/axis-cgi/dynamicoverlay/dynamicoverlay.cgi"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20"><rect width="20" height="20" fill="red"/></svg>'


async def call(client: httpx.AsyncClient, method: str, path: str = DYNAMIC, **params: Any) -> dict[str, Any]:
    reply = await client.post(path, json={"apiVersion": "1.8", "context": "c", "method": method, "params": params})
    assert reply.status_code == 200, reply.text
    body: dict[str, Any] = reply.json()
    assert (body["context"], body["method"]) == ("c", method)
    return body


async def code(client: httpx.AsyncClient, method: str, **params: Any) -> int:
    return int((await call(client, method, **params))["error"]["code"])


async def put(client: httpx.AsyncClient, name: str, data: bytes, **more: Any) -> httpx.Response:
    return await client.post("/api/v1/overlay-images", json={"name": name, "data": base64.b64encode(data).decode(), **more})


# --- REST


@pytest.mark.feature("OVL-06", "OVL-13")
async def test_add_change_list_remove_and_put_back(side: Side) -> None:
    async with side.client(Role.OPERATOR) as client:
        added = (await client.post("/api/v1/overlays", json={"kind": "text", "text": "%T", "views": [5, 4, 5]})).json()
        assert (added["identity"], added["views"], added["size"], added["position"]) == (0, [4, 5], 40, "topLeft")
        changed = (await client.patch("/api/v1/overlays/0", json={"position": [0.5, -1], "color": "red"})).json()
        assert changed == {**added, "position": [0.5, -1], "color": "red"}
        listed = (await client.get("/api/v1/overlays")).json()["overlays"]
        assert [each["identity"] for each in listed] == [1, 0]
        removed = (await client.delete("/api/v1/overlays/0")).json()
        assert removed == changed
        assert (await client.delete("/api/v1/overlays/0")).status_code == 404
        assert (await client.post("/api/v1/overlays", json=removed)).json() == removed


@pytest.mark.parametrize(
    ("wish", "name"),
    [
        ({}, "kind"),
        ({"kind": "widget"}, "kind"),
        ({"kind": "text"}, "text"),
        ({"kind": "text", "text": ""}, "text"),
        ({"kind": "text", "text": "x" * 10_000}, "text"),
        ({"kind": "text", "text": "a\0b"}, "text"),
        ({"kind": "text", "text": "\x1b[31mred"}, "text"),
        ({"kind": "text", "text": "x", "size": 201}, "size"),
        ({"kind": "text", "text": "x", "color": "mauve"}, "color"),
        ({"kind": "text", "text": "x", "position": [0, 1.5]}, "position"),
        ({"kind": "text", "text": "x", "position": "middle"}, "position"),
        ({"kind": "text", "text": "x", "views": []}, "views"),
        ({"kind": "text", "text": "x", "views": [12]}, "views"),
        ({"kind": "text", "text": "x", "rotation": 181}, "rotation"),
        ({"kind": "text", "text": "x", "surprise": 1}, "surprise"),
        ({"kind": "indicator", "style": "star"}, "style"),
        ({"kind": "image", "image": ""}, "image"),
    ],
)
async def test_a_bad_field_is_named_and_nothing_changes(side: Side, wish: dict[str, Any], name: str) -> None:
    async with side.client(Role.OPERATOR) as client:
        reply = await client.post("/api/v1/overlays", json=wish)
        assert (reply.status_code, reply.json()["error"]["name"]) == (400, name), reply.text
        assert len((await client.get("/api/v1/overlays")).json()["overlays"]) == 1


@pytest.mark.parametrize(
    ("wish", "words"),
    [
        ({"kind": "text", "text": "a\x07b"}, "U+0007"),
        ({"kind": "text", "text": "x" * 10_000}, "has 10000 characters; give 1 to 512"),
        ({"kind": "text"}, "give 1 to 512"),
        ({"kind": "hologram"}, "use text, image or indicator"),
        ({"text": "x"}, "use text, image or indicator"),
    ],
)
async def test_the_remedy_is_that_of_the_fault(side: Side, wish: dict[str, Any], words: str) -> None:
    async with side.client(Role.OPERATOR) as client:
        reply = await client.post("/api/v1/overlays", json=wish)
        assert (reply.status_code, words in reply.json()["error"]["message"]) == (400, True), reply.text


async def test_there_is_an_end_to_it(side: Side) -> None:
    from panocam.settings.overlays import MOST

    async with side.client(Role.OPERATOR) as client:
        items = [{"kind": "indicator", "identity": number} for number in range(MOST)]
        assert (await client.patch("/api/v1/settings", json={"overlays.items": items})).status_code == 200
        reply = await client.post("/api/v1/overlays", json={"kind": "indicator"})
        assert (reply.status_code, "64 overlays already" in reply.text) == (503, True)
        assert (await call(client, "addText", camera=1, text="x"))["error"]["code"] == 300
        twice = [{"kind": "indicator", "identity": 1}] * 2
        assert (await client.patch("/api/v1/settings", json={"overlays.items": twice})).status_code == 400


@pytest.mark.feature("OVL-01", "OVL-02", "OVL-03", "OVL-04")
async def test_images_are_uploaded_shown_and_deleted(side: Side) -> None:
    async with side.client(Role.OPERATOR) as client:
        kept = (await put(client, "C:\\fakepath\\Our Lögo (2).PNG", png(30, 10), scalable=False)).json()
        assert kept == {"name": "Our L_go (2).ovl", "kind": "png", "width": 30, "height": 10, "scalable": False, "bytes": kept["bytes"]}
        again = await put(client, "Our Lögo (2).jpg", png())
        assert (again.status_code, "is in the store already" in again.text) == (400, True)
        listed = (await client.get("/api/v1/overlay-images")).json()
        assert [image["name"] for image in listed["images"]] == ["Our L_go (2).ovl", "logo.ovl"]
        small = await client.get("/api/v1/overlay-images/Our L_go (2).ovl")
        assert (small.headers["content-type"], small.content[:4]) == ("image/png", b"\x89PNG")
        assert (await client.post("/api/v1/overlays", json={"kind": "image", "image": kept["name"]})).status_code == 200
        used = await client.delete(f"/api/v1/overlay-images/{kept['name']}")
        assert (used.status_code, "is shown by overlay 0" in used.text) == (400, True)
        assert (await client.delete("/api/v1/overlays/0")).status_code == 200
        assert (await client.delete(f"/api/v1/overlay-images/{kept['name']}")).status_code == 204
        assert (await client.get(f"/api/v1/overlay-images/{kept['name']}")).status_code == 404
        missing = await client.post("/api/v1/overlays", json={"kind": "image", "image": kept["name"]})
        assert missing.status_code == 404


@pytest.mark.feature("OVL-02")
@pytest.mark.parametrize(
    ("data", "words"),
    [(b"MZ no picture", "is not a PNG"), (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "holds scripts"), (b"", "is empty")],
)
async def test_uploads_that_lie_are_refused(side: Side, data: bytes, words: str) -> None:
    async with side.client(Role.OPERATOR) as client:
        reply = await put(client, "logo2.png", data)
        assert (reply.status_code, words in reply.text) == (400, True), reply.text
        bad = await client.post("/api/v1/overlay-images", json={"name": "x.png", "data": "?!"})
        assert (bad.status_code, bad.json()["error"]["name"]) == (400, "data")
        assert len((await client.get("/api/v1/overlay-images")).json()["images"]) == 1


async def test_a_drawing_is_tried_out_first(side: Side, monkeypatch: pytest.MonkeyPatch) -> None:
    async with side.client(Role.OPERATOR) as client:
        assert (await put(client, "north.svg", SVG)).json()["kind"] == "svg"
        slow = SVG.replace(
            b"<rect", b'<filter id="f"><feTurbulence numOctaves="99" baseFrequency="0.01"/></filter><rect filter="url(#f)" x="0"'
        )
        monkeypatch.setattr(gallery, "TRIAL_S", 1.5)
        reply = await put(client, "slow.svg", slow)
        assert (reply.status_code, "too long" in reply.text) == (400, True), reply.text
        shown = await client.get("/api/v1/overlay-images/north.ovl")
        assert shown.headers["content-type"] == "image/png"
        assert svg.CPU_S < gallery.MOST


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "a\0b.png", "/etc/x.png", "CON .png ", "é1.png", "x" * 300 + ".png", "a.b.c.png", "\u202egnp.exe"]
)
def test_names_of_files_lead_nowhere_else(name: str) -> None:
    kept = clean(name)
    assert kept.endswith(".ovl")
    assert len(kept) <= 68
    assert not {"/", "\\", "\0", ":"} & set(kept)
    assert not kept.startswith(".")
    assert clean(kept) == kept


@pytest.mark.parametrize("name", ["..", ".ovl", "", " . ", "/"])
def test_what_is_no_name_is_refused(name: str) -> None:
    with pytest.raises(InvalidValue, match="letters or digits"):
        clean(name)


async def test_a_damaged_image_is_left_out_and_said(side: Side, caplog: pytest.LogCaptureFixture) -> None:
    assert side.services.overlays
    store: Gallery = side.services.overlays.gallery
    folder = store._folder.folder("overlays")
    (folder / "half.ovl").write_bytes((folder / "logo.ovl").read_bytes()[:20])
    (folder / "none.ovl").write_bytes(b"")
    async with side.client(Role.OPERATOR) as client:
        listed = (await client.get("/api/v1/overlay-images")).json()["images"]
        assert [image["name"] for image in listed] == ["logo.ovl"]
        assert (await client.get("/api/v1/overlay-images/half.ovl")).status_code == 503
        assert (await client.delete("/api/v1/overlay-images/half.ovl")).status_code == 204
    assert "half.ovl is damaged" in caplog.text


@pytest.mark.feature("OVL-07")
async def test_modifiers_and_what_they_say(side: Side) -> None:
    async with side.client(Role.VIEWER) as client:
        rows = (await client.get("/api/v1/overlay-modifiers?view=5")).json()["modifiers"]
    said = {row["modifier"]: row["example"] for row in rows}
    assert list(said) == [row.name for row in MODIFIERS]
    assert (said["%F"], said["#x"], said["#TC"], said["#D"]) == ("2023-11-14", "90.0", "-", "")
    assert next(row["numbers"] for row in rows if row["modifier"] == "#D") == [1, 16]


async def test_outlines_follow_the_view_and_the_place(side: Side) -> None:
    async with side.client(Role.OPERATOR) as client:
        await client.post("/api/v1/overlays", json={"kind": "text", "text": "HALL", "views": [4], "position": [1, 1]})

        async def outlines(view: int, size: str = "1280x960") -> list[dict[str, float]]:
            found: list[dict[str, float]] = (await client.get(f"/api/v1/overlay-outlines?view={view}&resolution={size}")).json()["outlines"]
            return found

        assert await outlines(5) == []
        (large,), (small,) = await outlines(4), await outlines(4, "640x480")
        assert large["x"] + large["width"] == pytest.approx(1)
        assert large["y"] + large["height"] == pytest.approx(1)
        assert large["width"] == pytest.approx(small["width"], rel=0.06)
        assert (await client.get("/api/v1/overlay-outlines?view=4&resolution=1x1")).status_code == 400


@pytest.mark.feature("OVL-11", "EVT-20")
async def test_dynamic_text_by_slot_and_by_the_old_address(side: Side) -> None:
    async with side.client(Role.OPERATOR) as client:
        assert (await client.put("/api/v1/overlay-texts", json={"slot": 3, "text": "open"})).json() == {"texts": {"3": "open"}}
        assert (await client.get("/axis-cgi/dynamicoverlay.cgi?action=settext&text=Caf%C3%A9%20closed")).text == "OK\n"
        assert (await client.get("/api/v1/overlay-texts")).json() == {"texts": {"0": "Café closed", "3": "open"}}
        assert (await client.get("/axis-cgi/dynamicoverlay.cgi?action=gettext&index=3")).text == "open\n"
        for query, said in (("action=settext&text=x&index=17", "Error: slot=17:"), ("action=dance", "Error: action='dance':")):
            reply = await client.get(f"/axis-cgi/dynamicoverlay.cgi?{query}")
            assert (reply.status_code, reply.text[: len(said)]) == (200, said)
        assert (await client.put("/api/v1/overlay-texts", json={"slot": 17, "text": "x"})).status_code == 400
        assert (await client.put("/api/v1/overlay-texts", json={"slot": 3})).json() == {"texts": {"0": "Café closed"}}
        assert side.services.overlays
        assert side.services.overlays.board.fact("#D", 4, None) == "Café closed"


async def test_changes_at_the_same_moment_lose_nothing(side: Side) -> None:
    async with side.client(Role.OPERATOR) as client:
        wishes = [client.post("/api/v1/overlays", json={"kind": "text", "text": str(number)}) for number in range(12)]
        replies = await asyncio.gather(*wishes)
        assert len({reply.json()["identity"] for reply in replies}) == 12
        assert len((await client.get("/api/v1/overlays")).json()["overlays"]) == 13


# --- VAPIX


@pytest.mark.feature("OVL-06", "OVL-08", "OVL-10")
async def test_vapix_text_from_birth_to_death(side: Side) -> None:
    async with side.client(Role.OPERATOR) as client:
        made = await call(
            client, "addText", camera=5, text="Door\\n%T%0A#D", position="bottomRight", textColor="red", fontSize=60, zIndex=3
        )
        assert made["data"] == {"camera": 5, "identity": 0}
        changed = await call(client, "setText", identity=0, position=[-0.25, 1], textBGColor="semiTransparent", rotation=90, visible=False)
        assert changed["data"] == {}
        listed = (await call(client, "list", camera=5))["data"]
        assert listed["imageFiles"] == ["/etc/overlays/logo.ovl"]
        text = next(row for row in listed["textOverlays"] if row["identity"] == 0)
        assert text == {
            "camera": 5, "identity": 0, "text": "Door\n%T\n#D", "textLength": 10, "position": [-0.25, 1.0], "visible": False,
            "textColor": "red", "textBGColor": "semiTransparent", "textOLColor": "black", "fontSize": 60, "rotation": 90.0,
            "scrollSpeed": 0, "reference": "channel", "scalable": True, "zIndex": 3,
        }  # fmt: skip
        assert [row["identity"] for row in (await call(client, "list", camera=6))["data"]["textOverlays"]] == [1]
        assert (await call(client, "remove", identity=0))["data"] == {}
        assert await code(client, "remove", identity=0) == 302


async def test_vapix_image_and_indicator(side: Side) -> None:
    async with side.client(Role.OPERATOR) as client:
        made = await call(client, "addImage", camera=1, overlayPath="/etc/overlays/logo.ovl", position="topRight")
        mark = await call(client, "addText", camera=1, text="", indicator="bar", indicatorSize=50, indicatorColor="red")
        data = (await call(client, "list"))["data"]
        assert data["imageOverlays"][0] == {
            "camera": 1, "identity": made["data"]["identity"], "overlayPath": "/etc/overlays/logo.ovl", "position": "topRight",
            "visible": True, "scalable": True, "zIndex": 0, "rotation": 0.0,
        }  # fmt: skip
        row = next(row for row in data["textOverlays"] if row["identity"] == mark["data"]["identity"])
        assert (row["indicator"], row["indicatorSize"], row["indicatorColor"], row["text"]) == ("bar", 50, "red", "")
        assert (await call(client, "setImage", identity=made["data"]["identity"], visible=False))["data"] == {}
        assert await code(client, "setImage", identity=mark["data"]["identity"], visible=False) == 302
        room = (await call(client, "getOverlayCapabilities"))["data"]
        assert (room["numAvailableSlots"], room["maxFontSize"], room["supportedReferences"]) == (61, 200, ["channel"])


@pytest.mark.parametrize(
    ("method", "params", "expected"),
    [
        ("addText", {"text": "x"}, 102),
        ("addText", {"camera": 1}, 102),
        ("addText", {"camera": 0, "text": "x"}, 301),
        ("addText", {"camera": "1", "text": "x"}, 301),
        ("setText", {"identity": 77}, 302),
        ("setText", {"identity": "1"}, 302),
        ("setText", {}, 302),
        ("addText", {"camera": 1, "text": "x", "position": "left"}, 303),
        ("addText", {"camera": 1, "text": "x", "position": [0, 0, 0]}, 303),
        ("addText", {"camera": 1, "text": "x" * 513}, 304),
        ("addText", {"camera": 1, "text": 5}, 304),
        ("addImage", {"camera": 1, "overlayPath": "/etc/overlays/none.ovl"}, 305),
        ("addImage", {"camera": 1, "overlayPath": "../../../etc/passwd"}, 305),
        ("addText", {"camera": 1, "text": "x", "textColor": "blue"}, 306),
        ("addText", {"camera": 1, "text": "x", "textBGColor": 1}, 307),
        ("addText", {"camera": 1, "text": "x", "textOLColor": None}, 308),
        ("addText", {"camera": 1, "text": "x", "fontSize": -1}, 309),
        ("addText", {"camera": 1, "text": "x", "scrollSpeed": 21}, 310),
        ("addText", {"camera": 1, "text": "x", "visible": "maybe"}, 311),
        ("addText", {"camera": 1, "text": "x", "zIndex": -1}, 312),
        ("addText", {"camera": 1, "text": "x", "reference": "scene"}, 313),
        ("addText", {"camera": 1, "text": "x", "ptPosition": [1, 2]}, 314),
        ("addText", {"camera": 1, "text": "x", "zoomInterval": [1, 2]}, 315),
        ("addText", {"camera": 1, "text": "x", "indicator": "bar"}, 316),
        ("addText", {"camera": 1, "text": "", "indicator": "star"}, 316),
        ("addText", {"camera": 1, "text": "", "indicator": "bar", "indicatorSize": 1}, 317),
        ("addText", {"camera": 1, "text": "x", "rotation": 181}, 321),
        ("list", {"identity": 99}, 302),
        ("list", {"camera": 13}, 301),
        ("dance", {}, 203),
    ],
)
async def test_every_mistake_has_its_code(side: Side, method: str, params: dict[str, Any], expected: int) -> None:
    async with side.client(Role.OPERATOR) as client:
        assert await code(client, method, **params) == expected


async def test_versions_and_broken_json(side: Side) -> None:
    async with side.client(Role.OPERATOR) as client:
        versions = (await client.post(DYNAMIC, json={"method": "getSupportedVersions"})).json()
        assert versions["data"]["apiVersions"] == [f"1.{minor}" for minor in range(9)]
        assert (await client.post(DYNAMIC, json={"apiVersion": "2.0", "method": "list"})).json()["error"]["code"] == 100
        assert (await client.post(DYNAMIC, content=b"{")).json()["error"]["code"] == 200


async def test_no_json_breaks_it(side: Side) -> None:
    """A thousand well-formed but senseless requests: an error code each, never an HTTP error."""
    dice = random.Random(7)
    odd = [None, True, 0, -1, 1e9, "", "x", "topLeft", [], [0, 0], [None, "a"], {}, {"a": 1}, 2**70, "\ud7ff\0"]
    names = ["camera", "identity", "text", "position", "textColor", "fontSize", "overlayPath", "visible", "zIndex", "indicator", "rotation"]
    methods = ["addText", "addImage", "setText", "setImage", "list", "remove", "getOverlayCapabilities", "x"]
    async with side.client(Role.OPERATOR) as client:
        for _ in range(250):
            params: Any = {name: dice.choice(odd) for name in dice.sample(names, dice.randrange(6))}
            body = {"apiVersion": "1.0", "method": dice.choice(methods), "params": dice.choice([params, params, params, *odd])}
            reply = await client.post(DYNAMIC, content=json.dumps(body))
            assert reply.status_code == 200, (body, reply.text)
            answer = reply.json()
            assert ("data" in answer) != ("error" in answer), body
            assert "error" not in answer or 100 <= answer["error"]["code"] <= 321


@pytest.mark.feature("OVL-02")
async def test_vapix_upload_list_and_delete(side: Side) -> None:
    async with side.client(Role.OPERATOR) as client:
        request = {"apiVersion": "1.0", "context": "7", "method": "uploadOverlayImage", "params": {"scaleToResolution": False}}
        files = {"json": (None, json.dumps(request), "application/json"), "image": ("shop.png", png(12, 6), "image/png")}
        answer = (await client.post("/axis-cgi/uploadoverlayimage.cgi", files=files)).json()
        assert answer == {"apiVersion": "1.0", "method": "uploadOverlayImage", "context": "7", "data": {"path": "/etc/overlays/shop.ovl"}}
        manage = "/axis-cgi/manageoverlayimages.cgi"
        ask = {"apiVersion": "1.0", "method": "list"}
        images = (await client.post(manage, json=ask)).json()["data"]["images"]
        assert {"path": "/etc/overlays/shop.ovl", "width": 12, "height": 6, "scalable": False}.items() <= images[1].items()
        formats = (await client.post(manage, json={**ask, "method": "supportedFormats"})).json()["data"]["formats"]
        assert set(formats) == {"png", "jpeg", "bmp", "svg"}
        gone = {**ask, "method": "delete", "params": {"path": "/etc/overlays/shop.ovl"}}
        assert (await client.post(manage, json=gone)).json()["data"] == {}
        assert (await client.post(manage, json=gone)).json()["error"]["code"] == 1000
        assert (await client.post(manage, json={**gone, "params": {}})).json()["error"]["code"] == 4002


@pytest.mark.parametrize(
    ("content", "kind", "expected"),
    [
        (b"", "multipart/form-data; boundary=b", 4002),
        (b"rubbish", "multipart/form-data; boundary=b", 4000),
        (b"x", "multipart/form-data", 4000),
        (b"x", "text/plain", 4000),
        (b'--b\r\nContent-Disposition: form-data; name="json"\r\n\r\n[]\r\n--b--\r\n', "multipart/form-data; boundary=b", 4002),
        (
            b'--b\r\nContent-Disposition: form-data; name="json"\r\n\r\n[]\r\n--b\r\n'
            b'Content-Disposition: form-data; name="f"; filename="a.png"\r\n\r\nMZ\r\n--b--\r\n',
            "multipart/form-data; boundary=b",
            4000,
        ),
        (
            b'--b\r\nContent-Disposition: form-data; name="f"; filename="a.png"\r\n\r\nMZ&=&=\r\n--b--\r\n',
            "multipart/form-data; boundary=b",
            1000,
        ),
    ],
    ids=[str(number) for number in range(7)],
)
async def test_uploads_that_are_no_upload(side: Side, content: bytes, kind: str, expected: int) -> None:
    async with side.client(Role.OPERATOR) as client:
        reply = await client.post("/axis-cgi/uploadoverlayimage.cgi", content=content, headers={"Content-Type": kind})
        assert (reply.status_code, reply.json()["error"]["code"]) == (200, expected), reply.text


async def test_vapix_modifiers(side: Side) -> None:
    async with side.client(Role.OPERATOR) as client:
        answer = (await client.get("/axis-cgi/overlaymodifiers.cgi?context=12")).json()
    assert (answer["apiVersion"], answer["context"], answer["method"]) == ("0.2", 12, "getOverlayModifiers")
    groups = answer["data"]["groups"]
    assert {"mod": "%F"} in groups["date"]
    assert {"mod": "#D", "index": True} in groups["other"]
    assert sum(map(len, groups.values())) == len(MODIFIERS)


# --- the line of older clients


async def param(client: httpx.AsyncClient, **values: str) -> str:
    return (
        await client.post("/axis-cgi/param.cgi", data={"action": "update", **{f"Image.I4.Text.{k}": v for k, v in values.items()}})
    ).text


async def line(client: httpx.AsyncClient) -> dict[str, str]:
    reply = await client.get("/axis-cgi/param.cgi?action=list&group=Image.I4.Text")
    return dict(row.removeprefix("root.Image.I4.Text.").split("=", 1) for row in reply.text.splitlines())


@pytest.mark.feature("OVL-01")
async def test_the_line_of_older_clients_is_an_overlay(side: Side) -> None:
    delivered = {
        "TextEnabled": "no", "String": "", "DateEnabled": "no", "ClockEnabled": "no", "Position": "top", "Color": "white",
        "BGColor": "black", "TextSize": "medium",
    }  # fmt: skip
    async with side.client(Role.OPERATOR) as client:
        assert await line(client) == delivered
        assert await param(client, TextEnabled="no") == "OK\n"
        assert [item.identity for item in side.services.settings.snapshot.overlays.items] == [1]
        assert await param(client, TextEnabled="yes", String="Till 3", ClockEnabled="yes", Position="bottom", Color="black") == "OK\n"
        item = (await client.get("/api/v1/overlays")).json()["overlays"][1]
        assert (item["text"], item["views"], item["visible"], item["position"]) == ("%T Till 3", [4], True, "bottomLeft")
        assert (item["color"], item["background"], item["size"]) == ("black", "black", 40)
        changed = {**delivered, "TextEnabled": "yes", "String": "Till 3", "ClockEnabled": "yes", "Position": "bottom", "Color": "black"}
        assert await line(client) == changed
        await client.patch("/api/v1/overlays/9004", json={"text": "%F %T Till 4", "color": "red", "position": [0, -1]})
        assert await line(client) == {**changed, "DateEnabled": "yes", "String": "Till 4", "Color": "red", "Position": "top"}
        assert await param(client, String="Till 5", Position="top") == "OK\n"
        assert (await client.get("/api/v1/overlays")).json()["overlays"][1]["position"] == [0, -1]  # at the top already
        await client.patch("/api/v1/overlays/9004", json={"visible": False})
        assert (await line(client))["ClockEnabled"] == "no"
        assert (await client.delete("/api/v1/overlays/9004")).status_code == 200
        assert await line(client) == delivered


@pytest.mark.parametrize("stamps", [{}, {"DateEnabled": "yes"}, {"ClockEnabled": "yes"}, {"DateEnabled": "yes", "ClockEnabled": "yes"}])
async def test_what_is_written_of_the_line_is_read_one_by_one(side: Side, stamps: dict[str, str]) -> None:
    """Words switched off are kept; words switched on before there are any wait for them."""
    async with side.client(Role.OPERATOR) as client:
        wanted = await line(client)
        steps = [
            *stamps.items(),
            ("String", "a  b"),
            ("TextEnabled", "yes"),
            ("TextEnabled", "no"),
            ("String", "c"),
            ("TextEnabled", "yes"),
        ]
        for name, value in [*steps, ("String", ""), ("TextSize", "large"), ("String", "d"), *((name, "no") for name in stamps)]:
            wanted[name] = value
            assert await param(client, **{name: value}) == "OK\n"
            assert await line(client) == wanted, (name, value)
            words = [mark for key, mark in (("DateEnabled", "%F"), ("ClockEnabled", "%T")) if wanted[key] == "yes"]
            words += [wanted["String"]] if wanted["TextEnabled"] == "yes" and wanted["String"] else []
            seen = [item.text.strip() for item in side.services.settings.snapshot.overlays.items if item.visible and item.kind == "text"]
            assert "".join(seen) == " ".join(words)


@pytest.mark.parametrize(
    ("wish", "words"),
    [
        ({"String": "x" * 10_000}, "10000 characters"),
        ({"Color": "mauve"}, "use one of black"),
        ({"Position": "middle"}, "top, bottom"),
        ({"TextSize": "12"}, "small, medium, large"),
        ({"TextEnabled": "maybe"}, "yes, no"),
    ],
)
async def test_a_bad_line_is_refused_and_the_old_one_stays(side: Side, wish: dict[str, str], words: str) -> None:
    async with side.client(Role.OPERATOR) as client:
        assert await param(client, TextEnabled="yes", String="old") == "OK\n"
        before = side.services.settings.snapshot
        refused = await param(client, DateEnabled="yes", **wish)
        assert refused.startswith("# Error")
        assert words in refused.lower()
        assert side.services.settings.snapshot == before
    async with side.client(Role.VIEWER) as client:
        assert await param(client, String="mine") != "OK\n"
        assert side.services.settings.snapshot == before

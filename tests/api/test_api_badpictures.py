"""Masks that lie awkwardly are where they must be, and images that are traps are refused by every way in, without a trace."""

from __future__ import annotations

import base64
import json
import struct
import zlib

import numpy as np
import pytest
from api_kit import Side

from panocam.app.translate import privacy
from panocam.imaging.privacy import PrivacyMask
from panocam.media.frame import RawFrame
from panocam.media.planes import JPEG_COLOR, Planes
from panocam.media.stamps import Stamps
from panocam.optics.lens import default_lens
from panocam.settings import Role

SIDE = 400


def huge_png(width: int = 12_000, height: int = 9_000) -> bytes:
    """A small file whose header says 108 megapixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack("!I", len(data)) + kind + data + struct.pack("!I", zlib.crc32(kind + data))

    head = struct.pack("!IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")


SVG = "<svg xmlns='http://www.w3.org/2000/svg' xmlns:xlink='http://www.w3.org/1999/xlink' width='9' height='9'>{}</svg>"
TRAPS = {
    "108 megapixels": huge_png(),
    "script": SVG.format("<script>alert(1)</script>").encode(),
    "event": SVG.format("<rect width='9' height='9' onload='alert(1)'/>").encode(),
    "picture elsewhere": SVG.format("<image xlink:href='http://127.0.0.1/x.png' width='9' height='9'/>").encode(),
    "file": SVG.format("<image href='file:///etc/passwd' width='9' height='9'/>").encode(),
    "entity": b"<!DOCTYPE svg [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>" + SVG.format("<text>&x;</text>").encode(),
    "program": b"\x7fELF" + bytes(200),
    "half a picture": huge_png(10, 10)[:40],
}


@pytest.mark.feature("OVL-02")
@pytest.mark.parametrize("trap", TRAPS)
async def test_an_image_that_is_a_trap_is_refused_by_both_ways(side: Side, trap: str) -> None:
    data = TRAPS[trap]
    request = json.dumps({"apiVersion": "1.0", "method": "uploadOverlayImage", "params": {"scaleToResolution": False}})
    async with side.client(Role.OPERATOR) as client:
        before = (await client.get("/api/v1/overlay-images")).json()
        rest = await client.post("/api/v1/overlay-images", json={"name": "trap.png", "data": base64.b64encode(data).decode()})
        assert (rest.status_code, bool(rest.json()["error"]["message"])) == (400, True)
        files = {"json": (None, request, "application/json"), "image": ("trap.png", data, "image/png")}
        vapix = await client.post("/axis-cgi/uploadoverlayimage.cgi", files=files)
        assert (vapix.status_code, vapix.json()["error"]["code"] > 0) == (200, True)
        assert (await client.get("/api/v1/overlay-images")).json() == before


def corners(*places: tuple[float, float]) -> list[dict[str, float]]:
    return [{"azimuth": azimuth, "off": off} for azimuth, off in places]


AWKWARD = {
    "over the pole": (corners((0, 15), (90, 15), (180, 15), (-90, 15)), (0, 0), (0, 40)),
    "across the seam": (corners((170, 30), (-170, 30), (-170, 60), (170, 60)), (180, 45), (0, 45)),
    "beyond the picture": (corners((80, 60), (100, 60), (100, 120), (80, 120)), (90, 80), (90, 30)),
}


@pytest.mark.feature("PRV-06", "PRV-12")
@pytest.mark.parametrize("how", AWKWARD)
async def test_a_mask_that_lies_awkwardly_covers_its_place_and_no_other(side: Side, how: str) -> None:
    wish, inside, outside = AWKWARD[how]
    async with side.client(Role.ADMINISTRATOR) as client:
        made = await client.post("/api/v1/privacy/masks", json={"name": how, "corners": wish})
        assert made.status_code == 200, made.text
    hidden = privacy(side.services.settings.snapshot)
    lens = default_lens((SIDE, SIDE))
    planes = Planes.blank(SIDE, SIDE, JPEG_COLOR)
    planes.y[:] = 200
    shown = PrivacyMask(hidden).apply(RawFrame(planes, 0, 0, Stamps()), lens).planes.y

    def luma(azimuth: float, off: float) -> int:
        turn, lean = np.radians([azimuth, off])
        x, y = lens.project(np.array([np.sin(lean) * np.sin(turn), -np.sin(lean) * np.cos(turn), np.cos(lean)]))
        return int(shown[round(float(y)), round(float(x))])

    assert luma(*inside) != 200
    assert luma(*outside) == 200

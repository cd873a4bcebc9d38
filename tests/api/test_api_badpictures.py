"""Masks that lie awkwardly are where they must be, and images that are traps are refused by every way in, without a trace."""

from __future__ import annotations

import base64
import gzip
import json
import math
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
    "film that calls itself a picture": b"GIF89a" + bytes(200),
    "page that calls itself a picture": b"<html><body onload='alert(1)'>picture</body></html>",
    "drawing in an envelope": gzip.compress(SVG.format("").encode()),
    "picture that is another in its middle": huge_png(10, 10)[:33] + b"\xff\xd8\xff\xe0" + bytes(80),
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
    covers(side, inside, outside)


def covers(side: Side, inside: tuple[float, float], outside: tuple[float, float]) -> None:
    """One place (azimuth, angle off the axis) is covered, and the other is seen."""
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


def pixels(side: Side, *places: tuple[float, float]) -> str:
    """Places (azimuth, angle off the axis) as a client finds them in the largest overview."""
    wide, high = side.services.privacy.largest
    points = []
    for azimuth, off in places:
        radius = off / 91 * min(wide, high) / 2
        turn = math.radians(azimuth)
        points.append(f"{wide / 2 + radius * math.sin(turn):.0f},{high / 2 - radius * math.cos(turn):.0f}")
    return ":".join(points)


CGI = "/axis-cgi/privacymask.cgi"


@pytest.mark.feature("PRV-06", "PRV-12")
@pytest.mark.parametrize("how", ["over the pole", "across the seam", "three corners", "ten corners"])
async def test_a_mask_drawn_in_pixels_covers_its_place_and_no_other(side: Side, how: str) -> None:
    ring = [(azimuth, 20.0) for azimuth in range(0, 360, 36)]
    shape, inside, outside = {
        "over the pole": ([(0.0, 15.0), (90.0, 15.0), (180.0, 15.0), (-90.0, 15.0)], (0.0, 0.0), (0.0, 40.0)),
        "across the seam": ([(170.0, 30.0), (-170.0, 30.0), (-170.0, 60.0), (170.0, 60.0)], (180.0, 45.0), (0.0, 45.0)),
        "three corners": ([(20.0, 30.0), (40.0, 30.0), (30.0, 60.0)], (30.0, 40.0), (60.0, 40.0)),
        "ten corners": (ring, (77.0, 10.0), (77.0, 40.0)),
    }[how]
    async with side.client(Role.ADMINISTRATOR) as client:
        made = await client.get(f"{CGI}?action=add&name=a&pxpolygon={pixels(side, *shape)}")
        assert (made.status_code, made.text) == (204, "")
    covers(side, inside, outside)


@pytest.mark.feature("PRV-12")
@pytest.mark.parametrize(
    ("shape", "words"),
    [
        (((10, 30), (20, 30)), "3 to 10"),
        (tuple((azimuth, 30) for azimuth in range(0, 110, 10)), "3 to 10"),
        (((0, 30), (40, 30), (0, 60), (40, 60)), "crosses itself"),
        (((0, 80), (10, 80), (5, 150)), "outside the picture"),
        (((10, 30), (10, 30), (10, 30)), "same place"),
    ],
)
async def test_a_mask_that_is_none_changes_nothing_of_one_that_is(side: Side, shape: tuple[tuple[float, float], ...], words: str) -> None:
    async with side.client(Role.ADMINISTRATOR) as client:
        await client.get(f"{CGI}?action=add&name=a&pxpolygon={pixels(side, (10, 30), (40, 30), (25, 60))}")
        before = side.services.settings.snapshot
        for action in ("add&name=b", "update&name=a"):
            refused = await client.get(f"{CGI}?action={action}&pxpolygon={pixels(side, *shape)}")
            assert (refused.status_code, refused.text[:6]) == (200, "Error:"), refused.text
            assert words in refused.text
        assert side.services.settings.snapshot == before
        assert len(before.privacy.masks) == 1

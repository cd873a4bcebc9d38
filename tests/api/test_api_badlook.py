"""What no setting of picture, exposure, installation, views and areas can take is refused over REST and VAPIX; nothing changes."""

from __future__ import annotations

import json
import re

import pytest
from api_kit import Side

from panocam.api.vapix.params.leaf import Leaf
from panocam.api.vapix.params.rows import TREE
from panocam.settings import DECLARED, Role

SECTIONS = ("image", "exposure", "installation", "views", "areas")
PATHS = [path for path, row in DECLARED.items() if row.section in SECTIONS and not re.search(r"\.[1-9]\d*\.", path)]

OUTSIDE: dict[str, object] = {
    "image.white_balance": "candle",
    "exposure.mode": "flicker-free-55",
    "image.white_balance_window": {"left": 0.5, "top": 0.5, "right": 0.2, "bottom": 0.9},
    "exposure.max_shutter": "1/3",
    "exposure.min_shutter": "1/3",
    "exposure.zones": [{"left": 0.5, "top": 0.5, "right": 0.2, "bottom": 0.9}],
    "installation.mount": "roof",
    "installation.capture_mode": "fast",
    "installation.power_line": 55,
    "installation.quad_order": [1, 2, 3, 3],
}
"""What is of the right kind, but not on offer. Numbers go past both ends; switches know no such word."""

HUGE = 10**9


def wrongs(path: str) -> list[object]:
    """Out of range, and of every wrong kind."""
    kinds: list[object] = [{}, {"a": 1}, "perhaps"] if "number" in DECLARED[path].expects else [{}, {"a": 1}]
    if path.endswith(".name"):
        return [*kinds, "", "x" * 65, 7, None, []]
    if "number" in DECLARED[path].expects:
        return [HUGE, -HUGE, True, [], "", "7 apples", *kinds]
    if DECLARED[path].expects == "true or false":
        return ["perhaps", 7, [], None, *kinds]
    none = [] if path.endswith("_window") else [None]  # a window may be none
    return [OUTSIDE[path], 7, *none, "", *kinds]


@pytest.mark.parametrize("path", PATHS)
async def test_rest_refuses_each_with_one_error_that_names_value_and_remedy(side: Side, path: str) -> None:
    async with side.client(Role.ADMINISTRATOR) as client:
        before = (await client.get("/api/v1/settings")).json()["values"]
        for wrong in wrongs(path):
            reply = await client.patch("/api/v1/settings", json={path: wrong, "device.name": "Changed"})
            assert reply.status_code == 400, (path, wrong, reply.text)
            message = reply.json()["error"]["message"]
            assert message.startswith(f"{path}="), message
            assert repr(wrong)[:10].strip("'[{")[:5] in message
            assert len(message) > len(path) + 15
            assert "valid " not in message, "what is valid is to be said"
        assert (await client.get("/api/v1/settings")).json()["values"] == before


def leaves(side: Side) -> list[Leaf]:
    groups = ("ImageSource.", "Image.I0.Enabled", "Image.I0.Name")
    found = (TREE.leaf(side.services, path) for path in TREE.paths() if path.startswith(groups))
    return [leaf for leaf in found if leaf is not None and leaf.write is not None]


async def test_vapix_refuses_each_with_one_line_that_names_value_and_remedy(side: Side) -> None:
    await side.services.settings.patch({"exposure.zones": [{"left": 0.2, "top": 0.2, "right": 0.8, "bottom": 0.8}]})
    before = side.services.settings.export()
    window = "ImageSource.I0.Sensor.CustomExposureWindow.C0.Left"
    zone = TREE.leaf(side.services, window)
    assert zone is not None
    async with side.client(Role.ADMINISTRATOR) as client:
        for leaf in (*leaves(side), zone):
            wrong = ["perhaps", "-1000000", "1000000", "50.5", "", "99999999999"]
            if leaf.shape.kind == "string":
                wrong = ["", "x" * (leaf.shape.length + 1)]
            for value in wrong:
                reply = await client.get("/axis-cgi/param.cgi", params={"action": "update", "Image.I1.Name": "Changed", leaf.path: value})
                lines = reply.text.splitlines()
                assert len(lines) == 1, (leaf.path, value, lines)
                assert lines[0].startswith(f"# Error: Error setting 'root.{leaf.path}' to '{value[:10]}"), (value, lines)
                assert len(lines[0].rpartition("'!")[2]) > 10, (value, lines)
    assert side.services.settings.export() == before


CALLS = {
    "capturemode.cgi": (
        {"method": "setCaptureMode", "captureModeId": 9},
        {"method": "setCaptureMode", "captureModeId": "1"},
        {"method": "setCaptureMode", "captureModeId": True},
        {"method": "setCaptureMode"},
        {"method": "setCaptureMode", "channel": 3, "captureModeId": 1},
        {"method": "setCaptureMode", "params": [1]},
    ),
    "quadviewsetup.cgi": (
        {"method": "setOrder", "params": {"id": [1, 2, 3]}},
        {"method": "setOrder", "params": {"id": [1, 2, 3, 3]}},
        {"method": "setOrder", "params": {"id": "1234"}},
        {"method": "setOrder", "params": {}},
        {"method": "setQuadEyeValue", "params": {"quadeye": "perhaps"}},
        {"method": "setQuadEyeValue", "params": {"quadeye": 7}},
        {"method": "setQuadEyeValue"},
    ),
    "viewarea/configure.cgi": (
        {"method": "setGeometry", "params": {"viewArea": {"id": 7}}},
        {"method": "setGeometry", "params": {"viewArea": 7}},
        {"method": "setGeometry"},
        {"method": "resetGeometry", "params": {"viewArea": {"id": "1000001"}}},
    ),
}


@pytest.mark.parametrize("program", CALLS)
async def test_what_the_json_programs_cannot_take_is_one_error(side: Side, program: str) -> None:
    before = side.services.settings.export()
    async with side.client(Role.ADMINISTRATOR) as client:
        for call in CALLS[program]:
            reply = await client.post(f"/axis-cgi/{program}", content=json.dumps({"apiVersion": "1.0", **call}))
            assert reply.status_code == 200, (call, reply.text)
            error = reply.json()["error"]
            assert error["code"] > 0
            assert len(error["message"]) > 10, (call, error)
            assert "data" not in reply.json()
    assert side.services.settings.export() == before


async def test_lesser_roles_change_nothing_of_the_installation(side: Side) -> None:
    before = side.services.settings.export()
    async with side.client(Role.VIEWER) as client:
        for path, value in (("image.brightness", 60), ("exposure.level", 60), ("installation.roll", 5), ("areas.0.pan", 5)):
            assert (await client.patch("/api/v1/settings", json={path: value})).status_code == 403
        for program, wish in (
            ("capturemode.cgi", {"method": "setCaptureMode", "captureModeId": 2}),
            ("quadviewsetup.cgi", {"method": "setOrder", "params": {"id": [4, 3, 2, 1]}}),
        ):
            reply = await client.post(f"/axis-cgi/{program}", content=json.dumps({"apiVersion": "1.0", **wish}))
            assert reply.status_code == 403 or "error" in reply.json(), reply.text
    async with side.client(Role.OPERATOR) as client:
        for path, value in (("installation.mount", "wall"), ("installation.capture_mode", "overview"), ("installation.power_line", 60)):
            assert (await client.patch("/api/v1/settings", json={path: value})).status_code == 403
    assert side.services.settings.export() == before

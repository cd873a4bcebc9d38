"""Axes that are switched off, as VAPIX, REST and the live WebSocket say it."""

from __future__ import annotations

from typing import Any

import pytest
from api_kit import Side

from panocam.optics.pose import Pose
from panocam.settings import Role
from panocam.settings.role import SYSTEM

PTZ, PARAM = "/axis-cgi/com/ptz.cgi", "/axis-cgi/param.cgi"
HOME = Pose(0, -37, 90)


def pose(side: Side) -> Pose:
    return side.services.ptz.areas[4].head.pose


async def switch_off(side: Side, *which: str) -> None:
    await side.services.settings.patch({f"ptz.movement.0.{axis}": False for axis in which})


@pytest.mark.parametrize(
    ("off", "query"),
    [
        ("pan", "pan=30"),
        ("pan", "rpan=30&speed=50"),
        ("pan", "move=left"),
        ("pan", "continuouspantiltmove=20,0"),
        ("tilt", "tilt=-10"),
        ("tilt", "move=up"),
        ("tilt", "center=160,10&imagewidth=321&imageheight=241"),
        ("tilt", "continuouspantiltmove=0,20"),
        ("zoom", "zoom=4000"),
        ("zoom", "rzoom=-50"),
        ("zoom", "areazoom=160,120,300&imagewidth=321&imageheight=241"),
        ("zoom", "continuouszoommove=20"),
    ],
)
async def test_vapix_names_the_axis_and_what_to_do(side: Side, off: str, query: str) -> None:
    await switch_off(side, off)
    async with side.client(Role.OPERATOR) as client:
        reply = await client.get(f"{PTZ}?camera=5&{query}")
    assert (reply.status_code, reply.text.strip()) == (
        200,
        f"Error:{off}: off: {off} control of view area 1 is switched off; preset positions still work, and the PTZ settings switch it on",
    )
    assert pose(side) == HOME


async def test_a_vapix_command_of_several_axes_moves_the_rest_and_presets_move_all(side: Side) -> None:
    await switch_off(side, "pan", "zoom")
    async with side.client(Role.OPERATOR) as client:
        for query, expected in (
            ("pan=30&tilt=-20&zoom=5000", Pose(0, -20, 90)),
            ("move=downright", Pose(0, -36.875, 90)),
            ("move=home", HOME),
        ):
            assert (await client.get(f"{PTZ}?camera=5&{query}")).status_code == 204
            assert pose(side) == expected
        await side.services.ptz.library.keep(1, Pose(70, -30, 40), SYSTEM, "Till", 2)
        assert (await client.get(f"{PTZ}?camera=5&gotoserverpresetno=2")).status_code == 204
        side.clock.advance(9)
        assert pose(side) == Pose(70, -30, 40)
        assert (await client.get(f"{PTZ}?camera=5&move=home")).status_code == 204
        assert pose(side) == HOME
        assert "Error:pan, zoom: off" in (await client.get(f"{PTZ}?camera=5&pan=9&zoom=9")).text


async def test_the_parameters_switch_axes_and_tell_them(side: Side) -> None:
    async with side.client(Role.ADMINISTRATOR) as client:
        assert "PanEnabled=true" in (await client.get(f"{PARAM}?action=list&group=PTZ.Various.V5")).text
        reply = await client.get(f"{PARAM}?action=update&PTZ.Various.V5.PanEnabled=false&PTZ.Various.V6.ZoomEnabled=false")
        assert reply.text.strip() == "OK"
        told = (await client.get(f"{PARAM}?action=list&group=PTZ.Various")).text
    assert ("PTZ.Various.V5.PanEnabled=false" in told, "PTZ.Various.V5.ZoomEnabled=true" in told) == (True, True)
    assert "PTZ.Various.V6.ZoomEnabled=false" in told
    assert (side.services.ptz.held(4), side.services.ptz.held(5)) == (("pan",), ("zoom",))
    async with side.client(Role.OPERATOR) as client:
        assert "this needs administrator" in (await client.get(f"{PARAM}?action=update&PTZ.Various.V5.PanEnabled=true")).text
    assert side.services.ptz.held(4) == ("pan",)


@pytest.mark.parametrize(
    ("off", "path", "body"),
    [
        ("pan", "move", {"type": "move", "pan": 5}),
        ("tilt", "pose", {"type": "pose", "tilt": -10}),
        ("zoom", "move", {"type": "move", "zoom": 2}),
        ("zoom", "frame", {"type": "frame", "x": 0.25, "y": 0.25, "x2": 0.75, "y2": 0.75}),
        ("pan", "drive", {"type": "drive", "pan": 20}),
    ],
)
async def test_rest_refuses_the_same(side: Side, off: str, path: str, body: dict[str, Any]) -> None:
    await switch_off(side, off)
    async with side.client(Role.OPERATOR) as client:
        await side.login(client, Role.OPERATOR)
        reply = await client.request("PUT" if path == "pose" else "POST", f"/api/v1/views/4/{path}", json=body)
        assert reply.status_code == 400
        assert f"{off} control of view area 1 is switched off" in reply.text
        assert pose(side) == HOME
        assert (await client.get("/api/v1/ptz/4")).json()["held"] == [off]
        views = (await client.get("/api/v1/views")).json()["views"]
        assert [view["held"] for view in views[3:6]] == [[], [off], []]


async def test_rest_moves_what_is_left_goes_home_and_to_presets(side: Side) -> None:
    await switch_off(side, "pan", "zoom")
    async with side.client(Role.OPERATOR) as client:
        await side.login(client, Role.OPERATOR)
        reply = await client.post("/api/v1/views/4/center", json={"type": "center", "x": 0.9, "y": 0.1, "zoom": 2})
        assert (reply.status_code, reply.json()["pan"], reply.json()["hfov"]) == (200, 0, 90)
        assert reply.json()["tilt"] > -37
        await side.services.ptz.library.keep(1, Pose(70, -30, 40), SYSTEM, "Till", 2)
        reply = await client.post("/api/v1/views/4/preset", json={"type": "preset", "number": 2, "speed": 0})
        assert (reply.json()["pan"], reply.json()["hfov"]) == (70, 40)
        assert (await client.post("/api/v1/views/4/home", json={"type": "home"})).json()["pan"] == 0

"""Named zones over REST and as VAPIX parameters: one list behind both."""

from __future__ import annotations

import string
from typing import Any

import httpx
import numpy as np
import pytest
from api_kit import Side
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from panocam.optics.aim import pan_tilt
from panocam.optics.pose import Pose
from panocam.settings import Role

ZONES, PARAM = "/api/v1/ptz/4/zones", "/axis-cgi/param.cgi"
GATE: dict[str, Any] = {"name": "Gate", "left": 10, "down": -40, "right": 30, "up": -20}
BACK: dict[str, Any] = {"name": "Back", "left": 170, "down": -50, "right": -170, "up": -10}
ADD = {"action": "add", "template": "ptzlocator", "group": "root.PTZ.Locator.L4.Zone"}
Z = "root.PTZ.Locator.L4.Zone.Z"


async def send(client: httpx.AsyncClient, method: str, path: str = "", **body: Any) -> Any:
    reply = await client.request(method, ZONES + path, **({"json": body} if method != "GET" else {}))
    assert reply.status_code in (200, 204), reply.text
    return reply.json() if reply.content else None


async def param(client: httpx.AsyncClient, **arguments: str) -> str:
    reply = await client.get(PARAM, params=arguments)
    assert reply.status_code == 200
    return reply.text


async def test_zones_are_made_changed_shown_visited_and_removed(side: Side) -> None:
    head = side.services.ptz.areas[4].head
    async with side.client(Role.ADMINISTRATOR) as client:
        made = await send(client, "POST", **GATE)
        assert made == {**GATE, "number": 1, "enabled": True, "roll": 0, "here": False, "shown": False}
        await send(client, "POST", "/1/go")
        side.clock.advance(10)
        assert (head.pose.pan, head.pose.tilt, head.pose.hfov) == (pytest.approx(20), pytest.approx(-30), pytest.approx(90))
        assert [(zone["here"], zone["shown"]) for zone in (await send(client, "GET"))["zones"]] == [(True, True)]
        assert (await send(client, "PATCH", "/1", enabled=False, name="Door"))["name"] == "Door"
        assert [(zone["here"], zone["shown"]) for zone in (await send(client, "GET"))["zones"]] == [(True, False)]
        both = await send(client, "POST", "/many", zones=[BACK, GATE])
        assert [zone["name"] for zone in both["zones"]] == ["Door", "Back", "Gate"]
        assert both["most"] == 100
        before = (await send(client, "GET"))["zones"]
        await send(client, "DELETE")
        assert (await send(client, "GET"))["zones"] == []
        again = [{key: value for key, value in zone.items() if key not in ("here", "shown")} for zone in before]
        assert (await send(client, "POST", "/many", zones=again))["zones"] == before
        assert len((await send(client, "POST", "/many", zones=[GATE], replace=True))["zones"]) == 1
        await send(client, "DELETE", "/1")
        assert side.services.settings.running.ptz.zones == ()


@pytest.mark.parametrize(
    ("path", "body", "words"),
    [
        ("", {**GATE, "up": -45}, "upper right corner should lie above"),
        ("", {**GATE, "right": 10}, "stand above each other"),
        ("", {**GATE, "left": 181}, "left"),
        ("", {"left": 1}, "down"),
        ("", {**GATE, "name": "<b>"}, "1 to 64 characters"),
        ("/many", {"zones": [GATE, {**GATE, "up": -45}]}, "zone 2"),
        ("/many", {"zones": [GATE] * 101}, "100"),
    ],
)
async def test_a_mistake_is_one_clear_error_and_nothing_is_kept(side: Side, path: str, body: dict[str, Any], words: str) -> None:
    async with side.client(Role.OPERATOR) as client:
        reply = await client.post(ZONES + path, json=body)
        assert reply.status_code in (400, 422)
        assert words in reply.text
        missing = await client.patch(ZONES + "/7", json={"name": "X"})
        assert (missing.status_code, "no zone 7" in missing.text) == (404, True)
        assert (await client.get("/api/v1/ptz/3/zones")).status_code == 404
    assert side.services.settings.running.ptz.zones == ()


async def test_an_area_that_may_not_be_moved_has_names_all_the_same(side: Side) -> None:
    await side.services.settings.patch({"areas.0.ptz": False})
    async with side.client(Role.ADMINISTRATOR) as client:
        await send(client, "POST", **GATE)
        assert (await client.post(ZONES + "/1/go", json={})).status_code == 400
    assert side.services.ptz.zones.name_at(1, Pose(20, -30)) == "Gate"


async def test_zones_are_parameters(side: Side) -> None:
    stored = side.services.settings
    async with side.client(Role.OPERATOR) as client:
        assert "root.PTZ.Locator.L4.MaxZones=100" in await param(client, group="root.PTZ.Locator.L4.MaxZones")
        new = {f"{Z}.Name": "Gate", f"{Z}.Pan": "170:-170.06", f"{Z}.Tilt": "-44.99:-30", f"{Z}.Enabled": "yes"}
        assert await param(client, **ADD, **new) == "Z0 OK\n"
        (zone,) = stored.running.ptz.zones
        assert (zone.name, zone.area, zone.left, zone.right, zone.down, zone.up, zone.enabled) == (
            "Gate", 1, 170, -170.06, -44.99, -30, True,
        )  # fmt: skip
        assert set((await param(client, group="PTZ.Locator.L4.Zone")).split()) == {
            f"{Z}0.Name=Gate", f"{Z}0.Enabled=yes", f"{Z}0.Pan=170.00:-170.06", f"{Z}0.Tilt=-44.99:-30.00",
        }  # fmt: skip
        assert await param(client, action="update", **{f"{Z}0.Pan": "1:2", f"{Z}0.Tilt": "-9:-8", f"{Z}0.Enabled": "no"}) == "OK\n"
        (zone,) = stored.running.ptz.zones
        assert (zone.left, zone.right, zone.down, zone.up, zone.enabled) == (1, 2, -9, -8, False)
        before = stored.running
        for wrong, words in (
            ({"Pan": "1"}, "10.5:30"),
            ({"Tilt": "5:-5"}, "should lie above"),
            ({"Pan": "nan:3"}, "from -180 to 180"),
            ({"Name": "<"}, "1 to 64 characters"),
            ({"Enabled": "perhaps"}, "yes, no"),
        ):
            said = await param(client, action="update", **{f"{Z}0.{name}": value for name, value in wrong.items()})
            assert said.startswith("# Error:")
            assert words in said
        for wrong, words in (({}, "Pan, Tilt must be given"), ({f"{Z}.Pan": "a:b", f"{Z}.Tilt": "1:2"}, "10.5:30")):
            said = await param(client, **ADD, **wrong)
            assert said.startswith("# Error:")
            assert words in said
        assert (await param(client, **{**ADD, "group": "PTZ.Locator.L0.Zone"}, **{"PTZ.Locator.L0.Zone.Z.Pan": "1:2"})).startswith(
            "# Error:"
        )
        assert stored.running == before
        assert await param(client, action="remove", group="root.PTZ.Locator.L4.Zone.Z0") == "OK\n"
        assert stored.running.ptz.zones == ()
        assert (await param(client, action="remove", group="root.PTZ.Locator.L4.Zone.Z0")).startswith("# Error:")
    async with side.client(Role.VIEWER) as client:
        assert (await client.get(PARAM, params={**ADD, **new})).status_code in (401, 403)


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    values=st.dictionaries(
        st.sampled_from(["Name", "Pan", "Tilt", "Enabled"]),
        st.one_of(st.sampled_from(["1:2", "-9:-3", "2:1", ":", "nan:inf", "1e400:2", "yes"]), st.text(string.printable, max_size=12)),
    )
)
async def test_whatever_is_added_is_a_zone_or_one_error(side: Side, values: dict[str, str]) -> None:
    async with side.client(Role.OPERATOR) as client:
        before = len(side.services.settings.running.ptz.zones)
        said = await param(client, **ADD, **{f"{Z}.{name}": value for name, value in values.items()})
        added = len(side.services.settings.running.ptz.zones) - before
        assert said.startswith("# Error:") if added == 0 else said.endswith(" OK\n")


async def test_borders_lie_in_the_picture_where_the_zone_does(side: Side) -> None:
    """A click on a border's middle looks at the zone's edge; what cannot be seen is left out."""
    async with side.client(Role.OPERATOR) as client:
        await send(client, "POST", "/many", zones=[GATE, BACK])
        side.services.ptz.areas[4].head.set_pose(Pose(20, -30, 60))
        found = await send(client, "GET", "/outlines?width=1280&height=960")
        assert (found["width"], found["height"], [each["number"] for each in found["outlines"]]) == (1280, 960, [1])
        points = [point for line in found["outlines"][0]["lines"] for point in line]
        scale = 640 / np.tan(np.radians(30))
        lowest = max(points, key=lambda point: point[1])
        for x, y in points:
            right, up = (x - 639.5) / scale, (479.5 - y) / scale
            across, down, forward = Pose(20, -30, 60).axes()
            pan, tilt = pan_tilt(forward + right * across - up * down)
            assert min(abs(pan - 10), abs(pan - 30), abs(tilt + 40), abs(tilt + 20)) < 0.1
        assert lowest[1] > 479.5
        side.services.ptz.areas[4].head.set_pose(Pose(180, -30, 60))
        assert [each["number"] for each in (await send(client, "GET", "/outlines"))["outlines"]] == [2]
        await side.services.settings.patch({"installation.roll": 180})
        side.services.ptz.areas[4].head.set_pose(Pose(0, -30, 60))
        assert [each["number"] for each in (await send(client, "GET", "/outlines"))["outlines"]] == [2]
        assert (await client.get(ZONES + "/outlines?width=17&height=3")).status_code == 400
        assert (await client.get("/api/v1/ptz/0/zones/outlines")).status_code == 404

"""Motion areas through REST: drawn in any view, by operators; what is wrong is said and changes nothing."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from api_kit import Side

from panocam.events.topics import MOTION
from panocam.settings import Role

SQUARE = [{"azimuth": a, "off": o} for a, o in ((-10, 30), (10, 30), (10, 50), (-10, 50))]


async def areas(client: httpx.AsyncClient, **where: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await client.get("/api/v1/motion", params=where)).json()["areas"]
    return found


async def add(client: httpx.AsyncClient, **wish: Any) -> httpx.Response:
    return await client.post("/api/v1/motion/areas", json={"name": "Door", "corners": SQUARE, **wish})


async def test_add_tune_reshape_remove(side: Side) -> None:
    async with side.client(Role.OPERATOR) as client:
        made = (await add(client)).json()
        assert {name: made[name] for name in ("id", "name", "enabled", "sensitivity", "size", "hold", "active", "share")} == {
            "id": 1, "name": "Door", "enabled": True, "sensitivity": 50, "size": 5.0, "hold": 3, "active": False, "share": None,
        }  # fmt: skip
        tuned = {"name": "Gate", "enabled": False, "sensitivity": 70, "size": 8.5, "hold": 20}
        again = (await client.patch("/api/v1/motion/areas/1", json={**tuned, "corners": SQUARE[:3]})).json()
        assert {name: again[name] for name in tuned} == tuned
        assert len(again["corners"]) == 3
        kept = side.services.settings.snapshot.motion.areas
        assert [(area.name, area.sensitivity, area.size, area.hold, len(area.corners)) for area in kept] == [("Gate", 70, 8.5, 20, 3)]
        assert (await add(client)).json()["id"] == 2
        assert (await client.delete("/api/v1/motion/areas/1")).status_code == 204
        assert [area["name"] for area in await areas(client)] == ["Door"]
        assert (await client.delete("/api/v1/motion/areas/1")).status_code == 404


async def test_a_viewer_reads_where_there_is_motion_and_changes_nothing(side: Side) -> None:
    async with side.client(Role.OPERATOR) as client:
        await add(client)
    side.services.bus.emit(MOTION, {"channel": 0, "motion_area": 1}, active=True, name="Door")
    side.services.camera.motion_shares[1] = 0.754  # type: ignore[index]
    async with side.client(Role.VIEWER) as client:
        (seen,) = await areas(client, view=0, resolution="1440x1440")
        assert (seen["active"], seen["share"]) == (True, 0.75)
        assert len(seen["outline"]["places"]) == 4
        assert (await add(client, name="Other")).status_code == 403
        assert (await client.patch("/api/v1/motion/areas/1", json={"enabled": False})).status_code == 403
        assert (await client.delete("/api/v1/motion/areas/1")).status_code == 403


async def test_drawn_in_pixels_and_dragged(side: Side) -> None:
    place = {"view": 4, "resolution": "1280x960"}
    corners = [{"x": 500, "y": 300}, {"x": 700, "y": 300}, {"x": 700, "y": 500}]
    async with side.client(Role.OPERATOR) as client:
        sketch = (await client.post("/api/v1/motion/outline", json={**place, "corners": corners})).json()
        assert [[round(value) for value in places[0]] for places in sketch["outline"]["places"]] == [[500, 300], [700, 300], [700, 500]]
        await add(client, **place, corners=corners)
        shift = {"from_x": 600, "from_y": 400, "to_x": 640, "to_y": 420}
        moved = (await client.patch("/api/v1/motion/areas/1", json={**place, "shift": shift})).json()
        x, y = moved["outline"]["places"][0][0]
        assert abs(x - 540) < 15
        assert abs(y - 320) < 15


@pytest.mark.parametrize(
    ("wish", "named", "words"),
    [
        ({"corners": SQUARE[:2]}, "corners", "3 to 10"),
        ({"corners": [SQUARE[i] for i in (0, 2, 1, 3)]}, "corners", "crosses itself"),
        ({"corners": [{"azimuth": a, "off": 120} for a in (0, 5, 10)]}, "corners", "outside of what the lens sees"),
        ({"name": "n" * 65}, "name", "64"),
        ({"name": "a\nb"}, "name", "control"),
        ({"sensitivity": 0}, "sensitivity", "1"),
        ({"size": 1.9}, "size", "2"),
        ({"hold": 301}, "hold", "300"),
        ({"hold": 0}, "hold", "1"),
        ({"colour": "red"}, "colour", ""),
    ],
)
async def test_what_cannot_be_gets_one_error_and_changes_nothing(side: Side, wish: dict[str, Any], named: str, words: str) -> None:
    async with side.client(Role.OPERATOR) as client:
        reply = await add(client, **wish)
        error = reply.json()["error"]
        assert (reply.status_code, error["name"]) == (400, named), reply.text
        assert words in error["message"]
        assert await areas(client) == []


async def test_names_and_numbers_have_bounds(side: Side) -> None:
    async with side.client(Role.OPERATOR) as client:
        for number in range(10):
            assert (await add(client, name=f"Area {number}")).status_code == 200
        assert "remove one" in (await add(client, name="One more")).text
        assert "another area" in (await client.patch("/api/v1/motion/areas/1", json={"name": "Area 2"})).text


async def test_the_gatekeeper_is_changed_by_operators_and_needs_what_it_names(side: Side) -> None:
    path = "/api/v1/ptz/4/gatekeeper"
    async with side.client(Role.OPERATOR) as client:
        state = (await client.get("/api/v1/ptz/4")).json()["gatekeeper"]
        assert state == {"enabled": False, "motion_area": None, "preset": 1, "home_after": 30, "on_duty": False}
        refused = await client.patch(path, json={"enabled": True})
        assert (refused.status_code, refused.json()["error"]["name"]) == (400, "ptz.gatekeepers.0.motion_area")
        await add(client)
        kept = await client.patch(path, json={"enabled": True, "motion_area": 1, "home_after": 5})
        assert kept.json()["gatekeeper"] == {"enabled": True, "motion_area": 1, "preset": 1, "home_after": 5, "on_duty": False}
        for wish, words in (({"preset": 7}, "no such preset"), ({"motion_area": 9}, "no such motion area"), ({"home_after": 0}, "1")):
            reply = await client.patch(path, json=wish)
            assert reply.status_code == 400
            assert words in reply.json()["error"]["message"]
        assert "switch the gatekeeper of view area 1 off first" in (await client.delete("/api/v1/motion/areas/1")).text
        assert len(await areas(client)) == 1
    async with side.client(Role.VIEWER) as client:
        assert (await client.patch(path, json={"enabled": False})).status_code == 403

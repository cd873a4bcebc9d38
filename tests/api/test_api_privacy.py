"""Privacy masks through REST and VAPIX: the same masks, whoever made them; clear refusals; administrators only; on record."""

from __future__ import annotations

import asyncio
import json
import logging
import random
from typing import Any

import httpx
import numpy as np
import pytest
from api_kit import Side

from panocam.events.hiding import announce_hiding
from panocam.events.topics import PRIVACY_MASKS
from panocam.optics.aim import direction, ray_to_view
from panocam.optics.catalog import available
from panocam.optics.mount import Mount, camera_from_world
from panocam.optics.polygon import Polygon
from panocam.settings import Role

ADMIN = Role.ADMINISTRATOR
SQUARE = [{"azimuth": a, "off": o} for a, o in ((-10, 30), (10, 30), (10, 50), (-10, 50))]
CGI = "/axis-cgi/privacymask.cgi"


async def masks(client: httpx.AsyncClient) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await client.get("/api/v1/privacy")).json()["masks"]
    return found


async def add(client: httpx.AsyncClient, **wish: Any) -> httpx.Response:
    return await client.post("/api/v1/privacy/masks", json={"name": "Door", "corners": SQUARE, **wish})


@pytest.mark.feature("PRV-02", "PRV-03", "PRV-05", "PRV-11", "PRV-12", "GAP-11")
async def test_add_rename_reshape_recolour_remove(side: Side) -> None:
    async with side.client(ADMIN) as client:
        made = (await add(client)).json()
        assert (made["id"], made["name"], made["enabled"]) == (1, "Door", True)
        again = await client.patch("/api/v1/privacy/masks/1", json={"name": "Window", "enabled": False, "corners": SQUARE[:3]})
        assert (again.json()["name"], again.json()["enabled"], len(again.json()["corners"])) == ("Window", False, 3)
        assert (await add(client)).json()["id"] == 2
        looked = (await client.patch("/api/v1/privacy", json={"color": "mosaic", "mosaic_scale": 7})).json()
        assert (looked["color"], looked["mosaic_scale"], looked["limits"]["corners"], looked["limits"]["masks"]) == (
            "mosaic",
            7,
            [3, 10],
            32,
        )
        assert (await client.delete("/api/v1/privacy/masks/1")).status_code == 204
        assert [mask["name"] for mask in await masks(client)] == ["Door"]
        assert (await client.delete("/api/v1/privacy/masks/1")).status_code == 404


@pytest.mark.parametrize(
    ("wish", "named", "words"),
    [
        ({"corners": SQUARE[:2]}, "corners", "3 to 10"),
        ({"corners": [{"azimuth": 36 * i, "off": 40} for i in range(11)]}, "corners", "3 to 10"),
        ({"corners": [SQUARE[i] for i in (0, 2, 1, 3)]}, "corners", "crosses itself"),
        ({"corners": [SQUARE[i] for i in (0, 1, 1)]}, "corner 2", "same place"),
        ({"corners": [{"azimuth": a, "off": 120} for a in (0, 5, 10)]}, "corners", "outside of what the lens sees"),
        ({"corners": [{"azimuth": a, "off": 175} for a in (0, 5, 10)]}, "corner 1", "170"),
        ({"view": 4, "resolution": "640x480", "corners": [{"x": 5, "y": 5}, {"x": 700, "y": 5}, {"x": 5, "y": 90}]}, "point", "640x480"),
        ({"corners": [{"x": 5, "y": 5}] * 3}, "view", "resolution"),
        ({"corners": [{"x": 5, "tilt": 5}] * 3}, "corners.0", "azimuth and off"),
        ({"name": ""}, "name", "at least 1"),
        ({"name": "n" * 129}, "name", "128"),
        ({"name": "a\nb"}, "name", "control"),
    ],
)
@pytest.mark.feature("PRV-12")
async def test_bad_shapes_and_names_get_one_error_and_change_nothing(side: Side, wish: dict[str, Any], named: str, words: str) -> None:
    async with side.client(ADMIN) as client:
        reply = await add(client, **wish)
        error = reply.json()["error"]
        assert (reply.status_code, error["name"]) == (400, named), reply.text
        assert words in error["message"]
        assert await masks(client) == []


async def test_names_are_told_apart_and_the_number_is_limited(side: Side) -> None:
    async with side.client(ADMIN) as client:
        await add(client)
        assert "another mask" in (await add(client)).json()["error"]["message"]
        for number in range(2, 33):
            assert (await add(client, name=f"n{number}")).status_code == 200
        assert "32 masks" in (await add(client, name="one more")).json()["error"]["message"]


async def test_two_people_who_add_at_once_lose_nothing(side: Side) -> None:
    async with side.client(ADMIN) as client:
        await client.get("/api/v1/privacy")
        await asyncio.gather(*(add(client, name=f"n{number}") for number in range(6)))
        found = await masks(client)
    assert sorted(mask["name"] for mask in found) == [f"n{number}" for number in range(6)]
    assert sorted(mask["id"] for mask in found) == [1, 2, 3, 4, 5, 6]


@pytest.mark.feature("PRV-04", "PRV-06")
@pytest.mark.parametrize("mount", list(Mount))
async def test_a_mask_drawn_in_any_view_is_where_its_pixels_are_in_every_view(side: Side, mount: Mount) -> None:
    """Draw a triangle in each view; every corner is seen at its pixel there, and elsewhere where aiming at it says."""
    side.camera.mount, side.camera.roll = mount, 23.0
    service = side.services.privacy
    size = (1280, 960)
    for row in available(mount):
        shape = (960, 960) if row.index == 0 else size
        points = [(shape[0] * x, shape[1] * y) for x, y in ((0.3, 0.3), (0.42, 0.33), (0.35, 0.44))]
        polygon = Polygon.of_rays([service.ray_of_pixel(row.index, shape, point) for point in points])
        outline = service.outline(polygon, service.view(row.index, shape))
        for point, places in zip(points, outline.corners, strict=True):
            assert min(np.hypot(x - point[0], y - point[1]) for x, y in places) < 0.2
        other = service.view(1, size)
        for ray, places in zip(polygon.rays, service.outline(polygon, other).corners, strict=True):
            world = camera_from_world(mount, 23.0).T @ ray
            assert side.camera.lens is not None
            expected = ray_to_view(other, world, side.camera.lens, mount)
            assert len(expected) == len(places)
            assert np.allclose(expected, places, atol=0.1)


async def test_what_is_given_in_world_directions_is_seen_in_that_direction(side: Side) -> None:
    side.camera.roll = -40
    corners = [{"pan": pan, "tilt": tilt} for pan, tilt in ((175, -30), (-175, -30), (-170, -50), (170, -50))]
    async with side.client(ADMIN) as client:
        made = (await add(client, corners=corners)).json()
    for wished, got in zip(corners, made["corners"], strict=True):
        assert (got["pan"], got["tilt"]) == pytest.approx((wished["pan"], wished["tilt"]), abs=1e-4)
    side.camera.roll = 0  # the mask stays on its thing, which now lies elsewhere
    async with side.client(ADMIN) as client:
        moved = (await masks(client))[0]["corners"]
    assert [corner["azimuth"] for corner in moved] == [corner["azimuth"] for corner in made["corners"]]
    assert (moved[0]["pan"] - 175) % 360 in (pytest.approx(40, abs=1e-3), pytest.approx(320, abs=1e-3))


@pytest.mark.feature("PRV-04")
async def test_dragging_the_body_turns_the_whole_mask(side: Side) -> None:
    shift = {"from_x": 400, "from_y": 300, "to_x": 500, "to_y": 310}
    async with side.client(ADMIN) as client:
        await add(client)
        reply = await client.patch("/api/v1/privacy/masks/1", json={"view": 0, "resolution": "960x960", "shift": shift})
    before, after = (
        Polygon(tuple((corner["azimuth"], corner["off"]) for corner in corners)) for corners in (SQUARE, reply.json()["corners"])
    )
    assert np.allclose(before.rays @ before.rays.T, after.rays @ after.rays.T, atol=1e-6)  # no angle has changed
    service = side.services.privacy
    grabbed, target = (service.ray_of_pixel(0, (960, 960), point) for point in ((400, 300), (500, 310)))
    assert np.allclose(before.rays @ grabbed, after.rays @ target, atol=1e-6)


async def test_a_preview_changes_nothing_and_tells_what_is_wrong(side: Side) -> None:
    where = {"view": 4, "resolution": "640x480"}
    corners = [{"x": x, "y": y} for x, y in ((100, 100), (500, 120), (300, 400))]
    async with side.client(ADMIN) as client:
        reply = (await client.post("/api/v1/privacy/outline", json={**where, "corners": corners})).json()
        assert [len(places) for places in reply["outline"]["places"]] == [1, 1, 1]
        assert reply["outline"]["lines"][0]["points"]
        bad = await client.post("/api/v1/privacy/outline", json={**where, "corners": corners[:2]})
        assert "3 to 10" in bad.json()["error"]["message"]
        assert await masks(client) == []


@pytest.mark.feature("PRV-09")
async def test_hiding_is_for_administrators_and_on_record(side: Side, caplog: pytest.LogCaptureFixture) -> None:
    stop = announce_hiding(side.services.settings, side.services.bus)
    async with side.client(ADMIN) as client:
        await add(client)
        for role in (Role.VIEWER, Role.OPERATOR):
            async with side.client(role) as other:
                assert (await other.patch("/api/v1/privacy", json={"enabled": False})).status_code == 403
                assert (await other.get(f"{CGI}?action=disable_all")).status_code == 403
                assert (await other.patch("/api/v1/settings", json={"privacy.enabled": False})).status_code == 403
        assert side.services.privacy.shown
        with caplog.at_level(logging.WARNING):
            assert (await client.get(f"{CGI}?action=disable_all")).status_code == 204
        assert [row["enabled"] for row in (await client.get(f"{CGI}?query=listpxjson")).json()["listpx"]] == [False]
    assert "privacy masks hidden by anna: Door" in caplog.text
    (event,) = side.services.bus.states(PRIVACY_MASKS.path)
    assert dict(event.data) == {"hidden": True, "names": "Door", "by": "anna"}
    await side.services.privacy.show(True, side.services.accounts.get("anna").user)
    assert not side.services.bus.states(PRIVACY_MASKS.path)[0].state
    stop()


async def test_viewers_learn_that_masks_are_hidden_but_not_where_they_are(side: Side) -> None:
    async with side.client(Role.VIEWER) as client:
        values = (await client.get("/api/v1/settings")).json()["values"]
    assert values["privacy.enabled"] is True
    assert "privacy.masks" not in values


# --- VAPIX


async def cgi(client: httpx.AsyncClient, query: str) -> str:
    reply = await client.get(f"{CGI}?{query}")
    assert reply.status_code in (200, 204)
    return reply.text


@pytest.mark.feature("PRV-09", "PRV-12")
async def test_the_cgi_adds_lists_updates_and_removes(side: Side) -> None:
    async with side.client(ADMIN) as client:
        assert await cgi(client, "action=add&name=Till&imagesource=0&pxpolygon=1000,500:1400,500:1400,900:1000,900") == ""
        (row,) = json.loads(await cgi(client, "query=listpxjson"))["listpx"]
        corners = [(1000, 500), (1400, 500), (1400, 900), (1000, 900)]
        assert [(corner["x"], corner["y"]) for corner in row["position"]] == corners
        assert (row["id"], row["name"], row["enabled"], row["zoomlowlimit"]) == (1, "Till", True, 0)
        assert json.loads(await cgi(client, "query=positionpxjson&name=Till")) == {"position": row["position"]}
        assert await cgi(client, "action=update&name=Till&width=50&height=25&center=50,50&enabled=no") == ""
        assert await cgi(client, "query=position&name=Till") == "center=50.00,50.00\nwidth=50.00\nheight=25.00\n"
        assert not json.loads(await cgi(client, "query=listpxjson"))["listpx"][0]["enabled"]
        assert await cgi(client, "query=list") == "Till\n"
        assert (await masks(client))[0]["name"] == "Till"
        assert await cgi(client, "action=remove&name=Till") == ""
        assert json.loads(await cgi(client, "query=listpxjson")) == {"listpx": []}


async def test_positions_do_not_depend_on_roll_and_survive_a_round_trip(side: Side) -> None:
    side.camera.roll = 90
    polygon = "2900,1400:2950,1500:2800,1600:2500,1450"
    async with side.client(ADMIN) as client:
        await cgi(client, f"action=add&name=a&pxpolygon={polygon}")
        position = json.loads(await cgi(client, "query=positionpxjson&name=a"))["position"]
    assert ":".join(f"{corner['x']},{corner['y']}" for corner in position) == polygon


async def test_the_whole_picture_can_be_masked(side: Side) -> None:
    async with side.client(ADMIN) as client:
        assert await cgi(client, "action=add&name=all&width=100&height=100") == ""
        (mask,) = await masks(client)
    polygon = Polygon(tuple((corner["azimuth"], corner["off"]) for corner in mask["corners"]))
    rim = np.radians(np.arange(360))
    half = np.radians(91)
    assert polygon.contains(np.stack((np.sin(half) * np.cos(rim), np.sin(half) * np.sin(rim), np.full(360, np.cos(half))), axis=-1)).all()


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("name=a", "query"),
        ("action=explode", "action"),
        ("query=explode", "query"),
        ("action=add&name=a", "pxpolygon"),
        ("action=add&pxpolygon=1000,1000:2000,1000:1500,1500", "name"),
        ("action=add&name=a&pxpolygon=1,1:900,1", "3 to 10"),
        ("action=add&name=a&pxpolygon=" + ":".join(f"{i * 100 + 9},{i * i}" for i in range(11)), "3 to 10"),
        ("action=add&name=a&pxpolygon=1000,1000:2000,2000:2000,1000:1000,2000", "crosses itself"),
        ("action=add&name=a&pxpolygon=1000,1000:9000,1000:1000,2000", "outside the picture"),
        ("action=add&name=a&pxpolygon=-5,1000:900,1000:1000,2000", "outside the picture"),
        ("action=add&name=a&pxpolygon=x,1:2,3:4,5", "pairs"),
        ("action=add&name=a&pxpolygon=nan,1:2,3:4,5", "coordinates"),
        ("action=add&name=a&width=0&height=10", "percent"),
        ("action=add&name=a&width=10", "percent"),
        ("action=add&name=a&pxpolygon=1000,1000:2000,1000:1500,1500&zoomlowlimit=500", "every zoom"),
        ("action=add&name=a&pxpolygon=1000,1000:2000,1000:1500,1500&imagesource=4", "one picture source"),
        ("action=add&name=a&pxpolygon=1000,1000:2000,1000:1500,1500&enabled=maybe", "yes or no"),
        ("action=update&name=a", "no privacy mask"),
        ("action=remove&name=a", "no privacy mask"),
        ("action=remove", "name the mask"),
        ("query=positionpxjson", "name the mask"),
        ("action=goto&name=a", "no privacy mask"),
        ("query=positionpxjson&name=a", "no privacy mask"),
    ],
)
async def test_the_cgi_says_what_is_wrong_with_status_200(side: Side, query: str, words: str) -> None:
    async with side.client(ADMIN) as client:
        reply = await client.get(f"{CGI}?{query}")
        assert (reply.status_code, reply.text[:6]) == (200, "Error:")
        assert words in reply.text
        assert await masks(client) == []


@pytest.mark.feature("PRV-09")
async def test_goto_turns_a_view_area_to_the_mask(side: Side) -> None:
    async with side.client(ADMIN) as client:
        await add(client, corners=[{"pan": p, "tilt": t} for p, t in ((100, -40), (110, -40), (110, -48), (100, -48))])
        assert await cgi(client, "action=goto&name=Door&camera=6") == ""
        pose = side.camera.heads[5].pose
        assert (pose.pan, pose.tilt) == pytest.approx((105, -44), abs=1.5)
        assert 10 <= pose.hfov < 40
        reply = await client.post("/api/v1/privacy/masks/1/goto", json={"view": 7})
        assert reply.json()["pan"] == pytest.approx(pose.pan, abs=1e-3)
        assert "cannot be moved" in await cgi(client, "action=goto&name=Door&camera=1")


async def test_any_arguments_get_an_answer(side: Side) -> None:
    """Never a traceback, never a mask that is none."""
    dice = random.Random(20)
    words = [
        "add",
        "update",
        "remove",
        "goto",
        "listpxjson",
        "positionpxjson",
        "list",
        "position",
        "a",
        "b",
        "1",
        "yes",
        "",
        "nan",
        "é☃\0",
        "5" * 40,
    ]
    names = ["name", "pxpolygon", "width", "height", "center", "zoomlowlimit", "enabled", "imagesource", "camera", "query"]

    def value(name: str) -> str:
        if name in ("pxpolygon", "center") and dice.random() < 0.7:
            count = 1 if name == "center" else dice.choice([0, 2, 3, 3, 3, 3, 4, 10, 11])
            return ":".join(f"{dice.randrange(-10, 3010)},{dice.uniform(-10, 3010):.1f}" for _ in range(count))
        return dice.choice(["a", "b"]) if name == "name" and dice.random() < 0.8 else dice.choice(words)

    made = 0
    async with side.client(ADMIN) as client:
        for _ in range(250):
            arguments = {name: value(name) for name in dice.sample(names, dice.randrange(4))}
            arguments |= {name: value(name) for name in names[: dice.randrange(3)]}
            if dice.random() < 0.8:
                arguments["action"] = dice.choice(words[:4])
            reply = await client.post(CGI, data=arguments)
            assert reply.status_code in (200, 204), arguments
            made += len(side.services.privacy.items)
            for mask in side.services.privacy.items:
                Polygon(mask.corners)
    assert made  # some of it made sense


async def test_world_directions_and_camera_rays_agree_without_roll(side: Side) -> None:
    ray = side.services.privacy.ray_of_direction(30, -60)
    assert np.allclose(ray, camera_from_world(Mount.CEILING) @ direction(30, -60))


@pytest.mark.feature("PRV-01", "PRV-07")
async def test_masks_are_parameters_too(side: Side) -> None:
    """Added, changed and removed as rectangles in pixels of the largest overview, with the spellings that clients use."""
    path, group, whole = "/axis-cgi/param.cgi", "Image.I0.Overlay.MaskWindows", "root.Image.I0.Overlay.MaskWindows"

    async def ask(client: httpx.AsyncClient, **arguments: str) -> str:
        return (await client.get(path, params=arguments)).text

    async with side.client(ADMIN) as client:
        sides = {f"{group}.M.Width": "250", f"{group}.M.Height": "300", f"{group}.M.Xpos": "900", f"{group}.M.YPos": "800"}
        new = {f"{group}.M.Enabled": "yes", f"{group}.M.Name": "mask1", **sides}
        assert await ask(client, action="add", template="0_maskwindows", group=group, **new) == "M0 OK\n"
        assert await ask(client, action="add", template="0_maskwindows", group=group, **{**new, f"{group}.M.Name": "mask2"}) == "M1 OK\n"
        listed = dict(line.split("=", 1) for line in (await ask(client, action="list", group=whole)).splitlines())
        assert {name: listed[f"{whole}.M0.{name}"] for name in ("Enabled", "Name", "ZoomLowLimit")} == {
            "Enabled": "yes", "Name": "mask1", "ZoomLowLimit": "0",
        }  # fmt: skip
        assert [listed[f"{whole}.M0.{name}"] for name in ("XPos", "YPos", "Width", "Height")] == ["900", "800", "250", "300"]
        seen = (await client.get(CGI, params={"query": "positionpxjson", "name": "mask1"})).json()["position"]
        assert {(row["x"], row["y"]) for row in seen} == {(900, 800), (1150, 800), (1150, 1100), (900, 1100)}
        moved = {f"{group}.M1.XPos": "1000", f"{group}.M1.Width": "100", f"{group}.M1.Enabled": "no", f"{group}.Color": "white"}
        assert await ask(client, action="update", **moved) == "OK\n"
        mask = side.services.privacy.named("mask2")
        assert (mask.enabled, side.services.settings.snapshot.privacy.color) == (False, "white")
        assert f"{whole}.M1.XPos=1000\n{whole}.M1.YPos=800\n{whole}.M1.Width=100\n" in await ask(client, action="list", group=f"{whole}.M1")
        for wrong in ({f"{group}.M.Width": "wide"}, {f"{group}.M.ZoomLowLimit": "5"}, {f"{group}.M.Name": "mask1"}):
            assert (await ask(client, action="add", template="0_maskwindows", group=group, **{**new, **wrong})).startswith("# Error")
        missing = await ask(client, action="add", template="0_maskwindows", group=group, **{f"{group}.M.Name": "x"})
        assert "XPos, YPos, Width, Height must be given" in missing
        assert await ask(client, action="remove", group=f"{group}.M0") == "OK\n"
        assert [each.name for each in side.services.privacy.items] == ["mask2"]
    async with side.client(Role.OPERATOR) as client:
        assert (await ask(client, action="add", template="0_maskwindows", group=group, **new)) != "M2 OK\n"
        assert (await ask(client, action="update", **{f"{group}.M1.Name": "mine"})) != "OK\n"
        assert f"{whole}.M1.Name" not in await ask(client, action="list", group=whole)
    assert [each.name for each in side.services.privacy.items] == ["mask2"]

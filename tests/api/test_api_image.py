"""Scene profiles and the white reference over REST, and the image parameters of VAPIX: all change the same settings."""

from __future__ import annotations

import pytest
from api_kit import Side

from panocam.settings import Role, Snapshot
from panocam.settings.image import PROFILES, Image


async def test_profiles_are_listed_applied_and_recognised(side: Side) -> None:
    async with side.client(Role.OPERATOR) as client:
        listed = (await client.get("/api/v1/image/profiles")).json()["profiles"]
        assert [(p["name"], p["active"]) for p in listed] == [(name, name == "neutral") for name in PROFILES]
        await client.patch("/api/v1/settings", json={"image.white_balance": "hold"})
        applied = (await client.post("/api/v1/image/profile", json={"profile": "vivid"})).json()["profiles"]
        assert [p["name"] for p in applied if p["active"]] == ["vivid"]
        values = (await client.get("/api/v1/settings")).json()["values"]
        assert values["image.saturation"] == 64
        assert values["image.white_balance"] == "hold"
        refused = await client.post("/api/v1/image/profile", json={"profile": "sepia"})
        assert refused.status_code == 404
        assert "forensic" in refused.text


@pytest.mark.parametrize("name", PROFILES)
def test_profiles_hold_values_that_the_settings_take(name: str) -> None:
    values = {path.removeprefix("image."): value for path, value in PROFILES[name].values.items()}
    assert Image.model_validate(values)
    assert (Image.model_validate(values) == Snapshot().image) == (name == "neutral")


@pytest.mark.parametrize("view", [0, 1, 4])
async def test_what_is_pointed_at_becomes_grey_by_manual_white_balance(side: Side, view: int) -> None:
    async with side.client(Role.OPERATOR) as client:
        reply = (await client.post("/api/v1/image/white-reference", json={"view": view, "x": 0.5, "y": 0.6})).json()
        assert reply["red_gain"] < 1 < reply["blue_gain"]
        values = (await client.get("/api/v1/settings")).json()["values"]
    expected = {"image.white_balance": "manual", "image.red_gain": reply["red_gain"], "image.blue_gain": reply["blue_gain"]}
    assert expected.items() <= values.items()


async def test_where_nothing_is_seen_there_is_no_reference(side: Side) -> None:
    async with side.client(Role.OPERATOR) as client:
        outside = await client.post("/api/v1/image/white-reference", json={"view": 0, "x": 0.001, "y": 0.001})
        assert outside.status_code == 400
        assert "point at something" in outside.text
        side.camera.lens = None
        early = await client.post("/api/v1/image/white-reference", json={"view": 0, "x": 0.5, "y": 0.5})
        assert early.status_code == 503
        values = (await client.get("/api/v1/settings")).json()["values"]
        assert values["image.white_balance"] == "source"


async def test_vapix_parameters_are_the_same_settings(side: Side) -> None:
    async with side.client(Role.ADMINISTRATOR) as client:
        sensor = "root.ImageSource.I0.Sensor"
        written = {f"{sensor}.Brightness": "60", f"{sensor}.WDR": "on", f"{sensor}.WhiteBalance": "auto"}
        done = await client.get("/axis-cgi/param.cgi", params={"action": "update", **written})
        assert done.text.strip() == "OK"
        values = (await client.get("/api/v1/settings")).json()["values"]
        assert (values["image.brightness"], values["image.wdr"], values["image.white_balance"]) == (60, True, "auto")
        listed = (await client.get("/axis-cgi/param.cgi", params={"action": "list", "group": sensor})).text
        assert f"{sensor}.ColorLevel=50" in listed
        refused = await client.get("/axis-cgi/param.cgi", params={"action": "update", f"{sensor}.WDR": "perhaps"})
        assert "Error" in refused.text

"""Stream profiles: kept by REST, VAPIX and parameters alike, and what comes before what in a stream's address."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
import simplejpeg
from api_kit import Side

from panocam.media.codec import Codec
from panocam.pipeline.request import StreamRequest
from panocam.settings import Role
from panocam.streaming.url import parse_query

PROFILES = {"mobile": "camera=5&resolution=640x480&fps=10&compression=50", "sharp": "videobitratemode=mbr&videomaxbitrate=900"}


@pytest.mark.feature("PRE-03", "PRE-05", "PRE-06", "PRE-07")
@pytest.mark.parametrize(
    ("query", "meant"),
    [
        ("streamprofile=mobile", StreamRequest(4, resolution=(640, 480), fps=10, compression=50)),
        ("streamprofile=mobile&fps=5&camera=1", StreamRequest(0, resolution=(640, 480), fps=5, compression=50)),
        ("camera=2&videocodec=h265&streamprofile=mobile", StreamRequest(1, Codec.H265, (640, 480), 10, 50)),
        ("streamprofile=sharp&videomaxbitrate=500", StreamRequest(bitrate_mode="mbr", max_bitrate_kbps=500)),
        ("streamprofile=nobody", StreamRequest()),
        ("streamprofile=sharp&streamprofile=nobody", StreamRequest()),
        ("", StreamRequest()),
    ],
)
def test_the_address_comes_before_the_profile_and_the_profile_before_the_settings(query: str, meant: StreamRequest) -> None:
    assert parse_query(query, PROFILES) == meant


async def vapix(client: httpx.AsyncClient, method: str, **params: object) -> dict[str, Any]:
    body = {"apiVersion": "1.0", "context": "c", "method": method, "params": params}
    reply = await client.post("/axis-cgi/streamprofile.cgi", json=body)
    assert reply.status_code == 200
    return dict(reply.json())


async def test_vapix_lists_creates_updates_and_removes(side: Side) -> None:
    async with side.client(Role.OPERATOR) as client, side.client(Role.VIEWER) as viewer:
        assert (await vapix(client, "list", streamProfileName=[]))["data"] == {"maxProfiles": 26, "streamProfile": []}
        mobile = {"name": "mobile", "description": "phones", "parameters": PROFILES["mobile"]}
        assert (await vapix(client, "create", streamProfile=[mobile]))["data"] == {}
        assert (await vapix(client, "create", streamProfile=[mobile]))["error"]["code"] == 1000
        assert (await vapix(viewer, "list", streamProfileName=[{"name": "mobile"}]))["data"]["streamProfile"] == [mobile]
        assert (await vapix(client, "update", streamProfile=[mobile | {"description": "tablets"}]))["data"] == {}
        assert (await vapix(client, "update", streamProfile=[mobile | {"name": "none"}]))["error"]["code"] == 2006
        assert (await vapix(client, "list", streamProfileName=[{"name": "none"}]))["error"]["code"] == 2006
        for wrong in ("fps=fast", "streamprofile=mobile", "x" * 2000):
            assert (await vapix(client, "create", streamProfile=[{"name": "new", "parameters": wrong}]))["error"]["code"] == 1000
        for malformed in (None, [], ["mobile"], [{"description": "nameless"}]):
            assert (await vapix(client, "create", streamProfile=malformed))["error"]["code"] in (1000, 2001)
        refused = await viewer.post("/axis-cgi/streamprofile.cgi", json={"apiVersion": "1.0", "method": "remove", "params": {}})
        assert refused.status_code == 403
        assert side.services.settings.snapshot.profiles.items[0].description == "tablets"
        assert (await vapix(client, "remove", streamProfileName=[{"name": "mobile"}]))["data"] == {}
        assert side.services.settings.snapshot.profiles.items == ()


async def test_rest_and_parameters_show_the_same_profiles(side: Side) -> None:
    async with side.client(Role.OPERATOR) as client:
        made = await client.put("/api/v1/stream-profiles/two words", json={"parameters": "fps=5"})
        assert made.json()["argument"] == "streamprofile=two%20words"
        for name, body in (("x" * 80, {}), ("a", {"parameters": "camera=0"}), ("a", {"parameters": "a=\u0000"})):
            assert (await client.put(f"/api/v1/stream-profiles/{name}", json=body)).status_code == 400
        param = "/axis-cgi/param.cgi"
        add = {
            "action": "add",
            "template": "streamprofile",
            "group": "StreamProfile",
            "StreamProfile.S.Name": "b",
            "StreamProfile.S.Parameters": "fps=9&camera=2",
        }
        assert (await client.post(param, data=add)).text == "S1 OK\n"
        listed = (await client.get(param, params={"group": "root.StreamProfile"})).text
        assert "root.StreamProfile.MaxGroups=26\n" in listed
        assert "root.StreamProfile.S1.Parameters=fps=9&camera=2\n" in listed
        bad = await client.post(param, data={"action": "update", "StreamProfile.S1.Parameters": "fps=fast"})
        assert bad.text.startswith("# Error: Error setting 'root.StreamProfile.S1.Parameters'")
        assert (await client.get(param, params={"action": "remove", "group": "StreamProfile.S0"})).text == "OK\n"
        (left,) = (await client.get("/api/v1/stream-profiles")).json()["profiles"]
        assert left["name"] == "b"
        assert (await client.delete("/api/v1/stream-profiles/b")).status_code == 204
        assert (await client.delete("/api/v1/stream-profiles/b")).status_code == 204


@pytest.mark.feature("PRE-06")
async def test_a_still_picture_follows_its_profile(side: Side) -> None:
    await side.services.settings.patch({"profiles.items": [{"name": "small", "parameters": "camera=2&resolution=320x180&videocodec=h264"}]})
    async with side.client(Role.VIEWER) as client:
        for query, size in (("streamprofile=small", (180, 320)), ("streamprofile=small&resolution=192x72", (72, 192))):
            reply = await client.get(f"/axis-cgi/jpg/image.cgi?{query}")
            assert simplejpeg.decode_jpeg_header(reply.content)[:2] == size

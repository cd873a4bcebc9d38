"""The VAPIX dialect, reply by reply, as its clients read it."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest
from api_kit import SERIAL, Side

from panocam.api.build import API
from panocam.settings import Role

PWDGRP = "/axis-cgi/pwdgrp.cgi"


async def call(client: httpx.AsyncClient, api: str, request: Any) -> Any:
    reply = await client.post(f"/axis-cgi/{api}.cgi", content=request if isinstance(request, bytes) else json.dumps(request))
    assert reply.status_code == 200, reply.text
    assert reply.headers["content-type"] == "application/json;charset=utf8"
    return reply.json()


@pytest.mark.parametrize("context", ["Axis library", 7, None, {"a": [1]}, ""])
async def test_context_is_echoed_exactly_when_it_was_sent(side: Side, context: object) -> None:
    async with side.client() as client:
        reply = await call(client, "systemready", {"apiVersion": "1.0", "context": context, "method": "systemready"})
        assert reply["context"] == context
        assert "context" not in await call(client, "systemready", {"apiVersion": "1.0", "method": "systemready"})


@pytest.mark.parametrize(
    ("asked", "answered"), [("1.0", "1.0"), ("1.2", "1.2"), ("1", "1.3"), ("1.4", None), ("2.0", None), ("x", None), (1.0, None)]
)
async def test_versions(side: Side, asked: object, answered: str | None) -> None:
    async with side.client() as client:
        reply = await call(client, "basicdeviceinfo", {"apiVersion": asked, "method": "getAllUnrestrictedProperties"})
        assert reply["method"] == "getAllUnrestrictedProperties"
        if answered is None:
            assert reply["error"]["code"] == 2003
        else:
            assert reply["apiVersion"] == answered


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", 4000),
        (b"{", 4000),
        (b"[]", 4000),
        (b'"x"', 4000),
        (b"\xff\xfe", 4000),
        (b"[" * 60000, 4000),
        (b"{}", 4002),
        (b'{"method": 5}', 4002),
        (b'{"method": "none"}', 2004),
        (b'{"method": "getProperties", "params": 5}', 1000),
        (b'{"method": "getProperties"}', 4002),
        (b'{"method": "getProperties", "params": {"propertyList": ["Nothing"]}}', 1000),
    ],
)
async def test_faults_are_error_codes_with_status_200(side: Side, body: bytes, code: int) -> None:
    async with side.client() as client:
        reply = await call(client, "basicdeviceinfo", body)
        assert reply["error"]["code"] == code
        assert "data" not in reply


async def test_systemready_speaks_its_own_error_family(side: Side) -> None:
    async with side.client() as client:
        assert (await call(client, "systemready", b"nonsense"))["error"] == {"code": 1000, "message": "Invalid JSON input"}
        negative = await call(client, "systemready", {"method": "systemready", "params": {"timeout": -1}})
        assert negative["error"]["code"] == 1000


async def test_systemready_says_no_until_everything_listens(side: Side) -> None:
    side.services.boot.ready.clear()
    async with side.client() as client:
        reply = await call(client, "systemready", {"method": "systemready", "params": {"timeout": 0}})
        assert reply["data"]["systemready"] == "no"
        assert all(isinstance(value, str) for value in reply["data"].values())


async def test_supported_versions_need_no_version(side: Side) -> None:
    async with side.client(Role.VIEWER) as client:
        for api in ("systemready", "basicdeviceinfo", "apidiscovery"):
            reply = await call(client, api, {"method": "getSupportedVersions", "context": "c"})
            assert reply["data"]["apiVersions"][0] == "1.0"


async def test_json_apis_are_for_post_only(side: Side) -> None:
    async with side.client(Role.ADMINISTRATOR) as client:
        for api in ("systemready", "basicdeviceinfo", "apidiscovery"):
            reply = await client.get(f"/axis-cgi/{api}.cgi")
            assert (reply.status_code, reply.headers["allow"]) == (405, "POST")


async def test_basic_device_info_has_all_keys_and_guards_three(side: Side) -> None:
    every = {"apiVersion": "1.3", "context": "Axis library", "method": "getAllProperties"}
    async with side.client() as stranger, side.client(Role.VIEWER) as viewer, side.client(Role.ADMINISTRATOR) as admin:
        open_ = (await call(stranger, "basicdeviceinfo", every | {"method": "getAllUnrestrictedProperties"}))["data"]["propertyList"]
        full = (await call(admin, "basicdeviceinfo", every))["data"]["propertyList"]
        assert len(full) == 14
        assert set(full) - set(open_) == {"Architecture", "Soc", "SocSerialNumber"}
        assert all(isinstance(value, str) for value in full.values())
        assert (full["SerialNumber"], full["ProdNbr"]) == (SERIAL, "M4328")
        challenge = await stranger.post("/axis-cgi/basicdeviceinfo.cgi", json=every)
        assert challenge.status_code == 401
        assert challenge.headers["www-authenticate"].startswith("Digest")
        assert (await viewer.post("/axis-cgi/basicdeviceinfo.cgi", json=every)).status_code == 403
        some = {"method": "getProperties", "params": {"propertyList": ["Brand", "SerialNumber"]}}
        assert (await call(stranger, "basicdeviceinfo", some))["data"]["propertyList"] == {"Brand": "panocam", "SerialNumber": SERIAL}


async def test_api_discovery_lists_what_answers(side: Side) -> None:
    async with side.client(Role.ADMINISTRATOR) as client:
        listed = (await call(client, "apidiscovery", {"apiVersion": "1.0", "method": "getApiList"}))["data"]["apiList"]
        ids = [api["id"] for api in listed]
        rows = {row.discovery.id for row in API if row.discovery is not None}
        assert ids == sorted(rows | {"signed-video"})  # which is an argument of streams and has no path
        assert {"api-discovery", "basic-device-info", "image-size", "param-cgi", "rtsp-over-websocket", "systemready", "view-area"} <= rows
        assert all({"id", "version", "name", "docLink"} <= set(api) for api in listed)


@pytest.mark.parametrize("content_type", ["application/x-www-form-urlencoded", "text/plain", "text/xml", "application/json", None])
async def test_forms_are_read_whatever_they_are_called(side: Side, content_type: str | None) -> None:
    async with side.client(Role.ADMINISTRATOR) as client:
        headers = {"Content-Type": content_type} if content_type else {}
        reply = await client.post(PWDGRP, content=b"action=get&Axis-Orig-Sw=true", headers=headers)
        assert reply.text.startswith('admin="anna"')


async def test_query_and_form_are_merged(side: Side) -> None:
    async with side.client(Role.ADMINISTRATOR) as client:
        reply = await client.post(f"{PWDGRP}?action=add&user=new1", content=b"pwd=p%20w&grp=users&sgrp=viewer:ptz&comment=hi")
        assert reply.text.strip() == "Created account new1."
    async with side.client() as client:
        reply = await client.get("/axis-cgi/usergroup.cgi", auth=("new1", "p w"))
        assert reply.text == "new1\nnew1 ptz viewer\n"


async def test_accounts_by_pwdgrp(side: Side) -> None:
    async with side.client(Role.ADMINISTRATOR) as client:

        async def do(arguments: str) -> str:
            reply = await client.get(f"{PWDGRP}?{arguments}")
            assert reply.status_code == 200
            return reply.text.strip()

        listing = await client.get(f"{PWDGRP}?action=get")
        assert listing.headers["content-type"].startswith("text/plain")
        assert listing.text.splitlines() == [
            'admin="anna"',
            'operator="anna,otto"',
            'viewer="anna,otto,vera"',
            'ptz="anna,otto"',
            'digusers="anna,otto,vera"',
        ]
        assert await do("action=add&user=bob&pwd=b&grp=users&sgrp=viewer:operator") == "Created account bob."
        assert await do("action=update&user=bob&sgrp=viewer&pwd=c") == "Modified account bob."
        assert side.services.accounts.get("bob").role is Role.VIEWER
        assert await do("action=remove&user=bob") == "Removed account bob."
        assert await do("action=nothing") == await do("a=b") == "Error: action operation type."
        for name in ("", "with-dash", "x" * 15, "ä", "../x"):
            assert await do(f"action=add&user={name}&pwd=b&sgrp=viewer") == "Error: account user name."
        assert await do("action=remove&user=bob") == "Error: malformed action operation, remove."
        assert await do("action=update&user=bob&pwd=1") == "Error: malformed action operation, update."
        for wrong in (
            "action=add&user=bob&pwd=b&sgrp=admin",
            "action=add&user=bob&sgrp=viewer",
            "action=remove&user=anna",
            "action=add&user=bob&pwd=b&sgrp=viewer&grp=wheel",
            "action=add&user=vera&pwd=b&sgrp=viewer",
            "action=add&user=bob&pwd=%C3%A4&sgrp=viewer&strict_pwd=1",
        ):
            assert (await do(wrong)).startswith("Error: ")


async def test_usergroup_says_who_one_is(side: Side) -> None:
    expected = {Role.VIEWER: "vera viewer", Role.OPERATOR: "otto operator ptz viewer", Role.ADMINISTRATOR: "anna admin operator ptz viewer"}
    for role, groups in expected.items():
        async with side.client(role) as client:
            reply = await client.get("/axis-cgi/usergroup.cgi")
            assert reply.text == f"{groups.split()[0]}\n{groups}\n"


async def test_unknown_paths_are_small_html_pages(side: Side) -> None:
    async with side.client(Role.VIEWER) as client:
        for method in ("GET", "POST"):
            reply = await client.request(method, "/axis-cgi/none.cgi")
            assert reply.status_code == 404
            assert reply.headers["content-type"].startswith("text/html")


async def test_bodies_and_arguments_have_limits(side: Side) -> None:
    async with side.client(Role.ADMINISTRATOR) as client:
        assert (await client.post(PWDGRP, content=b"a" * 70_000)).status_code == 413
        many = await client.get(PWDGRP + "?" + "&".join(f"a{n}=1" for n in range(300)))
        assert many.status_code == 400


@pytest.mark.feature("VIEW-05", "BAS-02", "BAS-03")
async def test_capture_modes_are_listed_and_chosen(side: Side) -> None:
    async with side.client(Role.ADMINISTRATOR) as admin, side.client(Role.OPERATOR) as operator:
        (channel,) = (await call(admin, "capturemode", {"apiVersion": "1.0", "method": "getCaptureModes"}))["data"]
        assert channel["channel"] == 0
        assert [(mode["captureModeId"], mode["enabled"], mode["maxFPS"]) for mode in channel["captureMode"]] == [
            (1, True, 25),
            (2, False, 50),
        ]
        nested = {"apiVersion": "1.0", "method": "setCaptureMode", "params": {"channel": 0, "captureModeId": 2}}
        assert (await call(admin, "capturemode", nested))["data"] == {}
        assert side.services.settings.running.installation.capture_mode == "overview"
        beside = {"apiVersion": "1.0", "method": "setCaptureMode", "channel": 0, "captureModeId": 1}
        assert (await call(admin, "capturemode", beside))["data"] == {}
        assert side.services.settings.running.installation.capture_mode == "dewarped"
        for wrong, code in (
            ({"captureModeId": 9}, 1000),
            ({}, 4002),
            ({"captureModeId": True}, 4002),
            ({"captureModeId": 2, "channel": 1}, 1000),
        ):
            assert (await call(admin, "capturemode", nested | {"params": wrong}))["error"]["code"] == code
        assert (await operator.post("/axis-cgi/capturemode.cgi", json=nested)).status_code == 403
        assert side.services.settings.running.installation.capture_mode == "dewarped"


@pytest.mark.feature("VIEW-01")
async def test_view_areas_are_those_that_can_be_watched(side: Side) -> None:
    async with side.client(Role.ADMINISTRATOR) as client:
        areas = (await call(client, "viewarea/info", {"apiVersion": "1.0", "method": "list"}))["data"]["viewAreas"]
        assert areas[0] == {"id": 1000001, "source": 0, "camera": 1, "configurable": False}
        assert [area["camera"] for area in areas] == list(range(1, 13))
        await side.services.settings.patch({"views.3.enabled": False})
        areas = (await call(client, "viewarea/info", {"apiVersion": "1.0", "method": "list"}))["data"]["viewAreas"]
        assert 4 not in [area["camera"] for area in areas]
        for method in ("setGeometry", "resetGeometry"):
            for area, code in (({"id": 1000005}, 201), ({"id": 1000004}, 200), ({"id": "x"}, 200), ({}, 103)):
                reply = await call(client, "viewarea/configure", {"apiVersion": "1.0", "method": method, "params": {"viewArea": area}})
                assert reply["error"]["code"] == code


@pytest.mark.feature("IMG-04")
async def test_the_quad_view_is_set_up(side: Side) -> None:
    async with side.client(Role.OPERATOR) as client:

        async def ask(method: str, **params: object) -> dict[str, object]:
            return await call(client, "quadviewsetup", {"apiVersion": "1.0", "method": method, "params": params})

        assert (await ask("getOrder"))["data"] == {"id": [1, 2, 3, 4]}
        assert (await ask("setOrder", id=[1, 4, 2, 3]))["data"] == {}
        assert (await ask("getOrder"))["data"] == {"id": [1, 4, 2, 3]}
        assert (await ask("getQuadEyeValue"))["data"] == {"quadeye": "false"}
        for value in (True, "true"):
            assert (await ask("setQuadEyeValue", quadeye=value))["data"] == {}
            assert side.services.settings.running.installation.quad_eye
        for wrong in ([1, 2, 3], [1, 1, 2, 3], "1234", [[1], 2, 3, 4]):
            assert (await ask("setOrder", id=wrong))["error"]["code"] == 1000  # type: ignore[index]
        assert (await ask("setOrder"))["error"]["code"] == 4002  # type: ignore[index]
        assert (await ask("setQuadEyeValue", quadeye="maybe"))["error"]["code"] == 4002  # type: ignore[index]

"""The factory-default state: preview mode, the first administrator by page and by VAPIX, and where people are led."""

from __future__ import annotations

import asyncio

import pytest
from api_kit import Side

SETUP = {"username": "anna", "password": "x", "password_again": "x", "licence_accepted": True}


@pytest.mark.feature("INS-01", "INS-02", "INS-03")
async def test_preview_shows_the_live_view_and_nothing_else_until_there_is_an_account(fresh: Side) -> None:
    async with fresh.client() as client:
        state = (await client.get("/api/v1/state")).json()
        assert (state["setup_needed"], state["preview_seconds"]) == (True, 7200)
        assert (await client.get("/api/v1/views")).status_code == 200
        assert (await client.get("/api/v1/codecs")).status_code == 200
        for path in ("/api/v1/settings", "/api/v1/status", "/api/v1/accounts", "/metrics", "/axis-cgi/jpg/image.cgi"):
            assert (await client.get(path)).status_code == 401
        assert (await client.put("/api/v1/views/4/pose", json={"pan": 10})).status_code == 401
        assert (await client.post("/api/v1/setup", json=SETUP)).status_code == 200
        client.cookies.clear()
        assert (await client.get("/api/v1/views")).status_code == 401
        assert (await client.get("/api/v1/state")).json()["preview_seconds"] == 0


@pytest.mark.feature("INS-04")
async def test_preview_ends_with_its_time(fresh: Side) -> None:
    async with fresh.client() as client:
        fresh.clock.advance(7199)
        assert (await client.get("/api/v1/views")).status_code == 200
        fresh.clock.advance(1)
        refused = await client.get("/api/v1/views")
        assert refused.status_code == 401
        assert refused.json()["error"]["message"] == "initial admin user must be created first."
        assert (await client.get("/preview")).headers["location"] == "/setup"


@pytest.mark.feature("GET-09")
async def test_every_page_leads_to_the_set_up_page(fresh: Side) -> None:
    async with fresh.client() as client:
        for path in ("/", "/live", "/settings/video", "/index.html"):
            reply = await client.get(path)
            assert (reply.status_code, reply.headers["location"]) == (307, "/setup")
        assert "<title>app" in (await client.get("/setup")).text
        assert "<title>app" in (await client.get("/preview")).text
        await client.post("/api/v1/setup", json=SETUP)
        assert (await client.get("/setup")).headers["location"] == "/"
        assert (await client.get("/live")).status_code == 200


@pytest.mark.feature("GET-11", "GET-12", "GET-13", "GET-14", "GET-15", "GET-19")
async def test_the_first_administrator_by_the_page(fresh: Side) -> None:
    async with fresh.client() as client:
        for change, name in (
            ({"licence_accepted": False}, "licence_accepted"),
            ({"password_again": "y"}, "password_again"),
            ({"username": "an na"}, "user name"),
            ({"password": "", "password_again": ""}, "password"),
        ):
            reply = await client.post("/api/v1/setup", json=SETUP | change)
            assert reply.status_code == 400, reply.text
            assert reply.json()["error"]["name"] == name
            assert fresh.services.needs_setup
        me = await client.post("/api/v1/setup", json=SETUP)
        assert me.status_code == 200  # a password of one letter: there is no policy
        assert (me.json()["role"], me.json()["ptz"]) == ("administrator", True)
        assert fresh.services.accounts.licence_accepted_ns == fresh.clock.wall_ns()
        client.headers["X-CSRF-Token"] = me.json()["csrf"]
        assert (await client.get("/api/v1/accounts")).status_code == 200
        assert (await client.post("/api/v1/setup", json=SETUP)).status_code == 409


async def test_only_one_of_many_becomes_the_first_administrator(fresh: Side) -> None:
    async def race(number: int) -> int:
        async with fresh.client() as client:
            return (await client.post("/api/v1/setup", json=SETUP | {"username": f"anna{number}"})).status_code

    codes = await asyncio.gather(*(race(number) for number in range(5)))
    assert sorted(codes)[0] == 200
    assert set(codes[1:]) | set(codes[:1]) <= {200, 403, 409}
    assert codes.count(200) == 1


async def test_passwords_never_come_back_in_errors(fresh: Side) -> None:
    secret = "s3cr3t" * 300
    async with fresh.client() as client:
        for body in (SETUP | {"password": secret}, SETUP | {"password": {"a": "s3cr3t"}}, ["s3cr3t"], {"password": "s3cr3t"}):
            reply = await client.post("/api/v1/setup", json=body)
            assert reply.status_code == 400
            assert "s3cr3t" not in reply.text


@pytest.mark.feature("GET-09", "GET-16")
async def test_the_first_administrator_by_vapix(fresh: Side) -> None:
    async with fresh.client() as client:
        path = "/axis-cgi/pwdgrp.cgi"
        listing = await client.get(f"{path}?action=get")
        assert (listing.status_code, listing.text.strip()) == (401, "Error: initial admin user must be created first.")
        for wrong in ("sgrp=viewer", "sgrp=admin:operator:viewer", "sgrp=operator:viewer:ptz", "sgrp=", "sgrp=root"):
            reply = await client.get(f"{path}?action=add&user=root&pwd=secret&grp=users&{wrong}")
            assert (reply.status_code, reply.text.strip()) == (401, "Error: not a valid initial admin user.")
        assert fresh.services.needs_setup
        reply = await client.get(f"{path}?action=add&user=root&pwd=secret&grp=root&sgrp=ptz:viewer:operator:admin&comment=Installer")
        assert (reply.status_code, reply.text.strip()) == (200, "Created account root.")
        assert fresh.services.accounts.get("root").comment == "Installer"
        assert reply.headers["content-type"].startswith("text/html")
        again = await client.get(f"{path}?action=add&user=eve&pwd=secret&grp=users&sgrp=admin:operator:viewer:ptz")
        assert again.status_code == 401
        assert again.headers.get_list("www-authenticate")


async def test_systemready_tells_of_set_up_and_preview(fresh: Side) -> None:
    async with fresh.client() as client:
        request = {"apiVersion": "1.4", "context": 7, "method": "systemready", "params": {"timeout": 5}}
        fresh.clock.advance(90)
        reply = (await client.post("/axis-cgi/systemready.cgi", json=request)).json()
        assert reply["data"] == {
            "systemready": "yes",
            "needsetup": "yes",
            "uptime": "90",
            "bootid": fresh.services.boot.id,
            "previewmode": "7110",
        }
        await client.post("/api/v1/setup", json=SETUP)
        data = (await client.post("/axis-cgi/systemready.cgi", json=request)).json()["data"]
        assert data["needsetup"] == "no"
        assert "previewmode" not in data

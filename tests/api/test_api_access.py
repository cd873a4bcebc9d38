"""Every endpoint with every lesser role, cookies and their tokens, other websites, and where passwords may travel."""

from __future__ import annotations

import re

import httpx
import pytest
from api_kit import ELSEWHERE, PASSWORDS, Side
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from panocam.api.build import API, endpoints
from panocam.api.endpoint import WEBSOCKET, Dialect, Endpoint, Kind
from panocam.optics.polygon import Polygon
from panocam.settings import SYSTEM, Role

ROWS = [row for row in endpoints() if "{path:path}" not in row.path and WEBSOCKET not in row.methods]
GUARDED = [row for row in ROWS if row.role is not None]


EXAMPLES = {
    "view": "4",
    "number": "1",
    "name": "vera",
    "recording": "20260101_000000_ABCD_0200DEADBEEF",
    "export": "0123456789abcdef",
    "disk": "SD_DISK",
    "identity": "1",
    "image": "logo.ovl",
    "tour": "1",
    "recipient": "1",
    "log": "system",
    "guesser": "0123456789abcdef",
    "subscription": "0123456789abcdef",
    "share": "12345",
    "action": "1",
    "schedule": "weekdays",
    "rule": "1",
}
"""Something for every path parameter."""

ABSENT = "no (recording|export|disk|network share|job|certificate|CA certificate|schedule|rule|recipient)|nobody waits"
"""Words of the answer where the example names nothing that is there; a missing route has none."""


def url(row: Endpoint) -> str:
    """The row's path with something in place of its parameters."""
    return re.sub(r"\{(\w+)\}", lambda found: EXAMPLES[found[1]], row.path)


async def furnish(side: Side, row: Endpoint) -> None:
    """Rows about one tour, zone, motion area or recipient need one."""
    if "{recipient}" in row.path:
        line = {"id": 1, "name": "Nobody", "kind": "tcp", "host": "127.0.0.1", "port": 9}
        await side.services.settings.patch({"recipients.items": [line]})
    if "zones/{number}" in row.path:
        zone = {"number": int(EXAMPLES["number"]), "area": 1, "name": "Gate", "left": 1, "down": -40, "right": 9, "up": -20}
        await side.services.settings.patch({"ptz.zones": [zone]})
    if "motion/areas/{number}" in row.path:
        area = {"id": int(EXAMPLES["number"]), "name": "Door", "corners": [[0, 30], [90, 30], [180, 30]]}
        await side.services.settings.patch({"motion.areas": [area]})
    if "{tour}" in row.path:
        await side.services.settings.patch({"ptz.tours": [{"number": 1, "area": 1, "name": "Rounds", "steps": [{"preset": 1}]}]})


def identity(row: Endpoint) -> str:
    return f"{'+'.join(row.methods)} {row.path}"


async def ask(client: httpx.AsyncClient, row: Endpoint, method: str) -> httpx.Response:
    body = {} if row.dialect is not Dialect.REST or method == "GET" else {"json": {}}
    return await client.request(method, url(row), **body)


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("row", GUARDED, ids=identity)
async def test_every_endpoint_refuses_strangers_with_challenges(shared: Side, row: Endpoint) -> None:
    async with shared.client() as client:
        for method in row.methods:
            reply = await ask(client, row, method)
            assert reply.status_code == 401, reply.text
            challenges = reply.headers.get_list("www-authenticate")
            assert any(each.startswith("Digest ") for each in challenges)
            assert any(each.startswith("Basic ") for each in challenges)


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("row", [row for row in GUARDED if row.role is not Role.VIEWER], ids=identity)
async def test_every_endpoint_refuses_each_lesser_role(shared: Side, row: Endpoint) -> None:
    assert row.role is not None
    for role in Role:
        if role.covers(row.role):
            continue
        async with shared.client(role) as client:
            for method in row.methods:
                reply = await ask(client, row, method)
                assert reply.status_code == 403, (role, reply.text)


@pytest.mark.parametrize("row", ROWS, ids=identity)
async def test_no_endpoint_refuses_those_it_is_for_or_breaks_on_an_empty_request(side: Side, row: Endpoint) -> None:
    if row.reply is Kind.MJPEG or row.path.endswith("/media.cgi"):
        return  # endless; test_api_pictures and the system tests have them
    await side.services.privacy.add("Door", Polygon(((0, 10), (20, 10), (10, 20))), SYSTEM)  # number 1
    await furnish(side, row)
    meant = [role for role in Role if role.covers(row.role or Role.VIEWER) and not (row.ptz and role is Role.VIEWER)]
    meant.sort(key=lambda role: role.rank)
    for role in meant:
        async with side.client(role) as client:
            for method in row.methods:
                reply = await ask(client, row, method)
                if reply.status_code == 404 and re.search(ABSENT, reply.text):
                    continue
                if reply.status_code in (404, 503) and role is not meant[0]:
                    continue  # what the first one removed, nobody finds; what it began is busy
                assert reply.status_code not in (401, 403, 404, 405), reply.text
                assert reply.status_code < 500, reply.text


@pytest.mark.parametrize("row", [row for row in GUARDED if row.ptz], ids=identity)
@pytest.mark.feature("VIEW-03")
async def test_moving_needs_the_ptz_right(side: Side, row: Endpoint) -> None:
    await furnish(side, row)
    async with side.client(Role.VIEWER) as viewer, side.client(Role.ADMINISTRATOR) as admin:
        for method in row.methods:
            assert (await ask(viewer, row, method)).status_code == 403
        assert (await admin.patch("/api/v1/accounts/vera", json={"ptz": True})).status_code == 200
        assert (await ask(viewer, row, row.methods[0])).status_code == 200


@pytest.mark.parametrize("row", [row for row in ROWS if row.role is None], ids=identity)
@pytest.mark.parametrize("role", Role)
async def test_what_asks_nobody_answers_those_with_accounts_too(side: Side, row: Endpoint, role: Role) -> None:
    async with side.client(auth=PASSWORDS[role]) as client:
        for method in row.methods:
            assert (await ask(client, row, method)).status_code not in (401, 403, 404, 405)


@pytest.mark.parametrize("row", [row for row in ROWS if row.reply is Kind.MJPEG or row.path.endswith("/media.cgi")], ids=identity)
@pytest.mark.parametrize("role", Role)
async def test_endless_pictures_begin_for_every_role(side: Side, row: Endpoint, role: Role) -> None:
    arguments = {"camera": "5", "resolution": "640x480", "videocodec": "h264"}
    async with side.listening() as (_, port), httpx.AsyncClient(verify=False, auth=httpx.DigestAuth(*PASSWORDS[role])) as client:
        for method in row.methods:
            async with client.stream(method, f"http://127.0.0.1:{port}{url(row)}", params=arguments) as reply:
                assert reply.status_code == 200


@pytest.mark.parametrize("row", [row for row in API if WEBSOCKET in row.methods], ids=identity)
async def test_websockets_refuse_strangers_before_they_open(side: Side, row: Endpoint) -> None:
    async with side.listening() as (_, port):
        with pytest.raises(InvalidStatus) as refused:
            async with connect(f"ws://127.0.0.1:{port}{row.path}"):
                pass
        assert refused.value.response.status_code == 401


def test_rows_are_unique_and_say_what_they_are() -> None:
    seen = [(row.path, method) for row in endpoints() for method in row.methods]
    assert len(seen) == len(set(seen))
    assert all(row.title and not row.title.endswith(".") for row in API)


@pytest.mark.feature("GET-16")
async def test_there_is_no_default_account(fresh: Side) -> None:
    for name, password in (("root", "pass"), ("root", "root"), ("admin", "admin"), ("admin", "")):
        async with fresh.client() as client:
            reply = await client.get("/axis-cgi/usergroup.cgi", auth=(name, password))
            assert (reply.status_code, reply.text.strip()) == (401, "Error: initial admin user must be created first.")


async def test_a_wrong_password_and_an_unknown_account_look_alike(side: Side) -> None:
    async with side.client() as client:
        wrong = await client.get("/api/v1/me", auth=("anna", "no"))
        unknown = await client.get("/api/v1/me", auth=("nobody", "no"))
        assert wrong.status_code == unknown.status_code == 401
        assert wrong.json() == unknown.json()


async def test_basic_is_not_taken_over_plain_http_but_digest_is(side: Side) -> None:
    async with side.client(secure=False) as client:
        reply = await client.get("/axis-cgi/usergroup.cgi", auth=PASSWORDS[Role.VIEWER])
        assert reply.status_code == 401
        assert all(each.startswith("Digest ") for each in reply.headers.get_list("www-authenticate"))
    async with side.client(Role.VIEWER, secure=False) as client:
        assert (await client.get("/axis-cgi/usergroup.cgi?a=1&b=%20x")).status_code == 200


async def test_a_challenge_does_not_open_the_browsers_own_window_for_scripts(side: Side) -> None:
    async with side.client() as client:
        for header in ({"Sec-Fetch-Dest": "empty"}, {"X-Requested-With": "XMLHttpRequest"}, {"Referer": "https://camera/live"}):
            reply = await client.get("/api/v1/me", headers=header)
            assert reply.status_code == 401
            assert "www-authenticate" not in reply.headers


@pytest.mark.feature("GET-08")
async def test_log_in_change_something_log_out(side: Side) -> None:
    async with side.client() as client:
        me = await side.login(client, Role.OPERATOR)
        assert me["username"], me["role"] == ("otto", "operator")
        assert (await client.get("/api/v1/me")).json()["csrf"] == me["csrf"]
        assert (await client.patch("/api/v1/settings", json={"installation.roll": 5})).status_code == 200
        assert (await client.post("/api/v1/logout")).status_code == 204
        assert (await client.get("/api/v1/me")).status_code == 401


async def test_the_cookie_is_out_of_reach_for_scripts_and_other_sites(side: Side) -> None:
    async with side.client() as client:
        reply = await client.post("/api/v1/login", json=dict(zip(("username", "password"), PASSWORDS[Role.VIEWER], strict=True)))
        cookie = reply.headers["set-cookie"].lower()
        assert cookie.startswith("__host-panocam_0200deadbeef=")
        assert all(word in cookie for word in ("httponly", "samesite=strict", "secure", "path=/"))


async def test_a_change_with_the_cookie_needs_the_token(side: Side) -> None:
    async with side.client() as client:
        await side.login(client, Role.ADMINISTRATOR)
        right = client.headers.pop("X-CSRF-Token")
        for headers in ({}, {"X-CSRF-Token": right[:-1] + "?"}, {"X-CSRF-Token": ""}):
            reply = await client.patch("/api/v1/settings", json={"installation.roll": 5}, headers=headers)
            assert reply.status_code == 403
        assert side.services.settings.snapshot.installation.roll == 0


async def test_another_website_cannot_act_in_ones_name(side: Side) -> None:
    async with side.client(Role.ADMINISTRATOR) as client:
        evil = {"Sec-Fetch-Site": "cross-site"}
        assert (await client.get("/axis-cgi/pwdgrp.cgi?action=get", headers=evil)).status_code == 403
        assert (await client.post("/api/v1/logout", headers=evil)).status_code == 403
        form = await client.post("/api/v1/login", content=b'{"username":"anna","password":"x"}', headers={"Content-Type": "text/plain"})
        assert form.status_code == 415


async def test_a_session_ends_with_the_password_the_account_or_idleness(side: Side) -> None:
    async with side.client() as viewer, side.client(Role.ADMINISTRATOR) as admin:
        await side.login(viewer, Role.VIEWER)
        assert (await admin.patch("/api/v1/accounts/vera", json={"password": "another"})).status_code == 200
        assert (await viewer.get("/api/v1/me")).status_code == 401
        reply = await viewer.post("/api/v1/login", json={"username": "vera", "password": "another"})
        assert reply.status_code == 200
        side.clock.advance(61 * 60)
        assert (await viewer.get("/api/v1/me")).status_code == 401
        await viewer.post("/api/v1/login", json={"username": "vera", "password": "another"})
        assert (await admin.delete("/api/v1/accounts/vera")).status_code == 204
        assert (await viewer.get("/api/v1/me")).status_code == 401


async def test_guessing_passwords_is_answered_429_with_the_time_to_wait(side: Side) -> None:
    async with side.client() as client:
        for _ in range(5):
            assert (await client.get("/api/v1/me", auth=("anna", "guess"))).status_code == 401
        reply = await client.get("/api/v1/me", auth=PASSWORDS[Role.ADMINISTRATOR])
        assert reply.status_code == 429
        assert int(reply.headers["retry-after"]) >= 1
        login = await client.post("/api/v1/login", json={"username": "anna", "password": "guess"})
        assert login.status_code == 429


@pytest.mark.feature("GET-18", "TRB-06")
async def test_passwords_typed_on_pages_travel_over_https_only(side: Side) -> None:
    side.services.https_port = lambda: 8443
    async with side.client(secure=False) as client:
        page = await client.get("/login?next=%2F", headers={"Host": "camera:8080"})
        assert (page.status_code, page.headers["location"]) == (307, "https://camera:8443/login?next=%2F")
        login = await client.post("/api/v1/login", json={"username": "anna", "password": "all-of-it-3"})
        assert login.status_code == 403
        assert "https://camera:8443/api/v1/login" in login.json()["error"]["message"]
        assert (await client.get("/api/v1/state")).json()["passwords_allowed"] is False
    async with side.client(secure=False, peer=("127.0.0.1", 5)) as here:
        assert (await here.get("/")).status_code == 200
        assert (await here.get("/api/v1/state")).json()["passwords_allowed"] is True
    side.services.https_port = lambda: None
    async with side.client(secure=False) as client:
        assert (await client.get("/")).status_code == 200


async def test_security_headers_are_on_every_reply(side: Side) -> None:
    async with side.client() as client:
        for path in ("/", "/api/v1/state", "/nothing.js", "/axis-cgi/none.cgi"):
            headers = (await client.get(path)).headers
            assert headers["x-content-type-options"] == "nosniff"
            assert "frame-ancestors 'self'" in headers["content-security-policy"]
            assert "unsafe-inline" not in headers["content-security-policy"].split("style-src")[0]


async def test_five_hundred_logins_at_once_all_get_an_answer(side: Side) -> None:
    import asyncio

    async def login(number: int) -> int:
        async with side.client(peer=(f"198.51.100.{number % 250}", number)) as client:
            name, password = PASSWORDS[Role.VIEWER]
            good = number % 2 == 0
            reply = await client.post("/api/v1/login", json={"username": name, "password": password if good else f"bad{number}"})
            assert reply.status_code in ((200, 429) if good else (401, 429))
            return reply.status_code

    async with asyncio.timeout(20):
        codes = await asyncio.gather(*(login(number) for number in range(500)))
    assert codes.count(200) == 250
    assert ELSEWHERE  # the tests' own address was not locked out by the others
    async with side.client(Role.VIEWER) as client:
        assert (await client.get("/api/v1/me")).status_code == 200

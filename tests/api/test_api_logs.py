"""The logs as clients read them, and what the HTTP side puts into them."""

from __future__ import annotations

import asyncio
import json
from base64 import b64encode
from typing import Any

import pytest
import websockets
from api_kit import ELSEWHERE, PASSWORDS, Side, png

from panocam.app.audit import Seen, hear_accounts, hear_events, hear_settings
from panocam.app.facts import failed_login
from panocam.events.hiding import announce_hiding
from panocam.journal import Level, Which
from panocam.journal.audit import Audit
from panocam.optics.polygon import Polygon
from panocam.settings import SYSTEM, Role

PEER = ELSEWHERE[0]


def attend(side: Side) -> None:
    """As the composition root does."""
    services = side.services
    assert services.audit is not None
    assert services.access is not None
    hear_settings(services.settings, services.audit)
    hear_accounts(services.accounts, services.audit)
    announce_hiding(services.settings, services.bus)
    hear_events(services.bus, services.audit)
    services.access.on_success = Seen(services.accounts, services.audit, side.clock)
    services.authenticator._on_failure = failed_login(services.bus)


async def test_every_request_is_noted_with_account_and_result(side: Side) -> None:
    async with side.client(Role.VIEWER) as viewer:
        await viewer.get("/api/v1/me")
        await viewer.get("/axis-cgi/jpg/image.cgi?camera=2&resolution=192x72")
        await viewer.get("/api/v1/accounts")
    async with side.client() as stranger:
        await stranger.get("/axis-cgi/pwdgrp.cgi?action=add&user=eve&pwd=V3rySecret")
        await stranger.get("/nothing/here%1b[2J")
    assert side.lines(Which.ACCESS) == [
        f"{PEER} - GET /api/v1/me 401",
        f"{PEER} vera GET /api/v1/me 200",
        f"{PEER} vera GET /axis-cgi/jpg/image.cgi?camera=2&resolution=192x72 200",
        f"{PEER} vera GET /api/v1/accounts 403",
        f"{PEER} - GET /axis-cgi/pwdgrp.cgi?action=add&user=***&pwd=*** 401",
        f"{PEER} - GET /nothing/here%1b[2J 200",
    ]


@pytest.mark.feature("GAP-36")
async def test_who_changed_what_from_what_to_what(side: Side) -> None:
    attend(side)
    async with side.client() as page:
        await side.login(page, Role.ADMINISTRATOR)
        changes = {"installation.roll": 7, "source.password": "V3rySecret", "source.uri": "rtsp://u:pass-w0rd@host/"}
        assert (await page.patch("/api/v1/settings", json=changes)).status_code == 200
        assert (await page.patch("/api/v1/accounts/otto", json={"role": "viewer", "password": "another"})).status_code == 200
        await page.post("/api/v1/accounts", json={"username": "eve", "password": "x", "role": "viewer"})
        await page.delete("/api/v1/accounts/eve")
        await page.post("/api/v1/overlay-images", json={"name": "a.png", "data": b64encode(png()).decode()})
    said = [line.removeprefix(f"anna at {PEER}: ") for line in side.lines(Which.AUDIT)]
    assert "installation.roll from 0.0 to 7.0" in said
    assert "source.password from nothing to ********" in said
    assert "source.uri from sim:room to rtsp://host/" in said
    assert said.count("password of account otto changed") == said.count("account otto from operator to viewer") == 1
    assert "account eve made, viewer" in said
    assert "account eve removed" in said
    assert [line for line in said if "verlay" in line or "image" in line]  # what no part tells of is told by its row
    assert not [line for line in said if "change settings" in line]  # and what a part has told is not told twice
    assert "V3rySecret" not in str(said)
    assert "pass-w0rd" not in str(said)


async def test_logins_failures_and_hidden_masks(side: Side) -> None:
    attend(side)
    await side.services.privacy.add("Door", Polygon(((0, 10), (20, 10), (10, 20))), SYSTEM)
    async with side.client(Role.VIEWER) as viewer:
        for _ in range(3):
            await viewer.get("/api/v1/me")
    async with side.client() as page:
        await page.post("/api/v1/login", json={"username": "anna", "password": "wrong"})
        await page.post("/api/v1/login", json={"username": "my-passw0rd-typed-here", "password": "x"})
        await side.login(page, Role.ADMINISTRATOR)
        await page.patch("/api/v1/settings", json={"privacy.enabled": False})
    said = side.lines(Which.AUDIT)
    assert said.count(f"vera at {PEER}: logged in over https") == 1
    assert not [line for line in said if line.startswith(f"anna at {PEER}: logged in over")]  # a page is noted when it logs in
    assert f"anna at {PEER}: wrong user name or password for anna over http" in said
    assert f"(unknown) at {PEER}: wrong user name or password for (unknown) over http" in said
    assert f"anna at {PEER}: privacy masks hidden: Door" in said
    assert f"anna at {PEER}: privacy.enabled from true to false" in said
    assert "my-passw0rd" not in str(said)


async def test_collections_are_compared_element_by_element(side: Side) -> None:
    attend(side)
    await side.services.privacy.add("Door", Polygon(((0, 10), (20, 10), (10, 20))), SYSTEM)
    mask = side.services.settings.snapshot.privacy.masks[0]
    await side.services.settings.patch({"privacy.masks": [mask.model_copy(update={"enabled": False})]})
    said = side.lines(Which.AUDIT)
    assert any(line.startswith("system: privacy.masks[1 Door] from nothing to {") for line in said)
    assert "system: privacy.masks[1 Door].enabled from true to false" in said


async def test_pages_filters_and_text(side: Side) -> None:
    for number in range(1, 31):
        side.journal.write(Which.SYSTEM, Level.WARNING if number % 10 == 0 else Level.INFO, "part", f"line {number}")
    async with side.client(Role.ADMINISTRATOR) as admin:
        first = (await admin.get("/api/v1/logs/system?limit=20")).json()
        assert [entry["text"] for entry in first["entries"]] == [f"line {n}" for n in range(30, 10, -1)]
        assert first["more"]
        rest = (await admin.get(f"/api/v1/logs/system?limit=20&before={first['entries'][-1]['number']}")).json()
        assert ([entry["text"] for entry in rest["entries"]][-1], rest["more"]) == ("line 1", False)
        warned = (await admin.get("/api/v1/logs/system?level=warning&text=LINE")).json()["entries"]
        assert [entry["text"] for entry in warned] == ["line 30", "line 20", "line 10"]
        sizes = (await admin.get("/api/v1/logs")).json()["logs"]
        assert [row["id"] for row in sizes] == ["system", "access", "audit"]
        assert all(0 <= row["bytes"] <= row["most_bytes"] for row in sizes)
        missing = await admin.get("/api/v1/logs/secrets")
        assert (missing.status_code, "system, access, audit" in missing.text) == (404, True)
        file = await admin.get("/api/v1/logs/system/text")
        assert 'filename="panocam-0200deadbeef-system.log"' in file.headers["content-disposition"]


@pytest.mark.feature("GAP-38")
async def test_the_cgis_have_the_shape_that_clients_know(side: Side) -> None:
    for number in range(1, 6):
        side.journal.write(Which.SYSTEM, Level.INFO, "part", f"line {number}")
    side.journal.write(Which.SYSTEM, Level.ERROR, "other", "trouble")
    async with side.client(Role.ADMINISTRATOR) as admin:
        lines = (await admin.get("/axis-cgi/systemlog.cgi")).text.split("\n")
        assert lines[:3] == ["", "----- System log -----", ""]
        assert lines[3] == "2023-11-14T22:13:20.000+00:00 panocam-0200deadbeef [ INFO    ] part: line 1"
        assert (await admin.get("/axis-cgi/admin/systemlog.cgi?appname=other")).text.count("panocam-") == 1
        audit = (await admin.get("/axis-cgi/auditlog.cgi?tail=1")).text
        assert audit.startswith("\n----- Audit log -----\n")
        tail = (await admin.get("/axis-cgi/systemlog.cgi?tail=2")).text
        assert [line[-7:] for line in tail.splitlines()[3:]] == [" line 5", "trouble"]
        for wrong in ("0", "-1", "x", "99999999999"):
            reply = await admin.get(f"/axis-cgi/auditlog.cgi?tail={wrong}")
            assert (reply.status_code, "tail" in reply.text) == (400, True)


async def test_lines_come_live_to_administrators_only(side: Side) -> None:
    tickets = {role: side.services.tickets.issue((await _user(side, role)).user) for role in (Role.OPERATOR, Role.ADMINISTRATOR)}
    async with side.listening() as (_, port):
        base = f"ws://127.0.0.1:{port}/api/v1/logs/system/live"
        with pytest.raises(websockets.InvalidStatus):
            async with websockets.connect(f"{base}?wssession={tickets[Role.OPERATOR]}"):
                pass
        gone = asyncio.Event()
        side.journal.follow = _telling(side.journal.follow, gone)  # type: ignore[method-assign]
        async with websockets.connect(f"{base}?level=warning&wssession={tickets[Role.ADMINISTRATOR]}") as socket:
            side.journal.write(Which.SYSTEM, Level.INFO, "part", "not this")
            await asyncio.to_thread(side.journal.write, Which.SYSTEM, Level.WARNING, "part", "this one")
            async with asyncio.timeout(10):
                entry = json.loads(await socket.recv())
            assert (entry["text"], entry["level"]) == ("this one", "warning")
        async with asyncio.timeout(10):
            await gone.wait()


def _telling(follow: Any, gone: asyncio.Event) -> Any:
    """``follow`` that says when the follower has left."""

    def followed(*words: Any) -> Any:
        end = follow(*words)
        return lambda: (end(), gone.set())

    return followed


async def _user(side: Side, role: Role) -> Any:
    return side.services.accounts.get(PASSWORDS[role][0])


def test_a_note_without_anybody_is_the_cameras_own(side: Side) -> None:
    Audit(side.journal).note("it rains", "weather")
    assert side.lines(Which.AUDIT) == ["system: it rains"]

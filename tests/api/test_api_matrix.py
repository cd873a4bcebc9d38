"""What test_api_access leaves out of the matrix of rows and callers: WebSockets, methods that no row has, the camera without accounts,
preview mode, and people without an account."""

from __future__ import annotations

import asyncio
import contextlib

import pytest
from api_kit import PASSWORDS, Side
from test_api_access import GUARDED, ROWS, ask, furnish, identity, url

from panocam.api.build import endpoints
from panocam.api.endpoint import WEBSOCKET, Endpoint, Kind
from panocam.settings import Role

SOCKETS = [row for row in endpoints() if WEBSOCKET in row.methods]
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "QWERTY")
ENDLESS = (Kind.MJPEG, Kind.MATROSKA, Kind.MP4, Kind.FRAMES)


def test_every_row_is_in_one_of_the_matrices() -> None:
    known = {identity(row) for row in (*ROWS, *SOCKETS)}
    rest = {identity(row) for row in endpoints() if identity(row) not in known}
    assert all("{path:path}" in each for each in rest), rest
    assert len(SOCKETS) >= 4
    assert all(row.role is not None for row in SOCKETS)


async def upgrade(port: int, row: Endpoint, query: str = "") -> int:
    """The status of an attempt to open a row's WebSocket."""
    head = (
        f"GET {url(row)}{query} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: binary\r\n\r\n"
    )
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(head.encode())
        async with asyncio.timeout(5):
            return int((await reader.readuntil(b"\r\n")).split()[1])
    finally:
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()


@pytest.mark.parametrize("row", SOCKETS, ids=identity)
async def test_every_websocket_refuses_strangers_and_each_lesser_role(side: Side, row: Endpoint) -> None:
    assert row.role is not None
    async with side.listening() as (_, port):
        assert await upgrade(port, row) == 401
        assert await upgrade(port, row, "?wssession=made-up") == 401
        for role in Role:
            user = side.services.accounts.get(PASSWORDS[role][0]).user
            status = await upgrade(port, row, f"?wssession={side.services.tickets.issue(user)}")
            assert (status == 403) is not role.covers(row.role), (role, status)
            assert status != 401


@pytest.mark.parametrize("row", SOCKETS, ids=identity)
async def test_no_websocket_opens_without_an_account_but_the_preview(fresh: Side, row: Endpoint) -> None:
    async with fresh.listening() as (_, port):
        assert (await upgrade(port, row) == 101) is row.preview
        fresh.clock.advance(121 * 60)
        assert await upgrade(port, row) == 401


async def test_methods_that_no_row_has_are_refused_to_everybody(side: Side) -> None:
    by_path: dict[str, set[str]] = {}
    for row in ROWS:
        by_path.setdefault(row.path, set()).update(row.methods)
    async with side.client() as stranger, side.client(Role.ADMINISTRATOR) as admin:
        for row in ROWS:
            for method in METHODS:
                if method in by_path[row.path]:
                    continue
                for client in (stranger, admin):
                    reply = await client.request(method, url(row))
                    assert reply.status_code == 405, (method, row.path, reply.status_code)
                    assert set(reply.headers["allow"].split(", ")) - {"HEAD"} == by_path[row.path]


async def test_without_an_account_only_the_declared_rows_are_open(fresh: Side) -> None:
    """First in preview mode, then after it."""
    for preview in (True, False):
        if not preview:
            fresh.clock.advance(121 * 60)
        async with fresh.client() as client:
            for row in GUARDED:
                if (row.preview and preview and row.reply in ENDLESS) or row.first_account:
                    continue  # the first account is test_api_setup's
                for method in row.methods:
                    status = (await ask(client, row, method)).status_code
                    if row.preview and preview:
                        assert status not in (401, 403), (method, row.path, status)
                    else:
                        assert status == 401, (method, row.path, status)
    assert fresh.services.needs_setup


async def test_preview_changes_nothing_and_only_watches(fresh: Side) -> None:
    assert fresh.services.preview.open
    for row in endpoints():
        if row.preview:
            assert row.role is Role.VIEWER
            assert set(row.methods) <= {"GET", WEBSOCKET}, row.path
            assert not row.ptz


@pytest.mark.feature("GAP-26")
@pytest.mark.parametrize("ptz", [False, True])
async def test_people_without_an_account_get_what_viewers_get_and_no_more(side: Side, ptz: bool) -> None:
    wish = {"access.anonymous_viewing": True, "access.anonymous_ptz": ptz}
    async with side.client(Role.ADMINISTRATOR) as admin:
        assert (await admin.patch("/api/v1/settings", json=wish)).status_code == 200
    async with side.client() as client:
        for row in GUARDED:
            if row.reply in ENDLESS:
                continue
            await furnish(side, row)
            for method in row.methods:
                status = (await ask(client, row, method)).status_code
                if row.role is not Role.VIEWER:
                    assert status == 401, (method, row.path, status)
                elif row.ptz:
                    assert (status == 403) is not ptz, (method, row.path, status)
                else:
                    assert status != 401, (method, row.path, status)

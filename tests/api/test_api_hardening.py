"""Connections that want to wear the camera out: many, slow, half open, large; everybody else is served as before."""

from __future__ import annotations

import asyncio
import contextlib
import importlib.util
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import httpx
import pytest
from api_kit import PASSWORDS, Side

from panocam.access.tls import Service
from panocam.api import doorstep, front
from panocam.api.build import http_server
from panocam.api.crowd import Crowd
from panocam.settings import Role

STATE = b"GET /api/v1/state HTTP/1.1\r\nHost: x\r\n\r\n"
UPGRADE = (
    b"GET /api/v1/live HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
)
Pair = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@contextlib.asynccontextmanager
async def crowd(port: int, count: int, source: str = "127.0.0.1") -> AsyncIterator[list[Pair]]:
    """Many connections from one address, closed at the end."""
    pairs = [await asyncio.open_connection("127.0.0.1", port, local_addr=(source, 0)) for _ in range(count)]
    try:
        yield pairs
    finally:
        for _, writer in pairs:
            writer.close()
        for _, writer in pairs:
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()


async def ends(reader: asyncio.StreamReader) -> bytes:
    """All that comes until the other side closes."""
    data = b""
    async with asyncio.timeout(5):
        with contextlib.suppress(ConnectionError):
            while more := await reader.read(65536):
                data += more
    return data


async def served(port: int, source: str = "127.0.0.2") -> int:
    transport = httpx.AsyncHTTPTransport(local_address=source)
    async with httpx.AsyncClient(transport=transport, timeout=5) as client:
        return (await client.get(f"http://127.0.0.1:{port}/api/v1/state")).status_code


async def few(side: Side, count: int = 20) -> None:
    async with side.client(Role.ADMINISTRATOR) as client:
        reply = await client.patch("/api/v1/settings", json={"access.connections_per_address": count})
        assert reply.status_code == 200


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110 - connections end without telling anybody
            await asyncio.sleep(0.01)


def test_a_crowd_counts_by_address_and_gives_places_back(caplog: pytest.LogCaptureFixture) -> None:
    place = Crowd(lambda: 2)
    assert [place.enter(number, "192.0.2.1") for number in (1, 2, 3, 1)] == [True, True, False, True]
    assert place.enter(4, "192.0.2.2")
    assert [place.enter(number, f"2001:db8:0:1::{number}") for number in (5, 6, 7)] == [True, True, False]  # one subscriber
    assert place.enter(8, "2001:db8:0:2::1")
    for _ in range(2):
        place.leave(1)
    assert place.enter(3, "192.0.2.1")
    assert len(place) == 6
    assert not place.enter(9, "192.0.2.1")
    assert not place.enter(10, "192.0.2.1")
    assert [record.getMessage().partition(" ")[0] for record in caplog.records] == ["192.0.2.1", "2001:db8:0:1::", "192.0.2.1"]


async def test_one_address_cannot_take_all_places(side: Side) -> None:
    await few(side)
    async with side.listening() as (server, port):
        async with crowd(port, 25) as pairs:
            for reader, _ in pairs[20:]:
                assert (await ends(reader)).startswith(b"HTTP/1.1 503")
            assert await served(port) == 200
        await until(lambda: server.connections == 0)
        assert await served(port, "127.0.0.1") == 200


async def test_a_flood_of_upgrades_is_refused_and_leaves_nothing_behind(side: Side) -> None:
    await few(side)
    async with side.listening() as (server, port):
        for _ in range(5):
            async with crowd(port, 15) as pairs:
                for _, writer in pairs:
                    writer.write(UPGRADE + b"\r\n")
                answers = await asyncio.gather(*(reader.readuntil(b"\r\n") for reader, _ in pairs))
                assert all(b" 401 " in answer for answer in answers)
                assert await served(port) == 200
            await until(lambda: server.connections == 0)


async def test_open_websockets_keep_their_places(side: Side) -> None:
    await few(side)
    ticket = "?wssession={}"
    async with side.listening() as (server, port):
        async with crowd(port, 20) as pairs:
            for _, writer in pairs:
                number = side.services.tickets.issue(side.services.accounts.get(PASSWORDS[Role.VIEWER][0]).user)
                writer.write(UPGRADE.replace(b"/live", b"/live" + ticket.format(number).encode()) + b"\r\n")
            answers = await asyncio.gather(*(reader.readuntil(b"\r\n") for reader, _ in pairs))
            assert all(b" 101 " in answer for answer in answers)
            async with crowd(port, 1) as [(reader, _)]:
                assert (await ends(reader)).startswith(b"HTTP/1.1 503")
        await until(lambda: server.connections == 0)
        assert await served(port, "127.0.0.1") == 200


@pytest.mark.parametrize("head", [b"GET / HTTP/1.1\r\nX: ", STATE + b"GET / HTTP/1.1\r\nX: "], ids=["first", "second"])
async def test_a_head_that_drips_is_cut_off_all_the_same(side: Side, monkeypatch: pytest.MonkeyPatch, head: bytes) -> None:
    monkeypatch.setattr(front, "HEAD_SECONDS", 0.2)
    async with side.listening() as (server, port), crowd(port, 40) as pairs:
        for _, writer in pairs:
            writer.write(head)

        async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            end = asyncio.create_task(ends(reader))
            while not end.done():
                with contextlib.suppress(ConnectionError):
                    writer.write(b"a")
                await asyncio.wait({end}, timeout=0.02)
            await end

        async with asyncio.timeout(5):
            await asyncio.gather(*(drip(*pair) for pair in pairs), served(port))
        await until(lambda: server.connections == 0)


async def test_strangers_cannot_fill_the_memory_with_large_bodies(side: Side) -> None:
    """Where much may be sent, who it is comes first: the answer is there before the body is."""
    async with side.listening() as (_, port):
        for path in ("/api/v1/certificates", "/api/v1/overlay-images", "/axis-cgi/uploadoverlayimage.cgi"):
            async with crowd(port, 1) as [(reader, writer)]:
                writer.write(
                    f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 200000\r\n\r\n".encode()
                )
                async with asyncio.timeout(5):
                    assert (await reader.readuntil(b"\r\n")).split()[1] == b"401", path


async def test_a_large_certificate_is_refused_with_413(side: Side) -> None:
    async with side.client(Role.ADMINISTRATOR) as client:
        reply = await client.post("/api/v1/certificates", json={"name": "x", "certificate": "A" * 10_000_000})
        assert reply.status_code == 413
        assert "larger than" in reply.json()["error"]["message"]


async def test_half_open_handshakes_hold_nobody_up(side: Side, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doorstep, "MAX_ARRIVING_FROM_ONE", 10)
    monkeypatch.setattr(doorstep, "FIRST_BYTE_SECONDS", 0.5)
    desk = side.services.tls
    assert desk is not None
    async with http_server(side.services) as server:
        port = await server.listen("127.0.0.1", 0, lambda: desk.context(Service.HTTPS))
        async with crowd(port, 15) as pairs:
            for _, writer in pairs:
                writer.write(b"\x16\x03\x01")  # the beginning of a handshake, and then nothing
            transport = httpx.AsyncHTTPTransport(verify=False, local_address="127.0.0.2")
            async with httpx.AsyncClient(transport=transport) as client:
                assert (await client.get(f"https://127.0.0.1:{port}/api/v1/state")).status_code == 200
            for reader, _ in pairs:
                assert await ends(reader) == b""
            async with httpx.AsyncClient(verify=False) as client:  # the address itself is welcome again
                assert (await client.get(f"https://127.0.0.1:{port}/api/v1/state")).status_code == 200


@pytest.mark.feature("TRB-06")
async def test_with_https_alone_the_http_port_only_says_where_to_go(side: Side) -> None:
    side.services.https_port = lambda: 8443
    async with side.client(Role.ADMINISTRATOR) as client:
        assert (await client.patch("/api/v1/settings", json={"network.http_policy": "https"})).status_code == 200
    async with side.client(Role.ADMINISTRATOR, secure=False, peer=("127.0.0.1", 5)) as client:
        reply = await client.get("/axis-cgi/usergroup.cgi?a=1", headers={"Host": "camera:8080"})
        assert (reply.status_code, reply.headers["location"]) == (307, "https://camera:8443/axis-cgi/usergroup.cgi?a=1")
        assert "www-authenticate" not in reply.headers
        assert (await client.post("/api/v1/login", json={})).status_code == 308
    tunnel = b"GET /axis-media/media.amp HTTP/1.0\r\nx-sessioncookie: abc\r\nAccept: application/x-rtsp-tunnelled\r\n\r\n"
    async with side.listening() as (_, port):
        for head in (tunnel, UPGRADE + b"\r\n"):
            async with crowd(port, 1) as [(reader, writer)]:
                writer.write(head)
                async with asyncio.timeout(5):
                    assert (await reader.readuntil(b"\r\n")).split()[1] in (b"307", b"403")
    async with side.client(Role.ADMINISTRATOR) as client:
        assert (await client.patch("/api/v1/settings", json={"network.http_policy": "both"})).status_code == 200


async def test_a_stream_ends_when_its_way_is_closed(side: Side) -> None:
    """Watching over HTTP ends when viewers may come by HTTPS only."""
    async with side.listening() as (_, port), crowd(port, 1) as [(reader, writer)], side.client(Role.ADMINISTRATOR) as admin:
        await admin.patch("/api/v1/settings", json={"access.anonymous_viewing": True})
        writer.write(b"GET /axis-cgi/mjpg/video.cgi?camera=2&resolution=192x72 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        spec = await side.camera.watched()
        side.camera.publish(spec, 0)
        async with asyncio.timeout(5):
            assert b" 200 " in await reader.readuntil(b"\r\n")
        await admin.patch("/api/v1/settings", json={"access.viewer_policy": "https"})
        side.camera.publish(spec, 1)
        await ends(reader)
        reply = await admin.patch("/api/v1/settings", json={"access.viewer_policy": "both", "access.anonymous_viewing": False})
        assert reply.status_code == 200


async def test_the_health_check_of_the_container_follows_the_policy(side: Side) -> None:
    spec = importlib.util.spec_from_file_location("healthy", Path(__file__).parents[2] / "scripts" / "healthy.py")
    assert spec is not None
    assert spec.loader is not None
    healthy = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(healthy)
    desk = side.services.tls
    assert desk is not None
    async with http_server(side.services) as server:
        plain = await server.listen("127.0.0.1", 0)
        secure = await server.listen("127.0.0.1", 0, lambda: desk.context(Service.HTTPS))
        side.services.https_port = lambda: secure
        for policy in ("both", "https"):
            await side.services.settings.patch({"network.http_policy": policy})
            assert await asyncio.to_thread(healthy.ask, f"http://127.0.0.1:{plain}/axis-cgi/systemready.cgi") == "yes"

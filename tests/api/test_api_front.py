"""Ports, TLS, and connections that are slow, silent, oversized, broken, or not HTTP at all."""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
import shutil
import ssl

import httpx
import pytest
from api_kit import PASSWORDS, Side
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from panocam.access import pem
from panocam.access.certificates import CAMERA, Certificates
from panocam.access.issue import Wanted
from panocam.access.tls import Service
from panocam.api import front
from panocam.api.build import http_server
from panocam.api.front import is_tunnel
from panocam.api.listen import open_sockets
from panocam.errors import InvalidValue, Unavailable
from panocam.settings import Role


async def talk(port: int, *pieces: bytes, until: bytes | None = None) -> bytes:
    """Send the pieces; read until the other side closes, or ``until`` was read."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    data = b""
    try:
        async with asyncio.timeout(5):
            with contextlib.suppress(ConnectionError):  # it may close before it has read everything
                for piece in pieces:
                    writer.write(piece)
                    await writer.drain()
            with contextlib.suppress(ConnectionError):
                while (until is None or until not in data) and (more := await reader.read(65536)):
                    data += more
    finally:
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()
    return data


STATE = b"GET /api/v1/state HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"


async def test_a_request_in_single_bytes(side: Side) -> None:
    async with side.listening() as (_, port):
        reply = await talk(port, *(STATE[i : i + 1] for i in range(len(STATE))))
        assert reply.startswith(b"HTTP/1.1 200")


async def test_an_endless_head_is_cut_off(side: Side) -> None:
    async with side.listening() as (_, port):
        first = await talk(port, b"GET / HTTP/1.1\r\nX: " + b"a" * 70_000)
        assert first.startswith(b"HTTP/1.1 431")
        ask = STATE.replace(b"Connection: close\r\n", b"")
        second = await talk(port, ask, b"GET / HTTP/1.1\r\n", *[b"X: " + b"a" * 9000 + b"\r\n"] * 100)
        assert second == b"" or b"HTTP/1.1 431" in second  # closed in any case, or talk would have timed out


async def test_silent_connections_are_closed(side: Side, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(front, "HEAD_SECONDS", 0.05)
    async with side.listening() as (server, port):
        silent = [await asyncio.open_connection("127.0.0.1", port) for _ in range(50)]
        async with asyncio.timeout(5):
            assert await asyncio.gather(*(reader.read() for reader, _ in silent)) == [b""] * 50
        for _, writer in silent:
            writer.close()
            await writer.wait_closed()
        assert (await talk(port, STATE)).startswith(b"HTTP/1.1 200")
        assert server.connections == 0


async def test_noise_gets_an_answer_or_nothing_and_never_a_traceback(
    side: Side, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(front, "HEAD_SECONDS", 0.2)
    chance = random.Random(7)
    async with side.listening() as (_, port):
        for _ in range(60):
            noise = bytearray(STATE)
            for _ in range(chance.randrange(1, 6)):
                noise[chance.randrange(len(noise))] = chance.randrange(256)
            reply = await talk(port, bytes(noise), until=b"\r\n\r\n")
            assert reply == b"" or int(reply.split()[1]) < 500 or b"501" in reply[:13], reply
    assert "Traceback" not in caplog.text


async def test_an_occupied_port_is_one_clear_error(side: Side) -> None:
    async with side.listening() as (server, port):
        with pytest.raises(Unavailable, match=rf"HTTP port {port} is in use: .*--http-port"):
            await server.listen("127.0.0.1", port)
        with pytest.raises(InvalidValue, match="0 to 65535"):
            await server.listen("127.0.0.1", 70_000)
        with pytest.raises(Unavailable, match="not one of this machine's"):
            await server.listen("203.0.113.1", 0)


def test_all_addresses_share_one_port() -> None:
    sockets = open_sockets("", 0)
    ports = {sock.getsockname()[1] for sock in sockets}
    for sock in sockets:
        sock.close()
    assert len(ports) == 1
    assert ports != {0}


@pytest.mark.feature("GET-18")
async def test_https_and_a_certificate_changed_under_way(side: Side) -> None:
    certificates, desk = side.services.certificates, side.services.tls
    assert certificates is not None
    assert desk is not None
    async with http_server(side.services) as server:
        port = await server.listen("127.0.0.1", 0, lambda: desk.context(Service.HTTPS))
        trust = trusting(certificates, CAMERA)
        async with httpx.AsyncClient(verify=trust, auth=PASSWORDS[Role.VIEWER]) as client, side.client(Role.ADMINISTRATOR) as anna:
            assert (await client.get(f"https://127.0.0.1:{port}/axis-cgi/usergroup.cgi")).text.startswith("vera\n")
            await certificates.self_sign("another", Wanted(("localhost", "127.0.0.1")))
            reply = await anna.patch("/api/v1/settings", json={"tls.https_certificate": "another", "tls.minimum": "1.3"})
            assert reply.status_code == 200, reply.text
            assert (await client.get(f"https://127.0.0.1:{port}/api/v1/state")).status_code == 200  # the open connection goes on
            assert server.connections == 1
        async with httpx.AsyncClient(verify=trusting(certificates, "another")) as client:
            assert (await client.get(f"https://127.0.0.1:{port}/api/v1/state")).status_code == 200
        with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
            async with httpx.AsyncClient(verify=trust) as client:
                await client.get(f"https://127.0.0.1:{port}/api/v1/state")


@pytest.mark.feature("TRB-06")
async def test_http_typed_at_the_https_port_is_led_to_https(side: Side, monkeypatch: pytest.MonkeyPatch) -> None:
    certificates = side.services.certificates
    assert certificates is not None
    async with http_server(side.services) as server:
        port = await server.listen("127.0.0.1", 0, lambda: certificates.context(CAMERA))
        async with httpx.AsyncClient(verify=False) as client:
            page = await client.get(f"http://127.0.0.1:{port}/live?a=1")
            assert (page.status_code, page.headers["location"]) == (307, f"https://127.0.0.1:{port}/live?a=1")
            post = await client.post(f"http://127.0.0.1:{port}/axis-cgi/systemready.cgi", content=b"{}")
            assert post.status_code == 308
        assert (await talk(port, b"\x16\x03\x01\x00\x05hello"))[:1] in (b"", b"\x15")  # nothing, or a TLS alert
        monkeypatch.setattr("panocam.api.doorstep.FIRST_BYTE_SECONDS", 0.05)
        assert await talk(port) == b""
        trust = trusting(certificates, CAMERA)
        async with httpx.AsyncClient(verify=trust) as client:
            assert (await client.get(f"https://127.0.0.1:{port}/api/v1/state")).status_code == 200


def trusting(certificates: Certificates, name: str) -> ssl.SSLContext:
    """A client that trusts that certificate and no other."""
    return ssl.create_default_context(cadata=pem.pem_of([certificates.get(name).certificate]))


def test_what_is_a_tunnel() -> None:
    get = b"GET /axis-media/media.amp HTTP/1.0\r\nx-sessioncookie: abc\r\nAccept: application/x-rtsp-tunnelled"
    post = b"POST /axis-media/media.amp HTTP/1.0\r\nX-SessionCookie: abc\r\nContent-Type: application/x-rtsp-tunnelled\r\nContent-Length: 9"
    assert is_tunnel(get)
    assert is_tunnel(post)
    assert not is_tunnel(get.replace(b"x-sessioncookie", b"x-other"))
    assert not is_tunnel(get.replace(b"Accept", b"Content-Type"))
    assert not is_tunnel(b"")


class Echo(asyncio.Protocol):
    """Stands for the RTSP side: says what it was given."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        assert isinstance(self.transport, asyncio.BaseTransport)
        self.transport.write(b"[" + data + b"]")  # type: ignore[attr-defined]


class EchoRtsp:
    """An RTSP server that repeats."""

    user = ""

    def protocol(self) -> asyncio.Protocol:
        return Echo()

    async def over_websocket(self, receive, send, *, user, peer, local, secure) -> None:  # type: ignore[no-untyped-def]
        self.user = user
        async for message in receive:
            await send(message[::-1])


async def test_a_tunnel_is_handed_over_with_all_its_bytes(side: Side) -> None:
    side.services.rtsp = EchoRtsp()  # type: ignore[assignment]
    head = b"GET /axis-media/media.amp HTTP/1.0\r\nx-sessioncookie: abc\r\nAccept: application/x-rtsp-tunnelled\r\n\r\n"
    async with side.listening() as (server, port):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(head[:30])
        await writer.drain()
        writer.write(head[30:] + b"more")
        async with asyncio.timeout(5):
            assert await reader.readuntil(b"]") == b"[" + head + b"more]"
            writer.write(b"later")
            assert await reader.readuntil(b"]") == b"[later]"
        assert server.connections == 0
        writer.close()
        assert (await talk(port, STATE)).startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize("way", ["ticket", "digest"])
async def test_rtsp_over_websocket(side: Side, way: str) -> None:
    rtsp = EchoRtsp()
    side.services.rtsp = rtsp  # type: ignore[assignment]
    async with side.listening() as (_, port):
        base = f"127.0.0.1:{port}"
        with pytest.raises(InvalidStatus) as refused:
            await connect(f"ws://{base}/rtsp-over-websocket", subprotocols=["binary"])  # type: ignore[list-item]
        assert refused.value.response.status_code == 401
        headers, query = {}, ""
        if way == "ticket":
            async with httpx.AsyncClient(verify=False, auth=httpx.DigestAuth(*PASSWORDS[Role.VIEWER])) as client:
                reply = await client.get(f"http://{base}/axis-cgi/rtspwssession.cgi")
                assert reply.headers["content-type"].startswith("text/plain")
                query = f"?rtspwssession={reply.text}"
        else:
            request = httpx.Request("GET", f"http://{base}/rtsp-over-websocket")
            flow = httpx.DigestAuth(*PASSWORDS[Role.VIEWER]).sync_auth_flow(request)
            next(flow)
            challenge = refused.value.response.headers["WWW-Authenticate"]
            headers["Authorization"] = flow.send(httpx.Response(401, headers={"WWW-Authenticate": challenge}, request=request)).headers[
                "authorization"
            ]
        async with connect(f"ws://{base}/rtsp-over-websocket{query}", subprotocols=["binary"], additional_headers=headers) as socket:  # type: ignore[list-item]
            assert socket.subprotocol == "binary"
            await socket.send(b"abc")
            assert await asyncio.wait_for(socket.recv(), 5) == b"cba"
            assert rtsp.user.name == "vera"
        if way == "ticket":
            with pytest.raises(InvalidStatus):
                await connect(f"ws://{base}/rtsp-over-websocket{query}")


async def test_a_body_that_is_too_large_or_never_comes(side: Side, monkeypatch: pytest.MonkeyPatch) -> None:
    from panocam.api import arguments

    monkeypatch.setattr(arguments, "BODY_SECONDS", 0.05)
    async with side.listening() as (_, port):
        head = b"POST /api/v1/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
        assert (await talk(port, head % 10_000_000)).startswith(b"HTTP/1.1 413")
        assert (await talk(port, head % 100, b"{")).startswith(b"HTTP/1.1 408")


async def test_the_first_request_without_credentials_keeps_its_connection(side: Side) -> None:
    """Clients post the whole body, read the 401 and go on in the same connection."""
    auth = httpx.DigestAuth(*PASSWORDS[Role.ADMINISTRATOR])
    async with side.listening() as (server, port), httpx.AsyncClient(verify=False, auth=auth) as client:
        for _ in range(3):
            body = json.dumps({"apiVersion": "1.0", "method": "getApiList", "context": "Axis library"})
            reply = await client.post(f"http://127.0.0.1:{port}/axis-cgi/apidiscovery.cgi", content=body)
            assert reply.status_code == 200
        assert server.connections == 1


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
@pytest.mark.peer("curl")
async def test_head_and_conditional_requests_with_curl(side: Side) -> None:
    async with side.listening() as (_, port):
        process = await asyncio.create_subprocess_exec(
            "curl", "-sSI", f"http://127.0.0.1:{port}/api/v1/state", stdout=asyncio.subprocess.PIPE
        )
        out, _ = await asyncio.wait_for(process.communicate(), 10)
        assert out.startswith(b"HTTP/1.1 200")

"""Requests to a real web server: logins, certificates, proxies, answers that are no success; text over TCP."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from mail_kit import Authority
from web_peer import PASSWORD, USER, WebServer, proxy, web_server

from panocam.notify import tcp
from panocam.notify.fault import SendFault, Step
from panocam.notify.mail import Author
from panocam.notify.message import Line, WebCall
from panocam.notify.sender import Passwords, Sender
from panocam.notify.trust import Trust
from panocam.settings.recipients import Http, Tcp

CALL = WebCall("POST", (("who", "Ann & Bob"), ("at", "7 °C")), (("X-Camera", "yard"),), b"hello \xff")


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority.make()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, authority: Authority) -> Iterator[WebServer]:
    root = tmp_path_factory.mktemp("web")
    with web_server(root, authority.server(root)) as made:
        yield made


def sender(*authorities: Authority) -> Sender:
    der = [each.certificate.public_bytes(Encoding.DER) for each in authorities]
    return Sender(Trust(lambda: der), lambda: Author("Yard", "cam"))


def row(url: str, **more: Any) -> Http:
    return Http.model_validate({"id": 1, "name": "Hook", "url": url, **more})


async def fault(recipient: Http | Tcp, message: WebCall | Line = CALL, passwords: Passwords = Passwords(PASSWORD), *known: Authority) -> SendFault:  # noqa: B008, E501  # fmt: skip
    with pytest.raises(SendFault) as caught:
        await sender(*known).send(recipient, passwords, message)
    assert PASSWORD not in str(caught.value)
    return caught.value


@pytest.mark.peer("lighttpd")
@pytest.mark.parametrize("way", ["open", "basic", "digest"])
async def test_a_request_arrives_with_the_login_that_is_asked_for(server: WebServer, way: str) -> None:
    said = await sender().send(row(f"http://127.0.0.1:{server.port}/{way}?key=1", user=USER), Passwords(PASSWORD), CALL)
    took = server.next()
    env = took["env"]
    assert (said, took["body"]) == ("200 OK", "hello \xff")
    assert (env["REQUEST_METHOD"], env["QUERY_STRING"]) == ("POST", "key=1&who=Ann+%26+Bob&at=7+%C2%B0C")
    assert env["HTTP_X_CAMERA"] == "yard"
    assert env.get("REMOTE_USER", "") == ("" if way == "open" else USER)
    assert env.get("HTTP_AUTHORIZATION", "").lower().startswith("" if way == "open" else way)
    assert way != "open" or "HTTP_AUTHORIZATION" not in env


@pytest.mark.peer("lighttpd")
async def test_a_password_without_a_user_is_a_bearer_token(server: WebServer) -> None:
    await sender().send(row(f"http://127.0.0.1:{server.port}/open"), Passwords("t0ken"), CALL)
    assert server.next()["env"]["HTTP_AUTHORIZATION"] == "Bearer t0ken"


@pytest.mark.peer("lighttpd")
async def test_answers_that_are_no_success(server: WebServer) -> None:
    base = f"http://127.0.0.1:{server.port}"
    for way in ("basic", "digest"):
        wrong = await fault(row(f"{base}/{way}", user=USER), CALL, Passwords("not that"))
        assert (wrong.step, wrong.lasting, "user or password is wrong" in str(wrong)) == (Step.LOGIN, True, True)
        nobody = await fault(row(f"{base}/{way}"), CALL, Passwords())
        assert "it asks for a login; give user and password" in str(nobody)
    gone = await fault(row(f"{base}/gone"))
    assert (gone.step, gone.lasting, "404 Not Found" in str(gone)) == (Step.ANSWER, True, True)
    away = await fault(row(f"{base}/away", user=USER))
    assert "it sends on to http://elsewhere.example; give the final address" in str(away)
    assert server.empty


@pytest.mark.peer("lighttpd")
async def test_certificates_are_checked(server: WebServer, authority: Authority) -> None:
    there = row(f"https://127.0.0.1:{server.tls_port}/basic", user=USER)
    stranger = await fault(there)
    assert (stranger.step, "its certificate is not trusted" in str(stranger)) == (Step.ENCRYPTION, True)
    assert server.empty
    assert await sender(authority).send(there, Passwords(PASSWORD), CALL) == "200 OK"
    assert server.next()["env"]["REMOTE_USER"] == USER
    unchecked = there.model_copy(update={"validate_certificate": False})
    assert await sender().send(unchecked, Passwords(PASSWORD), CALL) == "200 OK"
    server.next()
    other = await fault(row(f"https://localhost:{server.tls_port}/open"), CALL, Passwords(), authority)
    assert "mismatch" in str(other).lower()
    plain = await fault(row(f"https://127.0.0.1:{server.port}/open"))
    assert (plain.step, "does not speak TLS there" in str(plain)) == (Step.ENCRYPTION, True)


@pytest.mark.peer("lighttpd")
@pytest.mark.peer("tinyproxy")
async def test_by_way_of_a_proxy(server: WebServer, authority: Authority, tmp_path: Path) -> None:
    right = Passwords(PASSWORD, PASSWORD.replace(" ", ""))
    with proxy(tmp_path) as port:
        by = {"user": USER, "proxy": "127.0.0.1", "proxy_port": port, "proxy_user": USER}
        for url in (f"http://127.0.0.1:{server.port}/digest", f"https://127.0.0.1:{server.tls_port}/digest"):
            assert await sender(authority).send(row(url, **by), right, CALL) == "200 OK"
            assert server.next()["env"]["REMOTE_USER"] == USER
            refused = await fault(row(url, **by), WebCall("GET"), Passwords(PASSWORD, "wrong"), authority)
            assert refused.step is Step.LOGIN, refused
        assert server.empty
    nobody = await fault(row(url, **by), CALL, right)
    assert nobody.step is Step.CONNECTION


async def test_web_servers_that_are_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("panocam.notify.web.ANSWER_S", 0.05)

    async def mute(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    async def other(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"hello \xff")
        writer.write(b"220 mail.test ESMTP\r\n")
        writer.close()

    for answer, words in ((mute, "did not answer within"), (other, "does not answer as web servers do")):
        listening = await asyncio.start_server(answer, "127.0.0.1", 0)
        async with listening:
            found = await fault(row(f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}/"))
        assert (found.step, words in str(found)) == (Step.ANSWER, True), found
    assert (await fault(row("http://no-such-host.invalid/"))).step is Step.NAME
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        refused = await fault(row(f"http://127.0.0.1:{unused.getsockname()[1]}/"))
    assert (refused.step, "refused" in str(refused)) == (Step.CONNECTION, True)


async def test_text_over_tcp(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tcp, "CLOSE_S", 0.05)
    took: asyncio.Queue[bytes] = asyncio.Queue()

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        took.put_nowait(await reader.read())
        writer.close()

    for host in ("127.0.0.1", "::1"):
        async with await asyncio.start_server(take, host, 0) as listening:
            there = Tcp(id=1, name="Horn", host=f"[{host}]" if ":" in host else host, port=listening.sockets[0].getsockname()[1])
            await sender().send(there, Passwords(), Line("Tür\n".encode()))
            assert await took.get() == "Tür\n".encode()
    gone = await fault(there, Line(b"x"))
    assert (gone.step, "[::1]" in str(gone)) == (Step.CONNECTION, True)

"""Whether other computers can be reached: real echoes and connections on this machine, and nothing but addresses gets in."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator

import pytest
from api_kit import Side
from hypothesis import given
from hypothesis import strategies as st

from panocam.api.reach import checked_host, ping
from panocam.errors import InvalidValue, Unavailable
from panocam.settings import Role


@pytest.fixture
async def port() -> AsyncIterator[int]:
    """A port that answers, for as long as the test runs."""
    async with await asyncio.start_server(lambda reader, writer: writer.close(), "127.0.0.1", 0) as server:
        yield int(server.sockets[0].getsockname()[1])


async def ask(side: Side, path: str) -> tuple[int, str]:
    async with side.client(Role.ADMINISTRATOR) as admin:
        reply = await admin.get(f"/axis-cgi/{path}")
    return reply.status_code, reply.text


async def test_a_port_that_answers_and_one_that_does_not(side: Side, port: int) -> None:
    status, said = await ask(side, f"tcptest.cgi?address=127.0.0.1&port={port}")
    assert (status, said.startswith(f"Got response from 127.0.0.1 port {port} in ")) == (200, True)
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))  # bound and not listening: refused
        status, said = await ask(side, f"tcptest.cgi?address=127.0.0.1&port={held.getsockname()[1]}")
    assert (status, said.startswith("No response from 127.0.0.1 port")) == (200, True)


async def test_this_computer_answers_its_own_echo_where_the_system_allows_it(side: Side) -> None:
    try:
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM, socket.IPPROTO_ICMP).close()
        allowed = True
    except PermissionError:
        allowed = False
    status, said = await ask(side, "pingtest.cgi?ip=127.0.0.1")
    assert (status, said.startswith("Got response from 127.0.0.1 in ")) == ((200, True) if allowed else (503, False))


async def test_a_system_that_forbids_echoes_is_an_honest_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(*words: object) -> socket.socket:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr("panocam.api.reach.socket.socket", forbidden)
    with pytest.raises(Unavailable, match="ping_group_range"):
        await ping("127.0.0.1")


@pytest.mark.parametrize("wrong", ["", "a b", "$(reboot)", "-c1", "x;y", "1.2.3.4.5", "999.1.1.1", "http://x/", "a" * 300, "::g"])
async def test_only_addresses_and_names_are_taken(side: Side, wrong: str) -> None:
    async with side.client(Role.ADMINISTRATOR) as admin:
        for path, name in (("pingtest", "ip"), ("tcptest", "address")):
            reply = await admin.get(f"/axis-cgi/{path}.cgi", params={name: wrong, "port": "80"})
            assert (reply.status_code, name in reply.text) == (400, True)
        reply = await admin.get("/axis-cgi/tcptest.cgi", params={"address": "127.0.0.1", "port": wrong})
        assert (reply.status_code, "port" in reply.text) == (400, True)


@given(st.text(max_size=60))
def test_whatever_is_given_is_refused_or_a_plain_name(text: str) -> None:
    try:
        made = checked_host("ip", text)
    except InvalidValue:
        return
    assert made.isascii()
    assert not set(made) & set(" ;|&$`'\"<>(){}\\/\n\r\t")

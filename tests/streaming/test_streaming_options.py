"""Ports and groups may change while clients watch: new sessions get the new ones, running ones keep theirs."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from streaming_client import Client

from panocam.streaming.multicast import MulticastRange
from panocam.streaming.options import RtspOptions


@pytest.fixture
async def client(server) -> AsyncIterator[Client]:
    client = await Client.open(server.port)
    yield client
    client.close()


def _transport(answer: str) -> dict[str, str]:
    return dict(re.findall(r"(\w+)=([^;\"]+)", answer))


async def test_new_options_are_for_new_sessions(server, client):
    offer = "Transport: RTP/AVP;unicast;client_port=40000-40001"
    first = _transport((await client.ask("SETUP", offer, url=f"{client.url}/stream=0")).headers["transport"])
    server.set_options(RtspOptions(udp_ports=range(61000, 61100)))
    second = _transport((await client.ask("SETUP", offer, url=f"{client.url}/stream=0?fps=5")).headers["transport"])
    assert int(first["server_port"].split("-")[0]) not in range(61000, 61100)
    assert int(second["server_port"].split("-")[0]) in range(61000, 61100)


async def test_a_group_in_use_keeps_its_address_and_no_other_gets_it(server, client):
    offer = "Transport: RTP/AVP;multicast"
    plan = MulticastRange("239.1.1.1", 52000, 3, count=4)
    server.set_options(RtspOptions(multicast=plan))
    first = _transport((await client.ask("SETUP", offer, url=f"{client.url}/stream=0")).headers["transport"])
    server.set_options(RtspOptions(multicast=replace(plan, ttl=7)))
    second = _transport((await client.ask("SETUP", offer, url=f"{client.url}/stream=0?fps=5")).headers["transport"])
    assert (first["destination"], first["ttl"]) == ("239.1.1.1", "3")
    assert (second["destination"], second["ttl"]) == ("239.1.1.2", "7")

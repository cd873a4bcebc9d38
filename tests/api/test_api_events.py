"""Events as clients get them: declared by SOAP, streamed over a WebSocket."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import httpx
import pytest
import websockets
from api_kit import PASSWORDS, Side

from panocam.errors import RemoteProtocolError
from panocam.events.topics import PTZ_MOVING, SYSTEM_READY
from panocam.markup import parse
from panocam.ports import Step
from panocam.settings import Role

EVENT = "{http://www.axis.com/vapix/ws/event1}"
ASK = (
    '<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body>'
    '<m:GetEventInstances xmlns:m="http://www.axis.com/vapix/ws/event1"/></s:Body></s:Envelope>'
)
READY = "tns1:Device/tnsaxis:Status/SystemReady"


async def test_what_can_happen_is_declared(side: Side) -> None:
    async with side.client(Role.OPERATOR) as client:
        reply = await client.post("/vapix/services", content=ASK, headers={"Content-Type": "application/soap+xml"})
    assert reply.headers["content-type"].startswith("application/soap+xml")
    root = parse(reply.content)
    ready = next(e for e in root.iter() if e.tag == "SystemReady")
    assert ready.get("{http://docs.oasis-open.org/wsn/t-1}topic") == "true"
    assert ready[0].get(f"{EVENT}isProperty") == "true"
    (item,) = ready[0][0]
    assert (item.get("Name"), item.get("Type"), item.get("isPropertyState")) == ("ready", "xsd:boolean", "true")
    channels = [e.tag.rpartition("}")[2] for e in root.iter() if "Channel_" in e.tag]
    assert channels == [f"Channel_{n}" for n in (5, 6, 7, 8)] * 2


@pytest.mark.parametrize(
    "body",
    [
        "",
        "no xml",
        "<a>",
        "<a/>",
        ASK.replace("GetEventInstances", "Explode"),
        ASK.replace('<m:GetEventInstances xmlns:m="http://www.axis.com/vapix/ws/event1"/>', ""),
        '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
        '<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>',
        "<a>" * 500,
        '<?xml version="1.0" encoding="utf-99"?><a/>',
        "\ufffe\0",
    ],
)
async def test_what_is_no_request_is_a_fault_in_words(side: Side, body: str) -> None:
    async with side.client(Role.OPERATOR) as client:
        reply = await client.post("/vapix/services", content=body.encode())
    assert reply.status_code == 400
    assert parse(reply.content)[0][0].tag.endswith("}Fault")


def test_a_parser_that_gives_one_kind_of_error() -> None:
    import random

    chance = random.Random(3)
    for _ in range(2000):
        hurt = bytearray(ASK.encode())
        for _ in range(chance.randint(1, 5)):
            hurt[chance.randrange(len(hurt))] = chance.randrange(256)
        with suppress(RemoteProtocolError):
            parse(bytes(hurt))


@asynccontextmanager
async def connected(side: Side, role: Role = Role.OPERATOR) -> AsyncIterator[Any]:
    """A WebSocket with a ticket, as clients come."""
    async with side.listening() as (_, port):
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", verify=False, auth=httpx.DigestAuth(*PASSWORDS[role])) as client:
            ticket = (await client.get("/axis-cgi/wssession.cgi")).text
        assert ticket.isdigit()
        url = f"ws://127.0.0.1:{port}/vapix/ws-data-stream?sources=events&wssession={ticket}"
        async with websockets.connect(url, max_queue=None) as socket:  # who stops reading is waited for when it closes
            yield socket


def wish(*topics: str, **more: Any) -> str:
    filters = [{"topicFilter": topic} for topic in topics]
    return json.dumps({"apiVersion": "1.0", "method": "events:configure", "params": {"eventFilterList": filters}, **more})


async def heard(socket: Any) -> dict[str, Any]:
    async with asyncio.timeout(5):
        return dict(json.loads(await socket.recv()))


async def test_known_conditions_then_what_happens(side: Side) -> None:
    bus = side.services.bus
    bus.emit(SYSTEM_READY, ready=True)
    async with connected(side) as socket:
        await socket.send(wish("tns1:Device/tnsaxis:Status//.|tns1:PTZController//.", context="mine"))
        assert await heard(socket) == {"apiVersion": "1.0", "context": "mine", "method": "events:configure", "data": {}}
        first = await heard(socket)
        notification = first["params"]["notification"]
        assert first["method"] == "events:notify"
        assert notification["topic"] == READY
        assert notification["message"] == {"source": {}, "key": {}, "data": {"ready": "1"}}
        assert notification["timestamp"] == side.clock.wall_ns() // 1_000_000
        bus.emit(PTZ_MOVING, {"area": 1}, moving=True)
        told = (await heard(socket))["params"]["notification"]
        assert told["topic"] == "tns1:PTZController/tnsaxis:Move/Channel_5"
        await socket.send(wish("tns1:Device/tnsaxis:Status//."))
        assert (await heard(socket))["data"] == {}
        assert (await heard(socket))["params"]["notification"]["topic"] == READY
        bus.emit(PTZ_MOVING, {"area": 1}, moving=False)
        bus.emit(SYSTEM_READY, ready=False)
        assert (await heard(socket))["params"]["notification"]["message"]["data"] == {"ready": "0"}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{", 2101),
        ("[]", 2101),
        ('{"method":"events:explode"}', 2102),
        ('{"method":"events:configure","params":{"eventFilterList":7}}', 2104),
        ('{"method":"events:configure","params":{"eventFilterList":[7]}}', 2104),
        ('{"method":"events:configure","params":{"eventFilterList":[{"topicFilter":1}]}}', 2104),
        ('{"method":"events:configure","params":{"eventFilterList":[{"contentFilter":"x"}]}}', 2104),
    ],
)
async def test_a_bad_wish_is_answered_and_the_connection_goes_on(side: Side, text: str, code: int) -> None:
    async with connected(side) as socket:
        await socket.send(text)
        assert (await heard(socket))["error"]["code"] == code
        await socket.send(wish("//."))
        assert (await heard(socket))["data"] == {}


async def test_a_viewers_ticket_does_not_open_what_operators_hear(side: Side) -> None:
    with pytest.raises(websockets.InvalidStatus) as refused:
        async with connected(side, Role.VIEWER):
            pass
    assert refused.value.response.status_code == 403


async def test_conditions_and_live_events_over_rest(side: Side) -> None:
    bus = side.services.bus
    async with side.client(Role.ADMINISTRATOR) as client:
        known = (await client.get("/api/v1/events/conditions?topic=Device/IO/Input")).json()["events"]
        assert [(each["source"], each["operation"], each["active"]) for each in known] == [({"port": 0}, "Initialized", False)]
        assert (await client.get("/api/v1/events?topic=Device/IO")).json()["events"] == []  # nothing has happened yet
        assert len((await client.get("/api/v1/events?topic=Device/IO&initial=true")).json()["events"]) == 67
    async with side.listening() as (_, port):
        url = f"ws://127.0.0.1:{port}/api/v1/events/live?topic=Device/IO/Input"
        auth = httpx.DigestAuth(*PASSWORDS[Role.ADMINISTRATOR])
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", verify=False, auth=auth) as client:
            ticket = (await client.get("/axis-cgi/wssession.cgi")).text
        async with websockets.connect(f"{url}&wssession={ticket}") as socket:
            first = await heard(socket)
            assert (first["operation"], first["data"]) == ("Initialized", {"active": False})
            side.services.board.run_port(0, [Step(True)])
            second = await heard(socket)
            assert (second["operation"], second["active"], second["title"]) == ("Changed", True, "Digital input")
            assert second["sequence"] == bus.recent()[0].sequence
        with pytest.raises(websockets.InvalidStatus):
            async with websockets.connect(url):
                pass


async def test_contents_are_filtered_on_the_websocket(side: Side) -> None:
    async with connected(side) as socket:
        content = 'boolean(//SimpleItem[@Name="port" and @Value="9"])'
        filters = [{"topicFilter": "tns1:Device//.", "contentFilter": content}]
        await socket.send(json.dumps({"method": "events:configure", "params": {"eventFilterList": filters}}))
        assert (await heard(socket))["data"] == {}
        told = (await heard(socket))["params"]["notification"]
        assert (told["topic"], told["message"]["source"]) == ("tns1:Device/tnsaxis:IO/VirtualInput", {"port": "9"})

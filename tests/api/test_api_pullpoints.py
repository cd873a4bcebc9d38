"""Pull points by SOAP: what a client of events does from its subscription to the end, whatever prefixes it likes, and every fault."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any
from xml.etree.ElementTree import Element

import httpx
import pytest
from api_kit import Side
from hypothesis import given
from hypothesis import strategies as st

from panocam.api.soap.request import read
from panocam.api.soap.times import moment, seconds
from panocam.clock import NS
from panocam.errors import InvalidValue, RemoteProtocolError
from panocam.markup import parse
from panocam.ports import Step
from panocam.settings import Role

TEV = "http://www.onvif.org/ver10/events/wsdl"
WSNT = "http://docs.oasis-open.org/wsn/b-2"
WSA = "http://www.w3.org/2005/08/addressing"
ITEMS = "http://www.onvif.org/ver10/tev/messageContentFilter/ItemFilter"
SET = "http://www.onvif.org/ver10/tev/topicExpression/ConcreteSet"
DOOR = "http://camera:8080/vapix/services"


def envelope(body: str, header: str = "") -> str:
    return (
        f'<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:e="{TEV}" xmlns:w="{WSNT}" xmlns:a="{WSA}"'
        f' xmlns:onv="http://www.onvif.org/ver10/topics"><s:Header>{header}</s:Header><s:Body>{body}</s:Body></s:Envelope>'
    )


def topic(text: str, dialect: str = SET, more: str = "") -> str:
    return f'<w:TopicExpression Dialect="{dialect}" {more}>{text}</w:TopicExpression>'


def create(filter: str = "", time: str = "PT60S") -> str:
    kept = f"<e:Filter>{filter}</e:Filter>" if filter else ""
    return (
        f"<e:CreatePullPointSubscription>{kept}<e:InitialTerminationTime>{time}</e:InitialTerminationTime></e:CreatePullPointSubscription>"
    )


def pull(timeout: str = "PT0S", limit: object = 100) -> str:
    return f"<e:PullMessages><e:Timeout>{timeout}</e:Timeout><e:MessageLimit>{limit}</e:MessageLimit></e:PullMessages>"


async def ask(client: httpx.AsyncClient, body: str, url: str = DOOR, header: str = "") -> tuple[int, Element]:
    reply = await client.post(url, content=envelope(body, header), headers={"Content-Type": "application/soap+xml", "Host": "camera:8080"})
    assert reply.headers["content-type"].startswith("application/soap+xml"), reply.text
    return reply.status_code, parse(reply.content)


async def opened(client: httpx.AsyncClient, filter: str = "", time: str = "PT60S") -> str:
    status, root = await ask(client, create(filter, time))
    assert status == 200
    return root.findtext(f".//{{{WSA}}}Address", "")


def messages(root: Element) -> list[tuple[str, str | None, dict[str, str]]]:
    found = []
    for each in root.iter(f"{{{WSNT}}}NotificationMessage"):
        message = next(each.iter("{http://www.onvif.org/ver10/schema}Message"))
        items = {i.get("Name", ""): i.get("Value", "") for i in message.iter("{http://www.onvif.org/ver10/schema}SimpleItem")}
        found.append((each.findtext(f"{{{WSNT}}}Topic", ""), message.get("PropertyOperation"), items))
    return found


PORTS = topic("onv:Device/axis:IO/Port", more='xmlns:axis="http://www.axis.com/2009/event/topics"')
"""With prefixes of the client's own, one of them declared where it is used."""


async def test_a_subscription_from_its_beginning_to_its_end(side: Side) -> None:
    async with side.client(Role.OPERATOR) as client:
        status, root = await ask(client, create(PORTS), header="<a:MessageID>urn:uuid:1</a:MessageID>")
        assert status == 200
        assert root.findtext(f".//{{{WSA}}}RelatesTo") == "urn:uuid:1"
        assert root.findtext(f".//{{{WSA}}}Action") == f"{TEV}/EventPortType/CreatePullPointSubscriptionResponse"
        url = root.findtext(f".//{{{WSA}}}Address", "")
        assert url.startswith("http://camera:8080/vapix/services/")
        begun, ends = (root.findtext(f".//{{{WSNT}}}{name}", "") for name in ("CurrentTime", "TerminationTime"))
        assert seconds("", ends, side.clock.wall_ns()) - seconds("", begun, side.clock.wall_ns()) == 60
        assert await opened(client, PORTS) != url

        first = ("tns1:Device/tnsaxis:IO/Port", "Initialized", {"port": "0", "state": "0"})
        assert messages((await ask(client, pull(), url))[1]) == [first]
        waiting = asyncio.create_task(ask(client, pull("PT60S"), url))
        await asyncio.sleep(0)
        side.services.board.run_port(0, [Step(True)])
        assert messages((await waiting)[1]) == [("tns1:Device/tnsaxis:IO/Port", "Changed", {"port": "0", "state": "1"})]
        assert messages((await ask(client, pull(), url))[1]) == []

        assert (await ask(client, "<e:SetSynchronizationPoint/>", url))[0] == 200
        assert messages((await ask(client, pull(), url))[1]) == [(first[0], "Initialized", {"port": "0", "state": "1"})]
        status, root = await ask(client, "<w:Renew><w:TerminationTime>PT10M</w:TerminationTime></w:Renew>", url)
        assert seconds("", root.findtext(f".//{{{WSNT}}}TerminationTime", ""), side.clock.wall_ns()) == pytest.approx(600, abs=1)
        assert (await ask(client, "<w:Unsubscribe/>", url))[0] == 200
        status, root = await ask(client, pull(), url)
        assert (status, fault(root)) == (500, "ResourceUnknownFault")


def fault(root: Element) -> str:
    detail = next((e for e in root.iter() if e.tag.endswith("}Detail")), None)
    if detail is not None:
        assert root.findtext(f".//{{{WSA}}}Action") == f"{WSA}/soap/fault"
        return detail[0].tag.rpartition("}")[2]
    return [e.text or "" for e in root.iter() if e.tag.endswith("}Value")][-1]


CONTENT = f'<w:MessageContent Dialect="{ITEMS}">{{}}</w:MessageContent>'


@pytest.mark.parametrize(
    ("body", "status", "name"),
    [
        (create(time="PT0S"), 500, "UnacceptableInitialTerminationTimeFault"),
        (create(time="yesterday"), 500, "UnacceptableInitialTerminationTimeFault"),
        (create(time="2001-01-01T00:00:00Z"), 500, "UnacceptableInitialTerminationTimeFault"),
        (create(time="P"), 500, "UnacceptableInitialTerminationTimeFault"),
        (create(topic("tns1:Moon//.")), 500, "TopicNotSupportedFault"),
        (create(topic("tns1:Device//.", "urn:none")), 500, "TopicExpressionDialectUnknownFault"),
        (create('<w:ProducerProperties Dialect="x">y</w:ProducerProperties>'), 500, "InvalidFilterFault"),
        (create('<w:MessageContent Dialect="urn:xpath">true()</w:MessageContent>'), 500, "InvalidFilterFault"),
        (create(CONTENT.format("boolean(")), 500, "InvalidMessageContentExpressionFault"),
        ("<e:GetServices/>", 400, "ter:UnknownAction"),
        ("<e:PullMessages/>", 500, "ResourceUnknownFault"),
        ("<w:Renew/>", 500, "ResourceUnknownFault"),
    ],
)
async def test_faults(side: Side, body: str, status: int, name: str) -> None:
    async with side.client(Role.OPERATOR) as client:
        got, root = await ask(client, body)
    assert (got, fault(root)) == (status, name)
    assert len(side.services.pull_points) == 0


@pytest.mark.parametrize(
    ("body", "status", "name"),
    [
        (pull("PT1H"), 500, "PullMessagesFaultResponse"),
        (pull("-PT1S"), 400, "ter:InvalidArgVal"),
        (pull(limit=0), 400, "ter:InvalidArgVal"),
        (pull(limit="many"), 400, "ter:InvalidArgVal"),
        ("<w:Renew><w:TerminationTime>never</w:TerminationTime></w:Renew>", 500, "UnacceptableTerminationTimeFault"),
        ("<w:Renew><w:TerminationTime>PT0S</w:TerminationTime></w:Renew>", 500, "UnacceptableTerminationTimeFault"),
    ],
)
async def test_faults_of_a_pull_point(side: Side, body: str, status: int, name: str) -> None:
    async with side.client(Role.OPERATOR) as client:
        url = await opened(client)
        got, root = await ask(client, body, url)
        assert (got, fault(root)) == (status, name)
        assert (await ask(client, pull(), url))[0] == 200


async def test_pull_points_are_their_owners_and_not_too_many(side: Side) -> None:
    async with side.client(Role.OPERATOR) as otto, side.client(Role.ADMINISTRATOR) as anna, side.client(Role.VIEWER) as vera:
        url = await opened(otto)
        assert fault((await ask(anna, pull(), url))[1]) == "ResourceUnknownFault"
        assert (await vera.post(DOOR, content=envelope(create()))).status_code == 403
        for _ in range(15):
            await opened(otto)
        status, root = await ask(otto, create())
        assert (status, fault(root)) == (500, "SubscribeCreationFailedFault")


async def test_contents_are_filtered(side: Side) -> None:
    wanted = topic("tns1:Device//.") + CONTENT.format('boolean(//tt:SimpleItem[@Name="port" and @Value="7"])')
    async with side.client(Role.OPERATOR) as client:
        url = await opened(client, wanted)
        assert messages((await ask(client, pull(), url))[1]) == [
            ("tns1:Device/tnsaxis:IO/VirtualInput", "Initialized", {"port": "7", "active": "0"})
        ]


BOMBS = [
    '<!DOCTYPE a [<!ENTITY b "c"><!ENTITY d "&b;&b;&b;">]><a>&d;</a>',
    '<!DOCTYPE a [<!ENTITY % b SYSTEM "http://192.0.2.1/x">%b;]><a/>',
    '<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>',
    '<?xml version="1.0"?><!DOCTYPE s:Envelope>' + envelope(create()),
]


@pytest.mark.parametrize("bomb", BOMBS)
async def test_bombs_are_refused(side: Side, bomb: str) -> None:
    async with side.client(Role.OPERATOR) as client:
        reply = await client.post(DOOR, content=bomb)
    assert reply.status_code == 400
    assert fault(parse(reply.content)) == "ter:WellFormed"


@given(st.binary(max_size=300) | st.text(max_size=100).map(lambda text: envelope(text).encode("utf-8", "surrogatepass")))
def test_any_bytes_are_a_request_or_explained(raw: bytes) -> None:
    with suppress(RemoteProtocolError):
        assert read(raw).operation


@pytest.mark.parametrize(
    ("text", "expected"),
    [("PT60S", 60), ("PT1M30S", 90), ("P1DT1H", 90_000), ("PT0.5S", 0.5), ("2023-11-14T22:14:20Z", 60), ("2023-11-14T23:14:20+01:00", 60)],
)
def test_times(text: str, expected: float) -> None:
    assert seconds("x", text, 1_700_000_000 * NS) == pytest.approx(expected)


@given(st.text(alphabet="PT0123456789DHMS.:-Z+", max_size=30))
def test_any_time_is_a_number_or_explained(text: str) -> None:
    try:
        found: Any = seconds("x", text, 0)
    except InvalidValue:
        return
    assert isinstance(found, float)


def test_moments() -> None:
    assert moment(1_700_000_000 * NS) == "2023-11-14T22:13:20Z"

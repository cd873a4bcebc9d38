"""The live WebSocket over a real socket: hello, pictures, changes of mind, moves, slowness, and who may connect."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from api_kit import PASSWORDS, Side
from hypothesis import given
from hypothesis import strategies as st
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from panocam.api.clients import Transport
from panocam.api.web.frames import HEADER_SIZE, pack, unpack
from panocam.api.web.live import ACK_WINDOW
from panocam.errors import Busy, RemoteProtocolError
from panocam.media.codec import Codec
from panocam.media.packet import Packet
from panocam.settings import Role

SETUP = {"username": "anna", "password": "x", "licence_accepted": True}


@asynccontextmanager
async def browser(
    side: Side, port: int, query: str = "", who: Role | None = Role.VIEWER, **headers: str
) -> AsyncIterator[ClientConnection]:
    """A logged-in page's WebSocket."""
    base = f"127.0.0.1:{port}"
    sent = {"Origin": f"http://{base}"} | headers
    if who is not None:
        async with httpx.AsyncClient(base_url=f"http://{base}", verify=False) as client:
            await side.login(client, who)
            sent["Cookie"] = "; ".join(f"{name}={text}" for name, text in client.cookies.items())
    async with connect(f"ws://{base}/api/v1/live?{query}", additional_headers=sent, max_size=None) as socket:
        yield socket


async def told(socket: ClientConnection) -> dict[str, Any]:
    """The next JSON message."""
    async with asyncio.timeout(5):
        message = await socket.recv()
    assert isinstance(message, str), message[:50]
    return dict(json.loads(message))


async def picture(socket: ClientConnection) -> Any:
    """The next picture."""
    async with asyncio.timeout(5):
        message = await socket.recv()
    assert isinstance(message, bytes), message
    return unpack(message)


async def test_hello_then_pictures_as_they_are(side: Side) -> None:
    async with side.listening() as (_, port), browser(side, port, "view=4&codec=h264&resolution=1280x960") as socket:
        hello = await told(socket)
        assert hello == {
            "type": "hello", "stream": 1, "view": 4, "codec": "h264", "codec_string": "avc1.640028", "width": 1280, "height": 960,
            "fps": 25.0, "ack_window": ACK_WINDOW,
        }  # fmt: skip
        spec = await side.camera.watched()
        side.camera.publish(spec, 7, key=True, data=b"\0\0\0\1\x67key")
        side.camera.publish(spec, 8, key=False, data=b"\0\0\0\1\x41delta")
        first, second = await picture(socket), await picture(socket)
        assert (first.key, second.key, first.stream, first.sequence, second.sequence) == (True, False, 1, 7, 8)
        assert first.data == b"\0\0\0\1\x67key"
        assert (first.pts_us, first.wall_us) == (7 * 40_000, side.clock.wall_ns() // 1000)
        assert first.latency_us == 5000
        assert [client.delivered for client in side.services.clients] == [2]
    await side.camera.unwatched(spec)


async def test_it_changes_its_mind_on_the_same_connection(side: Side) -> None:
    async with side.listening() as (_, port), browser(side, port, "view=4") as socket:
        assert (await told(socket))["view"] == 4
        old = await side.camera.watched(codec=Codec.H264)
        await socket.send(json.dumps({"type": "watch", "view": 1, "codec": "jpeg"}))
        hello = await told(socket)
        assert (hello["stream"], hello["view"], hello["codec_string"]) == (2, 1, "mjpeg")
        await side.camera.unwatched(old)
        new = await side.camera.watched(codec=Codec.JPEG)
        side.camera.publish(new, 1)
        assert (await picture(socket)).stream == 2
        await socket.send(json.dumps({"type": "stop"}))
        await side.camera.unwatched(new)


@pytest.mark.feature("STR-10", "STR-21", "TRB-19")
async def test_h265_is_refused_with_a_reason_and_never_chosen(side: Side) -> None:
    await side.services.settings.patch({"stream.codec": "h265"})
    async with side.listening() as (_, port), browser(side, port, "codec=h265") as socket:
        error = await told(socket)
        assert (error["type"], error["status"], error["name"]) == ("error", 400, "codec")
        assert "RTSP" in error["message"]
        await socket.send(json.dumps({"type": "watch"}))
        assert (await told(socket))["codec"] == "h264"
    async with side.client(Role.VIEWER) as client:
        codecs = (await client.get("/api/v1/codecs")).json()["codecs"]
        assert [codec["codec"] for codec in codecs if codec["live"]] == ["h264", "av1", "jpeg"]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ('{"type": "watch", "view": 12}', "view"),
        ('{"type": "watch", "view": 4, "resolution": "123x45"}', "resolution"),
        ('{"type": "watch", "codec": "mpeg2"}', "codec"),
        ('{"type": "nothing"}', "body"),
        ("[1]", "body"),
        ("not json", "body"),
        ('{"type": "ack"}', "sequence"),
    ],
)
async def test_a_bad_wish_is_told_and_changes_nothing(side: Side, text: str, name: str) -> None:
    async with side.listening() as (_, port), browser(side, port, "view=4") as socket:
        await told(socket)
        spec = await side.camera.watched()
        await socket.send(text)
        error = await told(socket)
        assert (error["type"], error["status"], error["name"]) == ("error", 400, name)
        side.camera.publish(spec, 1)
        assert (await picture(socket)).sequence == 1


async def test_a_full_machine_is_told_and_another_wish_may_succeed(side: Side) -> None:
    side.camera.refuse = Busy("all encoders are in use")
    async with side.listening() as (_, port), browser(side, port, "view=4") as socket:
        assert await told(socket) == {"type": "error", "status": 503, "message": "all encoders are in use", "name": None}
        side.camera.refuse = None
        await socket.send(json.dumps({"type": "watch", "view": 4}))
        assert (await told(socket))["type"] == "hello"


@pytest.mark.feature("VIEW-03")
async def test_moves_at_drag_speed(side: Side) -> None:
    async with side.listening() as (_, port), browser(side, port, "view=4", Role.OPERATOR) as socket:
        await told(socket)
        for step in range(1, 61):
            await socket.send(json.dumps({"type": "pose", "pan": step}))
            pose = await told(socket)
            assert (pose["type"], pose["view"], pose["pan"]) == ("pose", 4, step)
        await socket.send(json.dumps({"type": "move", "view": 5, "pan": -1}))
        assert (await told(socket))["pan"] == 89
        await socket.send(json.dumps({"type": "center", "x": 0.5, "y": 0.5, "zoom": 2}))
        assert (await told(socket))["zoom"] > 3
        await socket.send(json.dumps({"type": "home"}))
        assert (await told(socket))["pan"] == 0
        await socket.send(json.dumps({"type": "key"}))
        await socket.send(json.dumps({"type": "pose", "view": 0}))
        assert (await told(socket))["type"] == "error"
        assert [spec.view for spec in side.camera.keys_asked] == [4]


async def test_a_joystick_turns_until_its_connection_ends(side: Side) -> None:
    head = side.camera.heads[4]
    async with side.listening() as (_, port):
        async with browser(side, port, "view=4", Role.OPERATOR) as socket:
            await told(socket)
            spec = await side.camera.watched()
            await socket.send(json.dumps({"type": "drive", "pan": 50}))
            assert (await told(socket))["type"] == "pose"
            side.clock.advance(2)
            assert head.moving
            assert head.pose.pan > 100
        await side.camera.unwatched(spec)
        assert head.movement.end_ns is not None


async def test_viewers_without_the_right_do_not_move(side: Side) -> None:
    async with side.listening() as (_, port), browser(side, port, "view=4") as socket:
        await told(socket)
        await socket.send(json.dumps({"type": "pose", "pan": 5}))
        assert (await told(socket))["status"] == 403
        assert side.camera.heads[4].moves == 0


async def test_an_acknowledging_client_is_never_sent_more_than_the_window_and_loses_whole_groups(side: Side) -> None:
    async with side.listening() as (_, port), browser(side, port, "view=4") as socket:
        await told(socket)
        spec = await side.camera.watched()
        await socket.send(json.dumps({"type": "ack", "sequence": 0}))
        await socket.send(json.dumps({"type": "nothing"}))
        await told(socket)  # the answer says that the acknowledgement before it was read
        numbers = []
        for number in range(ACK_WINDOW):
            side.camera.publish(spec, number, key=number == 0)
            numbers.append((await picture(socket)).sequence)
        assert numbers == list(range(ACK_WINDOW))
        for number in range(ACK_WINDOW, 300):
            side.camera.publish(spec, number, key=number % 30 == 0)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2):
                await socket.recv()
        while numbers[-1] < 299:
            await socket.send(json.dumps({"type": "ack", "sequence": numbers[-1]}))
            async with asyncio.timeout(5):
                frame = unpack(bytes(await socket.recv()))  # type: ignore[arg-type]
            assert frame.key or frame.sequence == numbers[-1] + 1, "a gap must end at a key picture"
            numbers.append(frame.sequence)
        assert frame.dropped == 300 - len(numbers) > 0


async def test_a_client_that_does_not_read_slows_nobody(side: Side) -> None:
    async with side.listening() as (_, port), browser(side, port, "view=4") as slow, browser(side, port, "view=4") as quick:
        await told(slow)
        await told(quick)
        spec = await side.camera.watched(2)
        seen = []
        for number in range(400):
            side.camera.publish(spec, number, key=number % 20 == 0, data=bytes(100_000))
            seen.append((await picture(quick)).sequence)
        assert seen == list(range(400))
        slow.transport.abort()
        await side.camera.watched(1)
        assert side.services.clients.total("dropped", Transport.WEBSOCKET) > 0


async def test_the_channels_end_is_told(side: Side) -> None:
    async with side.listening() as (_, port), browser(side, port, "view=4") as socket:
        await told(socket)
        side.camera.hub(await side.camera.watched()).close()
        assert (await told(socket))["type"] == "ended"


async def test_strangers_foreign_pages_and_bad_queries_do_not_get_in(side: Side) -> None:
    async with side.listening() as (_, port):
        for who, headers, query, status in (
            (None, {}, "", 401),
            (Role.VIEWER, {"Origin": "https://evil.example"}, "", 403),
            (Role.VIEWER, {}, "view=99", 400),
        ):
            with pytest.raises(InvalidStatus) as refused:
                async with browser(side, port, query, who, **headers):
                    pass
            assert refused.value.response.status_code == status


@pytest.mark.feature("INS-01", "INS-03")
async def test_preview_watches_but_does_not_move_and_ends_with_the_first_account(fresh: Side) -> None:
    async with fresh.listening() as (_, port), browser(fresh, port, "view=4", None) as socket:
        await told(socket)
        spec = await fresh.camera.watched()
        fresh.camera.publish(spec, 0)
        assert (await picture(socket)).sequence == 0
        await socket.send(json.dumps({"type": "pose", "pan": 5}))
        assert (await told(socket))["status"] == 403
        async with fresh.client() as client:
            assert (await client.post("/api/v1/setup", json=SETUP)).status_code == 200
        fresh.camera.publish(spec, 1)
        with pytest.raises(ConnectionClosed) as closed:
            await told(socket)
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 4401


async def test_a_removed_account_stops_watching(side: Side) -> None:
    async with side.listening() as (_, port), browser(side, port, "view=4") as socket:
        await told(socket)
        spec = await side.camera.watched()
        await side.services.accounts.remove("vera")
        side.camera.publish(spec, 0)
        with pytest.raises(ConnectionClosed):
            await told(socket)
        await side.camera.unwatched(spec)


@given(
    key=st.booleans(),
    number=st.integers(0, 2**40),
    pts=st.integers(-(2**60), 2**62),
    wall=st.integers(0, 2**62),
    data=st.binary(max_size=50),
    stream=st.integers(0, 2**20),
    dropped=st.integers(0, 2**40),
)
def test_frames_survive_the_wire(key: bool, number: int, pts: int, wall: int, data: bytes, stream: int, dropped: int) -> None:
    packet = Packet(Codec.AV1, data, key, pts, wall, number, discontinuity=not key)
    message = pack(packet, stream, dropped, 0)
    frame = unpack(message)
    assert len(message) == HEADER_SIZE + len(data)
    assert (frame.key, frame.discontinuity, frame.data) == (key, not key, data)
    assert (frame.stream, frame.sequence, frame.pts_us, frame.wall_us) == (stream % 65536, number % 2**32, pts // 1000, wall // 1000)
    assert frame.dropped == min(dropped, 2**32 - 1)


def test_what_is_no_frame_is_refused() -> None:
    for message in (b"", b"\1" * 39, b"\2" * 60):
        with pytest.raises(RemoteProtocolError):
            unpack(message)


async def test_digest_opens_the_live_stream_for_programs(side: Side) -> None:
    async with side.listening() as (_, port):
        url = f"http://127.0.0.1:{port}/api/v1/live?view=4"
        request = httpx.Request("GET", url)
        flow = httpx.DigestAuth(*PASSWORDS[Role.VIEWER]).sync_auth_flow(request)
        next(flow)
        with pytest.raises(InvalidStatus) as refused:
            await connect(url.replace("http", "ws"))
        challenge = refused.value.response.headers["WWW-Authenticate"]
        signed = flow.send(httpx.Response(401, headers={"WWW-Authenticate": challenge}, request=request))
        async with connect(url.replace("http", "ws"), additional_headers={"Authorization": signed.headers["authorization"]}) as socket:
            assert (await told(socket))["type"] == "hello"

"""Responders on the loopback interface, asked with datagrams: several cameras on one shared port, each answering for itself."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from panocam.discovery import ssdp, wsdiscovery
from panocam.discovery.announcement import Announcement, address_towards
from panocam.discovery.group import Group
from panocam.discovery.responder import MOST_WAITING, Responder, Upnp, WsDiscovery
from panocam.errors import Unavailable

HERE = "127.0.0.1"
CAMERA = Announcement("Hall", "M4328", "ACCC8E0102F0", 18080, 0, 0, host=HERE)
PROGRAM = """
import asyncio, sys
from panocam.discovery.announcement import Announcement
from panocam.discovery.responder import Responder, Upnp, WsDiscovery
async def main():
    camera = Announcement("Hall", "M4328", sys.argv[1], 18080, 0, 0, host="127.0.0.1")
    async with Responder(Upnp(camera), camera.host), Responder(WsDiscovery(camera, 1), camera.host):
        print("ready", flush=True)
        await asyncio.to_thread(sys.stdin.read)
asyncio.run(main())
"""


class Listener:
    """Hears what is said to a group, or only what is answered, and waits for what a test expects."""

    def __init__(self, group: str, port: int, *, listening: bool) -> None:
        self.heard: list[bytes] = []
        self._news = asyncio.Event()
        self.group = Group(group, port, [HERE], self._hear, listening=listening)

    def _hear(self, data: bytes, sender: tuple[str, int]) -> None:
        self.heard.append(data)
        self._news.set()

    async def until(self, enough: Callable[[list[bytes]], object]) -> None:
        async with asyncio.timeout(10):
            while not enough(self.heard):
                self._news.clear()
                await self._news.wait()


@asynccontextmanager
async def listener(group: str, port: int, *, listening: bool = True) -> AsyncIterator[Listener]:
    made = Listener(group, port, listening=listening)
    try:
        async with made.group:
            yield made
    except Unavailable as reason:
        pytest.skip(f"no multicast here: {reason}")


def sightings(data: list[bytes], serial: str, *, gone: bool) -> int:
    said = [ssdp.read(text) for text in data]
    return sum(isinstance(each, ssdp.Sighting) and each.serial == serial and each.gone is gone for each in said)


async def test_upnp_says_hello_answers_and_says_goodbye() -> None:
    async with listener(ssdp.GROUP, ssdp.PORT) as everybody, listener(ssdp.GROUP, ssdp.PORT, listening=False) as asking:
        async with Responder(Upnp(CAMERA), HERE):
            await everybody.until(lambda heard: sightings(heard, CAMERA.serial, gone=False) == 3)
            asking.group.shout(lambda _: [ssdp.search(ssdp.ROOT, 1)])
            await asking.until(lambda heard: sightings(heard, CAMERA.serial, gone=False) == 1)
        await everybody.until(lambda heard: sightings(heard, CAMERA.serial, gone=True) == 3)


async def test_wsdiscovery_says_hello_and_answers() -> None:
    async with (
        listener(wsdiscovery.GROUP, wsdiscovery.PORT) as everybody,
        listener(wsdiscovery.GROUP, wsdiscovery.PORT, listening=False) as me,
    ):
        camera = replace(CAMERA, device_service="/onvif/device_service")
        ours = wsdiscovery.Target(camera, 1).endpoint.encode()
        async with Responder(WsDiscovery(camera, 1), HERE):
            await everybody.until(lambda heard: any(ours in text and b"/Hello<" in text for text in heard))
            me.group.shout(lambda _: [wsdiscovery.probe("tds:Device")])
            await me.until(lambda heard: any(ours in text and b"http://127.0.0.1:18080/onvif/device_service" in text for text in heard))
        await everybody.until(lambda heard: any(ours in text and b"/Bye<" in text for text in heard))


@pytest.mark.feature("GET-01")
async def test_three_programs_share_the_ports_and_all_answer() -> None:
    serials = [f"ACCC8E0102F{number}" for number in range(1, 4)]
    pipe = asyncio.subprocess.PIPE
    programs = [await asyncio.create_subprocess_exec(sys.executable, "-c", PROGRAM, serial, stdin=pipe, stdout=pipe) for serial in serials]
    try:
        for program in programs:
            assert program.stdout
            assert await program.stdout.readline() == b"ready\n"
        async with listener(ssdp.GROUP, ssdp.PORT, listening=False) as asking:
            asking.group.shout(lambda _: [ssdp.search(ssdp.BASIC, 1)])
            await asking.until(lambda heard: all(sightings(heard, serial, gone=False) for serial in serials))
        async with listener(wsdiscovery.GROUP, wsdiscovery.PORT, listening=False) as asking:
            asking.group.shout(lambda _: [wsdiscovery.probe()])
            await asking.until(lambda heard: all(any(f"/{serial}".encode() in text for text in heard) for serial in serials))
    finally:
        for program in programs:
            await program.communicate(b"")


async def test_a_flood_of_questions_does_not_pile_up_answers() -> None:
    async with listener(ssdp.GROUP, ssdp.PORT, listening=False), Responder(Upnp(CAMERA), HERE) as responder:
        for _ in range(10 * MOST_WAITING):
            responder._heard(ssdp.search(ssdp.ROOT, 5), (HERE, 9))
        assert len(responder._waiting) == MOST_WAITING


async def test_without_an_interface_it_is_told() -> None:
    with pytest.raises(Unavailable, match="IPv4"):
        async with Responder(Upnp(replace(CAMERA, host="::1")), "::1"):
            pass


def test_far_away_senders_are_not_heard() -> None:
    heard = list[bytes]()
    group = Group(ssdp.GROUP, ssdp.PORT, [HERE], lambda data, sender: heard.append(data))
    group.datagram_received(b"from far away", ("8.8.8.8", 1900))
    group.datagram_received(b"from here", ("192.168.1.9", 1900))
    assert heard == [b"from here"]


def test_a_peer_is_told_the_address_that_it_can_reach() -> None:
    assert address_towards("127.0.0.9", None) == HERE
    assert address_towards("127.0.0.9", "192.0.2.1") == "192.0.2.1"

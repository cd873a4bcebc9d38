"""Outlets and sockets: bytes keep their order whatever the kernel takes at once, on both event loops."""

import asyncio
import errno
import random
import socket

import pytest
import uvloop

from panocam.streaming.outlet import QueueOutlet, TransportOutlet
from panocam.streaming.rtp.burst import Burst
from panocam.streaming.udp import UdpPair

CHUNKS = 80


async def send_to_a_slow_reader() -> None:
    """The server writes faster than its reader reads; the reader must get every byte in order."""
    random.seed(1)
    chunks = [bytes((index % 251,)) * random.randint(1, 40_000) for index in range(CHUNKS)]
    high = 0

    class Sender(asyncio.Protocol):
        def connection_made(self, transport):
            transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 16_384)
            self.outlet = TransportOutlet(transport)

        def data_received(self, data):
            nonlocal high
            for chunk in chunks[: len(data)]:
                self.outlet.write(chunk)
            del chunks[: len(data)]
            high = max(high, self.outlet.pending())

    expected = b"".join(chunks)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Sender, "127.0.0.1", 0)
    reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname()[:2], limit=8192)
    got = bytearray()
    for _ in range(CHUNKS // 4):
        writer.write(b"four")
        got += await reader.read(5_000)
    async with asyncio.timeout(20):
        while len(got) < len(expected):
            got += await reader.read(65_536)
    same = got == expected  # apart, because a difference of megabytes takes for ever to print
    assert same
    assert high > 16_384  # both ways, straight to the kernel and through the transport, were taken
    writer.close()
    server.close()


def test_order_is_kept_on_asyncios_loop():
    asyncio.run(send_to_a_slow_reader())


def test_order_is_kept_on_uvloop():
    uvloop.run(send_to_a_slow_reader())


async def test_what_is_queued_is_sent_before_the_end():
    outlet, sent = QueueOutlet(("h", 1), ("h", 2), "websocket", secure=True), []

    async def send(data):
        sent.append(data)

    outlet.write(b"one")
    outlet.write(b"two!")
    assert outlet.pending() == 7
    outlet.close()
    outlet.write(b"late")
    await outlet.pump(send)
    assert sent == [b"one", b"two!"]
    assert outlet.pending() == 0


@pytest.mark.parametrize("offload", [True, False])
async def test_datagrams_are_the_same_with_and_without_segmentation_offload(offload):
    packets = [bytes((index,)) * size for index, size in enumerate((20, 1452, 1452, 1452, 700, 8, 1452, 3))]
    receiver = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    receiver.bind(("127.0.0.1", 0))
    receiver.setblocking(False)
    pair = UdpPair("127.0.0.1", range(40000, 50000), lambda data, sender, index: None)
    pair._offload = pair._offload and offload
    assert pair.send(Burst(packets, 0, 0, 0, 0, True), receiver.getsockname())
    loop = asyncio.get_running_loop()
    async with asyncio.timeout(5):
        got = [(await loop.sock_recvfrom(receiver, 2048))[0] for _ in packets]
    assert got == packets
    pair.close()
    pair.close()
    receiver.close()


class NoOffload:
    """A socket of a system that cannot segment."""

    def __init__(self, sock):
        self._sock, self.tried = sock, 0

    def sendmsg(self, *args):
        self.tried += 1
        raise OSError(errno.EIO, "no checksum offload")

    def __getattr__(self, name):
        return getattr(self._sock, name)


async def test_where_segmentation_fails_it_goes_packet_by_packet_from_then_on():
    receiver = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    receiver.bind(("127.0.0.1", 0))
    receiver.settimeout(5)
    pair = UdpPair("127.0.0.1", range(40000, 50000), lambda data, sender, index: None)
    pair._offload, pair._sockets = True, (NoOffload(pair._sockets[0]), pair._sockets[1])
    packets = [b"a" * 100, b"b" * 100, b"c" * 60, b"d" * 100]
    for _ in range(2):
        assert pair.send(Burst(packets, 0, 0, 0, 0, True), receiver.getsockname())
        assert [receiver.recv(2048) for _ in packets] == packets
    assert pair.sockets[0].tried == 1
    pair.close()
    receiver.close()

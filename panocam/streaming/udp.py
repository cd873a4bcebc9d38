"""A pair of UDP sockets, RTP on an even port and RTCP on the next (RFC 3550 §11), and the sending of pictures through them.

A picture of thirty packets is one system call where the kernel cuts it into datagrams itself (UDP segmentation offload, Linux);
elsewhere, and on paths where that fails, it is one call a packet. A full socket buffer means the picture is lost, and nothing waits.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import socket
import struct
import sys
from collections.abc import Callable

from panocam.errors import Busy
from panocam.streaming.rtp.burst import Burst

UDP_SEGMENT = 103
"""Control message that gives the segment size (linux/udp.h)."""

_SEND_BUFFER = 1 << 20
_DATAGRAMS_AT_ONCE = 16
_TRIES = 100
_IP_MTU_DISCOVER, _IP_PMTUDISC_DONT = 10, 0

Receive = Callable[[bytes, tuple[str, int], int], None]
"""Called with a datagram, its sender, and which of the pair it came to (0 RTP, 1 RTCP)."""


class UdpPair:
    """Both sockets, bound next to each other. Raises Busy when no pair of ports is free."""

    def __init__(self, local: str, ports: range, received: Receive) -> None:
        self._sockets = _bind_pair(local, ports)
        self._received = received
        self._offload = sys.platform == "linux"
        self._loop = asyncio.get_running_loop()
        for index, sock in enumerate(self._sockets):
            self._loop.add_reader(sock.fileno(), self._read, index)

    @property
    def ports(self) -> tuple[int, int]:
        """(RTP, RTCP) ports of this side."""
        rtp, rtcp = self._sockets
        return rtp.getsockname()[1], rtcp.getsockname()[1]

    @property
    def sockets(self) -> tuple[socket.socket, socket.socket]:
        """(RTP, RTCP) sockets, for options."""
        return self._sockets

    def send(self, burst: Burst, to: tuple[str, int]) -> bool:
        """Send a picture; False when the kernel would not take all of it."""
        try:
            for joined, size in burst.runs():
                self._send_run(joined, size, to)
        except OSError:
            return False
        return True

    def _send_run(self, joined: bytes, size: int, to: tuple[str, int]) -> None:
        rtp = self._sockets[0]
        if self._offload:
            try:
                rtp.sendmsg([joined], [(socket.IPPROTO_UDP, UDP_SEGMENT, struct.pack("=H", size))], 0, to)
                return
            except BlockingIOError:
                raise
            except OSError:
                # No segmentation on this kernel, device or path: packet by packet from here on.
                self._offload = False
        for at in range(0, len(joined), size):
            rtp.sendto(joined[at : at + size], to)

    def send_control(self, rtcp: bytes, to: tuple[str, int]) -> None:
        """Send RTCP; a loss is no harm, the next report comes."""
        with contextlib.suppress(OSError):
            self._sockets[1].sendto(rtcp, to)

    def _read(self, index: int) -> None:
        for _ in range(_DATAGRAMS_AT_ONCE):
            try:
                data, sender = self._sockets[index].recvfrom(2048)
            except OSError:
                return
            self._received(data, (sender[0], sender[1]), index)

    def close(self) -> None:
        """Free both ports. Closing twice is allowed."""
        for sock in self._sockets:
            if sock.fileno() >= 0:
                self._loop.remove_reader(sock.fileno())
                sock.close()


class UdpSink:
    """Unicast RTP to one client. Its true ports are learned from what it sends, because a router in between may have changed them."""

    def __init__(self, local: str, client: tuple[str, int, int], ports: range, heard: Callable[[bytes], None]) -> None:
        host, rtp, rtcp = client
        self._targets = [(host, rtp), (host, rtcp)]
        self._heard = heard
        self._pair = UdpPair(local, ports, self._received)

    @property
    def ports(self) -> tuple[int, int]:
        """This side's (RTP, RTCP) ports."""
        return self._pair.ports

    def send(self, burst: Burst) -> bool:
        """The picture as datagrams."""
        return self._pair.send(burst, self._targets[0])

    def drained(self) -> bool:
        """There is no queue that could be full for long."""
        return True

    def control(self, rtcp: bytes) -> None:
        """RTCP to the client's second port."""
        self._pair.send_control(rtcp, self._targets[1])

    def _received(self, data: bytes, sender: tuple[str, int], index: int) -> None:
        # Only the port may differ: a datagram from elsewhere must not be able to draw the stream to itself.
        if sender[0] != self._targets[index][0]:
            return
        self._targets[index] = sender
        if index == 1:
            self._heard(data)

    def close(self) -> None:
        """Free the ports."""
        self._pair.close()


def _bind_pair(local: str, ports: range) -> tuple[socket.socket, socket.socket]:
    family = socket.AF_INET6 if ":" in local else socket.AF_INET
    evens = ports[ports.start % 2 :: 2]
    for port in random.sample(evens, min(_TRIES, len(evens))):
        rtp, rtcp = (socket.socket(family, socket.SOCK_DGRAM) for _ in range(2))
        try:
            rtp.bind((local, port))
            rtcp.bind((local, port + 1))
        except OSError:
            rtp.close()
            rtcp.close()
            continue
        for sock in (rtp, rtcp):
            sock.setblocking(False)
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BUFFER)
            if sys.platform == "linux" and family == socket.AF_INET:
                # Where a tunnel makes the path narrower than the packets, fragments are better than nothing.
                sock.setsockopt(socket.IPPROTO_IP, _IP_MTU_DISCOVER, _IP_PMTUDISC_DONT)
        return rtp, rtcp
    raise Busy(f"no pair of UDP ports is free between {ports.start} and {ports.stop - 1}; widen the range or wait")

"""One sender a channel for everybody in a multicast group, however many sessions listen.

Groups and ports are the camera's choice out of a configured range, never a client's: a client that names a destination could
point the stream at somebody else. Sending begins with the first session that plays and ends with the last.
"""

from __future__ import annotations

import ipaddress
import socket
from dataclasses import dataclass

from panocam.errors import Busy, InvalidValue
from panocam.streaming.feed import Feed
from panocam.streaming.rtp.burst import Burst
from panocam.streaming.tap import Tap
from panocam.streaming.udp import UdpPair


@dataclass(frozen=True)
class MulticastRange:
    """``count`` groups from ``first`` upwards; the group of index i has the RTP port ``port + 2 i``. ``ttl`` 1 = this network."""

    first: str = "239.192.77.1"
    port: int = 50000
    ttl: int = 5
    count: int = 64

    def __post_init__(self) -> None:
        if self.port % 2 or not 1024 <= self.port <= 65536 - 2 * self.count:
            raise InvalidValue("multicast port", self.port, "give an even number with room for two ports a group above it")
        if not 1 <= self.ttl <= 255:
            raise InvalidValue("multicast ttl", self.ttl, "give 1 (this network only) to 255")
        try:
            multicast = ipaddress.IPv4Address(self.first).is_multicast and ipaddress.IPv4Address(self.group(self.count - 1)).is_multicast
        except ValueError:
            multicast = False
        if not multicast:
            raise InvalidValue("multicast address", self.first, "give an IPv4 multicast address, for example 239.192.77.1")

    def group(self, index: int) -> str:
        """The address of a group."""
        return str(ipaddress.IPv4Address(self.first) + index)

    def ports(self, index: int) -> tuple[int, int]:
        """The (RTP, RTCP) ports of a group."""
        return self.port + 2 * index, self.port + 2 * index + 1


class Group:
    """One feed's multicast group. Sessions ``hold`` and ``release`` it, and ``enter`` and ``leave`` while they play."""

    def __init__(self, feed: Feed, index: int, plan: MulticastRange, local: str, server_ports: range) -> None:
        self.feed, self.index = feed, index
        self.address, self.ports, self.ttl = plan.group(index), plan.ports(index), plan.ttl
        self.tap = Tap(self)
        self.holders = 0
        self._players = 0
        self._pair = UdpPair(local, server_ports, lambda data, sender, index: None)
        for sock in self._pair.sockets:
            sock.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, plan.ttl)
            sock.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_LOOP, 1)
            sock.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(local))

    def enter(self) -> None:
        """A session plays; the first one starts the sender."""
        self._players += 1
        if self._players == 1:
            self.feed.join(self.tap)

    def leave(self) -> None:
        """A session pauses or ends; the last one stops the sender."""
        self._players -= 1
        if not self._players:
            self.feed.leave(self.tap)

    def send(self, burst: Burst) -> bool:
        """The picture to the group."""
        return self._pair.send(burst, (self.address, self.ports[0]))

    def drained(self) -> bool:
        """There is no queue that could be full for long."""
        return True

    def control(self, rtcp: bytes) -> None:
        """RTCP to the group's second port."""
        self._pair.send_control(rtcp, (self.address, self.ports[1]))

    def close(self) -> None:
        """Free the ports."""
        self._pair.close()


class Groups:
    """All groups in use. Raises Busy when the configured range is used up."""

    def __init__(self, plan: MulticastRange, server_ports: range) -> None:
        self._plan, self._server_ports = plan, server_ports
        self._groups: dict[Feed, Group] = {}

    def set_plan(self, plan: MulticastRange, server_ports: range) -> None:
        """For groups from now on. One in use keeps its address, which no other gets meanwhile."""
        self._plan, self._server_ports = plan, server_ports

    def hold(self, feed: Feed, local: str) -> Group:
        """The group of a feed, made if need be; ``local`` is the address of the network interface to send from."""
        group = self._groups.get(feed)
        if group is None:
            used = {group.address for group in self._groups.values()}
            index = next((index for index in range(self._plan.count) if self._plan.group(index) not in used), None)
            if index is None:
                raise Busy(f"all {self._plan.count} multicast groups are in use; configure a larger range")
            group = self._groups[feed] = Group(feed, index, self._plan, local, self._server_ports)
        group.holders += 1
        return group

    def release(self, group: Group) -> None:
        """Give back what ``hold`` gave."""
        group.holders -= 1
        if not group.holders:
            del self._groups[group.feed]
            group.close()

    def __len__(self) -> int:
        return len(self._groups)

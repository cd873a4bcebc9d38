"""The limits of the RTSP server, in one value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from panocam.errors import InvalidValue
from panocam.streaming.multicast import MulticastRange


@dataclass(frozen=True)
class RtspOptions:
    """Seconds, bytes and counts.

    ``session_timeout``: a session whose client neither asks, reports nor takes its stream for so long is ended.
    ``silent_timeout``: a connection that has not sent one whole request by then is closed. ``idle_timeout``: so is one that
    has no session and asks nothing. ``write_bound``: bytes that may wait for one reader before pictures are left out.
    ``max_per_address``: connections from one address. ``udp_ports``: where the server's port pairs are taken from.
    ``profiles``: stream arguments by the name of the profile that holds them.
    """

    max_connections: int = 4000
    max_sessions: int = 4000
    max_per_address: int = 4000
    session_timeout: float = 60
    silent_timeout: float = 15
    idle_timeout: float = 60
    write_bound: int = 1 << 20
    udp_ports: range = range(50200, 60000)
    multicast: MulticastRange = field(default_factory=MulticastRange)
    profiles: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if len(self.udp_ports) < 2 or self.udp_ports.start < 1024 or self.udp_ports.stop > 65536:
            raise InvalidValue("udp_ports", self.udp_ports, "give a range of at least two ports between 1024 and 65535")
        if self.session_timeout < 10:
            raise InvalidValue("session_timeout", self.session_timeout, "give at least 10 seconds, clients report every five")

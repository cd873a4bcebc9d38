"""Where the camera listens and how people log in: the groups Network, HTTPS and System.

Ports take effect at the next start, as the settings behind them do.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator

from panocam.api.services import Services
from panocam.api.vapix.params.leaf import Leaf, bound, fact, facts, text, whole
from panocam.discovery.announcement import own_addresses
from panocam.settings.role import Role
from panocam.settings.system import HttpPolicy, Schemes

ADMIN = Role.ADMINISTRATOR
PORT = whole(0, 65_535)


def rows() -> Iterator[Leaf]:
    """Every leaf of these groups."""
    yield from facts(
        "Network",
        {
            "BootProto": "none",
            "HTTP.AuthenticationPolicy": _policy,
            "HTTP.AuthenticationWithQop": "yes",
            "HostName": lambda services: socket.gethostname(),
            "VolatileHostName.HostName": lambda services: socket.gethostname(),
            "RTSP.Enabled": "yes",
            "RTSP.ProtViewer": lambda services: "anonymous" if services.settings.snapshot.access.anonymous_viewing else "password",
            "RTSP.Timeout": "60",
            "RTSPS.Enabled": "yes",
            "RTP.NbrOfRTPGroups": "1",
            "eth0.IPAddress": lambda services: own_addresses(services.settings.running.network.host)[0],
            "eth0.MACAddress": _mac,
        },
    )
    yield from bound("Network.RTSP.Port", "network.rtsp_port", PORT)
    yield from bound("Network.RTSPS.Port", "network.rtsps_port", PORT)
    yield from bound("Network.RTP.StartPort", "network.rtp_port_first", whole(1024, 65_534))
    yield from bound("Network.RTP.EndPort", "network.rtp_port_last", whole(1025, 65_535))
    yield from bound("Network.RTP.R0.VideoAddress", "network.multicast_address", text(15))
    yield from bound("Network.RTP.R0.VideoPort", "network.multicast_port", whole(1024, 65_534))
    yield from bound("Network.RTP.R0.TTL", "network.multicast_ttl", whole(1, 255))
    yield fact("HTTPS.Enabled", _listens(HttpPolicy.HTTP))
    yield from bound("HTTPS.Port", "network.https_port", PORT)
    yield from bound("System.BoaPort", "network.http_port", PORT)
    yield fact("System.BoaProtViewer", lambda services: "anonymous" if services.settings.snapshot.access.anonymous_viewing else "password")
    yield fact("System.RootPwdSet", lambda services: not services.needs_setup)


def _policy(services: Services) -> str:
    """Login over HTTP and HTTPS in one word: ``recommended`` is digest where nothing is encrypted and both elsewhere."""
    access = services.settings.snapshot.access
    if access.plain_login is Schemes.DIGEST and access.secure_login is not Schemes.DIGEST:
        return "recommended"
    return {Schemes.DIGEST: "digest", Schemes.BASIC: "basic", Schemes.BOTH: "basic_digest"}[access.plain_login]


def _listens(without: HttpPolicy) -> Callable[[Services], object]:
    return lambda services: services.settings.running.network.http_policy is not without


def _mac(services: Services) -> str:
    serial = services.settings.running.device.serial
    return ":".join(serial[k : k + 2] for k in range(0, 12, 2))

"""Where the camera listens and how people log in: the groups Network, HTTPS and System.

Ports take effect at the next start, as the settings behind them do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import replace
from functools import cached_property

from panocam.api.services import Services
from panocam.api.vapix.params.leaf import YES_NO, Changes, Leaf, bound, choice, fact, facts, text, whole
from panocam.discovery.announcement import own_addresses
from panocam.network.identity import host_name
from panocam.network.interfaces import Interface, Resolver, interfaces, resolver
from panocam.settings.role import Role
from panocam.settings.system import HttpPolicy, Schemes

ADMIN = Role.ADMINISTRATOR
PORT = whole(0, 65_535)
POLICY = choice({str(policy): policy for policy in HttpPolicy})
NONE = Interface("", "", None, False, (), "")
HOST_NAME = text(63)
GROUPS = {"admin": Role.ADMINISTRATOR, "operator": Role.OPERATOR, "viewer": Role.VIEWER}


def _port(path: str, setting: str, open_now: Callable[[Services], int | None]) -> Iterator[Leaf]:
    """A port's number; where the setting is 0, "any that is free", the one that was found."""
    (leaf,) = bound(path, setting, PORT)

    def read(services: Services) -> str:
        chosen = leaf.read(services)
        return chosen if chosen != "0" else str(open_now(services) or 0)

    yield replace(leaf, read=read)


def rows() -> Iterator[Leaf]:
    """Every leaf of these groups."""
    yield from facts(
        "Network",
        {
            "BootProto": "none",
            "HTTP.AuthenticationPolicy": _policy,
            "HTTP.AuthenticationWithQop": "yes",
            "VolatileHostName.HostName": lambda services: host_name(services.settings.snapshot),
            "VolatileHostName.ObtainFromDHCP": "no",
            "DefaultRouter": lambda services: _main(services).router,
            "SubnetMask": lambda services: _netmask(_main(services)),
            "IPAddress": lambda services: _ip(_main(services)),
            "DNSServer1": lambda services: _name_server(services, 0),
            "DNSServer2": lambda services: _name_server(services, 1),
            "DomainName": lambda services: next(iter(_machine(services).resolver.search), ""),
            "eth0.Name": lambda services: _main(services).name,
            "eth0.SubnetMask": lambda services: _netmask(_main(services)),
            "eth0.Broadcast": lambda services: _broadcast(_main(services)),
            "eth0.IPv6.IPAddresses": lambda services: " ".join(f"{a.text}/{a.prefix}" for a in _main(services).addresses if a.version == 6),
            "RTSP.ProtViewer": lambda services: "anonymous" if services.settings.snapshot.access.anonymous_viewing else "password",
            "RTSP.Timeout": "60",
            "RTP.NbrOfRTPGroups": "1",
            "eth0.IPAddress": lambda services: _machine(services).told,
            "eth0.MACAddress": _mac,
        },
    )
    yield from bound("Network.HostName", "addressing.host_name", HOST_NAME)
    yield from bound("Network.RTSP.Enabled", "network.rtsp_enabled", YES_NO)
    yield from bound("Network.RTSPS.Enabled", "network.rtsps_enabled", YES_NO)
    yield from _port("Network.RTSP.Port", "network.rtsp_port", lambda services: services.rtsp_port())
    yield from _port("Network.RTSPS.Port", "network.rtsps_port", lambda services: services.rtsps_port())
    yield from bound("Network.RTP.StartPort", "network.rtp_port_first", whole(1024, 65_534))
    yield from bound("Network.RTP.EndPort", "network.rtp_port_last", whole(1025, 65_535))
    yield from bound("Network.RTP.R0.VideoAddress", "network.multicast_address", text(15))
    yield from bound("Network.RTP.R0.VideoPort", "network.multicast_port", whole(1024, 65_534))
    yield from bound("Network.RTP.R0.TTL", "network.multicast_ttl", whole(1, 255))
    yield Leaf(
        "HTTPS.Enabled",
        lambda services: YES_NO.show(_policy_of(services).allows(secure=True)),
        YES_NO.shape,
        _switch_https,
        write_role=ADMIN,
        title="HTTPS",
    )
    yield fact("HTTPS.Ciphers", lambda services: ":".join(services.tls.ciphers) if services.tls else "")
    yield from _port("HTTPS.Port", "network.https_port", lambda services: services.https_port())
    yield from _port("System.BoaPort", "network.http_port", lambda services: services.http_port())
    yield fact("System.BoaProtViewer", lambda services: "anonymous" if services.settings.snapshot.access.anonymous_viewing else "password")
    for group, role in GROUPS.items():
        yield from bound(f"System.BoaGroupPolicy.{group}", f"access.{role}_policy", POLICY)
    yield fact("System.RootPwdSet", lambda services: not services.needs_setup)


class Machine:
    """What the machine says of its network, each thing asked for once and not before somebody wants it."""

    def __init__(self, host: str) -> None:
        self._host = host

    @cached_property
    def told(self) -> str:
        """The address that the camera tells first."""
        return own_addresses(self._host)[0]

    @cached_property
    def main(self) -> Interface:
        """The interface that clients know as eth0: the one with that address."""
        return next((each for each in interfaces() if self.told in (address.text for address in each.addresses)), NONE)

    @cached_property
    def resolver(self) -> Resolver:
        return resolver()


_LOOKED: ContextVar[Machine | None] = ContextVar("looked", default=None)


@contextmanager
def one_look(services: Services) -> Iterator[None]:
    """Inside the block the machine is asked once, though a dozen leaves tell of it: asking takes milliseconds."""
    token = _LOOKED.set(Machine(services.settings.running.network.host))
    try:
        yield
    finally:
        _LOOKED.reset(token)


def _machine(services: Services) -> Machine:
    return _LOOKED.get() or Machine(services.settings.running.network.host)


def _main(services: Services) -> Interface:
    return _machine(services).main


def _ip(interface: Interface) -> str:
    return next((address.text for address in interface.addresses if address.version == 4), "")


def _netmask(interface: Interface) -> str:
    return next((str(address.network.netmask) for address in interface.addresses if address.version == 4), "")


def _broadcast(interface: Interface) -> str:
    return next((str(address.network.broadcast_address) for address in interface.addresses if address.version == 4), "")


def _name_server(services: Services, number: int) -> str:
    return (*_machine(services).resolver.servers, "", "")[number]


def _policy(services: Services) -> str:
    """Login over HTTP and HTTPS in one word: ``recommended`` is digest where nothing is encrypted and both elsewhere."""
    access = services.settings.snapshot.access
    if access.plain_login is Schemes.DIGEST and access.secure_login is not Schemes.DIGEST:
        return "recommended"
    return {Schemes.DIGEST: "digest", Schemes.BASIC: "basic", Schemes.BOTH: "basic_digest"}[access.plain_login]


def _policy_of(services: Services) -> HttpPolicy:
    return services.settings.snapshot.network.http_policy


def _switch_https(services: Services, value: str, _so_far: Changes) -> Changes:
    """HTTPS off leaves HTTP alone; on adds HTTPS to what there is."""
    on, now = YES_NO.read(value), _policy_of(services)
    wanted = now if now.allows(secure=True) is on else HttpPolicy.BOTH if on else HttpPolicy.HTTP
    return {"network.http_policy": wanted}


def _mac(services: Services) -> str:
    serial = services.settings.running.device.serial
    return ":".join(serial[k : k + 2] for k in range(0, 12, 2))

"""Addresses and the default route of one interface, by way of Linux's netlink. Blocking calls, for a thread."""

from __future__ import annotations

import socket
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from ipaddress import IPv4Address, IPv4Interface
from pathlib import Path
from typing import Any

from panocam.errors import Unavailable

CAP_NET_ADMIN, CAP_NET_RAW = 12, 13
_EXISTS = 17


def obstacle(interface: str) -> str:
    """Why the addresses of ``interface`` cannot be set, in a sentence; "" when they can."""
    if sys.platform != "linux":
        return "Addresses can be set on Linux only: set them in the machine's own settings."
    if interface not in {name for _, name in socket.if_nameindex()}:
        return f"There is no network interface {interface}; --manage-interface names one of this machine."
    if not _may():
        return "The camera lacks the rights: run it as root, or with CAP_NET_ADMIN and CAP_NET_RAW."
    try:
        import pyroute2  # noqa: F401 - is it there?
    except ImportError:
        return "The pyroute2 package is missing: install panocam[network]."
    return ""


def addresses(interface: str) -> list[IPv4Interface]:
    """Its IPv4 addresses. Raises Unavailable."""
    with _route(interface) as (ip, index):
        found = []
        for message in ip.get_addr(family=socket.AF_INET, index=index):
            text = dict(message["attrs"]).get("IFA_LOCAL") or dict(message["attrs"]).get("IFA_ADDRESS")
            found.append(IPv4Interface(f"{text}/{message['prefixlen']}"))
        return found


def give(interface: str, camera: IPv4Interface, router: IPv4Address | None) -> None:
    """Add the address, switch the interface on, and lead what is not local to the router. Raises Unavailable."""
    from pyroute2.netlink.exceptions import NetlinkError

    with _route(interface) as (ip, index):
        try:
            network = camera.network
            broadcast = str(network.broadcast_address)
            ip.addr("add", index=index, address=str(camera.ip), prefixlen=network.prefixlen, broadcast=broadcast)
        except NetlinkError as fault:
            if fault.code != _EXISTS:
                raise
        ip.link("set", index=index, state="up")
        if router is not None:
            ip.route("replace", dst="default", gateway=str(router), oif=index)


def take(interface: str, old: Iterable[IPv4Interface]) -> None:
    """Remove addresses; those that are gone already are no trouble. Raises Unavailable."""
    from pyroute2.netlink.exceptions import NetlinkError

    with _route(interface) as (ip, index):
        for each in old:
            try:
                ip.addr("delete", index=index, address=str(each.ip), prefixlen=each.network.prefixlen)
            except NetlinkError:
                continue


@contextmanager
def _route(interface: str) -> Iterator[tuple[Any, int]]:
    from pyroute2 import IPRoute
    from pyroute2.netlink.exceptions import NetlinkError

    try:
        with IPRoute() as ip:
            yield ip, socket.if_nametoindex(interface)
    except (NetlinkError, OSError) as fault:
        raise Unavailable(f"the addresses of {interface} cannot be changed: {fault}") from None


def _may() -> bool:
    """Whether this process has both capabilities, by its bits in /proc."""
    try:
        status = Path("/proc/self/status").read_text()
    except OSError:
        return False
    effective = next((int(line.split()[1], 16) for line in status.splitlines() if line.startswith("CapEff:")), 0)
    return all(effective >> bit & 1 for bit in (CAP_NET_ADMIN, CAP_NET_RAW))

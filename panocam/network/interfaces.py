"""The machine's interfaces, routes and name servers, as they are at this moment. Nothing is changed here, and no rights are needed.

What the operating system does not tell (anywhere but on Linux that is hardware addresses, links and routes) is empty.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Network, ip_address, ip_interface
from pathlib import Path

import ifaddr

ROOT = Path("/")
_GATEWAY = 0x2


@dataclass(frozen=True)
class Address:
    """``text`` is without a zone; ``prefix`` the bits of its network. ``scope``: global, link or host."""

    text: str
    prefix: int
    scope: str

    @property
    def version(self) -> int:
        """4 or 6."""
        return ip_address(self.text).version

    @property
    def network(self) -> IPv4Network | IPv6Network:
        """The network that it is in."""
        return ip_interface(f"{self.text}/{self.prefix}").network


@dataclass(frozen=True)
class Interface:
    """``mac`` is empty where the system does not tell or there is none; ``link`` None where it does not tell."""

    name: str
    mac: str
    link: bool | None
    wireless: bool
    addresses: tuple[Address, ...]
    router: str


@dataclass(frozen=True)
class Resolver:
    """Where names are looked up."""

    servers: tuple[str, ...] = ()
    search: tuple[str, ...] = ()


def interfaces(root: Path = ROOT) -> list[Interface]:
    """All but loopback, in the order of their numbers."""
    routers, found = default_routers(root), []
    for adapter in sorted(ifaddr.get_adapters(include_unconfigured=True), key=lambda each: each.index or 0):
        name = str(adapter.name)
        addresses = tuple(_address(ip.ip if isinstance(ip.ip, str) else str(ip.ip[0]), ip.network_prefix) for ip in adapter.ips)
        if (addresses and all(address.scope == "host" for address in addresses)) or name == "lo":
            continue
        folder = root / "sys/class/net" / name
        carrier = _read(folder / "carrier")
        found.append(
            Interface(
                name,
                _read(folder / "address").upper(),
                carrier == "1" if folder.is_dir() else None,
                (folder / "wireless").exists(),
                addresses,
                routers.get(name, ""),
            )
        )
    return found


def default_routers(root: Path = ROOT) -> dict[str, str]:
    """The IPv4 router of each interface that has a default route, as Linux lists them; the best one of an interface."""
    best: dict[str, tuple[int, str]] = {}
    for line in _read(root / "proc/net/route").splitlines()[1:]:
        fields = line.split()
        try:
            name, metric = fields[0], int(fields[6])
            destination, gateway, flags = (int(field, 16) for field in fields[1:4])
        except (IndexError, ValueError):
            continue
        if destination == 0 and flags & _GATEWAY and (name not in best or metric < best[name][0]):
            best[name] = metric, str(IPv4Address(struct.pack("=I", gateway & 0xFFFFFFFF)))
    return {name: router for name, (_, router) in best.items()}


def resolver(root: Path = ROOT) -> Resolver:
    """What ``/etc/resolv.conf`` says; later ``search`` lines win, as in resolv.conf(5)."""
    servers: list[str] = []
    search: tuple[str, ...] = ()
    for line in _read(root / "etc/resolv.conf").splitlines():
        word, _, rest = line.strip().partition(" ")
        if word == "nameserver" and rest.strip():
            servers.append(rest.split()[0])
        elif word in ("search", "domain"):
            search = tuple(rest.split())
    return Resolver(tuple(servers), search)


def _address(text: str, prefix: int) -> Address:
    ip = ip_interface(f"{text.partition('%')[0]}/{prefix}")
    return Address(str(ip.ip), prefix, "link" if ip.is_link_local else "host" if ip.ip.is_loopback else "global")


def _read(path: Path) -> str:
    try:
        return path.read_text(errors="replace").strip()
    except OSError:
        return ""

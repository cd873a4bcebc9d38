"""IPv4 addresses that a camera can be given, and host names that it can be called by."""

from __future__ import annotations

import re
from enum import StrEnum
from ipaddress import AddressValueError, IPv4Address, IPv4Interface, NetmaskValueError

from pydantic import field_validator

from panocam.settings.declare import Section, setting
from panocam.settings.role import Role

ADMIN = Role.ADMINISTRATOR
LEGACY = "192.168.0.90/24"
"""What cameras of this family had without DHCP, up to version 11.11 of their system."""
_HOST_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?")


def interface(text: str) -> IPv4Interface:
    """``192.168.0.90/24``: an address that a camera can have, and its network. Raises ValueError that says what is wrong."""
    address, slash, prefix = text.partition("/")
    if not slash or not (prefix.isascii() and prefix.isdigit() and 8 <= int(prefix[:4]) <= 30):
        raise ValueError("should be an IPv4 address with the length of its network, 8 to 30, such as 192.168.0.90/24")
    try:
        found = IPv4Interface(f"{address}/{int(prefix)}")
    except (AddressValueError, NetmaskValueError):
        raise ValueError("should be an IPv4 address with the length of its network, such as 192.168.0.90/24") from None
    ip, network = found.ip, found.network
    if ip.is_loopback or ip.is_multicast or ip.is_unspecified or ip.is_reserved or ip.packed[0] == 0:
        raise ValueError("is no address that a camera can have")
    if ip in (network.network_address, network.broadcast_address):
        raise ValueError(f"is the {'first' if ip == network.network_address else 'last'} of {network}, which stands for the network itself")
    return found


def router_of(text: str, camera: IPv4Interface) -> IPv4Address:
    """A router that ``camera`` can reach. Raises ValueError."""
    try:
        router = IPv4Address(text)
    except AddressValueError:
        raise ValueError("should be the IPv4 address of a router, such as 192.168.0.1, or empty") from None
    if router not in camera.network or router in (camera.network.network_address, camera.network.broadcast_address):
        raise ValueError(f"is not in {camera.network}, the network of {camera.ip}: the camera could not reach it")
    if router == camera.ip:
        raise ValueError("is the address of the camera itself")
    return router


def host_name(text: str) -> str:
    """``text`` if it can be a host name (RFC 1123); "" is the machine's own. Raises ValueError."""
    if text and (not _HOST_NAME.fullmatch(text) or text.isdigit()):
        raise ValueError("should be up to 63 letters, digits and hyphens, such as camera-hall, or empty for the machine's own name")
    return text


class AddressMode(StrEnum):
    """Where the camera's address comes from."""

    MACHINE = "machine"
    STATIC = "static"
    LINK_LOCAL = "link-local"


class Addressing(Section):
    """The camera's name and address in the network."""

    host_name: str = setting(
        "", "Host name", "What the camera calls itself in mDNS, its certificate and overlays; empty is the machine's own name.", write=ADMIN
    )
    interface: str = setting(
        "",
        "Managed interface",
        "The network interface whose address the camera sets; empty is none. Given by --manage-interface.",
        write=None,
        restart=True,
        max_length=15,
    )
    mode: AddressMode = setting(
        AddressMode.MACHINE,
        "IPv4 address",
        "machine: as the machine has it; static: the one below; link-local: a free one of 169.254.0.0/16. Others than machine need a "
        "managed interface.",
        write=ADMIN,
    )
    ipv4: str = setting(
        LEGACY, "Static address", "The address, and the length of its network: 192.168.0.90/24 is the mask 255.255.255.0.", write=ADMIN
    )
    router: str = setting("", "Default router", "Leads to other networks; empty is none.", write=ADMIN)

    @field_validator("host_name")
    @classmethod
    def _is_a_name(cls, value: str) -> str:
        return host_name(value)

    @field_validator("ipv4")
    @classmethod
    def _is_an_address(cls, value: str) -> str:
        return str(interface(value))

"""Is an IPv4 address free? The address conflict detection of RFC 5227: a probe asks who has it, without claiming it.

A probe is an ARP request whose sender has no address yet. Somebody who uses the address answers; somebody who wants it too probes for it at
the same time. Both are conflicts. The RFC waits up to seven seconds; here a wired network is given one, as a person waits for it.
"""

from __future__ import annotations

import socket
import struct
from dataclasses import dataclass
from ipaddress import IPv4Address

from panocam.clock import NS, Clock
from panocam.errors import RemoteProtocolError, Unavailable

ETHER_ARP = 0x0806
PROBES, APART_S = 3, 0.33
_FRAME = struct.Struct("!6s6sH HHBBH 6s4s6s4s")
_HEAD = (1, 0x0800, 6, 4)  # Ethernet, IPv4 and the lengths of their addresses
REQUEST, REPLY = 1, 2
NOBODY = bytes(4)
EVERYBODY = b"\xff" * 6


@dataclass(frozen=True)
class Arp:
    """What a packet says; hardware addresses in bytes."""

    operation: int
    sender_mac: bytes
    sender: IPv4Address
    target: IPv4Address


def probe(mac: bytes, address: IPv4Address) -> bytes:
    """A frame that asks who has ``address``."""
    return _FRAME.pack(EVERYBODY, mac, ETHER_ARP, *_HEAD, REQUEST, mac, NOBODY, bytes(6), address.packed)


def parse(frame: bytes) -> Arp:
    """Raises RemoteProtocolError for what is no ARP of IPv4 over Ethernet."""
    if len(frame) < _FRAME.size:
        raise RemoteProtocolError(f"{len(frame)} bytes are no ARP packet")
    _, _, kind, *head, operation, sender_mac, sender, _, target = _FRAME.unpack_from(frame)
    if kind != ETHER_ARP or tuple(head) != _HEAD or operation not in (REQUEST, REPLY):
        raise RemoteProtocolError("no ARP packet of IPv4 over Ethernet")
    return Arp(operation, sender_mac, IPv4Address(sender), IPv4Address(target))


def conflicts(packet: Arp, mac: bytes, address: IPv4Address) -> bool:
    """Whether a packet shows that somebody else has ``address``, or is about to take it."""
    if packet.sender_mac == mac:
        return False
    wants = packet.sender.packed == NOBODY and packet.operation == REQUEST and packet.target == address
    return packet.sender == address or wants


def owner(name: str, address: IPv4Address, clock: Clock) -> str:
    """The hardware address of who has ``address`` on the network of interface ``name``; "" if nobody does. Blocks for a second.

    Raises Unavailable where the system does not let it.
    """
    try:
        with socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETHER_ARP)) as wire:
            wire.bind((name, 0))
            mac = wire.getsockname()[4]
            return _listen(wire, mac, address, clock)
    except (OSError, AttributeError) as fault:
        raise Unavailable(f"whether {address} is free cannot be found out on {name}: {getattr(fault, 'strerror', None) or fault}") from None


def _listen(wire: socket.socket, mac: bytes, address: IPv4Address, clock: Clock) -> str:
    for _ in range(PROBES):
        wire.send(probe(mac, address))
        end = clock.monotonic_ns() + round(APART_S * NS)
        while (left := end - clock.monotonic_ns()) > 0:
            wire.settimeout(left / NS)
            try:
                packet = parse(wire.recv(128))
            except (TimeoutError, RemoteProtocolError):
                continue
            if conflicts(packet, mac, address):
                return packet.sender_mac.hex(":").upper()
    return ""

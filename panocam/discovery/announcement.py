"""What a camera says of itself on the network, in whichever protocol, and the addresses it says it for."""

from __future__ import annotations

import ipaddress
import socket
from dataclasses import dataclass

import ifaddr


@dataclass(frozen=True)
class Announcement:
    """``serial`` is 12 hexadecimal digits; a port of 0 is a service that is off. ``host``: where it listens, None for everywhere.

    ``friendly`` replaces the name that is made of ``name`` and serial number. ``needs_setup``: nobody has made the first account.
    ``device_service`` is the path of the ONVIF device service, empty while there is none.
    ``host_name`` is without a domain; empty is one made of the serial number.
    """

    name: str
    model: str
    serial: str
    http_port: int
    https_port: int
    rtsp_port: int
    host: str | None = None
    friendly: str = ""
    needs_setup: bool = False
    device_service: str = ""
    host_name: str = ""

    @property
    def title(self) -> str:
        """What people see in lists; with the serial number, so that two cameras of one name can be told apart."""
        return self.friendly or f"{self.name} - {self.serial}"

    def url(self, address: str) -> str:
        """Where the web page is, asked for under ``address``."""
        scheme, port = ("http", self.http_port) if self.http_port else ("https", self.https_port)
        host = f"[{address}]" if ":" in address else address
        return f"{scheme}://{host}:{port}/"


def own_addresses(host: str | None) -> list[str]:
    """IPv4 addresses to announce: the one the camera is bound to, else every address of this host, loopback last and alone."""
    if host and not ipaddress.ip_address(host).is_unspecified:
        return [host]
    found = [str(ip.ip) for adapter in ifaddr.get_adapters() for ip in adapter.ips if ip.is_IPv4]
    return [ip for ip in found if not ipaddress.ip_address(ip).is_loopback] or found


def address_towards(peer: str, host: str | None) -> str:
    """The address of this host that ``peer`` reaches it by. Raises OSError where there is no way."""
    if host and not ipaddress.ip_address(host).is_unspecified:
        return host
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect((peer, 9))  # of a datagram socket: nothing is sent
        return str(probe.getsockname()[0])

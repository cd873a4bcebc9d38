"""Multicast DNS (RFC 6762) and service discovery (RFC 6763): the camera announces itself, ``find`` lists who did.

``_axis-video._tcp`` is the service type by which clients of this camera family look for cameras; its TXT record carries the
serial number as ``macaddress``. The instance name holds model and serial, so many cameras on one host do not collide.
"""

from __future__ import annotations

import asyncio
import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass

import ifaddr
from zeroconf import IPVersion, ServiceStateChange, Zeroconf
from zeroconf.asyncio import AsyncServiceBrowser, AsyncServiceInfo, AsyncZeroconf

CAMERA = "_axis-video._tcp.local."
HTTP = "_http._tcp.local."
HTTPS = "_https._tcp.local."
RTSP = "_rtsp._tcp.local."


@dataclass(frozen=True)
class Announcement:
    """What a camera says of itself. ``serial`` is 12 hexadecimal digits; a port of 0 is not announced."""

    model: str
    serial: str
    http_port: int
    https_port: int
    rtsp_port: int
    host: str | None = None

    @property
    def instance(self) -> str:
        """Unique name of the instance on the link."""
        return f"panocam {self.model} - {self.serial}"


@dataclass(frozen=True)
class Found:
    """One camera that answered."""

    name: str
    serial: str
    address: str
    port: int


def own_addresses(host: str | None) -> list[str]:
    """IPv4 addresses to announce: the one the camera is bound to, else every address of this host, loopback last and alone."""
    if host and not ipaddress.ip_address(host).is_unspecified:
        return [host]
    found = [str(ip.ip) for adapter in ifaddr.get_adapters() for ip in adapter.ips if ip.is_IPv4]
    return [ip for ip in found if not ipaddress.ip_address(ip).is_loopback] or found


def services(announcement: Announcement, addresses: Iterable[str]) -> list[AsyncServiceInfo]:
    """The DNS-SD records of one camera."""
    rows = (
        (CAMERA, announcement.http_port or announcement.https_port),
        (HTTP, announcement.http_port),
        (HTTPS, announcement.https_port),
        (RTSP, announcement.rtsp_port),
    )
    return [
        AsyncServiceInfo(
            kind,
            f"{announcement.instance}.{kind}",
            port=port,
            properties={"macaddress": announcement.serial.upper(), "model": announcement.model},
            server=f"panocam-{announcement.serial.lower()}.local.",
            parsed_addresses=list(addresses),
        )
        for kind, port in rows
        if port
    ]


class Announcer:
    """Keeps a camera announced while the ``async with`` block runs; says goodbye at its end."""

    def __init__(self, announcement: Announcement) -> None:
        self._announcement = announcement
        self._zeroconf: AsyncZeroconf | None = None

    async def __aenter__(self) -> Announcer:
        addresses = own_addresses(self._announcement.host)
        self._zeroconf = AsyncZeroconf(interfaces=addresses, ip_version=IPVersion.V4Only)
        register = self._zeroconf.async_register_service
        await asyncio.gather(*(register(info, allow_name_change=True) for info in services(self._announcement, addresses)))
        return self

    async def __aexit__(self, *exc: object) -> None:
        if self._zeroconf is not None:
            await self._zeroconf.async_unregister_all_services()
            await self._zeroconf.async_close()


async def find(seconds: float) -> list[Found]:
    """Listen for ``seconds`` and list the cameras that answered, by name."""
    names: set[str] = set()

    def changed(zeroconf: Zeroconf, service_type: str, name: str, state_change: ServiceStateChange) -> None:
        if state_change is not ServiceStateChange.Removed:
            names.add(name)

    zeroconf = AsyncZeroconf(interfaces=own_addresses(None), ip_version=IPVersion.V4Only)
    browser = AsyncServiceBrowser(zeroconf.zeroconf, CAMERA, handlers=[changed])
    try:
        await asyncio.sleep(seconds)
        found = []
        for name in sorted(names):
            info = AsyncServiceInfo(CAMERA, name)
            if await info.async_request(zeroconf.zeroconf, 1000):
                serial = (info.decoded_properties.get("macaddress") or "").upper()
                addresses = info.parsed_addresses(IPVersion.V4Only)
                found.append(Found(name.removesuffix(f".{CAMERA}"), serial, addresses[0] if addresses else "", info.port or 0))
        return found
    finally:
        await browser.async_cancel()
        await zeroconf.async_close()

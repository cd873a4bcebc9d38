"""Multicast DNS (RFC 6762) and service discovery (RFC 6763): the camera announces itself, ``find`` lists who did.

``_axis-video._tcp`` is the service type by which clients of this camera family look for cameras; its TXT record carries the
serial number as ``macaddress``. The instance name holds the serial number, so many cameras on one host do not collide.
"""

from __future__ import annotations

import asyncio
import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass

import ifaddr
from zeroconf import Error, IPVersion, ServiceStateChange, Zeroconf
from zeroconf.asyncio import AsyncServiceBrowser, AsyncServiceInfo, AsyncZeroconf

from panocam.errors import Unavailable

CAMERA = "_axis-video._tcp.local."
HTTP = "_http._tcp.local."
HTTPS = "_https._tcp.local."
RTSP = "_rtsp._tcp.local."

MOST_BYTES = 63
"""Of a label, such as the name of an instance."""

ANSWER_MS = 1000
"""How long one camera may take to answer."""


@dataclass(frozen=True)
class Announcement:
    """What a camera says of itself. ``serial`` is 12 hexadecimal digits; a port of 0 is not announced. ``host``: where it listens."""

    name: str
    model: str
    serial: str
    http_port: int
    https_port: int
    rtsp_port: int
    host: str | None = None

    @property
    def instance(self) -> str:
        """Unique name of the instance on the link: the camera's name, as far as it fits into a label (RFC 1035 §2.3.4), and its serial."""
        end = f" - {self.serial}"
        name = self.name.replace(".", " ").encode()[: MOST_BYTES - len(end)].decode(errors="ignore")
        return f"{name}{end}"


@dataclass(frozen=True)
class Found:
    """One camera that answered."""

    name: str
    model: str
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
        """Raises Unavailable where the network does not let it."""
        addresses = own_addresses(self._announcement.host)
        try:
            zeroconf = self._zeroconf = AsyncZeroconf(interfaces=addresses, ip_version=_version(addresses))
            told = (zeroconf.async_register_service(info, allow_name_change=True) for info in services(self._announcement, addresses))
            await asyncio.gather(*told)
        except (OSError, Error) as error:
            await self._close()
            raise Unavailable(f"the camera cannot announce itself on this network: {error or type(error).__name__}") from None
        except asyncio.CancelledError:
            await self._close()
            raise
        return self

    async def __aexit__(self, *exc: object) -> None:
        if self._zeroconf is not None:
            await self._zeroconf.async_unregister_all_services()
        await self._close()

    async def _close(self) -> None:
        if self._zeroconf is not None:
            await self._zeroconf.async_close()
            self._zeroconf = None


async def find(seconds: float) -> list[Found]:
    """Listen for ``seconds`` and list the cameras that answered, by name. Raises Unavailable where the network does not let it."""
    names: set[str] = set()

    def changed(zeroconf: Zeroconf, service_type: str, name: str, state_change: ServiceStateChange) -> None:
        if state_change is not ServiceStateChange.Removed:
            names.add(name)

    addresses = own_addresses(None)
    try:
        zeroconf = AsyncZeroconf(interfaces=addresses, ip_version=_version(addresses))
    except OSError as error:
        raise Unavailable(f"this network cannot be searched: {error}") from None
    browser = AsyncServiceBrowser(zeroconf.zeroconf, CAMERA, handlers=[changed])
    try:
        await asyncio.sleep(seconds)
        found = await asyncio.gather(*(_resolve(zeroconf, name) for name in sorted(names)))
        return [camera for camera in found if camera is not None]
    finally:
        await browser.async_cancel()
        await zeroconf.async_close()


async def _resolve(zeroconf: AsyncZeroconf, name: str) -> Found | None:
    info = AsyncServiceInfo(CAMERA, name)
    if not await info.async_request(zeroconf.zeroconf, ANSWER_MS):
        return None
    facts, addresses = info.decoded_properties, info.parsed_addresses()
    return Found(
        name.removesuffix(f".{CAMERA}"),
        facts.get("model") or "",
        (facts.get("macaddress") or "").upper(),
        addresses[0] if addresses else "",
        info.port or 0,
    )


def _version(addresses: Iterable[str]) -> IPVersion:
    return IPVersion.V6Only if all(":" in address for address in addresses) else IPVersion.V4Only

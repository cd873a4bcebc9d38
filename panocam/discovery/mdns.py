"""Multicast DNS (RFC 6762) and service discovery (RFC 6763): the camera announces itself, ``find`` lists who did.

``_axis-video._tcp`` is the service type by which clients of this camera family look for cameras; its TXT record carries the
serial number as ``macaddress``. The instance name holds the serial number, so many cameras on one host do not collide.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable

from zeroconf import Error, IPVersion, ServiceStateChange, Zeroconf
from zeroconf.asyncio import AsyncServiceBrowser, AsyncServiceInfo, AsyncZeroconf

from panocam.discovery.announcement import Announcement, own_addresses
from panocam.discovery.found import Found
from panocam.errors import Unavailable

CAMERA = "_axis-video._tcp.local."
HTTP = "_http._tcp.local."
HTTPS = "_https._tcp.local."
RTSP = "_rtsp._tcp.local."
VAPIX_HTTP = "_vapix-http._tcp.local."
VAPIX_HTTPS = "_vapix-https._tcp.local."

MOST_BYTES = 63
"""Of a label, such as the name of an instance."""

_FAMILY = re.compile(r"AXIS (\S+) - [0-9A-Fa-f]{12}$")

ANSWER_MS = 1000
"""How long one camera may take to answer."""


def instance(announcement: Announcement) -> str:
    """Name of the instance on the link: the camera's title, as far as it fits into a label (RFC 1035 §2.3.4), its serial number last."""
    end = "" if announcement.friendly else f" - {announcement.serial}"
    name = announcement.title.removesuffix(end).replace(".", " ")
    return name.encode()[: MOST_BYTES - len(end)].decode(errors="ignore") + end


def services(announcement: Announcement, addresses: Iterable[str]) -> list[AsyncServiceInfo]:
    """The DNS-SD records of one camera."""
    rows = (
        (CAMERA, announcement.http_port or announcement.https_port),
        (HTTP, announcement.http_port),
        (HTTPS, announcement.https_port),
        (RTSP, announcement.rtsp_port),
        (VAPIX_HTTP, announcement.http_port),
        (VAPIX_HTTPS, announcement.https_port),
    )
    facts = {
        "macaddress": announcement.serial.upper(),
        "model": announcement.model,
        "needsetup": "yes" if announcement.needs_setup else "no",
    }
    return [
        AsyncServiceInfo(
            kind,
            f"{instance(announcement)}.{kind}",
            port=port,
            properties=facts,
            server=f"{announcement.host_name or f'panocam-{announcement.serial.lower()}'}.local.",
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
            await asyncio.shield(zeroconf.zeroconf.async_wait_for_start())  # one that is interrupted there could not be closed
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
    """Listen for ``seconds`` and list the cameras that answered. Raises Unavailable where the network does not let it."""
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
    title = name.removesuffix(f".{CAMERA}")
    return Found(
        title=title,
        model=facts.get("model") or _model(title),
        serial=(facts.get("macaddress") or "").upper(),
        url=_url(addresses[0], info.port) if addresses and info.port else "",
        needs_setup={"yes": True, "no": False}.get(facts.get("needsetup") or ""),
        ways=("mDNS",),
    )


def _model(title: str) -> str:
    """The model in a name such as ``AXIS M4328-P - ACCC8E010203``, as cameras of this family give themselves; empty if it has none."""
    found = _FAMILY.match(title)
    return found[1] if found else ""


def _url(address: str, port: int) -> str:
    return f"http://[{address}]:{port}/" if ":" in address else f"http://{address}:{port}/"


def _version(addresses: Iterable[str]) -> IPVersion:
    return IPVersion.V6Only if all(":" in address for address in addresses) else IPVersion.V4Only

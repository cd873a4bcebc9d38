"""The certificates of a running camera, and the ports that show them."""

from __future__ import annotations

import asyncio
import contextlib

from panocam.access import KeyStore
from panocam.access.certificates import Certificates
from panocam.access.issue import Names
from panocam.access.tls import TlsDesk
from panocam.api.build import http_server
from panocam.api.services import Services
from panocam.app.listeners import Listeners
from panocam.discovery.announcement import own_addresses
from panocam.network.identity import host_name
from panocam.settings import DataFolder, Snapshot
from panocam.streaming.server import RtspServer

RENEW_EVERY_S = 24 * 3600


async def open_ports(
    stack: contextlib.AsyncExitStack, services: Services, rtsp: RtspServer, folder: DataFolder, keystore: KeyStore
) -> Listeners:
    """Open every port that is on, with the certificates that are chosen for them. Raises Unavailable."""
    settings = services.settings.running
    certificates = Certificates.open(folder, keystore, services.clock, names(settings))
    renewing = asyncio.create_task(_renew_daily(certificates), name="certificate renewal")
    stack.callback(renewing.cancel)
    services.settings.bind(["addressing"], lambda old, new: _rename(certificates, old, new))
    services.certificates, services.tls = certificates, TlsDesk(certificates, settings.tls)
    http = await stack.enter_async_context(http_server(services))
    listeners = await stack.enter_async_context(Listeners(http, rtsp, services.tls, settings.network))
    services.http_port, services.https_port = lambda: listeners.ports.http or None, lambda: listeners.ports.https or None
    services.rtsp_port, services.rtsps_port = lambda: listeners.ports.rtsp or None, lambda: listeners.ports.rtsps or None
    return listeners


def names(settings: Snapshot) -> Names:
    hosts = (*_local(host_name(settings)), f"panocam-{settings.device.serial.lower()}.local", "localhost")
    return Names(settings.device.serial, hosts, tuple(own_addresses(settings.network.host)))


def _local(name: str) -> tuple[str, ...]:
    """A host name, and how mDNS has it."""
    return name, f"{name.partition('.')[0]}.local"


def _rename(certificates: Certificates, old: Snapshot, new: Snapshot) -> None:
    if old.addressing.host_name != new.addressing.host_name:
        certificates.rename(names(new))


async def _renew_daily(certificates: Certificates) -> None:
    while True:
        await asyncio.sleep(RENEW_EVERY_S)
        certificates.renew_if_due()

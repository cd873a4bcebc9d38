"""One camera, built in order on an exit stack; closing is the reverse."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from panocam.access import Accounts, Authenticator, Failure, KeyStore
from panocam.access.certificates import Certificates, Names
from panocam.api.build import http_server
from panocam.api.services import Services, assemble
from panocam.app.translate import camera_config, rtsp_options, stream_defaults
from panocam.clock import SystemClock
from panocam.discovery.mdns import Announcement, Announcer, own_addresses
from panocam.events.announce import announce_settings
from panocam.events.bus import Bus
from panocam.events.topics import AUTHENTICATION_FAILED, SOURCE_LOST, SYSTEM_READY
from panocam.pipeline.camera import PanoramicCamera
from panocam.settings import DataFolder, Snapshot, Store
from panocam.settings.system import HttpPolicy
from panocam.streaming.server import RtspServer

log = logging.getLogger(__name__)

RENEW_EVERY_S = 24 * 3600


@dataclass(frozen=True)
class Addresses:
    """Where a running camera answers; port 0 is a service that is off."""

    host: str
    http: int
    https: int
    rtsp: int
    rtsps: int
    serial: str
    name: str
    model: str
    setup_needed: bool


@contextlib.asynccontextmanager
async def camera(data: Path, overrides: Mapping[str, object]) -> AsyncIterator[Addresses]:
    """Run a camera on the running loop until the block ends. Raises PanocamError when it cannot start, with the remedy."""
    clock = SystemClock()
    async with contextlib.AsyncExitStack() as stack:
        folder = DataFolder(data)
        folder.lock()
        stack.callback(folder.unlock)
        keystore = KeyStore.open(folder)
        store = Store.open(folder, keystore, overrides, clock)
        settings = store.running
        serial = settings.device.serial
        bus = Bus(clock)
        stack.callback(announce_settings(store, bus))
        accounts = Accounts.open(folder, keystore, clock, serial)
        authenticator = Authenticator(accounts, lambda: store.running.access, clock, on_failure=lambda failure: _failed_login(bus, failure))
        certificates = Certificates.open(folder, keystore, clock, _names(settings))

        panoramic = await stack.enter_async_context(
            PanoramicCamera(
                camera_config(settings),
                stream_defaults(settings),
                clock=clock,
                on_event=lambda name, data: _pipeline_event(bus, name, data),
            )
        )
        store.bind(("device", "source", "installation", "views", "areas"), lambda old, new: panoramic.reconfigure(camera_config(new)))
        store.bind(("stream",), lambda old, new: panoramic.set_defaults(stream_defaults(new)))

        rtsp = await stack.enter_async_context(RtspServer(panoramic, authenticator, clock, rtsp_options(settings)))
        services = assemble(clock, store, accounts, authenticator, panoramic, rtsp)
        ports = await _listen(stack, services, rtsp, certificates, settings)
        renewing = asyncio.create_task(_renew_daily(certificates), name="certificate renewal")
        stack.callback(renewing.cancel)
        addresses = Addresses(
            host=settings.network.host,
            **ports,
            serial=serial,
            name=settings.device.name,
            model=settings.device.model.upper(),
            setup_needed=accounts.empty,
        )
        announcing = asyncio.create_task(_announce(addresses), name="discovery")
        stack.push_async_callback(_end, announcing)
        services.boot.ready.set()
        bus.emit(SYSTEM_READY, ready=True)
        yield addresses


async def _listen(
    stack: contextlib.AsyncExitStack, services: Services, rtsp: RtspServer, certificates: Certificates, settings: Snapshot
) -> dict[str, int]:
    """Open every port that is on; returns the numbers that were got."""
    network, tls = settings.network, certificates.ssl_context()
    http = await stack.enter_async_context(http_server(services))
    ports = {"http": 0, "https": 0, "rtsp": 0, "rtsps": 0}
    if network.http_policy is not HttpPolicy.HTTP:
        ports["https"] = await http.listen(network.host, network.https_port, tls)
        services.https_port = lambda: ports["https"]
    if network.http_policy is not HttpPolicy.HTTPS:
        ports["http"] = await http.listen(network.host, network.http_port)
    ports["rtsp"] = await rtsp.listen(network.host, network.rtsp_port)
    ports["rtsps"] = await rtsp.listen(network.host, network.rtsps_port, tls)
    return ports


def _names(settings: Snapshot) -> Names:
    hosts = (socket.gethostname(), f"panocam-{settings.device.serial.lower()}.local", "localhost")
    return Names(settings.device.serial, hosts, tuple(own_addresses(settings.network.host)))


def _failed_login(bus: Bus, failure: Failure) -> None:
    bus.emit(AUTHENTICATION_FAILED, peer=failure.peer, account=failure.account, protocol=failure.protocol)


def _pipeline_event(bus: Bus, name: str, data: dict[str, object]) -> None:
    if name in ("source-lost", "source-back"):
        bus.emit(SOURCE_LOST, channel=0, lost=name == "source-lost", reason=str(data.get("reason", "")))
    else:
        log.warning("%s: %s", name, data)


async def _announce(addresses: Addresses) -> None:
    """Be found on the network. A network without multicast is no reason to stop: the camera can still be reached by its address."""
    try:
        async with Announcer(
            Announcement(addresses.model, addresses.serial, addresses.http, addresses.https, addresses.rtsp, addresses.host)
        ):
            await asyncio.Event().wait()
    except OSError as error:
        log.warning("the camera cannot announce itself on this network: %s", error)


async def _end(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.wait([task], timeout=2)


async def _renew_daily(certificates: Certificates) -> None:
    while True:
        await asyncio.sleep(RENEW_EVERY_S)
        certificates.renew_if_due()

"""One camera, built in order on an exit stack; closing is the reverse."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from panocam.access import Accounts, Authenticator, KeyStore
from panocam.access.certificates import Certificates
from panocam.access.issue import Names
from panocam.access.reset import carry_out
from panocam.access.tls import TlsDesk
from panocam.api.build import http_server
from panocam.api.maintenance import Maintenance
from panocam.api.services import Services, assemble
from panocam.api.signed import SignedVideo
from panocam.app.bindings import bind
from panocam.app.check import check_source
from panocam.app.ending import Ending
from panocam.app.expose import exposure_plan
from panocam.app.facts import failed_login, guessing, pipeline_fact
from panocam.app.listeners import Listeners, Ports
from panocam.app.logbook import hold_secrets, open_logbook
from panocam.app.overlays import make_overlays
from panocam.app.presence import Presence, protocols
from panocam.app.recordings import make_storage, storage_plan
from panocam.app.signing import signing_desk
from panocam.app.translate import adjustment, camera_config, rtsp_options, stream_defaults
from panocam.clock import NS, SystemClock
from panocam.discovery.announcement import Announcement, own_addresses
from panocam.events.announce import announce_settings
from panocam.events.bus import Bus
from panocam.events.hiding import announce_hiding
from panocam.events.topics import SYSTEM_READY
from panocam.pipeline.camera import PanoramicCamera
from panocam.ptz import PtzService
from panocam.settings import DataFolder, Snapshot, Store
from panocam.streaming.server import RtspServer

RENEW_EVERY_S = 24 * 3600


@dataclass(frozen=True)
class Addresses:
    """Who a running camera is and where it answers."""

    host: str
    ports: Ports
    serial: str
    name: str
    model: str
    setup_needed: bool


@contextlib.asynccontextmanager
async def camera(data: Path, overrides: Mapping[str, object], ending: Ending) -> AsyncIterator[Addresses]:
    """Run a camera on the running loop until the block ends. Raises PanocamError when it cannot start, with the remedy."""
    clock = SystemClock()
    async with contextlib.AsyncExitStack() as stack:
        folder = stack.enter_context(_claimed(data))
        logbook = stack.enter_context(open_logbook(folder, clock))
        keystore = KeyStore.open(folder)
        store = Store.open(folder, keystore, overrides, clock)
        hold_secrets(store)
        settings = store.running
        config = camera_config(settings)
        if "source.uri" in overrides:  # what was saved long ago may be missing today: then the picture says so
            await asyncio.to_thread(check_source, config)
        bus = Bus(clock)
        stack.callback(announce_settings(store, bus))
        stack.callback(announce_hiding(store, bus))
        accounts = Accounts.open(folder, keystore, clock, settings.device.serial)
        logbook.attend(store, accounts, bus, clock)
        authenticator = Authenticator(accounts, lambda: store.running.access, clock, on_failure=failed_login(bus))
        authenticator.on_waiting = guessing(bus)
        panoramic = await stack.enter_async_context(
            PanoramicCamera(config, stream_defaults(settings), clock=clock, on_event=pipeline_fact(bus))
        )
        panoramic.set_exposure(exposure_plan(settings))
        desk = signing_desk(store, folder, keystore)
        stack.callback(desk.close)
        panoramic.sign_with(desk)
        panoramic.set_adjustment(adjustment(settings))
        rtsp = await stack.enter_async_context(RtspServer(panoramic, authenticator, clock, rtsp_options(settings), bus))
        ptz = await stack.enter_async_context(PtzService(store, panoramic.heads, clock, bus, folder))
        certificates = Certificates.open(folder, keystore, clock, _names(settings))
        services = assemble(clock, store, authenticator, panoramic, rtsp, bus, ptz)
        stack.callback(services.board.close)
        logbook.report_to(services, rtsp)
        services.maintenance = Maintenance(folder, logbook.life, ending.begin_again)
        services.overlays = await make_overlays(folder, store, panoramic, clock)
        services.signed = SignedVideo(desk, folder.folder("verify"))
        storage = services.storage = await stack.enter_async_context(make_storage(folder, store, panoramic, clock, bus))
        storage.set_plan(storage_plan(settings))
        services.certificates, services.tls = certificates, TlsDesk(certificates, settings.tls)
        listeners = await _listen(stack, services, rtsp, services.tls)
        ports = listeners.ports
        ways = protocols(clock.wall_ns() // NS)
        presence = await stack.enter_async_context(Presence(_announcement(settings, ports), settings, accounts, ways))
        listeners.told = lambda now: presence.move(now.http, now.https, now.rtsp)
        bind(store, panoramic, rtsp, presence, storage, services.board, listeners)
        renewing = asyncio.create_task(_renew_daily(certificates), name="certificate renewal")
        stack.callback(renewing.cancel)
        services.boot.ready.set()
        bus.emit(SYSTEM_READY, ready=True)
        device = settings.device
        yield Addresses(settings.network.host, ports, device.serial, device.name, device.model.upper(), accounts.empty)


@contextlib.contextmanager
def _claimed(data: Path) -> Iterator[DataFolder]:
    """The data folder, for this camera alone; a reset that was asked for is carried out first."""
    folder = DataFolder(data)
    folder.lock()
    try:
        carry_out(folder)
        yield folder
    finally:
        folder.unlock()


async def _listen(stack: contextlib.AsyncExitStack, services: Services, rtsp: RtspServer, tls: TlsDesk) -> Listeners:
    """Open every port that is on."""
    http = await stack.enter_async_context(http_server(services))
    listeners = await stack.enter_async_context(Listeners(http, rtsp, tls, services.settings.running.network))
    services.http_port, services.https_port = lambda: listeners.ports.http or None, lambda: listeners.ports.https or None
    return listeners


def _announcement(settings: Snapshot, ports: Ports) -> Announcement:
    device, host = settings.device, settings.network.host
    return Announcement(device.name, device.model.upper(), device.serial, ports.http, ports.https, ports.rtsp, host)


def _names(settings: Snapshot) -> Names:
    hosts = (socket.gethostname(), f"panocam-{settings.device.serial.lower()}.local", "localhost")
    return Names(settings.device.serial, hosts, tuple(own_addresses(settings.network.host)))


async def _renew_daily(certificates: Certificates) -> None:
    while True:
        await asyncio.sleep(RENEW_EVERY_S)
        certificates.renew_if_due()

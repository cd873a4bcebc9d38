"""One camera, built in order on an exit stack; closing is the reverse."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from panocam.access import Accounts, Authenticator, KeyStore
from panocam.access.reset import carry_out
from panocam.api.maintenance import Maintenance
from panocam.api.services import Services, assemble
from panocam.api.signed import SignedVideo
from panocam.app.addressing import manage_address
from panocam.app.bindings import bind
from panocam.app.check import check_source
from panocam.app.daylight import watch_daylight
from panocam.app.encryption import open_ports
from panocam.app.ending import Ending, anew_when_worn_out
from panocam.app.expose import exposure_plan
from panocam.app.facts import begin, failed_login, guessing, pipeline_fact
from panocam.app.linkwatch import watch_links
from panocam.app.listeners import Ports
from panocam.app.logbook import hold_secrets, open_logbook
from panocam.app.motion import watch_motion
from panocam.app.overlays import make_overlays
from panocam.app.presence import Presence, protocols
from panocam.app.recipients import run_recipients
from panocam.app.recordings import make_storage, storage_plan
from panocam.app.rules import run_rules
from panocam.app.schedules import make_scheduler
from panocam.app.signing import signing_desk
from panocam.app.tampering import watch_tampering
from panocam.app.timekeeping import make_timekeeper
from panocam.app.translate import adjustment, camera_config, rtsp_options, stream_defaults
from panocam.clock import NS, CameraClock
from panocam.discovery.announcement import Announcement
from panocam.events.announce import announce_settings
from panocam.events.bus import Bus
from panocam.events.hiding import announce_hiding
from panocam.events.topics import SYSTEM_READY
from panocam.pipeline.camera import PanoramicCamera
from panocam.ptz import PtzService
from panocam.settings import DataFolder, Snapshot, Store
from panocam.streaming.server import RtspServer


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
async def camera(
    data: Path,
    overrides: Mapping[str, object],
    clock: CameraClock,
    ending: Ending,
    on_ports: Callable[[Ports], None] = lambda now: None,
) -> AsyncIterator[Addresses]:
    """Run a camera on the running loop until the block ends; ``on_ports`` hears of ports that are opened or closed meanwhile.

    Raises PanocamError when it cannot start, with the remedy."""
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
        bus = begin(Bus(clock))
        stack.callback(announce_settings(store, bus))
        stack.callback(announce_hiding(store, bus))
        accounts = Accounts.open(folder, keystore, clock, settings.device.serial)
        logbook.attend(store, accounts, bus, clock)
        authenticator = Authenticator(accounts, lambda: store.running.access, clock, on_failure=failed_login(bus))
        authenticator.on_waiting = guessing(bus)
        panoramic = await stack.enter_async_context(
            PanoramicCamera(
                config, stream_defaults(settings), clock=clock, on_event=pipeline_fact(bus, anew_when_worn_out(logbook.life, ending))
            )
        )
        panoramic.set_exposure(exposure_plan(settings))
        desk = signing_desk(store, folder, keystore)
        stack.callback(desk.close)
        panoramic.sign_with(desk)
        panoramic.set_adjustment(adjustment(settings))
        storage = await stack.enter_async_context(make_storage(folder, store, keystore, panoramic, clock, bus))
        rtsp = await stack.enter_async_context(RtspServer(panoramic, authenticator, clock, rtsp_options(settings), bus, storage.library))
        ptz = await stack.enter_async_context(PtzService(store, panoramic.heads, clock, bus, folder))
        services = assemble(clock, store, authenticator, panoramic, rtsp, bus, ptz)
        await _set_clock_and_address(stack, services, clock, panoramic)
        stack.callback(services.close)
        logbook.report_to(services, rtsp)
        services.maintenance = Maintenance(folder, logbook.life, ending.begin_again)
        services.overlays = await make_overlays(folder, store, panoramic, clock, ptz)
        services.signed = SignedVideo(desk, folder.folder("verify"))
        services.storage = logbook.hear_recordings(storage)
        storage.set_plan(storage_plan(settings, storage.shares))
        listeners = await open_ports(stack, services, rtsp, folder, keystore)
        ways = protocols(clock.wall_ns() // NS)
        presence = await stack.enter_async_context(Presence(_announcement(settings, listeners.ports), settings, accounts, ways))
        listeners.told = _both(presence, on_ports)
        bind(store, panoramic, rtsp, presence, storage, services.board, listeners)
        await _watch_and_act(stack, folder, services, keystore, panoramic)
        services.boot.ready.set()
        bus.emit(SYSTEM_READY, ready=True)
        yield _addresses(settings, listeners.ports, accounts.empty)


async def _set_clock_and_address(
    stack: contextlib.AsyncExitStack, services: Services, clock: CameraClock, panoramic: PanoramicCamera
) -> None:
    services.time = await stack.enter_async_context(make_timekeeper(clock, services.settings, panoramic.overlays, services.bus))
    await manage_address(stack, services, services.bus)
    await stack.enter_async_context(make_scheduler(clock, services.settings, services.bus))


async def _watch_and_act(
    stack: contextlib.AsyncExitStack, folder: DataFolder, services: Services, keystore: KeyStore, panoramic: PanoramicCamera
) -> None:
    clock = services.clock
    for end in (watch_daylight(clock, services.bus, panoramic), watch_links(services.bus)):
        stack.callback(end)
    await stack.enter_async_context(watch_motion(services.settings, services.bus, clock, panoramic))
    services.tampering = stack.enter_context(watch_tampering(services.settings, services.bus, clock, panoramic))
    services.recipients = await stack.enter_async_context(run_recipients(services, keystore))
    services.rules = await stack.enter_async_context(run_rules(folder, services, clock))


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


def _both(presence: Presence, on_ports: Callable[[Ports], None]) -> Callable[[Ports], None]:
    def tell(now: Ports) -> None:
        presence.move(now.http, now.https, now.rtsp)
        on_ports(now)

    return tell


def _addresses(settings: Snapshot, ports: Ports, setup_needed: bool) -> Addresses:
    device = settings.device
    return Addresses(settings.network.host, ports, device.serial, device.name, device.model.upper(), setup_needed)


def _announcement(settings: Snapshot, ports: Ports) -> Announcement:
    device, host = settings.device, settings.network.host
    return Announcement(device.name, device.model.upper(), device.serial, ports.http, ports.https, ports.rtsp, host)

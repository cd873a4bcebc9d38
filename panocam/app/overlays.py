"""The overlays of one camera, and what their modifiers say that the camera knows of itself: its names and addresses,
presets and exposure."""

from __future__ import annotations

from collections.abc import Callable

from panocam.app.fans import Fans
from panocam.app.thermometer import Thermometer
from panocam.clock import NS, Clock
from panocam.discovery.announcement import own_addresses
from panocam.imaging.exposure import Exposure
from panocam.network.identity import host_name
from panocam.pipeline.camera import PanoramicCamera
from panocam.pipeline.heads import Reached
from panocam.pipeline.overlays.board import OverlayBoard, Provider
from panocam.pipeline.overlays.gallery import Gallery
from panocam.pipeline.overlays.service import OverlayService
from panocam.ptz import PtzService
from panocam.settings import DataFolder, Store

FRESH_S = 30
"""Seconds for which the machine's address is taken for granted."""


async def make_overlays(folder: DataFolder, store: Store, panoramic: PanoramicCamera, clock: Clock, ptz: PtzService) -> OverlayService:
    """What was saved is shown from the first picture on; changes of the settings from the next one on."""
    _tell(panoramic.overlays, store, clock)
    _tell_of_pictures(panoramic.overlays, panoramic)
    tell_of_warmth(panoramic.overlays, Thermometer(clock))
    tell_of_fans(panoramic.overlays, Fans(clock))
    panoramic.overlays.place_of = lambda view, pose: ptz.zones.name_at(ptz.areas[view].number, pose)
    service = OverlayService(store, panoramic.overlays, Gallery(folder), clock, panoramic.pose)
    await service.start()
    store.bind(["overlays"], service.apply)
    return service


def _tell(board: OverlayBoard, store: Store, clock: Clock) -> None:
    """Let the board know who and where the camera is."""
    serial = store.running.device.serial
    mac = ":".join(serial[at : at + 2] for at in range(0, 12, 2))
    board.provide("#M", lambda view, number: mac)
    board.provide("#m", lambda view, number: mac[-8:])
    board.provide("#n", lambda view, number: host_name(store.running))
    board.provide("#i", _address(store, clock))


def _address(store: Store, clock: Clock) -> Provider:
    """The first address of this machine, looked up now and then."""
    known: tuple[int, str] | None = None

    def address(_view: int, _number: int | None) -> str | None:
        nonlocal known
        now = clock.monotonic_ns()
        if known is None or now - known[0] > FRESH_S * NS:
            known = now, next(iter(own_addresses(store.running.network.host)), "")
        return known[1] or None

    return address


def _tell_of_pictures(board: OverlayBoard, panoramic: PanoramicCamera) -> None:
    """Presets from the heads, shutter and gain from the exposure of the newest picture."""

    def preset(view: int, say: Callable[[Reached], str]) -> str | None:
        head = panoramic.heads.get(view)
        reached = None if head is None else head.reached
        return None if reached is None else say(reached)

    def exposed(say: Callable[[Exposure], str]) -> Provider:
        def provider(_view: int, _number: int | None) -> str | None:
            exposure = panoramic.exposure.exposure
            return None if exposure is None else say(exposure)

        return provider

    board.provide("#p", lambda view, number: preset(view, lambda reached: str(reached.number)))
    board.provide("#P", lambda view, number: preset(view, lambda reached: reached.name))
    board.provide("#gv", exposed(lambda exposure: f"{exposure.gain_db:.1f}"))
    board.provide("#gh", exposed(lambda _: f"{panoramic.exposure_plan.rules.max_gain_db:.1f}"))
    board.provide("#hv", exposed(lambda exposure: _shutter(exposure.shutter_s)))
    board.provide("#hh", exposed(lambda _: _shutter(panoramic.exposure_plan.rules.max_shutter_s)))

    board.provide("#ln", lambda view, number: None if panoramic.lens is None else panoramic.lens.model.value)


def tell_of_warmth(board: OverlayBoard, thermometer: Thermometer) -> None:
    """Let the board know how warm the machine is."""

    def degrees(factor: float, offset: float) -> Provider:
        def provider(_view: int, number: int | None) -> str | None:
            celsius = thermometer.celsius(number)
            return None if celsius is None else f"{celsius * factor + offset:.0f}"

        return provider

    board.provide("#TC", degrees(1, 0))
    board.provide("#TF", degrees(1.8, 32))


def tell_of_fans(board: OverlayBoard, fans: Fans) -> None:
    """Let the board know whether the machine's fans turn."""
    board.provide("#U", lambda view, number: fans.state(number))


def _shutter(seconds: float) -> str:
    """As photographers write it."""
    return f"{seconds:.1f}" if seconds >= 0.3 else f"1/{1 / seconds:.0f}"

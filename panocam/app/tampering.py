"""Tampering with one camera: its pictures are looked at as the settings say, and what is seen becomes events."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from panocam.clock import Clock
from panocam.events.bus import Bus
from panocam.events.tampering import TamperAlarm
from panocam.pipeline.camera import PanoramicCamera
from panocam.settings import Snapshot, Store


@contextlib.contextmanager
def watch_tampering(store: Store, bus: Bus, clock: Clock, camera: PanoramicCamera) -> Iterator[TamperAlarm]:
    """Watch until the block ends."""
    alarm = TamperAlarm(bus, clock, camera.learn_scene)

    def watch(settings: Snapshot) -> None:
        alarm.set_rules(settings.tampering)
        camera.watch_tampering(alarm.seen if settings.tampering.enabled else None)

    watch(store.running)
    store.bind(["tampering"], lambda old, new: watch(new))
    yield alarm
    camera.watch_tampering(None)

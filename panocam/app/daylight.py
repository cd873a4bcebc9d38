"""Day and night as a condition on the bus, for as long as the source says how it exposes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from panocam.app.facts import THE_SOURCE
from panocam.clock import Clock
from panocam.events.bus import Bus
from panocam.events.topics import DAY_NIGHT
from panocam.imaging.daylight import Daylight, light
from panocam.pipeline.camera import PanoramicCamera
from panocam.pipeline.exposure import ExposureState

EVERY_S = 1.0


class DaylightWatch:
    """``look`` is called once a second by ``run``."""

    def __init__(self, clock: Clock, bus: Bus) -> None:
        self._clock, self._bus = clock, bus
        self._law: Daylight | None = None

    def look(self, state: ExposureState) -> None:
        """Tell what has changed. A source that measures nothing, such as a film, has neither day nor night."""
        if state.exposure is None or state.luminance is None:
            if self._law is not None and not state.moving:
                self._law = None
                self._bus.retire(DAY_NIGHT, THE_SOURCE)
            return
        self._law = self._law or Daylight()
        day = self._law.see(light(state.luminance, state.exposure), self._clock.monotonic_ns())
        self._bus.emit(DAY_NIGHT, THE_SOURCE, day=day)

    async def run(self, camera: PanoramicCamera) -> None:
        """Look until it is cancelled."""
        while True:
            self.look(camera.exposure)
            await asyncio.sleep(EVERY_S)


def watch_daylight(clock: Clock, bus: Bus, camera: PanoramicCamera) -> Callable[[], object]:
    """Begin to look. Returns the function that ends it."""
    return asyncio.create_task(DaylightWatch(clock, bus).run(camera), name="day and night").cancel

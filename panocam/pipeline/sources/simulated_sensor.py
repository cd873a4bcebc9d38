"""The controls of the simulated sensor: what is wished is developed a little between two pictures, and then acts at once."""

from __future__ import annotations

from collections.abc import Mapping
from math import inf
from typing import Final

from panocam.clock import NS, Clock
from panocam.imaging.exposure import Exposure, Reach
from panocam.pipeline.slot import LatestSlot
from panocam.pipeline.sources.controls import Capability, How, Tuning
from panocam.scene import Lighting, Scene

REACH: Final = Reach(shortest_s=1 / 32500, longest_s=0.5, most_gain_db=48.0)
SIMULATED = Capability(How.SIMULATED)
CAPABILITIES: Final[Mapping[str, Capability]] = {
    **dict.fromkeys([f"exposure.{name}" for name in ("mode", "level", "max_shutter", "min_shutter", "zones")], SIMULATED),
    **dict.fromkeys([f"exposure.{name}" for name in ("max_gain", "min_gain", "blur_noise", "motion_adaptive")], SIMULATED),
    "exposure.aperture": Capability(None, "The simulated lens has no iris"),
    "installation.power_line": SIMULATED,
    "image.wdr": SIMULATED,
}


class SensorControls:
    """See ``SourceControls``. ``work`` belongs to the thread that renders."""

    reach: Reach | None = REACH
    taken: frozenset[str] = frozenset()

    def __init__(self, scene: Scene, clock: Clock) -> None:
        self._scene, self._clock = scene, clock
        self._wishes = LatestSlot[Exposure]()
        self._wanted = scene.settings
        self._power_line_hz = scene.settings.power_line_hz
        self._wdr = scene.settings.wdr

    @property
    def exposure(self) -> Exposure:
        now = self._scene.settings
        return Exposure(now.shutter, now.gain_db)

    @property
    def settled(self) -> bool:
        return not self._wishes.full and self._scene.settings == self._wanted  # a wish waits while the scene is being made sharp

    def capabilities(self) -> Mapping[str, Capability]:
        return CAPABILITIES

    def expose(self, wanted: Exposure) -> None:
        self._wishes.put(wanted)

    def tune(self, wanted: Tuning) -> None:
        self._power_line_hz = wanted.power_line_hz
        self._wdr = wanted.image.get("wdr") is True

    def work(self, light: Lighting, seconds: float = inf) -> bool:
        """Between two pictures, in the light of the moment, for about so long; the last step takes a few milliseconds more.

        False: the picture is as it was wished."""
        wish = self._wishes.take()
        if wish is not None:
            self._wanted = self._wanted.but(shutter_s=wish.shutter_s, gain_db=wish.gain_db, power_line_hz=self._power_line_hz)
        if self._wdr != self._wanted.wdr:
            self._wanted = self._wanted.but(wdr=self._wdr)
        if not self._scene.advance(0):  # one exposure after the other: light that never rests must not keep the picture from following
            self._scene.begin(self._wanted, light)
        end = self._clock.monotonic_ns() + seconds * NS
        while left := self._scene.advance(1):
            if self._clock.monotonic_ns() >= end:
                break
        return left

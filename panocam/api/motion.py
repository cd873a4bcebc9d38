"""Motion areas as a service: what is drawn on the picture to be watched."""

from __future__ import annotations

from typing import TYPE_CHECKING

from panocam.api.drawn import Drawn, Sort
from panocam.events.bus import Bus
from panocam.events.topics import MOTION
from panocam.settings import Store
from panocam.settings.motion import LONGEST_NAME, MOST_AREAS, MotionArea

if TYPE_CHECKING:
    from panocam.api.services import PanoramicCamera

AREAS = Sort("area", "motion area", "motion.areas", MOST_AREAS, LONGEST_NAME, "nothing would ever move there")


class MotionAreas(Drawn[MotionArea]):
    """Operators change them."""

    def __init__(self, settings: Store, camera: PanoramicCamera, bus: Bus) -> None:
        super().__init__(settings, camera, AREAS, lambda: settings.snapshot.motion.areas)
        self._bus = bus

    @property
    def active(self) -> frozenset[int]:
        """Where there is motion now."""
        return frozenset(int(event.source["motion_area"]) for event in self._bus.states(MOTION.path) if event.data["active"])

    def share(self, number: int) -> float | None:
        """How much of an area can be seen, 0 to 1; None before that is known, and for one that is switched off."""
        return self._camera.motion_shares.get(number)

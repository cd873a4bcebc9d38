"""The gatekeeper of one view area: something moves where it watches, and the view goes there; when all is still again it goes home.

Whoever else moves the view area has the word: then the gatekeeper lets go at once, does not go home, and waits until nobody has moved the
area for as long as it waits for motion to be over. In the control queue it is one of the group of events.

    AT EASE --motion, and nobody else has moved the area lately--> ON DUTY --no motion for so long--> home, AT EASE
                                                            ON DUTY --somebody else moves it--> AT EASE

Everything happens in ``tick``, as in ``area``.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from panocam.clock import NS
from panocam.errors import PanocamError
from panocam.optics.motion import STILL
from panocam.ptz.area import RETRY_NS, AreaControl, Playing
from panocam.ptz.mover import Mover
from panocam.settings.gatekeeper import Gatekeeper as Rules
from panocam.settings.ptz import HOME

log = logging.getLogger(__name__)


class Gatekeeper:
    """``rules()`` gives the settings of the moment, ``moving(id)`` says whether there is motion in a motion area, and ``go(who, preset)``
    goes to a preset position of the view area or raises PanocamError."""

    def __init__(
        self, area: AreaControl, rules: Callable[[], Rules], moving: Callable[[int], bool], go: Callable[[Mover, int], None]
    ) -> None:
        self._area, self._rules, self._moving, self._go_to = area, rules, moving, go
        self.mover = Mover(f"gatekeeper {area.number}", "event", f"gatekeeper {area.number}")
        self._tour: Playing | None = None  # that goes on afterwards
        self._moved, self._motion_ns = False, 0
        self._again_ns = 0
        self._fault = ""

    @property
    def on_duty(self) -> bool:
        """Whether the view area looks where it does because of this."""
        return self._area.held

    def tick(self, now_ns: int, *, usable: bool) -> int | None:
        """Do what is due; returns when to come again."""
        rules = self._rules()
        if not (usable and rules.enabled and rules.motion_area is not None):
            self._stand_down()
            return None
        moving = self._moving(rules.motion_area)
        if moving or self._moved:
            self._motion_ns = now_ns
        self._moved = moving
        if self.on_duty:
            return self._watch(rules, now_ns, moving=moving)
        if not moving:
            self._stand_down()
            return None
        return self._go(rules, now_ns)

    def _watch(self, rules: Rules, now_ns: int, *, moving: bool) -> int | None:
        if self._area.moved_by != self.mover:
            log.info("%s: somebody else moves the view area", self.mover.name)
            self._stand_down()
            return self._due(rules, now_ns) if moving else None
        over_ns = self._motion_ns + rules.home_after * NS
        if moving:
            return None
        if now_ns < over_ns:
            return over_ns
        return self._done(now_ns)

    def _done(self, now_ns: int) -> int | None:
        """Home, or on with the tour that was interrupted."""
        if self._tour is not None and self._area.playing is self._tour:
            self._area.resume(now_ns)
        elif not self._tried(HOME):
            return now_ns + RETRY_NS
        self._stand_down()
        return None

    def _go(self, rules: Rules, now_ns: int) -> int | None:
        due = self._due(rules, now_ns)
        if due is not None:
            return due
        playing = self._area.playing
        goes_on = playing is not None and (not playing.paused or playing.resume_ns is not None)
        if not self._tried(rules.preset):
            self._again_ns = now_ns + RETRY_NS
            return self._again_ns
        log.info("%s: motion in area %d, going to preset position %d", self.mover.name, rules.motion_area, rules.preset)
        self._tour = playing if goes_on else None
        self._area.held = True
        self._area.pause(now_ns)
        return None

    def _due(self, rules: Rules, now_ns: int) -> int | None:
        """When it may act, if not yet."""
        due, area = self._again_ns, self._area
        if area.moved_by not in (None, self.mover):
            due = max(due, (now_ns if area.driving != STILL else area.moved_ns) + rules.home_after * NS)
        return due if now_ns < due else None

    def _tried(self, preset: int) -> bool:
        try:
            self._go_to(self.mover, preset)
        except PanocamError as fault:
            if str(fault) != self._fault:
                log.warning("%s: %s", self.mover.name, fault)
            self._fault = str(fault)
            return False
        self._fault = ""
        return True

    def _stand_down(self) -> None:
        self._area.held = False
        self._again_ns = 0
        self._area.queue.release(self.mover)

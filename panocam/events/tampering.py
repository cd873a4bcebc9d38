"""Tampering as a pulse on the bus: told once, when the camera has seen something else than its scene for long enough.

An alarm stands until a look finds the scene again, or the one that was learnt in its place. A camera that was turned learns what it sees
after a while by itself, so that it can tell of the next time; one that is covered cannot.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from panocam.clock import NS, Clock
from panocam.events.bus import Bus
from panocam.events.topics import TAMPERING
from panocam.media.look import TAMPERED, Look, Sight
from panocam.settings.tampering import Tampering

log = logging.getLogger(__name__)

CHANNEL: Final = 0
ACCEPT_NS: Final = 600 * NS
"""What a camera sees that was turned so long ago is its scene from then on."""

SILENT_NS: Final = 10 * NS
"""Without a look for so long there are no pictures."""

OFF, WAITING, ALARM = "off", "waiting", "alarm"
"""What the state is beside the sights: switched off, no pictures, an alarm that stands."""

WORDS: Final = {Sight.DARK: "the picture went dark", Sight.BLURRED: "its contours are gone", Sight.MOVED: "it shows another scene"}


@dataclass(frozen=True)
class Alarm:
    """When it was raised (UTC), and why."""

    wall_ns: int
    reason: Sight


class TamperAlarm:
    """``learn`` makes the camera learn its scene once more. All methods on the event loop."""

    def __init__(self, bus: Bus, clock: Clock, learn: Callable[[], None]) -> None:
        self._bus, self._clock, self._learn = bus, clock, learn
        self._rules = Tampering()
        self._look: Look | None = None
        self._looked_ns = 0
        self._suspect_ns: int | None = None
        self._raised_ns: int | None = None
        self.last: Alarm | None = None
        """The last alarm since the camera started; it may be over."""

    def set_rules(self, rules: Tampering) -> None:
        """From the next look on. Switched off, there is no alarm."""
        self._rules = rules
        if not rules.enabled:
            self._look = self._suspect_ns = self._raised_ns = None

    @property
    def state(self) -> str:
        """In one word: that of a sight, or one of those above."""
        if not self._rules.enabled:
            return OFF
        if self._raised_ns is not None:
            return ALARM
        if self._look is None or self._clock.monotonic_ns() - self._looked_ns > SILENT_NS:
            return WAITING
        return str(self._meant(self._look))

    @property
    def remains(self) -> float | None:
        """The part of the scene that the last look found again."""
        return None if self._look is None else self._look.remains

    def learn_anew(self) -> None:
        """What is seen now is how it should be."""
        self._suspect_ns = self._raised_ns = self._look = None
        self._learn()

    def seen(self, look: Look) -> None:
        """What a look found."""
        if not self._rules.enabled:  # one that was under way when it was switched off
            return
        self._look, self._looked_ns = look, self._clock.monotonic_ns()
        sight = self._meant(look)
        if sight not in TAMPERED:
            self._suspect_ns = None
            if sight is Sight.CLEAR and self._raised_ns is not None:
                self._raised_ns = None
                log.info("tampering: the scene is as it was learnt again")
            return
        self._suspect_ns = self._looked_ns if self._suspect_ns is None else self._suspect_ns
        if self._raised_ns is None and self._looked_ns - self._suspect_ns >= self._rules.delay * NS:
            self._raise(sight)
        elif self._raised_ns is not None and sight is Sight.MOVED and self._looked_ns - self._raised_ns >= ACCEPT_NS:
            log.info("tampering: the camera learns what it has seen for %d minutes", ACCEPT_NS // NS // 60)
            self._suspect_ns, self._raised_ns = None, self._looked_ns
            self._learn()

    def _meant(self, look: Look) -> Sight:
        return Sight.DIM if look.sight is Sight.DARK and not self._rules.dark else look.sight

    def _raise(self, reason: Sight) -> None:
        self._raised_ns, self.last = self._looked_ns, Alarm(self._clock.wall_ns(), reason)
        log.warning("tampering: %s", WORDS[reason])
        self._bus.emit(TAMPERING, {"channel": CHANNEL}, reason=str(reason))

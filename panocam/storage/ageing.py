"""What time it is for keeping by age, so that a clock set far ahead removes nothing.

The camera lives through time: what its monotonic clock has counted while it ran is sure to have passed. The wall clock may run ahead
of that by half a day for each half day of running: nights without power, corrections. What is beyond is doubted: ages are counted
from the time that is known to have passed, until the wall clock is right again, a whole day of running has passed without another
jump, or a person says that the clock is right. Removing for want of space goes on all the while.
"""

from __future__ import annotations

import contextlib
import json
import logging
import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from panocam.clock import NS, Clock
from panocam.errors import PanocamError
from panocam.settings import atomic

log = logging.getLogger(__name__)

DAY_NS = 86_400 * NS
LEAP_NS = DAY_NS // 2
KEEP_NS = 600 * NS
"""So often the state is kept; a crash forgets no more than this of the time that passed."""


@dataclass
class _State:
    """``known_ns``: the wall time up to which time has passed for sure; ``leap_ns``: what the clock may still be ahead at once;
    ``doubted_ns``: how far from ``known_ns`` the wall clock was when it began to be doubted, None while it is not; ``ran_ns``: since."""

    known_ns: int
    leap_ns: int = LEAP_NS
    doubted_ns: int | None = None
    ran_ns: int = 0


@dataclass(frozen=True)
class Doubt:
    """The clock is ``ahead_ns`` further than what is known to have passed; believed in ``rest_ns`` of running unless it is set again."""

    ahead_ns: int
    rest_ns: int


class Ageing:
    """``present_ns`` is asked from the disks' threads; ``on_doubt(doubt or None)`` is called there when removing by age pauses or goes
    on."""

    def __init__(self, path: Path, clock: Clock, on_doubt: Callable[[Doubt | None], None] = lambda doubt: None) -> None:
        self._path, self._clock, self._on_doubt = path, clock, on_doubt
        self._lock = threading.Lock()
        self._last = self._kept = clock.monotonic_ns()
        self._said = False
        self._state = self._load() or _State(clock.wall_ns())

    def present_ns(self) -> int:
        """The moment from which ages are counted: never later than the wall clock says, nor than is believed."""
        with self._lock:
            was = self._state.doubted_ns
            wall = self._advance()
            state, now = self._state, self._clock.monotonic_ns()
            if state.doubted_ns != was or now - self._kept >= KEEP_NS:
                self._keep(now)
            present, doubt = min(wall, state.known_ns), self._doubt(wall)
        self._tell(doubt)
        return present

    @property
    def doubt(self) -> Doubt | None:
        """None while the clock is believed."""
        with self._lock:
            return self._doubt(self._clock.wall_ns())

    def believe(self) -> None:
        """A person says that the clock is right."""
        with self._lock:
            self._state = _State(self._clock.wall_ns())
            self._last = self._clock.monotonic_ns()
            self._keep(self._last)
        self._tell(None)

    def _advance(self) -> int:
        state, wall, now = self._state, self._clock.wall_ns(), self._clock.monotonic_ns()
        passed, self._last = now - self._last, now
        state.known_ns += passed
        state.leap_ns = min(LEAP_NS, state.leap_ns + passed)
        off = wall - state.known_ns
        if -LEAP_NS <= off <= state.leap_ns:
            state.leap_ns -= max(0, off)
        elif state.doubted_ns is None or abs(off - state.doubted_ns) > LEAP_NS:
            state.doubted_ns, state.ran_ns = off, 0
            return wall
        else:
            state.ran_ns += passed
            if state.ran_ns < DAY_NS:
                return wall
        state.known_ns, state.doubted_ns, state.ran_ns = wall, None, 0
        return wall

    def _doubt(self, wall: int) -> Doubt | None:
        """A clock that is behind is waited for too, but nothing is removed too early by it."""
        state = self._state
        if state.doubted_ns is None or wall <= state.known_ns:
            return None
        return Doubt(wall - state.known_ns, max(0, DAY_NS - state.ran_ns))

    def _tell(self, doubt: Doubt | None) -> None:
        if (doubt is not None) == self._said:
            return
        self._said = doubt is not None
        if doubt is not None:
            log.warning("the clock is %.1f days ahead of the time that passed: nothing is removed for its age", doubt.ahead_ns / DAY_NS)
        else:
            log.info("the clock is believed: what is too old is removed again")
        self._on_doubt(doubt)

    def _load(self) -> _State | None:
        try:
            found = json.loads(self._path.read_text(encoding="utf-8"))
            return _State(*(None if found[name] is None else int(found[name]) for name in asdict(_State(0))))  # type: ignore[arg-type]
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError) as fault:
            log.warning("what was known of the passing of time is lost: %s", fault)
            return None

    def _keep(self, now: int) -> None:
        self._kept = now
        with contextlib.suppress(PanocamError):  # a full data folder: the next try comes
            atomic.write(self._path, json.dumps(asdict(self._state)).encode())

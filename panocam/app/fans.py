"""Whether the machine's fans turn, for overlays: those that Linux tells of. Where it tells of none, nothing is known."""

from __future__ import annotations

from pathlib import Path

from panocam.app.thermometer import FRESH_NS, SENSORS, by_number
from panocam.clock import Clock

PLACE = "hwmon/hwmon*/fan*_input"
"""Turns a minute in a text file each."""


class Fans:
    """Numbered from 0. Read on whatever thread asks, each at most every few seconds."""

    def __init__(self, clock: Clock, sensors: Path = SENSORS) -> None:
        self._clock = clock
        self._files = sorted(sensors.glob(PLACE), key=by_number)
        self._known: dict[int, tuple[int, str | None]] = {}

    def state(self, fan: int | None) -> str | None:
        """running or stopped, of the first where none is named; None for one that is not there or does not answer."""
        number, now = fan or 0, self._clock.monotonic_ns()
        known = self._known.get(number)
        if known is None or now - known[0] > FRESH_NS:
            known = self._known[number] = now, self._read(number)
        return known[1]

    def _read(self, number: int) -> str | None:
        try:
            return "running" if int(self._files[number].read_text()) > 0 else "stopped"
        except (IndexError, OSError, ValueError):
            return None

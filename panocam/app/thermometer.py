"""How warm the machine is, for overlays: the sensors that Linux tells of. Where it tells of none, there is no temperature."""

from __future__ import annotations

from pathlib import Path

from panocam.clock import NS, Clock

SENSORS = Path("/sys/class")
PLACES = ("thermal/thermal_zone*/temp", "hwmon/hwmon*/temp*_input")
"""Thousandths of a degree in a text file each; the same chip is often told of in both places, so the second counts where the first is
empty."""

FRESH_NS = 5 * NS


class Thermometer:
    """Sensors are numbered from 0. Read on whatever thread asks, each at most every few seconds."""

    def __init__(self, clock: Clock, sensors: Path = SENSORS) -> None:
        self._clock = clock
        found = (sorted(sensors.glob(place), key=by_number) for place in PLACES)
        self._files = next((files for files in found if files), [])
        self._known: dict[int, tuple[int, float | None]] = {}

    def celsius(self, sensor: int | None) -> float | None:
        """Of a sensor, the first where none is named; None for one that is not there or does not answer."""
        number, now = sensor or 0, self._clock.monotonic_ns()
        known = self._known.get(number)
        if known is None or now - known[0] > FRESH_NS:
            known = self._known[number] = now, self._read(number)
        return known[1]

    def _read(self, number: int) -> float | None:
        try:
            return int(self._files[number].read_text()) / 1000
        except (IndexError, OSError, ValueError):
            return None


def by_number(file: Path) -> list[int]:
    return [int("".join(filter(str.isdigit, part)) or 0) for part in file.parts[-2:]]

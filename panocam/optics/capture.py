"""The capture modes as rows of data: which views there are, how fast the sensor is read, and what else the mode allows.

A camera has one stream of sensor pictures, and a mode says what it is spent on: on twelve views of a picture with a widened range of
brightness, or on more pictures a second of the circle alone. The rates are what a source is asked for that can choose its rate (the
simulated scene, a still picture); a file, a network source or a device has its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from panocam.errors import InvalidValue

OVERVIEW = 0
"""Index of the only view that every mode has."""


class Capture(StrEnum):
    """Name of a mode in settings and addresses."""

    DEWARPED = "dewarped"
    OVERVIEW = "overview"


@dataclass(frozen=True)
class CaptureMode:
    """One row.

    ``number`` is what VAPIX calls ``captureModeId``; ``rates`` frames a second by power-line frequency in Hz; ``dewarped``: the flat views
    exist, not the overview alone; ``wdr``: several exposures may be merged into one picture.
    """

    number: int
    name: Capture
    title: str
    rates: Mapping[int, float]
    dewarped: bool
    wdr: bool

    def has(self, view: int) -> bool:
        """Whether the view with this index exists in the mode."""
        return self.dewarped or view == OVERVIEW


MODES = (
    CaptureMode(1, Capture.DEWARPED, "360° overview with dewarped views, WDR", MappingProxyType({50: 25.0, 60: 30.0}), True, True),
    CaptureMode(2, Capture.OVERVIEW, "360° overview only, faster, no WDR", MappingProxyType({50: 50.0, 60: 60.0}), False, False),
)
"""The first is the one to begin with."""


def capture_mode(name: str | int) -> CaptureMode:
    """The mode of a name or number. Raises InvalidValue that lists them."""
    found = next((mode for mode in MODES if name in (mode.name, mode.number)), None)
    if found is None:
        listed = ", ".join(f"{mode.name} ({mode.number})" for mode in MODES)
        raise InvalidValue("capture_mode", name, f"use one of {listed}")
    return found

"""What people are told about the exposure: the numbers of the moment, and what does not fit together."""

from __future__ import annotations

from collections.abc import Iterator
from math import floor

from panocam.pipeline.exposure import ExposureState
from panocam.settings import Snapshot
from panocam.settings.exposure import ExposureMode, MinShutter


def shutter_text(seconds: float) -> str:
    """As on cameras: ``1/100`` below half a second, else ``0.5``."""
    return f"1/{round(1 / seconds)}" if seconds < 0.4 else f"{seconds:.1f}"


def warnings(settings: Snapshot, state: ExposureState) -> Iterator[str]:
    """What a person should know about the settings and their result, in whole sentences."""
    wished, line = settings.exposure, settings.installation.power_line
    mains = wished.mode.mains_hz
    if mains is not None and mains != line:
        yield f"The mode is for {mains} Hz, but the power line frequency of the installation is {line} Hz."
    pulse = 1 / (2 * (mains or line))
    free = wished.mode in (ExposureMode.FLICKER_FREE_50, ExposureMode.FLICKER_FREE_60)
    if free and wished.max_shutter.seconds < pulse * 0.999:
        yield f"Max shutter {wished.max_shutter} is shorter than a pulse of the light, so {shutter_text(pulse)} is used."
    elif free and floor(wished.max_shutter.seconds / pulse + 1e-3) < wished.min_shutter.seconds / pulse - 1e-3:
        yield f"No whole pulses of the light last from {wished.min_shutter} to {wished.max_shutter}, so the min shutter does not count."
    if state.limited > 0:
        yield f"The picture stays {state.limited:.1f} stops too dark: a longer max shutter or a higher max gain would help."
    if state.limited < 0 and free and not wished.min_gain:
        yield f"The picture stays {-state.limited:.1f} stops too bright: flicker-free is never shorter than {shutter_text(pulse)}."
    elif state.limited < 0 and (wished.min_gain or wished.min_shutter is not MinShutter.S32500):
        yield f"The picture stays {-state.limited:.1f} stops too bright: a shorter min shutter or a lower min gain would help."
    elif state.limited < 0:
        yield f"The picture stays {-state.limited:.1f} stops too bright: the shutter cannot be shorter."

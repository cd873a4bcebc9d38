"""Exposure settings into what the exposure loop takes."""

from __future__ import annotations

from panocam.imaging.exposure import ExposureMode, ExposureRules
from panocam.imaging.metering import Zone
from panocam.optics.capture import capture_mode
from panocam.pipeline.exposure import ExposurePlan
from panocam.pipeline.sources.controls import Tuning
from panocam.settings import Snapshot

NORMAL = 0.2
"""Mean luminance at level 50, of white: a little above the 18 % of a grey card, as fisheye pictures hold much ceiling and sky."""

STEPS_A_STOP = 100 / 3


def exposure_plan(settings: Snapshot) -> ExposurePlan:
    """The rules and zones of the exposure, and what the source is told beside them.

    The image settings are among that: what the source's own hardware does of them is not done again."""
    wished, line = settings.exposure, settings.installation.power_line
    rules = ExposureRules(
        mode=ExposureMode(wished.mode.removesuffix("-50").removesuffix("-60")),
        mains_hz=wished.mode.mains_hz or line,
        target=NORMAL * 2 ** ((wished.level - 50) / STEPS_A_STOP),
        max_shutter_s=wished.max_shutter.seconds,
        max_gain_db=wished.max_gain,
        trade_off=wished.blur_noise / 100,
        min_shutter_s=wished.min_shutter.seconds,
        min_gain_db=wished.min_gain,
    )
    zones = tuple(Zone(zone.left, zone.top, zone.right, zone.bottom) for zone in wished.zones)
    image = settings.image.model_dump()
    image["wdr"] = image["wdr"] and capture_mode(settings.installation.capture_mode).wdr
    return ExposurePlan(rules, zones, Tuning(line, wished.aperture, image), wished.motion_adaptive)

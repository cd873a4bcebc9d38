"""What the sensor does and how its picture is developed: the group ImageSource.I0.Sensor, over the settings of exposure and image."""

from __future__ import annotations

from collections.abc import Iterator

from panocam.api.services import Services
from panocam.api.vapix.params.leaf import Codec, Leaf, Shape, bound, choice, fact, number, whole
from panocam.api.vapix.params.members import Attribute, Member, Members
from panocam.api.vapix.params.tree import Living
from panocam.settings.exposure import ExposureMode, MaxShutter

GROUP = "ImageSource.I0.Sensor"
PERCENT = whole(0, 100)
MICRO = 1_000_000
FAR = 9999
"""Coordinates of exposure windows run from 0 to this."""

LEVELS = {
    "Brightness": "image.brightness",
    "ColorLevel": "image.saturation",
    "Contrast": "image.contrast",
    "ExposureValue": "exposure.level",
    "LocalContrast": "image.local_contrast",
    "Sharpness": "image.sharpness",
    "ToneMapping": "image.tone_mapping",
}
EXPOSURES = {
    "auto": ExposureMode.AUTOMATIC,
    "flickerfree50": ExposureMode.FLICKER_FREE_50,
    "flickerfree60": ExposureMode.FLICKER_FREE_60,
    "flickerreduced50": ExposureMode.FLICKER_REDUCED_50,
    "flickerreduced60": ExposureMode.FLICKER_REDUCED_60,
    "hold": ExposureMode.HOLD,
}
WHITE_BALANCES = {
    "auto": "auto",
    "auto_outdoor": "auto_outdoors",
    "fixed_indoor": "fixed_indoors",
    "fixed_outdoor1": "fixed_outdoors1",
    "fixed_outdoor2": "fixed_outdoors2",
    "fixed_fluor1": "fixed_fluorescent1",
    "fixed_fluor2": "fixed_fluorescent2",
    "hold": "hold",
    "manual": "manual",
    "source": "source",
}


def _longest(text: str) -> MaxShutter:
    """The longest shutter on offer that is no longer than so many microseconds."""
    wanted = number(text) / MICRO * 1.001  # 33333 is meant to be a thirtieth
    fitting = [each for each in MaxShutter if each.seconds <= wanted]
    if not fitting:
        raise ValueError(f"use {round(min(each.seconds for each in MaxShutter) * MICRO)} microseconds or more")
    return max(fitting, key=lambda each: each.seconds)


SHUTTER = Codec(lambda value: str(round(value.seconds * MICRO)), _longest, Shape("int", 250, 500_000))


def rows() -> Iterator[Leaf]:
    """Every leaf that is always there."""
    for name, setting in LEVELS.items():
        yield from bound(f"{GROUP}.{name}", setting, PERCENT)
    yield from bound(f"{GROUP}.WDR", "image.wdr", choice({"on": True, "off": False}))
    yield from bound(f"{GROUP}.WhiteBalance", "image.white_balance", choice(WHITE_BALANCES))
    yield from bound(f"{GROUP}.Exposure", "exposure.mode", choice(EXPOSURES))
    yield from bound(f"{GROUP}.MaxExposureTime", "exposure.max_shutter", SHUTTER)
    yield from bound(f"{GROUP}.MaxGain", "exposure.max_gain", whole(0, 48))
    yield fact(f"{GROUP}.ExposureWindow", _window)


def _window(services: Services) -> str:
    return "custom" if services.settings.snapshot.exposure.zones else "auto"


def _edge(name: str, key: str) -> Attribute:
    def change(zone: Member, text: str) -> None:
        zone[key] = number(text) / FAR

    return Attribute(name, lambda zone: str(round(zone[key] * FAR)), change, Shape("int", 0, FAR))


ZONES = Members(
    "exposure.zones",
    f"{GROUP}.CustomExposureWindow",
    "C",
    (
        _edge("Left", "left"),
        _edge("Right", "right"),
        _edge("Top", "top"),
        _edge("Bottom", "bottom"),
        Attribute("WindowType", lambda zone: "exposure"),
    ),
)
LIVING = Living(ZONES.prefix, ZONES.leaves)

"""Settings of the exposure: how shutter, gain and iris are chosen, and which part of the picture counts."""

from __future__ import annotations

from enum import StrEnum

from pydantic import field_validator

from panocam.settings.declare import Section, setting
from panocam.settings.window import Window

MOST_ZONES = 8


class ExposureMode(StrEnum):
    """The modes, each with the mains frequency that it is for."""

    AUTOMATIC = "automatic"
    FLICKER_FREE_50 = "flicker-free-50"
    FLICKER_FREE_60 = "flicker-free-60"
    FLICKER_REDUCED_50 = "flicker-reduced-50"
    FLICKER_REDUCED_60 = "flicker-reduced-60"
    HOLD = "hold"

    @property
    def mains_hz(self) -> int | None:
        """50, 60, or None for modes that do not care."""
        return int(self[-2:]) if self[-2:].isdecimal() else None

    def at(self, mains_hz: int) -> ExposureMode:
        """The same mode for another mains frequency."""
        return self if self.mains_hz is None else ExposureMode(f"{self[:-2]}{mains_hz}")


class Shutter(StrEnum):
    """A shutter time on offer, in seconds."""

    @property
    def seconds(self) -> float:
        return 1 / int(self[2:])


class MaxShutter(Shutter):
    """The longest ones that can be chosen."""

    S2 = "1/2"
    S4 = "1/4"
    S6 = "1/6"
    S8 = "1/8"
    S12 = "1/12"
    S15 = "1/15"
    S25 = "1/25"
    S30 = "1/30"
    S50 = "1/50"
    S60 = "1/60"
    S100 = "1/100"
    S120 = "1/120"
    S250 = "1/250"
    S500 = "1/500"
    S1000 = "1/1000"
    S2000 = "1/2000"
    S4000 = "1/4000"


class MinShutter(Shutter):
    """The shortest ones that can be chosen; the first is as short as sensors go."""

    S32500 = "1/32500"
    S16000 = "1/16000"
    S8000 = "1/8000"
    S4000 = "1/4000"
    S2000 = "1/2000"
    S1000 = "1/1000"
    S500 = "1/500"
    S250 = "1/250"
    S120 = "1/120"
    S100 = "1/100"
    S60 = "1/60"
    S50 = "1/50"
    S30 = "1/30"


class ExposureSettings(Section):
    """How light becomes a picture."""

    mode: ExposureMode = setting(
        ExposureMode.AUTOMATIC,
        "Exposure mode",
        "automatic for most uses; flicker-free under artificial light; flicker-reduced under artificial and bright light; hold keeps "
        "the exposure of the moment. The number is the mains frequency, and should be that of Installation.",
    )
    level: int = setting(
        50,
        "Exposure level",
        "How bright the picture should be: 50 is normal, 0 and 100 are one and a half stops darker and brighter.",
        ge=0,
        le=100,
    )
    max_shutter: MaxShutter = setting(
        MaxShutter.S30, "Max shutter", "The longest shutter time. Long ones need less gain, but what moves is blurred.", unit="s"
    )
    min_shutter: MinShutter = setting(
        MinShutter.S32500,
        "Min shutter",
        "The shortest shutter time. A long one keeps what moves smooth, and lets very bright scenes come out too bright.",
        unit="s",
    )
    max_gain: float = setting(
        36.0, "Max gain", "The most amplification. A lower limit means less noise and darker nights.", ge=0, le=48, unit="dB"
    )
    min_gain: float = setting(
        0.0,
        "Min gain",
        "The least amplification. More keeps the shutter shorter, and the picture noisier, under good light too.",
        ge=0,
        le=48,
        unit="dB",
    )
    blur_noise: int = setting(
        50, "Blur-noise trade-off", "0: low motion blur, the gain rises first. 100: low noise, the shutter opens first.", ge=0, le=100
    )
    motion_adaptive: bool = setting(
        False,
        "Motion-adaptive exposure",
        "While things move the shutter is kept short and the gain rises first; when all is still again the trade-off counts.",
    )
    aperture: int = setting(100, "Aperture", "How far the iris is open, where the camera has one that can be set.", ge=0, le=100, unit="%")
    zones: tuple[Window, ...] = setting(
        (),
        "Exposure zones",
        "The rectangles of the overview, without roll, in which brightness is measured: left, top, right, bottom from 0 to 1. "
        "None is the whole picture.",
        max_length=MOST_ZONES,
    )

    @field_validator("mode", "max_shutter", "min_shutter", mode="before")
    @classmethod
    def _without_blanks(cls, value: object) -> object:
        return value.strip() if isinstance(value, str) else value

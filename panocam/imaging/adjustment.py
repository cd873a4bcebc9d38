"""How a person wants the picture: what the Image settings say, as one value."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from typing import Any, Self

from panocam.errors import InvalidValue
from panocam.imaging.metering import Zone

NEUTRAL = 50
"""Of brightness, contrast, saturation and sharpness."""


class WhiteBalance(StrEnum):
    """Which light is to look white. ``SOURCE`` leaves the colours as they come; all others correct them from there."""

    SOURCE = "source"
    AUTOMATIC = "auto"
    OUTDOORS = "auto_outdoors"
    INDOORS = "fixed_indoors"
    DAYLIGHT = "fixed_outdoors1"
    SHADE = "fixed_outdoors2"
    FLUORESCENT_WARM = "fixed_fluorescent1"
    FLUORESCENT_COLD = "fixed_fluorescent2"
    HOLD = "hold"
    MANUAL = "manual"


@dataclass(frozen=True)
class Adjustment:
    """All numbers are 0..100 but the gains. The default changes nothing and costs nothing. Raises InvalidValue out of range.

    ``sharpness`` below 50 softens. ``local_contrast`` and ``tone_mapping`` count while ``wdr`` is on, ``defog_effect`` while ``defog``
    is. ``red_gain`` and ``blue_gain`` (0.25..4, on linear light, green being 1) are those of the manual white balance.
    """

    brightness: int = NEUTRAL
    contrast: int = NEUTRAL
    saturation: int = NEUTRAL
    sharpness: int = NEUTRAL
    wdr: bool = False
    local_contrast: int = 50
    tone_mapping: int = 35
    white_balance: WhiteBalance = WhiteBalance.SOURCE
    red_gain: float = 1.0
    blue_gain: float = 1.0
    noise_spatial: int = 0
    noise_temporal: int = 0
    defog: bool = False
    defog_effect: int = 50
    window: Zone | None = None

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if field.type == "int" and not 0 <= value <= 100:
                raise InvalidValue(field.name, value, "give 0 to 100")
            if field.type == "float" and not 0.25 <= value <= 4:
                raise InvalidValue(field.name, value, "give a gain from 0.25 to 4")

    @property
    def follows_light(self) -> bool:
        """Whether the colour of the light is told from the picture."""
        return self.white_balance in (WhiteBalance.AUTOMATIC, WhiteBalance.OUTDOORS, WhiteBalance.HOLD)

    @property
    def neutral(self) -> bool:
        """True when pictures pass untouched."""
        quiet = (self.wdr, self.defog, self.noise_spatial, self.noise_temporal, self.white_balance is not WhiteBalance.SOURCE)
        return not any(quiet) and {self.brightness, self.contrast, self.saturation, self.sharpness} == {NEUTRAL}

    def without(self, names: Iterable[str]) -> Self:
        """The same with those settings at their neutral values, because something else (the camera's hardware) does them."""
        return replace(self, **{name: _NEUTRAL[name] for name in names if name in _NEUTRAL})


_NEUTRAL: dict[str, Any] = {field.name: field.default for field in fields(Adjustment)}

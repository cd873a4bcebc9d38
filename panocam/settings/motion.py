"""Settings of motion areas: where in the picture motion is an event."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field, field_validator

from panocam.settings.declare import Section, once, setting
from panocam.settings.privacy import Corner

MOST_AREAS = 10
LONGEST_NAME = 64
SMALLEST, LARGEST = 2.0, 60.0
"""Degrees of what can be asked for as the smallest thing that counts."""

LONGEST_HOLD_S = 300


class MotionArea(BaseModel):
    """One area. ``corners`` as those of a privacy mask; ``size``: what moves counts from the size of a square of so many degrees on;
    ``hold``: seconds that motion lasts after the last that was seen."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, str_strip_whitespace=True)

    id: int = Field(ge=1, le=1_000_000)
    name: str = Field(min_length=1, max_length=LONGEST_NAME, pattern=r"^[^\x00-\x1f\x7f]+$")
    enabled: bool = True
    corners: tuple[Corner, ...] = Field(min_length=3, max_length=10)
    sensitivity: int = Field(50, ge=1, le=100)
    size: float = Field(5.0, ge=SMALLEST, le=LARGEST)
    hold: int = Field(3, ge=1, le=LONGEST_HOLD_S)


class Motion(Section):
    """Areas that are watched for motion."""

    areas: tuple[MotionArea, ...] = setting(
        (),
        "Motion areas",
        "Each with id, name, enabled, 3 to 10 corners as [azimuth, angle off the axis] in degrees, sensitivity 1 to 100, "
        "size (the smallest thing that counts, in degrees) and hold (seconds).",
        max_length=MOST_AREAS,
    )

    @field_validator("areas")
    @classmethod
    def _told_apart(cls, value: tuple[MotionArea, ...]) -> tuple[MotionArea, ...]:
        for what in ("id", "name"):
            once(f"the {what}", (getattr(area, what) for area in value))
        return value

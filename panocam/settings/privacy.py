"""Settings of privacy: what every picture hides."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from panocam.settings.declare import Section, setting
from panocam.settings.role import Role

ADMIN = Role.ADMINISTRATOR
MOST_MASKS = 32
LONGEST_NAME = 128

Corner = tuple[Annotated[float, Field(ge=-360, le=360)], Annotated[float, Field(ge=0, le=180)]]


class Mask(BaseModel):
    """One mask. ``corners``: 3 to 10 pairs of degrees in the camera: azimuth, clockwise from the top of the picture as the sensor takes it,
    and angle off the optical axis."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, str_strip_whitespace=True)

    id: int = Field(ge=1, le=1_000_000)
    name: str = Field(min_length=1, max_length=LONGEST_NAME, pattern=r"^[^\x00-\x1f\x7f]+$")
    enabled: bool = True
    corners: tuple[Corner, ...] = Field(min_length=3, max_length=10)


class Privacy(Section):
    """Privacy masks. They are part of every stream, snapshot and recording."""

    enabled: bool = setting(True, "Show privacy masks", "Off hides all masks, for emergencies; this is logged.", write=ADMIN)
    color: Literal["black", "grey", "white", "red", "green", "blue", "mosaic", "chameleon"] = setting(
        "grey",
        "Mask colour",
        "What all masks look like; mosaic shows coarse cells instead of a colour, chameleon the mean colour of what surrounds each mask.",
        write=ADMIN,
    )
    mosaic_scale: int = setting(3, "Mosaic cell size", "A larger number makes larger cells.", write=ADMIN, ge=3, le=16)
    masks: tuple[Mask, ...] = setting(
        (),
        "Privacy masks",
        "Each with id, name, enabled, and 3 to 10 corners as [azimuth, angle off the axis] in degrees.",
        read=ADMIN,
        write=ADMIN,
        max_length=MOST_MASKS,
    )

    @field_validator("masks")
    @classmethod
    def _told_apart(cls, value: tuple[Mask, ...]) -> tuple[Mask, ...]:
        for what in ("id", "name"):
            seen = [getattr(mask, what) for mask in value]
            twice = next((each for each in seen if seen.count(each) > 1), None)
            if twice is not None:
                raise ValueError(f"should have each {what} once; two masks have {twice!r}")
        return value

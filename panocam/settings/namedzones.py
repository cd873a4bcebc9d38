"""Named zones (on-screen direction indicator): parts of what a view area can see, each with the name that an overlay shows for it.

Names may be there more than once: a place that is no rectangle is made of several zones of one name.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import Annotated

from pydantic import Field, field_validator, model_validator

from panocam.settings.declare import Section

MAX_ZONES = 100
"""For each view area."""

ZONE_NAME = re.compile(r"[^<>\"\x00-\x1f\x7f]{1,64}")

Pan = Annotated[float, Field(ge=-180, le=180)]
Tilt = Annotated[float, Field(ge=-90, le=90)]


class NamedZone(Section):
    """From the lower left corner (``left``, ``down``) to the upper right one (``right``, ``up``), as pan and tilt were at the digital
    ``roll``: what the zone names stays in it when the picture is rolled."""

    area: int = Field(ge=1, le=4)
    number: int = Field(ge=1, le=3600)
    name: str
    enabled: bool = True
    left: Pan
    down: Tilt
    right: Pan
    up: Tilt
    roll: float = Field(default=0.0, ge=-180, le=180)

    @field_validator("name")
    @classmethod
    def _can_be_shown(cls, value: str) -> str:
        if not ZONE_NAME.fullmatch(value):
            raise ValueError("a zone's name has 1 to 64 characters, none of them < > or \"")
        return value

    @model_validator(mode="after")
    def _encloses_something(self) -> NamedZone:
        if self.down >= self.up:
            raise ValueError(f"zone {self.name!r} should have its upper right corner above the lower left one: down below up")
        if self.left == self.right or (self.left, self.right) == (180, -180):
            raise ValueError(f"zone {self.name!r} should have another pan at its right than at its left")
        return self


def told_apart(zones: tuple[NamedZone, ...]) -> tuple[NamedZone, ...]:
    """In order. Raises ValueError for numbers that are there twice, and for too many."""
    double = [key for key, count in Counter((each.area, each.number) for each in zones).items() if count > 1]
    if double:
        raise ValueError(f"view area {double[0][0]} has two zones of the number {double[0][1]}")
    for area, count in Counter(each.area for each in zones).items():
        if count > MAX_ZONES:
            raise ValueError(f"view area {area} has {count} zones; remove some, at most {MAX_ZONES} are kept")
    return tuple(sorted(zones, key=lambda each: (each.area, each.number)))

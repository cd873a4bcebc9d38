"""Where the camera hangs: a text for people, and a position on the Earth.

A coordinate is text as ISO 6709 (annex H) writes it, kept as it was given: degrees (``59.3293``), degrees and minutes (``5919.758``) or
degrees, minutes and seconds (``591945.48``); north and east are positive.
"""

from __future__ import annotations

import re

from pydantic import field_validator

from panocam.settings.declare import Section, setting
from panocam.settings.role import Role

ADMIN = Role.ADMINISTRATOR
_COORDINATE = re.compile(r"([+-]?)(\d{1,7})(?:\.(\d{1,12}))?")
LATITUDE, LONGITUDE = (2, 90), (3, 180)
"""Digits of whole degrees, and the largest number of them."""


def degrees(text: str, kind: tuple[int, int]) -> float | None:
    """The degrees that a coordinate says; None for "". Raises ValueError for what is none."""
    if not text:
        return None
    digits, most = kind
    found = _COORDINATE.fullmatch(text)
    name = "latitude" if kind is LATITUDE else "longitude"
    if found is None or len(found[2]) > digits + 4:
        raise ValueError(f"should be a {name} in degrees such as {'59.3293' if kind is LATITUDE else '018.0686'}, as ISO 6709 writes it")
    whole, rest = found[2], float(f"0.{found[3] or 0}")
    parts = [int(whole)] if len(whole) <= digits else [int(whole[:-2]), int(whole[-2:])]
    if len(whole) > digits + 2:
        parts = [int(whole[:-4]), int(whole[-4:-2]), int(whole[-2:])]
    if any(part >= 60 for part in parts[1:]):
        raise ValueError("should have fewer than 60 minutes and seconds")
    parts_with_rest = [*map(float, parts[:-1]), parts[-1] + rest]
    total: float = sum(part / 60**place for place, part in enumerate(parts_with_rest))
    if total > most:
        raise ValueError(f"should be a {name} from -{most} to {most} degrees")
    return -total if found[1] == "-" else total


class Location(Section):
    """Where the camera is."""

    text: str = setting("", "Location", "Where the camera hangs, in words: entrance, second floor.", write=ADMIN, max_length=128)
    latitude: str = setting(
        "", "Latitude", "Degrees north, as ISO 6709 writes them; empty is unknown.", read=Role.OPERATOR, write=ADMIN, max_length=24
    )
    longitude: str = setting(
        "", "Longitude", "Degrees east, as ISO 6709 writes them; empty is unknown.", read=Role.OPERATOR, write=ADMIN, max_length=24
    )
    heading: float | None = setting(
        None,
        "Direction",
        "Compass direction that pan 0 looks to: 0 is north, 90 east; empty is unknown.",
        read=Role.OPERATOR,
        write=ADMIN,
        ge=0,
        le=360,
        unit="°",
    )

    @field_validator("text")
    @classmethod
    def _is_one_line(cls, value: str) -> str:
        if not value.isprintable():
            raise ValueError("should be one line of text, without control characters")
        return value

    @field_validator("latitude")
    @classmethod
    def _is_a_latitude(cls, value: str) -> str:
        degrees(value, LATITUDE)
        return value

    @field_validator("longitude")
    @classmethod
    def _is_a_longitude(cls, value: str) -> str:
        degrees(value, LONGITUDE)
        return value

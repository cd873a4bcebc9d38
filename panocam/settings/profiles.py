"""Settings of stream profiles: named sets of stream arguments, between a request's own arguments and the stream settings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, field_validator

from panocam.settings.declare import Section, setting

MOST = 26
LONGEST_NAME, LONGEST_DESCRIPTION, LONGEST_PARAMETERS = 64, 256, 1024

Line = Annotated[str, Field(pattern=r"^[^\x00-\x1f\x7f]*$")]


class StreamProfile(BaseModel):
    """One profile. ``parameters`` are stream arguments as in an address: ``videocodec=h264&resolution=1280x720``."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    name: Line = Field(min_length=1, max_length=LONGEST_NAME)
    description: Line = Field("", max_length=LONGEST_DESCRIPTION)
    parameters: Line = Field("", max_length=LONGEST_PARAMETERS)


class Profiles(Section):
    """Named sets of stream arguments."""

    items: tuple[StreamProfile, ...] = setting(
        (), "Stream profiles", "Each with name, description and parameters; see the stream profiles page.", max_length=MOST
    )

    @field_validator("items")
    @classmethod
    def _names_once(cls, items: tuple[StreamProfile, ...]) -> tuple[StreamProfile, ...]:
        names = [item.name for item in items]
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice is not None:
            raise ValueError(f"should have each name once; two profiles are called {twice!r}")
        return items

    @property
    def parameters(self) -> Mapping[str, str]:
        """Name to parameters."""
        return {item.name: item.parameters for item in self.items}

"""Settings of the virtual I/O ports: how many there are, what each is called and which way it works."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from panocam.settings.declare import Section, setting

MOST_PORTS = 16

Line = Annotated[str, Field(max_length=64, pattern=r"^[^\x00-\x1f\x7f]*$")]


class Direction(StrEnum):
    """Whether a port tells the camera something, or the camera tells others something."""

    INPUT = "input"
    OUTPUT = "output"


class Circuit(StrEnum):
    """The two states of a circuit."""

    OPEN = "open"
    CLOSED = "closed"


class Port(BaseModel):
    """One port. It is active when its circuit is not in its ``normal`` state. ``usage`` is a hint for clients, such as Door."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    name: Line = Field(min_length=1)
    direction: Direction = Direction.INPUT
    usage: Line = ""
    normal: Circuit = Circuit.OPEN


class Ports(Section):
    """Virtual I/O ports, numbered by their place from 0."""

    items: tuple[Port, ...] = setting(
        (Port(name="Port 1"), Port(name="Port 2", direction=Direction.OUTPUT)),
        "I/O ports",
        "Each with name, direction (input or output), usage and normal state (open or closed); see the ports page.",
        max_length=MOST_PORTS,
    )

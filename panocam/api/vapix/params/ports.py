"""The I/O ports: the groups IOPort, Input and Output, and what Properties says of ports and virtual inputs.

A port has one name and one normal state here, which clients find under both directions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from panocam.api.services import Services
from panocam.api.vapix.params.leaf import Codec, Leaf, choice, fact, facts, text
from panocam.api.vapix.params.members import Attribute, Members, attribute
from panocam.api.vapix.params.tree import Living
from panocam.api.vapix.virtualinput import trigger_number
from panocam.settings.ports import Circuit, Direction

DIRECTION = choice({"input": "input", "output": "output"})
TRIGGERS = choice({"closed": str(Circuit.OPEN), "open": str(Circuit.CLOSED)})
"""A port that triggers on a closed circuit is normally open."""

NAME: Codec = text(64)


def _count(direction: Direction) -> Callable[[Services], object]:
    return lambda services: sum(state.port.direction is direction for state in services.board.ports)


PORTS = Members(
    "ports.items",
    "IOPort",
    "I",
    (
        Attribute("Configurable", lambda port: "yes"),
        attribute("Direction", "direction", DIRECTION),
        attribute("Usage", "usage", NAME),
        attribute("Input.Name", "name", NAME),
        attribute("Input.Trig", "normal", TRIGGERS),
        attribute("Output.Name", "name", NAME),
        attribute("Output.Active", "normal", TRIGGERS),
    ),
)

LIVING = Living("IOPort", PORTS.leaves)


def rows() -> Iterator[Leaf]:
    """What is always there."""
    yield fact("Input.NbrOfInputs", _count(Direction.INPUT))
    yield fact("Output.NbrOfOutputs", _count(Direction.OUTPUT))
    yield from facts(
        "Properties",
        {
            "IO.ManualTriggerNbr": trigger_number,
            "VirtualInput.VirtualInput": "yes",
        },
    )

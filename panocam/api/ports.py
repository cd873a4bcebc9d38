"""Changing the configuration of I/O ports, for every dialect alike."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from panocam.api.faults import validated
from panocam.api.services import Services
from panocam.errors import InvalidValue
from panocam.settings import Snapshot
from panocam.settings.ports import MOST_PORTS, Port
from panocam.settings.role import Actor

Changes = Mapping[str, Any]
"""Some of a port's fields."""


async def change(services: Services, changes: Mapping[int, Changes], by: Actor) -> None:
    """Change ports by number, all or none. Raises NotFound, InvalidValue, Denied."""
    for number in changes:
        services.board.port(number)

    def law(settings: Snapshot) -> Mapping[str, object]:
        items = [_changed(port, changes.get(number, {})) for number, port in enumerate(settings.ports.items)]
        return {"ports.items": [port.model_dump(mode="json") for port in items]}

    await services.settings.revise(law, by)


async def add(services: Services, port: Port, by: Actor) -> int:
    """One more port, behind the others; its number. Raises InvalidValue when there are enough."""

    def law(settings: Snapshot) -> Mapping[str, object]:
        items = settings.ports.items
        if len(items) >= MOST_PORTS:
            raise InvalidValue("ports", len(items), f"there are at most {MOST_PORTS}: change one that is there")
        return {"ports.items": [each.model_dump(mode="json") for each in (*items, port)]}

    return len((await services.settings.revise(law, by)).ports.items) - 1


async def remove(services: Services, number: int, by: Actor) -> None:
    """Only the last port: the others keep their numbers, by which clients know them. Raises NotFound, InvalidValue."""
    services.board.port(number)

    def law(settings: Snapshot) -> Mapping[str, object]:
        items = settings.ports.items
        if number != len(items) - 1:
            raise InvalidValue(
                "number", number, f"only the last port ({len(items) - 1}) can be removed, so that the others keep their numbers"
            )
        return {"ports.items": [each.model_dump(mode="json") for each in items[:-1]]}

    await services.settings.revise(law, by)


def _changed(port: Port, changes: Changes) -> Port:
    return validated(Port, {**port.model_dump(mode="json"), **changes})

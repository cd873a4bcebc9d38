"""What older settings files called things: one row for each step from a schema to the next."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from panocam.errors import Unavailable

SCHEMA = 1
"""Raise it when a saved path is renamed or its meaning changes, and add the row that carries old values over."""

Step = Callable[[dict[str, Any]], dict[str, Any]]

STEPS: Mapping[int, Step] = {}
"""Schema number to the function that turns its values into those of the next schema."""


def migrate(values: Mapping[str, Any], schema: int, steps: Mapping[int, Step] = STEPS, target: int = SCHEMA) -> dict[str, Any]:
    """``values`` of ``schema`` in the words of ``target``.

    A newer schema passes unchanged: what it renamed is ignored on load, value by value. Raises Unavailable when a step is missing.
    """
    result = dict(values)
    for number in range(schema, target):
        if number not in steps:
            raise Unavailable(
                f"settings of schema {number} cannot be read by this version; reset the camera or use the version that wrote them"
            )
        result = steps[number](result)
    return result

"""The action words of port.cgi and virtualinput.cgi: ``2:/300\\500/``, which is port 2 on, off after 300 ms, on again 500 ms later."""

from __future__ import annotations

import re
from dataclasses import dataclass

from panocam.errors import InvalidValue
from panocam.ports import MOST_STEPS, Step

_ACTION = re.compile(r"([0-9]{0,3}):([/\\])((?:[0-9]{1,9}[/\\])*)")
_NEXT = re.compile(r"([0-9]+)([/\\])")
LONGEST = 16 * MOST_STEPS
MS = 1000


@dataclass(frozen=True)
class Action:
    """``number`` counts from 1. ``on`` in a step is an active port."""

    number: int
    steps: tuple[Step, ...]


def action(text: str) -> Action:
    """Read the words; a port that is not named is port 1. Raises InvalidValue."""
    found = _ACTION.fullmatch(text) if len(text) <= LONGEST else None
    if found is None:
        raise InvalidValue(
            "action", text, "say PORT:/ for active, PORT:\\ for inactive, with times in ms between further changes: 1:/500\\"
        )
    number, first, more = found.groups()
    rest = _NEXT.findall(more)
    if len(rest) >= MOST_STEPS:
        raise InvalidValue("action", text, f"give at most {MOST_STEPS} changes")
    signs = [first, *(sign for _, sign in rest)]
    waits = [*(int(wait) / MS for wait, _ in rest), 0.0]
    return Action(int(number or 1), tuple(Step(sign == "/", wait) for sign, wait in zip(signs, waits, strict=True)))


def numbers(name: str, text: str) -> list[int]:
    """Port numbers separated by commas. Raises InvalidValue."""
    parts = text.split(",")
    if len(parts) > 64 or not all(re.fullmatch(r"[0-9]{1,3}", part.strip()) for part in parts):
        raise InvalidValue(name, text, "give port numbers separated by commas, counted from 1")
    return [int(part) for part in parts]

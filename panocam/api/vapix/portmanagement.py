"""io/portmanagement.cgi: the I/O ports as JSON. Ports have the numbers 0, 1, … as text here, as in events."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from panocam.api import ports
from panocam.api.endpoint import Call, Discovery, json_api
from panocam.api.vapix.envelope import FAMILY_A, ApiError, Data, JsonApi
from panocam.ports import MOST_STEPS, PortState, Step
from panocam.ports.board import output
from panocam.settings.ports import Circuit, Direction
from panocam.settings.role import Role

FIELDS: Mapping[str, str] = {"name": "name", "usage": "usage", "direction": "direction", "normalState": "normal"}
MS = 1000


async def get_ports(call: Call[None], _params: Data) -> Mapping[str, Any]:
    """All of them; ``items`` is left out where there are none."""
    states = call.services.board.ports
    return {"numberOfPorts": len(states)} | ({"items": [_item(state) for state in states]} if states else {})


async def set_ports(call: Call[None], params: Data) -> Mapping[str, Any]:
    """Configure ports, then set states. What is not named stays; nothing happens if anything is wrong."""
    call.caller.demand(Role.OPERATOR)
    rows = params.get("ports")
    rows = [rows] if isinstance(rows, dict) else rows
    if not isinstance(rows, list) or not rows or not all(isinstance(row, dict) for row in rows):
        raise ApiError(FAMILY_A.missing, "ports: give a list of objects with port and what to change")
    changes: dict[int, dict[str, Any]] = {}
    circuits: dict[int, Circuit] = {}
    for row in rows:
        number = _number(call, row)
        changes[number] = {ours: row[name] for name, ours in FIELDS.items() if name in row}
        if "state" in row:
            circuits[number] = _circuit(row["state"])
    for number, circuit in circuits.items():
        state = call.services.board.port(number)
        direction = changes[number].get("direction", state.port.direction)
        if direction != Direction.OUTPUT and circuit is not state.circuit:
            output(state, "port")
            raise ApiError(FAMILY_A.value, f"port {number} becomes an input: its state cannot be set at the same time")
    if any(changes.values()):
        await ports.change(call.services, changes, call.caller)
    for number, circuit in circuits.items():
        call.services.board.set_circuit(number, circuit)
    return {}


async def set_state_sequence(call: Call[None], params: Data) -> Mapping[str, Any]:
    """Go through states; ``time`` is how long each lasts, in ms."""
    call.caller.demand(Role.OPERATOR)
    number, sequence = _number(call, params), params.get("sequence")
    if not isinstance(sequence, list) or not 1 <= len(sequence) <= MOST_STEPS or not all(isinstance(step, dict) for step in sequence):
        raise ApiError(FAMILY_A.missing, f"sequence: give a list of 1 to {MOST_STEPS} objects with state and time")
    state = output(call.services.board.port(number))
    call.services.board.run_circuit(state.number, list(_steps(sequence)))
    return {}


def _steps(sequence: Iterable[Data]) -> Iterable[Step]:
    for step in sequence:
        time = step.get("time", 0)
        if isinstance(time, bool) or not isinstance(time, int | float):
            raise ApiError(FAMILY_A.value, f"time: {str(time)[:40]!r} is no number of milliseconds")
        yield Step(_circuit(step.get("state")) is Circuit.CLOSED, time / MS)


def _number(call: Call[None], row: Data) -> int:
    given = row.get("port")
    if given is None:
        raise ApiError(FAMILY_A.missing, "port: say which, as text counted from 0")
    if not isinstance(given, str | int) or isinstance(given, bool) or not re.fullmatch(r"[0-9]{1,3}", str(given)):
        raise ApiError(FAMILY_A.value, f"port: {str(given)[:40]!r} is no port number; they are counted from 0")
    return call.services.board.port(int(given)).number


def _circuit(given: object) -> Circuit:
    if not isinstance(given, str) or given not in tuple(Circuit):
        raise ApiError(FAMILY_A.value, f"state: {str(given)[:40]!r} is not known; use open or closed")
    return Circuit(given)


def _item(state: PortState) -> Mapping[str, Any]:
    port = state.port
    return {
        "port": str(state.number),
        "configurable": True,
        "readonly": False,
        "usage": port.usage,
        "name": port.name,
        "direction": port.direction,
        "state": state.circuit,
        "normalState": port.normal,
    }


API = JsonApi(
    ("1.0", "1.1"),
    {"getPorts": get_ports, "setPorts": set_ports, "setStateSequence": set_state_sequence},
    lists={"setPorts": "ports"},
)

ENDPOINTS = (
    json_api(
        "/axis-cgi/io/portmanagement.cgi",
        "List and configure the I/O ports, set outputs",
        API,
        Role.VIEWER,
        discovery=Discovery("io-port-management", "1.1", "I/O port management"),
    ),
)

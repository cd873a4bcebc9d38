"""I/O ports, virtual inputs and the manual trigger over REST: look, configure, drive."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pydantic import Field

from panocam.api import ports
from panocam.api.endpoint import Call, Reply, Wish, rest
from panocam.api.faults import validated
from panocam.api.services import Services
from panocam.ports import LONGEST_S, PortState, Step
from panocam.settings.ports import MOST_PORTS, Circuit, Direction, Port
from panocam.settings.role import Role


class PortReply(Reply):
    """A port. ``number`` counts from 0; ``active``: its circuit is not in its normal state; ``busy``: it goes through steps."""

    number: int
    name: str
    direction: Direction
    usage: str
    normal: Circuit
    state: Circuit
    active: bool
    busy: bool


class InputReply(Reply):
    """A virtual input; ``number`` counts from 1."""

    number: int
    active: bool


class BoardReply(Reply):
    """Everything that can be switched, and how many ports there can be."""

    most_ports: int
    ports: list[PortReply]
    virtual_inputs: list[InputReply]
    manual_trigger: bool


class PortWish(Wish):
    """What to change of a port; what is left out stays."""

    name: str | None = Field(None, max_length=64)
    direction: Direction | None = None
    usage: str | None = Field(None, max_length=64)
    normal: Circuit | None = None

    @property
    def changes(self) -> dict[str, Any]:
        return self.model_dump(mode="json", exclude_none=True)


class Drive(Wish):
    """Be active or not; with ``seconds`` for so long, and then the other way round."""

    active: bool
    seconds: float | None = Field(None, ge=0, le=LONGEST_S)

    @property
    def steps(self) -> Sequence[Step]:
        return (Step(self.active),) if self.seconds is None else (Step(self.active, self.seconds), Step(not self.active))


async def read(call: Call[None]) -> BoardReply:
    """How everything is."""
    return _board(call.services)


async def add(call: Call[PortWish]) -> BoardReply:
    """One more port."""
    wish = call.wish.changes
    wish.setdefault("name", f"Port {len(call.services.board.ports) + 1}")
    await ports.add(call.services, validated(Port, wish), call.caller)
    return _board(call.services)


async def change(call: Call[PortWish]) -> BoardReply:
    """Another name, direction, usage or normal state."""
    await ports.change(call.services, {call.path_number("number"): call.wish.changes}, call.caller)
    return _board(call.services)


async def remove(call: Call[None]) -> BoardReply:
    """The last port only."""
    await ports.remove(call.services, call.path_number("number"), call.caller)
    return _board(call.services)


async def drive_port(call: Call[Drive]) -> BoardReply:
    """Inputs as well as outputs: nothing but software is wired to them."""
    call.services.board.run_port(call.path_number("number"), call.wish.steps)
    return _board(call.services)


async def drive_input(call: Call[Drive]) -> BoardReply:
    """A virtual input."""
    call.services.board.run_input(call.path_number("number"), call.wish.steps)
    return _board(call.services)


async def drive_trigger(call: Call[Drive]) -> BoardReply:
    """The manual trigger."""
    call.services.board.run_trigger(call.wish.steps)
    return _board(call.services)


def _board(services: Services) -> BoardReply:
    board = services.board
    return BoardReply(
        most_ports=MOST_PORTS,
        ports=[_port(state) for state in board.ports],
        virtual_inputs=[InputReply(number=number, active=active) for number, active in board.inputs.items()],
        manual_trigger=board.triggered,
    )


def _port(state: PortState) -> PortReply:
    return PortReply(number=state.number, state=state.circuit, active=state.active, busy=state.busy, **state.port.model_dump())


_PORTS = "/api/v1/ports"
_ONE = _PORTS + "/{number}"

ENDPOINTS = (
    rest(_PORTS, "I/O ports, virtual inputs and the manual trigger", read, Role.VIEWER, reply=BoardReply),
    rest(_PORTS, "Add an I/O port", add, Role.OPERATOR, methods=("POST",), request=PortWish, reply=BoardReply),
    rest(_ONE, "Change an I/O port", change, Role.OPERATOR, methods=("PATCH",), request=PortWish, reply=BoardReply),
    rest(_ONE, "Remove the last I/O port", remove, Role.OPERATOR, methods=("DELETE",), reply=BoardReply),
    rest(_ONE + "/state", "Drive an I/O port", drive_port, Role.OPERATOR, methods=("PUT",), request=Drive, reply=BoardReply),
    rest(
        "/api/v1/virtual-inputs/{number}/state",
        "Drive a virtual input",
        drive_input,
        Role.OPERATOR,
        methods=("PUT",),
        request=Drive,
        reply=BoardReply,
    ),
    rest(
        "/api/v1/manual-trigger/state",
        "Drive the manual trigger",
        drive_trigger,
        Role.OPERATOR,
        methods=("PUT",),
        request=Drive,
        reply=BoardReply,
    ),
)

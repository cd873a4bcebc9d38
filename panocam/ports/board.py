"""All that can be switched from outside, and what it tells on the bus.

A *port* has a circuit that is open or closed; it is active when that is not its normal state. Whoever changes an input port's normal state
changes what the circuit means, so the port may become active; an output port stays active or inactive, and its circuit follows. A *virtual
input* and the *manual trigger* are only active or not. States begin inactive at each start: they are no settings.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from panocam.errors import InvalidValue, NotFound
from panocam.events.bus import Bus
from panocam.events.topics import IO_INPUT, IO_OUTPUT, MANUAL_TRIGGER, VIRTUAL_INPUT, Topic
from panocam.ports.switch import Step, Switch
from panocam.settings import Snapshot
from panocam.settings.ports import Circuit, Direction, Port

INPUTS = 64
"""Virtual inputs, numbered from 1."""

BUTTON = 1
"""The number of the one manual trigger."""

TOPICS = {Direction.INPUT: IO_INPUT, Direction.OUTPUT: IO_OUTPUT}


@dataclass(frozen=True)
class PortState:
    """A port at one moment; ``number`` counts from 0."""

    number: int
    port: Port
    circuit: Circuit
    busy: bool

    @property
    def active(self) -> bool:
        return self.circuit is not self.port.normal


class Board:
    """Made on the event loop; all methods are called there."""

    def __init__(self, settings: Snapshot, bus: Bus) -> None:
        self._bus = bus
        self._ports: list[tuple[Port, Switch]] = []
        self._inputs = {number: self._plain(VIRTUAL_INPUT, number) for number in range(1, INPUTS + 1)}
        self._trigger = self._plain(MANUAL_TRIGGER, BUTTON)
        self._become(settings.ports.items)

    def close(self) -> None:
        """Take no further steps."""
        for switch in (*(switch for _, switch in self._ports), *self._inputs.values(), self._trigger):
            switch.stop()

    # --- ports

    @property
    def ports(self) -> tuple[PortState, ...]:
        return tuple(self._state(number) for number in range(len(self._ports)))

    def port(self, number: int) -> PortState:
        """Raises NotFound."""
        if not 0 <= number < len(self._ports):
            there = f"0 to {len(self._ports) - 1}" if self._ports else "none"
            raise NotFound(f"there is no I/O port {number}: the ports are {there}, counted from 0")
        return self._state(number)

    def set_circuit(self, number: int, circuit: Circuit) -> bool:
        """Open or close a port's circuit; whether that is a change. Raises NotFound."""
        self.port(number)
        return self._ports[number][1].set(circuit is Circuit.CLOSED)

    def run_circuit(self, number: int, steps: Sequence[Step]) -> bool:
        """Go through steps of which ``on`` is a closed circuit. Raises NotFound, InvalidValue."""
        self.port(number)
        return self._ports[number][1].run(steps)

    def run_port(self, number: int, steps: Sequence[Step]) -> bool:
        """Go through steps of which ``on`` is an active port. Raises NotFound, InvalidValue."""
        normal = self.port(number).port.normal is Circuit.CLOSED
        return self._ports[number][1].run([Step(step.on != normal, step.seconds) for step in steps])

    def apply(self, _old: Snapshot, new: Snapshot) -> None:
        """Take other settings over."""
        self._become(new.ports.items)

    # --- virtual inputs and the manual trigger

    @property
    def inputs(self) -> dict[int, bool]:
        """Whether each virtual input is active."""
        return {number: switch.on for number, switch in self._inputs.items()}

    @property
    def triggered(self) -> bool:
        """Whether the manual trigger is active."""
        return self._trigger.on

    def run_input(self, number: int, steps: Sequence[Step]) -> bool:
        """Go through steps of which ``on`` is an active virtual input; whether the first is a change. Raises NotFound, InvalidValue."""
        if number not in self._inputs:
            raise NotFound(f"there is no virtual input {number}: they have the numbers 1 to {INPUTS}")
        return self._inputs[number].run(steps)

    def run_trigger(self, steps: Sequence[Step]) -> bool:
        """The same for the manual trigger. Raises InvalidValue."""
        return self._trigger.run(steps)

    # --- inside

    def _plain(self, topic: Topic, number: int) -> Switch:
        self._bus.emit(topic, {"port": number}, active=False)
        return Switch(False, lambda on: self._tell(topic, number, on))

    def _tell(self, topic: Topic, number: int, active: bool) -> None:
        self._bus.emit(topic, {"port": number}, active=active)

    def _state(self, number: int) -> PortState:
        port, switch = self._ports[number]
        return PortState(number, port, Circuit.CLOSED if switch.on else Circuit.OPEN, switch.busy)

    def _become(self, items: Sequence[Port]) -> None:
        for number in range(len(items), len(self._ports)):
            self._remove(number)
        del self._ports[len(items) :]
        for number, port in enumerate(items):
            if number < len(self._ports):
                self._change(number, port)
            else:
                self._ports.append((port, self._fresh(number, port)))
            self._tell_port(number)

    def _fresh(self, number: int, port: Port) -> Switch:
        return Switch(port.normal is Circuit.CLOSED, lambda _on: self._tell_port(number))

    def _change(self, number: int, port: Port) -> None:
        old, switch = self._ports[number]
        if port.direction is not old.direction:
            self._remove(number)
            switch = self._fresh(number, port)
        elif port.normal is not old.normal and port.direction is Direction.OUTPUT:
            switch.stop()
            active, switch = self._state(number).active, self._fresh(number, port)
            self._ports[number] = port, switch
            switch.set(active != (port.normal is Circuit.CLOSED))
        self._ports[number] = port, switch

    def _remove(self, number: int) -> None:
        port, switch = self._ports[number]
        switch.stop()
        self._bus.retire(TOPICS[port.direction], {"port": number})

    def _tell_port(self, number: int) -> None:
        state = self._state(number)
        self._tell(TOPICS[state.port.direction], number, state.active)


def output(state: PortState, name: str = "port") -> PortState:
    """``state``, if it is one of an output. Raises InvalidValue that calls the port ``name``."""
    if state.port.direction is not Direction.OUTPUT:
        raise InvalidValue(name, state.number, f"{state.port.name} is an input: make it an output, or drive it as a virtual input")
    return state

"""The board: what a port means, steps in time, virtual inputs, and what all of it tells."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from panocam.clock import ManualClock
from panocam.errors import InvalidValue, NotFound
from panocam.events import Bus, Event
from panocam.ports import INPUTS, MOST_STEPS, Board, Step
from panocam.settings import Snapshot
from panocam.settings.ports import Circuit
from panocam.settings.snapshot import build


def settings(*ports: dict[str, Any]) -> Snapshot:
    return build({"device.serial": "0200DEADBEEF", "ports.items": [{"name": f"Port {n}", **port} for n, port in enumerate(ports)]})


DOOR, LAMP = {"direction": "input"}, {"direction": "output"}


class Told:
    """A board, and what is told of its ports."""

    def __init__(self, *ports: dict[str, Any]) -> None:
        self.bus = Bus(ManualClock())
        self.settings = settings(*ports)
        self.board = Board(self.settings, self.bus)
        self.heard: list[tuple[str, object, bool, str]] = []
        self._arrived = asyncio.Event()
        for topic in ("Device/IO/Input", "Device/IO/Output"):
            self.bus.subscribe(self._hear, topic)

    def _hear(self, event: Event) -> None:
        self.heard.append((event.topic.path.rpartition("/")[2], event.source["port"], event.state, str(event.operation)))
        self._arrived.set()

    def news(self) -> list[tuple[str, object, bool, str]]:
        found, self.heard = self.heard, []
        return found

    async def until(self, count: int) -> list[tuple[str, object, bool, str]]:
        async with asyncio.timeout(5):
            while len(self.heard) < count:
                self._arrived.clear()
                await self._arrived.wait()
        return self.news()

    def become(self, *ports: dict[str, Any]) -> None:
        new = settings(*ports)
        self.board.apply(self.settings, new)
        self.settings = new


async def test_a_port_is_active_when_its_circuit_is_not_normal() -> None:
    told = Told(DOOR, {**LAMP, "normal": "closed"})
    assert told.news() == [("Input", 0, False, "Initialized"), ("Output", 1, False, "Initialized")]
    assert told.board.set_circuit(0, Circuit.CLOSED)
    assert not told.board.set_circuit(0, Circuit.CLOSED)
    assert told.board.set_circuit(1, Circuit.OPEN)
    assert told.news() == [("Input", 0, True, "Changed"), ("Output", 1, True, "Changed")]
    assert [state.active for state in told.board.ports] == [True, True]
    assert told.board.run_port(1, [Step(False)])
    assert told.board.port(1).circuit is Circuit.CLOSED


async def test_another_normal_state_turns_an_input_and_leaves_an_output_as_it_is() -> None:
    told = Told(DOOR, LAMP, LAMP)
    told.board.run_port(2, [Step(True)])
    told.news()
    told.become(*({**port, "normal": "closed"} for port in (DOOR, LAMP, LAMP)))
    assert told.news() == [("Input", 0, True, "Changed")]
    assert [(state.active, state.circuit) for state in told.board.ports] == [
        (True, Circuit.OPEN),
        (False, Circuit.CLOSED),
        (True, Circuit.OPEN),
    ]


async def test_ports_come_go_and_turn_round() -> None:
    told = Told(DOOR, LAMP)
    told.board.run_port(0, [Step(True)])
    told.news()
    told.become(LAMP)
    assert told.news() == [
        ("Output", 1, False, "Deleted"),
        ("Input", 0, False, "Deleted"),  # one that is gone holds no more
        ("Output", 0, False, "Initialized"),
    ]
    told.become(LAMP, DOOR)
    assert told.news() == [("Input", 1, False, "Initialized")]
    assert {event.identity for event in told.bus.states("Device/IO/Output")} == {("Device/IO/Output", (0,))}
    with pytest.raises(NotFound, match="0 to 1"):
        told.board.port(2)
    told.become()
    with pytest.raises(NotFound, match="none"):
        told.board.set_circuit(0, Circuit.OPEN)


async def test_steps_follow_each_other_and_the_last_word_counts() -> None:
    told = Told(LAMP)
    told.news()
    assert told.board.run_port(0, [Step(True, 0.01), Step(False, 0.01), Step(True, 0.01), Step(False)])
    assert told.board.port(0).busy
    assert [state for _, _, state, _ in await told.until(4)] == [True, False, True, False]
    assert not told.board.port(0).busy
    told.board.run_port(0, [Step(True, 3600), Step(False)])
    told.board.run_port(0, [Step(False)])
    assert not told.board.port(0).busy
    assert [state for _, _, state, _ in told.news()] == [True, False]


async def test_steps_that_were_overruled_never_come() -> None:
    told = Told(LAMP, LAMP)
    told.news()
    told.board.run_port(0, [Step(False, 0.01), Step(True)])
    told.board.run_port(0, [Step(False)])
    told.board.run_port(1, [Step(False, 0.02), Step(True)])  # later than what was overruled
    assert [(number, state) for _, number, state, _ in await told.until(1)] == [(1, True)]


async def test_removed_and_closed_ports_take_no_further_steps() -> None:
    told = Told(LAMP, LAMP)
    told.board.run_port(1, [Step(True, 0.001), Step(False)])
    told.board.run_port(0, [Step(True, 0.002), Step(False)])
    told.become(LAMP)
    told.news()
    assert [number for _, number, _, _ in await told.until(1)] == [0]
    told.board.run_input(7, [Step(True, 0.001), Step(False)])
    told.board.close()
    assert told.board.inputs[7]


async def test_virtual_inputs_and_the_trigger() -> None:
    told = Told()
    assert len(told.bus.states("Device/IO/VirtualInput")) == INPUTS == 64
    assert told.board.run_input(64, [Step(True)])
    assert not told.board.run_input(64, [Step(True)])
    assert told.board.run_trigger([Step(True)])
    assert (told.board.triggered, [number for number, on in told.board.inputs.items() if on]) == (True, [64])
    for number in (0, 65, -1):
        with pytest.raises(NotFound, match="1 to 64"):
            told.board.run_input(number, [Step(True)])


@pytest.mark.parametrize("seconds", [-1, float("nan"), float("inf"), 8 * 24 * 3600])
def test_a_step_has_a_sensible_time(seconds: float) -> None:
    with pytest.raises(InvalidValue, match="seconds"):
        Step(True, seconds)


async def test_sequences_are_bounded() -> None:
    told = Told(LAMP)
    for count in (0, MOST_STEPS + 1):
        with pytest.raises(InvalidValue, match=str(MOST_STEPS)):
            told.board.run_port(0, [Step(True)] * count)
    assert not told.board.port(0).busy

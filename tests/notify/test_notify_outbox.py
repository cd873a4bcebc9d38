"""The queues: order, bounds, trying again, and that nobody waits for somebody else."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

import pytest

from panocam.clock import NS, ManualClock
from panocam.notify.fault import SendFault, Step
from panocam.notify.message import Line, Message
from panocam.notify.outbox import MOST_WAITING, OLDEST_S, Outbox


def line(text: str) -> Line:
    return Line(text.encode())


class Others:
    """The other sides: what they took, and what they say next. A gate that is closed hangs."""

    def __init__(self) -> None:
        self.took: list[tuple[int, bytes]] = []
        self.faults: dict[int, list[SendFault]] = {}
        self.gates: dict[int, asyncio.Event] = {}
        self.tries = 0

    async def deliver(self, recipient: int, message: Message) -> None:
        self.tries += 1
        if (gate := self.gates.get(recipient)) is not None:
            await gate.wait()
        if self.faults.get(recipient):
            raise self.faults[recipient].pop(0)
        assert isinstance(message, Line)
        self.took.append((recipient, message.data))


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 - a loop that counts turns is meant
            await asyncio.sleep(0)


@pytest.fixture
def others() -> Others:
    return Others()


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
async def outbox(others: Others, clock: ManualClock) -> Outbox:
    return Outbox(clock, others.deliver, first_wait_s=0.001)


async def test_messages_go_in_order_and_one_that_hangs_delays_nobody_else(outbox: Outbox, others: Others) -> None:
    others.gates[1] = asyncio.Event()
    for number in range(3):
        outbox.put(1, line(f"a{number}"))
    outbox.put(2, line("b"))
    await until(lambda: others.took == [(2, b"b")])
    assert (outbox.standing(1).waiting, outbox.standing(2).sent) == (3, 1)
    others.gates[1].set()
    await until(lambda: outbox.standing(1).sent == 3)
    assert [data for recipient, data in others.took if recipient == 1] == [b"a0", b"a1", b"a2"]


async def test_it_is_tried_again_and_told_once(outbox: Outbox, others: Others, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    others.faults[1] = [SendFault(Step.CONNECTION, "refused") for _ in range(3)]
    told: list[str | None] = []
    outbox.put(1, line("a"), told.append)
    await until(lambda: others.took)
    assert told == ["connection: refused; it is tried again", None]
    assert [record.message for record in caplog.records if record.name == "panocam.notify.outbox"] == [
        "recipient 1: connection: refused; it is tried again",
        "recipient 1 takes messages again; 0 were dropped so far",
    ]
    assert outbox.standing(1).fault is None


async def test_what_trying_cannot_mend_is_dropped_and_the_next_goes_out(outbox: Outbox, others: Others) -> None:
    others.faults[1] = [SendFault(Step.RECIPIENT, "no such mailbox", lasting=True)]
    told: list[str | None] = []
    outbox.put(1, line("a"), told.append)
    outbox.put(1, line("b"), told.append)
    await until(lambda: others.took)
    assert others.took == [(1, b"b")]
    assert told == ["recipient: no such mailbox; the message is dropped", None]
    assert (outbox.standing(1).dropped, outbox.standing(1).sent) == (1, 1)


async def test_what_is_too_old_is_dropped(outbox: Outbox, others: Others, clock: ManualClock) -> None:
    others.faults[1] = [SendFault(Step.CONNECTION, "refused")]
    others.gates[1] = asyncio.Event()
    told: list[str | None] = []
    outbox.put(1, line("a"), told.append)
    clock.advance((OLDEST_S + 1) * NS)
    others.gates[1].set()
    await until(lambda: told)
    assert told == ["connection: refused; the message is dropped"]
    assert outbox.standing(1).dropped == 1


async def test_a_full_queue_drops_counts_and_says_so_once(outbox: Outbox, others: Others, caplog: pytest.LogCaptureFixture) -> None:
    others.gates[1] = asyncio.Event()
    told: list[str | None] = []
    for number in range(MOST_WAITING + 5):
        outbox.put(1, line(str(number)), told.append)
    assert (outbox.standing(1).waiting, outbox.standing(1).dropped) == (MOST_WAITING, 5)
    assert told == [f"{MOST_WAITING} messages wait already; new ones are dropped until they have gone out"]
    assert len([record for record in caplog.records if record.name == "panocam.notify.outbox"]) == 1
    others.gates[1].set()
    await until(lambda: outbox.standing(1).sent == MOST_WAITING)
    outbox.put(1, line("after"))
    await until(lambda: outbox.standing(1).sent == MOST_WAITING + 1)


async def test_large_messages_are_bounded_by_their_bytes(outbox: Outbox, others: Others) -> None:
    others.gates[1] = asyncio.Event()
    for _ in range(5):
        outbox.put(1, Line(bytes(10 << 20)))
    assert (outbox.standing(1).waiting, outbox.standing(1).dropped) == (3, 2)
    others.gates[1].set()
    await outbox.close()


async def test_a_change_ends_the_waiting_and_a_removal_the_queue(others: Others, clock: ManualClock) -> None:
    outbox = Outbox(clock, others.deliver, first_wait_s=3600)
    others.faults[1] = [SendFault(Step.LOGIN, "refused")]
    outbox.put(1, line("a"))
    await until(lambda: outbox.standing(1).fault)
    await asyncio.sleep(0)
    outbox.try_again(1)
    await until(lambda: others.took)
    others.faults[2] = [SendFault(Step.CONNECTION, "refused")]
    outbox.put(2, line("b"))
    await until(lambda: outbox.standing(2).fault)
    outbox.forget(2)
    assert outbox.standing(2).waiting == 0
    await outbox.close()
    assert others.tries == 3


async def test_the_end_sends_what_it_can_and_says_what_it_could_not(
    others: Others, clock: ManualClock, caplog: pytest.LogCaptureFixture
) -> None:
    outbox = Outbox(clock, others.deliver, first_wait_s=3600)
    others.faults[2] = [SendFault(Step.CONNECTION, "refused")]
    outbox.put(2, line("stuck"))
    await until(lambda: outbox.standing(2).fault)
    outbox.put(1, line("quick"))
    await outbox.close()
    assert others.took == [(1, b"quick")]
    assert "recipient 2: 1 messages were not sent before the camera ended" in caplog.text


async def test_a_fault_of_ours_stops_nothing(clock: ManualClock) -> None:
    took: list[Message] = []

    async def broken(_recipient: int, message: Message) -> None:
        if message == line("a"):
            raise ZeroDivisionError
        took.append(message)

    deliver: Callable[[int, Message], Awaitable[object]] = broken
    outbox = Outbox(clock, deliver, first_wait_s=0.001)
    told: list[str | None] = []
    outbox.put(1, line("a"), told.append)
    outbox.put(1, line("b"), told.append)
    await until(lambda: took)
    assert told == ["an unexpected fault; the log has it", None]

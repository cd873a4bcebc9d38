"""What waits to be sent: a queue for each recipient, with a bound, emptied in order by a task of its own.

A message that does not get through is tried again after longer and longer times, until it is too old or trying again cannot help; then it
is dropped. Failing and dropping are told and logged once, when they begin, and counted. What waits lives as long as the program.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from panocam.clock import NS, Clock
from panocam.notify.fault import SendFault
from panocam.notify.message import Message, size

log = logging.getLogger(__name__)

MOST_WAITING = 32
MOST_BYTES = 32 << 20
OLDEST_S = 3600
FIRST_WAIT_S, LONGEST_WAIT_S = 5.0, 300.0
GRACE_S = 3.0
"""How long the end of the camera waits for what can be sent at once."""

Told = Callable[[str | None], None]
"""Hears how a message fares: words when it fails, None when it got through."""


@dataclass(frozen=True)
class _Letter:
    message: Message
    told: Told
    since_ns: int


@dataclass
class Standing:
    """How a recipient is doing since the start of the camera. ``fault`` is why the last try failed."""

    waiting: int = 0
    sent: int = 0
    dropped: int = 0
    last_ns: int | None = None
    fault: str | None = None


@dataclass
class _Lane:
    """``failures`` in a row; ``full``: messages are being refused, which has been said."""

    letters: deque[_Letter] = field(default_factory=deque)
    standing: Standing = field(default_factory=Standing)
    task: asyncio.Task[None] | None = None
    again: asyncio.Event = field(default_factory=asyncio.Event)
    failures: int = 0
    full: bool = False
    waits: bool = False


class Outbox:
    """``deliver(recipient, message)`` sends one and raises SendFault. All methods on the event loop."""

    def __init__(self, clock: Clock, deliver: Callable[[int, Message], Awaitable[object]], first_wait_s: float = FIRST_WAIT_S) -> None:
        self._clock, self._deliver, self._first_wait_s = clock, deliver, first_wait_s
        self._lanes: dict[int, _Lane] = {}

    def standing(self, recipient: int) -> Standing:
        """How it is doing."""
        lane = self._lanes.get(recipient)
        if lane is None:
            return Standing()
        lane.standing.waiting = len(lane.letters)
        return lane.standing

    def put(self, recipient: int, message: Message, told: Told = lambda fault: None) -> None:
        """Send it as soon as can be. A queue that is full drops it."""
        lane = self._lanes.setdefault(recipient, _Lane())
        held = sum(size(each.message) for each in lane.letters)
        if len(lane.letters) >= MOST_WAITING or (lane.letters and held + size(message) > MOST_BYTES):
            lane.standing.dropped += 1
            if not lane.full:
                lane.full = True
                reason = f"{len(lane.letters)} messages wait already; new ones are dropped until they have gone out"
                log.warning("recipient %d: %s", recipient, reason)
                told(reason)
            return
        lane.letters.append(_Letter(message, told, self._clock.monotonic_ns()))
        if lane.task is None or lane.task.done():
            lane.task = asyncio.get_running_loop().create_task(self._empty(recipient, lane), name=f"outbox {recipient}")

    def try_again(self, recipient: int) -> None:
        """Something may have changed for the better: do not wait any longer."""
        if (lane := self._lanes.get(recipient)) is not None:
            lane.failures = 0
            lane.again.set()

    def forget(self, recipient: int) -> None:
        """It is no recipient any more; what waits for it is dropped."""
        lane = self._lanes.pop(recipient, None)
        if lane is None:
            return
        if lane.letters:
            log.warning("recipient %d was removed; %d messages for it are dropped", recipient, len(lane.letters))
        if lane.task is not None:
            lane.task.cancel()

    async def close(self) -> None:
        """End; what can go out within a moment still does."""
        busy = [lane.task for lane in self._lanes.values() if lane.task is not None and not lane.task.done() and not lane.waits]
        if busy:
            await asyncio.wait(busy, timeout=GRACE_S)
        tasks = [lane.task for lane in self._lanes.values() if lane.task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for recipient, lane in self._lanes.items():
            if lane.letters:
                log.warning("recipient %d: %d messages were not sent before the camera ended", recipient, len(lane.letters))

    # --- inside

    async def _empty(self, recipient: int, lane: _Lane) -> None:
        while lane.letters:
            letter = lane.letters[0]
            try:
                await self._deliver(recipient, letter.message)
            except SendFault as fault:
                self._failed(recipient, lane, letter, fault)
                await self._pause(lane)
            except Exception:  # a fault of ours with one message must not stop the others
                log.exception("recipient %d: a message could not be sent", recipient)
                self._drop(lane)
                letter.told("an unexpected fault; the log has it")
            else:
                self._sent(recipient, lane, letter)
        lane.full = False

    def _sent(self, recipient: int, lane: _Lane, letter: _Letter) -> None:
        standing = lane.standing
        lane.letters.popleft()
        standing.sent, standing.last_ns = standing.sent + 1, self._clock.wall_ns()
        if standing.fault is not None:
            log.info("recipient %d takes messages again; %d were dropped so far", recipient, standing.dropped)
        standing.fault, lane.failures = None, 0
        letter.told(None)

    def _failed(self, recipient: int, lane: _Lane, letter: _Letter, fault: SendFault) -> None:
        lane.failures += 1
        old = self._clock.monotonic_ns() - letter.since_ns > OLDEST_S * NS
        lost = fault.lasting or old
        if lost:
            self._drop(lane)
        if lane.standing.fault is None:
            log.warning("recipient %d: %s; %s", recipient, fault, "the message is dropped" if lost else "it is tried again")
        new, lane.standing.fault = lane.standing.fault != str(fault), str(fault)
        if new or lost:
            letter.told(f"{fault}; the message is dropped" if lost else f"{fault}; it is tried again")

    @staticmethod
    def _drop(lane: _Lane) -> None:
        lane.letters.popleft()
        lane.standing.dropped += 1

    async def _pause(self, lane: _Lane) -> None:
        if not lane.letters:
            return
        lane.again.clear()
        lane.waits = True
        try:
            async with asyncio.timeout(min(self._first_wait_s * 2 ** (lane.failures - 1), LONGEST_WAIT_S)):
                await lane.again.wait()
        except TimeoutError:
            pass
        finally:
            lane.waits = False

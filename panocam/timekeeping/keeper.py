"""The keeper of the camera's clock: follows the settings, and says how the clock stands."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import tzinfo
from typing import Self

from panocam.clock import NS, CameraClock
from panocam.errors import InvalidValue
from panocam.settings.timekeeping import TimeSource
from panocam.timekeeping.asking import ask
from panocam.timekeeping.client import Ask, NtpClient, Synchronisation
from panocam.timekeeping.discipline import Move
from panocam.timekeeping.limits import check_wall

log = logging.getLogger(__name__)

Server = tuple[str, str, int]
"""Name as in the settings, host, port."""


@dataclass(frozen=True)
class TimePlan:
    """What the settings want. ``correction_ns`` counts for ``MANUAL``, the servers and polls for ``NTP``."""

    source: TimeSource = TimeSource.MACHINE
    correction_ns: int = 0
    servers: tuple[Server, ...] = ()
    polls: tuple[int, int] = (6, 10)
    zone: tzinfo | None = None


@dataclass(frozen=True)
class Listener:
    """Whom to tell: ``stepped`` of every jump of the clock with seconds and who did it; ``synchronised`` whether servers are followed."""

    stepped: Callable[[float, str], None] = lambda seconds, by: None
    synchronised: Callable[[bool, str], None] = lambda yes, reason: None


class TimeKeeper:
    """Owns the clock's correction while the ``async with`` block runs. All methods are called on the event loop."""

    def __init__(self, clock: CameraClock, listener: Listener = Listener(), ask_one: Ask = ask) -> None:
        self.clock = clock
        self.plan = TimePlan()
        self._listener, self._ask = listener, ask_one
        self._client: NtpClient | None = None
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exc: object) -> None:
        self._stop()

    @property
    def synchronisation(self) -> Synchronisation | None:
        """How it stands with the NTP servers; None while others tell the time."""
        return None if self._client is None else self._client.state

    def synchronise_now(self) -> None:
        """Ask the servers at once. Raises InvalidValue when the clock follows none."""
        if self._client is None:
            raise InvalidValue("time.source", str(self.plan.source), "the clock follows no NTP servers; choose ntp first")
        self._client.hurry()

    def correction_for(self, wall_ns: int) -> float:
        """The setting ``time.correction`` that makes the clock show ``wall_ns`` now. Raises InvalidValue for a year out of range."""
        return (check_wall(wall_ns) - self.clock.machine.wall_ns()) / NS

    def apply(self, plan: TimePlan) -> None:
        """Follow other settings from now on. Raises InvalidValue for a correction to a time out of range; then nothing has changed."""
        old = self.plan
        if plan.source is TimeSource.MANUAL:
            check_wall(self.clock.machine.wall_ns() + plan.correction_ns)
        self.plan, self.clock.zone = plan, plan.zone
        if plan.source is TimeSource.NTP:
            if self._client is None or (old.servers, old.polls) != (plan.servers, plan.polls):
                self._start(plan)
            return
        self._stop()
        self._step(plan.correction_ns if plan.source is TimeSource.MANUAL else 0, plan.source)

    def _start(self, plan: TimePlan) -> None:
        self._stop()
        self._client = NtpClient(self.clock, plan.servers, plan.polls, self._moved, self._ask)
        self._task = asyncio.create_task(self._client.run(), name="NTP client")

    def _stop(self) -> None:
        task, self._task, self._client = self._task, None, None
        if task is not None:
            task.cancel()

    def _step(self, correction_ns: int, by: TimeSource) -> None:
        jump = correction_ns - self.clock.correction_ns
        self.clock.step(correction_ns)
        if jump:
            self._tell_step(jump, by)

    def _moved(self, move: Move | None, by_ns: int) -> None:
        if move is Move.STEPPED:
            self._tell_step(by_ns, TimeSource.NTP)
        state = self.synchronisation
        if state is not None:
            self._listener.synchronised(state.synchronised, state.reason)

    def _tell_step(self, jump_ns: int, by: TimeSource) -> None:
        log.info("the clock was set by %+.3f s (%s)", jump_ns / NS, by)
        self._listener.stepped(jump_ns / NS, by)

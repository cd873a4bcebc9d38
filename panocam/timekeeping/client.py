"""Asks NTP servers for as long as it runs, and moves the camera's clock after them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from panocam.clock import NS, CameraClock, Clock
from panocam.errors import InvalidValue, RemoteProtocolError, Unavailable
from panocam.timekeeping.asking import ask
from panocam.timekeeping.choice import agreeing
from panocam.timekeeping.discipline import Discipline, Move
from panocam.timekeeping.limits import check_wall
from panocam.timekeeping.ntp import KissOfDeath, Sample
from panocam.timekeeping.server import Server, Standing, interval_ns

log = logging.getLogger(__name__)

FIRST_RETRY = 2
"""Poll exponent of the first try again while the time is not known: the network may come up just now."""
STEADY_NS = 10_000_000
"""A clock that was found this right may be asked about less often."""

Ask = Callable[[str, int, Clock], Awaitable[Sample]]


@dataclass(frozen=True)
class Synchronisation:
    """How it stands. ``offset_ns`` is what the clock was found wrong by, ``last_ns`` when (monotonic)."""

    synchronised: bool
    reason: str
    servers: tuple[Server, ...]
    offset_ns: int | None
    last_ns: int | None
    next_ns: int


class NtpClient:
    """One list of servers. ``moved`` is called after each round with what was done, None for nothing.

    ``poll`` is the interval to the next round, as a power of two of seconds.
    """

    def __init__(
        self,
        clock: CameraClock,
        servers: Sequence[tuple[str, str, int]],
        polls: tuple[int, int],
        moved: Callable[[Move | None, int], None],
        ask_one: Ask = ask,
    ) -> None:
        self._clock, self._moved, self._ask = clock, moved, ask_one
        self._servers = tuple(Server(name, host, port) for name, host, port in servers)
        self._least, self._most = polls
        self.poll = min(FIRST_RETRY, self._least)
        self._discipline = Discipline(clock)
        self._soon = asyncio.Event()
        self._offset: int | None = None
        self._last: int | None = None
        self._next = 0
        self._reason = "no server has answered yet"

    @property
    def state(self) -> Synchronisation:
        """Now."""
        return Synchronisation(not self._reason, self._reason, self._servers, self._offset, self._last, self._next)

    def hurry(self) -> None:
        """Ask now."""
        self._soon.set()

    async def run(self) -> None:
        """Until it is cancelled."""
        while True:
            self._soon.clear()
            await self.round()
            wait = interval_ns(self.poll)
            self._next = self._clock.monotonic_ns() + wait
            try:
                async with asyncio.timeout(wait / NS):
                    await self._soon.wait()
            except TimeoutError:
                pass

    async def round(self) -> None:
        """Ask everybody once and follow the majority."""
        now = self._clock.monotonic_ns()
        await asyncio.gather(*(self._ask_server(server) for server in self._servers if server.asked and server.due_ns <= now))
        now = self._clock.monotonic_ns()
        samples = {server.name: best for server in self._servers if (best := server.best(now)) is not None}
        chosen = agreeing(samples)
        for server in self._servers:
            if server.name in samples:
                agrees = server.name in chosen
                server.standing = Standing.AGREES if agrees else Standing.DISAGREES
                server.reason = "" if agrees else f"{_said(samples[server.name])}, the others say something else"
        if not chosen:
            self._lost("the servers contradict each other" if samples else "no server answers")
            self._moved(None, 0)
            return
        self._follow(chosen[0], samples[chosen[0]])

    def _follow(self, name: str, sample: Sample) -> None:
        next(server for server in self._servers if server.name == name).standing = Standing.FOLLOWED
        move = self._discipline.follow(sample.offset_ns)
        off = self._discipline.moved_ns
        if move is Move.DOUBTED:
            self._lost(f"{name} says that the clock is wrong by {off / NS:+.3f} s, and has to say so again before it is believed")
        else:
            self._offset, self._last, self._reason = off, self._clock.monotonic_ns(), ""
            self.poll = min(max(self.poll + 1, self._least), self._most) if abs(off) < STEADY_NS else self._least
        self._moved(move, off)

    def _lost(self, reason: str) -> None:
        if reason != self._reason:
            log.warning("clock: %s", reason)
        self._reason = reason
        self.poll = self._least if self._last is not None else min(self.poll + 1, self._least)

    async def _ask_server(self, server: Server) -> None:
        try:
            sample = await self._ask(server.host, server.port, self._clock.machine)
            check_wall(self._clock.machine.wall_ns() + sample.offset_ns)
            server.heard(sample)
        except InvalidValue as fault:
            server.failed(Standing.REFUSED, f"says that it is {fault.value}; {fault.remedy}")
        except KissOfDeath as kiss:
            server.kissed(kiss, self._clock.monotonic_ns(), interval_ns(max(self.poll, self._least)))
            log.warning("clock: %s: %s", server.name, kiss)
        except RemoteProtocolError as fault:
            server.failed(Standing.REFUSED, str(fault))
        except Unavailable as fault:
            server.failed(Standing.SILENT, str(fault))


def _said(sample: Sample) -> str:
    return f"says that the machine is wrong by {sample.offset_ns / NS:+.3f} s"

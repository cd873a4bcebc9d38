"""Things that one rule at a time can have its way with.

Of several rules that are active on the same thing, the one that started last counts. When it ends, the one before it that is still active
counts again; when the last one ends, the thing becomes what it was before the first. Whoever else changes the thing meanwhile is obeyed:
then the end of a rule leaves it alone.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any, Protocol

from panocam.app.performers.ledger import Entry, Ledger
from panocam.errors import PanocamError
from panocam.events.rules.runner import Job

log = logging.getLogger(__name__)


class Way(Protocol):
    """How a kind of thing is looked at and changed. States can be compared; those of ``lasting`` ways are JSON, their things texts."""

    lasting: str
    """The name in the ledger of what outlives the program; empty for what does not."""

    def thing(self, job: Job) -> Hashable:
        """Which thing a job is about. Raises PanocamError where it is not there."""

    def state(self, thing: Any) -> Any:
        """What it is now."""

    def plan(self, job: Job) -> Any:
        """The state that ``make`` will bring about; asked of ``lasting`` ways only."""

    async def make(self, thing: Any, job: Job) -> Any:
        """Have the job's way; returns the state that this is. Raises PanocamError."""

    async def restore(self, thing: Any, entry: Entry, job: Job | None) -> None:
        """Make it what it was before; ``job`` is the one that ends, None for one of the last run. Raises PanocamError."""


@dataclass(frozen=True)
class _Claim:
    thing: Any
    job: Job


class Held:
    """A performer of actions that last."""

    def __init__(self, way: Way, ledger: Ledger) -> None:
        self._way, self._ledger = way, ledger
        self._claims: dict[int, _Claim] = {}  # by rule, the latest last
        self._entries: dict[Any, Entry] = {}
        self._lock = asyncio.Lock()

    async def begin(self, job: Job) -> None:
        async with self._lock:
            thing = self._way.thing(job)
            await self._make(thing, job)
            self._claims.pop(job.rule, None)
            self._claims[job.rule] = _Claim(thing, job)

    async def end(self, job: Job) -> None:
        async with self._lock:
            claim = self._claims.get(job.rule)
            if claim is None:
                return
            top = self._of(claim.thing)[-1] is claim
            del self._claims[job.rule]
            if not top:
                return
            thing, entry = claim.thing, self._entries[claim.thing]
            if self._way.state(thing) == entry.doing:
                while below := self._of(thing):
                    try:
                        await self._make(thing, below[-1].job)
                    except PanocamError as fault:
                        log.warning("rule %d (%s) does not go on: %s", below[-1].job.rule, below[-1].job.name, fault)
                        del self._claims[below[-1].job.rule]
                    else:
                        return
                await self._way.restore(thing, entry, claim.job)
            if not self._of(thing):
                await self._note(thing, None)

    async def settle(self) -> None:
        """End what rules of the last run were doing and no rule does now."""
        for name, entry in list(self._ledger.entries.items()):
            way, _, thing = name.partition(" ")
            if not self._way.lasting or way != self._way.lasting or thing in self._entries:
                continue
            log.info("%s: what a rule did before the camera ended is over", name)
            try:
                if self._way.state(thing) == entry.doing:
                    await self._way.restore(thing, entry, None)
            except PanocamError as fault:
                log.warning("%s: %s", name, fault)
            await self._ledger.put(name, None)

    def _of(self, thing: Any) -> list[_Claim]:
        return [claim for claim in self._claims.values() if claim.thing == thing]

    async def _make(self, thing: Any, job: Job) -> None:
        known = self._entries.get(thing) or self._ledger.entries.get(self._name(thing))
        now = self._way.state(thing)
        before = known.before if known is not None and known.doing == now else now
        if self._way.lasting:  # first, so that it can be undone whenever the program is killed
            await self._ledger.put(self._name(thing), Entry(self._way.plan(job), before))
        try:
            doing = await self._way.make(thing, job)
        except PanocamError:
            await self._note(thing, known if self._of(thing) else None)
            raise
        await self._note(thing, Entry(doing, before))

    async def _note(self, thing: Any, entry: Entry | None) -> None:
        if entry is None:
            self._entries.pop(thing, None)
        else:
            self._entries[thing] = entry
        if self._way.lasting:
            await self._ledger.put(self._name(thing), entry)

    def _name(self, thing: Any) -> str:
        return f"{self._way.lasting} {thing}"

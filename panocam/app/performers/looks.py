"""Switches of the picture's look."""

from __future__ import annotations

from collections.abc import Mapping

from panocam.app.performers.ledger import Entry
from panocam.events.rules.runner import Job
from panocam.settings import SYSTEM, Store

PATHS: Mapping[str, str] = {"wdr.active": "image.wdr", "defog.active": "image.defog"}
"""Which setting a kind of action switches."""


class LookWay:
    """The things are settings by path."""

    lasting = "setting"

    def __init__(self, store: Store) -> None:
        self._store = store

    def thing(self, job: Job) -> str:
        return PATHS[job.kind]

    def state(self, thing: str) -> bool:
        return bool(self._store.snapshot.flat()[thing])

    def plan(self, job: Job) -> bool:
        return bool(job.values["on"])

    async def make(self, thing: str, job: Job) -> bool:
        await self._store.patch({thing: self.plan(job)}, job.by)
        return self.plan(job)

    async def restore(self, thing: str, entry: Entry, job: Job | None) -> None:
        await self._store.patch({thing: entry.before}, job.by if job is not None else SYSTEM)

"""Output ports."""

from __future__ import annotations

from panocam.app.performers.ledger import Entry
from panocam.errors import NotFound
from panocam.events.rules.runner import Job
from panocam.ports import Board, Step
from panocam.ports.board import output


class OutputWay:
    """The things are ports by number. Every start of the camera begins with all of them inactive, so nothing outlives it."""

    lasting = ""

    def __init__(self, board: Board) -> None:
        self._board = board

    def thing(self, job: Job) -> int:
        return output(self._board.port(int(job.values["port"]))).number

    def state(self, thing: int) -> bool | None:
        try:
            return self._board.port(thing).active
        except NotFound:  # it was removed meanwhile
            return None

    def plan(self, job: Job) -> bool:
        return bool(job.values["active"])

    async def make(self, thing: int, job: Job) -> bool:
        self._board.run_port(thing, (Step(self.plan(job)),))
        return self.plan(job)

    async def restore(self, thing: int, entry: Entry, job: Job | None) -> None:
        self._board.run_port(thing, (Step(bool(entry.before)),))

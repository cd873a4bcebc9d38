"""Guard tours and recorded tours, in the queue's group of events."""

from __future__ import annotations

from contextlib import suppress

from panocam.app.performers.held import Held
from panocam.app.performers.ledger import Entry, Ledger
from panocam.app.performers.presets import mover
from panocam.errors import NotFound
from panocam.events.rules.runner import Job
from panocam.ptz import Mover, PtzService
from panocam.settings.ptz import HOME
from panocam.settings.role import SYSTEM


class TourWay:
    """The things are view areas by number, their states the tours that run."""

    lasting = "tour"

    def __init__(self, ptz: PtzService) -> None:
        self._ptz = ptz

    def thing(self, job: Job) -> str:
        return str(self._ptz.library.tour(_number(job)).area)

    def state(self, thing: str) -> int | None:
        return next((tour.number for tour in self._ptz.library.tours(int(thing)) if tour.running), None)

    def plan(self, job: Job) -> int:
        return _number(job)

    async def make(self, thing: str, job: Job) -> int:
        await self._ptz.start(_number(job), job.by, once=bool(job.values.get("once")), who=mover(job))
        return _number(job)

    async def restore(self, thing: str, entry: Entry, job: Job | None) -> None:
        by = job.by if job is not None else SYSTEM
        await self._ptz.stop(entry.doing, by)
        if entry.before is not None:
            with suppress(NotFound):  # it was deleted meanwhile
                await self._ptz.start(entry.before, by)
        elif job is not None and job.values.get("home"):
            self._go_home(int(thing), mover(job))

    def _go_home(self, number: int, who: Mover) -> None:
        view = next(view for view, area in self._ptz.areas.items() if area.number == number)
        self._ptz.go_to_preset(view, who, self._ptz.library.preset(number, HOME))
        self._ptz.release(view, who)


class Tours(Held):
    """Tours that last as long as a rule, for a time, or until somebody stops them."""

    def __init__(self, ptz: PtzService, ledger: Ledger) -> None:
        super().__init__(TourWay(ptz), ledger)
        self._ptz = ptz

    async def begin(self, job: Job) -> None:
        if job.kind == "tour.active" or job.values["seconds"]:
            await super().begin(job)
            return
        tour = self._ptz.library.tour(_number(job))
        if tour.kind == "recorded":
            await self._ptz.start(tour.number, job.by, once=True, who=mover(job))
        elif not tour.running or self._ptz.state(tour) == "paused":
            await self._ptz.start(tour.number, job.by, once=bool(job.values["once"]), who=mover(job))


def _number(job: Job) -> int:
    return int(job.values["tour"])

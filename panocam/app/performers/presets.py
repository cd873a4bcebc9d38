"""Preset positions of view areas, in the queue's group of events."""

from __future__ import annotations

from contextlib import suppress

from panocam.app.performers.held import Held
from panocam.app.performers.ledger import Entry, Ledger
from panocam.errors import PanocamError
from panocam.events.rules.runner import Job
from panocam.optics.pose import Pose
from panocam.ptz import Mover, PtzService
from panocam.settings.ptz import HOME


class PresetWay:
    """The things are view areas by the index of their view, their states where they look, or are on their way to."""

    lasting = ""

    def __init__(self, ptz: PtzService) -> None:
        self._ptz = ptz

    def thing(self, job: Job) -> int:
        view = int(job.values["view"])
        self._ptz.library.preset(self._ptz.area(view).number, int(job.values["preset"]))
        return view

    def state(self, thing: int) -> Pose:
        head = self._ptz.areas[thing].head
        return head.movement.goal or head.pose

    def plan(self, job: Job) -> None:
        """Not asked: no position outlives the program."""

    async def make(self, thing: int, job: Job) -> Pose:
        area = self._ptz.area(thing)
        self._ptz.go_to_preset(thing, mover(job), self._ptz.library.preset(area.number, int(job.values["preset"])))
        return self.state(thing)

    async def restore(self, thing: int, entry: Entry, job: Job | None) -> None:
        after = job.values["after"] if job is not None else "stay"
        if job is not None and after == "home":
            self._ptz.go_to_preset(thing, mover(job), self._ptz.library.preset(self._ptz.area(thing).number, HOME))
        elif job is not None and after == "back":
            self._ptz.go(thing, mover(job), entry.before, self._ptz.library.rules.preset_speed, kept=True)


class Presets(Held):
    """Once, or for as long as a rule is active."""

    def __init__(self, ptz: PtzService, ledger: Ledger) -> None:
        self._presets = PresetWay(ptz)
        super().__init__(self._presets, ledger)
        self._ptz = ptz

    async def begin(self, job: Job) -> None:
        if job.kind == "preset.active":
            await super().begin(job)
        else:
            await self._presets.make(self._presets.thing(job), job)

    async def end(self, job: Job) -> None:
        await super().end(job)
        with suppress(PanocamError):  # the area was switched off meanwhile
            self._ptz.release(int(job.values["view"]), mover(job))


def mover(job: Job) -> Mover:
    """The rule, as the control queue knows it."""
    return Mover(job.by.name, "event", f"rule {job.rule}")

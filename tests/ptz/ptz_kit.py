"""The steering over real settings, heads and files, on a clock that the test moves."""

from __future__ import annotations

import asyncio
import itertools
import random
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from panocam.access import KeyStore
from panocam.clock import NS, ManualClock
from panocam.events.bus import Bus
from panocam.events.event import Event
from panocam.optics.mount import Mount
from panocam.optics.pose import Pose, Stops, default_poses, limits
from panocam.pipeline.heads import PtzHead
from panocam.ptz import Mover, PtzService
from panocam.settings import DataFolder, Role, Snapshot, Store
from panocam.settings.ptz import Step, Tour
from panocam.settings.role import SYSTEM

FRAME = NS // 25
ANNA = Mover.person("anna", Role.ADMINISTRATOR, "a")
OTTO = Mover.person("otto", Role.OPERATOR, "o")
VERA = Mover.person("vera", Role.VIEWER, "v")


class Stage:
    """A camera's steering without its pictures. ``view`` 4 is view area 1."""

    def __init__(self, root: Path, clock: ManualClock, *, seed: int = 1) -> None:
        self.clock = clock
        folder = DataFolder(root)
        self.store = Store.open(folder, KeyStore.open(folder), {"device.serial": "02AABBCCDDEE"}, clock)
        self.bus = Bus(clock)
        whole = limits(Mount.CEILING)
        self.heads = {view: PtzHead(pose, whole, clock) for view, pose in zip(range(4, 8), default_poses(Mount.CEILING), strict=True)}
        self.store.bind(["ptz"], lambda old, new: self._restrict(new))
        self.service = PtzService(self.store, self.heads, clock, self.bus, folder, random.Random(seed))
        self.service.tapes.keep_only({tour.number for tour in self.service.library.tours() if tour.kind == "recorded"})
        self.service._sync()
        self._due: int | None = None
        self._restrict(self.store.running)

    def _restrict(self, snapshot: Snapshot) -> None:
        for head, row in zip(self.heads.values(), snapshot.ptz.limits, strict=True):
            head.restrict(Stops(**row.model_dump()).within(limits(Mount.CEILING)))

    async def preset(self, number: int, pan: float, tilt: float = -40.0, hfov: float = 60.0, area: int = 1) -> None:
        await self.service.library.keep(area, Pose(pan, tilt, hfov), SYSTEM, f"P{number}", number)

    async def tour(self, *steps: tuple[int, int], number: int = 1, pause: int = 0, shuffled: bool = False, speed: int = 70) -> Tour:
        made = tuple(Step(preset=preset, seconds=seconds, speed=speed) for preset, seconds in steps)
        tour = Tour(number=number, area=1, name=f"Tour {number}", random=shuffled, pause=pause, steps=made)
        return await self.service.library.keep_tour(tour, SYSTEM)

    def tick(self) -> None:
        """What the service does when something is due, or new."""
        self.service._wake.clear()
        self._due = self.service.tick()

    def poses(self, seconds: float, view: int = 4) -> list[Pose]:
        """Let time pass, a picture at a time; where the head looks at each. The service comes when it has to, and no oftener."""
        seen = []
        for _ in range(round(seconds * 25)):
            self.clock.advance(0.04)
            if self.service._wake.is_set() or (self._due is not None and self._due <= self.clock.monotonic_ns()):
                self.tick()
            seen.append(self.heads[view].pose)
        return seen

    async def settle(self) -> None:
        """Let errands run that the steering has sent to the settings."""
        while self.service._errands:
            await asyncio.gather(*self.service._errands)
        self.tick()

    @contextmanager
    def events(self, prefix: str = "PTZController") -> Iterator[list[Event]]:
        """What is told from now on."""
        self.tick()
        seen: list[Event] = []
        end = self.bus.subscribe(seen.append, prefix)
        seen.clear()
        yield seen
        end()


def stops(poses: list[Pose], least: int = 5) -> list[float]:
    """The pans at which a head stood for at least so many pictures, in order."""
    found: list[float] = []
    same = 0
    for before, now in itertools.pairwise(poses):
        same = same + 1 if before == now else 0
        if same == least:
            found.append(round(now.pan, 1))
    return found

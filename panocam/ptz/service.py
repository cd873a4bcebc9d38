"""The steering of a camera: one object for every dialect that moves view areas, and the task that keeps tours going.

Moves are calls on the event loop and act on the next picture. What happens by itself (tours, going home, time-outs) happens in ``tick``,
which a task calls whenever something is due; a tour needs neither a viewer nor a channel. What runs is written in the settings, so it runs
again after a restart.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Coroutine, Mapping, Sequence
from types import TracebackType
from typing import Any, Self

from panocam.clock import NS, Clock
from panocam.errors import Busy, InvalidValue, NotFound, PanocamError
from panocam.events.bus import Bus
from panocam.events.topics import MOTION
from panocam.optics.pose import Pose
from panocam.pipeline.heads import PtzHead
from panocam.ptz import axes
from panocam.ptz.area import AreaControl
from panocam.ptz.flood import FloodGate
from panocam.ptz.gatekeeper import Gatekeeper
from panocam.ptz.library import NOWHERE, Library, Position
from panocam.ptz.mover import Mover
from panocam.ptz.players import PresetPlayer, TapePlayer
from panocam.ptz.recording import Recordings
from panocam.ptz.tape import Tape, Tapes
from panocam.ptz.zones import Zones
from panocam.settings import DataFolder, Store
from panocam.settings.ptz import Movement, Tour
from panocam.settings.role import SYSTEM, Actor, SystemActor

log = logging.getLogger(__name__)

SUPERVISOR_WAIT_S = 1.0


class PtzService:
    """``heads`` maps the view index of each view area (4..7) to its head. Use as ``async with``; all methods on the event loop."""

    def __init__(
        self,
        store: Store,
        heads: Mapping[int, PtzHead],
        clock: Clock,
        bus: Bus,
        folder: DataFolder,
        order: random.Random | None = None,
    ) -> None:
        self._store, self._clock, self._heads, self._bus = store, clock, heads, bus
        self._order = order or random.SystemRandom()
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._errands: set[asyncio.Task[Any]] = set()
        self._starters: dict[int, Mover] = {}  # who holds the areas of tours that something else than a person has started
        self._first = min(heads)
        self.flood = FloodGate()
        self.tapes = Tapes(folder)
        self.zones = Zones(store)
        self.library = Library(store, lambda area: heads[self._first + area - 1].home)
        now = clock.monotonic_ns()
        self.areas = {
            view: AreaControl(view - self._first + 1, head, lambda: store.running.ptz, bus, now, self._over) for view, head in heads.items()
        }
        """By view index."""
        self.gatekeepers = {view: self._gatekeeper(view, area) for view, area in self.areas.items()}
        self.recordings = Recordings(self.areas, self.library, self.tapes, clock)
        self._unlisten = store.listen(lambda fact: self._sync())
        self._unsubscribe = bus.subscribe(lambda event: self._wake.set(), MOTION.path)

    async def __aenter__(self) -> Self:
        self.tapes.keep_only({tour.number for tour in self.library.tours() if tour.kind == "recorded"})
        self._sync()
        self._task = asyncio.create_task(self._run(), name="pan, tilt and zoom")
        return self

    async def __aexit__(self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None) -> None:
        self._unlisten()
        self._unsubscribe()
        tasks = [task for task in (self._task, *self._errands) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    # --- moves

    def area(self, view: int) -> AreaControl:
        """A view area that can be moved now. Raises NotFound, InvalidValue when its PTZ is off."""
        if view not in self.areas:
            numbers = ", ".join(map(str, self.areas))
            raise NotFound(f"view {view} does not move; the view areas are the views {numbers}")
        area = self.areas[view]
        if not self._usable(area):
            raise InvalidValue("view", view, f"pan, tilt and zoom of view area {area.number} are switched off in the settings")
        return area

    def take(self, view: int, who: Mover) -> PtzHead:
        """The head of a view area for one move by ``who``; a tour pauses.

        Raises as ``area``; Busy while somebody else has control, or for a flood of moves.
        """
        area = self.area(view)
        now = self._clock.monotonic_ns()
        self.flood.let(who.key, now)
        head = area.take(who, now)
        self._wake.set()
        return head

    def held(self, view: int) -> tuple[str, ...]:
        """The axes of a view area that are not moved by hand."""
        return axes.off(self._movement(self.areas[view]))

    def speed(self, view: int) -> int:
        """Of moves that say none: what a client has set last, else the setting; 0 is at once."""
        said = self.areas[view].speed
        return self.library.rules.speed if said is None else said

    def go(self, view: int, who: Mover, target: Pose, speed: float | None = None, *, since: Pose | None = None, kept: bool = False) -> Pose:
        """Look there: at ``speed`` 1..100, or at the speed of the settings, which may be at once. Returns where it will look.

        Axes that are switched off stay, unless it is a place that somebody has ``kept``. ``since``: where it looked when ``target`` was
        worked out. Raises as ``take``; InvalidValue when nothing is left of the move.
        """
        if not kept:
            area = self.area(view)
            target = axes.steered(area.number, self._movement(area), since or area.head.pose, target)
        head = self.take(view, who)
        speed = self.speed(view) if speed is None else speed
        if not speed:
            return head.set_pose(target)
        return head.visit(target, speed) if kept else head.travel(target, speed)

    def drive(self, view: int, who: Mover, wish: Sequence[float | None], *, proportional: bool | None = None) -> None:
        """Keep moving with -100..100 in pan, tilt and zoom; 0 stops an axis, None lets it do what it does. Raises as ``go``."""
        rules, area = self.library.rules, self.area(view)
        speeds = axes.driven(area.number, self._movement(area), wish, area.driving)
        self.take(view, who).drive(speeds, proportional=rules.proportional if proportional is None else proportional)
        area.driving = speeds

    def go_to_preset(self, view: int, who: Mover, position: Position, speed: float | None = None) -> Pose:
        """Go to a preset position, at its own speed of the settings if none is given."""
        speed = self.library.rules.preset_speed if speed is None else speed
        head = self.take(view, who)
        goal = head.visit(position.pose, speed) if speed else head.set_pose(position.pose)
        self.areas[view].head_for(position.number, position.name)
        return goal

    # --- the control queue

    def place(self, view: int, who: Mover) -> int | None:
        """0 in control, 1.. waiting (and asking keeps the place), None neither; always None while the queue is off."""
        return self.areas[view].queue.place(who, self._clock.monotonic_ns()) if self.library.rules.queue else None

    def ask(self, view: int, who: Mover) -> int:
        """Ask for control; the place. Raises InvalidValue while the queue is off, Busy when it is full."""
        if not self.library.rules.queue:
            raise InvalidValue("control", "enter", "the control queue is switched off; everybody who may move view areas can do so at once")
        self._wake.set()
        return self.area(view).queue.request(who, self._clock.monotonic_ns())

    def seconds(self, view: int, who: Mover) -> int | None:
        """How long ``who`` still has control, or waits for it at most; None where that has no end."""
        return self.areas[view].queue.seconds(who, self._clock.monotonic_ns())

    def release(self, view: int, who: Mover) -> None:
        """Give control, or the place in the queue, back."""
        self.area(view).queue.release(who)
        self._wake.set()

    # --- tours

    async def start(self, number: int, by: Actor, *, once: bool = False, who: Mover | None = None) -> None:
        """Start a tour from its beginning, or let a paused one go on; the running one of its area ends. ``once``: for one round; ``who``:
        as whom it waits in the control queue, instead of as a tour.

        Raises NotFound, InvalidValue where all its preset positions are gone, Busy while the area is being recorded, Unavailable for a
        recording that cannot be read.
        """
        tour = self.library.tour(number)
        area = self._of(tour)
        if self.recordings.of_area(area.number) is not None:
            raise Busy(f"view area {tour.area} is being recorded; stop the recording first")
        if tour.kind == "recorded":
            self.tapes.load(number)
        elif not self.library.leads_somewhere(tour.area, (step.preset for step in tour.steps)):
            raise InvalidValue("tour", number, NOWHERE)
        self._starters.pop(number, None)
        if who is not None:
            self._starters[number] = who
        playing = area.playing
        if playing is not None and playing.tour.number == number and playing.paused:
            area.hand_over(self._mover(tour))
            area.resume(self._clock.monotonic_ns())
            self._wake.set()
            return
        if tour.running and tour.once == once:
            area.stop()
            self._sync()
        else:
            await self.library.run(number, True, SystemActor(by.name), once=once)

    async def stop(self, number: int, by: Actor) -> None:
        """End a tour. Raises NotFound."""
        if self.library.tour(number).running:
            await self.library.run(number, False, SystemActor(by.name))

    def pause(self, number: int) -> None:
        """Hold a running tour until it is resumed. Raises NotFound, InvalidValue when it does not run."""
        self._playing(number).pause(self._clock.monotonic_ns())
        self._wake.set()

    def resume(self, number: int) -> None:
        """Let a paused tour go on. Raises as ``pause``."""
        self._playing(number).resume(self._clock.monotonic_ns())
        self._wake.set()

    async def remove_tour(self, number: int, by: Actor) -> None:
        """Forget a tour and its recording. Raises NotFound, Denied."""
        recorded = self.library.tour(number).kind == "recorded"
        await self.library.remove_tour(number, by)
        if recorded:
            self.tapes.remove(number)

    def state(self, tour: Tour) -> str:
        """What a tour does just now, for people."""
        playing = self._of(tour).playing
        return str(playing.state) if playing is not None and playing.tour.number == tour.number else "stopped"

    async def record(self, view: int, by: Actor, name: str | None = None, number: int | None = None) -> int:
        """Begin to record an area's movement; its tour ends. Returns the number of the tour that it will be. Raises Busy, InvalidValue."""
        area = self.area(view)
        begun = self.recordings.begin(area.number, name, number)
        for tour in self.library.tours(area.number):
            await self.stop(tour.number, by)
        area.stop()
        self._wake.set()
        return begun

    async def keep_recording(self, number: int, by: Actor) -> Tour:
        """End a recording and keep it as a tour. Raises NotFound, Unavailable (full disk), Denied."""
        return await self.recordings.keep(number, by)

    # --- time

    def tick(self) -> int | None:
        """Do what is due now; returns when to come again (monotonic), None if only something new can make it necessary."""
        now = self._clock.monotonic_ns()
        dues = []
        for view, area in self.areas.items():
            usable, keeper = self._usable(area), self.gatekeepers[view]
            dues += [keeper.tick(now, usable=usable), area.tick(now, usable=usable)]
        due, full = self.recordings.sample(now)
        for number in full:
            self._errand(self.recordings.keep(number, SYSTEM))
        return min((each for each in (*dues, due) if each is not None), default=None)

    async def _run(self) -> None:
        while True:
            try:
                self._wake.clear()
                due = self.tick()
                wait = None if due is None else max(0.0, (due - self._clock.monotonic_ns()) / NS)
                async with asyncio.timeout(wait):
                    await self._wake.wait()
            except TimeoutError:
                continue
            except Exception:  # the supervisor of everything that moves by itself: tours go on
                log.exception("steering failed; it goes on")
                await asyncio.sleep(SUPERVISOR_WAIT_S)

    def _movement(self, area: AreaControl) -> Movement:
        return self.library.rules.movement[area.number - 1]

    def _brake(self, area: AreaControl) -> None:
        """Stop what a hand drives on an axis that has been switched off."""
        left = axes.braked(axes.off(self._movement(area)), area.driving)
        if left != area.driving:
            area.driving = left
            area.head.drive(left, proportional=self.library.rules.proportional)

    def _usable(self, area: AreaControl) -> bool:
        settings = self._store.running
        return settings.areas[area.number - 1].ptz and settings.views[self._first + area.number - 1].enabled

    def _gatekeeper(self, view: int, area: AreaControl) -> Gatekeeper:
        def moving(id: int) -> bool:
            states = self._bus.states(MOTION.path)
            return any(event.source["motion_area"] == id and event.data["active"] for event in states)

        def go(who: Mover, preset: int) -> None:
            self.go_to_preset(view, who, self.library.preset(area.number, preset))

        return Gatekeeper(area, lambda: self.library.rules.gatekeepers[area.number - 1], moving, go)

    def _of(self, tour: Tour) -> AreaControl:
        return self.areas[self._first + tour.area - 1]

    def _playing(self, number: int) -> AreaControl:
        area = self._of(self.library.tour(number))
        if area.playing is None or area.playing.tour.number != number:
            raise InvalidValue("tour", number, "does not run; start it first")
        return area

    def _sync(self) -> None:
        """Make the areas play what the settings say."""
        for area in self.areas.values():
            self._brake(area)
            area.head.freezes = self._movement(area).freeze
            wanted = next((tour for tour in self.library.tours(area.number) if tour.running), None)
            has = area.playing.tour if area.playing is not None else None
            if has is not None and wanted != has:
                area.stop()
            if wanted is not None and wanted != has:
                self._play(area, wanted)
        self._wake.set()

    def _play(self, area: AreaControl, tour: Tour) -> None:
        now, mover = self._clock.monotonic_ns(), self._mover(tour)
        if tour.kind == "preset":

            def find(number: int) -> Position | None:
                return next((each for each in self.library.presets(tour.area) if each.number == number), None)

            area.play(tour, PresetPlayer(tour, area.head, find, area.arrived, self._order, once=tour.once), mover, now)
            return
        try:
            tape: Tape = self.tapes.load(tour.number)
        except PanocamError as fault:
            self._over(tour, str(fault))
            return
        area.play(tour, TapePlayer(tour, area.head, tape, once=tour.once), mover, now)

    def _mover(self, tour: Tour) -> Mover:
        """Who holds the area while a tour plays."""
        group = "recorded tour" if tour.kind == "recorded" else "guard tour"
        return self._starters.get(tour.number) or Mover(tour.name, group, f"tour {tour.number}")

    def _over(self, tour: Tour, reason: str) -> None:
        """A tour has ended by itself: say so, and do not start it again at the next start."""
        if reason:
            log.warning("tour %d (%s) stopped: %s", tour.number, tour.name, reason)
        self._errand(self.library.run(tour.number, False))

    def _errand(self, work: Coroutine[Any, Any, Any]) -> None:
        async def do() -> None:
            try:
                await work
            except PanocamError as fault:
                log.warning("%s", fault)

        task = asyncio.get_running_loop().create_task(do())
        self._errands.add(task)
        task.add_done_callback(self._errands.discard)

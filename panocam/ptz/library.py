"""Preset positions, limits and tours in the settings: each change is one transaction, by somebody who may make it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from panocam.errors import InvalidValue, NotFound
from panocam.optics.pose import Pose
from panocam.settings import Store
from panocam.settings.ptz import HOME, MAX_PRESETS, MAX_TOURS, PRESET_NAME, RECORDED_NAME, TOUR_NAME, Preset, Ptz, Tour
from panocam.settings.role import SYSTEM, Actor

NOWHERE = "none of its preset positions is there any more; give the tour positions that are"

LIMITS = ("left", "right", "down", "up", "wide", "tele")


@dataclass(frozen=True)
class Position:
    """A preset position as it is found. Number 1 is the home position."""

    number: int
    name: str
    pose: Pose

    @property
    def home(self) -> bool:
        return self.number == HOME


class Library:
    """``home(area)`` gives the pose of an area's home position, wherever it comes from."""

    def __init__(self, store: Store, home: Callable[[int], Pose]) -> None:
        self._store, self._home = store, home
        self._lock = asyncio.Lock()

    @property
    def rules(self) -> Ptz:
        return self._store.running.ptz

    # --- presets

    def leads_somewhere(self, area: int, numbers: Iterable[int]) -> bool:
        """Whether a tour through these presets of an area has at least one that is there."""
        return not {each.number for each in self.presets(area)}.isdisjoint(numbers)

    def presets(self, area: int) -> tuple[Position, ...]:
        """All positions of an area by number, home first."""
        kept = (Position(each.number, each.name, Pose(each.pan, each.tilt, each.hfov)) for each in self.rules.presets if each.area == area)
        return (Position(HOME, "Home", self._home(area)), *kept)

    def preset(self, area: int, number: int) -> Position:
        """Raises NotFound."""
        return self._pick(area, lambda each: each.number == number, f"preset position {number}")

    def named(self, area: int, name: str) -> Position:
        """Raises NotFound."""
        return self._pick(area, lambda each: each.name == name, f"preset position named {name!r}")

    def _pick(self, area: int, fits: Callable[[Position], bool], what: str) -> Position:
        found = next((each for each in self.presets(area) if fits(each)), None)
        if found is None:
            raise NotFound(f"view area {area} has no {what}; it has {', '.join(f'{p.number} {p.name}' for p in self.presets(area)[:8])}")
        return found

    async def keep(self, area: int, pose: Pose, by: Actor, name: str | None = None, number: int | None = None) -> Position:
        """Keep a position: under a number or name that is there already (it moves there), or as a new one. 1 is home.

        Raises InvalidValue for a name that cannot be or too many positions, Denied for somebody who may not.
        """
        if number == HOME or (number is None and name == "Home"):
            await self.set_home(area, pose, by)
            return self.preset(area, HOME)
        async with self._lock:
            kept = list(self.rules.presets)
            mine = [each for each in kept if each.area == area]
            old = next((each for each in mine if (each.number == number if number is not None else each.name == name)), None)
            if old is None and len(mine) >= MAX_PRESETS:
                raise InvalidValue("preset", name or "", f"view area {area} has {MAX_PRESETS} positions already; remove one")
            number = number or (old.number if old is not None else _first_free((each.number for each in mine), HOME + 1))
            name = name or (old.name if old is not None else f"Position {number}")
            if not PRESET_NAME.fullmatch(name) or name == "Home":
                raise InvalidValue("name", name, 'give 1 to 31 characters, none of them < > ~ " or :, and not Home')
            if any(each.name == name and each is not old for each in mine):
                raise InvalidValue("name", name, f"is another position of view area {area} already; choose another name")
            new = Preset(area=area, number=number, name=name, **_rounded(pose))
            await self._save(presets=[*(each for each in kept if each is not old), new], by=by)
        return self.preset(area, number)

    async def rename(self, area: int, number: int, name: str, by: Actor) -> Position:
        """Raises NotFound, InvalidValue."""
        if number == HOME:
            raise InvalidValue("name", name, "the home position is always called Home")
        await self.keep(area, self.preset(area, number).pose, by, name, number)
        return self.preset(area, number)

    async def remove(self, area: int, number: int, by: Actor) -> None:
        """Forget a position; home becomes the automatic one of the mounting position. Tours skip it. Raises NotFound."""
        self.preset(area, number)
        if number == HOME:
            await self.set_home(area, None, by)
            return
        async with self._lock:
            await self._save(presets=[each for each in self.rules.presets if (each.area, each.number) != (area, number)], by=by)

    async def remove_all(self, areas: Iterable[int], by: Actor) -> None:
        """Forget every position of some areas, home excepted."""
        gone = set(areas)
        async with self._lock:
            await self._save(presets=[each for each in self.rules.presets if each.area not in gone], by=by)

    async def set_home(self, area: int, pose: Pose | None, by: Actor) -> None:
        """Where the area is at home; None for automatically."""
        parts: dict[str, float | None] = {"pan": None, "tilt": None, "hfov": None, **({} if pose is None else _rounded(pose))}
        await self._store.patch({f"areas.{area - 1}.{name}": value for name, value in parts.items()}, by)

    # --- limits

    async def set_limits(self, area: int, stops: dict[str, float | None], by: Actor) -> None:
        """Any of ``LIMITS`` in degrees; None clears one."""
        values = {name: None if value is None else round(value, 3) for name, value in stops.items()}
        await self._store.patch({f"ptz.limits.{area - 1}.{name}": value for name, value in values.items()}, by)

    # --- tours

    def tours(self, area: int | None = None) -> tuple[Tour, ...]:
        """All tours by number, or those of one area."""
        return tuple(tour for tour in self.rules.tours if area in (None, tour.area))

    def tour(self, number: int) -> Tour:
        """Raises NotFound."""
        found = next((tour for tour in self.rules.tours if tour.number == number), None)
        if found is None:
            raise NotFound(f"there is no tour {number}; tours: {', '.join(str(t.number) for t in self.rules.tours) or 'none'}")
        return found

    def free_tour(self, area: int, number: int | None = None) -> int:
        """A number for a new tour. Raises InvalidValue when there are too many, or ``number`` is taken."""
        if len(self.tours(area)) >= MAX_TOURS:
            raise InvalidValue("tour", number, f"view area {area} has {MAX_TOURS} tours already; remove one")
        taken = {tour.number for tour in self.rules.tours}
        if number in taken:
            raise InvalidValue("tour", number, "is there already; choose another number")
        return _first_free(taken, 1) if number is None else number

    async def keep_tour(self, tour: Tour, by: Actor) -> Tour:
        """Keep a new tour, or another form of one that is there. Raises InvalidValue for a name that cannot be, Denied."""
        good, remedy = (
            (RECORDED_NAME, "give 1 to 31 letters, digits and . - _")
            if tour.kind == "recorded"
            else (TOUR_NAME, 'give 1 to 64 characters, none of them < > or "')
        )
        if not good.fullmatch(tour.name):
            raise InvalidValue("name", tour.name, remedy)
        async with self._lock:
            await self._save(tours=[*(each for each in self.rules.tours if each.number != tour.number), tour], by=by)
        return self.tour(tour.number)

    async def remove_tour(self, number: int, by: Actor) -> None:
        """Raises NotFound."""
        self.tour(number)
        async with self._lock:
            await self._save(tours=[each for each in self.rules.tours if each.number != number], by=by)

    async def run(self, number: int, running: bool, by: Actor = SYSTEM, *, once: bool = False) -> Tour:
        """Say in the settings that a tour runs, perhaps only ``once`` (and no other of its area does), or that it does not."""
        area = self.tour(number).area
        async with self._lock:
            changed = [
                tour.model_copy(update={"running": running, "once": once})
                if tour.number == number
                else (tour.model_copy(update={"running": False, "once": False}) if running and tour.area == area else tour)
                for tour in self.rules.tours
            ]
            await self._save(tours=changed, by=by)
        return self.tour(number)

    async def _save(self, by: Actor, **leaves: list[Any]) -> None:
        await self._store.patch({f"ptz.{name}": [each.model_dump(mode="json") for each in rows] for name, rows in leaves.items()}, by)


def _first_free(taken: Iterable[int], first: int) -> int:
    numbers = set(taken)
    return next(number for number in range(first, first + len(numbers) + 1) if number not in numbers)


def _rounded(pose: Pose) -> dict[str, float]:
    return {"pan": round(pose.pan, 3), "tilt": round(pose.tilt, 3), "hfov": round(pose.hfov, 3)}

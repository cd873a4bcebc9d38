"""Recordings that are being made, one for each view area at most."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from panocam.clock import Clock
from panocam.errors import Busy, InvalidValue, NotFound
from panocam.ptz.area import AreaControl
from panocam.ptz.library import Library
from panocam.ptz.tape import EVERY_NS, LONGEST_S, Recorder, Tapes
from panocam.settings.ptz import RECORDED_NAME, Tour
from panocam.settings.role import Actor

PAUSE_S = 60
"""Between two rounds of a new recorded tour."""


@dataclass(frozen=True)
class Recording:
    """``number`` and ``name`` of the tour that it will be."""

    number: int
    name: str
    area: int
    recorder: Recorder


class Recordings:
    """``areas`` by view index."""

    def __init__(self, areas: Mapping[int, AreaControl], library: Library, tapes: Tapes, clock: Clock) -> None:
        self._areas = {area.number: area for area in areas.values()}
        self._library, self._tapes, self._clock = library, tapes, clock
        self._open: dict[int, Recording] = {}

    def __iter__(self) -> Iterator[Recording]:
        return iter(tuple(self._open.values()))

    def of_area(self, area: int) -> Recording | None:
        """The recording that is being made of an area."""
        return next((each for each in self._open.values() if each.area == area), None)

    def seconds(self, recording: Recording) -> float:
        """How long it has run."""
        return recording.recorder.seconds(self._clock.monotonic_ns())

    def begin(self, area: int, name: str | None, number: int | None) -> int:
        """Start recording; the number it will have. Raises Busy, InvalidValue."""
        if self.of_area(area) is not None:
            raise Busy(f"view area {area} is being recorded already; stop that first")
        free = self._library.free_tour(area, number)
        while number is None and free in self._open:
            free += 1
        name = name or f"Tour-{free}"
        if free in self._open or not 0 <= free <= 9999:
            raise InvalidValue("tour", free, "is taken, or not from 0 to 9999; choose another number")
        if not RECORDED_NAME.fullmatch(name):
            raise InvalidValue("name", name, "give 1 to 31 letters, digits and . - _")
        recording = Recording(free, name, area, Recorder(self._clock.monotonic_ns()))
        recording.recorder.sample(recording.recorder.start_ns, self._areas[area].head.pose)
        self._open[free] = recording
        return free

    async def keep(self, number: int, by: Actor) -> Tour:
        """End a recording: the file first, then the tour in the settings. Raises NotFound, Unavailable, Denied."""
        recording = self._open.pop(number, None)
        if recording is None:
            raise NotFound(f"tour {number} is not being recorded")
        tape = recording.recorder.finish(self._clock.monotonic_ns(), self._areas[recording.area].head.pose)
        await asyncio.to_thread(self._tapes.save, number, tape)
        tour = Tour(number=number, area=recording.area, name=recording.name, kind="recorded", pause=PAUSE_S)
        return await self._library.keep_tour(tour, by)

    def sample(self, now_ns: int) -> tuple[int | None, list[int]]:
        """Note where the areas look. Returns when to come again, and the recordings that are long enough."""
        for recording in self._open.values():
            recording.recorder.sample(now_ns, self._areas[recording.area].head.at(now_ns))
        full = [each.number for each in self._open.values() if each.recorder.seconds(now_ns) >= LONGEST_S]
        return (now_ns + EVERY_NS if self._open else None), full

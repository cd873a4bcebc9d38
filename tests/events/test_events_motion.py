"""Motion as conditions: they begin with what is seen, are held, end by themselves, and follow the areas."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from panocam.clock import ManualClock, SystemClock
from panocam.events.bus import Bus
from panocam.events.event import Event, Operation
from panocam.events.motion import MotionStates
from panocam.events.names import named
from panocam.settings.motion import MotionArea


def area(id: int = 1, name: str = "Door", **more: Any) -> MotionArea:
    return MotionArea(id=id, name=name, corners=((0, 10), (90, 10), (180, 10)), **{"hold": 3, **more})


class Heard:
    """A bus, motion on it, and everything that was told, in clients' words: ``+Door -Door`` and ``Deleted Door``; Any is the alarm."""

    def __init__(self) -> None:
        self.clock = ManualClock()
        self.bus = Bus(self.clock)
        self.motion = MotionStates(self.bus, self.clock)
        self.words: list[str] = []
        self.bus.subscribe(self._hear, "VideoSource/Motion")

    def _hear(self, event: Event) -> None:
        (said,) = named(event)
        name = said.source.get("RuleName", "Any")
        sign = "+" if said.data["State"] == "1" else "-"
        self.words.append(f"Deleted {name}" if event.operation is Operation.DELETED else sign + name)

    def since(self) -> list[str]:
        words, self.words = self.words, []
        return words


@pytest.fixture
async def heard() -> Heard:
    return Heard()


async def test_motion_begins_at_once_is_held_and_ends(heard: Heard) -> None:
    heard.motion.watch([area()])
    assert heard.since() == ["-Door", "-Any"]
    heard.motion.seen({1})
    assert heard.since() == ["+Door", "+Any"]
    heard.clock.advance(2.9)
    heard.motion.seen({1})
    heard.clock.advance(2.9)
    assert heard.motion.tick() is not None
    assert heard.since() == []
    heard.clock.advance(0.2)
    assert heard.motion.tick() is None
    assert heard.since() == ["-Door", "-Any"]


async def test_each_area_has_its_own_hold_and_any_lasts_as_long_as_one(heard: Heard) -> None:
    heard.motion.watch([area(), area(2, "Till", hold=10), area(3, "Off", enabled=False)])
    heard.since()
    heard.motion.seen({1, 2, 3})
    assert heard.since() == ["+Door", "+Till", "+Any"]
    heard.clock.advance(4)
    heard.motion.tick()
    assert heard.since() == ["-Door"]
    assert heard.motion.active == {2}
    heard.clock.advance(7)
    heard.motion.tick()
    assert heard.since() == ["-Till", "-Any"]


async def test_areas_that_go_are_renamed_or_drawn_anew(heard: Heard) -> None:
    heard.motion.watch([area(), area(2, "Till")])
    heard.motion.seen({1, 2})
    heard.since()
    heard.motion.watch([area(name="Gate"), area(2, "Till", sensitivity=60)])
    assert heard.since() == ["Deleted Door", "+Gate"]
    heard.motion.watch([area(name="Gate").model_copy(update={"corners": ((0, 20), (90, 20), (180, 20))}), area(2, "Till")])
    assert heard.since() == ["-Gate"]
    heard.motion.watch([area(2, "Till", enabled=False)])
    assert heard.since() == ["Deleted Gate", "Deleted Till", "Deleted Any"]
    heard.motion.seen({1, 2})
    assert heard.since() == []
    heard.motion.watch([area(2, "Till")])
    assert heard.since() == ["-Till", "-Any"]


async def test_the_task_ends_motion_by_itself() -> None:
    bus = Bus(SystemClock())
    over = asyncio.Event()
    async with MotionStates(bus, SystemClock()) as motion:
        motion.watch([area(hold=1)])
        motion.seen({1})
        bus.subscribe(lambda event: over.set() if not event.data["active"] else None, "VideoSource/Motion/Area")
        assert motion.active == {1}
        async with asyncio.timeout(10):
            await over.wait()
        assert motion.active == frozenset()

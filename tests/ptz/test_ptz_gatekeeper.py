"""The gatekeeper: it goes where something moves, comes home, and leaves the view area to whoever else moves it."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ptz_kit import ANNA, OTTO, Stage, stops

from panocam.clock import ManualClock
from panocam.errors import Busy, InvalidValue
from panocam.events.topics import MOTION
from panocam.optics.pose import Pose
from panocam.settings.role import SYSTEM, SystemActor

CORNERS = [[0, 10], [90, 10], [180, 10]]
AREAS = [{"id": 1, "name": "Door", "corners": CORNERS}, {"id": 2, "name": "Till", "corners": CORNERS}]
KEEPER = {"ptz.gatekeepers.0.enabled": True, "ptz.gatekeepers.0.motion_area": 1, "ptz.gatekeepers.0.preset": 2}


class Gate(Stage):
    """A stage with two motion areas, a preset at 80 degrees and a gatekeeper of view area 1 that comes home after 10 s."""

    async def keep(self, **more: object) -> None:
        await self.preset(2, 80)
        rules = {f"ptz.gatekeepers.0.{name}": value for name, value in ({"home_after": 10} | more).items()}
        await self.store.patch({"motion.areas": AREAS, **KEEPER, **rules}, SYSTEM)

    def moves(self, active: bool, area: int = 1) -> None:
        self.bus.emit(MOTION, {"channel": 0, "motion_area": area}, active=active, name="Door")
        self.tick()

    def pan(self, seconds: float = 2) -> float:
        return round(self.poses(seconds)[-1].pan, 1)

    @property
    def on_duty(self) -> bool:
        return self.service.gatekeepers[4].on_duty


HOME = 0.0


@pytest.fixture
async def gate(tmp_path: Path) -> Gate:
    stage = Gate(tmp_path / "data", ManualClock(monotonic_ns=10**12))
    await stage.keep()
    return stage


async def test_it_goes_to_its_preset_and_comes_home_when_all_has_been_still_for_so_long(gate: Gate) -> None:
    home = gate.pan()
    gate.moves(True)
    assert (gate.pan(), gate.on_duty) == (80, True)
    assert gate.pan(60) == 80  # as long as it lasts
    gate.moves(False)
    assert gate.pan(9) == 80
    gate.moves(True)
    gate.moves(False)
    assert gate.pan(9.5) == 80
    assert (gate.pan(4), gate.on_duty) == (home, False)
    gate.moves(True, area=2)
    assert gate.pan() == home


async def test_the_time_counts_from_the_end_of_motion_however_long_nothing_had_to_be_done(gate: Gate) -> None:
    gate.moves(True)
    gate.clock.advance(100)
    gate.moves(False)
    assert (gate.pan(9), gate.on_duty) == (80, True)


async def test_what_it_does_is_told_as_the_move_of_a_client_is(gate: Gate) -> None:
    with gate.events("PTZController/PresetReached") as seen:
        gate.moves(True)
        gate.poses(3)
    assert [(event.data["on_preset"], event.data["number"]) for event in seen][-1] == (True, 2)


@pytest.mark.parametrize("queue", [False, True])
async def test_who_steers_by_hand_has_the_word(gate: Gate, queue: bool) -> None:
    await gate.store.patch({"ptz.queue": queue}, SYSTEM)
    gate.moves(True)
    gate.pan()
    gate.service.go(4, ANNA, Pose(-50, -30, 50))
    assert (gate.pan(5), gate.on_duty) == (-50, False)
    gate.moves(False)
    gate.moves(True)  # again, but somebody has moved it just now
    assert gate.pan(4) == -50
    gate.service.go(4, ANNA, Pose(-60, -30, 50))
    assert gate.pan(9.5) == -60
    if not queue:
        assert gate.pan(4) == 80  # ten seconds after the last move by hand it still moves there
        gate.service.go(4, ANNA, Pose(-70, -30, 50))
    gate.moves(False)
    assert gate.pan(40) in (-60, -70)  # it does not come home from where somebody else has turned it


async def test_a_joystick_that_is_held_is_not_taken_away(gate: Gate) -> None:
    gate.service.drive(4, OTTO, (-5, 0, 0))
    gate.moves(True)
    before = gate.pan(1)
    seen = gate.poses(25)
    assert not gate.on_duty
    gate.service.drive(4, OTTO, (0, 0, 0))
    assert stops(seen) == []
    assert gate.pan(1) != before


async def test_in_the_control_queue_it_is_an_event_and_waits_for_an_administrator(gate: Gate) -> None:
    await gate.store.patch({"ptz.queue": True, "ptz.queue_poll": 5}, SYSTEM)
    gate.service.go(4, ANNA, Pose(-50, -30, 50))
    gate.moves(True)
    assert gate.pan(40) == -50
    assert [who.name for who in gate.service.areas[4].queue.waiting(gate.clock.monotonic_ns())] == ["gatekeeper 1"]
    gate.service.release(4, ANNA)
    assert gate.pan(4) == 80
    with pytest.raises(Busy):
        gate.service.go(4, OTTO, Pose())
    gate.moves(False)
    gate.pan(15)
    gate.service.go(4, OTTO, Pose(20, -30, 50))  # nobody is asked any more


async def test_a_tour_waits_and_goes_on(gate: Gate) -> None:
    await gate.preset(3, -90)
    await gate.tour((3, 3600))
    await gate.service.start(1, SystemActor("anna"))
    assert gate.pan(5) == -90
    gate.moves(True)
    assert gate.pan(100) == 80  # longer than tours wait for people
    gate.moves(False)
    assert gate.pan(15) == -90
    assert gate.service.state(gate.service.library.tour(1)) == "staying"


async def test_going_home_by_itself_does_not_end_it(gate: Gate) -> None:
    await gate.store.patch({"ptz.home_after": 5}, SYSTEM)
    gate.moves(True)
    assert gate.pan(30) == 80


async def test_switching_off_lets_go_and_on_acts_on_motion_that_holds(gate: Gate) -> None:
    gate.moves(True)
    gate.pan()
    await gate.store.patch({"ptz.gatekeepers.0.enabled": False}, SYSTEM)
    gate.service.go(4, OTTO, Pose(10, -30, 50))
    gate.moves(False)
    assert (gate.pan(20), gate.on_duty) == (10, False)
    gate.moves(True)
    await gate.store.patch({"ptz.gatekeepers.0.enabled": True}, SYSTEM)
    assert gate.pan() == 80
    await gate.store.patch({"areas.0.ptz": False}, SYSTEM)
    gate.pan(1)
    assert not gate.on_duty


async def test_it_acts_again_after_a_restart(gate: Gate, tmp_path: Path) -> None:
    again = Gate(tmp_path / "data", gate.clock)
    again.moves(True)
    assert again.pan() == 80


@pytest.mark.parametrize(
    ("change", "named", "words"),
    [
        ({"ptz.gatekeepers.0.motion_area": 7}, "ptz.gatekeepers.0.motion_area", "no such motion area"),
        ({"ptz.gatekeepers.0.motion_area": None}, "ptz.gatekeepers.0.motion_area", "say which"),
        ({"ptz.gatekeepers.0.preset": 9}, "ptz.gatekeepers.0.preset", "no such preset position"),
        ({"ptz.gatekeepers.1.enabled": True}, "ptz.gatekeepers.1.motion_area", "say which"),
        ({"ptz.gatekeepers.0.home_after": 0}, "ptz.gatekeepers.0.home_after", "greater than or equal to 1"),
        ({"motion.areas": AREAS[1:]}, "ptz.gatekeepers.0.motion_area", "switch the gatekeeper of view area 1 off first"),
        ({"ptz.presets": []}, "ptz.gatekeepers.0.preset", "switch the gatekeeper of view area 1 off first"),
    ],
)
async def test_what_names_nothing_that_is_there_is_refused_and_nothing_changes(
    gate: Gate, change: dict[str, object], named: str, words: str
) -> None:
    before = gate.store.running
    with pytest.raises(InvalidValue) as refused:
        await gate.store.patch(change, SYSTEM)
    assert refused.value.name == named
    assert words in str(refused.value)
    assert gate.store.running == before


async def test_a_preset_in_use_stays_until_the_gatekeeper_is_off_and_home_needs_none(gate: Gate) -> None:
    with pytest.raises(InvalidValue, match="gatekeeper of view area 1"):
        await gate.service.library.remove(1, 2, SYSTEM)
    await gate.store.patch({"ptz.gatekeepers.0.preset": 1}, SYSTEM)
    await gate.service.library.remove(1, 2, SYSTEM)
    await gate.store.patch({"ptz.gatekeepers.0.enabled": False, "motion.areas": []}, SYSTEM)


@given(st.integers(0, 10_000))
@settings(max_examples=25, deadline=None)
def test_whatever_happens_it_never_moves_an_area_that_somebody_has_just_moved(tmp_path_factory: pytest.TempPathFactory, seed: int) -> None:
    """Nobody who moves an area finds it turned away within the time that the gatekeeper waits."""
    import asyncio

    async def go() -> None:
        dice = random.Random(seed)
        gate = Gate(tmp_path_factory.mktemp("gate"), ManualClock(monotonic_ns=10**12))
        await gate.keep()
        by_hand: tuple[float, Pose] | None = None
        for _ in range(60):
            step = dice.choice(["motion", "still", "hand", "wait", "wait"])
            if step == "hand":
                goal = gate.service.go(4, OTTO, Pose(dice.uniform(-170, 170), -30, 50))
                by_hand = gate.clock.monotonic_ns() / 1e9, goal
            elif step != "wait":
                gate.moves(step == "motion")
            for pose in gate.poses(dice.uniform(0.1, 6)):
                now = gate.clock.monotonic_ns() / 1e9
                if by_hand is not None and now < by_hand[0] + 9.9:
                    assert pose == by_hand[1]

    asyncio.run(go())

"""Moves by people: limits, presets, home, the control queue, floods, and PTZ that is off."""

from __future__ import annotations

import asyncio
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ptz_kit import ANNA, OTTO, VERA, Stage

from panocam.clock import NS
from panocam.errors import Busy, Denied, InvalidValue, NotFound
from panocam.events.topics import PTZ_MOVING
from panocam.optics.pose import Pose
from panocam.ptz import Mover
from panocam.ptz.flood import BURST, RATE, FloodGate
from panocam.ptz.queue import ControlQueue
from panocam.settings import Role
from panocam.settings.ptz import Ptz
from panocam.settings.role import SYSTEM, SystemActor


@pytest.mark.feature("IMG-08")
async def test_a_move_without_a_speed_is_there_at_the_next_picture_and_with_one_it_travels(stage: Stage) -> None:
    goal = Pose(60, -20, 40)
    assert stage.service.go(4, OTTO, goal) == goal == stage.heads[4].pose
    assert stage.service.go(4, OTTO, Pose(), 50) == Pose()
    assert stage.heads[4].pose.hfov == pytest.approx(goal.hfov)
    seen = stage.poses(5)
    assert goal != seen[0] != seen[1]
    assert seen[-1] == Pose()
    await stage.store.patch({"ptz.speed": 50})
    stage.service.go(4, OTTO, goal)
    assert stage.heads[4].pose == Pose()
    assert stage.heads[5].pose.pan == 90


@pytest.mark.feature("PTZ-01", "PTZ-02")
async def test_limits_bound_moves_presets_and_drives(stage: Stage) -> None:
    await stage.preset(2, 150)
    await stage.service.library.set_limits(1, {"left": -20, "right": 45, "up": -10, "tele": 30}, SYSTEM)
    assert stage.service.go(4, OTTO, Pose(90, 0, 10)) == Pose(45, -10, 30)
    assert stage.service.go_to_preset(4, OTTO, stage.service.library.preset(1, 2)).pan == 45
    stage.poses(3)
    stage.service.drive(4, OTTO, (-100, 0, 0))
    pans = [pose.pan for pose in stage.poses(4)]
    assert min(pans) == pans[-1] == -20
    await stage.tour((2, 1))
    await stage.service.start(1, SYSTEM)
    assert max(pose.pan for pose in stage.poses(5)) == 45
    await stage.service.library.set_limits(1, {"left": None, "right": None}, SYSTEM)
    assert stage.heads[4].limits.turns
    with pytest.raises(InvalidValue):
        await stage.service.library.set_limits(1, {"up": 91.0}, SYSTEM)


async def test_preset_positions(stage: Stage) -> None:
    library = stage.service.library
    here = stage.service.go(4, OTTO, Pose(12.3456, -34, 50))
    made = await library.keep(1, here, OTTO_ACTOR, "Door")
    assert (made.number, made.name, made.pose.pan) == (2, "Door", 12.346)
    assert (await library.keep(1, Pose(1, -2, 30), OTTO_ACTOR)).name == "Position 3"
    assert (await library.rename(1, 3, "Gate", OTTO_ACTOR)).name == "Gate"
    assert (await library.keep(1, Pose(9, -2, 30), OTTO_ACTOR, "Door")).number == 2
    assert library.named(1, "Door").pose.pan == 9
    assert [each.number for each in library.presets(1)] == [1, 2, 3]
    assert [each.number for each in library.presets(2)] == [1]
    stage.service.go_to_preset(4, OTTO, library.preset(1, 3))
    stage.poses(3)
    reached = stage.heads[4].reached
    assert reached is not None
    assert (reached.number, reached.name) == (3, "Gate")
    await library.remove(1, 2, OTTO_ACTOR)
    with pytest.raises(NotFound, match="no preset position 2; it has 1 Home, 3 Gate"):
        library.preset(1, 2)
    with pytest.raises(InvalidValue, match=r"Gate.*is another position"):
        await library.keep(1, Pose(), OTTO_ACTOR, "Gate", 7)
    for name in ("a<b", "x" * 32, "Home"):
        with pytest.raises(InvalidValue, match="31 characters"):
            await library.keep(1, Pose(), OTTO_ACTOR, name, 8)
    with pytest.raises(InvalidValue, match="always called Home"):
        await library.rename(1, 1, "Base", OTTO_ACTOR)
    with pytest.raises(Denied):
        await library.keep(1, Pose(), SystemActor("vera", Role.VIEWER), "Mine")
    await library.keep(1, Pose(5, -5, 55), OTTO_ACTOR, number=1)
    assert stage.store.running.areas[0].pan == 5
    await library.remove(1, 1, OTTO_ACTOR)
    assert stage.store.running.areas[0].pan is None


OTTO_ACTOR = SystemActor("otto", Role.OPERATOR)


async def test_an_idle_area_goes_home(stage: Stage) -> None:
    await stage.store.patch({"ptz.home_after": 60})
    stage.service.go(4, OTTO, Pose(100, -20, 30))
    stage.poses(59)
    assert stage.heads[4].pose == Pose(100, -20, 30)
    stage.poses(5)
    assert stage.heads[4].pose == stage.heads[4].home
    await stage.store.patch({"ptz.home_after": 0})
    stage.service.go(4, OTTO, Pose(100, -20, 30))
    stage.clock.advance(10_000)
    stage.tick()
    assert stage.heads[4].pose == Pose(100, -20, 30)


@pytest.mark.feature("VIEW-03")
async def test_an_area_whose_ptz_is_off_does_not_move_and_its_tour_holds(stage: Stage) -> None:
    await stage.preset(2, 50)
    await stage.tour((2, 1), (1, 1))
    await stage.service.start(1, SYSTEM)
    stage.poses(3)
    await stage.store.patch({"areas.0.ptz": False})
    with pytest.raises(InvalidValue, match="switched off"):
        stage.service.go(4, ANNA, Pose())
    stage.poses(3)
    held = stage.heads[4].pose
    assert set(stage.poses(10)) == {held}
    await stage.store.patch({"areas.0.ptz": True})
    assert len(set(stage.poses(10))) > 5
    with pytest.raises(NotFound, match="views 4, 5, 6, 7"):
        stage.service.go(0, ANNA, Pose())


async def test_a_drag_is_one_move_and_not_a_hundred(stage: Stage) -> None:
    with stage.events("PTZController/Moving") as events:
        for step in range(50):
            stage.service.go(4, OTTO, Pose(step, -30))
            stage.poses(0.04)
        stage.poses(2)
    assert [event.data["moving"] for event in events if event.topic is PTZ_MOVING] == [True, False]


@pytest.mark.feature("PTZ-02")
async def test_ten_clients_that_flood_are_told_so_and_the_head_stays_sane(stage: Stage) -> None:
    clients = [Mover.person(f"c{n}", Role.OPERATOR, str(n)) for n in range(10)]
    refused = 0
    with stage.events() as events:
        for wave in range(2000):
            for client in clients:
                try:
                    stage.service.go(4, client, Pose(wave * 7 % 360, -wave % 90, 20 + wave % 90))
                except Busy:
                    refused += 1
        stage.tick()
    assert refused == 10 * (2000 - BURST)
    with pytest.raises(Busy, match=f"more than {RATE} moves a second"):
        stage.service.go(4, clients[0], Pose())
    assert stage.heads[4].limits.clamp(stage.heads[4].pose) == stage.heads[4].pose
    assert len(events) < 5
    stage.clock.advance(1)
    stage.service.go(4, clients[0], Pose())


def test_a_flood_gate_forgets_nobody_too_early_and_everybody_in_the_end() -> None:
    gate = FloodGate()
    for n in range(5000):
        gate.let(f"c{n}", 0)
    for _ in range(BURST - 1):
        gate.let("c4999", 0)
    with pytest.raises(Busy):
        gate.let("c4999", 0)
    gate.let("c4999", NS // RATE + 1)


# --- the control queue


@pytest.fixture
async def queued(stage: Stage) -> Stage:
    await stage.store.patch({"ptz.queue": True, "ptz.queue_poll": 20})
    return stage


async def test_with_the_queue_off_everybody_moves_at_once(stage: Stage) -> None:
    for who in (VERA, OTTO, ANNA, VERA):
        stage.service.go(4, who, Pose(1))
    assert stage.service.place(4, VERA) is None
    with pytest.raises(InvalidValue, match="switched off"):
        stage.service.ask(4, VERA)


async def test_one_at_a_time_the_higher_group_first(queued: Stage) -> None:
    service = queued.service
    service.go(4, OTTO, Pose(1))
    with pytest.raises(Busy, match="otto \\(operator\\) controls this view area; you are number 1"):
        service.go(4, VERA, Pose(2))
    service.go(5, VERA, Pose(2))  # another area
    service.go(4, ANNA, Pose(3))  # an administrator takes over
    assert queued.heads[4].pose.pan == 3
    with pytest.raises(Busy, match="anna"):
        service.go(4, OTTO, Pose(4))
    assert (service.place(4, ANNA), service.place(4, OTTO), service.place(4, VERA)) == (0, 1, 2)
    service.release(4, ANNA)
    service.go(4, OTTO, Pose(5))
    assert service.place(4, VERA) == 1


async def test_control_ends_with_the_time_out_of_the_group(queued: Stage) -> None:
    service = queued.service
    await queued.store.patch({"ptz.groups": [{"name": "operator", "priority": 30, "timeout": 30, "ends": "after a time"}]})
    service.go(4, OTTO, Pose(1))
    for _ in range(29):
        queued.clock.advance(1)
        service.go(4, OTTO, Pose(1))
        with pytest.raises(Busy):
            service.go(4, VERA, Pose(2))
    queued.clock.advance(1)
    service.go(4, VERA, Pose(2))
    queued.clock.advance(59)
    service.go(4, VERA, Pose(2))  # activity keeps a viewer's control
    queued.clock.advance(59)
    assert service.place(4, VERA) == 0
    queued.clock.advance(2)
    assert service.place(4, VERA) is None


async def test_who_does_not_ask_any_more_leaves_the_queue_and_a_full_one_refuses(queued: Stage) -> None:
    service = queued.service
    await queued.store.patch({"ptz.queue_users": 1})
    service.go(4, ANNA, Pose(1))
    assert service.ask(4, VERA) == 1
    with pytest.raises(Busy, match="as many as may"):
        service.ask(4, OTTO)
    queued.clock.advance(19)
    assert service.place(4, VERA) == 1
    queued.clock.advance(19)
    assert service.place(4, VERA) == 1
    queued.clock.advance(21)
    assert service.place(4, VERA) is None


async def test_a_tour_waits_for_control_and_outranks_nobody_above_it(queued: Stage) -> None:
    await queued.preset(2, 80)
    await queued.tour((2, 1), (1, 1))
    queued.service.go(4, OTTO, Pose(-100, -30))
    await queued.service.start(1, SYSTEM)
    assert {pose.pan for pose in queued.poses(10)} == {-100}
    queued.service.release(4, OTTO)
    assert len(set(queued.poses(10))) > 5


@settings(max_examples=60)
@given(st.lists(st.tuples(st.integers(0, 5), st.sampled_from(["act", "ask", "release", "place"]), st.integers(0, 40)), max_size=40))
def test_there_is_one_holder_and_places_count_from_one(history: list[tuple[int, str, int]]) -> None:
    queue, now = ControlQueue(lambda: Ptz(queue=True, queue_users=3)), 0
    people = [Mover.person(f"p{n}", list(Role)[n % 3], str(n)) for n in range(6)]
    for who, what, wait in history:
        now += wait * NS
        try:
            queue.release(people[who]) if what == "release" else getattr(queue, what)(people[who], now)
        except Busy:
            assert queue.holder(now) not in (None, people[who])
        waiting = queue.waiting(now)
        assert len(waiting) <= 3
        assert queue.holder(now) is not None or not waiting
        assert queue.holder(now) not in waiting
        assert [queue.place(each, now) for each in waiting] == list(range(1, len(waiting) + 1))
        due = queue.due_ns()
        assert due is None or due > now


async def test_the_task_wakes_for_what_is_due_and_survives_a_fault(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    async with stage.service as service:
        await asyncio.sleep(0)
        service.drive(4, OTTO, (10, 0, 0))
        async with asyncio.timeout(5):
            async with stage.bus.stream("PTZController/Moving") as events:
                async for event in events:
                    if event.source["area"] == 1 and event.data["moving"]:
                        break
    assert not math.isnan(stage.heads[4].pose.pan)


async def test_a_tour_that_a_rule_started_waits_among_the_events(queued: Stage) -> None:
    rule = Mover("Night", "event", "rule 1")
    await queued.preset(2, 80)
    await queued.tour((2, 1), (1, 1))
    queued.service.go(4, OTTO, Pose(-100, -30))
    await queued.service.start(1, SYSTEM, who=rule)
    assert queued.poses(10)[-1].pan != -100  # an event outranks an operator
    assert queued.service.place(4, rule) == 0
    with pytest.raises(Busy, match=r"Night \(event\) controls"):
        queued.service.go(4, OTTO, Pose(-100, -30))
    queued.service.go(4, ANNA, Pose(100, -30))
    assert queued.poses(2)[-1].pan == 100
    await queued.service.start(1, SYSTEM)  # by hand from now on: a tour like others
    queued.service.release(4, ANNA)
    queued.service.go(4, OTTO, Pose(-100, -30))
    assert {pose.pan for pose in queued.poses(5)} == {-100}
    await queued.service.stop(1, SYSTEM)
    await queued.service.start(1, SYSTEM, who=rule)
    queued.poses(1)
    assert queued.service.place(4, rule) == 0


async def test_an_equal_waits_its_turn(queued: Stage) -> None:
    other = Mover.person("olga", Role.OPERATOR, "o2")
    queued.service.go(4, OTTO, Pose(1))
    with pytest.raises(Busy, match="otto"):
        queued.service.go(4, other, Pose(2))
    assert (queued.service.place(4, OTTO), queued.service.place(4, other)) == (0, 1)

"""Axes that are switched off: hands are held, kept places are not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ptz_kit import ANNA, OTTO, Stage

from panocam.errors import Denied, InvalidValue
from panocam.optics.pose import Pose
from panocam.ptz import axes
from panocam.settings import Role
from panocam.settings.ptz import Movement
from panocam.settings.role import SYSTEM, SystemActor

ANGLES = st.builds(Pose, st.floats(-180, 180), st.floats(-90, 90), st.floats(10, 120))
RULES = st.builds(Movement, pan=st.booleans(), tilt=st.booleans(), zoom=st.booleans())


async def switch_off(stage: Stage, *which: str, area: int = 1) -> None:
    await stage.store.patch({f"ptz.movement.{area - 1}.{axis}": False for axis in which})


async def test_a_move_of_several_axes_moves_those_that_are_on(stage: Stage) -> None:
    stage.service.go(4, OTTO, Pose(10, -30, 80))
    await switch_off(stage, "pan")
    assert stage.service.go(4, OTTO, Pose(60, -20, 40)) == Pose(10, -20, 40) == stage.heads[4].pose
    await switch_off(stage, "zoom")
    assert stage.service.go(4, OTTO, Pose(60, -25, 90)) == Pose(10, -25, 40)
    assert stage.service.go(5, OTTO, Pose(60, -20, 40)) == Pose(60, -20, 40)  # another area is free


@pytest.mark.parametrize(
    ("axis", "target", "wish"),
    [("pan", Pose(60, -30, 80), (50, 0, 0)), ("tilt", Pose(10, -20, 80), (0, -5, None)), ("zoom", Pose(10, -30, 40), (None, None, 9))],
)
async def test_a_command_that_needs_only_what_is_off_is_refused_and_pauses_no_tour(
    stage: Stage, axis: str, target: Pose, wish: tuple[float | None, ...]
) -> None:
    stage.service.go(4, OTTO, Pose(10, -30, 80))
    await switch_off(stage, axis)
    await stage.tour((1, 100))
    await stage.service.start(1, SYSTEM)
    stage.heads[4].set_pose(Pose(10, -30, 80))
    words = f"{axis} control of view area 1 is switched off; preset positions still work, and the PTZ settings switch it on"
    with pytest.raises(InvalidValue, match=words):
        stage.service.go(4, OTTO, target)
    with pytest.raises(InvalidValue, match=words):
        stage.service.drive(4, ANNA, wish)
    assert stage.heads[4].pose == Pose(10, -30, 80)
    assert stage.service.areas[4].playing is not None
    assert not stage.service.areas[4].playing.paused


async def test_presets_home_tours_and_going_home_by_itself_need_no_axis(stage: Stage) -> None:
    await switch_off(stage, "pan", "tilt", "zoom")
    await stage.preset(2, 100)
    head = stage.heads[4]
    home = head.pose
    stage.service.go_to_preset(4, OTTO, stage.service.library.preset(1, 2))
    assert stage.poses(4)[-1] == Pose(100, -40, 60)
    assert stage.service.go(4, OTTO, head.home, kept=True) == home == head.pose
    await stage.tour((2, 1), (1, 1))
    await stage.service.start(1, SYSTEM)
    pans = [pose.pan for pose in stage.poses(10)]
    assert (max(pans), min(pans)) == (100, home.pan)
    await stage.service.stop(1, SYSTEM)
    head.set_pose(Pose(100, -40, 60))
    await stage.store.patch({"ptz.home_after": 5})
    assert stage.poses(12)[-1] == home


async def test_switching_an_axis_off_stops_what_is_driven_on_it(stage: Stage) -> None:
    stage.service.drive(4, OTTO, (30, 0, 20))
    first = stage.poses(0.4)[-1]
    await switch_off(stage, "pan")
    seen = stage.poses(3)
    assert seen[-1].pan == seen[20].pan != first.pan  # braked, not torn
    assert seen[20].hfov > seen[-1].hfov  # the zoom goes on
    stage.service.drive(4, OTTO, (0, 0, 0))  # to stop is no move
    with pytest.raises(InvalidValue):
        stage.service.drive(4, OTTO, (30, None, None))  # though the zoom could go on
    stage.service.drive(4, OTTO, (30, 10, 0))
    assert stage.service.areas[4].driving == (0, 10, 0)


async def test_a_target_is_judged_from_where_it_was_worked_out(stage: Stage) -> None:
    """A head that travels has gone on meanwhile: that is no wish to pan."""
    await switch_off(stage, "zoom")
    stage.service.go(4, OTTO, Pose(90, -37, 90), 50)
    stage.poses(0.5)
    here = stage.heads[4].pose
    stage.clock.advance(0.04)
    with pytest.raises(InvalidValue, match="zoom control"):
        stage.service.go(4, OTTO, Pose(here.pan, here.tilt, 40), since=here)


async def test_only_administrators_switch_axes(stage: Stage) -> None:
    with pytest.raises(Denied):
        await stage.store.patch({"ptz.movement.0.pan": False}, SystemActor("otto", Role.OPERATOR))
    assert stage.service.held(4) == ()
    await switch_off(stage, "zoom", "pan")
    assert stage.service.held(4) == ("pan", "zoom")
    assert stage.service.held(5) == ()


@given(RULES, ANGLES, ANGLES)
def test_what_is_left_never_moves_an_axis_that_is_off(rules: Movement, here: Pose, target: Pose) -> None:
    try:
        left = axes.steered(1, rules, here, target)
    except InvalidValue:
        return
    for axis, (was, wished, now) in {
        "pan": (here.pan, target.pan, left.pan),
        "tilt": (here.tilt, target.tilt, left.tilt),
        "zoom": (here.hfov, target.hfov, left.hfov),
    }.items():
        assert now == (wished if getattr(rules, axis) else was)


async def test_an_area_that_is_set_so_freezes_on_its_way_to_kept_places_only(stage: Stage) -> None:
    head = stage.heads[4]

    def frozen() -> bool:
        stage.clock.advance(0.04)
        return head.held(stage.clock.monotonic_ns()) is not None

    await stage.preset(2, 100)
    door = stage.service.library.preset(1, 2)
    stage.service.go_to_preset(4, OTTO, door)
    assert not frozen()  # off as delivered
    stage.poses(4)
    await stage.store.patch({"ptz.movement.0.freeze": True})
    stage.service.go(4, OTTO, head.home, 50, kept=True)
    assert frozen()
    assert head.shown(stage.clock.monotonic_ns()) == door.pose != head.pose
    stage.poses(6)
    assert not frozen()
    stage.service.go(4, OTTO, Pose(30, -30, 60), 20)
    assert not frozen()  # a hand wants to see where it goes
    stage.service.go_to_preset(4, OTTO, door)
    assert frozen()
    stage.service.drive(4, OTTO, (10, 0, 0))
    assert not frozen()
    stage.service.drive(4, OTTO, (0, 0, 0))
    await stage.tour((1, 1), (2, 1))
    await stage.service.start(1, SYSTEM)
    assert frozen()
    seen = set()
    for _ in range(200):
        stage.service.tick()
        seen.add((frozen(), head.moving))
    assert seen == {(True, True), (False, False)}
    await stage.store.patch({"ptz.movement.0.freeze": False})
    assert not frozen()
    stage.service.go_to_preset(5, OTTO, stage.service.library.preset(2, 1), 10)
    assert stage.heads[5].held(stage.clock.monotonic_ns()) is None

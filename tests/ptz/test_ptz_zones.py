"""Named zones: which one an area looks into, what an overlay then shows in its pixels, and what a roll leaves of them."""

from __future__ import annotations

from datetime import UTC
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ptz_kit import Stage

from panocam.errors import Denied, InvalidValue, NotFound
from panocam.imaging.layer import lay
from panocam.media.planes import VIDEO_COLOR, Planes
from panocam.optics.aim import pan_tilt
from panocam.optics.mount import Mount
from panocam.optics.pose import Pose
from panocam.optics.window import Window, rolled
from panocam.pipeline.overlays.board import OverlayBoard
from panocam.pipeline.overlays.painter import Painter
from panocam.ptz import PtzService
from panocam.settings.overlays import Text
from panocam.settings.role import SYSTEM, Role, SystemActor

SIGN = Text(identity=0, text="#L", background="white", outline="transparent", color="black", size=60)
GATE: dict[str, Any] = {"name": "Gate", "left": 10, "down": -40, "right": 30, "up": -20}
YARD: dict[str, Any] = {"name": "Yard", "left": -60, "down": -90, "right": 60, "up": 0}
BACK: dict[str, Any] = {"name": "Back", "left": 170, "down": -50, "right": -170, "up": -10}


def pixels(service: PtzService, pose: Pose | None, text: str = "#L", view: int = 4) -> np.ndarray:
    """A grey picture along ``pose`` with that text over it."""
    board = OverlayBoard(UTC)
    board.place_of = lambda view, pose: service.zones.name_at(view - 3, pose)
    board.show((SIGN.model_copy(update={"text": text}),), {})
    out = Planes.blank(640, 480)
    out.y[:] = 120
    lay([layer for _, each in Painter(board, view, (640, 480)).layers(0, 0, VIDEO_COLOR, pose) for layer in each.layers], out)
    return out.y


def shows(service: PtzService, pose: Pose | None, words: str, view: int = 4) -> bool:
    return bool((pixels(service, pose, view=view) == pixels(service, None, words, view)).all())


async def test_the_picture_shows_the_name_of_the_smallest_zone_that_its_middle_is_in(stage: Stage) -> None:
    zones = stage.service.zones
    await zones.add(1, [YARD, GATE, BACK], SYSTEM)
    await zones.add(2, [{**GATE, "name": "Next area"}], SYSTEM)
    assert shows(stage.service, Pose(20, -30, 10), "Gate")
    assert shows(stage.service, Pose(20, -30, 120), "Gate")
    assert shows(stage.service, Pose(30, -20), "Gate")
    assert shows(stage.service, Pose(30.1, -20), "Yard")
    assert shows(stage.service, Pose(90, -30), "")
    assert shows(stage.service, Pose(20, -30), "Next area", view=5)
    assert shows(stage.service, None, "")
    for pan in (170, 179.9, 180, -180, -175, -170):
        assert shows(stage.service, Pose(pan, -30), "Back"), pan
    for pan in (169.9, -169.9):
        assert shows(stage.service, Pose(pan, -30), ""), pan
    await zones.change(1, 2, {"enabled": False}, SYSTEM)
    assert shows(stage.service, Pose(20, -30), "Yard")
    await zones.remove_all(1, SYSTEM)
    assert shows(stage.service, Pose(20, -30), "")
    assert shows(stage.service, Pose(20, -30), "Next area", view=5)


async def test_a_moving_area_shows_it_from_the_picture_on_that_is_inside(stage: Stage) -> None:
    await stage.service.zones.add(1, [GATE], SYSTEM)
    head = stage.heads[4]
    head.set_pose(Pose(0, -30, 60))
    head.travel(Pose(40, -30, 60), 40)
    names = [(10 <= pose.pan <= 30, stage.service.zones.name_at(1, pose)) for pose in stage.poses(3)]
    assert {inside for inside, _ in names} == {True, False}
    assert all(name == ("Gate" if inside else None) for inside, name in names)


@pytest.mark.parametrize("mount", list(Mount))
async def test_a_zone_stays_on_its_thing_when_the_picture_is_rolled(stage: Stage, mount: Mount) -> None:
    """What was in the middle of the zone is in its middle still, wherever the roll has taken it."""
    sky = {"down": 20, "up": 40} if mount is Mount.DESK else {}
    await stage.store.patch({"installation.mount": mount.value})
    (made,) = await stage.service.zones.add(1, [{**GATE, **sky}], SYSTEM)
    middle = Window(*(getattr(made, side) for side in ("left", "down", "right", "up"))).centre
    for roll in (40.0, -170.0, 180.0, 0.0):
        await stage.store.patch({"installation.roll": roll})
        there = rolled(*middle, mount, 0.0, roll)
        assert stage.service.zones.name_at(1, Pose(*there)) == "Gate"
        assert stage.service.zones.centre(stage.service.zones.zone(1, 1)) == pytest.approx(there, abs=0.01)
        if roll:
            assert stage.service.zones.name_at(1, Pose(*middle)) is None
        told = stage.service.zones.zone(1, 1)
        assert told.roll == (0.0 if mount is Mount.WALL else roll)


async def test_rolled_corners_are_told_and_changed_as_they_are_seen_now(stage: Stage) -> None:
    zones = stage.service.zones
    await zones.add(1, [GATE, {**GATE, "left": -180, "right": 180}], SYSTEM)
    await stage.store.patch({"installation.roll": 165.0})
    assert (zones.zone(1, 1).left, zones.zone(1, 1).right) == (175, -165)
    assert (zones.zone(1, 2).left, zones.zone(1, 2).right) == (-180, 180)
    changed = await zones.change(1, 1, {"up": -10}, SYSTEM)
    assert (changed.left, changed.up, changed.roll) == (175, -10, 165)
    await stage.store.patch({"installation.mount": "wall", "installation.roll": 10.0})
    with pytest.raises(InvalidValue, match="give left, down, right too"):
        await zones.change(1, 1, {"up": -5}, SYSTEM)
    assert (await zones.change(1, 1, {**GATE, "name": "Gate"}, SYSTEM)).roll == 10


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"up": -40}, "upper right corner should lie above"),
        ({"up": -50}, "upper right corner should lie above"),
        ({"left": 30}, "stand above each other"),
        ({"left": 180, "right": -180}, "stand above each other"),
        ({"up": 91}, "tilt from -90 to 90"),
        ({"left": 200}, "pan from -180 to 180"),
        ({"left": float("nan")}, "pan from -180 to 180"),
        ({"name": "a<b"}, "1 to 64 characters"),
        ({"name": "x" * 65}, "1 to 64 characters"),
    ],
)
async def test_bad_corners_and_names_are_one_clear_error_and_nothing_is_kept(stage: Stage, wrong: dict[str, Any], words: str) -> None:
    zones = stage.service.zones
    await zones.add(1, [YARD], SYSTEM)
    with pytest.raises(InvalidValue, match=words) as fault:
        await zones.add(1, [BACK, {**GATE, **wrong}], SYSTEM)
    assert "zone 2" in str(fault.value)
    with pytest.raises(InvalidValue, match=words):
        await zones.change(1, 1, {**GATE, **wrong}, SYSTEM)
    assert [zone.name for zone in zones.of(1)] == ["Yard"]


@pytest.mark.parametrize("wrong", [{"up": -50}, {"left": 30}, {"left": 180, "right": -180}, {"name": ""}, {"area": 5}, {"roll": 999}])
async def test_the_settings_refuse_them_too(stage: Stage, wrong: dict[str, Any]) -> None:
    with pytest.raises(InvalidValue, match=r"ptz\.zones"):
        await stage.store.patch({"ptz.zones": [{"area": 1, "number": 1, **GATE, **wrong}]})
    with pytest.raises(InvalidValue, match="two zones of the number 1"):
        await stage.store.patch({"ptz.zones": [{"area": 1, "number": 1, **GATE}, {"area": 1, "number": 1, **YARD}]})


async def test_many_at_once_are_all_kept_or_none(stage: Stage) -> None:
    zones = stage.service.zones
    many = [{"left": -180 + 3 * at, "down": -80, "right": -178 + 3 * at, "up": 0} for at in range(100)]
    made = await zones.add(1, many, SYSTEM)
    assert [zone.number for zone in made] == list(range(1, 101))
    assert made[6].name == "Zone 7"
    with pytest.raises(InvalidValue, match="has 100 already, and at most 100 are kept"):
        await zones.add(1, [GATE], SYSTEM)
    assert len(await zones.add(2, [GATE], SYSTEM)) == 1
    (only,) = await zones.add(1, [{**GATE, "number": 44}], SYSTEM, replace=True)
    assert (only.number, len(zones.of(1)), len(zones.of(2))) == (44, 1, 1)
    assert (await zones.add(1, [{**YARD, "number": 44}], SYSTEM))[0].number == 1


async def test_only_operators_change_them_and_a_zone_that_is_gone_is_named(stage: Stage) -> None:
    zones, vera = stage.service.zones, SystemActor("vera", Role.VIEWER)
    await zones.add(1, [GATE], SYSTEM)
    for change in (
        zones.add(1, [YARD], vera),
        zones.change(1, 1, {"name": "X"}, vera),
        zones.remove(1, 1, vera),
        zones.remove_all(1, vera),
    ):
        with pytest.raises(Denied):
            await change
    with pytest.raises(NotFound, match="no zone 9; zones: 1"):
        await zones.change(1, 9, {"name": "X"}, SYSTEM)
    await zones.remove(1, 1, SYSTEM)
    with pytest.raises(NotFound, match="zones: none"):
        await zones.remove(1, 1, SYSTEM)


ANGLES = st.integers(-180, 180)


@given(ANGLES, ANGLES, st.integers(-90, 90), st.integers(-90, 90), st.integers(-179, 180), st.integers(-90, 90))
def test_what_is_outside_of_a_window_is_inside_of_its_complement(left: int, right: int, down: int, up: int, pan: int, tilt: int) -> None:
    try:
        one = Window(left, down, right, up)
    except InvalidValue:
        assert down >= up or left == right or (left, right) == (180, -180)
        return
    assert 0 < one.width <= 360
    assert one.holds(*one.centre)
    if one.width == 360 or not down <= tilt <= up:
        assert one.holds(pan, tilt) == (down <= tilt <= up)
        return
    other = Window(right, down, left, up)
    assert one.width + other.width == 360
    on_edge = (pan - left) % 360 == 0 or (pan - right) % 360 == 0
    assert one.holds(pan, tilt) != other.holds(pan, tilt) or on_edge


async def test_a_border_stays_on_its_thing_on_a_wall_too(stage: Stage) -> None:
    """There a rolled rectangle is none any more, and its border runs askew."""
    await stage.store.patch({"installation.mount": "wall"})
    (zone,) = await stage.service.zones.add(1, [{"left": 20, "down": 0, "right": 40, "up": 10}], SYSTEM)
    corner = rolled(20, 0, Mount.WALL, 0, 30)
    await stage.store.patch({"installation.roll": 30})
    pan, tilt = pan_tilt(stage.service.zones.border(zone)[0])
    assert (pan, tilt) == (pytest.approx(corner[0]), pytest.approx(corner[1]))
    assert abs(tilt) > 5

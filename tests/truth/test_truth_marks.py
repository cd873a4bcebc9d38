"""Calibration cards are seen where the documented geometry says, in every view of every mount, the right way round."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from truth_geometry import panes, place
from truth_kit import MOUNTS, area, draw, empty, marks, room, sizes

from panocam.imaging.pyramid import Pyramid
from panocam.media.planes import Planes
from panocam.optics.aim import ray_to_view
from panocam.optics.lens import Circle, Lens, LensModel, default_lens
from panocam.optics.mount import Mount, camera_from_world
from panocam.optics.pose import Pose
from panocam.optics.view import build_view

VIEWS = [(m, i) for m in MOUNTS for i in range(12) if m != "wall" or i in (0, 1, 4, 5, 6, 7)]
LENSES = {
    "equisolid": Lens(LensModel.EQUISOLID, 190, Circle(592, 606, 588)),
    "stereographic": Lens(LensModel.STEREOGRAPHIC, 182, Circle(604, 597, 590)),
    "orthographic": Lens(LensModel.ORTHOGRAPHIC, 176, Circle(600, 600, 592)),
    "kb": Lens(LensModel.KB, 186, Circle(598, 603, 590), (-0.02, 0.004, -0.003, 0.0004)),
}


@pytest.mark.feature("VIEW-06", "VIEW-07", "VIEW-08", "VIEW-09", "VIEW-10", "VIEW-11", "VIEW-12", "VIEW-13", "GAP-03", "GAP-04")
@pytest.mark.parametrize(("mount", "index"), VIEWS)
def test_cards_are_where_they_must_be(mount: str, index: int) -> None:
    """Within a pixel of where trigonometry puts them, and there is where ``ray_to_view`` says a client should point."""
    scene, size = room(mount), sizes(index)
    luma = draw(empty(mount), mount, index, size, scene.lens).y
    view = build_view(index, Mount(mount), size)
    seen = 0
    for pane in panes(index, mount, size):
        for mark in marks(luma, pane, mount, scene):
            assert mark.fit > 0.85, mark
            assert mark.error <= 1.0, mark
            ray = np.array(scene.markers[mark.name]) - scene.camera_pose.position
            ours = ray_to_view(view, ray / np.linalg.norm(ray), scene.lens, Mount(mount))
            assert min(np.hypot(*(np.array(p) - mark.found)) for p in ours) <= 1.0, mark
            seen += 1
    assert seen >= {0: 3, 3: 4, 10: 2}.get(index, 1)


@pytest.mark.feature("IMG-01", "IMG-03", "GAP-06")
@pytest.mark.parametrize("roll", [25.0, -110.0])
@pytest.mark.parametrize("mount", MOUNTS)
def test_roll_turns_every_view_as_documented(mount: str, roll: float) -> None:
    """On the ceiling a thing's pan grows by the roll, on the desk it shrinks, on the wall the picture tips clockwise."""
    scene = room(mount)
    seen: set[int] = set()
    for index in (i for m, i in VIEWS if m == mount):
        size = sizes(index)
        luma = draw(empty(mount), mount, index, size, scene.lens, roll).y
        for pane in panes(index, mount, size):
            for mark in marks(luma, pane, mount, scene, roll):
                assert mark.fit > 0.85, mark
                assert mark.error <= 1.0, mark
                seen.add(index)
    assert len(seen) >= {"ceiling": 9, "desk": 8, "wall": 4}[mount]


@pytest.mark.feature("VIEW-10", "IMG-08")
@pytest.mark.parametrize(("mount", "name", "hfov"), [("ceiling", "north-wall", 30), ("desk", "east-wall", 25), ("wall", "floor-south", 60)])
def test_a_card_that_is_aimed_at_is_in_the_middle(mount: str, name: str, hfov: float) -> None:
    scene = room(mount)
    x, y, z = np.array(scene.markers[name]) - scene.camera_pose.position
    picture, pane = area(mount, np.degrees(np.arctan2(x, y)), np.degrees(np.arctan2(z, np.hypot(x, y))), hfov)
    (mark,) = [m for m in marks(picture.y, pane, mount, scene) if m.name == name]
    assert mark.error <= 1.0
    assert np.hypot(*(mark.found - [959.5, 719.5])) <= 1.0


@pytest.mark.parametrize("mount", MOUNTS)
def test_the_instrument_sees_a_mirror_image(mount: str) -> None:
    """The check on the checks: in a picture turned left to right no card fits at its mirrored place."""
    scene = room(mount)
    size = sizes(4)
    luma = np.ascontiguousarray(draw(empty(mount), mount, 4, size, scene.lens).y[:, ::-1])
    pane = panes(4, mount, size)[0]
    true = [m.name for m in marks(np.ascontiguousarray(luma[:, ::-1]), pane, mount, scene)]
    assert true
    for mark in marks(luma, pane, mount, scene):
        assert mark.fit < 0.85 or mark.error > 5, mark


@pytest.mark.feature("VIEW-10")
def test_the_exit_sign_can_be_read() -> None:
    """Cut out by trigonometry alone, the sign over the door looks like white letters that begin with an E, not end with one."""
    picture, pane = area("ceiling", 42.0, -15.0, 30.0)
    corners = np.array([(2.35, 2.97, 2.5), (2.95, 2.97, 2.5), (2.95, 2.97, 2.3), (2.35, 2.97, 2.3)])
    px = place(pane, "ceiling", corners - room("ceiling").camera_pose.position).astype(np.float32)
    flat = np.array([(0, 0), (240, 0), (240, 80), (0, 80)], np.float32)
    sign = cv2.warpPerspective(picture.y, cv2.getPerspectiveTransform(px, flat), (240, 80))
    word = np.zeros_like(sign)
    (w, h), _ = cv2.getTextSize("EXIT", cv2.FONT_HERSHEY_SIMPLEX, 1.9, 4)
    cv2.putText(word, "EXIT", ((240 - w) // 2, (80 + h) // 2), cv2.FONT_HERSHEY_SIMPLEX, 1.9, 255, 4, cv2.LINE_AA)
    likeness = [float(np.corrcoef(sign.ravel(), w.ravel())[0, 1]) for w in (word, word[:, ::-1], word[::-1])]
    assert likeness[0] > 0.6
    assert likeness[0] > max(likeness[1:]) + 0.2


@pytest.mark.feature("VIEW-10")
@pytest.mark.parametrize("name", LENSES)
def test_every_lens_model_straightens_its_own_picture(name: str) -> None:
    """The room taken through each lens and viewed with it; viewed with another lens, the cards are elsewhere."""
    lens = LENSES[name]
    scene, source = room("ceiling", 1200, lens), empty("ceiling", 1200, lens)
    size, seen, astray = (960, 720), 0, []
    for index in (4, 5, 6, 7):
        pane = panes(index, "ceiling", size)[0]
        right = draw(source, "ceiling", index, size, lens).y
        wrong = draw(source, "ceiling", index, size, default_lens((1200, 1200))).y
        for mark in marks(right, pane, "ceiling", scene):
            x, y, z = np.array(scene.markers[mark.name]) - scene.camera_pose.position
            if np.arctan2(np.hypot(x, y), -z) > np.radians(75):
                continue  # towards the rim an orthographic lens has one source pixel for five of ours
            assert mark.fit > 0.8, mark
            assert mark.error <= 1.0, mark
            seen += 1
        astray += [m.error if m.fit > 0.8 else np.inf for m in marks(wrong, pane, "ceiling", scene)]
    assert seen >= 4
    assert np.median(astray) > 3.0


def test_another_tilt_or_mount_is_noticed() -> None:
    """The check on the checks: two degrees of tilt, or the wrong mount, and no card is where it must be."""
    scene, size = room("ceiling"), sizes(4)
    pane = panes(4, "ceiling", size)[0]
    tipped = draw(empty("ceiling"), "ceiling", 4, size, scene.lens, poses=(Pose(0, -39), Pose(), Pose(), Pose()))
    assert all(m.error > 5 or m.fit < 0.8 for m in marks(tipped.y, pane, "ceiling", scene))
    desk = draw(empty("ceiling"), "desk", 4, size, scene.lens, poses=(Pose(0, 37), Pose(), Pose(), Pose()))
    assert all(m.error > 5 or m.fit < 0.8 for m in marks(desk.y, pane, "ceiling", scene))


@pytest.mark.parametrize("mount", list(Mount))
def test_no_mount_mirrors(mount: Mount) -> None:
    assert np.linalg.det(camera_from_world(mount)) == pytest.approx(1)


@pytest.mark.feature("VIEW-06")
@pytest.mark.parametrize("mount", MOUNTS)
def test_the_overview_at_full_size_is_the_source(mount: str) -> None:
    source = empty(mount).planes
    shown = draw(Pyramid(source), mount, 0, source.size, room(mount).lens)
    assert isinstance(shown, Planes)
    inner = slice(16, -16)
    assert np.abs(shown.y[inner, inner].astype(int) - source.y[inner, inner]).max() <= 1

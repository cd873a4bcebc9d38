"""Seams between strips, the order of the quad, its round eye, the halves of the corridor."""

from __future__ import annotations

import numpy as np
import pytest
from truth_geometry import Array
from truth_kit import draw, empty, room

from panocam.errors import NotFound
from panocam.imaging.pyramid import Pyramid
from panocam.imaging.warp import warp
from panocam.media.planes import Planes
from panocam.optics.meshing import meshes
from panocam.optics.mount import Mount
from panocam.optics.view import Arrangement

HANGING = ("ceiling", "desk")


def view(mount: str, index: int, size: tuple[int, int], roll: float = 0.0, **arranged: object) -> Array:
    scene = room(mount)
    return draw(empty(mount), mount, index, size, scene.lens, roll, **arranged).y.astype(float)


def apart(a: Array, b: Array) -> float:
    """Mean difference in grey levels."""
    return float(np.abs(a - b).mean())


@pytest.mark.feature("VIEW-08", "GAP-04")
@pytest.mark.parametrize("mount", HANGING)
def test_the_strips_of_the_double_panorama_meet_all_the_way_round(mount: str) -> None:
    """The column after a strip's last is the other's first: closer to it than columns two apart, and far closer than to any other."""
    double = view(mount, 2, (1920, 1440))
    upper, lower = double[:720], double[720:]
    for left, right in ((upper, lower), (lower, upper)):
        step = apart(left[:, -1], right[:, 0])
        usual = np.mean([apart(s[:, c], s[:, c + 1]) for s, c in ((left, -2), (left, -3), (right, 0), (right, 1))])
        assert step <= 1.5 * usual + 0.5
        likeness = [float(np.corrcoef(left[:, -1], np.roll(right[:, 0], k))[0, 1]) for k in range(-12, 13)]
        assert int(np.argmax(likeness)) == 12, "no step up or down"
        assert likeness[12] > 0.98
    assert apart(upper[:, -1], lower[:, -1]) > 5 * step, "the ends of one strip are another matter"


@pytest.mark.feature("VIEW-08", "IMG-03")
@pytest.mark.parametrize("mount", HANGING)
def test_what_lies_across_the_seam_is_one_picture(mount: str) -> None:
    """Turned by a quarter, the seam is in the middle of the panorama: it shows the two halves side by side."""
    double = view(mount, 2, (1920, 1440))
    across = np.hstack([double[:720, 960:], double[720:, :960]])
    turned = view(mount, 1, (1920, 720), roll=-90 if mount == "ceiling" else 90)
    assert apart(across, turned) < 0.5
    assert apart(across, view(mount, 1, (1920, 720), roll=90 if mount == "ceiling" else -90)) > 10


@pytest.mark.feature("VIEW-11", "VIEW-12", "GAP-04")
@pytest.mark.parametrize("mount", HANGING)
def test_the_corners_share_their_middle_third(mount: str) -> None:
    """Left covers pan -112.5 to 22.5, right -22.5 to 112.5: the last third of one is the first third of the other."""
    double = view(mount, 10, (1920, 1440))
    left, right = double[:720], double[720:]
    assert apart(left[:, 1280:], right[:, :640]) < 0.3
    assert apart(left[:, :640], right[:, 1280:]) > 10
    assert apart(left, view(mount, 8, (1920, 720))) == 0
    assert apart(right, view(mount, 9, (1920, 720))) == 0


@pytest.mark.feature("VIEW-11")
@pytest.mark.parametrize("mount", HANGING)
def test_corners_continue_the_panorama(mount: str) -> None:
    """What corner and panorama both show lies where its pan says: 1440 columns are 135 degrees, 1920 are 180."""
    panorama = view(mount, 1, (1920, 720))
    corner = view(mount, 8, (1440, 720))
    ours, theirs = corner[:480, 1440 * 45 // 135 :], panorama[:480, 480 : 480 + 960]
    assert apart(ours, theirs) > 2  # 45 degrees aside
    assert apart(corner[:480, 240:], panorama[:480, : 1920 * 1125 // 1800]) < 1.5


@pytest.mark.feature("VIEW-09", "IMG-04", "IMG-05", "IMG-08", "GAP-04")
@pytest.mark.parametrize("order", [(1, 2, 3, 4), (2, 4, 1, 3), (4, 3, 2, 1)])
@pytest.mark.parametrize("mount", HANGING)
def test_the_quad_is_in_the_order_that_was_set(mount: str, order: tuple[int, ...]) -> None:
    """Top left, top right, bottom left, bottom right; each the same pixels as its area by itself."""
    quad = view(mount, 3, (1280, 960), quad_order=order)
    for place, number in enumerate(order):
        top, left = place // 2 * 480, place % 2 * 640
        tile = quad[top : top + 480, left : left + 640]
        assert apart(tile, view(mount, 3 + number, (640, 480))) == 0
        for other in {1, 2, 3, 4} - {number}:
            assert apart(tile, view(mount, 3 + other, (640, 480))) > 10


@pytest.mark.feature("VIEW-09", "GAP-04")
@pytest.mark.parametrize("mount", HANGING)
def test_the_eye_of_the_quad_is_round_and_shows_the_overview(mount: str) -> None:
    without, eyed = (view(mount, 3, (1920, 1440), quad_eye=e) for e in (False, True))
    y, x = np.nonzero(np.abs(eyed - without) > 4)
    radius = 288.0
    away = np.hypot(x - 959.5, y - 719.5)
    assert away.max() <= radius + 1
    assert len(away) > 0.8 * np.pi * radius**2
    sides = [np.ptp(x) + 1, np.ptp(y) + 1]
    assert sides == pytest.approx([2 * radius] * 2, abs=4)
    overview = view(mount, 0, (576, 576))
    yy, xx = np.mgrid[:576, :576]
    inner = np.hypot(xx - 287.5, yy - 287.5) < radius - 3
    assert apart(eyed[432:1008, 672:1248][inner], overview[inner]) == 0


@pytest.mark.feature("VIEW-13")
@pytest.mark.parametrize("mount", HANGING)
def test_the_corridor_looks_both_ways(mount: str) -> None:
    """Areas 1 and 3, of each the middle half of its 4:3 picture."""
    corridor = view(mount, 11, (1280, 960))
    for side, number in enumerate((1, 3)):
        area = view(mount, 3 + number, (1280, 960))
        assert apart(corridor[:, 640 * side : 640 * side + 640], area[:, 320:960]) < 0.3


@pytest.mark.feature("VIEW-06")
def test_the_overview_turns_clockwise_with_the_roll() -> None:
    for mount in ("ceiling", "desk", "wall"):
        still, turned = view(mount, 0, (960, 960)), view(mount, 0, (960, 960), roll=90)
        assert apart(np.rot90(still, -1), turned) < 0.5
        assert apart(np.rot90(still), turned) > 10


@pytest.mark.feature("GAP-03", "IMG-06")
def test_a_wall_camera_has_six_views() -> None:
    for index in range(12):
        arrangement = Arrangement(Mount.WALL)
        if index in (0, 1, 4, 5, 6, 7):
            assert arrangement.view(index, (640, 640)).tiles
        else:
            with pytest.raises(NotFound):
                arrangement.view(index, (640, 640))


@pytest.mark.parametrize("mount", HANGING)
def test_two_threads_bands_are_one_picture(mount: str) -> None:
    """A picture drawn in bands, as worker threads share one, has no seam between them."""
    scene = room(mount)
    view_ = Arrangement(Mount(mount), quad_eye=True).view(3, (1920, 1440))
    numbers = meshes(view_, scene.lens, Mount(mount))
    source: Pyramid = empty(mount)
    whole, banded = Planes.blank(1920, 1440), Planes.blank(1920, 1440)
    warp(numbers, source, whole)
    for first, end in ((0, 640), (640, 1022), (1022, 1440)):
        warp(numbers, source, banded, (first, end))
    for a, b in ((whole.y, banded.y), (whole.u, banded.u), (whole.v, banded.v)):
        assert np.array_equal(a, b)

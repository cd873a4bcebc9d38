"""What changes in a source's pictures, and the warp and the overlays that leave alone what does not."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from panocam.errors import InvalidValue
from panocam.imaging.changes import PATIENCE, REST, Again, Changes
from panocam.imaging.layer import Placed, from_rgba, lay
from panocam.imaging.pyramid import Pyramid
from panocam.imaging.warp import CELL_SAMPLES, separate, warp
from panocam.media.bands import Bands, rows_of
from panocam.media.planes import JPEG_COLOR, Planes
from panocam.optics.catalog import VIEWS, Kind
from panocam.optics.lens import default_lens
from panocam.optics.mesh import Mesh
from panocam.optics.meshing import meshes
from panocam.optics.mount import Mount
from panocam.optics.view import Arrangement

native: Any = pytest.importorskip("panocam_native", reason="the package panocam-native is not installed")

SIDE = 401
SAMPLES = SIDE * SIDE * 3 // 2


def noise(rng: np.random.Generator, size: tuple[int, int] = (SIDE, SIDE)) -> Planes:
    planes = Planes.blank(*size)
    for plane in (planes.y, planes.u, planes.v):
        plane[:] = rng.integers(0, 256, plane.shape)
    return planes


def copy_of(planes: Planes) -> Planes:
    return Planes(planes.y.copy(), planes.u.copy(), planes.v.copy(), planes.color)


def spotted(planes: Planes, *spots: tuple[int, int, int]) -> Planes:
    """The same picture in other memory, changed in some samples (plane, row, column)."""
    new = copy_of(planes)
    for plane, row, column in spots:
        (new.y, new.u, new.v)[plane][row, column] ^= 1
    return new


def same(a: Planes, b: Planes) -> bool:
    return all(np.array_equal(one, other) for one, other in zip((a.y, a.u, a.v), (b.y, b.u, b.v), strict=True))


def drawing(text: str) -> list[tuple[int, int]]:
    return [(row, column) for row, line in enumerate(text.split()) for column, letter in enumerate(line) if letter == "x"]


class TestChanges:
    def test_each_block_remembers_when_it_changed_last(self) -> None:
        rng, changes = np.random.default_rng(1), Changes()
        first = noise(rng, (70, 50))
        second = spotted(first, (0, 0, 15), (0, 49, 69))
        third = spotted(second, (1, 8, 17), (2, 7, 8))
        for number, planes in ((4, first), (5, second), (9, third)):
            stamps = changes.until(number, planes)
            changes.saved(SAMPLES)
        assert stamps is not None
        assert stamps.tolist() == [[5, 9, 4, 4, 4], [4, 4, 9, 4, 4], [4, 4, 4, 4, 4], [4, 4, 4, 4, 5]]

    def test_an_answer_does_not_change_any_more_and_is_given_to_who_comes_late(self) -> None:
        rng, changes = np.random.default_rng(2), Changes()
        first = noise(rng)
        second = spotted(first, (0, 3, 3))
        begun = changes.until(1, first)
        later = changes.until(2, second)
        assert begun is not None
        assert later is not None
        assert (begun == 1).all()
        assert later[0, 0] == 2
        assert changes.until(1, first) is begun

    def test_of_a_picture_that_nobody_asked_about_before_later_ones_nothing_is_known(self) -> None:
        rng, changes = np.random.default_rng(3), Changes()
        first = noise(rng)
        changes.until(1, first)
        changes.until(3, first)
        assert changes.until(2, first) is None

    def test_pictures_of_another_size_begin_anew(self) -> None:
        rng, changes = np.random.default_rng(4), Changes()
        changes.until(1, noise(rng))
        stamps = changes.until(2, noise(rng, (64, 32)))
        assert stamps is not None
        assert stamps.shape == (2, 4)
        assert (stamps == 2).all()

    def test_the_same_picture_in_bands_has_not_changed(self) -> None:
        rng, changes = np.random.default_rng(5), Changes()
        whole = noise(rng)
        parts = Bands([copy_of(rows_of(whole, 0, 100)), rows_of(whole, 100, SIDE)], copy_of(whole))
        changes.until(1, whole)
        changes.saved(SAMPLES)
        stamps = changes.until(2, parts)
        assert stamps is not None
        assert (stamps == 1).all()
        changes.saved(SAMPLES)
        other = spotted(whole, (2, 49, 200))
        stamps = changes.until(3, Bands([rows_of(whole, 0, 96), rows_of(other, 96, SIDE)], copy_of(whole)))
        assert stamps is not None
        assert (stamps == 3).sum() == 1
        assert stamps[6, 25] == 3

    def test_where_comparing_does_not_pay_it_is_given_up_for_a_while_and_tried_again(self) -> None:
        rng, changes = np.random.default_rng(6), Changes()
        answers = [changes.until(number, noise(rng, (64, 64))) is not None for number in range(2 * (PATIENCE + 1 + REST + 1))]
        period = [True] * (PATIENCE + 1) + [False] * (REST + 1)
        assert answers == period * 2

    def test_where_it_pays_it_goes_on(self) -> None:
        rng, changes = np.random.default_rng(7), Changes()
        planes = noise(rng, (64, 64))
        for number in range(100):
            assert changes.until(number, spotted(planes, (0, number % 64, 5))) is not None
            changes.saved(64 * 64)

    def test_pictures_of_other_sizes_are_not_compared(self) -> None:
        rng = np.random.default_rng(8)
        one, other = ([(p.y, p.u, p.v)] for p in (noise(rng, (64, 64)), noise(rng, (64, 62))))
        with pytest.raises(ValueError, match="same size"):
            native.differences(one, other, np.zeros((4, 4), np.int64), 1)
        with pytest.raises(ValueError, match="shape"):
            native.differences(one, one, np.zeros((4, 5), np.int64), 1)


def of_cells(view: int, mount: Mount, size: tuple[int, int]) -> bool:
    return separate(meshes(Arrangement(mount).view(view, size), default_lens((SIDE, SIDE)), mount, 0.0))


SIZES = (320, 256), (96, 64), (1280, 960)
CASES = [
    (view, mount, size)
    for view, row in enumerate(VIEWS)
    for mount in sorted(row.mounts)
    for size in SIZES
    if row.kind is not Kind.OVERVIEW and of_cells(view, mount, size)
]


@pytest.mark.parametrize(("view", "mount", "size"), CASES)
def test_a_picture_drawn_over_the_one_before_is_the_picture_drawn_whole(view: int, mount: Mount, size: tuple[int, int]) -> None:
    """From full size and from levels, changed in a few samples at a time."""
    seen = meshes(Arrangement(mount).view(view, size), default_lens((SIDE, SIDE)), mount, 0.0)
    rng, changes = np.random.default_rng(view), Changes()
    planes = noise(rng)
    over, left = Planes.blank(*size), []
    warp(seen, Pyramid(planes), over)
    changes.until(0, planes)
    for number in range(1, 6):
        spots = [(int(plane), *(int(rng.integers(SIDE // 2)) for _ in range(2))) for plane in rng.integers(3, size=4)]
        planes = spotted(planes, *spots)  # type: ignore[arg-type]
        stamps = changes.until(number, planes)
        assert stamps is not None
        due = np.zeros((-(-size[1] // 16), -(-size[0] // 16)), np.uint8)
        left.append(warp(seen, Pyramid(planes), over, again=Again(stamps, number - 1, due)))
        changes.saved(SAMPLES)
        assert left[-1] == (due == 0).sum() * CELL_SAMPLES
        whole = Planes.blank(*size)
        warp(seen, Pyramid(planes), whole)
        assert same(over, whole)
    assert sum(left), "nothing was spared"


def test_what_is_due_is_drawn_though_its_source_has_not_changed() -> None:
    seen = meshes(Arrangement(Mount.WALL).view(4, (160, 112)), default_lens((SIDE, SIDE)), Mount.WALL, 0.0)
    source = Pyramid(noise(np.random.default_rng(9)))
    out, whole = Planes.blank(160, 112), Planes.blank(160, 112)
    warp(seen, source, whole)
    due = np.zeros((7, 10), np.uint8)
    due[2, 3] = due[6, 9] = 7
    stamps = np.zeros((26, 26), np.int64)
    warp(seen, source, out, again=Again(stamps, 0, due))
    drawn = np.zeros((112, 160), bool)
    drawn[32:48, 48:64] = drawn[96:112, 144:160] = True
    assert np.array_equal(out.y[drawn], whole.y[drawn])
    assert not out.y[~drawn].any()
    assert due.sum() == 2
    assert due[2, 3] == due[6, 9] == 1


def test_overlays_lie_where_they_are_asked_for_only() -> None:
    rng = np.random.default_rng(10)
    rgba = rng.integers(0, 256, (50, 70, 4)).astype(np.uint8)
    layers = [Placed(from_rgba(rgba, JPEG_COLOR), x, y) for x, y in ((-10, -6), (20, 14), (60, 40))]
    before = noise(rng, (104, 72))
    whole, part = copy_of(before), copy_of(before)
    lay(layers, whole)
    only = np.zeros((5, 7), np.uint8)
    for row, column in drawing(".xx...x x..x... .....xx xxx..x. ......x"):
        only[row, column] = 1
    lay(layers, part, only)
    mask = only.repeat(16, 0).repeat(16, 1)[:72, :104].astype(bool)
    for now, laid, was, half in ((part.y, whole.y, before.y, 1), (part.u, whole.u, before.u, 2), (part.v, whole.v, before.v, 2)):
        assert np.array_equal(now, np.where(mask[::half, ::half], laid, was))


def test_cells_must_fit_the_picture() -> None:
    planes, layer = Planes.blank(64, 64), from_rgba(np.zeros((4, 4, 4), np.uint8), JPEG_COLOR)
    with pytest.raises(ValueError, match="cells"):
        lay([Placed(layer, 0, 0)], planes, np.zeros((4, 5), np.uint8))
    (mesh,) = meshes(Arrangement(Mount.WALL).view(4, (64, 64)), default_lens((64, 64)), Mount.WALL, 0.0)
    with pytest.raises(ValueError, match="cells"):
        warp([mesh], Pyramid(planes), Planes.blank(64, 64), again=Again(np.zeros((4, 4), np.int64), 0, np.zeros((3, 4), np.uint8)))


def test_views_whose_parts_hide_one_another_are_drawn_whole() -> None:
    def part(x: int, y: int, *, round_: bool = False) -> Mesh:
        return Mesh(np.zeros((5, 5, 2), np.int32), x, y, 64, 64, round=round_)

    assert separate([part(0, 0), part(64, 0), part(0, 64)])
    assert not separate([part(0, 0), part(48, 0)])
    assert not separate([part(0, 0, round_=True)])
    assert not separate([part(0, 0), part(72, 0)])


def test_a_mesh_outside_the_picture_is_refused_as_ever() -> None:
    with pytest.raises(InvalidValue):
        warp([Mesh(np.zeros((5, 5, 2), np.int32), 16, 0, 64, 64)], Pyramid(Planes.blank(64, 64)), Planes.blank(64, 64))

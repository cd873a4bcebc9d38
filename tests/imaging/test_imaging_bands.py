"""A picture in bands is drawn and halved as if it lay in one memory; what the gate gives in bands holds no masked row of the source."""

from __future__ import annotations

from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from panocam.imaging.cover import patches
from panocam.imaging.ink import Ink, shade
from panocam.imaging.kernel import Paint, halved, paint_native, paint_opencv
from panocam.imaging.privacy import Privacy, PrivacyMask
from panocam.imaging.pyramid import Pyramid
from panocam.imaging.warp import warp
from panocam.media.bands import EVEN, Bands, bands_of, rows_of
from panocam.media.frame import RawFrame
from panocam.media.planes import Planes
from panocam.optics.catalog import Model, available, resolutions
from panocam.optics.lens import Circle, Lens, LensModel
from panocam.optics.mesh import ONE, OUTSIDE, STEP, Mesh
from panocam.optics.meshing import meshes
from panocam.optics.mount import Mount
from panocam.optics.polygon import Polygon
from panocam.optics.view import build_view

try:
    import panocam_native
except ImportError:
    panocam_native = None
native: Any = panocam_native
KERNELS = native.kernels() if native is not None and hasattr(native, "warp_bands") else ()
SIDE = 480
LENS = Lens(LensModel.EQUIDISTANT, 182.0, Circle(SIDE / 2 - 3, SIDE / 2 + 2, SIDE / 2 - 8))
SHAPES = {
    "small": ((-10.0, 30.0), (10.0, 30.0), (0.0, 45.0)),
    "over the pole": ((0.0, 12.0), (130.0, 15.0), (250.0, 9.0)),
    "at the rim": ((60.0, 80.0), (100.0, 80.0), (100.0, 96.0), (60.0, 96.0)),
    "most of it": ((0.0, 128.0), (90.0, 128.0), (180.0, 128.0), (270.0, 128.0)),
}


def noise(width: int, height: int, seed: int = 0) -> Planes:
    rng = np.random.default_rng(seed)
    half = (height + 1) // 2, (width + 1) // 2
    y, u, v = (rng.integers(0, 256, shape, np.uint8) for shape in ((height, width), half, half))
    return Planes(y, u, v)


def torn(planes: Planes, cuts: list[int]) -> Bands:
    """The same picture, every band in memory of its own with rows of another length."""
    ends = [0, *sorted({cut * EVEN for cut in cuts if 0 < cut * EVEN < planes.height}), planes.height]
    bands = []
    for number, (first, end) in enumerate(pairwise(ends)):
        part = rows_of(planes, first, end)
        y, u, v = (np.pad(p, ((0, 0), (0, 7 * number)), constant_values=99)[:, : p.shape[1]] for p in (part.y, part.u, part.v))
        bands.append(Planes(y, u, v, planes.color))
    return Bands(bands, Planes.blank(planes.width, planes.height, planes.color))


def same(one: Planes, two: Planes) -> bool:
    return all(np.array_equal(a, b) for a, b in zip((one.y, one.u, one.v), (two.y, two.u, two.v), strict=True))


cuts = st.lists(st.integers(0, 60), max_size=6)


@settings(deadline=None)
@given(cuts, st.integers(0, 2**31), st.integers(3, 260), st.integers(3, 260), st.floats(0.05, 6), st.floats(0, 360))
def test_a_picture_in_bands_is_drawn_like_one_in_a_single_memory(
    where: list[int], seed: int, width: int, height: int, scale: float, degrees: float
) -> None:
    source = noise(width, height, seed)
    rng, size = np.random.default_rng(seed), (96, 64)
    c, s = np.cos(np.radians(degrees)) * scale, np.sin(np.radians(degrees)) * scale
    x, y = np.arange(size[0] // STEP + 1)[None, :] * STEP, np.arange(size[1] // STEP + 1)[:, None] * STEP
    at = rng.uniform(-0.3, 1, 2) * (width, height)
    nodes = np.rint(np.stack((at[0] + c * x - s * y, at[1] + s * x + c * y), axis=-1) * ONE).astype(np.int32)
    if seed % 3 == 0:
        nodes[tuple(rng.integers(0, nodes.shape[:2]))] = OUTSIDE if seed % 2 else rng.integers(-(2**30), 2**30, 2)
    mesh = Mesh(nodes, 0, 0, *size)
    paints: list[Paint] = [paint_opencv, *(partial(paint_native, kernel=kernel) for kernel in KERNELS)]
    for paint in paints:
        one, two = Planes.blank(*size), Planes.blank(*size)
        paint(mesh, source, one, (0, size[1]), (16, 90, 160))
        paint(mesh, torn(source, where), two, (0, size[1]), (16, 90, 160))
        assert same(one, two)


@settings(deadline=None)
@given(cuts, st.integers(4, 70), st.integers(4, 250))
def test_a_picture_in_bands_is_halved_like_one_in_a_single_memory(where: list[int], width: int, height: int) -> None:
    source = noise(width, height)
    assert same(halved(source), halved(torn(source, where)))
    assert same(source, torn(source, where))
    assert torn(source, where).size == source.size


@pytest.mark.skipif(not KERNELS, reason="the native kernel is not installed")
def test_bands_that_do_not_fit_each_other_are_refused() -> None:
    out, mesh = Planes.blank(16, 16), np.zeros((2, 2, 2), np.int32)
    wide, odd = noise(40, 8), noise(32, 7)
    for bands in ((noise(32, 8), wide), (odd, noise(32, 8)), ()):
        with pytest.raises(ValueError, match="band"):
            native.warp_bands([(b.y, b.u, b.v) for b in bands], out.y, out.u, out.v, mesh, 0, 0, 16, 16, 0, 16, 0, 0, 0)


@pytest.mark.feature("PRV-06", "PRV-08")
@pytest.mark.parametrize("ink", [Ink.RED, Ink.MOSAIC])
@pytest.mark.parametrize("shape", SHAPES)
def test_the_gate_leaves_a_foreign_picture_as_it_is_and_shows_no_row_of_it_that_a_mask_touches(shape: str, ink: Ink) -> None:
    source = noise(SIDE, SIDE)
    before = Planes(source.y.copy(), source.u.copy(), source.v.copy())
    painted = Planes(source.y.copy(), source.u.copy(), source.v.copy())
    privacy = Privacy((Polygon(SHAPES[shape]),), ink)
    PrivacyMask(privacy).apply(RawFrame(painted, 0, 0, ours=True), LENS)
    gate = PrivacyMask(privacy)
    shown = gate.apply(RawFrame(source, 0, 0), LENS).planes
    assert same(source, before)
    assert same(shown, painted)
    first, touched = 0, set(range(SIDE))
    for band in bands_of(shown):
        rows = np.arange(first, first + band.height)
        first += band.height
        if np.shares_memory(band.y, source.y):
            touched -= set(rows.tolist())
            assert not gate.hides(np.repeat(rows, SIDE), np.tile(np.arange(SIDE), len(rows))).any()
        else:
            assert not any(np.shares_memory(a, b) for a, b in ((band.u, source.u), (band.v, source.v)))
    assert first == SIDE
    (patch,) = patches(privacy.polygons, LENS, source.size)
    assert len(touched) < patch.height + 2 * EVEN  # and no more than these were copied


@pytest.mark.feature("PRV-08")
def test_every_view_of_a_foreign_picture_is_that_of_a_painted_one() -> None:
    """All views and levels, so that what filters mix at a band's edge is what they mix in a picture that is wholly ours."""
    source = noise(SIDE, SIDE)
    painted = Planes(source.y.copy(), source.u.copy(), source.v.copy())
    privacy = Privacy((Polygon(SHAPES["small"]), Polygon(SHAPES["at the rim"])), Ink.GREEN)
    PrivacyMask(privacy).apply(RawFrame(painted, 0, 0, ours=True), LENS)
    foreign = PrivacyMask(privacy).apply(RawFrame(source, 0, 0), LENS).planes
    assert isinstance(foreign, Bands)
    assert shade(Ink.GREEN, source.color)[0] in foreign.y
    one, two = Pyramid(painted), Pyramid(foreign)
    for row in available(Mount.CEILING):
        sizes = sorted(resolutions(Model.M4328, row.index))
        for size in (sizes[0], sizes[len(sizes) // 3]):
            drawn = meshes(build_view(row.index, Mount.CEILING, size), LENS, Mount.CEILING, 17.0)
            first, second = Planes.blank(*size), Planes.blank(*size)
            warp(drawn, one, first)
            warp(drawn, two, second)
            assert same(first, second), row.name

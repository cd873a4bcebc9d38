"""The native computation of nodes against the one in NumPy, on every law, surface and size."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from panocam.errors import InvalidValue
from panocam.optics import meshing
from panocam.optics.catalog import available
from panocam.optics.lens import Circle, Lens
from panocam.optics.mesh import ONE, OUTSIDE, Mesh
from panocam.optics.mount import Mount
from panocam.optics.pose import Pose
from panocam.optics.view import Tile, build_view

native = pytest.importorskip("panocam_native")
if not hasattr(native, "trace"):
    pytest.skip("the installed native package is older than the computation of nodes", allow_module_level=True)

WIDEST = {
    "equidistant": 360.0,
    "equisolid": 360.0,
    "stereographic": 250.0,
    "orthographic": 180.0,
    "kb:-0.02,0.002": 182.0,
    "kb:0.05": 300.0,
}
"""Degrees of field; beyond 250 a stereographic rim is many circles away."""


@st.composite
def lenses(draw: st.DrawFn) -> Lens:
    model, widest = draw(st.sampled_from(list(WIDEST.items())))
    circle = Circle(draw(st.floats(200, 2500)), draw(st.floats(200, 2500)), draw(st.floats(100, 2000)))
    return Lens.parse(model, draw(st.floats(10, widest)), circle)


@st.composite
def tiles(draw: st.DrawFn) -> tuple[Tile, Mount]:
    mount = draw(st.sampled_from(list(Mount)))
    index = draw(st.sampled_from([row.index for row in available(mount)][1:]))
    size = draw(st.sampled_from([(2304, 1728), (1920, 1440), (1280, 960), (640, 480), (320, 240)]))
    pose = Pose(draw(st.floats(-180, 180)), draw(st.floats(-90, 90)), draw(st.floats(10, 120)))
    try:
        return draw(st.sampled_from(build_view(index, mount, size, poses=[pose] * 4).tiles)), mount
    except InvalidValue:  # a panorama of this height does not divide into even strips
        return draw(st.sampled_from(build_view(4, mount, size, poses=[pose] * 4).tiles)), mount


def both(tile: Tile, lens: Lens, mount: Mount, roll: float) -> tuple[Mesh, Mesh]:
    """The native mesh, and that of NumPy."""
    with pytest.MonkeyPatch.context() as patch:
        made = []
        for trace in (native.trace, None):
            patch.setattr(meshing, "_TRACE", trace)
            made.append(meshing.tile_mesh.__wrapped__(tile, lens, mount, roll))
    return made[0], made[1]


@given(tiles(), lenses(), st.floats(-180, 180))
def test_native_nodes_are_those_of_numpy(placed: tuple[Tile, Mount], lens: Lens, roll: float) -> None:
    one, other = both(placed[0], lens, placed[1], roll)
    dark, unseen = ((mesh.nodes == OUTSIDE).all(axis=-1) for mesh in (one, other))
    assert np.count_nonzero(dark != unseen) <= 2, "single precision decides otherwise only for nodes on the rim itself"
    seen = ~dark & ~unseen
    assert np.abs(one.nodes[seen].astype(np.int64) - other.nodes[seen]).max(initial=0) / ONE < 0.01
    assert one.scale == pytest.approx(other.scale, rel=0.01)


@pytest.mark.parametrize("model", WIDEST)
def test_the_series_are_the_law(model: str) -> None:
    """A native node lies where double precision puts it, to the rim of the widest lens and beyond."""
    lens = Lens.parse(model, WIDEST[model], Circle(1500, 1500, 1400))
    (odd, even), (half, focal, tangent, *_) = lens.numbers
    t = np.linspace(1e-3, np.pi, 500)
    inside = np.minimum(t, half)
    radius = inside * np.polynomial.Polynomial(odd)(inside**2) / np.polynomial.Polynomial(even)(inside**2) * focal
    assert np.abs(radius + np.maximum(t - half, 0) * tangent - lens.radius(t)).max() < 1e-3


def test_numbers_that_do_not_fit_are_refused() -> None:
    x, law, lens = np.zeros(5), ((1.0,), (1.0,)), (1.5, 900.0, 900.0, 1.0, 1.0)
    nodes = np.zeros((3, 3, 2), np.int32)
    with pytest.raises(ValueError, match="as many rows and columns"):
        native.trace(x, x, x, np.eye(3), np.eye(3), law, lens, False, nodes)
    with pytest.raises(ValueError, match="forward"):
        native.trace(x, x[:4], x, np.eye(3), np.eye(3), law, lens, True, nodes)
    with pytest.raises(ValueError, match="8 terms"):
        native.trace(x, x, x, np.eye(3), np.eye(3), ((1.0,) * 9, (1.0,)), lens, True, nodes)
    with pytest.raises(ValueError, match="shape"):
        native.trace(x, x, x, np.eye(3), np.eye(3), law, lens, True, np.zeros((3, 3, 3), np.int32))

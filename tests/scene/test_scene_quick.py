"""The native loops give what the NumPy and OpenCV versions give."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from panocam.media.planes import Planes
from panocam.scene import SceneOptions, SensorSettings, compose, mixing, open_scene, quick, rays, shadow
from panocam.scene.actors import ROOM, YARD
from panocam.scene.compose import Covering
from panocam.scene.shadow import Caster

pytestmark = pytest.mark.skipif(quick.native is None, reason="the native module is not installed, or an older one")
RNG = np.random.default_rng(3)


def f32(*shape: int) -> np.ndarray:
    return RNG.standard_normal(shape, dtype=np.float32)


@pytest.mark.parametrize("name", ["room", "yard"])
@pytest.mark.parametrize("shutter_s", [None, 1 / 400, 1 / 15])
def test_pictures_are_the_same(name: str, shutter_s: float | None, monkeypatch: pytest.MonkeyPatch) -> None:
    scene = open_scene(name, size=640, options=SceneOptions(SensorSettings(shutter_s=shutter_s)))
    for t in (0.0, 7.3, 31.0):
        native = scene.render(t)
        with monkeypatch.context() as patch:
            patch.setattr(quick, "native", None)
            reference = scene.render(t)
        for one, other in zip((native.y, native.u, native.v), (reference.y, reference.u, reference.v), strict=True):
            apart = np.abs(one.astype(np.int16) - other)
            assert (apart > 3).mean() < 3e-4  # edges of what is a few pixels large hang on the last digits
            assert apart.mean() < 0.02


def test_grain() -> None:
    base, more, less = (RNG.integers(0, 256, (31, 77), np.uint8) for _ in range(3))
    expected = np.clip(np.clip(base.astype(int) + more, 0, 255) - less, 0, 255)
    out = np.empty_like(base)
    quick.add_grain(base, more, less, out)
    assert np.array_equal(out, expected)
    quick.add_grain(base, more, less, base)
    assert np.array_equal(base, expected)


@pytest.mark.parametrize("points", [1, 7, 256, 1000])
def test_shade(points: int) -> None:
    p = f32(3, points) * 2
    up, down = np.array([0, 0, 2.6], np.float32), np.array([0, 0, -1], np.float32)
    sun = np.array([0.4, 0.2, 0.89], np.float32)
    segments = np.concatenate([f32(5, 6), np.abs(f32(5, 1)) * 0.2 + 0.05], 1)
    contact = np.abs(f32(3, 4)) * [1, 1, 0.1, 0.2] + [0, 0, 0, 0.05]
    for lights in ([Caster(up, False, 3.0, 0.14, down), Caster(up + 1, False, 1.0, 0.14, down)], [Caster(sun, True, 1.0, 0.012, down)]):
        for lit in (1.0, np.abs(f32(points)).clip(0, 1)):
            arguments = p, lights, 0.3, segments, contact.astype(np.float32), lit
            assert np.allclose(quick.shade(*arguments), shadow.shadow(*arguments), atol=1e-4)


def _columns(shape: tuple[int, int], centre: np.ndarray, eye: np.ndarray) -> np.ndarray:
    """Rays of a grid that looks at a place 1.6 metres wide."""
    forward = (centre - eye) / np.linalg.norm(centre - eye)
    right = np.cross(forward, [0, 0, 1.0])
    right /= np.linalg.norm(right)
    down = np.cross(forward, right)
    y, x = np.meshgrid(np.linspace(-1.6, 1.6, shape[0]), np.linspace(-1.6, 1.6, shape[1]), indexing="ij")
    to = (centre - eye)[:, None] + right[:, None] * x.ravel() + down[:, None] * y.ravel()
    return np.ascontiguousarray(to / np.linalg.norm(to, axis=0), np.float32)


def _same(one: rays.Picked, other: rays.Picked) -> None:
    common, a, b = np.intersect1d(one.at, other.at, return_indices=True)
    assert len(common) >= 0.999 * max(len(one.at), len(other.at)) > 100
    assert sum(one.sizes) == len(one.at)
    for name in ("t", "normal", "local"):
        left, right = getattr(one.hits, name)[..., a], getattr(other.hits, name)[..., b]
        assert (np.abs(left - right) > 2e-3).mean() < 2e-3, name
    near = other.hits.inside[b] < 5
    assert np.allclose(one.hits.inside[a][near], other.hits.inside[b][near], atol=0.02)


def test_capsules() -> None:
    figure = ROOM[0].figure(2.0)
    eye = np.array([0.3, 0.2, 2.9], np.float32)
    grid = _columns((40, 50), np.array([*figure.position[:2], 0.9]), eye)
    count = len(figure.capsules.half)
    columns = np.ascontiguousarray(np.tile(grid, (1, count)))
    arguments = figure.capsules, [grid.shape[1]] * count, eye, columns, (np.full(count, 15.0, np.float32), 1.75)
    _same(quick.hit_capsules(*arguments), rays.hit_capsules(*arguments))


def test_blocks() -> None:
    figure = next(actor for actor in YARD if actor.kind == "vehicle").figure(1.0)
    eye = np.array([0, 0, 5.0], np.float32)
    for block in figure.blocks:
        columns = _columns((60, 70), np.array([*figure.position[:2], 0.7]), eye)
        _same(quick.hit_block(block, eye, columns, (60, 70), 1.75), rays.hit_block(block, eye, columns, (60, 70), 1.75))


def test_cells_are_mixed_alike() -> None:
    cell = RNG.integers(0, 300, 2000)
    elements = mixing.Elements(cell, f32(2000), np.abs(f32(2000)) * 0.05 + 2, np.abs(f32(4, 2000)))
    assert np.allclose(quick.mix(elements, 320), mixing.mix(elements, 320), rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize("step", [1, 2, 4, 8])
@pytest.mark.parametrize("frames", [1, 3])
def test_figures_are_blended_alike(step: int, frames: int, monkeypatch: pytest.MonkeyPatch) -> None:
    side, rect = 96, (16, 80, 32, 96 + 16)  # beyond the picture's right edge, as at a last block that it cuts
    planes = Planes.blank(side, side)
    planes.y[:], planes.u[:], planes.v[:] = (RNG.integers(0, 256, plane.shape, np.uint8) for plane in (planes.y, planes.u, planes.v))
    wall = np.full((side, side), 3000, np.uint16)
    wall[:, :60] = 1500  # stands before the figure
    h, w = (rect[1] - rect[0]) // step, (rect[3] - rect[2]) // step
    y, x = np.mgrid[0:h, 0:w] * step
    outlines = [np.float32(20 - np.hypot(y - 32, x - 30 - 5 * k)) for k in range(frames)]
    tones = tuple(np.clip(100 + 3 * (x + y) / (k + 1), 0, 255).astype(np.uint8) for k in range(3))
    grain = tuple(tuple(RNG.integers(0, 20, plane.shape, np.uint8) for _ in range(2)) for plane in (planes.y, planes.u, planes.v))
    figure = Covering(rect, step, outlines, np.full((h, w), 2.0, np.float32), tones, grain)
    reference = replace(planes, y=planes.y.copy(), u=planes.u.copy(), v=planes.v.copy())
    before = planes.y.copy()
    compose.blend(reference, wall, figure)
    quick.blend(planes, wall, figure)
    for one, other in zip((planes.y, planes.u, planes.v), (reference.y, reference.u, reference.v), strict=True):
        apart = np.abs(one.astype(int) - other)
        assert apart.max() <= 6
        assert apart.mean() < 0.5
    assert (planes.y != before)[:, 62:].any()
    assert np.array_equal(planes.y[:, :58], before[:, :58])


def test_wrong_shapes_are_refused() -> None:
    plane = np.zeros((4, 4), np.uint8)
    with pytest.raises(ValueError, match="one shape"):
        quick.native.scene_grain(plane, plane[:3], plane, plane)
    one = np.zeros(1, np.float32)
    with pytest.raises(ValueError, match="outside"):
        quick.native.scene_mix(np.array([5]), one, one, np.zeros((4, 1), np.float32), 1, 60, 1000, np.empty((6, 2), np.float32))

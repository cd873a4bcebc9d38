"""The kernels: they agree with the reference and with each other, stay within their rectangle, and refuse what does not fit."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np
import pytest

from panocam.imaging import kernel
from panocam.imaging.kernel import paint_native, paint_opencv
from panocam.media.planes import JPEG_COLOR, Plane, Planes
from panocam.optics.mesh import ONE, OUTSIDE, STEP, Mesh

native: Any = pytest.importorskip("panocam_native", reason="the package panocam-native is not installed")
KERNELS = native.kernels()
FILL = (16, 90, 160)
GUARD = 0xA5


def smooth(width: int, height: int, seed: int = 0) -> Planes:
    """A picture of soft blobs, where a small error in place makes a small error in value."""
    rng = np.random.default_rng(seed)

    def plane(w: int, h: int) -> Plane:
        x, y = np.arange(w)[None, :], np.arange(h)[:, None]
        waves = sum(
            np.sin(x * rng.uniform(-0.4, 0.4) + y * rng.uniform(-0.4, 0.4) + rng.uniform(0, 6)) for _ in range(6)
        )  # wavelengths of 11 pixels and more
        return np.clip(128 + 20 * np.asarray(waves), 0, 255).astype(np.uint8)

    cw, ch = (width + 1) // 2, (height + 1) // 2
    return Planes(plane(width, height), plane(cw, ch), plane(cw, ch))


def affine(width: int, height: int, matrix: tuple[float, float, float, float], at: tuple[float, float]) -> Mesh:
    """A mesh through which output pixel (c, r) shows source place ``at + matrix (c, r)``."""
    c = np.arange(-(-width // STEP) + 1)[None, :] * STEP
    r = np.arange(-(-height // STEP) + 1)[:, None] * STEP
    a, b, d, e = matrix
    nodes = np.stack((at[0] + a * c + b * r, at[1] + d * c + e * r), axis=-1)
    return Mesh(np.rint(nodes * ONE).astype(np.int32), 0, 0, width, height)


def turned(degrees: float, scale: float) -> tuple[float, float, float, float]:
    c, s = np.cos(np.radians(degrees)) * scale, np.sin(np.radians(degrees)) * scale
    return (c, -s, s, c)


def guarded(width: int, height: int) -> tuple[Planes, list[Plane]]:
    """Planes set into larger arrays full of a guard value, and those arrays."""
    whole = [np.full((h + 8, w + 40), GUARD, np.uint8) for w, h in ((width, height), (width // 2, height // 2), (width // 2, height // 2))]
    y, u, v = (w[4:-4, 17:-23] for w in whole)
    return Planes(y, u, v), whole


def bytes_of(p: Planes) -> list[bytes]:
    return [plane.tobytes() for plane in (p.y, p.u, p.v)]


def errors(a: Planes, b: Planes) -> np.ndarray[Any, Any]:
    return np.concatenate([(x.astype(int) - y).ravel() for x, y in ((a.y, b.y), (a.u, b.u), (a.v, b.v))])


@pytest.mark.parametrize("name", KERNELS)
@pytest.mark.parametrize(("degrees", "scale"), [(0, 1), (0, 0.3), (17, 0.8), (45, 1.3), (90, 1), (133, 1.33), (270, 0.6), (200, 2.5)])
def test_kernels_agree_with_the_reference(name: str, degrees: float, scale: float) -> None:
    source = smooth(300, 260)
    mesh = affine(210, 130, turned(degrees, scale), (120.3, 100.7))
    out, ref = Planes.blank(210, 130), Planes.blank(210, 130)
    paint_native(mesh, source, out, (0, 130), FILL, kernel=name)
    paint_opencv(mesh, source, ref, (0, 130), FILL)
    off = errors(out, ref)
    edge = np.abs(off) > 2  # beside the picture's edge, where the fill begins, a hair's breadth in place is a step in value
    assert edge.mean() < 0.01
    assert 10 * np.log10(255**2 / np.mean(off[~edge] ** 2)) > 53
    assert np.abs(off[~edge]).max() <= 2


def test_a_real_view_agrees_with_exact_coordinates() -> None:
    """A bent mesh: a cylinder seen through an equidistant lens, against the same lens computed for every pixel."""
    source = smooth(640, 640, 3)
    width, height = 640, 320

    def place(c: Any, r: Any) -> tuple[Any, Any]:
        pan, up = (c - 319.5) / width * np.pi, (159.5 - r) / width * np.pi
        x, y, z = np.sin(pan), -up, np.cos(pan)
        theta, across = np.arctan2(np.hypot(x, y), z), np.hypot(x, y) + 1e-12
        return 319.5 + 320 * theta / np.radians(91) * x / across, 319.5 + 320 * theta / np.radians(91) * y / across

    c, r = np.meshgrid(np.arange(width // STEP + 1) * STEP, np.arange(height // STEP + 1) * STEP)
    mesh = Mesh(np.rint(np.stack(place(c, r), axis=-1) * ONE).astype(np.int32), 0, 0, width, height)
    out = Planes.blank(width, height)
    kernel.paint(mesh, source, out, (0, height), FILL)
    x, y = place(*np.meshgrid(np.arange(width), np.arange(height)))
    exact = kernel.cv2.remap(source.y, x.astype(np.float32), y.astype(np.float32), kernel.cv2.INTER_LINEAR)
    off = out.y[2:-2, 2:-2].astype(int) - exact[2:-2, 2:-2]
    assert 10 * np.log10(255**2 / np.mean(off**2)) > 48
    assert np.abs(off).max() <= 6


@pytest.mark.parametrize("name", KERNELS)
def test_identity_copies_every_pixel(name: str) -> None:
    source = Planes(*(np.random.default_rng(i).integers(0, 256, s, np.uint8) for i, s in enumerate(((64, 96), (32, 48), (32, 48)))))
    out = Planes.blank(96, 64)
    paint_native(affine(96, 64, (1, 0, 0, 1), (0, 0)), source, out, (0, 64), FILL, kernel=name)
    assert bytes_of(out) == bytes_of(source)


@pytest.mark.parametrize("name", KERNELS)
@pytest.mark.parametrize("value", [0, 1, 127, 128, 254, 255])
def test_a_flat_picture_stays_flat(name: str, value: int) -> None:
    source = Planes(*(np.full(s, value, np.uint8) for s in ((200, 200), (100, 100), (100, 100))))
    out = Planes.blank(64, 48)
    paint_native(affine(64, 48, turned(31, 0.77), (90.4, 60.9)), source, out, (0, 48), FILL, kernel=name)
    assert all((plane == value).all() for plane in (out.y, out.u, out.v))


def hostile(rng: np.random.Generator, width: int, height: int, source: Planes) -> Mesh:
    """A mesh about the source, stretched at random, with outside nodes and nonsense strewn in."""
    at = (rng.uniform(-0.5, 1.5) * source.width, rng.uniform(-0.5, 1.5) * source.height)
    a, b, d, e = rng.uniform(-1, 1, 4) * 4.0 ** rng.uniform(-1, 1)
    mesh = affine(width, height, (a, b, d, e), at)
    flat = mesh.nodes.reshape(-1, 2)
    if rng.random() < 0.5:
        spoilt = rng.integers(0, len(flat), rng.integers(1, len(flat) + 1))
        flat[spoilt, 0] = rng.choice(np.array([OUTSIDE, OUTSIDE + 1, 2**31 - 1, -1, 0, 1 << 30], np.int64), len(spoilt)).astype(np.int32)
    flat[rng.random(len(flat)) < 0.05] = OUTSIDE
    return mesh


@pytest.mark.parametrize("seed", range(60))
def test_hostile_meshes_and_tiny_pictures(seed: int) -> None:
    """All kernels write the same bytes, and none outside the asked rows of the rectangle, whatever the mesh says."""
    rng = np.random.default_rng(seed)
    source = smooth(int(rng.integers(1, 200)), int(rng.integers(1, 200)), seed)
    width, height = 2 * int(rng.integers(1, 70)), 2 * int(rng.integers(1, 70))
    mesh = hostile(rng, width, height, source)
    first, end = sorted(2 * int(v) for v in rng.integers(0, height // 2 + 1, 2))
    results = []
    for name in KERNELS:
        out, whole = guarded(width, height)
        paint_native(mesh, source, out, (first, end), FILL, kernel=name)
        results.append(bytes_of(out))
        for part, half in zip((out.y, out.u, out.v), (1, 2, 2), strict=True):
            part[first // half : end // half] = GUARD
        assert all((w == GUARD).all() for w in whole), name
    assert results.count(results[0]) == len(results)


@pytest.mark.parametrize("size", [(1, 1), (2, 2), (3, 2), (16, 16), (33, 1)])
def test_tiny_sources_agree_with_the_reference(size: tuple[int, int]) -> None:
    source = smooth(*size)
    mesh = affine(48, 48, turned(20, 0.4), (-4.0, -3.0))
    out, ref = Planes.blank(48, 48), Planes.blank(48, 48)
    kernel.paint(mesh, source, out, (0, 48), FILL)
    paint_opencv(mesh, source, ref, (0, 48), FILL)
    assert np.abs(errors(out, ref)).max() <= 2


@pytest.mark.parametrize("paint", [*(partial(paint_native, kernel=k) for k in KERNELS), paint_opencv])
def test_a_cell_with_an_outside_corner_is_all_fill(paint: Any) -> None:
    source, out = smooth(100, 100), Planes.blank(64, 64)
    mesh = affine(64, 64, (1, 0, 0, 1), (10, 10))
    mesh.nodes[1, 1] = OUTSIDE
    paint(mesh, source, out, (0, 64), FILL)
    for plane, value, cell in zip((out.y, out.u, out.v), FILL, (16, 8, 8), strict=True):
        assert (plane[: 2 * cell, : 2 * cell] == value).all()
        assert (plane[2 * cell :] != value).mean() > 0.9
        assert (plane[:, 2 * cell :] != value).mean() > 0.9


def test_rows_together_make_the_whole() -> None:
    source, mesh = smooth(200, 200), affine(150, 134, turned(30, 0.9), (40, 20))
    whole, parts = Planes.blank(150, 134), Planes.blank(150, 134)
    kernel.paint(mesh, source, whole, (0, 134), FILL)
    for rows in ((0, 30), (30, 32), (32, 100), (100, 134)):
        kernel.paint(mesh, source, parts, rows, FILL)
    assert bytes_of(whole) == bytes_of(parts)


def test_sources_with_padded_and_reversed_rows() -> None:
    source = smooth(128, 128)
    padded = Planes(*(np.pad(p, ((3, 5), (7, 9)))[3:-5, 7:-9] for p in (source.y, source.u, source.v)))
    upward = Planes(*(np.ascontiguousarray(p[::-1])[::-1] for p in (source.y, source.u, source.v)))
    mesh = affine(96, 96, turned(10, 1), (10, 5))
    results = []
    for picture in (source, padded, upward):
        out = Planes.blank(96, 96)
        kernel.paint(mesh, picture, out, (0, 96), FILL)
        results.append(bytes_of(out))
    assert results[0] == results[1] == results[2]


def refusals() -> Iterator[tuple[str, dict[str, Any]]]:
    half = np.zeros((32, 32), np.uint8)
    yield "half the luma plane's size", {"source_u": np.zeros((31, 32), np.uint8)}
    yield "half the luma plane's size", {"target_v": np.zeros((32, 33), np.uint8)}
    yield "adjacent", {"source_u": np.zeros((32, 64), np.uint8)[:, ::2]}
    yield "lie in the target", {"x": 16}
    yield "lie in the target", {"height": 66}
    yield "lie in the target", {"width": 0}
    yield "even", {"y": 1}
    yield "even", {"row0": 1}
    yield "shape", {"nodes": np.zeros((5, 4, 2), np.int32)}
    yield "shape", {"nodes": np.zeros((5, 5, 3), np.int32)}
    yield "0..255", {"fill_y": 256}
    yield "0..255", {"fill_v": -1}
    yield "no kernel", {"kernel": "abacus"}
    yield "16383", {"source_y": np.zeros((2, 16384), np.uint8), "source_u": half, "source_v": half}
    yield "1..16383", {"source_y": np.zeros((0, 64), np.uint8)}


@pytest.mark.parametrize(("words", "change"), list(refusals()))
def test_what_does_not_fit_is_refused(words: str, change: dict[str, Any]) -> None:
    arguments: dict[str, Any] = {
        f"{side}_{p}": np.zeros((n, n), np.uint8) for side in ("source", "target") for p, n in (("y", 64), ("u", 32), ("v", 32))
    }
    arguments |= {"nodes": np.zeros((5, 5, 2), np.int32), "x": 0, "y": 0, "width": 64, "height": 64, "row0": 0, "row1": 64}
    arguments |= {"fill_y": 0, "fill_u": 128, "fill_v": 128}
    native.warp(**arguments)
    with pytest.raises(ValueError, match=words):
        native.warp(**(arguments | change))


def test_a_target_that_may_not_be_written_is_refused() -> None:
    out = Planes.blank(64, 64)
    out.y.setflags(write=False)
    with pytest.raises(TypeError):
        kernel.paint(affine(64, 64, (1, 0, 0, 1), (0, 0)), smooth(64, 64), out, (0, 64), FILL)


@pytest.fixture
def fresh_choice() -> Iterator[None]:
    kernel._chosen.cache_clear()
    yield
    kernel._chosen.cache_clear()


@pytest.mark.usefixtures("fresh_choice")
def test_the_native_kernel_is_chosen_in_silence(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        assert kernel.kernel_name() == KERNELS[0]
    assert KERNELS[-1] == "c++"
    assert not caplog.records


@pytest.mark.usefixtures("fresh_choice")
@pytest.mark.parametrize("version", [None, "0.0.0"])
def test_without_a_fitting_native_kernel_opencv_draws_and_one_line_says_so(
    version: str | None, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    if version is None:
        monkeypatch.setattr(kernel, "panocam_native", None)
    else:
        monkeypatch.setattr(native, "__version__", version)
    source, mesh = smooth(64, 64), affine(64, 64, (1, 0, 0, 1), (0, 0))
    out = Planes.blank(64, 64, JPEG_COLOR)
    kernel.paint(mesh, source, out, (0, 64), FILL)
    kernel.paint(mesh, source, out, (0, 64), FILL)
    assert kernel.kernel_name() == "opencv"
    assert bytes_of(out) == bytes_of(source)
    assert [r.levelno for r in caplog.records] == [logging.WARNING]
    assert "panocam-native" in caplog.text

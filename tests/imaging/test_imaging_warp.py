"""The warp on its own terms: levels of the pyramid, bands, circles, sizes; judged by pictures whose truth is a formula."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import numpy as np
import pytest

from panocam.errors import InvalidValue
from panocam.imaging import pyramid as pyramid_module
from panocam.imaging.pyramid import Pyramid
from panocam.imaging.warp import scaled, warp
from panocam.media.planes import JPEG_COLOR, VIDEO_COLOR, Planes
from panocam.optics.lens import default_lens
from panocam.optics.mesh import ONE, OUTSIDE, STEP, Mesh
from panocam.optics.meshing import meshes
from panocam.optics.mount import Mount
from panocam.optics.view import build_view

Any2 = np.ndarray[Any, Any]


def rings(x: Any2, y: Any2, size: int) -> Any2:
    """Rings that get finer outwards: at the rim a wave takes 3 pixels."""
    r2 = (x - size / 2) ** 2 + (y - size / 2) ** 2
    return 128 + 100 * np.cos(np.pi * r2 / (3 * size / 2))


def ringed(size: int) -> Planes:
    x, y = np.meshgrid(np.arange(size), np.arange(size))
    grey = np.full((size // 2, size // 2), 128, np.uint8)
    return Planes(np.rint(rings(x, y, size)).astype(np.uint8), grey, grey)


def zoomed(width: int, height: int, scale: float, at: tuple[float, float] = (0.0, 0.0)) -> Mesh:
    """Output pixel (c, r) shows source place ``at + scale * (c, r)``."""
    c, r = np.meshgrid(np.arange(-(-width // STEP) + 1) * STEP * scale + at[0], np.arange(-(-height // STEP) + 1) * STEP * scale + at[1])
    return Mesh(np.rint(np.stack((c, r), axis=-1) * ONE).astype(np.int32), 0, 0, width, height, scale)


def psnr(a: Any2, b: Any2) -> float:
    return float(10 * np.log10(255**2 / np.mean((a.astype(float) - b) ** 2)))


def supersampled(width: int, height: int, scale: float, size: int) -> Any2:
    """What a perfect box pixel would see: the mean of 8x8 samples of the formula."""
    fine = (np.arange(8) + 0.5) / 8 - 0.5
    x, y = (((np.arange(n)[:, None] + fine).ravel()) * scale for n in (width, height))
    return rings(x[None, :], y[:, None], size).reshape(height, 8, width, 8).mean(axis=(1, 3))


@pytest.mark.parametrize("scale", [2.5, 3.5, 5.0, 7.0])
def test_shrinking_views_do_not_alias(scale: float) -> None:
    size = 1400
    n = int(size / scale) // 2 * 2 - 2
    source, mesh, truth = Pyramid(ringed(size)), zoomed(n, n, scale), supersampled(n, n, scale, size)
    filtered, bare = Planes.blank(n, n), Planes.blank(n, n)
    warp([mesh], source, filtered)
    warp([Mesh(mesh.nodes, 0, 0, n, n, 1.0)], source, bare)
    assert psnr(filtered.y, truth) > psnr(bare.y, truth) + 3
    assert psnr(filtered.y, truth) > 17


@pytest.mark.parametrize("scale", [0.4, 1.0, 2.1])
def test_other_views_are_drawn_from_the_full_picture(scale: float) -> None:
    assert Pyramid(ringed(512)).level_for(scale) == 0


def test_levels_follow_the_scale_and_end_at_small_pictures() -> None:
    big, tiny = Pyramid(Planes.blank(2992, 2992)), Pyramid(Planes.blank(16, 16))
    assert [big.level_for(s) for s in (0.0, 0.01, 2.19, 2.21, 4.39, 4.41, 8.7, 8.9, 1e9)] == [0, 0, 0, 1, 1, 2, 2, 3, 7]
    assert tiny.level_for(1e9) == 0


@pytest.mark.parametrize("level", [1, 2, 3])
def test_levels_keep_every_pixel_in_its_place(level: int) -> None:
    """A ramp looks the same from every level: coordinates go by pixel centres."""
    x, y = np.meshgrid(np.arange(256), np.arange(256))
    ramp = ((x + y) / 2).astype(np.uint8)
    source = Pyramid(Planes(ramp, ramp[::2, ::2].copy(), ramp[::2, ::2].copy()))
    mesh = zoomed(64, 64, 2.0, (60.0, 50.0))
    full, less = Planes.blank(64, 64), Planes.blank(64, 64)
    warp([Mesh(mesh.nodes, 0, 0, 64, 64, 1.0)], source, full)
    warp([Mesh(mesh.nodes, 0, 0, 64, 64, 2.0 * 2.0**level)], source, less)
    for a, b in ((full.y, less.y), (full.u, less.u)):
        assert np.abs(a.astype(int) - b).max() <= 1


@pytest.mark.parametrize("size", [(2, 2), (3, 5), (17, 16), (640, 481)])
def test_level_sizes_are_halves_rounded_up(size: tuple[int, int]) -> None:
    width, height = size
    pyramid = Pyramid(Planes.blank(width, height, VIDEO_COLOR))
    for number in range(4):
        level = pyramid.level(number)
        w, h = -(-width // 2**number), -(-height // 2**number)
        assert level.size == (w, h)
        assert level.u.shape == level.v.shape == ((h + 1) // 2, (w + 1) // 2)
        assert level.color == VIDEO_COLOR
        assert (level.y == 16).all()
        assert (level.u == 128).all()


def test_a_level_is_made_once_for_all_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    made = []
    half = pyramid_module.halved

    def counted(planes: Planes) -> Planes:
        made.append(planes.size)
        return half(planes)

    monkeypatch.setattr(pyramid_module, "halved", counted)
    pyramid, start = Pyramid(Planes.blank(640, 480)), Barrier(8)

    def ask(_: int) -> Planes:
        start.wait(5)
        return pyramid.level(2)

    with ThreadPoolExecutor(8) as pool:
        levels = list(pool.map(ask, range(8)))
    assert all(level is levels[0] for level in levels)
    assert made == [(640, 480), (320, 240)]


def test_outside_stays_outside_on_every_level() -> None:
    mesh = zoomed(32, 32, 4.0)
    mesh.nodes[1, 1] = OUTSIDE
    for level in range(5):
        nodes = scaled(mesh, level).nodes
        assert (nodes[1, 1] == OUTSIDE).all()
        assert (nodes != OUTSIDE).sum() == nodes.size - 2


def test_what_no_mesh_covers_is_left_alone_and_the_rest_of_the_frame_black() -> None:
    out = Planes(np.full((64, 96), 77, np.uint8), np.full((32, 48), 78, np.uint8), np.full((32, 48), 79, np.uint8), VIDEO_COLOR)
    mesh = Mesh(np.full((3, 3, 2), OUTSIDE, np.int32), 32, 16, 32, 32)
    warp([mesh], Pyramid(Planes.blank(64, 64)), out)
    assert (out.y[16:48, 32:64] == 16).all()
    assert (out.u[8:24, 16:32] == 128).all()
    assert (out.y == 77).sum() == 64 * 96 - 32 * 32
    assert (out.v == 79).sum() == 32 * 48 - 16 * 16


def test_a_round_mesh_draws_its_circle_over_the_others() -> None:
    white = Planes(np.full((64, 64), 235, np.uint8), np.full((32, 32), 100, np.uint8), np.full((32, 32), 100, np.uint8))
    below = Mesh(np.full((5, 5, 2), OUTSIDE, np.int32), 0, 0, 64, 64)
    inset = Mesh(zoomed(32, 32, 1.0, (10, 10)).nodes, 16, 16, 32, 32, round=True)
    out, banded = Planes.blank(64, 64), Planes.blank(64, 64)
    warp([below, inset], Pyramid(white), out)
    for rows in ((0, 22), (22, 40), (40, 64)):
        warp([below, inset], Pyramid(white), banded, rows)
    y, x = np.mgrid[:64, :64]
    disc = (x - 31.5) ** 2 + (y - 31.5) ** 2 <= 16**2
    assert (out.y == np.where(disc, 235, 0)).all()
    assert (out.u[16, 16], out.u[9, 9]) == (100, 128)
    assert (banded.y == out.y).all()
    assert (banded.u == out.u).all()


def test_two_threads_share_one_picture() -> None:
    lens, mount, size = default_lens((800, 800)), Mount.CEILING, (640, 480)
    view = meshes(build_view(3, mount, size), lens, mount)
    source = Pyramid(ringed(800))
    alone, shared = Planes.blank(*size), Planes.blank(*size)
    warp(view, source, alone)
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda rows: warp(view, source, shared, rows), [(0, 240), (240, 480)]))
    assert (shared.y == alone.y).all()
    assert (shared.v == alone.v).all()


@pytest.mark.feature("VIEW-06")
@pytest.mark.parametrize("side", [2, 16, 1999, 8192])
def test_sources_of_any_size_make_an_overview(side: int) -> None:
    source = Planes(*(np.full(s, 200, np.uint8) for s in ((side, side), ((side + 1) // 2,) * 2, ((side + 1) // 2,) * 2)), JPEG_COLOR)
    out = Planes.blank(160, 160)
    warp(meshes(build_view(0, Mount.DESK, (160, 160)), default_lens((side, side)), Mount.DESK), Pyramid(source), out)
    assert (out.y[40:120, 40:120] == 200).all()


@pytest.mark.parametrize("rows", [(0, 65), (1, 64), (-2, 64), (40, 20), (0, 66)])
def test_rows_that_cannot_be_are_refused(rows: tuple[int, int]) -> None:
    with pytest.raises(InvalidValue, match="rows"):
        warp([], Pyramid(Planes.blank(16, 16)), Planes.blank(64, 64), rows)


@pytest.mark.parametrize("place", [(2, 0, 64, 64), (0, 0, 64, 66), (-2, 0, 64, 64), (1, 0, 62, 64)])
def test_meshes_that_do_not_fit_are_refused(place: tuple[int, int, int, int]) -> None:
    x, y, width, height = place
    mesh = Mesh(np.zeros((-(-height // 16) + 1, -(-width // 16) + 1, 2), np.int32), x, y, width, height)
    with pytest.raises(InvalidValue, match="mesh"):
        warp([mesh], Pyramid(Planes.blank(16, 16)), Planes.blank(64, 64))

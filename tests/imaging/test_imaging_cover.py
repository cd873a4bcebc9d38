"""Painting covers: native code against OpenCV, byte for byte."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from panocam.imaging import cover
from panocam.imaging.cover import Patch
from panocam.imaging.ink import plain
from panocam.imaging.pool import LINE, PlanesPool
from panocam.media.planes import JPEG_COLOR, Planes

needs_native = pytest.mark.skipif(cover._COVER is None, reason="panocam-native is missing or older than this function")


@needs_native
@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 20), st.integers(1, 20), st.booleans())
def test_native_and_opencv_cover_alike(seed: int, wide: int, high: int, single: bool) -> None:
    rng = np.random.default_rng(seed)
    piece = rng.integers(0, 2, (high, wide), np.uint8) * 255
    luma = np.ascontiguousarray(piece.repeat(2, axis=0).repeat(2, axis=1))
    patch = Patch(4, 6, 2 * wide, 2 * high, None if piece.all() else luma, None if piece.all() else piece)
    one = Planes(*(rng.integers(0, 256, size, np.uint8) for size in ((60, 50), (30, 25), (30, 25))), JPEG_COLOR)
    two = Planes(one.y.copy(), one.u.copy(), one.v.copy(), one.color)
    ink = plain(patch, (1, 2, 3)) if single else tuple(rng.integers(0, 256, plane.shape, np.uint8) for plane in patch.of(one))
    patch.put(ink, one)  # type: ignore[arg-type]
    patch.put_opencv(ink, two)  # type: ignore[arg-type]
    for a, b in zip((one.y, one.u, one.v), (two.y, two.u, two.v), strict=True):
        assert (a == b).all()


@needs_native
@pytest.mark.parametrize("spans", [[[8, 0, 1]], [[-1, 0, 1]], [[0, -1, 1]], [[0, 0, 9]], [[0, 5, 4]], [[0, 1]]])
def test_spans_outside_are_refused(spans: list[list[int]]) -> None:
    plane = np.zeros((8, 8), np.uint8)
    with pytest.raises(ValueError, match="spans must"):
        cover._COVER(plane, plane.copy(), np.array(spans, np.int32))


@pytest.mark.parametrize("size", [(2992, 2992), (101, 33), (64, 64)])
def test_rows_of_pictures_of_our_own_begin_with_cache_lines_and_do_not_overlap(size: tuple[int, int]) -> None:
    planes = PlanesPool(*size, JPEG_COLOR).take()
    assert planes.size == size
    for number, plane in enumerate((planes.y, planes.u, planes.v)):
        assert plane.ctypes.data % LINE == plane.strides[0] % LINE == 0
        plane[:] = number + 1
    assert [set(np.unique(plane)) for plane in (planes.y, planes.u, planes.v)] == [{1}, {2}, {3}]

"""Laying a layer over a picture: native code against OpenCV, byte for byte."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from panocam.imaging import layer as module
from panocam.imaging.layer import Layer, Placed, from_rgba, lay, lay_opencv, place, turned, turned_rgba, yuv
from panocam.media.planes import JPEG_COLOR, VIDEO_COLOR, Planes

needs_native = pytest.mark.skipif(module._STENCIL is None, reason="panocam-native is missing or older than this function")


def noise(rng: np.random.Generator, width: int, height: int, pad: int = 0) -> Planes:
    def plane(w: int, h: int) -> np.ndarray:
        return rng.integers(0, 256, (h, w + pad), np.uint8)[:, :w]

    return Planes(plane(width, height), plane((width + 1) // 2, (height + 1) // 2), plane((width + 1) // 2, (height + 1) // 2), VIDEO_COLOR)


def rough(rng: np.random.Generator, width: int, height: int) -> Layer:
    """Any bytes at all, also such that overflow."""
    size = [(height, width), (height // 2, width // 2)]
    y, u, v, rest, halved = (rng.integers(0, 256, size[at], np.uint8) for at in (0, 1, 1, 0, 1))
    return Layer((y, u, v), (rest, halved), VIDEO_COLOR)


@needs_native
@settings(max_examples=60, deadline=None)
@given(
    st.integers(0, 2**32),
    st.tuples(*[st.integers(1, 40)] * 2),
    st.tuples(*[st.integers(1, 30)] * 2),
    st.tuples(*[st.integers(-45, 45)] * 2),
)
def test_native_and_opencv_agree_byte_for_byte(seed: int, picture: tuple[int, int], size: tuple[int, int], at: tuple[int, int]) -> None:
    rng = np.random.default_rng(seed)
    one = noise(rng, 2 * picture[0], 2 * picture[1], pad=7)
    two = Planes(one.y.copy(), one.u.copy(), one.v.copy(), one.color)
    part = rough(rng, 2 * size[0], 2 * size[1])
    above = rough(rng, 8, 4)
    lay_opencv(part, 2 * at[0], 2 * at[1], one)
    lay_opencv(above, 2, 0, one)
    lay([Placed(part, 2 * at[0], 2 * at[1]), Placed(above, 2, 0)], two)
    for a, b in zip((one.y, one.u, one.v), (two.y, two.u, two.v), strict=True):
        assert (a == b).all()


@needs_native
def test_every_product_is_rounded_alike() -> None:
    under, rest = (plane.astype(np.uint8) for plane in np.meshgrid(np.arange(256), np.arange(256)))
    zero, half = np.zeros_like(under), np.zeros((128, 128), np.uint8)
    mine = under.copy()
    lay([Placed(Layer((zero, half, half), (rest, half), VIDEO_COLOR), 0, 0)], Planes(mine, half.copy(), half.copy(), VIDEO_COLOR))
    assert (mine == np.rint(under.astype(float) * rest / 255)).all()


@needs_native
@pytest.mark.parametrize(("x", "y", "change"), [(1, 0, ""), (0, 3, ""), (10**6, 0, ""), (0, 0, "rest"), (0, 0, "chroma")])
def test_what_does_not_fit_is_refused(x: int, y: int, change: str) -> None:
    out, part = Planes.blank(16, 16), rough(np.random.default_rng(1), 8, 8)
    inks, rests = list(part.inks), list(part.rests)
    if change == "rest":
        rests[0] = rests[0][:4]
    if change == "chroma":
        inks[1] = inks[1][:2]
    with pytest.raises(ValueError, match="must"):
        lay([Placed(Layer((inks[0], inks[1], inks[2]), (rests[0], rests[1]), VIDEO_COLOR), x, y)], out)


def test_without_the_native_kernel_the_pictures_are_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(2)
    one, part = noise(rng, 64, 48), rough(rng, 20, 12)
    two = Planes(one.y.copy(), one.u.copy(), one.v.copy(), one.color)
    lay([Placed(part, 10, -4)], one)
    monkeypatch.setattr(module, "_STENCIL", None)
    lay([Placed(part, 10, -4)], two)
    assert (one.y == two.y).all()
    assert (one.v == two.v).all()


def test_half_covered_chroma_takes_half_of_the_colour_and_no_fringe() -> None:
    rgba = np.zeros((2, 4, 4), np.uint8)
    rgba[..., 1] = 255  # the colour of what cannot be seen
    rgba[:, :3] = (255, 0, 0, 255)
    out = Planes.blank(4, 2, JPEG_COLOR)
    lay([Placed(from_rgba(rgba, JPEG_COLOR), 0, 0)], out)
    red = yuv((255, 0, 0), JPEG_COLOR)
    assert out.v[0].tolist() == [round(red[2]), round((red[2] + 128) / 2)]


def test_turning_by_right_angles_loses_nothing_and_a_full_turn_is_none() -> None:
    rng = np.random.default_rng(4)
    plane = rng.integers(0, 256, (6, 10), np.uint8)
    assert (turned(plane, 90) == np.rot90(plane, -1)).all()
    assert (turned(plane, 180) == plane[::-1, ::-1]).all()
    assert (turned(plane, -90) == np.rot90(plane)).all()
    rgba = np.dstack([plane] * 3 + [np.full_like(plane, 255)])
    assert (turned_rgba(rgba, 90) == np.rot90(rgba, -1)).all()


@given(st.tuples(*[st.integers(8, 1000)] * 2), st.tuples(*[st.integers(1, 500)] * 2), st.tuples(*[st.floats(-1, 1)] * 2))
def test_places_are_even_and_inside(size: tuple[int, int], layer: tuple[int, int], share: tuple[float, float]) -> None:
    even = tuple(2 * side for side in layer)
    x, y = place(size, even, share)  # type: ignore[arg-type]
    assert x % 2 == y % 2 == 0
    for at, part, whole in zip((x, y), even, size, strict=True):
        assert min(0, whole - part) - 2 <= at <= max(0, whole - part) + 2

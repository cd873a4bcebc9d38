"""What stands still: held to the last bit through noise, never further from the truth than said, and nothing that moves is lost."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as with_settings
from hypothesis import strategies as st

from panocam.imaging import stillness
from panocam.imaging.stillness import LIMITS, Limits, Stillness, settle_opencv
from panocam.media.codec import Zipstream
from panocam.media.planes import JPEG_COLOR, Planes

STRENGTHS = list(LIMITS)


def scene(rng: np.random.Generator, sigma: float, size: tuple[int, int] = (160, 96)) -> Planes:
    """A slope of light with noise."""
    width, height = size
    slope = np.linspace(60, 180, width)[None, :] + np.zeros((height, 1))
    planes = [slope, np.full((height // 2, width // 2), 110.0), np.full((height // 2, width // 2), 140.0)]
    y, u, v = (np.clip(np.rint(plane + rng.normal(0, sigma, plane.shape)), 0, 255).astype(np.uint8) for plane in planes)
    return Planes(y, u, v, JPEG_COLOR)


def copied(planes: Planes) -> Planes:
    return Planes(planes.y.copy(), planes.u.copy(), planes.v.copy(), planes.color)


def held(now: Planes, was: Planes) -> float:
    """Share of the blocks that are as they were."""
    same = (now.y == was.y).reshape(now.height // 16, 16, now.width // 16, 16).all(axis=(1, 3))
    return float(same.mean())


@pytest.mark.feature("STR-04")
@pytest.mark.parametrize(("strength", "sigma"), list(zip(STRENGTHS, (1.5, 2.5, 3.5, 4.5, 6.0), strict=True)))
def test_noise_is_held_and_more_of_it_the_stronger(strength: Zipstream, sigma: float) -> None:
    rng = np.random.default_rng(1)
    one = Stillness(strength)
    first = scene(rng, sigma)
    one.settle(first)
    shown = scene(rng, sigma)
    one.settle(shown)
    assert held(shown, first) > 0.9
    weaker = Stillness(STRENGTHS[0])
    loud = scene(rng, 8)
    weaker.settle(loud)
    louder = scene(rng, 8)
    before = copied(louder)
    weaker.settle(louder)
    assert (louder.y == before.y).all()


@pytest.mark.parametrize("strength", STRENGTHS)
def test_small_things_that_move_are_shown_at_once_and_exactly(strength: Zipstream) -> None:
    rng = np.random.default_rng(2)
    one, still = Stillness(strength), scene(rng, 0)
    one.settle(copied(still))
    for change in ((slice(40, 44), slice(84, 88), 14), (slice(17, 18), slice(33, 34), 60)):  # 4x4 pixels, and a single one
        moved = copied(still)
        moved.y[change[0], change[1]] += np.uint8(change[2])
        shown = copied(moved)
        one.settle(shown)
        assert (shown.y == moved.y).all()
    coloured = copied(still)
    coloured.u[8:12, 8:12] += 14
    shown = copied(coloured)
    one.settle(shown)
    assert (shown.u == coloured.u).all()


@pytest.mark.parametrize("strength", STRENGTHS)
def test_a_slow_change_never_gets_away(strength: Zipstream) -> None:
    rng = np.random.default_rng(3)
    one, base = Stillness(strength), scene(rng, 0)
    for step in range(60):
        truth = copied(base)
        truth.y[:] += np.uint8(step)
        shown = copied(truth)
        one.settle(shown)
        assert np.abs(shown.y.astype(int) - truth.y).max() <= LIMITS[strength].mean / 16


def test_a_fresh_picture_is_shown_as_it_is_and_remembered() -> None:
    rng = np.random.default_rng(4)
    one = Stillness(Zipstream.EXTREME)
    one.settle(scene(rng, 3))
    fresh = scene(rng, 3)
    before = copied(fresh)
    one.settle(fresh, fresh=True)
    assert (fresh.y == before.y).all()
    after = scene(rng, 3)
    one.settle(after)
    assert held(after, fresh) == 1


@pytest.mark.skipif(stillness._SETTLE is None, reason="panocam-native is missing or older than this function")
@with_settings(max_examples=80, deadline=None)
@given(st.integers(0, 2**32), st.tuples(*[st.integers(1, 40)] * 2), st.integers(0, 40), st.integers(0, 200), st.integers(0, 60))
def test_native_and_opencv_agree_byte_for_byte(seed: int, size: tuple[int, int], peak: int, mean: int, apart: int) -> None:
    rng = np.random.default_rng(seed)
    shapes = [(2 * size[1], 2 * size[0]), size[::-1], size[::-1]]
    was = [rng.integers(0, 256, shape, np.uint8) for shape in shapes]
    now = [
        np.clip(plane + rng.integers(-apart, apart + 1, plane.shape) * rng.integers(0, 2, plane.shape), 0, 255).astype(np.uint8)
        for plane in was
    ]
    one, two = ([plane.copy() for plane in (*now, *was)] for _ in range(2))
    stillness._SETTLE(*one, peak, mean)
    settle_opencv(Planes(*two[:3], JPEG_COLOR), Planes(*two[3:], JPEG_COLOR), Limits(peak, mean))
    for a, b in zip(one, two, strict=True):
        assert (a == b).all()


@pytest.mark.skipif(stillness._SETTLE is None, reason="panocam-native is missing or older than this function")
@pytest.mark.parametrize(("size", "peak", "mean"), [((8, 8), 1, 1), ((16, 16), 256, 1), ((16, 16), -1, 1), ((16, 16), 1, 4081)])
def test_what_does_not_fit_is_refused(size: tuple[int, int], peak: int, mean: int) -> None:
    kept, now = Planes.blank(16, 16), Planes.blank(*size)
    with pytest.raises(ValueError, match=r"must have|peak is"):
        stillness._SETTLE(now.y, now.u, now.v, kept.y, kept.u, kept.v, peak, mean)

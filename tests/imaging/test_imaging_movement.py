"""What counts as movement, and what does not: noise, light, bands, flashes."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from panocam.clock import NS
from panocam.imaging.movement import EVERY_NS, MotionMeter
from panocam.media.planes import JPEG_COLOR, Planes
from panocam.optics.lens import Circle

SIDE = 320
CIRCLE = Circle(SIDE / 2 - 0.5, SIDE / 2 - 0.5, SIDE / 2)
SCENE = np.kron(np.random.default_rng(3).uniform(40, 180, (16, 16)), np.ones((20, 20)))

Luma = NDArray[np.float64]
Bools = NDArray[np.bool_]


def nothing(rows: NDArray[np.intp], columns: NDArray[np.intp]) -> Bools:
    return np.zeros(rows.shape, bool)


def walking(number: int, step: int = 8, size: int = 40) -> Luma:
    """A thing that has got further in each picture."""
    luma = SCENE.copy()
    left = 80 + number * step % 120
    luma[140 : 140 + size, left : left + size] = 230
    return luma


def verdicts(lumas: Iterator[Luma], sigma: float = 2.0, hides: object = nothing, seed: int = 1) -> list[bool]:
    """What is said at each of the pictures, each with noise of its own and as far apart as looks are."""
    rng, meter, told = np.random.default_rng(seed), MotionMeter((SIDE, SIDE), CIRCLE), []
    for number, luma in enumerate(lumas):
        planes = Planes.blank(SIDE, SIDE, JPEG_COLOR)
        planes.y[:] = np.clip(luma + rng.normal(0, sigma, luma.shape), 0, 255)
        told.append(meter.look(planes, hides, number * EVERY_NS, "as ever"))  # type: ignore[arg-type]
    return told


@pytest.mark.parametrize("sigma", [0.0, 2.0, 6.0, 10.0])
def test_what_walks_is_seen_from_the_third_look_on(sigma: float) -> None:
    told = verdicts((walking(number) for number in range(12)), sigma)
    assert told[:2] == [False, False]
    assert all(told[2:])


@settings(max_examples=15, deadline=None)
@given(st.floats(0, 25), st.integers(0, 1000))
def test_noise_of_any_strength_is_no_movement(sigma: float, seed: int) -> None:
    assert not any(verdicts((SCENE for _ in range(12)), sigma, seed=seed))


def test_light_that_changes_and_bands_of_the_mains_are_no_movement() -> None:
    rows = np.arange(SIDE)[:, None]
    assert not any(verdicts(SCENE + 12 * (number % 2) for number in range(12)))
    assert not any(verdicts(SCENE + 10 * np.sin(rows / 25 + 1.3 * number) for number in range(12)))


def test_a_single_flash_is_no_movement() -> None:
    assert not any(verdicts((walking(5) if number == 6 else SCENE) for number in range(7)))


def test_it_is_over_when_nothing_moves_any_more() -> None:
    told = verdicts(walking(min(number, 6)) for number in range(12))
    assert told[6]
    assert not any(told[7:])


def test_what_a_mask_covers_is_not_seen_and_looks_closer_together_are_none() -> None:
    assert not any(verdicts((walking(number) for number in range(12)), hides=lambda rows, columns: (rows > 130) & (rows < 190)))
    meter, told = MotionMeter((SIDE, SIDE), CIRCLE), []
    for number in range(12):
        planes = Planes.blank(SIDE, SIDE, JPEG_COLOR)
        planes.y[:] = walking(number)
        told.append(meter.look(planes, nothing, number * NS // 100, "as ever"))
    assert not any(told)


def test_pictures_that_were_exposed_otherwise_are_not_compared() -> None:
    meter, told = MotionMeter((SIDE, SIDE), CIRCLE), []
    for number in range(12):
        planes = Planes.blank(SIDE, SIDE, JPEG_COLOR)
        planes.y[:] = walking(number)
        told.append(meter.look(planes, nothing, number * EVERY_NS, number))
    assert not any(told)

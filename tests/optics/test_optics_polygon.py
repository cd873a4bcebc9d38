"""Polygons on the sphere: what is one, what lies inside, and that nothing depends on where on the sphere it lies."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from panocam.errors import InvalidValue
from panocam.optics.polygon import BEHIND, FARTHEST, Polygon, arc, corner_of

SQUARE = ((-10.0, 30.0), (10.0, 30.0), (10.0, 50.0), (-10.0, 50.0))


def ray(azimuth: float, off: float) -> np.ndarray:
    a, t = math.radians(azimuth), math.radians(off)
    return np.array([math.sin(t) * math.sin(a), -math.sin(t) * math.cos(a), math.cos(t)])


@pytest.mark.feature("PRV-12")
@pytest.mark.parametrize(
    ("corners", "words"),
    [
        (SQUARE[:2], "3 to 10"),
        (tuple((36.0 * i, 40.0) for i in range(11)), "3 to 10"),
        ((SQUARE[0], SQUARE[2], SQUARE[1], SQUARE[3]), "edge 1 meets edge 3"),
        ((SQUARE[0], SQUARE[0], SQUARE[1]), "same place"),
        (((0, 10), (0, 20), (0, 30)), "runs back on itself"),
        (((0, 10), (0, 40), (20, 40), (0, 25), (20, 12)), "meets"),  # a corner on an edge
        (((0, 90), (180, 90), (90, 20)), "opposite"),
        (((0, 165), (178, 165), (90, 20)), "behind the lens"),
        (((0, 171), (90, 20), (90, 30)), "170"),
        (((math.nan, 17), (90, 20), (90, 30)), "170"),
        (((0, -1), (90, 20), (90, 30)), "170"),
    ],
)
def test_what_is_no_mask_is_refused_with_the_reason(corners: tuple[tuple[float, float], ...], words: str) -> None:
    with pytest.raises(InvalidValue, match=words):
        Polygon(corners)


@given(st.floats(-180, 180), st.floats(0, FARTHEST))
def test_corners_survive_the_way_to_rays_and_back(azimuth: float, off: float) -> None:
    back = corner_of(ray(azimuth, off))
    assert math.degrees(math.acos(min(1.0, float(ray(*back) @ ray(azimuth, off))))) < 2e-3


@settings(max_examples=60)
@given(st.integers(3, 10), st.floats(1, 60), st.floats(0, 75), st.floats(-180, 180), st.integers(0, 2**31))
def test_inside_is_what_turns_with_it(count: int, radius: float, off: float, azimuth: float, seed: int) -> None:
    """A ring of corners about any direction holds what is nearer than its edges and nothing that is farther than its corners."""
    about = Polygon(tuple((360 * i / count, radius) for i in range(count)))
    polygon = about.moved((0, 0, 1), ray(azimuth, off)) if off > 1e-3 else about
    middle = ray(azimuth, off) if off > 1e-3 else np.array((0.0, 0.0, 1.0))
    rays = np.random.default_rng(seed).standard_normal((60, 3))
    rays /= np.linalg.norm(rays, axis=1, keepdims=True)
    angle = np.degrees(np.arccos(np.clip(rays @ middle, -1, 1)))
    apothem = math.degrees(math.atan(math.tan(math.radians(radius)) * math.cos(math.pi / count)))
    inside = polygon.contains(rays)
    assert inside[angle < apothem - 0.01].all()
    assert not inside[angle > radius + 0.01].any()


def test_the_inside_is_never_behind_the_lens() -> None:
    nearly_all = Polygon(((0, 128), (90, 128), (180, 128), (270, 128)))
    assert nearly_all.contains((0, 0, 1))
    assert not nearly_all.contains(BEHIND)
    assert nearly_all.contains(np.stack([ray(a, 127.9) for a in (0, 90, 180, 270)])).all()


@given(st.floats(-180, 180))
def test_the_seam_is_a_place_like_any_other(azimuth: float) -> None:
    here, there = Polygon(SQUARE), Polygon(tuple((a + azimuth, off) for a, off in SQUARE))
    places = [(a, off) for off in (29, 31, 40, 49, 51) for a in (-11, -9, 0, 9, 11)]
    turned = np.stack([ray(a + azimuth, off) for a, off in places])
    assert (here.contains(np.stack([ray(a, off) for a, off in places])) == there.contains(turned)).all()


def test_an_arc_is_evenly_spaced_and_keeps_its_ends() -> None:
    rays = arc(ray(0, 10), ray(120, 80), 0.5)
    steps = np.degrees(np.arccos(np.clip((rays[1:] * rays[:-1]).sum(axis=1), -1, 1)))
    assert steps.max() <= 0.5 + 1e-9
    assert np.ptp(steps) < 1e-6
    assert np.allclose(rays[[0, -1]], [ray(0, 10), ray(120, 80)])


HOOK = ((0, 60), (90, 60), (180, 60), (180, 50), (90, 50), (0, 50))


@pytest.mark.parametrize("corners", [SQUARE, ((0, 91), (90, 91), (180, 91), (270, 91)), HOOK])
def test_the_middle_belongs_to_it(corners: tuple[tuple[float, float], ...]) -> None:
    polygon = Polygon(corners)
    middle = polygon.middle()
    assert polygon.contains(middle) or any(np.allclose(middle, corner) for corner in polygon.rays)


def test_what_the_lens_sees_of_it() -> None:
    far = Polygon(((0, 100), (10, 100), (5, 120)))
    assert not far.seen_within(math.radians(91))
    assert far.seen_within(math.radians(101))
    around = Polygon(((0, 128), (90, 128), (180, 128), (270, 128)))
    assert around.seen_within(math.radians(91))

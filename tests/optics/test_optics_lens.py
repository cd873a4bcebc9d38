"""Lenses: directions to pixels and back, on every law and any field."""

from __future__ import annotations

import contextlib
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from panocam.errors import InvalidValue
from panocam.optics.description import describe
from panocam.optics.lens import Circle, Lens, LensModel, default_lens, parse_model
from panocam.optics.mount import Mount

CIRCLE = Circle(1490.25, 1501.5, 1480.0)
LENSES = [
    Lens(LensModel.EQUIDISTANT, 182, CIRCLE),
    Lens(LensModel.EQUIDISTANT, 360, CIRCLE),
    Lens(LensModel.EQUISOLID, 220, CIRCLE),
    Lens(LensModel.STEREOGRAPHIC, 182, CIRCLE),
    Lens(LensModel.STEREOGRAPHIC, 300, CIRCLE),
    Lens(LensModel.ORTHOGRAPHIC, 178, CIRCLE),
    Lens(LensModel.KB, 182, CIRCLE, (-0.02, 0.003, -0.0005, 0.0001)),
    Lens(LensModel.KB, 220, CIRCLE, (0.05,)),
]
NAMES = [f"{lens.model}-{lens.fov:g}" for lens in LENSES]

lenses = st.sampled_from(LENSES)
azimuths = st.floats(-math.pi, math.pi)


def ray(theta: float, azimuth: float) -> np.ndarray:
    return np.array([math.sin(theta) * math.cos(azimuth), math.sin(theta) * math.sin(azimuth), math.cos(theta)])


@given(lenses, st.floats(0, 0.999), azimuths)
def test_unproject_undoes_project_inside_the_field(lens: Lens, share: float, azimuth: float) -> None:
    there = ray(share * lens.half, azimuth)
    assert np.allclose(lens.unproject(lens.project(there)), there, atol=2e-7)


@given(lenses, st.floats(1, 1.2), azimuths)
def test_beyond_the_rim_it_goes_on_one_to_one(lens: Lens, share: float, azimuth: float) -> None:
    there = ray(min(share * lens.half, math.pi - 1e-3), azimuth)
    assert np.allclose(lens.unproject(lens.project(there)), there, atol=1e-6)


@pytest.mark.parametrize("lens", LENSES, ids=NAMES)
def test_the_field_ends_on_the_circle(lens: Lens) -> None:
    azimuth = np.linspace(0, 2 * np.pi, 50)
    half = lens.half - 1e-9  # at 360 degrees the rim is one single direction
    rim = np.stack((np.sin(half) * np.cos(azimuth), np.sin(half) * np.sin(azimuth), np.full(50, np.cos(half))), axis=-1)
    distance = np.linalg.norm(lens.project(rim) - (CIRCLE.cx, CIRCLE.cy), axis=-1)
    assert np.allclose(distance, CIRCLE.radius, atol=1e-3)
    assert np.allclose(lens.project([0, 0, 5.0]), (CIRCLE.cx, CIRCLE.cy))
    assert np.allclose(lens.unproject([CIRCLE.cx, CIRCLE.cy]), (0, 0, 1))


@pytest.mark.parametrize("lens", LENSES, ids=NAMES)
def test_radius_rises_smoothly_through_the_rim(lens: Lens) -> None:
    theta = np.linspace(0, math.pi, 20_001)
    step = np.diff(lens.radius(theta))
    assert (step > 0).all()
    around = np.abs(theta[1:-1] - lens.half) < 0.01
    assert np.abs(np.diff(step))[around].max(initial=0.0) < 0.02 * step.max(), "a kink at the rim"


@pytest.mark.parametrize("lens", LENSES, ids=NAMES)
def test_single_precision_is_within_a_hundredth_of_a_pixel(lens: Lens) -> None:
    rng = np.random.default_rng(7)
    rays = rng.normal(size=(20_000, 3))
    rays = rays[lens.theta(rays) < min(lens.half, 3.1)]
    single = lens.project(rays.astype(np.float32))
    assert single.dtype == np.float32
    # the rays themselves are compared as rounded, or the test would measure the rounding of its input
    assert np.abs(single - lens.project(rays.astype(np.float32).astype(np.float64))).max() < 0.01


def test_laws_agree_with_their_formulas() -> None:
    theta = np.array([0.3, 0.8, 1.3])
    for model, law in (
        (LensModel.EQUIDISTANT, theta),
        (LensModel.EQUISOLID, 2 * np.sin(theta / 2)),
        (LensModel.STEREOGRAPHIC, 2 * np.tan(theta / 2)),
        (LensModel.ORTHOGRAPHIC, np.sin(theta)),
    ):
        lens = Lens(model, 170, CIRCLE)
        assert np.allclose(lens.radius(theta), lens.focal * law)
    kb = Lens(LensModel.KB, 170, CIRCLE, (0.01, -0.002, 0.0003, -0.00004))
    assert np.allclose(kb.radius(theta), kb.focal * (theta + 0.01 * theta**3 - 0.002 * theta**5 + 0.0003 * theta**7 - 0.00004 * theta**9))


def test_shapes_are_kept() -> None:
    lens = LENSES[0]
    assert lens.project(np.ones((4, 5, 3))).shape == (4, 5, 2)
    assert lens.unproject(np.ones((4, 5, 2))).shape == (4, 5, 3)
    assert lens.theta(np.ones((4, 5, 3))).shape == (4, 5)


def test_a_scaled_lens_sees_the_resized_picture() -> None:
    """Pixel areas coincide: output pixel (0, 0) of a half-size picture is the mean of the source pixels 0 and 1."""
    lens, there = LENSES[0], ray(1.0, 0.4)
    assert np.allclose(lens.scaled(0.5).project(there), (lens.project(there) + 0.5) / 2 - 0.5)


def test_default_lens_is_the_largest_centred_circle() -> None:
    assert default_lens((1920, 1080)) == Lens(LensModel.EQUIDISTANT, 182.0, Circle(959.5, 539.5, 540.0))


def test_spelling() -> None:
    assert Lens.parse("Equisolid", 180, CIRCLE) == Lens(LensModel.EQUISOLID, 180, CIRCLE)
    assert Lens.parse("kb:0.1,-0.02", 180, CIRCLE).coefficients == (0.1, -0.02)
    assert Circle.parse("1495.5, 1495.5, 1480") == Circle(1495.5, 1495.5, 1480)


@pytest.mark.parametrize("text", ["", "fisheye", "kb:", "kb:a", "kb:1,2,3,4,5", "kb:-9", "kb:nan", "equidistant:1", "kb"])
def test_bad_lenses_are_named(text: str) -> None:
    with pytest.raises(InvalidValue, match="lens="):
        Lens.parse(text, 180, CIRCLE)


@pytest.mark.parametrize("text", ["", "1,2", "1,2,3,4", "a,b,c", "1,2,0", "1,2,nan", "1,2,-5", "1e9,0,5"])
def test_bad_circles_are_named(text: str) -> None:
    with pytest.raises(InvalidValue, match="circle="):
        Circle.parse(text)


@pytest.mark.parametrize(("model", "fov"), [("equidistant", 361), ("orthographic", 181), ("stereographic", 350), ("equisolid", math.nan)])
def test_bad_fields_are_named(model: str, fov: float) -> None:
    with pytest.raises(InvalidValue, match="fov="):
        Lens.parse(model, fov, CIRCLE)


@given(st.text(max_size=40))
def test_any_text_is_a_model_or_one_clear_error(text: str) -> None:
    with contextlib.suppress(InvalidValue):
        model, coefficients = parse_model(text)
        assert Lens(model, 180, CIRCLE, coefficients).focal > 0


def test_description_is_enough_to_rebuild_the_lens() -> None:
    for lens in LENSES:
        told = describe(lens, Mount.WALL, 12.5)
        assert Lens(LensModel(told["model"]), told["fov"], Circle(**told["circle"]), tuple(told["coefficients"])) == lens
        assert (told["mount"], told["roll"]) == ("wall", 12.5)

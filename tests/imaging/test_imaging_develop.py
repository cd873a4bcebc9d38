"""The kernels of the picture adjustment: all give the bytes of the reference, at every size and range, and refuse what does not fit."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import pytest

from panocam.imaging.recipe import Recipe, State, develop_native, fresh_state, luma_range
from panocam.imaging.reference import develop_reference
from panocam.media.planes import JPEG_COLOR, VIDEO_COLOR, Color, Plane, Planes

native: Any = pytest.importorskip("panocam_native", reason="the package panocam-native is not installed")
if not hasattr(native, "develop"):
    pytest.skip("the package panocam-native is too old", allow_module_level=True)
KERNELS = native.kernels()
GUARD = 0xA5

TEMPORAL = np.array([[4000, 90, -30, 7], [3000, 60, 20, 6]], np.int32)
SPATIAL = np.array([[14, -8, 12], [20, 3, 10]], np.int32)
MATRIX = np.array([[1, -0.1, 0.05], [-0.04, 1.2, 0.1], [0.03, -0.1, 1.1]], np.float32)
COLOURS = np.diag([1, 1.3, 1.3]).astype(np.float32)
LUT = np.rint(255 * (np.arange(256) / 255) ** 0.8).astype(np.uint8)
SHARP, SOFT = np.array([6000, 20], np.int32), np.array([-3000, 0], np.int32)
SIZES = [(16, 16), (1, 1), (17, 9), (64, 48), (301, 131), (2, 40)]


def grid(width: int, height: int) -> np.ndarray[Any, Any]:
    rng = np.random.default_rng(3)
    shape = (-(-height // 8), -(-width // 8))
    return np.stack([rng.uniform(*span, shape) for span in ((0.7, 1.8), (-20, 20), (-0.002, 0.002), (0.8, 1.5))]).astype(np.float32)


def recipes(width: int, height: int) -> dict[str, Recipe]:
    cells = grid(width, height)
    return {
        "nothing": Recipe(),
        "temporal": Recipe(temporal=TEMPORAL),
        "spatial": Recipe(spatial=SPATIAL),
        "matrix": Recipe(matrix=MATRIX),
        "table": Recipe(lut=LUT),
        "colours and table": Recipe(matrix=COLOURS, lut=LUT),
        "matrix and table": Recipe(matrix=MATRIX, lut=LUT),
        "grid": Recipe(grid=cells),
        "sharp": Recipe(sharpen=SHARP),
        "soft": Recipe(sharpen=SOFT),
        "spatial and sharp": Recipe(spatial=SPATIAL, sharpen=SHARP),
        "table and sharp": Recipe(lut=LUT, sharpen=SHARP),
        "everything": Recipe(TEMPORAL, SPATIAL, MATRIX, None, cells, SHARP),
    }


def picture(width: int, height: int, color: Color = JPEG_COLOR, seed: int = 0) -> Planes:
    """Blobs and noise, the whole range."""
    rng = np.random.default_rng(seed)
    planes = Planes.blank(width, height, color)
    for plane in (planes.y, planes.u, planes.v):
        h, w = plane.shape
        rough = rng.uniform(0, 255, (max(2, h // 6), max(2, w // 6))).astype(np.float32)
        plane[:] = np.clip(np.asarray(cv2.resize(rough, (w, h), interpolation=cv2.INTER_CUBIC)) + rng.normal(0, 5, (h, w)), 0, 255)
    return planes


def guarded(width: int, height: int, color: Color) -> tuple[Planes, list[Plane]]:
    """Planes set into larger arrays full of a guard value, and those arrays."""
    sizes = ((width, height), ((width + 1) // 2, (height + 1) // 2))
    whole = [np.full((h + 8, w + 40), GUARD, np.uint8) for w, h in (sizes[0], sizes[1], sizes[1])]
    y, u, v = (w[4:-4, 17:-23] for w in whole)
    return Planes(y, u, v, color), whole


def parts(planes: Planes, state: State) -> list[np.ndarray[Any, Any]]:
    return [planes.y, planes.u, planes.v, *state]


@pytest.mark.parametrize("color", [JPEG_COLOR, VIDEO_COLOR], ids=["full", "limited"])
@pytest.mark.parametrize("size", SIZES, ids=str)
def test_every_kernel_gives_the_bytes_of_the_reference(size: tuple[int, int], color: Color) -> None:
    source, before = picture(*size, color), picture(*size, color, seed=1)
    for name, recipe in recipes(*size).items():
        expected, state = Planes.blank(*size, color), fresh_state(before)
        develop_reference(recipe, source, expected, state)
        for kernel in KERNELS:
            out, own = Planes.blank(*size, color), fresh_state(before)
            develop_native(recipe, source, out, own, kernel)
            for plane, wanted in zip(parts(out, own), parts(expected, state), strict=True):
                assert np.array_equal(plane, wanted), (name, kernel)


@pytest.mark.parametrize("kernel", KERNELS)
def test_nothing_beside_the_picture_is_written_and_the_source_is_left_alone(kernel: str) -> None:
    source, _ = guarded(301, 131, JPEG_COLOR)
    for plane, filled in zip((source.y, source.u, source.v), parts(picture(301, 131), fresh_state(source))[:3], strict=True):
        plane[:] = filled
    before = [p.copy() for p in (source.y, source.u, source.v)]
    for recipe in recipes(301, 131).values():
        out, whole = guarded(301, 131, JPEG_COLOR)
        develop_native(recipe, source, out, fresh_state(source), kernel)
        for array in whole:
            array[4:-4, 17:-23] = GUARD
            assert (array == GUARD).all()
    assert all(np.array_equal(p, b) for p, b in zip((source.y, source.u, source.v), before, strict=True))


def test_a_flat_picture_keeps_its_colour() -> None:
    source = Planes.blank(64, 48)
    source.y[:], source.u[:], source.v[:] = 97, 140, 101
    for name in ("temporal", "spatial", "sharp", "soft", "spatial and sharp"):
        out = Planes.blank(64, 48)
        develop_native(recipes(64, 48)[name], source, out, fresh_state(source))
        assert all((a == b).all() for a, b in zip((out.y, out.u, out.v), (source.y, source.u, source.v), strict=True)), name


BAD = {
    "temporal": Recipe(temporal=np.array([[4000, 90, -300, 7], [3000, 60, 20, 6]], np.int32)),
    "spatial": Recipe(spatial=np.array([[14, 18, 12], [20, 3, 10]], np.int32)),
    "shape of spatial": Recipe(spatial=SPATIAL[:1]),
    "matrix": Recipe(matrix=2 * MATRIX),
    "grid": Recipe(grid=grid(64, 56)),
    "table": Recipe(lut=LUT[:200]),
    "sharpen": Recipe(sharpen=np.array([30000, 0], np.int32)),
}


@pytest.mark.parametrize("what", BAD)
def test_numbers_out_of_range_are_refused(what: str) -> None:
    source = picture(64, 48)
    with pytest.raises(ValueError, match="must"):
        develop_native(BAD[what], source, Planes.blank(64, 48), fresh_state(source))


def test_shapes_that_disagree_are_refused() -> None:
    source = picture(64, 48)
    with pytest.raises(ValueError, match="same size"):
        develop_native(Recipe(), source, Planes.blank(64, 50))
    with pytest.raises(ValueError, match="state"):
        develop_native(Recipe(temporal=TEMPORAL), source, Planes.blank(64, 48), fresh_state(picture(64, 50)))
    with pytest.raises(ValueError, match="no kernel"):
        develop_native(Recipe(), source, Planes.blank(64, 48), None, "mmx")


def test_luma_ranges() -> None:
    assert luma_range(Planes.blank(2, 2, VIDEO_COLOR)) == (16, 235)

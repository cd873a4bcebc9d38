"""Masks in the colour of what surrounds them: that colour, slowly, and not a byte of it from what they hide."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from panocam.imaging.cover import patches
from panocam.imaging.ink import HOLD_NS, Ink, shade
from panocam.imaging.privacy import Privacy, PrivacyMask
from panocam.media.frame import RawFrame
from panocam.media.planes import JPEG_COLOR, Planes
from panocam.optics.lens import Circle, Lens, LensModel
from panocam.optics.polygon import Polygon

SIDE = 240
LENS = Lens(LensModel.EQUIDISTANT, 182.0, Circle(SIDE / 2, SIDE / 2, SIDE / 2 - 4))
NORTH = Polygon(((-30.0, 30.0), (30.0, 30.0), (30.0, 60.0), (-30.0, 60.0)))
SOUTH = Polygon(((150.0, 30.0), (210.0, 30.0), (210.0, 60.0), (150.0, 60.0)))
BESIDE = Polygon(((33.0, 30.0), (70.0, 30.0), (70.0, 60.0), (33.0, 60.0)))


def two_halves() -> Planes:
    """Dark and reddish in the north, bright and bluish in the south."""
    planes, half = Planes.blank(SIDE, SIDE, JPEG_COLOR), SIDE // 2
    planes.y[:half], planes.y[half:] = 60, 180
    planes.u[: half // 2], planes.u[half // 2 :] = 110, 150
    planes.v[: half // 2], planes.v[half // 2 :] = 160, 120
    return planes


def with_inside(planes: Planes, polygons: tuple[Polygon, ...], seed: int) -> Planes:
    """The same picture with something else under each mask."""
    rng, out = np.random.default_rng(seed), Planes(planes.y.copy(), planes.u.copy(), planes.v.copy(), planes.color)
    for patch in patches(polygons, LENS, planes.size):
        noise = tuple(rng.integers(0, 256, plane.shape, np.uint8) for plane in patch.of(out))
        patch.put(noise, out)  # type: ignore[arg-type]
    return out


def shown(mask: PrivacyMask, planes: Planes, second: float = 0, ours: bool = False) -> Planes:
    out = mask.apply(RawFrame(planes, int(second * 1e9), 0, ours=ours), LENS).planes
    return Planes(np.array(out.y), np.array(out.u), np.array(out.v), out.color)


def color_of(planes: Planes, polygon: Polygon) -> tuple[int, int, int]:
    """The one colour that a mask shows."""
    (patch,) = patches((polygon,), LENS, planes.size)
    found = [
        plane[(mask if mask is not None else np.ones(plane.shape)) > 0]
        for plane, mask in zip(patch.of(planes), (patch.luma, patch.chroma, patch.chroma), strict=True)
    ]
    assert all((values == values[0]).all() for values in found)
    return int(found[0][0]), int(found[1][0]), int(found[2][0])


def test_each_mask_has_the_colour_about_it() -> None:
    out = shown(PrivacyMask(Privacy((NORTH, SOUTH), Ink.CHAMELEON)), two_halves())
    assert color_of(out, NORTH) == (60, 110, 160)
    assert color_of(out, SOUTH) == (180, 150, 120)


POLYGONS = st.lists(
    st.tuples(st.floats(0, 360), st.floats(12, 75), st.floats(15, 80), st.floats(8, 30)).map(
        lambda a: Polygon(((a[0], a[1]), (a[0] + a[2], a[1]), (a[0] + a[2], a[1] + a[3]), (a[0], a[1] + a[3])))
    ),
    min_size=1,
    max_size=5,
).map(tuple)


@settings(max_examples=40, deadline=None)
@given(POLYGONS, st.integers(0, 1000), st.booleans())
def test_what_lies_inside_changes_no_byte(polygons: tuple[Polygon, ...], seed: int, ours: bool) -> None:
    """Also where one mask lies beside another: the rim of one is never what the other hides."""
    rng, masks = np.random.default_rng(seed), [PrivacyMask(Privacy(polygons, Ink.CHAMELEON)) for _ in range(2)]
    for look in range(3):
        outside = Planes.blank(SIDE, SIDE, JPEG_COLOR)
        for plane in (outside.y, outside.u, outside.v):
            plane[:] = rng.integers(0, 256, plane.shape)
        one, other = (shown(mask, with_inside(outside, polygons, number + 2 * look), 1.5 * look, ours) for number, mask in enumerate(masks))
        assert all(np.array_equal(a, b) for a, b in ((one.y, other.y), (one.u, other.u), (one.v, other.v)))


def test_a_mask_beside_another_does_not_take_what_that_hides() -> None:
    planes, colors = two_halves(), set()
    for level in (0, 255):
        for patch in patches((BESIDE,), LENS, planes.size):
            patch.put(tuple(np.full(plane.shape, level, np.uint8) for plane in patch.of(planes)), planes)  # type: ignore[arg-type]
        colors.add(color_of(shown(PrivacyMask(Privacy((NORTH, BESIDE), Ink.CHAMELEON)), planes), NORTH))
    assert colors == {(60, 110, 160)}


def test_it_follows_slowly_and_in_steps() -> None:
    mask, dark, bright = PrivacyMask(Privacy((NORTH,), Ink.CHAMELEON)), two_halves(), two_halves()
    bright.y[: SIDE // 2] = 160
    dark.y[:] = np.minimum(dark.y, 60)
    assert color_of(shown(mask, dark), NORTH)[0] == 60
    assert color_of(shown(mask, bright, 0.5), NORTH)[0] == 60  # not looked at yet
    seen = [
        color_of(shown(mask, with_inside(bright, (NORTH,), 1), second), NORTH)[0] for second in (1.1, 2.2, 3.3, 9, 10.1, 12, 14, 16, 18)
    ]
    assert 80 < seen[0] < 100
    assert seen == sorted(seen)
    assert seen[-1] > 150
    for number in range(6):  # noise moves nothing
        noisy = two_halves()
        noisy.y[:] = np.clip(bright.y + np.random.default_rng(number).normal(0, 5, noisy.y.shape), 0, 255)
        seen.append(color_of(shown(mask, noisy, 60 + 2 * number), NORTH)[0])
    assert len(set(seen[-4:])) == 1


@pytest.mark.parametrize("lens", [None, LENS])
def test_where_nothing_surrounds_it_it_is_grey(lens: Lens | None) -> None:
    everything = Polygon(((0.0, 100.0), (90.0, 100.0), (180.0, 100.0), (270.0, 100.0)))
    mask = PrivacyMask(Privacy((everything,), Ink.CHAMELEON))
    out = mask.apply(RawFrame(two_halves(), HOLD_NS, 0), lens).planes
    assert out.y[SIDE // 2, SIDE // 2] == shade(Ink.GREY, JPEG_COLOR)[0]

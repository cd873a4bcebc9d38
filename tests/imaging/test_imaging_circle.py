"""The image circle: on drawn scenes whose circle is known, on pictures without one, and on real lenses where their pictures are at hand."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from panocam.imaging.circle import PATIENCE, CircleFinder
from panocam.media.planes import Plane, Planes
from panocam.optics.lens import Circle

DATA = Path(os.environ.get("PANOCAM_TEST_DATA") or Path(__file__).parents[2] / ".." / "shared" / "data")
Luma = NDArray[np.float32]


def texture(rng: np.random.Generator, size: tuple[int, int]) -> Luma:
    """Something that looks like a room to the finder: light and dark patches of several sizes, 0.05..1."""
    layers = [cv2.resize(rng.random((n, n), dtype=np.float32), size, interpolation=cv2.INTER_CUBIC) for n in (8, 24, 64)]
    return np.clip(np.mean(layers, axis=0) * 1.6 - 0.2, 0.05, 1).astype(np.float32)


def fisheye(
    size: tuple[int, int],
    circle: Circle,
    seed: int = 1,
    *,
    peak: float = 200,
    black: float = 3,
    noise: float = 2,
    fall: float = 0.5,
    blur: float = 1.5,
    dark: tuple[float, float] = (0, 0),
    glow: float = 0,
) -> Plane:
    """A scene behind a fisheye. ``fall``: loss of light at the rim; ``dark``: from and to which turn the scene is black."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[: size[1], : size[0]].astype(np.float32)
    r = np.hypot(x - circle.cx, y - circle.cy) / circle.radius
    turn = np.arctan2(y - circle.cy, x - circle.cx) / (2 * np.pi) % 1
    light = texture(rng, size) * (1 - fall * np.clip(r, 0, 1) ** 4) * peak
    light[(turn >= dark[0]) & (turn < dark[1])] *= 0.005
    light = np.where(r <= 1, light, glow * np.exp(-(((r - 1) / 0.08) ** 2))) + black
    light = cv2.GaussianBlur(light.astype(np.float32), (0, 0), blur)
    return np.clip(light + rng.normal(0, noise, light.shape), 0, 255).round().astype(np.uint8)


def planes(luma: Plane) -> Planes:
    chroma = np.full(((luma.shape[0] + 1) // 2, (luma.shape[1] + 1) // 2), 128, np.uint8)
    return Planes(luma, chroma, chroma)


def looked(*lumas: Plane) -> CircleFinder:
    finder = CircleFinder()
    for luma in lumas:
        finder.add(planes(luma))
    return finder


def error(found: Circle | None, true: Circle) -> float:
    """The largest difference of centre and radius, in parts of the radius."""
    assert found is not None, "no circle found"
    return max(abs(found.cx - true.cx), abs(found.cy - true.cy), abs(found.radius - true.radius)) / true.radius


SCENES: dict[str, tuple[tuple[int, int], Circle, dict[str, Any]]] = {
    "whole": ((1000, 1000), Circle(501.3, 497.8, 480.4), {}),
    "sensor": ((2160, 2160), Circle(1075.2, 1083.1, 1071.7), {}),
    "vignetted": ((1000, 1000), Circle(500, 500, 480), {"fall": 0.8}),
    "noisy": ((1000, 1000), Circle(503, 498, 480), {"noise": 8}),
    "dim": ((1000, 1000), Circle(500.5, 499.5, 481), {"peak": 16, "noise": 2}),
    "limited range": ((1000, 1000), Circle(500, 500, 480), {"black": 16}),
    "glow": ((1000, 1000), Circle(500, 500, 460), {"glow": 15}),
    "strong glow": ((1000, 1000), Circle(500, 500, 460), {"glow": 25}),
    "out of focus": ((1000, 1000), Circle(500, 500, 480), {"blur": 5}),
    "wide frame": ((1920, 1080), Circle(955, 545, 520), {}),
    "small in the frame": ((640, 480), Circle(330, 233, 160), {}),
    "cut on one side": ((1280, 960), Circle(900, 480, 470), {}),
    "cut on two sides": ((1920, 1080), Circle(960, 540, 700), {}),
    "cut on three sides": ((1000, 800), Circle(700, 400, 480), {}),
    "cut on four sides": ((1000, 1000), Circle(500, 500, 590), {}),
    "but for the corners": ((1000, 1000), Circle(500, 500, 640), {}),
    "dark third": ((1000, 1000), Circle(500, 500, 480), {"dark": (0.1, 0.43)}),
}


@pytest.mark.parametrize("name", SCENES)
@pytest.mark.parametrize("seed", [1, 2])
def test_known_circles_are_found_within_half_a_percent(name: str, seed: int) -> None:
    size, circle, how = SCENES[name]
    found = looked(fisheye(size, circle, seed, **how)).circle
    assert error(found, circle) < 0.005


def test_two_looks_that_agree_are_enough() -> None:
    size, circle, _ = SCENES["whole"]
    finder = looked(fisheye(size, circle, 1))
    assert not finder.done
    finder.add(planes(fisheye(size, circle, 2)))
    assert finder.done
    found = finder.circle
    finder.add(planes(fisheye(size, Circle(400, 400, 300), 3)))
    assert finder.circle is found, "a finder that is done looks no more"


def test_light_from_several_pictures_adds_up() -> None:
    """Each picture shows two fifths of the rim, which is too little to be believed; two of them show enough."""
    size, circle, _ = SCENES["whole"]
    one, other = fisheye(size, circle, 1, dark=(0.4, 1.0)), fisheye(size, circle, 2, dark=(0.0, 0.4))
    assert looked(one).circle is None
    assert error(looked(np.maximum(one, other)).circle, circle) < 0.005
    good = fisheye(size, circle, 3, dark=(0.5, 1.0))
    finder = looked(good)
    assert finder.circle is not None
    assert not finder.done
    for luma in (other, good, other):
        finder.add(planes(luma))
    assert finder.done
    assert error(finder.circle, circle) < 0.005


def test_one_spoilt_picture_at_the_start_does_no_lasting_harm() -> None:
    size, circle, _ = SCENES["whole"]
    grey = np.full((size[1], size[0]), 130, np.uint8)
    grey[:40] = 125
    good = fisheye(size, circle, 1)
    finder = looked(grey, good, good, good, good)
    assert finder.done
    assert error(finder.circle, circle) < 0.005


def flat_scenes() -> dict[str, Plane]:
    """Pictures of ordinary lenses: full, vignetted, with bars above and below or left and right, and by night."""
    rng, size = np.random.default_rng(3), (1280, 720)
    y, x = np.mgrid[: size[1], : size[0]].astype(np.float32)
    room = texture(rng, size) * 220
    far = np.hypot(x - 640, y - 360) / 734
    wide, tall, night = room.copy(), room.copy(), rng.normal(4, 2, room.shape)
    wide[:90] = wide[-90:] = 0
    tall[:, :160] = tall[:, -160:] = 0
    for cx, cy in rng.integers((0, 0), size, (12, 2)):
        night[np.hypot(x - cx, y - cy) < 15] = 250
    scenes = {
        "full": room, "vignetted": room * (1 - 0.8 * far**2), "letterbox": wide, "pillarbox": tall, "night": night,
        "noise": rng.integers(0, 255, room.shape), "grey": np.full(room.shape, 128), "gradient": x / 5,
        "dark": rng.normal(3, 2, room.shape),
    }  # fmt: skip
    return {name: np.clip(luma, 0, 255).astype(np.uint8) for name, luma in scenes.items()}


@pytest.mark.parametrize("name", list(flat_scenes()))
def test_pictures_of_ordinary_lenses_have_no_circle(name: str) -> None:
    luma = flat_scenes()[name]
    assert looked(luma, luma).circle is None


def test_the_search_ends() -> None:
    finder = looked(*[flat_scenes()["letterbox"]] * PATIENCE)
    assert finder.done
    assert finder.circle is None


def test_blackness_is_waited_out() -> None:
    """A camera that starts in the dark is looked at when the lights go on."""
    black = np.zeros((480, 640), np.uint8)
    circle = Circle(320, 240, 230)
    lit = fisheye((640, 480), circle)
    finder = looked(*[black] * (PATIENCE + 1), lit, lit)
    assert finder.done
    assert error(finder.circle, circle) < 0.005


@pytest.mark.parametrize("size", [(2, 2), (16, 16), (31, 400), (33, 33), (2000, 40)])
def test_odd_sizes_do_no_harm(size: tuple[int, int]) -> None:
    luma = np.random.default_rng(1).integers(0, 255, (size[1], size[0])).astype(np.uint8)
    assert looked(luma, luma).circle is None


# Read off the pictures by eye at the rim's half brightness, and for the clips known from how they were made.
REAL = {
    "office_table.jpg": (Circle(1578, 1504.5, 1570), 0.005),
    "empty_a.jpg": (Circle(806, 807, 838), 0.005),
    "empty_b.jpg": (Circle(802, 811, 841.5), 0.005),
    "sim_people.mp4": (Circle(504, 504, 500), 0.002),
    "sim_vehicle_person.mp4": (Circle(504, 504, 500), 0.002),
}


def real(name: str) -> list[Plane]:
    path = DATA / name
    if not path.exists():
        pytest.skip(f"{path} is not there; PANOCAM_TEST_DATA names the folder of real fisheye pictures")
    if path.suffix == ".jpg":
        picture = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
        assert picture is not None
        return [np.asarray(picture, np.uint8)] * 2
    clip = cv2.VideoCapture(str(path))
    frames = [clip.read()[1] for _ in range(4)]
    clip.release()
    return [np.asarray(cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY), np.uint8) for frame in frames]


@pytest.mark.parametrize("name", REAL)
def test_real_lenses(name: str) -> None:
    true, within = REAL[name]
    finder = looked(*real(name))
    assert finder.done
    assert error(finder.circle, true) < within


@pytest.mark.parametrize(
    ("left", "top", "right", "bottom"), [(300, 0, 304, 0), (0, 300, 0, 300), (900, 0, 0, 0), (150, 150, 150, 150)], ids=str
)
def test_a_real_lens_cut_further(left: int, top: int, right: int, bottom: int) -> None:
    """A glow around the lens must not be taken for its rim when little of the rim is left."""
    true, _ = REAL["office_table.jpg"]
    luma = real("office_table.jpg")[0]
    cut = np.ascontiguousarray(luma[top : luma.shape[0] - bottom, left : luma.shape[1] - right])
    assert error(looked(cut).circle, Circle(true.cx - left, true.cy - top, true.radius)) < 0.006


def test_a_real_lens_by_night() -> None:
    true, _ = REAL["empty_a.jpg"]
    luma = real("empty_a.jpg")[0]
    noise = np.random.default_rng(1).normal(4, 2, luma.shape)
    assert error(looked(np.clip(luma * 0.06 + noise, 0, 255).astype(np.uint8)).circle, true) < 0.005

"""The known scene is where the lens says it is: calibration targets, straight edges, depth."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from panocam.errors import InvalidValue
from panocam.optics.lens import Circle, Lens, LensModel
from panocam.optics.mount import Mount
from panocam.scene import SCENES, Scene, SensorSettings, open_scene

QUIET = SensorSettings(noise=0)


@pytest.fixture(scope="module")
def ceiling() -> Scene:
    return open_scene("room", "ceiling", 1200, settings=QUIET)


def clearly_seen(scene: Scene, name: str) -> bool:
    """Near enough to be a few pixels large, inside the circle, and with nobody and nothing in front."""
    at = np.array(scene.markers[name])
    px, distance = scene.project(at)
    r = np.hypot(*(px - (scene.size - 1) / 2))
    return bool(r < 0.90 * scene.size / 2 and distance < 4.5 and scene.depth_at(px) > distance * 0.97)


def crossing(luma: np.ndarray, px: np.ndarray, half: int = 7) -> np.ndarray:
    """Where the chequer fields meet: the point about which the picture is most symmetric under a half turn."""
    best, where = -1.0, px
    for dy in np.arange(-2, 2.01, 0.25):
        for dx in np.arange(-2, 2.01, 0.25):
            patch = cv2.getRectSubPix(luma, (2 * half + 1, 2 * half + 1), (float(px[0] + dx), float(px[1] + dy))).astype(float)
            patch -= patch.mean()
            score = float((patch * patch[::-1, ::-1]).sum() / ((patch**2).sum() + 1e-9))
            if score > best:
                best, where = score, px + [dx, dy]
    assert best > 0.8
    return where


@pytest.mark.parametrize("mount", ["ceiling", "wall", "desk"])
def test_targets_are_where_the_lens_says(mount: str) -> None:
    scene = open_scene("room", mount, 1200, settings=QUIET)
    luma = scene.render(1000.0).y
    names = [n for n in scene.markers if clearly_seen(scene, n)]
    truth = {o.id: o.box for o in scene.truth(1000.0)}
    checked = 0
    for name in names:
        px, _ = scene.project(np.array(scene.markers[name]))
        if any(b is not None and b[0] - 9 < px[0] < b[2] + 9 and b[1] - 9 < px[1] < b[3] + 9 for b in truth.values()):
            continue
        assert np.hypot(*(crossing(luma, px) - px)) < 1.0, name
        checked += 1
    assert checked >= 2


def test_another_lens_moves_the_picture(ceiling: Scene) -> None:
    lens = Lens(LensModel.STEREOGRAPHIC, 170, Circle(590, 610, 560))
    scene = open_scene("room", "ceiling", 1200, lens, settings=QUIET)
    luma = scene.render(1000.0).y
    at = np.array(scene.markers["floor-north"])
    px, _ = scene.project(at)
    assert np.hypot(*(px - ceiling.project(at)[0])) > 20
    assert np.hypot(*(crossing(luma, px) - px)) < 1.0


def test_outside_the_circle_is_black(ceiling: Scene) -> None:
    picture = ceiling.render(3.0)
    y, x = np.mgrid[0:1200, 0:1200]
    outside = np.hypot(x - 599.5, y - 599.5) > 602
    assert picture.y[outside].max() <= 1
    assert np.abs(picture.u.astype(int) - 128)[outside[::2, ::2] & outside[1::2, 1::2]].max() <= 1


def test_an_edge_is_an_edge_all_along(ceiling: Scene) -> None:
    """The table's long sides: brightness steps across the projected line at many places."""
    luma = ceiling.render(1000.0).y
    for name in ("table-north", "table-south"):
        edge = next(e for e in ceiling.lines if e.name == name)
        steps = []
        for k in np.linspace(0.1, 0.9, 17):
            a = np.array(edge.start) * (1 - k) + np.array(edge.end) * k
            out = np.array([0, 0.04 if name == "table-north" else -0.04, 0])
            (inner, _), (outer, _) = ceiling.project(a - out), ceiling.project(a + out)
            values = [float(cv2.getRectSubPix(luma, (1, 1), tuple(p))[0, 0]) for p in (inner, outer)]
            steps.append(values[0] - values[1])
        assert np.median(np.abs(steps)) > 15, name


def test_depth_is_the_distance_to_the_floor(ceiling: Scene) -> None:
    point = np.array([-0.4, -0.9, 0.0])
    px, distance = ceiling.project(point)
    assert ceiling.depth_at(px) == pytest.approx(distance, abs=0.02)


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        (("attic",), "scene"),
        (("room", "shelf"), "mount"),
        (("room", "ceiling", 158), "size"),
        (("room", "ceiling", 1001), "size"),
        (("room", "ceiling", 8194), "size"),
    ],
)
def test_what_does_not_exist_is_refused(arguments: tuple[object, ...], name: str) -> None:
    with pytest.raises(InvalidValue) as refusal:
        open_scene(*arguments)  # type: ignore[arg-type]
    assert refusal.value.name == name
    if name == "scene":
        assert all(s in str(refusal.value) for s in SCENES)


@pytest.mark.parametrize("name", list(SCENES))
@pytest.mark.parametrize("mount", list(Mount))
def test_every_world_opens_on_every_mount_even_tiny(name: str, mount: Mount) -> None:
    scene = open_scene(name, mount, 160)
    picture = scene.render(12.5)
    assert picture.size == (160, 160)
    middle = picture.y[40:120, 40:120].astype(float)
    assert 40 < middle.mean() < 225
    assert middle.std() > 10

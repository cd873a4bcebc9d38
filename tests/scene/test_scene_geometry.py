"""The known scene is where the lens says it is: calibration targets, straight edges, depth."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from panocam.errors import InvalidValue
from panocam.optics.lens import Circle, Lens, LensModel
from panocam.optics.mount import Mount
from panocam.scene import SCENES, Scene, SceneOptions, SensorSettings, open_scene

QUIET = SceneOptions(SensorSettings(noise=0))


@pytest.fixture(scope="module")
def ceiling() -> Scene:
    return open_scene("room", "ceiling", SIZE, options=QUIET)


SIZE, T = 800, 1000.0


def clear_targets(scene: Scene) -> list[str]:
    """Targets near enough to be a few pixels large, inside the circle, and with nobody and nothing in front at ``T``."""
    boxes = [o.box for o in scene.truth(T) if o.box is not None]
    out = []
    for name, at in scene.markers.items():
        (x, y), distance = scene.project(at)
        if (
            distance < 4.0
            and scene.lens.theta(scene.camera_pose.axes @ (np.array(at) - scene.camera_pose.position)) < 0.9 * scene.lens.half
        ):
            hidden = scene.depth_at((x, y)) < distance * 0.97
            if not hidden and not any(b[0] - 9 < x < b[2] + 9 and b[1] - 9 < y < b[3] + 9 for b in boxes):
                out.append(name)
    return out


def crossing(luma: np.ndarray, px: np.ndarray, half: int = 6) -> np.ndarray:
    """Where the chequer fields meet: the point about which the picture is most symmetric under a half turn."""
    best, where = -1.0, px
    for dy in np.arange(-2, 2.01, 0.25):
        for dx in np.arange(-2, 2.01, 0.25):
            patch = cv2.getRectSubPix(luma, (2 * half + 1, 2 * half + 1), (float(px[0] + dx), float(px[1] + dy))).astype(float)
            patch -= patch.mean()
            score = float((patch * patch[::-1, ::-1]).sum() / ((patch**2).sum() + 1e-9))
            if score > best:
                best, where = score, np.array([px[0] + dx, px[1] + dy])
    assert best > 0.8
    return where


@pytest.mark.parametrize("mount", ["ceiling", "wall", "desk"])
def test_targets_are_where_the_lens_says(mount: str) -> None:
    scene = open_scene("room", mount, SIZE, options=QUIET)
    luma = scene.render(T).y
    names = clear_targets(scene)
    assert len(names) >= 2
    for name in names:
        px, _ = scene.project(scene.markers[name])
        assert np.hypot(*(crossing(luma, px) - px)) < 1.0, name


def test_another_lens_moves_the_picture(ceiling: Scene) -> None:
    lens = Lens(LensModel.STEREOGRAPHIC, 170, Circle(392, 408, 380))
    scene = open_scene("room", "ceiling", SIZE, lens, options=QUIET)
    luma = scene.render(T).y
    names = clear_targets(scene)
    assert names
    for name in names:
        px, _ = scene.project(scene.markers[name])
        assert np.hypot(*(px - ceiling.project(scene.markers[name])[0])) > 10
        assert np.hypot(*(crossing(luma, px) - px)) < 1.0, name


def test_outside_the_circle_is_black(ceiling: Scene) -> None:
    picture = ceiling.render(3.0)
    y, x = np.mgrid[0:SIZE, 0:SIZE]
    outside = np.hypot(x - SIZE / 2 + 0.5, y - SIZE / 2 + 0.5) > SIZE / 2 + 2
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

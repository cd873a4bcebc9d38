"""People and vehicles: where the truth says they are, whole, upright, and gone on their way a moment later."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from panocam.scene import Scene, SensorSettings, open_scene
from panocam.scene.actors import ROOM, YARD
from panocam.scene.cast import Actor
from panocam.scene.paths import loop
from panocam.scene.people import Person


@pytest.fixture(scope="module", params=[("room", "ceiling"), ("room", "wall"), ("yard", "wall"), ("yard", "ceiling")], ids="-".join)
def scene(request: pytest.FixtureRequest) -> Scene:
    name, mount = request.param
    opened = open_scene(name, mount, 480)
    opened.settings = SensorSettings(noise=0, shutter_s=opened.settings.shutter_s)
    return opened


def test_what_changes_between_pictures_lies_in_the_boxes(scene: Scene) -> None:
    """Moving pixels are bodies (inside the boxes) or soft shadows near them (small changes)."""
    for t in (2.0, 11.0):
        a, b = scene.render(t).y.astype(int), scene.render(t + 0.4).y.astype(int)
        inside = np.zeros(a.shape, bool)
        for o in (*scene.truth(t), *scene.truth(t + 0.4)):
            if o.box is not None:
                x0, y0, x1, y1 = o.box
                inside[max(0, int(y0) - 2) : int(y1) + 4, max(0, int(x0) - 2) : int(x1) + 4] = True
        moved = np.abs(a - b) > 100
        assert moved.sum() > 50
        assert (moved & ~inside).sum() <= 0.03 * moved.sum()


def test_every_visible_actor_changes_the_picture_where_he_is(scene: Scene) -> None:
    t = 4.0
    with_all, seen = scene.render(t).y.astype(int), 0
    for o in scene.truth(t):
        others = [a for a in scene.moving if a.id != o.id]
        if len(others) == len(scene.moving) or o.box is None:
            continue
        x0, y0, x1, y1 = (int(v) for v in o.box)
        head = np.array([o.position[0], o.position[1], o.height * 0.9])
        px, distance = scene.project(head)
        others_nearer = [
            b for b in scene.truth(t) if b.id != o.id and b.box and b.box[0] < px[0] < b.box[2] and b.box[1] < px[1] < b.box[3]
        ]
        if x1 - x0 < 6 or y1 - y0 < 6 or others_nearer or scene.depth_at(px) < distance:
            continue
        seen += 1
        without = scene.render_only(t, others).y.astype(int)
        changed = np.abs(with_all - without)[y0 : y1 + 1, x0 : x1 + 1] > 8
        assert changed.mean() > 0.03, o
    assert seen >= 2


def test_truth_is_complete(scene: Scene) -> None:
    objects = scene.truth(1.0)
    assert len({o.id for o in objects}) == len(objects) == len(ROOM if len(objects) < 6 else YARD)
    for o in objects:
        assert o.kind in ("person", "vehicle")
        assert 1.3 < o.height < 1.95
        assert 0 <= o.heading < 360
        assert np.allclose(np.linalg.norm(o.rays, axis=1), 1)
        foot = np.array(o.position) - scene.camera_pose.position
        foot /= np.linalg.norm(foot)
        assert (o.rays @ foot).max() > 0.9


@given(t=st.floats(0, 3600), speed=st.floats(0.6, 1.8), height=st.floats(1.55, 1.95))
def test_a_walker_keeps_his_height_and_a_foot_on_the_ground(t: float, speed: float, height: float) -> None:
    person = Person(1, loop([(0, 0), (4, 0), (4, 4), (0, 4)]), speed, 0.0, height)
    body = person.figure(t)
    low = (body.capsules.ends[..., 2].min(1) - body.capsules.reach).min()
    assert -0.02 < low < 0.02
    top = body.hull[:, 2].max()
    assert height * 0.93 < top < height * 1.06


def test_feet_do_not_slide() -> None:
    """While a foot carries, it moves much slower than the walker."""
    person = Person(1, loop([(0, 0), (40, 0), (40, 40), (0, 40)]), 1.3, 10.0)
    dt, slow = 0.02, []
    for k in range(60):
        a, b = (person.figure(k * dt + s).contact for s in (0.0, dt))
        carrying = int(a[:, 2].argmin())
        slow.append(np.linalg.norm(b[carrying, :2] - a[carrying, :2]) / dt)
    assert np.median(slow) < 0.45


def test_paths_close() -> None:
    path = loop([(0, 0), (4, 0), (4, 3), (0, 3)])
    assert np.allclose(path.at(0), path.at(path.length))
    assert np.allclose(path.at(1.5), path.at(1.5 + 3 * path.length))
    steps = [np.hypot(*np.subtract(path.at(s + 0.05), path.at(s))) for s in np.linspace(0, path.length, 50)]
    assert max(steps) < 0.0505
    assert min(steps) > 0.045


@pytest.mark.parametrize("cast", [ROOM, YARD], ids=["room", "yard"])
def test_nobody_walks_through_anybody(cast: tuple[Actor, ...]) -> None:
    times = np.arange(0, 1800, 0.25)
    places = {actor.id: np.array([actor.place(t)[:2] for t in times]) for actor in cast}
    for one, other in itertools.combinations(cast, 2):
        apart = float(np.hypot(*(places[one.id] - places[other.id]).T).min())
        assert apart > (0.6 if {one.kind, other.kind} == {"person"} else 1.2), (one.id, other.id)

"""People stand upright in every flat view of every mount, where the truth says they are."""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np
import pytest
from truth_geometry import Array, Pane, panes, place
from truth_kit import MOUNTS, draw, empty, room, sizes, visible

from panocam.imaging.pyramid import Pyramid
from panocam.scene.cast import Actor

TIMES = (21.0, 27.0, 33.0, 12.0, 39.0, 3.0, 46.0, 52.0, 58.0, 64.0)
FLAT = [(m, i) for m in MOUNTS for i in range(1, 12) if m != "wall" or i in (1, 4, 5, 6, 7)]
FAINT = 12
"""Grey levels by which somebody must differ from the empty room."""


def stands(actor: Actor, t: float) -> Array:
    """Points (n, 3) of his axis from the ground to the crown."""
    x, y = actor.place(t)[:2]
    return np.array([(x, y, z) for z in np.linspace(0, actor.height, 20)])


def ends(actor: Actor, t: float, mount: str, pane: Pane) -> Array | None:
    """Pixels (2, 2) in the pane of his lowest point in plain view, with all above it, and of his crown; None for less than 70 cm."""
    axis = stands(actor, t)
    px = place(pane, mount, axis - room(mount).camera_pose.position)
    hidden = np.flatnonzero(np.isnan(px).any(1) | ~visible(room(mount), axis))
    lowest = int(hidden[-1]) + 1 if len(hidden) else 0
    return px[[lowest, -1]] if lowest < len(px) and axis[-1, 2] - axis[lowest, 2] >= 0.7 else None


@pytest.mark.feature("VIEW-07", "VIEW-08", "VIEW-09", "VIEW-10", "VIEW-11", "VIEW-12", "VIEW-13", "IMG-04")
@pytest.mark.parametrize(("mount", "index"), FLAT)
def test_everybody_stands_upright(mount: str, index: int) -> None:
    """What changes in the picture when one person enters the empty room lies along his axis, ends with his head, and is narrower there.

    In a strip the body is upright to a few degrees; in a flat picture it leans towards the rim as on any photograph.
    """
    scene, size = room(mount), sizes(index)
    before = draw(empty(mount), mount, index, size, scene.lens).y.astype(np.int16)
    measured = 0
    for t in TIMES:
        if measured >= 2:
            break
        for actor in scene.moving:
            places = [(pane, both) for pane in panes(index, mount, size) if (both := ends(actor, t, mount, pane)) is not None]
            if not places:
                continue
            after = draw(alone(mount, actor.id, t), mount, index, size, scene.lens).y
            measured += sum(check(pane, np.abs(after - before) > FAINT, both) for pane, both in places)
    assert measured >= 1


@lru_cache(maxsize=12)
def alone(mount: str, number: int, t: float) -> Pyramid:
    """The room with one person in it."""
    scene = room(mount)
    return Pyramid(scene.render_only(t, [a for a in scene.moving if a.id == number]))


def check(pane: Pane, changed: np.ndarray, both: Array) -> int:
    """1 if the person is large enough there to be measured."""
    feet, head = both
    rise = feet[1] - head[1]
    assert rise > 0, "the head is above the feet"
    if rise < 90:
        return 0
    axis = (head - feet) / np.linalg.norm(head - feet)
    if pane.strip:
        assert abs(axis[0]) < 0.01
    inside = np.zeros_like(changed)
    inside[pane.y : pane.y + pane.height, pane.x : pane.x + pane.width] = True
    body = largest(changed & inside)
    y, x = np.nonzero(body)
    along = (np.stack([x, y], 1) - feet) @ axis / np.linalg.norm(head - feet)
    across = (np.stack([x, y], 1) - feet) @ np.array([-axis[1], axis[0]]) / np.linalg.norm(head - feet)
    near = (np.abs(across) < 0.45) & (along > -0.3) & (along < 1.3)
    assert near.mean() > 0.7, "the change is where the person is"
    assert 0.85 < np.quantile(along[near], 0.995) < 1.15, "it ends with the head"
    crown, middle = (np.ptp(across[near & (along > a) & (along < b)]) for a, b in ((0.88, 1.05), (0.4, 0.75)))
    assert crown < middle, "a head is narrower than a body with its arms"
    return 1


def largest(mask: np.ndarray) -> np.ndarray:
    """The largest connected part; small gaps are closed first."""
    whole = cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((9, 9), np.uint8))
    _, labels, stats, _ = cv2.connectedComponentsWithStats(whole)
    return mask & (labels == 1 + int(stats[1:, cv2.CC_STAT_AREA].argmax()))


@pytest.mark.parametrize("mount", MOUNTS)
def test_somebody_who_walks_on_is_seen_to(mount: str) -> None:
    """Between two times, the picture changes in the box that the truth gives, before and after."""
    scene = room(mount)
    first, second = TIMES[:2]
    a, b = scene.render(first).y.astype(np.int16), scene.render(second).y
    changed = np.abs(a - b) > FAINT
    checked = 0
    for t in (first, second):
        walkers = {a.id for a in scene.moving if a.speed and visible(scene, stands(a, t)[10:]).all()}
        for seen in scene.truth(t):
            if seen.box is None or seen.id not in walkers:
                continue
            x0, y0, x1, y1 = (round(v) for v in seen.box)
            if min(x1 - x0, y1 - y0) > 40:
                assert changed[y0:y1, x0:x1].mean() > 0.1, seen.id
                checked += 1
    assert checked >= 2
    assert changed.mean() < 0.2

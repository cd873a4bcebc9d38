"""A camera on the wall that does not point level: its straightened panorama is that of a level camera, to the pixel."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np
import pytest
from truth_edges import edges
from truth_geometry import panes
from truth_kit import QUIET, Luma, draw, marks, trace

from panocam.imaging.pyramid import Pyramid
from panocam.optics.horizon import Horizon
from panocam.scene import Scene, open_scene

SIZE = (1920, 1080)


@lru_cache(maxsize=4)
def crooked(lean: float) -> tuple[Scene, Pyramid]:
    scene = open_scene("room", "wall", 2160, None, replace(QUIET, lean=lean))
    return scene, Pyramid(scene.render_only(10.0, ()))


def panorama(lean: float, horizon: Horizon) -> Luma:
    scene, source = crooked(lean)
    return draw(source, "wall", 1, SIZE, scene.lens, horizon=horizon).y


def posts(luma: Luma, lean: float, sweep: float) -> list[float]:
    """By how many pixels each upright edge of the room leaves its column, from foot to head."""
    scene = crooked(lean)[0]
    pane = replace(panes(1, "wall", SIZE)[0], strip=(0.0, sweep))
    eye = tuple(float(v) for v in scene.camera_pose.position)
    found = [trace(luma, pane, "wall", scene, edge) for edge in edges(eye) if edge.upright]
    return [float(np.ptp(seen.points[:, 0])) for seen in found if seen is not None]


@pytest.mark.feature("IMG-12", "IMG-17")
@pytest.mark.parametrize("lean", [-18.0, 14.0])
def test_with_the_right_tilt_uprights_are_upright_and_things_are_where_a_level_camera_sees_them(lean: float) -> None:
    horizon = Horizon(lean=lean)
    sweep = horizon.sweep(180.0, 182.0, SIZE[0] / SIZE[1])
    luma = panorama(lean, horizon)
    straight = posts(luma, lean, sweep)
    assert len(straight) >= 2
    assert max(straight) <= 1.0
    pane = replace(panes(1, "wall", SIZE)[0], strip=(0.0, sweep))
    cards = marks(luma, pane, "wall", crooked(lean)[0])
    assert len(cards) >= 3
    assert max(card.error for card in cards) <= 1.5
    assert luma[2:-2, 2:-2].min() > 5  # no corner is black


@pytest.mark.feature("IMG-16")
def test_without_straightening_the_same_cards_are_not_where_a_level_camera_sees_them() -> None:
    lean = 14.0
    pane = panes(1, "wall", SIZE)[0]
    cards = [card for card in marks(panorama(lean, Horizon()), pane, "wall", crooked(lean)[0]) if card.fit > 0.8]
    assert all(card.error > 3 for card in cards)

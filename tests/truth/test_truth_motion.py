"""A moving view area in pixels: from picture to picture the room slides as the law of motion says, gently at either end."""

from __future__ import annotations

import itertools

import cv2
import numpy as np
import pytest
from truth_kit import draw, empty, room

from panocam.clock import NS, ManualClock
from panocam.optics.motion import FULL_TURN, RAMP_S
from panocam.optics.mount import Mount
from panocam.optics.pose import Pose, limits
from panocam.pipeline.heads import PtzHead

SIZE, FPS = (640, 480), 25
HFOV, WAY = 40.0, 90.0


def slid(before: np.ndarray, after: np.ndarray) -> float:
    """By how many pixels the picture has moved to the left."""
    window = cv2.createHanningWindow(before.shape[::-1], cv2.CV_32F)
    (x, _), _ = cv2.phaseCorrelate(before.astype(np.float32), after.astype(np.float32), window)
    return float(-x)


@pytest.mark.feature("PTZ-09", "IMG-08")
@pytest.mark.parametrize("speed", [30, 60])
def test_a_journey_begins_and_ends_gently_and_every_picture_continues_the_one_before(speed: int) -> None:
    clock = ManualClock(monotonic_ns=10**12)
    head = PtzHead(Pose(-45, 0, HFOV), limits(Mount.WALL), clock)
    head.travel(Pose(-45 + WAY, 0, HFOV), speed)
    began, end = clock.monotonic_ns(), head.movement.end_ns
    assert end is not None
    moments = range(began, end + 2 * NS // FPS, NS // FPS)
    pictures = []
    for moment in moments:
        poses = (head.at(moment), Pose(), Pose(), Pose())
        pictures.append(draw(empty("wall", 1440), "wall", 4, SIZE, room("wall", 1440).lens, poses=poses).y.copy())
    steps = np.array([slid(a, b) for a, b in itertools.pairwise(pictures)])
    focal = Pose(hfov=HFOV).focal(SIZE)
    full = speed / 100 * FULL_TURN / FPS  # degrees from picture to picture
    wanted = focal * np.tan(np.radians(full))
    assert np.median(steps) == pytest.approx(wanted, rel=0.06)
    assert steps.min() > -1
    assert steps.max() < 1.1 * wanted
    for edge in (steps, steps[::-1]):  # from the beginning on, and back from the end
        begun = edge[edge > 0.05 * wanted]
        assert begun[0] < 0.6 * wanted, "it is at full speed at once"
        ramp = begun[: round(RAMP_S * speed / 100 * FPS)]
        assert (np.diff(ramp) > -1).all()
    assert sum(steps) / focal * 180 / np.pi == pytest.approx(WAY, rel=0.06)

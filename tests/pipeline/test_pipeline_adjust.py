"""The look in the intake: masks stay exact under every adjustment, and what nobody watches is not adjusted."""

from __future__ import annotations

import numpy as np

from panocam.clock import ManualClock
from panocam.imaging.adjustment import Adjustment, WhiteBalance
from panocam.imaging.privacy import Privacy
from panocam.media.frame import RawFrame
from panocam.media.planes import Planes
from panocam.media.stamps import Stage
from panocam.optics.lens import Circle
from panocam.optics.polygon import Polygon
from panocam.pipeline.config import LensOptions
from panocam.pipeline.intake import Intake

SIDE = 320
SQUARE = ((45.0, 20.0), (135.0, 20.0), (225.0, 20.0), (315.0, 20.0))


def intake(privacy: Privacy | None = None) -> Intake:
    middle = (SIDE - 1) / 2
    return Intake(LensOptions(circle=Circle(middle, middle, SIDE / 2)), ManualClock(), privacy)


def picture(seed: int = 0) -> Planes:
    planes, rng = Planes.blank(SIDE, SIDE), np.random.default_rng(seed)
    planes.y[:] = rng.normal(40, 4, planes.y.shape)
    planes.u[:], planes.v[:] = 110, 150
    return planes


def test_a_mask_keeps_its_colour_under_every_adjustment() -> None:
    gate = intake(Privacy((Polygon(SQUARE),)))
    plain = gate.take(RawFrame(picture(), 0, 0)).frame.planes
    hidden = plain.y == plain.y[SIDE // 2, SIDE // 2]
    inside = np.zeros_like(hidden)
    inside[SIDE // 2 - 10 : SIDE // 2 + 10, SIDE // 2 - 10 : SIDE // 2 + 10] = True
    assert hidden[inside].all()
    gate.adjustment = Adjustment(70, 70, 80, 90, True, 80, 80, WhiteBalance.INDOORS, 1, 1, 60, 60, True, 60)
    for number in range(1, 4):
        shown = gate.take(RawFrame(picture(number), number * 40_000_000, 0)).frame.planes
        assert np.array_equal(shown.y[inside], plain.y[inside])
        assert not np.array_equal(shown.y[~inside], plain.y[~inside])


def test_what_nobody_watches_is_not_adjusted() -> None:
    gate, planes = intake(), picture()
    gate.adjustment = Adjustment(brightness=80)
    assert gate.take(RawFrame(planes, 0, 0), watched=False).frame.planes is planes
    frame = gate.take(RawFrame(planes, 40_000_000, 0)).frame
    assert frame.planes is not planes
    assert Stage.ADJUST in dict(frame.stamps.times)


def test_the_default_is_the_very_same_frame() -> None:
    gate, planes = intake(), picture()
    frame = gate.take(RawFrame(planes, 0, 0)).frame
    assert frame.planes is planes
    assert Stage.ADJUST not in dict(frame.stamps.times)

"""The look in the intake: masks stay exact under every adjustment, and what nobody watches is not adjusted."""

from __future__ import annotations

import numpy as np

from panocam.clock import ManualClock
from panocam.imaging.adjustment import Adjustment, WhiteBalance
from panocam.imaging.ink import Ink
from panocam.imaging.metering import Zone
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


WEST, EAST = (((at + 190.0, 8.0), (at + 350.0, 8.0), (at + 315.0, 85.0), (at + 225.0, 85.0)) for at in (0.0, 180.0))
"""Polygons over most of a half, as (azimuth, off)."""


def test_the_light_is_told_from_the_window_and_never_from_what_a_mask_covers() -> None:
    """Grey things in two lights: reddish in the west, bluish in the east."""
    red, blue = (118, 146), (144, 118)

    def cast(window: Zone | None, hidden: tuple[tuple[float, float], ...] = ()) -> tuple[float, float]:
        """How far the west and the east are from grey."""
        gate = intake(Privacy((Polygon(hidden),), Ink.RED) if hidden else None)
        gate.adjustment = Adjustment(white_balance=WhiteBalance.AUTOMATIC, window=window)
        planes, half = Planes.blank(SIDE, SIDE), SIDE // 4
        planes.y[:] = 110
        (planes.u[:, :half], planes.v[:, :half]), (planes.u[:, half:], planes.v[:, half:]) = red, blue
        shown = gate.take(RawFrame(planes, 0, 0)).frame.planes
        west, east = (abs(float(shown.u[20, x]) - 128) + abs(float(shown.v[20, x]) - 128) for x in (half - 4, half + 4))
        return west, east

    west, east = Zone(0.05, 0.3, 0.4, 0.7), Zone(0.6, 0.3, 0.95, 0.7)
    assert cast(west)[0] < 4 < 20 < cast(west)[1]
    assert cast(east)[1] < 4 < 20 < cast(east)[0]
    assert cast(None, EAST) == cast(west)
    assert cast(None, WEST) == cast(east)
    assert cast(west, WEST) == cast(east, EAST)  # nothing is left that could tell it, so colours stay as they come
    assert min(cast(west, WEST)) > 20


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

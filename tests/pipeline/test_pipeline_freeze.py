"""A view area that is frozen on its way to a kept place: what every one of its pictures shows, and what ends it."""

from __future__ import annotations

import gc
import weakref

import numpy as np
import pytest

from panocam.clock import NS, ManualClock
from panocam.imaging.ink import Ink
from panocam.imaging.privacy import Privacy, PrivacyMask
from panocam.media.frame import RawFrame
from panocam.media.planes import JPEG_COLOR, VIDEO_COLOR, Color, Planes
from panocam.media.stamps import Stage, Stamps
from panocam.optics.lens import default_lens
from panocam.optics.mount import Mount
from panocam.optics.polygon import Polygon
from panocam.optics.pose import Pose, default_poses, limits
from panocam.optics.view import Arrangement
from panocam.pipeline.config import LensOptions
from panocam.pipeline.heads import LATE_NS, PtzHead
from panocam.pipeline.intake import Intake
from panocam.pipeline.renderer import Renderer, Scenery
from panocam.pipeline.shot import Shot

SIDE, SIZE = 480, (160, 120)
LENS = default_lens((SIDE, SIDE))
HOME, THERE, BEYOND = Pose(0, -37, 90), Pose(80, -40, 60), Pose(-120, -30, 70)
EVERYTHING = Polygon(tuple((azimuth, 120) for azimuth in range(-180, 180, 40)))


class Rig:
    """One head, and as many renderers as there are streams. Every picture has other noise, so no two look alike."""

    def __init__(self) -> None:
        self.clock = ManualClock(monotonic_ns=10 * NS)
        self.head = PtzHead(HOME, limits(Mount.CEILING), self.clock)
        self.head.freezes = True
        self.intake = Intake(LensOptions(circle=LENS.circle), self.clock)
        self.rng = np.random.default_rng(1)
        self.shot: Shot | None = None

    def renderer(self, size: tuple[int, int] = SIZE, *, live: bool = False) -> Renderer:
        others = default_poses(Mount.CEILING)[1:]
        look = self.head.at if live else self.head.shown
        scene = lambda t_ns: Scenery(Arrangement(Mount.CEILING, (look(t_ns), *others)))  # noqa: E731
        return Renderer(4, size, scene) if live else Renderer(4, size, scene, held=self.head.held)

    def next(self, color: Color = JPEG_COLOR) -> Shot:
        """Another picture, 40 ms later."""
        self.clock.advance(0.04)
        now = self.clock.monotonic_ns()
        planes = Planes.blank(SIDE, SIDE, color)
        planes.y[:] = self.rng.integers(40, 220, planes.y.shape)
        self.shot = self.intake.take(RawFrame(planes, now, now, Stamps().at(Stage.CAPTURE, now)))
        return self.shot


def drawn(renderer: Renderer, shot: Shot, size: tuple[int, int] = SIZE) -> np.ndarray:
    out = Planes.blank(*size, shot.frame.planes.color)
    renderer.draw(shot, out)
    return out.y.copy()


@pytest.fixture
def rig() -> Rig:
    return Rig()


def test_it_shows_the_picture_of_its_start_until_it_arrives(rig: Rig) -> None:
    frozen, live = rig.renderer(), rig.renderer(live=True)
    before = rig.next()
    assert np.array_equal(drawn(frozen, before), drawn(live, before))
    rig.head.visit(THERE, 70)
    first = rig.next()
    pictures = [drawn(frozen, first)]
    while rig.head.moving:
        shot = rig.next()
        picture = drawn(frozen, shot)
        if rig.head.moving:
            pictures.append(picture)
            assert not np.array_equal(picture, drawn(live, shot))
    assert len(pictures) > 20
    assert all(np.array_equal(picture, pictures[0]) for picture in pictures)
    still = Renderer(4, SIZE, lambda t_ns: Scenery(Arrangement(Mount.CEILING, (HOME, *default_poses(Mount.CEILING)[1:]))))
    assert np.array_equal(pictures[0], drawn(still, first))
    arrived = rig.next()
    assert np.array_equal(drawn(frozen, arrived), drawn(live, arrived))


def test_whoever_comes_meanwhile_is_shown_the_same_picture(rig: Rig) -> None:
    stream, size = rig.renderer(), (320, 240)
    rig.head.visit(THERE, 20)
    first = rig.next()
    drawn(stream, first)
    late = rig.next()
    still = Renderer(4, size, lambda t_ns: Scenery(Arrangement(Mount.CEILING, (HOME, *default_poses(Mount.CEILING)[1:]))))
    assert np.array_equal(drawn(rig.renderer(size), late, size), drawn(still, first, size))


def test_it_is_drawn_once_and_copied_then(rig: Rig) -> None:
    """Seen by spoiling the source's picture behind its back: nobody looks into it again."""
    frozen = rig.renderer()
    rig.head.visit(THERE, 20)
    first = rig.next()
    picture = drawn(frozen, first)
    first.frame.planes.y[:] = 0
    assert np.array_equal(drawn(frozen, rig.next()), picture)


def test_a_picture_taken_before_the_start_shows_what_was(rig: Rig) -> None:
    frozen, live, before = rig.renderer(), rig.renderer(live=True), rig.next()
    rig.clock.advance(0.01)
    rig.head.visit(THERE, 20)
    assert np.array_equal(drawn(frozen, before), drawn(live, before))


def test_a_new_mask_ends_it_with_the_next_picture(rig: Rig) -> None:
    frozen = rig.renderer()
    rig.head.visit(THERE, 10)
    drawn(frozen, rig.next())
    rig.intake.mask = PrivacyMask(Privacy((EVERYTHING,), Ink.BLACK), clock=rig.clock)
    picture = drawn(frozen, rig.next())
    assert picture.max() == 0
    assert rig.head.moving
    assert rig.head.held(rig.clock.monotonic_ns()) is None
    rig.intake.mask = PrivacyMask(clock=rig.clock)
    live = rig.renderer(live=True)
    shot = rig.next()
    assert np.array_equal(drawn(frozen, shot), drawn(live, shot))  # it does not come back on this way


def test_a_mask_ends_it_for_streams_that_begin_afterwards(rig: Rig) -> None:
    rig.head.visit(THERE, 10)
    drawn(rig.renderer(), rig.next())
    rig.intake.mask = PrivacyMask(Privacy((EVERYTHING,), Ink.BLACK), clock=rig.clock)
    assert drawn(rig.renderer(), rig.next()).max() == 0


def test_a_source_of_another_kind_ends_it(rig: Rig) -> None:
    frozen, live = rig.renderer(), rig.renderer(live=True)
    rig.head.visit(THERE, 10)
    drawn(frozen, rig.next())
    shot = rig.next(VIDEO_COLOR)
    assert np.array_equal(drawn(frozen, shot), drawn(live, shot))


@pytest.mark.parametrize("how", ["at once", "travel", "drive", "limits", "off"])
def test_whatever_else_moves_it_shows_at_once(rig: Rig, how: str) -> None:
    frozen, live = rig.renderer(), rig.renderer(live=True)
    rig.head.visit(THERE, 10)
    drawn(frozen, rig.next())
    match how:
        case "at once":
            rig.head.set_pose(BEYOND)
        case "travel":
            rig.head.travel(BEYOND, 20)
        case "drive":
            rig.head.drive((20, 0, 0))
        case "limits":
            rig.head.restrict(limits(Mount.DESK))
        case "off":
            rig.head.freezes = False
    shot = rig.next()
    assert np.array_equal(drawn(frozen, shot), drawn(live, shot))


def test_from_place_to_place_without_arriving_the_picture_stays(rig: Rig) -> None:
    frozen = rig.renderer()
    rig.head.visit(THERE, 20)
    picture = drawn(frozen, rig.next())
    rig.head.visit(BEYOND, 20)
    assert np.array_equal(drawn(frozen, rig.next()), picture)


def test_switched_off_nothing_is_frozen_and_switching_on_freezes_the_next_way(rig: Rig) -> None:
    rig.head.freezes = False
    frozen, live = rig.renderer(), rig.renderer(live=True)
    rig.head.visit(THERE, 20)
    shot = rig.next()
    assert np.array_equal(drawn(frozen, shot), drawn(live, shot))
    rig.head.freezes = True
    shot = rig.next()
    assert np.array_equal(drawn(frozen, shot), drawn(live, shot))


def test_the_picture_is_let_go_of_when_it_is_over(rig: Rig) -> None:
    frozen = rig.renderer()
    rig.head.visit(THERE, 100)
    drawn(frozen, rig.next())
    held = weakref.ref(rig.shot)
    while rig.head.moving:
        drawn(frozen, rig.next())
    due = rig.head.thaws_ns
    assert due is not None
    rig.head.thaw()
    gc.collect()
    assert held() is not None  # workers may still draw pictures of that time
    rig.clock.advance(LATE_NS / NS)
    rig.head.thaw()
    drawn(frozen, rig.next())
    gc.collect()
    assert held() is None
    assert rig.head.thaws_ns is None

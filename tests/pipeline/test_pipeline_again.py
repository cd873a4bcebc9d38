"""A channel draws anew only what has changed, and its stream is, byte for byte, that of a channel that draws everything."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import cast

import numpy as np
import pytest

from panocam.clock import NS, SystemClock
from panocam.imaging.ink import Ink
from panocam.imaging.privacy import Privacy, PrivacyMask
from panocam.media.codec import Codec, EncoderProfile, Zipstream
from panocam.media.frame import RawFrame
from panocam.media.planes import Planes
from panocam.optics.lens import default_lens
from panocam.optics.mount import Mount
from panocam.optics.polygon import Polygon
from panocam.optics.pose import default_poses
from panocam.optics.view import Arrangement
from panocam.pipeline import renderer as renderers
from panocam.pipeline.coder import Coder, Output
from panocam.pipeline.config import LensOptions
from panocam.pipeline.intake import Intake
from panocam.pipeline.overlays.board import OverlayBoard
from panocam.pipeline.overlays.painter import Painter
from panocam.pipeline.renderer import Renderer, Scenery
from panocam.pipeline.shot import Notice
from panocam.pipeline.workers import Worker
from panocam.settings.overlays import Anchor, Indicator, Item, Text

pytest.importorskip("panocam_native", reason="the package panocam-native is not installed")

SIDE, SIZE = 480, (640, 480)
LENS = default_lens((SIDE, SIDE))
CLOCK = Text(identity=0, text="Door %T.%f", background="semiTransparent")
NAME = Text(identity=1, text="Entrance", position=Anchor.BOTTOM_RIGHT)
OVER = Text(identity=2, text="over it #s", position=(-0.9, -0.95), background="red")


class AtOnce:
    """A worker that does not wait."""

    def submit(self, task: Callable[[], None], given_up: Callable[[], None]) -> None:
        task()


class Pair:
    """Two channels of one view: one as cameras have it, and one whose pictures nobody compares."""

    def __init__(self, profile: EncoderProfile, view: int = 4) -> None:
        self.scenery = Scenery(Arrangement(Mount.CEILING))
        self.intake = Intake(LensOptions(circle=LENS.circle), SystemClock())
        self.board = OverlayBoard()
        self.outputs: tuple[list[Output], list[Output]] = ([], [])
        self.failures: list[Exception] = []
        self.coders = [self._coder(profile, view, outputs) for outputs in self.outputs]
        self.number = 0

    def _coder(self, profile: EncoderProfile, view: int, outputs: list[Output]) -> Coder:
        size = profile.width, profile.height
        drawn = Renderer(view, size, lambda _t_ns: self.scenery, Painter(self.board, view, size))
        return Coder(profile, drawn, cast(Worker, AtOnce()), SystemClock(), lambda: 25.0, outputs.append, self.failures.append)

    def overlays(self, *items: Item) -> None:
        self.board.show(items, {})

    def show(self, planes: Planes, *, ours: bool = False) -> None:
        now = self.number * NS // 25
        self.number += 1
        shot = self.intake.take(RawFrame(planes, now, 1_700_000_000 * NS + now, ours=ours))
        self.coders[0].accept(shot)
        self.coders[1].accept(replace(shot, changes=None))
        assert not self.failures
        one, other = (outputs[-1].packet for outputs in self.outputs)
        assert one.data == other.data, f"picture {self.number} differs"


@pytest.fixture
def spared(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Samples that were not drawn, picture by picture of the channel that need not draw all."""
    found: list[int] = []
    draw = renderers.warp

    def told(*args: object, **options: object) -> int:
        left = draw(*args, **options)  # type: ignore[arg-type]
        if options:
            found.append(left)
        return left

    monkeypatch.setattr(renderers, "warp", told)
    return found


def room(rng: np.random.Generator) -> Planes:
    planes = Planes.blank(SIDE, SIDE)
    for plane in (planes.y, planes.u, planes.v):
        coarse = rng.integers(40, 216, (-(-plane.shape[0] // 8), -(-plane.shape[1] // 8)))
        plane[:] = coarse.repeat(8, 0).repeat(8, 1)[: plane.shape[0], : plane.shape[1]]
    return planes


def walked(planes: Planes, number: int) -> Planes:
    """Somebody small goes through the picture."""
    y = planes.y.copy()
    at = 100 + 9 * number % 250
    y[at : at + 30, 200:220] = 250
    return Planes(y, planes.u, planes.v, planes.color)


@pytest.mark.parametrize("codec", [Codec.H264, Codec.JPEG])
@pytest.mark.parametrize("view", [3, 4, 8])
def test_streams_are_the_same_and_most_is_spared(codec: Codec, view: int, spared: list[int]) -> None:
    pair, planes = Pair(EncoderProfile(codec, *SIZE), view), room(np.random.default_rng(1))
    for number in range(12):
        pair.show(walked(planes, number))
    whole = SIZE[0] * SIZE[1] * 3 // 2
    assert spared[0] == 0
    assert min(spared[2:]) > whole // 2


def test_what_is_laid_over_comes_changes_and_goes(spared: list[int]) -> None:
    pair, planes = Pair(EncoderProfile(Codec.H264, *SIZE)), room(np.random.default_rng(2))
    steps: list[tuple[Item, ...]] = [
        (),
        (CLOCK, NAME),
        (CLOCK, NAME, OVER),
        (OVER, CLOCK, NAME),
        (NAME,),
        (NAME.model_copy(update={"text": "Exit"}), Indicator(identity=3)),
        (CLOCK.model_copy(update={"scroll": 5}),),
        (),
    ]
    for step, items in enumerate(steps):
        pair.overlays(*items)
        for number in range(3):
            pair.show(walked(planes, 3 * step + number))
    assert sum(left > 0 for left in spared) > len(spared) // 2


def test_a_mask_is_there_in_the_next_picture_though_nothing_moves() -> None:
    pair, planes = Pair(EncoderProfile(Codec.H264, *SIZE)), room(np.random.default_rng(3))
    area = Polygon(((0, 80), (0, 20), (120, 20), (120, 80)))
    for ink in (None, Ink.RED, Ink.MOSAIC, None):
        pair.intake.mask = PrivacyMask(Privacy((area,), ink) if ink else Privacy())
        for _ in range(3):
            pair.show(planes)


@pytest.mark.feature("PRV-08")
def test_a_mask_that_is_painted_into_the_very_memory_of_the_picture_before_is_there() -> None:
    pair, planes = Pair(EncoderProfile(Codec.H264, *SIZE)), room(np.random.default_rng(7))
    area = Polygon(((0, 80), (0, 20), (120, 20), (120, 80)))
    for privacy in (Privacy(), Privacy((area,), Ink.RED), Privacy((area,), Ink.WHITE)):
        pair.intake.mask = PrivacyMask(privacy)
        for _ in range(3):
            pair.show(planes, ours=True)


def test_a_view_that_moves_and_one_that_rests(spared: list[int]) -> None:
    pair, planes = Pair(EncoderProfile(Codec.H264, *SIZE)), room(np.random.default_rng(4))
    for number in range(12):
        if number in (4, 5, 6, 9):
            poses = default_poses(Mount.CEILING)
            turned = replace(poses[0], pan=poses[0].pan + 5 * number)
            pair.scenery = Scenery(Arrangement(Mount.CEILING, (turned, *poses[1:])))
        pair.show(walked(planes, number))
    assert [left == 0 for left in spared[1:]] == [number in (4, 5, 6, 9) for number in range(1, 12)]


def test_where_blocks_are_shown_as_they_were_everything_is_drawn(spared: list[int]) -> None:
    """Zipstream writes into the memory too."""
    pair, planes = Pair(EncoderProfile(Codec.H264, *SIZE, gop=6, zipstream=Zipstream.HIGH)), room(np.random.default_rng(5))
    for number in range(14):
        pair.show(walked(planes, number))
    assert spared
    assert not any(spared)


def test_words_in_place_of_a_picture_leave_nothing_behind() -> None:
    pair, planes = Pair(EncoderProfile(Codec.H264, *SIZE)), room(np.random.default_rng(6))
    pair.overlays(NAME)
    for number in range(9):
        if number % 4 == 3:
            notice = pair.intake.drawn(Notice("No picture"), pair.number * NS // 25)
            pair.number += 1
            for coder in pair.coders:
                coder.accept(notice)
        else:
            pair.show(walked(planes, number))

"""Zipstream in a channel: fewer bits for what stands still, in every codec that predicts, and nothing of what masks have come to hide."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

import numpy as np
import pytest

from panocam.clock import NS, SystemClock
from panocam.imaging.ink import Ink
from panocam.imaging.privacy import Privacy
from panocam.media.codec import Codec, EncoderProfile, Zipstream
from panocam.media.frame import RawFrame
from panocam.media.planes import JPEG_COLOR, Planes
from panocam.optics.catalog import Model
from panocam.optics.lens import default_lens
from panocam.optics.mount import Mount
from panocam.optics.polygon import Polygon
from panocam.optics.view import Arrangement
from panocam.pipeline.coder import Coder, Output
from panocam.pipeline.config import LensOptions
from panocam.pipeline.intake import Intake
from panocam.pipeline.plan import StreamDefaults, plan
from panocam.pipeline.renderer import Renderer, Scenery
from panocam.pipeline.request import StreamRequest
from panocam.pipeline.workers import Worker

SIDE, SIZE, GOP = 480, (320, 240), 8
LENS = default_lens((SIDE, SIDE))


class AtOnce:
    """A worker that does not wait."""

    def submit(self, task: Callable[[], None], given_up: Callable[[], None]) -> None:
        task()


class Channel:
    def __init__(self, profile: EncoderProfile) -> None:
        scenery, clock = Scenery(Arrangement(Mount.CEILING)), SystemClock()
        self.outputs: list[Output] = []
        self.failures: list[Exception] = []
        self.shown: list[np.ndarray] = []
        self.intake = Intake(LensOptions(circle=LENS.circle), clock)
        drawn = Renderer(4, (profile.width, profile.height), lambda _t_ns: scenery)
        self.coder = Coder(profile, drawn, cast(Worker, AtOnce()), clock, lambda: 25.0, self.outputs.append, self.failures.append)
        self._number = 0

    def show(self, planes: Planes) -> None:
        now = self._number * NS // 25
        self._number += 1
        self.coder.accept(self.intake.take(RawFrame(planes, now, now)))
        assert not self.failures

    def sizes(self) -> tuple[list[int], list[int]]:
        """Bytes of key pictures and of the others."""
        packets = [output.packet for output in self.outputs]
        return [len(p.data) for p in packets if p.key], [len(p.data) for p in packets if not p.key]


def noisy(rng: np.random.Generator, level: int = 90, sigma: float = 5) -> Planes:
    planes = Planes.blank(SIDE, SIDE, JPEG_COLOR)
    planes.y[:] = np.clip(rng.normal(level, sigma, planes.y.shape), 0, 255)
    return planes


def profile(codec: Codec, strength: Zipstream) -> EncoderProfile:
    return EncoderProfile(codec, *SIZE, compression=10, gop=GOP, zipstream=strength)


@pytest.mark.feature("STR-04", "STR-08", "IMG-37")
@pytest.mark.parametrize("codec", [Codec.H264, Codec.H265, Codec.AV1])
def test_noise_costs_less_the_stronger_and_off_changes_nothing(codec: Codec) -> None:
    spent = []
    for strength in (Zipstream.OFF, Zipstream.HIGH, Zipstream.EXTREME):
        rng, channel = np.random.default_rng(1), Channel(profile(codec, strength))
        for _ in range(2 * GOP):
            channel.show(noisy(rng))
        keys, others = channel.sizes()
        assert len(keys) == 2
        spent.append(sum(others))
        channel.coder.close()
    assert spent[2] * 2.5 < spent[0]
    assert spent[2] <= spent[1] < spent[0]


@pytest.mark.feature("STR-08")
def test_motion_jpeg_has_none() -> None:
    defaults = StreamDefaults(zipstream=Zipstream.HIGH)
    planned = {
        codec: plan(StreamRequest(4, codec), defaults, Model.M4328, Mount.CEILING, None).profile.zipstream
        for codec in (Codec.JPEG, Codec.AV1)
    }
    assert planned == {Codec.JPEG: Zipstream.OFF, Codec.AV1: Zipstream.HIGH}
    asked = plan(StreamRequest(4, zipstream=Zipstream.OFF), defaults, Model.M4328, Mount.CEILING, None)
    assert asked.profile.zipstream is Zipstream.OFF


@pytest.mark.feature("PRV-08")
def test_under_a_new_mask_nothing_is_left_of_what_was_shown_before() -> None:
    """A secret fainter than the limits, on what has the mask's own colour, must not be held beneath it."""
    channel = Channel(profile(Codec.H264, Zipstream.EXTREME))
    seen: list[np.ndarray] = []
    settle = channel.coder._settle

    def watched(shot, planes):  # type: ignore[no-untyped-def]
        settle(shot, planes)
        seen.append(planes.y.copy())

    channel.coder._settle = watched  # type: ignore[method-assign]
    secret = Planes.blank(SIDE, SIDE, JPEG_COLOR)
    secret.y[::2, ::2] = 6
    for _ in range(3):
        channel.show(secret)
    assert seen[-1].max() > 0
    everything = Polygon(((0, 120), (90, 120), (180, 120), (270, 120)))
    channel.intake.mask = type(channel.intake.mask)(Privacy((everything,), Ink.BLACK))
    channel.show(secret)
    assert seen[-1].max() == 0

"""Bits: constant quality follows the scene, a cap is kept in every second."""

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from codecs_kit import decode, encode, frame, picture, psnr
from hypothesis import given
from hypothesis import strategies as st

from panocam.codecs.encoder import Encoder, open_encoder
from panocam.codecs.rate import ENDS, cap, quality
from panocam.media.codec import BitrateMode, BitratePriority, Codec, EncoderProfile
from panocam.media.packet import Packet
from panocam.media.planes import JPEG_COLOR, VIDEO_COLOR, Planes

Keep = Callable[[Encoder], Encoder]
CAP, FPS = 400, 25


def noise(i: int, strength: int = 110) -> Planes:
    """A picture that no encoder can foresee, ``strength`` levels around grey."""
    planes = Planes.blank(320, 240, VIDEO_COLOR)
    planes.y[:] = np.kron(np.random.default_rng(i).integers(128 - strength, 128 + strength, (60, 80), np.uint8), np.ones((4, 4), np.uint8))
    return planes


def sizes_of(codec: Codec, mode: BitrateMode, opened: Keep, strength: int) -> list[int]:
    """Bytes of each picture, 0 for one left out: one calm second, two wild ones."""
    profile = EncoderProfile(codec, 320, 240, gop=FPS, bitrate_mode=mode, max_bitrate_kbps=CAP)
    encoder = opened(open_encoder(profile, FPS, VIDEO_COLOR))
    scene = (picture(i) if i < FPS else noise(i, strength) for i in range(3 * FPS))
    return [sum(len(p.data) for p in encoder.encode(frame(planes, i))) for i, planes in enumerate(scene)]


def seconds(sizes: list[int]) -> np.ndarray:
    """kbit in every window of one second."""
    return np.convolve(np.array(sizes) * 8 / 1000, np.ones(FPS), "valid")


@pytest.mark.feature("BIT-02", "BIT-04", "BIT-05")
def test_a_cap_holds_in_every_second(video: Codec, opened: Keep) -> None:
    sizes = {mode: sizes_of(video, mode, opened, 40) for mode in BitrateMode}
    free, capped = seconds(sizes[BitrateMode.VBR]), seconds(sizes[BitrateMode.MBR])
    assert free.max() > 1.5 * CAP, "the scene needs a cap"
    assert free.max() > 5 * free.min(), "constant quality follows the scene"
    assert capped.max() <= CAP * 1.05
    assert capped[-1] > 0.6 * CAP, "the cap is used where bits are needed"
    assert sum(sizes[BitrateMode.MBR][:FPS]) < 1.3 * sum(sizes[BitrateMode.VBR][:FPS]), "and nothing is stuffed"


@pytest.mark.feature("BIT-05")
def test_pictures_are_left_out_when_no_quality_is_low_enough(video: Codec, opened: Keep) -> None:
    sizes = sizes_of(video, BitrateMode.MBR, opened, 110)
    assert seconds(sizes).max() <= CAP * 1.15, "overrun by the first wild picture at most"
    assert 0 not in sizes[:FPS]
    left = [size > 0 for size in sizes[2 * FPS :]]
    assert sum(left) > 2, "the stream goes on"
    assert max(len(gap) for gap in "".join("x" if s else "." for s in left).split("x")) < FPS // 2


@pytest.mark.feature("BIT-01", "BIT-06")
def test_what_gives_way_is_what_has_no_priority(video: Codec, opened: Keep) -> None:
    """Two wild seconds under a cap: every picture coarse, few pictures as fine as without a cap, or something between."""
    source = [picture(i) if i < FPS else noise(i, 40) for i in range(3 * FPS)]
    kept, likeness = {}, {}
    for priority in BitratePriority:
        profile = EncoderProfile(video, 320, 240, gop=FPS, bitrate_mode=BitrateMode.MBR, max_bitrate_kbps=CAP, bitrate_priority=priority)
        encoder = opened(open_encoder(profile, FPS, VIDEO_COLOR))
        coded = [encoder.encode(frame(planes, i)) for i, planes in enumerate(source)]
        assert seconds([sum(len(p.data) for p in packets) for packets in coded]).max() <= CAP * 1.1
        shown = decode(video, [p for packets in coded for p in packets])
        wild = [(i, n) for n, i in enumerate(i for i, packets in enumerate(coded) if packets) if i >= FPS]
        kept[priority] = len(wild)
        likeness[priority] = np.mean([psnr(source[i].y, shown[n].y) for i, n in wild])
    assert kept[BitratePriority.FRAMERATE] >= 2 * FPS - 2, "the first wild pictures may overrun"
    assert kept[BitratePriority.QUALITY] <= kept[BitratePriority.NONE] < 2 * FPS * 0.8
    assert likeness[BitratePriority.FRAMERATE] + 1.5 < likeness[BitratePriority.NONE] <= likeness[BitratePriority.QUALITY]


def test_what_a_left_out_picture_owed_is_paid_by_the_next(opened: Keep) -> None:
    """A key picture asked for, and a gap in the source, wait for the next picture that has room."""
    profile = EncoderProfile(Codec.AV1, 320, 240, gop=1000, bitrate_mode=BitrateMode.MBR, max_bitrate_kbps=CAP)

    def run(asked: int) -> list[list[Packet]]:
        encoder = opened(open_encoder(profile, FPS, VIDEO_COLOR))
        return [encoder.encode(frame(noise(i), i, discontinuity=i == asked), key=i == asked) for i in range(2 * FPS)]

    left_out = run(0).index([])
    out = run(left_out)
    given = [p for packets in out for p in packets]
    assert out[left_out] == []
    assert [p.key for p in given].count(True) == 2
    late = next(packets[0] for packets in out[left_out + 1 :] if packets)
    assert late.key
    assert [p for p in given if p.discontinuity] == [late]
    assert [p.sequence for p in given] == list(range(len(given)))


@pytest.mark.feature("STR-03", "IMG-35")
def test_compression_trades_bits_for_quality(codec: Codec, opened: Keep) -> None:
    bits, likeness = [], []
    for compression in (0, 30, 70, 100):
        source = [replace(noise(0), color=JPEG_COLOR), picture(3, color=JPEG_COLOR)]
        encoder = opened(open_encoder(EncoderProfile(codec, 320, 240, gop=1, compression=compression), FPS, JPEG_COLOR))
        packets = encode(encoder, source)
        bits.append(sum(len(p.data) for p in packets))
        likeness.append(psnr(decode(codec, packets[:1])[0].y, source[0].y))
    assert all(a > b for a, b in pairwise(bits))
    assert all(a > b for a, b in pairwise(likeness))


def test_the_default_is_each_encoders_usual_good() -> None:
    assert [quality(c, 30) for c in Codec] == [23.0, 26.0, 34.3, 72.0]
    assert [(quality(c, 0), quality(c, 100)) for c in Codec] == list(ENDS.values())


@given(st.floats(0.1, 60), st.integers(50, 50_000))
def test_a_second_of_pictures_fits_the_cap(fps: float, kbps: int) -> None:
    """A full bucket goes out at once, then the rate for the rest of the second's pictures."""
    limit = cap(EncoderProfile(Codec.H264, 320, 240, bitrate_mode=BitrateMode.MBR, max_bitrate_kbps=kbps), fps)
    assert limit is not None
    pictures = max(1, int(fps))
    assert limit.bucket + limit.rate * (pictures - 1) / fps <= kbps * 1.001 + 1

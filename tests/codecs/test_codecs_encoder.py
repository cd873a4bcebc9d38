"""Every encoder keeps the contract: one packet a frame, key pictures where they are asked for, times exact, pixels right."""

import os
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from codecs_kit import decode, drawn, encode, frame, picture, psnr

from panocam.clock import ManualClock
from panocam.codecs.encoder import FAMILIES, Encoder, open_encoder
from panocam.codecs.probe import encoders
from panocam.errors import InvalidValue, LocalProtocolError, Unavailable
from panocam.media import h264, h265, nal, obu
from panocam.media.codec import BitrateMode, Codec, EncoderProfile, H264Profile
from panocam.media.planes import JPEG_COLOR, VIDEO_COLOR, Planes
from panocam.media.stamps import Stage, Stamps

Keep = Callable[[Encoder], Encoder]


def profile(codec: Codec, **changes: object) -> EncoderProfile:
    return replace(EncoderProfile(codec, 320, 240, gop=4), **changes)  # type: ignore[arg-type]


@pytest.mark.feature("STR-12", "STR-15", "STR-18", "STR-01", "STR-02")
def test_pixels_survive_and_every_frame_comes_out_at_once(codec: Codec, opened: Keep) -> None:
    encoder = opened(open_encoder(profile(codec, compression=10), 25, VIDEO_COLOR))
    source = [picture(i) for i in range(6)]
    packets = []
    for i, planes in enumerate(source):
        out = encoder.encode(frame(planes, i))
        assert len(out) == 1
        packets += out
    shown = decode(codec, packets)
    assert len(shown) == len(source)
    if codec is not Codec.JPEG:  # JPEG changes the colour, see test_codecs_color
        for got, want in zip(shown, source, strict=True):
            assert got.color == VIDEO_COLOR
            assert min(psnr(got.y, want.y), psnr(got.u, want.u), psnr(got.v, want.v)) > 36


@pytest.mark.parametrize(
    ("gop", "keys", "expected"), [(4, (), "IPPPIPPPIP"), (1, (), "IIIIIIIIII"), (100, (), "IPPPPPPPPP"), (4, (6,), "IPPPIPIPPP")]
)
def test_key_pictures_come_exactly_where_asked(video: Codec, gop: int, keys: tuple[int, ...], expected: str, opened: Keep) -> None:
    encoder = opened(open_encoder(profile(video, gop=gop), 25, VIDEO_COLOR))
    assert drawn(encode(encoder, (picture(i) for i in range(10)), frozenset(keys))) == expected


def test_a_cut_in_the_scene_does_not_move_the_key_pictures(video: Codec, opened: Keep) -> None:
    encoder = opened(open_encoder(profile(video, gop=6), 25, VIDEO_COLOR))
    flat = Planes.blank(320, 240, VIDEO_COLOR)
    assert drawn(encode(encoder, [flat, flat, picture(0), picture(80), flat, picture(5), flat])) == "IPPPPPI"


def test_facts_of_a_frame_travel_with_its_packet(codec: Codec, opened: Keep) -> None:
    clock = ManualClock(monotonic_ns=1000)
    encoder = opened(open_encoder(profile(codec), 29.97, VIDEO_COLOR, clock=clock))
    for i in range(5):
        sent = replace(frame(picture(i), i, discontinuity=i == 3), pts_ns=1 + i * 33_366_667, stamps=Stamps().at(Stage.CAPTURE, 5))
        clock.advance(0.001)
        (packet,) = encoder.encode(sent)
        assert (packet.pts_ns, packet.wall_ns, packet.sequence, packet.discontinuity) == (sent.pts_ns, sent.wall_ns, i, i == 3)
        assert packet.stamps.times == ((Stage.CAPTURE, 5), (Stage.ENCODE, 1000 + (i + 1) * 1_000_000))


def test_each_key_packet_carries_its_parameter_sets(video: Codec, opened: Keep) -> None:
    encoder = opened(open_encoder(profile(video), 25, VIDEO_COLOR))
    assert encoder.description.parameter_sets == ()
    packets = encode(encoder, (picture(i) for i in range(9)), frozenset({5}))
    sets = encoder.description.parameter_sets
    for packet in packets:
        if video is Codec.AV1:
            assert next(obu.split(packet.data)).kind == obu.ObuType.TEMPORAL_DELIMITER
            found = tuple(bytes(u.whole) for u in obu.split(packet.data) if u.kind == obu.ObuType.SEQUENCE_HEADER)
        else:
            units = [bytes(u) for u in nal.split(packet.data)]
            assert nal.join(units) == packet.data, "start codes have four bytes"
            found = tuple(units[:-1])
        assert found == (sets if packet.key else ())


def test_descriptions_name_codec_and_size(opened: Keep) -> None:
    names = {}
    for codec in Codec:
        encoder = opened(open_encoder(profile(codec), 25, VIDEO_COLOR))
        encode(encoder, [picture(0)])
        about = encoder.description
        assert (about.codec, about.width, about.height, about.fps) == (codec, 320, 240, 25)
        names[codec.value] = about.codec_string
    assert names == {"h264": "avc1.64000d", "h265": "hvc1.1.6.L60.90", "av1": "av01.0.00M.08", "jpeg": "mjpeg"}


@pytest.mark.parametrize(("wanted", "idc", "size"), [(H264Profile.BASELINE, 66, 1), (H264Profile.MAIN, 77, 1), (H264Profile.HIGH, 100, 3)])
@pytest.mark.parametrize("color", [VIDEO_COLOR, JPEG_COLOR])
def test_h264_header_says_profile_colour_and_rate(wanted: H264Profile, idc: int, size: int, color: object, opened: Keep) -> None:
    encoder = opened(open_encoder(profile(Codec.H264, h264_profile=wanted), 12.5, color, threads=size))  # type: ignore[arg-type]
    packets = encode(encoder, (picture(i, color=color) for i in range(3)))  # type: ignore[arg-type]
    sps = h264.parse_sps(encoder.description.parameter_sets[0])
    assert (sps.profile_idc, sps.width, sps.height, sps.fps) == (idc, 320, 240, 12.5)
    assert (sps.full_range, sps.primaries, sps.transfer, sps.matrix) == ((False, 1, 1, 1) if color is VIDEO_COLOR else (True, 1, 1, 6))
    assert [len(nal.split(p.data)) for p in packets] == [2 + size, size, size], "one slice for each thread"


def test_h265_and_av1_headers_say_size_and_colour(opened: Keep) -> None:
    encoder = opened(open_encoder(profile(Codec.H265), 25, JPEG_COLOR))
    encode(encoder, [picture(0, color=JPEG_COLOR)])
    sps = h265.parse_sps(encoder.description.parameter_sets[1])
    assert (sps.width, sps.height, sps.bit_depth, sps.profile_idc) == (320, 240, 8, 1)
    encoder = opened(open_encoder(profile(Codec.AV1), 25, JPEG_COLOR))
    encode(encoder, [picture(0, color=JPEG_COLOR)])
    (unit,) = obu.split(encoder.description.parameter_sets[0])
    header = obu.parse_sequence_header(unit.payload)
    assert (header.width, header.height, header.full_range, header.matrix) == (320, 240, True, 6)


def test_allocated_planes_are_the_encoders_own_memory(codec: Codec, opened: Keep) -> None:
    encoder = opened(open_encoder(profile(codec), 25, VIDEO_COLOR))
    planes = encoder.allocate()
    assert planes.size == (320, 240)
    assert planes.u.shape == planes.v.shape == (120, 160)
    for plane, memory in zip((planes.y, planes.u, planes.v), planes.owner.planes, strict=True):  # type: ignore[attr-defined]
        assert plane.ctypes.data == memory.buffer_ptr
    for mine, source in zip((planes.y, planes.u, planes.v), (picture(4).y, picture(4).u, picture(4).v), strict=True):
        mine[:] = source
    (direct,) = encoder.encode(frame(planes))
    other = opened(open_encoder(profile(codec), 25, VIDEO_COLOR))
    (copied,) = other.encode(frame(picture(4)))
    assert direct.data == copied.data


def test_planes_are_used_again_only_when_nobody_looks_at_them(opened: Keep) -> None:
    encoder = opened(open_encoder(profile(Codec.H264), 25, VIDEO_COLOR))
    first = encoder.allocate()
    address, kept = first.y.ctypes.data, first.y[10:20, 10:20]
    encoder.encode(frame(first))
    del first
    assert encoder.allocate().y.ctypes.data != address, "a view of it is still in somebody's hands"
    del kept
    assert encoder.allocate().y.ctypes.data == address


def test_a_cropped_view_of_own_memory_is_copied(opened: Keep) -> None:
    small, large = profile(Codec.H264, width=160, height=120), profile(Codec.H264)
    encoder, source = opened(open_encoder(small, 25, VIDEO_COLOR)), opened(open_encoder(large, 25, VIDEO_COLOR)).allocate()
    whole = picture(3)
    source.y[:], source.u[:], source.v[:] = whole.y, whole.u, whole.v
    cut = Planes(source.y[:120, 160:], source.u[:60, 80:], source.v[:60, 80:], VIDEO_COLOR, source.owner)
    (shown,) = decode(Codec.H264, encoder.encode(frame(cut)))
    assert psnr(shown.y, whole.y[:120, 160:]) > 30


@pytest.mark.parametrize("size", [(16, 16), (34, 18), (1280, 720)])
def test_sizes(codec: Codec, size: tuple[int, int], opened: Keep) -> None:
    encoder = opened(open_encoder(profile(codec, width=size[0], height=size[1]), 25, JPEG_COLOR))
    (shown,) = decode(codec, encode(encoder, [picture(0, *size, JPEG_COLOR)]))
    assert shown.size == size


@pytest.mark.parametrize("fps", [0.05, 1, 29.97, 240])
@pytest.mark.parametrize("kbps", [10, 100_000])
def test_slow_and_fast_streams_with_small_and_large_caps(codec: Codec, fps: float, kbps: int, opened: Keep) -> None:
    wanted = profile(codec, bitrate_mode=BitrateMode.MBR, max_bitrate_kbps=kbps)
    encoder = opened(open_encoder(wanted, fps, VIDEO_COLOR, threads=2))
    assert len(encoder.encode(frame(picture(0)))) == 1


BAD = [
    ("resolution", {"width": 14}),
    ("resolution", {"width": 8194}),
    ("resolution", {"width": 321}),
    ("resolution", {"height": 241}),
    ("compression", {"compression": 101}),
    ("compression", {"compression": -1}),
    ("gop", {"gop": 0}),
]


@pytest.mark.parametrize(("name", "changes"), BAD)
def test_bad_profiles_are_refused_by_name(codec: Codec, name: str, changes: dict[str, object]) -> None:
    with pytest.raises(InvalidValue) as caught:
        open_encoder(profile(codec, **changes), 25, VIDEO_COLOR)
    assert caught.value.name == name


def test_other_bad_requests_are_refused_by_name(video: Codec) -> None:
    with pytest.raises(InvalidValue, match="max_bitrate_kbps"):
        open_encoder(profile(video, bitrate_mode=BitrateMode.MBR), 25, VIDEO_COLOR)
    with pytest.raises(InvalidValue, match="8192x8192"):
        open_encoder(profile(video, width=8192, height=8192), 25, VIDEO_COLOR)
    for fps in (0, -1, 241, float("nan")):
        with pytest.raises(InvalidValue, match="fps"):
            open_encoder(profile(video), fps, VIDEO_COLOR)
    with pytest.raises(InvalidValue, match="threads"):
        open_encoder(profile(video), 25, VIDEO_COLOR, threads=0)


def test_frames_that_do_not_fit_are_refused(codec: Codec, opened: Keep) -> None:
    encoder = opened(open_encoder(profile(codec), 25, VIDEO_COLOR))
    with pytest.raises(InvalidValue, match="320x240"):
        encoder.encode(frame(picture(0, 160, 120)))
    if codec is not Codec.JPEG:
        with pytest.raises(InvalidValue, match="color"):
            encoder.encode(frame(picture(0, color=JPEG_COLOR)))
    assert len(encoder.encode(frame(picture(0)))) == 1, "and the encoder still works"


def test_a_closed_encoder_says_so(codec: Codec) -> None:
    encoder = open_encoder(profile(codec), 25, VIDEO_COLOR)
    encoder.encode(frame(picture(0)))
    encoder.close()
    encoder.close()
    with pytest.raises(LocalProtocolError):
        encoder.encode(frame(picture(1)))


def test_an_encoder_that_is_not_there_is_unavailable(monkeypatch: pytest.MonkeyPatch) -> None:
    from panocam.codecs import h264 as family

    assert encoders() == tuple(Codec)
    monkeypatch.setattr(family, "LIBRARY", "libnosuch")
    monkeypatch.setitem(FAMILIES, Codec.H264, replace(FAMILIES[Codec.H264], library="libnosuch"))
    assert Codec.H264 not in encoders()
    with pytest.raises(Unavailable, match="libnosuch"):
        open_encoder(profile(Codec.H264), 25, VIDEO_COLOR)


@pytest.mark.parametrize("color", [VIDEO_COLOR, JPEG_COLOR])
def test_black_stays_black(codec: Codec, color: object, opened: Keep) -> None:
    encoder = opened(open_encoder(profile(codec), 25, color))  # type: ignore[arg-type]
    (shown,) = decode(codec, encode(encoder, [Planes.blank(320, 240, color)]))  # type: ignore[arg-type]
    y, u, v = shown.color.black
    assert np.abs(shown.y.astype(int) - y).max() <= 1
    assert max(np.abs(shown.u.astype(int) - u).max(), np.abs(shown.v.astype(int) - v).max()) <= 1


@pytest.mark.skipif(sys.platform != "linux", reason="threads have policies of their own on Linux only")
def test_no_encoder_takes_the_cores_from_everybody_else(codec: Codec, opened: Keep) -> None:
    """SVT-AV1 makes its threads, and the one that opens it, real-time ones where it may."""
    encoder = opened(open_encoder(profile(codec), 25, VIDEO_COLOR))
    for number in range(3):
        encoder.encode(frame(picture(number), number))
    policies = {task.name: os.sched_getscheduler(int(task.name)) for task in Path("/proc/self/task").iterdir()}
    assert [thread for thread, policy in policies.items() if policy in (os.SCHED_FIFO, os.SCHED_RR)] == []

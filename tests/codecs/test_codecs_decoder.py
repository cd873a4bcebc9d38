"""Decoded pictures and image files become planes that say truly what colour they have."""

import struct
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from codecs_kit import encode, picture, psnr
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from panocam.codecs.decoder import open_video_decoder, packet_of, planes_of, still, still_from
from panocam.codecs.encoder import Encoder, open_encoder
from panocam.errors import InvalidValue, Unavailable
from panocam.media.codec import Codec, EncoderProfile
from panocam.media.planes import JPEG_COLOR, VIDEO_COLOR, Color, Matrix


def image(kind: str, width: int = 96, height: int = 64) -> bytes:
    """Red, with a blue corner top left."""
    pixels = np.full((height, width, 3), (30, 30, 200), np.uint8)
    pixels[: height // 2, : width // 2] = (200, 40, 30)
    options = [cv2.IMWRITE_JPEG_SAMPLING_FACTOR, cv2.IMWRITE_JPEG_SAMPLING_FACTOR_420] if kind == "jpg" else []
    return cv2.imencode(f".{kind}", pixels, options)[1].tobytes()


def with_orientation(jpeg: bytes, value: int) -> bytes:
    exif = b"Exif\0\0II*\0\x08\0\0\0" + struct.pack("<HHHIHHI", 1, 0x112, 3, 1, value, 0, 0)
    return jpeg[:2] + b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif + jpeg[2:]


@pytest.mark.parametrize("kind", ["jpg", "png", "bmp", "webp"])
def test_still_images(kind: str, tmp_path: Path) -> None:
    path = tmp_path / f"picture.{kind}"
    path.write_bytes(image(kind))
    planes = still(path)
    assert planes.size == (96, 64)
    assert planes.color == JPEG_COLOR
    red, blue = (81, 98, 213), (57, 209, 110)  # (30, 30, 200) and (200, 40, 30) in BGR, full range BT.601
    for (y, u, v), (row, column) in ((red, (50, 80)), (blue, (10, 20))):
        assert abs(int(planes.y[row, column]) - y) <= 3
        assert abs(int(planes.u[row // 2, column // 2]) - u) <= 3
        assert abs(int(planes.v[row // 2, column // 2]) - v) <= 3


def test_a_420_jpeg_is_not_converted() -> None:
    planes = still_from(image("jpg"))
    assert isinstance(planes.owner, av.VideoFrame)
    assert planes.y.ctypes.data == planes.owner.planes[0].buffer_ptr
    assert planes.owner.format.name == "yuvj420p"


@pytest.mark.parametrize("value", range(1, 9))
def test_exif_orientation_is_undone(value: int) -> None:
    data = with_orientation(image("jpg"), value)
    upright = cv2.cvtColor(cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR), cv2.COLOR_BGR2GRAY)
    planes = still_from(data)
    assert planes.size == upright.shape[::-1]
    assert psnr(planes.y, upright) > 35


@pytest.mark.parametrize("kind", ["jpg", "png", "bmp", "webp"])
@pytest.mark.parametrize("part", [0.0, 0.01, 0.5, 0.95])
def test_a_truncated_file_is_refused(kind: str, part: float, tmp_path: Path) -> None:
    data = image(kind)
    path = tmp_path / "cut"
    path.write_bytes(data[: int(len(data) * part)])
    with pytest.raises(InvalidValue, match="cut"):
        still(path)


def test_what_cannot_be_read_is_unavailable(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="No such file"):
        still(tmp_path / "none.jpg")
    with pytest.raises(Unavailable):
        still(tmp_path)


@pytest.mark.parametrize("size", [(14, 64), (64, 15), (8194, 16)])
def test_sizes_out_of_bounds_are_refused(size: tuple[int, int]) -> None:
    with pytest.raises(InvalidValue, match=f"{size[0]}x{size[1]}"):
        still_from(image("png", *size))


@pytest.mark.parametrize(("size", "expected"), [((16, 16), (16, 16)), ((17, 33), (16, 32)), ((8192, 16), (8192, 16))])
def test_sizes_in_bounds(size: tuple[int, int], expected: tuple[int, int]) -> None:
    assert still_from(image("jpg", *size)).size == expected


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(kind=st.sampled_from(["jpg", "png", "bmp", "webp"]), data=st.data())
def test_damaged_images_are_read_or_refused(kind: str, data: st.DataObject) -> None:
    bad = bytearray(image(kind, 32, 32))
    for _ in range(data.draw(st.integers(1, 8))):
        bad[data.draw(st.integers(0, len(bad) - 1))] = data.draw(st.integers(0, 255))
    with suppress(InvalidValue):
        assert still_from(bytes(bad)).width >= 16


CASES = [
    ("yuv420p", 1, 1, VIDEO_COLOR),
    ("yuv420p", 2, 5, JPEG_COLOR),
    ("yuvj420p", 0, 2, JPEG_COLOR),
    ("yuv420p", 0, 2, Color(False, Matrix.BT601)),
    ("yuv422p", 1, 1, VIDEO_COLOR),
    ("yuvj422p", 2, 6, JPEG_COLOR),
    ("nv12", 2, 1, Color(True, Matrix.BT709)),
    ("yuv420p10le", 1, 1, VIDEO_COLOR),
    ("yuyv422", 1, 6, Color(False, Matrix.BT601)),
]


@pytest.mark.parametrize(("kind", "span", "matrix", "color"), CASES)
def test_video_formats_keep_range_and_matrix(kind: str, span: int, matrix: int, color: Color) -> None:
    source = av.VideoFrame(64, 48, "yuv444p")
    for plane, value in zip(source.planes, (90, 70, 180), strict=True):
        np.frombuffer(plane, np.uint8)[:] = value
    source.color_range, source.colorspace = 1, 6
    shot = source.reformat(format=kind, src_color_range=1, dst_color_range=1, src_colorspace=6, dst_colorspace=6)
    shot.color_range, shot.colorspace = span, matrix
    planes = planes_of(shot)
    assert planes.color == color
    assert planes.u.shape == (24, 32)
    means = [float(p.mean()) for p in (planes.y, planes.u, planes.v)]
    if not kind.startswith("yuvj"):  # making those test pictures changes the range on the way
        assert means == pytest.approx([90, 70, 180], abs=1)


@pytest.mark.parametrize("kind", ["rgb24", "bgra", "gbrp", "gray"])
def test_rgb_and_grey_become_jpeg_colour(kind: str) -> None:
    source = av.VideoFrame.from_ndarray(np.full((48, 64, 3), 77, np.uint8), "rgb24")
    planes = planes_of(source.reformat(format=kind, dst_color_range=2))
    assert planes.color == JPEG_COLOR
    assert [float(p.mean()) for p in (planes.y, planes.u, planes.v)] == pytest.approx([77, 128, 128], abs=1)


def test_an_untagged_hd_picture_is_taken_as_bt709() -> None:
    assert planes_of(av.VideoFrame(1280, 720, "yuv420p")).color == VIDEO_COLOR


@pytest.mark.parametrize("codec", [Codec.H264, Codec.H265])
def test_a_low_delay_decoder_gives_each_picture_at_once(codec: Codec, opened: Callable[[Encoder], Encoder]) -> None:
    encoder = opened(open_encoder(EncoderProfile(codec, 320, 240), 25, VIDEO_COLOR))
    packets = encode(encoder, (picture(i) for i in range(8)))
    name = {Codec.H264: "h264", Codec.H265: "hevc"}[codec]
    live = open_video_decoder(av.CodecContext.create(name, "r"), low_delay=True, threads=2)
    assert [len(live.decode(packet_of(p.data))) for p in packets] == [1] * 8
    file = open_video_decoder(av.CodecContext.create(name, "r"), low_delay=False, threads=2)
    assert sum(len(file.decode(packet_of(p.data))) for p in packets) + len(file.decode(None)) == 8


def test_a_decoder_is_lent_no_memory_of_the_interpreter() -> None:
    data = bytes(range(200))
    before = sys.getrefcount(data)
    packet = packet_of(data)
    assert (bytes(packet), sys.getrefcount(data)) == (data, before)


def test_a_decoder_that_fails_in_the_middle_of_a_picture_holds_nobody_up(opened: Callable[[Encoder], Encoder]) -> None:
    """Its threads still decode the good picture when what comes behind it is refused and it is closed."""
    encoder = opened(open_encoder(EncoderProfile(Codec.AV1, 1920, 1080), 25, VIDEO_COLOR))
    [key] = encode(encoder, [picture(0, 1920, 1080)])
    command = [sys.executable, "-c", THUMBNAIL]
    done = subprocess.run(command, input=key.data + b"\x32\0", capture_output=True, timeout=60)
    assert done.stdout.count(b"the stored picture cannot be decoded") == 20, done.stderr.decode()


THUMBNAIL = """
import sys
from panocam.codecs.thumbnail import thumbnail
from panocam.errors import Unavailable
from panocam.media.codec import Codec
from panocam.media.packet import Packet
packet = Packet(Codec.AV1, sys.stdin.buffer.read(), True, 0, 0)
for _ in range(20):
    try:
        thumbnail(packet, 64)
    except Unavailable as fault:
        print(fault)
"""

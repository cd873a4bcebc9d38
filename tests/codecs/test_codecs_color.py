"""The same colours come out of every codec, whatever range and matrix the source had."""

from collections.abc import Callable

import cv2
import numpy as np
import pytest
from codecs_kit import decode, encode

from panocam.codecs.encoder import Encoder, open_encoder
from panocam.codecs.jfif import COEFFICIENTS, JfifConverter
from panocam.media import jpeg
from panocam.media.codec import Codec, EncoderProfile
from panocam.media.planes import JPEG_COLOR, VIDEO_COLOR, Color, Matrix, Planes

Keep = Callable[[Encoder], Encoder]
KINDS = [Color(full, matrix) for full in (False, True) for matrix in Matrix]
PATCH = 64
RGB = np.array(
    [[30, 40, 200], [200, 40, 30], [40, 180, 60], [128, 128, 128], [220, 210, 60], [60, 190, 200], [180, 70, 170], [240, 240, 240]]
)


def to_planes(colors: np.ndarray, color: Color) -> Planes:
    """Square patches in a row, by the formulas of ITU-T H.273 written out."""
    kr, kb = COEFFICIENTS[color.matrix]
    planes = Planes.blank(PATCH * len(colors), PATCH, color)
    for i, (r, g, b) in enumerate(colors / 255):
        y = kr * r + (1 - kr - kb) * g + kb * b
        cb, cr = (b - y) / (2 - 2 * kb), (r - y) / (2 - 2 * kr)
        luma, chroma = (255, 255) if color.full else (219, 224)
        planes.y[:, i * PATCH : (i + 1) * PATCH] = round(color.black[0] + luma * y)
        planes.u[:, i * PATCH // 2 : (i + 1) * PATCH // 2] = round(128 + chroma * cb)
        planes.v[:, i * PATCH // 2 : (i + 1) * PATCH // 2] = round(128 + chroma * cr)
    return planes


def to_rgb(planes: Planes) -> np.ndarray:
    """The mean colour in the middle of each patch."""
    kr, kb = COEFFICIENTS[planes.color.matrix]
    out = []
    for i in range(planes.width // PATCH):
        full, half = slice(i * PATCH + 16, i * PATCH + 48), slice(i * PATCH // 2 + 8, i * PATCH // 2 + 24)
        luma, chroma = (255, 255) if planes.color.full else (219, 224)
        y = (planes.y[16:48, full].mean() - planes.color.black[0]) / luma
        cb, cr = (planes.u[8:24, half].mean() - 128) / chroma, (planes.v[8:24, half].mean() - 128) / chroma
        r, b = y + (2 - 2 * kr) * cr, y + (2 - 2 * kb) * cb
        out.append((r, (y - kr * r - kb * b) / (1 - kr - kb), b))
    return np.array(out) * 255


@pytest.mark.feature("TRB-17")
@pytest.mark.parametrize("color", KINDS, ids=lambda c: f"{c.matrix.value}-{'full' if c.full else 'limited'}")
def test_all_codecs_show_the_same_colours(color: Color, opened: Keep) -> None:
    source = to_planes(RGB, color)
    seen = [to_rgb(source)]
    for codec in Codec:
        encoder = opened(open_encoder(EncoderProfile(codec, source.width, source.height, compression=5), 25, color))
        packets = encode(encoder, [source])
        shown = decode(codec, packets)[0]
        assert shown.color == (JPEG_COLOR if codec is Codec.JPEG else color)
        seen.append(to_rgb(shown))
    assert np.ptp(seen, axis=0).max() <= 2


@pytest.mark.feature("TRB-17")
def test_an_independent_jpeg_reader_sees_the_same_colours(opened: Keep) -> None:
    source = to_planes(RGB, VIDEO_COLOR)
    encoder = opened(open_encoder(EncoderProfile(Codec.JPEG, source.width, source.height, compression=5), 25, VIDEO_COLOR))
    (packet,) = encode(encoder, [source])
    shown = cv2.imdecode(np.frombuffer(packet.data, np.uint8), cv2.IMREAD_COLOR_RGB)
    means = [shown[16:48, i * PATCH + 16 : i * PATCH + 48].mean((0, 1)) for i in range(len(RGB))]
    assert np.abs(np.array(means) - to_rgb(source)).max() <= 2


@pytest.mark.parametrize("color", KINDS[:2] + KINDS[3:])
def test_conversion_is_exact_to_a_level_also_across_edges(color: Color) -> None:
    """Random soft pictures against the same sums in floating point."""
    rng = np.random.default_rng(5)
    shape, small = (96, 128), (48, 64)
    blur = [cv2.GaussianBlur(rng.uniform(-120, 375, s), (0, 0), 4) for s in (shape, small, small)]
    low, high_y, high_c = (0, 255, 255) if color.full else (16, 235, 240)
    y = np.clip(blur[0], low, high_y).astype(np.uint8)
    u, v = (np.clip(b * 0.6 + 50, low, high_c).astype(np.uint8) for b in blur[1:])
    out = JfifConverter(128, 96, color)(Planes(y, u, v, color))
    kr, kb = COEFFICIENTS[color.matrix]
    luma, chroma, zero = (255, 255, 0) if color.full else (219, 224, 16)
    pb, pr = ((cv2.resize(p.astype(float), (128, 96)) - 128) / chroma for p in (u, v))
    yy = (y.astype(float) - zero) / luma
    r, b = yy + (2 - 2 * kr) * pr, yy + (2 - 2 * kb) * pb
    g = (yy - kr * r - kb * b) / (1 - kr - kb)
    expected = np.clip(255 * (0.299 * r + 0.587 * g + 0.114 * b), 0, 255)
    assert np.abs(out.y - expected).max() <= 1.01


@pytest.mark.feature("STR-12")
def test_jpeg_is_what_rtp_receivers_know(opened: Keep) -> None:
    """RFC 2435: baseline, 4:2:0, standard Huffman tables, no restart markers unless announced."""
    encoder = opened(open_encoder(EncoderProfile(Codec.JPEG, 64, 48), 25, JPEG_COLOR))
    (packet,) = encode(encoder, [Planes.blank(64, 48)])
    header = jpeg.parse(packet.data)
    assert (header.width, header.height, header.baseline, header.subsampling) == (64, 48, True, "420")
    assert header.standard_huffman
    assert len(header.huffman) == 4
    assert header.restart_interval == 0
    assert packet.data.startswith(b"\xff\xd8\xff\xe0\0\x10JFIF\0")
    assert packet.data.endswith(bytes(jpeg.scan(packet.data, header)) + b"\xff\xd9")

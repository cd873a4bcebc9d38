"""What may be uploaded for an overlay, and what is refused with which words."""

from __future__ import annotations

import struct
import subprocess
import sys
import zlib
from io import BytesIO

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from panocam.errors import InvalidValue
from panocam.imaging import artwork, svg
from panocam.imaging.artwork import LARGEST_FILE, accept, drawn

HEAD = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="20" height="10">'


def encoded(image: Image.Image, kind: str, **more: object) -> bytes:
    out = BytesIO()
    image.save(out, kind, **more)
    return out.getvalue()


def gradient(mode: str = "RGB") -> Image.Image:
    values = np.linspace(0, 255, 30 * 20 * 3).reshape(20, 30, 3).astype(np.uint8)
    return Image.fromarray(values).convert(mode)


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def claimed(width: int, height: int) -> bytes:
    """A PNG whose header says so, with a handful of pixels in it."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")


@pytest.mark.feature("OVL-02")
@pytest.mark.parametrize(
    ("kind", "mode"),
    [("PNG", "RGB"), ("PNG", "RGBA"), ("PNG", "P"), ("PNG", "L"), ("PNG", "1"), ("JPEG", "RGB"), ("JPEG", "CMYK"), ("BMP", "RGB")],
)
def test_every_kind_of_picture_is_taken_whatever_it_is_called(kind: str, mode: str) -> None:
    image = gradient(mode)
    kept = accept(encoded(image, kind), "holiday.svg")
    assert (kept.kind, kept.width, kept.height) == ("png", 30, 20)
    pixels = drawn(kept, 30, 20)
    assert np.abs(pixels[..., :3].astype(int) - np.asarray(image.convert("RGB"))).max() <= (30 if kind == "JPEG" else 0)


def test_a_sixteen_bit_picture_keeps_its_greys() -> None:
    deep = Image.fromarray((np.arange(200, dtype=np.uint16) * 300).reshape(10, 20))
    assert np.abs(drawn(accept(encoded(deep, "PNG"), "deep"), 20, 10)[..., 0].astype(int) - np.asarray(deep) // 257).max() <= 1


def test_a_photograph_that_lies_on_its_side_is_put_upright() -> None:
    image = gradient()
    exif = Image.Exif()
    exif[0x0112] = 6
    kept = accept(encoded(image, "JPEG", exif=exif), "phone.jpg")
    assert (kept.width, kept.height) == (20, 30)


def test_one_colour_becomes_transparent() -> None:
    image = Image.new("RGB", (8, 8), (255, 0, 255))
    image.putpixel((3, 4), (1, 2, 3))
    pixels = drawn(accept(encoded(image, "BMP"), "key", see_through="FF00ff"), 8, 8)
    assert (pixels[..., 3] == 255).sum() == 1
    with pytest.raises(InvalidValue, match="six hexadecimal digits"):
        accept(encoded(image, "BMP"), "key", see_through="magenta")


@pytest.mark.feature("OVL-02")
@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "is empty"),
        (b"MZ\x90\x00 this is a program", "is not a PNG, JPEG, BMP or SVG picture"),
        (b"GIF89a" + bytes(50), "is not a PNG, JPEG, BMP or SVG picture"),
        (encoded(gradient(), "PNG")[:-60], "is not a whole picture"),
        (encoded(gradient(), "JPEG")[:200], "is not a"),
        (claimed(10_000, 10_000), "is 10000x10000; up to 4096x4096"),
        (claimed(4000, 4000), "is not a whole picture"),
        (claimed(2**31 - 1, 2**31 - 1), "up to 4096x4096"),
        (b"BM" + bytes(60), "is not a"),
        (b"\x89PNG\r\n\x1a\n" + bytes(40), "is not a"),
        (bytes(LARGEST_FILE + 1), "bytes are accepted|are accepted"),
    ],
    ids=[str(number) for number in range(11)],
)
def test_what_is_no_good_is_refused_with_a_reason(data: bytes, words: str) -> None:
    with pytest.raises(InvalidValue, match=words):
        accept(data, "file.png")


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_damaged_pictures_never_break_anything(data: st.DataObject) -> None:
    whole = bytearray(data.draw(st.sampled_from([encoded(gradient(), kind) for kind in ("PNG", "JPEG", "BMP")])))
    for place, value in data.draw(st.lists(st.tuples(st.integers(0, len(whole) - 1), st.integers(0, 255)), max_size=8)):
        whole[place] = value
    try:
        kept = accept(bytes(whole[: data.draw(st.integers(0, len(whole)))]), "x")
    except InvalidValue:
        return
    assert drawn(kept, 10, 10).shape == (10, 10, 4)


def test_transparent_pixels_leave_no_fringe_when_shrunk() -> None:
    """Their colour (here green) must not bleed into the edge."""
    pixels = np.zeros((64, 64, 4), np.uint8)
    pixels[..., 1] = 255
    pixels[:, :31] = (255, 0, 0, 255)
    small = drawn(accept(encoded(Image.fromarray(pixels), "PNG"), "edge"), 16, 16)
    assert small[small[..., 3] > 20][:, 1].max() <= 2


# --- drawings


@pytest.mark.feature("OVL-02")
@pytest.mark.parametrize(
    ("inside", "words"),
    [
        ("<script>alert(1)</script>", "scripts"),
        ('<rect width="5" height="5" onclick="alert(1)"/>', "event handlers"),
        ('<rect width="5" height="5" onClick="alert(1)"/>', "event handlers"),
        ('<rect width="5" height="5" ONCLICK="alert(1)"/>', "event handlers"),
        ('<handler type="application/ecmascript">alert(1)</handler>', "scripts"),
        ("<foreignObject><p/></foreignObject>", "foreign content"),
        ('<image href="file:///etc/passwd" width="5" height="5"/>', "references to other files"),
        ('<image xlink:href="http://192.0.2.1/x.png" width="5" height="5"/>', "references to other files"),
        ('<use href="other.svg#a"/>', "references to other files"),
        ('<image href="data:image/svg+xml;base64,PHN2Zy8+"/>', "references to other files"),
        ('<rect fill="url(http://192.0.2.1/x)"/>', "references to other files"),
        ('<style>@import url("http://192.0.2.1/x.css");</style>', "references to other files"),
        ('<rect style="fill: url( \'x.svg#p\' )"/>', "references to other files"),
        ("<g>" * 70 + "</g>" * 70, "nested deeper"),
        ("<g/>" * 20_001, "more than 20000 parts"),
    ],
)  # fmt: skip
def test_drawings_with_more_than_shapes_are_refused(inside: str, words: str) -> None:
    with pytest.raises(InvalidValue, match=words):
        accept(f"{HEAD}{inside}</svg>".encode(), "bad.svg")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('<!DOCTYPE svg [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>' + HEAD + "<text>&b;</text></svg>", "entities"),
        ('<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + HEAD + "<text>&x;</text></svg>", "entities"),
        ("<html><body/></html>", "root element is not svg"),
        ("<svg><rect/></svg>", "root element is not svg"),
        (HEAD + "<rect>", "is not a whole SVG drawing"),
        ("<", "is not a whole SVG drawing"),
        ("<!-- only words -->", "is not a whole SVG drawing"),
    ],
)
def test_what_is_no_drawing_is_refused(text: str, words: str) -> None:
    with pytest.raises(InvalidValue, match=words):
        accept(text.encode(), "bad.svg")


@pytest.mark.parametrize(
    ("attributes", "size"),
    [
        ('width="200" height="100"', (200, 100)),
        ('width="40px" height="20.5"', (40, 20.5)),
        ('width="100%" height="100%" viewBox="0 0 64 32"', (64, 32)),
        ('viewBox="0,0,64,16"', (64, 16)),
        ('width="9999999" height="1"', (100, 100)),
        ("", (100, 100)),
    ],
)
def test_the_size_of_a_drawing(attributes: str, size: tuple[float, float]) -> None:
    kept = accept(f'<svg xmlns="http://www.w3.org/2000/svg" {attributes}><rect width="5" height="5"/></svg>'.encode(), "a.svg")
    assert (kept.width, kept.height) == size


def test_a_plain_doctype_links_inside_and_embedded_pictures_are_fine() -> None:
    import base64

    picture = base64.b64encode(encoded(gradient(), "PNG")).decode()
    text = (
        '\ufeff<?xml version="1.0" encoding="UTF-8"?>'
        '<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">'
        f'{HEAD}<defs><g id="a"><rect width="4" height="4" fill="red"/></g></defs><use href="#a" x="10"/>'
        f'<image href="data:image/png;base64,{picture}" width="4" height="4"/></svg>'
    )
    pixels = drawn(accept(text.encode(), "a.svg"), 200, 100)
    assert tuple(pixels[10, 120]) == (255, 0, 0, 255)
    assert pixels[10, 10, 3] == 255
    assert pixels[90, 150, 3] == 0


def test_the_trial_draws_in_a_process_with_limits() -> None:
    def tried(text: str) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            [sys.executable, "-m", "panocam.imaging.svg"], input=text.encode(), capture_output=True, timeout=30, check=False
        )

    good = tried(HEAD + '<rect width="5" height="5"/></svg>')
    assert (good.returncode, good.stdout.split()) == (0, [b"3000", b"1500"]), good
    bad = tried(HEAD + "<script/></svg>")
    assert (bad.returncode, b"scripts" in bad.stdout) == (1, True)


@settings(max_examples=80, deadline=None)
@given(st.text(st.sampled_from("<>/=\"'&;#svg xmlnhref:url(data)![]"), max_size=60))
def test_no_text_breaks_the_check(text: str) -> None:
    for candidate in (text, HEAD + text, HEAD + text + "</svg>"):
        try:
            svg.check(candidate.encode(), "x")
        except InvalidValue:
            continue


def test_limits_are_told_to_clients_as_they_are() -> None:
    assert set(artwork.FORMATS) == {"PNG", "JPEG", "BMP", "SVG"}


def test_the_largest_picture_that_is_offered_is_taken() -> None:
    whole = accept(encoded(Image.new("1", (artwork.LARGEST_SIDE, 8)), "PNG"), "wide.png")
    assert (whole.width, whole.height) == (artwork.LARGEST_SIDE, 8)
    with pytest.raises(InvalidValue, match="is 4097x8"):
        accept(encoded(Image.new("1", (artwork.LARGEST_SIDE + 1, 8)), "PNG"), "wider.png")

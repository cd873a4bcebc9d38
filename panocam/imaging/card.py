"""A drawn notice for the time without a picture: a strip of coloured bars and a few centred words.

The bars say at a glance, even on a thumbnail without room for words, that this is a notice and not a dark scene. Words are set
as large as suits the picture and made smaller until all lines fit, wrapped; what cannot fit even at the smallest legible size
ends in an ellipsis. Cards are kept by value: many channels show the same words, and only a countdown changes them.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont
from PIL.ImageFont import FreeTypeFont

from panocam.media.planes import Color, Matrix, Plane, Planes

RGB = tuple[int, int, int]

GROUND: RGB = (28, 32, 40)
BARS: tuple[RGB, ...] = (
    (196, 198, 200), (204, 178, 72), (84, 170, 178), (92, 158, 96), (160, 100, 164), (188, 82, 78), (74, 96, 168),
)  # fmt: skip
"""The order of the classic test picture, from light to dark, in subdued colours."""

WEIGHTS = {Matrix.BT601: (0.299, 0.114), Matrix.BT709: (0.2126, 0.0722)}
"""Kr and Kb (ITU-T H.273 table 4)."""

SMALLEST = 9
"""Pixels: below this letter size nobody reads anything."""

TITLE_INK, LINE_INK = 255, 205
"""0..255 on the way from the ground to white."""

FINE, FINE_BELOW = 3, 500_000
"""Pictures of fewer pixels are set this many times larger and shrunk: placed on whole pixels, small letters would run together."""

LEADING = 1.35
"""From line to line, in letter sizes."""

WIDTH = 0.88
"""The share of the picture's width that words may take."""

KNOWN = frozenset(map(chr, range(32, 127))) | frozenset("°…“”‘’·")
RESPELLED = str.maketrans({"ß": "ss", "æ": "ae", "Æ": "AE", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d", "–": "-", "—": "-", "→": ">"})
"""The font that comes with Pillow has few letters beyond ASCII; accents are left out, what has no base letter becomes ``?``."""


def draw_card(title: str, lines: Sequence[str], out: Planes) -> None:
    """Fill ``out`` (any even size from 16x16, in its own colour range and matrix) with ``title`` and ``lines`` under it."""
    card = _card(_spelled(title), tuple(map(_spelled, lines)), out.size, out.color)
    for mine, theirs in zip((out.y, out.u, out.v), (card.y, card.u, card.v), strict=True):
        mine[:] = theirs


def _spelled(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.translate(RESPELLED).replace("…", "\0")).replace("\0", "…")
    return "".join(c if c in KNOWN else "?" for c in plain if not unicodedata.combining(c))


@lru_cache(maxsize=8)
def _card(title: str, lines: tuple[str, ...], size: tuple[int, int], color: Color) -> Planes:
    width, height = size
    strip = max(2, round(height * 0.045)) // 2 * 2
    ink = _words(title, lines, size, strip)
    small = cv2.resize(ink, ((width + 1) // 2, (height + 1) // 2), interpolation=cv2.INTER_AREA)
    ground, white = _yuv(GROUND, color), _yuv((255, 255, 255), color)
    planes = [
        np.asarray(cv2.LUT(mask, np.linspace(a, b, 256).round().astype(np.uint8)), np.uint8)
        for mask, a, b in zip((ink, small, small), ground, white, strict=True)
    ]
    edges = np.linspace(0, (width + 1) // 2, len(BARS) + 1).round().astype(int)
    for bar, left, right in zip(BARS, edges, edges[1:], strict=False):
        for plane, value, scale in zip(planes, _yuv(bar, color), (2, 1, 1), strict=True):
            for rows in (slice(strip * scale // 2), slice(plane.shape[0] - strip * scale // 2, None)):
                plane[rows, left * scale : right * scale] = value
    y, u, v = planes
    return Planes(y, u, v, color)


def _yuv(rgb: RGB, color: Color) -> tuple[int, int, int]:
    """(Y, Cb, Cr) of full-range R'G'B' (ITU-T H.273 8.3, equations for 8 bits)."""
    red, green, blue = (value / 255 for value in rgb)
    kr, kb = WEIGHTS[color.matrix]
    luma = kr * red + (1 - kr - kb) * green + kb * blue
    cb, cr = (blue - luma) / (2 - 2 * kb), (red - luma) / (2 - 2 * kr)
    if color.full:
        return round(255 * luma), min(255, round(128 + 255 * cb)), min(255, round(128 + 255 * cr))
    return round(16 + 219 * luma), round(128 + 224 * cb), round(128 + 224 * cr)


@dataclass(frozen=True)
class _Row:
    """One line of words as it is set: its text, letter size in pixels, ink, and the space from the row above."""

    text: str
    letters: int
    ink: int
    space: float


def _words(title: str, lines: tuple[str, ...], size: tuple[int, int], strip: int) -> Plane:
    """The words as ink (0 ground .. 255 white), shape (height, width)."""
    scale = FINE if size[0] * size[1] < FINE_BELOW else 1
    width, height = size[0] * scale, size[1] * scale
    image = Image.new("L", (width, height))
    draw = ImageDraw.Draw(image)
    rows = _fitted(title, lines, (width * WIDTH, height - 2 * (strip + 1) * scale), SMALLEST * scale)
    y = (height - _height(rows)) / 2
    for row in rows:
        y += row.space
        draw.text((width / 2, y + row.letters * LEADING / 2), row.text, fill=row.ink, font=_font(row.letters), anchor="mm")
        y += row.letters * LEADING
    ink = np.asarray(image, np.uint8)
    return np.asarray(cv2.resize(ink, size, interpolation=cv2.INTER_AREA), np.uint8) if scale > 1 else ink


def _fitted(title: str, lines: tuple[str, ...], room: tuple[float, float], smallest: int) -> list[_Row]:
    """All rows at the largest size at which they fit into ``room`` (width, height); else as many as fit at the smallest."""
    width, height = room
    letters = max(smallest, round(min(width / 26, height / 14)))
    while True:
        rows = list(_rows(title, lines, letters, width))
        if _height(rows) <= height:
            return rows
        if letters == smallest:
            break
        letters = max(smallest, letters * 9 // 10)
    while rows and _height(rows) > height:
        rows.pop()
    if rows:
        last = rows[-1]
        rows[-1] = _Row(_cut(last.text + "…", _font(last.letters), width), last.letters, last.ink, last.space)
    return rows


def _rows(title: str, lines: tuple[str, ...], letters: int, width: float) -> Iterator[_Row]:
    large = round(letters * 1.9)
    while large > letters and _font(large).getlength(title) > width:
        large -= 1
    for text in _wrapped(title, _font(large), width):
        yield _Row(text, large, TITLE_INK, 0)
    for line in lines:
        for i, text in enumerate(_wrapped(line, _font(letters), width)):
            yield _Row(text, letters, LINE_INK, letters * 0.35 if i == 0 else 0)


def _height(rows: Sequence[_Row]) -> float:
    return sum(row.letters * LEADING + row.space for row in rows)


def _wrapped(text: str, font: FreeTypeFont, width: float) -> Iterator[str]:
    """``text`` in pieces no wider than ``width``, broken at spaces, within a word only where one alone is too wide."""
    row = ""
    for word in text.split():
        longer = f"{row} {word}" if row else word
        if font.getlength(longer) <= width:
            row = longer
            continue
        if row:
            yield row
        while font.getlength(word) > width and len(word) > 1:
            head = _head(word, font, width)
            yield head
            word = word[len(head) :]
        row = word
    if row:
        yield row


def _head(word: str, font: FreeTypeFont, width: float) -> str:
    """The part of ``word`` that fits, ending after a separator where there is one in its second half."""
    end = next(n for n in range(len(word), 0, -1) if n == 1 or font.getlength(word[:n]) <= width)
    nice = max(word.rfind(sep, 0, end) for sep in "/?&=.:-_,") + 1
    return word[: nice if nice > end // 2 else end]


def _cut(text: str, font: FreeTypeFont, width: float) -> str:
    """``text``, which ends in an ellipsis, with letters before it left out until it fits."""
    while font.getlength(text) > width and len(text) > 1:
        text = text[:-2] + "…"
    return text


@lru_cache(maxsize=32)
def _font(letters: int) -> FreeTypeFont:
    font = ImageFont.load_default(letters)
    assert isinstance(font, FreeTypeFont)  # a bitmap font comes only from a Pillow built without FreeType
    return font

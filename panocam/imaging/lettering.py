"""Words as coverage: set, shaped and put together from pieces that are drawn once.

A line is cut into pieces: runs of one font and one direction, and within them every digit by itself, because digits are what changes in
a clock, and in this font they are all equally wide. Pieces are drawn by FreeType (shaped by HarfBuzz where Pillow has it), kept by value,
and laid side by side on whole pixels. When a text changes, ``Block.changed`` draws only the rectangle around the pieces that differ; and
where only digits differ, ``Block.cells`` names the places, so that whoever has shown these digits there before need not draw at all.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import zip_longest
from typing import Literal, NamedTuple

import numpy as np
from PIL import Image, ImageDraw, features

from panocam.imaging.bidi import visual
from panocam.imaging.fonts import CHINESE, font, font_of, home, same_font
from panocam.media.planes import Plane

Align = Literal["left", "center", "right"]

LEADING = 1.3
"""From line to line, in letter sizes; ``ASCENT`` of it lies above the foot of the letters."""
ASCENT = 1.0
MARGIN = 0.22
"""Around the text, in letter sizes: what a background covers beside the letters."""
LONGEST = 1000
"""Letters in a line; and ``MOST_LINES`` lines. What is beyond is not drawn."""
MOST_LINES = 40

MOST_SPANS = 64
"""Sets of digits of a block of which is kept where they lie; a clock changes a dozen different ones."""

SMALL = 64_000
"""Pixels: pieces up to about this size are kept for all who may need them; larger ones only while their text shows them."""

_SHAPES = features.check("raqm")
_DIGITS = "0123456789"
_CUT = re.compile(r"\d|[^\d]+")


class Cut(NamedTuple):
    """A piece of a line before it is drawn: letters in reading order, the number of their font, and whether they run rightwards."""

    text: str
    font: int
    rightward: bool


@dataclass(frozen=True, eq=False)
class Piece:
    """``fill`` and ``outline`` coverage 0..255 of equal shape; ``left`` and ``top`` from the pen at the foot."""

    fill: Plane
    outline: Plane
    left: int
    top: int


class Span(NamedTuple):
    """Neighbouring digits of a block: where in the text they and a letter on each side (which may reach in) are, and the even rectangle
    (left, top, right, bottom) that any digits there would need."""

    letters: slice
    digits: slice
    area: tuple[int, int, int, int]


class Placed(NamedTuple):
    """A piece and the rectangle that it takes."""

    piece: Piece
    left: int
    top: int
    right: int
    bottom: int


def _drawn(cut: Cut, size: int, stroke: int) -> Piece:
    face = font(cut.font, size)
    direction = _direction(cut)
    left, top, right, bottom = face.getbbox(cut.text, stroke_width=stroke, anchor="ls", direction=direction)
    box = round(left) - 1, round(top) - 1, round(right) + 1, round(bottom) + 1
    shape = max(1, box[2] - box[0]), max(1, box[3] - box[1])

    def drawn(width: int) -> Plane:
        image = Image.new("L", shape)
        ImageDraw.Draw(image).text((-box[0], -box[1]), cut.text, 255, face, anchor="ls", stroke_width=width, direction=direction)
        return np.asarray(image, np.uint8)

    fill = drawn(0)
    return Piece(fill, drawn(stroke) if stroke else fill, box[0], box[1])


_kept = lru_cache(maxsize=1024)(_drawn)


def _direction(cut: Cut) -> str | None:
    """For the shaper; without one, letters stand as they come."""
    return ("ltr" if cut.rightward else "rtl") if _SHAPES else None


@lru_cache(maxsize=4096)
def _advance(cut: Cut, size: int) -> int:
    """How far the pen moves, in pixels."""
    return round(font(cut.font, size).getlength(cut.text, direction=_direction(cut)))


@lru_cache(maxsize=512)
def _cuts(line: str) -> tuple[Cut, ...]:
    """The pieces of a line from left to right."""
    found: list[Cut] = []
    for run in visual(line):
        parts = [Cut(part, number, run.rightward) for text, number in _fonts(run.text) for part in _CUT.findall(text)]
        found += parts if run.rightward else reversed(parts)
    return tuple(found)


def _fonts(text: str) -> Iterator[tuple[str, int]]:
    """``text`` in stretches of one font, in reading order."""
    if text.isascii():
        yield text, 0
        return
    start, current, chinese = 0, -1, home(text)
    for at, letter in enumerate(text):
        number = current if current >= 0 and same_font(letter, current) else font_of(letter)
        number = chinese if number == CHINESE else number
        if number != current:
            if at > start:
                yield text[start:at], current
            start, current = at, number
    if start < len(text):
        yield text[start:], current


def _width(cuts: Sequence[Cut], size: int) -> int:
    return sum(_advance(cut, size) for cut in cuts)


def _wrapped(line: str, width: int, measure: Callable[[str], int]) -> Iterator[str]:
    """``line`` in rows no wider than ``width``, broken at blanks, within a word only where one alone is too wide."""
    if measure(line) <= width:
        yield line
        return
    row = ""
    for word in line.split(" "):
        longer = f"{row} {word}" if row else word
        if measure(longer) <= width:
            row = longer
            continue
        if row:
            yield row
        row = word
        while len(row) > 1 and measure(row) > width:
            fits = _fitting(row, width, measure)
            yield row[:fits]
            row = row[fits:]
    yield row


def _fitting(word: str, width: int, measure: Callable[[str], int]) -> int:
    """How many letters of ``word`` fit, at least one."""
    least, most = 1, len(word)
    while least < most:
        middle = (least + most + 1) // 2
        least, most = (middle, most) if measure(word[:middle]) <= width else (least, middle - 1)
    return least


@dataclass(frozen=True)
class Setting:
    """How a text is set: letters of ``size`` pixels, an outline of ``stroke`` pixels, in no more than ``room`` (width, height) pixels.

    Rows that are too long are broken; without ``wrap`` their end is not drawn.
    """

    size: int
    stroke: int
    align: Align
    room: tuple[int, int]
    wrap: bool = True

    @property
    def margin(self) -> int:
        """Pixels around the text."""
        return max(2, round(self.size * MARGIN), self.stroke + 1)


def _printable(text: str) -> str:
    return "".join(letter if letter.isprintable() or letter in "\u200c\u200d\u200e\u200f" else " " for letter in text)


def _rows(text: str, setting: Setting) -> list[tuple[Cut, ...]]:
    def measure(line: str) -> int:
        return _width(_cuts(line), setting.size)

    most = max(1, min(MOST_LINES, int((setting.room[1] - 2 * setting.margin) / (setting.size * LEADING))))
    room = setting.room[0] - 2 * setting.margin
    found: list[tuple[Cut, ...]] = []
    for line in text.split("\n")[:most]:
        shown = _printable(line[:LONGEST])
        if setting.wrap:
            found += map(_cuts, _wrapped(shown, room, measure))
        else:
            found.append(_cuts(shown if measure(shown) <= room else shown[: _fitting(shown, room, measure)]))
    return found[:most]


def _placed(piece: Piece, x: int, y: int) -> Placed:
    left, top, (height, width) = x + piece.left, y + piece.top, piece.fill.shape
    return Placed(piece, left, top, left + width, top + height)


def _make(cut: Cut, setting: Setting) -> Piece:
    small = len(cut.text) * setting.size**2 <= SMALL
    return (_kept if small else _drawn)(cut, setting.size, setting.stroke)


@lru_cache(maxsize=64)
def _digit_box(setting: Setting) -> tuple[int, int, int, int]:
    """Left, top, right, bottom around all digits, from the pen."""
    boxes = [_placed(_make(Cut(digit, 0, True), setting), 0, 0) for digit in _DIGITS]
    return min(b.left for b in boxes), min(b.top for b in boxes), max(b.right for b in boxes), max(b.bottom for b in boxes)


class Block:
    """A text set in rows. ``text`` as given, ``size`` (width, height) even; ``fill`` and ``outline`` are coverage 0..255 of that shape."""

    def __init__(self, text: str, setting: Setting) -> None:
        self.setting = setting
        rows = _rows(text, setting)
        widths = [_width(row, setting.size) for row in rows]
        self.size = self._room(rows, widths)
        self.text = text
        self._pieces: dict[Cut, Piece] = {}
        self._placed: list[Placed] = []
        self._digits: dict[int, tuple[int, int, int]] = {}
        self._spans: dict[tuple[int, ...], list[Span]] = {}
        self._place(text, rows, widths)
        self.fill = np.zeros((self.size[1], self.size[0]), np.uint8)
        self.outline = self.fill if setting.stroke == 0 else np.zeros_like(self.fill)
        self._draw((0, 0, *self.size))

    def spans(self, before: str, text: str) -> Sequence[Span] | None:
        """Where ``text`` differs from ``before``, which was this block's; None if it does elsewhere than at digits. Whether it has digits
        there too is not looked at."""
        if not self._digits or len(text) != len(before):
            return None
        places = tuple([at for at, (old, new) in enumerate(zip(before, text, strict=True)) if old != new])
        spans = self._spans.get(places)
        if spans is None and all(at in self._digits for at in places):
            if len(self._spans) >= MOST_SPANS:
                self._spans.clear()
            spans = self._spans[places] = self._together(places)
        return spans

    def _together(self, places: Sequence[int]) -> list[Span]:
        """``places`` in runs of neighbours."""
        runs: list[list[int]] = []
        for at in places:
            if runs and runs[-1][-1] == at - 1:
                runs[-1].append(at)
            else:
                runs.append([at])
        return [Span(slice(max(0, run[0] - 1), run[-1] + 2), slice(run[0], run[-1] + 1), self._around(run[0], run[-1])) for run in runs]

    def _around(self, first: int, last: int) -> tuple[int, int, int, int]:
        """What any digits from ``first`` to ``last`` may cover."""
        (_, x0, y), (_, x1, _) = self._digits[first], self._digits[last]
        left, top, right, bottom = _digit_box(self.setting)
        width, height = self.size
        return max(0, x0 + left) // 2 * 2, max(0, y + top) // 2 * 2, min(width, _even(x1 + right)), min(height, _even(y + bottom))

    def changed(self, text: str) -> tuple[int, int, int, int] | None:
        """Become ``text`` in place, if its pieces need the same room: the even rectangle that was drawn anew, left, top, right, bottom.

        None if it needs another block.
        """
        if self._digits and len(text) == len(self.text):
            places = [at for at, (old, new) in enumerate(zip(self.text, text, strict=True)) if old != new]
            if all(at in self._digits and text[at] in _DIGITS for at in places):
                return self._replaced(text, places)
        rows = _rows(text, self.setting)
        widths = [_width(row, self.setting.size) for row in rows]
        if self._room(rows, widths) != self.size:
            return None
        old_pieces = self._placed
        self._place(text, rows, widths)
        pairs = zip_longest(old_pieces, self._placed)
        return self._redrawn([box for pair in pairs if pair[0] != pair[1] for box in pair if box is not None])

    def _replaced(self, text: str, places: Sequence[int]) -> tuple[int, int, int, int]:
        """Other digits at ``places`` of the text. All digits are equally wide, so everything else stays where it is."""
        boxes = []
        for at in places:
            number, x, y = self._digits[at]
            cut = Cut(text[at], 0, True)
            piece = self._pieces.get(cut) or _make(cut, self.setting)
            self._pieces[cut] = piece
            boxes += [self._placed[number], new := _placed(piece, x, y)]
            self._placed[number] = new
        self.text = text
        return self._redrawn(boxes)

    def _redrawn(self, boxes: Sequence[Placed]) -> tuple[int, int, int, int]:
        """Draw the rectangle around ``boxes`` anew and return it."""
        if not boxes:
            return 0, 0, 0, 0
        width, height = self.size
        left, top = max(0, min(box.left for box in boxes)) // 2 * 2, max(0, min(box.top for box in boxes)) // 2 * 2
        right, bottom = min(width, _even(max(box.right for box in boxes))), min(height, _even(max(box.bottom for box in boxes)))
        self._draw((left, top, right, bottom))
        return left, top, right, bottom

    def _room(self, rows: Sequence[Sequence[Cut]], widths: Sequence[int]) -> tuple[int, int]:
        setting = self.setting
        return _even(max(widths, default=0) + 2 * setting.margin), _even(round(setting.size * LEADING * len(rows)) + 2 * setting.margin)

    def _place(self, text: str, rows: Sequence[Sequence[Cut]], widths: Sequence[int]) -> None:
        """Set the pieces. ``_digits`` tells, for each digit of a text of one row, the number of its piece and its pen."""
        setting, had, inner = self.setting, self._pieces, max(widths, default=0)
        self._pieces, self._placed, self._digits, self._spans, self.text = {}, [], {}, {}, text
        plain = len(rows) == 1 and text.isascii() and "".join(cut.text for cut in rows[0]) == text
        equal = plain and len({_advance(Cut(digit, 0, True), setting.size) for digit in _DIGITS}) == 1
        letter = 0
        for number, (row, width) in enumerate(zip(rows, widths, strict=True)):
            x = setting.margin + {"left": 0, "center": (inner - width) // 2, "right": inner - width}[setting.align]
            y = setting.margin + round(setting.size * (LEADING * number + ASCENT))
            for cut in row:
                piece = self._pieces[cut] = self._pieces.get(cut) or had.get(cut) or _make(cut, setting)
                if equal and cut.text in _DIGITS:
                    self._digits[letter] = len(self._placed), x, y
                self._placed.append(_placed(piece, x, y))
                x += _advance(cut, setting.size)
                letter += len(cut.text)

    def _draw(self, area: tuple[int, int, int, int]) -> None:
        left, top, right, bottom = area
        self.fill[top:bottom, left:right] = 0
        self.outline[top:bottom, left:right] = 0
        for piece, x0, y0, x1, y1 in self._placed:
            if x0 >= right or x1 <= left or y0 >= bottom or y1 <= top:
                continue
            a, b, c, d = max(left, x0), max(top, y0), min(right, x1), min(bottom, y1)
            part = slice(b - y0, d - y0), slice(a - x0, c - x0)
            target = self.fill[b:d, a:c]
            np.maximum(target, piece.fill[part], out=target)
            if self.outline is not self.fill:
                target = self.outline[b:d, a:c]
                np.maximum(target, piece.outline[part], out=target)


def _even(number: int) -> int:
    return number + number % 2

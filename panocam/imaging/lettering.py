"""Words as coverage: set, shaped and put together from pieces that are drawn once.

A line is cut into pieces: runs of one font and one direction, and within them every digit by itself, because digits are what changes in
a clock, and in this font they are all equally wide. Pieces are drawn by FreeType (shaped by HarfBuzz where Pillow has it), kept by value,
and laid side by side on whole pixels. When a text changes, ``Block.changed`` draws only the rectangle around the pieces that differ; and
where only digits differ, ``Block.fields`` names the places, so that whoever has shown these digits there before need not draw at all.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import accumulate, zip_longest
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

SMALL = 64_000
"""Pixels: pieces up to about this size are kept for all who may need them; larger ones only while their text shows them."""

_SHAPES = features.check("raqm")
_DIGITS = "0123456789"
_ZEROS = bytes(ord("0") if chr(byte) in _DIGITS else byte for byte in range(256))
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


class Field(NamedTuple):
    """A number in a block: where in the text its digits are, and the even rectangle (left, top, right, bottom) into which nothing reaches
    but they, whatever they are, and what stays the same."""

    letters: slice
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
def _cuts(line: str) -> tuple[tuple[Cut, int], ...]:
    """The pieces of a line from left to right, and where in it each begins."""
    found: list[tuple[Cut, int]] = []
    for run in visual(line):
        cuts = [Cut(part, number, run.rightward) for text, number in _fonts(run.text) for part in _CUT.findall(text)]
        starts = accumulate((len(cut.text) for cut in cuts), initial=run.start)
        parts = list(zip(cuts, starts, strict=False))
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


def _width(cuts: Sequence[tuple[Cut, int]], size: int) -> int:
    return sum(_advance(cut, size) for cut, _start in cuts)


def skeleton(text: str) -> bytes:
    """What of a text stays the same when its numbers count on: equal for texts that differ in digits only."""
    return text.encode(errors="surrogatepass").translate(_ZEROS)


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


def _shortened(line: str, width: int, measure: Callable[[str], int]) -> str:
    return line if measure(line) <= width else line[: _fitting(line, width, measure)]


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


class Row(NamedTuple):
    """A row of a text: where in the text it begins, its pieces from left to right with their places in the row, and its width."""

    start: int
    cuts: tuple[tuple[Cut, int], ...]
    width: int


def _rows(text: str, setting: Setting) -> list[Row]:
    def measure(line: str) -> int:
        return _width(_cuts(line), setting.size)

    most = max(1, min(MOST_LINES, int((setting.room[1] - 2 * setting.margin) / (setting.size * LEADING))))
    room = setting.room[0] - 2 * setting.margin
    found: list[Row] = []
    start = 0
    for line in text.split("\n")[:most]:
        shown, at = _printable(line[:LONGEST]), 0
        for row in _wrapped(shown, room, measure) if setting.wrap else (_shortened(shown, room, measure),):
            at = shown.index(row, at)  # between rows there are but blanks
            found.append(Row(start + at, _cuts(row), measure(row)))
            at += len(row)
        start += len(line) + 1
    return found[:most]


def _placed(piece: Piece, x: int, y: int) -> Placed:
    left, top, (height, width) = x + piece.left, y + piece.top, piece.fill.shape
    return Placed(piece, left, top, left + width, top + height)


def _make(cut: Cut, setting: Setting) -> Piece:
    small = len(cut.text) * setting.size**2 <= SMALL
    return (_kept if small else _drawn)(cut, setting.size, setting.stroke)


@lru_cache(maxsize=64)
def _digit_box(setting: Setting) -> tuple[int, int, int, int] | None:
    """Left, top, right, bottom around the ink of all digits, from the pen; None where they are not equally wide."""
    if len({_advance(Cut(digit, 0, True), setting.size) for digit in _DIGITS}) > 1:
        return None
    boxes = [_inked(_make(Cut(digit, 0, True), setting)) for digit in _DIGITS]
    return min(b[0] for b in boxes), min(b[1] for b in boxes), max(b[2] for b in boxes), max(b[3] for b in boxes)


def _inked(piece: Piece) -> tuple[int, int, int, int]:
    """Left, top, right, bottom of what is drawn of a piece, from the pen."""
    shape = np.maximum(piece.fill, piece.outline)
    columns, rows = (np.flatnonzero(shape.any(axis=axis)) for axis in (0, 1))
    return piece.left + int(columns[0]), piece.top + int(rows[0]), piece.left + int(columns[-1]) + 1, piece.top + int(rows[-1]) + 1


class Block:
    """A text set in rows. ``text`` as given, ``size`` (width, height) even; ``fill`` and ``outline`` are coverage 0..255 of that shape."""

    def __init__(self, text: str, setting: Setting) -> None:
        self.setting, self.text = setting, text
        rows = _rows(text, setting)
        self.size = self._room(rows)
        self._pieces: dict[Cut, Piece] = {}
        self._place(text, rows)
        self.fill = np.zeros((self.size[1], self.size[0]), np.uint8)
        self.outline = self.fill if setting.stroke == 0 else np.zeros_like(self.fill)
        self._draw((0, 0, *self.size))

    @cached_property
    def fields(self) -> Sequence[Field]:
        """The numbers that may count on while the ``skeleton`` of the text stays the same. Those too close to each other are one."""
        box, setting = _digit_box(self.setting), self.setting
        if box is None or (self._many and box[3] - box[1] + 4 > setting.size * LEADING):
            return ()
        found: list[Field] = []
        row = -1
        for at, (_, x, y) in sorted(self._digits.items(), key=lambda item: (item[1][2], item[1][1])):
            field = Field(slice(at, at + 1), self._inside((x + box[0], y + box[1], x + box[2], y + box[3])))
            last = found[-1] if found else None
            if last is None or y != row or (last.area[2] <= field.area[0] and last.letters.stop != at):
                found.append(field)
            else:
                letters = slice(min(last.letters.start, at), max(last.letters.stop, at + 1))
                found[-1] = Field(letters, (*last.area[:2], max(last.area[2], field.area[2]), last.area[3]))
            row = y
        return found

    def changed(self, text: str) -> bool:
        """Become ``text`` in place, drawing what differs; False if its pieces need other room, and therefore another block."""
        if self._counted(text):
            return True
        rows = _rows(text, self.setting)
        if self._room(rows) != self.size:
            return False
        old_pieces = self._placed
        self.__dict__.pop("fields", None)
        self._place(text, rows)
        pairs = zip_longest(old_pieces, self._placed)
        self._redraw([box for pair in pairs if pair[0] != pair[1] for box in pair if box is not None])
        return True

    def _counted(self, text: str) -> bool:
        """Become ``text`` if only digits differ. All are equally wide, so everything else stays where it is."""
        if _digit_box(self.setting) is None or skeleton(text) != skeleton(self.text):
            return False
        boxes = []
        for at, (number, x, y) in self._digits.items():
            if text[at] == self.text[at]:
                continue
            cut = Cut(text[at], 0, True)
            piece = self._pieces[cut] = self._pieces.get(cut) or _make(cut, self.setting)
            boxes += [self._placed[number], new := _placed(piece, x, y)]
            self._placed[number] = new
        self.text = text
        self._redraw(boxes)
        return True

    def _redraw(self, boxes: Sequence[Placed]) -> None:
        """Draw the rectangle around ``boxes`` anew."""
        if boxes:
            lefts, tops, rights, bottoms = zip(*(box[1:] for box in boxes), strict=True)
            self._draw(self._inside((min(lefts), min(tops), max(rights), max(bottoms))))

    def _inside(self, box: tuple[int, int, int, int]) -> tuple[int, int, int, int]:
        """The even rectangle around ``box``, as far as it is in the block."""
        left, top, right, bottom = box
        return max(0, left) // 2 * 2, max(0, top) // 2 * 2, min(self.size[0], _even(right)), min(self.size[1], _even(bottom))

    def _room(self, rows: Sequence[Row]) -> tuple[int, int]:
        setting = self.setting
        inner = max((row.width for row in rows), default=0)
        return _even(inner + 2 * setting.margin), _even(round(setting.size * LEADING * len(rows)) + 2 * setting.margin)

    def _place(self, text: str, rows: Sequence[Row]) -> None:
        """Set the pieces. ``_digits`` tells, for each digit of the text, the number of its piece and its pen."""
        setting, had, inner = self.setting, self._pieces, max((row.width for row in rows), default=0)
        self._pieces, self._many, self.text = {}, len(rows) > 1, text
        self._placed: list[Placed] = []
        self._digits: dict[int, tuple[int, int, int]] = {}
        for number, row in enumerate(rows):
            x = setting.margin + {"left": 0, "center": (inner - row.width) // 2, "right": inner - row.width}[setting.align]
            y = setting.margin + round(setting.size * (LEADING * number + ASCENT))
            for cut, start in row.cuts:
                piece = self._pieces[cut] = self._pieces.get(cut) or had.get(cut) or _make(cut, setting)
                if cut.text in _DIGITS:
                    self._digits[row.start + start] = len(self._placed), x, y
                self._placed.append(_placed(piece, x, y))
                x += _advance(cut, setting.size)

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

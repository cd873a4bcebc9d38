"""One overlay in one channel: what of it is prepared, and the layer to lay over the next picture."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np

from panocam.clock import NS
from panocam.errors import InvalidValue
from panocam.events.modifiers import Template
from panocam.imaging import artwork, indicator
from panocam.imaging.artwork import Artwork
from panocam.imaging.layer import Layer, Palette, Placed, Rgba, evened, from_coverages, from_rgba, place, turned, turned_rgba
from panocam.imaging.lettering import Align, Block, Field, Setting, skeleton
from panocam.media.planes import Color
from panocam.settings.overlays import Anchor, Image, Indicator, Item, Paint, Position, Text

REFERENCE = 1080
"""Lengths of overlays are in this many parts of the picture's height."""

MARGIN = 20
"""Between a fixed position and the picture's edge, in the same parts."""

STANDARD_SIZE = 40
SMALLEST = 4
ACROSS_S = 4.0
"""Seconds in which a text of the highest scroll speed crosses the picture."""

PAINTS: dict[Paint, Rgba] = {
    Paint.BLACK: (0, 0, 0, 1.0),
    Paint.WHITE: (255, 255, 255, 1.0),
    Paint.RED: (255, 0, 0, 1.0),
    Paint.GREY: (128, 128, 128, 1.0),
    Paint.TRANSPARENT: (0, 0, 0, 0.0),
    Paint.SEMI_TRANSPARENT: (0, 0, 0, 0.5),
}

SHARES = {
    Anchor.TOP_LEFT: (-1, -1), Anchor.TOP: (0, -1), Anchor.TOP_RIGHT: (1, -1),
    Anchor.BOTTOM_LEFT: (-1, 1), Anchor.BOTTOM: (0, 1), Anchor.BOTTOM_RIGHT: (1, 1),
}  # fmt: skip

MOST_CELLS = 400
"""Pictures of numbers that a text keeps, a few kilobytes each; hundredths and seconds need 160."""

Say = Callable[[Template], str]


@dataclass(frozen=True)
class Canvas:
    """The pictures of a channel: ``size`` (width, height) and colour."""

    size: tuple[int, int]
    color: Color

    def pixels(self, length: float) -> int:
        """A length of the settings in pixels."""
        return round(length * self.size[1] / REFERENCE)

    def place(self, position: Position, layer: tuple[int, int]) -> tuple[int, int]:
        """Where a layer's left upper corner lies."""
        if isinstance(position, Anchor):
            return place(self.size, layer, SHARES[position], self.pixels(MARGIN))
        return place(self.size, layer, position)


class Drawn(NamedTuple):
    """Layers in their places, which do not overlap, and the rectangle that the overlay takes: x, y, width, height."""

    layers: tuple[Placed, ...]
    frame: tuple[int, int, int, int]


def _whole(layer: Layer, x: int, y: int) -> Drawn:
    return Drawn((Placed(layer, x, y),), (x, y, *layer.size))


class Sprite(Protocol):
    """Lives with one channel, on its worker. ``still``: it is the same in all pictures, and need not be asked for each."""

    still: bool

    def at(self, say: Say, number: int, pts_ns: int) -> Drawn | None:
        """What lies on the picture ``number`` at ``pts_ns``; None when there is nothing to see."""


def sprite(item: Item, canvas: Canvas, art: Artwork | None) -> Sprite | None:
    """None for what cannot be drawn: an image that is no longer in the store, or damaged."""
    match item:
        case Text():
            return TextSprite(item, canvas)
        case Indicator():
            return IndicatorSprite(item, canvas)
        case Image():
            try:
                return None if art is None else ImageSprite(item, canvas, art)
            except InvalidValue:  # said when it was uploaded, or lost since: the stream goes on
                return None


class TextSprite:
    """A ground that stays, with holes where numbers have changed, and in each hole the picture of its number. What a number looks like is
    kept: so a running clock is put together and not drawn."""

    def __init__(self, item: Text, canvas: Canvas) -> None:
        self._item, self._canvas = item, canvas
        self._template = Template(item.text)
        self.still = not self._template.uses and not item.scroll
        size = max(SMALLEST, canvas.pixels(item.size or STANDARD_SIZE))
        margin = 2 * canvas.pixels(MARGIN)
        room = canvas.size[0] - margin, canvas.size[1] - margin
        if item.scroll:
            room = 8 * canvas.size[0], room[1]
        outlined = PAINTS[item.outline][3] > 0
        self._setting = Setting(size, max(1, round(size / 16)) if outlined else 0, _align(item.position), room, wrap=not item.scroll)
        self._palette = Palette(PAINTS[item.background], PAINTS[item.outline], PAINTS[item.color], canvas.color)
        self._words = ""
        self._block: Block | None = None
        self._skeleton = b""
        self._fields: Sequence[tuple[int, Field]] = ()
        self._ground: Placed | None = None
        self._numbers: dict[int, Placed] = {}
        self._cells: OrderedDict[tuple[int, str], Placed] = OrderedDict()
        self._frame = (0, 0, 0, 0)
        self._drawn: Drawn | None = None

    def at(self, say: Say, number: int, pts_ns: int) -> Drawn | None:
        words = say(self._template)
        if words != self._words:
            if not self._counted_on(words):
                self._draw(words)
            self._words, self._drawn = words, None
        if self._drawn is None or self._item.scroll:
            self._drawn = self._put(pts_ns)
        return self._drawn

    def _put(self, pts_ns: int) -> Drawn | None:
        """The layers in their place."""
        if self._block is None or self._ground is None:
            return None
        parts, (x, y, width, height) = (self._ground, *self._numbers.values()), self._frame
        if not self._item.scroll:
            return Drawn(parts, self._frame)
        gone = self._scrolled(width, pts_ns)
        return Drawn(tuple(Placed(part.layer, part.x + gone - x, part.y) for part in parts), (gone, y, width, height))

    def _counted_on(self, words: str) -> bool:
        """Show ``words`` by other numbers, if that is all that differs. Runs in every picture of a clock, between other work that has
        emptied the caches, so it looks at as little as it can: from the end, where what runs fastest stands, as far as they differ."""
        block, before, new = self._block, self._words, False
        if block is None or not self._fields or skeleton(words) != self._skeleton:
            return False
        for number, field in self._fields:
            letters = field.letters
            digits = words[letters]
            if digits != before[letters]:
                new = new or number not in self._numbers
                self._numbers[number] = self._cells.get((number, digits)) or self._cell(block, number, field, words)
                if words[: letters.start] == before[: letters.start]:
                    break
        if new:
            self._lay_ground(block, words)
        return True

    def _cell(self, block: Block, number: int, field: Field, words: str) -> Placed:
        """What a number looks like."""
        block.changed(words)  # which may be some pictures behind
        cell = self._cells[number, words[field.letters]] = self._painted(block, field.area)
        if len(self._cells) > MOST_CELLS:
            self._cells.popitem(last=False)
        return cell

    def _draw(self, words: str) -> None:
        """Other words, which may need other room."""
        self._cells.clear()
        self._numbers.clear()
        if not words.strip():
            self._block, self._fields = None, ()
            return
        if self._block is None or not self._block.changed(words):
            self._block = Block(words, self._setting)
        self._skeleton = skeleton(words)
        if self._item.rotation:
            layer = self._turned(self._block)
            x, y = self._canvas.place(self._item.position, layer.size)
            self._ground, self._frame = Placed(layer, x, y), (x, y, *layer.size)
            return
        fields = enumerate(self._block.fields)
        self._fields = sorted(fields, key=lambda each: each[1].letters.start, reverse=True)
        self._frame = *self._canvas.place(self._item.position, self._block.size), *self._block.size
        self._lay_ground(self._block, words)

    def _lay_ground(self, block: Block, words: str) -> None:
        """All but the numbers that have changed."""
        block.changed(words)
        holes = [field.area for number, field in self._fields if number in self._numbers]
        self._ground = self._painted(block, self._covered(block), holes)

    def _covered(self, block: Block) -> tuple[int, int, int, int]:
        """The part of a block that is worth blending: all of it if there is a ground, else where letters are."""
        if PAINTS[self._item.background][3] > 0:
            return 0, 0, *block.size
        shape = np.maximum(block.fill, block.outline)
        columns, rows = (np.flatnonzero(shape.any(axis=axis)) for axis in (0, 1))
        if not len(rows):
            return 0, 0, 2, 2
        return (
            int(columns[0]) // 2 * 2,
            int(rows[0]) // 2 * 2,
            int(columns[-1]) // 2 * 2 + 2,
            int(rows[-1]) // 2 * 2 + 2,
        )

    def _painted(self, block: Block, area: tuple[int, int, int, int], holes: Sequence[tuple[int, int, int, int]] = ()) -> Placed:
        left, top, right, bottom = area
        inner = [(x0 - left, y0 - top, x1 - left, y1 - top) for x0, y0, x1, y1 in holes]
        layer = self._palette.layer(block.fill[top:bottom, left:right], block.outline[top:bottom, left:right], inner)
        return Placed(layer, self._frame[0] + left, self._frame[1] + top)

    def _turned(self, block: Block) -> Layer:
        item = self._item
        paints = ((np.full_like(block.fill, 255), item.background), (block.outline, item.outline), (block.fill, item.color))
        parts = [(turned(plane, item.rotation).astype(np.float32) / 255, PAINTS[paint]) for plane, paint in paints]
        return from_coverages(parts, self._canvas.color)

    def _scrolled(self, length: int, pts_ns: int) -> int:
        width = self._canvas.size[0]
        way = width + length
        gone = pts_ns / NS * self._item.scroll / 20 * width / ACROSS_S
        return round((width - gone % way) / 2) * 2


def footprint(size: float, width: float, height: float, picture: tuple[int, int], *, scalable: bool) -> tuple[int, int]:
    """(width, height) in pixels of an image of ``width`` and ``height`` in a picture, at ``size`` 1080ths of its height; 0: its own."""
    tall = round((size or height) * picture[1] / REFERENCE) if scalable or size else round(height)
    tall = min(max(2, tall), 2 * picture[1])
    return min(max(2, round(tall * width / height)), 2 * picture[0]), tall


class ImageSprite:
    """Drawn once."""

    still = True

    def __init__(self, item: Image, canvas: Canvas, art: Artwork) -> None:
        width, height = footprint(item.size, art.width, art.height, canvas.size, scalable=art.scalable)
        rgba = evened(artwork.drawn(art, width, height))
        self._layer = from_rgba(turned_rgba(rgba, item.rotation) if item.rotation else rgba, canvas.color)
        self._at = canvas.place(item.position, self._layer.size)

    def at(self, say: Say, number: int, pts_ns: int) -> Drawn | None:
        return _whole(self._layer, *self._at)


class IndicatorSprite:
    """Each step is drawn once."""

    still = False

    def __init__(self, item: Indicator, canvas: Canvas) -> None:
        self._item, self._canvas = item, canvas
        self._size = max(SMALLEST, canvas.pixels(item.size))
        self._steps: dict[int, Drawn] = {}

    def at(self, say: Say, number: int, pts_ns: int) -> Drawn | None:
        step = number % indicator.STEPS
        drawn = self._steps.get(step)
        if drawn is None:
            item = self._item
            colors = PAINTS[item.color], PAINTS[item.background], PAINTS[item.outline]
            layer = indicator.mark(item.style, self._size, step, colors, self._canvas.color)
            drawn = self._steps[step] = _whole(layer, *self._canvas.place(item.position, layer.size))
        return drawn


def _align(position: Position) -> Align:
    if not isinstance(position, Anchor):
        return "left"
    across = SHARES[position][0]
    return "left" if across < 0 else "right" if across > 0 else "center"

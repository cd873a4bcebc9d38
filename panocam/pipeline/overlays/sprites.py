"""One overlay in one channel: what of it is prepared, and the layer to lay over the next picture."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np

from panocam.clock import NS
from panocam.errors import InvalidValue
from panocam.events.modifiers import Template
from panocam.imaging import artwork, indicator
from panocam.imaging.artwork import Artwork
from panocam.imaging.layer import Layer, Palette, Placed, Rgba, evened, from_coverages, from_rgba, paste, place, turned, turned_rgba
from panocam.imaging.lettering import Align, Block, Setting, Span
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

SPARE = 3
"""Pixels kept around letters, so that other digits fit into the same layer."""

MOST_CELLS = 400
"""Pictures of digits that a text keeps, a few kilobytes each; hundredths and seconds need 160."""

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
    """A layer in its place, and the rectangle that the overlay takes: x, y, width, height."""

    placed: Placed
    frame: tuple[int, int, int, int]


def _whole(layer: Layer, x: int, y: int) -> Drawn:
    return Drawn(Placed(layer, x, y), (x, y, *layer.size))


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
    """Redraws only what differs from the words of the last picture. Of digits that change, what they look like with their neighbours is
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
        self._cells: OrderedDict[tuple[int, str], Placed] = OrderedDict()
        self._block: Block | None = None
        self._layer: Layer | None = None
        self._drawn: Drawn | None = None
        self._cut = (0, 0, 0, 0)
        self._placed = ((0, 0), (0, 0))

    def at(self, say: Say, number: int, pts_ns: int) -> Drawn | None:
        words = say(self._template)
        if words != self._words:
            if not self._counted_on(words):
                self._cells.clear()
                self._layer = self._redrawn(words)
                self._drawn = None
            self._words = words
        if self._drawn is None or self._item.scroll:
            self._drawn = self._put(pts_ns)
        return self._drawn

    def _put(self, pts_ns: int) -> Drawn | None:
        """The layer in its place."""
        if self._layer is None or self._block is None:
            return None
        size = self._layer.size if self._item.rotation else self._block.size
        if size != self._placed[0]:
            self._placed = size, self._canvas.place(self._item.position, size)
        x, y = self._placed[1]
        x = self._scrolled(size[0], pts_ns) if self._item.scroll else x
        return Drawn(Placed(self._layer, x + self._cut[0], y + self._cut[1]), (x, y, *size))

    def _counted_on(self, words: str) -> bool:
        """Show ``words`` by changing digits, if that is all that differs. Runs in every picture of a clock, between other work that has
        emptied the caches, so it looks at as little as it can."""
        block, layer = self._block, self._layer
        spans = None if block is None or layer is None or self._item.rotation else block.spans(self._words, words)
        if block is None or layer is None or spans is None:
            return False
        cells = []
        for span in spans:
            key = span.letters.start, words[span.letters]
            cell = self._cells.get(key) or self._cell(block, span, words)
            if cell is None:
                return False
            self._cells[key] = cell
            cells.append(cell)
        for cell in cells:
            paste(*cell, layer)
        if len(self._cells) > MOST_CELLS:
            self._cells.popitem(last=False)
        return True

    def _cell(self, block: Block, span: Span, words: str) -> Placed | None:
        """What digits look like with their neighbours; None if they are none, or need more room than the layer has."""
        if not (words[span.digits].isascii() and words[span.digits].isdigit() and self._inside(span.area)):
            return None
        block.changed(words)  # which may be some pictures behind
        return Placed(self._painted(block, span.area), span.area[0] - self._cut[0], span.area[1] - self._cut[1])

    def _redrawn(self, words: str) -> Layer | None:
        """The layer of ``words``: the old one, changed in part, where that is enough."""
        if not words.strip():
            self._block = None
            return None
        block, layer = self._block, self._layer
        if block is not None and block.text != self._words:
            block.changed(self._words)  # what the layer shows
        area = None if block is None or layer is None or self._item.rotation else block.changed(words)
        if block is None or layer is None or area is None:
            block = self._block = Block(words, self._setting)
        elif self._inside(area):
            if area[2] > area[0]:
                paste(self._painted(block, area), area[0] - self._cut[0], area[1] - self._cut[1], layer)
            return layer
        if self._item.rotation:
            return self._turned(block)
        self._cut = self._covered(block)
        return self._painted(block, self._cut)

    def _inside(self, area: tuple[int, int, int, int]) -> bool:
        cut = self._cut
        return area[2] <= area[0] or (area[0] >= cut[0] and area[1] >= cut[1] and area[2] <= cut[2] and area[3] <= cut[3])

    def _covered(self, block: Block) -> tuple[int, int, int, int]:
        """The part of a block that is worth blending: all of it if there is a ground, else the letters and a little around them."""
        if PAINTS[self._item.background][3] > 0:
            return 0, 0, *block.size
        shape = np.maximum(block.fill, block.outline)
        columns, rows = (np.flatnonzero(shape.max(axis=axis)) for axis in (0, 1))
        if not len(rows):
            return 0, 0, 2, 2
        left, top = (max(0, int(found[0]) - SPARE) // 2 * 2 for found in (columns, rows))
        right, bottom = (
            min(whole, (int(found[-1]) + SPARE) // 2 * 2 + 2) for found, whole in zip((columns, rows), block.size, strict=True)
        )
        return left, top, right, bottom

    def _painted(self, block: Block, area: tuple[int, int, int, int]) -> Layer:
        left, top, right, bottom = area
        return self._palette.layer(block.fill[top:bottom, left:right], block.outline[top:bottom, left:right])

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

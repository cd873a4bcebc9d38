"""The streaming indicator: a mark that moves with every picture, so that a picture that stands still is told from a scene that does.

It moves by one step a picture and not by the clock: at any frame rate two pictures in a row differ.
"""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from panocam.imaging.layer import Layer, Rgba, from_coverages
from panocam.media.planes import Color

Style = Literal["circle", "bar"]
STEPS = 24
"""Pictures until it is where it was."""

_FINE = 4


def mark(style: Style, size: int, step: int, colors: tuple[Rgba, Rgba, Rgba], color: Color) -> Layer:
    """The mark ``size`` pixels high at ``step``; ``colors`` of the moving part, of the ground, of the outline."""
    width = _even(size * (1 if style == "circle" else 4))
    shape = width, _even(size)
    line = max(1, round(size / 14))
    ink, ground, rim = colors
    part = step % STEPS / STEPS
    draw = _circle if style == "circle" else _bar
    return from_coverages(
        [(draw(shape, line, part, what), paint) for what, paint in (("ground", ground), ("rim", rim), ("ink", ink))], color
    )


def _circle(shape: tuple[int, int], line: int, part: float, what: str) -> NDArray[np.floating]:
    image, draw, width, height = _canvas(shape)
    box = [line * _FINE // 2, line * _FINE // 2, width - 1 - line * _FINE // 2, height - 1 - line * _FINE // 2]
    if what == "ground":
        draw.ellipse(box, fill=255)
    elif what == "rim":
        draw.ellipse(box, outline=255, width=line * _FINE)
    else:
        radius, dot = width * 0.29, width * 0.13
        x, y = width / 2 + radius * math.sin(math.tau * part), height / 2 - radius * math.cos(math.tau * part)
        draw.ellipse([x - dot, y - dot, x + dot, y + dot], fill=255)
    return _shrunk(image, shape)


def _bar(shape: tuple[int, int], line: int, part: float, what: str) -> NDArray[np.floating]:
    image, draw, width, height = _canvas(shape)
    if what == "ground":
        draw.rectangle([0, 0, width, height], fill=255)
    elif what == "rim":
        draw.rectangle([0, 0, width - 1, height - 1], outline=255, width=line * _FINE)
    else:
        inner, block = width - 4 * line * _FINE, width / 5
        left = 2 * line * _FINE + (inner - block) * (1 - abs(1 - 2 * part))
        draw.rectangle([left, 2 * line * _FINE, left + block, height - 1 - 2 * line * _FINE], fill=255)
    return _shrunk(image, shape)


def _canvas(shape: tuple[int, int]) -> tuple[Image.Image, ImageDraw.ImageDraw, int, int]:
    image = Image.new("L", (shape[0] * _FINE, shape[1] * _FINE))
    return image, ImageDraw.Draw(image), image.width, image.height


def _shrunk(image: Image.Image, shape: tuple[int, int]) -> NDArray[np.floating]:
    return np.asarray(image.resize(shape, Image.Resampling.BOX), np.float32) / 255


def _even(number: int) -> int:
    return max(2, number + number % 2)

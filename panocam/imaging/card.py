"""A drawn picture that says why there is none: what viewers see while a source is away.

It takes the place of a fisheye picture, so it is laid out as one: the words upright in the middle for whoever watches the overview, and
four times around with their tops outwards, which is how a dewarped view of a ceiling camera sees them upright; a band of colour
bars along the rim, so that nobody takes it for a scene.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np

from panocam.errors import InvalidValue
from panocam.media.planes import VIDEO_COLOR, Color, Matrix, Plane, Planes

BARS = ((235, 235, 235), (235, 235, 16), (16, 235, 235), (16, 235, 16), (235, 16, 235), (235, 16, 16), (16, 16, 235))
"""RGB, in the order of falling luma."""

GROUND, TITLE, TEXT = 38, 250, 200
"""Grey levels, 0..255."""

MIDDLE = (0.82, 0.50)
AROUND = (0.78, 0.34)
"""Width and height of the block of words in the middle, and of those around, in radii."""

AWAY = 0.58
"""Distance of the outer blocks' centres from the middle, in radii."""

LEAST = 6
"""Text of fewer pixels is left out."""

MEASURE = 48
"""Pixels of the size at which text is measured."""

LUMA = {Matrix.BT601: (0.299, 0.587, 0.114), Matrix.BT709: (0.2126, 0.7152, 0.0722)}
"""Weights of R, G, B in luma (ITU-R BT.601-7 and BT.709-6, item 3.2)."""


def card(size: tuple[int, int], title: str, lines: Sequence[str] = (), color: Color = VIDEO_COLOR) -> Planes:
    """A picture of ``size`` (width, height; at least 2x2) with ``title`` and ``lines``, which are wrapped and shrunk to fit."""
    width, height = size
    if min(size) < 2 or max(size) > 16383:
        raise InvalidValue("size", size, "give a width and height of 2 to 16383 pixels")
    planes = Planes.blank(width, height, color)
    centre, radius = ((width - 1) / 2, (height - 1) / 2), min(size) / 2
    _disc(planes, centre, radius * 0.99, (GROUND, GROUND, GROUND))
    _bars(planes, centre, radius)
    _words(planes, centre, radius, title, lines)
    return planes


def ycc(rgb: tuple[float, float, float], color: Color) -> tuple[int, int, int]:
    """(Y, Cb, Cr) of an RGB colour 0..255 (ITU-T H.273, equations 38 to 40 and 20 to 25)."""
    kr, kg, kb = LUMA[color.matrix]
    r, g, b = (v / 255 for v in rgb)
    y = kr * r + kg * g + kb * b
    cb, cr = (b - y) / (2 - 2 * kb), (r - y) / (2 - 2 * kr)
    if color.full:
        return round(255 * y), round(128 + 255 * cb), round(128 + 255 * cr)
    return round(16 + 219 * y), round(128 + 224 * cb), round(128 + 224 * cr)


def _each(planes: Planes, rgb: tuple[int, int, int]) -> Iterator[tuple[Plane, int, int]]:
    """Plane, value and reduction of the three planes."""
    return zip((planes.y, planes.u, planes.v), ycc(rgb, planes.color), (1, 2, 2), strict=True)


def _disc(planes: Planes, centre: tuple[float, float], radius: float, rgb: tuple[int, int, int]) -> None:
    for plane, value, half in _each(planes, rgb):
        x, y = (round((c + 0.5) / half * 16 - 8) for c in centre)
        cv2.circle(plane, (x, y), round(radius / half * 16), (value,), -1, cv2.LINE_AA, 4)


def _bars(planes: Planes, centre: tuple[float, float], radius: float) -> None:
    """Four rounds of the bars in a ring."""
    count = 4 * len(BARS)
    for number in range(count):
        angle = np.linspace(number, number + 1, 9) * (2 * np.pi / count)
        arc = np.stack((np.sin(angle), -np.cos(angle)), axis=-1)
        ring = np.concatenate((arc * 0.96, arc[::-1] * 0.86)) * radius + centre
        for plane, value, half in _each(planes, BARS[number % len(BARS)]):
            points = np.round(((ring + 0.5) / half - 0.5) * 16).astype(np.int32)
            cv2.fillPoly(plane, [points], (value,), cv2.LINE_8, 4)


def _words(planes: Planes, centre: tuple[float, float], radius: float, title: str, lines: Sequence[str]) -> None:
    """The block in the middle and those around it, each turned so that its top points outwards."""
    y = planes.y
    for (w, h), turns, dx, dy in (
        (MIDDLE, 0, 0.0, 0.0), (AROUND, 0, 0.0, -AWAY), (AROUND, -1, AWAY, 0.0), (AROUND, 2, 0.0, AWAY), (AROUND, 1, -AWAY, 0.0),
    ):  # fmt: skip
        block = np.rot90(_block(round(w * radius), round(h * radius), title, lines, planes.color), turns)
        left = round(centre[0] + dx * radius - block.shape[1] / 2)
        top = round(centre[1] + dy * radius - block.shape[0] / 2)
        if left >= 0 and top >= 0:
            area = y[top : top + block.shape[0], left : left + block.shape[1]]
            area[:] = block[: area.shape[0], : area.shape[1]]


@dataclass(frozen=True)
class _Line:
    """A line of text to be drawn: heights are in pixels of a capital letter's em."""

    text: str
    size: int
    grey: int
    weight: int


def _block(width: int, height: int, title: str, lines: Sequence[str], color: Color) -> Plane:
    """Centred words on the ground, ``(height, width)``, as large as they fit."""
    ground = ycc((GROUND, GROUND, GROUND), color)[0]
    block = np.full((max(1, height), max(1, width)), ground, np.uint8)
    sizes = range(height // 3, LEAST - 1, -max(1, height // 60))
    whole = [(size, False) for size in sizes if size >= height / 12]
    for size, breaking in (*whole, *((size, True) for size in sizes)):
        small = max(LEAST, round(size * 0.62))
        rows = [_Line(t, size, TITLE, 600) for t in _wrapped(title, size, 600, width, breaking)]
        rows += [_Line(t, small, TEXT, 400) for line in lines for t in _wrapped(line, small, 400, width, breaking)]
        if sum(_pitch(r) for r in rows) <= height and all(_width(r.text, r.size, r.weight) <= width for r in rows):
            _draw(block, rows, color)
            break
    return block


def _draw(block: Plane, rows: Sequence[_Line], color: Color) -> None:
    face = cv2.FontFace("sans")
    y = (block.shape[0] - sum(_pitch(r) for r in rows)) // 2
    for row in rows:
        x = round((block.shape[1] - _width(row.text, row.size, row.weight)) / 2)
        value = ycc((row.grey, row.grey, row.grey), color)[0]
        cv2.putText(block, row.text, (x, y + row.size), (value,), face, row.size, row.weight)
        y += _pitch(row)


def _pitch(row: _Line) -> int:
    return round(row.size * 1.35)


def _width(text: str, size: int, weight: int) -> float:
    return _measured(text, weight) * size / MEASURE


@lru_cache(maxsize=1024)
def _measured(text: str, weight: int) -> int:
    """Width at the size ``MEASURE``: measuring costs drawing, so it is done once and scaled."""
    return int(cv2.getTextSize((0, 0), text, (0, 0), cv2.FontFace("sans"), MEASURE, weight)[2])


def _wrapped(text: str, size: int, weight: int, width: int, breaking: bool) -> list[str]:
    """``text`` in lines of at most ``width`` pixels, broken at spaces, and if ``breaking`` in words longer than a line."""
    rows: list[str] = []
    for word in text.split():
        if rows and _width(f"{rows[-1]} {word}", size, weight) <= width:
            rows[-1] += f" {word}"
            continue
        while breaking and len(word) > 1 and _width(word, size, weight) > width:
            fits = next((n for n in range(len(word) - 1, 1, -1) if _width(word[:n], size, weight) <= width), 1)
            rows.append(word[:fits])
            word = word[fits:]
        rows.append(word)
    return rows

"""The native ``develop`` in NumPy and OpenCV: its reference in tests, and what runs where no native module is installed.

Same arithmetic to the bit, stage after stage over the whole picture. The theory stands on top of ``native/src/develop_rows.h``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
from numpy.typing import NDArray

from panocam.media.planes import Plane, Planes

if TYPE_CHECKING:
    from panocam.imaging.recipe import Ints, Recipe, State

Array = NDArray[Any]
CHROMA_ZERO = np.float32(128)


def develop_reference(recipe: Recipe, source: Planes, out: Planes, state: State | None) -> None:
    """As ``recipe.develop``."""
    planes = [source.y, source.u, source.v]
    if recipe.temporal is not None and state is not None:
        planes = [settle(p, s, recipe.temporal[min(i, 1)]) for i, (p, s) in enumerate(zip(planes, state, strict=True))]
    if recipe.spatial is not None:
        planes = [smooth(p, recipe.spatial[min(i, 1)], 1 + (i > 0)) for i, p in enumerate(planes)]
    floor, top = (0, 255) if source.color.full else (16, 235)
    y, u, v = coloured(recipe, planes[0], planes[1], planes[2], floor, top)
    if recipe.sharpen is not None:
        y = sharpened(y, recipe.sharpen, floor, top)
    for target, made in zip((out.y, out.u, out.v), (y, u, v), strict=True):
        np.copyto(target, made)


def settle(x: Plane, state: NDArray[np.int16], numbers: Ints) -> Plane:
    """One step of the temporal filter; ``state`` becomes the new one."""
    keep, dark, rise, bits = (int(n) for n in numbers)
    d = (x.astype(np.int16) << 7) - state
    padded = np.pad(d >> 4, 1, "edge")
    column = padded[:-2] + padded[1:-1] + padded[2:]
    box = column[:, :-2] + column[:, 1:-1] + column[:, 2:]
    limit = dark + ((x.astype(np.int32) * rise) >> 8)
    wide = np.maximum(np.abs(box.astype(np.int32)) - limit, 0)
    sharp = np.maximum(np.abs((d >> 4).astype(np.int32)) - (limit >> 1), 0) << 3
    beyond = np.minimum(np.maximum(wide, sharp), 1 << bits)
    k = keep + beyond * ((32767 - keep) >> bits)
    state += (((d.astype(np.int32) * k >> 14) + 1) >> 1).astype(np.int16)
    return ((state.astype(np.int32) + 64) >> 7).astype(np.uint8)


def smooth(plane: Plane, numbers: Ints, step: int) -> Plane:
    """The edge-preserving filter, looking at every ``step``-th neighbour."""
    dark, rise, weight = (int(n) for n in numbers)
    height, width = plane.shape
    two = (dark + ((plane.astype(np.int32) * rise) >> 8)).astype(np.uint8)
    around = np.asarray(cv2.copyMakeBorder(plane, *(2 * step,) * 4, cv2.BORDER_REPLICATE), np.uint8)
    up, down = np.zeros_like(plane), np.zeros_like(plane)
    for row, column in _neighbours():
        n = around[row * step : row * step + height, column * step : column * step + width]
        for more, total in ((cv2.subtract(n, plane), up), (cv2.subtract(plane, n), down)):
            cv2.add(total, cv2.min(more, cv2.subtract(two, more)), dst=total)
    rise_by, fall_by = (((cv2.subtract(a, b).astype(np.uint16) * weight + 128) >> 8).astype(np.uint8) for a, b in ((up, down), (down, up)))
    return np.asarray(cv2.subtract(cv2.add(plane, rise_by), fall_by), np.uint8).reshape(plane.shape)


def _neighbours() -> Iterator[tuple[int, int]]:
    """Places in 5x5, the middle and the corners left out."""
    return ((r, c) for r in range(5) for c in range(5) if (r, c) != (2, 2) and not (r in (0, 4) and c in (0, 4)))


def coloured(recipe: Recipe, y: Plane, u: Plane, v: Plane, floor: int, top: int) -> tuple[Plane, Plane, Plane]:
    """Matrix, table and grid."""
    lit = y.astype(np.float32)
    if recipe.matrix is not None and (recipe.matrix[0, 1] or recipe.matrix[0, 2]):
        m1, m2 = recipe.matrix[0, 1:]
        shift = m1 * (u.astype(np.float32) - CHROMA_ZERO) + m2 * (v.astype(np.float32) - CHROMA_ZERO)
        lit += shift.repeat(2, 0).repeat(2, 1)[: y.shape[0], : y.shape[1]]
    maps = None if recipe.grid is None else [spread(plane, y.shape, cell) for plane, cell in zip(recipe.grid, (8, 8, 4, 4), strict=True)]
    made = np.clip(lit if maps is None else maps[0] * lit + maps[1], np.float32(floor), np.float32(top))
    toned = y if recipe.matrix is None and maps is None else (made + np.float32(0.5)).astype(np.uint8)
    if recipe.matrix is not None and maps is None and not (recipe.matrix[0, 1] or recipe.matrix[0, 2]):
        toned = y
    if maps is None and recipe.lut is not None:
        toned = np.asarray(recipe.lut[toned], np.uint8)
    if recipe.matrix is None and maps is None:
        return toned, u, v
    matrix = np.eye(3, dtype=np.float32) if recipe.matrix is None else recipe.matrix
    return toned, *_tinted(matrix, None if maps is None else (maps[2], maps[3]), (y, u, v), floor, top)


def _tinted(
    matrix: NDArray[np.float32], maps: tuple[Array, Array] | None, planes: tuple[Plane, Plane, Plane], floor: int, top: int
) -> tuple[Plane, Plane]:
    y, u, v = planes
    even = np.pad(y, ((0, y.shape[0] % 2), (0, y.shape[1] % 2)), "edge").astype(np.int16)
    mean = (even[::2, ::2] + even[::2, 1::2] + even[1::2, ::2] + even[1::2, 1::2]).astype(np.float32) * np.float32(0.25)
    part = np.minimum(mean - np.float32(floor), (np.float32(top) - mean) * np.float32(16))
    gain: Any = np.float32(1) if maps is None else np.clip(maps[0] * mean + maps[1], np.float32(0), np.float32(4))
    cu, cv = u.astype(np.float32) - CHROMA_ZERO, v.astype(np.float32) - CHROMA_ZERO
    low, high = np.float32(0.5), np.float32(255.5)
    both = ((m[0] * part + (m[1] * cu + m[2] * cv)) * gain + np.float32(128.5) for m in matrix[1:])
    new_u, new_v = (np.clip(c, low, high).astype(np.uint8) for c in both)
    return new_u, new_v


def spread(plane: NDArray[np.float32], shape: tuple[int, ...], cell: int) -> NDArray[np.float32]:
    """A grid plane at every column (``cell`` pixels each) and, for luma (8), every row; chroma rows (4) are pairs of luma rows."""
    pairs = -(-shape[0] // 2)
    twice = 4 * np.arange(pairs) + 2 - 8
    row = np.clip(np.where(twice >= 0, twice // 16, 0), 0, len(plane) - 1)
    weight = np.where(twice <= 0, 0, (twice - row * 16) / 16).astype(np.float32)[:, None]
    above, below = plane[row], plane[np.minimum(row + 1, len(plane) - 1)]
    rows = above + (below - above) * weight
    padded = np.pad(rows, ((0, 0), (1, 1)), "edge")
    part = (2 * np.arange(cell) + 1).astype(np.float32) / np.float32(2 * cell)
    wide = padded[:, :-1, None] + (padded[:, 1:] - padded[:, :-1])[:, :, None] * part
    columns = shape[1] if cell == 8 else -(-shape[1] // 2)
    flat = wide.reshape(pairs, -1)[:, cell // 2 : cell // 2 + columns]
    return np.asarray(flat.repeat(2, 0)[: shape[0]] if cell == 8 else flat)


def sharpened(y: Plane, numbers: Ints, floor: int, top: int) -> Plane:
    """Sharper, or softer where the gain is negative."""
    gain, core = (int(n) for n in numbers)
    height, width = y.shape
    p = np.pad(y, 2, "edge").astype(np.int32)
    rows = p[:-4] + p[4:] + 4 * (p[1:-3] + p[3:-1]) + 6 * p[2:-2]
    blur = rows[:, :-4] + rows[:, 4:] + 4 * (rows[:, 1:-3] + rows[:, 3:-1]) + 6 * rows[:, 2:-2]
    centre = y.astype(np.int32)
    h = centre * 16 - (blur >> 4)
    if gain < 0:
        return np.asarray((centre * 8 - (h * 8 * -gain >> 16) + 4) >> 3, np.uint8)
    cored = np.maximum(h - core, 0) + np.minimum(h + core, 0)
    wanted = (centre * 8 + (cored * 8 * gain >> 16) + 4) >> 3
    kernel = np.ones((3, 3), np.uint8)
    low, high = (np.asarray(f(y, kernel), np.int32).reshape(height, width) for f in (cv2.erode, cv2.dilate))
    over = (high - low) >> 2
    return np.asarray(np.clip(wanted, np.maximum(low - over, floor), np.minimum(high + over, top)), np.uint8)

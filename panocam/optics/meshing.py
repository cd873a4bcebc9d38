"""From a view to the numbers of the warp: one mesh a tile, remembered by value.

A tile whose projection, place, lens, mount and roll did not change keeps its mesh, so a moving view area in the quad view costs one
quarter. Work is in float32: on a 2992-pixel circle that is within 0.002 pixels of float64, and twice as fast.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from panocam.optics.lens import Lens
from panocam.optics.mesh import ONE, OUTSIDE, STEP, Mesh
from panocam.optics.mount import Mount, camera_from_world
from panocam.optics.projection import Overview
from panocam.optics.view import Tile, View

Single = NDArray[np.float32]
Nodes = NDArray[np.int32]
Flags = NDArray[np.bool_]

NOWHERE = np.full(2, OUTSIDE, np.int32).view(np.int64)[0]
"""Both coordinates of an outside node as one number, which is quicker to store."""

BAND = 32
"""Rows computed at a time: their intermediate arrays stay in the cache, and small enough not to be mapped anew at every step."""

COARSE = 2_000
"""Meshes of at most so many nodes (about 800x600 output pixels) have cells large enough for their bend to matter."""

SAMPLE = 4
"""The density of a mesh is judged on every fourth node."""


def meshes(view: View, lens: Lens, mount: Mount, roll: float = 0.0) -> tuple[Mesh, ...]:
    """One mesh for each tile of the view, to be drawn in this order. ``roll`` in degrees, positive clockwise. Arrays are read-only."""
    return tuple(tile_mesh(tile, lens, mount, roll) for tile in view.tiles)


@lru_cache(maxsize=64)
def tile_mesh(tile: Tile, lens: Lens, mount: Mount, roll: float) -> Mesh:
    """The mesh of one tile; equal arguments return the same mesh."""
    x, y = _ticks(tile.width), _ticks(tile.height)
    nodes = np.empty((len(y), len(x), 2), np.int32)
    seen = np.empty((len(y), len(x)), np.bool_)
    if isinstance(tile.projection, Overview):
        _fill_overview(nodes, seen, tile, lens, roll)
    else:
        turn = camera_from_world(mount, roll).T
        columns = (tile.projection.columns(x, tile.size) @ turn).astype(np.float32).T.copy()
        rows = (tile.projection.rows(y, tile.size) @ turn).astype(np.float32).T.copy()
        for top in range(0, len(y), BAND):
            _fill_band(nodes[top : top + BAND], seen[top : top + BAND], columns, rows[:, top : top + BAND], lens)
        if seen.size <= COARSE and min(seen.shape) > 2:
            _balance(nodes)
    density = _density(nodes, seen)
    np.putmask(nodes.view(np.int64)[..., 0], ~_grown(seen), NOWHERE)
    nodes.setflags(write=False)
    return Mesh(nodes, tile.x, tile.y, tile.width, tile.height, density, tile.round)


def _fill_band(nodes: Nodes, seen: Flags, columns: Single, rows: Single, lens: Lens) -> None:
    """Nodes of some rows from the column parts ``(3, n)`` and row parts ``(3, m)`` of their camera directions."""
    x, y, z = (c[None, :] + r[:, None] for c, r in zip(columns, rows, strict=True))
    u, v, theta = lens.trace(x, y, z)
    nodes[..., 0] = u * ONE
    nodes[..., 1] = v * ONE
    np.less_equal(theta, lens.half, out=seen)


def _balance(nodes: Nodes) -> None:
    """Halve the worst interpolation error: a sixteenth of the bend moves from the middle of the cells to their corners.

    A chord misses a curve by an eighth of its second difference, all to one side; shifted by half of that it misses equally to both.
    """
    exact = nodes.astype(np.float32)
    for axis in (0, 1):
        bend = np.diff(exact, 2, axis=axis) / 16
        nodes -= np.pad(bend, [(1, 1) if a == axis else (0, 0) for a in range(3)], mode="edge").astype(np.int32)


def _fill_overview(nodes: Nodes, seen: Flags, tile: Tile, lens: Lens, roll: float) -> None:
    """Nodes of the circle itself, turned back by the roll. What surrounds the circle is shown as the sensor has it."""
    scale = 2 * lens.circle.radius / tile.width
    c, s = math.cos(math.radians(roll)) * scale, math.sin(math.radians(roll)) * scale
    dx = (_ticks(tile.width) - (tile.width - 1) / 2)[None, :]
    dy = (_ticks(tile.height) - (tile.height - 1) / 2)[:, None]
    nodes[..., 0] = np.rint((c * dx + (s * dy + lens.circle.cx)) * ONE)
    nodes[..., 1] = np.rint((c * dy + (lens.circle.cy - s * dx)) * ONE)
    seen.fill(True)


def _ticks(length: int) -> NDArray[np.float64]:
    """Pixel positions of the nodes along one side."""
    return np.arange(0, length + STEP, STEP, dtype=np.float64)[: -(-length // STEP) + 1]


def _grown(seen: Flags) -> Flags:
    """The nodes that see something and their eight neighbours, so that every cell with a piece of the picture is whole."""
    if seen.all():
        return seen
    tall = seen.copy()
    tall[1:] |= seen[:-1]
    tall[:-1] |= seen[1:]
    grown = tall.copy()
    grown[:, 1:] |= tall[:, :-1]
    grown[:, :-1] |= tall[:, 1:]
    return grown


def _density(nodes: Nodes, seen: Flags) -> float:
    """Source pixels per output pixel where they lie densest, along the longer of both axes. 1 if nothing is seen."""
    most = 0.0
    for down, right in ((0, 1), (1, 0)):
        here = slice(0, seen.shape[0] - down, SAMPLE), slice(0, seen.shape[1] - right, SAMPLE)
        there = slice(down, None, SAMPLE), slice(right, None, SAMPLE)
        step = (nodes[there] - nodes[here]).astype(np.float32)
        length = step[..., 0] ** 2 + step[..., 1] ** 2
        most = max(most, float(np.max(length, initial=0.0, where=seen[there] & seen[here])))
    return math.sqrt(most) / (ONE * STEP) or 1.0

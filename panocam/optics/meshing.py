"""From a view to the numbers of the warp: one mesh a tile, remembered by value.

A tile whose projection, place, lens, mount and roll did not change keeps its mesh, so a moving view area in the quad view costs one
quarter. Work is in float32: on a 2992-pixel circle that is within 0.002 pixels of float64, and twice as fast.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from panocam.optics.catalog import Size
from panocam.optics.lens import Lens
from panocam.optics.mesh import ONE, OUTSIDE, STEP, Mesh
from panocam.optics.mount import Mount, camera_from_world
from panocam.optics.projection import Cylinder, Overview, Perspective
from panocam.optics.view import Tile, View

Single = NDArray[np.float32]
Nodes = NDArray[np.int32]
Flags = NDArray[np.bool_]

NOWHERE = np.full(2, OUTSIDE, np.int32).view(np.int64)[0]
"""Both coordinates of an outside node as one number, which is quicker to store."""

HELD = 32_000.0
"""Source pixels that 16.16 fixed point surely holds; only directions far outside a narrow lens's field lie beyond."""

BAND = 64
"""Rows computed at a time: their intermediate arrays stay in the cache, and small enough not to be mapped anew at every step."""

COARSE = 12_000
"""Meshes of at most so many nodes (about 2000x1500 output pixels) have cells large enough for their bend to matter: without it a
1920x1440 view area is 0.03 dB further from the truth than with exact coordinates (``benchmarks/warp.py``), for 0.2 ms."""

SAMPLE = 4
"""The density of a mesh is judged on every fourth node."""


def meshes(view: View, lens: Lens, mount: Mount, roll: float = 0.0) -> tuple[Mesh, ...]:
    """One mesh for each tile of the view, to be drawn in this order. ``roll`` in degrees, positive clockwise. Arrays are read-only."""
    return tuple(tile_mesh(tile, lens, mount, roll) for tile in view.tiles)


@lru_cache(maxsize=64)
def tile_mesh(tile: Tile, lens: Lens, mount: Mount, roll: float) -> Mesh:
    """The mesh of one tile; equal arguments return the same mesh."""
    if isinstance(tile.projection, Overview):
        nodes, seen = _circle(tile, lens, roll)
    else:
        nodes, seen = _surface(tile.projection, tile.size, lens, camera_from_world(mount, roll))
    density = _density(nodes, seen)
    np.putmask(nodes.view(np.int64)[..., 0], ~_grown(seen), NOWHERE)
    nodes.setflags(write=False)
    return Mesh(nodes, tile.x, tile.y, tile.width, tile.height, density, tile.round)


def _circle(tile: Tile, lens: Lens, roll: float) -> tuple[Nodes, Flags]:
    """The circle itself, turned back by the roll. What surrounds it is shown as the sensor has it."""
    scale = 2 * lens.circle.radius / tile.width
    c, s = math.cos(math.radians(roll)) * scale, math.sin(math.radians(roll)) * scale
    dx = (_ticks(tile.width) - (tile.width - 1) / 2)[None, :]
    dy = (_ticks(tile.height) - (tile.height - 1) / 2)[:, None]
    places = np.stack((c * dx + (s * dy + lens.circle.cx), c * dy + (lens.circle.cy - s * dx)), axis=-1)
    return np.rint(places * ONE).astype(np.int32), np.ones(places.shape[:2], np.bool_)


def _surface(surface: Perspective | Cylinder, size: Size, lens: Lens, turn: NDArray[np.float64]) -> tuple[Nodes, Flags]:
    """Where the nodes of a flat tile of ``size`` lie in the source, and which of them look into the lens's field."""
    x, y = _ticks(size[0]), _ticks(size[1])
    coarse = len(x) * len(y) <= COARSE
    if coarse:
        x, y = _ringed(x), _ringed(y)
    columns = (surface.columns(x, size) @ turn.T).astype(np.float32).T.copy()
    rows = (surface.rows(y, size) @ turn.T).astype(np.float32).T.copy()
    nodes, seen = np.empty((len(y), len(x), 2), np.int32), np.empty((len(y), len(x)), np.bool_)
    for top in range(0, len(y), BAND):
        band = slice(top, top + BAND)
        _fill(nodes[band], seen[band], columns, rows[:, band], lens)
    return (_balanced(nodes), seen[1:-1, 1:-1]) if coarse else (nodes, seen)


def _fill(nodes: Nodes, seen: Flags, columns: Single, rows: Single, lens: Lens) -> None:
    """Nodes of some rows from the column parts ``(3, n)`` and row parts ``(3, m)`` of their camera directions."""
    x, y, z = (c[None, :] + r[:, None] for c, r in zip(columns, rows, strict=True))
    u, v, theta = lens.trace(x, y, z)
    if lens.reach > HELD:
        u, v = np.clip(u, -HELD, HELD), np.clip(v, -HELD, HELD)
    nodes[..., 0] = u * ONE
    nodes[..., 1] = v * ONE
    np.less_equal(theta, lens.half, out=seen)


def _balanced(ringed: Nodes) -> Nodes:
    """Halve the worst interpolation error: part of the bend moves from the middle of the cells to their corners. Takes the ring off.

    A chord misses a curve by an eighth of its second difference, all to one side; shifted by half of that it misses equally to both.
    """
    exact = ringed.astype(np.float32)
    down, right = exact[1:, 1:-1] - exact[:-1, 1:-1], exact[1:-1, 1:] - exact[1:-1, :-1]
    bend = down[1:] - down[:-1]
    bend += right[:, 1:] - right[:, :-1]
    bend /= 16
    np.subtract(exact[1:-1, 1:-1], bend, out=bend)
    return bend.astype(np.int32)


def _ticks(length: int) -> NDArray[np.float64]:
    """Pixel positions of the nodes along one side."""
    return np.arange(-(-length // STEP) + 1, dtype=np.float64) * STEP


def _ringed(ticks: NDArray[np.float64]) -> NDArray[np.float64]:
    """One node more at either end."""
    return np.concatenate((ticks[:1] - STEP, ticks, ticks[-1:] + STEP))


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

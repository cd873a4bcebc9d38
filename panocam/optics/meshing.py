"""From a view to the numbers of the warp: one mesh a tile, remembered by value.

A tile whose projection, place, lens, mount and roll did not change keeps its mesh, so a moving view area in the quad view costs one
quarter. Work is in float32: on a 2992-pixel circle that is within 0.002 pixels of float64, and twice as fast.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from panocam.optics.catalog import Size
from panocam.optics.lens import Lens
from panocam.optics.mesh import ONE, OUTSIDE, STEP, Mesh
from panocam.optics.mount import Mount, camera_from_world
from panocam.optics.projection import Cylinder, Overview, Perspective
from panocam.optics.view import Tile, View

try:
    import panocam_native
except ImportError:
    panocam_native = None

_TRACE: Any = getattr(panocam_native, "trace", None)
"""The native kernel, where it is installed and new enough."""

Floats = NDArray[np.float64]
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
    nodes, density = (
        _circle(tile, lens, roll)
        if isinstance(tile.projection, Overview)
        else _surface(tile.projection, tile.size, lens, camera_from_world(mount, roll))
    )
    nodes.setflags(write=False)
    return Mesh(nodes, tile.x, tile.y, tile.width, tile.height, density / STEP or 1.0, tile.round)


def _circle(tile: Tile, lens: Lens, roll: float) -> tuple[Nodes, float]:
    """The circle itself, turned back by the roll, and source pixels per step. What surrounds it is shown as the sensor has it."""
    scale = 2 * lens.circle.radius / tile.width
    c, s = math.cos(math.radians(roll)) * scale, math.sin(math.radians(roll)) * scale
    dx, dy = _ticks(tile.width, 0)[None, :], _ticks(tile.height, 0)[:, None]
    places = np.stack((c * dx + (s * dy + lens.circle.cx), c * dy + (lens.circle.cy - s * dx)), axis=-1)
    return np.rint(places * ONE).astype(np.int32), scale * STEP


def _surface(surface: Perspective | Cylinder, size: Size, lens: Lens, turn: Floats) -> tuple[Nodes, float]:
    """Where the nodes of a flat tile of ``size`` lie in the source, and source pixels per step where they lie densest."""
    ring = int(len(_ticks(size[0], 0)) * len(_ticks(size[1], 0)) <= COARSE)
    x, y = _ticks(size[0], ring), _ticks(size[1], ring)
    sides = *surface.columns(x, size), surface.rows(y, size), surface.axes(), turn
    if _TRACE is None:
        return trace(*sides, lens, ring)
    nodes = np.empty((len(y) - 2 * ring, len(x) - 2 * ring, 2), np.int32)
    return nodes, _TRACE(*sides, *lens.numbers, bool(ring), nodes)


def trace(right: Floats, forward: Floats, down: Floats, axes: Floats, turn: Floats, lens: Lens, ring: int) -> tuple[Nodes, float]:
    """Nodes ``(m, n, 2)``, and the most source pixels between two of them.

    The columns lie ``right`` (n,) and ``forward`` (n or 1,), the rows ``down`` (m,) along the ``axes``, of which ``turn`` makes camera
    directions. With ``ring`` 1, there is a row and a column more on every side than nodes.

    For machines without the native kernel, and its reference.
    """
    axes = axes @ turn.T
    columns = (np.outer(axes[0], right) + np.outer(axes[2], forward)).astype(np.float32)
    rows = np.outer(axes[1], down).astype(np.float32)
    nodes, seen = np.empty((len(down), len(right), 2), np.int32), np.empty((len(down), len(right)), np.bool_)
    for top in range(0, len(down), BAND):
        band = slice(top, top + BAND)
        _fill(nodes[band], seen[band], columns, rows[:, band], lens)
    if ring:
        nodes, seen = _balanced(nodes), seen[1:-1, 1:-1]
    most = _densest(nodes, seen)
    np.putmask(nodes.view(np.int64)[..., 0], ~_grown(seen), NOWHERE)
    return nodes, most


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
    np.clip(bend, -HELD * ONE, HELD * ONE, out=bend)
    return bend.astype(np.int32)


@lru_cache(maxsize=64)
def _ticks(length: int, ring: int) -> Floats:
    """How many pixels from the middle of a side of ``length`` its nodes lie, with ``ring`` more at either end. Read-only."""
    ticks = np.arange(-ring, -(-length // STEP) + 1 + ring, dtype=np.float64) * STEP - (length - 1) / 2
    ticks.setflags(write=False)
    return ticks


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


def _densest(nodes: Nodes, seen: Flags) -> float:
    """Source pixels between neighbours where they lie densest, along the longer of both axes. 0 if nothing is seen."""
    most = 0.0
    for down, right in ((0, 1), (1, 0)):
        here = slice(0, seen.shape[0] - down, SAMPLE), slice(0, seen.shape[1] - right, SAMPLE)
        there = slice(down, None, SAMPLE), slice(right, None, SAMPLE)
        step = (nodes[there] - nodes[here]).astype(np.float32)
        length = step[..., 0] ** 2 + step[..., 1] ** 2
        most = max(most, float(np.max(length, initial=0.0, where=seen[there] & seen[here])))
    return math.sqrt(most) / ONE

"""The warp: a view drawn from a source picture through its meshes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

import cv2
import numpy as np

from panocam.errors import InvalidValue
from panocam.imaging.changes import Again
from panocam.imaging.kernel import paint
from panocam.imaging.pyramid import Pyramid
from panocam.media.planes import Plane, Planes
from panocam.optics.mesh import ONE, OUTSIDE, STEP, Mesh

CELL_SAMPLES = STEP * STEP * 3 // 2
"""Luma and chroma of a cell."""


def warp(meshes: Sequence[Mesh], source: Pyramid, out: Planes, rows: tuple[int, int] | None = None, again: Again | None = None) -> int:
    """Draw ``meshes`` in their order into ``out``, a picture with even sides; what no mesh covers is left as it is.

    ``rows`` = (first, end), even, limits the work to a band of ``out``, so that several threads can share one picture; bands whose
    borders are multiples of 16 waste nothing. Directions outside the source become black. Raises InvalidValue when a mesh does not
    fit into the picture.

    ``again``: ``out`` holds an earlier picture of these meshes, which must be ``separate``; what has not changed since is left as it is.
    Returns how many samples were not drawn.
    """
    first, end = rows or (0, out.height)
    if not (0 <= first <= end <= out.height and first % 2 == end % 2 == 0):
        raise InvalidValue("rows", rows, f"give even numbers 0 <= first <= end <= {out.height}")
    left = 0
    for mesh in meshes:
        _check(mesh, out)
        number = source.level_for(mesh.scale)
        through = scaled(mesh, number)
        if mesh.round:
            _round(through, source.level(number), out, (first, end))
        else:
            left += paint(through, source.level(number), out, (first, end), out.color.black, again and replace(again, level=number))
    return left * CELL_SAMPLES


def separate(meshes: Sequence[Mesh]) -> bool:
    """Whether each cell of a picture can be drawn by itself: no mesh is round, lies over another, or begins within a cell."""
    alone = (not any(_touch(mesh, other) for other in meshes[i + 1 :]) for i, mesh in enumerate(meshes))
    return all(alone) and not any(mesh.round or mesh.x % STEP or mesh.y % STEP for mesh in meshes)


def _touch(a: Mesh, b: Mesh) -> bool:
    return a.x < b.x + b.width and b.x < a.x + a.width and a.y < b.y + b.height and b.y < a.y + a.height


@lru_cache(maxsize=64)
def scaled(mesh: Mesh, level: int) -> Mesh:
    """The mesh for the source's level: ``x_k = (x + 1/2) / 2**k - 1/2``; outside stays outside."""
    if level == 0:
        return mesh
    nodes = (((mesh.nodes.astype(np.int64) + ONE // 2) >> level) - ONE // 2).astype(np.int32)
    nodes[(mesh.nodes == OUTSIDE).any(axis=-1)] = OUTSIDE
    return replace(mesh, nodes=nodes, scale=mesh.scale / 2**level)


def _check(mesh: Mesh, out: Planes) -> None:
    inside = min(mesh.x, mesh.y) >= 0 and mesh.x + mesh.width <= out.width and mesh.y + mesh.height <= out.height
    if not inside or (mesh.x | mesh.y | mesh.width | mesh.height) % 2:
        place = f"{mesh.width}x{mesh.height} at {mesh.x},{mesh.y}"
        raise InvalidValue("mesh", place, f"rectangles have even numbers and lie in the picture of {out.width}x{out.height}")


def _round(mesh: Mesh, source: Planes, out: Planes, rows: tuple[int, int]) -> None:
    """Draw only the circle inscribed in the mesh's rectangle."""
    first, end = max(rows[0] - mesh.y, 0), min(rows[1] - mesh.y, mesh.height)
    if first >= end:
        return
    square = Planes.blank(mesh.width, mesh.height, out.color)
    paint(_at_origin(mesh), source, square, (first, end), out.color.black)
    pairs = ((square.y, out.y, 1), (square.u, out.u, 2), (square.v, out.v, 2))
    for drawn, target, half in pairs:
        x, y, top, bottom = mesh.x // half, mesh.y // half, first // half, end // half
        area = target[y + top : y + bottom, x : x + drawn.shape[1]]
        cv2.copyTo(drawn[top:bottom], _disc(mesh.width // half, mesh.height // half)[top:bottom], area)


@lru_cache(maxsize=16)
def _at_origin(mesh: Mesh) -> Mesh:
    return replace(mesh, x=0, y=0)


@lru_cache(maxsize=16)
def _disc(width: int, height: int) -> Plane:
    """Mask of the ellipse inscribed in a rectangle, 255 inside."""
    x = (np.arange(width) - (width - 1) / 2) / (width / 2)
    y = (np.arange(height) - (height - 1) / 2) / (height / 2)
    return np.where(x[None, :] ** 2 + y[:, None] ** 2 <= 1, np.uint8(255), np.uint8(0))

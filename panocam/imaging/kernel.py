"""Which code moves the pixels: the native kernel when it is installed, else a NumPy/OpenCV version of the same contract.

Both paint one mesh rectangle: coordinates linear between nodes, pixels bilinear, the picture surrounded by the fill colour,
cells with an ``OUTSIDE`` corner all fill colour. Chroma is sampled at its own place: ``(x + 1/2) / 2 - 1/2``.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from panocam import __version__
from panocam.imaging.changes import Again
from panocam.media.bands import bands_of
from panocam.media.planes import Plane, Planes
from panocam.optics.mesh import ONE, OUTSIDE, STEP, Mesh

try:
    import panocam_native
except ImportError:
    panocam_native = None

log = logging.getLogger(__name__)

_WARP_BANDS: Any = getattr(panocam_native, "warp_bands", None)
"""The native kernel, where it is installed and new enough."""

Fill = tuple[int, int, int]
Map = NDArray[np.float32]
Paint = Callable[[Mesh, Planes, Planes, tuple[int, int], Fill, Again | None], int]
DEEPEST = 4
"""The last level of which a pixel is no more than a block of the source; beyond it everything is painted."""
FAR = -1e4
"""A map coordinate surely outside any picture."""


def paint_native(
    mesh: Mesh, source: Planes, out: Planes, rows: tuple[int, int], fill: Fill, again: Again | None = None, *, kernel: str = ""
) -> int:
    """Paint rows ``rows[0] <= y < rows[1]`` of ``out`` that ``mesh`` covers; ``kernel`` names one of ``panocam_native.kernels()``."""
    target = out.y, out.u, out.v, mesh.nodes, mesh.x, mesh.y, mesh.width, mesh.height, *rows, *fill, kernel
    if _WARP_BANDS is None:
        panocam_native.warp(source.y, source.u, source.v, *target)
        return _everything(mesh, again)
    bands = [(band.y, band.u, band.v) for band in bands_of(source)]
    if again is None or again.level > DEEPEST:
        _WARP_BANDS(bands, *target)
        return _everything(mesh, again)
    return int(_WARP_BANDS(bands, *target, again.stamps, again.since, again.level, again.due))


def paint_opencv(mesh: Mesh, source: Planes, out: Planes, rows: tuple[int, int], fill: Fill, again: Again | None = None) -> int:
    """The same with full coordinate maps, for machines without the native kernel and as its reference. Paints everything."""
    top, bottom = max(rows[0], mesh.y), min(rows[1], mesh.y + mesh.height)
    if top >= bottom:
        return _everything(mesh, again)
    maps = _maps(mesh)
    for plane, target, value, half in zip((source.y, source.u, source.v), (out.y, out.u, out.v), fill, (1, 2, 2), strict=True):
        x, y = (m[(top - mesh.y) // half : (bottom - mesh.y) // half] for m in maps[half])
        area = target[top // half : bottom // half, mesh.x // half : (mesh.x + mesh.width) // half]
        area[:] = cv2.remap(plane, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=value)
    return _everything(mesh, again)


def _everything(mesh: Mesh, again: Again | None) -> int:
    """Say that all of the mesh's cells were drawn."""
    if again is not None:
        again.due[mesh.y // STEP : -(-(mesh.y + mesh.height) // STEP), mesh.x // STEP : -(-(mesh.x + mesh.width) // STEP)] = 1
    return 0


@lru_cache(maxsize=8)
def _maps(mesh: Mesh) -> dict[int, tuple[Map, Map]]:
    """Source coordinates of every pixel, for luma (key 1) and chroma (key 2)."""
    outside = (mesh.nodes == OUTSIDE).any(axis=-1)
    dark = (outside[:-1, :-1] | outside[1:, :-1] | outside[:-1, 1:] | outside[1:, 1:]).repeat(STEP, 0).repeat(STEP, 1)
    nodes = np.where(outside[..., None], 0, mesh.nodes).astype(np.float64) / ONE
    maps = {}
    for half in (1, 2):
        first = (half - 1) / 2
        rows, columns = ((np.arange(0, n, half) + first) / STEP for n in (mesh.height, mesh.width))
        both = _linear(_linear(nodes, rows, 0), columns, 1)
        places = (both - first) / half
        places[dark[: mesh.height : half, : mesh.width : half]] = FAR
        maps[half] = (places[..., 0].astype(np.float32), places[..., 1].astype(np.float32))
    return maps


def _linear(values: NDArray[np.float64], at: NDArray[np.float64], axis: int) -> NDArray[np.float64]:
    """Linear interpolation of ``values`` along ``axis`` at fractional indices that lie before the last one."""
    index = at.astype(np.intp)
    weight = np.expand_dims(at - index, tuple(i for i in range(values.ndim) if i != axis))
    return np.asarray(values.take(index, axis) * (1 - weight) + values.take(index + 1, axis) * weight)


def halved(planes: Planes) -> Planes:
    """A picture at half size, in memory of its own."""
    parts = [(half_opencv(band.y), half_opencv(band.u), half_opencv(band.v)) for band in bands_of(planes)]
    y, u, v = parts[0] if len(parts) == 1 else (np.concatenate(plane) for plane in zip(*parts, strict=True))
    return Planes(y, u, v, planes.color)


def half_opencv(plane: Plane) -> Plane:
    """A plane at half size (rounded up): the mean of each 2x2 block; a last odd row or column is repeated."""
    height, width = plane.shape
    if height % 2 or width % 2:
        plane = np.asarray(cv2.copyMakeBorder(plane, 0, height % 2, 0, width % 2, cv2.BORDER_REPLICATE), np.uint8)
    return np.asarray(cv2.resize(plane, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), np.uint8)


@lru_cache(maxsize=1)
def _chosen() -> tuple[str, Paint]:
    """The kernel of this process; a fallback is logged, once."""
    module: Any = panocam_native
    if module is not None and module.__version__ == __version__:
        return module.kernels()[0], paint_native
    reason = "is not installed" if module is None else f"{module.__version__} does not match panocam {__version__}"
    log.warning("warping with OpenCV, several times slower: the package panocam-native %s", reason)
    return "opencv", paint_opencv


def kernel_name() -> str:
    """``avx512``, ``avx2``, ``neon``, ``c++`` or ``opencv``."""
    return _chosen()[0]


def paint(mesh: Mesh, source: Planes, out: Planes, rows: tuple[int, int], fill: Fill, again: Again | None = None) -> int:
    """Paint the part of ``out`` that ``mesh`` covers within ``rows`` (even numbers) with the best kernel of this machine.

    Several threads may paint different rows of one picture. ``fill`` is (Y, U, V) for what lies outside the source. With ``again`` only
    what has changed need be painted; returns how many cells were not.
    """
    return _chosen()[1](mesh, source, out, rows, fill, again)

"""What is to be done with one picture, in the numbers that the kernel takes; and doing it, natively where that is installed."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from panocam import __version__
from panocam.imaging.reference import develop_reference
from panocam.media.planes import Plane, Planes

try:
    import panocam_native
except ImportError:
    panocam_native = None

log = logging.getLogger(__name__)

Ints = NDArray[np.int32]
Floats = NDArray[np.float32]
State = tuple[NDArray[np.int16], NDArray[np.int16], NDArray[np.int16]]

CELL = 8
"""Luma pixels along a side of a cell of ``Recipe.grid``."""


@dataclass(frozen=True, eq=False)
class Recipe:
    """A stage that is None is left out. The arithmetic stands on top of ``native/src/develop_rows.h``.

    ``temporal``: (2, 4), for luma and chroma: weight kept for a new picture (1/32768), threshold of motion at black and its change to
    white (1/72 level), bits of the ramp above it. ``spatial``: (2, 3): reach at black and its change to white (0..24 levels), weight
    of the sum (1/256). ``matrix``: (3, 3) on Y, U, V without their zero points, beginning with 1. ``lut``: 256 luma values. ``grid``:
    (4, ceil(height/8), ceil(width/8)): luma becomes ``a y + b``, chroma is multiplied by ``p y + q``. ``sharpen``: gain (1/4096, below 0
    softens), core (1/16 level).
    """

    temporal: Ints | None = None
    spatial: Ints | None = None
    matrix: Floats | None = None
    lut: Plane | None = None
    grid: Floats | None = None
    sharpen: Ints | None = None


_NONE: dict[str, Any] = {
    "state": np.empty((0, 0), np.int16),
    "temporal": np.empty((0, 0), np.int32),
    "spatial": np.empty((0, 0), np.int32),
    "matrix": np.empty((0, 0), np.float32),
    "lut": np.empty(0, np.uint8),
    "grid": np.empty((0, 0, 0), np.float32),
    "sharpen": np.empty(0, np.int32),
}


def develop_native(recipe: Recipe, source: Planes, out: Planes, state: State | None = None, kernel: str = "") -> None:
    """As ``develop``, by the native kernel of that name, the best one by default."""
    states = state if state is not None and recipe.temporal is not None else (_NONE["state"],) * 3
    stages = (empty if (given := getattr(recipe, name)) is None else given for name, empty in _NONE.items() if name != "state")
    planes = source.y, source.u, source.v, out.y, out.u, out.v
    panocam_native.develop(*planes, *states, *stages, *luma_range(source), kernel)


def luma_range(planes: Planes) -> tuple[int, int]:
    """The codes of black and white."""
    return (0, 255) if planes.color.full else (16, 235)


def fresh_state(planes: Planes) -> State:
    """What the temporal stage remembers when ``planes`` is the first picture, in 1/128 level."""
    y, u, v = (plane.astype(np.int16) << 7 for plane in (planes.y, planes.u, planes.v))
    return y, u, v


@lru_cache(maxsize=1)
def _native() -> bool:
    """Whether the installed native module can do it; if not, that is logged, once."""
    module: Any = panocam_native
    if module is not None and module.__version__ == __version__ and hasattr(module, "develop"):
        return True
    log.warning("adjusting pictures with OpenCV, many times slower: the package panocam-native is missing or too old")
    return False


def develop(recipe: Recipe, source: Planes, out: Planes, state: State | None = None) -> None:
    """Make ``out`` (same size, other memory) of ``source``; ``state`` is needed for, and changed by, the temporal stage."""
    if _native():
        develop_native(recipe, source, out, state)
    else:
        develop_reference(recipe, source, out, state)

"""The warp as numbers: where in the sensor picture each 16th output pixel comes from.

A view is drawn by one mesh a tile. The kernel interpolates linearly between nodes, so moving a view means computing some
ten thousand nodes instead of millions of pixels. Nodes that look beyond the lens's field hold ``OUTSIDE``; a cell with
such a corner is painted black.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

STEP = 16
"""Output luma pixels between two nodes."""

ONE = 1 << 16
"""Coordinates are signed 16.16 fixed point in source luma pixels."""

OUTSIDE = -(1 << 31)
"""Node value (both coordinates) for "this direction is not in the picture"."""


@dataclass(frozen=True, eq=False)
class Mesh:
    """Source coordinates for one output rectangle.

    ``nodes``: int32 ``(ceil(height/STEP)+1, ceil(width/STEP)+1, 2)``, C-contiguous, ``nodes[r, c]`` = source (x, y) of output pixel
    ``(x + c*STEP, y + r*STEP)``. ``x, y, width, height``: the rectangle in the output picture, all even.
    ``scale``: source pixels per output pixel (the larger axis, at the rectangle's densest point), from which the warp picks the
    level of its minification pyramid. ``round``: only the circle inscribed in the rectangle is drawn over what lies below. Meshes of
    a view are drawn in order, later ones over earlier ones.
    """

    nodes: NDArray[np.int32]
    x: int
    y: int
    width: int
    height: int
    scale: float = 1.0
    round: bool = False

"""The mount: which way the camera looks, and what digital roll does to it.

Digital roll turns the sensor picture about the optical axis before anything else happens, as if the camera itself had been turned in
its holder. Positive roll turns the overview clockwise. What follows from it for a thing in the room:

- ceiling: its pan grows by the roll; desk: its pan shrinks by the roll (seen from below, the compass runs the other way round);
- wall: it turns clockwise about the centre of the picture, so the horizon tilts and a crooked camera can be levelled.

World directions therefore belong to the *rolled* picture: pan 0 is always at the top of the overview that people see. What must stay
on a thing when the roll changes (privacy masks, zones) is kept as camera rays, ``camera_from_world(mount, roll) @ direction``.
"""

from __future__ import annotations

import math
from enum import StrEnum
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray


class Mount(StrEnum):
    """Where the camera is fixed. The order is the one people are offered."""

    CEILING = "ceiling"
    DESK = "desk"
    WALL = "wall"


# Rows: the camera's x (right), y (down) and z (optical axis) in world coordinates, at roll 0.
_AXES: dict[Mount, tuple[tuple[int, int, int], ...]] = {
    Mount.CEILING: ((1, 0, 0), (0, -1, 0), (0, 0, -1)),
    Mount.DESK: ((-1, 0, 0), (0, -1, 0), (0, 0, 1)),
    Mount.WALL: ((1, 0, 0), (0, 0, -1), (0, 1, 0)),
}


@lru_cache(maxsize=64)
def camera_from_world(mount: Mount, roll: float = 0.0) -> NDArray[np.float64]:
    """The rotation ``(3, 3)`` that turns world directions into camera rays; ``roll`` in degrees, positive clockwise. Read-only."""
    c, s = math.cos(math.radians(roll)), math.sin(math.radians(roll))
    unroll = np.array([(c, s, 0.0), (-s, c, 0.0), (0.0, 0.0, 1.0)])
    rotation: NDArray[np.float64] = unroll @ np.array(_AXES[mount], dtype=np.float64)
    rotation.setflags(write=False)
    return rotation

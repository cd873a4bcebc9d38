"""In which order solids are painted, so that near ones hide far ones.

Two boxes that some axis plane separates cannot hide each other both ways: only the one on the camera's side can hide the other.
That gives a partial order, which is sorted topologically, ties by distance.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from panocam.scene.arrays import Array
from panocam.scene.solids import Solid

TOUCH = 1e-6
"""Metres by which boxes may overlap and still count as apart."""


def paint_order(solids: Sequence[Solid], eye: Array) -> list[int]:
    """Indices back to front as seen from ``eye``. Layers below 0 (shells that hold everything else) come first, in their order."""
    lo, hi = np.array([s.lo for s in solids]), np.array([s.hi for s in solids])
    layer = np.array([s.layer for s in solids])
    below = (hi[:, None] <= lo[None] + TOUCH) & (eye >= hi[:, None] - TOUCH)
    above = (lo[:, None] >= hi[None] - TOUCH) & (eye <= lo[:, None] + TOUCH)
    cannot = np.asarray((below | above).any(-1), np.bool_)  # [i, j]: i cannot hide j
    before = np.asarray(cannot & ~cannot.T, np.bool_)  # [i, j]: i is painted before j
    shell = np.minimum(layer, 0)
    before = np.where(shell[:, None] != shell[None], shell[:, None] < shell[None], before)
    far = np.linalg.norm((lo + hi) / 2 - eye, axis=-1) + 1000.0 * layer  # pictures on surfaces go before what stands in front
    waiting = before.sum(0)
    left = set(range(len(solids)))
    order: list[int] = []
    while left:
        ready = [i for i in left if waiting[i] == 0] or list(left)  # a cycle: the farthest goes first
        nxt = max(ready, key=lambda i: (far[i], -i))
        left.remove(nxt)
        order.append(nxt)
        waiting -= before[nxt]
    return order

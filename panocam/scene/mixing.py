"""From elements, pairs of a body part and a cell of the grid, to cells: the nearest part counts, and seams between parts are soft."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from panocam.scene.arrays import Field, clamp

BESIDE = 1.75
"""Cells beside a part that still take its colour, because enlarging mixes them in."""

SEAM = 60.0
"""1 / metres over which a part behind the nearest one fades."""

FAR = 1e3


@dataclass(frozen=True, eq=False)
class Elements:
    """E pairs of part and cell: cell number, outline distance in cells, distance in metres, radiance and mains part (4, E)."""

    cell: NDArray[np.int64]
    inside: Field
    t: Field
    tone: Field


def together(parts: Sequence[Elements]) -> Elements:
    """All elements of several parts."""
    if len(parts) == 1:
        return parts[0]
    return Elements(*(np.concatenate([getattr(p, field.name) for p in parts], -1) for field in fields(Elements)))


def mix(elements: Elements, cells: int) -> Field:
    """(6, cells): outline distance in cells, distance in metres, radiance and its mains part."""
    cell, inside, t, tone = elements.cell, elements.inside, elements.t, elements.tone
    out: Field = np.zeros((6, cells), np.float32)
    out[0] = -BESIDE
    np.maximum.at(out[0], cell, inside)
    cover = clamp(inside + np.float32(0.5), 0, 1)
    nearest: Field = np.full(cells, FAR, np.float32)
    solid = np.flatnonzero(cover > 0.5)
    np.minimum.at(nearest, cell[solid], t[solid])
    weight = (nearest[cell] - t) * np.float32(SEAM)
    weight += 1
    clamp(weight, 0, 1)
    weight *= cover
    weight += np.float32(1e-4) * (inside + np.float32(BESIDE + 0.01)).clip(0, 3)  # beside the figure there is nothing else
    total = np.maximum(np.bincount(cell, weight, cells), 1e-9)
    for k in range(4):
        out[2 + k] = np.bincount(cell, weight * tone[k], cells) / total
    beside = np.bincount(cell, weight * t, cells) / total
    out[1] = np.where(nearest < FAR, nearest, np.where(beside > 0, beside, FAR))
    return out

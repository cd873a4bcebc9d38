"""Masks that take on the colour of their surroundings.

The colour of a mask is the mean of a rim about its cover: picture that everybody sees anyhow. No pixel that any mask covers is read, and a
gap is left between the cover and the rim, so what lies under a mask cannot show in its colour. It is looked at once in ``HOLD_NS``,
followed over some seconds and changed in steps, so that neither noise nor a passer-by makes it flicker.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from panocam.imaging.cover import Patch, Pixels
from panocam.imaging.ink import Ink, plain, shade
from panocam.media.planes import Plane, Planes
from panocam.optics.lens import Lens

GAP = 2
"""2x2 blocks between a cover and its rim."""

WIDTH = 100
"""The rim is this part of the picture's shorter side wide, in blocks."""

POINTS = 400
"""Places of a rim that are looked at."""

FOLLOW = 0.3
"""Part of a change that one look makes."""

STEP = 3
"""Codes by which a colour has to be wrong before it changes."""


class Chameleon:
    """The colours of some patches of one picture size and lens. For one thread."""

    def __init__(self, patches: Sequence[Patch], lens: Lens, planes: Planes) -> None:
        self._patches = patches
        self._rims = [_rim(patch, patches, lens, planes.size) for patch in patches]
        self._colors: NDArray[np.float64] | None = None

        self._shown = np.zeros((0, 3))

    def look(self, planes: Planes) -> list[tuple[Plane, Plane, Plane]]:
        """A cover for each patch, for a picture that no mask was painted into yet."""
        seen = np.array([_mean(planes, *rim) for rim in self._rims])
        self._colors = seen if self._colors is None else self._colors + (seen - self._colors) * FOLLOW
        if self._shown.shape != self._colors.shape:
            self._shown = self._colors.round()
        left = np.abs(self._colors - self._shown).max(axis=1, initial=0) >= STEP
        self._shown[left] = self._colors[left].round()
        return [plain(patch, (int(y), int(u), int(v))) for patch, (y, u, v) in zip(self._patches, self._shown, strict=True)]


def _mean(planes: Planes, rows: Pixels, columns: Pixels) -> tuple[float, float, float]:
    """The mean colour of blocks; grey where there are none."""
    if not len(rows):
        return shade(Ink.GREY, planes.color)
    luma = planes.y[2 * rows, 2 * columns]
    return float(luma.mean()), float(planes.u[rows, columns].mean()), float(planes.v[rows, columns].mean())


def _rim(patch: Patch, patches: Sequence[Patch], lens: Lens, size: tuple[int, int]) -> tuple[Pixels, Pixels]:
    """Rows and columns of 2x2 blocks about a patch that no patch covers, within the image circle."""
    far = GAP + max(3, min(size) // WIDTH // 2)
    high, wide = (size[1] + 1) // 2, (size[0] + 1) // 2
    top, left = max(0, patch.y // 2 - far), max(0, patch.x // 2 - far)
    shape = min(high, (patch.y + patch.height + 1) // 2 + far) - top, min(wide, (patch.x + patch.width + 1) // 2 + far) - left
    own, covered = np.zeros(shape, np.uint8), np.zeros(shape, np.uint8)
    _mark(patch, own, top, left)
    for each in patches:
        _mark(each, covered, top, left)
    rows, columns = np.nonzero((_grown(own, far) > 0) & (_grown(covered, GAP) == 0))
    rows, columns = rows + top, columns + left
    circle = lens.circle
    seen = (2 * columns - circle.cx) ** 2 + (2 * rows - circle.cy) ** 2 < (circle.radius * 0.98) ** 2
    rows, columns = rows[seen], columns[seen]
    step = max(1, -(-len(rows) // POINTS))
    return rows[::step], columns[::step]


def _grown(blocks: Plane, by: int) -> Plane:
    return np.asarray(cv2.dilate(blocks, np.ones((2 * by + 1,) * 2, np.uint8)), np.uint8)


def _mark(patch: Patch, blocks: Plane, top: int, left: int) -> None:
    """Put 255 where the patch covers a block of the window at (top, left)."""
    mask = np.full(((patch.height + 1) // 2, (patch.width + 1) // 2), 255, np.uint8) if patch.chroma is None else patch.chroma
    y, x = patch.y // 2 - top, patch.x // 2 - left
    first_y, first_x = max(0, y), max(0, x)
    last_y, last_x = min(blocks.shape[0], y + mask.shape[0]), min(blocks.shape[1], x + mask.shape[1])
    if last_y > first_y and last_x > first_x:
        part = blocks[first_y:last_y, first_x:last_x]
        np.maximum(part, mask[first_y - y : last_y - y, first_x - x : last_x - x], out=part)

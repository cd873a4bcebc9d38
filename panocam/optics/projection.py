"""The surfaces that a tile of a view unrolls: a plane, a cylinder, or the circle as it is.

Theory. The direction behind pixel (x, y) of a plane is ``x right + y down + focal forward``; behind a pixel of an upright cylinder it is
``sin(a) east + cos(a) north + h up`` with a proportional to x and h to y. Both are *a vector of the column plus a vector of the row*, so
a whole grid of directions is one outer sum an axis, in whatever frame the two vectors were turned into first. That is all the work
there is in moving a view. A column, counted from the picture's middle, says how far right and how far forward it lies, a row how far down.
Directions are not normalised: the lens does not care for length.

A plane keeps straight lines straight. A cylinder keeps verticals vertical and the proportions of everything that stands upright, at every
tilt: on it, a person is as many pixels high for his width as in a plain photograph.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from panocam.optics.pose import Pose

Floats = NDArray[np.float64]
Size = tuple[int, int]


@dataclass(frozen=True)
class Perspective:
    """A flat picture as an ordinary lens takes it (rectilinear)."""

    pose: Pose

    def axes(self) -> Floats:
        """Rows: right, down and forward as world directions ``(3, 3)``."""
        return self.pose.axes()

    def columns(self, x: Floats, size: Size) -> tuple[Floats, Floats]:
        """How far right the columns ``x`` (n,) from the middle lie, and how far forward, (1,): all alike."""
        return x, np.array((self.pose.focal(size),))

    def rows(self, y: Floats, size: Size) -> Floats:
        """How far down the rows ``y`` (n,) from the middle lie."""
        return y

    def locate(self, rays: Floats, size: Size) -> Floats:
        """World directions ``(..., 3)`` to pixels ``(..., 2)``; NaN for what lies behind the picture."""
        right, down, forward = np.moveaxis(rays @ self.axes().T, -1, 0)
        k = self.pose.focal(size) / np.where(forward > 1e-12, forward, np.nan)
        return np.stack((right * k + (size[0] - 1) / 2, down * k + (size[1] - 1) / 2), axis=-1)


@dataclass(frozen=True)
class Cylinder:
    """An upright cylinder unrolled: ``sweep`` degrees of pan about ``pan``, equal scale in both directions.

    ``top`` is the height of the upper edge on the cylinder of radius 1, i.e. the tangent of its tilt. ``lean`` (degrees) tips the
    cylinder back (its middle then looks up) or, negative, forward.
    """

    pan: float
    sweep: float
    top: float
    lean: float = 0.0

    def axes(self) -> Floats:
        """Rows: right, down and forward as world directions ``(3, 3)``; down is the cylinder's axis."""
        return Pose(self.pan, self.lean).axes()

    def columns(self, x: Floats, size: Size) -> tuple[Floats, Floats]:
        """How far right and how far forward the columns ``x`` (n,) from the middle lie."""
        a = x / self._scale(size)
        return np.sin(a), np.cos(a)

    def rows(self, y: Floats, size: Size) -> Floats:
        """How far down the rows ``y`` (n,) from the middle lie."""
        return (y + size[1] / 2) / self._scale(size) - self.top

    def locate(self, rays: Floats, size: Size) -> Floats:
        """World directions ``(..., 3)`` to pixels ``(..., 2)``; NaN for the cylinder's axis."""
        right, down, forward = np.moveaxis(rays @ self.axes().T, -1, 0)
        level = np.hypot(right, forward)
        height = down / np.where(level > 1e-12, level, np.nan)
        k = self._scale(size)
        return np.stack((np.arctan2(right, forward) * k + (size[0] - 1) / 2, (height + self.top) * k - 0.5), axis=-1)

    def _scale(self, size: Size) -> float:
        """Output pixels per radian of pan, and per unit of height."""
        return size[0] / math.radians(self.sweep)


def surface_rays(surface: Perspective | Cylinder, pixels: Floats, size: Size) -> Floats:
    """World directions ``(n, 3)``, of any length, behind the pixels ``(n, 2)``."""
    x, y = (pixels - (np.array(size) - 1) / 2).T
    right, forward = surface.columns(x, size)
    axes = surface.axes()
    return np.outer(right, axes[0]) + np.outer(surface.rows(y, size), axes[1]) + np.outer(forward, axes[2])


@dataclass(frozen=True)
class Overview:
    """The image circle as it is, filling a square; only turned by the digital roll and resized."""


Projection = Perspective | Cylinder | Overview

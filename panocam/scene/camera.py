"""The simulated camera: world points to pixels, and the rays of a coarse grid of pixels from which everything is interpolated."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from panocam.optics.lens import Lens
from panocam.optics.mount import Mount, camera_from_world
from panocam.scene.arrays import Array, Field, clamp


@dataclass(frozen=True, eq=False)
class CameraPose:
    """Where the camera is: ``position`` in metres, how it is mounted, and by how many degrees its axis ``lean``s: on the wall upwards from
    the horizon, on ceiling and desk towards pan 0."""

    position: Array
    mount: Mount
    lean: float = 0.0

    @cached_property
    def axes(self) -> Array:
        """(3, 3): rows are the camera's x (right), y (down) and z (optical axis) in the world."""
        if not self.lean:
            return camera_from_world(self.mount)
        c, s = np.cos(np.radians(self.lean)), np.sin(np.radians(self.lean))
        leaned: Array = np.array([(1.0, 0.0, 0.0), (0.0, c, s), (0.0, -s, c)]) @ camera_from_world(self.mount)
        return leaned


class Camera:
    """A pose, a lens and a square picture of ``size`` pixels.

    ``rays``: (n + 2, n + 2, 3) float32 world unit rays of the centres of blocks of ``step`` pixels, with one more block on each side.
    """

    def __init__(self, pose: CameraPose, lens: Lens, size: int) -> None:
        self.pose, self.lens, self.size = pose, lens, size
        self.step = 16 if size >= 4096 else 8 if size >= 1200 else 4
        self.nodes = -(-size // self.step)
        at = np.arange(-1, self.nodes + 1) * self.step + (self.step - 1) / 2
        self.node_px = np.stack(np.meshgrid(at, at), -1)
        self.rays: Field = (np.asarray(lens.unproject(self.node_px)) @ pose.axes).astype(np.float32)

    def reduced(self, factor: int) -> Camera:
        """The same camera with about ``factor`` times fewer pixels on a side."""
        size = max(32, round(self.size / factor))
        return Camera(self.pose, self.lens.scaled(size / self.size), size)

    def project(self, points: ArrayLike) -> tuple[Array, Array]:
        """World points (..., 3) to pixels (..., 2) and distances (...) in metres; outside the circle beyond the field of view."""
        v = np.asarray(points, np.float64) - self.pose.position
        return np.asarray(self.lens.project(v @ self.pose.axes.T), np.float64), np.linalg.norm(v, axis=-1)

    def sees(self, points: ArrayLike) -> NDArray[np.bool_]:
        """Whether the directions of world points (..., 3) fall inside the field of view and the picture."""
        px, _ = self.project(points)
        v = np.asarray(points, np.float64) - self.pose.position
        inside: NDArray[np.bool_] = self.lens.theta(v @ self.pose.axes.T) <= self.lens.half
        return inside & (px >= -0.5).all(-1) & (px <= self.size - 0.5).all(-1)

    def outside(self, x: int, y: int, tile: int) -> bool:
        """Whether a square of pixels lies wholly outside the image circle."""
        c = self.lens.circle
        dx = max(x - c.cx, c.cx - x - tile, 0)
        dy = max(y - c.cy, c.cy - y - tile, 0)
        return bool(np.hypot(dx, dy) > c.radius + 1)

    def inside(self, x: int, y: int, w: int, h: int) -> Field:
        """(h, w) how much of each pixel lies in the image circle."""
        c = self.lens.circle
        xs = (np.arange(x, x + w, dtype=np.float32) - np.float32(c.cx)) ** 2
        ys = (np.arange(y, y + h, dtype=np.float32) - np.float32(c.cy)) ** 2
        return clamp(np.float32(c.radius + 0.5) - cv2.sqrt(np.add.outer(ys, xs)), 0, 1)

    def bounds(self, px: Array, pad: float) -> tuple[int, int, int, int] | None:
        """The pixels (first row, row beyond, first column, column beyond) around points (N, 2) of the picture, ``pad`` pixels wider,
        aligned to whole blocks and cut to the picture; None if nothing of it is inside."""
        b, end = self.step, self.nodes * self.step
        x0, y0 = (float(v) - pad for v in px.min(0))
        x1, y1 = (float(v) + pad + 1 for v in px.max(0))
        left, top = max(0, int(x0 // b) * b), max(0, int(y0 // b) * b)
        right, bottom = min(end, -int(-x1 // b) * b), min(end, -int(-y1 // b) * b)
        return (top, bottom, left, right) if right - left >= 2 * b and bottom - top >= 2 * b else None

    def per_radian(self, point: Array) -> float:
        """Pixels per radian of the picture where a world point is: the mean along and across the radius."""
        d = self.pose.axes @ (np.asarray(point, np.float64) - self.pose.position)
        theta = np.arctan2(np.hypot(d[0], d[1]), d[2])
        return float(np.interp(theta, *self._scale))

    @cached_property
    def _scale(self) -> tuple[Array, Array]:
        """Angles from the axis, and pixels per radian at them."""
        theta = np.linspace(1e-3, np.pi - 0.05, 256)
        r = np.asarray(self.lens.radius(theta), np.float64)
        return theta, (np.gradient(r, theta) + r / np.maximum(np.sin(theta), 0.3)) / 2

"""Ray casts an actor's body inside its bounds, on a coarse grid that the picture is later enlarged from.

Colours, distances and outlines are computed on every 2nd, 4th or 8th pixel (finer for small figures). The outline is kept as a signed
distance in pixels, so it is sharp after enlargement.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from panocam.scene.arrays import Array, Field, clamp
from panocam.scene.camera import Camera
from panocam.scene.figure import Block, Figure
from panocam.scene.lamp import Lamp, LampField
from panocam.scene.rays import hit_block, hit_capsules
from panocam.scene.skin import colour, paintwork

Rect = tuple[int, int, int, int]
"""First row, row beyond, first column, column beyond."""

CELLS, BLOCK_CELLS = 9000, 24000
"""Cells a figure's grid should not exceed much: bodies of capsules, and of blocks, which have fewer parts."""


@dataclass(frozen=True, eq=False)
class Patch:
    """A drawn figure on a grid of ``step`` pixels over the pixels ``rect``: signed outline distances of each sub-frame in pixels
    (positive inside), distance in metres, and linear radiance with its mains part in the fourth channel."""

    rect: Rect
    step: int
    outlines: tuple[Field, ...]
    distance: Field
    radiance: Field


class Bodies:
    """Figures as one camera sees them."""

    def __init__(self, camera: Camera, lamps: LampField) -> None:
        self._camera, self._lamps = camera, lamps
        self._eye = camera.pose.position.astype(np.float32)

    def patch(self, figures: Sequence[Figure], finest: bool = False) -> Patch | None:
        """Ray cast the sub-frames of one figure, or None when it is out of the picture. ``finest``: at any cost."""
        rect = self._camera.bounds(np.concatenate([f.hull for f in figures]), 3)
        if rect is None:
            return None
        y0, y1, x0, x1 = rect
        limit = 1e9 if finest else BLOCK_CELLS if figures[0].blocks else CELLS
        step = self._grid_step((y1 - y0) * (x1 - x0) * len(figures), limit)
        b, k = self._camera.step, self._camera.step // step
        nodes = self._camera.rays[y0 // b : y1 // b + 2, x0 // b : x1 // b + 2]
        rays = cv2.resize(nodes, None, fx=k, fy=k, interpolation=cv2.INTER_LINEAR)[k:-k, k:-k]
        lamp = self._lamps.at(figures[0].position[0], figures[0].position[1])
        drawn = [self._cast(f, rays, (y0, x0), step, lamp) for f in figures]
        outlines = tuple(f for f, _, _ in drawn)
        if len(drawn) == 1:
            return Patch(rect, step, outlines, drawn[0][1], drawn[0][2])
        weights = [np.clip(0.5 + f / step, 0, 1) + np.float32(1e-3) for f in outlines]
        mixed = np.sum([c * w[..., None] for (_, _, c), w in zip(drawn, weights, strict=True)], 0) / np.sum(weights, 0)[..., None]
        return Patch(rect, step, outlines, np.minimum.reduce([t for _, t, _ in drawn]), mixed)

    def _grid_step(self, pixels: int, limit: float) -> int:
        step = 1 if self._camera.step == 4 else 2
        while step < self._camera.step and pixels / step**2 > limit:
            step *= 2
        return step

    def _cast(self, figure: Figure, rays: Field, origin: tuple[int, int], step: int, lamp: Lamp) -> tuple[Field, Field, Field]:
        """Outline (pixels), distance (m) and radiance with mains part of one figure over a grid of rays."""
        shape = rays.shape[:2]
        merge = _Merge(shape, step)
        per_radian = self._scale(figure)
        for block in figure.blocks:
            r0, r1, c0, c1 = self._block_box(block, shape, origin, step)
            if r1 - r0 > 2 and c1 - c0 > 2:
                inner, part = rays[r0:r1, c0:c1], (r1 - r0, c1 - c0)
                columns = np.ascontiguousarray(inner.reshape(-1, 3).T)
                hits = hit_block(block, self._eye, columns, part)
                tone = paintwork(block, hits, lamp, columns, step / per_radian)
                merge.add(np.s_[r0:r1, c0:c1], hits.inside.reshape(part) * step, hits.t.reshape(part), tone.reshape(4, *part))
        boxes = self._boxes(figure, shape, origin, step, per_radian)
        planar = np.ascontiguousarray(rays.transpose(2, 0, 1))
        sizes = [(r1 - r0) * (c1 - c0) for r0, r1, c0, c1 in boxes]
        columns = np.concatenate([planar[:, r0:r1, c0:c1].reshape(3, -1) for r0, r1, c0, c1 in boxes], 1)
        inside, picked = hit_capsules(figure.capsules, sizes, self._eye, columns, (per_radian, 1.75 * step))
        body: Field = np.zeros((5, len(inside)), np.float32)
        body[:4, picked.at] = colour(figure.capsules, picked.sizes, picked.hits, lamp)
        body[4, picked.at] = picked.hits.t
        at = 0
        for (r0, r1, c0, c1), size in zip(boxes, sizes, strict=True):
            if size:
                part, cut = (r1 - r0, c1 - c0), slice(at, at + size)
                merge.add(np.s_[r0:r1, c0:c1], inside[cut].reshape(part), body[4, cut].reshape(part), body[:4, cut].reshape(4, *part))
            at += size
        return merge.result()

    def _scale(self, figure: Figure) -> float:
        """Pixels per radian of the lens where the figure is: the mean of two directions across the line of sight."""
        mid = (figure.hull.min(0) + figure.hull.max(0)).astype(np.float64) / 2
        v = mid - self._camera.pose.position
        size = np.linalg.norm(v)
        side: Array = np.cross(v, [0.31, 0.77, 0.55])
        side *= 1e-3 * size / np.linalg.norm(side)
        up = np.cross(side, v) / size
        px, _ = self._camera.project(np.stack([mid - side, mid + side, mid - up, mid + up]))
        return float((np.linalg.norm(px[1] - px[0]) + np.linalg.norm(px[3] - px[2])) / 4e-3)

    def _boxes(self, figure: Figure, shape: tuple[int, ...], origin: tuple[int, int], step: int, per_radian: float) -> list[Rect]:
        """Rows and columns of the grid that each capsule may touch."""
        c = figure.capsules
        px, d = self._camera.project(c.ends)
        pad = c.reach[:, None] / np.maximum(d, 0.1) * per_radian * 1.25 + 2.0 * step
        lo, hi = (px - pad[..., None]).min(1), (px + pad[..., None]).max(1)
        start, end = np.array([origin[1], origin[0]]), [shape[1], shape[0]]
        first = np.clip(np.floor((lo - start) / step), 0, end).astype(int)
        last = np.clip(np.ceil((hi - start) / step) + 1, 0, end).astype(int)
        return [(int(a[1]), max(int(a[1]), int(z[1])), int(a[0]), max(int(a[0]), int(z[0]))) for a, z in zip(first, last, strict=True)]

    def _block_box(self, block: Block, shape: tuple[int, ...], origin: tuple[int, int], step: int) -> Rect:
        px, _ = self._camera.project(block.corners)
        lo = np.floor((px.min(0)[::-1] - origin) / step).astype(int) - 3
        hi = np.ceil((px.max(0)[::-1] - origin) / step).astype(int) + 4
        (r0, c0), (r1, c1) = np.clip(lo, 0, shape[:2]), np.clip(hi, 0, shape[:2])
        return int(r0), int(r1), int(c0), int(c1)


class _Merge:
    """Parts gathered nearest first, with soft seams."""

    def __init__(self, shape: tuple[int, ...], step: int) -> None:
        self._step = np.float32(step)
        self._f: Field = np.full(shape[:2], -3.0 * step, np.float32)
        self._t: Field = np.full(shape[:2], 1e3, np.float32)
        self._c: Field = np.zeros((4, *shape[:2]), np.float32)

    def add(self, at: tuple[slice, slice], f: Field, t: Field, c: Field) -> None:
        """Put one part (outline, distance, colour) over what is there."""
        old_f, old_t, old_c = self._f[at], self._t[at], self._c[:, at[0], at[1]]
        w = f * (1 / self._step)
        w += np.float32(0.5)
        clamp(w, 0, 1)
        front = (old_t - t) * np.float32(60)
        front += np.float32(0.5)
        w *= clamp(front, 0, 1)
        # outside everything the nearest outline lends its colour, so that enlarging does not mix in black
        np.maximum(w, (f > old_f) & (old_f < -0.5 * self._step), out=w)
        old_c += (c - old_c) * w
        np.copyto(old_t, t, where=w > 0.5)
        np.maximum(old_f, f, out=old_f)

    def result(self) -> tuple[Field, Field, Field]:
        """Outline, distance and radiance (h, w, 4)."""
        return np.minimum(self._f, 3 * self._step), self._t, np.ascontiguousarray(self._c.transpose(1, 2, 0))

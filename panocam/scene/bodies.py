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
from panocam.scene.figure import Figure
from panocam.scene.lamp import Lamp, LampField
from panocam.scene.rays import hit_block, hit_capsules
from panocam.scene.skin import colour, paintwork

Rect = tuple[int, int, int, int]
"""First row, row beyond, first column, column beyond."""

CELLS, BLOCK_CELLS = 11000, 24000
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
        frames = [self._frame(f) for f in figures]
        rect = self._camera.bounds(np.concatenate([f.corners for f in frames]), 3)
        if rect is None:
            return None
        y0, y1, x0, x1 = rect
        limit = 1e9 if finest else BLOCK_CELLS if figures[0].blocks else CELLS
        step = self._grid_step((y1 - y0) * (x1 - x0) * len(figures), limit)
        b, k = self._camera.step, self._camera.step // step
        nodes = self._camera.rays[y0 // b : y1 // b + 2, x0 // b : x1 // b + 2]
        rays = cv2.resize(nodes, None, fx=k, fy=k, interpolation=cv2.INTER_LINEAR)[k:-k, k:-k]
        lamp = self._lamps.at(figures[0].position[0], figures[0].position[1])
        drawn = [self._cast(f, rays, (y0, x0), step, lamp) for f in frames]
        outlines = tuple(f for f, _, _ in drawn)
        if len(drawn) == 1:
            return Patch(rect, step, outlines, drawn[0][1], drawn[0][2])
        weights = [np.clip(0.5 + f / step, 0, 1) + np.float32(1e-3) for f in outlines]
        mixed = np.sum([c * w[..., None] for (_, _, c), w in zip(drawn, weights, strict=True)], 0) / np.sum(weights, 0)[..., None]
        return Patch(rect, step, outlines, np.minimum.reduce([t for _, t, _ in drawn]), mixed)

    def _frame(self, figure: Figure) -> _Frame:
        """Where a figure and its parts are in the picture."""
        c = figure.capsules
        per_radian = self._camera.per_radian((figure.hull.min(0) + figure.hull.max(0)) / 2)
        px, d = self._camera.project(c.ends)
        pad = (c.reach[:, None] / np.maximum(d, 0.1) * (per_radian * 1.15))[..., None]
        boxes = np.concatenate([(px - pad).min(1), (px + pad).max(1)], 1)
        blocks = [self._camera.project(b.corners)[0] for b in figure.blocks]
        spots = np.concatenate([boxes[:, :2], boxes[:, 2:], *blocks])
        order = np.argsort(-d.mean(1))
        return _Frame(figure, per_radian, boxes, [np.concatenate([b.min(0), b.max(0)]) for b in blocks], spots, order.tolist())

    def _grid_step(self, pixels: int, limit: float) -> int:
        step = 1 if self._camera.step == 4 else 2
        while step < self._camera.step and pixels / step**2 > limit:
            step *= 2
        return step

    def _cast(self, frame: _Frame, rays: Field, origin: tuple[int, int], step: int, lamp: Lamp) -> tuple[Field, Field, Field]:
        """Outline (pixels), distance (m) and radiance with mains part of one figure over a grid of rays."""
        shape, figure = rays.shape[:2], frame.figure
        merge = _Merge(shape, step)
        planar = np.ascontiguousarray(rays.transpose(2, 0, 1))
        for block, (r0, r1, c0, c1) in zip(figure.blocks, _cells(frame.blocks, shape, origin, step, 3.0), strict=True):
            if r1 - r0 > 2 and c1 - c0 > 2:
                part = (r1 - r0, c1 - c0)
                columns = planar[:, r0:r1, c0:c1].reshape(3, -1)
                hits = hit_block(block, self._eye, columns, part)
                tone = paintwork(block, hits, lamp, columns, step / frame.per_radian)
                merge.add(np.s_[r0:r1, c0:c1], hits.inside.reshape(part) * step, hits.t.reshape(part), tone.reshape(4, *part))
        boxes = _cells(frame.boxes, shape, origin, step, 2.0)
        sizes = [(r1 - r0) * (c1 - c0) for r0, r1, c0, c1 in boxes]
        columns = np.concatenate([planar[:, r0:r1, c0:c1].reshape(3, -1) for r0, r1, c0, c1 in boxes], 1)
        inside, picked = hit_capsules(figure.capsules, sizes, self._eye, columns, (frame.per_radian, 1.75 * step))
        body: Field = np.zeros((5, len(inside)), np.float32)
        body[:4, picked.at] = colour(figure.capsules, picked.sizes, picked.hits, lamp)
        body[4, picked.at] = picked.hits.t
        starts = np.cumsum([0, *sizes]).tolist()
        for i in frame.order:
            if sizes[i]:
                r0, r1, c0, c1 = boxes[i]
                part, cut = (r1 - r0, c1 - c0), slice(starts[i], starts[i + 1])
                merge.add(np.s_[r0:r1, c0:c1], inside[cut].reshape(part), body[4, cut].reshape(part), body[:4, cut].reshape(4, *part))
        return merge.result()


@dataclass(frozen=True, eq=False)
class _Frame:
    """A figure in the picture: pixels per radian there, boxes x0, y0, x1, y1 of its capsules (N, 4) and blocks, points that enclose it,
    and its capsules from far to near."""

    figure: Figure
    per_radian: float
    boxes: Array
    blocks: list[Array]
    corners: Array
    order: list[int]


def _cells(boxes: Sequence[Array] | Array, shape: tuple[int, ...], origin: tuple[int, int], step: int, margin: float) -> list[Rect]:
    """Rows and columns of a grid of ``step`` pixels from ``origin`` (y, x) that boxes touch, ``margin`` cells more, cut to ``shape``."""
    if not len(boxes):
        return []
    at = (np.asarray(boxes) - [origin[1], origin[0], origin[1], origin[0]]) / step
    x0, y0 = np.clip(np.floor(at[:, :2] - margin), 0, [shape[1], shape[0]]).astype(int).T.tolist()
    x1, y1 = np.clip(np.ceil(at[:, 2:] + margin) + 1, 0, [shape[1], shape[0]]).astype(int).T.tolist()
    return [(r0, max(r0, r1), c0, max(c0, c1)) for r0, r1, c0, c1 in zip(y0, y1, x0, x1, strict=True)]


class _Merge:
    """Parts laid over one another, far ones first, hidden where something nearer is."""

    def __init__(self, shape: tuple[int, ...], step: int) -> None:
        self._step, self._scale = step, np.float32(1 / step)
        self._f: Field = np.full(shape[:2], -3.0 * step, np.float32)
        self._t: Field = np.full(shape[:2], 1e3, np.float32)
        self._c: Field = np.zeros((4, *shape[:2]), np.float32)

    def add(self, at: tuple[slice, slice], f: Field, t: Field, c: Field) -> None:
        """Put one part (outline, distance, colour) over what is there."""
        old_t, old_c = self._t[at], self._c[:, at[0], at[1]]
        w = f * self._scale
        w += np.float32(0.5)
        clamp(w, 0, 1)
        front = (old_t - t) * np.float32(60)
        front += np.float32(0.5)
        w *= clamp(front, 0, 1)
        old_c += (c - old_c) * w
        np.copyto(old_t, t, where=w > 0.5)
        np.maximum(self._f[at], f, out=self._f[at])

    def result(self) -> tuple[Field, Field, Field]:
        """Outline, distance and radiance (h, w, 4). Cells beside the figure take both from it, because enlarging mixes them in."""
        f = np.minimum(self._f, np.float32(3 * self._step))
        known = clamp(f * self._scale + np.float32(0.5), 0, 1)
        out = np.concatenate([self._c, np.minimum(self._t, 200)[None]]).transpose(1, 2, 0) * (known > 0.5)[..., None]
        weight = cv2.boxFilter((known > 0.5).astype(np.float32), -1, (5, 5), normalize=False)
        near = cv2.boxFilter(out, -1, (5, 5), normalize=False) / np.maximum(weight, 1)[..., None]
        out += near * (known <= 0.5)[..., None]
        t = np.where(known + weight > 0, out[..., 4], np.float32(1e3))
        return f, t, np.ascontiguousarray(out[..., :4])

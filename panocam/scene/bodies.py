"""Ray casts the actors' bodies inside their bounds, on coarse grids that the picture is later enlarged from.

Colours, distances and outlines are computed on every 2nd, 4th or 8th pixel (finer for small figures). The outline is kept as a signed
distance in pixels, so it is sharp after enlargement.

All figures of a picture go through one pass: an element is one (part, cell) pair, and arrays hold all elements of all figures. Elements
of one cell are then mixed: those of the nearest part count, by how much of the cell they cover, and those a finger's breadth behind it
fade in, so that seams are soft.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from panocam.scene import quick
from panocam.scene.arrays import Array, Field
from panocam.scene.camera import Camera
from panocam.scene.compose import Rect
from panocam.scene.figure import Figure
from panocam.scene.figure import together as all_capsules
from panocam.scene.lamp import Lamp, LampField
from panocam.scene.mixing import BESIDE, Elements, together
from panocam.scene.skin import colour, paintwork

CELLS, BLOCK_CELLS = 10000, 20000
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


@dataclass(frozen=True, eq=False)
class _Grid:
    """One figure at one instant over a grid: its rays (3, h, w), the first cell's number, pixels per radian there, boxes x0, y0, x1, y1 in
    pixels of its capsules (N, 4) and blocks."""

    figure: Figure
    rect: Rect
    step: int
    lamp: Lamp
    rays: Field
    first: int
    per_radian: float
    boxes: list[Rect]
    blocks: list[Rect]


class Bodies:
    """Figures as one camera sees them."""

    def __init__(self, camera: Camera, lamps: LampField) -> None:
        self._camera, self._lamps = camera, lamps
        self._eye = camera.pose.position.astype(np.float32)

    def patches(self, actors: Sequence[Sequence[Figure]], finest: bool = False) -> list[Patch | None]:
        """Ray cast actors, each given by the sub-frames of one exposure; None for those out of the picture. ``finest``: at any cost."""
        grids: list[list[_Grid]] = []
        cells = 0
        for frames in actors:
            grids.append(self._grids(frames, cells, finest))
            cells += sum(g.rays[0].size for g in grids[-1])
        flat = [g for of_one in grids for g in of_one]
        if not flat:
            return [None] * len(actors)
        parts = [self._capsules(flat)] + [self._block(g, i) for g in flat for i in range(len(g.blocks))]
        mixed = quick.mix(together([p for p in parts if p is not None]), cells)
        return [_patch(of_one, mixed) if of_one else None for of_one in grids]

    def _grids(self, frames: Sequence[Figure], first: int, finest: bool) -> list[_Grid]:
        placed = [self._place(f) for f in frames]
        rect = self._camera.bounds(
            np.concatenate([np.concatenate([b[:, :2], b[:, 2:]]) for _, caps, blocks in placed for b in (caps, blocks)]), 3
        )
        if rect is None:
            return []
        y0, y1, x0, x1 = rect
        b, hard = self._camera.step, bool(frames[0].blocks)
        limit = 1e9 if finest else BLOCK_CELLS if hard else CELLS
        step = (1 if b == 4 else 2) * (2 if hard and not finest else 1)  # bodywork has no fine detail
        while step < b and (y1 - y0) * (x1 - x0) * len(frames) / step**2 > limit:
            step *= 2
        k = b // step
        nodes = self._camera.rays[y0 // b : y1 // b + 2, x0 // b : x1 // b + 2]
        rays = np.ascontiguousarray(cv2.resize(nodes, None, fx=k, fy=k, interpolation=cv2.INTER_LINEAR)[k:-k, k:-k].transpose(2, 0, 1))
        lamp = self._lamps.at(frames[0].position[0], frames[0].position[1])
        out = []
        for figure, (per_radian, caps, blocks) in zip(frames, placed, strict=True):
            boxes = (_cells(px, rays.shape[1:], (y0, x0), step, margin) for px, margin in ((caps, 2.0), (blocks, 3.0)))
            out.append(_Grid(figure, rect, step, lamp, rays, first, per_radian, *boxes))
            first += rays[0].size
        return out

    def _place(self, figure: Figure) -> tuple[float, Array, Array]:
        """Pixels per radian where a figure is, and the boxes of its capsules and blocks in pixels (N, 4)."""
        c = figure.capsules
        per_radian = self._camera.per_radian((figure.hull.min(0) + figure.hull.max(0)) / 2)
        px, d = self._camera.project(c.ends)
        pad = (c.reach[:, None] / np.maximum(d, 0.1) * (per_radian * 1.15))[..., None]
        boxes = np.concatenate([(px - pad).min(1), (px + pad).max(1)], 1)
        blocks = [np.concatenate([p.min(0), p.max(0)]) for p in (self._camera.project(b.corners)[0] for b in figure.blocks)]
        return per_radian, boxes, np.array(blocks).reshape(-1, 4)

    def _capsules(self, grids: Sequence[_Grid]) -> Elements:
        """All capsules of all figures."""
        columns, cells, sizes = [], [], []
        for g in grids:
            width = g.rays.shape[2]
            numbers = np.arange(g.first, g.first + g.rays[0].size).reshape(-1, width)
            for r0, r1, c0, c1 in g.boxes:
                columns.append(g.rays[:, r0:r1, c0:c1].reshape(3, -1))
                cells.append(numbers[r0:r1, c0:c1].ravel())
                sizes.append((r1 - r0) * (c1 - c0))
        counts = [len(g.boxes) for g in grids]
        body = all_capsules([g.figure.capsules for g in grids])
        per_radian, step = (np.repeat([getattr(g, name) for g in grids], counts).astype(np.float32) for name in ("per_radian", "step"))
        picked = quick.hit_capsules(body, sizes, self._eye, np.concatenate(columns, 1), (per_radian / step, BESIDE))
        each = np.split(np.array(picked.sizes), np.cumsum(counts)[:-1])
        tone = colour(body, picked.sizes, picked.hits, [(g.lamp, int(n.sum())) for g, n in zip(grids, each, strict=True)])
        return Elements(np.concatenate(cells)[picked.at], picked.hits.inside, picked.hits.t, tone)

    def _block(self, g: _Grid, index: int) -> Elements | None:
        """One block of one figure."""
        block, (r0, r1, c0, c1) = g.figure.blocks[index], g.blocks[index]
        if r1 - r0 < 3 or c1 - c0 < 3:
            return None
        columns = np.ascontiguousarray(g.rays[:, r0:r1, c0:c1].reshape(3, -1))
        picked = quick.hit_block(block, self._eye, columns, (r1 - r0, c1 - c0), BESIDE)
        tone = paintwork(block, picked.hits, g.lamp, columns[:, picked.at], g.step / g.per_radian)
        width = g.rays.shape[2]
        cell = (g.first + np.arange(r0, r1)[:, None] * width + np.arange(c0, c1)).ravel()
        return Elements(cell[picked.at], picked.hits.inside, picked.hits.t, tone)


def _cells(boxes: Array, shape: tuple[int, ...], origin: tuple[int, int], step: int, margin: float) -> list[Rect]:
    """Rows and columns of a grid of ``step`` pixels from ``origin`` (y, x) that boxes touch, ``margin`` cells more, cut to ``shape``."""
    at = (boxes - [origin[1], origin[0], origin[1], origin[0]]) / step
    x0, y0 = np.clip(np.floor(at[:, :2] - margin), 0, [shape[1], shape[0]]).astype(int).T.tolist()
    x1, y1 = np.clip(np.ceil(at[:, 2:] + margin) + 1, 0, [shape[1], shape[0]]).astype(int).T.tolist()
    return [(r0, max(r0, r1), c0, max(c0, c1)) for r0, r1, c0, c1 in zip(y0, y1, x0, x1, strict=True)]


def _patch(grids: Sequence[_Grid], mixed: Field) -> Patch:
    """The sub-frames of one actor out of the mixed cells."""
    first, shape, n = grids[0].first, grids[0].rays.shape[1:], grids[0].rays[0].size
    frames = mixed[:, first : first + n * len(grids)].reshape(6, len(grids), *shape)
    step = grids[0].step
    outlines = tuple(frames[0, i] * np.float32(step) for i in range(len(grids)))
    if len(grids) == 1:
        tone = frames[2:, 0]
    else:
        weights = np.clip(frames[0] + 0.5, 0, 1) + np.float32(1e-3)
        tone = (frames[2:] * weights).sum(1) / weights.sum(0)
    return Patch(grids[0].rect, step, outlines, frames[1].min(0), np.ascontiguousarray(tone.transpose(1, 2, 0)))

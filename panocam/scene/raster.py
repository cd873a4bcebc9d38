"""Draws the static world into sensor space: linear radiance with smooth edges, and the distance of every pixel.

The theory. A rectangle seen through any lens is a smooth map from pixels to its own coordinates (a, b), and a pixel's distance
to an edge is ``a / |grad a|``. Both are computed exactly on every 8th pixel and interpolated, so texture lookup is one ``remap``
and edges come out anti-aliased without supersampling: coverage = clip(distance to the nearest edge + 1/2).

Solids are painted back to front. Inside one convex solid coverages add up to one, so inner edges do not leak.

The picture is made tile by tile, so that every buffer stays in the processor's cache.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from panocam.scene.arrays import Bytes, Field, clamp
from panocam.scene.bake import bake
from panocam.scene.camera import Camera
from panocam.scene.facet import Box, Facet, facet
from panocam.scene.order import paint_order
from panocam.scene.still import FAR_MM, Still, encode
from panocam.scene.world import Between, World, nothing

TILE = 128
_LINEAR = (np.arange(256, dtype=np.float32) / 255) ** np.float32(2.2)
_TABLE = np.stack([_LINEAR, _LINEAR, _LINEAR, np.linspace(0, 1, 256, dtype=np.float32)], -1)[None]

FALL_OFF = 0.34
"""The lens dims the rim of the circle by this much (it grows with the fourth power of the radius)."""


class Raster:
    """Paints a world for one camera. ``glare``: (any, any, 3) stray light over the whole picture, or None."""

    def __init__(self, world: World, camera: Camera, glare: Field | None = None) -> None:
        self._camera, maps = camera, world.maps
        eye = camera.pose.position
        fronts = [(s, [f for f in s.faces if (eye - f.origin) @ f.normal > 1e-4]) for s in world.solids]
        fresh = [f for _, fs in fronts for f in fs if id(f) not in maps]
        if fresh:
            maps.update(zip(map(id, fresh), bake(world.light, fresh, world.texel), strict=True))
        seen = [(s, [p for f in fs if (p := facet(camera, f, maps[id(f)], world.mirror)) is not None]) for s, fs in fronts]
        seen = [(s, facets) for s, facets in seen if facets]
        self._solids = [seen[i][1] for i in paint_order([s for s, _ in seen], eye)]
        self._boxes = np.array([_union([p.box for p in facets]) for facets in self._solids])
        self._sky = None if world.sky is None else world.sky(camera.rays)
        c = camera.lens.circle
        radius = np.hypot(*np.moveaxis(camera.node_px - [c.cx, c.cy], -1, 0)) / c.radius
        self._fall = np.clip(1 - FALL_OFF * radius**4, 0.3, 1).astype(np.float32)
        self._glare = None if glare is None else _onto_nodes(glare, camera)

    def tiles(self) -> list[tuple[int, int]]:
        """First node row and column of every tile that is not wholly outside the image circle."""
        cam, k = self._camera, TILE // self._camera.step
        starts = range(0, cam.nodes, k)
        return [(r, c) for r in starts for c in starts if not cam.outside(c * cam.step, r * cam.step, TILE)]

    def draw(self, between: Between = nothing) -> Still:
        """The whole picture."""
        still = Still.blank(self._camera.size)
        for tile in self.tiles():
            between()
            self.paint(still, tile)
        return still

    def paint(self, still: Still, at: tuple[int, int]) -> None:
        """One tile, into ``still``."""
        cam, (r, c) = self._camera, at
        k = TILE // cam.step
        tile = (r, min(r + k, cam.nodes) + 2, c, min(c + k, cam.nodes) + 2)  # node rows and columns, one more on each side
        nodes = np.s_[tile[0] : tile[1], tile[2] : tile[3]]
        fall = self._grow(self._fall[nodes])
        h, w = fall.shape
        canvas: Field = np.zeros((h, w, 4), np.float32)
        if self._sky is not None:
            canvas[..., :3] = self._grow(self._sky[nodes])
        near: Field = np.zeros((h, w), np.float32)  # 1/distance; 0 = infinitely far
        b = self._boxes
        for i in np.flatnonzero((b[:, 0] < tile[1]) & (b[:, 1] > tile[0]) & (b[:, 2] < tile[3]) & (b[:, 3] > tile[2])):
            self._solid(self._solids[i], tile, canvas, near)
        y, x = r * cam.step, c * cam.step
        inside = cam.inside(x, y, w, h)
        rgb: Field = cv2.cvtColor(canvas, cv2.COLOR_RGBA2RGB)
        if self._glare is not None:
            rgb += self._grow(self._glare[nodes])
        rgb *= cv2.merge([fall * inside] * 3)
        h, w = min(h, cam.size - y), min(w, cam.size - x)
        still.code[y : y + h, x : x + w] = encode(rgb)[:h, :w]
        still.mains[y : y + h, x : x + w] = cv2.extractChannel(canvas, 3)[:h, :w] * 255 + 0.5
        far = np.minimum(1000 / np.maximum(near, np.float32(1e-3)), FAR_MM)
        still.depth[y : y + h, x : x + w] = (far * (inside > 0.5))[:h, :w]

    def _solid(self, facets: Sequence[Facet], tile: Box, canvas: Field, near: Field) -> None:
        """One solid into one tile."""
        step = self._camera.step
        here = []
        for p in facets:
            cut = _overlap(p.box, tile)
            if cut and p.edge[_within(cut, p.box)].max() > -1.5 * step:
                here.append((p, cut))
        if not here:
            return
        box = _union([cut for _, cut in here])
        target = _pixels(box, tile, step)
        canvas, near = canvas[target], near[target]
        only, cut = here[0]
        if len(here) == 1 and not only.see_through and only.edge[_within(cut, only.box)].min() > 1:
            self._whole(only, cut, canvas, near)
            return
        total: Field = np.zeros(canvas.shape[:2], np.float32)
        colour: Field = np.zeros(canvas.shape, np.float32)
        for p, cut in here:
            at = _pixels(cut, box, step)
            self._face(p, cut, (colour[at], total[at], near[at]))
        if len(here) > 1:
            colour *= cv2.merge([1 / np.maximum(total, 1)] * 4)
        canvas *= cv2.merge([np.maximum(1 - total, 0)] * 4)
        canvas += colour

    def _whole(self, p: Facet, cut: Box, canvas: Field, near: Field) -> None:
        """A face without an edge in sight."""
        nodes = _within(cut, p.box)
        a, b = cv2.split(self._grow(np.ascontiguousarray(p.geometry[nodes][..., :2])))
        np.multiply(self._reflectance(p.mip(nodes), a, b), self._grow(p.light[nodes]), out=canvas)
        near[:] = self._grow(p.inverse[nodes])
        if p.mirror is not None:
            canvas += self._grow(p.mirror[nodes])

    def _face(self, p: Facet, cut: Box, into: tuple[Field, Field, Field]) -> None:
        """A face with its edges: its light times coverage is added to ``into`` = (colour, total coverage, 1/distance)."""
        colour, total, near = into
        nodes = _within(cut, p.box)
        a, b, ia, ib = cv2.split(self._grow(p.geometry[nodes]))
        tone = self._reflectance(p.mip(nodes), a, b)
        ia *= np.minimum(a, 1 - a)
        ib *= np.minimum(b, 1 - b)
        cover = np.minimum(ia, ib)
        cover += np.float32(0.5)
        clamp(cover, 0, 1)
        if p.see_through:
            cover *= cv2.extractChannel(tone, 3)
            tone[..., 3] = 1
        tone *= self._grow(p.light[nodes])
        if p.mirror is not None:
            tone += self._grow(p.mirror[nodes])
        tone *= cv2.merge([cover] * 4)
        colour += tone
        total += cover
        np.copyto(near, self._grow(p.inverse[nodes]), where=cover > 0.5)

    @staticmethod
    def _reflectance(texture: Bytes, a: Field, b: Field) -> Field:
        """Linear reflectance (h, w, 4) of a texture at coordinates ``a, b``."""
        th, tw = texture.shape[:2]
        if th == tw == 1:
            return np.broadcast_to(_TABLE[0, texture[0, 0], np.arange(4)], (*a.shape, 4)).copy()
        x, y = a * np.float32(tw), b * np.float32(th)
        x -= np.float32(0.5)
        y -= np.float32(0.5)
        return cv2.LUT(cv2.remap(texture, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), _TABLE)

    def _grow(self, nodes: Field) -> Field:
        """Node values to pixel values, dropping the outer half cells: (h, w, ...) to ((h-2)*step, (w-2)*step, ...)."""
        s = self._camera.step
        return cv2.resize(nodes, None, fx=s, fy=s, interpolation=cv2.INTER_LINEAR)[s:-s, s:-s]


def _onto_nodes(picture: Field, camera: Camera) -> Field:
    """A smooth picture of any size at the camera's grid nodes."""
    scale = picture.shape[0] / camera.size
    x = ((camera.node_px + 0.5) * scale - 0.5).astype(np.float32)
    return cv2.remap(picture, x[..., 0], x[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)


def _union(boxes: Sequence[Box]) -> Box:
    first_r, end_r, first_c, end_c = zip(*boxes, strict=True)
    return min(first_r), max(end_r), min(first_c), max(end_c)


def _overlap(a: Box, b: Box) -> Box | None:
    cut = max(a[0], b[0]), min(a[1], b[1]), max(a[2], b[2]), min(a[3], b[3])
    return cut if cut[1] - cut[0] > 2 and cut[3] - cut[2] > 2 else None


def _within(cut: Box, box: Box) -> tuple[slice, slice]:
    """Slices of ``cut`` in an array that covers ``box``."""
    return np.s_[cut[0] - box[0] : cut[1] - box[0], cut[2] - box[2] : cut[3] - box[2]]


def _pixels(cut: Box, box: Box, step: int) -> tuple[slice, slice]:
    """Slices of the pixels of ``cut`` in a picture of ``box``, both without their outer nodes."""
    r, c = (cut[0] - box[0]) * step, (cut[2] - box[2]) * step
    return np.s_[r : r + (cut[1] - cut[0] - 2) * step, c : c + (cut[3] - cut[2] - 2) * step]

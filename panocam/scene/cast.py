"""Draws the actors into the picture: bodies by ray casting inside their bounds, shadows before them, both on coarse grids enlarged.

Colours, distances and outlines are computed on every 2nd, 4th or 8th pixel (finer for small figures); the outline is kept as a signed
distance, so it is sharp after enlargement. Each body is compared with the depth of the static world, and blended over 8-bit planes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from panocam.media.planes import Plane, Planes
from panocam.scene.camera import Camera
from panocam.scene.figure import Figure
from panocam.scene.lamp import Lamp, LampField
from panocam.scene.raster import CODE, FAR_MM, Still
from panocam.scene.rays import hit_block, hit_capsules
from panocam.scene.shadow import Caster, shadow
from panocam.scene.skin import colour, paintwork

Field = NDArray[np.float32]
Rect = tuple[int, int, int, int]

CELLS = 14000
"""Cells a figure's grid should not exceed much."""

BLUR_PX = 5.0
"""Motion during the shutter, in pixels, for which one more sub-frame is blended."""


class Actor(Protocol):
    """Something that moves on its own."""

    id: int
    kind: str

    def figure(self, t: float) -> Figure: ...


@dataclass(frozen=True, eq=False)
class Patch:
    """A drawn figure on a grid of ``step`` pixels over rows and columns ``rect`` = (y0, y1, x0, x1): signed outline distances of each
    sub-frame in pixels, distance in metres, linear radiance with its mains part in the fourth channel."""

    rect: Rect
    step: int
    outlines: tuple[Field, ...]
    distance: Field
    radiance: Field


class Cast:
    """Actors in front of one camera."""

    def __init__(self, camera: Camera, still: Still, lamps: LampField, lights: Sequence[Caster], ambient: float, shadow_step: int) -> None:
        self._camera, self._still, self._lamps = camera, still, lamps
        self._lights, self._ambient = lights, ambient
        self._eye = camera.pose.position.astype(np.float32)
        self._shadow_step = max(2, shadow_step)
        step, n = camera.step, camera.size
        at = np.minimum(np.arange(camera.nodes) * step + step // 2, n - 1)
        metres = still.depth[np.ix_(at, at)].astype(np.float32) / 1000
        self._ground: Field = self._eye + camera.rays[1:-1, 1:-1] * metres[..., None]

    # -- shadows -------------------------------------------------------------------------------------------------

    def cast_shadow(self, planes: Planes, figure: Figure, reach: float) -> None:
        """Darken what lies in the figure's shadow, at most ``reach`` metres from it."""
        rect = self._bounds(self._shadow_hull(figure, reach), 0)
        if rect is None:
            return
        y0, y1, x0, x1 = rect
        b = self._camera.step
        p = self._ground[y0 // b : -(-y1 // b), x0 // b : -(-x1 // b)]
        if self._shadow_step < b:
            k = b // self._shadow_step
            p = cv2.resize(p, None, fx=k, fy=k, interpolation=cv2.INTER_LINEAR)
        factor = shadow(p.reshape(-1, 3), self._lights, self._ambient, figure.shade, figure.contact).reshape(p.shape[:2])
        if float(factor.min()) > 0.985:
            return
        small = (np.clip(factor, 0, 1) ** np.float32(1 / 2.2) * 255 + 0.5).astype(np.uint8)
        h, w = y1 - y0, x1 - x0
        full = cv2.resize(small, (w, h), interpolation=cv2.INTER_LINEAR)
        region = planes.y[y0:y1, x0:x1]
        h, w = region.shape
        cv2.multiply(region, full[:h, :w], dst=region, scale=1 / 255)
        half = cv2.resize(small, (full.shape[1] // 2, full.shape[0] // 2), interpolation=cv2.INTER_AREA)
        for plane in (planes.u, planes.v):
            part = plane[y0 // 2 : y1 // 2, x0 // 2 : x1 // 2]
            fade = half[: part.shape[0], : part.shape[1]]
            cv2.multiply(part, fade, dst=part, scale=1 / 255)
            cv2.add(part, cv2.multiply(cv2.bitwise_not(fade), 1, scale=128 / 255), dst=part)

    def _shadow_hull(self, figure: Figure, reach: float) -> Field:
        x, y, z = figure.position
        if self._lights and self._lights[0].far:
            to = self._lights[0].at
            h = figure.hull
            fall = h - to * ((h[:, 2:3] - z) / max(float(to[2]), 0.05))
            return np.concatenate([h, fall, fall + np.float32([0.3, 0.3, 0]), fall - np.float32([0.3, 0.3, 0])])
        a = np.linspace(0, 2 * np.pi, 16, endpoint=False)
        ring = np.stack([x + reach * np.cos(a), y + reach * np.sin(a), np.full(16, z)], 1)
        return np.concatenate([ring, figure.hull]).astype(np.float32)

    def _bounds(self, points: Field, pad: float) -> Rect | None:
        """Pixels around points, aligned to whole blocks and cut to the picture; None if nothing is in it."""
        px, _ = self._camera.project(points)
        b, n = self._camera.step, self._camera.size
        lo, hi = np.floor((px.min(0) - pad) / b).astype(int) * b, np.ceil((px.max(0) + pad + 1) / b).astype(int) * b
        end = self._camera.nodes * b
        x0, y0, x1, y1 = max(lo[0], 0), max(lo[1], 0), min(hi[0], end), min(hi[1], end)
        if x1 - x0 < 2 * b or y1 - y0 < 2 * b or x0 >= n or y0 >= n:
            return None
        return int(y0), int(y1), int(x0), int(x1)

    # -- bodies --------------------------------------------------------------------------------------------------

    def draw(self, planes: Planes, patch: Patch, table: Plane, mains: Callable[[Field], Field]) -> None:
        """Blend a figure over the planes. ``table``: sensor response by root code; ``mains``: level of the mains light by picture row."""
        y0, y1, x0, x1 = patch.rect
        region = planes.y[y0:y1, x0:x1]
        h, w = region.shape
        size = (x1 - x0, y1 - y0)
        alpha = self._alpha(patch, size)
        rows = (np.arange(patch.radiance.shape[0], dtype=np.float32) + 0.5) * patch.step + y0
        level = 1 - patch.radiance[..., 3] * (1 - mains(rows))[:, None]
        code = np.sqrt(np.maximum(patch.radiance[..., :3] * level[..., None], 0)) * np.float32(CODE)
        rgb = table[np.minimum(code, 65535).astype(np.uint16)]
        ycc = cv2.split(cv2.cvtColor(rgb, cv2.COLOR_RGB2YCrCb))
        _blend(region, cv2.resize(ycc[0], size, interpolation=cv2.INTER_LINEAR)[:h, :w], alpha[:h, :w])
        half = (size[0] // 2, size[1] // 2)
        small = cv2.resize(alpha, half, interpolation=cv2.INTER_AREA)
        for plane, source in ((planes.u, ycc[2]), (planes.v, ycc[1])):
            part = plane[y0 // 2 : y1 // 2, x0 // 2 : x1 // 2]
            grown = cv2.resize(source, half, interpolation=cv2.INTER_AREA if patch.step == 1 else cv2.INTER_LINEAR)
            _blend(part, grown[: part.shape[0], : part.shape[1]], small[: part.shape[0], : part.shape[1]])

    def visible(self, patch: Patch) -> Plane:
        """(h, w) 0..255: how much of each pixel of the patch the figure covers, after what stands before it."""
        y0, y1, x0, x1 = patch.rect
        return self._alpha(patch, (x1 - x0, y1 - y0))

    def _alpha(self, patch: Patch, size: tuple[int, int]) -> Plane:
        y0, y1, x0, x1 = patch.rect
        share = 255.0 / len(patch.outlines)
        total: Plane | None = None
        for f in patch.outlines:
            big = cv2.resize(f, size, interpolation=cv2.INTER_LINEAR)
            a = cv2.convertScaleAbs(np.clip(big + np.float32(0.5), 0, 1), alpha=share)
            total = a if total is None else cv2.add(total, a)
        assert total is not None
        mm = np.minimum(patch.distance * 1000 - 25, FAR_MM).astype(np.uint16)
        here = cv2.resize(mm, size, interpolation=cv2.INTER_LINEAR)
        wall = self._still.depth[y0:y1, x0:x1]
        shown = np.zeros(total.shape, np.uint8)
        shown[: wall.shape[0], : wall.shape[1]] = cv2.compare(wall, here[: wall.shape[0], : wall.shape[1]], cv2.CMP_GT)
        if shown.min() == 0:
            total = cv2.multiply(total, cv2.blur(shown, (3, 3)), scale=1 / 255)
        return total

    def patch(self, figures: Sequence[Figure]) -> Patch | None:
        """Ray cast the sub-frames of one figure, or None when it is out of the picture."""
        rect = self._bounds(np.concatenate([f.hull for f in figures]), 3)
        if rect is None:
            return None
        y0, y1, x0, x1 = rect
        b = self._camera.step
        step = self._grid_step((y1 - y0) * (x1 - x0) * len(figures))
        k = b // step
        nodes = self._camera.rays[y0 // b : y1 // b + 2, x0 // b : x1 // b + 2]
        rays = cv2.resize(nodes, None, fx=k, fy=k, interpolation=cv2.INTER_LINEAR)[k:-k, k:-k]
        first = figures[0]
        lamp = self._lamps.at(first.position[0], first.position[1])
        drawn = [self._cast(f, rays, (y0, x0), step, lamp) for f in figures]
        if len(drawn) == 1:
            f, t, c = drawn[0]
            return Patch(rect, step, (f,), t, c)
        weights = [np.clip(0.5 + f / step, 0, 1) + np.float32(1e-3) for f, _, _ in drawn]
        total = sum(weights[1:], weights[0])
        mixed = sum((c * w[..., None] for (_, _, c), w in zip(drawn[1:], weights[1:], strict=True)), drawn[0][2] * weights[0][..., None])
        near = np.minimum.reduce([t for _, t, _ in drawn])
        return Patch(rect, step, tuple(f for f, _, _ in drawn), near, mixed / total[..., None])

    def _grid_step(self, pixels: int) -> int:
        step = 1 if self._camera.step == 4 else 2
        while step < self._camera.step and pixels / step**2 > CELLS:
            step *= 2
        return step

    def _cast(self, figure: Figure, rays: Field, origin: tuple[int, int], step: int, lamp: Lamp) -> tuple[Field, Field, Field]:
        """Outline (pixels), distance (m) and radiance with mains part of one figure over a grid of rays."""
        merge = _Merge(rays.shape[:2], step)
        centre = np.float32(figure.position) - self._eye
        per_radian = self._scale(figure)
        for block in figure.blocks:
            run, hits = hit_block(block, self._eye, rays)
            del run
            tone, mains = paintwork(block, hits, lamp, rays.reshape(-1, 3))
            shape = rays.shape[:2]
            part = np.concatenate([tone, mains[:, None]], 1).reshape(*shape, 4)
            merge.add(np.s_[:, :], hits.inside.reshape(shape) * step, hits.t.reshape(shape), part)
        del centre
        caps = figure.capsules
        if not len(caps.half):
            return merge.result()
        boxes = self._boxes(figure, rays.shape[:2], origin, step, per_radian)
        width = rays.shape[1]
        index = [(np.arange(r0, r1)[:, None] * width + np.arange(c0, c1)).ravel() for r0, r1, c0, c1 in boxes]
        sizes = [len(i) for i in index]
        which = np.repeat(np.arange(len(boxes)), sizes)
        hits = hit_capsules(caps, which, self._eye, rays.reshape(-1, 3)[np.concatenate(index)], per_radian)
        tone, mains = colour(caps, which, hits, lamp)
        both = np.concatenate([tone, mains[:, None]], 1)
        at = 0
        for (r0, r1, c0, c1), size in zip(boxes, sizes, strict=True):
            if size:
                shape = (r1 - r0, c1 - c0)
                cut = slice(at, at + size)
                merge.add(np.s_[r0:r1, c0:c1], hits.inside[cut].reshape(shape), hits.t[cut].reshape(shape), both[cut].reshape(*shape, 4))
            at += size
        return merge.result()

    def _scale(self, figure: Figure) -> float:
        """Pixels per radian of the lens where the figure is."""
        mid = (figure.hull.min(0) + figure.hull.max(0)) / 2
        v = mid - self._camera.pose.position
        side = np.cross(v, [0.31, 0.77, 0.55])
        side *= 1e-3 * np.linalg.norm(v) / np.linalg.norm(side)
        px, _ = self._camera.project(np.stack([mid - side, mid + side, mid - np.cross(side, v) / np.linalg.norm(v), mid + np.cross(side, v) / np.linalg.norm(v)]))
        return float((np.linalg.norm(px[1] - px[0]) + np.linalg.norm(px[3] - px[2])) / 2 / 2e-3)

    def _boxes(self, figure: Figure, shape: tuple[int, ...], origin: tuple[int, int], step: int, per_radian: float) -> list[Rect]:
        """Rows and columns of the grid that each capsule may touch."""
        c = figure.capsules
        px, d = self._camera.project(c.ends)
        pad = c.reach[:, None] / np.maximum(d, 0.1) * per_radian * 1.35 + 2.5 * step
        lo, hi = (px - pad[..., None]).min(1), (px + pad[..., None]).max(1)
        start = np.array([origin[1], origin[0]])
        first = np.clip(np.floor((lo - start) / step), 0, [shape[1], shape[0]]).astype(int)
        last = np.clip(np.ceil((hi - start) / step) + 1, 0, [shape[1], shape[0]]).astype(int)
        return [(int(a[1]), max(int(a[1]), int(z[1])), int(a[0]), max(int(a[0]), int(z[0]))) for a, z in zip(first, last, strict=True)]


class _Merge:
    """Parts gathered nearest first, with soft seams."""

    def __init__(self, shape: tuple[int, ...], step: int) -> None:
        self._step = np.float32(step)
        self._f = np.full(shape[:2], -3.0 * step, np.float32)
        self._t = np.full(shape[:2], 1e3, np.float32)
        self._c = np.zeros((*shape[:2], 4), np.float32)

    def add(self, at: tuple[slice, slice], f: Field, t: Field, c: Field) -> None:
        """Put one part over what is there."""
        old_f, old_t, old_c = self._f[at], self._t[at], self._c[at]
        cover = np.clip(f / self._step + np.float32(0.5), 0, 1)
        front = np.clip((old_t - t) * np.float32(60) + np.float32(0.5), 0, 1)
        w = cover * front
        np.maximum(w, ((f > old_f) & (old_f < -0.5 * self._step)).astype(np.float32), out=w)
        old_c += (c - old_c) * w[..., None]
        np.copyto(old_t, t, where=w > 0.5)
        np.maximum(old_f, f, out=old_f)

    def result(self) -> tuple[Field, Field, Field]:
        return np.minimum(self._f, 3 * self._step), self._t, self._c


def _blend(under: Plane, over: Plane, alpha: Plane) -> None:
    """under += (over - under) * alpha / 255, in place."""
    top = cv2.multiply(over, alpha, scale=1 / 255)
    cv2.multiply(under, cv2.bitwise_not(alpha), dst=under, scale=1 / 255)
    cv2.add(under, top, dst=under)

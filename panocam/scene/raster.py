"""Draws the static world into sensor space: linear radiance with smooth edges, and the distance of every pixel.

The theory. A rectangle seen through any lens is a smooth map from pixels to its own coordinates (a, b), and a pixel's distance
to an edge is ``a / |grad a|``. Both are computed exactly on every 8th pixel and interpolated, so texture lookup is one ``remap``
and edges come out anti-aliased without supersampling: coverage = clip(distance to the nearest edge + 1/2).

Solids are painted back to front. Two boxes that some axis plane separates cannot hide each other both ways, which gives a partial
order; it is sorted topologically, ties by distance. Inside one convex solid coverages add up to one, so inner edges do not leak.

The picture is made tile by tile, so that every buffer stays in the processor's cache.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from panocam.scene.arrays import Bytes, Field
from panocam.scene.camera import Camera
from panocam.scene.light import Light
from panocam.scene.solids import Face, Solid

TILE = 128
CODE = 8191.0
"""Stored code = CODE * sqrt(radiance): 16 bits hold radiance 0..64 with less than a grey level's error anywhere."""

FAR_MM = 65535
LINEAR = ((np.arange(256) / 255.0) ** 2.2).astype(np.float32)
_TABLE = np.stack([LINEAR, LINEAR, LINEAR, np.linspace(0, 1, 256, dtype=np.float32)], -1)[None]

_Box = tuple[int, int, int, int]
"""Rows and columns of grid nodes: (first row, row beyond, first column, column beyond)."""

Sky = Callable[[Field], Field]
"""World rays (..., 3) to radiance (..., 3)."""


@dataclass(frozen=True, eq=False)
class Still:
    """The static picture. ``code``: (H, W, 3) uint16 root-coded linear radiance (white = 1); ``mains``: (H, W) uint8, the part that
    flickers, 255 = all; ``depth``: (H, W) uint16 millimetres along the ray,
    0 outside the image circle."""

    code: NDArray[np.uint16]
    mains: Bytes
    depth: NDArray[np.uint16]


@dataclass(eq=False)
class _Patch:
    """A face as fields over a rectangle of grid nodes: geometry (a, b, pixels per a, pixels per b), light and mirror image
    (r, g, b, mains part), and 1/distance."""

    box: _Box
    geometry: Field
    light: Field
    inverse: Field
    mirror: Field | None
    mips: list[Bytes]
    see_through: bool


class Raster:
    """Paints solids for one camera and one light."""

    def __init__(self, camera: Camera, light: Light, gloss: Sky | None = None, texel: float = 0.125) -> None:
        self._camera, self._light, self._gloss, self._texel = camera, light, gloss, texel
        self._eye = camera.pose.position.astype(np.float32)

    def draw(self, solids: Sequence[Solid], sky: Field | None, glare: Field, shading: Field) -> Still:
        """Paint. ``sky``: node field (n, n, 3) behind everything or None; ``glare``: node field (n, n, 3) of stray light to add;
        ``shading``: node field (n, n) the lens's fall-off."""
        n, step = self._camera.size, self._camera.step
        seen = [(s, [f for f in s.faces if self._front(f)]) for s in solids]
        faces = [f for _, fs in seen for f in fs]
        maps = dict(zip(map(id, faces), self._lightmaps(faces), strict=True))
        groups = []
        for s, fs in seen:
            patches = [p for f in fs if (p := self._patch(f, maps[id(f)])) is not None]
            if patches:
                groups.append((s, patches))
        order = paint_order([g[0] for g in groups], self._camera.pose.position)
        drawn = [groups[i][1] for i in order]
        boxes = np.array([_union([p.box for p in ps]) for ps in drawn])
        still = Still(np.zeros((n, n, 3), np.uint16), np.zeros((n, n), np.uint8), np.zeros((n, n), np.uint16))
        k = TILE // step
        for r in range(0, self._camera.nodes, k):
            for c in range(0, self._camera.nodes, k):
                if self._camera.outside(c * step, r * step, TILE):
                    continue
                here = (boxes[:, 0] < r + k + 2) & (boxes[:, 1] > r) & (boxes[:, 2] < c + k + 2) & (boxes[:, 3] > c)
                self._tile(still, [drawn[i] for i in np.flatnonzero(here)], (sky, glare, shading), c, r)
        return still

    # -- one face ------------------------------------------------------------------------------------------------

    def _front(self, f: Face) -> bool:
        return bool((self._camera.pose.position - f.origin) @ f.normal > 1e-4)

    def _bounds(self, f: Face) -> tuple[int, int, int, int] | None:
        """Node rows and columns that enclose the face's picture: its outline bounds it, because the lens map is one-to-one."""
        k = np.linspace(0, 1, 13)[:-1, None]
        c = f.corners
        ring = np.concatenate([c[i] * (1 - k) + c[(i + 1) % 4] * k for i in range(4)])
        px = self._camera.project(ring)[0]
        at = (px - (self._camera.step - 1) / 2) / self._camera.step + 1
        last = self._camera.nodes + 1
        c0, r0 = np.clip(np.floor(at.min(0)) - 2, 0, last).astype(int)
        c1, r1 = np.clip(np.ceil(at.max(0)) + 3, 0, last + 1).astype(int)
        return (r0, r1, c0, c1) if r1 - r0 > 2 and c1 - c0 > 2 else None

    def _patch(self, f: Face, lit: Field) -> _Patch | None:
        bounds = self._bounds(f)
        if bounds is None:
            return None
        r0, r1, c0, c1 = bounds
        d = self._camera.rays[r0:r1, c0:c1]
        n = f.normal.astype(np.float32)
        height = float((f.origin.astype(np.float32) - self._eye) @ n)
        toward = np.minimum(d @ n, -1e-5)
        t = height / toward
        p = d * t[..., None] + (self._eye - f.origin.astype(np.float32))
        a = np.clip(p @ (f.u / (f.u @ f.u)).astype(np.float32), -60, 60)
        b = np.clip(p @ (f.v / (f.v @ f.v)).astype(np.float32), -60, 60)
        step = self._camera.step
        ia, ib = step / (_slope(a) + 1e-9), step / (_slope(b) + 1e-9)
        geometry = cv2.merge([a, b, ia, ib])
        ah, aw = lit.shape[:2]
        light = cv2.remap(lit, np.clip(a, 0, 1) * aw - 0.5, np.clip(b, 0, 1) * ah - 0.5, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        mirror = None
        if f.gloss and self._gloss is not None:
            mirror = self._mirror(f, n, d, p + f.origin.astype(np.float32))
        return _Patch(bounds, geometry, light, 1 / t, mirror, [f.texture], bool((f.texture[..., 3] < 255).any()))

    def _mirror(self, f: Face, n: Field, d: Field, p: Field) -> Field:
        assert self._gloss is not None
        cos = np.clip(-(d @ n), 0, 1)
        fresnel = f.gloss + (1 - f.gloss) * 0.55 * (1 - cos) ** 5
        away = d - 2 * (d @ n)[..., None] * n
        seen = self._gloss(np.concatenate([p, away], -1)) * fresnel[..., None]
        return np.concatenate([seen, np.zeros((*cos.shape, 1), np.float32)], -1)

    def _lightmaps(self, faces: Sequence[Face]) -> list[Field]:
        """(h, w, 4) irradiance and mains part of each face, all faces in one go."""
        shapes, ps, ns = [], [], []
        for f in faces:
            size = [np.linalg.norm(f.u), np.linalg.norm(f.v)]
            w, h = (1, 1) if f.glow else (int(np.clip(round(s / self._texel), 2, 400)) for s in size)
            a, b = np.meshgrid((np.arange(w) + 0.5) / w, (np.arange(h) + 0.5) / h)
            shapes.append((h, w))
            ps.append((f.origin + a.reshape(-1, 1) * f.u + b.reshape(-1, 1) * f.v).astype(np.float32))
            ns.append(np.broadcast_to(f.normal.astype(np.float32), (h * w, 3)))
        e, mains = self._light.on(np.concatenate(ps), np.concatenate(ns))
        both = np.concatenate([e, mains[:, None]], 1)
        out, at = [], 0
        for f, (h, w) in zip(faces, shapes, strict=True):
            part = both[at : at + h * w].reshape(h, w, 4)
            at += h * w
            out.append(np.full((1, 1, 4), [f.glow] * 3 + [f.mains], np.float32) if f.glow else _soften(part))
        return out

    # -- one tile ------------------------------------------------------------------------------------------------

    def _tile(self, still: Still, groups: Sequence[Sequence[_Patch]], fields: tuple[Field | None, Field, Field], c: int, r: int) -> None:
        cam = self._camera
        step, k = cam.step, TILE // cam.step
        tile = (r, r + k + 2, c, c + k + 2)  # node rows and columns, one more on each side
        sky, glare, shading = (None if g is None else self._grow(g[tile[0] : tile[1], tile[2] : tile[3]]) for g in fields)
        assert glare is not None
        assert shading is not None
        h, w = shading.shape
        canvas = np.zeros((h, w, 4), np.float32)
        if sky is not None:
            canvas[..., :3] = sky
        near = np.zeros((h, w), np.float32)  # 1/distance; 0 = infinitely far
        for patches in groups:
            self._group(canvas, near, patches, tile)
        y, x = r * step, c * step
        h, w = min(h, cam.size - y), min(w, cam.size - x)
        inside = cam.inside(x, y, shading.shape[1], shading.shape[0])[:h, :w]
        fall = shading[:h, :w] * inside
        rgb = (cv2.cvtColor(canvas, cv2.COLOR_RGBA2RGB)[:h, :w] + glare[:h, :w]) * cv2.merge([fall] * 3)
        still.code[y : y + h, x : x + w] = np.minimum(cv2.sqrt(rgb) * CODE + 0.5, 65535)
        still.mains[y : y + h, x : x + w] = cv2.extractChannel(canvas, 3)[:h, :w] * 255 + 0.5
        still.depth[y : y + h, x : x + w] = np.minimum(1000 / np.maximum(near[:h, :w], 1e-3), FAR_MM) * (inside > 0.5)

    def _group(self, canvas: Field, near: Field, patches: Sequence[_Patch], tile: _Box) -> None:
        """One solid into one tile."""
        step = self._camera.step
        here = [(p, cut) for p in patches if (cut := _overlap(p.box, tile)) and not _misses(p.geometry[_within(cut, p.box)])]
        if not here:
            return
        box = _union([cut for _, cut in here])
        target = np.s_[(box[0] - tile[0]) * step : (box[1] - tile[0] - 2) * step, (box[2] - tile[2]) * step : (box[3] - tile[2] - 2) * step]
        canvas, near = canvas[target], near[target]
        if (
            len(here) == 1
            and here[0][1] == box
            and not here[0][0].see_through
            and _covers(here[0][0].geometry[_within(box, here[0][0].box)])
        ):
            self._whole(here[0][0], box, canvas, near)
            return
        total = np.zeros(canvas.shape[:2], np.float32)
        colour = np.zeros(canvas.shape, np.float32)
        for p, cut in here:
            at = np.s_[(cut[0] - box[0]) * step : (cut[1] - box[0] - 2) * step, (cut[2] - box[2]) * step : (cut[3] - box[2] - 2) * step]
            self._face(p, cut, (colour[at], total[at], near[at]))
        over = np.maximum(total, 1)
        canvas *= cv2.merge([np.maximum(1 - total, 0)] * 4)
        canvas += colour / cv2.merge([over] * 4) if len(here) > 1 else colour

    def _whole(self, p: _Patch, cut: _Box, canvas: Field, near: Field) -> None:
        """A face without an edge in sight."""
        nodes = _within(cut, p.box)
        geometry = self._grow(p.geometry[nodes])
        np.multiply(
            self._reflectance(p, nodes, cv2.extractChannel(geometry, 0), cv2.extractChannel(geometry, 1)),
            self._grow(p.light[nodes]),
            out=canvas,
        )
        near[:] = self._grow(p.inverse[nodes])
        if p.mirror is not None:
            canvas += self._grow(p.mirror[nodes])

    def _face(self, p: _Patch, cut: _Box, into: tuple[Field, Field, Field]) -> None:
        colour, total, near = into
        nodes = _within(cut, p.box)
        a, b, ia, ib = cv2.split(self._grow(p.geometry[nodes]))
        cover = np.minimum(np.minimum(a, 1 - a) * ia, np.minimum(b, 1 - b) * ib)
        cover += np.float32(0.5)
        np.clip(cover, 0, 1, out=cover)
        albedo = self._reflectance(p, nodes, a, b)
        if p.see_through:
            cover *= cv2.extractChannel(albedo, 3)
            albedo[..., 3] = 1
        albedo *= self._grow(p.light[nodes])
        if p.mirror is not None:
            albedo += self._grow(p.mirror[nodes])
        albedo *= cv2.merge([cover] * 4)
        colour += albedo
        total += cover
        np.copyto(near, self._grow(p.inverse[nodes]), where=cover > 0.5)

    def _reflectance(self, p: _Patch, nodes: tuple[slice, slice], a: Field, b: Field) -> Field:
        """Linear reflectance (h, w, 4) of the texture at coordinates ``a, b``."""
        texture = _mip(p.mips, p.geometry[nodes])
        th, tw = texture.shape[:2]
        if th == tw == 1:
            return np.broadcast_to(_TABLE[0, texture[0, 0], np.arange(4)], (*a.shape, 4)).copy()
        texel = cv2.remap(
            texture,
            a * np.float32(tw) - np.float32(0.5),
            b * np.float32(th) - np.float32(0.5),
            cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_REPLICATE,
        )
        return cv2.LUT(texel, _TABLE)

    def _grow(self, nodes: Field) -> Field:
        """Node values to pixel values, dropping the outer half cells: (h, w, ...) to ((h-2)*step, (w-2)*step, ...)."""
        s = self._camera.step
        big = cv2.resize(nodes, None, fx=s, fy=s, interpolation=cv2.INTER_LINEAR)
        return big[s:-s, s:-s]


def _slope(x: Field) -> Field:
    """Length of the gradient, per node step."""
    gy, gx = np.gradient(x)
    slope: Field = np.hypot(gy, gx)
    return slope


def _soften(x: Field) -> Field:
    """Hard shadow edges to soft ones."""
    return cv2.blur(x, (2, 2), borderType=cv2.BORDER_REPLICATE) if min(x.shape[:2]) > 3 else x


def _union(boxes: Sequence[_Box]) -> _Box:
    a = np.array(boxes)
    return int(a[:, 0].min()), int(a[:, 1].max()), int(a[:, 2].min()), int(a[:, 3].max())


def _overlap(a: _Box, b: _Box) -> _Box | None:
    cut = max(a[0], b[0]), min(a[1], b[1]), max(a[2], b[2]), min(a[3], b[3])
    return cut if cut[1] - cut[0] > 2 and cut[3] - cut[2] > 2 else None


def _within(cut: _Box, box: _Box) -> tuple[slice, slice]:
    return np.s_[cut[0] - box[0] : cut[1] - box[0], cut[2] - box[2] : cut[3] - box[2]]


def _misses(g: Field) -> bool:
    """Whether all these nodes lie beyond one of the four edges, by a pixel at least."""
    a, b, ia, ib = (g[..., k] for k in range(4))
    return bool((a * ia).max() < -1 or (b * ib).max() < -1 or ((1 - a) * ia).max() < -1 or ((1 - b) * ib).max() < -1)


def _covers(g: Field) -> bool:
    """Whether all these nodes lie inside, by a pixel at least."""
    a, b, ia, ib = (g[..., k] for k in range(4))
    return bool((np.minimum(a, 1 - a) * ia).min() > 1 and (np.minimum(b, 1 - b) * ib).min() > 1)


def _mip(mips: list[Bytes], g: Field) -> Bytes:
    """The texture size whose texels are about as large as pixels here."""
    h, w = mips[0].shape[:2]
    inside = (np.abs(g[..., 0] - 0.5) < 0.65) & (np.abs(g[..., 1] - 0.5) < 0.65)
    seen = g[inside] if inside.any() else g.reshape(-1, 4)
    across, down = w * float((1 / seen[:, 2]).mean()), h * float((1 / seen[:, 3]).mean())
    texels = 0.65 * max(across, down) + 0.35 * min(across, down)
    level = int(np.clip(round(np.log2(max(texels, 1e-6)) - 0.45), 0, 10))
    while len(mips) <= level:
        last = mips[-1]
        mips.append(cv2.resize(last, (max(1, last.shape[1] // 2), max(1, last.shape[0] // 2)), interpolation=cv2.INTER_AREA))
    return mips[level]


def paint_order(solids: Sequence[Solid], eye: NDArray[np.float64]) -> list[int]:
    """Indices back to front as seen from ``eye``."""
    lo, hi = np.array([s.lo for s in solids]), np.array([s.hi for s in solids])
    layer = np.array([s.layer for s in solids])
    eps = 1e-6
    apart = (hi[:, None] <= lo[None] + eps) & (eye >= hi[:, None] - eps) | (lo[:, None] >= hi[None] - eps) & (eye <= lo[:, None] + eps)
    cannot = np.asarray(apart.any(-1), np.bool_)  # [i, j]: i cannot hide j
    before = np.asarray(cannot & ~cannot.T)  # i is painted before j
    np.fill_diagonal(before, False)
    first = layer < 0  # shells, which hold everything else
    before |= first[:, None] & ~first[None]
    before &= ~(first[None] & ~first[:, None])
    mid = np.linalg.norm((lo + hi) / 2 - eye, axis=-1) + 1000.0 * layer  # pictures on surfaces go before what stands in front
    waiting = before.sum(0)
    left = set(range(len(solids)))
    order: list[int] = []
    while left:
        ready = [i for i in left if waiting[i] == 0] or list(left)  # a cycle: the farthest goes first
        nxt = max(ready, key=lambda i: mid[i])
        left.remove(nxt)
        order.append(nxt)
        waiting -= before[nxt]
    return order

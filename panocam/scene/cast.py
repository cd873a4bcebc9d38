"""Puts the actors into the picture: first the shadows they throw, then their bodies, hidden by what stands before them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from panocam.media.planes import Planes
from panocam.scene import compose, quick
from panocam.scene.arrays import Bytes, Field, f32
from panocam.scene.bodies import Patch
from panocam.scene.camera import Camera
from panocam.scene.compose import Covering, Grain, Rect, over
from panocam.scene.developing import Merged
from panocam.scene.figure import Figure
from panocam.scene.light import Light
from panocam.scene.shadow import casters, strongest
from panocam.scene.still import CODE, FAR_MM, Still

AMBIENT = 0.3
"""Light that no shadow takes away, relative to the direct light."""

SHADOW_CELLS = 6000
"""Cells a shadow's grid should not exceed; coarser grids soften its edge."""

FAINT = 0.012
"""Shade that is not drawn."""


class Actor(Protocol):
    """Something that moves on its own. ``place`` gives x, y (m) and heading (radians clockwise from north) at a time in seconds."""

    @property
    def id(self) -> int: ...
    @property
    def kind(self) -> str: ...
    @property
    def height(self) -> float: ...
    @property
    def speed(self) -> float: ...
    def place(self, t: float) -> tuple[float, float, float]: ...
    def figure(self, t: float) -> Figure: ...


@dataclass(frozen=True, eq=False)
class Exposed:
    """How a picture is exposed. ``table``: sensor response by root code; ``mains``: level of the mains light by picture row; ``grain``:
    the picture's noise; ``merged``: which of two exposures counts where. The short one is read when the long one ends."""

    table: Bytes
    mains: Callable[[Field], Field]
    grain: Grain | None = None
    merged: Merged | None = None


class Cast:
    """Compositing over one camera's still picture."""

    def __init__(self, camera: Camera, still: Still, light: Light) -> None:
        self._camera, self._still, self._lights = camera, still, casters(light)
        self._far = light.sun is not None
        self._shadow_step = camera.step // 2 if self._far else camera.step * 2
        step, n = camera.step, camera.size
        at = np.minimum(np.arange(camera.nodes) * step + step // 2, n - 1)
        metres = still.depth[np.ix_(at, at)].astype(np.float32) / 1000
        self._ground: Field = camera.pose.position.astype(np.float32) + camera.rays[1:-1, 1:-1] * metres[..., None]
        self._lit: Field | None = None
        if light.sun is not None:
            points = cv2.resize(self._ground, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
            lit = light.sunshine(points.reshape(-1, 3) + f32([0, 0, 0.05])).reshape(points.shape[:2])
            self._lit = cv2.resize(lit, self._ground.shape[1::-1], interpolation=cv2.INTER_LINEAR)

    # -- shadows -------------------------------------------------------------------------------------------------

    def cast_shadow(self, planes: Planes, figure: Figure) -> None:
        """Darken what lies in the figure's shadow."""
        found = self._shade(figure)
        if found is None:
            return
        (y0, y1, x0, x1), factor = found
        small = (factor ** np.float32(1 / 2.2) * 255 + 0.5).astype(np.uint8)
        full = cv2.resize(small, (x1 - x0, y1 - y0), interpolation=cv2.INTER_LINEAR)
        region = planes.y[y0:y1, x0:x1]
        cv2.multiply(region, full[: region.shape[0], : region.shape[1]], dst=region, scale=1 / 255)
        if not self._far:  # faint shade leaves colours nearly alone
            return
        half = cv2.bitwise_not(cv2.resize(small, (full.shape[1] // 2, full.shape[0] // 2), interpolation=cv2.INTER_LINEAR))
        grey = np.full_like(half, 128)
        for plane in (planes.u, planes.v):
            part = plane[y0 // 2 : y1 // 2, x0 // 2 : x1 // 2]
            cut = np.s_[: part.shape[0], : part.shape[1]]
            over(part, grey[cut], half[cut])

    def _shade(self, figure: Figure) -> tuple[Rect, Field] | None:
        """Where the figure's shadow may fall, and the factor 0..1 on the light there, on a coarse grid."""
        rect = self._camera.bounds(self._camera.project(self._shadow_hull(figure))[0], 0)
        if rect is None:
            return None
        y0, y1, x0, x1 = rect
        b, step = self._camera.step, self._shadow_step
        while (y1 - y0) * (x1 - x0) / step**2 > SHADOW_CELLS:
            step *= 2
        k = b / step
        cut = np.s_[y0 // b : y1 // b, x0 // b : x1 // b]
        cells = self._ground[cut]
        shape = max(2, round(cells.shape[0] * k)), max(2, round(cells.shape[1] * k))
        cells = cv2.resize(cells, shape[::-1], interpolation=cv2.INTER_AREA if k < 1 else cv2.INTER_LINEAR)
        p = np.ascontiguousarray(cells.reshape(-1, 3).T)
        near = np.flatnonzero(self._near(p, figure))
        if not len(near):
            return None
        lit: Field | float = 1.0
        if self._lit is not None:
            lit = cv2.resize(self._lit[cut], shape[::-1], interpolation=cv2.INTER_LINEAR).ravel()[near]
        x, y, _ = figure.position
        lights = self._lights if self._far else strongest(self._lights, x, y, 2)
        segments = figure.shade if self._far else figure.shade_soft
        factor: Field = np.ones(p.shape[1], np.float32)
        if np.max(lit) < 0.02:
            segments = segments[:0]
        factor[near] = np.clip(quick.shade(p[:, near], lights, AMBIENT, segments, figure.contact, lit), 0, 1)
        return self._trimmed(rect, factor.reshape(shape), step)

    def _trimmed(self, rect: Rect, factor: Field, step: int) -> tuple[Rect, Field] | None:
        """Without the rows and columns at the edges where there is hardly any shade."""
        y0, y1, x0, x1 = rect
        unit = max(1, self._camera.step // step)  # keep to whole blocks, so that the grids stay aligned
        dark = factor < 1 - FAINT
        rows, columns = np.flatnonzero(dark.any(1)), np.flatnonzero(dark.any(0))
        exact = factor.shape == ((y1 - y0) // step, (x1 - x0) // step)
        if not len(rows):
            return None
        if not exact:
            return rect, factor
        r0, c0 = max(0, int(rows[0]) - 1) // unit * unit, max(0, int(columns[0]) - 1) // unit * unit
        r1, c1 = int(rows[-1]) + 2, int(columns[-1]) + 2
        cut = factor[r0:r1, c0:c1]
        return (y0 + r0 * step, y0 + (r0 + cut.shape[0]) * step, x0 + c0 * step, x0 + (c0 + cut.shape[1]) * step), cut

    def _near(self, p: Field, figure: Figure) -> NDArray[np.bool_]:
        """Which points (3, N) a figure can darken."""
        x, y, _ = figure.position
        px, py, reach = p[0] - np.float32(x), p[1] - np.float32(y), np.float32(figure.reach)
        if not self._far:
            return np.asarray(px * px + py * py < reach * reach, np.bool_)
        to = self._lights[0].at
        level = float(np.linalg.norm(to[:2]))
        along, across = -(px * to[0] + py * to[1]) / level, np.abs(px * to[1] - py * to[0]) / level
        length = float(figure.hull[:, 2].max()) * level / float(to[2])
        return np.asarray((across < reach) & (along > -reach) & (along < length + reach), np.bool_)

    def _shadow_hull(self, figure: Figure) -> Field:
        """Points round the ground that a figure can darken."""
        x, y, z = figure.position
        a = np.linspace(0, 2 * np.pi, 16, endpoint=False)
        ring = f32(np.stack([x + figure.reach * np.cos(a), y + figure.reach * np.sin(a), np.full(16, z)], 1))
        if not self._far:
            return np.concatenate([ring, ring + f32([0, 0, 1])])
        to = self._lights[0].at
        fall = ring - to * np.float32(figure.hull[:, 2].max() / max(float(to[2]), 0.05)) * f32([1, 1, 0])
        return np.concatenate([*(ring * (1 - k) + fall * k for k in (0.0, 0.5, 1.0))])

    # -- bodies --------------------------------------------------------------------------------------------------

    def draw(self, planes: Planes, patch: Patch, exposed: Exposed) -> None:
        """Blend a figure over the planes."""
        rows = (np.arange(patch.radiance.shape[0], dtype=np.float32) + 0.5) * patch.step + patch.rect[0]
        level = 1 - patch.radiance[..., 3] * (1 - exposed.mains(rows))[:, None]
        code = np.sqrt(np.maximum(patch.radiance[..., :3] * level[..., None], 0)) * np.float32(CODE)
        rgb = exposed.table[np.minimum(code, 65535).astype(np.uint16)]
        luma, red, blue = cv2.split(cv2.cvtColor(rgb, cv2.COLOR_RGB2YCrCb))
        figure = Covering(patch.rect, patch.step, patch.outlines, patch.distance, (luma, blue, red), exposed.grain)
        merged = exposed.merged
        if merged is None or len(patch.outlines) == 1:
            quick.blend(planes, self._still.depth, figure)
            return
        y0, y1, x0, x1 = patch.rect
        quick.blend(planes, merged.long, figure)
        if cv2.hasNonZero(merged.short[y0:y1, x0:x1]):
            quick.blend(planes, merged.short, replace(figure, outlines=patch.outlines[:1]))

    def settle(self, figure: Figure, patch: Patch | None) -> None:
        """Draw a figure that never moves into the still picture itself."""
        found = self._shade(figure)
        if found is not None:
            (y0, y1, x0, x1), factor = found
            part = self._still.code[y0:y1, x0:x1]
            full = cv2.resize(np.sqrt(factor), (x1 - x0, y1 - y0), interpolation=cv2.INTER_LINEAR)
            part[:] = part * full[: part.shape[0], : part.shape[1], None]
        if patch is None:
            return
        y0, y1, x0, x1 = patch.rect
        size, part = (x1 - x0, y1 - y0), self._still.code[y0:y1, x0:x1]
        h, w = part.shape[:2]
        alpha = compose.alpha(patch.rect, patch.outlines, patch.distance, self._still.depth)[:h, :w].astype(np.float32)[..., None] / 255
        code = np.sqrt(np.maximum(patch.radiance[..., :3], 0)) * np.float32(CODE)
        part[:] = np.clip(part * (1 - alpha) + cv2.resize(code, size, interpolation=cv2.INTER_LINEAR)[:h, :w] * alpha, 0, 65535)
        mm = np.clip(cv2.resize(patch.distance, size, interpolation=cv2.INTER_LINEAR)[:h, :w] * 1000, 0, FAR_MM).astype(np.uint16)
        np.copyto(self._still.depth[y0:y1, x0:x1], mm, where=alpha[..., 0] > 0.5)

"""A face as one camera sees it: smooth fields over a rectangle of grid nodes, from which its pixels are interpolated."""

from __future__ import annotations

from dataclasses import dataclass, field

import cv2
import numpy as np

from panocam.scene.arrays import Bytes, Field, clamp, f32
from panocam.scene.camera import Camera
from panocam.scene.solids import Face
from panocam.scene.world import Mirror

Box = tuple[int, int, int, int]
"""Rows and columns of grid nodes: (first row, row beyond, first column, column beyond)."""

FARTHEST = 60.0
"""Face coordinates are cut at this many face lengths: beyond the horizon they would grow without end."""


@dataclass(frozen=True, eq=False)
class Facet:
    """``geometry``: (h, w, 4) = a, b (0..1 across the face) and pixels per unit of a and of b. ``light``: (h, w, 4) irradiance and its
    mains part. ``inverse``: (h, w) 1/distance. ``mirror``: (h, w, 4) radiance it mirrors, or None. ``edge``: (h, w) distance to the
    nearest edge in pixels, positive inside. ``level``: (h, w) texture size halvings until texels are as large as pixels, 99 outside.
    ``mips``: the texture and its halvings, made when needed."""

    box: Box
    geometry: Field
    light: Field
    inverse: Field
    mirror: Field | None
    edge: Field
    level: Field
    see_through: bool
    mips: list[Bytes] = field(repr=False)

    def mip(self, cut: tuple[slice, slice]) -> Bytes:
        """The texture for these nodes, sharp enough for the nearest of them."""
        level = int(min(max(float(self.level[cut].min()) + 0.4, 0.0), 10.0))
        while len(self.mips) <= level:
            last = self.mips[-1]
            half = max(1, last.shape[1] // 2), max(1, last.shape[0] // 2)
            self.mips.append(np.asarray(cv2.resize(last, half, interpolation=cv2.INTER_AREA), np.uint8))
        return self.mips[level]


def facet(camera: Camera, face: Face, lit: Field, mirror: Mirror | None) -> Facet | None:
    """The face for a camera, or None when it is turned away or out of the picture. ``lit``: its light map."""
    if (camera.pose.position - face.origin) @ face.normal < 1e-4:
        return None
    box = _bounds(camera, face)
    if box is None:
        return None
    eye, origin, n = f32(camera.pose.position), f32(face.origin), f32(face.normal)
    d = camera.rays[box[0] : box[1], box[2] : box[3]]
    t = float((origin - eye) @ n) / np.minimum(d @ n, np.float32(-1e-5))
    p = d * t[..., None] + (eye - origin)
    a = clamp(p @ f32(face.u / (face.u @ face.u)), -FARTHEST, FARTHEST)
    b = clamp(p @ f32(face.v / (face.v @ face.v)), -FARTHEST, FARTHEST)
    ia, ib = camera.step / _slope(a), camera.step / _slope(b)
    edge = np.minimum(np.minimum(a, 1 - a) * ia, np.minimum(b, 1 - b) * ib)
    th, tw = face.texture.shape[:2]
    across, down = tw / ia, th / ib
    level = np.log2(np.float32(0.65) * np.maximum(across, down) + np.float32(0.35) * np.minimum(across, down) + np.float32(1e-6))
    np.copyto(level, np.float32(99), where=edge < -2 * camera.step)
    lh, lw = lit.shape[:2]
    la, lb = np.clip(a, 0, 1) * np.float32(lw) - np.float32(0.5), np.clip(b, 0, 1) * np.float32(lh) - np.float32(0.5)
    light = cv2.remap(lit, la, lb, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    shine = _mirrored(face, n, d, p + origin, mirror) if face.gloss and mirror is not None else None
    through = bool((face.texture[..., 3] < 255).any())
    return Facet(box, cv2.merge([a, b, ia, ib]), light, 1 / t, shine, edge, level, through, [face.texture])


def _bounds(camera: Camera, face: Face) -> Box | None:
    """Node rows and columns that enclose the face's picture: its outline bounds it, because the lens map is one-to-one."""
    k = np.linspace(0, 1, 13)[:-1, None]
    c = face.corners
    px, _ = camera.project(np.concatenate([c[i] * (1 - k) + c[(i + 1) % 4] * k for i in range(4)]))
    at = (px - (camera.step - 1) / 2) / camera.step + 1
    last = camera.nodes + 1
    c0, r0 = np.clip(np.floor(at.min(0)) - 2, 0, last).astype(int)
    c1, r1 = np.clip(np.ceil(at.max(0)) + 3, 0, last + 1).astype(int)
    return (int(r0), int(r1), int(c0), int(c1)) if r1 - r0 > 2 and c1 - c0 > 2 else None


def _slope(x: Field) -> Field:
    """Length of the gradient, per node step."""
    gy, gx = np.gradient(x)
    out: Field = np.sqrt(gx * gx + gy * gy)
    out += np.float32(1e-9)
    return out


def _mirrored(face: Face, n: Field, d: Field, p: Field, mirror: Mirror) -> Field:
    """What the face mirrors: Schlick's Fresnel law times the world seen along the mirrored ray."""
    cos = clamp(-(d @ n), 0, 1)
    fresnel = face.gloss + (1 - face.gloss) * np.float32(0.55) * (1 - cos) ** 5
    seen = mirror(np.concatenate([p, d - 2 * (d @ n)[..., None] * n], -1)) * fresnel[..., None]
    return np.concatenate([seen, np.zeros((*cos.shape, 1), np.float32)], -1)

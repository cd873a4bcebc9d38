"""Pictures for surfaces, drawn from a seed: boards, tiles, plaster, shelves of goods, posters, leaves.

All return RGBA ``uint8``, colours gamma 2.2 coded reflectance. ``ppm`` is pixels per metre.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import cv2
import numpy as np

from panocam.scene.arrays import Array, Bytes, Field

Texture = Bytes
Color = Sequence[int]


def rgba(rgb: Field | Texture, alpha: Texture | None = None) -> Texture:
    """Three channels 0..255 to RGBA bytes."""
    out = np.empty((*rgb.shape[:2], 4), np.uint8)
    out[..., :3] = np.clip(rgb, 0, 255)
    out[..., 3] = 255 if alpha is None else alpha
    return out


def noise(rng: np.random.Generator, h: int, w: int, cell: tuple[float, float], octaves: int = 3) -> Field:
    """Smooth noise about 0, roughly -1..1, ``cell`` = (rows, columns) of its largest blobs."""
    out = np.zeros((h, w), np.float32)
    for o in range(octaves):
        gh, gw = max(2, int(h / cell[0] * 2**o) + 2), max(2, int(w / cell[1] * 2**o) + 2)
        gh, gw = min(gh, h), min(gw, w)
        small = rng.standard_normal((gh, gw), dtype=np.float32)
        out += cv2.resize(small, (w, h), interpolation=cv2.INTER_CUBIC) * 0.5 ** (o + 1)
    return out


def tinted(shade: Field, color: Color) -> Texture:
    """A shade field (1 = as is) times a colour."""
    return rgba(cv2.merge([shade * c for c in color[:3]]))


def plaster(rng: np.random.Generator, size: tuple[float, float], color: Color, ppm: float = 48, skirting: Color | None = None) -> Texture:
    """A painted wall, ``size`` = (width, height) metres, with a skirting board if a colour is given."""
    w, h = max(2, round(size[0] * ppm)), max(2, round(size[1] * ppm))
    out = tinted(1 + 0.012 * noise(rng, h, w, (h / 3, w / 6), 4), color)
    if skirting is not None:
        top = h - max(1, round(0.10 * ppm))
        out[top:, :, :3] = skirting
        out[top : top + max(1, round(0.012 * ppm)), :, :3] = [int(c * 0.6) for c in skirting]
    return out


def boards(rng: np.random.Generator, size: tuple[float, float], ppm: float, wide: float = 0.19, color: Color = (176, 136, 96)) -> Texture:
    """Wooden boards along the width, staggered, each with its own tone and grain."""
    w, h = round(size[0] * ppm), round(size[1] * ppm)
    grain = noise(rng, h, w, (4, ppm * 0.9), 2)
    shade = 1 + 0.055 * grain
    hue = np.zeros((h, w), np.float32)
    rows = np.round(np.arange(0, size[1] + wide, wide) * ppm).astype(int)
    gap = max(1, round(0.004 * ppm))
    for r0, r1 in pairwise(rows):
        x = -rng.uniform(0, 1.8)
        while x < size[0]:
            x1 = x + rng.choice([1.2, 1.5, 1.8])
            c0, c1 = max(0, round(x * ppm)), round(x1 * ppm)
            shade[r0:r1, c0:c1] *= rng.uniform(0.84, 1.1)
            hue[r0:r1, c0:c1] = rng.uniform(-1, 1)
            shade[r0:r1, max(0, c1 - gap) : c1] *= 0.55
            x = x1
        shade[max(0, r1 - gap) : r1] *= 0.5
    return rgba(cv2.merge([shade * color[0], shade * (color[1] + 3 * hue), shade * (color[2] - 6 * hue)]))


def tiles(
    rng: np.random.Generator, size: tuple[float, float], ppm: float, pitch: float, color: Color, joint: Color, gap: float = 0.008
) -> Texture:
    """Square tiles with joints, starting at the upper left corner."""
    w, h = round(size[0] * ppm), round(size[1] * ppm)
    nx, ny = int(size[0] / pitch) + 1, int(size[1] / pitch) + 1
    tone = rng.uniform(0.96, 1.03, (ny, nx)).astype(np.float32)
    ix = np.minimum((np.arange(w) / ppm / pitch).astype(int), nx - 1)
    iy = np.minimum((np.arange(h) / ppm / pitch).astype(int), ny - 1)
    out = tinted(tone[np.ix_(iy, ix)] * (1 + 0.015 * noise(rng, h, w, (ppm * 0.3, ppm * 0.3), 3)), color)
    edge = (gap / 2) / pitch
    fx, fy = np.arange(w) / ppm / pitch % 1, np.arange(h) / ppm / pitch % 1
    lines = ((fx < edge) | (fx > 1 - edge))[None, :] | ((fy < edge) | (fy > 1 - edge))[:, None]
    out[lines, :3] = joint
    return out


def chequer(pixels: int = 128) -> Texture:
    """A calibration target: two by two black and white fields in a white frame; the crossing is the middle."""
    out = np.full((pixels, pixels, 4), 255, np.uint8)
    m, c, e = pixels // 8, pixels // 2, pixels - pixels // 8
    out[..., :3] = 235
    out[m:c, m:c, :3] = 12
    out[c:e, c:e, :3] = 12
    return out


def goods(rng: np.random.Generator, size: tuple[float, float], rows: int, ppm: float = 150, frame: Color = (236, 232, 224)) -> Texture:
    """The front of a shelf unit: ``rows`` boards with boxes, bottles and price strips."""
    w, h = round(size[0] * ppm), round(size[1] * ppm)
    out = np.full((h, w, 3), 46, np.uint8)
    pitch = h / rows
    for r in range(rows):
        top, foot = round(r * pitch), round((r + 1) * pitch) - round(0.035 * ppm)
        grad = np.linspace(24, 78, max(1, foot - top))[:, None, None]
        out[top:foot] = grad * np.array([1.0, 0.97, 0.92])
        _fill_shelf(rng, out, (round(0.02 * ppm), w - round(0.02 * ppm)), (top, foot), ppm)
        cv2.rectangle(out, (0, foot), (w, round((r + 1) * pitch)), [int(c * 0.93) for c in frame], -1)
        for x in range(round(0.1 * ppm), w, round(0.3 * ppm)):
            cv2.rectangle(out, (x, foot + 1), (x + round(0.06 * ppm), foot + round(0.028 * ppm)), (250, 230, 90), -1)
    edge = round(0.02 * ppm)
    out[:, :edge] = out[:, -edge:] = frame
    out[:edge] = frame
    return rgba(out)


PALETTE = [(190, 48, 44), (228, 158, 36), (244, 214, 80), (58, 122, 70), (40, 92, 150)]
PALETTE += [(120, 60, 120), (222, 218, 206), (96, 62, 42), (26, 140, 150), (224, 120, 130)]


def _fill_shelf(rng: np.random.Generator, out: Bytes, span: tuple[int, int], rows: tuple[int, int], ppm: float) -> None:
    x, (top, foot) = float(span[0]), rows
    while x < span[1] - 0.05 * ppm:
        color = np.array(PALETTE[rng.integers(len(PALETTE))]) * rng.uniform(0.75, 1.05)
        wide, tall = rng.uniform(0.06, 0.17) * ppm, (foot - top) * rng.uniform(0.5, 0.86)
        kind, count = int(rng.integers(3)), int(rng.integers(2, 6))
        for _ in range(count):
            if x + wide > span[1]:
                return
            _article(out, kind, (round(x), round(foot - tall), round(x + wide) - 1, foot - 1), color)
            x += wide + 0.006 * ppm
        x += rng.uniform(0.0, 0.05) * ppm


def _article(out: Bytes, kind: int, at: tuple[int, int, int, int], color: Array) -> None:
    x0, y0, x1, y1 = at
    if x1 - x0 < 3 or y1 - y0 < 6:
        return
    w, h = x1 - x0, y1 - y0
    bend = 1 - 0.45 * np.abs(np.linspace(-1, 1, w)) ** (2 if kind else 6)
    if kind == 1:  # a bottle: neck and label
        neck = y0 + h // 4
        q = w // 3
        out[y0:neck, x0 + q : x1 - q] = bend[None, q : w - q, None] * color * 0.8
        out[neck:y1, x0:x1] = bend[None, :, None] * color
        out[y0 + h // 2 : y0 + 4 * h // 5, x0:x1] = bend[None, :, None] * np.array([236, 230, 214])
    else:  # a box or a tin with a band and a badge
        out[y0:y1, x0:x1] = bend[None, :, None] * color
        out[y0 + h // 6 : y0 + h // 3, x0:x1] = bend[None, :, None] * (255 - color) * 0.8
        cv2.circle(out, ((x0 + x1) // 2, y0 + 2 * h // 3), max(1, w // 4), (240, 236, 226), -1, cv2.LINE_AA)


def poster(rng: np.random.Generator, words: Sequence[str], base: Color, ink: Color, px: tuple[int, int] = (360, 500)) -> Texture:
    """A framed print: sky-to-ground bands, a sun, hills, and words."""
    w, h = px
    out = np.empty((h, w, 3), np.uint8)
    ramp = np.linspace(0, 1, h)[:, None, None]
    out[:] = np.array(base) * (1 - 0.45 * ramp) + np.array([255, 236, 200]) * 0.45 * ramp
    cv2.circle(out, (int(w * 0.66), int(h * 0.36)), w // 5, (252, 226, 150), -1, cv2.LINE_AA)
    for k in range(4):
        y = h * (0.5 + 0.11 * k)
        xs = np.linspace(0, w, 60)
        ys = y + h * 0.05 * np.sin(xs / w * (3 + k) + rng.uniform(0, 6)) + h * 0.02 * np.sin(xs / w * 11 + k)
        pts = np.concatenate([np.stack([xs, ys], 1), [[w, h], [0, h]]]).astype(np.int32)
        tone = np.array(ink) * (0.42 + 0.2 * k)
        cv2.fillPoly(out, [pts], np.clip(tone, 0, 255).tolist(), cv2.LINE_AA)
    for i, word in enumerate(words):
        scale = w / 170 * (1.15 if i == 0 else 0.6)
        cv2.putText(out, word, (int(w * 0.08), int(h * (0.13 + 0.09 * i))), cv2.FONT_HERSHEY_DUPLEX, scale, (250, 248, 240), 2, cv2.LINE_AA)
    cv2.rectangle(out, (0, 0), (w - 1, h - 1), (30, 28, 26), max(4, w // 40))
    return rgba(out)


def sign(words: str, paper: Color, ink: Color, px: tuple[int, int], scale: float) -> Texture:
    """Words in the middle of a plate."""
    w, h = px
    out = np.empty((h, w, 3), np.uint8)
    out[:] = paper
    (tw, th), _ = cv2.getTextSize(words, cv2.FONT_HERSHEY_DUPLEX, scale, max(1, round(2 * scale)))
    cv2.putText(out, words, ((w - tw) // 2, (h + th) // 2), cv2.FONT_HERSHEY_DUPLEX, scale, ink, max(1, round(2 * scale)), cv2.LINE_AA)
    return rgba(out)


def leaves(rng: np.random.Generator, pixels: int, count: int, color: Color, crown: Sequence[tuple[float, float, float]]) -> Texture:
    """A leafy crown: strokes inside the circles ``crown`` (x, y, radius; 0..1), lit from above, see-through between."""
    rgb = np.empty((pixels, pixels, 3), np.uint8)
    rgb[:] = [int(c * 0.5) for c in color]
    alpha = np.zeros((pixels, pixels), np.uint8)
    weights = np.array([c[2] ** 2 for c in crown])
    which = rng.choice(len(crown), count, p=weights / weights.sum())
    for i, k in enumerate(which):
        cx, cy, cr = crown[k]
        ang, rad = rng.uniform(0, 2 * np.pi), cr * np.sqrt(rng.uniform(0, 1))
        x, y = cx + rad * np.cos(ang), cy + rad * np.sin(ang)
        lit = 0.34 + 0.75 * (i / count) * np.clip(0.62 - (y - cy) / cr * 0.55 - (x - cx) / cr * 0.15, 0.1, 1.1) + rng.uniform(-0.06, 0.08)
        tone = np.clip(np.array(color) * lit * rng.uniform(0.92, 1.08, 3), 0, 255).tolist()
        axes = (max(1, int(pixels * rng.uniform(0.006, 0.014))), max(1, int(pixels * rng.uniform(0.003, 0.007))))
        at, turn = (int(x * pixels), int(y * pixels)), float(rng.uniform(0, 180))
        cv2.ellipse(rgb, at, axes, turn, 0, 360, tone, -1, cv2.LINE_AA)
        cv2.ellipse(alpha, at, axes, turn, 0, 360, 255, -1, cv2.LINE_AA)
    return rgba(rgb, alpha)

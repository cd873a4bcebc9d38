"""The known room, drawn through the whole real chain, and the instruments that find marks and edges in its pictures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from truth_edges import Edge
from truth_geometry import Array, Pane, along, panes, pieces, place

from panocam.imaging.pyramid import Pyramid
from panocam.imaging.warp import warp
from panocam.media.planes import Planes
from panocam.optics.lens import Lens
from panocam.optics.meshing import meshes
from panocam.optics.mount import Mount
from panocam.optics.pose import Pose
from panocam.optics.view import Arrangement
from panocam.scene import Scene, SceneOptions, SensorSettings, open_scene

Luma = NDArray[np.uint8]
FULL = 2992
QUIET = SceneOptions(SensorSettings(noise=0))
MOUNTS = ("ceiling", "desk", "wall")
SIZES = {0: (1440, 1440), 1: (1920, 720), 8: (1920, 960), 9: (1920, 960)}
"""Of the pictures that are measured; all others are 1920x1440."""

FACES: Mapping[str, tuple[tuple[int, int, int], tuple[int, int, int]]] = {
    "floor": ((1, 0, 0), (0, -1, 0)),
    "ceiling": ((1, 0, 0), (0, 1, 0)),
    "north": ((1, 0, 0), (0, 0, -1)),
    "south": ((-1, 0, 0), (0, 0, -1)),
    "east": ((0, -1, 0), (0, 0, -1)),
    "west": ((0, 1, 0), (0, 0, -1)),
}
"""Which way is right and which is down on a surface, for somebody who looks at it."""


@lru_cache(maxsize=8)
def room(mount: str, size: int = FULL, lens: Lens | None = None) -> Scene:
    return open_scene("room", mount, size, lens, QUIET)


@lru_cache(maxsize=8)
def empty(mount: str, size: int = FULL, lens: Lens | None = None) -> Pyramid:
    """The room without people, as the sensor sees it."""
    return Pyramid(room(mount, size, lens).render_only(10.0, ()))


def sizes(index: int) -> tuple[int, int]:
    return SIZES.get(index, (1920, 1440))


def draw(source: Pyramid, mount: str, index: int, size: tuple[int, int], lens: Lens, roll: float = 0.0, **arranged: Any) -> Planes:
    """A view, drawn the way the camera draws it."""
    out = Planes.blank(*size)
    view = Arrangement(Mount(mount), fov=lens.fov, **arranged).view(index, size)
    warp(meshes(view, lens, Mount(mount), roll), source, out)
    return out


def area(mount: str, pan: float, tilt: float, hfov: float, size: tuple[int, int] = (1920, 1440)) -> tuple[Planes, Pane]:
    """View area 1 of the empty room at a pose, and what it must show."""
    picture = draw(empty(mount), mount, 4, size, room(mount).lens, poses=(Pose(pan, tilt, hfov), Pose(), Pose(), Pose()))
    return picture, panes(4, mount, size, ((pan, tilt, hfov),) * 4)[0]


def visible(scene: Scene, points: Array) -> NDArray[np.bool_]:
    """Which world points (n, 3) the lens sees with nothing in front of them."""
    px, distance = scene.project(points)
    inside = scene.lens.theta((points - scene.camera_pose.position) @ scene.camera_pose.axes.T) < 0.985 * scene.lens.half
    depth = np.array([scene.depth_at(p) for p in px])
    return np.asarray(inside & (depth > distance * 0.98 - 0.02))


# -- marks ---------------------------------------------------------------------------------------------------------

CARD = 0.11
"""Half of a calibration card that is looked at, metres; its dark fields reach 0.09 m from the crossing."""


@dataclass(frozen=True)
class Mark:
    """A card in a picture: where its crossing must be and was found (x, y), how well the card fits there (1 = like two peas)."""

    name: str
    wanted: Array
    found: Array
    fit: float

    @property
    def error(self) -> float:
        return float(np.hypot(*(self.found - self.wanted)))


def marks(luma: Luma, pane: Pane, mount: str, scene: Scene, roll: float = 0.0, reach: int = 24) -> list[Mark]:
    """All cards that the pane must show large enough to be measured, looked for within ``reach`` pixels of their place.

    A card is drawn as it must look there (two dark fields at its upper left and lower right) and compared with the picture; seen in
    a mirror or upside down in one axis, it would fit worst exactly where it lies.
    """
    out = []
    eye = scene.camera_pose.position
    for name, at in scene.markers.items():
        u, v = (np.array(a, float) for a in FACES[name.split("-")[0]])
        ring = np.array(at) + CARD * np.array([a * u + b * v for a in (-1, 0, 1) for b in (-1, 0, 1)])
        if not visible(scene, ring).all():
            continue
        px = place(pane, mount, ring - eye, roll)
        if np.isnan(px).any():
            continue
        mark = _search(luma, pane, name, px, reach)
        if mark is not None:
            out.append(mark)
    return out


def _search(luma: Luma, pane: Pane, name: str, ring: Array, reach: int) -> Mark | None:
    wanted = ring[4]
    flat = np.array([[a, b] for a in (-1, 0, 1) for b in (-1, 0, 1)], float)
    onto, _ = cv2.findHomography(ring - wanted, flat)
    x0, y0 = np.floor(ring.min(0) - wanted).astype(int)
    x1, y1 = np.ceil(ring.max(0) - wanted).astype(int)
    thin = min(np.linalg.norm(ring[1] - ring[7]), np.linalg.norm(ring[3] - ring[5]))
    if thin < 14 or abs(np.linalg.det(np.stack([ring[7] - ring[1], ring[5] - ring[3]]))) < 300:
        return None  # a card of so few pixels says nothing about one of them
    base = np.round(wanted).astype(int)
    left, top = base[0] + x0 - reach, base[1] + y0 - reach
    right, bottom = base[0] + x1 + reach + 1, base[1] + y1 + reach + 1
    if left < pane.x or top < pane.y or right > pane.x + pane.width or bottom > pane.y + pane.height:
        return None
    fine = 4
    ys, xs = np.mgrid[y0 : y1 + 1 : 1 / fine, x0 : x1 + 1 : 1 / fine] + (1 / fine - 1) / 2
    pattern, inside = _card(onto, xs, ys)
    shrink = (x1 - x0 + 1, y1 - y0 + 1)
    card = cv2.resize(pattern, shrink, interpolation=cv2.INTER_AREA)
    mask = (cv2.resize(inside, shrink, interpolation=cv2.INTER_AREA) > 0.99).astype(np.float32)
    window = luma[top:bottom, left:right].astype(np.float32)
    score = np.nan_to_num(cv2.matchTemplate(window, card, cv2.TM_CCOEFF_NORMED, mask=mask), posinf=0, neginf=0)  # a blank wall fits nothing
    r, c = np.unravel_index(int(np.argmax(score)), score.shape)
    found = np.array([base[0] + c - reach + _peak(score[r], int(c)), base[1] + r - reach + _peak(score[:, c], int(r))])
    return Mark(name, wanted, found, float(score[r, c]))


def _card(onto: Array, xs: Array, ys: Array) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    p = np.einsum("ij,jyx->iyx", onto, np.stack([xs, ys, np.ones_like(xs)]))
    a, b = p[0] / p[2], p[1] / p[2]
    dark = (a * b > 0) & (np.maximum(abs(a), abs(b)) < 0.09 / CARD)
    inside = np.maximum(abs(a), abs(b)) < 1
    return np.where(dark, 20, 230).astype(np.float32), inside.astype(np.float32)


def _peak(row: NDArray[np.floating[Any]], at: int) -> float:
    """Top of the parabola through the largest value and its neighbours, relative to it."""
    if not 0 < at < len(row) - 1:
        return 0.0
    a, b, c = (float(v) for v in row[at - 1 : at + 2])
    return 0.5 * (a - c) / (a - 2 * b + c) if a - 2 * b + c else 0.0


# -- edges ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Trace:
    """An edge as found in a picture: ``points`` (n, 2), and their signed distance ``aside`` (n,) from where they must be."""

    name: str
    points: Array
    aside: Array

    @property
    def length(self) -> float:
        return float(np.linalg.norm(self.points[-1] - self.points[0]))

    def bend(self) -> Array:
        """Distances from the straight line that fits the points best."""
        middle = self.points.mean(0)
        normal = np.linalg.svd(self.points - middle)[2][1]
        out: Array = (self.points - middle) @ normal
        return out


REACH = 4
"""Pixels to either side of an edge's place in which it is sought; beyond them another edge may be the nearer one."""

SHORTEST = 100
FAINTEST = 4.0
"""Pixels of an edge in one piece, and its brightness step per pixel, below which it is left out."""

SMOOTH = 5
"""Neighbouring points of which the median counts: a knot in the wood is one point's, a bend is what neighbours share."""


def trace(luma: Luma, pane: Pane, mount: str, scene: Scene, edge: Edge) -> Trace | None:
    """Follow a straight edge of the world through a pane; None if too little of it is seen or its contrast is poor.

    Every few pixels the steepest brightness step across the edge is sought within ``REACH`` pixels of where it must be.
    """
    path = _path(pane, mount, scene, edge)
    if path is None:
        return None
    across, rise = _rises(luma, path, _softness(pane, scene))
    clear = rise * np.sign(rise[:, np.abs(across) <= 1.5].mean())
    best = clear.argmax(1)
    contrast = clear[np.arange(len(clear)), best]
    keep = contrast > max(FAINTEST, 0.4 * float(np.median(contrast)))
    if keep.sum() < 0.8 * len(keep) or keep.sum() < 12:
        return None
    aside = across[best] + 0.25 * np.array([_peak(s, int(b)) for s, b in zip(clear, best, strict=True)])
    calm = np.array([np.median(aside[keep][max(0, i - SMOOTH // 2) : i + SMOOTH // 2 + 1]) for i in range(int(keep.sum()))])
    return Trace(edge.name, path[keep] + _normals(path)[keep] * calm[:, None], calm)


def _softness(pane: Pane, scene: Scene) -> float:
    """Output pixels per source pixel, 1 at least: below that size a brightness step has no place of its own."""
    if pane.flat:
        scale = max(pane.width / 2, pane.height * 2 / 3) / np.tan(np.radians(pane.flat[2]) / 2)
    else:
        scale = pane.width / np.radians(pane.strip[1] if pane.strip else 182)
    return float(max(1.0, scale / scene.lens.focal))


def _path(pane: Pane, mount: str, scene: Scene, edge: Edge) -> Array | None:
    """Points (n, 2) every 6 pixels where the longest piece of the edge in plain view must be seen."""
    points = along(edge.start, edge.end, 400)
    px = place(pane, mount, points - scene.camera_pose.position)
    margin = REACH + 3
    with np.errstate(invalid="ignore"):
        good = (px > [pane.x + margin, pane.y + margin]).all(1) & (px < [pane.x + pane.width - margin, pane.y + pane.height - margin]).all(
            1
        )
    good[good] &= visible(scene, points[good])
    runs = [px[s] for s in pieces(good) if np.linalg.norm(px[s][-1] - px[s][0]) >= SHORTEST]
    if not runs:
        return None
    longest = max(runs, key=lambda run: float(np.linalg.norm(run[-1] - run[0])))
    far = np.concatenate(([0], np.cumsum(np.linalg.norm(np.diff(longest, axis=0), axis=1))))
    at = np.arange(6.0, far[-1] - 6.0, 6.0)
    return np.stack([np.interp(at, far, longest[:, i]) for i in (0, 1)], 1)


def _normals(path: Array) -> Array:
    tangent = np.gradient(path, axis=0)
    tangent /= np.linalg.norm(tangent, axis=1, keepdims=True)
    return np.stack([-tangent[:, 1], tangent[:, 0]], 1)


def _rises(luma: Luma, path: Array, soft: float) -> tuple[Array, Array]:
    """Offsets (m,) across the path in quarter pixels, and how much the brightness rises per pixel at each of them (n, m).

    What lies along the edge is taken together over 13 pixels by its median; across, it is smoothed by ``soft`` pixels.
    """
    normal = _normals(path)
    tangent = np.stack([normal[:, 1], -normal[:, 0]], 1)
    rim = 4 * int(np.ceil(3 * soft))
    across = np.arange(-4 * REACH - rim, 4 * REACH + rim + 1) / 4
    beside = np.arange(-6, 6.1, 1.5)
    places = (
        path[:, None, None] + normal[:, None, None] * across[None, :, None, None] + tangent[:, None, None] * beside[None, None, :, None]
    )
    flat = places.reshape(len(path), -1, 2).astype(np.float32)
    rows = cv2.remap(luma, flat[..., 0], flat[..., 1], cv2.INTER_LINEAR).reshape(len(path), len(across), len(beside)).astype(np.float64)
    profile = cv2.GaussianBlur(np.median(rows, 2), (0, 0), sigmaX=4 * soft, sigmaY=0.01)
    return across[rim:-rim], np.gradient(profile, axis=1)[:, rim:-rim] * 4

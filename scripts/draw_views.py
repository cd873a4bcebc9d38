"""Draw the contact sheets of docs/views.md: every view of every mount, from a room whose walls carry the compass, or from a picture.

    scripts/draw_views.py docs/images                       the compass room, views-<mount>.jpg
    scripts/draw_views.py out --picture P.jpg --mount wall --fov 182 --circle 1545,1480,1560

The room is ray-cast here with nothing but the lens model; the views are drawn from the meshes with OpenCV, as the reference warp does.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from panocam.optics.catalog import Kind, available
from panocam.optics.lens import DEFAULT_FOV, Circle, Lens, default_lens
from panocam.optics.mesh import ONE, OUTSIDE, STEP, Mesh
from panocam.optics.meshing import meshes
from panocam.optics.mount import Mount, camera_from_world
from panocam.optics.view import Arrangement, View

Image = NDArray[np.uint8]
Array = NDArray[Any]

SIDE = 1800
SIZES = {
    Kind.OVERVIEW: (960, 960),
    Kind.PANORAMA: (1280, 720),
    Kind.CORNER_LEFT: (1280, 640),
    Kind.CORNER_RIGHT: (1280, 640),
    Kind.DOUBLE_CORNER: (960, 960),
}
CELL = (400, 300)
EYES = {Mount.CEILING: (0.0, 0.0, 2.75), Mount.DESK: (0.0, 0.0, 0.8), Mount.WALL: (0.0, -3.9, 1.6)}
"""Where the camera is in a room of 8 x 8 x 2.8 m whose middle is the origin (metres)."""

WALLS = {"N": (225, 205, 200), "E": (200, 225, 205), "S": (205, 212, 228), "W": (226, 222, 196)}
PEOPLE = [
    (1.5, 3.0, (200, 50, 45)),
    (-2.0, 2.4, (50, 90, 200)),
    (3.0, -0.6, (50, 160, 60)),
    (-1.2, -2.7, (190, 60, 180)),
    (1.0, 1.3, (225, 190, 30)),
    (-3.1, -0.9, (40, 70, 120)),
    (2.5, -3.1, (160, 120, 60)),
]
"""Place on the floor and colour of the shirt."""


def wall(letter: str, colour: tuple[int, int, int]) -> Image:
    """One wall, 100 pixels a metre: a letter, a door, and lines that are level or upright."""
    face = np.full((280, 800, 3), colour, np.uint8)
    for x in range(0, 800, 100):
        cv2.line(face, (x, 0), (x, 280), (140, 140, 140), 2)
    for y in range(80, 280, 100):
        cv2.line(face, (0, y), (800, y), (140, 140, 140), 2)
    cv2.rectangle(face, (110, 70), (200, 280), (140, 95, 60), -1)
    cv2.putText(face, letter, (345, 180), cv2.FONT_HERSHEY_SIMPLEX, 4.5, (30, 30, 30), 14, cv2.LINE_AA)
    return face


class Canvas:
    """What each ray met first."""

    def __init__(self, rays: Array, eye: Array) -> None:
        self.rays, self.eye = rays, eye
        self.nearest = np.full(rays.shape[:-1], np.inf)
        self.image: Image = np.zeros(rays.shape, np.uint8)

    def put(self, distance: Array, where: Array, colour: Array) -> None:
        """Colour the rays that meet something at ``distance`` nearer than anything before."""
        won = where & (distance > 1e-6) & (distance < self.nearest)
        self.nearest = np.where(won, distance, self.nearest)
        self.image[won] = np.broadcast_to(colour, self.image.shape)[won]

    def plane(self, axis: int, at: float) -> tuple[Array, Array]:
        """Distance along each ray to an axis-parallel plane, and the point there."""
        distance = (at - self.eye[axis]) / self.rays[..., axis]
        return distance, self.eye + self.rays * distance[..., None]

    def room(self) -> None:
        """Chequered floor and ceiling (1 m), four walls."""
        for height, light, dark in ((0.0, 168, 122), (2.8, 240, 226)):
            t, p = self.plane(2, height)
            squares = (np.floor(p[..., 0]) + np.floor(p[..., 1])) % 2 == 0
            self.put(t, np.abs(p[..., :2]).max(axis=-1) < 4, np.where(squares, light, dark)[..., None].astype(np.uint8))
        for letter, axis, at, sign in (("N", 1, 4.0, 1), ("S", 1, -4.0, -1), ("E", 0, 4.0, -1), ("W", 0, -4.0, 1)):
            t, p = self.plane(axis, at)
            along, high = sign * p[..., 1 - axis], p[..., 2]
            column = np.nan_to_num(np.clip((along + 4) * 100, 0, 799)).astype(int)
            row = np.nan_to_num(np.clip((2.8 - high) * 100, 0, 279)).astype(int)
            self.put(t, (np.abs(along) < 4) & (high > 0) & (high < 2.8), wall(letter, WALLS[letter])[row, column])

    def post(self, place: tuple[float, float], radius: float, span: tuple[float, float], colour: tuple[int, int, int]) -> None:
        """An upright cylinder from height ``span[0]`` to ``span[1]``, shaded from one side."""
        dx, dy = self.rays[..., 0], self.rays[..., 1]
        ox, oy = self.eye[0] - place[0], self.eye[1] - place[1]
        a, b = dx * dx + dy * dy, dx * ox + dy * oy
        root = b * b - a * (ox * ox + oy * oy - radius * radius)
        t = (-b - np.sqrt(root)) / a
        high = self.eye[2] + t * self.rays[..., 2]
        shade = 0.75 + 0.25 * np.cos(np.arctan2(oy + t * dy, ox + t * dx) - 0.6)
        skin = np.nan_to_num(shade[..., None] * np.array(colour)).astype(np.uint8)
        self.put(t, (root > 0) & (high > span[0]) & (high < span[1]), skin)
        t, p = self.plane(2, span[1])
        self.put(t, np.hypot(p[..., 0] - place[0], p[..., 1] - place[1]) < radius, (np.array(colour) * 0.92).astype(np.uint8))


def compass_room(mount: Mount) -> tuple[Image, Lens]:
    """The fisheye picture (RGB) of the room from this mount's place."""
    lens = default_lens((SIDE, SIDE))
    pixels = np.stack(np.meshgrid(np.arange(SIDE), np.arange(SIDE)), axis=-1).astype(np.float64)
    rays = lens.unproject(pixels)
    canvas = Canvas(rays @ camera_from_world(mount), np.array(EYES[mount]))
    with np.errstate(divide="ignore", invalid="ignore"):
        canvas.room()
        for x, y, shirt in PEOPLE:
            canvas.post((x, y), 0.16, (0.0, 0.8), (60, 60, 75))
            canvas.post((x, y), 0.21, (0.8, 1.5), shirt)
            canvas.post((x, y), 0.10, (1.5, 1.76), (225, 185, 155))
    canvas.image[lens.theta(rays) > lens.half] = 0
    return canvas.image, lens


def warp(source: Image, mesh: Mesh) -> tuple[Image, Array]:
    """The picture of one mesh, and which of its pixels are drawn."""
    outside = mesh.nodes[..., 0] == OUTSIDE
    node = np.where(outside[..., None], 0, mesh.nodes / ONE)
    x, y = np.arange(mesh.width), np.arange(mesh.height)
    c, r, fx, fy = x // STEP, (y // STEP)[:, None], (x % STEP / STEP)[None, :, None], (y % STEP / STEP)[:, None, None]
    upper = node[r, c] * (1 - fx) + node[r, c + 1] * fx
    lower = node[r + 1, c] * (1 - fx) + node[r + 1, c + 1] * fx
    places = (upper * (1 - fy) + lower * fy).astype(np.float32)
    picture = np.asarray(cv2.remap(source, places[..., 0], places[..., 1], cv2.INTER_LINEAR), np.uint8)
    picture[(outside[:-1, :-1] | outside[1:, :-1] | outside[:-1, 1:] | outside[1:, 1:])[r, c]] = 0
    disc = np.hypot((x + 0.5) / mesh.width - 0.5, ((y + 0.5) / mesh.height - 0.5)[:, None]) <= 0.5
    return picture, disc if mesh.round else np.ones_like(disc)


def draw(source: Image, view: View, lens: Lens, mount: Mount, roll: float = 0.0) -> Image:
    """One view of the source."""
    out = np.zeros((view.height, view.width, 3), np.uint8)
    for mesh in meshes(view, lens, mount, roll):
        picture, drawn = warp(source, mesh)
        out[mesh.y : mesh.y + mesh.height, mesh.x : mesh.x + mesh.width][drawn] = picture[drawn]
    return out


def sheet(source: Image, lens: Lens, mount: Mount, roll: float = 0.0) -> Image:
    """All views of a mount, four in a row, each with its number and name."""
    cells = []
    for row in available(mount):
        view = Arrangement(mount, quad_eye=True, fov=lens.fov).view(row.index, SIZES.get(row.kind, (1280, 960)))
        shrink = min(CELL[0] / view.width, CELL[1] / view.height)
        small = cv2.resize(draw(source, view, lens, mount, roll), None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)
        cell = np.full((CELL[1] + 30, CELL[0] + 10, 3), 48, np.uint8)
        cv2.putText(cell, f"{row.index} {row.name}", (5, 18), cv2.FONT_HERSHEY_SIMPLEX, 0.5, (240, 240, 240), 1, cv2.LINE_AA)
        cell[25 : 25 + small.shape[0], 5 : 5 + small.shape[1]] = small
        cells.append(cell)
    cells += [np.full_like(cells[0], 48)] * (-len(cells) % 4)
    return np.vstack([np.hstack(cells[i : i + 4]) for i in range(0, len(cells), 4)])


def main() -> None:
    """Write one sheet a mount into the folder."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--picture", help="a fisheye picture instead of the compass room")
    parser.add_argument("--mount", type=Mount, choices=list(Mount), help="only this mount")
    parser.add_argument("--lens", default="equidistant")
    parser.add_argument("--fov", type=float, default=DEFAULT_FOV)
    parser.add_argument("--circle", type=Circle.parse, help="CX,CY,R; default: the largest centred circle")
    parser.add_argument("--roll", type=float, default=0.0)
    asked = parser.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    for mount in [asked.mount] if asked.mount else Mount:
        if asked.picture:
            found = cv2.imread(asked.picture)
            if found is None:
                raise SystemExit(f"{asked.picture}: not a picture that OpenCV can read")
            source = np.asarray(cv2.cvtColor(found, cv2.COLOR_BGR2RGB), np.uint8)
            lens = Lens.parse(asked.lens, asked.fov, asked.circle or default_lens((source.shape[1], source.shape[0])).circle)
        else:
            source, lens = compass_room(mount)
        drawn = cv2.cvtColor(sheet(source, lens, mount, asked.roll), cv2.COLOR_RGB2BGR)
        cv2.imwrite(str(asked.folder / f"views-{mount}.jpg"), drawn, [cv2.IMWRITE_JPEG_QUALITY, 72])


if __name__ == "__main__":
    main()

"""Draw the pictures of the README: the simulated room as the camera shows it, through the real lens, warp and encoder planes.

``scripts/draw_readme.py docs/images`` writes readme-quad.jpg, readme-overview.jpg and readme-panorama.jpg. The same time gives the same
pictures on every machine.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from panocam.imaging.pyramid import Pyramid
from panocam.imaging.warp import warp
from panocam.media.planes import Planes
from panocam.optics.meshing import meshes
from panocam.optics.mount import Mount
from panocam.optics.pose import Pose
from panocam.optics.view import Arrangement
from panocam.scene import Scene, open_scene

MOMENT = 39.0
"""Seconds into the life of the room at which somebody is in each of the four areas."""

POSES = (Pose(8, -34, 86), Pose(90, -34, 84), Pose(-172, -36, 84), Pose(-88, -38, 80))
"""Where the four view areas look in the quad view: north wall and door, window and table, sofa, counter."""

LARGEST = 180_000
"""Bytes of a picture in a README; quality goes down until it fits."""


@dataclass(frozen=True)
class Shot:
    """One picture: ``view`` 0..11 drawn at ``size`` and shrunk to ``width`` pixels."""

    name: str
    view: int
    size: tuple[int, int]
    width: int


SHOTS = (
    Shot("readme-quad", 3, (1920, 1440), 1200),
    Shot("readme-overview", 0, (1920, 1920), 800),
    Shot("readme-panorama", 1, (2560, 960), 1280),
)


def picture(scene: Scene, source: Pyramid, shot: Shot) -> cv2.typing.MatLike:
    """The view in BGR, at its final size."""
    mount = scene.camera_pose.mount
    view = Arrangement(mount, POSES if mount is Mount.CEILING else (), quad_eye=True, fov=scene.lens.fov).view(shot.view, shot.size)
    out = Planes.blank(*shot.size)
    warp(meshes(view, scene.lens, mount), source, out)
    full = cv2.merge([out.y, *(cv2.resize(c, shot.size, interpolation=cv2.INTER_LINEAR) for c in (out.v, out.u))])
    height = round(shot.width * shot.size[1] / shot.size[0])
    return cv2.cvtColor(cv2.resize(full, (shot.width, height), interpolation=cv2.INTER_AREA), cv2.COLOR_YCrCb2BGR)


def jpeg(image: cv2.typing.MatLike) -> bytes:
    """The best JPEG that is small enough."""
    for quality in _qualities():
        done, data = cv2.imencode(
            ".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality, cv2.IMWRITE_JPEG_PROGRESSIVE, 1, cv2.IMWRITE_JPEG_OPTIMIZE, 1]
        )
        if done and data.size <= LARGEST:
            return np.asarray(data).tobytes()
    raise SystemExit(f"no JPEG of {image.shape[1]}x{image.shape[0]} fits into {LARGEST} bytes; draw it smaller")


def _qualities() -> Iterator[int]:
    yield from range(92, 50, -3)


def main() -> None:
    """Write all pictures into the folder."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--scene", default="room", help="room or yard")
    parser.add_argument("--mount", type=Mount, choices=list(Mount), default=Mount.CEILING)
    parser.add_argument("--time", type=float, default=MOMENT, help="seconds into the life of the scene")
    asked = parser.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    scene = open_scene(asked.scene, asked.mount)
    source = Pyramid(scene.render(asked.time))
    for shot in SHOTS:
        (asked.folder / f"{shot.name}.jpg").write_bytes(jpeg(picture(scene, source, shot)))


if __name__ == "__main__":
    main()

"""Draws the pictures of docs/installation.md: a crooked wall camera's panorama before and after straightening, with the world's grid.

python scripts/draw_horizon.py docs/images
"""

from __future__ import annotations

import sys
from pathlib import Path

import cv2
import numpy as np

from panocam.imaging.pyramid import Pyramid
from panocam.imaging.warp import warp
from panocam.media.planes import Planes
from panocam.optics.horizon import Horizon
from panocam.optics.levelgrid import level_grid
from panocam.optics.meshing import meshes
from panocam.optics.mount import Mount
from panocam.optics.view import Arrangement
from panocam.scene import SceneOptions, open_scene

LEAN, SIZE = 16.0, (1280, 480)


def picture(planes: Planes) -> np.ndarray:
    """Planar 4:2:0 (full range) to BGR."""
    stacked = np.concatenate([plane.reshape(-1) for plane in (planes.y, planes.u, planes.v)])
    return np.asarray(cv2.cvtColor(stacked.reshape(-1, planes.y.shape[1]), cv2.COLOR_YUV2BGR_I420))


def main(folder: Path) -> None:
    """Write the two halves as one picture."""
    scene = open_scene("room", Mount.WALL, 2160, None, SceneOptions(lean=LEAN))
    source = Pyramid(scene.render(10.0))
    halves = []
    for horizon in (Horizon(), Horizon(lean=LEAN)):
        view = Arrangement(Mount.WALL, horizon=horizon, fov=scene.lens.fov).view(1, SIZE)
        out = Planes.blank(*SIZE)
        warp(meshes(view, scene.lens, Mount.WALL), source, out)
        drawn = picture(out)
        for line in level_grid(view, scene.lens, Mount.WALL, LEAN):
            colour = (120, 200, 255) if line.degrees == 0 else (230, 230, 230)
            points = np.round(np.array(line.points) * 16).astype(np.int32)
            if line.degrees == 0 or line.upright:
                cv2.polylines(drawn, [points], False, colour, 2 if line.degrees == 0 else 1, cv2.LINE_AA, 4)
        halves.append(drawn)
    sheet = np.concatenate([halves[0], np.full((12, SIZE[0], 3), 255, np.uint8), halves[1]])
    cv2.imwrite(str(folder / "horizon.jpg"), sheet, [cv2.IMWRITE_JPEG_QUALITY, 82])


if __name__ == "__main__":
    main(Path(sys.argv[1]))

"""What is really there: the answer sheet for detectors, trackers and optical tests."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from panocam.scene.arrays import Array
from panocam.scene.camera import Camera
from panocam.scene.cast import Actor


@dataclass(frozen=True, eq=False)
class TruthObject:
    """One actor at one instant.

    ``position``: x, y, z (m) of the point on the ground under it; ``height`` (m); ``heading``: degrees clockwise from north;
    ``box``: x0, y0, x1, y1 in sensor pixels around it, None if it is out of view; ``rays``: (N, 3) unit world directions from the
    camera to points that enclose it, so that its box in any view is the bounding box of their projections.
    """

    id: int
    kind: str
    position: tuple[float, float, float]
    height: float
    heading: float
    box: tuple[float, float, float, float] | None
    rays: Array


def describe(actor: Actor, camera: Camera, t: float, shutter: float) -> TruthObject:
    """The truth about an actor during the exposure that ends at ``t``."""
    now, before = actor.figure(t), actor.figure(t - shutter)
    points = np.concatenate([now.hull, before.hull]).astype(np.float64)
    rays = points - camera.pose.position
    rays /= np.linalg.norm(rays, axis=1, keepdims=True)
    box = None
    if camera.sees(points).any():
        px, _ = camera.project(points)
        (x0, y0), (x1, y1) = np.clip(px.min(0), 0, camera.size - 1), np.clip(px.max(0), 0, camera.size - 1)
        box = (float(x0), float(y0), float(x1), float(y1))
    heading = float(np.degrees(now.heading) % 360)
    return TruthObject(actor.id, actor.kind, now.position, actor.height, heading, box, rays)

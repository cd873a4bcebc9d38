"""The manual white balance: what a person points at in a view is to be white."""

from __future__ import annotations

import numpy as np

from panocam.errors import InvalidValue, Unavailable
from panocam.imaging.balance import Gains, reference
from panocam.media.planes import Planes
from panocam.optics.aim import view_to_ray
from panocam.optics.lens import Lens
from panocam.optics.mount import camera_from_world
from panocam.pipeline.renderer import Scenery

ROWS = 1000
"""Of the view in which a point is looked up; only its shape matters."""


def white_reference(
    planes: Planes | None, lens: Lens | None, scenery: Scenery, view: int, point: tuple[float, float, float, float]
) -> Gains:
    """The gains that make a patch of a view grey.

    ``planes``: the picture before it is adjusted. ``point``: x and y in the view, 0..1, its width / height, and the patch's radius in
    parts of the image circle's. Raises Unavailable before the first picture, InvalidValue for a place that cannot tell.
    """
    if planes is None or lens is None:
        raise Unavailable("there is no picture yet: see /api/v1/status for the source's state")
    x, y, aspect, part = point
    size = (2 * round(ROWS * aspect / 2), ROWS)
    drawn = scenery.arrangement.view(view, size)
    mount = scenery.arrangement.mount
    ray = view_to_ray(drawn, x * (size[0] - 1), y * (size[1] - 1), lens, mount)
    if ray is None:
        raise InvalidValue("x", f"{x:g},{y:g}", "nothing is seen there; point at something within the picture")
    across, down = lens.project(camera_from_world(mount, scenery.roll) @ ray)
    gains = reference(*_mean(planes, float(across), float(down), max(2.0, part * lens.circle.radius)), planes.color)
    if gains is None:
        raise InvalidValue(
            "x", f"{x:g},{y:g}", "it is too dark or too bright there to tell its colour; point at something grey or white in between"
        )
    return gains


def _mean(planes: Planes, x: float, y: float, radius: float) -> tuple[float, float, float]:
    """Mean Y, U, V of a square around a source pixel."""
    means = []
    for plane, half in ((planes.y, 1), (planes.u, 2), (planes.v, 2)):
        height, width = plane.shape
        column, row, reach = (
            int(np.clip(round(v / half), 0, most - 1)) for v, most in ((x, width), (y, height), (radius, max(width, height)))
        )
        means.append(float(plane[max(0, row - reach) : row + reach + 1, max(0, column - reach) : column + reach + 1].mean()))
    return means[0], means[1], means[2]

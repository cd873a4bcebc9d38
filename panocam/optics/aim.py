"""Between the pixels of a view and directions in the world: what was clicked, and where a thing is seen.

World directions belong to the rolled picture (``mount``), so the roll does not appear here. Something may be seen in several tiles of a
view at once, or in none.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from panocam.optics.lens import Circle, Lens
from panocam.optics.mount import Mount, camera_from_world
from panocam.optics.projection import Overview, surface_rays
from panocam.optics.view import Tile, View

Floats = NDArray[np.float64]

ROUNDING = 1e-6
"""Pixels by which a direction may be found beside where it was seen. On a seam that decides between one tile and the other, and neither."""


def direction(pan: float, tilt: float) -> Floats:
    """Pan and tilt in degrees to a unit world direction ``(3,)``."""
    p, t = math.radians(pan), math.radians(tilt)
    return np.array([math.cos(t) * math.sin(p), math.cos(t) * math.cos(p), math.sin(t)])


def pan_tilt(ray: ArrayLike) -> tuple[float, float]:
    """A world direction ``(3,)`` of any length to pan (-180..180) and tilt in degrees."""
    x, y, z = (float(v) for v in np.asarray(ray, dtype=np.float64))
    return math.degrees(math.atan2(x, y)), math.degrees(math.atan2(z, math.hypot(x, y)))


def view_to_ray(view: View, x: float, y: float, lens: Lens, mount: Mount) -> Floats | None:
    """The unit world direction ``(3,)`` seen at an output pixel; None outside the picture or beyond the lens's field."""
    tile = tile_at(view, x, y)
    if tile is None:
        return None
    ray = tile_rays(tile, np.array([x - tile.x, y - tile.y]), lens, mount)
    return ray if _seen(ray, lens, mount) else None


def ray_to_view(view: View, ray: ArrayLike, lens: Lens, mount: Mount) -> list[tuple[float, float]]:
    """Every output pixel (x, y) where a world direction ``(3,)`` is seen; empty when the lens or the view does not see it."""
    world = np.asarray(ray, dtype=np.float64)
    if not _seen(world, lens, mount):
        return []
    found = []
    for number, tile in enumerate(view.tiles):
        x, y = (float(v) for v in locate(tile, world, lens, mount) + np.array((tile.x, tile.y)))
        if shows(view, number, x, y):
            found.append((x, y))
    return found


def shows(view: View, number: int, x: float, y: float) -> bool:
    """Whether what tile ``number`` has at an output pixel is seen there: on a seam both tiles show it, below another tile none does."""
    above = view.tiles[number + 1 :]
    return _reaches(view.tiles[number], x, y, ROUNDING) and not any(_reaches(tile, x, y, -ROUNDING) for tile in above)


def tile_at(view: View, x: float, y: float) -> Tile | None:
    """The topmost tile under an output pixel, None outside the picture. A pixel reaches half a pixel around its centre."""
    return next((tile for tile in reversed(view.tiles) if _reaches(tile, x, y)), None)


def _reaches(tile: Tile, x: float, y: float, further: float = 0.0) -> bool:
    """Whether an output pixel is in the tile, its edge taken ``further`` pixels out."""
    across, down = (x - tile.x + 0.5) / tile.width, (y - tile.y + 0.5) / tile.height
    out, below = further / tile.width, further / tile.height
    if tile.round:
        return math.hypot(across - 0.5, down - 0.5) <= 0.5 + out
    return -out <= across <= 1 + out and -below <= down <= 1 + below


def tile_rays(tile: Tile, pixels: ArrayLike, lens: Lens, mount: Mount) -> Floats:
    """A tile's own pixels ``(..., 2)`` to unit world directions ``(..., 3)``, whether the lens sees them or not."""
    p = np.asarray(pixels, dtype=np.float64)
    rays: Floats
    if isinstance(tile.projection, Overview):
        rays = _overview(tile, lens).unproject(p) @ camera_from_world(mount)
    else:
        rays = surface_rays(tile.projection, p.reshape(-1, 2), tile.size).reshape(*p.shape[:-1], 3)
    rays /= np.linalg.norm(rays, axis=-1, keepdims=True)
    return rays


def locate(tile: Tile, rays: ArrayLike, lens: Lens, mount: Mount) -> Floats:
    """World directions ``(..., 3)`` to the tile's own pixels ``(..., 2)``, inside its rectangle or not; NaN for what lies behind it."""
    world = np.asarray(rays, dtype=np.float64)
    if isinstance(tile.projection, Overview):
        return _overview(tile, lens).project(world @ camera_from_world(mount).T).astype(np.float64, copy=False)
    return tile.projection.locate(world, tile.size)


def _overview(tile: Tile, lens: Lens) -> Lens:
    """The lens as if it drew the overview itself."""
    width, height = tile.size
    return Lens(lens.model, lens.fov, Circle((width - 1) / 2, (height - 1) / 2, width / 2), lens.coefficients)


def _seen(world: Floats, lens: Lens, mount: Mount) -> bool:
    return bool(lens.theta(camera_from_world(mount) @ world) <= lens.half * (1 + 1e-9))

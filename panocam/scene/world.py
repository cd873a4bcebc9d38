"""What a world is: solids, light, places for the camera, and the points and edges that a test may rely on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from panocam.optics.mount import Mount
from panocam.scene.light import Light
from panocam.scene.solids import Solid

Field = NDArray[np.float32]
Point = tuple[float, float, float]


@dataclass(frozen=True)
class Edge:
    """A straight edge in the world, from ``start`` to ``end`` (metres)."""

    name: str
    start: Point
    end: Point


@dataclass(frozen=True, eq=False)
class World:
    """A static world. ``mirror`` gives the radiance seen in glossy surfaces for (point, direction) pairs (..., 6); ``sky`` the radiance
    of world directions behind everything. ``shutter_s`` is the exposure its light asks for at 0 dB; ``texel`` the shadow grid in metres."""

    name: str
    solids: tuple[Solid, ...]
    light: Light
    places: Mapping[Mount, Point]
    markers: Mapping[str, Point]
    lines: tuple[Edge, ...]
    floor: float = 0.0
    mirror: Callable[[Field], Field] | None = None
    sky: Callable[[Field], Field] | None = None
    texel: float = 0.125
    brightness: float = 1.0
    casts: tuple[object, ...] = field(default=())

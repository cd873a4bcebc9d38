"""What a world is: solids, light, places for the camera, and the points and edges that a test may rely on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from panocam.optics.mount import Mount
from panocam.scene.arrays import Field
from panocam.scene.light import Light
from panocam.scene.solids import Solid

Point = tuple[float, float, float]
Mirror = Callable[[Field], Field]
Between = Callable[[], None]
"""Called between two steps of long work; raises to end it."""


def nothing() -> None:
    """Nobody wants to be asked."""


@dataclass(frozen=True)
class Edge:
    """A straight edge in the world, from ``start`` to ``end`` (metres)."""

    name: str
    start: Point
    end: Point


@dataclass(frozen=True, eq=False)
class World:
    """A static world.

    ``places``: where a camera of each mount hangs. ``mirror`` gives the radiance seen in glossy surfaces for (point, direction) pairs
    (..., 6); ``sky`` the radiance of world directions (..., 3) behind everything. ``texel``: pitch of the shadow grid in metres.
    ``lo..hi`` (x, y) is where actors move, ``pitch`` the grid of the light on them. ``brightness`` scales radiance to a nominal
    exposure of 1/100 s; ``shutter_s`` is the shutter time the world asks for (None: one pulse of the mains). ``maps``: the light maps
    of faces that were drawn once, by their identity.
    """

    name: str
    solids: tuple[Solid, ...]
    light: Light
    places: Mapping[Mount, Point]
    markers: Mapping[str, Point]
    lines: tuple[Edge, ...]
    mirror: Mirror | None = None
    sky: Callable[[Field], Field] | None = None
    texel: float = 0.125
    lo: tuple[float, float] = (-4.0, -3.0)
    hi: tuple[float, float] = (4.0, 3.0)
    pitch: float = 0.5
    brightness: float = 1.0
    shutter_s: float | None = None
    maps: dict[int, Field] = field(default_factory=dict, repr=False)

    @property
    def exposure(self) -> float:
        """Picture brightness of radiance 1 at the world's own shutter time."""
        return self.brightness * (self.shutter_s or 0.01) / 0.01

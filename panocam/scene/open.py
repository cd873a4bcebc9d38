"""Opens a world by its name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import numpy as np

from panocam.errors import InvalidValue
from panocam.optics.lens import Lens, default_lens
from panocam.optics.mount import Mount
from panocam.scene import room, yard
from panocam.scene.actors import ROOM, YARD
from panocam.scene.camera import Camera, CameraPose
from panocam.scene.cast import Actor
from panocam.scene.scene import Scene
from panocam.scene.sensor import SensorSettings
from panocam.scene.world import Point, World

SCENES: Final[Mapping[str, tuple[Callable[[Point, float], World], Mapping[Mount, Point], tuple[Actor, ...]]]] = {
    "room": (room.build, room.PLACES, ROOM),
    "yard": (yard.build, yard.PLACES, YARD),
}
"""Name to how it is built for an eye at a point and a level of detail, where cameras hang, and who moves in it."""

FULL_DETAIL = 2992
SIZES = (160, 8192)


def open_scene(
    name: str,
    mount: Mount | str = Mount.CEILING,
    size: int = 2992,
    lens: Lens | None = None,
    *,
    settings: SensorSettings | None = None,
    mains_hz: float = 50,
    seed: int = 0,
) -> Scene:
    """A simulated camera.

    ``name``: "room" or "yard". ``size``: pixels on a side, even, 160 to 8192. ``lens``: default equidistant, 182 degrees, its circle
    filling the picture. ``settings``: default what the world's light asks for. ``mains_hz``: the lamps' true frequency, 40 to 70.
    Raises InvalidValue, naming what is wrong.
    """
    if name not in SCENES:
        raise InvalidValue("scene", name, f"choose one of {', '.join(SCENES)}")
    if mount not in set(Mount):
        raise InvalidValue("mount", mount, f"choose one of {', '.join(Mount)}")
    if not SIZES[0] <= size <= SIZES[1] or size % 2:
        raise InvalidValue("size", size, f"give an even number of pixels from {SIZES[0]} to {SIZES[1]}")
    if not 40 <= mains_hz <= 70:
        raise InvalidValue("mains_hz", mains_hz, "give 40 to 70 hertz")
    build, places, actors = SCENES[name]
    eye = places[Mount(mount)]
    world = build(eye, float(np.clip(size / FULL_DETAIL, 0.25, 1.6)))
    camera = Camera(CameraPose(np.array(eye), Mount(mount)), lens or default_lens((size, size)), size)
    return Scene(world, camera, actors, settings or SensorSettings(shutter_s=world.shutter_s), mains_hz, seed)

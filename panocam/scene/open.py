"""Opens a world by its name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from panocam.errors import InvalidValue
from panocam.optics.lens import Lens, default_lens
from panocam.optics.mount import Mount
from panocam.scene import room, yard
from panocam.scene.actors import ROOM, YARD
from panocam.scene.camera import Camera, CameraPose
from panocam.scene.cast import Actor
from panocam.scene.hours import PROGRAMS
from panocam.scene.scene import Scene
from panocam.scene.settings import SensorOptions, SensorSettings
from panocam.scene.world import Between, Point, World, nothing

SCENES: Final[Mapping[str, tuple[Callable[[Point, float, Between], World], Mapping[Mount, Point], tuple[Actor, ...]]]] = {
    "room": (room.build, room.PLACES, ROOM),
    "yard": (yard.build, yard.PLACES, YARD),
}
"""Name to how it is built for an eye at a point and a level of detail (calling what it is given between parts), where cameras hang, and
who moves in it."""

FULL_DETAIL = 2992
SIZES = (160, 8192)
MOST_LEAN = 45.0


@dataclass(frozen=True)
class SceneOptions:
    """How a scene is opened. Raises InvalidValue.

    ``settings``: the sensor's, None = what the world's light asks for. ``mains_hz``: the lamps' true frequency, 40 to 70.
    ``seed``: of the noise. ``coarse``: be quick, with a soft first picture that ``Scene.refine`` makes sharp.
    ``lean``: how many degrees the camera hangs crookedly, see ``CameraPose``. ``light``: how the light changes by itself, a name of
    ``hours.PROGRAMS``; who renders applies it (``Scene.begin``). ``between`` is called again and again while the scene is built; what it
    raises ends that.
    """

    settings: SensorSettings | None = None
    mains_hz: float = 50.0
    seed: int = 0
    coarse: bool = False
    lean: float = 0.0
    light: str = "steady"
    between: Between = nothing

    def __post_init__(self) -> None:
        if not 40 <= self.mains_hz <= 70:
            raise InvalidValue("mains_hz", self.mains_hz, "give 40 to 70 hertz")
        if not -MOST_LEAN <= self.lean <= MOST_LEAN:
            raise InvalidValue("lean", self.lean, f"give -{MOST_LEAN:g} to {MOST_LEAN:g} degrees")
        if self.light not in PROGRAMS:
            raise InvalidValue("light", self.light, f"choose one of {', '.join(PROGRAMS)}")


_WORLDS: dict[tuple[str, Point, float], World] = {}
"""The newest ones: several cameras may hang in one."""

MOST_WORLDS = 4


def _world(name: str, eye: Point, detail: float, between: Between) -> World:
    key = (name, eye, detail)
    world = _WORLDS.pop(key, None) or SCENES[name][0](eye, detail, between)
    _WORLDS[key] = world
    for oldest in list(_WORLDS)[:-MOST_WORLDS]:
        _WORLDS.pop(oldest, None)
    return world


def open_scene(
    name: str, mount: Mount | str = Mount.CEILING, size: int = 2992, lens: Lens | None = None, options: SceneOptions | None = None
) -> Scene:
    """A simulated camera.

    ``name``: "room" or "yard". ``size``: pixels on a side, even, 160 to 8192. ``lens``: default equidistant, 182 degrees, its circle
    filling the picture. Raises InvalidValue, naming what is wrong.
    """
    if name not in SCENES:
        raise InvalidValue("scene", name, f"choose one of {', '.join(SCENES)}")
    if mount not in set(Mount):
        raise InvalidValue("mount", mount, f"choose one of {', '.join(Mount)}")
    if not SIZES[0] <= size <= SIZES[1] or size % 2:
        raise InvalidValue("size", size, f"give an even number of pixels from {SIZES[0]} to {SIZES[1]}")
    how = options or SceneOptions()
    _, places, actors = SCENES[name]
    eye = places[Mount(mount)]
    world = _world(name, eye, float(np.clip(size / FULL_DETAIL, 0.25, 1.6)), how.between)
    camera = Camera(CameraPose(np.array(eye), Mount(mount), how.lean), lens or default_lens((size, size)), size)
    settings = how.settings or SensorSettings(shutter_s=world.shutter_s)
    return Scene(world, camera, actors, SensorOptions(settings, world.brightness, how.mains_hz, how.seed), how.coarse, how.between)

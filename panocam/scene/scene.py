"""A simulated camera in a simulated world: pictures and the truth about them at any time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from panocam.media.planes import JPEG_COLOR, Planes
from panocam.scene.camera import Camera, CameraPose
from panocam.scene.cast import BLUR_PX, Actor, Cast
from panocam.scene.lamp import LampField
from panocam.scene.raster import Raster
from panocam.scene.sensor import Sensor, SensorSettings
from panocam.scene.shadow import casters
from panocam.scene.world import Edge, Point, World

Field = NDArray[np.float32]


class Scene:
    def __init__(self, world: World, camera: Camera, actors: Sequence[Actor], settings: SensorSettings, mains_hz: float, seed: int) -> None:
        self.world, self.camera, self.actors = world, camera, tuple(actors)
        raster = Raster(camera, world.light, world.mirror, world.texel)
        r = np.hypot(*np.moveaxis(camera.node_px - [camera.lens.circle.cx, camera.lens.circle.cy], -1, 0)) / camera.lens.circle.radius
        fall = np.clip(1 - 0.34 * r**4, 0.3, 1).astype(np.float32)
        glare = np.zeros((*fall.shape, 3), np.float32)
        self._still = raster.draw(world.solids, None if world.sky is None else world.sky(camera.rays), glare, fall)
        self.sensor = Sensor(self._still, settings, brightness=world.brightness, mains_hz=mains_hz, seed=seed)
        lamps = LampField(world.light, (-4, -3), (4, 3), 0.5)
        self._cast = Cast(camera, self._still, lamps, casters(world.light), 0.25, camera.step)

    def render(self, t, out=None):
        n = self.camera.size
        planes = Planes.blank(n, n, JPEG_COLOR) if out is None else out
        self.sensor.still_picture(t, planes)
        shutter = self.sensor.settings.shutter
        figures = []
        for actor in self.actors:
            now = actor.figure(t)
            figures.append((actor, now))
            self._cast.cast_shadow(planes, now, 1.7)
        eye = self.camera.pose.position
        figures.sort(key=lambda f: -np.linalg.norm(np.array(f[1].position) + [0, 0, 0.9] - eye))
        for actor, now in figures:
            d = np.linalg.norm(np.array(now.position) + [0, 0, 0.9] - eye)
            speed = getattr(actor, "speed", 0.0)
            blur = speed * 1.6 * shutter * self.camera.lens.focal / max(d, 0.5)
            count = int(np.clip(np.ceil(blur / BLUR_PX), 1, 4))
            subs = [now] if count == 1 else [actor.figure(t - shutter * (j + 0.5) / count) for j in range(count)]
            patch = self._cast.patch(subs)
            if patch is not None:
                self._cast.draw(planes, patch, self.sensor.table, lambda rows: self.sensor.mains_level(t, rows))
        self.sensor.add_noise(t, planes)
        return planes

"""A simulated camera in a simulated world: pictures, and the truth about them, at any time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from panocam.media.planes import JPEG_COLOR, Planes
from panocam.optics.lens import Lens
from panocam.scene.bodies import Bodies
from panocam.scene.camera import Camera, CameraPose
from panocam.scene.cast import Actor, Cast, Exposed
from panocam.scene.figure import Figure
from panocam.scene.lamp import LampField
from panocam.scene.raster import Raster
from panocam.scene.sensor import Sensor
from panocam.scene.settings import Lighting, SensorOptions, SensorSettings
from panocam.scene.still import Still, glare
from panocam.scene.truth import TruthObject, describe
from panocam.scene.world import Between, Edge, Point, World, nothing

COARSE = 4
"""The first picture of a scene has this many times fewer pixels on a side; stray light is computed on it as well."""


class Refining:
    """A sharp still picture in the making. ``make`` is called when the work begins."""

    def __init__(self, make: Callable[[], Raster], size: int) -> None:
        self._make, self.still = make, Still.blank(size)
        self._raster: Raster | None = None
        self._left: list[tuple[int, int]] = []

    def step(self, tiles: int) -> bool:
        """Paint some tiles. False when none is left."""
        if self._raster is None:
            self._raster = self._make()
            self._left = self._raster.tiles()[::-1]
            return True
        for _ in range(min(tiles, len(self._left))):
            self._raster.paint(self.still, self._left.pop())
        return bool(self._left)

    def finished(self) -> Still:
        """Paint all of it."""
        while self.step(64):
            pass
        return self.still


class Scene:
    """A world seen by one camera. Everything is a function of (seed, time): the same time gives the same picture."""

    def __init__(
        self, world: World, camera: Camera, actors: Sequence[Actor], sensor: SensorOptions, coarse: bool = False, between: Between = nothing
    ) -> None:
        """``coarse``: begin with a picture of a quarter of the resolution; ``refine`` makes it sharp. Asks ``between`` steps."""
        self._world, self._camera = world, camera
        parked = [a for a in actors if a.kind == "vehicle" and a.speed == 0]
        self._parked = tuple(parked)
        self._moving = tuple(a for a in actors if a not in parked)
        self._bodies = Bodies(camera, LampField(world.light, world.lo, world.hi, world.pitch))
        small = camera.reduced(COARSE)
        between()
        first = Raster(world, small).draw(between)
        veil = glare(first, 1 / world.exposure)
        sharp = Refining(lambda: Raster(world, camera, veil), camera.size)
        self._refining = sharp if coarse else None
        self._still = first.veiled(veil).enlarged(camera.size) if coarse else sharp.finished()
        between()
        self._settle()
        self._sensor = Sensor(self._still, sensor)

    def _settle(self) -> None:
        """What stands still for ever is drawn into the still picture."""
        self._cast = Cast(self._camera, self._still, self._world.light)
        for figure in (a.figure(0.0) for a in self._by_distance(self._parked, 0.0)):
            self._cast.settle(figure, self._bodies.patches([[figure]], finest=True)[0])

    def refine(self, tiles: int = 8) -> bool:
        """Work on the sharp picture (``tiles`` squares of 128 pixels) and change to it when it is complete. False: nothing is left to do.

        Only scenes opened ``coarse`` have anything to do; between two pictures is the time to call it."""
        if self._refining is None:
            return False
        if not self._refining.step(tiles):
            self._still, self._refining = self._refining.still, None
            self._settle()
            self._sensor.still = self._still
        return self._refining is not None

    @property
    def settings(self) -> SensorSettings:
        """The sensor's settings; assigning them acts on the next picture."""
        return self._sensor.settings

    @settings.setter
    def settings(self, new: SensorSettings) -> None:
        if new != self._sensor.settings:
            self._sensor.settings = new

    @property
    def lighting(self) -> Lighting:
        """How bright the world is lit; assigning acts on the next picture."""
        return self._sensor.light

    @lighting.setter
    def lighting(self, new: Lighting) -> None:
        if new != self._sensor.light:
            self._sensor.expose(self._sensor.settings, new)

    def begin(self, settings: SensorSettings, lighting: Lighting) -> None:
        """Change both, but a little at a time: ``advance`` does the work, and the picture stays as it is until it is done."""
        self._sensor.begin(settings, lighting)

    def advance(self, steps: int) -> bool:
        """Some steps (1 to 3 ms each at full size) of what ``begin`` began. False: nothing is left, the change has happened."""
        return self._sensor.advance(steps)

    @property
    def size(self) -> int:
        """Pixels on a side of the square picture."""
        return self._camera.size

    @property
    def lens(self) -> Lens:
        """The true lens."""
        return self._camera.lens

    @property
    def camera_pose(self) -> CameraPose:
        """Where the camera is and how it is mounted."""
        return self._camera.pose

    @property
    def markers(self) -> Mapping[str, Point]:
        """Middles of calibration targets, in metres."""
        return self._world.markers

    @property
    def lines(self) -> tuple[Edge, ...]:
        """Straight edges of the world."""
        return self._world.lines

    def project(self, points: object) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """World points (..., 3) to sensor pixels (..., 2) and distances (...)."""
        return self._camera.project(np.asarray(points, np.float64))

    def truth(self, t: float) -> list[TruthObject]:
        """All actors at ``t`` seconds, parked ones too, by id."""
        shutter = self._sensor.settings.shutter
        return [describe(a, self._camera, t, shutter) for a in sorted((*self._moving, *self._parked), key=lambda a: a.id)]

    @property
    def moving(self) -> tuple[Actor, ...]:
        """The actors that are drawn anew in every picture; parked ones belong to the still world."""
        return self._moving

    def depth_at(self, pixel: Sequence[float]) -> float:
        """Distance in metres of the still world at a sensor pixel (x, y); 0 outside the image circle."""
        x, y = (int(np.clip(round(v), 0, self.size - 1)) for v in pixel)
        return float(self._still.depth[y, x]) / 1000

    def render(self, t: float, out: Planes | None = None) -> Planes:
        """The picture whose exposure ends at ``t`` seconds, into ``out`` if given (same size, planar 4:2:0), else into new memory."""
        return self.render_only(t, self._moving, out)

    def render_only(self, t: float, actors: Sequence[Actor], out: Planes | None = None) -> Planes:
        """As ``render``, with these moving actors alone."""
        planes = Planes.blank(self.size, self.size, JPEG_COLOR) if out is None else out
        grain = self._sensor.grain(t)
        self._sensor.noisy_still(t, grain, planes)
        exposed = Exposed(self._sensor.table, lambda rows: self._sensor.mains_level(t, rows), grain, self._sensor.merged)
        figures = [(a, a.figure(t)) for a in self._by_distance(actors, t)]
        for _, now in figures:
            self._cast.cast_shadow(planes, now)
        for patch in self._bodies.patches([self._exposures(actor, now, t) for actor, now in figures]):
            if patch is not None:
                self._cast.draw(planes, patch, exposed)
        return planes

    def _by_distance(self, actors: Sequence[Actor], t: float) -> list[Actor]:
        """Farthest first."""
        x, y, z = self._camera.pose.position

        def distance(a: Actor) -> float:
            ax, ay, _ = a.place(t)
            return -float((ax - x) ** 2 + (ay - y) ** 2 + (z - a.height / 2) ** 2)

        return sorted(actors, key=distance)

    def _exposures(self, actor: Actor, now: Figure, t: float) -> list[Figure]:
        """The figure at moments within the exposure: one for each half block of pixels that it moves meanwhile, from a whole one on."""
        shutter = self._sensor.settings.shutter
        x, y, _ = now.position
        gap = np.linalg.norm(np.array([x, y, actor.height / 2]) - self._camera.pose.position)
        moved = actor.speed * 1.6 * shutter * self._camera.lens.focal / max(float(gap), 0.5)
        step = self._camera.step
        count = 1 if moved < step else min(8, int(np.ceil(2 * moved / step)))
        return [now] if count == 1 else [actor.figure(t - shutter * (j + 0.5) / count) for j in range(count)]

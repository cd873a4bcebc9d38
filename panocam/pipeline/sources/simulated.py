"""The simulated world as a source (``sim:room``, ``sim:yard``): the scene says what a sensor sees at a time, the clock says when."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from math import inf

from panocam.clock import NS
from panocam.codecs.picture import PicturePool
from panocam.media.frame import RawFrame
from panocam.media.planes import JPEG_COLOR, Planes
from panocam.media.stamps import Stage, Stamps
from panocam.optics.lens import Circle, default_lens
from panocam.pipeline.pacing import Pacer
from panocam.pipeline.sources.address import Simulated, world_of
from panocam.pipeline.sources.base import SourceOptions
from panocam.pipeline.sources.controls import SourceControls
from panocam.pipeline.sources.held import HeldRate
from panocam.pipeline.sources.simulated_sensor import SensorControls
from panocam.scene import Lighting, SceneOptions, open_scene
from panocam.scene.hours import PROGRAMS

log = logging.getLogger(__name__)

DEFAULT_FPS = 25.0

TRIALS_S = (0.0, 5.0, 11.0, 17.0)
"""Moments of the world that are rendered when it is opened, to see how long that takes here."""

REFINED_AT_ONCE = 8
"""Squares of the sharp picture that are worked out between two pictures, some ten milliseconds."""

DEVELOPING = 0.3
"""Part of a picture's time that is spent on another exposure while there is one to be worked out."""


class SimulatedSource:
    """Renders at the wanted rate, or at what one core is seen to hold if that is less; the world goes on at its own pace.

    When paced, the first pictures are soft: the scene is shown at once and made sharp between pictures.
    """

    def __init__(self, world: Simulated, options: SourceOptions) -> None:
        side = min(options.sensor)
        lens = options.lens or default_lens((side, side))
        self._name = world.name
        self._check_wanted = options.check_wanted
        how = SceneOptions(coarse=options.paced, lean=world.lean, light=world.light, between=options.check_wanted)
        self._scene = open_scene(world.name, options.mount, side, lens, how)
        self._hours = PROGRAMS[world.light]
        self._sensor = SensorControls(self._scene, options.clock)
        self.controls: SourceControls | None = self._sensor
        self._clock = options.clock
        self._pacer = Pacer(options.clock, slips=False)
        self._pool = PicturePool(side, side, JPEG_COLOR)
        self.circle: Circle | None = lens.circle
        self.size = (side, side)
        self._wanted, self._paced = options.fps or DEFAULT_FPS, options.paced
        self._rate = HeldRate(self._wanted, self._trial() if options.paced else [0.0])
        self._settle()
        self.corrupt = 0

    def close(self) -> None:
        self._pacer.close()

    def rest(self, resting: bool) -> None:
        self._pacer.rest(resting)

    def _trial(self) -> list[float]:
        """Seconds that some pictures take; the first one, which finds nothing prepared, does not count."""
        return [self._tried(t) for t in TRIALS_S][1:]

    def _tried(self, t: float) -> float:
        self._check_wanted()
        return self._timed(t, self._pool.take())

    def _timed(self, t: float, planes: Planes) -> float:
        began = self._clock.monotonic_ns()
        self._scene.render(t, planes)
        return (self._clock.monotonic_ns() - began) / NS

    def _settle(self) -> None:
        """Take over what the rate has become."""
        self.fps, self.held_fps = self._rate.fps, self._rate.held
        if self._rate.is_news():
            log.info("sim:%s is rendered at %g of %g pictures a second, which this machine holds", self._name, self.fps, self._wanted)

    def frames(self) -> Iterator[RawFrame]:
        due = 0.0
        while (late := self._due(round(due))) is not None:
            interval = NS / self.fps
            due += int(late / interval) * interval  # moments that would come too late are left out
            pts = round(due)
            stamps = Stamps().at(Stage.CAPTURE, self._clock.monotonic_ns())
            planes = self._pool.take()
            took = self._timed(pts / NS, planes)
            yield RawFrame(planes, pts, self._clock.wall_ns(), stamps.at(Stage.DECODE, self._clock.monotonic_ns()), ours=True)
            self._work(self._hours(pts / NS))
            while self._pacer.resting and not self._pacer.closed and self._work(self._hours(pts / NS)):
                pass  # between two pictures there is a whole second, in which nobody must wait longer than for one piece of work
            due += interval
            if self._paced and self._rate.took(took):
                self._settle()

    def _work(self, light: Lighting) -> bool:
        """A piece of what is to be done between two pictures. False: nothing is left."""
        refining = self._scene.refine(REFINED_AT_ONCE)
        return refining or self._sensor.work(light, DEVELOPING / self.fps if self._paced else inf)

    def _due(self, pts_ns: int) -> int | None:
        """Wait for the moment; returns how late we are in ns, None if closed."""
        if self._paced:
            return self._pacer.wait(pts_ns)
        return None if self._pacer.closed else 0


def open_simulated(uri: str, options: SourceOptions) -> SimulatedSource:
    """Raises InvalidValue naming what is wrong with the address (``world_of``)."""
    return SimulatedSource(world_of(uri), options)

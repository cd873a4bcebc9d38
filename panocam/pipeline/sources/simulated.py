"""The simulated world as a source (``sim:room``, ``sim:yard``): the scene says what a sensor sees at a time, the clock says when."""

from __future__ import annotations

import logging
from collections.abc import Iterator

from panocam.clock import NS
from panocam.codecs.picture import PicturePool
from panocam.media.frame import RawFrame
from panocam.media.planes import JPEG_COLOR
from panocam.media.stamps import Stage, Stamps
from panocam.optics.lens import Circle, default_lens
from panocam.pipeline.pacing import Pacer
from panocam.pipeline.sources.address import world_of
from panocam.pipeline.sources.base import SourceOptions
from panocam.pipeline.sources.controls import SourceControls
from panocam.pipeline.sources.simulated_sensor import SensorControls
from panocam.scene import SceneOptions, open_scene

log = logging.getLogger(__name__)

DEFAULT_FPS = 25.0

SETTLED_S, FEW = 10, 0.1
"""After so many seconds it is said, once, when more than this part of the pictures came too late."""

REFINED_AT_ONCE = 8
"""Squares of the sharp picture that are worked out between two pictures, some ten milliseconds."""

DEVELOPED_AT_ONCE = 3
"""Steps of another exposure that are worked out between two pictures, together some eight milliseconds at 2992 pixels."""

ALL = 1000


class SimulatedSource:
    """Renders at ``fps``, or at what one core holds if that is less; moments that come too late are left out, and the world goes on.

    When paced, the first pictures are soft: the scene is shown at once and made sharp between pictures.
    """

    def __init__(self, name: str, options: SourceOptions, lean: float = 0.0) -> None:
        side = min(options.sensor)
        lens = options.lens or default_lens((side, side))
        self._name = name
        self._scene = open_scene(name, options.mount, side, lens, SceneOptions(coarse=options.paced, lean=lean))
        self._sensor = SensorControls(self._scene, DEVELOPED_AT_ONCE if options.paced else ALL)
        self.controls: SourceControls | None = self._sensor
        self._clock = options.clock
        self._pacer = Pacer(options.clock)
        self._pool = PicturePool(side, side, JPEG_COLOR)
        self.circle: Circle | None = lens.circle
        self.size = (side, side)
        wanted = options.fps or DEFAULT_FPS
        self.held_fps = self._scene.suggested_fps
        self.fps = min(wanted, self.held_fps) if options.paced else wanted
        if self.fps < wanted:
            log.info("sim:%s at %d pixels is rendered at %g of %g pictures a second, which one core holds", name, side, self.fps, wanted)
        self.corrupt = 0

    def close(self) -> None:
        self._pacer.close()

    def frames(self) -> Iterator[RawFrame]:
        interval = NS / self.fps
        count = missed = 0
        said = False
        while (late := self._pacer.wait(round(count * interval))) is not None:
            too_late = int(late / interval)
            count += too_late
            missed += too_late
            if not said and count > SETTLED_S * self.fps and missed > FEW * count:
                said = True
                log.warning(
                    "sim:%s: this machine renders %.0f of %g pictures a second", self._name, self.fps * (1 - missed / count), self.fps
                )
            pts = round(count * interval)
            stamps = Stamps().at(Stage.CAPTURE, self._clock.monotonic_ns())
            planes = self._pool.take()
            self._scene.render(pts / NS, planes)
            yield RawFrame(planes, pts, self._clock.wall_ns(), stamps.at(Stage.DECODE, self._clock.monotonic_ns()))
            if not self._scene.refine(REFINED_AT_ONCE):
                self._sensor.work()
            count += 1


def open_simulated(uri: str, options: SourceOptions) -> SimulatedSource:
    """Raises InvalidValue naming what is wrong with the address (``world_of``)."""
    name, lean = world_of(uri)
    return SimulatedSource(name, options, lean)

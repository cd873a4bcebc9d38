"""What it costs that a view moves: the same picture drawn just after a move and once more without one.

Each pose of a head that travels at full speed is drawn twice, so both draw the same pixels: the first time the mesh of the view is computed
anew, the second time it is there already. Both find the caches as a camera's next picture does: each picture of the source lies in memory
of its own, and each one drawn goes through an encoder before the next. (Without that, the second finds the pixels of the first in the
cache, and a move seems to cost a fifth at 1280x960 with no mesh at all.) ``with H.264`` adds what every frame costs anyway. Processor time
of this thread; ratios of medians. A move command is seen by the first picture that is drawn after it, which the last row counts.
"""

from __future__ import annotations

import time
from itertools import cycle
from statistics import median
from typing import Any

from panocam.clock import NS, ManualClock
from panocam.codecs.encoder import open_encoder
from panocam.imaging.privacy import PrivacyMask
from panocam.imaging.pyramid import Pyramid
from panocam.media.codec import Codec, EncoderProfile
from panocam.media.frame import RawFrame
from panocam.media.planes import Planes
from panocam.optics.lens import default_lens
from panocam.optics.meshing import tile_mesh
from panocam.optics.mount import Mount
from panocam.optics.pose import Pose, limits
from panocam.optics.view import Arrangement
from panocam.pipeline.heads import PtzHead
from panocam.pipeline.renderer import Renderer, Scenery
from panocam.pipeline.shot import Shot
from panocam.scene import open_scene

SENSOR = (2992, 2992)
SIZES = ((1920, 1440), (1280, 960))
FRAMES = 120
FPS = 25
MEMORIES = 6
"""Pictures of the source in turn, 13 MB each: more than a processor's cache holds."""


class Tour:
    """A head that travels to and fro, and a renderer that follows it."""

    def __init__(self, planes: Planes, size: tuple[int, int]) -> None:
        self.clock = ManualClock()
        whole = limits(Mount.CEILING)
        self.head = PtzHead(Pose(-60, -60, 90), whole, self.clock)
        self.others = (Pose(90, -37), Pose(180, -37), Pose(-90, -37))
        self.renderer = Renderer(4, size, self._scenery)
        self.out = Planes.blank(*size)
        copies = [Planes(planes.y.copy(), planes.u.copy(), planes.v.copy(), planes.color) for _ in range(MEMORIES)]
        self._pictures = cycle([(copy, Pyramid(copy)) for copy in copies])
        self._lens = default_lens(SENSOR)
        self._there = False

    def _scenery(self, _t_ns: int) -> Scenery:
        """By our clock: a picture's own moment goes by the real one."""
        return Scenery(Arrangement(Mount.CEILING, (self.head.at(self.clock.monotonic_ns()), *self.others)))

    def step(self) -> None:
        """One picture's time passes; at the end of the way the head turns round."""
        self.clock.advance(1 / FPS)
        if not self.head.moving:
            self._there = not self._there
            self.head.travel(Pose(60, -20, 60) if self._there else Pose(-60, -60, 90), 30)
            self.clock.advance(1 / FPS)

    def draw(self) -> float:
        """Milliseconds of this thread for the picture of the moment."""
        now = self.clock.monotonic_ns()
        planes, pyramid = next(self._pictures)
        shot = Shot(PrivacyMask().apply(RawFrame(planes, now, now)), pyramid, self._lens)
        before = time.thread_time_ns()
        self.renderer.draw(shot, self.out)
        return (time.thread_time_ns() - before) / 1e6


def measure(planes: Planes, size: tuple[int, int]) -> dict[str, Any]:
    """One size."""
    tour = Tour(planes, size)
    encoders = [open_encoder(EncoderProfile(Codec.H264, *size), FPS, planes.color) for _ in range(2)]
    mask = PrivacyMask()
    times: tuple[list[float], list[float]] = ([], [])
    coding = []
    for number in range(FRAMES):
        tour.step()
        tile_mesh.cache_clear()  # the head comes by again, and must not find its old meshes
        for encoder, drawing in zip(encoders, times, strict=True):
            drawing.append(tour.draw())
            if tile_mesh.cache_info().misses != 1:
                raise AssertionError("a mesh is computed for every picture that moved, and for no other")
            frame = mask.apply(RawFrame(tour.out, number * NS // FPS, number))
            before = time.process_time_ns()
            encoder.encode(frame)
            coding.append((time.process_time_ns() - before) / 1e6)
    for encoder in encoders:
        encoder.close()
    moving, still = times
    a, b, c = median(moving), median(still), median(coding)
    return {
        "benchmark": "ptz",
        "size": f"{size[0]}x{size[1]}",
        "still ms": b,
        "moving ms": a,
        "moving / still": a / b,
        "with H.264 moving / still": (a + c) / (b + c),
    }


def pictures_until_seen(planes: Planes) -> int:
    """How many pictures are drawn after a command until one shows it."""
    tour = Tour(planes, SIZES[-1])
    tour.draw()
    before = tour.out.y.copy()
    tour.head.set_pose(Pose(10, -50, 60))
    for count in range(1, 10):
        tour.clock.advance(1 / FPS)
        tour.draw()
        if (tour.out.y != before).any():
            return count
    raise AssertionError("the command is never seen")


def run() -> dict[str, Any]:
    """Rows, and how soon a command is seen."""
    planes = open_scene("room", Mount.CEILING, SENSOR[0], default_lens(SENSOR)).render(1.0)
    return {"rows": [measure(planes, size) for size in SIZES], "pictures until a command is seen": pictures_until_seen(planes)}

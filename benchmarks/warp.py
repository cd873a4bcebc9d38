"""The warp against FFmpeg's ``v360`` and OpenCV's ``remap``: speed, likeness to the truth, and the price of moving a view.

All get the same planar 4:2:0 picture of 2992x2992 and write all three planes, bilinear, in this process. Runs take turns; rounds in which
other programs took much of the machine are thrown away (the more disturbed half of them); ratios are medians of the ratios within
a round, once of the time on the clock and once of the processor time, which a busy machine disturbs less. Setting up (maps, meshes,
filter graphs) is not counted but in the rows about moving the view.

The truth is a sum of waves, equally strong in every octave up to 0.35 cycles a pixel, so the picture can be computed anywhere: a source
pixel is its mean over the pixel, a true output pixel the mean of 8x8 places in it. ``v360`` spreads the field over one pixel less than the
picture is wide, so it is judged by a circle half a pixel smaller.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
from av.filter import Graph

from panocam.imaging.kernel import kernel_name
from panocam.imaging.pyramid import Pyramid
from panocam.imaging.warp import warp
from panocam.media.planes import Planes
from panocam.optics.aim import tile_rays
from panocam.optics.lens import Lens, default_lens
from panocam.optics.meshing import tile_mesh
from panocam.optics.mount import Mount, camera_from_world
from panocam.optics.pose import Pose
from panocam.optics.projection import Cylinder, Perspective
from panocam.optics.view import Tile

SOURCE = (2992, 2992)
LENS = default_lens(SOURCE)
MOUNT = Mount.WALL
ROUNDS = 14
CHANGES = 3
PROBES = 10_000
"""Output pixels at which pictures are compared with the truth."""

HEIGHT = 2160 / (3840 / np.pi)
"""Of the cylinder of radius 1 that a 3840x2160 picture of half of it shows."""


@dataclass(frozen=True)
class Job:
    """A view in our words and in ``v360``'s."""

    name: str
    tile: Tile
    v360: str


JOBS = (
    Job(
        "1920x1440, 90° plane",
        Tile(0, 0, 1920, 1440, Perspective(Pose(25, -20, 90))),
        "flat:h_fov=90:v_fov=73.739795:yaw=25:pitch=-20",
    ),
    Job(
        "3840x2160, 180° cylinder",
        Tile(0, 0, 3840, 2160, Cylinder(0, 180, HEIGHT / 2)),
        f"cylindrical:h_fov=180:v_fov={2 * np.degrees(np.arctan(HEIGHT / 2)):.6f}",
    ),
)


class Waves:
    """A picture that is known everywhere."""

    def __init__(self, count: int = 60, seed: int = 5) -> None:
        rng = np.random.default_rng(seed)
        frequency = np.exp(rng.uniform(np.log(0.004), np.log(0.35), count))
        angle, self.phase = rng.uniform(0, 2 * np.pi, (2, count))
        self.fx, self.fy = frequency * np.cos(angle), frequency * np.sin(angle)
        self.amplitude = 40 * np.sqrt(2 / count)

    def sensor(self, size: tuple[int, int], pixel: int = 1) -> np.ndarray[Any, Any]:
        """The picture as a sensor sees it whose pixels are squares of ``pixel`` units: ``size[1]`` rows, uint8."""
        x, y = (np.arange(n) * pixel + (pixel - 1) / 2 for n in size)
        weight = self.amplitude * np.sinc(self.fx * pixel) * np.sinc(self.fy * pixel)
        ax = 2 * np.pi * np.outer(self.fx, x) + self.phase[:, None]
        ay = 2 * np.pi * np.outer(self.fy, y)
        waves = (np.cos(ay) * weight[:, None]).T @ np.cos(ax) - (np.sin(ay) * weight[:, None]).T @ np.sin(ax)
        return np.clip(np.rint(waves + 128), 0, 255).astype(np.uint8)

    def at(self, places: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        """Values at places ``(..., 2)``."""
        total = np.zeros(places.shape[:-1], np.float32)
        for fx, fy, phase in zip(self.fx, self.fy, self.phase, strict=True):
            total += np.cos((2 * np.pi * (fx * places[..., 0] + fy * places[..., 1]) + phase).astype(np.float32))
        return np.clip(total * self.amplitude + 128, 0, 255)


def places(tile: Tile, pixels: np.ndarray[Any, Any], lens: Lens = LENS) -> np.ndarray[Any, Any]:
    """Exact source places ``(..., 2)`` of output pixels ``(..., 2)``."""
    return np.asarray(lens.project(tile_rays(tile, pixels, lens, MOUNT) @ camera_from_world(MOUNT).T))


def likeness(job: Job, made: Planes, waves: Waves, lens: Lens = LENS) -> float:
    """PSNR of the luma in dB over pixels well inside the circle; ``lens`` as the maker understands it."""
    rng = np.random.default_rng(1)
    pixels = np.stack([rng.integers(2, n - 2, PROBES) for n in job.tile.size], axis=-1)
    centre = places(job.tile, pixels.astype(float))
    pixels = pixels[np.hypot(*(centre - (LENS.circle.cx, LENS.circle.cy)).T) < LENS.circle.radius - 20]
    fine = (np.arange(8) + 0.5) / 8 - 0.5
    grid = pixels[:, None, None, :] + np.stack(np.meshgrid(fine, fine), axis=-1)
    truth = waves.at(places(job.tile, grid, lens)).mean(axis=(1, 2))
    return float(10 * np.log10(255**2 / np.mean((made.y[pixels[:, 1], pixels[:, 0]] - truth) ** 2)))


class Ours:
    """The project's own warp."""

    def __init__(self, job: Job, source: Planes, threads: int) -> None:
        self.out = Planes.blank(job.tile.width, job.tile.height)
        self._mesh, self._source = tile_mesh(job.tile, LENS, MOUNT, 0.0), Pyramid(source)
        edges = [job.tile.height * i // threads // 16 * 16 for i in range(threads)] + [job.tile.height]
        self._bands = list(pairwise(edges))
        self._pool = ThreadPoolExecutor(threads)

    def move(self, job: Job) -> None:
        """Look elsewhere."""
        self._mesh = tile_mesh(job.tile, LENS, MOUNT, 0.0)

    def __call__(self) -> None:
        if len(self._bands) == 1:
            warp([self._mesh], self._source, self.out)
        else:
            list(self._pool.map(lambda rows: warp([self._mesh], self._source, self.out, rows), self._bands))


class OpenCV:
    """``remap`` of the three planes through exact maps, float or fixed-point."""

    def __init__(self, job: Job, source: Planes, threads: int, fixed: bool = False) -> None:
        self.out = Planes.blank(job.tile.width, job.tile.height)
        self._source, self._threads, self._fixed = source, threads, fixed
        self.move(job)

    def move(self, job: Job) -> None:
        """Look elsewhere."""
        source, self._work = self._source, []
        for plane, target, half in ((source.y, self.out.y, 1), (source.u, self.out.u, 2), (source.v, self.out.v, 2)):
            maps = self.maps(job, half)
            made = cv2.convertMaps(*maps, cv2.CV_16SC2) if self._fixed else maps
            self._work.append((plane, *made, target))

    @staticmethod
    def maps(job: Job, half: int) -> tuple[Any, Any]:
        """float32 maps of luma (1) or chroma (2)."""
        w, h = job.tile.size
        x, y = (np.arange(0, n, half) + (half - 1) / 2 for n in (w, h))
        at = (places(job.tile, np.stack(np.meshgrid(x, y), axis=-1)) + 0.5) / half - 0.5
        return at[..., 0].astype(np.float32), at[..., 1].astype(np.float32)

    def __call__(self) -> None:
        cv2.setNumThreads(self._threads)
        for plane, first, second, target in self._work:
            cv2.remap(plane, first, second, cv2.INTER_LINEAR, dst=target, borderMode=cv2.BORDER_CONSTANT)


class V360:
    """FFmpeg's filter, linear, in a graph of this process."""

    lens = replace(LENS, circle=replace(LENS.circle, radius=LENS.circle.radius - 0.5))

    def __init__(self, job: Job, source: Planes, threads: int) -> None:
        self._frame = av.VideoFrame(source.width, source.height, "yuv420p")
        for plane, pixels in zip(self._frame.planes, (source.y, source.u, source.v), strict=True):
            rows = np.frombuffer(plane, np.uint8).reshape(plane.height, plane.line_size)
            rows[:, : plane.width] = pixels
        self._frame.time_base, self._number = Fraction(1, 1000), 0
        self._graph = Graph()
        self._graph.threads = threads
        entry = self._graph.add_buffer(width=source.width, height=source.height, format="yuv420p", time_base=Fraction(1, 1000))
        options = f"fisheye:{job.v360}:ih_fov={LENS.fov}:iv_fov={LENS.fov}:w={job.tile.width}:h={job.tile.height}:interp=linear"
        filter360 = self._graph.add("v360", f"input={options.replace(':', ':output=', 1)}")
        entry.link_to(filter360)
        filter360.link_to(self._graph.add("buffersink"))
        self._graph.configure()

    def __call__(self) -> None:
        self._number += 1
        self._frame.pts = self._number
        self._graph.push(self._frame)
        self._made = self._graph.pull()

    @property
    def out(self) -> Planes:
        """The last picture."""
        planes = [np.frombuffer(p, np.uint8).reshape(p.height, p.line_size)[:, : p.width].copy() for p in self._made.planes]
        return Planes(*planes)


def busy() -> float:
    """CPU seconds that the whole machine has worked so far."""
    path = Path("/proc/stat")
    fields = [int(v) for v in path.read_text().split("\n", 1)[0].split()[1:]] if path.exists() else [0] * 8
    return (sum(fields[:3]) + sum(fields[5:8])) / 100


Taken = dict[str, list[tuple[float, float]]]
"""For each contestant and round: seconds on the clock, seconds of processor time."""


def race(runners: dict[str, Callable[[], None]]) -> Taken:
    """What each runner took in the less disturbed half of the rounds."""
    for run_once in runners.values():
        run_once()
    rounds: list[tuple[float, dict[str, tuple[float, float]]]] = []
    for _ in range(ROUNDS):
        before, taken = busy() - time.process_time(), {}
        for name, run_once in runners.items():
            start, own = time.perf_counter(), time.process_time()
            run_once()
            taken[name] = time.perf_counter() - start, time.process_time() - own
        rounds.append((busy() - time.process_time() - before, taken))
    kept = [taken for _, taken in sorted(rounds, key=lambda r: r[0])[: ROUNDS // 2]]
    return {name: [taken[name] for taken in kept] for name in runners}


def compared(rival: list[tuple[float, float]], own: list[tuple[float, float]]) -> dict[str, object]:
    """Columns of a row: medians in milliseconds, and how many times longer than ours."""
    row: dict[str, object] = {}
    for index, label in enumerate(("ms", "CPU ms")):
        row[label] = round(statistics.median(r[index] for r in rival) * 1000, 1)
        row[f"{label} / ours"] = round(statistics.median(r[index] / o[index] for r, o in zip(rival, own, strict=True)), 2)
    return row


def picture(waves: Waves) -> Planes:
    """The source: waves in luma and chroma."""
    half = (SOURCE[0] // 2, SOURCE[1] // 2)
    return Planes(waves.sensor(SOURCE), waves.sensor(half, 2), waves.sensor(half, 2))


def throughput(source: Planes, waves: Waves) -> list[dict[str, object]]:
    """Rows for each view, number of threads and contestant."""
    rows: list[dict[str, object]] = []
    ours = f"panocam ({kernel_name()})"
    for job in JOBS:
        quality: dict[str, float] = {}
        for threads in (1, 2):
            runners = {
                ours: Ours(job, source, threads),
                "OpenCV remap, float maps": OpenCV(job, source, threads),
                "OpenCV remap, fixed-point maps": OpenCV(job, source, threads, fixed=True),
                "FFmpeg v360 linear": V360(job, source, threads),
            }
            taken = race(dict(runners))
            for name, runner in runners.items():
                if name not in quality:
                    quality[name] = likeness(job, runner.out, waves, getattr(runner, "lens", LENS))
                row = {"benchmark": "warp", "view": job.name, "threads": threads, "who": name}
                rows.append(row | compared(taken[name], taken[ours]) | {"PSNR dB": round(quality[name], 2)})
    return rows


def turned(job: Job, step: int) -> Job:
    """The same view looking a little elsewhere."""
    projection = job.tile.projection
    if isinstance(projection, Perspective):
        pose = replace(projection.pose, pan=projection.pose.pan + 0.1 * step)
        return replace(job, tile=replace(job.tile, projection=Perspective(pose)), v360=job.v360.replace("yaw=25", f"yaw={25 + 0.1 * step}"))
    assert isinstance(projection, Cylinder)
    cylinder = replace(projection, pan=0.1 * step)
    return replace(job, tile=replace(job.tile, projection=cylinder), v360=f"{job.v360}:yaw={0.1 * step}")


def changes(source: Planes) -> list[dict[str, object]]:
    """Rows with the time from "look elsewhere" to the first picture from there, one thread."""
    rows: list[dict[str, object]] = []
    for job in JOBS:
        ours, opencv = Ours(job, source, 1), OpenCV(job, source, 1)
        movers: dict[str, Callable[[Job], object]] = {
            f"panocam ({kernel_name()})": lambda to, who=ours: (who.move(to), who()),
            "OpenCV remap, float maps by NumPy": lambda to, who=opencv: (who.move(to), who()),
            "FFmpeg v360 linear, new graph": lambda to: V360(to, source, 1)(),
        }
        taken: Taken = {name: [] for name in movers}
        for step in range(CHANGES + 1):
            for name, move in movers.items():
                start, own = time.perf_counter(), time.process_time()
                move(turned(job, step))
                taken[name].append((time.perf_counter() - start, time.process_time() - own))
        best = next(iter(taken.values()))[1:]  # the first round warms up
        for name, cost in taken.items():
            rows.append({"benchmark": "warp", "view": job.name, "first picture after a move": name} | compared(cost[1:], best))
    return rows


def run() -> list[dict[str, object]]:
    """All rows."""
    waves = Waves()
    source = picture(waves)
    threads = cv2.getNumThreads()
    try:
        return throughput(source, waves) + changes(source)
    finally:
        cv2.setNumThreads(threads)

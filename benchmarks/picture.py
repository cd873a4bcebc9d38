"""Picture adjustment at 2992x2992: what each stage costs on one core, against the OpenCV version of the same stages and FFmpeg's filters.

The picture is blobs with noise (sigma 4), other noise every time. Times are processor time of whole pictures, statistics included, medians;
"none" is the default settings. FFmpeg's chain is ``atadenoise`` (noise over time), ``normalize`` (whole-picture contrast) and
``unsharp``, one thread: like in purpose, not in effect.
"""

from __future__ import annotations

import contextlib
import itertools
import statistics
import time
from collections.abc import Callable
from fractions import Fraction

import av
import cv2
import numpy as np
from av.filter import Graph

from panocam.imaging import recipe
from panocam.imaging.adjustment import Adjustment, WhiteBalance
from panocam.imaging.developer import Developer
from panocam.imaging.kernel import kernel_name
from panocam.imaging.reference import develop_reference
from panocam.media.planes import Planes

SIDE = 2992
ROUNDS = 7
FULL = Adjustment(wdr=True, noise_spatial=40, noise_temporal=60, sharpness=65)
WISHES = {
    "none (default settings)": Adjustment(),
    "brightness, contrast": Adjustment(brightness=60, contrast=60),
    "saturation, white balance": Adjustment(saturation=60, white_balance=WhiteBalance.INDOORS),
    "sharpness": Adjustment(sharpness=65),
    "WDR": Adjustment(wdr=True),
    "defog": Adjustment(defog=True),
    "spatial noise reduction": Adjustment(noise_spatial=40),
    "temporal noise reduction": Adjustment(noise_temporal=60),
    "full: WDR, both noise reductions, sharpness": FULL,
}


def pictures() -> list[Planes]:
    """Three pictures that differ in their noise."""
    rng = np.random.default_rng(1)
    rough = rng.uniform(10, 230, (40, 40)).astype(np.float32)
    smooth = np.asarray(cv2.resize(rough, (SIDE, SIDE), interpolation=cv2.INTER_CUBIC))
    made = []
    for _ in range(3):
        planes = Planes.blank(SIDE, SIDE)
        planes.y[:] = np.clip(smooth + rng.normal(0, 4, smooth.shape), 0, 255)
        for plane in (planes.u, planes.v):
            plane[:] = np.clip(np.asarray(cv2.resize(rough, plane.shape)) / 4 + 100 + rng.normal(0, 3, plane.shape), 0, 255)
        made.append(planes)
    return made


def median_ms(run_once: Callable[[int], object], rounds: int) -> float:
    """Milliseconds of processor time of one picture."""
    taken = []
    for number in range(rounds + 1):
        start = time.process_time()
        run_once(number)
        taken.append(time.process_time() - start)
    return statistics.median(taken[1:]) * 1000


def ours(wish: Adjustment, source: list[Planes], rounds: int = ROUNDS) -> float:
    """What a wish costs."""
    developer = Developer()
    developer.adjustment = wish
    return median_ms(lambda number: developer.develop(source[number % len(source)], number * 40_000_000), rounds)


def by_reference(wish: Adjustment, source: list[Planes]) -> float:
    """The same with the OpenCV version of the kernel."""
    chosen = recipe.develop
    try:
        from panocam.imaging import developer

        developer.develop = develop_reference  # type: ignore[assignment]
        return ours(wish, source, 1)
    finally:
        developer.develop = chosen


def by_ffmpeg(source: list[Planes]) -> float:
    """FFmpeg's chain."""
    graph = Graph()
    graph.threads = 1
    links = [
        graph.add_buffer(width=SIDE, height=SIDE, format="yuv420p", time_base=Fraction(1, 25)),
        graph.add("atadenoise"),
        graph.add("normalize", "smoothing=20"),
        graph.add("format", "yuv420p"),
        graph.add("unsharp"),
        graph.add("buffersink"),
    ]
    for before, after in itertools.pairwise(links):
        before.link_to(after)
    graph.configure()
    frame = av.VideoFrame(SIDE, SIDE, "yuv420p")
    for plane, pixels in zip(frame.planes, (source[0].y, source[0].u, source[0].v), strict=True):
        np.frombuffer(plane, np.uint8).reshape(plane.height, plane.line_size)[:, : plane.width] = pixels

    def once(number: int) -> None:
        frame.pts, frame.time_base = number, Fraction(1, 25)
        graph.push(frame)
        with contextlib.suppress(BlockingIOError):  # the first pictures are kept to look ahead
            graph.pull()

    for number in range(9):
        once(number)
    return median_ms(lambda number: once(9 + number), 3)


def run() -> list[dict[str, object]]:
    """All rows."""
    source, threads = pictures(), cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        rows: list[dict[str, object]] = []
        full = 0.0
        for name, wish in WISHES.items():
            full = ours(wish, source)
            rows.append(
                {
                    "benchmark": "picture",
                    "stage": name,
                    "who": f"panocam ({kernel_name()})",
                    "CPU ms": full,
                    "fps a core": 1000 / max(full, 1e-3),
                }
            )
        for who, cost in (
            ("panocam (OpenCV reference)", by_reference(FULL, source)),
            ("FFmpeg atadenoise, normalize, unsharp", by_ffmpeg(source)),
        ):
            rows.append(
                {"benchmark": "picture", "stage": "full", "who": who, "CPU ms": cost, "fps a core": 1000 / cost, "times ours": cost / full}
            )
        return rows
    finally:
        cv2.setNumThreads(threads)

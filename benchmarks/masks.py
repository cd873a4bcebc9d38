"""What privacy masks cost: CPU time of one picture with 0, 1 and 10 of them, and frames per second of four view areas with ten.

The frame's cost is what one 1920x1440 H.264 stream of a 2992x2992 H.264 source costs without masks: decode, warp, encode, measured in the
same run on the same pictures. A mask needs a copy of the rows that it touches (a decoder still needs its own); ``% each`` is what one mask
of several takes. A mask here is 20 by 20 degrees, 1.3 % of the image circle; ``whole picture`` is one that covers all of it.
Masks of ten are apart from each other. Times are medians of CPU time, so that other work on the machine disturbs little.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

from benchmarks.chain import FPS, FRAMES, PROFILE, SIZE, SOURCE, WARM, cpu_seconds, decoding, film, ours
from panocam.codecs.encoder import open_encoder
from panocam.imaging.ink import Ink
from panocam.imaging.privacy import Privacy, PrivacyMask
from panocam.imaging.pyramid import Pyramid
from panocam.imaging.warp import warp
from panocam.media.frame import RawFrame
from panocam.optics.lens import default_lens
from panocam.optics.meshing import meshes
from panocam.optics.mount import Mount
from panocam.optics.polygon import Polygon
from panocam.optics.view import build_view
from panocam.pipeline.sources import SourceOptions, open_source

PICTURES, ROUNDS = 24, 2

TEN = tuple(
    Polygon(((a - 10.0 / s, o - 10.0), (a + 10.0 / s, o - 10.0), (a + 8.0 / s, o + 10.0), (a - 8.0 / s, o + 10.0)))
    for a, o, s in [(36.0 * i, 40.0 + 30.0 * (i % 2), 0.8) for i in range(10)]
)
ALL = (Polygon(((0, 128), (90, 128), (180, 128), (270, 128))),)

CASES: dict[str, Privacy | None] = {
    "no mask": None,
    "1 mask": Privacy(TEN[:1]),
    "10 masks": Privacy(TEN),
    "10 masks, mosaic": Privacy(TEN, Ink.MOSAIC),
    "whole picture": Privacy(ALL),
}


def cpu_ms(work: Callable[[], object]) -> float:
    before = time.process_time()
    work()
    return (time.process_time() - before) * 1000


def stages(path: Path) -> tuple[float, dict[str, float]]:
    """CPU ms of decode, warp and encode together, and of the mask in each case, medians over ``PICTURES`` pictures.

    The pictures are decoded before, because the decoder's own threads would count as the mask's otherwise.
    """
    lens = default_lens(SOURCE)

    def frames() -> Iterator[RawFrame]:
        return open_source(str(path), SourceOptions(paced=False)).frames()

    decode = decoding(path)
    raws = list(islice(frames(), PICTURES))
    masks: dict[str, float] = {}
    for name, privacy in CASES.items():
        gate = PrivacyMask(privacy)
        costs = [cpu_ms(lambda raw=raw, gate=gate: gate.apply(raw, lens)) for raw in raws]
        masks[name] = statistics.median(costs[4:])
    mesh = meshes(build_view(4, Mount.WALL, SIZE), lens, Mount.WALL)
    encoder = open_encoder(PROFILE, FPS, raws[0].planes.color)
    rest: list[float] = []
    for raw in raws:
        shown, out = PrivacyMask().apply(raw), encoder.allocate()
        drawn = cpu_ms(lambda raw=raw, out=out: warp(mesh, Pyramid(raw.planes), out))
        rest.append(drawn + cpu_ms(lambda shown=shown, out=out: encoder.encode(shown.derive(out, shown.stamps))))
    encoder.close()
    return decode + statistics.median(rest[4:]), masks


def run() -> list[dict[str, object]]:
    """Rows of each case: CPU ms of the mask, its share of a frame's cost, what each mask adds; then the rates of four areas."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = film(folder)
        frame, masks = stages(path)
        rows: list[dict[str, object]] = [
            {
                "benchmark": "masks",
                "what": what,
                "mask ms": round(cost, 3),
                "% of a frame": round(100 * cost / frame, 2),
                "% each": round(100 * cost / frame / len(privacy.polygons), 2) if (privacy := CASES[what]) else 0.0,
                "frame ms": round(frame, 1),
            }
            for what, cost in masks.items()
        ]
        rates: dict[str, list[float]] = {"no mask": [], "10 masks": []}
        costs: dict[str, list[float]] = {what: [] for what in rates}
        for _ in range(ROUNDS):
            for what, found in rates.items():
                before = cpu_seconds()
                found.append(ours(path, folder, CASES[what]))
                costs[what].append((cpu_seconds() - before) * 1000 / FRAMES)
        for what, found in rates.items():
            row = {
                "benchmark": "masks",
                "four areas 1920x1440": what,
                "fps": round(max(found), 1),
                "CPU ms a picture": round(min(costs[what]), 1),
            }
            rows.append({**row, "holds 25": max(found) >= FPS})
        return rows


assert PICTURES <= FRAMES
assert WARM < FRAMES

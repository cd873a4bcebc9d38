"""What this machine carries: four view areas of an H.264 source with ten masks and ten overlays each, end to end.

Decode, masks, warp, overlays and H.264 or Motion JPEG on two workers, as fast as they go, for a while: the first pass of the film, in
which words are drawn for the first time, does not count for the rate. Both models' sensors at the quality that such cameras send by
default, and areas at two sizes, 1920x1440 being the smaller model's largest; ten texts a view, one of them a clock with hundredths.
``with nothing`` is the same without masks and overlays. Frames per second suffer from other work on the machine; CPU time, which has all
passes in it, little. ``cores for 25`` is the CPU time of 25 such pictures.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from benchmarks.chain import FPS, FRAMES, SIZE, cpu_seconds, film, ours
from benchmarks.masks import TEN
from benchmarks.overlays import SETS
from panocam.imaging.privacy import Privacy
from panocam.media.codec import Codec, EncoderProfile
from panocam.optics.catalog import SENSOR
from panocam.pipeline.overlays.board import OverlayBoard

SMALL = (1280, 960)
PROFILES = (EncoderProfile(Codec.H264, *SIZE), EncoderProfile(Codec.JPEG, *SIZE), EncoderProfile(Codec.H264, *SMALL))
CASES = ("with nothing", "ten masks and ten overlays")
COMPRESSION = 30
ROUNDS, PASSES = 2, 4


def run() -> list[dict[str, object]]:
    """One row for each model, kind of stream and case: the best rate and the least CPU time of the rounds, which take turns."""
    return [row for sensor in SENSOR.values() for row in _of_sensor(sensor)]


def _of_sensor(sensor: tuple[int, int]) -> list[dict[str, object]]:
    board = OverlayBoard()
    board.show(SETS["ten texts, one a clock"], {})
    found: dict[tuple[EncoderProfile, str], list[tuple[float, float]]] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = film(folder, sensor, COMPRESSION)
        for _ in range(ROUNDS):
            for profile in PROFILES:
                for case in CASES:
                    full, before = case != CASES[0], cpu_seconds()
                    fps = ours(path, folder, Privacy(TEN) if full else None, profile, board if full else None, sensor, PASSES)
                    found.setdefault((profile, case), []).append((fps, (cpu_seconds() - before) * 1000 / FRAMES / PASSES))
    rows: list[dict[str, object]] = []
    for (profile, case), rounds in found.items():
        fps, cost = max(rate for rate, _ in rounds), min(ms for _, ms in rounds)
        size = f"{profile.width}x{profile.height}"
        row = {"sensor": f"{sensor[0]}x{sensor[1]}", "four areas": size, "codec": profile.codec.value, "case": case, "fps": round(fps, 1)}
        rows.append({**row, "CPU ms a picture": round(cost, 1), "holds 25": fps >= FPS, "cores for 25": round(cost * FPS / 1000, 2)})
    return rows

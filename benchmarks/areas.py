"""What this machine carries: four view areas of a 2992x2992 H.264 source with ten masks and ten overlays each, end to end.

Decode, masks, warp, overlays and H.264 on two workers, as fast as they go, at two sizes; ten texts a view, one of them a clock with
hundredths.
``with nothing`` is the same without masks and overlays. Frames per second suffer from other work on the machine; CPU time little.
``cores for 25`` is the CPU time of 25 such pictures.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from benchmarks.chain import FPS, FRAMES, SIZE, cpu_seconds, film, ours
from benchmarks.masks import TEN
from benchmarks.overlays import SETS
from panocam.imaging.privacy import Privacy
from panocam.pipeline.overlays.board import OverlayBoard

SIZES = (SIZE, (1280, 960))
CASES = ("with nothing", "ten masks and ten overlays")
ROUNDS = 2


def run() -> list[dict[str, object]]:
    """One row for each size and case: the best rate and the least CPU time of the rounds, which take turns."""
    board = OverlayBoard()
    board.show(SETS["ten texts, one a clock"], {})
    found: dict[tuple[tuple[int, int], str], list[tuple[float, float]]] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = film(folder)
        for _ in range(ROUNDS):
            for size in SIZES:
                for case in CASES:
                    full, before = case != CASES[0], cpu_seconds()
                    fps = ours(path, folder, Privacy(TEN) if full else None, size, board if full else None)
                    found.setdefault((size, case), []).append((fps, (cpu_seconds() - before) * 1000 / FRAMES))
    rows: list[dict[str, object]] = []
    for (size, case), rounds in found.items():
        fps, cost = max(rate for rate, _ in rounds), min(ms for _, ms in rounds)
        row = {"four areas": f"{size[0]}x{size[1]}", "case": case, "fps": round(fps, 1), "CPU ms a picture": round(cost, 1)}
        rows.append({**row, "holds 25": fps >= FPS, "cores for 25": round(cost * FPS / 1000, 2)})
    return rows

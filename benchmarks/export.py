"""How fast recordings come out again, from a disk to a disk: hundreds of megabytes, nothing of them in the page cache, and what is made
brought to the medium on both sides. The rival is a plain copy of the same bytes with the same care.

Beside the wall clock, which is the disk's, stands the processor time, which is the program's.
"""

from __future__ import annotations

import os
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from panocam.clock import NS
from panocam.codecs.encoder import open_encoder
from panocam.imaging.privacy import PrivacyMask
from panocam.media.codec import Codec, EncoderProfile, StreamDescription
from panocam.media.frame import RawFrame
from panocam.media.packet import Packet
from panocam.media.planes import JPEG_COLOR, Planes
from panocam.storage.disk import Disk
from panocam.storage.export import write_matroska, write_mp4
from panocam.storage.files import LocalFiles
from panocam.storage.index import Index
from panocam.storage.library import Library
from panocam.storage.recording import Kind, Label, Recording, new_id
from panocam.storage.writer import Writer

SIZE, FPS, MINUTES = (1280, 960), 25, 15
ROUNDS = 5
START = 1_700_000_000 * NS
SERIAL = "0242AC110002"


def _pictures() -> tuple[list[Packet], StreamDescription]:
    """Two seconds of a scene with noise, as the camera's own encoder makes them of it."""
    encoder, gate = open_encoder(EncoderProfile(Codec.H264, *SIZE, fps=FPS, gop=FPS), FPS, JPEG_COLOR), PrivacyMask()
    noise = np.random.default_rng(1).integers(0, 12, (SIZE[1], 2 * SIZE[0]), np.uint8)
    packets: list[Packet] = []
    for number in range(2 * FPS):
        planes, own = Planes.blank(*SIZE, JPEG_COLOR), encoder.allocate()
        planes.y[:] = 90 + noise[:, number * 7 : number * 7 + SIZE[0]]
        for mine, theirs in zip((own.y, own.u, own.v), (planes.y, planes.u, planes.v), strict=True):
            np.copyto(mine, theirs)
        packets += encoder.encode(gate.apply(RawFrame(own, number * NS // FPS, START + number * NS // FPS)))
    encoder.close()
    return packets, encoder.description


def _record(folder: Path) -> tuple[Library, Recording]:
    """A quarter of an hour on a disk, written by the recorder's own writer in its batches."""
    (folder / "card").mkdir()
    index, disk = Index(folder / "index.sqlite"), Disk("SD_DISK", LocalFiles(folder / "card"))
    packets, description = _pictures()
    row = Recording(new_id(START, SERIAL), disk.id, 4, "h264", *SIZE, FPS, Kind.MANUAL, "", START, START)
    writer = Writer(disk, index, row, Label(row.id, SERIAL, 4, "View", Kind.MANUAL), description)
    for turn in range(MINUTES * 30):
        shift = turn * 2 * NS
        moved = [
            replace(p, pts_ns=p.pts_ns + shift, wall_ns=p.wall_ns + shift, sequence=turn * len(packets) + n) for n, p in enumerate(packets)
        ]
        for second in (moved[:FPS], moved[FPS:]):
            writer.write(second[:13])
            writer.write(second[13:])
    writer.close()
    return Library(index, {disk.id: disk}), index.get(row.id)


def _settle(path: Path) -> None:
    """To the medium and out of the page cache: whoever reads it next reads the disk."""
    with path.open("rb") as file:
        os.fsync(file.fileno())
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def _measure(work: Callable[[Path], object], made: Path, sources: list[Path]) -> tuple[float, float]:
    """Seconds by the wall clock and of the processor until ``made`` is on the medium, its sources not in memory before."""
    for source in sources:
        _settle(source)
    began, cpu = time.perf_counter(), time.process_time()
    work(made)
    with made.open("rb") as file:
        os.fsync(file.fileno())
    took = time.perf_counter() - began, time.process_time() - cpu
    made.unlink()
    return took


def run() -> list[dict[str, Any]]:
    """Exports as Matroska and as MP4 beside a copy, in turn; medians."""
    with tempfile.TemporaryDirectory(dir=os.environ.get("PANOCAM_BENCHMARK_DISK")) as name:
        folder = Path(name)
        library, row = _record(folder)
        whole = folder / "whole.mkv"
        write_matroska(library, row, whole, (None, None), lambda part: True)
        size = whole.stat().st_size
        segments = list((folder / "card").rglob("*.mkv"))
        ways: dict[str, tuple[Callable[[Path], object], list[Path]]] = {
            "copy (rival)": (lambda made: shutil.copyfile(whole, made), [whole]),
            "export, Matroska": (lambda made: write_matroska(library, row, made, (None, None), lambda part: True), segments),
            "export, MP4": (lambda made: write_mp4(library, row, made, (None, None), lambda part: True), segments),
        }
        found: dict[str, list[tuple[float, float]]] = {way: [] for way in ways}
        for _ in range(ROUNDS):
            for way, (work, sources) in ways.items():
                found[way].append(_measure(work, folder / "made", sources))
        library.index.close()

    def line(way: str) -> dict[str, Any]:
        wall, cpu = (statistics.median(taken[part] for taken in found[way]) for part in (0, 1))
        against = statistics.median(rival[0] / own[0] for rival, own in zip(found["copy (rival)"], found[way], strict=True))
        return {
            "way": way, "MB": round(size / 1e6), "seconds": wall, "MB/s": round(size / wall / 1e6), "of the rival's speed": against,
            "cpu s": cpu, "times real time": round(row.seconds / wall),
        }  # fmt: skip

    return [line(way) for way in ways]

"""The whole chain: one 2992x2992 H.264 file to four 1920x1440 H.264 view areas, ours against one ffmpeg with four v360 and four x264.

Both get the same file, the same views (a wall camera's four areas, which v360 can express), and the very options of our own
encoder. Counted is the time from the tenth picture to the last, so that neither start-up nor map building counts; CPU time, which
a busy machine disturbs less, is that of the whole run. PSNR is that of
each side's decoded streams against the exact views of the decoded source, by Lanczos interpolation without a mesh; v360 lays the
field of view over one pixel less, so it is judged by a circle that is half a pixel smaller.
"""

from __future__ import annotations

import resource
import shutil
import statistics
import subprocess
import tempfile
import threading
import time
from itertools import chain
from pathlib import Path

import av
import cv2
import numpy as np

from panocam.clock import SystemClock
from panocam.codecs.decoder import planes_of
from panocam.codecs.encoder import open_encoder
from panocam.codecs.h264 import recipe
from panocam.imaging.privacy import Privacy
from panocam.media.codec import Codec, EncoderProfile
from panocam.media.frame import Frame
from panocam.media.planes import JPEG_COLOR, Planes
from panocam.optics.lens import Circle, Lens, default_lens
from panocam.optics.mount import Mount, camera_from_world
from panocam.optics.view import Arrangement
from panocam.pipeline.coder import Coder, Output
from panocam.pipeline.config import LensOptions
from panocam.pipeline.intake import Intake
from panocam.pipeline.overlays.board import OverlayBoard
from panocam.pipeline.overlays.painter import Painter
from panocam.pipeline.renderer import Renderer, Scenery
from panocam.pipeline.shot import Shot
from panocam.pipeline.sources import SourceOptions, open_source
from panocam.pipeline.workers import WorkerPool
from panocam.scene import open_scene

SOURCE = (2992, 2992)
SIZE = (1920, 1440)
FRAMES, WARM, ROUNDS = 70, 10, 3
FPS = 25
PROFILE = EncoderProfile(Codec.H264, *SIZE)
VIEWS = (4, 5, 6, 7)
AIMS = ((0, 0), (-45, 0), (45, 0), (0, -45))
"""Yaw and pitch of a wall camera's four view areas, for v360."""


def film(folder: Path, size: tuple[int, int] = SOURCE, compression: int = 20) -> Path:
    """The simulated room from the wall, as a good camera would send it."""
    path = folder / "room.mp4"
    scene = open_scene("room", Mount.WALL, size[0], default_lens(size))
    encoder = open_encoder(EncoderProfile(Codec.H264, *size, compression=compression), FPS, JPEG_COLOR, 2)
    raw = folder / "room.h264"
    with raw.open("wb") as out:
        for number in range(FRAMES):
            planes = encoder.allocate()
            scene.render(number / FPS, planes)
            for packet in encoder.encode(Frame(planes, number * 40_000_000, 0)):
                out.write(packet.data)
    encoder.close()
    command = ["ffmpeg", "-v", "error", "-y", "-r", str(FPS), "-i", str(raw), "-c", "copy", str(path)]
    subprocess.run(command, check=True)
    return path


class Flow:
    """Lets a coder have the next picture when it has begun with the one before, so that nothing is dropped and no core waits."""

    def __init__(self, coders: int) -> None:
        self.begun = [0] * coders
        self.data: list[list[bytes]] = [[] for _ in range(coders)]
        self.times: list[float] = []
        self._changed = threading.Condition()

    def begin(self, index: int) -> None:
        with self._changed:
            self.begun[index] += 1
            self._changed.notify_all()

    def deliver(self, index: int, output: Output) -> None:
        with self._changed:
            self.data[index].append(output.packet.data)
            self.times.append(time.perf_counter())
            self._changed.notify_all()

    def wait(self, index: int, count: int) -> None:
        with self._changed:
            assert self._changed.wait_for(lambda: self.begun[index] >= count, 60)

    def finish(self, count: int) -> None:
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.times) >= count, 60)


class Telling(Renderer):
    """A renderer that says when it begins, which is when its coder's slot is free again."""

    def __init__(self, view: int, flow: Flow, index: int, size: tuple[int, int], painter: Painter | None) -> None:
        scenery = Scenery(Arrangement(Mount.WALL))
        super().__init__(view, size, lambda t_ns: scenery, painter)
        self._flow, self._number = flow, index

    def draw(self, shot: Shot, out: Planes) -> None:
        self._flow.begin(self._number)
        super().draw(shot, out)


def ours(
    path: Path,
    folder: Path,
    privacy: Privacy | None = None,
    profile: EncoderProfile = PROFILE,
    overlays: OverlayBoard | None = None,
    source: tuple[int, int] = SOURCE,
    passes: int = 1,
) -> float:
    """Frames per second of all four views by ``profile``, with ``privacy`` in the picture and ``overlays`` on it; writes ``ours0.h264``…

    The film of ``source`` size is played ``passes`` times; if more than once, the first time does not count.
    """
    size = profile.width, profile.height
    pool, clock = WorkerPool(2), SystemClock()
    flow = Flow(len(VIEWS))

    def fail(error: Exception) -> None:
        raise error

    def coder(index: int, view: int) -> Coder:
        drawn = Telling(view, flow, index, size, Painter(overlays, view, size) if overlays else None)
        return Coder(profile, drawn, pool.pin(), clock, lambda: FPS, lambda out: flow.deliver(index, out), fail)

    coders = [coder(i, view) for i, view in enumerate(VIEWS)]
    intake = Intake(LensOptions(circle=default_lens(source).circle), clock, privacy)
    films = (open_source(str(path), SourceOptions(paced=False)).frames() for _ in range(passes))
    for number, raw in enumerate(chain.from_iterable(films)):
        shot = intake.take(raw)
        for i, coder in enumerate(coders):
            flow.wait(i, number)
            coder.accept(shot)
    flow.finish(passes * FRAMES * len(VIEWS))
    for coder in coders:
        coder.close()
    pool.close()
    for i, data in enumerate(flow.data):
        (folder / f"ours{i}.h264").write_bytes(b"".join(data))
    warm = WARM if passes == 1 else FRAMES
    return (passes * FRAMES - warm) / (flow.times[-1] - flow.times[warm * len(VIEWS) - 1])


def rival(path: Path, folder: Path) -> float:
    """The same by ffmpeg; writes ``rival0.h264``…"""
    splits = "".join(f"[s{i}]" for i in range(4))
    v360 = "v360=fisheye:flat:ih_fov=182:iv_fov=182:h_fov=90:v_fov=73.7398:interp=linear"
    chains = ";".join(f"[s{i}]{v360}:yaw={yaw}:pitch={pitch}:w={SIZE[0]}:h={SIZE[1]}[o{i}]" for i, (yaw, pitch) in enumerate(AIMS))
    made = recipe(PROFILE, FPS, 1)
    command = ["ffmpeg", "-v", "error", "-y", "-progress", "pipe:1", "-stats_period", "0.05", "-i", str(path)]
    command += ["-filter_complex", f"[0:v]split=4{splits};{chains}"]
    for i in range(4):
        command += ["-map", f"[o{i}]", "-c:v", made.library, "-g", str(PROFILE.gop)]
        command += [part for name, value in made.options.items() for part in (f"-{name}", value)]
        command += [str(folder / f"rival{i}.h264")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        marks = [(int(line[6:]), time.perf_counter()) for line in process.stdout if line.startswith("frame=")]
    assert process.returncode == 0
    first = next(mark for mark in marks if mark[0] >= WARM)
    last = next(mark for mark in marks if mark[0] == marks[-1][0])
    return (last[0] - first[0]) / (last[1] - first[1])


def luma(path: Path, numbers: set[int]) -> dict[int, Planes]:
    with av.open(str(path)) as container:
        return {i: planes_of(frame) for i, frame in enumerate(container.decode(video=0)) if i in numbers}


def psnr(path: Path, folder: Path, who: str, grown: float = 0) -> float:
    """Of the luma in dB, over all views and a few pictures; the circle's radius is taken to be ``grown`` pixels longer."""
    numbers = set(range(WARM, FRAMES, 20))
    source = luma(path, numbers)
    circle = default_lens(SOURCE).circle
    lens = default_lens(SOURCE)
    judged = Lens(lens.model, lens.fov, Circle(circle.cx, circle.cy, circle.radius + grown))
    turn = camera_from_world(Mount.WALL).T
    errors = []
    for i, view in enumerate(VIEWS):
        (tile,) = Arrangement(Mount.WALL).view(view, SIZE).tiles
        columns, rows = tile.projection.columns(np.arange(SIZE[0]), SIZE) @ turn, tile.projection.rows(np.arange(SIZE[1]), SIZE) @ turn
        at = judged.project((columns[None, :] + rows[:, None]).astype(np.float32))
        made = luma(folder / f"{who}{i}.h264", numbers)
        for number in numbers:
            exact = cv2.remap(source[number].y, at[..., 0], at[..., 1], cv2.INTER_LANCZOS4)
            rim = np.zeros_like(exact, bool)
            rim[8:-8, 8:-8] = np.linalg.norm(at[8:-8, 8:-8] - (circle.cx, circle.cy), axis=-1) < circle.radius - 16
            errors.append(float(np.mean((exact.astype(np.float32) - made[number].y)[rim] ** 2)))
    return float(10 * np.log10(255**2 / np.mean(errors)))


def decoding(path: Path) -> float:
    """CPU ms of one picture of ``path``, as the camera decodes it."""
    before = time.process_time()
    count = sum(1 for _ in open_source(str(path), SourceOptions(paced=False)).frames())
    return (time.process_time() - before) * 1000 / count


def cpu_seconds() -> float:
    """Of this process and of the children that have ended."""
    return sum(sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))


def run() -> list[dict[str, object]]:
    """Rows with fps, kbit/s and PSNR of both, and the ratio of the frame rates; [] and a reason in the row where ffmpeg is missing."""
    if shutil.which("ffmpeg") is None:
        return [{"benchmark": "chain", "skipped": "ffmpeg is not installed"}]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = film(folder)
        rates: dict[str, list[float]] = {"ours": [], "rival": []}
        costs: dict[str, list[float]] = {"ours": [], "rival": []}
        for _ in range(ROUNDS):
            for who, play in (("ours", ours), ("rival", rival)):
                before = cpu_seconds()
                rates[who].append(play(path, folder))
                costs[who].append((cpu_seconds() - before) * 1000 / FRAMES)
        rows: list[dict[str, object]] = []
        for who, label in (("ours", "panocam"), ("rival", "ffmpeg 4 x v360 + 4 x x264")):
            bits = sum((folder / f"{who}{i}.h264").stat().st_size for i in range(4)) * 8
            quality = psnr(path, folder, who, 0.0 if who == "ours" else -0.5)
            fps = statistics.median(rates[who])
            rows.append(
                {
                    "benchmark": "chain",
                    "who": label,
                    "fps": round(fps, 1),
                    "CPU ms a picture": round(statistics.median(costs[who])),
                    "kbit/s a view": round(bits / 4 / FRAMES * FPS / 1000),
                    "PSNR dB": round(quality, 2),
                    "ratio": round(fps / statistics.median(rates["rival"]), 2),
                }
            )
        return rows


if __name__ == "__main__":
    for row in run():
        print(row)

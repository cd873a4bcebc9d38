"""How many RTSP/TCP viewers of one channel, at what price: panocam against gst-rtsp-server.

Both serve the same 1080p30 H.264 stream of about 4 Mbit/s to one reader process (one epoll loop) over the loopback. Measured is the
processor time of the server process alone, divided by the viewers. A run counts only when every viewer got every byte: the reader
compares the bytes of all viewers, and walks through the packets of some for gaps.

``run()`` is what the benchmark runner calls; ``python -m benchmarks.fanout`` prints the same as JSON.
"""

from __future__ import annotations

import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

HERE = Path(__file__).parent
SYSTEM_PYTHON = "/usr/bin/python3"  # gst-rtsp-server's bindings come with the distribution's Python
FPS, WIDTH, HEIGHT, BITRATE = 30, 1920, 1080, 4_000_000


@dataclass(frozen=True)
class Sample:
    """One measurement. ``cpu_per_viewer`` is percent of one core; ``least`` and ``most`` bytes that a healthy viewer got.

    ``losers``: viewers for whom the server left pictures out, where it can tell.
    """

    server: str
    viewers: int
    frozen: int
    seconds: float
    cpu_percent: float
    cpu_per_viewer: float
    mbit_per_viewer: float
    least: int
    most: int
    gaps: int
    walked: int
    losers: int | None

    @property
    def cpu_per_gbit(self) -> float:
        """Percent of a core for each Gbit/s delivered: fair also when one server was a little ahead or behind in the window."""
        return self.cpu_percent / ((self.viewers - self.frozen) * self.mbit_per_viewer / 1000)

    @property
    def held(self) -> bool:
        """Whether no healthy viewer missed anything.

        That is: no gap where packets were walked through, nobody behind by over 2 %, and where the server can tell, it left out
        nothing for more viewers than were frozen, and something for those.
        """
        fair = self.losers is None or (self.losers <= self.frozen and bool(self.losers) == bool(self.frozen))
        return fair and self.gaps == 0 and self.least >= 0.98 * self.most > 0


def make_clip(path: Path, seconds: float = 8) -> None:
    """A test clip in MP4: a picture that moves, at a constant bit rate, one key frame a second."""
    source = f"testsrc2=size={WIDTH}x{HEIGHT}:rate={FPS},noise=alls=6:allf=t"
    coder = ["-c:v", "libx264", "-preset", "ultrafast", "-tune", "zerolatency", "-x264-params", "nal-hrd=cbr", "-g", str(FPS)]
    rate = ["-b:v", str(BITRATE), "-maxrate", str(BITRATE), "-minrate", str(BITRATE), "-bufsize", str(BITRATE // 2)]
    command = ["ffmpeg", "-v", "error", "-y", "-f", "lavfi", "-i", source, "-t", str(seconds), *coder, *rate, "-pix_fmt", "yuv420p"]
    subprocess.run([*command, str(path)], check=True)


@contextmanager
def started(command: list[str]):
    """A child that prints one line when it is ready; gives (process, line)."""
    child = subprocess.Popen(command, stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True)
    try:
        assert child.stdout is not None
        line = child.stdout.readline()
        if not line:
            raise RuntimeError(f"{' '.join(command)} ended before it was ready")
        yield child, line.strip()
    finally:
        child.terminate()
        try:
            child.wait(5)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def measure(name: str, command: list[str], viewers: int, frozen: int, seconds: float) -> Sample:
    """One server, one reader, one window."""
    with started(command) as (server, url):
        reader_command = [sys.executable, str(HERE / "fanout_reader.py"), url, str(viewers), str(frozen), str(seconds)]
        process = psutil.Process(server.pid)
        with started(reader_command) as (reader, _):
            before, begin = process.cpu_times(), time.monotonic()
            reader.stdin.write("go\n")
            reader.stdin.flush()
            result = json.loads(reader.stdout.readline())
            after, elapsed = process.cpu_times(), time.monotonic() - begin
            losers = _losers(server) if name == "panocam" else None
    busy = (after.user + after.system - before.user - before.system) / elapsed * 100
    healthy = viewers - frozen
    mbit = result["total"] * 8 / 1e6 / healthy / result["seconds"]
    return Sample(
        name,
        viewers,
        frozen,
        round(elapsed, 2),
        round(busy, 1),
        round(busy / viewers, 4),
        round(mbit, 2),
        result["least"],
        result["most"],
        result["gaps"],
        result["walked"],
        losers,
    )


def _losers(server: subprocess.Popen[str]) -> int:
    """How many viewers our server left pictures out for."""
    server.stdin.write("report\n")
    server.stdin.flush()
    return json.loads(server.stdout.readline())["readers"]


def run(viewers: int = 1000, compared: int = 200, seconds: float = 5, repeats: int = 3) -> dict[str, object]:
    """Both servers in turns with ``compared`` viewers, which both can hold; then panocam alone with ``viewers``, at last a tenth frozen.

    Returns samples, medians and verdicts; the rival is left out where it is not installed.
    """
    with tempfile.TemporaryDirectory() as folder:
        clip = Path(folder) / "clip.mp4"
        make_clip(clip)
        servers = {"panocam": [sys.executable, str(HERE / "fanout_server.py"), str(clip)]}
        if _rival_available():
            servers["gst-rtsp-server"] = [SYSTEM_PYTHON, str(HERE / "fanout_gst.py"), str(clip)]
        samples = [measure(name, command, compared, 0, seconds) for _ in range(repeats) for name, command in servers.items()]
        crowd = measure("panocam", servers["panocam"], viewers, 0, seconds)
        frozen = measure("panocam", servers["panocam"], viewers, viewers // 10, seconds)
    medians = {name: statistics.median(sample.cpu_per_gbit for sample in samples if sample.server == name) for name in servers}
    return {
        "samples": [asdict(sample) | {"held": sample.held} for sample in (*samples, crowd, frozen)],
        "cpu_percent_per_gbit": medians,
        "ratio": round(medians["panocam"] / medians["gst-rtsp-server"], 3) if len(medians) == 2 else None,
        "viewers_held": crowd.viewers if crowd.held else 0,
        "held_with_a_tenth_frozen": frozen.held,
    }


def _rival_available() -> bool:
    probe = "import gi; gi.require_version('GstRtspServer', '1.0'); from gi.repository import GstRtspServer"
    return bool(shutil.which(SYSTEM_PYTHON)) and subprocess.run([SYSTEM_PYTHON, "-c", probe], capture_output=True).returncode == 0


if __name__ == "__main__":
    json.dump(run(*map(int, sys.argv[1:])), sys.stdout, indent=2)
    print()

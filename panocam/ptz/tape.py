"""Recorded movements: poses with their moments, taken as often as a stream has pictures, and kept in one small file each.

The file (little-endian): the eight bytes ``PCTOUR1\\n``, the number of samples, that many samples, and the CRC-32 of all before it.
A sample is its moment in milliseconds, then pan, tilt and field in degrees. What stands still is kept by its first and last moment, so an
hour of watching one place takes no more room than a second. It is written whole when the recording stops (see ``settings.atomic``): a
power cut loses the recording that was being made, never one that was kept.
"""

from __future__ import annotations

import contextlib
import itertools
import struct
import zlib
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path

from panocam.clock import NS
from panocam.errors import PanocamError, Unavailable
from panocam.optics.pose import Pose
from panocam.settings import DataFolder, atomic

MAGIC = b"PCTOUR1\n"
SAMPLE = struct.Struct("<Ifff")
EVERY_NS = NS // 25
LONGEST_S = 1800
"""A recording ends by itself after half an hour."""


@dataclass(frozen=True)
class Tape:
    """``poses[i]`` at ``times[i]`` seconds, rising from 0."""

    times: tuple[float, ...]
    poses: tuple[Pose, ...]

    @property
    def seconds(self) -> float:
        return self.times[-1]

    def pack(self) -> bytes:
        """The file's content."""
        samples = zip(self.times, self.poses, strict=True)
        body = b"".join(SAMPLE.pack(round(t * 1000), pose.pan, pose.tilt, pose.hfov) for t, pose in samples)
        data = MAGIC + struct.pack("<I", len(self.times)) + body
        return data + struct.pack("<I", zlib.crc32(data))

    @classmethod
    def unpack(cls, data: bytes) -> Tape:
        """Raises Unavailable for what is not a whole recording."""
        head = len(MAGIC) + 4
        whole = data[: len(MAGIC)] == MAGIC and len(data) > head + 4 and (len(data) - head - 4) % SAMPLE.size == 0
        if not whole or struct.unpack("<I", data[-4:])[0] != zlib.crc32(data[:-4]):
            raise Unavailable("the recorded tour's file is damaged; record the tour again")
        rows = list(SAMPLE.iter_unpack(data[head:-4]))
        times = tuple(row[0] / 1000 for row in rows)
        if times[0] != 0 or any(b <= a for a, b in itertools.pairwise(times)):
            raise Unavailable("the recorded tour's file is damaged; record the tour again")
        try:
            return cls(times, tuple(Pose(*row[1:]) for row in rows))
        except PanocamError:
            raise Unavailable("the recorded tour's file is damaged; record the tour again") from None


@dataclass
class Recorder:
    """A recording that is being made: ask ``sample`` again and again, ``finish`` at the end."""

    start_ns: int
    _times: list[float] = field(default_factory=list)
    _poses: list[Pose] = field(default_factory=list)
    _seen: float = 0.0

    def sample(self, now_ns: int, pose: Pose) -> None:
        """The area looks along ``pose`` now."""
        t = round((now_ns - self.start_ns) / NS, 3)
        if not self._times:
            self._times, self._poses = [0.0], [pose]
        elif pose != self._poses[-1] and t > self._times[-1]:
            if self._times[-1] < self._seen < t:  # it stood still until then
                self._keep(self._seen, self._poses[-1])
            self._keep(t, pose)
        self._seen = t

    def finish(self, now_ns: int, pose: Pose) -> Tape:
        """The recording, up to now."""
        self.sample(now_ns, pose)
        if self._seen > self._times[-1]:
            self._keep(self._seen, self._poses[-1])
        return Tape(tuple(self._times), tuple(self._poses))

    def seconds(self, now_ns: int) -> float:
        return (now_ns - self.start_ns) / NS

    def _keep(self, t: float, pose: Pose) -> None:
        self._times.append(t)
        self._poses.append(pose)


class Tapes:
    """The recordings of a camera, by the number of their tour."""

    def __init__(self, folder: DataFolder) -> None:
        self._folder = folder

    def save(self, number: int, tape: Tape) -> None:
        """Raises Unavailable (full disk)."""
        self._folder.folder("tours")
        atomic.write(self._path(number), tape.pack())

    def load(self, number: int) -> Tape:
        """Raises Unavailable when it is missing or damaged."""
        try:
            return Tape.unpack(self._path(number).read_bytes())
        except OSError as fault:
            raise Unavailable(f"the recorded tour {number} cannot be read ({fault.strerror}); record it again") from None

    def seconds(self, number: int) -> float | None:
        """How long a recording is, by the last sample of its file; None for one that cannot be read."""
        try:
            with self._path(number).open("rb") as file:
                file.seek(-4 - SAMPLE.size, 2)
                return float(SAMPLE.unpack(file.read(SAMPLE.size))[0]) / 1000
        except (OSError, struct.error):
            return None

    def remove(self, number: int) -> None:
        with contextlib.suppress(OSError):
            self._path(number).unlink(missing_ok=True)

    def keep_only(self, numbers: Collection[int]) -> None:
        """Delete what belongs to no tour any more (a reset, a power cut between two steps)."""
        kept = {f"{number}.tour" for number in numbers}
        for path in self._folder.path("tours").glob("*.tour"):
            if path.name not in kept:
                with contextlib.suppress(OSError):
                    path.unlink()

    def _path(self, number: int) -> Path:
        return self._folder.path("tours", f"{number}.tour")

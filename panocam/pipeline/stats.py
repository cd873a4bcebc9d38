"""Numbers about the running path, kept where they arise and copied out as plain values."""

from __future__ import annotations

from bisect import bisect_left
from collections import deque
from dataclasses import dataclass, field

from panocam.clock import NS
from panocam.media.stamps import Stage, Stamps

BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0)
"""Upper bounds in seconds; one more bucket holds what is slower."""

FEWEST = 4
"""Pictures that tell a rate better than what the source says of itself."""


@dataclass
class Histogram:
    """Durations in seconds by bucket (``BUCKETS`` and one above), as metric systems want them."""

    counts: list[int] = field(default_factory=lambda: [0] * (len(BUCKETS) + 1))
    sum: float = 0.0

    @property
    def count(self) -> int:
        return sum(self.counts)

    def add(self, seconds: float) -> None:
        self.counts[bisect_left(BUCKETS, seconds)] += 1
        self.sum += seconds

    def copy(self) -> Histogram:
        return Histogram(list(self.counts), self.sum)


class StageHistograms:
    """One histogram for each stage, and one for the whole way (key None)."""

    def __init__(self) -> None:
        self._by_stage: dict[Stage | None, Histogram] = {}

    def add(self, stamps: Stamps) -> None:
        for stage, seconds in stamps.durations().items():
            self._by_stage.setdefault(stage, Histogram()).add(seconds)
        self._by_stage.setdefault(None, Histogram()).add(stamps.total())

    def copy(self) -> dict[Stage | None, Histogram]:
        return {stage: histogram.copy() for stage, histogram in self._by_stage.items()}


class RateMeter:
    """Pictures a second over the last two seconds of media time."""

    def __init__(self, window_ns: int = 2 * NS) -> None:
        self._window = window_ns
        self._times: deque[int] = deque(maxlen=512)

    def add(self, pts_ns: int) -> None:
        self._times.append(pts_ns)
        while pts_ns - self._times[0] > self._window:
            self._times.popleft()

    def clear(self) -> None:
        self._times.clear()

    @property
    def settled(self) -> bool:
        """True once half of the window has been seen, and not by two pictures with a pause between them: the first ones of a source that
        was just opened, or roused, come when they can."""
        return len(self._times) >= FEWEST and self._times[-1] - self._times[0] >= self._window // 2

    @property
    def fps(self) -> float:
        """0 while there are fewer than two pictures."""
        times = list(self._times)
        if len(times) < 2 or times[-1] <= times[0]:
            return 0.0
        return (len(times) - 1) * NS / (times[-1] - times[0])

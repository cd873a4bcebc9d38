"""What is known of one NTP server."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field, replace
from enum import StrEnum

from panocam.clock import NS
from panocam.timekeeping.ntp import KissOfDeath, Sample

KEPT = 8
WANDER_PPM = 15
"""How much two clocks may drift apart (RFC 5905 PHI): an older sample says less."""
SLACK_NS = 10_000_000


class Standing(StrEnum):
    """What a server is worth at the moment."""

    WAITING = "waiting"  # not asked yet
    FOLLOWED = "followed"
    AGREES = "agrees"
    DISAGREES = "disagrees"  # with the majority, or there is none
    REFUSED = "refused"  # its answers are not believed
    SILENT = "silent"
    DENIED = "denied"  # it told us not to ask again


@dataclass
class Server:
    """One server of the list; ``host`` and ``port`` are where to ask. ``due_ns`` is monotonic: before it the server is not asked."""

    name: str
    host: str
    port: int
    standing: Standing = Standing.WAITING
    reason: str = ""
    due_ns: int = 0
    slower: int = 0
    samples: deque[Sample] = field(default_factory=lambda: deque[Sample](maxlen=KEPT))

    @property
    def asked(self) -> bool:
        """Whether it may be asked at all."""
        return self.standing is not Standing.DENIED

    def heard(self, sample: Sample) -> None:
        """A good answer. What it contradicts is forgotten: then the server's clock was set, or the machine's."""
        kept = [old for old in self.samples if not _contradict(old, sample)]
        self.samples.clear()
        self.samples.extend([*kept, sample])
        self.reason = ""

    def failed(self, standing: Standing, reason: str) -> None:
        """No answer, or a bad one: what it said before counts no longer."""
        self.standing, self.reason = standing, reason
        self.samples.clear()

    def kissed(self, kiss: KissOfDeath, now_ns: int, interval_ns: int) -> None:
        """It asked to be left alone, for ever or for longer than now."""
        self.failed(Standing.DENIED if kiss.final else Standing.REFUSED, str(kiss))
        self.slower = min(self.slower + 1, 10)
        self.due_ns = now_ns + (interval_ns << self.slower)

    def best(self, now_ns: int) -> Sample | None:
        """The sample that can be least wrong by now; its distance has grown with its age."""
        aged = [replace(each, distance_ns=each.distance_ns + _aging(each, now_ns)) for each in self.samples]
        return min(aged, key=lambda each: each.distance_ns, default=None)


def _aging(sample: Sample, now_ns: int) -> int:
    return (now_ns - sample.at_ns) * WANDER_PPM // 1_000_000


def _contradict(old: Sample, new: Sample) -> bool:
    apart = abs(old.offset_ns - new.offset_ns)
    return apart > (old.delay_ns + new.delay_ns) // 2 + _aging(old, new.at_ns) + SLACK_NS


def interval_ns(poll: int) -> int:
    """A poll exponent in nanoseconds."""
    return (1 << poll) * NS

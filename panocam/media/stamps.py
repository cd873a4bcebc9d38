"""Time carried inside data: when each stage was done with a picture, so that latency is a subtraction and never a guess."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Stage(StrEnum):
    """The stages of the optical path, in order."""

    CAPTURE = "capture"  # the source handed over the picture (for decoded sources: the packet arrived)
    DECODE = "decode"
    MASK = "mask"
    ADJUST = "adjust"  # only while the picture is adjusted
    WARP = "warp"
    LAYERS = "layers"
    ENCODE = "encode"
    PUBLISH = "publish"  # the packet reached the event loop


@dataclass(frozen=True)
class Stamps:
    """``(stage, monotonic ns when it was finished)`` in order. Immutable; ``at`` returns a longer copy."""

    times: tuple[tuple[Stage, int], ...] = ()

    def at(self, stage: Stage, monotonic_ns: int) -> Stamps:
        return Stamps((*self.times, (stage, monotonic_ns)))

    def of(self, stage: Stage) -> int:
        """When ``stage`` was finished, monotonic ns; 0 if it was not (yet)."""
        return next((time for each, time in self.times if each is stage), 0)

    def durations(self) -> dict[Stage, float]:
        """Seconds that each stage after the first took, waiting included."""
        return {b: (tb - ta) / 1e9 for (_, ta), (b, tb) in zip(self.times, self.times[1:], strict=False)}

    def total(self) -> float:
        """Seconds from the first to the last stamp; 0 with fewer than two."""
        return (self.times[-1][1] - self.times[0][1]) / 1e9 if len(self.times) > 1 else 0.0

"""How many channels this machine carries. Refusing one more says the truth; stuttering in all of them would not.

The cost of a channel is estimated, because it must be known before it starts: milliseconds of one core for a million pixels, the warp
included, as measured on a current x86-64 server core. ``OVERCOMMIT`` allows for better machines and for scenes at rest; where it
allowed too much, pictures are left out evenly and counted.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass

from panocam.errors import Busy
from panocam.media.codec import Codec, EncoderProfile

WARP_MS = 1.5
ENCODE_MS = {Codec.JPEG: 2.0, Codec.H264: 4.7, Codec.AV1: 6.3, Codec.H265: 18.0}
OVERCOMMIT = 2.5
FALLBACK_FPS = 25.0


def cost(profile: EncoderProfile, source_fps: float) -> float:
    """Cores that a channel keeps busy; ``source_fps`` 0 means unknown."""
    most = source_fps or FALLBACK_FPS
    fps = min(profile.fps or most, most)
    return profile.width * profile.height / 1e6 * fps * (WARP_MS + ENCODE_MS[profile.codec]) / 1000


@dataclass(frozen=True)
class Budget:
    """Upper bounds on all running channels together. One channel alone is never refused for its cost."""

    cores: float = (os.cpu_count() or 1) * OVERCOMMIT
    channels: int = 40

    def admit(self, running: Iterable[EncoderProfile], wanted: EncoderProfile, source_fps: float) -> None:
        """Raises Busy if ``wanted`` does not fit beside ``running``."""
        costs = [cost(profile, source_fps) for profile in running]
        if len(costs) >= self.channels:
            raise Busy(f"all {self.channels} streams with different pictures or encodings are in use; watch one that runs, or end one")
        more = cost(wanted, source_fps)
        if costs and sum(costs) + more > self.cores:
            raise Busy(
                f"this machine cannot encode another {wanted.width}x{wanted.height} {wanted.codec} stream beside the {len(costs)} running;"
                " ask for a lower resolution or frame rate, or watch a stream that runs"
            )

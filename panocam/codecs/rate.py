"""How many bits: the scale 0..100 that users see, and the cap on a second.

Compression goes linearly to each encoder's own constant-quality number. The ends are chosen so that 0 is visually lossless,
30 (the default) is each encoder's usual "good", and 100 is still recognisable.

The cap promises that no second holds more than ``max_bitrate_kbps``. Encoders know a leaky bucket only: it fills with every
picture and drains at ``rate``; its size ``bucket`` is the largest picture. A second of n pictures then holds at most
``bucket + rate * (n - 1) / n``. We give a fifth of the cap to the bucket (a key picture needs room) and the rest to the rate; with
fewer than five pictures a second the bucket must hold one picture's share, and the sum comes out at the cap again.

An encoder may still miss: no scene can be coarser than the coarsest step, and SVT-AV1 needs several pictures to react. Then
pictures are left out until the bucket has room, evenly rather than in one long gap: the frame rate gives way, not the cap.

How coarse an encoder may become is the stream's priority. With quality first it is told of no cap at all, and pictures alone give way.
"""

from __future__ import annotations

from dataclasses import dataclass

from panocam.clock import NS
from panocam.media.codec import BitrateMode, BitratePriority, Codec, EncoderProfile

ENDS: dict[Codec, tuple[float, float]] = {
    Codec.H264: (14.0, 44.0),  # QP 23 at 30, CRF 23 with a cap
    Codec.H265: (17.0, 47.0),  # CRF 26 at 30
    Codec.AV1: (22.0, 63.0),  # CRF 34 at 30
    Codec.JPEG: (96.0, 16.0),  # libjpeg quality 72 at 30
}
"""The encoder's number at compression 0 and at 100."""
BURST = 0.2


def quality(codec: Codec, compression: int) -> float:
    """The encoder's own quality number for ``compression`` 0..100."""
    best, worst = ENDS[codec]
    return round(best + (worst - best) * compression / 100, 1)


@dataclass(frozen=True)
class Cap:
    """A leaky bucket: ``rate`` in kbit/s, ``bucket`` in kbit. An encoder that has to keep it may go as far as its own number ``coarsest``
    (None: as far as it can); one that has not (``kept`` False) leaves it to the ``Throttle``."""

    rate: int
    bucket: int
    kept: bool = True
    coarsest: int | None = None


def cap(profile: EncoderProfile, fps: float) -> Cap | None:
    """The bucket that keeps ``profile.max_bitrate_kbps``, or None when the profile has no cap."""
    if profile.bitrate_mode is not BitrateMode.MBR:
        return None
    rate = min(1.0, (1 - BURST) / (1 - 1 / fps)) if fps > 1 else fps
    bucket = max(BURST, rate / fps)
    halfway = round(quality(profile.codec, (profile.compression + 100) // 2))
    return Cap(
        max(1, int(rate * profile.max_bitrate_kbps)),
        max(1, int(bucket * profile.max_bitrate_kbps)),
        kept=profile.bitrate_priority is not BitratePriority.QUALITY,
        coarsest=halfway if profile.bitrate_priority is BitratePriority.NONE else None,
    )


class Throttle:
    """The same bucket on our side of the encoder, in media time: says which pictures must be left out.

    A picture is expected to be as large as the smaller of the last two, so that one key picture does not count as the rule.
    """

    SLACK = 0.25
    """Part of the bucket that an encoder may overrun before we step in; its own sums are rounded."""

    def __init__(self, limit: Cap) -> None:
        self._limit = limit
        self._level = 0.0
        self._drained_ns: int | None = None
        self._last = self._before = 0.0

    def admits(self, pts_ns: int) -> bool:
        """Whether the picture of media time ``pts_ns`` may be coded."""
        if self._drained_ns is not None:
            self._level = max(0.0, self._level - self._limit.rate * (pts_ns - self._drained_ns) / NS)
        self._drained_ns = pts_ns
        if self._level == 0:
            return True
        return self._level + min(self._last, self._before) <= self._limit.bucket * (1 + self.SLACK)

    def spent(self, size: int) -> None:
        """A coded picture of ``size`` bytes left the encoder."""
        bits = size * 8 / 1000
        self._level += bits
        self._last, self._before = bits, self._last

"""How many bits: the scale 0..100 that users see, and the cap on a second.

Compression goes linearly to each encoder's own constant-quality number. The ends are chosen so that 0 is visually lossless,
30 (the default) is each encoder's usual "good", and 100 is still recognisable.

The cap promises that no second holds more than ``max_bitrate_kbps``. Encoders know a leaky bucket only: it fills with every
picture and drains at ``rate``; its size ``bucket`` is the largest picture. A second of n pictures then holds at most
``bucket + rate * (n - 1) / n``. We give a fifth of the cap to the bucket (a key picture needs room) and the rest to the rate; with
fewer than five pictures a second the bucket must hold one picture's share, and the sum comes out at the cap again.
"""

from __future__ import annotations

from dataclasses import dataclass

from panocam.media.codec import BitrateMode, Codec, EncoderProfile

ENDS: dict[Codec, tuple[float, float]] = {
    Codec.H264: (14.0, 44.0),  # CRF 23 at 30
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
    """A leaky bucket: ``rate`` in kbit/s, ``bucket`` in kbit."""

    rate: int
    bucket: int


def cap(profile: EncoderProfile, fps: float) -> Cap | None:
    """The bucket that keeps ``profile.max_bitrate_kbps``, or None when the profile has no cap."""
    if profile.bitrate_mode is not BitrateMode.MBR:
        return None
    rate = min(1.0, (1 - BURST) / (1 - 1 / fps)) if fps > 1 else fps
    bucket = max(BURST, rate / fps)
    return Cap(max(1, int(rate * profile.max_bitrate_kbps)), max(1, int(bucket * profile.max_bitrate_kbps)))

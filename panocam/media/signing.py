"""How the packets of a channel are signed, as a value that belongs to the channel's identity."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from panocam.media.codec import Codec


class SigningFormat(StrEnum):
    """The two published ways of carrying signatures inside a video stream, the first one also as older verifiers know it."""

    AXIS = "axis"  # the open signed-video framework: H.264, H.265, AV1
    AXIS_2_0 = "axis-2.0"  # the same in the layout of its release 2.0: H.264, H.265
    ONVIF = "onvif"  # ONVIF Media Signing: H.264, H.265


SIGNABLE = frozenset({Codec.H264, Codec.H265, Codec.AV1})
"""Codecs that have a place for a signature; Motion JPEG has none."""


@dataclass(frozen=True)
class Signing:
    """``interval_s``: a group of pictures that lasts longer is signed in parts of about this many seconds; 0 never divides one."""

    format: SigningFormat = SigningFormat.AXIS
    interval_s: float = 5.0

    def for_codec(self, codec: Codec) -> Signing:
        """The same with a format that ``codec`` knows: the others say nothing of AV1."""
        return Signing(SigningFormat.AXIS, self.interval_s) if codec is Codec.AV1 else self

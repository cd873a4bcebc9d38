"""The header extension of replayed RTP (ONVIF streaming §6.3): when a picture was taken, and how it hangs together with its neighbours."""

from __future__ import annotations

import struct
from dataclasses import dataclass

from panocam.streaming.rtcp import ntp_timestamp

PROFILE, WORDS = 0xABAC, 3
SIZE = 4 + 4 * WORDS


@dataclass(frozen=True)
class Marks:
    """``clean``: decoding may start here; ``end``: nothing follows without a gap; ``jump``: it does not follow what was sent before;
    ``last``: nothing follows at all; ``cseq``: of the PLAY that asked for it."""

    wall_ns: int
    clean: bool
    end: bool
    jump: bool
    last: bool
    cseq: int

    def encode(self) -> bytes:
        """The extension with its head, for the first packet of an access unit."""
        flags = self.clean << 7 | self.end << 6 | self.jump << 5 | self.last << 4
        return struct.pack("!HHQBBH", PROFILE, WORDS, ntp_timestamp(self.wall_ns), flags, self.cseq & 0xFF, 0)

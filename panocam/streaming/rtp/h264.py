"""H.264 payloads (RFC 6184): single NAL unit packets and FU-A only, because widespread clients read nothing else (no STAP-A)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from panocam.streaming.rtp.payload import Payload

_FU_A = 28
_START, _END = 0x80, 0x40
_LEFT_OUT = frozenset({9, 12})
"""Access unit delimiter and filler: RTP's marker bit and timestamps say the same for less."""


def payloads(units: Iterable[memoryview], limit: int) -> Iterator[Payload]:
    """Payloads of at most ``limit`` bytes from NAL units without start codes (§5.6, §5.8)."""
    for unit in units:
        kind = unit[0] & 0x1F
        if kind in _LEFT_OUT:
            continue
        if len(unit) <= limit:
            yield b"", unit
            continue
        # The NAL header does not travel: its first three bits go into the FU indicator, its type into the FU header.
        indicator, step, last = unit[0] & 0xE0 | _FU_A, limit - 2, len(unit)
        final = 1 + (last - 2) // step * step
        yield bytes((indicator, _START | kind)), unit[1 : 1 + step]
        middle = bytes((indicator, kind))
        for at in range(1 + step, final, step):
            yield middle, unit[at : at + step]
        yield bytes((indicator, _END | kind)), unit[final:]

"""H.265 payloads (RFC 7798): single NAL unit packets and fragmentation units; no aggregation, no DONL fields."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from panocam.streaming.rtp.payload import Payload

_FU = 49
_START, _END = 0x80, 0x40
_LEFT_OUT = frozenset({35, 38})
"""Access unit delimiter and filler data."""


def payloads(units: Iterable[memoryview], limit: int) -> Iterator[Payload]:
    """Payloads of at most ``limit`` bytes from NAL units without start codes (§4.4.1, §4.4.3)."""
    for unit in units:
        kind = unit[0] >> 1 & 0x3F
        if kind in _LEFT_OUT:
            continue
        if len(unit) <= limit:
            yield b"", unit
            continue
        # Layer and temporal id stay in the two header bytes; only the type is replaced by that of a fragment.
        high, low, step, last = unit[0] & 0x81 | _FU << 1, unit[1], limit - 3, len(unit)
        final = 2 + (last - 3) // step * step
        yield bytes((high, low, _START | kind)), unit[2 : 2 + step]
        middle = bytes((high, low, kind))
        for at in range(2 + step, final, step):
            yield middle, unit[at : at + step]
        yield bytes((high, low, _END | kind)), unit[final:]

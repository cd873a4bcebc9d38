"""AV1 payloads (AOMedia, RTP Payload Format For AV1 v1.0): OBUs without their size fields, one OBU or a piece of one per packet.

The aggregation header is ``Z Y W W N - - -``: Z, this packet goes on with the OBU of the last one; Y, the next one goes on with
this OBU; W, how many OBUs are here (always 1, so no length has to be written); N, a new coded video sequence begins.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from panocam.streaming.rtp.payload import Payload

_Z, _Y, _W1, _N = 0x80, 0x40, 0x10, 0x08
_LEFT_OUT = frozenset({2, 8, 15})
"""Temporal delimiter and tile list must not be sent (§5); padding need not."""


def payloads(units: Iterable[tuple[int, bytes, memoryview]], limit: int, new_sequence: bool) -> Iterator[Payload]:
    """Payloads of at most ``limit`` bytes from (OBU type, OBU header with its size flag cleared, OBU payload) triples."""
    first = _N if new_sequence else 0
    for kind, header, body in units:
        if kind in _LEFT_OUT:
            continue
        at, end, begun = 0, len(body), 0
        while True:
            step = limit - 1 - (0 if begun else len(header))
            more = _Y if at + step < end else 0
            yield bytes((begun | more | _W1 | first,)) + (b"" if begun else header), body[at : at + step]
            at, begun, first = at + step, _Z, 0
            if not more:
                break

"""Which of several servers to believe (RFC 5905 §11.2.1, after Marzullo).

Each server says: the time lies between *offset - distance* and *offset + distance*. Those whose intervals share a moment agree. If they are
more than half of all that answer, the one of them that can be least wrong is followed; the others are wrong. One alone is believed; two
that disagree are both doubted.
"""

from __future__ import annotations

from collections.abc import Mapping

from panocam.timekeeping.ntp import Sample


def agreeing(samples: Mapping[str, Sample]) -> list[str]:
    """The servers that agree, best first; none when there is no majority."""
    edges = sorted(
        edge
        for sample in samples.values()
        for edge in ((sample.offset_ns - sample.distance_ns, 0), (sample.offset_ns + sample.distance_ns, 1))
    )  # at the same moment intervals begin before others end
    most, now, shared = 0, 0, 0
    for at, ends in edges:
        now += -1 if ends else 1
        if now > most:
            most, shared = now, at
    if 2 * most <= len(samples):
        return []
    found = [name for name, sample in samples.items() if abs(sample.offset_ns - shared) <= sample.distance_ns]
    return sorted(found, key=lambda name: (samples[name].distance_ns, samples[name].stratum))

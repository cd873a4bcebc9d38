"""Camera tampering: the group Tampering.T0, over the settings of that name."""

from __future__ import annotations

from collections.abc import Iterator

from panocam.api.vapix.params.leaf import YES_NO, Leaf, bound, fact, whole
from panocam.settings.tampering import LONGEST_S, SHORTEST_S


def rows() -> Iterator[Leaf]:
    """Every leaf of the group, and that there is one."""
    yield fact("Properties.Tampering.Tampering", "yes")
    yield from bound("Tampering.T0.DarkDetectionEnabled", "tampering.dark", YES_NO)
    yield from bound("Tampering.T0.MinDuration", "tampering.delay", whole(SHORTEST_S, LONGEST_S))

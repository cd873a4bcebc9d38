"""Where recordings are kept: the group Storage, over the settings of the same name."""

from __future__ import annotations

from collections.abc import Iterator

from panocam.api.vapix.params.leaf import Codec, Leaf, Shape, bound, choice, fact, number
from panocam.settings.storage import CARD

HOURS = Codec(lambda days: str(round(24 * days)), lambda hours: number(hours) / 24, Shape("int", 0, 24 * 7000))


def rows() -> Iterator[Leaf]:
    """Every leaf of the one disk that there is."""
    yield fact("Storage.S0.DiskID", CARD)
    yield fact("Storage.S0.Enabled", lambda services: services.storage is not None)
    yield from bound("Storage.S0.CleanupMaxAge", "storage.retention_days", HOURS)
    yield from bound("Storage.S0.CleanupPolicyActive", "storage.remove_oldest", choice({"fifo": True, "none": False}))

"""A bound on moves from one client: more than the pictures can show is noise, and ten noisy clients must not slow the camera down.

Moves between two pictures need no queue: a pose replaces the one before, so they coalesce by themselves. What costs is answering them.
"""

from __future__ import annotations

from collections import OrderedDict

from panocam.clock import NS
from panocam.errors import Busy

RATE = 200
"""Moves a second that one client may send for ever; a mouse on a fast screen sends 120."""

BURST = 400
REMEMBERED = 1000
"""Clients."""


class FloodGate:
    """A bucket of ``BURST`` moves for each client, filled again at ``RATE`` a second."""

    def __init__(self) -> None:
        self._buckets: OrderedDict[str, tuple[float, int]] = OrderedDict()  # client: (moves left, at)
        self.refused = 0

    def let(self, client: str, now_ns: int) -> None:
        """Count one move. Raises Busy beyond the bound."""
        left, at = self._buckets.pop(client, (float(BURST), now_ns))
        left = min(BURST, left + (now_ns - at) / NS * RATE)
        self._buckets[client] = (max(left - 1, 0.0), now_ns)
        while len(self._buckets) > REMEMBERED:
            self._buckets.popitem(last=False)
        if left < 1:
            self.refused += 1
            raise Busy(f"more than {RATE} moves a second from one client: send one a picture, or keep moving with one continuous move", 1.0)

"""How many connections each address may have, so that one of them cannot take the places of all others.

A connection enters when it is accepted and leaves when it is gone, whatever protocol speaks on it in between. Addresses of IPv6 count by
their /64, which is what one subscriber gets.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable

from panocam.access.throttle import network

log = logging.getLogger(__name__)

MAX_CONNECTIONS = 4000
"""From all addresses together."""


class Crowd:
    """The connections of now by address. ``limit`` is asked at each entry."""

    def __init__(self, limit: Callable[[], int] = lambda: MAX_CONNECTIONS) -> None:
        self._limit = limit
        self._present: dict[object, str] = {}
        self._counts: Counter[str] = Counter()
        self._told: set[str] = set()

    def __len__(self) -> int:
        return len(self._present)

    def enter(self, connection: object, peer: str) -> bool:
        """Whether there is a place for one more; then it has it. Entering twice is allowed."""
        if connection in self._present:
            return True
        who = network(peer)
        if len(self._present) >= MAX_CONNECTIONS or self._counts[who] >= self._limit():
            if who not in self._told:  # once, not for each of a flood
                self._told.add(who)
                log.warning("%s has %d connections of %d in all: more are turned away", who, self._counts[who], len(self._present))
            return False
        self._present[connection] = who
        self._counts[who] += 1
        return True

    def leave(self, connection: object) -> None:
        """Give the place back. Leaving twice is allowed."""
        who = self._present.pop(connection, None)
        if who is not None:
            self._told.discard(who)
            self._counts[who] -= 1
            if not self._counts[who]:
                del self._counts[who]

"""A lost network as a condition on the bus: the link of each interface that has ever had one since the start.

An interface that never had a link (a bridge without members, a free socket) is not lost, and one that was removed is no longer told of.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable

from panocam.events.bus import Bus
from panocam.events.topics import NETWORK_LOST
from panocam.network.interfaces import Interface, interfaces

EVERY_S = 2.0


class LinkWatch:
    """``look`` is called every two seconds by ``run``."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._known: set[str] = set()

    def look(self, found: Iterable[Interface]) -> None:
        """Tell what has changed."""
        links = {each.name: each.link for each in found if each.link is not None}
        self._known |= {name for name, link in links.items() if link}
        for name in sorted(self._known):
            if name in links:
                self._bus.emit(NETWORK_LOST, {"interface": name}, lost=not links[name])
            else:
                self._known.discard(name)
                self._bus.retire(NETWORK_LOST, {"interface": name})

    async def run(self) -> None:
        """Look until it is cancelled."""
        while True:
            self.look(await asyncio.to_thread(interfaces))
            await asyncio.sleep(EVERY_S)


def watch_links(bus: Bus) -> Callable[[], object]:
    """Begin to look. Returns the function that ends it."""
    return asyncio.create_task(LinkWatch(bus).run(), name="network links").cancel

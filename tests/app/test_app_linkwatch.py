"""A lost network: told of interfaces that had a link, and of no others."""

from __future__ import annotations

from panocam.app.linkwatch import LinkWatch
from panocam.clock import ManualClock
from panocam.events import Bus, Event
from panocam.network.interfaces import Interface


def card(name: str, link: bool | None) -> Interface:
    return Interface(name, "02:00:DE:AD:BE:EF", link, False, (), "")


async def test_what_is_told() -> None:
    bus = Bus(ManualClock())
    heard: list[tuple[object, str, bool]] = []

    def hear(event: Event) -> None:
        heard.append((event.source["interface"], str(event.operation), event.state))

    bus.subscribe(hear, "Device/Network/Lost")
    watch = LinkWatch(bus)
    bridge, silent = card("docker0", False), card("utun0", None)
    watch.look([card("eth0", True), card("wlan0", True), bridge, silent])
    assert heard == [("eth0", "Initialized", False), ("wlan0", "Initialized", False)]
    heard.clear()
    watch.look([card("eth0", False), card("wlan0", True), bridge, silent])
    watch.look([card("eth0", False), bridge, silent])
    watch.look([card("eth0", True), bridge, silent])
    assert heard == [("eth0", "Changed", True), ("wlan0", "Deleted", False), ("eth0", "Changed", False)]

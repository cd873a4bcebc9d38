"""The camera's address, set as the settings say where it manages an interface."""

from __future__ import annotations

import contextlib

from panocam.api.services import Services
from panocam.events.bus import Bus
from panocam.events.topics import ADDRESS_CONFLICT
from panocam.network.manager import AddressManager, AddressPlan
from panocam.settings import Snapshot
from panocam.settings.addressing import AddressMode, interface, router_of


async def manage_address(stack: contextlib.AsyncExitStack, services: Services, bus: Bus) -> None:
    """From the address that was saved on, until ``stack`` ends."""
    store = services.settings
    settings = store.running

    def conflict(address: str, mac: str) -> None:
        bus.emit(ADDRESS_CONFLICT, address=address, mac=mac)

    manager = AddressManager(settings.addressing.interface, settings.device.serial, services.clock, conflict)
    services.addresses = await stack.enter_async_context(manager)
    await manager.begin(address_plan(settings))
    store.bind(["addressing"], lambda old, new: manager.apply(address_plan(new)))


def address_plan(settings: Snapshot) -> AddressPlan:
    """What the settings want."""
    addressing = settings.addressing
    if addressing.mode is AddressMode.LINK_LOCAL:
        return AddressPlan(link_local=True)
    if addressing.mode is AddressMode.MACHINE:
        return AddressPlan()
    camera = interface(addressing.ipv4)
    return AddressPlan(camera, router_of(addressing.router, camera) if addressing.router else None)

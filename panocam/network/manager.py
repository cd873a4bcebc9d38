"""The address of the one interface that the camera manages, where it was started with ``--manage-interface``.

Everywhere else the addresses are the machine's, and a wish for another one is refused with the reason. A new address is taken only when
nobody else has it (RFC 5227), before the old one is given up; the old one stays for a moment more, so that who asked still gets an answer.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Interface
from typing import Self

from panocam.clock import Clock
from panocam.errors import InvalidValue, Unavailable
from panocam.network import arp, netlink

log = logging.getLogger(__name__)

FAREWELL_S = 3.0
LINK_LOCAL_TRIES = 10


@dataclass(frozen=True)
class AddressPlan:
    """``camera`` None with ``link_local`` False leaves everything as it is."""

    camera: IPv4Interface | None = None
    router: IPv4Address | None = None
    link_local: bool = False

    @property
    def asks(self) -> bool:
        """Whether there is something to do."""
        return self.camera is not None or self.link_local


class AddressManager:
    """Enter it with ``async with``. ``interface`` "" manages none; ``conflict`` is told of an address that somebody else has."""

    def __init__(self, interface: str, serial: str, clock: Clock, conflict: Callable[[str, str], None] = lambda address, mac: None) -> None:
        self.interface, self._serial, self._clock, self._conflict = interface, serial, clock, conflict
        self._plan = AddressPlan()
        self._farewells: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exc: object) -> None:
        for task in self._farewells:
            task.cancel()

    @property
    def obstacle(self) -> str:
        """Why addresses cannot be set here, in a sentence with the remedy; "" when they can."""
        if not self.interface:
            return (
                "The camera's addresses are those of the machine it runs on: set them there. "
                "A machine that is nothing but a camera can leave its interface to it: panocam run --manage-interface eth0"
            )
        return netlink.obstacle(self.interface)

    async def begin(self, plan: AddressPlan) -> None:
        """At the start: what cannot be is told in the log, and no reason not to start."""
        if not plan.asks:
            return
        try:
            await self.apply(plan)
        except (Unavailable, InvalidValue) as fault:
            log.warning("the saved address is not in force: %s", fault)

    async def apply(self, plan: AddressPlan) -> None:
        """Give the interface this address. Raises Unavailable where none is managed, InvalidValue for one that somebody else has."""
        if plan == self._plan:
            return
        if plan.asks:
            if self.obstacle:
                raise Unavailable(self.obstacle)
            camera = await self._link_local() if plan.link_local else plan.camera
            assert camera is not None
            old = await asyncio.to_thread(netlink.addresses, self.interface)
            if camera not in old:
                await self._demand_free(camera.ip)
            await asyncio.to_thread(netlink.give, self.interface, camera, plan.router)
            log.info("%s has the address %s now", self.interface, camera)
            self._forget_later([each for each in old if each != camera], camera, plan.router)
        self._plan = plan

    async def owner(self, address: IPv4Address) -> str:
        """Who else has it: a hardware address, "" for nobody. Raises Unavailable."""
        if self.obstacle:
            raise Unavailable(self.obstacle)
        return await asyncio.to_thread(arp.owner, self.interface, address, self._clock)

    async def _demand_free(self, address: IPv4Address) -> None:
        mac = await self.owner(address)
        if mac:
            self._conflict(str(address), mac)
            raise InvalidValue("addressing.ipv4", str(address), f"is in use by another device ({mac}); get another address")

    async def _link_local(self) -> IPv4Interface:
        """A free one of 169.254.1.0 to 169.254.254.255, the same one each time if it can be (RFC 3927 §2.1)."""
        mine = await asyncio.to_thread(netlink.addresses, self.interface)
        for attempt in range(LINK_LOCAL_TRIES):
            digest = hashlib.sha256(f"{self._serial} {attempt}".encode()).digest()
            address = IPv4Address(0xA9FE0100 + int.from_bytes(digest[:4], "big") % (254 * 256))
            if IPv4Interface(f"{address}/16") in mine or not await self.owner(address):
                return IPv4Interface(f"{address}/16")
        raise Unavailable(f"no free link-local address was found on {self.interface}; something there answers for all of them")

    def _forget_later(self, old: list[IPv4Interface], camera: IPv4Interface, router: IPv4Address | None) -> None:
        async def forget() -> None:
            await asyncio.sleep(FAREWELL_S)
            await asyncio.to_thread(netlink.take, self.interface, old)
            await asyncio.to_thread(
                netlink.give, self.interface, camera, router
            )  # Linux takes the second address of a network with the first

        for earlier in self._farewells:
            earlier.cancel()  # what it would have taken is among the old ones now
        if old:
            task = asyncio.create_task(forget(), name="old addresses")
            self._farewells.add(task)
            task.add_done_callback(self._farewells.discard)

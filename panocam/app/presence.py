"""Being found on the network, in each protocol that is switched on, under the names and addresses of the moment."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from typing import Self

from panocam.access import Accounts
from panocam.discovery.announcement import Announcement, own_addresses
from panocam.discovery.mdns import Announcer
from panocam.discovery.responder import Responder, Upnp, WsDiscovery
from panocam.errors import Unavailable
from panocam.settings import Snapshot

log = logging.getLogger(__name__)

GOODBYE_S = 2.0
"""How long the end may take: the goodbyes are a courtesy."""

LOOK_S = 10.0
"""How often the host's own addresses are looked at; a new one, by DHCP for instance, is announced."""

Announcing = Callable[[Announcement], AbstractAsyncContextManager[object]]


def protocols(instance: int) -> Mapping[str, Announcing]:
    """How to announce a camera in each protocol, by its name. ``instance`` is a number that grows with each start."""
    return {
        "mDNS": Announcer,
        "UPnP": lambda announcement: Responder(Upnp(announcement), announcement.host),
        "WS-Discovery": lambda announcement: Responder(WsDiscovery(announcement, instance), announcement.host),
    }


def wanted(base: Announcement, settings: Snapshot, needs_setup: bool) -> Mapping[str, Announcement | None]:
    """What to announce in each protocol; None where it is switched off. ``base`` has the ports and the serial number."""
    device, chosen = settings.device, settings.discovery
    camera = replace(base, name=device.name, model=device.model.upper(), needs_setup=needs_setup, host_name=settings.addressing.host_name)
    return {
        "mDNS": replace(camera, friendly=chosen.mdns_name) if chosen.mdns else None,
        "UPnP": replace(camera, friendly=chosen.upnp_name) if chosen.upnp else None,
        "WS-Discovery": camera if chosen.ws_discovery else None,
    }


class Presence:
    """Announces the camera in the background while the ``async with`` block runs.

    A network without multicast is no reason to stop: the camera can still be reached by its address.
    """

    def __init__(
        self,
        base: Announcement,
        settings: Snapshot,
        accounts: Accounts,
        ways: Mapping[str, Announcing],
        addresses: Callable[[str | None], list[str]] = own_addresses,
    ) -> None:
        self._base, self._settings, self._accounts, self._addresses = base, settings, accounts, addresses
        self._rows = {name: _Row(announcing) for name, announcing in ways.items()}
        self._tasks: list[asyncio.Task[None]] = []
        self._stack = contextlib.ExitStack()

    async def __aenter__(self) -> Self:
        self._stack.callback(self._accounts.listen(lambda _name: self._tell()))
        self._tell()
        self._tasks = [asyncio.create_task(row.run(), name=f"discovery by {name}") for name, row in self._rows.items()]
        self._tasks.append(asyncio.create_task(self._look(), name="own addresses"))
        return self

    async def __aexit__(self, *exc: object) -> None:
        self._stack.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.wait(self._tasks, timeout=GOODBYE_S)

    def apply(self, settings: Snapshot) -> None:
        """Announce what is right with these settings from now on."""
        self._settings = settings
        self._tell()

    def move(self, http_port: int, https_port: int, rtsp_port: int) -> None:
        """Announce these ports from now on; 0 is one that is off."""
        self._base = replace(self._base, http_port=http_port, https_port=https_port, rtsp_port=rtsp_port)
        self._tell()

    def _tell(self) -> None:
        for name, announcement in wanted(self._base, self._settings, self._accounts.empty).items():
            self._rows[name].change(announcement)

    async def _look(self) -> None:
        """Say everything anew where this host has other addresses than before."""
        here = self._addresses(self._base.host)
        while True:
            await asyncio.sleep(LOOK_S)
            if (now := self._addresses(self._base.host)) != here:
                log.info("announcing the camera at %s", ", ".join(now))
                here = now
                for row in self._rows.values():
                    row.renew()


class _Row:
    """One protocol."""

    def __init__(self, announcing: Announcing) -> None:
        self._announcing = announcing
        self._announcement: Announcement | None = None
        self._changed = asyncio.Event()

    def change(self, announcement: Announcement | None) -> None:
        """Announce this from now on; nothing with None."""
        if announcement != self._announcement:
            self._announcement = announcement
            self.renew()

    def renew(self) -> None:
        """Say goodbye and begin again."""
        self._changed.set()

    async def run(self) -> None:
        """Until it is cancelled."""
        while True:
            self._changed.clear()
            try:
                async with contextlib.nullcontext() if self._announcement is None else self._announcing(self._announcement):
                    await self._changed.wait()
            except Unavailable as error:
                log.warning("%s", error)
                await self._changed.wait()

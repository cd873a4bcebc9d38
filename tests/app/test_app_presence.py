"""What is announced follows settings, accounts and addresses; each protocol starts anew only when its own facts change."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from panocam.access import Accounts, KeyStore
from panocam.app import presence
from panocam.app.presence import Presence
from panocam.clock import SystemClock
from panocam.discovery.announcement import Announcement
from panocam.errors import Unavailable
from panocam.settings import DataFolder
from panocam.settings.snapshot import build

BASE = Announcement("", "", "ACCC8E010203", 8080, 8443, 8554, host="127.0.0.1")


class Log:
    """What the protocols were told, in order."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._news = asyncio.Event()

    def way(self, name: str) -> Callable[[Announcement], contextlib.AbstractAsyncContextManager[object]]:
        @contextlib.asynccontextmanager
        async def announcing(camera: Announcement) -> AsyncIterator[None]:
            self._add(f"{name} +{camera.title}{' new' if camera.needs_setup else ''}")
            try:
                yield
            finally:
                self._add(f"{name} -{camera.title}")

        return announcing

    def _add(self, line: str) -> None:
        self.lines.append(line)
        self._news.set()

    async def expect(self, *lines: str) -> None:
        async with asyncio.timeout(10):
            while len(self.lines) < len(lines):
                self._news.clear()
                await self._news.wait()
        assert sorted(self.lines) == sorted(lines)
        self.lines.clear()


@pytest.fixture
def accounts(tmp_path: Path) -> Accounts:
    folder = DataFolder(tmp_path)
    return Accounts.open(folder, KeyStore.open(folder), SystemClock(), BASE.serial)


@pytest.mark.feature("TRB-08")
async def test_the_presence_follows(accounts: Accounts, monkeypatch: pytest.MonkeyPatch) -> None:
    log, addresses, looked = Log(), ["192.0.2.7"], asyncio.Event()
    ways = {"mDNS": log.way("m"), "UPnP": log.way("u"), "WS-Discovery": log.way("w")}
    monkeypatch.setattr(presence, "LOOK_S", 0.01)

    def here(host: str | None) -> list[str]:
        looked.set()
        return list(addresses)

    name = "Hall - ACCC8E010203"
    async with Presence(BASE, build({"device.name": "Hall"}), accounts, ways, here) as present:
        await log.expect(f"m +{name} new", f"u +{name} new", f"w +{name} new")
        await accounts.add_first("root", "Pelargonie-7")
        await log.expect(f"m -{name}", f"u -{name}", f"w -{name}", f"m +{name}", f"u +{name}", f"w +{name}")
        present.apply(build({"device.name": "Hall", "discovery.upnp_name": "Front"}))
        await log.expect(f"u -{name}", "u +Front")
        present.apply(build({"device.name": "Hall", "discovery.upnp": False, "discovery.ws_discovery": False}))
        await log.expect("u -Front", f"w -{name}")
        looked.clear()
        await looked.wait()
        assert log.lines == []
        addresses[0] = "192.0.2.8"
        await log.expect(f"m -{name}", f"m +{name}")
    await log.expect(f"m -{name}")


async def test_a_network_that_does_not_let_it_is_no_reason_to_stop(accounts: Accounts) -> None:
    log, refuse = Log(), True

    @contextlib.asynccontextmanager
    async def refusing(camera: Announcement) -> AsyncIterator[None]:
        if refuse:
            log._add("refused")
            raise Unavailable("no multicast here")
        async with log.way("m")(camera):
            yield

    ways = {"mDNS": refusing, "UPnP": log.way("u"), "WS-Discovery": log.way("w")}
    name = "Panoramic camera - ACCC8E010203"
    async with Presence(BASE, build({}), accounts, ways) as present:
        await log.expect("refused", f"u +{name} new", f"w +{name} new")
        refuse = False
        present.apply(build({"discovery.mdns_name": "Hall", "discovery.upnp": False, "discovery.ws_discovery": False}))
        await log.expect("m +Hall new", f"u -{name}", f"w -{name}")

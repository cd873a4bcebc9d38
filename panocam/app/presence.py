"""Being found on the network, under the name of the moment."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from typing import Self

from panocam.discovery.mdns import Announcement, Announcer
from panocam.errors import Unavailable

log = logging.getLogger(__name__)

GOODBYE_S = 2.0
"""How long the end may take: the goodbyes are a courtesy."""


class Presence:
    """Announces the camera in the background while the ``async with`` block runs.

    A network without multicast is no reason to stop: the camera can still be reached by its address.
    """

    def __init__(self, announcement: Announcement) -> None:
        self._announcement = announcement
        self._changed = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._run(), name="discovery")
        return self

    async def __aexit__(self, *exc: object) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task], timeout=GOODBYE_S)

    def change(self, *, name: str, model: str) -> None:
        """Announce another name or model from now on."""
        changed = replace(self._announcement, name=name, model=model)
        if changed != self._announcement:
            self._announcement = changed
            self._changed.set()

    async def _run(self) -> None:
        while True:
            self._changed.clear()
            try:
                async with Announcer(self._announcement):
                    await self._changed.wait()
            except Unavailable as error:
                log.warning("%s", error)
                await self._changed.wait()

"""A camera that ends right after it began: what was just opening its sockets is interrupted anywhere, and leaves none open.

An open one would keep the loop from closing, and the program from ending.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Coroutine

import psutil
import pytest
import uvloop

from panocam.clock import SystemClock
from panocam.discovery.announcement import Announcement
from panocam.discovery.group import Group
from panocam.discovery.mdns import Announcer
from panocam.errors import Unavailable
from panocam.timekeeping.asking import _ask

STEPS = 8
"""Turns of the loop from the first socket on: by then all are open."""

HALL = Announcement("Hall", "M4328", "ACCC8E0C11E8", 18080, 0, 0, "127.0.0.1")


async def multicast() -> None:
    async with Group("239.255.255.250", 1900, ["127.0.0.1"], lambda data, sender: None):
        await asyncio.Event().wait()


async def announcing() -> None:
    async with Announcer(HALL):
        await asyncio.Event().wait()


async def asking_the_time() -> None:
    await _ask(("127.0.0.1", 9), SystemClock(), 5)


def sockets() -> int:
    return len(psutil.Process().net_connections("udp"))


@pytest.mark.parametrize("steps", range(STEPS))
@pytest.mark.parametrize("work", [multicast, announcing, asking_the_time])
def test_what_is_interrupted_leaves_no_socket(work: Callable[[], Coroutine[None, None, None]], steps: int) -> None:
    async def left() -> int:
        before = sockets()
        task = asyncio.create_task(work())
        while sockets() == before:  # noqa: ASYNC110 - a turn of the loop is the unit here, and nobody tells of a socket
            await asyncio.sleep(0)
        for _ in range(steps):
            await asyncio.sleep(0)
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError, Unavailable):
            await task
        for _ in range(STEPS):  # what was left to itself has time to open one
            await asyncio.sleep(0)
        return sockets() - before

    loop = uvloop.new_event_loop()
    open_ones = loop.run_until_complete(left())
    assert open_ones == 0  # before the loop is closed, which would wait for them for ever
    loop.close()

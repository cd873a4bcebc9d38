"""UDP endpoints that leave nothing open when whoever opens them is interrupted.

A task that is cancelled while it waits for a datagram endpoint gets no transport to close. asyncio closes it then; uvloop (0.23) leaves it
open, and its loop waits for it for ever when it is closed: the program would not end.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable


async def open_datagrams(
    protocol: Callable[[], asyncio.DatagramProtocol], *, sock: socket.socket | None = None, remote: tuple[str, int] | None = None
) -> asyncio.DatagramTransport:
    """An endpoint on ``sock``, or one that speaks with ``remote`` (address, port) alone. Raises OSError."""
    making = asyncio.ensure_future(asyncio.get_running_loop().create_datagram_endpoint(protocol, sock=sock, remote_addr=remote))
    try:
        return (await asyncio.shield(making))[0]
    except asyncio.CancelledError:
        (await making)[0].close()
        raise

"""Where a connection's bytes go: a socket, an HTTP tunnel, a WebSocket. The RTSP code does not know which.

The contract is small so that any carrier can keep it: ``write`` never waits and never fails, ``pending`` says how many bytes
the carrier still holds, ``close`` may be called twice. Who writes looks at ``pending`` first and leaves things out when it is high.
"""

from __future__ import annotations

import asyncio
import os
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Protocol


class Outlet(Protocol):
    """The sending half of a byte stream."""

    @property
    def peer(self) -> tuple[str, int]: ...
    @property
    def local(self) -> tuple[str, int]: ...
    @property
    def carrier(self) -> str: ...
    @property
    def secure(self) -> bool: ...
    def write(self, data: bytes) -> None: ...
    def pending(self) -> int: ...
    def close(self) -> None: ...


class TransportOutlet:
    """An asyncio transport, plain or TLS.

    On a plain socket with nothing queued, the kernel is asked directly; what it does not take goes the transport's way. With a
    thousand readers that saves a third of the work, and keeps at the same time the transport's own ordering: it is
    only bypassed while it is empty.
    """

    def __init__(self, transport: asyncio.Transport, carrier: str | None = None) -> None:
        self._transport = transport
        self.secure = transport.get_extra_info("ssl_object") is not None
        raw = transport.get_extra_info("socket")
        self._fd = raw.fileno() if raw is not None and not self.secure and os.name == "posix" else -1
        self.peer = _address(transport.get_extra_info("peername"))
        self.local = _address(transport.get_extra_info("sockname"))
        self.carrier = carrier or ("tls" if self.secure else "tcp")
        self.pending: Callable[[], int] = transport.get_write_buffer_size

    def write(self, data: bytes) -> None:
        """Send without waiting."""
        if self._transport.is_closing():
            return
        if self._fd >= 0 and not self.pending():
            try:
                sent = os.write(self._fd, data)
            except (BlockingIOError, InterruptedError):
                sent = 0
            except OSError:
                # The peer is gone; the transport will meet the same error and report it to its protocol.
                sent = 0
            if sent == len(data):
                return
            data = data[sent:]
        self._transport.write(data)

    def close(self) -> None:
        """Send what is queued, then close."""
        self._fd = -1
        if self.pending():
            # A peer that does not read must not keep the socket: what it would not take in time is not worth waiting for.
            asyncio.get_running_loop().call_later(2.0, self._transport.abort)
        self._transport.close()


class QueueOutlet:
    """A carrier with an awaitable ``send``, such as a WebSocket: ``pump`` empties the queue, one message for each write."""

    def __init__(self, peer: tuple[str, int], local: tuple[str, int], carrier: str, secure: bool) -> None:
        self.peer, self.local, self.carrier, self.secure = peer, local, carrier, secure
        self._queue: deque[bytes] = deque()
        self._bytes = 0
        self._closed = False
        self._news = asyncio.Event()

    def write(self, data: bytes) -> None:
        """Queue a message."""
        if not self._closed:
            self._queue.append(data)
            self._bytes += len(data)
            self._news.set()

    def pending(self) -> int:
        """Bytes not yet taken by ``send``."""
        return self._bytes

    def close(self) -> None:
        """Let ``pump`` end when the queue is empty."""
        self._closed = True
        self._news.set()

    async def pump(self, send: Callable[[bytes], Awaitable[None]]) -> None:
        """Send what is queued until ``close``."""
        while self._queue or not self._closed:
            while self._queue:
                data = self._queue.popleft()
                await send(data)
                self._bytes -= len(data)
            self._news.clear()
            if not self._closed:
                await self._news.wait()


def _address(name: object) -> tuple[str, int]:
    """(host, port) of a socket name; IPv4 addresses that a dual-stack socket wrote as IPv6 are taken back."""
    if not isinstance(name, tuple) or len(name) < 2:
        return "", 0
    host, port = str(name[0]), int(name[1])
    return host.removeprefix("::ffff:") if "." in host else host, port

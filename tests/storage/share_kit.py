"""A whole storage with a card and a share on a real Samba, the camera pushed by the test, time in the test's hands."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from samba import PASSWORD, USER, Samba
from storage_kit import SERIAL, START, PushedCamera, later, settle

from panocam.clock import ManualClock
from panocam.media.packet import Packet
from panocam.pipeline.request import StreamRequest
from panocam.storage.address import ShareAddress
from panocam.storage.disk import State
from panocam.storage.recorder import Order
from panocam.storage.retention import Keep
from panocam.storage.storage import Plan, SharePlan, Storage, StorageOptions

SHARE = "NetworkShare"
Mounted = Callable[[Path, str], Path]
"""What the fixture ``mounted`` gives."""

ORDER = Order(StreamRequest(4), SHARE)


async def until(true: Callable[[], object], what: str = "") -> None:
    """Wait for it; half a minute is the end of all hope."""
    end = time.monotonic() + 30
    while not true():
        assert time.monotonic() < end, what or "it never came"
        await asyncio.sleep(0.01)


class Recording:
    """A storage in ``root`` with the share at ``port``; ``push`` gives the next pictures to the camera."""

    def __init__(self, root: Path, camera: PushedCamera, packets: list[Packet], port: int, card: bool = True) -> None:
        (root / "card").mkdir(exist_ok=True)
        (root / "data").mkdir(exist_ok=True)
        self.clock = ManualClock(wall_ns=START)
        self.facts: list[tuple[str, dict]] = []
        options = StorageOptions(root / "card" if card else None, SERIAL, {}, lambda view: f"View {view}")
        self.storage = Storage(root / "data", camera, self.clock, options, lambda name, data: self.facts.append((name, dict(data))))
        self.camera, self._packets, self.pushed = camera, packets, []
        self.plan = Plan(Keep(reserve=0), {}, shares={SHARE: SharePlan(address(port), Keep(reserve=0))})

    async def __aenter__(self) -> Recording:
        await self.storage.__aenter__()
        self.storage.set_plan(self.plan)
        await until(lambda: SHARE in self.storage.volumes)
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self.storage.__aexit__(*exc)

    @property
    def share(self):
        return self.storage.volumes[SHARE]

    @property
    def card(self):
        return self.storage.volumes["SD_DISK"]

    async def ready(self) -> None:
        await until(lambda: self.share.usable, "the share is mounted")

    async def begin(self) -> str:
        identity = await self.storage.recorder.start(ORDER)
        await settle()
        return identity

    async def push(self, seconds: float = 2.0) -> None:
        """The next pictures, as if so much time had gone by."""
        for _ in range(round(seconds * 25)):
            turn, number = divmod(len(self.pushed), len(self._packets))
            self.pushed += later(self._packets[number : number + 1], len(self._packets) / 25 * turn, len(self.pushed))
            await self.camera.push(self.pushed[-1:], self.clock)

    async def flushed(self, *volumes) -> None:
        for volume in volumes:
            await volume.run(lambda: None)

    def back(self, identity: str) -> list[bytes]:
        return [packet.data for packet, _ in self.storage.library.packets(identity)]

    def check_so_far(self, identity: str) -> None:
        """All of it is there, once; but for the half second that is on its way to the disk."""
        back = self.back(identity)
        assert back == self.wanted[: len(back)]
        assert len(back) >= len(self.wanted) - 13

    @property
    def wanted(self) -> list[bytes]:
        return [packet.data for packet in self.pushed]

    def states(self, disk: str) -> list[State]:
        return [data["state"] for name, data in self.facts if name == "disk" and data["disk"] == disk]

    def disks(self, identity: str) -> list[str]:
        return [segment.disk for segment in self.storage.index.segments(identity)]


def address(server: int, **more: object) -> ShareAddress:
    return ShareAddress(
        **{"host": "127.0.0.1", "share": "video", "folder": "cam", "port": server, "user": USER, "password": PASSWORD, **more}
    )


@contextlib.contextmanager
def samba(root: Path, share: Path | None = None) -> Iterator[Samba]:
    server = Samba(root / "samba", share)
    server.start()
    try:
        yield server
    finally:
        server.stop()


class Line:
    """A line to a port that the test makes slow (``rate`` bytes a second towards the server) or cuts (after ``cut`` bytes)."""

    def __init__(self, to: int) -> None:
        self.to, self.rate, self.cut = to, 0, 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._open: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._listener.close()
        self.break_off()

    def break_off(self) -> None:
        """Every connection ends at once."""
        for end in self._open:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
                far = socket.create_connection(("127.0.0.1", self.to))
            except OSError:
                return
            self._open += [near, far]
            threading.Thread(target=self._carry, args=(near, far, True), daemon=True).start()
            threading.Thread(target=self._carry, args=(far, near, False), daemon=True).start()

    def _carry(self, source: socket.socket, sink: socket.socket, up: bool) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(4096 if self.rate else 65536):
                if up and self.rate:
                    time.sleep(len(data) / self.rate)
                if up and self.cut:
                    self.cut -= len(data)
                    if self.cut <= 0:
                        sink.sendall(data[: len(data) // 2])
                        self.cut = 0
                        break
                sink.sendall(data)
        for end in (source, sink):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

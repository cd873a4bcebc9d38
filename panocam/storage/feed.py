"""A channel as recordings need it: without loss, in batches, and with what was seen before somebody asked.

One subscription serves the pre-buffer and every recording of the same channel. The buffer holds whole groups of pictures, bounded in
seconds and in bytes; a recording that joins gets them first, then everything that follows, so nothing is missing in between.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import Callable

from panocam.clock import NS
from panocam.errors import PanocamError
from panocam.media.packet import Packet
from panocam.media.stamps import Stage
from panocam.pipeline.request import ChannelSpec
from panocam.pipeline.service import Camera, DropPolicy

log = logging.getLogger(__name__)

BATCH_NS = NS // 2
"""Of pictures at most in a batch, counted in time."""
LEAST_S = 0.2
"""A batch is open at least so long, unless it is full: a machine that is late has no time for more writes."""
BEHIND = 600
"""Packets that may wait at the channel before the subscription ends; the disk has its own bound."""

RETRY_S = 1.0

SIGNED_S = 1.5
"""How long the end of a recording waits for its last signature."""

Take = Callable[[list[Packet]], None]
Missed = Callable[[PanocamError], None]


class _Follower:
    """Sees whether a picture has followed a key picture."""

    def __init__(self) -> None:
        self.done = asyncio.get_running_loop().create_future()
        self._keyed = False

    def see(self, packet: Packet) -> None:
        if self._keyed and not self.done.done():
            self.done.set_result(None)
        self._keyed |= packet.key


class Feed:
    """``spec``'s packets while ``keep`` seconds are buffered or somebody listens. ``bound`` bytes the buffer takes at most."""

    def __init__(self, camera: Camera, spec: ChannelSpec, bound: int = 64 << 20) -> None:
        self.spec = spec
        self._camera, self._bound = camera, bound
        self._keep_ns = self._shown_from_ns = 0
        self._groups: deque[list[list[Packet]]] = deque()  # a group is its batches
        self._bytes = 0
        self._batch: list[Packet] = []
        self._due: asyncio.TimerHandle | None = None  # when the batch is handed out at the latest
        self._takers: dict[Take, None] = {}
        self._followers: dict[_Follower, None] = {}
        self._task: asyncio.Task[None] | None = None
        self.fault = ""

    @property
    def busy(self) -> bool:
        return bool(self._takers) or self._keep_ns > 0

    @property
    def buffered(self) -> float:
        """Seconds in the buffer."""
        return (self._groups[-1][-1][-1].pts_ns - self._groups[0][0][0].pts_ns) / NS if self._groups else 0.0

    def keep(self, seconds: float) -> None:
        """Buffer so much from now on; 0 ends it."""
        self._keep_ns = round(seconds * NS)
        self._trim()
        self._run()

    def forget_before(self, monotonic_ns: int) -> None:
        """Buffer no picture that was masked before then: what is hidden now may be seen in it. Running recordings go on."""
        self._flush()
        self._shown_from_ns = monotonic_ns
        self._groups.clear()
        self._bytes = 0

    def join(self, take: Take, seconds: float = 0.0) -> None:
        """``take(batch)`` gets what is buffered of the last ``seconds``, from a key picture on, then all batches; each has its key picture,
        if any, first."""
        self._flush()
        newest = self._groups[-1][-1][-1].pts_ns if self._groups else 0
        wanted = [group for group in self._groups if seconds > 0 and group[-1][-1].pts_ns > newest - seconds * NS]
        for batch in (batch for group in wanted for batch in group):
            take(batch)
        if not wanted and self._task is not None:
            self._camera.request_key(self.spec)
        self._takers[take] = None
        self._run()

    def leave(self, take: Take) -> None:
        """No more for this one; what was batched is handed out first."""
        self._flush()
        self._takers.pop(take, None)
        self._run()

    async def signed(self) -> None:
        """Wait for the signature of what has come: it travels with the picture after the next key picture, which is asked for. A stream
        that stands still is not waited for long."""
        follower = _Follower()
        self._followers[follower] = None
        self._camera.request_key(self.spec)
        try:
            await asyncio.wait_for(follower.done, SIGNED_S)
        except TimeoutError:
            log.warning("recording of view %d ends without its last signature: no picture came", self.spec.view)
        finally:
            del self._followers[follower]

    async def close(self) -> None:
        self._takers.clear()
        self._keep_ns = 0
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
        self._close_batch()

    def _run(self) -> None:
        if self.busy and (self._task is None or self._task.done()):
            self._task = asyncio.create_task(self._read(), name=f"recording feed of view {self.spec.view}")
        elif not self.busy and self._task is not None:
            self._task.cancel()
            self._task = None
            self._forget()

    async def _read(self) -> None:
        while self.busy:
            try:
                async with self._camera.subscribe(self.spec, DropPolicy.LOSSLESS, BEHIND) as packets:
                    self.fault = ""
                    async for packet in packets:
                        self._offer(packet)
            except PanocamError as fault:
                self.fault = str(fault)
                log.warning("recording of view %d: %s", self.spec.view, fault)
            self._flush()
            await asyncio.sleep(RETRY_S)

    def _offer(self, packet: Packet) -> None:
        batch = self._batch
        if batch and (packet.key or packet.discontinuity or packet.pts_ns - batch[0].pts_ns >= BATCH_NS):
            self._flush()
        if not self._batch:
            self._due = asyncio.get_running_loop().call_later(patience_s(packet), self._flush)
        self._batch.append(packet)
        for follower in self._followers:
            follower.see(packet)

    def _flush(self) -> None:
        batch = self._close_batch()
        if not batch:
            return
        self._remember(batch)
        for take in list(self._takers):
            take(batch)

    def _remember(self, batch: list[Packet]) -> None:
        if self._keep_ns <= 0 or not (batch[0].key or self._groups) or batch[0].stamps.of(Stage.MASK) < self._shown_from_ns:
            return
        if batch[0].key:
            self._groups.append([])
        self._groups[-1].append(batch)
        self._bytes += sum(len(packet.data) for packet in batch)
        self._trim()

    def _trim(self) -> None:
        """Whole groups go, the oldest first; the newest stays unless it alone is too large."""
        while self._groups:
            newest = self._groups[-1][-1][-1].pts_ns
            second = self._groups[1][0][0].pts_ns if len(self._groups) > 1 else newest
            long = len(self._groups) > 1 and newest - second >= self._keep_ns
            if not (long or self._bytes > self._bound or self._keep_ns <= 0):
                return
            self._bytes -= sum(len(packet.data) for batch in self._groups.popleft() for packet in batch)

    def _forget(self) -> None:
        self._groups.clear()
        self._bytes = 0
        self._close_batch()

    def _close_batch(self) -> list[Packet]:
        batch, self._batch = self._batch, []
        if self._due is not None:
            self._due.cancel()
            self._due = None
        return batch


def patience_s(first: Packet) -> float:
    """How long a batch that begins with this picture may be held: half a second from its capture. What the way here has taken is taken off,
    so that no more than the last second is missing after a power cut, on a slow machine too, and of a stream that stands still."""
    return max(LEAST_S, BATCH_NS / NS - first.stamps.total())

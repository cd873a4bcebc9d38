"""One channel's packets, packed once and handed to all readers: the same bytes, the same SSRC, the same numbers.

A feed subscribes to its channel while it has readers. A new reader begins with a key picture. The running group of pictures is
kept and given to it when that group is young; of an old one a player would show the past and stay that late for ever, so
then a key picture is asked for and the reader waits for it, a frame or two. The same when the channel has given up its group because
something was changed that a newcomer must not see as it was.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from panocam.clock import NS
from panocam.errors import PanocamError, RemoteProtocolError
from panocam.media.packet import Packet
from panocam.pipeline.request import ChannelSpec
from panocam.pipeline.service import Camera, DropPolicy, Subscription
from panocam.streaming.rtp.burst import Burst
from panocam.streaming.rtp.packer import Packer
from panocam.streaming.rtp.replay import Marks
from panocam.streaming.tap import Tap

log = logging.getLogger(__name__)

YOUNG_NS = 3 * NS // 10
"""A running group of pictures up to this long is a fit beginning for a new reader."""

MAX_GROUP_BYTES = 8 << 20
"""A longer group is not kept."""

PATIENCE_S = 2.0
"""Seconds that a PLAY waits for its first picture, so that its reply can name it."""

REPORT_NS = 5 * NS
"""Media time between sender reports (RFC 3550 §6.2)."""


class Feed:
    """The RTP stream of one channel at one payload size. ``ended`` is called when the channel is closed for good.

    ``stamped``: the packets carry capture times.
    """

    def __init__(
        self, camera: Camera, spec: ChannelSpec, payload_size: int, ended: Callable[[Feed], None], *, stamped: bool = False
    ) -> None:
        self.spec, self.payload_size = spec, payload_size
        self.key = (spec, payload_size, stamped)
        self.packer = Packer(spec.profile.codec, payload_size)
        self._stamped = stamped
        self.broken = 0  # pictures whose bitstream could not be packed
        self._camera, self._ended = camera, ended
        self._taps: dict[Tap, None] = {}
        self._group: list[Burst] = []
        self._group_bytes = 0
        self._group_number = -1  # sequence number of the packet that the group begins with
        self._packets: Subscription | None = None
        self._waiting: list[asyncio.Future[None]] = []
        self._reported_ns = 0
        self._task: asyncio.Task[None] | None = None

    @property
    def ssrc(self) -> int:
        """Of the RTP stream."""
        return self.packer.ssrc

    @property
    def readers(self) -> int:
        """How many taps are open."""
        return len(self._taps)

    @property
    def beginning(self) -> Burst | None:
        """The picture that a reader who joins now gets first; None when it would have to wait for one."""
        return self._group[0] if self._young() else None

    async def ready(self) -> None:
        """Wait, but not for ever, until a reader can begin."""
        if self._task is None:
            self._task = asyncio.create_task(self._run(), name=f"feed of view {self.spec.view}")
        elif not self._young():
            self._camera.request_key(self.spec)
        if not self._young():
            news: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._waiting.append(news)
            try:
                async with asyncio.timeout(PATIENCE_S):
                    await news
            except TimeoutError:
                log.info("view %d gave no key picture within %g s of the wish for one", self.spec.view, PATIENCE_S)
            finally:
                self._waiting = [other for other in self._waiting if other is not news]

    def join(self, tap: Tap) -> None:
        """Begin to send: a sender report, the running group when it is young, then all that comes."""
        self._taps[tap] = None
        if self._group:
            tap.sink.control(self.packer.report(self._group[-1]))
        if not self._young():
            tap.wait_for_key()
            return
        for burst in self._group:
            tap.deliver(burst)

    def leave(self, tap: Tap) -> None:
        """Stop sending; after the last reader the channel is given back. Leaving twice is allowed."""
        self._taps.pop(tap, None)
        if not self._taps and not self._waiting:
            self.stop()

    def stop(self) -> None:
        """Give the channel back."""
        task, self._task = self._task, None
        self._packets = None
        self._group, self._group_bytes = [], 0
        if task is not None:
            task.cancel()

    def publish(self, packet: Packet) -> None:
        """Pack a picture and hand it to everybody."""
        try:
            burst = self.packer.pack(packet, self._marks(packet) if self._stamped else b"")
        except RemoteProtocolError as error:
            self.broken += 1
            log.warning("a picture of view %d could not be packed (%d so far): %s", self.spec.view, self.broken, error)
            return
        if burst is None:
            return
        self._keep(burst, packet.sequence)
        for tap in self._taps:
            tap.deliver(burst)
        if burst.pts_ns - self._reported_ns >= REPORT_NS or packet.discontinuity:
            self._reported_ns = burst.pts_ns
            report = self.packer.report(burst)
            for tap in self._taps:
                tap.sink.control(report)
        if self._waiting:
            self._serve_waiting()

    @staticmethod
    def _marks(packet: Packet) -> bytes:
        """Of a live picture: nothing is known of an end, and no PLAY began it."""
        return Marks(packet.wall_ns, packet.key, False, packet.discontinuity, False, 0).encode()

    def _keep(self, burst: Burst, number: int) -> None:
        if burst.key:
            self._group, self._group_bytes, self._group_number = [], 0, number
        elif not self._group:
            return
        self._group.append(burst)
        self._group_bytes += burst.size
        if self._group_bytes > MAX_GROUP_BYTES:
            self._group = []

    def _young(self) -> bool:
        if not self._group or self._packets is None or self._group_number < self._packets.fit_from:
            return False
        return self._group[-1].pts_ns - self._group[0].pts_ns <= YOUNG_NS

    def _serve_waiting(self) -> None:
        if not self._young():
            self._camera.request_key(self.spec)
        else:
            self._wake()

    def _wake(self) -> None:
        for news in self._waiting:
            if not news.done():
                news.set_result(None)

    async def _run(self) -> None:
        try:
            async with self._camera.subscribe(self.spec, DropPolicy.UNTIL_KEY) as packets:
                self._packets = packets
                async for packet in packets:
                    self.publish(packet)
        except PanocamError as error:
            log.warning("the stream of view %d ended: %s", self.spec.view, error)
        except Exception:  # a supervisor: readers must be told that their stream is over, whatever went wrong
            log.exception("the stream of view %d broke", self.spec.view)
        self._end()

    def _end(self) -> None:
        self._task, self._packets, self._group = None, None, []
        goodbye = self.packer.goodbye()
        for tap in self._taps:
            tap.sink.control(goodbye)
        self._ended(self)
        self._wake()


class Feeds:
    """All feeds, shared by equal wishes. Who holds a feed gives it back."""

    def __init__(self, camera: Camera, ended: Callable[[Feed], None]) -> None:
        self._camera, self._ended = camera, ended
        self._feeds: dict[tuple[ChannelSpec, int, bool], Feed] = {}
        self._holders: dict[Feed, int] = {}

    def hold(self, spec: ChannelSpec, payload_size: int, stamped: bool = False) -> Feed:
        """The feed of a channel at a payload size, with capture times or without, made if need be."""
        feed = self._feeds.get((spec, payload_size, stamped))
        if feed is None:
            feed = self._feeds[spec, payload_size, stamped] = Feed(self._camera, spec, payload_size, self._ended, stamped=stamped)
        self._holders[feed] = self._holders.get(feed, 0) + 1
        return feed

    def release(self, feed: Feed) -> None:
        """Give back what ``hold`` gave."""
        self._holders[feed] -= 1
        if not self._holders[feed]:
            del self._holders[feed], self._feeds[feed.key]
            feed.stop()

    def __len__(self) -> int:
        return len(self._feeds)

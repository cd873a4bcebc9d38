"""One session's way through a recording: its tracks share one run and one clock.

PLAY prepares (finds the first picture, so that the reply can name it), then starts; PAUSE stops; another PLAY without a range goes on with
the picture behind the last one. Nothing is left out for a slow reader: over TCP the next picture waits until it has taken the last
ones. At the end each track says goodbye (RTCP BYE) and the session stays, so that the client may jump back.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import replace

from panocam.clock import NS, Clock
from panocam.errors import PanocamError, RemoteProtocolError
from panocam.events.names import matches
from panocam.media.footage import Footage, Note
from panocam.media.packet import Packet
from panocam.streaming.metadata import MetadataPacker
from panocam.streaming.playback.archive import Archive
from panocam.streaming.playback.head import Playhead
from panocam.streaming.playback.run import Run, Step
from panocam.streaming.playback.wish import Wish
from panocam.streaming.presentation import Track
from panocam.streaming.rtp import replay
from panocam.streaming.rtp.burst import Burst
from panocam.streaming.rtp.packer import Packer
from panocam.streaming.tap import Tap

log = logging.getLogger(__name__)

LINGER_S = 0.5
"""Between the last picture and the goodbye: over UDP that has a port of its own, and would overtake what a receiver holds back."""

DRAIN_S = 0.002
REPORT_NS = 5 * NS
SLOWEST_FPS = 10.0
"""Behind a gap the next picture comes no later than at this rate, however slow the stream is."""

DATAGRAM_BYTES_PER_S = 6_000_000
"""How fast pictures are sent as datagrams to a client that wants them as fast as it can read: nobody tells when it cannot."""


class PlayedTrack:
    """What a delivery draws from; see ``origin.Origin``. ``metered``: over datagrams."""

    def __init__(self, playback: Playback, packer: Packer | MetadataPacker, topics: str, metered: bool) -> None:
        self.payload_size = packer.payload_size
        self.packer, self.topics, self.metered = packer, topics, metered
        self.tap: Tap | None = None
        self.reported_ns: int | None = None
        self.beginning: Burst | None = None
        self._playback = playback

    @property
    def ssrc(self) -> int:
        """Of the RTP stream."""
        return self.packer.ssrc

    async def ready(self) -> None:
        """``Playback.prepare`` has done it."""

    def join(self, tap: Tap) -> None:
        """Begin what was prepared."""
        self.tap = tap
        self._playback.go()

    def leave(self, tap: Tap) -> None:
        """Fall silent; the last track stops the run. Leaving twice is allowed."""
        self.tap = None
        self._playback.rest()

    def announce(self, shown_ns: int, wall_ns: int) -> None:
        """Say what comes first."""
        self.beginning = Burst([], self.packer.sequence, self.packer.timestamp(shown_ns), shown_ns, wall_ns, key=True)

    def pack(self, item: Packet | Note, shown_ns: int, extension: bytes) -> Burst | None:
        """The RTP packets of what belongs to this track; None for what has none."""
        if isinstance(item, Note):
            assert isinstance(self.packer, MetadataPacker)
            return self.packer.pack(item.document, shown_ns, item.wall_ns, extension) if matches(item.topic, self.topics) else None
        assert isinstance(self.packer, Packer)
        return self.packer.pack(replace(item, pts_ns=shown_ns), extension)


class Playback:
    """``extended``: with the header extension of ONVIF replay."""

    def __init__(self, archive: Archive, footage: Footage, clock: Clock, extended: bool = False) -> None:
        self.footage, self.extended = footage, extended
        self._archive, self._clock = archive, clock
        self._tracks: dict[Track, PlayedTrack] = {}
        self._head = Playhead(round(NS / max(footage.description.fps, SLOWEST_FPS)))
        self._wish, self._cseq = Wish(), 0
        self._run: Run | None = None
        self._task: asyncio.Task[None] | None = None
        self._closing: set[asyncio.Task[None]] = set()
        self._at_ns: int | None = None

    def track(self, kind: Track, payload_size: int, topics: str, metered: bool) -> PlayedTrack:
        """A track of its own for a delivery; it replaces the one that was set up before."""
        codec = self.footage.description.codec
        packer = MetadataPacker(payload_size) if kind is Track.METADATA else Packer(codec, payload_size)
        made = self._tracks[kind] = PlayedTrack(self, packer, topics, metered)
        return made

    async def prepare(self, wish_of: Callable[[Footage], Wish], cseq: int) -> tuple[Wish, int]:
        """Get ready for a PLAY: the wish, and when what comes first was taken.

        Raises InvalidValue, RemoteProtocolError(457), Unavailable.
        """
        await self._stop()
        footage = self.footage = await asyncio.to_thread(self._archive.footage, self.footage.id)
        wish = wish_of(footage)
        resumed = self._at_ns if wish.since_ns is None and wish.backward == self._wish.backward else None
        since = wish.since_ns if wish.since_ns is not None else self._at_ns
        if since is None:
            since = footage.stop_ns if wish.backward else footage.start_ns
        run = Run(await asyncio.to_thread(self._archive.reader, footage.id), wish, since, resumed)
        try:
            first = await run.first()
            if first is None:
                raise RemoteProtocolError("the recording has no picture in that range", 457)
        except BaseException:
            self._let_go(run)
            raise
        self._run, self._wish, self._cseq = run, wish, cseq
        self._head.set_off(wish)
        shown = self._head.shown(first.wall_ns, jump=True)
        for track in self._tracks.values():
            track.announce(shown, first.wall_ns)
            track.reported_ns = None
        return wish, first.wall_ns

    @property
    def over(self) -> bool:
        """Whether everything that was asked for has been sent."""
        return self._task is not None and self._task.done()

    def go(self) -> None:
        """Begin what was prepared; the tracks may call it in turn."""
        run, self._run = self._run, None
        if run is not None:
            self._task = asyncio.create_task(self._play(run), name=f"playback of {self.footage.id}")

    def rest(self) -> None:
        """Stop when no track is listened to any more."""
        if all(track.tap is None for track in self._tracks.values()):
            self._cancel()
            run, self._run = self._run, None
            if run is not None:
                self._let_go(run)

    def _let_go(self, run: Run) -> None:
        task = asyncio.create_task(run.close())
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)

    async def _stop(self) -> None:
        self._cancel()
        task, self._task = self._task, None
        if task is not None:
            await asyncio.wait({task})

    def _cancel(self) -> None:
        if self._task is not None and not self._task.cancelling():  # a second time would end the closing of files as well
            self._task.cancel()

    async def _play(self, run: Run) -> None:
        try:
            async for step in run.steps():
                await self._send(step)
            self._at_ns = None  # a PLAY without a range begins anew
        except PanocamError as fault:
            log.warning("playback of %s ended: %s", self.footage.id, fault)
        except Exception:  # a supervisor: the client must be told that nothing more comes
            log.exception("playback of %s broke", self.footage.id)
        finally:
            await run.close()
        await asyncio.sleep(LINGER_S)
        for track in self._tracks.values():
            if track.tap is not None:
                track.tap.sink.control(track.packer.goodbye())

    async def _send(self, step: Step) -> None:
        item = step.item
        shown, due = self._head.move(item.wall_ns, step.jump, self._clock.monotonic_ns())
        wait = due - self._clock.monotonic_ns()
        if wait > 0:
            await asyncio.sleep(wait / NS)
        track = self._tracks.get(Track.VIDEO if isinstance(item, Packet) else Track.METADATA)
        while track is not None and track.tap is not None and not track.tap.sink.drained():  # noqa: ASYNC110  # sockets give no event
            await asyncio.sleep(DRAIN_S)
        if isinstance(item, Packet):
            self._at_ns = item.wall_ns
        if track is None or track.tap is None or (burst := track.pack(item, shown, self._extension(step))) is None:
            return
        if step.jump or track.reported_ns is None or abs(shown - track.reported_ns) >= REPORT_NS:
            track.reported_ns = shown
            track.tap.sink.control(track.packer.report(burst))
        track.tap.deliver(burst)
        if not self._wish.paced:
            await asyncio.sleep(burst.size / DATAGRAM_BYTES_PER_S if track.metered else 0)

    def _extension(self, step: Step) -> bytes:
        if not self.extended:
            return b""
        item = step.item
        clean = item.key if isinstance(item, Packet) else True
        return replay.Marks(item.wall_ns, clean, step.cut, step.jump, step.last, self._cseq).encode()

"""The worker's side of a channel: newest shot in, packets out. One instance lives on one worker thread, so its encoder needs no lock.

``accept`` (capture thread) only picks by rate and fills the slot; everything that costs happens in ``_step`` on the worker: draw the
view straight into the encoder's planes, encode, hand each access unit to ``deliver``. The encoder is opened with the first
shot, and anew when the source's colour or rate changes. If it fails, the failure is reported, shots are let
pass for a growing while, and then it is tried again; no other channel notices.

If it never returns, the worker gives it up with the thread it is in (``workers``), and this coder with it: ``CoderHangs`` is reported,
and whoever made it needs another one. Should it return after all, that thread closes the encoder, and nobody hears of its packets.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace

import av.error

from panocam.clock import NS, Clock
from panocam.codecs.encoder import Encoder, open_encoder
from panocam.errors import PanocamError, Unavailable
from panocam.imaging.stillness import Stillness
from panocam.media.codec import EncoderProfile, StreamDescription, Zipstream
from panocam.media.packet import Packet
from panocam.media.planes import Color, Planes
from panocam.media.stamps import Stage
from panocam.pipeline.pacing import Decimator
from panocam.pipeline.renderer import Renderer
from panocam.pipeline.shot import Shot
from panocam.pipeline.slot import LatestSlot
from panocam.pipeline.workers import Worker

log = logging.getLogger(__name__)

FIRST_WAIT, LONGEST_WAIT = 0.5, 30.0
FALLBACK_FPS = 25.0


class CoderHangs(Unavailable):
    """This coder is given up: something that it called does not return."""


@dataclass(frozen=True)
class Output:
    """One access unit on its way to the loop, with what a client must know of the stream it belongs to.

    ``passing``: it shows words in place of a picture that is expected any moment.
    """

    packet: Packet
    description: StreamDescription
    passing: bool = False


class Coder:
    """``deliver(output)`` and ``fail(reason)`` are called on the worker thread; ``source_fps()`` tells the source's present rate."""

    def __init__(
        self,
        profile: EncoderProfile,
        renderer: Renderer,
        worker: Worker,
        clock: Clock,
        source_fps: Callable[[], float],
        deliver: Callable[[Output], None],
        fail: Callable[[PanocamError], None],
    ) -> None:
        self._profile, self._renderer, self._worker, self._clock = profile, renderer, worker, clock
        self._source_fps, self._deliver, self._fail = source_fps, deliver, fail
        self._decimator = Decimator(profile.fps)
        self._slot: LatestSlot[Shot] = LatestSlot()
        self._encoder: Encoder | None = None
        self._color: Color | None = None
        self._key = self._jump = False
        self._stillness = Stillness(profile.zipstream) if profile.zipstream is not Zipstream.OFF else None
        self._since_key = 0
        self._era: object = None
        self._closed = self._given_up = False
        self._wait, self._resume_ns = FIRST_WAIT, 0
        self.frames = self.opened = self.failures = 0

    @property
    def dropped(self) -> int:
        """Shots that were due but replaced by newer ones because the worker was busy."""
        return self._slot.dropped

    def accept(self, shot: Shot) -> None:
        jump = shot.frame.discontinuity
        self._jump |= jump  # kept here, because a newer shot may replace this one in the slot
        if (self._decimator.take(shot.frame.pts_ns) or jump) and self._slot.put(shot):
            self._worker.submit(self._step, self._give_up)

    def request_key(self) -> None:
        """The next picture becomes a key picture."""
        self._key = True

    def close(self) -> None:
        """Close the encoder as soon as the worker gets to it."""
        self._closed = True
        self._worker.submit(self._end, self._give_up)

    def _end(self) -> None:
        if not self._given_up:
            self._shut()

    def _step(self) -> None:
        shot = self._slot.take()
        if shot is None or self._closed or self._clock.monotonic_ns() < self._resume_ns:
            return
        try:
            self._encode(shot)
            self._wait = FIRST_WAIT
        except Exception as error:  # the supervisor of one encoder
            self._failed(error)
        if self._given_up:  # it has come back after all, and no other thread touches this encoder
            self._shut()

    def _give_up(self) -> None:
        """Called by whoever looks after the workers, while a worker's thread is still in here."""
        self._given_up = self._closed = True
        self.failures += 1
        self._fail(CoderHangs(f"the {self._profile.codec} encoder does not return; it is given up"))

    def _encode(self, shot: Shot) -> None:
        encoder = self._ready(shot.frame.planes.color)
        planes = encoder.allocate()
        self._renderer.draw(shot, planes)
        stamps = shot.frame.stamps.at(Stage.WARP, self._clock.monotonic_ns())
        self._renderer.overlay(planes)
        self._settle(shot, planes)
        frame = shot.frame.derive(planes, stamps.at(Stage.LAYERS, self._clock.monotonic_ns()))
        jump, self._jump = self._jump, False
        key, self._key = self._key or jump, False
        packets = encoder.encode(replace(frame, discontinuity=jump), key)
        self._since_key = 1 if any(packet.key for packet in packets) else self._since_key + 1
        self.frames += 1
        if self._renderer.painter is not None:
            self._renderer.painter.flow.add(frame.pts_ns, sum(len(packet.data) for packet in packets))
        for packet in packets if not self._given_up else ():
            self._deliver(Output(packet, encoder.description, shot.notice is not None and shot.notice.passing))

    def _settle(self, shot: Shot, planes: Planes) -> None:
        """Show what stands still as it was, but in key pictures, and never as it was under other masks."""
        if self._stillness is None:
            return
        another, self._era = shot.era != self._era, shot.era
        due = self._key or self._jump or self._since_key in (0, self._profile.gop)
        self._stillness.settle(planes, fresh=another or due or shot.notice is not None)

    def _ready(self, color: Color) -> Encoder:
        if self._encoder is not None and color != self._color:
            self._shut()
        if self._encoder is None:
            fps = self._profile.fps or self._source_fps() or FALLBACK_FPS
            self._encoder, self._color = open_encoder(self._profile, fps, color, clock=self._clock), color
            self.opened += 1
        return self._encoder

    def _shut(self) -> None:
        encoder, self._encoder = self._encoder, None
        self._since_key = 0
        if encoder is not None:
            encoder.close()

    def _failed(self, error: Exception) -> None:
        if not isinstance(error, PanocamError | av.error.FFmpegError):
            log.exception("a channel failed unexpectedly")
        self.failures += 1
        self._resume_ns = self._clock.monotonic_ns() + round(self._wait * NS)
        self._wait = min(self._wait * 2, LONGEST_WAIT)
        self._fail(error if isinstance(error, PanocamError) else Unavailable(f"the encoder failed: {type(error).__name__}"))
        try:
            self._shut()
        except Exception:  # a broken encoder may also fail to close
            log.exception("closing a failed encoder failed")

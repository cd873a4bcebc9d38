"""Keeps one source running and never lets the streams die.

The theory: a source is in one of three states.

    OPENING --first picture--> LIVE --error, end, or no picture for `stall` seconds--> LOST --after the backoff--> (opened again)

Two threads. The capture thread opens the source, hands out its pictures, and after a failure waits out the backoff (doubling from
``shortest`` to ``longest``; a source that was live for ``steady`` seconds starts again at the shortest). The watch thread looks
twice a second: it notices that a live source says nothing, and hands out drawn notices with the reason for as long as there is no
picture, also while an attempt to connect is hanging. Only one of them hands out at a time, so that media time only grows.

``on_event(name, data)`` is called from these threads with ``source-lost`` (reason, retry_s) and ``source-back`` (outage_s).
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from enum import StrEnum

from panocam.clock import NS, Clock
from panocam.errors import PanocamError
from panocam.media.frame import RawFrame
from panocam.pipeline.intake import Intake
from panocam.pipeline.shot import Notice, Shot, Sink
from panocam.pipeline.sources.base import CanRest, FrameSource, HoldsRate
from panocam.pipeline.stats import RateMeter
from panocam.pipeline.timeline import Timeline
from panocam.pipeline.workers import spawn

log = logging.getLogger(__name__)

OnEvent = Callable[[str, dict[str, object]], None]


class SourceState(StrEnum):
    """The states drawn above."""

    OPENING = "opening"
    LIVE = "live"
    LOST = "lost"


@dataclass(frozen=True)
class RestartPolicy:
    """Seconds: first and longest wait between attempts, how long live counts as recovered, silence that counts as failure,
    how long opening may take before a notice is shown, the distance of two notices, and how long nobody must have looked before a source
    that can rest does."""

    shortest: float = 0.5
    longest: float = 30.0
    steady: float = 10.0
    stall: float = 8.0
    patience: float = 1.5
    notice: float = 0.5
    idle: float = 10.0


@dataclass(frozen=True)
class SourceStatus:
    """A snapshot for people and metrics. ``uri`` is without credentials; ``size`` (0, 0) before the first picture; ``opened``: the source
    is there, though it may not have given a picture yet; ``nominal_fps``: the rate that it announces, 0 if unknown; ``held_fps``: the most
    that this machine makes of a source that is made here, 0 for any other."""

    uri: str
    state: SourceState
    reason: str
    size: tuple[int, int]
    fps: float
    frames: int
    corrupt: int
    restarts: int
    opened: bool = True
    nominal_fps: float = 0.0
    held_fps: float = 0.0


class SourceRunner:
    """``start`` it once; ``stop`` and ``join`` end both threads. Sinks may come and go at any time."""

    def __init__(
        self,
        name: str,
        opener: Callable[[], FrameSource],
        intake: Intake,
        timeline: Timeline,
        clock: Clock,
        on_event: OnEvent,
        policy: RestartPolicy,
    ) -> None:
        self._name, self._open, self._intake, self._timeline = name, opener, intake, timeline
        self._clock, self._on_event, self._policy = clock, on_event, policy
        self._closing = threading.Event()
        self._handing = threading.Lock()  # one shot at a time; held while a picture is masked
        self._lock = threading.Lock()  # guards all below; held for a moment only
        self._sinks: tuple[Sink, ...] = ()
        self._state, self._reason = SourceState.OPENING, ""
        self._meter = RateMeter()
        self._source: FrameSource | None = None
        self._now = clock.monotonic_ns()
        self._since = self._last = self._now  # when the state began; when the last picture came
        self._retry_at = self._now
        self._wanted = self._now  # when somebody looked last
        self._resting = False
        self._frames = self._corrupt = self._restarts = 0
        self._lost = False
        self._size = (0, 0)
        self._threads: tuple[threading.Thread, ...] = ()

    def start(self, lost: bool = False) -> None:
        """``lost``: the source before this one is known to be lost, so this one's first picture is a return."""
        self._lost = lost
        self._since = self._last = self._clock.monotonic_ns()
        self._threads = (spawn("capture", self._capture, background=True), spawn("watch", self._watch))

    def stop(self) -> None:
        """Hand out nothing more, and end both threads soon; does not wait."""
        with self._lock:
            self._closing.set()
            self._sinks = ()
            source = self._source
        if source is not None:
            source.close()

    def join(self, timeout: float = 3.0) -> bool:
        """Wait for the threads; False if the source did not let go within ``timeout`` seconds (its own read time limit ends it later)."""
        for thread in self._threads:
            thread.join(timeout)
        if not self.ended:
            log.warning("source %s did not end within %g s", self._name, timeout)
        return self.ended

    def wanted(self) -> bool:
        """Whether ``stop`` has not been called; what takes long to open asks."""
        return not self._closing.is_set()

    @property
    def ended(self) -> bool:
        return not any(thread.is_alive() for thread in self._threads)

    @contextmanager
    def between_pictures(self) -> Iterator[None]:
        """No picture is being masked or handed out inside the block: what is changed there holds for every picture after it."""
        with self._handing:
            yield

    def attach(self, sink: Sink) -> None:
        with self._lock:
            self._sinks = (*self._sinks, sink)
        self.rouse()

    def rouse(self) -> None:
        """Pictures at the full rate for a while, if nobody looks, and from here on if somebody does."""
        with self._lock:
            self._wanted = self._clock.monotonic_ns()
            self._rest(False)

    def _rest(self, resting: bool) -> None:
        source: object = self._source  # it may be more than a FrameSource
        if resting != self._resting and isinstance(source, CanRest):
            self._resting = resting
            self._meter.clear()  # what was seen before a rest says nothing of the rate after it
            source.rest(resting)

    def detach(self, sink: Sink) -> None:
        """At most one shot more reaches ``sink``."""
        with self._lock:
            self._sinks = tuple(other for other in self._sinks if other is not sink)

    def status(self) -> SourceStatus:
        with self._lock:
            corrupt = self._corrupt + (self._source.corrupt if self._source else 0)
            fps = self._meter.fps if self._state is SourceState.LIVE else 0.0
            source = self._source
            held = source.held_fps if isinstance(source, HoldsRate) else 0.0
            return SourceStatus(
                self._name, self._state, self._reason, self._size, fps, self._frames, corrupt, self._restarts,
                source is not None, source.fps if source is not None else 0.0, held,
            )  # fmt: skip

    @property
    def lost(self) -> bool:
        """Whether the last thing that was told of the source is its loss."""
        with self._lock:
            return self._lost

    @property
    def fps(self) -> float:
        """The measured rate; until that is settled what the source announces, 0 if neither is known."""
        with self._lock:
            announced = self._source.fps if self._source else 0.0
            return self._meter.fps if self._meter.settled or not announced else announced

    # --- capture thread

    def _capture(self) -> None:
        wait = self._policy.shortest
        while not self._closing.is_set():
            began = self._clock.monotonic_ns()
            reason = self._attempt()
            if self._closing.is_set():
                return
            with self._lock:
                lived = self._state is SourceState.LIVE and self._clock.monotonic_ns() - began > self._policy.steady * NS
            wait = self._policy.shortest if lived else wait
            self._lose(reason, wait)
            self._closing.wait(wait)
            wait = min(wait * 2, self._policy.longest)
            self._restarts += 1

    def _attempt(self) -> str:
        """Open the source and hand out its pictures until it fails; returns why it did."""
        source: FrameSource | None = None
        try:
            source = self._open()
            with self._lock:
                if self._closing.is_set():  # another source has taken over meanwhile
                    return "closed"
                self._source, self._resting = source, False
                self._timeline.restart()
                self._intake.source_opened(source.circle, source.controls)
                self._last = self._clock.monotonic_ns()
            for raw in source.frames():
                if self._closing.is_set():
                    return "closed"
                self._hand_out(raw)
            return self._stalled() or "the source ended"
        except PanocamError as error:
            return self._stalled() or str(error)
        except Exception as error:  # a supervisor: whatever a driver or decoder throws must become a restart
            log.exception("source %s failed unexpectedly", self._name)
            return f"unexpected failure ({type(error).__name__})"
        finally:
            with self._lock:
                self._source = None
                self._corrupt += source.corrupt if source else 0
            if source is not None:
                source.close()

    def _stalled(self) -> str:
        """The reason the watch thread gave when it closed a silent source."""
        with self._lock:
            return self._reason if self._state is SourceState.LOST else ""

    def _hand_out(self, raw: RawFrame) -> None:
        now = self._clock.monotonic_ns()
        with self._handing:
            with self._lock:
                if self._closing.is_set():
                    return
                back, outage = self._state is not SourceState.LIVE, (now - self._since) / NS
                was_lost, self._lost = self._lost, False
                if back:
                    self._meter.clear()
                    self._state, self._reason, self._since = SourceState.LIVE, "", now
                self._last, self._size = now, raw.planes.size
                pts, jump = self._timeline.place(raw.pts_ns, now)
                self._frames += 1
                if not self._resting:
                    self._meter.add(pts)
            marked = replace(raw, pts_ns=pts, discontinuity=jump or back or raw.discontinuity)
            self._send(self._intake.take(marked, bool(self._sinks)))
        if was_lost:
            log.info("source %s is back after %.1f s", self._name, outage)
            self._on_event("source-back", {"source": self._name, "outage_s": round(outage, 1)})

    def _send(self, shot: Shot) -> None:
        for sink in self._sinks:
            sink.accept(shot)

    def _lose(self, reason: str, wait: float) -> None:
        now = self._clock.monotonic_ns()
        with self._lock:
            known = self._state is SourceState.LOST
            self._state, self._reason, self._retry_at = SourceState.LOST, reason, now + round(wait * NS)
            self._since = self._since if known else now
            self._lost = True
        if not known:
            log.warning("source %s lost: %s", self._name, reason)
            self._on_event("source-lost", {"source": self._name, "reason": reason, "retry_s": wait})

    # --- watch thread

    def _watch(self) -> None:
        while not self._closing.wait(self._policy.notice):
            try:
                self._look()
            except Exception:  # a supervisor must not end before what it watches
                log.exception("watching source %s failed", self._name)

    def _look(self) -> None:
        now = self._clock.monotonic_ns()
        with self._lock:
            state, silent = self._state, (now - self._last) / NS
            slow = 5 / self._meter.fps if self._meter.fps else 0.0  # a source of one picture in five seconds is not dead
            source = self._source
            if self._sinks or state is not SourceState.LIVE or self._intake.busy:
                self._wanted = now
                self._rest(False)  # when the light changes, following it at a picture a second would take minutes
            elif now - self._wanted > self._policy.idle * NS:
                self._rest(True)
        if state is SourceState.LIVE and silent > max(self._policy.stall, slow):
            self._lose(f"no picture for {silent:.0f} s", 0)
            if source is not None:
                source.close()
        elif state is SourceState.LOST or (state is SourceState.OPENING and silent > self._policy.patience):
            self._notify(now)

    def _notify(self, now: int) -> None:
        with self._handing:
            with self._lock:
                if self._state is SourceState.LIVE or self._closing.is_set():
                    return
                notice, pts = self._words(now), self._timeline.stamp(now)
            self._send(self._intake.drawn(notice, pts))

    def _words(self, now: int) -> Notice:
        """What matters most comes first, because small pictures show no more."""
        if self._state is SourceState.OPENING:
            return Notice("Starting", ("waiting for the first picture", self._name), passing=True)
        left = max(0, self._retry_at - now) / NS
        if self._source is not None:
            line = "waiting for the first picture"
        else:
            line = f"next attempt in {left:.0f} s" if left >= 1 else "trying again"
        reason = self._reason.removeprefix(f"source {self._name}: ").removeprefix(f"source={self._name!r}: ")
        return Notice("No picture", (reason, line, self._name))

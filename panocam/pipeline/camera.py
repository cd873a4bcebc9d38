"""The pipeline as one object: a source, the heads of its view areas, and channels that come into being when somebody asks.

It lives on one event loop; only ``status`` reads what other threads count. A change of configuration restarts only what differs:
the source if its address (or for the simulated one, where it hangs) changed; nothing for geometry, which every channel asks for anew
with each frame; and channels whose view or size no longer exists are ended.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Self

from panocam.clock import Clock, SystemClock
from panocam.errors import Busy, InvalidValue, NotFound, PanocamError, Unavailable
from panocam.imaging.adjustment import Adjustment
from panocam.imaging.balance import Gains
from panocam.imaging.privacy import PrivacyMask
from panocam.imaging.watched import MotionArea
from panocam.media.codec import Codec, StreamDescription
from panocam.media.packet import Packet
from panocam.media.signing import SIGNABLE
from panocam.optics.catalog import SENSOR, check_resolution, resolutions
from panocam.optics.lens import Lens
from panocam.optics.pose import Pose, default_poses
from panocam.pipeline.budget import Budget
from panocam.pipeline.capabilities import capabilities
from panocam.pipeline.channel import Channel, ChannelStatus, Deliver, Fail
from panocam.pipeline.coder import Coder
from panocam.pipeline.config import CameraConfig
from panocam.pipeline.exposure import ExposurePlan, ExposureState
from panocam.pipeline.heads import PtzHead
from panocam.pipeline.hub import HubSubscription
from panocam.pipeline.intake import Intake
from panocam.pipeline.motion import Told
from panocam.pipeline.overlays.board import OverlayBoard
from panocam.pipeline.overlays.painter import Painter
from panocam.pipeline.plan import StreamDefaults, plan
from panocam.pipeline.renderer import Renderer, Scenery
from panocam.pipeline.request import ChannelSpec, StreamRequest
from panocam.pipeline.service import Camera, DropPolicy
from panocam.pipeline.signing import SigningDesk, SigningFailed
from panocam.pipeline.snapshots import Snapshots
from panocam.pipeline.sources import FrameSource, SourceOptions, open_source, shown
from panocam.pipeline.sources.controls import Capability
from panocam.pipeline.supervisor import OnEvent, RestartPolicy, SourceRunner, SourceState, SourceStatus
from panocam.pipeline.tampering import Looked
from panocam.pipeline.timeline import Timeline
from panocam.pipeline.vigil import Vigil
from panocam.pipeline.whiteness import white_reference
from panocam.pipeline.workers import Worker, WorkerPool

log = logging.getLogger(__name__)

AREAS = range(4, 8)
"""Indices of the view areas that a head moves."""

REMEMBERED = 256
"""Stopped channels whose counters are kept."""


@dataclass(frozen=True)
class CameraStatus:
    """Everything that metrics and people may want to know, as values. ``generation`` counts the sources that settings have opened."""

    source: SourceStatus
    channels: tuple[ChannelStatus, ...]
    workers: int
    generation: int = 0


class PanoramicCamera(Camera):
    """Implements ``service.Camera``. Use as ``async with PanoramicCamera(config) as camera``.

    ``heads`` maps view index 4..7 to its ``PtzHead``. ``on_event(name, data)`` is called on the event loop with ``source-lost``,
    ``source-back``, ``channel-failed``, ``watched`` when the first channel starts or the last one has stopped, and ``worn-out`` when so
    many coders hang that only another process can help.
    """

    def __init__(
        self,
        config: CameraConfig,
        defaults: StreamDefaults | None = None,
        *,
        clock: Clock | None = None,
        on_event: OnEvent = lambda name, data: None,
        options: SourceOptions | None = None,
        policy: RestartPolicy | None = None,
        budget: Budget | None = None,
    ) -> None:
        self.config = config
        self.defaults = defaults or StreamDefaults()
        self._clock = clock or SystemClock()
        self._on_event, self._policy, self._budget = on_event, policy, budget or Budget()
        self._options = options or SourceOptions()
        self.overlays = OverlayBoard()
        poses = config.poses or default_poses(config.mount)
        self.heads: Mapping[int, PtzHead] = {
            index: PtzHead(pose, bounds, self._clock) for index, pose, bounds in zip(AREAS, poses, config.limits, strict=True)
        }
        self._intake = Intake(config.lens, self._clock, config.privacy)
        self._timeline = Timeline()
        self._channels: dict[ChannelSpec, Channel] = {}
        self._pinned: dict[Coder, Worker] = {}
        self._retired: list[SourceRunner] = []
        self._desk: SigningDesk[Any] | None = None
        self._closed = False
        self._generation = 0

    async def __aenter__(self) -> Self:
        self._loop = asyncio.get_running_loop()
        self._pool = WorkerPool()
        self._snapshots = Snapshots(self._engage, self._release)
        self._runner = self._start_source()
        self._vigil = Vigil(self._pool, self._on_event)
        return self

    async def __aexit__(self, *exc: object) -> None:
        self.close()

    def close(self) -> None:
        """End every subscription, then the threads; waits a few seconds at most. Idempotent."""
        if self._closed:
            return
        self._closed = True
        self._vigil.close()
        for channel in self._channels.values():
            channel.close()
        self._snapshots.close()
        self._runner.stop()
        for runner in (self._runner, *self._retired):
            runner.join()
        self._pool.close()

    # --- service.Camera

    def plan(self, request: StreamRequest) -> ChannelSpec:
        self.config.find(request.view)
        return plan(request, self.defaults, self.config.model, self.config.mount, self.source_size)

    async def describe(self, spec: ChannelSpec) -> StreamDescription:
        return await self._channel(spec).describe()

    def subscribe(self, spec: ChannelSpec, policy: DropPolicy, bound: int = 64) -> HubSubscription:
        """Raises Busy beyond the budget, NotFound for a view that the mount does not have (any more)."""
        return self._channel(spec).subscribe(policy, bound)

    def request_key(self, spec: ChannelSpec) -> None:
        if channel := self._channels.get(spec):
            channel.request_key()

    # --- more for the dialects

    async def snapshot(self, request: StreamRequest) -> Packet:
        """One JPEG picture taken after this call (``codec`` and ``fps`` of the request do not matter).

        Raises as ``plan`` does; Busy when too many different pictures are wanted at once; Unavailable if none comes in time.
        """
        return await self._snapshots.take(self.plan(replace(request, codec=Codec.JPEG, fps=0)))

    @property
    def source_size(self) -> tuple[int, int] | None:
        """(width, height) of the source's pictures, of the sensor for the simulated source, None before the first picture."""
        if self.config.source.lower().startswith("sim:"):
            return SENSOR[self.config.model]
        size = self._runner.status().size
        return size if all(size) else None

    @property
    def lens(self) -> Lens | None:
        """The lens as it is used now, its circle found or set; None before the first picture."""
        return self._intake.lens

    @property
    def scenery(self) -> Scenery:
        """How the views are put together at this moment."""
        return self.scenery_at(self._clock.monotonic_ns())

    def scenery_at(self, t_ns: int) -> Scenery:
        """The same at another moment (monotonic). Called by workers, once a frame."""
        config = self.config
        return Scenery(config.arrangement(tuple(self.heads[index].shown(t_ns) for index in AREAS)), config.roll)

    def pose(self, view: int) -> Pose | None:
        """Where a view looks, None for one that cannot be moved."""
        head = self.heads.get(view)
        return None if head is None else head.pose

    def offered(self, view: int) -> tuple[tuple[int, int], ...]:
        """The resolutions of a view, largest first. Raises NotFound."""
        self.config.find(view)
        return resolutions(self.config.model, view, self.source_size)

    def status(self) -> CameraStatus:
        return CameraStatus(self._runner.status(), tuple(c.status() for c in self._channels.values()), len(self._pool), self._generation)

    def white_reference(self, view: int, point: tuple[float, float, float, float]) -> Gains:
        """As ``whiteness.white_reference``, on the newest picture. Raises NotFound for a view that is not there."""
        self.config.find(view)
        return white_reference(self._intake.masked, self._intake.lens, self.scenery, view, point)

    def set_adjustment(self, adjustment: Adjustment) -> None:
        """Another look from the next picture on, in every view."""
        self._intake.adjustment = adjustment

    def set_exposure(self, plan: ExposurePlan) -> None:
        """Exposure by other rules from the next picture on, where the source lets itself be set."""
        self._intake.exposure.plan = plan
        self._runner.rouse()

    def watch_motion(self, areas: tuple[MotionArea, ...], seen: Told) -> None:
        """Watch for motion in these areas from the next picture on; ``seen`` is told on the event loop in which of them something moves."""
        self._intake.motion.watch(areas, lambda ids: self._from_thread(lambda: seen(ids)))
        self._runner.rouse()

    def watch_tampering(self, seen: Looked | None) -> None:
        """Look for tampering from the next picture on; ``seen`` is told of each look on the event loop. None: do not."""
        self._intake.tampering.watch(None if seen is None else lambda look: self._from_thread(lambda: seen(look)))

    def learn_scene(self) -> None:
        """What is seen from the next picture on is how the scene is."""
        self._intake.tampering.anew()

    @property
    def motion_shares(self) -> Mapping[int, float]:
        """How much of each area that is watched can be seen, by its id."""
        return self._intake.motion.shares

    @property
    def exposure(self) -> ExposureState:
        """How the newest picture was exposed."""
        return self._intake.exposure.state

    @property
    def exposure_plan(self) -> ExposurePlan:
        """What was wished last."""
        return self._intake.exposure.plan

    def capabilities(self, paths: Iterable[str]) -> Mapping[str, Capability]:
        """Which of these settings have an effect with the source of the moment."""
        return capabilities(paths, self.config.source, self._intake.exposure.capabilities(), self.config.capture.wdr)

    def set_defaults(self, defaults: StreamDefaults) -> None:
        """For requests from now on. Running channels stay as they are, but for those that might be signed otherwise: they end."""
        old, self.defaults = self.defaults, defaults
        if (old.signed and old.signing) != (defaults.signed and defaults.signing):
            for spec in [spec for spec in self._channels if spec.profile.codec in SIGNABLE]:
                self._channels.pop(spec).close()

    def sign_with(self, desk: SigningDesk[Any]) -> None:
        """Where channels that are to be signed get their signatures; without it they cannot be had."""
        self._desk = desk

    def reconfigure(self, config: CameraConfig) -> None:
        """Become ``config``, restarting only what differs."""
        old, self.config = self.config, config
        if (old.mount, old.poses, old.limits) != (config.mount, config.poses, config.limits):
            self._move_heads(old)
        if old.privacy != config.privacy or old.lens != config.lens:
            self._hide(old)
        if _source_key(old) != _source_key(config):
            self._runner.stop()
            self._retired = [runner for runner in (*self._retired, self._runner) if not runner.ended]
            self._intake.forget()
            self._runner = self._start_source(self._runner.lost)
            for coder in (*(c.coder for c in self._channels.values()), *self._snapshots.coders):
                if coder is not None:
                    self._runner.attach(coder)
        for spec in tuple(self._channels):
            gone = self._gone(spec)
            if gone is not None:
                self._channels.pop(spec).close(gone)

    def renew(self) -> None:
        """Something shows otherwise from here on: who joins a running stream begins with a picture made after this."""
        for channel in self._channels.values():
            channel.hub.forget()

    def _hide(self, old: CameraConfig) -> None:
        """Masks (and the lens, which says where they lie) act from here on: no older picture leaves the camera any more."""
        with self._runner.between_pictures():
            if old.lens != self.config.lens:
                self._intake.set_options(self.config.lens)
            if old.privacy != self.config.privacy:
                self._intake.mask = PrivacyMask(self.config.privacy, clock=self._clock)
            since_ns = self._clock.monotonic_ns()
        if self.config.privacy.polygons:
            for channel in self._channels.values():
                channel.forget_before(since_ns)
            self._snapshots.forget_before(since_ns)

    def _move_heads(self, old: CameraConfig) -> None:
        config = self.config
        poses = config.poses or default_poses(config.mount)
        homes = old.poses or default_poses(old.mount)
        for head, home, pose, bounds in zip(self.heads.values(), homes, poses, config.limits, strict=True):
            head.restrict(bounds, pose)
            if old.mount != config.mount or home != pose:
                head.go_home()

    def _gone(self, spec: ChannelSpec) -> PanocamError | None:
        """Why a channel cannot go on; None when it can."""
        try:
            self.config.find(spec.view)
            check_resolution(self.config.model, spec.view, (spec.profile.width, spec.profile.height))
        except (NotFound, InvalidValue) as reason:
            return reason
        return None

    # --- channels

    def _channel(self, spec: ChannelSpec) -> Channel:
        if spec not in self._channels:
            self.config.find(spec.view)
            self._forget_stopped()
            self._channels[spec] = Channel(spec, self._start_channel, self._stop_channel, self._clock, self._channel_failed)
        return self._channels[spec]

    def _forget_stopped(self) -> None:
        stopped = [spec for spec, channel in self._channels.items() if not channel.running]
        for spec in stopped[: max(0, len(self._channels) - REMEMBERED)]:
            self._channels.pop(spec).close()

    def _start_channel(self, spec: ChannelSpec, deliver: Deliver, fail: Fail) -> Coder:
        if self._channels[spec].running:  # in place of a coder that hangs
            return self._engage(spec, deliver, fail)
        self._admit(spec)
        first = not any(channel.running for channel in self._channels.values())
        coder = self._engage(spec, deliver, fail)
        if first:
            self._on_event("watched", {"watched": True})
        return coder

    def _stop_channel(self, coder: Coder) -> None:
        self._release(coder)
        if not any(channel.running for channel in self._channels.values()):
            self._on_event("watched", {"watched": False})

    def _engage(self, spec: ChannelSpec, deliver: Deliver, fail: Fail) -> Coder:
        deliver = self._sealed(spec, deliver)
        worker = self._pool.pin()
        size = (spec.profile.width, spec.profile.height)
        held = self.heads[spec.view].held if spec.view in self.heads else lambda t_ns: None
        renderer = Renderer(spec.view, size, self.scenery_at, Painter(self.overlays, spec.view, size, spec.overlays), held)
        coder = Coder(spec.profile, renderer, worker, self._clock, lambda: self._runner.fps, deliver, fail)
        self._pinned[coder] = worker
        self._runner.attach(coder)
        return coder

    def _sealed(self, spec: ChannelSpec, deliver: Deliver) -> Deliver:
        if spec.signing is None:
            return deliver
        if self._desk is None:
            raise Unavailable("this camera has no key to sign video with; ask for videosigned=0")
        return self._desk.before(spec, deliver)

    def _release(self, coder: Coder) -> None:
        self._runner.detach(coder)
        coder.close()
        self._pool.unpin(self._pinned.pop(coder))

    def _admit(self, spec: ChannelSpec) -> None:
        """Raises Busy; channels that only linger make room first."""
        fps = self._runner.fps
        try:
            self._budget.admit([s.profile for s, c in self._channels.items() if c.running], spec.profile, fps)
        except Busy:
            for channel in self._channels.values():
                if channel.running and not channel.hub.subscribers:
                    channel.stop()
            self._budget.admit([s.profile for s, c in self._channels.items() if c.running], spec.profile, fps)

    def _channel_failed(self, spec: ChannelSpec, error: PanocamError) -> None:
        log.warning("channel of view %d (%s): %s", spec.view, spec.profile.codec, error)
        self._on_event("channel-failed", {"view": spec.view, "codec": str(spec.profile.codec), "reason": str(error)})
        if isinstance(error, SigningFailed) and (channel := self._channels.pop(spec, None)):
            channel.close(error)

    # --- source

    def _start_source(self, lost: bool = False) -> SourceRunner:
        config = self.config
        sensor = SENSOR[config.model]
        options = replace(
            self._options, clock=self._clock, fps=config.source_fps, mount=config.mount, sensor=sensor, lens=config.lens.over(sensor)
        )

        def opened() -> FrameSource:
            return open_source(config.source, replace(options, wanted=runner.wanted))

        runner = SourceRunner(
            shown(config.source), opened, self._intake, self._timeline, self._clock, self._event_from_thread,
            self._policy or RestartPolicy(),
        )  # fmt: skip
        runner.start(lost)
        self._generation += 1
        return runner

    def _event_from_thread(self, name: str, data: dict[str, object]) -> None:
        self._from_thread(lambda: self._on_event(name, data))

    def _from_thread(self, tell: Callable[[], None]) -> None:
        try:
            self._loop.call_soon_threadsafe(tell)
        except RuntimeError:  # the loop has closed
            return

    @property
    def source_state(self) -> SourceState:
        return self._runner.status().state


def _source_key(config: CameraConfig) -> tuple[object, ...]:
    """What the source must be opened anew for."""
    simulated = config.source.lower().startswith("sim:")
    return (config.source, config.source_fps, (config.mount, config.model, config.lens) if simulated else None)

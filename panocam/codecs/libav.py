"""The encoders that live in FFmpeg: what they have in common. A family says only its options and how to read its headers."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

import av
from av.video.codeccontext import VideoCodecContext
from av.video.frame import PictureType

from panocam.clock import Clock
from panocam.codecs.ownthreads import OwnThreads
from panocam.codecs.picture import FORMAT, PicturePool
from panocam.codecs.rate import Cap, Throttle
from panocam.codecs.tags import tag
from panocam.errors import InvalidValue, LocalProtocolError, Unavailable
from panocam.media.codec import EncoderProfile, StreamDescription
from panocam.media.frame import Frame
from panocam.media.packet import Packet
from panocam.media.planes import Color, Planes
from panocam.media.stamps import Stage

Headers = tuple[tuple[bytes, ...], str]
"""Parameter sets and RFC 6381 codec string."""


@dataclass(frozen=True)
class Recipe:
    """What makes one family's encoder different from the others.

    ``library`` is FFmpeg's name of the encoder; ``finish`` brings a coded picture into the form that ``Packet`` promises;
    ``headers`` reads the parameter sets out of a finished key picture; ``limit`` is what the options ask of the rate control;
    ``calm``: it must not get a picture before its own threads are at rest.
    """

    library: str
    options: Mapping[str, str]
    finish: Callable[[bytes], bytes]
    headers: Callable[[bytes], Headers]
    threads: int = 1
    limit: Cap | None = None
    calm: bool = False


class LibavEncoder:
    """Frames in, packets out, without delay. Belongs to one thread at a time.

    Pictures are numbered in the encoder's time base of one frame; the exact times of each wait here under that number, so
    nanoseconds never pass through an encoder's rounding.
    """

    def __init__(self, recipe: Recipe, profile: EncoderProfile, fps: float, color: Color, clock: Clock) -> None:
        self._recipe, self._profile, self._color, self._clock = recipe, profile, color, clock
        self._pool = PicturePool(profile.width, profile.height, color)
        self._step = 1 / Fraction(fps).limit_denominator(1001)
        self._waiting: dict[int, Frame] = {}
        self._taken = self._given = 0
        self._throttle = Throttle(recipe.limit) if recipe.limit else None
        self._owed_key = self._owed_discontinuity = False
        self._threads = OwnThreads()
        with self._threads.starting() if recipe.calm else contextlib.nullcontext():
            self._context: VideoCodecContext | None = _open(recipe, profile, self._step, color)
        self._description = StreamDescription(profile.codec, profile.width, profile.height, fps)

    @property
    def description(self) -> StreamDescription:
        """Complete as soon as the first key packet is out; before, parameter sets and codec string are empty."""
        return self._description

    def allocate(self) -> Planes:
        """The encoder's own memory for the next picture; filling it saves a copy."""
        return self._pool.take()

    def encode(self, frame: Frame, key: bool = False) -> list[Packet]:
        """Code one picture; ``key`` asks for a key picture out of turn. Empty when a capped bitrate has no room for this one.

        Raises InvalidValue for a frame of another size or colour, Unavailable when the encoder fails.
        """
        if self._context is None:
            raise LocalProtocolError("encode() after close()")
        check_size(frame.planes, self._profile)
        if frame.planes.color != self._color:
            raise InvalidValue("color", frame.planes.color, f"this encoder was opened for {self._color}; open another one")
        self._owed_key |= key
        self._owed_discontinuity |= frame.discontinuity
        if self._throttle and not self._throttle.admits(frame.pts_ns):
            return []
        return self._encode(replace(frame, discontinuity=self._owed_discontinuity))

    def _encode(self, frame: Frame) -> list[Packet]:
        assert self._context is not None
        picture = self._pool.picture_of(frame.planes)
        picture.pts, picture.time_base = self._taken, self._step
        picture.pict_type = PictureType.I if self._owed_key else PictureType.NONE
        self._waiting[self._taken] = frame
        self._taken += 1
        self._owed_key = self._owed_discontinuity = False
        self._threads.settle()
        try:
            coded = self._context.encode(picture)
        except av.error.FFmpegError as error:
            raise Unavailable(f"the {self._recipe.library} encoder failed: {error}") from error
        return [self._packet(bytes(unit), unit.is_keyframe, unit.pts) for unit in coded]

    def _packet(self, data: bytes, key: bool, number: int | None) -> Packet:
        frame = self._waiting.pop(-1 if number is None else number, None)
        if frame is None:
            raise Unavailable(f"the {self._recipe.library} encoder returned picture {number}, which it was never given")
        data = self._recipe.finish(data)
        if key and not self._description.codec_string:
            sets, name = self._recipe.headers(data)
            self._description = replace(self._description, parameter_sets=sets, codec_string=name)
        if self._throttle:
            self._throttle.spent(len(data))
        stamps = frame.stamps.at(Stage.ENCODE, self._clock.monotonic_ns())
        self._given += 1
        return Packet(self._profile.codec, data, key, frame.pts_ns, frame.wall_ns, self._given - 1, stamps, frame.discontinuity)

    def close(self) -> None:
        """Give the encoder's memory and threads back. Idempotent."""
        if self._context is not None:
            self._threads.settle()
            with contextlib.suppress(av.error.FFmpegError):
                self._context.encode(None)  # encoders with threads of their own want to be told
            self._context = None
            self._threads.close()
            self._waiting.clear()


def check_size(planes: Planes, profile: EncoderProfile) -> None:
    """Raise InvalidValue unless ``planes`` have the profile's size."""
    if planes.size != (profile.width, profile.height):
        raise InvalidValue("frame size", planes.size, f"this encoder was opened for {profile.width}x{profile.height}")


def _open(recipe: Recipe, profile: EncoderProfile, step: Fraction, color: Color) -> VideoCodecContext:
    try:
        context: VideoCodecContext = av.CodecContext.create(recipe.library, "w")  # type: ignore[assignment]
        context.width, context.height, context.pix_fmt = profile.width, profile.height, FORMAT
        context.time_base, context.framerate = step, 1 / step
        context.gop_size, context.max_b_frames = profile.gop, 0
        context.thread_count = recipe.threads
        context.options = dict(recipe.options)
        tag(context, color)
        context.open()
    except (av.error.FFmpegError, ValueError) as error:  # an unknown encoder's name is a ValueError
        raise Unavailable(f"the {recipe.library} encoder cannot be opened for {profile.width}x{profile.height}: {error}") from error
    finally:
        share_cores()
    return context


def share_cores() -> None:
    """Give this process's threads their ordinary policy back: SVT-AV1, where it may (run by root), makes its threads and the one that
    opens it real-time ones, which then let nothing else on the machine run. On Linux only, where it does so."""
    if sys.platform != "linux":
        return
    for thread in (int(task.name) for task in Path("/proc/self/task").iterdir()):
        with contextlib.suppress(OSError):  # it has just ended
            if os.sched_getscheduler(thread) in (os.SCHED_FIFO, os.SCHED_RR):
                os.sched_setscheduler(thread, os.SCHED_OTHER, os.sched_param(0))

"""What the sources that decode share: opening through FFmpeg with one clear error, and a decoder that survives bad packets."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from dataclasses import dataclass

import av
import av.error
from av.container import InputContainer
from av.video.stream import VideoStream

from panocam.clock import NS, Clock
from panocam.codecs.decoder import IN_PLACE, open_video_decoder, planes_of
from panocam.errors import InvalidValue, Unavailable
from panocam.media.frame import RawFrame
from panocam.media.stamps import Stage, Stamps

DEFAULT_FPS = 25.0
TOO_LATE = "no answer in time"
UNPREDICTED = frozenset({"mjpeg", "rawvideo"})
"""Codecs whose decoders look at no picture twice."""


def reason_of(error: av.error.FFmpegError) -> str:
    """FFmpeg's words for what went wrong, without the address (it may hold a password)."""
    if isinstance(error, av.error.ExitError) or error.errno == errno.ETIMEDOUT:
        return TOO_LATE
    return str(error.strerror or "unknown error").rstrip(".").lower()


def open_container(
    target: str, shown: str, *, format: str | None = None, options: dict[str, str] | None = None, timeout: float | None = None
) -> InputContainer:
    """Open through FFmpeg; ``shown`` is how errors name the target. Raises Unavailable, or InvalidValue for data that is no video."""
    limits = None if timeout is None else (timeout, timeout)
    try:
        return av.open(target, format=format, options=options or {}, timeout=limits)
    except (av.error.InvalidDataError, av.error.ArgumentError):
        raise InvalidValue("source", shown, "not a video that can be read (damaged, cut short or another format)") from None
    except av.error.FFmpegError as error:
        raise Unavailable(f"source {shown}: {reason_of(error)}") from None


def video_of(container: InputContainer, shown: str) -> VideoStream:
    """The first video stream. Raises InvalidValue if there is none."""
    if not container.streams.video:
        raise InvalidValue("source", shown, "it holds no video")
    return container.streams.video[0]


def rate_of(stream: VideoStream) -> float:
    """Pictures a second as announced; 0 if not (or if it is plainly a time base and no rate)."""
    rate = float(stream.average_rate or stream.guessed_rate or 0)
    return rate if 0 < rate <= 240 else 0.0


@dataclass
class Decoded:
    """A decoded picture with the source's own time; None if the source gave none. ``ours``: the decoder needs it no longer."""

    frame: av.VideoFrame
    pts_ns: int | None
    ours: bool = False


class Decoder:
    """Decodes the packets of one stream. A packet that cannot be decoded is counted in ``corrupt`` and skipped."""

    def __init__(self, stream: VideoStream, *, low_delay: bool, threads: int = 1) -> None:
        self.corrupt = 0
        open_video_decoder(stream, low_delay, threads)
        self._ours = stream.codec_context.name in UNPREDICTED

    def decode(self, packet: av.Packet[VideoStream]) -> Iterator[Decoded]:
        """The pictures that became ready with ``packet``."""
        try:
            frames = packet.decode()
        except av.error.FFmpegError:
            self.corrupt += 1
            return
        self.corrupt += bool(packet.is_corrupt)
        for frame in frames:
            if isinstance(frame, av.VideoFrame):
                pts = None if frame.pts is None or frame.time_base is None else int(frame.pts * frame.time_base * NS)
                yield Decoded(frame, pts, self._ours or frame.format.name not in IN_PLACE)


def raw_frame(decoded: Decoded, pts_ns: int, clock: Clock, captured_ns: int, discontinuity: bool = False) -> RawFrame:
    """A decoded picture as a RawFrame; ``captured_ns`` is the monotonic time at which its data had arrived."""
    stamps = Stamps().at(Stage.CAPTURE, captured_ns)
    planes = planes_of(decoded.frame)
    return RawFrame(planes, pts_ns, clock.wall_ns(), stamps.at(Stage.DECODE, clock.monotonic_ns()), discontinuity, decoded.ours)

"""What network cameras and devices share: pictures come when they come, and every wait has an end."""

from __future__ import annotations

from collections.abc import Iterator

import av.error
from av.container import InputContainer

from panocam.clock import NS, Clock
from panocam.errors import PanocamError, Unavailable
from panocam.media.frame import RawFrame
from panocam.optics.lens import Circle
from panocam.pipeline.sources.controls import SourceControls
from panocam.pipeline.sources.decoding import DEFAULT_FPS, Decoder, rate_of, raw_frame, reason_of, video_of


class LiveSource:
    """Decodes an opened container as its packets arrive; the pictures keep the sender's spacing.

    Whatever ends the stream (the peer closes, dies in the middle of a group of pictures, says nothing any more) ends ``frames``
    with Unavailable and a reason without credentials; starting anew is the supervisor's work.
    """

    def __init__(self, container: InputContainer, name: str, clock: Clock, transport: str = "") -> None:
        self._container, self._name, self._clock, self.transport = container, name, clock, transport
        self._closed = False
        try:
            self._stream = video_of(container, name)
        except PanocamError:
            container.close()
            raise
        context = self._stream.codec_context
        self.size = (context.width, context.height)
        self.fps = rate_of(self._stream)
        self.corrupt = 0
        self.circle: Circle | None = None
        self.controls: SourceControls | None = None

    def close(self) -> None:
        """Takes effect with the next packet, at the latest when the read times out: FFmpeg cannot be interrupted from outside."""
        self._closed = True

    def frames(self) -> Iterator[RawFrame]:
        decoder = Decoder(self._stream, low_delay=True)
        interval = round(NS / (self.fps or DEFAULT_FPS))
        last = -interval
        try:
            for packet in self._container.demux(self._stream):
                arrived = self._clock.monotonic_ns()
                if self._closed:
                    return
                for decoded in decoder.decode(packet):
                    last = decoded.pts_ns if decoded.pts_ns is not None and decoded.pts_ns > last else last + interval
                    size = (decoded.frame.width, decoded.frame.height)
                    changed, self.size = size != self.size, size
                    yield raw_frame(decoded, last, self._clock, arrived, changed)
                self.corrupt = decoder.corrupt
        except av.error.FFmpegError as error:
            raise Unavailable(f"source {self._name}: {reason_of(error)}") from None
        finally:
            self._container.close()
        if not self._closed:
            raise Unavailable(f"source {self._name}: the stream ended")
